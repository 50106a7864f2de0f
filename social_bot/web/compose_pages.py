"""The composer's pages: where one begins, the form with its preview and findings, the versions of a post."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from fastapi import Response
from sqlmodel import Session

from social_bot.errors import SocialBotError
from social_bot.organisation import pages
from social_bot.organisation.roles import Role
from social_bot.planning import drafts, finishing, library
from social_bot.planning.checking import Result
from social_bot.planning.checks.links import host_of
from social_bot.planning.differences import Part, differences
from social_bot.planning.post_kinds import PostKind, fields_of
from social_bot.planning.post_templates import PostTemplate, read_templates
from social_bot.planning.store import PostRow
from social_bot.planning.versions import VersionRow
from social_bot.planning.writing import Form, Writing, read_writing
from social_bot.web.compose_words import FIELD_EXAMPLES, FIELD_LABELS, view_findings
from social_bot.web.desks import Desk, keeper
from social_bot.web.pages import render
from social_bot.web.visits import StaffVisit

SHOWN_OF_THE_LIBRARY = 12
_PLACE = re.compile(r"\{\{.*?\}\}")

Problems = Mapping[str, SocialBotError]


def show_form(
    session: Session,
    visit: StaffVisit,
    desk: Desk,
    form: Form,
    *,
    post: PostRow | None = None,
    problems: Problems | None = None,
    status: int = 200,
    is_stopped: bool = False,
    is_kept: bool = False,
) -> Response:
    bot, now = visit.site.bot, visit.moments.now
    writing = read_writing(form, visit.organisation, now=now)
    template = read_templates(bot.templates / "posts").get(form.get("template", ""))
    used = {each.picture.file for each in writing.pictures}
    return render(
        visit,
        "compose.html",
        status=status,
        desk=desk,
        form=form,
        writing=writing,
        post=post,
        problems=problems or {},
        is_stopped=is_stopped,
        is_kept=is_kept,
        ready=template,
        keeper=keeper(visit, desk),
        pages=[row for row in pages.everyone(session) if visit.holds(Role.WRITER, row.id)],
        kinds=[*PostKind, "post"],
        fields=fields_of(form.get("kind", "post"), _named(form, template)),
        labels=FIELD_LABELS,
        examples=FIELD_EXAMPLES,
        offered=[row for row in library.everything(session) if row.file not in used][:SHOWN_OF_THE_LIBRARY],
        **preview(session, visit, writing, post),
    )


def _named(form: Form, template: PostTemplate | None) -> frozenset[str]:
    """Fields that the ready text names, and those in which something stands."""
    typed = frozenset(name.split("-")[1] for name in form if name.startswith("field-"))
    return typed | (template.asks_for if template else frozenset())


def preview(session: Session, visit: StaffVisit, writing: Writing, post: PostRow | None) -> dict[str, Any]:
    """What the reader of the page will see, and what the checks say of it."""
    shown = writing.shown
    result: Result | None = None
    if shown is not None and shown.page_id:
        result = visit.site.bot.checker.check(
            session,
            shown,
            now=visit.moments.now,
            post=post,
            fields=writing.fields if post is None or writing.fields else post.fields,
            people=finishing.ticked_people(writing),
        )
    names = {row.id: row.name for row in pages.everyone(session)}
    return {
        "shown": shown,
        "page_name": names.get(writing.form.get("page", ""), ""),
        "publish_at": writing.publish_at,
        "pictures": [each.picture for each in writing.pictures],
        "host": host_of(shown.link) if shown is not None and shown.link else None,
        "findings": view_findings(result, visit.language),
        "typed": writing.form,
    }


def changes(
    rows: Sequence[VersionRow],
) -> Sequence[tuple[VersionRow, Mapping[str, Sequence[Part]]]]:
    """Each version with the words that differ from the one before it."""
    before = [*rows[1:], None]
    return [
        (
            row,
            {
                language: differences(old.texts.get(language, "") if old else text, text)
                for language, text in row.texts.items()
            },
        )
        for row, old in zip(rows, before, strict=True)
    ]


def show_start(session: Session, visit: StaffVisit, day: str) -> Response:
    bot = visit.site.bot
    kept = [
        each
        for each in drafts.list_drafts(session, by=visit.worker.name, cipher=bot.database.cipher)
        if any(name.startswith(("text-", "field-", "picture-")) for name in each.form)
    ]
    groups = groupby(
        sorted(
            read_templates(bot.templates / "posts").values(), key=lambda each: list(PostKind).index(each.kind)
        ),
        key=lambda each: each.kind,
    )
    return render(
        visit,
        "compose_start.html",
        drafts=[(each, _title(each.form, visit)) for each in kept],
        groups=[
            (kind, [(each.name, _opening(each, visit.language)) for each in group]) for kind, group in groups
        ],
        day=day,
        done=visit.request.query_params.get("done", ""),
    )


def _opening(template: PostTemplate, language: str) -> str:
    """The first line of a ready text, with dots where something is filled in."""
    text = template.texts.get(language) or next(iter(template.texts.values()))
    return _PLACE.sub("…", text.strip().splitlines()[0])


def _title(form: Form, visit: StaffVisit) -> str:
    for language in visit.organisation.languages:
        line = form.get(f"text-{language}", "").strip().splitlines()
        if line:
            return line[0][:90]
    return ""
