"""Rows of kept counts, of when each post's counters are due, and of what was last looked at."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Index, delete
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.storage.engine import insert_new
from social_bot.storage.types import Word
from social_bot.tracking.figures import Counted, Figure
from social_bot.tracking.periods import Month

OFFICE = ""
"""The page of what is counted for the whole organisation."""


ONE_LOOK = timedelta(hours=1)


class FigureCountRow(SQLModel, table=True):
    """A month's count, kept after what was counted is gone; never anything about one person.

    ``part`` is empty for the whole, or like ``topic:debt``. ``value`` None: not known.
    """

    __tablename__ = "figure_count"
    page_id: str = Field(primary_key=True, max_length=40)
    month: str = Field(primary_key=True, max_length=7)
    figure: Figure = Field(sa_type=Word(Figure), primary_key=True)
    part: str = Field(primary_key=True, max_length=80)
    value: int | None = None
    as_of: datetime | None = None
    not_available_since: date | None = None
    known: int | None = None
    of: int | None = None


class FigureMonthRow(SQLModel, table=True):
    """Which months of a page have been counted, and when; a final one is not counted again."""

    __tablename__ = "figure_month"
    page_id: str = Field(primary_key=True, max_length=40)
    month: str = Field(primary_key=True, max_length=7)
    counted_at: datetime
    is_final: bool = False


class PostReadingRow(SQLModel, table=True):
    """When a published post's counters are to be read next."""

    __tablename__ = "post_reading"
    __table_args__ = (Index("ix_post_reading_due", "page_id", "due_at"),)
    post_id: int = Field(primary_key=True, foreign_key="post.id")
    page_id: str = Field(max_length=40)
    due_at: datetime
    last_at: datetime | None = None


class GoalLookRow(SQLModel, table=True):
    """What somebody saw of a goal when they last looked, and at the look before that one.

    Looks within an hour are one look. A value of None: it was not available.
    """

    __tablename__ = "goal_look"
    goal_id: int = Field(primary_key=True, foreign_key="goal.id")
    operator: str = Field(primary_key=True, max_length=160)
    value: int | None = None
    looked_at: datetime
    value_before: int | None = None
    before_at: datetime | None = None


def months_counted(session: Session, page_id: str) -> dict[str, FigureMonthRow]:
    rows = session.exec(select(FigureMonthRow).where(FigureMonthRow.page_id == page_id)).all()
    return {row.month: row for row in rows}


def find_months(
    session: Session, page_ids: Sequence[str], months: Sequence[Month]
) -> dict[tuple[str, str], FigureMonthRow]:
    query = select(FigureMonthRow).where(
        col(FigureMonthRow.page_id).in_(page_ids),
        col(FigureMonthRow.month).in_([str(month) for month in months]),
    )
    return {(row.page_id, row.month): row for row in session.exec(query).all()}


def list_counts(
    session: Session, page_ids: Sequence[str], months: Sequence[Month]
) -> dict[tuple[str, str], list[Counted]]:
    """By page and month."""
    row = FigureCountRow
    columns = (
        *(row.page_id, row.month, row.figure, row.part, row.value, row.as_of),
        *(row.not_available_since, row.known, row.of),
    )
    query: Any = select(*columns).where(  # type: ignore[call-overload]
        col(row.page_id).in_(page_ids), col(row.month).in_([str(month) for month in months])
    )
    found: dict[tuple[str, str], list[Counted]] = {}
    for page_id, month, figure, part, value, as_of, since, known, of in session.exec(query).all():
        found.setdefault((page_id, month), []).append(
            Counted(
                figure=figure,
                part=part,
                value=value,
                as_of=as_of,
                not_available_since=since,
                known=known,
                of=of,
            )
        )
    return found


def list_wholes(
    session: Session, page_ids: Sequence[str], months: Sequence[Month], figures: Sequence[Figure]
) -> Sequence[tuple[Figure, str, int]]:
    query = select(FigureCountRow.figure, FigureCountRow.month, FigureCountRow.value).where(
        col(FigureCountRow.page_id).in_(page_ids),
        col(FigureCountRow.month).in_([str(month) for month in months]),
        col(FigureCountRow.figure).in_(list(figures)),
        FigureCountRow.part == "",
        col(FigureCountRow.value).is_not(None),
    )
    return [(Figure(figure), month, value or 0) for figure, month, value in session.exec(query).all()]


def list_final(session: Session, page_id: str, months: Sequence[Month], figure: Figure) -> dict[str, int]:
    """By month what is kept of the whole of a figure, of the months that are not counted again."""
    row, month = FigureCountRow, FigureMonthRow
    query = (
        select(row.month, row.value)
        .join(month, (col(month.page_id) == col(row.page_id)) & (col(month.month) == col(row.month)))
        .where(
            row.page_id == page_id,
            col(row.month).in_([str(one) for one in months]),
            row.figure == figure,
            row.part == "",
            month.is_final,
        )
    )
    return {name: value for name, value in session.exec(query).all() if value is not None}


def claim_month(session: Session, page_id: str, month: Month, *, now: datetime) -> FigureMonthRow:
    """The month's row, locked: two processes that count one month do so one after the other."""
    key = {"page_id": page_id, "month": str(month)}
    insert_new(session, FigureMonthRow, [{**key, "counted_at": now, "is_final": False}])
    query = select(FigureMonthRow).where(
        FigureMonthRow.page_id == page_id, FigureMonthRow.month == str(month)
    )
    return session.exec(query.with_for_update()).one()


def replace_counts(session: Session, page_id: str, month: Month, counted: Iterable[Counted]) -> None:
    """Put these counts in the place of all that are kept of the month."""
    session.connection().execute(
        delete(FigureCountRow).where(
            col(FigureCountRow.page_id) == page_id,
            col(FigureCountRow.month) == str(month),
        )
    )
    session.add_all(
        FigureCountRow(
            page_id=page_id,
            month=str(month),
            figure=one.figure,
            part=one.part,
            value=one.value,
            as_of=one.as_of,
            not_available_since=one.not_available_since,
            known=one.known,
            of=one.of,
        )
        for one in counted
    )


def last_looks(session: Session, goal_ids: Sequence[int], operator: str) -> dict[int, GoalLookRow]:
    query = select(GoalLookRow).where(
        col(GoalLookRow.goal_id).in_(goal_ids), GoalLookRow.operator == operator
    )
    return {row.goal_id: row for row in session.exec(query).all()}


def note_look(
    session: Session, goal_id: int, operator: str, *, value: int | None, now: datetime
) -> GoalLookRow:
    """Keep what is seen now; the row tells what was seen the time before."""
    new = {"goal_id": goal_id, "operator": operator, "value": value, "looked_at": now}
    is_first = insert_new(session, GoalLookRow, [new]) == 1
    row = session.get_one(GoalLookRow, (goal_id, operator))
    if not is_first:
        if now - row.looked_at >= ONE_LOOK:
            row.value_before, row.before_at = row.value, row.looked_at
        row.value, row.looked_at = value, now
        session.add(row)
    return row
