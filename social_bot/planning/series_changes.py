"""Changing a series from a day on: the old one ends, a new one follows, and a ready announcement tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, audit, operators
from social_bot.organisation.roles import Role
from social_bot.planning import composing, recurring
from social_bot.planning.post_kinds import PostKind
from social_bot.planning.posts import PostContent, PostState
from social_bot.planning.series import Occurrence, Rule, plan_occurrences
from social_bot.planning.series_store import CLOCK, SeriesDayRow, SeriesRow, get_series
from social_bot.planning.series_words import announcement
from social_bot.planning.store import PostRow

_ANNOUNCED_BEFORE = timedelta(days=7)
_SOONEST = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a series is from ``from_on`` on."""

    from_on: date
    rule: Rule
    local_time: time
    hours: str
    place: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What a change does to the posts that are written: changed ones need a new approval, others are cancelled."""

    changed: Sequence[tuple[PostRow, Occurrence]]
    cancelled: Sequence[PostRow]
    is_announced: bool
    first_on: date


@dataclass(frozen=True, kw_only=True)
class Changed:
    series: SeriesRow
    effects: Effects
    announcement: PostRow | None


def plan_change(session: Session, series_id: int, change: Change, *, now: datetime) -> Effects:
    """What would happen; nothing is written."""
    row = get_series(session, series_id)
    return _effects(session, row, _follower(row, change, by=row.author, now=now), change, now=now)


def change_series(session: Session, series_id: int, change: Change, *, by: str, now: datetime) -> Changed:
    """Change a series from a day on; whoever does becomes the writer of what follows."""
    row = get_series(session, series_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=row.page_id)
    new = _follower(row, change, by=by, now=now)
    effects = _effects(session, row, new, change, now=now)
    before = recurring.arrangement(row)
    session.add(new)
    session.flush()
    for post, occurrence in effects.changed:
        _hand_over(session, row, new, post, occurrence, by=by, now=now)
    for post in effects.cancelled:
        composing.cancel_post(session, post.id or 0, by=by, now=now)
    if change.from_on <= row.starts_on:
        row.ended_at = now
    else:
        row.ends_on = change.from_on - timedelta(days=1)
    session.add(row)
    session.flush()
    recurring.write_posts(session, new, now=now)
    alerts.settle(session, f"series:{row.id}", by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by,
        action="series.change",
        subject=f"series:{row.id}",
        detail=f"series:{new.id}",
    )
    told = None
    if effects.is_announced:
        told = composing.add_post(
            session,
            PostContent(
                page_id=row.page_id,
                kind=PostKind.HOURS_CHANGE,
                texts=announcement(
                    before, recurring.arrangement(new), from_on=effects.first_on, languages=list(row.texts)
                ),
                publish_at=_announced_at(new, now=now),
            ),
            zone=new.plan.zone,
            author=by,
            now=now,
            key=f"series-{new.id}-change",
        )
    return Changed(series=new, effects=effects, announcement=told)


def _follower(row: SeriesRow, change: Change, *, by: str, now: datetime) -> SeriesRow:
    if row.ended_at is not None:
        raise NotAllowed("This series has ended.")
    if change.from_on > row.ends_on:
        raise InvalidInput("The series ends before that day. Choose an earlier one.")
    if change.from_on <= now.astimezone(row.plan.zone).date():
        raise InvalidInput("A series can be changed from tomorrow on. Choose a later day.")
    return SeriesRow(
        page_id=row.page_id,
        kind=row.kind,
        texts=dict(row.texts),
        pictures=list(row.pictures),
        link=row.link,
        place={language: place for language, place in change.place.items() if place},
        hours=change.hours,
        rule=change.rule.text,
        local_time=change.local_time.strftime(CLOCK),
        zone=row.zone,
        starts_on=max(change.from_on, row.starts_on),
        ends_on=row.ends_on,
        holidays=row.holidays,
        skipped=list(row.skipped),
        author=by,
        created_at=now,
        follows_id=row.id,
    )


def _effects(session: Session, row: SeriesRow, new: SeriesRow, change: Change, *, now: datetime) -> Effects:
    before, after = recurring.arrangement(row), recurring.arrangement(new)
    if not before.differs(after) and row.local_time == new.local_time and row.hours == new.hours:
        raise InvalidInput("Nothing would change. Change the day, the time or the place.")
    occurrences = {each.day: each for each in plan_occurrences(new.plan)}
    recurring.content_on(new, min(occurrences.values(), key=lambda each: each.publish_at))
    coming = {
        day: post
        for day, post in recurring.coming_posts(session, row.id or 0, now=now).items()
        if day >= change.from_on
    }
    return Effects(
        changed=[(post, occurrences[day]) for day, post in coming.items() if day in occurrences],
        cancelled=[post for day, post in coming.items() if day not in occurrences],
        is_announced=before.differs(after),
        first_on=min(each.on for each in occurrences.values()),
    )


def _hand_over(
    session: Session,
    row: SeriesRow,
    new: SeriesRow,
    post: PostRow,
    occurrence: Occurrence,
    *,
    by: str,
    now: datetime,
) -> None:
    """The post is the new series'. A text that somebody has changed by hand stays, for a person to read."""
    old_day = session.get_one(SeriesDayRow, (row.id or 0, occurrence.day))
    session.delete(old_day)
    session.flush()
    session.add(SeriesDayRow(series_id=new.id or 0, day=occurrence.day, post_id=post.id))
    was = next((each for each in plan_occurrences(row.plan) if each.day == occurrence.day), None)
    is_as_written = was is not None and post.texts == dict(recurring.texts_on(row, was))
    post_id, zone = post.id or 0, new.plan.zone
    if not is_as_written:
        composing.move_post(session, post_id, occurrence.publish_at, by=by, zone=zone, now=now)
        return
    as_it_was = post.content.content_hash
    content = recurring.content_on(new, occurrence)
    composing.edit_post(
        session, post_id, content, content_hash=as_it_was, by=by, zone=zone, now=now, fields=post.fields
    )
    if post.state is PostState.DRAFT:
        composing.submit_post(session, post_id, by=by, now=now)


def _announced_at(new: SeriesRow, *, now: datetime) -> datetime:
    """A week before at the series' own time, or as soon as somebody can approve it."""
    return max(plan_occurrences(new.plan)[0].publish_at - _ANNOUNCED_BEFORE, now + _SOONEST)
