"""Every saved state of a post: who saved it, when, and what it was."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from social_bot.errors import NotFound
from social_bot.planning.posts import PostContent, PostPicture
from social_bot.planning.store import PostRow
from social_bot.storage.types import no_items


class VersionRow(SQLModel, table=True):
    __tablename__ = "post_version"
    __table_args__ = (UniqueConstraint("post_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id")
    number: int
    at: datetime
    by: str = Field(max_length=160)
    page_id: str = Field(max_length=40)
    kind: str = Field(max_length=40)
    texts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    link: str | None = None
    pictures: list[dict[str, object]] = Field(
        default_factory=no_items, sa_column=Column(JSON, nullable=False)
    )
    fields: dict[str, str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    publish_at: datetime
    content_hash: str = Field(max_length=64)

    @property
    def content(self) -> PostContent:
        return PostContent(
            page_id=self.page_id,
            kind=self.kind,
            texts=self.texts,
            publish_at=self.publish_at,
            link=self.link,
            pictures=[PostPicture(**picture) for picture in self.pictures],  # type: ignore[arg-type]
        )


def keep(session: Session, post: PostRow, *, by: str, now: datetime) -> None:
    """The post as it is now; a save that changed nothing makes no version."""
    last = _last(session, post.id or 0)
    content_hash = post.content.content_hash
    if last is not None and (last.content_hash, last.kind, last.fields) == (
        content_hash,
        post.kind,
        post.fields,
    ):
        return
    session.add(
        VersionRow(
            post_id=post.id or 0,
            number=last.number + 1 if last else 1,
            at=now,
            by=by,
            page_id=post.page_id,
            kind=post.kind,
            texts=dict(post.texts),
            link=post.link,
            pictures=list(post.pictures),
            fields=None if post.fields is None else dict(post.fields),
            publish_at=post.publish_at,
            content_hash=content_hash,
        )
    )
    session.flush()


def list_versions(session: Session, post_id: int) -> Sequence[VersionRow]:
    """The newest first."""
    return session.exec(
        select(VersionRow).where(VersionRow.post_id == post_id).order_by(col(VersionRow.number).desc())
    ).all()


def get_version(session: Session, post_id: int, number: int) -> VersionRow:
    row = session.exec(
        select(VersionRow).where(VersionRow.post_id == post_id, VersionRow.number == number)
    ).first()
    if row is None:
        raise NotFound("This post has no version {number}.", number=number)
    return row


def find_version(session: Session, post_id: int, content_hash: str) -> VersionRow | None:
    """The newest version with exactly this content."""
    return session.exec(
        select(VersionRow)
        .where(VersionRow.post_id == post_id, VersionRow.content_hash == content_hash)
        .order_by(col(VersionRow.number).desc())
        .limit(1)
    ).first()


def _last(session: Session, post_id: int) -> VersionRow | None:
    return session.exec(
        select(VersionRow)
        .where(VersionRow.post_id == post_id)
        .order_by(col(VersionRow.number).desc())
        .limit(1)
    ).first()


Fields = Mapping[str, str]
"""What the composer was told of a post's kind: ``place``, ``place.sv``, ``event_day`` …"""
