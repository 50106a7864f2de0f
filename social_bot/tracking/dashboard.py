"""A coordinator's first view: the goals, what needs attention, this month beside last month and last year.

For the unit's own use, so every count is told as it is; what leaves the unit is a report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.tracking import counters, trial_reports
from social_bot.tracking import figure_words as words
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.figures import PLATFORM_FIGURES, Figure
from social_bot.tracking.goals import Pace
from social_bot.tracking.month_report import figure_of, of_month
from social_bot.tracking.month_values import MonthValues, month_values
from social_bot.tracking.months import month_counts, whole_counts
from social_bot.tracking.periods import Month, month_at
from social_bot.tracking.posting_times import Fact, PostingTime, compare
from social_bot.tracking.progress import StandingGoal, goals_now
from social_bot.tracking.reports import ReportFigure

SHOWN: Sequence[str] = (
    *(Figure.MESSAGES_RECEIVED, Figure.CONVERSATIONS, words.RESPONSE_MEDIAN, words.WITHIN_DAY_SHARE),
    *(Figure.CALLBACKS, words.CALLBACKS_DONE, words.CALLBACKS_LATE, Figure.CRISES),
    *(Figure.VISITS_HELD, Figure.VISIT_CONTACTS, Figure.POSTS_PUBLISHED),
    *(Figure.POST_REACH, Figure.POST_REACTIONS, Figure.POST_LINK_CLICKS, Figure.PAGE_FOLLOWERS),
)
"""What the table of months compares."""

CHARTED = (Figure.MESSAGES_RECEIVED, Figure.POST_REACH, Figure.VISIT_CONTACTS)
_MONTHS = 13
_YEAR = timedelta(days=365)
_SETTLED = timedelta(days=7)


class Attention(StrEnum):
    """What a coordinator must know, most urgent first."""

    DANGER_NOT_TAKEN = "danger_not_taken"
    CALLS_LATE = "calls_late"
    WAITS_TOO_LONG = "waits_too_long"
    GOALS_BEHIND = "goals_behind"
    TRIALS_DUE = "trials_due"
    FIGURES_RETIRED = "figures_retired"


_ALERTS = {
    Attention.DANGER_NOT_TAKEN: AlertKind.CRISIS,
    Attention.CALLS_LATE: AlertKind.CALLBACK_LATE,
    Attention.WAITS_TOO_LONG: AlertKind.THREAD_WAITS,
}


@dataclass(frozen=True, kw_only=True)
class Overview:
    """``series`` has a value for each of ``months``, None where nothing is known of a month."""

    month: Month
    days_passed: int
    goals: Sequence[StandingGoal]
    attention: Mapping[Attention, int]
    figures: Sequence[ReportFigure]
    topics: Mapping[str, int]
    months: Sequence[Month]
    series: Mapping[Figure, Sequence[int | None]]
    fact: Fact | None
    counted_at: datetime | None = None


def overview(session: Session, *, organisation: Organisation, language: str, now: datetime) -> Overview:
    zone = organisation.zone
    month = month_at(now, zone)
    page_ids = [OFFICE, *(page.id for page in pages.everyone(session))]
    compared = [month, month.before, month.year_before]
    counts = month_counts(session, page_ids, compared, organisation=organisation, now=now)
    this, before, year_before = (
        month_values(of_month(counts, page_ids, each), hides=False) for each in compared
    )
    months = [month.later(-back) for back in reversed(range(_MONTHS))]
    goals = goals_now(session, now=now, zone=zone)
    return Overview(
        month=month,
        days_passed=now.astimezone(zone).date().day,
        goals=goals,
        attention=_attention(session, goals, this, today=now.astimezone(zone).date()),
        figures=[figure_of(key, this, before, year_before, language=language) for key in SHOWN],
        topics=_topics(this),
        months=months,
        series=_series(session, page_ids, months, this, month),
        fact=best_time(session, page_ids, zone=zone, now=now),
    )


def best_time(session: Session, page_ids: Sequence[str], *, zone: ZoneInfo, now: datetime) -> Fact | None:
    """Of a year's last thousand posts, each a week old at least, when most people were reached."""
    reached: dict[PostingTime, list[int]] = {}
    for page_id in page_ids:
        for at, value in counters.values_by_time(
            session, page_id, Figure.POST_REACH, since=now - _YEAR, until=now - _SETTLED, read_by=now
        ):
            local = at.astimezone(zone)
            reached.setdefault(PostingTime(local.weekday(), local.hour), []).append(value)
    return compare(reached)


def _attention(
    session: Session, goals: Sequence[StandingGoal], this: MonthValues, *, today: date
) -> Mapping[Attention, int]:
    open_kinds = [alert.kind for alert in alerts.unacknowledged(session)]
    found = {
        **{attention: open_kinds.count(kind) for attention, kind in _ALERTS.items()},
        Attention.GOALS_BEHIND: sum(goal.progress.pace is Pace.BEHIND for goal in goals),
        Attention.TRIALS_DUE: len(trial_reports.trials_due(session, today=today)),
        Attention.FIGURES_RETIRED: sum(
            this.figures[figure].not_available_since is not None for figure in PLATFORM_FIGURES
        ),
    }
    return {attention: found[attention] for attention in Attention if found[attention]}


def _topics(this: MonthValues) -> Mapping[str, int]:
    parts = this.parts[Figure.MESSAGES_RECEIVED, "topic"]
    return {name: cell.value for name, cell in parts.items() if cell.value and name != "none"}


def _series(
    session: Session, page_ids: Sequence[str], months: Sequence[Month], this: MonthValues, running: Month
) -> Mapping[Figure, Sequence[int | None]]:
    kept = whole_counts(session, page_ids, months, CHARTED)
    return {
        figure: [
            this.cell(figure).value if month == running else kept.get((figure, month)) for month in months
        ]
        for figure in CHARTED
    }
