"""Claim and write the intent, send, record; look for what has no answer; tell a person what was missed.

A post ends ``published``, ``failed`` or ``unconfirmed`` and is never sent again without a person's choice:

- the intent (an attempt without an end) is committed before the call;
- an answer that does not come, comes too late or is unclear makes the post ``unconfirmed``;
- an unconfirmed post is looked for on the page; only its appearance there, a late answer or a person ends it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.channels.ports import OutgoingPost, PageAccess, Publisher, SeenPost
from social_bot.errors import (
    NotFound,
    OutcomeUnknown,
    PageUnavailable,
    PlatformDetails,
    PlatformError,
)
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import alerts, pages, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.planning import holds, store, waiting
from social_bot.planning.media import Media
from social_bot.planning.posts import ANSWER_WAIT, PostState, next_look, same_text
from social_bot.planning.store import PostRow, PublishAttemptRow
from social_bot.storage.engine import Database

_RETRY_AFTER = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))
_PREPARE_AGAIN = timedelta(seconds=30)
_CLOCK_SKEW = timedelta(minutes=2)
_LOOK_LATER = timedelta(minutes=1)

NO_ANSWER = "Facebook has not answered. We do not know whether the post reached the page."
NOT_FOUND = "We looked at the page and did not find the post. Look at the page yourself and choose below."
CHANGED = "The post was changed after its approval. It needs a new approval."
MISSED = "The post was not sent in time. Nothing went out. Choose a new time, or drop it."
EXPIRED = "Nobody approved the post before its time."
PICTURE_GONE = "A picture of this post is missing from the media folder."

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Sending:
    post_id: int
    number: int
    page: PageAccess
    post: OutgoingPost


def publish_next(
    database: Database, *, publisher: Publisher, media: Media, clock: Callable[[], datetime]
) -> bool:
    """Send the oldest due post and record how it ended; False when none is due."""
    found, sending = _write_intent(database, media=media, now=clock())
    if sending is None:
        return found
    fault_point("publishing.intent_written")
    post_id, number = sending.post_id, sending.number
    try:
        external_id = publisher.publish(sending.page, sending.post)
    except PlatformError as error:
        fault_point("publishing.refused")
        _record_error(database, post_id, number, error, now=clock())
    except Exception:
        log.exception("publishing broke", extra=fields(post=post_id, attempt=number))
        _record_error(database, post_id, number, OutcomeUnknown(NO_ANSWER), now=clock())
    else:
        fault_point("publishing.answered")
        _record_success(database, post_id, number, external_id, now=clock())
    return True


def look_for_unconfirmed(
    database: Database, *, publisher: Publisher, clock: Callable[[], datetime], owner: str, limit: int = 10
) -> None:
    """Look at the page for posts whose answer was lost."""
    now = clock()
    with database.write() as session:
        claimed = store.claim_looks(
            session, now=now, owner=owner, until=now + timedelta(minutes=2), limit=limit
        )
    if claimed:
        fault_point("publishing.looks_claimed")
    for post_id in claimed:
        _look_for(database, post_id, publisher=publisher, clock=clock)


def settle_stale_posts(database: Database, *, now: datetime) -> None:
    """What no worker will end: sends without an answer, posts on hold or past their time."""
    with database.write() as session:
        for post in store.list_publishing(session):
            attempt = store.last_attempt(session, post.id or 0)
            if attempt is not None and attempt.ended_at is None:
                if now > attempt.started_at + ANSWER_WAIT:
                    _become_unconfirmed(post, attempt)
                    session.add(post)
                    log.warning("post has no answer", extra=fields(post=post.id, attempt=attempt.number))
            elif post.lease_until is not None and post.lease_until < now:  # claimed by an older release
                post.become(PostState.SCHEDULED)
                session.add(post)
        holds.hold_scheduled(session)
        for post in store.list_overdue(session, now=now):
            if now <= post.goes_out_until:
                continue
            if post.state is PostState.SCHEDULED:
                _become_missed(session, post, now=now)
            else:
                waiting.tell_of_expired(session, post, now=now)
                post.become(PostState.EXPIRED, reason=EXPIRED)
            session.add(post)
    fault_point("publishing.settled")


def _write_intent(database: Database, *, media: Media, now: datetime) -> tuple[bool, _Sending | None]:
    """Take the oldest due post and commit that it is being sent, unless it must not go out after all."""
    with database.write() as session:
        stop.in_force(session)
        due = store.claim_due(session, now=now)
        if due is None:
            return False, None
        post, page = due
        session.add(post)
        if now > post.goes_out_until:
            _become_missed(session, post, now=now)
            return True, None
        post.become(PostState.PUBLISHING)
        if not post.is_approved:
            _become_failed(session, post, CHANGED, now=now, occasion="changed")
            return True, None
        try:
            content, access = post.content, pages.access(page, database.cipher)
            pictures = media.load(content)
        except NotFound:
            _become_failed(session, post, PICTURE_GONE, now=now, occasion="picture")
            return True, None
        except Exception:
            log.exception("a post could not be prepared", extra=fields(post=post.id))
            post.become(PostState.SCHEDULED)
            post.retry_at = now + _PREPARE_AGAIN
            return True, None
        post.attempts += 1
        session.add(
            PublishAttemptRow(
                post_id=post.id or 0, number=post.attempts, content_hash=content.content_hash, started_at=now
            )
        )
        session.flush()
        fault_point("publishing.intent_ready")
        return True, _Sending(
            post_id=post.id or 0,
            number=post.attempts,
            page=access,
            post=OutgoingPost(text=content.text, link=content.link, pictures=pictures),
        )


def _record_success(
    database: Database, post_id: int, number: int, external_id: str, *, now: datetime
) -> None:
    with database.write() as session:
        post = store.get_post(session, post_id, for_update=True)
        _end_attempt(session, post_id, number, PostState.PUBLISHED, now=now)
        if not _awaits(post, number):
            return
        _become_published(post, external_id, now=now)
        session.add(post)
        alerts.settle(session, f"post:{post_id}", by="social_bot", now=now)
        fault_point("publishing.success_ready")
    log.info("post published", extra=fields(post=post_id, attempt=number))
    fault_point("publishing.success_recorded")


def _record_error(
    database: Database, post_id: int, number: int, error: PlatformError, *, now: datetime
) -> None:
    with database.write() as session:
        post = store.get_post(session, post_id, for_update=True)
        outcome = _outcome(error)
        attempt = _end_attempt(session, post_id, number, outcome, now=now, details=error.details)
        if not _awaits(post, number):
            return
        if outcome is PostState.UNCONFIRMED:
            if post.state is PostState.PUBLISHING:
                _become_unconfirmed(post, attempt)
        elif outcome is PostState.SCHEDULED:
            post.become(outcome, reason=error.sentence)
            wait = _RETRY_AFTER[min(number, len(_RETRY_AFTER)) - 1]
            post.retry_at = getattr(error, "retry_at", None) or now + wait
        else:
            _become_failed(session, post, error.sentence, now=now, occasion=str(number))
        session.add(post)
        pages.hold_after(session, post.page_id, error, now=now)
        fault_point("publishing.error_ready")
    log.warning(
        "post not published",
        extra=fields(post=post_id, attempt=number, outcome=outcome, code=error.details.code),
    )
    fault_point("publishing.error_recorded")


def _look_for(
    database: Database, post_id: int, *, publisher: Publisher, clock: Callable[[], datetime]
) -> None:
    with database.read() as session:
        post = store.get_post(session, post_id)
        attempt = store.last_attempt(session, post_id)
        page = pages.access(pages.get(session, post.page_id), database.cipher)
        text = post.content.text
    if attempt is None:
        return
    try:
        seen = publisher.recent_posts(page, since=attempt.started_at - _CLOCK_SKEW)
    except PlatformError as error:
        _look_later(database, post_id, error, now=clock())
        return
    fault_point("publishing.looked")
    with database.write() as session:
        now = clock()
        post = store.get_post(session, post_id, for_update=True)
        attempt = store.last_attempt(session, post_id)
        if attempt is None or post.state is not PostState.UNCONFIRMED:
            return
        found = _ours_among(
            seen, text, store.known_external_ids(session, [part.external_id for part in seen])
        )
        attempt.looks += 1
        session.add(attempt)
        post.lease_owner = post.lease_until = None
        if found is not None:
            _become_published(post, found.external_id, now=now)
            alerts.settle(session, f"post:{post_id}", by="social_bot", now=now)
            log.info("post found on the page", extra=fields(post=post_id, looks=attempt.looks))
        else:
            post.next_look_at = next_look(attempt.started_at, attempt.looks)
            if post.next_look_at is None:
                post.reason = NOT_FOUND
                alerts.raise_alert(
                    session,
                    AlertKind.POST_UNCONFIRMED,
                    f"post:{post_id}",
                    now=now,
                    occasion=str(attempt.number),
                )
        session.add(post)
    fault_point("publishing.look_recorded")


def _look_later(database: Database, post_id: int, error: PlatformError, *, now: datetime) -> None:
    with database.write() as session:
        post = store.get_post(session, post_id, for_update=True)
        if post.state is PostState.UNCONFIRMED:
            post.lease_owner = post.lease_until = None
            post.next_look_at = now + _LOOK_LATER
            session.add(post)
        pages.hold_after(session, post.page_id, error, now=now)
    log.warning("the page could not be looked at", extra=fields(post=post_id, code=error.details.code))


def _ours_among(seen: Sequence[SeenPost], text: str, taken: frozenset[str]) -> SeenPost | None:
    """The oldest post with our text that is of our making and of no other row."""
    matching = [
        part
        for part in seen
        if part.ours is not False and part.external_id not in taken and same_text(text, part.text)
    ]
    return min(matching, key=lambda part: part.created_at, default=None)


def _awaits(post: PostRow, number: int) -> bool:
    """Whether the end of this attempt still decides about the post."""
    return post.attempts == number and post.state in (PostState.PUBLISHING, PostState.UNCONFIRMED)


def _end_attempt(
    session: Session,
    post_id: int,
    number: int,
    outcome: PostState,
    *,
    now: datetime,
    details: PlatformDetails | None = None,
) -> PublishAttemptRow:
    attempt = store.get_attempt(session, post_id, number)
    attempt.ended_at, attempt.outcome = now, outcome
    if details is not None:
        attempt.status, attempt.code, attempt.subcode = details.status, details.code, details.subcode
        attempt.trace_id, attempt.user_message = details.trace_id, details.user_message
    session.add(attempt)
    return attempt


def _become_missed(session: Session, post: PostRow, *, now: datetime) -> None:
    post.become(PostState.MISSED, reason=post.reason or MISSED)
    occasion = post.publish_at.isoformat()
    alerts.raise_alert(session, AlertKind.POST_MISSED, f"post:{post.id}", now=now, occasion=occasion)
    log.warning("post missed", extra=fields(post=post.id))


def _become_failed(session: Session, post: PostRow, reason: str, *, now: datetime, occasion: str) -> None:
    post.become(PostState.FAILED, reason=reason)
    post.next_look_at = None
    alerts.raise_alert(session, AlertKind.POST_FAILED, f"post:{post.id}", now=now, occasion=occasion)


def _become_published(post: PostRow, external_id: str, *, now: datetime) -> None:
    post.become(PostState.PUBLISHED)
    post.external_id, post.settled_at, post.next_look_at = external_id, now, None


def _become_unconfirmed(post: PostRow, attempt: PublishAttemptRow) -> None:
    post.become(PostState.UNCONFIRMED, reason=NO_ANSWER)
    post.next_look_at = next_look(attempt.started_at, attempt.looks)


def _outcome(error: PlatformError) -> PostState:
    match error:
        case PageUnavailable():
            return PostState.SCHEDULED
        case OutcomeUnknown():
            return PostState.UNCONFIRMED
        case _:
            return PostState.FAILED
