"""What the interface answers, as its description says it. Missing is null, never 0; hidden says why it is not told."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from social_bot.organisation.metrics import Metric, Source
from social_bot.planning.store import CampaignState
from social_bot.tracking.comparison import Verdict
from social_bot.tracking.figures import Unit
from social_bot.tracking.goals import Pace
from social_bot.tracking.outreach import Channel
from social_bot.tracking.reports import ReportKind
from social_bot.tracking.suppression import Cell, Mark
from social_bot.tracking.trials import Decision, Stage, TrialState

HIDDEN = (
    "Why the value is not told as it is. small: one to four. hidden: five or more, which would tell a small one."
    " withheld: how a whole is divided is not told. at_least: the sum of what is told. rounded: down to fives."
)
Item = TypeVar("Item")
Hidden = Annotated[Mark | None, Field(description=HIDDEN)]
Available = Annotated[
    bool, Field(description="Whether the figure is known; a hidden one is known and not told.")
]
Since = Annotated[
    date | None, Field(description="Since when the platform tells it no more, where that is known.")
]


class Told(BaseModel):
    value: int | None
    available: Available
    hidden: Hidden


class Items(BaseModel, Generic[Item]):
    items: list[Item]


class Paged(Items[Item], Generic[Item]):
    """``next`` is the address of what follows, null at the end."""

    total: int
    next: str | None


class PageOut(BaseModel):
    page: str
    name: str


class MonthOut(BaseModel):
    """``is_final``: it is not counted again. ``page`` null: the organisation."""

    month: str
    page: str | None
    counted_at: datetime
    published_at: datetime
    is_final: bool


class FigureOut(Told):
    """``known`` of ``known_of`` posts or days were known. ``page`` null: the organisation."""

    month: str
    page: str | None
    figure: str
    name: str
    unit: Unit
    part_kind: str | None
    part: str | None
    part_name: str | None
    not_available_since: Since
    as_of: datetime | None
    known: int | None
    known_of: int | None


class MetricOut(BaseModel):
    """``kind``: of a month (figure), or of a goal. ``parts``: how the figure is divided."""

    kind: str
    metric: str
    name: str
    definition: str
    unit: Unit
    source: Source
    is_estimate: bool
    counts_people: bool
    parts: list[str]


class ForecastOut(BaseModel):
    likely: int
    low: int
    high: int


class GoalOut(Told):
    """``pace`` null: it would tell more of the value than is told."""

    goal: int
    campaign: str | None
    trial: int | None
    page: str | None
    metric: Metric
    target: int
    not_available_since: Since
    expected: float
    forecast: ForecastOut | None
    pace: Pace | None
    starts_on: date
    by: date


class CampaignOut(BaseModel):
    campaign: int
    slug: str
    title: str
    page: str
    state: CampaignState
    starts_on: date


class ReportFigureOut(Told):
    figure: str
    name: str
    definition: str
    source: str
    unit: Unit
    not_available_since: Since
    as_of: datetime | None
    is_estimate: bool
    note: str


class ReportRowOut(BaseModel):
    label: str
    cells: list[Told]


class ReportTableOut(BaseModel):
    table: str
    title: str
    columns: list[str]
    unit: Unit
    rows: list[ReportRowOut]
    note: str


class ReportSectionOut(BaseModel):
    section: str
    title: str
    paragraphs: list[str]
    figures: list[ReportFigureOut]
    tables: list[ReportTableOut]


class ReportOut(BaseModel):
    """The same report as the page and the documents show."""

    kind: ReportKind
    language: str
    title: str
    subtitle: str
    organisation: str
    first: date
    last: date
    is_running: bool
    sections: list[ReportSectionOut]
    notes: list[str]


class VisitCounts(BaseModel):
    """``worker_minutes``: the length of each visit times its workers."""

    visits_held: int | None
    worker_minutes: int | None
    contacts: Told
    declined: Told
    led_to_clienthood: Told
    guided_on: Told
    out_of_area: Told


class VisitsOut(VisitCounts):
    """``channel`` null: all channels together."""

    month: str
    channel: Channel | None


class StageOut(BaseModel):
    """What the visits had counted when the stage was written last."""

    stage: Stage
    written_on: date
    counts: VisitCounts


class TrialOut(BaseModel):
    """``counts``: what the visits count now, rounded down to fives, for a trial's days lie on no months."""

    trial: int
    title: str
    channel: Channel
    campaign: int | None
    state: TrialState
    starts_on: date
    mid_on: date
    ends_on: date
    decision: Decision | None
    decided_on: date | None
    counts: VisitCounts
    stages: list[StageOut]


class IntervalOut(BaseModel):
    """Where the truth lies in nineteen cases out of twenty. ``high`` null: without end."""

    low: float
    high: float | None


class MeasuredOut(BaseModel):
    value: float
    interval: IntervalOut


class ComparedOut(BaseModel):
    """``contacts_per_hour`` null: a count or the hours are not told or not known."""

    channel: Channel
    counts: VisitCounts
    contacts_per_hour: MeasuredOut | None
    verdict: Verdict
    ratio: IntervalOut | None


class ComparisonOut(BaseModel):
    """``against``: the channel that the others are compared with. ``months``: those that are in it."""

    months: list[str]
    against: Channel | None
    items: list[ComparedOut]


def told(cell: Cell) -> Told:
    return Told(**told_fields(cell))


def told_fields(cell: Cell) -> dict[str, object]:
    return {
        "value": cell.value,
        "available": cell.value is not None or cell.mark is not None,
        "hidden": cell.mark,
    }


def told_each(cells: Sequence[Cell]) -> list[Told]:
    return [told(cell) for cell in cells]
