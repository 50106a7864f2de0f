"""Approving: what waits for me, one post on one page, and notes between its writer and its approver."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput
from social_bot.organisation import pages
from social_bot.planning import approvals, composing, notes, series_store, store, versions
from social_bot.planning.approvals import ApprovalRow
from social_bot.planning.checking import StoppedByChecks
from social_bot.planning.differences import Part, differences
from social_bot.planning.posts import PostContent, PostState
from social_bot.planning.store import PostRow
from social_bot.web.compose_words import view_findings
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Since:
    """What has changed since a version was approved. ``texts`` by language, those that differ."""

    approval: ApprovalRow
    publish_at: datetime
    texts: Mapping[str, Sequence[Part]]
    is_moved: bool
    is_page_new: bool
    is_link_new: bool
    are_pictures_new: bool

    @property
    def anything(self) -> bool:
        return any((self.texts, self.is_moved, self.is_page_new, self.is_link_new, self.are_pictures_new))


@routes.get("/approvals")
def waiting(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        return render(
            visit,
            "approvals.html",
            posts=approvals.list_waiting(session, visit.worker.name, now=visit.moments.now),
            pages={row.id: row.name for row in pages.everyone(session)},
            done=done,
        )


@routes.get("/posts/{post_id:int}/approve")
def read(post_id: int, visit: Staff, done: str = "") -> Response:
    """Everything that an approver must have seen, on one page, before the button."""
    return _reading_page(visit, post_id, done=done)


@routes.post("/posts/{post_id:int}/approve")
def approve(post_id: int, visit: Staff, form: StaffForm) -> Response:
    """Approve what was read, and go on to the next one that waits."""
    with visit.site.bot.database.write() as session:
        composing.approve_post(
            session,
            post_id,
            content_hash=form.get("content_hash", ""),
            by=visit.worker.name,
            now=visit.moments.now,
            checker=visit.site.bot.checker,
        )
        coming = approvals.list_waiting(session, visit.worker.name, now=visit.moments.now)
    return see_other(f"/posts/{coming[0].id}/approve?done=approved" if coming else "/approvals?done=approved")


@routes.post("/posts/{post_id:int}/send-back")
def send_back(post_id: int, visit: Staff, form: StaffForm) -> Response:
    text = form.get("note", "")
    try:
        with visit.site.bot.database.write() as session:
            masked = notes.send_back(
                session,
                post_id,
                text,
                by=visit.worker.name,
                cipher=visit.site.bot.database.cipher,
                now=visit.moments.now,
            )
    except InvalidInput as error:
        return _reading_page(visit, post_id, note=text, problem=error)
    return see_other(f"/posts/{post_id}?done={'sent_back_masked' if masked else 'sent_back'}")


@routes.post("/posts/{post_id:int}/notes")
def add_note(post_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        masked = notes.add_note(
            session,
            post_id,
            form.get("note", ""),
            by=visit.worker.name,
            cipher=visit.site.bot.database.cipher,
            now=visit.moments.now,
        )
    return see_other(f"/posts/{post_id}?done={'noted_masked' if masked else 'noted'}#notes")


def _reading_page(
    visit: StaffVisit,
    post_id: int,
    *,
    done: str = "",
    note: str = "",
    problem: InvalidInput | None = None,
) -> Response:
    cipher = visit.site.bot.database.cipher
    with visit.site.bot.database.read() as session:
        row = store.get_post(session, post_id)
        coming = approvals.list_waiting(session, visit.worker.name, now=visit.moments.now)
        checked = visit.site.bot.checker.check_row(session, row, now=visit.moments.now)
        return render(
            visit,
            "approve.html",
            status=200 if problem is None else 422,
            post=row,
            content=row.content,
            page=pages.get(session, row.page_id),
            may_approve=row.id in {post.id for post in coming},
            is_waiting=row.state is PostState.AWAITING_APPROVAL,
            is_own=visit.worker.name in row.hands,
            coming=[post for post in coming if post.id != row.id],
            notes=notes.list_notes(session, post_id, cipher=cipher),
            series=series_store.series_of(session, post_id),
            since=_since_approval(session, row),
            findings=view_findings(checked, visit.language),
            stopped=StoppedByChecks(checked.stops) if checked.stops else None,
            note=note,
            problem=problem,
            done=done,
        )


def _since_approval(session: Session, row: PostRow) -> Since | None:
    approval = approvals.last(session, row.id or 0)
    if approval is None:
        return None
    version = versions.find_version(session, row.id or 0, approval.content_hash)
    if version is None:
        return None
    before, after = version.content, row.content
    return Since(
        approval=approval,
        publish_at=before.publish_at,
        texts={
            language: differences(before.texts.get(language, ""), text)
            for language, text in after.texts.items()
            if before.texts.get(language, "") != text
        },
        is_moved=before.publish_at != after.publish_at,
        is_page_new=before.page_id != after.page_id,
        is_link_new=before.link != after.link,
        are_pictures_new=_pictures(before) != _pictures(after),
    )


def _pictures(content: PostContent) -> Sequence[tuple[str, str]]:
    return [(picture.file, content.alt_text(picture)) for picture in content.pictures]
