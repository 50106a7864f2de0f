"""Posts that wait for an approver: people are reminded as the time nears, and told of what nobody approved."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow

REMIND_BEFORE = (timedelta(hours=3), timedelta(hours=24))
"""Nearest first: each is told once, and a post that comes late has only the nearest."""


def reminder_due(publish_at: datetime, *, now: datetime) -> timedelta | None:
    """The reminder whose time it is; None while the post is far ahead and after its time."""
    left = publish_at - now
    return next((before for before in REMIND_BEFORE if timedelta(0) < left <= before), None)


def remind_approvers(session: Session, *, now: datetime) -> int:
    """Raise the alerts that are due; how many were new."""
    waiting = session.exec(
        select(PostRow.id, PostRow.publish_at).where(
            PostRow.state == PostState.AWAITING_APPROVAL,
            col(PostRow.publish_at) > now,
            col(PostRow.publish_at) <= now + max(REMIND_BEFORE),
        )
    ).all()
    raised = 0
    for post_id, publish_at in waiting:
        before = reminder_due(publish_at, now=now)
        if before is not None:
            hours = int(before.total_seconds() // 3600)
            raised += alerts.raise_alert(
                session,
                AlertKind.APPROVAL_NEAR,
                f"post:{post_id}",
                now=now,
                occasion=f"{hours}h {publish_at.isoformat()}",
            )
    return raised


def tell_of_expired(session: Session, post: PostRow, *, now: datetime) -> None:
    """Nobody approved it in time. A draft that was never sent for approval is its writer's own matter."""
    alerts.settle(
        session,
        f"post:{post.id}",
        by=alerts.PROGRAM,
        now=now,
        kinds=[AlertKind.APPROVAL_NEAR],
    )
    if post.state is PostState.AWAITING_APPROVAL:
        alerts.raise_alert(
            session,
            AlertKind.POST_EXPIRED,
            f"post:{post.id}",
            now=now,
            occasion=post.publish_at.isoformat(),
        )
