"""The emergency stop: who may press and release it, and that it is on record."""

import pytest
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import alerts, audit, operators, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.roles import Role
from tests.conftest import APPROVER, NOW, PAGE, WRITER


def press(session, *, page_id=None, holds_answers=False, reason="Väärä puhelinnumero", by=WRITER):
    return stop.press(session, page_id=page_id, holds_answers=holds_answers, reason=reason, by=by, now=NOW)


@pytest.mark.parametrize("role", Role)
def test_anybody_who_works_here_may_stop(bot, role):
    with bot.database.write() as session:
        operators.add(session, "Uusi", [role], now=NOW, by="test")

        press(session, by="Uusi")

    with bot.database.read() as session:
        assert [row.pressed_by for row in stop.standing(session)] == ["Uusi"]


def test_a_stranger_cannot_stop(bot):
    with bot.database.write() as session, pytest.raises(NotFound):
        press(session, by="Joku muu")


def test_a_writer_cannot_release(bot):
    with bot.database.write() as session:
        row = press(session)

        with pytest.raises(NotAllowed, match="approver"):
            stop.release(session, row.id, by=WRITER, now=NOW)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.ADMINISTRATOR])
def test_an_approver_or_an_administrator_releases_once(bot, role):
    with bot.database.write() as session:
        operators.add(session, "Uusi", [role], now=NOW, by="test")
        row = press(session)

        stop.release(session, row.id, by="Uusi", now=NOW)

        assert stop.standing(session) == []
        with pytest.raises(NotAllowed, match="already"):
            stop.release(session, row.id, by="Uusi", now=NOW)


def test_staff_are_told_until_it_is_released(bot):
    with bot.database.write() as session:
        row = press(session)
        told = [alert.kind for alert in alerts.unacknowledged(session)]
        stop.release(session, row.id, by=APPROVER, now=NOW)

        assert told == [AlertKind.STOPPED]
        assert alerts.unacknowledged(session) == []


def test_both_are_in_the_audit_log_without_the_words_of_the_reason(bot):
    with bot.database.write() as session:
        row = press(session, page_id=PAGE, holds_answers=True)
        stop.release(session, row.id, by=APPROVER, now=NOW)
        entries = session.exec(select(audit.AuditEntryRow)).all()[-2:]

    assert [(entry.actor, entry.action, entry.subject, entry.detail) for entry in entries] == [
        (WRITER, "stop.press", f"stop:{row.id}", f"{PAGE}:answers"),
        (APPROVER, "stop.release", f"stop:{row.id}", ""),
    ]


def test_the_same_is_not_stopped_twice_but_widened_to_the_answers(bot):
    with bot.database.write() as session:
        first = press(session)
        with pytest.raises(NotAllowed, match="stopped already"):
            press(session)

        second = press(session, holds_answers=True)

    assert first.id == second.id
    assert second.holds_answers


def test_a_page_may_be_stopped_alone(bot):
    with bot.database.write() as session:
        press(session, page_id=PAGE, holds_answers=True)
        stops = stop.standing(session)

    assert stop.holds_answers(stops, PAGE)
    assert not stop.holds_answers(stops, "100200400")


@pytest.mark.parametrize("reason", ["", "  ", "a" * 301])
def test_a_stop_needs_a_reason_that_fits_on_the_page(bot, reason):
    with bot.database.write() as session, pytest.raises(InvalidInput):
        press(session, reason=reason)
