"""Writing a post: from a ready text or from nothing, with a preview, checks, pictures and kept drafts."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime, time
from urllib.parse import quote

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed, SocialBotError
from social_bot.organisation import operators, pages
from social_bot.organisation.operators import ANY_PAGE
from social_bot.organisation.roles import Role
from social_bot.planning import drafts, finishing, library, store, versions
from social_bot.planning.form_changes import NotFilled, add_picture, fill_texts, filled_texts, rearrange
from social_bot.planning.picture_files import prepare
from social_bot.planning.post_templates import lacking, require_template
from social_bot.planning.posts import MOVES, PostContent, PostState
from social_bot.planning.store import PostRow
from social_bot.planning.writing import Form, read_writing, when_in_words, write_form
from social_bot.translations import marked, translate
from social_bot.web import desks
from social_bot.web.compose_pages import Problems, changes, preview, show_form, show_start
from social_bot.web.desks import Desk, Typed, Writes
from social_bot.web.pages import render, see_other
from social_bot.web.visits import STALE, Staff, StaffForm, StaffVisit

STALE_BUT_KEPT = marked(
    "This form was open too long, so nothing was done. Your text is kept: look at it and press the button again."
)
KEPT = marked("Kept {time}.")
_ANCHORS = {"fill": "texts", "kind": "fields", "preview": "preview"}

routes = APIRouter()


@routes.get("/posts/new")
def new(visit: Staff, *, start: str = "", day: str = "", copy: str = "", draft: str = "") -> Response:
    bot = visit.site.bot
    with bot.database.read() as session:
        operators.require(session, visit.worker.name, Role.WRITER, page_id=ANY_PAGE)
        if draft:
            kept = drafts.find(session, draft, by=visit.worker.name, cipher=bot.database.cipher)
            if kept is not None and kept.post_id is None:
                return show_form(session, visit, Desk(key=draft, post_id=None), kept.form)
        if copy.isdecimal():
            post = store.get_post(session, int(copy))
            return show_form(session, visit, _fresh_desk(), _copied(session, visit, post, day))
        if not start:
            return show_start(session, visit, day)
        form = _begun(visit, start, day)
        return show_form(session, visit, _fresh_desk(), form)


@routes.get("/posts/{post_id:int}/edit")
def edit(post_id: int, visit: Staff, version: str = "", stopped: str = "") -> Response:
    """The post as it is, as it once was, or as this writer left it half changed."""
    bot = visit.site.bot
    with bot.database.read() as session:
        post = store.get_post(session, post_id)
        operators.require(session, visit.worker.name, Role.WRITER, page_id=post.page_id)
        if post.state is not PostState.DRAFT and PostState.DRAFT not in MOVES[post.state]:
            raise NotAllowed("This post can be changed no more. Copy it into a new one instead.")
        kept = drafts.find_of_post(session, post_id, by=visit.worker.name, cipher=bot.database.cipher)
        if version.isdecimal():
            old = versions.get_version(session, post_id, int(version))
            form = _as_form(session, visit, old.content, old.fields)
        elif kept is not None:
            form = kept.form
        else:
            form = _as_form(session, visit, post.content, post.fields)
        desk = Desk(key=kept.key if kept else secrets.token_urlsafe(16), post_id=post_id)
        return show_form(
            session,
            visit,
            desk,
            {"hash": post.content.content_hash, **form},
            post=post,
            is_stopped=bool(stopped),
            is_kept=kept is not None and not version,
        )


@routes.post("/posts/compose")
def compose(typed: Writes) -> Response:
    visit = typed.visit
    if not typed.is_fresh:
        return _again(visit, typed, {"form": NotAllowed(STALE_BUT_KEPT)}, status=403)
    if typed.act == "discard":
        return _discarded(visit, typed.desk)
    form, problems = _with_new_pictures(visit, typed)
    if typed.act in ("save", "submit"):
        return _save(visit, typed, form, problems)
    try:
        form = _changed(visit, typed.act, form)
    except NotFilled as error:
        problems = {**problems, **error.problems}
    desks.keep(visit, typed.desk, form, by=visit.worker.name)
    if problems:
        return _again(visit, typed, problems, form=form)
    return see_other(f"{typed.desk.path}#{_ANCHORS.get(typed.act, 'pictures')}")


@routes.post("/posts/compose/keep")
def keep(typed: Writes) -> Response:
    """For the script: what was typed is kept already; the preview and the findings as they are now."""
    visit = typed.visit
    if not typed.is_fresh:
        raise NotAllowed(STALE)
    with visit.site.bot.database.read() as session:
        post = None if typed.desk.post_id is None else store.get_post(session, typed.desk.post_id)
        writing = read_writing(typed.form, visit.organisation, now=visit.moments.now)
        response = render(visit, "compose_preview.html", **preview(session, visit, writing, post))
    said = translate(visit.language)(KEPT).format(time=visit.moments.clock(visit.moments.now))
    response.headers["X-Kept"] = quote(said)
    return response


@routes.post("/posts/drafts/{key}/discard")
def discard(key: str, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        drafts.discard(session, key, by=visit.worker.name)
    return see_other("/posts/new?done=discarded")


@routes.get("/posts/{post_id:int}/versions")
def list_versions(post_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        post = store.get_post(session, post_id)
        rows = versions.list_versions(session, post_id)
        may_edit = visit.holds(Role.WRITER, post.page_id) and (
            post.state is PostState.DRAFT or PostState.DRAFT in MOVES[post.state]
        )
        return render(visit, "versions.html", post=post, versions=changes(rows), may_edit=may_edit)


def _save(visit: StaffVisit, typed: Typed, form: Form, problems: Problems) -> Response:
    bot, now = visit.site.bot, visit.moments.now
    writing = read_writing(form, visit.organisation, now=now)
    if problems or writing.content is None:
        desks.keep(visit, typed.desk, form, by=visit.worker.name)
        return _again(visit, typed, {**problems, **writing.problems}, form=form)
    try:
        with bot.database.write() as session:
            saved = finishing.save(
                session,
                writing,
                writing.content,
                post_id=typed.desk.post_id,
                draft_key=typed.desk.key,
                submits=typed.act == "submit",
                organisation=visit.organisation,
                checker=bot.checker,
                media=bot.media,
                by=visit.worker.name,
                now=now,
            )
    except (InvalidInput, NotAllowed) as error:
        return _again(visit, typed, {"form": error}, form=form)
    if typed.act == "submit" and not saved.is_submitted:
        return see_other(f"/posts/{saved.post.id}/edit?stopped=1")
    return see_other(f"/posts/{saved.post.id}?done={'submitted' if saved.is_submitted else 'saved'}")


def _again(
    visit: StaffVisit, typed: Typed, problems: Problems, *, form: Form | None = None, status: int = 422
) -> Response:
    with visit.site.bot.database.read() as session:
        post = None if typed.desk.post_id is None else store.get_post(session, typed.desk.post_id)
        return show_form(
            session,
            visit,
            typed.desk,
            typed.form if form is None else form,
            post=post,
            problems=problems,
            status=status,
        )


def _fresh_desk() -> Desk:
    return Desk(key=secrets.token_urlsafe(16), post_id=None)


def _begun(visit: StaffVisit, start: str, day: str) -> Form:
    """A new form: of a ready text, or empty."""
    form = {"kind": "post", "page": _only_page(visit)}
    if start != "empty":
        template = require_template(visit.site.bot.templates / "posts", start)
        form |= {"template": start, "kind": template.kind.value}
        if not lacking(template, {}, visit.organisation, now=visit.moments.now):
            form |= filled_texts(template, {}, visit.organisation, now=visit.moments.now)
    if day:
        form["when"] = _day_at_nine(day, visit)
    return form


def _only_page(visit: StaffVisit) -> str:
    with visit.site.bot.database.read() as session:
        own = [row.id for row in pages.everyone(session) if visit.holds(Role.WRITER, row.id)]
    return own[0] if len(own) == 1 else ""


def _day_at_nine(day: str, visit: StaffVisit) -> str:
    """The day that was chosen in the calendar, at an hour when people read."""
    try:
        local = datetime.combine(date.fromisoformat(day), time(9), tzinfo=visit.organisation.zone)
    except ValueError:
        return ""
    return when_in_words(local, visit.organisation, visit.language)


def _copied(session: Session, visit: StaffVisit, post: PostRow, day: str) -> Form:
    """Everything but the time, which must be chosen anew."""
    form = {
        **_as_form(session, visit, post.content, post.fields),
        "when": _day_at_nine(day, visit) if day else "",
    }
    return {name: value for name, value in form.items() if value and name != "fold"}


def _as_form(
    session: Session, visit: StaffVisit, content: PostContent, fields: Mapping[str, str] | None
) -> Form:
    form = dict(write_form(content, fields, visit.organisation, visit.language))
    facts = library.facts(session, visit.site.bot.media, (picture.file for picture in content.pictures))
    for number, picture in enumerate(content.pictures, start=1):
        if picture.file in facts:
            form[f"picture-{number}-people"] = facts[picture.file].people.value
    return form


def _discarded(visit: StaffVisit, desk: Desk) -> Response:
    with visit.site.bot.database.write() as session:
        drafts.discard(session, desk.key, by=visit.worker.name)
    return see_other("/posts/new?done=discarded" if desk.post_id is None else f"/posts/{desk.post_id}")


def _changed(visit: StaffVisit, act: str, form: Form) -> Form:
    """Raises ``NotFilled`` where a ready text lacks something."""
    if act == "fill":
        template = require_template(visit.site.bot.templates / "posts", form.get("template", ""))
        return fill_texts(form, template, visit.organisation, now=visit.moments.now)
    if act.startswith("use:"):
        with visit.site.bot.database.read() as session:
            return add_picture(form, library.get(session, act.removeprefix("use:")))
    return rearrange(form, act)


def _with_new_pictures(visit: StaffVisit, typed: Typed) -> tuple[Form, Problems]:
    """Files that came along are taken in, whatever button was pressed."""
    bot, form = visit.site.bot, typed.form
    problems: dict[str, SocialBotError] = {}
    for file in typed.files:
        try:
            prepared = prepare(file.content, name=file.name)
            with bot.database.write() as session:
                row = library.add(
                    session, bot.media, prepared, name=file.name, by=visit.worker.name, now=visit.moments.now
                )
        except InvalidInput as error:
            problems["files"] = error
        else:
            form = add_picture(form, row)
    return form, problems
