"""What keeps approved posts back: the emergency stop and paused campaigns; and what comes back when they end.

A post on hold is not missed while it is held: only a person's release decides what becomes of it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from social_bot.errors import NotAllowed
from social_bot.organisation import alerts, audit, pages, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.stop import StopRow
from social_bot.planning import store
from social_bot.planning.posts import PostState
from social_bot.planning.store import CampaignRow, PostRow
from social_bot.translations import marked

STOPPED = marked("The emergency stop holds it.")
PAUSED = marked("Its campaign is paused.")
MISSED = marked("Its time passed while it was on hold. Nothing went out. Choose a new time, or drop it.")
CHANGED = marked("It was changed while it was on hold. It needs a new approval.")


@dataclass(frozen=True, kw_only=True)
class Return:
    """What becomes of a held post when it is let go: ``state``, and the reason that is kept with it."""

    post: PostRow
    state: PostState
    reason: str | None = None

    def goes_at_once(self, now: datetime) -> bool:
        return self.state is PostState.SCHEDULED and self.post.publish_at <= now


def reason_to_hold(session: Session, post: PostRow, stops: Sequence[StopRow]) -> str | None:
    """Why this post must not go out, or None. ``stops`` are those in force."""
    if is_stopped(post, stops):
        return STOPPED
    campaign = None if post.campaign_id is None else session.get(CampaignRow, post.campaign_id)
    return PAUSED if campaign is not None and campaign.paused_at is not None else None


def is_stopped(post: PostRow, stops: Sequence[StopRow]) -> bool:
    return any(each.covers(post.page_id) and (each.id or 0) > post.passes_stop for each in stops)


def hold_scheduled(session: Session) -> Sequence[PostRow]:
    """Put every scheduled post on hold that must not go out now."""
    posts = store.list_to_hold(session)
    if not posts:
        return ()
    stops = stop.standing(session)
    for post in posts:
        post.become(PostState.HELD, reason=reason_to_hold(session, post, stops) or STOPPED)
        session.add(post)
    return posts


def press_stop(
    session: Session, *, page_id: str | None, holds_answers: bool, reason: str, by: str, now: datetime
) -> tuple[StopRow, Sequence[PostRow]]:
    """The emergency stop, with the posts that it holds from now on."""
    row = stop.press(session, page_id=page_id, holds_answers=holds_answers, reason=reason, by=by, now=now)
    held = hold_scheduled(session)
    _record(session, held, by=by, now=now, action="post.hold")
    return row, held


def release_stop(session: Session, stop_id: int, *, by: str, now: datetime) -> Sequence[Return]:
    """End a stop: what nothing else holds comes back."""
    row = stop.release(session, stop_id, by=by, now=now)
    return _let_go(session, store.list_held(session, page_id=row.page_id), by=by, now=now)


def release_post(session: Session, post_id: int, *, by: str, now: datetime) -> Return:
    """Let one post past the stops that stand; a later stop holds it again."""
    stop.wait_for_senders(session)
    post = store.get_post(session, post_id, for_update=True)
    stop.require_releaser(session, by, page_id=post.page_id)
    stops = [each for each in stop.standing(session) if each.covers(post.page_id)]
    if post.state is not PostState.HELD or not stops:
        raise NotAllowed("The emergency stop does not hold this post.")
    post.passes_stop = max(each.id or 0 for each in stops)
    session.add(post)
    returned = _let_go(session, [post], by=by, now=now)
    if not returned:
        raise NotAllowed("Its campaign is paused. Let the campaign go on first.")
    return returned[0]


def let_campaign_go(session: Session, campaign_id: int, *, by: str, now: datetime) -> Sequence[Return]:
    """What a campaign that goes on gives back; a post that a stop holds waits for its release."""
    return _let_go(session, store.list_held(session, campaign_id=campaign_id), by=by, now=now)


def decide_return(post: PostRow, *, now: datetime) -> Return:
    """A post in time, whose approval holds, goes out; of the others a person decides."""
    if not post.is_approved:
        return Return(post=post, state=PostState.DRAFT, reason=CHANGED)
    if now > post.goes_out_until:
        return Return(post=post, state=PostState.MISSED, reason=MISSED)
    return Return(post=post, state=PostState.SCHEDULED)


def count_by_page(posts: Sequence[PostRow], names: Mapping[str, str]) -> Mapping[str, int]:
    """How many posts of each page, by the page's name."""
    counts = Counter(post.page_id for post in posts)
    return {name: counts[page_id] for page_id, name in names.items() if counts[page_id]}


def preview_stop(session: Session, *, page_id: str | None) -> Sequence[PostRow]:
    """The scheduled posts that a stop would hold."""
    return store.list_posts(session, page_id=page_id, states=[PostState.SCHEDULED])


def preview_release(session: Session, row: StopRow, *, now: datetime) -> Sequence[Return]:
    """What would come back if this stop ended now."""
    others = [each for each in stop.standing(session) if each.id != row.id]
    held = store.list_posts(session, page_id=row.page_id, states=[PostState.HELD])
    return [decide_return(post, now=now) for post in held if reason_to_hold(session, post, others) is None]


def page_names(session: Session) -> Mapping[str, str]:
    return {page.id: page.name for page in pages.everyone(session)}


def _let_go(session: Session, held: Sequence[PostRow], *, by: str, now: datetime) -> Sequence[Return]:
    stops, returned = stop.standing(session), []
    for post in held:
        reason = reason_to_hold(session, post, stops)
        if reason is not None:
            post.reason = reason
        else:
            decided = decide_return(post, now=now)
            post.become(decided.state, reason=decided.reason)
            returned.append(decided)
            if decided.state is PostState.MISSED:
                alerts.raise_alert(
                    session,
                    AlertKind.POST_MISSED,
                    f"post:{post.id}",
                    now=now,
                    occasion=post.publish_at.isoformat(),
                )
        session.add(post)
    _record(session, [each.post for each in returned], by=by, now=now, action="post.let_go")
    return returned


def _record(session: Session, posts: Sequence[PostRow], *, by: str, now: datetime, action: str) -> None:
    for post in posts:
        audit.record(session, at=now, actor=by, action=action, subject=f"post:{post.id}", detail=post.state)
