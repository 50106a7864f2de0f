"""Applying one inbound event: what was written is recognised, decided on, and what follows is written down.

Whatever the state of a thread, danger and personal data are recognised first and staff are told.
"""

from dataclasses import dataclass, replace

from sqlmodel import Session

from social_bot.answering import holding, misunderstandings, store
from social_bot.answering.briefing import Briefing
from social_bot.answering.comments import Comments
from social_bot.answering.dialogue import decide
from social_bot.answering.history import gather_history
from social_bot.answering.outcomes import Answer, Decision, Inbound, Lane, Silence
from social_bot.answering.recognition import Models, Recognition, recognise
from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.answering.threads import owner_after
from social_bot.answering.writing import write_answer
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.errors import NotFound
from social_bot.organisation import alerts, pages, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.pages import PageRow
from social_bot.organisation.personal_data import mask
from social_bot.storage.engine import Database

_TAKEN_BACK = "taken back by its writer"


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Applies the events of one round, at the moment of its briefing."""

    database: Database
    models: Models
    briefing: Briefing
    own_app_id: str | None

    def apply(self, session: Session, event: InboundEvent, event_id: int) -> str:
        """Apply one event; the returned note says what was done, without a word of its content."""
        now = self.briefing.now
        try:
            page = pages.get(session, event.page_id)
        except NotFound:
            return "no page of ours"
        if event.kind is EventKind.FEED:
            comments = Comments(database=self.database, models=self.models, briefing=self.briefing)
            return comments.take(session, event, event_id, now=now)
        if event.kind is EventKind.POLICY:
            return holding.apply_policy(session, event, now=now)
        if event.contact_id is None or event.kind in (EventKind.TEST, EventKind.UNKNOWN):
            return "nothing to do"
        thread = self._thread(session, event)
        if event.kind is EventKind.STANDBY:
            holding.change_owner(
                thread, owner_after(event, thread.owner, own_app_id=self.own_app_id), now=now
            )
            session.add(thread)
        return self._apply_to_thread(session, page, thread, event)

    def _apply_to_thread(
        self, session: Session, page: PageRow, thread: ThreadRow, event: InboundEvent
    ) -> str:
        """On standby the same happens as elsewhere, in a thread that is held."""
        now = self.briefing.now
        match EventKind(event.action) if event.kind is EventKind.STANDBY and event.action else event.kind:
            case EventKind.MESSAGE | EventKind.POSTBACK | EventKind.UNSUPPORTED as kind:
                return self._receive(session, page, thread, replace(event, kind=kind))
            case EventKind.EDIT:
                return self._edit(session, page, thread, replace(event, kind=EventKind.EDIT))
            case EventKind.UNSEND:
                return self._take_back(session, thread, event)
            case EventKind.ECHO:
                return holding.hear_echo(
                    session, thread, event, own_app_id=self.own_app_id, database=self.database, now=now
                )
            case EventKind.HANDOVER:
                return holding.hear_handover(session, thread, event, own_app_id=self.own_app_id, now=now)
            case _:
                return "nothing to do"

    def _thread(self, session: Session, event: InboundEvent) -> ThreadRow:
        contact = event.contact_id or ""
        index = self.database.index(contact)
        thread = store.find_thread(session, event.page_id, index, for_update=True)
        if thread is None:
            thread = ThreadRow(
                page_id=event.page_id,
                contact_index=index,
                contact_sealed=self.database.cipher.seal(contact),
                created_at=self.briefing.now,
            )
            session.add(thread)
            session.flush()
        return thread

    def _receive(self, session: Session, page: PageRow, thread: ThreadRow, event: InboundEvent) -> str:
        """Something that a person wrote or pressed: recognise, decide, write down what follows."""
        known = self._known(session, event)
        if known is not None and known.note != _TAKEN_BACK:
            return "stored before"
        recognition = self._recognise(event, thread.language)
        if known is not None:  # taken back before it came: danger in it is answered all the same
            if recognition is not None and recognition.crisis is not None:
                self._answer(session, page, thread, event, recognition, edited=known)
            return _TAKEN_BACK
        return self._answer(session, page, thread, event, recognition)

    def _edit(self, session: Session, page: PageRow, thread: ThreadRow, event: InboundEvent) -> str:
        """An edited message is looked at for danger once more; nothing else of it is answered."""
        message = self._known(session, event)
        recognition = self._recognise(event, thread.language)
        if message is not None and event.text is not None and message.text_sealed is not None:
            message.text_sealed = self.database.cipher.seal(mask(event.text))
            session.add(message)
        if recognition is not None and recognition.crisis is not None:
            self._answer(session, page, thread, event, recognition, edited=message)
        return "edited"

    def _take_back(self, session: Session, thread: ThreadRow, event: InboundEvent) -> str:
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
                at=event.occurred_at or self.briefing.now,
                mid_index=self.database.index(event.message_id),
                note=_TAKEN_BACK,
            )
            session.add(message)
        return _TAKEN_BACK

    def _answer(
        self,
        session: Session,
        page: PageRow,
        thread: ThreadRow,
        event: InboundEvent,
        recognition: Recognition | None,
        *,
        edited: MessageRow | None = None,
    ) -> str:
        now, cipher = self.briefing.now, self.database.cipher
        inbound = Inbound(
            kind=event.kind,
            occurred_at=edited.at if edited is not None else event.occurred_at or now,
            recognition=recognition,
            payload=event.payload,
            has_attachment=event.has_attachment,
        )
        is_stopped = stop.holds_answers(stop.standing(session), thread.page_id)
        decision = decide(
            inbound,
            thread.state,
            desk=replace(self.briefing.desk, is_stopped=is_stopped),
            now=now,
            history=gather_history(session, thread.id or 0, event.text, cipher=cipher, now=now),
        )
        message = edited or self._inbound_row(thread, event, recognition, decision)
        if thread.crisis is not None or decision.crisis is not None:
            message.crisis = decision.crisis or message.crisis
            is_erased = event.text is None or (edited is not None and edited.text_sealed is None)
            message.original_sealed = None if is_erased else cipher.seal(event.text or "")
        session.add(message)
        session.flush()
        self._apply_decision(session, page, thread, message, event=event, decision=decision)
        return message.note or ""

    def _recognise(self, event: InboundEvent, language: str | None) -> Recognition | None:
        if not event.text or not event.text.strip() or event.payload is not None:
            return None
        return recognise(event.text, previous_language=language, models=self.models)

    def _inbound_row(
        self, thread: ThreadRow, event: InboundEvent, recognition: Recognition | None, decision: Decision
    ) -> MessageRow:
        outcome = decision.outcome
        text = None if event.text is None else self.database.cipher.seal(mask(event.text))
        # An edit of a message that we have not (yet) seen must not pass for that message.
        is_message = event.message_id is not None and event.kind is not EventKind.EDIT
        return MessageRow(
            thread_id=thread.id or 0,
            page_id=thread.page_id,
            direction=Direction.INBOUND,
            at=event.occurred_at or self.briefing.now,
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
        page: PageRow,
        thread: ThreadRow,
        message: MessageRow,
        *,
        event: InboundEvent,
        decision: Decision,
    ) -> None:
        now = self.briefing.now
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
            write_answer(
                session,
                thread,
                message,
                decision.outcome,
                library=self.briefing.library(session, is_live=page.is_live),
                organisation=self.briefing.organisation,
                cipher=self.database.cipher,
                now=now,
            )

    def _known(self, session: Session, event: InboundEvent) -> MessageRow | None:
        if event.message_id is None:
            return None
        return store.find_message(session, event.page_id, self.database.index(event.message_id))
