"""The value of a goal out of snapshots and of our own rows, for the whole of its time or a part of it.

A goal is of a campaign, of an outreach trial, of one page or of the whole organisation. Messages and requests
for a call do not know a campaign: a campaign's goal counts what came in on its page while it ran.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.answering.store import CallbackState
from social_bot.organisation.metrics import DEFINITIONS, Metric
from social_bot.tracking import counters, figure_store, store
from social_bot.tracking.counting import sum_visits
from social_bot.tracking.figures import Counted, Figure
from social_bot.tracking.goals import Value
from social_bot.tracking.periods import Month, Span, month_at, months_between

EVER = datetime(2004, 1, 1, tzinfo=UTC)
"""No page is older than the platform."""

VISIT_METRICS = {
    Metric.VISITS_HELD: Figure.VISITS_HELD,
    Metric.VISIT_CONTACTS: Figure.VISIT_CONTACTS,
    Metric.VISIT_CLIENTHOOD: Figure.VISIT_CLIENTHOOD,
    Metric.VISIT_GUIDED_ON: Figure.VISIT_GUIDED_ON,
}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Of what a goal is: the pages it concerns, and the campaign or trial that narrows it down."""

    page_ids: Sequence[str]
    campaign_id: int | None = None
    trial_id: int | None = None
    posts_since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Window:
    """From ``since`` to before ``until``; the two days are those of the calendar, both included."""

    first: date
    last: date
    since: datetime
    until: datetime


def window(span: Span, *, now: datetime, zone: ZoneInfo) -> Window:
    """The part of a span that has passed."""
    since, until = span.bounds(zone)
    until = min(until, now)
    last = min(span.last, now.astimezone(zone).date())
    return Window(first=span.first, last=last, since=since, until=max(until, since))


def value_of(
    session: Session,
    scope: Scope,
    metric: Metric,
    time: Window,
    *,
    zone: ZoneInfo,
    part_of: Window | None = None,
) -> Value:
    """None where it is not available: never zero for want of knowledge.

    Of a campaign all its posts count, also one that went out before its first day. ``part_of``: the time is a
    part of a longer one, whose posts are read until its end.
    """
    if scope.campaign_id is not None and part_of is None:
        scope = replace(scope, posts_since=EVER)
    read_by = time.until if part_of is None else part_of.until
    if metric in VISIT_METRICS:
        span = Span(first=time.first, last=time.last)
        counted = sum_visits(session, span, campaign_id=scope.campaign_id, trial_id=scope.trial_id)
        return Value(value=next(one.value for one in counted if one.figure is VISIT_METRICS[metric]))
    if metric.startswith("post_"):
        return _posts(session, scope, Figure(metric.value), time, read_by=read_by)
    if metric.startswith("page_"):
        return _pages(session, scope, Figure(metric.value), time)
    return Value(value=_OWN[metric](session, scope, time, zone))


def _posts(session: Session, scope: Scope, figure: Figure, time: Window, *, read_by: datetime) -> Value:
    since = scope.posts_since or time.since
    return _value(
        one
        for page_id in scope.page_ids
        for one in counters.count_posts(
            session,
            page_id,
            since=since,
            until=time.until,
            read_by=read_by,
            campaign_id=scope.campaign_id,
            figures=[figure],
        )
        if one.of
    )


def _pages(session: Session, scope: Scope, figure: Figure, time: Window) -> Value:
    until = time.until
    since = EVER if figure is Figure.PAGE_FOLLOWERS else time.since  # the newest, however old
    return _value(
        one
        for page_id in scope.page_ids
        for one in counters.count_page(session, page_id, since=since, until=until, figures=[figure])
    )


def _value(found: Iterable[Counted]) -> Value:
    counted = list(found)
    known = [one.value for one in counted if one.value is not None]
    since = [one.not_available_since for one in counted if one.not_available_since is not None]
    return Value(
        value=sum(known) if known else None, not_available_since=min(since) if since and not known else None
    )


def _published(session: Session, scope: Scope, time: Window, zone: ZoneInfo) -> int:
    del zone
    since = scope.posts_since or time.since
    return sum(
        counters.count_published(
            session, page_id, since=since, until=time.until, campaign_id=scope.campaign_id
        )
        for page_id in scope.page_ids
    )


def _messages(session: Session, scope: Scope, time: Window, zone: ZoneInfo) -> int:
    return sum(_messages_of(session, page_id, time, zone) for page_id in scope.page_ids)


def _messages_of(session: Session, page_id: str, time: Window, zone: ZoneInfo) -> int:
    months = _whole_months(time, zone)
    kept = figure_store.list_final(session, page_id, months, Figure.MESSAGES_RECEIVED)

    def count(since: datetime, until: datetime) -> int:
        return store.count_messages(session, page_id, since=since, until=until)

    return _with_kept(time, zone, kept, count)


def _contacts(session: Session, scope: Scope, time: Window, zone: ZoneInfo) -> int:
    del zone
    return sum(
        store.count_contacts(session, page_id, since=time.since, until=time.until)
        for page_id in scope.page_ids
    )


def _answered_share(session: Session, scope: Scope, time: Window, zone: ZoneInfo) -> int | None:
    del zone
    times = {"since": time.since, "until": time.until}
    received = sum(store.count_messages(session, page_id, **times) for page_id in scope.page_ids)
    answered = sum(store.count_answered(session, page_id, **times) for page_id in scope.page_ids)
    return round(100 * answered / received) if received else None


def _callbacks(session: Session, scope: Scope, time: Window, zone: ZoneInfo) -> int:
    del scope, zone
    return store.count_callbacks(session, since=time.since, until=time.until)


def _calls(session: Session, scope: Scope, time: Window, zone: ZoneInfo) -> int:
    del scope, zone
    return store.count_callbacks(session, since=time.since, until=time.until, state=CallbackState.DONE)


_OWN: Mapping[Metric, Callable[[Session, Scope, Window, ZoneInfo], int | None]] = {
    Metric.POSTS_PUBLISHED: _published,
    Metric.MESSAGES_RECEIVED: _messages,
    Metric.CONTACTS: _contacts,
    Metric.ANSWERED_SHARE: _answered_share,
    Metric.CALLBACKS_REQUESTED: _callbacks,
    Metric.CALLBACKS_DONE: _calls,
}


def _with_kept(
    time: Window, zone: ZoneInfo, kept: Mapping[str, int], count: Callable[[datetime, datetime], int]
) -> int:
    """What was kept of whole months that are final, whose rows may be gone, and the rows of the rest."""
    found, since = 0, time.since
    for month in _whole_months(time, zone):
        if str(month) not in kept:
            continue
        begins, ends = month.bounds(zone)
        found += count(since, begins) if since < begins else 0
        found += kept[str(month)]
        since = ends
    return found + (count(since, time.until) if since < time.until else 0)


def _whole_months(time: Window, zone: ZoneInfo) -> Sequence[Month]:
    first, last = month_at(time.since, zone), month_at(time.until, zone)
    return [
        month
        for month in months_between(first, last)
        if time.since <= month.bounds(zone)[0] and month.bounds(zone)[1] <= time.until
    ]


def gathers(metric: Metric) -> bool:
    """Whether it grows by events that can be foreseen from those so far."""
    definition = DEFINITIONS[metric]
    return not definition.is_percent and not definition.is_stock
