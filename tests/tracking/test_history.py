"""Months kept as counts: the same before a purge and after it, never less, written once however often."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.outcomes import Lane
from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow, SendState, ThreadRow
from social_bot.organisation import alerts, directory
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.metrics import Metric
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.tracking.figure_store import OFFICE, FigureCountRow, FigureMonthRow
from social_bot.tracking.figures import (
    LATE,
    LATER,
    NOT_ANSWERED,
    NOT_TAKEN,
    NOT_YET,
    TAKEN,
    WITHIN_DAY,
    Figure,
    answered_within_day,
    median,
    quantile,
)
from social_bot.tracking.history import keep_counts
from social_bot.tracking.months import month_counts, together
from social_bot.tracking.outreach import Channel
from social_bot.tracking.outreach_store import VisitRow
from social_bot.tracking.periods import Month
from social_bot.tracking.store import SnapshotRow, page_subject, post_subject
from tests.conftest import NOW, PAGE

SEPTEMBER, OCTOBER, NOVEMBER = Month(2026, 9), Month(2026, 10), Month(2026, 11)


class Talk:
    """Writes what was said in conversations."""

    def __init__(self, bot):
        self.bot = bot

    def thread(self, number, *, waits=False):
        with self.bot.database.write() as session:
            session.add(
                ThreadRow(
                    id=number,
                    page_id=PAGE,
                    contact_index=f"c{number}",
                    contact_sealed=b"x",
                    created_at=NOW,
                    waits_for_person=waits,
                )
            )
        return number

    def asked(self, thread, at, *, lane=Lane.GENERAL, topic="debt", language="fi", is_settled=False):
        with self.bot.database.write() as session:
            row = MessageRow(
                thread_id=thread,
                page_id=PAGE,
                direction=Direction.INBOUND,
                at=at,
                lane=lane,
                topic=topic,
                language=language,
                text_sealed=b"x",
            )
            session.add(row)
            session.flush()
            if is_settled:
                session.add(
                    MessageRow(
                        thread_id=thread,
                        page_id=PAGE,
                        direction=Direction.OUTBOUND,
                        at=at + timedelta(seconds=2),
                        is_automatic=True,
                        answers_id=row.id,
                        send_state=SendState.SENT,
                        text_sealed=b"x",
                    )
                )

    def answered(self, thread, at, *, state=SendState.SENT):
        with self.bot.database.write() as session:
            session.add(
                MessageRow(
                    thread_id=thread,
                    page_id=PAGE,
                    direction=Direction.OUTBOUND,
                    at=at,
                    by="Kirjoittaja 1",
                    send_state=state,
                    text_sealed=b"x",
                )
            )


@pytest.fixture
def talk(bot):
    with bot.database.write() as session:
        directory.put(session, "hours", "ma-to 9-15, pe 9-14", now=NOW, by="test", zone=bot.settings.zone)
    return Talk(bot)


def counts(bot, month, now=NOW):
    with bot.database.read() as session:
        found = month_counts(
            session, [OFFICE, PAGE], [month], organisation=bot.organisation(session), now=now
        )
    return together(found, month)


def keep(bot, clock, **more):
    return keep_counts(bot.database, gather=bot.organisation, clock=clock, **more)


def monday(hour, minute=0):
    return datetime(2026, 11, 9, hour - 2, minute, tzinfo=UTC)  # Helsinki is two hours ahead


def test_messages_are_counted_by_topic_language_and_lane(bot, talk):
    first, second = talk.thread(1), talk.thread(2)
    talk.asked(first, monday(10), is_settled=True)
    talk.asked(first, monday(11), lane=Lane.INDIVIDUAL, topic=None)
    talk.asked(second, monday(12), language="sv", is_settled=True)

    found = counts(bot, NOVEMBER)

    assert found.value(Figure.MESSAGES_RECEIVED) == 3
    assert found.value(Figure.CONVERSATIONS) == 2
    assert found.parts(Figure.MESSAGES_RECEIVED, "topic") == {"debt": 2, "none": 1}
    assert found.parts(Figure.MESSAGES_RECEIVED, "language") == {"fi": 2, "sv": 1}
    assert found.parts(Figure.MESSAGES_RECEIVED, "lane") == {"general": 2, "individual": 1}


def test_response_time_leaves_automatic_texts_out_and_counts_opening_hours(bot, talk):
    for number, hour in ((1, 10), (2, 11), (3, 20)):
        talk.thread(number)
        talk.asked(number, monday(hour), lane=Lane.INDIVIDUAL, is_settled=True)
    talk.answered(1, monday(10, 30))
    talk.answered(2, monday(12, 30))
    talk.answered(3, monday(9, 15) + timedelta(days=1))
    talk.thread(4)
    talk.asked(4, monday(13), is_settled=True)  # a machine settled it: nobody waited

    found = counts(bot, NOVEMBER)

    spread = found.spread(Figure.RESPONSE_MINUTES)
    assert sorted(spread.elements()) == [15, 30, 90]
    assert median(spread) == 30
    assert quantile(spread, 0.9) == 90
    assert answered_within_day(found) == (3, 3)


def test_a_wait_ends_within_the_working_day_later_or_not_at_all(bot, talk):
    for number in (1, 2, 3, 4, 5):
        talk.thread(number, waits=number in (3, 4))
    for number in (1, 2, 3):
        talk.asked(number, monday(10), lane=Lane.INDIVIDUAL)
    talk.answered(1, monday(14) + timedelta(days=1))
    talk.answered(2, monday(9) + timedelta(days=2))
    talk.asked(4, NOW - timedelta(hours=1), lane=Lane.INDIVIDUAL)
    talk.asked(5, monday(10), lane=Lane.INDIVIDUAL)  # given back without words: helped elsewhere
    talk.answered(4, NOW, state=SendState.FAILED)  # never arrived

    found = counts(bot, NOVEMBER)

    assert {part: found.value(Figure.WAITS, part) for part in (WITHIN_DAY, LATER, NOT_ANSWERED, NOT_YET)} == {
        WITHIN_DAY: 1,
        LATER: 1,
        NOT_ANSWERED: 1,
        NOT_YET: 1,
    }
    assert found.value(Figure.WAITS) == 4
    assert answered_within_day(found) == (1, 3)


def test_callbacks_by_state_and_whether_the_promise_was_kept(bot):
    with bot.database.write() as session:
        for number, (state, promised, settled) in enumerate(
            [
                (CallbackState.DONE, 4, 3),
                (CallbackState.DONE, 4, 6),
                (CallbackState.UNREACHABLE, 4, 4),
                (CallbackState.REQUESTED, 4, None),
                (CallbackState.REQUESTED, 4000, None),
            ]
        ):
            session.add(
                CallbackRow(
                    phone_sealed=None,
                    phone_index=str(number),
                    language="fi",
                    state=state,
                    requested_at=monday(9),
                    promised_by=monday(9) + timedelta(hours=promised),
                    settled_at=None if settled is None else monday(9) + timedelta(hours=settled),
                )
            )

    found = counts(bot, NOVEMBER)

    assert found.value(Figure.CALLBACKS) == 5
    assert found.parts(Figure.CALLBACKS, "state") == {"done": 2, "requested": 2, "unreachable": 1}
    assert found.value(Figure.CALLBACKS, LATE) == 2


def test_danger_is_counted_by_matter_with_the_time_until_a_person_took_it(bot, talk):
    talk.thread(1)
    with bot.database.write() as session:
        for number, minutes in enumerate((0, 3, 200)):
            alerts.raise_alert(
                session,
                AlertKind.CRISIS,
                "thread:1",
                now=monday(9) + timedelta(minutes=minutes),
                occasion=str(number),
            )
        session.flush()
        session.connection().execute(
            update(AlertRow)
            .where(col(AlertRow.raised_at) < monday(10))
            .values(acknowledged_at=monday(9, 12), acknowledged_by="X")
        )

    found = counts(bot, NOVEMBER)

    assert found.value(Figure.CRISES) == 2
    assert (found.value(Figure.CRISES, TAKEN), found.value(Figure.CRISES, NOT_TAKEN)) == (1, 1)
    assert found.spread(Figure.CRISIS_MINUTES) == {12: 1}


def test_visits_add_up_and_what_nobody_noted_is_not_known(bot):
    with bot.database.write() as session:
        for number, declined in enumerate((2, None)):
            session.add(
                VisitRow(
                    key=str(number),
                    place="Mylly",
                    channel=next(iter(Channel)),
                    held_on=date(2026, 11, 30),
                    starts_at=time(23, 30),
                    minutes=120,
                    workers=2,
                    contacts=4,
                    declined=declined,
                    recorded_by="Kirjoittaja 1",
                    recorded_at=NOW,
                )
            )

    found = counts(bot, NOVEMBER, now=datetime(2026, 12, 2, tzinfo=UTC))

    assert found.value(Figure.VISITS_HELD) == 2
    assert found.value(Figure.VISIT_MINUTES) == 480
    assert found.value(Figure.VISIT_CONTACTS) == 8
    assert found.value(Figure.VISIT_DECLINED) == 2
    assert found.value(Figure.VISIT_GUIDED_ON) is None


def published(bot, number, at):
    with bot.database.write() as session:
        row = PostRow(
            page_id=PAGE,
            kind="qa",
            texts={"fi": "x"},
            publish_at=at,
            local_time="2026-11-09T10:00",
            zone="Europe/Helsinki",
            lateness_minutes=60,
            author="Kirjoittaja 1",
            state=PostState.PUBLISHED,
            external_id=f"{PAGE}_{number}",
            created_at=NOW,
        )
        session.add(row)
        session.flush()
        return row.id


def read(bot, subject, metric, value, at, **more):
    with bot.database.write() as session:
        session.add(
            SnapshotRow(page_id=PAGE, subject=subject, metric=metric, value=value, taken_at=at, **more)
        )


def test_a_months_posts_count_with_their_newest_known_reading_until_the_month_has_settled(bot):
    first, second = (published(bot, number, monday(10)) for number in (1, 2))
    read(bot, post_subject(first), Metric.POST_VIEWS, 10, monday(12))
    read(bot, post_subject(first), Metric.POST_VIEWS, 30, monday(14))
    read(bot, post_subject(first), Metric.POST_VIEWS, 900, datetime(2027, 3, 1, tzinfo=UTC))
    read(bot, post_subject(second), Metric.POST_REACH, None, monday(12), retired_on=date(2026, 6, 15))

    found = counts(bot, NOVEMBER, now=datetime(2027, 4, 1, tzinfo=UTC))

    views, reach = found.get(Figure.POST_VIEWS), found.get(Figure.POST_REACH)
    assert (views.value, views.known, views.of, views.as_of) == (30, 1, 2, monday(14))
    assert (reach.value, reach.not_available_since) == (None, date(2026, 6, 15))
    assert found.value(Figure.POST_CLICKS) is None  # nobody has read it: that is no zero


def test_the_platforms_days_belong_to_the_month_in_which_they_mostly_lie(bot):
    published(bot, 1, monday(10))
    for day, value in (
        (datetime(2026, 11, 1, 7), 100),
        (datetime(2026, 11, 2, 8), 5),
        (datetime(2026, 12, 1, 8), 7),
    ):
        end = day.replace(tzinfo=UTC)
        read(bot, page_subject(PAGE), Metric.PAGE_VIEWS, value, end + timedelta(hours=3), period_end=end)
        read(bot, page_subject(PAGE), Metric.PAGE_VIEWS, value + 1, end + timedelta(hours=9), period_end=end)

    found = counts(bot, NOVEMBER, now=datetime(2027, 1, 1, tzinfo=UTC))

    assert found.value(Figure.PAGE_VIEWS) == 6 + 8


def test_a_month_before_anything_was_counted_has_no_figures_rather_than_zeros(bot, talk):
    talk.thread(1)
    talk.asked(1, monday(10))

    assert counts(bot, OCTOBER).value(Figure.MESSAGES_RECEIVED) is None
    assert counts(bot, NOVEMBER).value(Figure.MESSAGES_RECEIVED) == 1


def october(bot, talk):
    for number in range(1, 8):
        talk.thread(number)
        at = datetime(2026, 10, 6, 8, number, tzinfo=UTC)
        talk.asked(number, at, lane=Lane.INDIVIDUAL if number % 2 else Lane.GENERAL, is_settled=True)
        if number % 2:
            talk.answered(number, at + timedelta(minutes=10 * number))


def everything(found):
    return sorted((one.figure, one.part, one.value) for one in found)


def test_what_a_month_counted_is_the_same_after_its_texts_and_threads_are_gone(bot, talk, clock):
    october(bot, talk)
    before = everything(counts(bot, OCTOBER))
    keep(bot, clock)

    with bot.database.write() as session:
        session.connection().execute(delete(MessageRow).where(col(MessageRow.thread_id) > 0))
        session.connection().execute(delete(ThreadRow))
    clock.forward(days=30)
    keep(bot, clock)
    clock.forward(days=300)
    keep(bot, clock)

    assert everything(counts(bot, OCTOBER, now=clock())) == before
    assert ("messages_received", "", 7) in before


def test_erasing_one_conversation_of_a_running_month_never_makes_it_less(bot, talk, clock):
    for number in (1, 2):
        talk.thread(number)
        talk.asked(number, monday(10), lane=Lane.INDIVIDUAL)
    keep(bot, clock)

    with bot.database.write() as session:
        session.connection().execute(delete(MessageRow).where(col(MessageRow.thread_id) == 1))
    clock.forward(hours=1)

    assert counts(bot, NOVEMBER, now=clock()).value(Figure.MESSAGES_RECEIVED) == 2
    assert keep(bot, clock) > 0
    assert counts(bot, NOVEMBER, now=clock()).value(Figure.CONVERSATIONS) == 2


def test_counting_again_writes_the_same_rows_once(bot, talk, clock):
    october(bot, talk)
    keep(bot, clock)
    with bot.database.read() as session:
        first = {
            (row.month, row.figure, row.part): row.value for row in session.exec(select(FigureCountRow)).all()
        }
    clock.forward(days=2)
    keep(bot, clock)
    with bot.database.read() as session:
        rows = session.exec(select(FigureCountRow)).all()

    assert {(row.month, row.figure, row.part): row.value for row in rows} == first


def test_a_month_is_final_sixty_days_after_its_end_and_not_counted_again(bot, talk, clock):
    october(bot, talk)
    keep(bot, clock)
    clock.forward(days=60)
    keep(bot, clock)

    with bot.database.read() as session:
        months = {
            row.month: row.is_final for row in session.exec(select(FigureMonthRow)).all() if row.page_id
        }
    talk.asked(1, datetime(2026, 10, 7, 8, tzinfo=UTC))

    assert months["2026-10"]
    assert not months["2027-01"]
    assert counts(bot, OCTOBER, now=clock()).value(Figure.MESSAGES_RECEIVED) == 7


def test_before_a_purge_only_the_months_it_takes_from_are_counted(bot, talk, clock):
    october(bot, talk)

    assert keep(bot, clock, before=datetime(2026, 10, 20, tzinfo=UTC)) == 1
    with bot.database.read() as session:
        assert [row.month for row in session.exec(select(FigureMonthRow)).all()] == ["2026-10"]


def test_no_kept_count_holds_anything_about_a_person(bot, talk, clock):
    october(bot, talk)
    keep(bot, clock)

    with bot.database.read() as session:
        kinds = {row.part.partition(":")[0] for row in session.exec(select(FigureCountRow)).all()}

    assert kinds <= {
        "",
        "topic",
        "language",
        "lane",
        "answer",
        "minutes",
        "taken",
        "state",
        "promise",
        "kind",
    }


def test_a_crisis_kind_is_not_kept(bot, talk):
    assert all(kind.value not in {figure.value for figure in Figure} for kind in CrisisKind)
