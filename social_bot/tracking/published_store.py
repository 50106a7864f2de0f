"""Rows of what may leave the unit, as it may leave it: whole months, small counts hidden, goals, trials, definitions.

The views that other programs read (``bi_…``, docs/interface.md) stand on these tables alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.storage.types import Word
from social_bot.tracking.figure_store import FigureMonthRow
from social_bot.tracking.goals import Pace
from social_bot.tracking.outreach import Channel
from social_bot.tracking.periods import Month
from social_bot.tracking.suppression import Cell, Mark
from social_bot.tracking.trials import Decision, TrialState
from social_bot.tracking.visit_grid import CHANNEL

NOW = "now"
"""The stage of a trial's counts that are not of one."""

_STANDING = "standing"


class PublishedMonthRow(SQLModel, table=True):
    """A month of a page that is over; ``counted_at`` is of the counts from which it was made."""

    __tablename__ = "published_month"
    page_id: str = Field(primary_key=True, max_length=40)
    month: str = Field(primary_key=True, max_length=7)
    counted_at: datetime
    published_at: datetime
    is_final: bool


class PublishedFigureRow(SQLModel, table=True):
    """One cell of the grid; ``value`` None where it is not known, or where ``hidden`` says why it is not told.

    ``part_kind`` and ``part`` are empty for the whole.
    """

    __tablename__ = "published_figure"
    page_id: str = Field(primary_key=True, max_length=40)
    month: str = Field(primary_key=True, max_length=7)
    figure: str = Field(primary_key=True, max_length=40)
    part_kind: str = Field(primary_key=True, max_length=20)
    part: str = Field(primary_key=True, max_length=80)
    value: int | None = None
    hidden: Mark | None = Field(default=None, sa_type=Word(Mark))
    as_of: datetime | None = None
    not_available_since: date | None = None
    known: int | None = None
    of: int | None = None

    @property
    def cell(self) -> Cell:
        return Cell(value=self.value, mark=self.hidden)


class PublishedGoalRow(SQLModel, table=True):
    """A goal as it stood at ``as_of``; ``is_available`` False: the value is not known."""

    __tablename__ = "published_goal"
    goal_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    campaign_id: int | None = None
    trial_id: int | None = None
    page_id: str | None = Field(default=None, max_length=40)
    metric: str = Field(max_length=40)
    target: int
    starts_on: date
    by_on: date
    value: int | None = None
    hidden: Mark | None = Field(default=None, sa_type=Word(Mark))
    is_available: bool
    not_available_since: date | None = None
    expected: float
    forecast: int | None = None
    forecast_low: int | None = None
    forecast_high: int | None = None
    pace: Pace | None = Field(default=None, sa_type=Word(Pace))
    as_of: datetime


class PublishedTrialRow(SQLModel, table=True):
    """An outreach trial without its words: when, where in kind, and what was decided."""

    __tablename__ = "published_trial"
    trial_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    campaign_id: int | None = None
    channel: Channel = Field(sa_type=Word(Channel))
    state: TrialState = Field(sa_type=Word(TrialState))
    starts_on: date
    mid_on: date
    ends_on: date
    start_written_on: date | None = None
    mid_written_on: date | None = None
    end_written_on: date | None = None
    decision: Decision | None = Field(default=None, sa_type=Word(Decision))
    decided_on: date | None = None
    as_of: datetime


class PublishedTrialCountRow(SQLModel, table=True):
    """What the visits of a trial count: ``now``, or when a stage was written."""

    __tablename__ = "published_trial_count"
    trial_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    stage: str = Field(primary_key=True, max_length=10)
    figure: str = Field(primary_key=True, max_length=40)
    value: int | None = None
    hidden: Mark | None = Field(default=None, sa_type=Word(Mark))


class PublishedMetricRow(SQLModel, table=True):
    """What a figure or the value of a goal means; ``kind`` is ``figure`` or ``goal``."""

    __tablename__ = "published_metric"
    kind: str = Field(primary_key=True, max_length=10)
    metric: str = Field(primary_key=True, max_length=40)
    unit: str = Field(max_length=10)
    source: str = Field(max_length=10)
    is_estimate: bool
    counts_people: bool
    name_fi: str
    name_sv: str
    name_en: str
    definition_fi: str
    definition_sv: str
    definition_en: str


class PublishedStandingRow(SQLModel, table=True):
    """When what belongs to no month was put down."""

    __tablename__ = "published_standing"
    name: str = Field(primary_key=True, max_length=20)
    published_at: datetime


def months_to_publish(session: Session) -> Sequence[FigureMonthRow]:
    """Kept months that are newer than what is published of them, the oldest first; also running ones."""
    kept, told = FigureMonthRow, PublishedMonthRow
    query = (
        select(kept)
        .outerjoin(told, (col(told.page_id) == col(kept.page_id)) & (col(told.month) == col(kept.month)))
        .where(
            col(told.counted_at).is_(None)
            | (col(told.counted_at) < col(kept.counted_at))
            | (col(told.is_final) != col(kept.is_final))
        )
        .order_by(col(kept.month), col(kept.page_id))
    )
    return session.exec(query).all()


def put_month(session: Session, row: PublishedMonthRow, figures: Iterable[PublishedFigureRow]) -> None:
    """In the place of all that was published of the month."""
    session.connection().execute(
        delete(PublishedFigureRow).where(
            col(PublishedFigureRow.page_id) == row.page_id, col(PublishedFigureRow.month) == row.month
        )
    )
    session.merge(row)
    session.add_all(figures)


def standing_since(session: Session) -> datetime | None:
    """When goals, trials and definitions were put down."""
    row = session.get(PublishedStandingRow, _STANDING)
    return None if row is None else row.published_at


def replace_standing(
    session: Session, tables: Mapping[type[SQLModel], Sequence[SQLModel]], *, now: datetime
) -> None:
    """These rows in the place of all that are in the tables."""
    for table, rows in tables.items():
        session.connection().execute(delete(table))
        session.add_all(rows)
    session.merge(PublishedStandingRow(name=_STANDING, published_at=now))


def list_months(session: Session, page_ids: Sequence[str]) -> Sequence[PublishedMonthRow]:
    query = select(PublishedMonthRow).where(col(PublishedMonthRow.page_id).in_(page_ids))
    return session.exec(query.order_by(PublishedMonthRow.month, PublishedMonthRow.page_id)).all()


def list_figures(
    session: Session,
    page_ids: Sequence[str],
    months: Sequence[Month],
    *,
    figure: str | None = None,
    offset: int = 0,
    limit: int,
) -> tuple[Sequence[PublishedFigureRow], int]:
    """So many of them from ``offset`` on, always in one order, and how many in all; visits not by channel."""
    row = PublishedFigureRow
    conditions: list[ColumnElement[bool]] = [*_of(page_ids, months), col(row.part_kind) != CHANNEL]
    if figure is not None:
        conditions.append(col(row.figure) == figure)
    total = session.exec(select(func.count()).select_from(row).where(*conditions)).one()
    order = (row.month, row.page_id, row.figure, row.part_kind, row.part)
    query = select(row).where(*conditions).order_by(*order).offset(offset).limit(limit)
    return session.exec(query).all(), int(total)


def list_cells(
    session: Session, page_ids: Sequence[str], months: Sequence[Month], figures: Sequence[str]
) -> Sequence[PublishedFigureRow]:
    """The wholes of these figures, of every page and month."""
    row = PublishedFigureRow
    query = select(row).where(*_of(page_ids, months), row.part_kind == "", col(row.figure).in_(figures))
    return session.exec(query).all()


def list_parts(
    session: Session, page_ids: Sequence[str], months: Sequence[Month], part_kind: str
) -> Mapping[tuple[str, str], Mapping[str, PublishedFigureRow]]:
    """By month and part, then by figure; ``part_kind`` empty for the wholes."""
    row = PublishedFigureRow
    query = select(row).where(*_of(page_ids, months), row.part_kind == part_kind)
    found: dict[tuple[str, str], dict[str, PublishedFigureRow]] = {}
    for each in session.exec(query.order_by(row.month, row.part, row.page_id)).all():
        found.setdefault((each.month, each.part), {})[each.figure] = each
    return found


def _of(page_ids: Sequence[str], months: Sequence[Month]) -> list[ColumnElement[bool]]:
    row = PublishedFigureRow
    return [
        col(row.page_id).in_(page_ids),
        col(row.month) >= (str(months[0]) if months else ""),
        col(row.month) <= (str(months[-1]) if months else ""),
    ]
