"""The library of pictures: add, describe, see where each is used, remove what nobody uses."""

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from social_bot.errors import InvalidInput, NotFound, SocialBotError
from social_bot.organisation.roles import Role
from social_bot.planning import library
from social_bot.planning.checks import People
from social_bot.planning.picture_files import prepare
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_CACHED = {"Cache-Control": "private, max-age=86400"}

routes = APIRouter()


@routes.get("/media")
def all_pictures(visit: Staff, done: str = "") -> Response:
    return _library(visit, done=done)


@routes.post("/media")
def add(visit: Staff, upload: StaffUpload) -> Response:
    bot = visit.site.bot
    files = upload.files.get("files", ())
    try:
        if not files:
            raise InvalidInput("Choose at least one picture from your device.")  # noqa: TRY301
        prepared = [(prepare(file.content, name=file.name), file.name) for file in files]
    except InvalidInput as error:
        return _library(visit, problem=error)
    with bot.database.write() as session:
        rows = [
            library.add(
                session,
                bot.media,
                each,
                name=name,
                by=visit.worker.name,
                now=visit.moments.now,
                people=_people(upload.fields.get("people", "")) or People.UNKNOWN,
                credit=upload.fields.get("credit", ""),
                licence=upload.fields.get("licence", ""),
            )
            for each, name in prepared
        ]
    return see_other(
        f"/media/{rows[0].file}/about?done=media_added" if len(rows) == 1 else "/media?done=media_added"
    )


@routes.get("/media/{file}")
def picture(file: str, visit: Staff) -> Response:
    path = visit.site.bot.media.path(file)
    if not path.is_file():
        raise NotFound("This picture is not in the media folder.")
    return FileResponse(path, headers=_CACHED)


@routes.get("/media/{file}/about")
def about(file: str, visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        return render(
            visit,
            "media_about.html",
            row=library.get(session, file),
            posts=library.list_posts_with(session, file),
            is_writer=visit.holds(Role.WRITER),
            done=done,
        )


@routes.post("/media/{file}/about")
def describe(file: str, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        library.describe(
            session,
            file,
            by=visit.worker.name,
            now=visit.moments.now,
            people=_people(form.get("people", "")),
            credit=form.get("credit", ""),
            licence=form.get("licence", ""),
            alt={code: form.get(f"alt-{code}", "") for code in visit.organisation.languages},
        )
    return see_other(f"/media/{file}/about?done=media_described")


@routes.post("/media/{file}/remove")
def remove(file: str, visit: Staff, form: StaffForm) -> Response:
    del form
    bot = visit.site.bot
    with bot.database.write() as session:
        library.remove(session, bot.media, file, by=visit.worker.name, now=visit.moments.now)
    return see_other("/media?done=media_removed")


def _library(visit: StaffVisit, *, done: str = "", problem: SocialBotError | None = None) -> Response:
    with visit.site.bot.database.read() as session:
        return render(
            visit,
            "media.html",
            status=200 if problem is None else 422,
            rows=library.everything(session),
            uses=library.count_uses(session),
            is_writer=visit.holds(Role.WRITER),
            problem=problem,
            done=done,
        )


def _people(word: str) -> People | None:
    return People(word) if word in (People.NONE, People.AGREED) else None
