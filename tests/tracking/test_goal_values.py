"""Goals of trials, pages and the organisation; kept months; and what it costs to know."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, event
from sqlmodel import col

from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import operators
from social_bot.organisation.metrics import Metric
from social_bot.organisation.roles import Role
from social_bot.tracking import goal_deeds, readings
from social_bot.tracking.contributions import contributions
from social_bot.tracking.dashboard import overview
from social_bot.tracking.goal_deeds import GoalPlan
from social_bot.tracking.goal_files import outside_record
from social_bot.tracking.goals import Pace
from social_bot.tracking.history import keep_counts
from social_bot.tracking.outreach import Channel
from social_bot.tracking.outreach_store import TrialRow, VisitRow
from social_bot.tracking.progress import goal_now, goals_now
from tests.conftest import NOW, PAGE, WRITER

COORDINATOR = "Koordinaattori"


@pytest.fixture(autouse=True)
def coordinator(bot):
    with bot.database.write() as session:
        operators.add(session, COORDINATOR, [Role.COORDINATOR], now=NOW, by="test")


def plan(**more):
    usual = {
        "metric": Metric.MESSAGES_RECEIVED,
        "target": 20,
        "starts_on": date(2026, 10, 1),
        "by_on": date(2026, 12, 31),
        "target_group": "",
        "why": "",
    }
    return GoalPlan(**{**usual, **more})


def add(bot, **more):
    with bot.database.write() as session:
        return goal_deeds.add(session, plan(**more), language="fi", by=COORDINATOR, now=NOW).id


def stands(bot, goal_id, now=NOW):
    with bot.database.read() as session:
        return goal_now(session, goal_deeds.get(session, goal_id), now=now, zone=bot.settings.zone)


def write(bot, *moments):
    with bot.database.write() as session:
        if session.get(ThreadRow, 1) is None:
            session.add(ThreadRow(id=1, page_id=PAGE, contact_index="x", contact_sealed=b"x", created_at=NOW))
            session.flush()
        session.add_all(
            MessageRow(thread_id=1, page_id=PAGE, direction=Direction.INBOUND, at=at) for at in moments
        )


def a_trial(bot):
    with bot.database.write() as session:
        trial = TrialRow(
            title="Kela",
            channel=next(iter(Channel)),
            place="Kela",
            starts_on=date(2026, 11, 2),
            mid_on=date(2026, 11, 20),
            ends_on=date(2026, 12, 18),
            created_by=COORDINATOR,
            created_at=NOW,
        )
        session.add(trial)
        session.flush()
        return trial.id


def visit(bot, number, contacts, trial_id=None, on=date(2026, 11, 10)):
    with bot.database.write() as session:
        session.add(
            VisitRow(
                key=str(number),
                place="Kela",
                channel=next(iter(Channel)),
                held_on=on,
                minutes=120,
                workers=1,
                contacts=contacts,
                trial_id=trial_id,
                recorded_by=WRITER,
                recorded_at=NOW,
            )
        )


def test_a_trials_goal_counts_its_own_visits_from_its_first_day(bot):
    trial_id = a_trial(bot)
    visit(bot, 1, 5, trial_id)
    visit(bot, 2, 3, trial_id)
    visit(bot, 3, 40)
    visit(bot, 4, 40, trial_id, on=date(2026, 10, 20))

    goal_id = add(bot, metric=Metric.VISIT_CONTACTS, trial_id=trial_id, starts_on=None)
    found = stands(bot, goal_id)
    with bot.database.read() as session:
        made_of = contributions(session, found, now=NOW, zone=bot.settings.zone)

    assert found.progress.value.value == 8
    assert [share.value for share in made_of.visits] == [5, 3]


def test_a_trial_is_not_measured_by_messages(bot):
    with pytest.raises(InvalidInput, match="visits"):
        add(bot, trial_id=a_trial(bot))


def test_a_writer_sets_no_goal(bot):
    with bot.database.write() as session, pytest.raises(NotAllowed):
        goal_deeds.add(session, plan(), language="fi", by=WRITER, now=NOW)


def test_a_count_that_nobody_noted_is_not_available(bot):
    visit(bot, 1, 5)

    found = stands(bot, add(bot, metric=Metric.VISIT_GUIDED_ON))

    assert found.progress.value.value is None
    assert found.progress.pace is Pace.NOT_AVAILABLE


def test_a_goal_keeps_the_messages_of_months_whose_rows_are_gone(bot, clock):
    write(
        bot, *(datetime(2026, 10, 6, 8, number, tzinfo=UTC) for number in range(9)), NOW - timedelta(days=3)
    )
    goal_id = add(bot)
    before = stands(bot, goal_id).progress.value.value
    clock.forward(days=60)
    keep_counts(bot.database, gather=bot.organisation, clock=clock)

    with bot.database.write() as session:
        session.connection().execute(
            delete(MessageRow).where(col(MessageRow.at) < datetime(2026, 11, 1, tzinfo=UTC))
        )

    assert before == 10
    assert stands(bot, goal_id).progress.value.value == 10


@pytest.mark.parametrize(("count", "told"), [(0, 0), (3, "< 5"), (13, 10)])
def test_outside_a_goal_of_people_is_rounded_down_to_fives(bot, count, told):
    write(bot, *(NOW - timedelta(days=2, minutes=number) for number in range(count)))

    record = outside_record(stands(bot, add(bot)))

    assert record["value"] == told


def test_an_ended_goal_is_followed_no_more(bot):
    goal_id = add(bot)
    with bot.database.write() as session:
        goal_deeds.end(session, goal_id, by=COORDINATOR, now=NOW)

    with bot.database.read() as session:
        assert goals_now(session, now=NOW, zone=bot.settings.zone) == []
        assert len(goals_now(session, now=NOW, zone=bot.settings.zone, with_ended=True)) == 1
    with bot.database.write() as session, pytest.raises(NotAllowed):
        goal_deeds.change(session, goal_id, plan(target=30), language="fi", by=COORDINATOR, now=NOW)


def statements(bot, act):
    """What the database is asked, with its values."""
    found = []

    def note(*told):
        found.append(told[2:4])

    event.listen(bot.database.engine, "before_cursor_execute", note, named=False)
    act()
    event.remove(bot.database.engine, "before_cursor_execute", note)
    return found


def scans(bot, found, *tables):
    """The steps that read one of the tables from end to end."""
    steps = []
    with bot.database.engine.connect() as connection:
        for statement, parameters in found:
            if not statement.lstrip().startswith("SELECT"):
                continue
            plan_rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            steps += [row[3] for row in plan_rows]
    return [step for step in steps if step.split()[:1] == ["SCAN"] and step.split()[1] in tables]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_figure_of_a_month_reads_all_messages_or_snapshots(bot, clock, database_kind):
    write(bot, NOW - timedelta(days=2))
    for metric in (Metric.MESSAGES_RECEIVED, Metric.CONTACTS, Metric.ANSWERED_SHARE, Metric.POST_REACH):
        add(bot, metric=metric)

    def show():
        with bot.database.read() as session:
            overview(session, organisation=bot.organisation(session), language="fi", now=NOW)

    found = statements(bot, show)

    assert len(found) > 20
    assert scans(bot, found, "message", "snapshot", "figure_count") == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_is_due_is_found_without_reading_every_post(bot, clock, database_kind):
    def look():
        with bot.database.read() as session:
            readings.due_posts(session, PAGE, now=NOW, limit=50)

    assert scans(bot, statements(bot, look), "post", "post_reading") == []
