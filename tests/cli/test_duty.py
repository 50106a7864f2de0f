"""duty, alert and inbox acknowledge, as scripts use them."""

from collections.abc import Iterator

import pytest

from social_bot.bootstrap import build
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.settings import Settings
from tests.cli.test_commands import ready, run  # noqa: F401  (fixtures)
from tests.receiver import Receiver, receiving

DEAD = "json://127.0.0.1:9/hunter2"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def add_duty(ready, address: str, *more: str):  # noqa: F811
    return ready(
        *("duty", "add", "ma-su 0-24", "--person", "Writer", "--addresses-stdin", "--json", *more),
        stdin=f"{address}\n\n",
    )


def raise_danger(subject: str = "thread:7") -> None:
    bot = build(Settings())
    with bot.database.write() as session:
        alerts.raise_alert(session, AlertKind.CRISIS, subject, now=bot.now())
    bot.close()


def test_a_duty_period_is_added_listed_and_removed_and_its_addresses_are_not_shown(ready, receiver):  # noqa: F811
    added = add_duty(ready, receiver.address, "--level", "2")
    listed = ready("duty", "list", "--json")
    shown = ready("duty", "list")

    assert added.json == {"id": 1, "level": 2, "hours": "ma-su 0-24", "people": ["Writer"], "addresses": 1}
    assert listed.json == [{**added.json, "on_duty_now": True}]
    assert "hunter2" not in added.out + added.err + listed.out + shown.out
    assert ready("duty", "remove", "1").code == 0
    assert ready("duty", "list", "--json").json == []
    assert ready("duty", "remove", "1").code == 1


def test_people_without_an_address_are_taken_with_a_note(ready):  # noqa: F811
    added = ready("duty", "add", "ma-pe 8-16", "--person", "Writer")

    assert added.code == 0
    assert "Without an address" in added.err


@pytest.mark.parametrize("address", ["hunter2", "nonsense://hunter2"])
def test_an_address_that_is_none_is_refused_and_not_repeated(ready, address):  # noqa: F811
    refused = add_duty(ready, address)

    assert refused.code == 1
    assert "docs/alerts.md" in refused.err
    assert "hunter2" not in refused.out + refused.err


def test_a_test_goes_to_every_address_and_says_which_cannot_be_reached(ready, receiver, monkeypatch):  # noqa: F811
    monkeypatch.setenv("SOCIAL_BOT_ALERT_URLS", receiver.address)
    add_duty(ready, receiver.address)
    well = ready("alert", "test", "--json")
    add_duty(ready, DEAD)
    ill = ready("alert", "test", "--json")

    assert (well.code, [row["reached"] for row in well.json]) == (0, [True, True])
    assert (ill.code, [(row["address"], row["reached"]) for row in ill.json]) == (
        1,
        [("settings:1", True), ("duty:1", True), ("duty:2", False)],
    )
    assert receiver.got[0]["title"] == "Tämä on testi. Mitään hätää ei ole."
    assert "hunter2" not in well.out + well.err + ill.out + ill.err


def test_a_test_without_any_address_says_where_to_give_one(ready):  # noqa: F811
    nobody = ready("alert", "test")

    assert nobody.code == 1
    assert "SOCIAL_BOT_ALERT_URLS" in nobody.err


def test_a_thread_is_taken_by_a_named_writer(ready):  # noqa: F811
    raise_danger()
    ready("operator", "add", "Coordinator", "--role", "coordinator")
    before = ready("alert", "list", "--json").json

    assert ready("inbox", "acknowledge", "7", "--by", "Nobody").code == 1
    assert ready("inbox", "acknowledge", "7", "--by", "Coordinator").code == 1
    assert ready("inbox", "acknowledge", "8", "--by", "Writer").code == 1
    assert ready("inbox", "acknowledge", "7").code == 2
    taken = ready("inbox", "acknowledge", "7", "--by", "Writer")

    assert taken.code == 0
    assert [(row["kind"], row["subject"], row["acknowledged_by"]) for row in before] == [
        ("crisis", "thread:7", None)
    ]
    assert ready("alert", "list", "--json").json == []
    assert [row["acknowledged_by"] for row in ready("alert", "list", "--all", "--json").json] == ["Writer"]
