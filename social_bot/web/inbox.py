"""Messages: who waits and why, what the bot answered to each message, and a worker's own answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fastapi import APIRouter, Response
from sqlmodel import Session, col, select

from social_bot.answering import (
    closing,
    holding,
    misunderstandings,
    queue,
    speaking,
    store,
    texts,
)
from social_bot.answering.originals import read_original
from social_bot.answering.own_words import Concern, Doubtful
from social_bot.answering.queue import Entry, Show
from social_bot.answering.replies import TextVersionRow, load_library
from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.answering.threads import Owner
from social_bot.errors import InvalidInput, SocialBotError
from social_bot.organisation import alerts, pages
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.pages import PageRow
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher
from social_bot.translations import marked
from social_bot.web.own_data import may_keep_data
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

SHOWN: Mapping[Show, str] = {
    Show.OPEN: marked("Open"),
    Show.WAITING: marked("Waits for a person"),
    Show.CLOSED: marked("Closed"),
}

WHY: Mapping[str, str] = {
    "individual": marked("It is an own matter: a person must go on."),
    "not_helped": marked("The bot's answer did not help."),
    "other_language": marked("It is in a language that the bot does not answer in."),
    "late": marked("The message was found late."),
    "general": marked("The bot gave general advice only: a person must go on."),
    "stopped": marked("Automatic answers are stopped."),
    "no approved text": marked("No approved text could be sent."),
}
"""Why a thread waits, by what its last message got; a reason for silence is told as it is."""

MUST_GO_ON = marked("Somebody must look at this conversation.")
WROTE_AGAIN = marked("The person has written again since a worker took the conversation.")
NOT_SENT = marked("An answer did not go out.")

BUSINESS_SUITE = "https://business.facebook.com/latest/inbox/all?asset_id={page_id}"
"""The page's inbox, not one conversation: a person's id has no place in an address that browsers keep."""

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Line:
    """A thread in the list. ``text`` is the last thing that its person wrote, masked."""

    entry: Entry
    text: str | None
    why: str | None

    @property
    def thread(self) -> ThreadRow:
        return self.entry.thread


@dataclass(frozen=True, kw_only=True)
class Said:
    """A message with its text; None where it has been taken back or held none.

    An answer of several messages tells its versions once, with the last of them. ``label`` is under what
    a misunderstood message was collected.
    """

    message: MessageRow
    text: str | None
    shows_versions: bool
    label: str | None

    @property
    def is_inbound(self) -> bool:
        return self.message.direction is Direction.INBOUND


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a worker is writing, as the form came back; ``digest`` of words of which a warning was shown."""

    text: str = ""
    search: str = ""
    problem: SocialBotError | None = None
    concerns: Sequence[Concern] = ()
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What may be done in the thread, and the words that are at hand for it."""

    window: speaking.Window | None
    refusal: str | None
    elsewhere: str | None
    language: str
    phrases: Sequence[tuple[str, str]] = field(default_factory=tuple)


@routes.get("/inbox")
def threads(visit: Staff, show: str = "", page: str = "", number: int = 1) -> Response:
    database, now = visit.site.bot.database, visit.moments.now
    shown = Show(show) if show in set(Show) else Show.OPEN
    with database.read() as session:
        everyone = pages.everyone(session)
        page_id = page if page in {each.id for each in everyone} else None
        listing = queue.list_inbox(
            session, visit.organisation, show=shown, page_id=page_id, number=number, now=now
        )
    return render(
        visit,
        "inbox.html",
        listing=listing,
        lines=[_line(entry, database.cipher) for entry in listing.entries],
        pages={each.id: each.name for each in everyone},
        show=shown,
        shown=SHOWN,
        page_id=page_id,
    )


@routes.get("/inbox/{thread_id}")
def thread(thread_id: int, visit: Staff, done: str = "", label: str = "") -> Response:
    del label
    return _show(visit, thread_id, Draft(), done=done)


@routes.get("/inbox/{thread_id}/answer")
def back_to_thread(thread_id: int, visit: Staff) -> Response:
    """The address of a form that came back with a warning, loaded anew."""
    del visit
    return see_other(f"/inbox/{thread_id}")


@routes.post("/inbox/{thread_id}/answer")
def answer(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    """Send a worker's own answer; or put a phrase into it, or search phrases, losing nothing that was typed."""
    text, search = form.get("text", "").replace("\r\n", "\n"), form.get("search", "")
    if form.get("use"):
        filled = _phrase(visit, form["use"], form.get("language", ""))
        text = f"{text.rstrip()}\n\n{filled}".strip() if filled else text
        return _show(visit, thread_id, Draft(text=text, search=search))
    if form.get("find"):
        return _show(visit, thread_id, Draft(text=text, search=search))
    bot = visit.site.bot
    try:
        with bot.database.write() as session:
            speaking.answer_in_person(
                session,
                thread_id,
                text,
                by=visit.worker.name,
                organisation=visit.organisation,
                cipher=bot.database.cipher,
                now=visit.moments.now,
                insisted=form.get("insisted") or None,
            )
    except Doubtful as doubt:
        draft = Draft(text=text, problem=doubt, concerns=doubt.concerns, digest=doubt.digest)
        return _show(visit, thread_id, draft, status=422)
    except InvalidInput as problem:
        return _show(visit, thread_id, Draft(text=text, problem=problem), status=422)
    return see_other(f"/inbox/{thread_id}?done=answered")


@routes.post("/inbox/{thread_id}/claim")
def claim(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        holding.claim(session, thread_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/inbox/{thread_id}?done=claimed")


@routes.post("/inbox/{thread_id}/take")
def take(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    """The worker takes care of what is open here: alerts of danger above all."""
    del form
    with visit.site.bot.database.write() as session:
        alerts.take(session, f"thread:{thread_id}", by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/inbox/{thread_id}?done=acknowledged")


@routes.post("/inbox/{thread_id}/move")
def move(thread_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        closing.move_to_client_system(session, thread_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/inbox/{thread_id}?done=moved_away")


@routes.post("/inbox/{thread_id}/misunderstood/{message_id}")
def misunderstood(thread_id: int, message_id: int, visit: Staff, form: StaffForm) -> Response:
    with visit.site.bot.database.write() as session:
        misunderstandings.mark(
            session, message_id, form.get("label", ""), by=visit.worker.name, now=visit.moments.now
        )
    return see_other(f"/inbox/{thread_id}?done=misunderstood")


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


def _show(visit: StaffVisit, thread_id: int, draft: Draft, *, done: str = "", status: int = 200) -> Response:
    database, now = visit.site.bot.database, visit.moments.now
    with database.read() as session:
        row = store.get_thread(session, thread_id)
        messages = store.list_messages(session, [thread_id])
        page = pages.get(session, row.page_id)
        labels = misunderstandings.labels_of(session, [message.id or 0 for message in messages])
        is_writer = visit.holds(Role.WRITER, row.page_id)
        is_held = row.owner is not Owner.BOT or row.waits_for_person or row.crisis is not None
        began = row.last_inbound_at if row.waits_for_person else None
        return render(
            visit,
            "thread.html",
            status=status,
            thread=row,
            page=page,
            said=_said(messages, labels, database.cipher),
            approvers=_approvers(session, messages),
            answering=_answering(session, visit, row, page, draft.search, now=now),
            draft=draft,
            why=_why(row, messages) if row.waits_for_person else None,
            waited=None if began is None else queue.waited(began, visit.organisation, now=now),
            is_danger_open=holding.is_danger_open(session, thread_id),
            next_waiting=queue.next_waiting(session, thread_id),
            may_answer=is_writer and row.forgotten_at is None,
            may_claim=is_writer and row.owner is Owner.BOT and row.forgotten_at is None,
            may_keep_data=may_keep_data(visit, row.page_id),
            may_read_originals=visit.holds(Role.DUTY),
            may_take=is_writer or visit.holds(Role.DUTY),
            may_hand_back=is_writer and is_held,
            business_suite=BUSINESS_SUITE.format(page_id=page.id) if page.is_live else None,
            labels=misunderstandings.LABELS,
            done=done,
        )


def _answering(
    session: Session, visit: StaffVisit, row: ThreadRow, page: PageRow, search: str, *, now: datetime
) -> Answering:
    organisation = visit.organisation
    language = row.language if row.language in LANGUAGES else organisation.languages[0]
    today = organisation.today(now)
    refusal = speaking.refusal(row.state, row.last_inbound_at, now)
    library = load_library(session, (), approved_only=page.is_live, today=today)
    return Answering(
        window=speaking.window(row.last_inbound_at, now),
        refusal=refusal,
        elsewhere=speaking.phone_text(library, organisation, language or "fi", now=now) if refusal else None,
        language=language or "fi",
        phrases=texts.find_phrases(
            texts.list_states(session, today=today), organisation, language or "fi", words=search, now=now
        ),
    )


def _phrase(visit: StaffVisit, key: str, language: str) -> str | None:
    now, organisation = visit.moments.now, visit.organisation
    with visit.site.bot.database.read() as session:
        states = texts.list_states(session, today=organisation.today(now))
    found = texts.find_phrases(states, organisation, language, words="", now=now)
    return dict(found).get(key)


def _line(entry: Entry, cipher: Cipher) -> Line:
    why = _why(entry.thread, [entry.last] if entry.last else []) if entry.thread.waits_for_person else None
    return Line(entry=entry, text=_text(entry.last, cipher) if entry.last else None, why=why)


def _why(thread: ThreadRow, messages: Sequence[MessageRow]) -> str | None:
    """Why it waits, as a sentence to be translated; None in danger, which says it all."""
    if thread.crisis is not None:
        return None
    last = messages[-1] if messages else None
    if last is not None and last.direction is Direction.OUTBOUND and last.by is not None:
        return NOT_SENT
    inbound = next((each for each in reversed(messages) if each.direction is Direction.INBOUND), None)
    note = (inbound.note if inbound else None) or ""
    if note.startswith("the thread is held"):
        return WROTE_AGAIN
    return WHY.get(note.removeprefix("answered: "), MUST_GO_ON)


def _said(messages: Sequence[MessageRow], labels: Mapping[int, str], cipher: Cipher) -> Sequence[Said]:
    last_of_answer = {message.answers_id: message.id for message in messages if message.versions}
    return [
        Said(
            message=message,
            text=_text(message, cipher),
            shows_versions=bool(message.versions) and last_of_answer[message.answers_id] == message.id,
            label=labels.get(message.id or 0),
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
