"""The audit log: a chain that shows what was changed, walked without holding it all; taken out harmlessly."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, event, update
from sqlmodel import col, select

from social_bot.organisation import audit, audit_export
from social_bot.organisation.audit import AuditEntryRow, Filter
from tests.conftest import NOW


@pytest.fixture
def chained(new_bot):
    """Five entries of two people over two days."""
    with new_bot.database.write() as session:
        for number in range(5):
            audit.record(
                session,
                at=NOW + timedelta(hours=10 * number),
                actor=("Anna", "Bertta")[number % 2],
                action=("post.add", "sign_in", "sign_in.failed")[number % 3],
                subject=f"post:{number}",
            )
    return new_bot.database


def test_a_whole_chain_holds_and_says_its_length_and_seal(chained):
    with chained.read() as session:
        chain = audit.verify(session)
        last = session.exec(select(AuditEntryRow.hash).order_by(col(AuditEntryRow.id).desc())).first()

    assert (chain.holds, chain.count, chain.head) == (True, 5, last)


def test_an_empty_log_holds(new_bot):
    with new_bot.database.read() as session:
        assert audit.verify(session).holds


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "Cecilia"},
        {"action": "post.cancel"},
        {"subject": "post:9"},
        {"detail": "x"},
        {"at": NOW},
        {"previous_hash": "0" * 64},
        {"hash": "0" * 64},
    ],
)
def test_a_changed_entry_is_named(chained, change):
    with chained.write() as session:
        session.connection().execute(update(AuditEntryRow).where(col(AuditEntryRow.id) == 3).values(**change))

    with chained.read() as session:
        chain = audit.verify(session)

    assert (chain.first_broken, chain.count, chain.holds) == (3, 2, False)


def test_an_entry_taken_out_of_the_middle_is_named_by_the_one_after(chained):
    with chained.write() as session:
        session.connection().execute(delete(AuditEntryRow).where(col(AuditEntryRow.id) == 3))

    with chained.read() as session:
        assert audit.verify(session).first_broken == 4


def test_an_end_that_was_cut_off_is_shown_by_a_seal_that_was_kept(chained):
    with chained.read() as session:
        kept = audit.verify(session).head
    with chained.write() as session:
        audit.record(session, at=NOW, actor="Anna", action="sign_out", subject="Anna")
        grown = audit.verify(session, expected=kept)
        session.connection().execute(delete(AuditEntryRow).where(col(AuditEntryRow.id) >= 5))

    with chained.read() as session:
        cut = audit.verify(session, expected=kept)
        unaware = audit.verify(session)

    assert grown.holds
    assert (cut.holds, cut.lacks_expected, cut.first_broken) == (False, True, None)
    assert unaware.holds


def test_the_chain_is_walked_in_parts(chained, monkeypatch):
    monkeypatch.setattr(audit, "_AT_ONCE", 2)
    fetched = []
    with chained.read() as session:

        @event.listens_for(AuditEntryRow, "load")
        def count(row, context):
            fetched.append(row.id)

        walk = audit.every_entry(session)
        first = next(walk)
        walk.close()
        event.remove(AuditEntryRow, "load", count)

    assert first.id == 1
    assert fetched == [1, 2]


@pytest.mark.parametrize(
    ("by", "found"),
    [
        (Filter(), [5, 4, 3, 2, 1]),
        (Filter(actor="Bertta"), [4, 2]),
        (Filter(kind="sign_in"), [5, 3, 2]),
        (Filter(kind="sign"), []),
        (Filter(begins=NOW + timedelta(hours=10), ends=NOW + timedelta(hours=30)), [3, 2]),
        (Filter(before_id=3), [2, 1]),
    ],
)
def test_one_looks_by_person_matter_and_day(chained, by, found):
    with chained.read() as session:
        assert [row.id for row in audit.look(session, by, limit=10)] == found


@pytest.mark.parametrize("actor", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_no_cell_of_the_spreadsheet_is_a_formula(new_bot, actor):
    with new_bot.database.write() as session:
        audit.record(session, at=NOW, actor=actor, action="sign_in", subject='a;"b"')

    with new_bot.database.read() as session:
        text = "".join(audit_export.as_csv(audit.every_entry(session)))

    [head, row] = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
    assert head == list(audit_export.COLUMNS)
    assert row[2] == f"'{actor}"
    assert row[4] == 'a;"b"'


def test_each_line_of_json_is_an_entry_as_it_is(chained):
    with chained.read() as session:
        lines = [json.loads(line) for line in audit_export.as_json_lines(audit.every_entry(session))]

    assert [line["id"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0]["at"] == NOW.isoformat()
    assert lines[1]["previous_hash"] == lines[0]["hash"]
