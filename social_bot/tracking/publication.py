"""Putting down what may leave the unit of each month that is over: decided once, here, and read by everybody else.

The interface and the views hide nothing themselves: they show these rows. A month is put down again when it has
been counted again, until it is final; goals, trials and definitions are put down anew every hour.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, SQLModel

from social_bot.organisation.directory import Organisation
from social_bot.organisation.languages import LANGUAGES
from social_bot.storage.engine import Database
from social_bot.tracking import figure_store, outreach_store
from social_bot.tracking import published_store as store
from social_bot.tracking.definitions import MetricDefinition, all_definitions
from social_bot.tracking.export import told_of
from social_bot.tracking.figure_store import OFFICE, FigureMonthRow
from social_bot.tracking.figures import Counts
from social_bot.tracking.goal_files import tell
from social_bot.tracking.month_values import month_values
from social_bot.tracking.periods import Month, parse_month
from social_bot.tracking.progress import StandingGoal, goals_now
from social_bot.tracking.published_store import (
    NOW,
    PublishedFigureRow,
    PublishedGoalRow,
    PublishedMetricRow,
    PublishedMonthRow,
    PublishedTrialCountRow,
    PublishedTrialRow,
)
from social_bot.tracking.trial_outlines import TrialOutline, outline_trials
from social_bot.tracking.trials import Stage
from social_bot.tracking.visit_grid import CHANNEL, COUNTED, divide

EVERY = timedelta(hours=1)
_MONTHS_A_RUN = 60


def publish(
    database: Database, *, gather: Callable[[Session], Organisation], clock: Callable[[], datetime]
) -> int:
    """Put down the months that have been counted since; how many. A run does a few, the next one goes on."""
    with database.read() as session:
        organisation, now = gather(session), clock()
        due = [row for row in store.months_to_publish(session) if _is_whole(row, organisation)]
        told_at = store.standing_since(session)
    for row in due[:_MONTHS_A_RUN]:
        with database.write() as session:
            publish_month(session, row.page_id, parse_month(row.month), now=now)
    if told_at is None or now - told_at >= EVERY:
        publish_standing(database, organisation, now=now)
    return min(len(due), _MONTHS_A_RUN)


def publish_standing(database: Database, organisation: Organisation, *, now: datetime) -> None:
    """Goals and trials as they stand, and what every figure means."""
    with database.read() as session:
        goals = goals_now(session, now=now, zone=organisation.zone)
        trials = outline_trials(session, today=organisation.today(now), zone=organisation.zone)
    tables: dict[type[SQLModel], Sequence[SQLModel]] = {
        PublishedGoalRow: [_goal(each, now=now) for each in goals],
        PublishedTrialRow: [_trial(each, now=now) for each in trials],
        PublishedTrialCountRow: [row for each in trials for row in _trial_counts(each)],
        PublishedMetricRow: [_metric(each) for each in all_definitions()],
    }
    with database.write() as session:
        store.replace_standing(session, tables, now=now)


def publish_month(session: Session, page_id: str, month: Month, *, now: datetime) -> None:
    """From the kept counts as they stand. The caller has seen that the month was counted after its end."""
    kept = figure_store.months_counted(session, page_id)[str(month)]
    counts = Counts(figure_store.list_counts(session, [page_id], [month]).get((page_id, str(month)), ()))
    rows = list(_figures(counts, page_id, month))
    if page_id == OFFICE:
        rows += _visits(session, counts, month)
    told = PublishedMonthRow(
        page_id=page_id,
        month=str(month),
        counted_at=kept.counted_at,
        published_at=now,
        is_final=kept.is_final,
    )
    store.put_month(session, told, rows)


def _figures(counts: Counts, page_id: str, month: Month) -> Iterator[PublishedFigureRow]:
    for told in told_of(month_values([counts], hides=True), page_id):
        shown = told.shown
        yield PublishedFigureRow(
            page_id=page_id,
            month=str(month),
            figure=str(told.figure),
            part_kind=told.part_kind,
            part=told.part,
            value=shown.cell.value,
            hidden=shown.cell.mark,
            as_of=shown.as_of,
            not_available_since=shown.not_available_since,
            known=shown.known,
            of=shown.of,
        )


def _visits(session: Session, counts: Counts, month: Month) -> Iterable[PublishedFigureRow]:
    whole = {figure: counts.value(figure) for figure in COUNTED}
    visits = outreach_store.list_visits(session, since=month.span.first, until=month.span.last)
    return [
        PublishedFigureRow(
            page_id=OFFICE,
            month=str(month),
            figure=figure.value,
            part_kind=CHANNEL,
            part=channel.value,
            value=cell.value,
            hidden=cell.mark,
        )
        for channel, cells in divide(visits, whole).items()
        for figure, cell in cells.items()
    ]


def _goal(goal: StandingGoal, *, now: datetime) -> PublishedGoalRow:
    told, progress = tell(goal), goal.progress
    return PublishedGoalRow(
        goal_id=goal.row.id or 0,
        campaign_id=goal.row.campaign_id,
        trial_id=goal.row.trial_id,
        page_id=goal.page_id,
        metric=progress.goal.metric.value,
        target=progress.goal.target,
        starts_on=progress.goal.starts_on,
        by_on=progress.goal.by_on,
        value=told.cell.value,
        hidden=told.cell.mark,
        is_available=progress.value.value is not None,
        not_available_since=progress.value.not_available_since,
        expected=progress.expected,
        forecast=told.forecast.likely if told.forecast else None,
        forecast_low=told.forecast.low if told.forecast else None,
        forecast_high=told.forecast.high if told.forecast else None,
        pace=told.pace,
        as_of=now,
    )


def _trial(outline: TrialOutline, *, now: datetime) -> PublishedTrialRow:
    trial, decision = outline.summary.trial, outline.summary.decision
    written = {each.stage: each.on for each in outline.stages}
    return PublishedTrialRow(
        trial_id=trial.id or 0,
        campaign_id=trial.campaign_id,
        channel=trial.channel,
        state=outline.summary.state,
        starts_on=trial.starts_on,
        mid_on=trial.mid_on,
        ends_on=trial.ends_on,
        start_written_on=written.get(Stage.START),
        mid_written_on=written.get(Stage.MID),
        end_written_on=written.get(Stage.END),
        decision=decision.decision if decision else None,
        decided_on=decision.decided_on if decision else None,
        as_of=now,
    )


def _trial_counts(outline: TrialOutline) -> Iterator[PublishedTrialCountRow]:
    for stage, cells in [(NOW, outline.cells), *((each.stage.value, each.cells) for each in outline.stages)]:
        for figure, cell in cells.items():
            yield PublishedTrialCountRow(
                trial_id=outline.summary.trial.id or 0,
                stage=stage,
                figure=figure.value,
                value=cell.value,
                hidden=cell.mark,
            )


def _metric(one: MetricDefinition) -> PublishedMetricRow:
    names, definitions = (
        {language: said(language) for language in LANGUAGES} for said in (one.name, one.definition)
    )
    return PublishedMetricRow(
        kind=one.kind,
        metric=one.key,
        unit=one.unit.value,
        source=one.source.value,
        is_estimate=one.is_estimate,
        counts_people=one.counts_people,
        **{f"name_{language}": name for language, name in names.items()},
        **{f"definition_{language}": text for language, text in definitions.items()},
    )


def _is_whole(row: FigureMonthRow, organisation: Organisation) -> bool:
    """Whether it was counted after its end: what runs leaves on no grid."""
    return row.counted_at >= parse_month(row.month).bounds(organisation.zone)[1]
