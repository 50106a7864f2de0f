"""The month of the quality owner: what was answered, what did not help, who went to a person."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.answering import callbacks
from social_bot.answering.conditions import Condition, judge_conditions
from social_bot.answering.limits import BUTTON_TEXT_LIMIT, TEXT_LIMIT, TITLE_LIMIT, require_within_limits
from social_bot.answering.outcomes import Lane
from social_bot.answering.quality import HIDDEN, export_csv, export_record, hidden, parse_month, report_month
from social_bot.answering.replies import TextVersionRow, approve_texts, newest_versions
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.errors import InvalidInput
from social_bot.organisation import directory
from tests.conftest import APPROVER, NOW, PAGE, WRITER

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def exchange(bot):
    """Write a message and its answer into a thread of its own, as the inbox would."""

    def exchange(key="debt", lane=Lane.GENERAL, *, thread=1, language="fi", at=NOW, state=SendState.SENT):
        with bot.database.write() as session:
            if session.get(ThreadRow, thread) is None:
                session.add(
                    ThreadRow(
                        id=thread,
                        page_id=PAGE,
                        contact_index=f"{thread}",
                        contact_sealed=b"x",
                        created_at=NOW,
                    )
                )
                session.flush()
            common = {"thread_id": thread, "page_id": PAGE, "at": at, "language": language, "lane": lane}
            asked = MessageRow(direction=Direction.INBOUND, **common)
            session.add(asked)
            session.flush()
            if key is not None:
                for _ in range(2):  # an answer in two messages counts once
                    session.add(
                        MessageRow(
                            direction=Direction.OUTBOUND,
                            is_automatic=True,
                            key=key,
                            answers_id=asked.id,
                            send_state=state,
                            **common,
                        )
                    )

    return exchange


def november(bot, month=NOVEMBER, now=NOW):
    with bot.database.read() as session:
        return report_month(session, month, bot.organisation(session), now=now)


def test_answers_are_counted_by_text_and_language_and_by_lane(bot, exchange):
    exchange()
    exchange(language="sv")
    exchange("clarify", Lane.CLARIFY)
    exchange("general", Lane.UNKNOWN)
    exchange(None, None)
    exchange(state=SendState.FAILED)

    report = november(bot)

    assert report.answers == {
        ("debt", "fi"): 1,
        ("debt", "sv"): 1,
        ("clarify", "fi"): 1,
        ("general", "fi"): 1,
    }
    assert report.lanes == {Lane.GENERAL: 2, Lane.CLARIFY: 1, Lane.UNKNOWN: 1}
    assert (report.received, report.unanswered) == (6, 1)


def test_what_did_not_help_is_counted_under_the_topic_before_it(bot, exchange):
    exchange("debt", thread=1)
    exchange("housing", thread=2)
    exchange("not_helped", Lane.UNKNOWN, thread=1)
    exchange("not_helped", Lane.UNKNOWN, thread=3)

    report = november(bot)

    assert report.not_helped == {("debt", "fi"): 1, ("", "fi"): 1}
    assert ("not_helped", "fi") not in report.answers


def test_a_conversation_that_went_to_a_person_counts_once_whatever_brought_it_there(bot, exchange):
    for _ in range(2):
        exchange("individual", Lane.INDIVIDUAL, thread=1)
    exchange("crisis_suicide", Lane.CRISIS, thread=2)
    exchange("debt", thread=3)
    with bot.database.write() as session:
        session.add(
            MessageRow(
                thread_id=3, page_id=PAGE, direction=Direction.OUTBOUND, at=NOW, send_state=SendState.SENT
            )
        )
    exchange("debt", thread=4)

    assert november(bot).hand_overs == 3


def test_a_month_begins_and_ends_at_midnight_in_helsinki(bot, exchange):
    for at in (
        datetime(2026, 10, 31, 21, 59, tzinfo=UTC),
        datetime(2026, 10, 31, 22, 0, tzinfo=UTC),
        datetime(2026, 11, 30, 21, 59, tzinfo=UTC),
        datetime(2026, 11, 30, 22, 0, tzinfo=UTC),
    ):
        exchange(at=at)

    assert november(bot).received == 2
    assert november(bot, date(2026, 12, 1)).received == 1


def test_calls_are_counted_by_how_they_went(bot):
    with bot.database.write() as session:
        place = bot.organisation(session)
        for number in range(3):
            callbacks.request(
                session,
                phone=f"040 123 456{number}",
                language="fi",
                organisation=place,
                database=bot.database,
                now=NOW,
            )
        callbacks.record_reached(session, 1, by=WRITER, now=NOW)
        for _ in range(2):
            callbacks.record_no_answer(session, 2, by=WRITER, organisation=place, now=NOW)

    report = november(bot)
    assert (report.callbacks_requested, report.callbacks_reached, report.callbacks_unreachable) == (3, 1, 1)


def test_texts_near_their_end_and_texts_not_approved_are_told(bot):
    today = NOW.date()
    with bot.database.write() as session:
        for key, days in (("debt", -1), ("housing", 30), ("money_food", 31)):
            approve_texts(session, [key], by=APPROVER, now=NOW, valid_until=today + timedelta(days=days))
        every = [row for row in newest_versions(session) if not row.needs_speaker]

    report = november(bot)

    endings = {(each.key, each.has_ended) for each in report.endings}
    assert endings == {("debt", True), ("housing", False)}
    assert report.unapproved == len(every) - 9


@pytest.mark.parametrize("month", ["2026", "11/2026", "2026-13", ""])
def test_what_is_no_month_is_refused(month):
    with pytest.raises(InvalidInput):
        parse_month(month)


@given(count=st.integers(0, 10_000))
def test_a_count_from_one_to_four_never_leaves_the_unit(count):
    assert hidden(count) == (HIDDEN if 1 <= count <= 4 else count)


def test_the_exports_hide_small_counts_and_show_the_others(bot, exchange):
    for number in range(6):
        exchange(thread=number + 1)
    exchange("housing", thread=7)

    report = november(bot)
    record = export_record(report)
    rows = list(csv.reader(io.StringIO(export_csv(report).lstrip("\ufeff")), delimiter=";"))

    assert record["answers"] == [
        {"text": "debt", "language": "fi", "count": 6},
        {"text": "housing", "language": "fi", "count": "< 5"},
    ]
    assert record["received"] == 7
    assert ["2026-11", "answer", "housing", "fi", "< 5"] in rows
    assert ["2026-11", "received", "", "", "7"] in rows
    assert not [cell for row in rows for cell in row if cell in {"1", "2", "3", "4"}]


TODAY = NOW.date()


def standings(bot, *, today=TODAY):
    with bot.database.read() as session:
        found = judge_conditions(newest_versions(session), bot.organisation(session), today=today)
    return {each.condition: each for each in found}


def test_before_anything_is_approved_only_the_first_condition_holds(bot):
    found = standings(bot)

    assert list(found) == list(Condition)
    assert [each for each in found if found[each].is_met] == [Condition.NO_DECISION]
    assert "disclosure.fi" in found[Condition.TOLD_AUTOMATED].missing
    assert found[Condition.QUALITY_OWNED].missing == ("quality_owner",)


def test_with_everything_approved_and_set_every_condition_holds(bot):
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
        directory.put(session, "quality_owner", "Johtava", now=NOW, by="test", zone=bot.settings.zone)

    found = standings(bot)

    assert {each: found[each].missing for each in found} == dict.fromkeys(Condition, ())
    assert found[Condition.CONTENT_CHECKED].approved == found[Condition.CONTENT_CHECKED].of > 0


@pytest.mark.parametrize(
    ("key", "condition"),
    [
        ("disclosure", Condition.TOLD_AUTOMATED),
        ("callback_prompt", Condition.PERSON_OFFERED),
        ("save_conversation", Condition.SAVING_OFFERED),
    ],
)
def test_one_text_that_is_not_approved_breaks_its_condition(bot, key, condition):
    with bot.database.write() as session:
        keys = {row.key for row in newest_versions(session)} - {key}
        approve_texts(session, sorted(keys), by=APPROVER, now=NOW)

    found = standings(bot)

    assert found[condition].missing == (f"{key}.fi", f"{key}.sv")
    assert f"{key}.sv" in found[Condition.CONTENT_CHECKED].missing


def test_a_text_whose_day_has_passed_is_not_in_order(bot):
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
        approve_texts(session, ["debt"], by=APPROVER, now=NOW, valid_until=NOW.date())

    assert standings(bot)[Condition.CONTENT_CHECKED].is_met
    tomorrow = standings(bot, today=NOW.date() + timedelta(days=1))
    assert tomorrow[Condition.CONTENT_CHECKED].missing == ("debt.fi", "debt.sv")


@pytest.mark.parametrize(
    ("key", "most"),
    [("debt", TEXT_LIMIT), ("callback_prompt", BUTTON_TEXT_LIMIT), ("callback_button", TITLE_LIMIT)],
)
def test_a_text_too_long_for_its_place_is_not_approved(bot, key, most):
    require_within_limits(key, "fi", "ä" * most)
    with bot.database.write() as session:
        session.add(
            TextVersionRow(
                key=key,
                language="fi",
                version=99,
                text="ä" * (most + 1),
                content_hash="0",
                author=WRITER,
                created_at=NOW,
            )
        )
        with pytest.raises(InvalidInput, match=rf"{key}\.fi.*{most + 1} characters.*{most}"):
            approve_texts(session, [key], by=APPROVER, now=NOW)
