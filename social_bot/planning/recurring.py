"""What people do to recurring series, and writing their posts some weeks ahead, each day once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from social_bot.errors import InvalidInput, NotAllowed, NotFound, SocialBotError
from social_bot.organisation import alerts, audit, operators, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.roles import Role
from social_bot.planning import composing
from social_bot.planning.posts import MOVES, PostContent, PostPicture, PostState
from social_bot.planning.series import AHEAD, Occurrence, Plan, plan_occurrences, write_texts
from social_bot.planning.series_store import (
    CLOCK,
    SeriesDayRow,
    SeriesRow,
    days_written,
    get_series,
    posts_by_day,
)
from social_bot.planning.series_words import Arrangement
from social_bot.planning.store import PostRow
from social_bot.storage.engine import Database, insert_new
from social_bot.translations import marked

NO_WRITER = marked(
    "Its writer may no longer write on this page. Change the series from a day on, and it is yours."
)
CANNOT_WRITE = marked(
    "A post of the series cannot be written as it is. Change the series from a day on, or end it."
)


@dataclass(frozen=True, kw_only=True)
class NewSeries:
    page_id: str
    kind: str
    texts: Mapping[str, str]
    plan: Plan
    pictures: Sequence[PostPicture] = ()
    link: str | None = None
    place: Mapping[str, str]
    hours: str = ""


def begin_series(session: Session, new: NewSeries, *, author: str, now: datetime) -> SeriesRow:
    """Begin a series and write its next posts, which wait for approval.

    Raises ``InvalidInput`` for a series that has no post to come or whose posts could not be written.
    """
    pages.get(session, new.page_id)
    operators.require(session, author, Role.WRITER, page_id=new.page_id)
    row = SeriesRow(
        page_id=new.page_id,
        kind=new.kind,
        texts=dict(new.texts),
        pictures=[asdict(picture) for picture in new.pictures],
        link=new.link,
        place={language: place for language, place in new.place.items() if place},
        hours=new.hours,
        rule=new.plan.rule.text,
        local_time=new.plan.local_time.strftime(CLOCK),
        zone=new.plan.zone.key,
        starts_on=new.plan.starts_on,
        ends_on=new.plan.ends_on,
        holidays=new.plan.holidays,
        skipped=sorted(day.isoformat() for day in new.plan.skipped),
        author=author,
        created_at=now,
    )
    _require_posts_to_come(row, now=now)
    session.add(row)
    session.flush()
    audit.record(session, at=now, actor=author, action="series.begin", subject=f"series:{row.id}")
    write_posts(session, row, now=now)
    return row


def write_posts(session: Session, row: SeriesRow, *, now: datetime) -> int:
    """Write the posts of the coming weeks that are not written; how many those were."""
    written = days_written(session, row.id or 0)
    due = [
        occurrence
        for occurrence in plan_occurrences(row.plan)
        if now < occurrence.publish_at <= now + AHEAD and occurrence.day not in written
    ]
    return sum(_write_post(session, row, occurrence, now=now) for occurrence in due)


def write_coming_posts(database: Database, *, now: datetime) -> int:
    """The worker's round: every series by itself, so that one in trouble holds up no other."""
    with database.read() as session:
        going_on = session.exec(
            select(SeriesRow.id).where(
                col(SeriesRow.ended_at).is_(None), col(SeriesRow.ends_on) >= now.date() - timedelta(days=1)
            )
        ).all()
    return sum(_write_or_tell(database, series_id or 0, now=now) for series_id in going_on)


def skip_day(session: Session, series_id: int, day: date, *, by: str, now: datetime) -> None:
    """Leave one day out; its post, where there is one already, is cancelled."""
    row = _opened(session, series_id, by=by)
    if day not in {occurrence.day for occurrence in plan_occurrences(row.plan)}:
        raise InvalidInput("The series has no post on that day.")
    row.skipped = sorted({*row.skipped, day.isoformat()})
    session.add(row)
    post = posts_by_day(session, series_id).get(day)
    if post is not None and post.state is not PostState.CANCELLED:
        composing.cancel_post(session, post.id or 0, by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by,
        action="series.skip",
        subject=f"series:{series_id}",
        detail=day.isoformat(),
    )


def end_series(session: Session, series_id: int, *, by: str, now: datetime) -> int:
    """No more posts; those to come are cancelled. How many those were."""
    row = _opened(session, series_id, by=by)
    coming = coming_posts(session, series_id, now=now)
    for post in coming.values():
        composing.cancel_post(session, post.id or 0, by=by, now=now)
    row.ended_at = now
    session.add(row)
    alerts.settle(session, f"series:{series_id}", by=by, now=now)
    audit.record(session, at=now, actor=by, action="series.end", subject=f"series:{series_id}")
    return len(coming)


def coming_posts(session: Session, series_id: int, *, now: datetime) -> Mapping[date, PostRow]:
    """Those that may still be changed, by the day that the rule names."""
    return {
        day: post
        for day, post in posts_by_day(session, series_id).items()
        if post.publish_at > now and may_change(post)
    }


def may_change(post: PostRow) -> bool:
    return post.state is PostState.DRAFT or {PostState.DRAFT, PostState.CANCELLED} <= MOVES[post.state]


def arrangement(row: SeriesRow) -> Arrangement:
    return Arrangement(
        rule=row.plan.rule,
        local_time=time.fromisoformat(row.local_time),
        hours=row.hours,
        place=row.place,
    )


def texts_on(row: SeriesRow, occurrence: Occurrence) -> Mapping[str, str]:
    return write_texts(row.texts, on=occurrence.on, place=row.place, hours=arrangement(row).told_time)


def content_on(row: SeriesRow, occurrence: Occurrence) -> PostContent:
    return PostContent(
        page_id=row.page_id,
        kind=row.kind,
        texts=texts_on(row, occurrence),
        publish_at=occurrence.publish_at,
        link=row.link,
        pictures=[PostPicture(**picture) for picture in row.pictures],  # type: ignore[arg-type]
    )


def _require_posts_to_come(row: SeriesRow, *, now: datetime) -> None:
    to_come = [each for each in plan_occurrences(row.plan) if each.publish_at > now]
    if not to_come:
        raise InvalidInput("Every day of this series has passed. Choose a later last day.")
    content_on(row, to_come[0])


def _write_post(session: Session, row: SeriesRow, occurrence: Occurrence, *, now: datetime) -> int:
    """One post of a day: the day's own row makes sure that no two processes write it."""
    series_id = row.id or 0
    if insert_new(session, SeriesDayRow, [{"series_id": series_id, "day": occurrence.day}]) == 0:
        return 0
    post = composing.add_post(
        session,
        content_on(row, occurrence),
        zone=row.plan.zone,
        author=row.author,
        now=now,
        key=f"series-{series_id}-{occurrence.day.isoformat()}",
    )
    composing.submit_post(session, post.id or 0, by=row.author, now=now)
    day = session.get_one(SeriesDayRow, (series_id, occurrence.day))
    day.post_id = post.id
    session.add(day)
    return 1


def _write_or_tell(database: Database, series_id: int, *, now: datetime) -> int:
    try:
        with database.write() as session:
            row = get_series(session, series_id, for_update=True)
            if row.ended_at is not None:
                return 0
            written = write_posts(session, row, now=now)
            if row.trouble is not None:
                row.trouble = None
                session.add(row)
                alerts.settle(session, f"series:{series_id}", by=alerts.PROGRAM, now=now)
            return written
    except SocialBotError as error:
        with database.write() as session:
            row = get_series(session, series_id, for_update=True)
            row.trouble = NO_WRITER if isinstance(error, NotAllowed | NotFound) else CANNOT_WRITE
            session.add(row)
            alerts.raise_while_it_lasts(session, AlertKind.SERIES_STANDS, f"series:{series_id}", now=now)
        return 0


def _opened(session: Session, series_id: int, *, by: str) -> SeriesRow:
    row = get_series(session, series_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=row.page_id)
    if row.ended_at is not None:
        raise NotAllowed("This series has ended.")
    return row
