"""What people do to posts: write, send for approval, approve, cancel, decide about unclear ones."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, audit, operators, pages
from social_bot.organisation.approval import approve as approve_content
from social_bot.organisation.roles import COMMAND_LINE, Role
from social_bot.planning import approvals, library, store, versions
from social_bot.planning.checking import Checker
from social_bot.planning.posts import LATENESS, SEND_LIMIT, PostContent, PostState, require_approvable
from social_bot.planning.store import PostRow

_LOCAL = "%Y-%m-%d %H:%M:%S"
_AS_IT_IS = (PostState.DRAFT, PostState.AWAITING_APPROVAL, PostState.SCHEDULED)
"""A save that changes nothing leaves the post in these states, with its approval."""


def add_post(
    session: Session,
    content: PostContent,
    *,
    zone: ZoneInfo,
    author: str,
    now: datetime,
    lateness: timedelta = LATENESS,
    campaign_id: int | None = None,
    key: str = "",
    fields: Mapping[str, str] | None = None,
) -> PostRow:
    """Write a draft; ``fields`` are what the composer was told of its kind.

    Raises ``NotFound`` for an unknown page or author, ``NotAllowed`` for an author without the role and
    ``InvalidInput`` for a time that is past the lateness limit.
    """
    pages.get(session, content.page_id)
    operators.require(session, author, Role.WRITER, page_id=content.page_id)
    if now > content.publish_at + lateness:
        raise InvalidInput(
            "The time {time} is more than {minutes} minutes ago. Choose a time to come.",
            time=content.publish_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            minutes=int(lateness.total_seconds() // 60),
        )
    post = PostRow(
        page_id=content.page_id,
        campaign_id=campaign_id,
        key=key,
        kind=content.kind,
        texts=dict(content.texts),
        link=content.link,
        pictures=[asdict(picture) for picture in content.pictures],
        fields=None if fields is None else dict(fields),
        publish_at=content.publish_at,
        local_time=content.publish_at.astimezone(zone).strftime(_LOCAL),
        zone=zone.key,
        lateness_minutes=int(lateness.total_seconds() // 60),
        author=author,
        created_at=now,
    )
    session.add(post)
    session.flush()
    _note_content(session, post, by=author, now=now)
    audit.record(
        session,
        at=now,
        actor=author,
        action="post.add",
        subject=f"post:{post.id}",
        detail=content.content_hash,
    )
    return post


def edit_post(
    session: Session,
    post_id: int,
    content: PostContent,
    *,
    content_hash: str,
    by: str,
    zone: ZoneInfo,
    now: datetime,
    fields: Mapping[str, str] | None = None,
) -> PostRow:
    """Save a changed post: an approval is void, its clock stops, and it is a draft again.

    ``content_hash`` names the content that was changed. Raises ``NotAllowed`` when somebody else has changed
    it since, or when it has been sent; ``InvalidInput`` for a new time that has passed.
    """
    post = store.get_post(session, post_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=post.page_id)
    if content.page_id != post.page_id:
        pages.get(session, content.page_id)
        operators.require(session, by, Role.WRITER, page_id=content.page_id)
    if post.content.content_hash != content_hash:
        raise NotAllowed(
            "Somebody else has changed this post while you were writing. Your text is kept. Look at theirs first."
        )
    is_same = (content.content_hash, content.kind) == (content_hash, post.kind) and fields == post.fields
    if is_same and post.state in _AS_IT_IS:
        return post
    if content.publish_at < now and content.publish_at != post.publish_at:
        raise InvalidInput("This time has passed. Choose a time to come.")
    if post.state is not PostState.DRAFT:
        post.become(PostState.DRAFT)
    post.page_id, post.kind, post.link = content.page_id, content.kind, content.link
    post.texts = dict(content.texts)
    post.pictures = [asdict(picture) for picture in content.pictures]
    post.fields = None if fields is None else dict(fields)
    post.publish_at = content.publish_at
    post.local_time = content.publish_at.astimezone(zone).strftime(_LOCAL)
    post.note_change(by)
    session.add(post)
    session.flush()
    _note_content(session, post, by=by, now=now)
    alerts.settle(session, f"post:{post_id}", by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by,
        action="post.edit",
        subject=f"post:{post_id}",
        detail=content.content_hash,
    )
    return post


def submit_post(
    session: Session, post_id: int, *, by: str, now: datetime, checker: Checker | None = None
) -> PostRow:
    """Send a draft for approval.

    Raises ``StoppedByChecks`` where ``checker`` finds what blocks; without one, findings are left to who asked.
    """
    if checker is not None:
        checker.require_passed(session, store.get_post(session, post_id), now=now)
    return _moved(session, post_id, PostState.AWAITING_APPROVAL, by=by, now=now, action="post.submit")


def approve_post(
    session: Session,
    post_id: int,
    *,
    content_hash: str,
    by: str,
    now: datetime,
    checker: Checker | None = None,
) -> PostRow:
    """Approve the content that was read, named by its hash.

    Raises ``StoppedByChecks`` where ``checker`` finds what blocks and nobody has overridden, and ``NotAllowed`` for who wrote or changed it, when it is no longer what was read, and when it is too late.
    """
    post = store.get_post(session, post_id, for_update=True)
    operators.require(session, by, Role.APPROVER, page_id=post.page_id)
    if post.content.content_hash != content_hash:
        raise NotAllowed(
            "The post was changed while you were reading it. Read it again before you approve it."
        )
    if now > post.goes_out_until:
        raise NotAllowed("The time of this post has passed. Give it a new time first.")
    require_approvable(post.state)
    if checker is not None:
        checker.require_passed(session, post, now=now)
    author = by if by in post.hands else post.author
    approval = approve_content(by=by, author=author, at=now, content_hash=content_hash)
    post.become(PostState.SCHEDULED)
    post.approved_by, post.approved_at, post.approved_hash = approval.by, approval.at, approval.content_hash
    session.add(post)
    approvals.keep(session, post_id, by=by, content_hash=content_hash, now=now)
    alerts.settle(session, f"post:{post_id}", by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by,
        action="post.approve",
        subject=f"post:{post_id}",
        detail=approval.content_hash,
    )
    return post


def move_post(
    session: Session, post_id: int, publish_at: datetime, *, by: str, zone: ZoneInfo, now: datetime
) -> PostRow:
    """Give a post another time: an approval is void and the post becomes a draft again.

    Raises ``InvalidInput`` for a time that has passed.
    """
    post = store.get_post(session, post_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=post.page_id)
    if publish_at < now:
        raise InvalidInput("This time has passed. Choose a time to come.")
    if post.state is not PostState.DRAFT:
        post.become(PostState.DRAFT)
    post.publish_at = publish_at
    post.local_time = publish_at.astimezone(zone).strftime(_LOCAL)
    post.note_change(by)
    session.add(post)
    session.flush()
    _note_content(session, post, by=by, now=now)
    alerts.settle(session, f"post:{post_id}", by=by, now=now)
    audit.record(session, at=now, actor=by, action="post.move", subject=f"post:{post_id}")
    return post


def cancel_post(session: Session, post_id: int, *, by: str, now: datetime) -> PostRow:
    """Cancel a post that has not been sent; raises ``NotAllowed`` once it is being sent."""
    post = _moved(session, post_id, PostState.CANCELLED, by=by, now=now, action="post.cancel")
    alerts.settle(session, f"post:{post_id}", by=by, now=now)
    return post


def confirm_post(session: Session, post_id: int, external_id: str, *, by: str, now: datetime) -> PostRow:
    """A person has seen the unconfirmed post on the page: "it is there"."""
    if store.known_external_ids(session, [external_id]):
        raise InvalidInput("Another post of ours has the id {external_id} already.", external_id=external_id)
    post = _moved(session, post_id, PostState.PUBLISHED, by=by, now=now, action="post.confirm")
    post.external_id, post.settled_at, post.next_look_at = external_id, now, None
    alerts.settle(session, f"post:{post_id}", by=by, now=now)
    return post


def send_post_again(session: Session, post_id: int, *, by: str, now: datetime) -> PostRow:
    """A person has seen that the unconfirmed post is not on the page: send it once more, now.

    Raises ``NotAllowed`` while the answer to the send may still come.
    """
    attempt = store.last_attempt(session, post_id)
    if attempt is not None and attempt.ended_at is None and now < attempt.started_at + SEND_LIMIT:
        raise NotAllowed("Facebook may still answer. Wait two minutes and look at the page again.")
    post = _moved(session, post_id, PostState.SCHEDULED, by=by, now=now, action="post.send_again")
    post.released_at, post.next_look_at = now, None
    alerts.settle(session, f"post:{post_id}", by=by, now=now)
    return post


def _note_content(session: Session, post: PostRow, *, by: str, now: datetime) -> None:
    versions.keep(session, post, by=by, now=now)
    library.note_use(session, post.id or 0, post.content.pictures)


def _moved(session: Session, post_id: int, to: PostState, *, by: str, now: datetime, action: str) -> PostRow:
    """Only a writer of the post's page, or the machine's own command line, moves a post to another state."""
    post = store.get_post(session, post_id, for_update=True)
    if by != COMMAND_LINE:
        operators.require(session, by, Role.WRITER, page_id=post.page_id)
    post.become(to)
    session.add(post)
    audit.record(session, at=now, actor=by, action=action, subject=f"post:{post_id}")
    return post
