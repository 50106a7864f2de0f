"""What is put down for other programs: equal to the export and the report, and nothing hidden can be found out."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from social_bot.organisation.metrics import Metric
from social_bot.planning.store import GoalRow
from social_bot.tracking import publication
from social_bot.tracking.export import export_rows
from social_bot.tracking.figure_store import OFFICE, FigureCountRow, FigureMonthRow
from social_bot.tracking.figures import Figure
from social_bot.tracking.goal_files import outside_record, tell
from social_bot.tracking.goals import Pace
from social_bot.tracking.month_report import build_month_report
from social_bot.tracking.outreach import Channel
from social_bot.tracking.outreach_store import TrialRow, VisitRow
from social_bot.tracking.periods import Month
from social_bot.tracking.progress import goal_now
from social_bot.tracking.published_store import PublishedFigureRow
from social_bot.tracking.suppression import SMALLEST, Mark
from social_bot.tracking.visit_grid import COUNTED, divide
from tests.conftest import NOW, PAGE, WRITER

MESSAGES = Figure.MESSAGES_RECEIVED
SMALL = {
    (MESSAGES, ""): 40,
    (MESSAGES, "topic:debt"): 3,
    (MESSAGES, "topic:food"): 12,
    (MESSAGES, "topic:none"): 25,
    (Figure.CONVERSATIONS, ""): 4,
    (Figure.COMMENTS_RECEIVED, ""): 0,
}


def keep(bot, month, counts, page=PAGE, *, counted_at=NOW, is_final=True):
    with bot.database.write() as session:
        session.merge(FigureMonthRow(page_id=page, month=month, counted_at=counted_at, is_final=is_final))
        for (figure, part), value in counts.items():
            session.merge(FigureCountRow(page_id=page, month=month, figure=figure, part=part, value=value))


def visit(bot, *, contacts, channel=Channel.MALL, held_on=date(2026, 9, 10), trial=None, **more):
    with bot.database.write() as session:
        key = f"{len(session.exec(select(VisitRow)).all()):036}"
        row = VisitRow(
            key=key,
            place="Malli",
            channel=channel,
            held_on=held_on,
            minutes=120,
            workers=2,
            contacts=contacts,
            trial_id=trial,
            recorded_by=WRITER,
            recorded_at=NOW,
            **more,
        )
        session.add(row)


def publish(bot, now=NOW):
    return publication.publish(bot.database, gather=bot.organisation, clock=lambda: now)


def view(bot, query):
    with bot.database.read() as session:
        return [dict(row) for row in session.connection().execute(text(query)).mappings()]


def test_the_view_shows_what_the_export_and_the_report_show(bot):
    keep(bot, "2026-09", SMALL)
    keep(bot, "2026-09", {(Figure.CALLBACKS, ""): 9, (Figure.CALLBACKS, "state:done"): 9}, page=OFFICE)

    publish(bot)

    with bot.database.read() as session:
        gathered = {"organisation": bot.organisation(session), "language": "fi", "now": NOW}
        exported = list(export_rows(session, [Month(2026, 9)], **gathered))
        report = build_month_report(session, Month(2026, 9), topic_names={}, page_id=PAGE, **gathered)
    seen = view(bot, "SELECT * FROM bi_figures")
    key = {
        (row["page_id"] or "", row["figure"], row["part_kind"] or "", row["part"] or ""): row for row in seen
    }
    assert len(key) == len(exported) > 30
    for row in exported:
        found = key[row["page"], row["figure"], row["part_kind"], row["part"]]
        assert found["value"] == row["value"], row
        assert (found["hidden"] is None) == (row["hidden"] == ""), row
    for figure in report.figures:
        found = key[PAGE, figure.key, "", ""]
        assert (found["value"], found["hidden"]) == (figure.cell.value, figure.cell.mark), figure.key


def test_missing_is_null_and_never_zero_and_hidden_is_not_missing(bot):
    keep(bot, "2026-09", SMALL)

    publish(bot)

    rows = {row["figure"]: row for row in view(bot, "SELECT * FROM bi_figures WHERE part IS NULL")}
    told = {name: (row["value"], row["hidden"], bool(row["available"])) for name, row in rows.items()}
    assert told["post_views"] == (None, None, False)
    assert told["conversations"] == (None, "small", True)
    assert told["comments_received"] == (0, None, True)
    assert str(rows["conversations"]["first_day"]) == "2026-09-01"


def test_a_month_is_put_down_when_it_is_over_and_again_when_it_is_counted_again(bot):
    ends = Month(2026, 10).bounds(bot.settings.zone)[1]
    keep(bot, "2026-10", {(MESSAGES, ""): 30}, counted_at=ends - timedelta(minutes=1), is_final=False)
    assert publish(bot) == 0

    keep(bot, "2026-10", {(MESSAGES, ""): 31}, counted_at=ends, is_final=False)
    assert publish(bot) == 1
    assert publish(bot) == 0

    keep(bot, "2026-10", {(MESSAGES, ""): 32}, counted_at=ends + timedelta(days=1))
    assert publish(bot) == 1

    (row,) = view(bot, "SELECT value FROM bi_figures WHERE figure = 'messages_received' AND part IS NULL")
    (month,) = view(bot, "SELECT * FROM bi_months")
    assert row["value"] == 32
    assert month["is_final"]


def test_no_view_holds_a_word_of_a_person_or_anything_but_counts(bot):
    keep(bot, "2026-09", SMALL)
    visit(bot, contacts=7, note="Muistiinpano")
    publish(bot)

    for name in ("bi_months", "bi_figures", "bi_visits", "bi_goals", "bi_trials", "bi_trial_stages"):
        assert "Muistiinpano" not in str(view(bot, f"SELECT * FROM {name}"))
    assert view(bot, "SELECT version FROM bi_version") == [{"version": 1}]
    metrics = view(bot, "SELECT * FROM bi_metrics")
    known = {row["metric"] for row in metrics if row["kind"] == "figure"}
    assert {row["figure"] for row in view(bot, "SELECT figure FROM bi_figures")} <= known
    assert all(row["definition_sv"] and row["name_fi"] for row in metrics)


def office(bot, **people):
    """The whole of the month as the program counts it."""
    keep(
        bot,
        "2026-09",
        {(Figure(figure), ""): value for figure, value in people.items()},
        page=OFFICE,
    )


def test_visits_are_given_by_channel_where_every_channel_may_be_told(bot):
    visit(bot, contacts=8, declined=0)
    visit(bot, contacts=6, channel=Channel.LIBRARY, declined=5)
    office(bot, visits_held=2, visit_minutes=480, visit_contacts=14, visit_declined=5)

    publish(bot)

    rows = {row["channel"]: row for row in view(bot, "SELECT * FROM bi_visits")}
    assert (rows[None]["contacts"], rows["mall"]["contacts"], rows["library"]["contacts"]) == (14, 8, 6)
    assert (rows["mall"]["declined"], rows["mall"]["worker_minutes"]) == (0, 240)
    assert rows["mall"]["guided_on"] is rows["mall"]["guided_on_hidden"] is None


@pytest.mark.parametrize("noted", [3, 6], ids=["one is small", "changed since it was counted"])
def test_no_channel_is_told_where_one_is_small_or_the_sum_is_another(bot, noted):
    visit(bot, contacts=20)
    visit(bot, contacts=noted, channel=Channel.LIBRARY)
    office(bot, visits_held=2, visit_minutes=480, visit_contacts=23)

    publish(bot)

    rows = {row["channel"]: row for row in view(bot, "SELECT * FROM bi_visits")}
    assert rows[None]["contacts"] == 23
    assert {rows[name]["contacts_hidden"] for name in ("mall", "library")} == {"withheld"}
    assert rows["mall"]["contacts"] is rows["library"]["contacts"] is None


class Noted:
    minutes, workers = 60, 1

    def __init__(self, channel, contacts, part):
        self.channel, self.contacts, self.led_to_clienthood = channel, contacts, part
        self.declined = self.guided_on = self.out_of_area = None


COUNTS = st.tuples(st.integers(0, 11), st.integers(0, 11)).map(lambda pair: (max(pair), min(pair)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(COUNTS, min_size=1, max_size=3))
def test_an_attacker_who_subtracts_channels_from_the_month_finds_no_small_count(counts):
    """Every table that fits what is told is written down: what is hidden has more than one value in them."""
    channels = list(Channel)[: len(counts)]
    whole = {
        Figure.VISIT_CONTACTS: sum(contacts for contacts, _ in counts),
        Figure.VISIT_CLIENTHOOD: sum(part for _, part in counts),
    }
    told = divide([Noted(channel, *count) for channel, count in zip(channels, counts, strict=True)], whole)

    for figure, values in (
        (Figure.VISIT_CONTACTS, [contacts for contacts, _ in counts]),
        (Figure.VISIT_CLIENTHOOD, [part for _, part in counts]),
    ):
        cells = [told[channel][figure] for channel in channels]
        assert all(cell.is_exact or cell.mark is Mark.WITHHELD for cell in cells)
        assert all(not 0 < cell.value < SMALLEST for cell in cells if cell.value is not None)
        assert len({cell.mark for cell in cells}) == 1
        if cells[0].is_exact or whole[figure] < SMALLEST or len(counts) == 1:
            continue
        fits = [
            guess
            for guess in product(range(whole[figure] + 1), repeat=len(counts))
            if sum(guess) == whole[figure]
        ]
        for number, value in enumerate(values):
            assert value == 0 or len({guess[number] for guess in fits}) > 1
    for channel in channels:
        met, part = (told[channel][figure] for figure in (Figure.VISIT_CONTACTS, Figure.VISIT_CLIENTHOOD))
        if met.value is not None and part.value is not None:
            assert met.value - part.value == 0 or met.value - part.value >= SMALLEST


def test_every_figure_of_the_visits_that_counts_people_is_guarded():
    assert {figure for figure in Figure if figure.startswith("visit_")} == {*COUNTED, Figure.VISIT_MINUTES}


def goal(bot, target, metric=Metric.VISIT_CONTACTS, **more):
    with bot.database.write() as session:
        row = GoalRow(
            metric=metric,
            target=target,
            starts_on=date(2026, 9, 1),
            by_on=date(2026, 12, 31),
            why={"fi": "Kohdataan ihmiset."},
            created_by=WRITER,
            created_at=NOW,
            **more,
        )
        session.add(row)
        session.flush()
        return goal_now(session, row, now=NOW, zone=bot.settings.zone)


@pytest.mark.parametrize(
    ("contacts", "target", "pace"),
    [
        (4, 4, None),  # "reached" would tell that it is four
        (3, 4, None),  # and its lack that it is not
        (3, 60, Pace.BEHIND),
        (22, 22, None),  # 20 to 24 may have reached it or not
        (22, 20, Pace.REACHED),
        (22, 100, Pace.BEHIND),
        (0, 100, Pace.BEHIND),
    ],
)
def test_the_pace_of_a_goal_tells_no_more_of_its_value_than_the_value_does(bot, contacts, target, pace):
    visit(bot, contacts=contacts)

    told = tell(goal(bot, target))

    assert told.pace is pace
    assert outside_record(told.standing)["pace"] == (pace or "")


def test_goals_and_trials_are_put_down_as_their_reports_tell_them(bot):
    with bot.database.write() as session:
        trial = TrialRow(
            title="Kauppakeskus",
            channel=Channel.MALL,
            place="Malli",
            starts_on=date(2026, 9, 1),
            mid_on=date(2026, 10, 15),
            ends_on=date(2026, 12, 1),
            created_by=WRITER,
            created_at=NOW,
        )
        session.add(trial)
        session.flush()
    visit(bot, contacts=23, trial=trial.id, declined=2)
    goal(bot, 100, trial_id=trial.id)

    publish(bot)

    (row,) = view(bot, "SELECT * FROM bi_trials")
    assert (row["contacts"], row["contacts_hidden"]) == (20, "rounded")
    assert (row["declined"], row["declined_hidden"]) == (None, "small")
    assert (row["guided_on"], row["guided_on_hidden"]) == (None, None)
    assert (row["visits_held"], row["channel"], row["state"]) == (1, "mall", "running")
    (told,) = view(bot, "SELECT * FROM bi_goals")
    assert (told["value"], told["hidden"], bool(told["available"])) == (20, "rounded", True)
    assert "Kauppakeskus" not in str(row)


def test_goals_and_trials_are_put_down_anew_every_hour(bot):
    goal(bot, 100)
    visit(bot, contacts=10)
    publish(bot)
    visit(bot, contacts=10)

    publish(bot, NOW + timedelta(minutes=59))
    before = view(bot, "SELECT value FROM bi_goals")
    publish(bot, NOW + timedelta(minutes=60))
    after = view(bot, "SELECT value FROM bi_goals")

    assert (before, after) == ([{"value": 10}], [{"value": 20}])


def test_a_month_that_is_put_down_again_leaves_nothing_of_before(bot):
    keep(bot, "2026-09", SMALL)
    publish(bot)
    with bot.database.write() as session:
        session.delete(session.get_one(FigureCountRow, (PAGE, "2026-09", MESSAGES, "topic:none")))
    keep(bot, "2026-09", {}, counted_at=NOW + timedelta(days=1))

    publish(bot)

    with bot.database.read() as session:
        rows = session.exec(select(PublishedFigureRow).where(PublishedFigureRow.part == "none")).all()
    assert rows == []
