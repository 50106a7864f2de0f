"""Counting one month of one page, or of the whole organisation, from the rows as they stand.

What a month costs grows with the month alone: every query goes through an index of page and time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, select

from social_bot.answering.comment_store import CommentRow
from social_bot.answering.outcomes import Lane
from social_bot.answering.store import CallbackRow, Direction, MessageRow, SendState, ThreadRow
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.hours import OpeningHours
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.tracking import counters
from social_bot.tracking.figures import (
    IN_TIME,
    LATE,
    LATER,
    NOT_ANSWERED,
    NOT_TAKEN,
    NOT_YET,
    TAKEN,
    WITHIN_DAY,
    Counted,
    Figure,
)
from social_bot.tracking.outreach_store import VisitRow
from social_bot.tracking.periods import Span, midnight
from social_bot.tracking.responses import Said, Wait, find_waits, next_working_day, open_minutes

LONGEST_WAIT = timedelta(days=60)
"""Who has waited longer counts as not answered; so long after its end a month is final."""

_FOR_PEOPLE = (Lane.INDIVIDUAL, Lane.CRISIS)
"""Lanes in which an automatic text settles nothing."""

_AT_ONCE = 500


def count_page(
    session: Session, page_id: str, span: Span, *, hours: OpeningHours, zone: ZoneInfo, now: datetime
) -> Sequence[Counted]:
    """Everything that belongs to one page."""
    since, until = span.bounds(zone)
    return [
        *_posts(session, page_id, since, until),
        *counters.count_posts(session, page_id, since=since, until=until, read_by=until + LONGEST_WAIT),
        *counters.count_page(session, page_id, since=since, until=until),
        *_comments(session, page_id, since, until),
        *_messages(session, page_id, since, until),
        *_waits(session, page_id, since, until, hours=hours, zone=zone, now=now),
        *_crises(session, page_id, since, until),
    ]


def count_office(session: Session, span: Span, *, zone: ZoneInfo, now: datetime) -> Sequence[Counted]:
    """Everything that belongs to no page."""
    since, until = span.bounds(zone)
    return [*_callbacks(session, since, until, now=now), *sum_visits(session, span)]


def _posts(session: Session, page_id: str, since: datetime, until: datetime) -> Sequence[Counted]:
    rows = session.exec(
        select(PostRow.kind, PostRow.texts).where(
            PostRow.page_id == page_id,
            PostRow.state == PostState.PUBLISHED,
            col(PostRow.publish_at) >= since,
            col(PostRow.publish_at) < until,
        )
    ).all()
    kinds = Counter(kind for kind, _ in rows)
    languages = Counter(language for _, texts in rows for language in texts)
    return [
        Counted(figure=Figure.POSTS_PUBLISHED, value=len(rows)),
        *_parts(Figure.POSTS_PUBLISHED, "kind", kinds),
        *_parts(Figure.POSTS_PUBLISHED, "language", languages),
    ]


def _comments(session: Session, page_id: str, since: datetime, until: datetime) -> Sequence[Counted]:
    query = select(func.count()).where(
        CommentRow.page_id == page_id, CommentRow.seen_at >= since, CommentRow.seen_at < until
    )
    return [Counted(figure=Figure.COMMENTS_RECEIVED, value=int(session.exec(query).one()))]


def _messages(session: Session, page_id: str, since: datetime, until: datetime) -> Sequence[Counted]:
    figure = Figure.MESSAGES_RECEIVED
    conditions = (
        MessageRow.page_id == page_id,
        MessageRow.direction == Direction.INBOUND,
        MessageRow.at >= since,
        MessageRow.at < until,
    )
    by = (col(MessageRow.topic), col(MessageRow.language), col(MessageRow.lane))
    topics, languages, lanes = Counter[str](), Counter[str](), Counter[str]()
    query: Any = select(*by, func.count()).where(*conditions).group_by(*by)
    for topic, language, lane, count in session.exec(query).all():
        topics[topic or "none"] += count
        languages[language or "none"] += count
        lanes[lane.value if lane else "none"] += count
    people = session.exec(select(func.count(func.distinct(MessageRow.thread_id))).where(*conditions)).one()
    return [
        Counted(figure=figure, value=lanes.total()),
        *_parts(figure, "topic", topics),
        *_parts(figure, "language", languages),
        *_parts(figure, "lane", lanes),
        Counted(figure=Figure.CONVERSATIONS, value=int(people)),
    ]


def _waits(
    session: Session,
    page_id: str,
    since: datetime,
    until: datetime,
    *,
    hours: OpeningHours,
    zone: ZoneInfo,
    now: datetime,
) -> Sequence[Counted]:
    """Of waits that began in the time; who waits no more without an answer here was helped elsewhere."""
    found = [
        wait for wait in find_waits(_said(session, page_id, since, until)) if since <= wait.began_at < until
    ]
    open_ids = {wait.thread_id for wait in found if wait.answered_at is None}
    waiting = _still_waiting(session, open_ids)
    ends: Counter[str] = Counter()
    spread: Counter[int] = Counter()
    for wait in found:
        if wait.answered_at is None and wait.thread_id not in waiting:
            continue
        ends[_end(wait, zone=zone, now=now)] += 1
        if wait.answered_at is not None:
            began, answered = wait.began_at.astimezone(zone), wait.answered_at.astimezone(zone)
            spread[open_minutes(hours, began, answered)] += 1
    return [
        Counted(figure=Figure.WAITS, value=ends.total()),
        *(Counted(figure=Figure.WAITS, part=part, value=count) for part, count in ends.items()),
        Counted(figure=Figure.RESPONSE_MINUTES, value=spread.total()),
        *_parts(Figure.RESPONSE_MINUTES, "minutes", {str(minutes): n for minutes, n in spread.items()}),
    ]


def _end(wait: Wait, *, zone: ZoneInfo, now: datetime) -> str:
    """How a wait ended, or that its working day is not over."""
    began_on = wait.began_at.astimezone(zone).date()
    over_at = midnight(next_working_day(began_on) + timedelta(days=1), zone)
    if wait.answered_at is None:
        return NOT_YET if now < over_at else NOT_ANSWERED
    return WITHIN_DAY if wait.answered_at < over_at else LATER


def _said(session: Session, page_id: str, since: datetime, until: datetime) -> Iterable[Said]:
    """What was said, also shortly before and after, in the threads in which a resident wrote in the time."""
    wrote = select(MessageRow.thread_id).where(
        MessageRow.page_id == page_id,
        MessageRow.direction == Direction.INBOUND,
        MessageRow.at >= since,
        MessageRow.at < until,
    )
    columns = (
        *(MessageRow.id, MessageRow.thread_id, MessageRow.direction, MessageRow.at),
        *(MessageRow.is_automatic, MessageRow.lane, MessageRow.answers_id, MessageRow.send_state),
    )
    query: Any = (
        select(*columns)  # type: ignore[call-overload]
        .where(
            col(MessageRow.thread_id).in_(wrote.distinct()),
            MessageRow.at >= since - LONGEST_WAIT,
            MessageRow.at < until + LONGEST_WAIT,
        )
        .order_by(MessageRow.thread_id, MessageRow.id)
    )
    rows = session.exec(query).all()
    settled = {row.answers_id for row in rows if row.is_automatic and row.send_state is SendState.SENT}
    for row in rows:
        if row.direction is Direction.INBOUND:
            needs = row.lane in _FOR_PEOPLE or row.id not in settled
            yield Said(thread_id=row.thread_id, at=row.at, needs_person=needs)
        elif not row.is_automatic and row.send_state in (None, SendState.SENT):
            yield Said(thread_id=row.thread_id, at=row.at, is_person=True)


def _still_waiting(session: Session, thread_ids: Iterable[int]) -> set[int]:
    ids, found = sorted(thread_ids), set[int]()
    for start in range(0, len(ids), _AT_ONCE):
        asked = ids[start : start + _AT_ONCE]
        query = select(ThreadRow.id).where(col(ThreadRow.id).in_(asked), ThreadRow.waits_for_person)
        found.update(thread_id for thread_id in session.exec(query).all() if thread_id is not None)
    return found


def _crises(session: Session, page_id: str, since: datetime, until: datetime) -> Sequence[Counted]:
    """Matters of danger by the moment they were first told of; what one person took at once is one matter."""
    rows = session.exec(
        select(AlertRow.subject, AlertRow.raised_at, AlertRow.acknowledged_at).where(
            AlertRow.kind == AlertKind.CRISIS, AlertRow.raised_at >= since, AlertRow.raised_at < until
        )
    ).all()
    here = _subjects_of(session, page_id, {subject for subject, _, _ in rows})
    matters: dict[tuple[str, datetime | None], datetime] = {}
    for subject, raised_at, taken_at in rows:
        if subject in here:
            key = subject, taken_at
            matters[key] = min(raised_at, matters.get(key, raised_at))
    spread = Counter(
        int((taken_at - raised_at).total_seconds() // 60)
        for (_, taken_at), raised_at in matters.items()
        if taken_at is not None
    )
    taken = spread.total()
    return [
        Counted(figure=Figure.CRISES, value=len(matters)),
        Counted(figure=Figure.CRISES, part=TAKEN, value=taken),
        Counted(figure=Figure.CRISES, part=NOT_TAKEN, value=len(matters) - taken),
        Counted(figure=Figure.CRISIS_MINUTES, value=taken),
        *_parts(Figure.CRISIS_MINUTES, "minutes", {str(minutes): n for minutes, n in spread.items()}),
    ]


def _subjects_of(session: Session, page_id: str, subjects: Iterable[str]) -> set[str]:
    """Those of ``thread:7`` and ``comment:3`` that are of the page."""
    ids: dict[str, list[int]] = {"thread": [], "comment": []}
    for subject in subjects:
        kind, _, number = subject.partition(":")
        if kind in ids:
            ids[kind].append(int(number))
    threads = select(ThreadRow.id).where(col(ThreadRow.id).in_(ids["thread"]), ThreadRow.page_id == page_id)
    comments = select(CommentRow.id).where(
        col(CommentRow.id).in_(ids["comment"]), CommentRow.page_id == page_id
    )
    return {
        *(f"thread:{number}" for number in session.exec(threads).all()),
        *(f"comment:{number}" for number in session.exec(comments).all()),
    }


def _callbacks(session: Session, since: datetime, until: datetime, *, now: datetime) -> Sequence[Counted]:
    """By the moment of asking; late is what was settled, or still waits, after its promise."""
    rows = session.exec(
        select(CallbackRow.state, CallbackRow.promised_by, CallbackRow.settled_at, CallbackRow.ending).where(
            CallbackRow.requested_at >= since, CallbackRow.requested_at < until
        )
    ).all()
    states = Counter(str(state) for state, _, _, _ in rows)
    late = sum(promised is not None and (settled or now) > promised for _, promised, settled, _ in rows)
    return [
        Counted(figure=Figure.CALLBACKS, value=len(rows)),
        *_parts(Figure.CALLBACKS, "state", states),
        Counted(figure=Figure.CALLBACKS, part=LATE, value=late),
        Counted(figure=Figure.CALLBACKS, part=IN_TIME, value=len(rows) - late),
    ]


def sum_visits(
    session: Session, span: Span, *, campaign_id: int | None = None, trial_id: int | None = None
) -> Sequence[Counted]:
    """Visits that were noted by hand; a count that nobody noted is not known."""
    columns = {
        Figure.VISIT_CONTACTS: VisitRow.contacts,
        Figure.VISIT_DECLINED: VisitRow.declined,
        Figure.VISIT_CLIENTHOOD: VisitRow.led_to_clienthood,
        Figure.VISIT_GUIDED_ON: VisitRow.guided_on,
        Figure.VISIT_OUT_OF_AREA: VisitRow.out_of_area,
    }
    sums = [func.sum(column) for column in columns.values()]
    minutes = func.sum(VisitRow.minutes * VisitRow.workers)
    query: Any = select(func.count(), minutes, *sums).where(
        col(VisitRow.removed_at).is_(None), VisitRow.held_on >= span.first, VisitRow.held_on <= span.last
    )
    if campaign_id is not None:
        query = query.where(VisitRow.campaign_id == campaign_id)
    if trial_id is not None:
        query = query.where(VisitRow.trial_id == trial_id)
    held, worked, *found = session.exec(query).one()
    return [
        Counted(figure=Figure.VISITS_HELD, value=held),
        Counted(figure=Figure.VISIT_MINUTES, value=int(worked or 0)),
        *(
            Counted(figure=figure, value=int(value or 0) if value is not None or not held else None)
            for figure, value in zip(columns, found, strict=True)
        ),
    ]


def _parts(figure: Figure, kind: str, counts: Mapping[str, int]) -> Sequence[Counted]:
    return [Counted(figure=figure, part=f"{kind}:{name}", value=count) for name, count in counts.items()]
