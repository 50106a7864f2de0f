"""Posts out of a table: all or none, and what is there already is told rather than doubled."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit, operators, pages
from social_bot.organisation.directory import Organisation
from social_bot.organisation.roles import Role
from social_bot.planning import store
from social_bot.planning.composing import add_post, submit_post
from social_bot.planning.import_sheets import Known, KnownPicture, Sheet, SheetRow, read_sheet
from social_bot.planning.library import MediaRow
from social_bot.planning.posts import PostState
from social_bot.planning.store import KeptSheetRow, PostRow

KEPT_FOR = timedelta(hours=4)
"""A checked file waits so long for its confirmation."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """``new`` would be written; ``there`` are rows of which the same post stands already, by row."""

    sheet: Sheet
    new: Sequence[SheetRow]
    there: Mapping[int, int]


def check_sheet(
    session: Session,
    content: bytes,
    organisation: Organisation,
    *,
    page_id: str,
    kinds: Mapping[str, str],
    now: datetime,
) -> Checked:
    """Read a file against this page. Raises ``InvalidInput`` for one that is no table of posts."""
    pages.get(session, page_id)
    sheet = read_sheet(
        content,
        Known(
            page_id=page_id,
            languages=organisation.languages,
            zone=organisation.zone,
            kinds=kinds,
            pictures=_pictures(session),
        ),
        now=now,
    )
    there = _there(session, sheet.rows, page_id)
    return Checked(sheet=sheet, new=[row for row in sheet.rows if row.row not in there], there=there)


def import_posts(
    session: Session,
    checked: Checked,
    organisation: Organisation,
    *,
    page_id: str,
    author: str,
    submits: bool,
    now: datetime,
) -> Sequence[PostRow]:
    """Write every new row as a draft, or sent for approval; none when one cell is wrong."""
    operators.require(session, author, Role.WRITER, page_id=page_id)
    if checked.sheet.problems:
        raise InvalidInput(
            "Nothing was saved: {count} cells must be mended first.", count=len(checked.sheet.problems)
        )
    if not checked.new:
        raise NotAllowed("Every post of this table is here already. Nothing was written twice.")
    posts = []
    for row in checked.new:
        post = add_post(
            session, row.content, zone=organisation.zone, author=author, now=now, lateness=row.lateness
        )
        posts.append(submit_post(session, post.id or 0, by=author, now=now) if submits else post)
    audit.record(
        session,
        at=now,
        actor=author,
        action="post.import",
        subject=f"page:{page_id}",
        detail=str(len(posts)),
    )
    return posts


def keep_sheet(session: Session, content: bytes, *, page_id: str, by: str, now: datetime) -> str:
    """Keep a checked file until it is confirmed; the id under which it is found."""
    session.connection().execute(delete(KeptSheetRow).where(col(KeptSheetRow.kept_at) < now - KEPT_FOR))
    row = KeptSheetRow(
        id=secrets.token_urlsafe(16), content=content, page_id=page_id, kept_by=by, kept_at=now
    )
    session.add(row)
    session.flush()
    return row.id


def take_sheet(session: Session, sheet_id: str, *, by: str, now: datetime) -> KeptSheetRow:
    """The kept file, once: it is gone when this transaction ends well."""
    row = session.exec(select(KeptSheetRow).where(KeptSheetRow.id == sheet_id).with_for_update()).first()
    if row is None or row.kept_by != by or row.kept_at < now - KEPT_FOR:
        raise NotFound("The checked file is not kept any more. Bring it once more.")
    session.delete(row)
    return row


def _pictures(session: Session) -> Mapping[str, KnownPicture]:
    """By name and by file, in small letters; of two with one name the newer."""
    found: dict[str, KnownPicture] = {}
    for row in session.exec(select(MediaRow).order_by(col(MediaRow.uploaded_at))).all():
        picture = KnownPicture(file=row.file, media_type=row.media_type, alt=row.alt)
        found |= {name.casefold(): picture for name in (row.name, row.file) if name}
    return found


def _there(session: Session, rows: Sequence[SheetRow], page_id: str) -> Mapping[int, int]:
    """Rows of which a post with the same time and text is on this page, with the post's id."""
    if not rows:
        return {}
    times = [row.content.publish_at for row in rows]
    posts = store.list_posts(
        session, page_id=page_id, since=min(times), until=max(times) + timedelta(seconds=1)
    )
    known = {
        (post.publish_at, post.content.text): post.id or 0
        for post in posts
        if post.state is not PostState.CANCELLED
    }
    keys = {row.row: (row.content.publish_at, row.content.text) for row in rows}
    return {number: known[key] for number, key in keys.items() if key in known}
