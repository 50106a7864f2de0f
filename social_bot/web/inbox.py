"""Messages: who waits and why, and what the bot answered to each message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response
from sqlmodel import Session, col, select

from social_bot.answering import holding, store
from social_bot.answering.originals import read_original
from social_bot.answering.replies import TextVersionRow
from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.answering.threads import Owner
from social_bot.organisation import pages
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Line:
    """A thread in the list. ``text`` is the last thing that its person wrote, masked."""

    thread: ThreadRow
    text: str | None
    inbound: int


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message with its text; None where it has been taken back or held none.

    An answer of several messages tells its versions once, with the last of them.
    """

    message: MessageRow
    text: str | None
    shows_versions: bool

    @property
    def is_inbound(self) -> bool:
        return self.message.direction is Direction.INBOUND


@routes.get("/inbox")
def threads(visit: Staff) -> Response:
    database = visit.site.bot.database
    with database.read() as session:
        found = store.list_threads(session)
        messages = store.list_messages(session, [thread.id or 0 for thread in found])
        return render(
            visit,
            "inbox.html",
            lines=_lines(found, messages, database.cipher),
            pages={page.id: page.name for page in pages.everyone(session)},
        )


@routes.get("/inbox/{thread_id}")
def thread(thread_id: int, visit: Staff, done: str = "") -> Response:
    database = visit.site.bot.database
    with database.read() as session:
        row = store.get_thread(session, thread_id)
        messages = store.list_messages(session, [thread_id])
        return render(
            visit,
            "thread.html",
            thread=row,
            page=pages.get(session, row.page_id),
            said=_said(messages, database.cipher),
            approvers=_approvers(session, messages),
            may_claim=visit.holds(Role.WRITER) and row.owner is Owner.BOT,
            may_read_originals=visit.holds(Role.DUTY),
            may_hand_back=visit.holds(Role.WRITER) and (row.owner is not Owner.BOT or row.waits_for_person),
            done=done,
        )


@routes.post("/inbox/{thread_id}/claim")
def claim(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        holding.claim(session, thread_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/inbox/{thread_id}?done=claimed")


@routes.post("/inbox/{thread_id}/original/{message_id}")
def original(thread_id: int, message_id: int, visit: Staff, form: StaffForm) -> Response:
    """What a person in danger wrote, unmasked, for whoever is on duty; the reading is in the audit log."""
    del form
    database = visit.site.bot.database
    with database.write() as session:
        text = read_original(
            session, message_id, by=visit.worker.name, cipher=database.cipher, now=visit.moments.now
        )
    return render(visit, "original.html", thread_id=thread_id, text=text, done="")


@routes.post("/inbox/{thread_id}/hand-back")
def hand_back(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        holding.hand_back(session, thread_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/inbox/{thread_id}?done=handed_back")


def _lines(threads: Sequence[ThreadRow], messages: Sequence[MessageRow], cipher: Cipher) -> Sequence[Line]:
    inbound: dict[int, list[MessageRow]] = {}
    for message in messages:
        if message.direction is Direction.INBOUND:
            inbound.setdefault(message.thread_id, []).append(message)
    return [
        Line(thread=each, text=_text(own[-1], cipher) if own else None, inbound=len(own))
        for each in threads
        for own in (inbound.get(each.id or 0, []),)
    ]


def _said(messages: Sequence[MessageRow], cipher: Cipher) -> Sequence[Said]:
    last_of_answer = {message.answers_id: message.id for message in messages if message.versions}
    return [
        Said(
            message=message,
            text=_text(message, cipher),
            shows_versions=bool(message.versions) and last_of_answer[message.answers_id] == message.id,
        )
        for message in messages
    ]


def _text(message: MessageRow, cipher: Cipher) -> str | None:
    return None if message.text_sealed is None else cipher.open(message.text_sealed)


def _approvers(session: Session, messages: Sequence[MessageRow]) -> Mapping[str, str | None]:
    """Who approved each version that was sent, by its hash; None for one that nobody has approved."""
    hashes = {str(version["hash"]) for message in messages for version in message.versions}
    rows = session.exec(select(TextVersionRow).where(col(TextVersionRow.content_hash).in_(hashes)))
    return {row.content_hash: row.approved_by for row in rows}
