"""The desk at which a post is written: whose form it is, and keeping what was typed before anything else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from social_bot.errors import NotAllowed
from social_bot.planning import drafts
from social_bot.planning.writing import Form, known_fields
from social_bot.web.uploads import File, Upload, is_current, read_upload
from social_bot.web.visits import STALE, MustEnter, StaffVisit, Visit, read_staff_visit, read_visit

KEEPER_LASTS = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where somebody writes: ``key`` names the kept draft, ``post_id`` the post that is being changed."""

    key: str
    post_id: int | None

    @property
    def path(self) -> str:
        return f"/posts/new?draft={self.key}" if self.post_id is None else f"/posts/{self.post_id}/edit"


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A form that came in; ``is_fresh`` where its token still holds."""

    visit: StaffVisit
    desk: Desk
    form: Form
    act: str
    files: Sequence[File]
    is_fresh: bool


def find_staff(visit: Annotated[Visit, Depends(read_visit)], lang: str = "") -> StaffVisit | MustEnter:
    """Who writes, or the door for somebody whose session has ended."""
    try:
        return read_staff_visit(visit, lang)
    except MustEnter as error:
        return error


async def read_typed(request: Request) -> Upload:
    return await read_upload(request)


def keep_what_was_typed(
    visit: Annotated[Visit, Depends(read_visit)],
    staff: Annotated[StaffVisit | MustEnter, Depends(find_staff)],
    upload: Annotated[Upload, Depends(read_typed)],
) -> Typed:
    """Keep the draft before anything else, by the seal that was put into the form for its writer alone.

    Raises ``MustEnter`` once it is kept where the session has ended, ``NotAllowed`` without the seal.
    """
    sealed = visit.site.seals.open("writing", upload.fields.get("keeper", ""), now=visit.moments.now)
    if sealed is None or (isinstance(staff, StaffVisit) and staff.worker.name != sealed["operator"]):
        if isinstance(staff, MustEnter):
            raise staff
        raise NotAllowed(STALE)
    desk = Desk(key=sealed["draft"], post_id=int(sealed["post"]) if sealed["post"] else None)
    form = known_fields(upload.fields)
    keep(visit, desk, form, by=sealed["operator"])
    if isinstance(staff, MustEnter):
        raise staff
    return Typed(
        visit=staff,
        desk=desk,
        form=form,
        act=upload.fields.get("act", "preview"),
        files=upload.files.get("files", ()),
        is_fresh=is_current(upload, staff),
    )


def keep(visit: Visit, desk: Desk, form: Form, *, by: str) -> None:
    bot = visit.site.bot
    with bot.database.write() as session:
        drafts.keep(
            session,
            desk.key,
            form,
            post_id=desk.post_id,
            by=by,
            cipher=bot.database.cipher,
            now=visit.moments.now,
        )


def keeper(visit: StaffVisit, desk: Desk) -> str:
    """The seal that goes into the form: this draft, this post, this writer."""
    values = {
        "operator": visit.worker.name,
        "draft": desk.key,
        "post": "" if desk.post_id is None else str(desk.post_id),
    }
    return visit.site.seals.close("writing", values, now=visit.moments.now, lasts=KEEPER_LASTS)


Writes = Annotated[Typed, Depends(keep_what_was_typed)]
