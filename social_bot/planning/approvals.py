"""What was approved, by whom, and which posts wait for an approver."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.roles import Role
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow


class ApprovalRow(SQLModel, table=True):
    """An approval that was given; it stays when it is void. What was approved is the version of this hash."""

    __tablename__ = "post_approval"
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    by: str = Field(max_length=160)
    at: datetime
    content_hash: str = Field(max_length=64)


def keep(session: Session, post_id: int, *, by: str, content_hash: str, now: datetime) -> None:
    session.add(ApprovalRow(post_id=post_id, by=by, at=now, content_hash=content_hash))


def last(session: Session, post_id: int) -> ApprovalRow | None:
    return session.exec(
        select(ApprovalRow)
        .where(ApprovalRow.post_id == post_id)
        .order_by(col(ApprovalRow.id).desc())
        .limit(1)
    ).first()


def list_waiting(session: Session, approver: str, *, now: datetime) -> Sequence[PostRow]:
    """The posts that this approver may approve now, the nearest in time first."""
    waiting = session.exec(
        select(PostRow)
        .where(PostRow.state == PostState.AWAITING_APPROVAL)
        .order_by(col(PostRow.publish_at), col(PostRow.id))
    ).all()
    operator = session.get(OperatorRow, approver)
    return [
        post
        for post in waiting
        if operator is not None
        and operator.holds(Role.APPROVER, post.page_id)
        and approver not in post.hands
        and now <= post.goes_out_until
    ]
