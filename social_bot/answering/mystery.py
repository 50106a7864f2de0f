"""The mystery client: scripted conversations with the running content, by the code that answers residents.

A database of its own takes copies of the approved texts and settings, and the real inbox answers in it.
Nothing reaches the network, and nothing is left behind.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from pydantic import SecretStr
from sqlmodel import Session, SQLModel, col, select

from social_bot.answering.inbox import Inbox
from social_bot.answering.intake import store_deliveries, take_in
from social_bot.answering.outcomes import TOPIC_PAYLOAD
from social_bot.answering.replies import TextVersionRow, take_in_shipped
from social_bot.answering.scripts import NO_ALERT, Button, Expect, Script, Turn
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.directory import SettingRow
from social_bot.organisation.pages import PageRow
from social_bot.organisation.public_holidays import is_holiday
from social_bot.storage import migrate
from social_bot.storage.cipher import Cipher
from social_bot.storage.engine import open_database

_PAGE = "1"
_CALLBACK = "/callback"
_BETWEEN_TURNS = timedelta(seconds=40)
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came back for one turn; ``keys`` names every approved text in it.

    ``lane`` and ``language`` are None where nothing was said.
    """

    texts: tuple[str, ...]
    lane: str | None
    keys: tuple[str, ...]
    language: str | None
    topics_offered: tuple[str, ...]
    offers_callback: bool
    alerts: tuple[AlertKind, ...]
    waits: bool


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A turn with what came back: ``points`` of ``most`` expectations were met, ``misses`` says which not."""

    turn: Turn
    heard: Heard
    points: int
    most: int
    misses: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Score:
    script: Script
    turns: tuple[Judged, ...]

    @property
    def points(self) -> int:
        return sum(turn.points for turn in self.turns)

    @property
    def most(self) -> int:
        return sum(turn.most for turn in self.turns)


def copy_content(session: Session) -> Sequence[SQLModel]:
    """Every text version and setting of the running installation."""
    rows: list[SQLModel] = [
        *session.exec(select(TextVersionRow)).all(),
        *session.exec(select(SettingRow)).all(),
    ]
    return [type(row)(**row.model_dump()) for row in rows]


def play(
    scripts: Sequence[Script],
    inbox: Inbox,
    *,
    content: Sequence[SQLModel] | None,
    templates: Path,
    zone: ZoneInfo,
    is_live: bool,
    now: datetime,
) -> Sequence[Score]:
    """Hold each conversation with a resident of its own.

    ``content`` as from ``copy_content``; None plays against the shipped texts. ``is_live``: only approved
    texts are said.
    """
    with _stage(inbox, content, templates=templates, is_live=is_live, now=now) as stage:
        return [
            _hold(script, number, stage, begins=_begin(script, zone, now=now))
            for number, script in enumerate(scripts, start=1)
        ]


@contextmanager
def _stage(
    inbox: Inbox, content: Sequence[SQLModel] | None, *, templates: Path, is_live: bool, now: datetime
) -> Iterator[Inbox]:
    """The inbox on a database that lives as long as the play."""
    with tempfile.TemporaryDirectory(prefix="mystery-") as folder:
        cipher = Cipher([SecretStr(Fernet.generate_key().decode())])
        database = open_database(f"sqlite:///{folder}/stage.db", cipher)
        try:
            migrate.upgrade(database)
            with database.write() as session:
                if content is None:
                    take_in_shipped(session, templates, now=now)
                session.add_all(content or ())
                session.add(PageRow(id=_PAGE, name="Mystery client", is_live=is_live, created_at=now))
            yield replace(inbox, database=database)
        finally:
            database.close()


def _begin(script: Script, zone: ZoneInfo, *, now: datetime) -> datetime:
    """The script's time of day on the first working day from ``now`` on."""
    day = now.astimezone(zone).date()
    while not _is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, script.at, tzinfo=zone).astimezone(now.tzinfo)


def _is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and not is_holiday(day)


def _hold(script: Script, number: int, stage: Inbox, *, begins: datetime) -> Score:
    judged = []
    for position, turn in enumerate(script.turns):
        now = begins + position * _BETWEEN_TURNS
        event = _event(turn, f"{number}.{position}", contact=str(number), now=now)
        store_deliveries(stage.database, [b"a turn of the script"], now=now)
        take_in(stage.database, parse=lambda _: [event], now=now)  # noqa: B023  (called at once)
        stage.answer_events(now=now)
        with stage.database.write() as session:
            heard = _listen(session, stage, contact=str(number), since=now)
        judged.append(_judge(turn, heard))
    return Score(script=script, turns=tuple(judged))


def _event(turn: Turn, key: str, *, contact: str, now: datetime) -> InboundEvent:
    said = turn.resident
    return InboundEvent(
        key=key,
        kind=EventKind.POSTBACK if isinstance(said, Button) else EventKind.MESSAGE,
        page_id=_PAGE,
        contact_id=contact,
        occurred_at=now,
        message_id=f"m.{key}",
        text=said if isinstance(said, str) else None,
        payload=said.button if isinstance(said, Button) else None,
        has_attachment=not isinstance(said, str | Button),
    )


def _listen(session: Session, stage: Inbox, *, contact: str, since: datetime) -> Heard:
    """What was written down to be sent since, marked as sent; and what staff were told."""
    index = stage.database.index(contact)
    thread = session.exec(select(ThreadRow).where(ThreadRow.contact_index == index)).one()
    rows = session.exec(
        select(MessageRow)
        .where(
            MessageRow.thread_id == thread.id,
            MessageRow.direction == Direction.OUTBOUND,
            MessageRow.send_state == SendState.PENDING,
        )
        .order_by(col(MessageRow.id))
    ).all()
    for row in rows:
        row.send_state = SendState.SENT
        session.add(row)
    told = session.exec(
        select(AlertRow).where(AlertRow.subject == f"thread:{thread.id}", AlertRow.raised_at >= since)
    ).all()
    last = rows[-1] if rows else None
    texts = tuple(stage.database.cipher.open(row.text_sealed) for row in rows if row.text_sealed)
    links = [str(button["url"]) for row in rows for button in row.buttons]
    payloads = [str(reply["payload"]) for row in rows for reply in row.quick_replies]
    return Heard(
        texts=texts,
        lane=last.lane.value if last and last.lane else None,
        keys=tuple(str(version["key"]) for row in rows for version in row.versions),
        language=last.language if last else None,
        topics_offered=tuple(
            payload.removeprefix(TOPIC_PAYLOAD) for payload in payloads if payload.startswith(TOPIC_PAYLOAD)
        ),
        offers_callback=any(_CALLBACK in place for place in (*texts, *links)),
        alerts=tuple(alert.kind for alert in told),
        waits=thread.waits_for_person,
    )


def _judge(turn: Turn, heard: Heard) -> Judged:
    checks = list(_checks(turn.expect, heard))
    misses = [miss for is_met, miss in checks if not is_met]
    return Judged(
        turn=turn, heard=heard, points=len(checks) - len(misses), most=len(checks), misses=tuple(misses)
    )


def _checks(expect: Expect, heard: Heard) -> Iterator[tuple[bool, str]]:
    """Every expectation, whether it was met, and the words for when it was not."""
    yield (
        bool(heard.texts) != expect.silence,
        "nothing was said" if not expect.silence else "something was said",
    )
    wanted = (
        ("lane", expect.lane, (heard.lane,)),
        ("topic", expect.topic, (*heard.keys, *heard.topics_offered)),
        ("text", expect.text, heard.keys),
        ("language", expect.language, (heard.language,)),
    )
    for name, allowed, found in wanted:
        if allowed is not None:
            yield bool(set(allowed) & set(found)), f"{name}: wanted {_or(allowed)}, got {_or(found)}"
    said = "\n".join(heard.texts).casefold()
    for words in expect.contains:
        yield words.casefold() in said, f'"{words}" is missing'
    for words in expect.contains_not:
        yield words.casefold() not in said, f'"{words}" must not be said'
    if expect.alert is not None:
        wanted_alert = () if expect.alert == NO_ALERT else (expect.alert,)
        got = tuple(kind for kind in heard.alerts if kind is AlertKind.CRISIS or kind in wanted_alert)
        yield got == wanted_alert, f"alert: wanted {expect.alert}, got {_or(heard.alerts) or NO_ALERT}"
    for name, wish, fact in (
        ("offers_callback", expect.offers_callback, heard.offers_callback),
        ("waits", expect.waits, heard.waits),
    ):
        if wish is not None:
            yield wish == fact, f"{name}: wanted {wish}, got {fact}".lower()


def _or(values: Sequence[object]) -> str:
    return " or ".join(str(value) for value in values if value is not None)
