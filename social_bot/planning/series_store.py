"""Rows and queries of recurring series."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import NotFound
from social_bot.planning.series import HolidayRule, Plan, parse_rule
from social_bot.planning.store import PostRow
from social_bot.storage.types import Word, no_items

CLOCK = "%H:%M"


class SeriesRow(SQLModel, table=True):
    """A series as it is now; a change from a day on ends it and begins one that ``follows`` it.

    ``texts`` may name the day, the place and the time in braces; ``trouble`` says what keeps it from
    writing posts.
    """

    __tablename__ = "series"
    id: int | None = Field(default=None, primary_key=True)
    page_id: str = Field(foreign_key="page.id", max_length=40)
    kind: str = Field(max_length=40)
    texts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    pictures: list[dict[str, object]] = Field(
        default_factory=no_items, sa_column=Column(JSON, nullable=False)
    )
    link: str | None = None
    place: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    hours: str = Field(default="", max_length=80)
    rule: str = Field(max_length=80)
    local_time: str = Field(max_length=5)
    zone: str = Field(max_length=60)
    starts_on: date
    ends_on: date
    holidays: HolidayRule = Field(sa_type=Word(HolidayRule), default=HolidayRule.SKIP)
    skipped: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    author: str = Field(max_length=160)
    created_at: datetime
    ended_at: datetime | None = None
    follows_id: int | None = Field(default=None, foreign_key="series.id")
    trouble: str | None = None

    @property
    def plan(self) -> Plan:
        return Plan(
            rule=parse_rule(self.rule),
            local_time=time.fromisoformat(self.local_time),
            zone=ZoneInfo(self.zone),
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            holidays=self.holidays,
            skipped=frozenset(date.fromisoformat(day) for day in self.skipped),
        )


class SeriesDayRow(SQLModel, table=True):
    """One day of a series, written once; ``post_id`` is None only while its post is being written."""

    __tablename__ = "series_day"
    series_id: int = Field(foreign_key="series.id", primary_key=True)
    day: date = Field(primary_key=True)
    post_id: int | None = Field(default=None, foreign_key="post.id", index=True, unique=True)


def get_series(session: Session, series_id: int, *, for_update: bool = False) -> SeriesRow:
    query = select(SeriesRow).where(SeriesRow.id == series_id)
    row = session.exec(query.with_for_update() if for_update else query).first()
    if row is None:
        raise NotFound("There is no series {id}.", id=series_id)
    return row


def list_series(session: Session) -> Sequence[SeriesRow]:
    """Those that go on first, then by their first day."""
    return session.exec(
        select(SeriesRow).order_by(
            col(SeriesRow.ended_at).is_not(None), col(SeriesRow.starts_on), col(SeriesRow.id)
        )
    ).all()


def posts_by_day(session: Session, series_id: int) -> Mapping[date, PostRow]:
    """The posts that are written, by the day that the rule names."""
    found = session.exec(
        select(SeriesDayRow, PostRow)
        .join(PostRow, col(PostRow.id) == col(SeriesDayRow.post_id))
        .where(SeriesDayRow.series_id == series_id)
        .order_by(col(SeriesDayRow.day))
    ).all()
    return {row.day: post for row, post in found}


def days_written(session: Session, series_id: int) -> frozenset[date]:
    rows = session.exec(select(SeriesDayRow).where(SeriesDayRow.series_id == series_id)).all()
    return frozenset(row.day for row in rows)


def series_of(session: Session, post_id: int) -> SeriesRow | None:
    return session.exec(
        select(SeriesRow)
        .join(SeriesDayRow, col(SeriesDayRow.series_id) == col(SeriesRow.id))
        .where(SeriesDayRow.post_id == post_id)
    ).first()
