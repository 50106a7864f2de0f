"""Settings are confirmed without a change, taken away, and told of when their check is old."""

from datetime import timedelta

import pytest
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, directory, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from social_bot.organisation.watching import watch_numbers
from tests.conftest import APPROVER, NOW, WRITER

LATER = NOW + timedelta(days=100)


@pytest.fixture
def put(bot):
    def put(key: str, value: str, *, days_ago: int = 0) -> None:
        with bot.database.write() as session:
            at = NOW - timedelta(days=days_ago)
            directory.put(session, key, value, now=at, by="Koordinaattori", zone=bot.settings.zone)

    return put


@pytest.fixture
def watch(bot):
    """Look at the numbers; the subjects of the open alerts about them."""

    def watch() -> list[str]:
        with bot.database.write() as session:
            watch_numbers(session, bot.organisation(session), now=NOW)
            rows = alerts.unacknowledged(session)
            return [row.subject for row in rows if row.kind is AlertKind.NUMBER_UNCHECKED]

    return watch


def rows(bot) -> dict[tuple[str, str], directory.SettingRow]:
    with bot.database.read() as session:
        return {(row.key, row.language): row for row in directory.everything(session)}


def actions(bot) -> list[tuple[str, str]]:
    with bot.database.read() as session:
        rows = session.exec(select(AuditEntryRow)).all()
        return [(row.action, row.subject) for row in rows]


def test_confirming_changes_the_day_and_the_name_and_not_the_value(bot):
    with bot.database.write() as session:
        directory.confirm(session, "phone_main", now=LATER, by="Toinen", zone=bot.settings.zone)

    row = rows(bot)["phone_main", ""]
    assert row.value == "0XX XXX XXXX"
    assert (row.checked_on, row.checked_by) == (LATER.date(), "Toinen")
    assert ("setting.confirm", "phone_main") in actions(bot)


def test_what_has_no_value_cannot_be_confirmed(bot):
    with bot.database.write() as session, pytest.raises(InvalidInput):
        directory.confirm(session, "poison", now=NOW, by="Toinen", zone=bot.settings.zone)


def test_a_value_that_is_taken_away_is_no_value_for_a_text_any_more(bot, put):
    put("crisis_uk", "09 2525 0114")

    with bot.database.write() as session:
        assert directory.unset(session, "crisis_uk", now=NOW, by="Toinen")
        assert not directory.unset(session, "crisis_uk", now=NOW, by="Toinen")
        assert bot.organisation(session).value("crisis_uk", "fi") is None

    assert actions(bot).count(("setting.unset", "crisis_uk")) == 1


@pytest.mark.parametrize(("days_ago", "is_old"), [(180, False), (181, True)])
def test_a_number_is_old_after_half_a_year(watch, put, days_ago, is_old):
    put("poison", "09 471 977", days_ago=days_ago)

    assert ("setting:poison" in watch()) is is_old


def test_the_organisation_says_how_old_a_check_may_be(watch, put):
    put("poison", "09 471 977", days_ago=31)
    put("recheck_days", "30")

    assert watch() == ["setting:poison"]


def test_links_grow_old_without_an_alert(watch, put):
    put("kela_link", "https://kela.example", days_ago=400)

    assert watch() == []


@pytest.mark.parametrize("mend", ["confirm", "unset", "put"])
def test_staff_are_told_once_and_no_more_when_the_number_is_mended(bot, watch, put, mend):
    put("poison", "09 471 977", days_ago=200)
    assert watch() == watch() == ["setting:poison"]

    with bot.database.write() as session:
        match mend:
            case "confirm":
                directory.confirm(session, "poison", now=NOW, by="Toinen", zone=bot.settings.zone)
            case "unset":
                directory.unset(session, "poison", now=NOW, by="Toinen")
            case _:
                directory.put(session, "poison", "0800 147 111", now=NOW, by="Toinen", zone=bot.settings.zone)

    assert watch() == []
    with bot.database.read() as session:
        assert len([row for row in alerts.everything(session) if row.kind is AlertKind.NUMBER_UNCHECKED]) == 1


@pytest.mark.parametrize("name", [WRITER, APPROVER])
def test_writers_and_approvers_keep_no_settings(bot, name):
    with bot.database.read() as session, pytest.raises(NotAllowed, match="administrators and coordinators"):
        directory.require_keeper(session, name)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR])
def test_administrators_and_coordinators_keep_the_settings(bot, role):
    with bot.database.write() as session:
        operators.add(session, "Ylläpitäjä", [role], now=NOW, by="test")

        directory.require_keeper(session, "Ylläpitäjä")
