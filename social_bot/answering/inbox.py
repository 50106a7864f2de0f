"""Answering: each event is recognised, decided and applied once; answers are written down before they go.

Whatever the state of a thread, danger and personal data are recognised first and staff are told.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from social_bot.answering import holding, misunderstandings, store, topic_choices
from social_bot.answering.comments import Comments
from social_bot.answering.dialogue import decide
from social_bot.answering.history import gather_desk, gather_history
from social_bot.answering.intake import open_event
from social_bot.answering.outcomes import Answer, Decision, Inbound, Lane, Silence
from social_bot.answering.recognition import Models, Recognition, recognise
from social_bot.answering.replies import load_library
from social_bot.answering.store import Direction, EventRow, MessageRow, ThreadRow
from social_bot.answering.threads import owner_after
from social_bot.answering.writing import write_answer
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.errors import NotFound
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import alerts, duty, pages, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.organisation.personal_data import mask
from social_bot.storage.engine import Database

_LEASE = timedelta(seconds=10)
_TRIES = 3
_TAKEN_BACK = "taken back by its writer"

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
        if claimed:
            fault_point("answering.claimed")
        for event_id in claimed:
            try:
                self._deal_with(event_id or 0, now=now)
            except (OperationalError, InterfaceError):  # the database's trouble, not the event's
                log.exception("the database does not take an event", extra=fields(event=event_id))
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
            session.flush()
            fault_point("answering.decided")
        fault_point("answering.done")

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
            comments = Comments(database=self.database, models=self.models, gather=self.gather)
            return comments.take(session, event, event_id, now=now)
        if event.kind is EventKind.POLICY:
            return holding.apply_policy(session, event, now=now)
        if event.contact_id is None or event.kind in (EventKind.TEST, EventKind.UNKNOWN):
            return "nothing to do"
        thread = self._thread(session, event, now=now)
        if event.kind is EventKind.STANDBY:
            holding.change_owner(
                thread, owner_after(event, thread.owner, own_app_id=self.own_app_id), now=now
            )
            session.add(thread)
        return self._apply_to_thread(session, thread, event, now=now)

    def _apply_to_thread(
        self, session: Session, thread: ThreadRow, event: InboundEvent, *, now: datetime
    ) -> str:
        """On standby the same happens as elsewhere, in a thread that is held."""
        match EventKind(event.action) if event.kind is EventKind.STANDBY and event.action else event.kind:
            case EventKind.MESSAGE | EventKind.POSTBACK | EventKind.UNSUPPORTED as kind:
                return self._receive(session, thread, replace(event, kind=kind), now=now)
            case EventKind.EDIT:
                return self._edit(session, thread, replace(event, kind=EventKind.EDIT), now=now)
            case EventKind.UNSEND:
                return self._take_back(session, thread, event, now=now)
            case EventKind.ECHO:
                return holding.hear_echo(
                    session, thread, event, own_app_id=self.own_app_id, database=self.database, now=now
                )
            case EventKind.HANDOVER:
                return holding.hear_handover(session, thread, event, own_app_id=self.own_app_id, now=now)
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
        known = self._known(session, event)
        if known is not None and known.note != _TAKEN_BACK:
            return "stored before"
        recognition = self._recognise(event, thread.language)
        if known is not None:  # taken back before it came: danger in it is answered all the same
            if recognition is not None and recognition.crisis is not None:
                self._answer(session, thread, event, recognition, known, now=now)
            return _TAKEN_BACK
        return self._answer(session, thread, event, recognition, None, now=now)

    def _edit(self, session: Session, thread: ThreadRow, event: InboundEvent, *, now: datetime) -> str:
        """An edited message is looked at for danger once more; nothing else of it is answered."""
        message = self._known(session, event)
        recognition = self._recognise(event, thread.language)
        if message is not None and event.text is not None and message.text_sealed is not None:
            message.text_sealed = self.database.cipher.seal(mask(event.text))
            session.add(message)
        if recognition is not None and recognition.crisis is not None:
            self._answer(session, thread, event, recognition, message, now=now)
        return "edited"

    def _answer(
        self,
        session: Session,
        thread: ThreadRow,
        event: InboundEvent,
        recognition: Recognition | None,
        edited: MessageRow | None,
        *,
        now: datetime,
    ) -> str:
        inbound = Inbound(
            kind=event.kind,
            occurred_at=edited.at if edited is not None else event.occurred_at or now,
            recognition=recognition,
            payload=event.payload,
            has_attachment=event.has_attachment,
        )
        organisation = self.gather(session)
        decision = decide(
            inbound,
            thread.state,
            desk=gather_desk(
                organisation,
                now=now,
                somebody_reads=duty.is_somebody_on_duty(session, organisation, now=now),
                is_stopped=stop.holds_answers(stop.standing(session), thread.page_id),
                topics_off=topic_choices.turned_off(session),
            ),
            now=now,
            history=gather_history(session, thread.id or 0, event.text, cipher=self.database.cipher, now=now),
        )
        message = edited or self._inbound_row(thread, event, recognition, decision, now=now)
        if thread.crisis is not None or decision.crisis is not None:
            message.crisis = decision.crisis or message.crisis
            is_erased = event.text is None or (edited is not None and edited.text_sealed is None)
            message.original_sealed = None if is_erased else self.database.cipher.seal(event.text or "")
        session.add(message)
        session.flush()
        self._apply_decision(
            session, thread, message, decision, event=event, organisation=organisation, now=now
        )
        return message.note or ""

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
        # An edit of a message that we have not (yet) seen must not pass for that message.
        is_message = event.message_id is not None and event.kind is not EventKind.EDIT
        return MessageRow(
            thread_id=thread.id or 0,
            page_id=thread.page_id,
            direction=Direction.INBOUND,
            at=event.occurred_at or now,
            mid_index=self.database.index(event.message_id or "") if is_message else None,
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
        *,
        event: InboundEvent,
        organisation: Organisation,
        now: datetime,
    ) -> None:
        thread.take(decision.thread)
        thread.last_inbound_at = max(thread.last_inbound_at or message.at, message.at)
        thread.is_open, thread.closed_at = True, None
        thread.topic = message.topic if message.lane is Lane.GENERAL else thread.topic
        thread.waits_for_person = thread.waits_for_person or decision.waits_for_person
        if decision.crisis is not None:
            thread.crisis = decision.crisis
            occasion = f"edit:{event.key}"[:80] if event.kind is EventKind.EDIT else str(message.id)
            alerts.raise_alert(session, AlertKind.CRISIS, f"thread:{thread.id}", now=now, occasion=occasion)
        session.add(thread)
        if isinstance(decision.outcome, Answer):
            page = pages.get(session, thread.page_id)
            write_answer(
                session,
                thread,
                message,
                decision.outcome,
                library=load_library(
                    session,
                    self.models.topics,
                    approved_only=page.is_live,
                    today=organisation.today(now),
                ),
                organisation=organisation,
                cipher=self.database.cipher,
                now=now,
            )

    def _take_back(self, session: Session, thread: ThreadRow, event: InboundEvent, *, now: datetime) -> str:
        """Nothing is kept of it, and nothing will be: the message itself may be delivered after this."""
        message = self._known(session, event)
        if message is not None:
            message.text_sealed = message.original_sealed = None
            misunderstandings.forget_message(session, message.id or 0)
            session.add(message)
        elif event.message_id is not None and event.item is None:
            message = MessageRow(
                thread_id=thread.id or 0,
                page_id=thread.page_id,
                direction=Direction.INBOUND,
                at=event.occurred_at or now,
                mid_index=self.database.index(event.message_id),
                note=_TAKEN_BACK,
            )
            session.add(message)
        return _TAKEN_BACK

    def _known(self, session: Session, event: InboundEvent) -> MessageRow | None:
        if event.message_id is None:
            return None
        return store.find_message(session, event.page_id, self.database.index(event.message_id))
