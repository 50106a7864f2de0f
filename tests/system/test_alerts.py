"""From a resident's words, or a silent death at Facebook, to the phone of who is on duty: all over real HTTP."""

import logging
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.bootstrap import clock
from social_bot.cli.rehearsal import APP_ID, Rehearsal, in_background, running
from social_bot.cli.sample import PAGE, PAGES, WRITER, introduce
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.watching import EVERY, watch_pages
from social_bot.practice.faults import Fault
from tests.receiver import PASSWORD, Receiver, receiving

PERSON = "7000000042"
DANGER = "en jaksa enää elää, nimeni on Maija Meikäläinen ja numeroni 040 1234567"
IN_DANGER = "Joku voi olla vaarassa. Lue keskustelu heti."
NOT_SUBSCRIBED = "Facebook ei tuo meille kaikkea, mitä sivulle kirjoitetaan. Tilaa sivun viestit uudelleen."
DISCONNECTED = "Sivun yhteys on poikki. Mitään ei lähde ennen kuin se on korjattu."

pytestmark = [pytest.mark.xdist_group("demo"), pytest.mark.timeout(300)]


@dataclass
class Town:
    rehearsal: Rehearsal
    receiver: Receiver

    def token(self) -> str:
        return self.rehearsal.token(PAGE).get_secret_value()

    def write(self, text: str) -> None:
        self.rehearsal.practice.write_as_resident(PAGE, PERSON, text=text)

    def look_at_connections(self) -> None:
        """As the worker does ten minutes after the last look."""
        bot = self.rehearsal.bot
        with bot.database.write() as session:
            page = pages.get(session, PAGE)
            page.checked_at = clock() - EVERY - timedelta(seconds=1)
            session.add(page)
        watch_pages(bot.database, connection=bot.channel, clock=clock)

    def open_kinds(self) -> set[AlertKind]:
        with self.rehearsal.bot.database.read() as session:
            return {row.kind for row in alerts.unacknowledged(session)}


@pytest.fixture
def town(tmp_path, monkeypatch, models_cache) -> Iterator[Town]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with receiving() as receiver:
        monkeypatch.setenv("SOCIAL_BOT_ALERT_URLS", receiver.address)
        monkeypatch.setenv("SOCIAL_BOT_CACHE_DIR", str(models_cache))
        with (
            running(tmp_path, port=port, pace=0) as (rehearsal, server),
            in_background(server, rehearsal.url),
        ):
            introduce(rehearsal, {PAGE: PAGES[PAGE]})
            yield Town(rehearsal, receiver)


def test_danger_reaches_who_is_told_within_seconds_and_nothing_of_it_is_told(town, caplog):
    with caplog.at_level(logging.DEBUG):
        started = time.monotonic()
        town.write(DANGER)
        notice = town.receiver.wait_for(IN_DANGER)

    assert time.monotonic() - started < 10
    with town.rehearsal.bot.database.read() as session:
        thread = session.exec(select(ThreadRow)).one()
    assert notice["message"].splitlines()[-1] == f"{town.rehearsal.url}/inbox/{thread.id}"
    said = notice["title"] + notice["message"] + caplog.text
    assert not [part for part in ("jaksa", "Maija", "1234567", PERSON, PASSWORD) if part in said]

    with town.rehearsal.bot.database.write() as session:
        assert alerts.take(session, f"thread:{thread.id}", by=WRITER, now=clock()) == 1
    assert AlertKind.CRISIS not in town.open_kinds()


def test_a_page_that_is_no_longer_subscribed_is_told_of_and_settles_when_it_is_again(town):
    url = f"{town.rehearsal.url}/practice/graph/v26.0/{PAGE}/subscribed_apps"
    answer = httpx.delete(url, headers={"Authorization": f"Bearer {town.token()}"}, trust_env=False)
    assert answer.json() == {"success": True}

    town.look_at_connections()

    notice = town.receiver.wait_for(NOT_SUBSCRIBED)
    assert f"page:{PAGE}" in notice["message"]
    with town.rehearsal.bot.database.read() as session:
        access = pages.access(pages.get(session, PAGE), town.rehearsal.bot.database.cipher)
    town.rehearsal.bot.channel.subscribe(access)
    town.look_at_connections()
    assert town.open_kinds() == set()
    assert APP_ID in str(
        httpx.get(url, headers={"Authorization": f"Bearer {town.token()}"}, trust_env=False).json()
    )


def test_a_dead_token_is_told_of_and_nothing_is_sent_until_the_page_is_connected_again(town):
    town.rehearsal.practice.set_fault(PAGE, Fault(dead_token_subcode=463))

    town.look_at_connections()

    town.receiver.wait_for(DISCONNECTED)
    town.rehearsal.practice.set_fault(PAGE, Fault())
    town.write("Milloin olette auki?")
    town.rehearsal.practice.wait_for_webhooks(10)
    time.sleep(2)
    assert [message.text for message in town.rehearsal.practice.conversation(PAGE, PERSON)] == [
        "Milloin olette auki?"
    ]
    with town.rehearsal.bot.database.read() as session:
        answers = session.exec(select(MessageRow).where(MessageRow.direction == Direction.OUTBOUND)).all()
        assert {answer.send_state for answer in answers} == {SendState.PENDING}
    assert town.open_kinds() == {AlertKind.PAGE_DISCONNECTED}
