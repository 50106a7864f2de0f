"""The library of pictures: who brought each, what it may be used for, what it shows, where it is used."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import JSON, Column, func
from sqlmodel import Field, Session, SQLModel, col, delete, select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit, operators
from social_bot.organisation.operators import ANY_PAGE
from social_bot.organisation.roles import Role
from social_bot.planning.checks import People, PictureFacts
from social_bot.planning.media import Media
from social_bot.planning.picture_files import Prepared
from social_bot.planning.posts import PostPicture
from social_bot.planning.store import PostRow
from social_bot.storage.types import Word

_LONGEST = 200


class MediaRow(SQLModel, table=True):
    """``alt`` is the last alternative text by language: the first proposal for the next post."""

    __tablename__ = "media"
    file: str = Field(primary_key=True, max_length=80)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=40)
    width: int
    height: int
    size: int
    seems_text: bool = False
    people: People = Field(sa_type=Word(People), default=People.UNKNOWN)
    credit: str = Field(default="", max_length=200)
    licence: str = Field(default="", max_length=200)
    alt: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    uploaded_by: str = Field(max_length=160)
    uploaded_at: datetime

    @property
    def facts(self) -> PictureFacts:
        return PictureFacts(
            media_type=self.media_type,
            width=self.width,
            height=self.height,
            size=self.size,
            seems_text=self.seems_text,
            people=self.people,
        )


class MediaUseRow(SQLModel, table=True):
    """A picture stands in a post, in whatever state the post is."""

    __tablename__ = "media_use"
    file: str = Field(primary_key=True, max_length=80)
    post_id: int = Field(foreign_key="post.id", primary_key=True, index=True)


def add(
    session: Session,
    media: Media,
    prepared: Prepared,
    *,
    name: str,
    by: str,
    now: datetime,
    people: People = People.UNKNOWN,
    credit: str = "",
    licence: str = "",
    alt: Mapping[str, str] | None = None,
) -> MediaRow:
    """Keep a picture; one that is here already stays as it is described."""
    operators.require(session, by, Role.WRITER, page_id=ANY_PAGE)
    file = media.keep(prepared)
    row = session.get(MediaRow, file)
    if row is not None:
        return row
    row = MediaRow(
        file=file,
        name=name[:_LONGEST],
        media_type=prepared.media_type,
        width=prepared.width,
        height=prepared.height,
        size=len(prepared.content),
        seems_text=prepared.seems_text,
        people=people,
        credit=credit[:_LONGEST],
        licence=licence[:_LONGEST],
        alt=dict(alt or {}),
        uploaded_by=by,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, at=now, actor=by, action="media.add", subject=f"media:{file[:16]}")
    return row


def ensure(
    session: Session,
    media: Media,
    file: str,
    *,
    by: str,
    now: datetime,
    name: str = "",
    people: People = People.UNKNOWN,
    alt: Mapping[str, str] | None = None,
) -> MediaRow:
    """The row of a picture of a post; one that came by a campaign file or the command line gets its row now."""
    row = session.get(MediaRow, file)
    if row is not None:
        return row
    measured = media.measure(file)
    if measured is None:
        raise NotFound("This picture is not in the media folder.")
    row = MediaRow(
        file=file,
        name=name[:_LONGEST],
        media_type=measured.media_type,
        width=measured.width,
        height=measured.height,
        size=len(measured.content),
        seems_text=measured.seems_text,
        people=people,
        alt=dict(alt or {}),
        uploaded_by=by,
        uploaded_at=now,
    )
    session.add(row)
    session.flush()
    return row


def describe(
    session: Session,
    file: str,
    *,
    by: str,
    now: datetime,
    people: People | None = None,
    credit: str | None = None,
    licence: str | None = None,
    alt: Mapping[str, str] | None = None,
) -> MediaRow:
    """Change what is known of a picture; None leaves a thing as it is."""
    operators.require(session, by, Role.WRITER, page_id=ANY_PAGE)
    row = get(session, file)
    before = (row.people, row.credit, row.licence, row.alt)
    for text in (credit, licence):
        if text is not None and len(text) > _LONGEST:
            raise InvalidInput("This is too long: at most {limit} characters.", limit=_LONGEST)
    row.people = people if people is not None else row.people
    row.credit = credit if credit is not None else row.credit
    row.licence = licence if licence is not None else row.licence
    row.alt = {**row.alt, **{language: text for language, text in (alt or {}).items() if text}}
    if before != (row.people, row.credit, row.licence, row.alt):
        session.add(row)
        audit.record(
            session,
            at=now,
            actor=by,
            action="media.describe",
            subject=f"media:{file[:16]}",
            detail=row.people,
        )
    return row


def remove(session: Session, media: Media, file: str, *, by: str, now: datetime) -> None:
    """Raises ``NotAllowed`` while a post holds the picture: what was published stays as it was."""
    operators.require(session, by, Role.WRITER, page_id=ANY_PAGE)
    row = get(session, file)
    if session.exec(select(MediaUseRow).where(MediaUseRow.file == file).limit(1)).first() is not None:
        raise NotAllowed("The picture is in a post, so it stays. Take it out of the post first.")
    session.delete(row)
    audit.record(session, at=now, actor=by, action="media.remove", subject=f"media:{file[:16]}")
    session.flush()
    media.remove(file)


def get(session: Session, file: str) -> MediaRow:
    row = session.get(MediaRow, file)
    if row is None:
        raise NotFound("This picture is not in the media folder.")
    return row


def everything(session: Session) -> Sequence[MediaRow]:
    """The newest first."""
    return session.exec(select(MediaRow).order_by(col(MediaRow.uploaded_at).desc(), MediaRow.file)).all()


def facts(session: Session, media: Media, files: Iterable[str]) -> Mapping[str, PictureFacts]:
    """Of those that can be read; a picture that came without the library has nobody's word on its people."""
    wanted = set(files)
    rows = session.exec(select(MediaRow).where(col(MediaRow.file).in_(wanted))).all() if wanted else ()
    known = {row.file: row.facts for row in rows}
    for file in wanted - known.keys():
        measured = media.measure(file)
        if measured is not None:
            known[file] = PictureFacts(
                media_type=measured.media_type,
                width=measured.width,
                height=measured.height,
                size=len(measured.content),
                seems_text=measured.seems_text,
            )
    return known


def note_use(session: Session, post_id: int, pictures: Iterable[PostPicture]) -> None:
    """The pictures of a post as it is now."""
    session.connection().execute(delete(MediaUseRow).where(col(MediaUseRow.post_id) == post_id))
    session.add_all(
        MediaUseRow(file=file, post_id=post_id) for file in sorted({picture.file for picture in pictures})
    )
    session.flush()


def count_uses(session: Session) -> Mapping[str, int]:
    return dict(session.exec(select(MediaUseRow.file, func.count()).group_by(MediaUseRow.file)).all())


def list_posts_with(session: Session, file: str) -> Sequence[PostRow]:
    return session.exec(
        select(PostRow)
        .join(MediaUseRow, col(MediaUseRow.post_id) == col(PostRow.id))
        .where(MediaUseRow.file == file)
        .order_by(col(PostRow.publish_at).desc())
        .limit(200)
    ).all()
