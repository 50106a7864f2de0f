"""Answering: each event is recognised, decided and applied once; answers are written down before they go.

Whatever the state of a thread, danger and personal data are recognised first and staff are told.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.answering import store
from social_bot.answering.dialogue import Answer, Decision, Inbound, Lane, Silence, decide
from social_bot.answering.intake import open_event
from social_bot.answering.recognition import Models, Recognition, recognise
from social_bot.answering.replies import Reply, compose, load_library
from social_bot.answering.store import Direction, EventRow, MessageRow, SendState, ThreadRow
from social_bot.answering.threads import REPLY_WINDOW, Owner, owner_after, referred_message
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.errors import NotAllowed, NotFound
from social_bot.log import fields
from social_bot.organisation import alerts, audit, operators, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.organisation.personal_data import mask
from social_bot.organisation.roles import Role
from social_bot.storage.engine import Database

BLOCKED = (
    "Facebook has blocked this page from sending messages. Look at the page's support inbox at Facebook."
)
_LEASE = timedelta(seconds=10)
_TRIES = 3
_PUBLIC = ("comment", "post")
_BY_PERSON = (EventKind.MESSAGE, EventKind.POSTBACK, EventKind.UNSUPPORTED)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """Everything that answering needs; made once by bootstrap."""

    database: Database
    models: Models
    gather: Callable[[Session], Organisation]
    own_app_id: str | None

    def answer_events(self, *, now: datetime, limit: int = 50) -> int:
        """Deal with open events in the order in which they happened; how many there were."""
        with self.database.write() as session:
            claimed = [
                row.id for row in store.claim_events(session, now=now, until=now + _LEASE, limit=limit)
            ]
        for event_id in claimed:
            try:
                self._deal_with(event_id or 0, now=now)
            except Exception:
                log.exception("an event could not be dealt with", extra=fields(event=event_id))
                self._set_aside(event_id or 0, now=now)
        return len(claimed)

    def _deal_with(self, event_id: int, *, now: datetime) -> None:
        with self.database.write() as session:
            row = session.get(EventRow, event_id, with_for_update=True)
            if row is None or row.is_done or row.content_sealed is None:
                return
            event = open_event(row.content_sealed, self.database.cipher)
            row.note = self._apply(session, event, event_id, now=now)
            row.is_done, row.content_sealed = True, None
            session.add(row)

    def _set_aside(self, event_id: int, *, now: datetime) -> None:
        """An event that breaks the program is not tried for ever: a person is told that something waits."""
        with self.database.write() as session:
            row = session.get(EventRow, event_id)
            if row is None or row.attempts < _TRIES:
                return  # its lease runs out and it is tried again
            row.is_done, row.note = True, "could not be dealt with"
            session.add(row)
            alerts.raise_alert(session, AlertKind.MESSAGE_FAILED, f"event:{event_id}", now=now)

    def _apply(self, session: Session, event: InboundEvent, event_id: int, *, now: datetime) -> str:
        """Apply one event; the returned note says what was done, without a word of its content."""
        try:
            pages.get(session, event.page_id)
        except NotFound:
            return "no page of ours"
        if event.kind is EventKind.FEED:
            return self._look_at_public(session, event, event_id, now=now)
        if event.kind is EventKind.POLICY:
            return _apply_policy(session, event, now=now)
        if event.contact_id is None or event.kind in (EventKind.TEST, EventKind.UNKNOWN):
            return "nothing to do"
        thread = self._thread(session, event, now=now)
        match event.kind:
            case EventKind.MESSAGE | EventKind.POSTBACK | EventKind.UNSUPPORTED:
                return self._receive(session, thread, event, now=now)
            case EventKind.STANDBY:
                return self._stand_by(session, thread, event, now=now)
            case EventKind.ECHO:
                return self._hear_echo(session, thread, event, now=now)
            case EventKind.HANDOVER:
                thread.owner = owner_after(event, thread.owner, own_app_id=self.own_app_id)
                session.add(thread)
                return f"the thread is held: {thread.owner.value}"
            case EventKind.EDIT:
                return self._edit(session, thread, event, now=now)
            case EventKind.UNSEND:
                return self._purge(session, event)
            case _:
                return "nothing to do"

    def _thread(self, session: Session, event: InboundEvent, *, now: datetime) -> ThreadRow:
        contact = event.contact_id or ""
        index = self.database.index(contact)
        thread = store.find_thread(session, event.page_id, index, for_update=True)
        if thread is None:
            sealed = self.database.cipher.seal(contact)
            thread = ThreadRow(
                page_id=event.page_id, contact_index=index, contact_sealed=sealed, created_at=now
            )
            session.add(thread)
            session.flush()
        return thread

    def _receive(self, session: Session, thread: ThreadRow, event: InboundEvent, *, now: datetime) -> str:
        """Something that a person wrote or pressed: recognise, decide, write down what follows."""
        if self._known(session, event) is not None:
            return "stored before"
        recognition = self._recognise(event, thread.language)
        inbound = Inbound(
            kind=event.kind,
            occurred_at=event.occurred_at or now,
            recognition=recognition,
            payload=event.payload,
            has_attachment=event.has_attachment,
        )
        organisation = self.gather(session)
        local = now.astimezone(organisation.zone).replace(tzinfo=None)
        decision = decide(inbound, thread.state, is_open=organisation.hours.is_open(local), now=now)
        message = self._inbound_row(thread, event, recognition, decision, now=now)
        session.add(message)
        session.flush()
        self._apply_decision(session, thread, message, decision, organisation, now=now)
        return message.note or ""

    def _stand_by(self, session: Session, thread: ThreadRow, event: InboundEvent, *, now: datetime) -> str:
        """Another app or a person holds the thread: what the resident writes is still looked at for danger."""
        thread.owner = owner_after(event, thread.owner, own_app_id=self.own_app_id)
        session.add(thread)
        if event.action in _BY_PERSON:
            return self._receive(session, thread, event, now=now)
        return "on standby"

    def _recognise(self, event: InboundEvent, language: str | None) -> Recognition | None:
        if not event.text or not event.text.strip() or event.payload is not None:
            return None
        return recognise(event.text, previous_language=language, models=self.models)

    def _inbound_row(
        self,
        thread: ThreadRow,
        event: InboundEvent,
        recognition: Recognition | None,
        decision: Decision,
        *,
        now: datetime,
    ) -> MessageRow:
        outcome = decision.outcome
        text = None if event.text is None else self.database.cipher.seal(mask(event.text))
        return MessageRow(
            thread_id=thread.id or 0,
            page_id=thread.page_id,
            direction=Direction.INBOUND,
            at=event.occurred_at or now,
            mid_index=self.database.index(event.message_id) if event.message_id else None,
            text_sealed=text,
            lane=outcome.lane if isinstance(outcome, Answer) else None,
            topic=recognition.topics[0].topic if recognition and recognition.topics else None,
            language=recognition.language if recognition else None,
            crisis=decision.crisis,
            personal_data=[kind.value for kind in recognition.personal_data] if recognition else [],
            note=outcome.reason if isinstance(outcome, Silence) else f"answered: {outcome.key}",
        )

    def _apply_decision(
        self,
        session: Session,
        thread: ThreadRow,
        message: MessageRow,
        decision: Decision,
        organisation: Organisation,
        *,
        now: datetime,
    ) -> None:
        thread.take(decision.thread)
        thread.last_inbound_at = max(thread.last_inbound_at or message.at, message.at)
        thread.is_open = True
        thread.topic = message.topic if message.lane is Lane.GENERAL else thread.topic
        thread.waits_for_person = thread.waits_for_person or decision.waits_for_person
        if decision.crisis is not None:
            thread.crisis = decision.crisis
            alerts.raise_alert(
                session, AlertKind.CRISIS, f"thread:{thread.id}", now=now, occasion=str(message.id)
            )
        session.add(thread)
        if isinstance(decision.outcome, Answer):
            self._write_answer(session, thread, message, decision.outcome, organisation, now=now)

    def _write_answer(
        self,
        session: Session,
        thread: ThreadRow,
        message: MessageRow,
        answer: Answer,
        organisation: Organisation,
        *,
        now: datetime,
    ) -> None:
        page = pages.get(session, thread.page_id)
        library = load_library(session, self.models.topics, approved_only=page.is_live)
        reply = compose(answer, library, organisation, now=now)
        used = {version.key for version in reply.versions} if reply else set()
        if "disclosure" in answer.parts and "disclosure" not in used:
            thread.is_disclosed = False  # it is said with the next answer that can
        if reply is None or reply.main.key != answer.key:
            subject = f"text:{answer.key}.{answer.languages[0]}"
            alerts.raise_alert(session, AlertKind.TEXT_UNAVAILABLE, subject, now=now)
        if reply is None:
            message.note = "no approved text"
            thread.waits_for_person = True
            session.add_all((message, thread))
            return
        for row in self._outbound_rows(thread, message, answer, reply, now=now):
            session.add(row)
            session.flush()  # two messages of one answer are sent in the order of their ids

    def _outbound_rows(
        self, thread: ThreadRow, message: MessageRow, answer: Answer, reply: Reply, *, now: datetime
    ) -> Sequence[MessageRow]:
        rows = [
            MessageRow(
                thread_id=thread.id or 0,
                page_id=thread.page_id,
                direction=Direction.OUTBOUND,
                at=now,
                text_sealed=self.database.cipher.seal(text),
                lane=answer.lane,
                language=reply.main.language,
                is_automatic=True,
                answers_id=message.id,
                versions=[
                    {
                        "key": part.key,
                        "language": part.language,
                        "version": part.version,
                        "hash": part.content_hash,
                    }
                    for part in reply.versions
                ],
                window_until=message.at + REPLY_WINDOW,
                send_state=SendState.PENDING,
            )
            for text in reply.texts
        ]
        rows[-1].quick_replies = [asdict(part) for part in reply.quick_replies]
        rows[-1].buttons = [asdict(part) for part in reply.buttons]
        return rows

    def _hear_echo(self, session: Session, thread: ThreadRow, event: InboundEvent, *, now: datetime) -> str:
        """Our own echo confirms a message; any other means that a person or another app has spoken."""
        own_id = referred_message(event.reference)
        owner = owner_after(event, thread.owner, own_app_id=self.own_app_id)
        if owner is thread.owner and own_id is not None:
            ours = store.get_message(session, own_id, for_update=True)
            if ours is not None and ours.thread_id == thread.id:
                confirm_sent(ours, event.message_id, database=self.database, now=now)
                session.add(ours)
                return "our own message"
        if owner is thread.owner:
            return "our own echo" if owner is Owner.BOT else "the thread is held"
        thread.owner, thread.waits_for_person = owner, False
        session.add(thread)
        return "a person or another app has spoken"

    def _edit(self, session: Session, thread: ThreadRow, event: InboundEvent, *, now: datetime) -> str:
        message = self._known(session, event)
        recognition = self._recognise(event, thread.language)
        if message is not None and event.text is not None and message.text_sealed is not None:
            message.text_sealed = self.database.cipher.seal(mask(event.text))
            session.add(message)
        if recognition is not None and recognition.crisis is not None:
            thread.crisis, thread.waits_for_person = recognition.crisis, True
            session.add(thread)
            occasion = f"edit:{message.id if message else event.key}"[:80]
            alerts.raise_alert(session, AlertKind.CRISIS, f"thread:{thread.id}", now=now, occasion=occasion)
        return "edited"

    def _purge(self, session: Session, event: InboundEvent) -> str:
        message = self._known(session, event)
        if message is not None:
            message.text_sealed = None
            session.add(message)
        return "taken back by its writer"

    def _known(self, session: Session, event: InboundEvent) -> MessageRow | None:
        if event.message_id is None:
            return None
        return store.find_message(session, event.page_id, self.database.index(event.message_id))

    def _look_at_public(self, session: Session, event: InboundEvent, event_id: int, *, now: datetime) -> str:
        """A comment or a visitor's post: nothing of it is kept, but danger in it reaches staff."""
        if event.item not in _PUBLIC or event.contact_id == event.page_id or not event.text:
            return "nothing to do"
        recognition = recognise(event.text, previous_language=None, models=self.models)
        if recognition.crisis is None:
            return "no sign of danger"
        alerts.raise_alert(session, AlertKind.CRISIS, f"comment:{event_id}", now=now)
        return "danger in public"


def hand_back(session: Session, thread_id: int, *, by: str, now: datetime) -> ThreadRow:
    """A worker gives the thread back: from now on the bot may answer again.

    Raises ``NotAllowed`` while nobody has taken an alert of danger in it.
    """
    operators.require(session, by, Role.WRITER)
    thread = store.get_thread(session, thread_id, for_update=True)
    if thread.owner is Owner.BOT and not thread.waits_for_person:
        raise NotAllowed("The bot answers in this thread already.")
    in_danger = (AlertKind.CRISIS, f"thread:{thread_id}")
    if any((alert.kind, alert.subject) == in_danger for alert in alerts.unacknowledged(session)):
        raise NotAllowed(
            "Somebody may be in danger here. Take the alert first, then give the conversation back."
        )
    thread.owner, thread.waits_for_person, thread.is_disclosed = Owner.BOT, False, False
    thread.crisis = None
    session.add(thread)
    audit.record(session, at=now, actor=by, action="thread.hand_back", subject=f"thread:{thread_id}")
    return thread


def confirm_sent(message: MessageRow, mid: str | None, *, database: Database, now: datetime) -> None:
    """The platform shows our message: it was sent, whatever we knew of it."""
    if message.send_state in (SendState.SENDING, SendState.UNCONFIRMED, SendState.PENDING):
        message.send_state, message.note, message.next_look_at = SendState.SENT, None, None
        message.at = now
    if mid is not None and message.mid_index is None:
        message.mid_index = database.index(mid)


def _apply_policy(session: Session, event: InboundEvent, *, now: datetime) -> str:
    if event.action == "block":
        pages.disconnect(session, event.page_id, reason=BLOCKED, now=now)
        return "the page is blocked"
    page = pages.get(session, event.page_id)
    if event.action == "unblock" and page.pause_reason == BLOCKED:
        page.is_disconnected, page.pause_reason = False, None
        session.add(page)
    return "a policy event"
