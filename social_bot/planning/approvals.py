"""What was approved, by whom, and which posts wait for an approver."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.planning.posts import PostContent, PostPicture, PostState
from social_bot.planning.store import PostRow


class ApprovalRow(SQLModel, table=True):
    """An approval that was given, with the content that it was given to: it stays when it is void."""

    __tablename__ = "post_approval"
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    by: str = Field(max_length=160)
    at: datetime
    content_hash: str = Field(max_length=64)
    texts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    pictures: list[dict[str, object]] = Field(sa_column=Column(JSON, nullable=False))
    link: str | None = None
    publish_at: datetime

    def content(self, post: PostRow) -> PostContent:
        """The approved content; the page and the kind of a post never change."""
        return PostContent(
            page_id=post.page_id,
            kind=post.kind,
            texts=self.texts,
            publish_at=self.publish_at,
            link=self.link,
            pictures=[PostPicture(**picture) for picture in self.pictures],  # type: ignore[arg-type]
        )


def keep(session: Session, post: PostRow, *, by: str, content_hash: str, now: datetime) -> None:
    session.add(
        ApprovalRow(
            post_id=post.id or 0,
            by=by,
            at=now,
            content_hash=content_hash,
            texts=dict(post.texts),
            pictures=list(post.pictures),
            link=post.link,
            publish_at=post.publish_at,
        )
    )


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
    return [post for post in waiting if approver not in post.hands and now <= post.goes_out_until]
