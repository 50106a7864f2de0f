"""A conversation that began with our private message for a comment: it knows what the comment was about."""

from datetime import datetime

from sqlmodel import Session

from social_bot.answering import comment_store, store
from social_bot.answering.comment_deeds import confirm_done
from social_bot.answering.comment_policy import PRIVATE
from social_bot.answering.comment_store import OPEN_STATES, DeedKind
from social_bot.answering.danger import crisis_key
from social_bot.answering.outcomes import Lane
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.channels.ports import InboundEvent
from social_bot.storage.engine import Database


def begin_from_comment(
    session: Session,
    thread: ThreadRow,
    deed_id: int,
    event: InboundEvent,
    *,
    database: Database,
    now: datetime,
) -> str:
    """The echo of a private message tells in which conversation it landed: danger shown there is danger here.

    Whoever answers it is asked to phone, and waits for a person, as in any thread in danger.
    """
    deed = comment_store.get_deed(session, deed_id, for_update=True)
    if deed is None or deed.kind is not DeedKind.PRIVATE or deed.page_id != thread.page_id:
        return "our own echo"
    if deed.send_state in OPEN_STATES:
        confirm_done(deed, None, database=database, now=now)
        session.add(deed)
    index = database.index(event.message_id or "")
    if store.find_message(session, thread.page_id, index) is not None:
        return "stored before"
    at = min(event.occurred_at or now, now)
    session.add(
        MessageRow(
            thread_id=thread.id or 0,
            page_id=thread.page_id,
            direction=Direction.OUTBOUND,
            at=at,
            mid_index=index if event.message_id else None,
            text_sealed=deed.text_sealed,
            lane=Lane.CRISIS if deed.crisis else Lane.INDIVIDUAL,
            language=deed.language,
            crisis=deed.crisis,
            is_automatic=deed.is_automatic,
            by=None if deed.is_automatic else deed.by,
            key=crisis_key(deed.crisis) if deed.crisis else PRIVATE,
            versions=deed.versions,
            send_state=SendState.SENT,
        )
    )
    thread.comment_id = deed.comment_id
    thread.crisis = thread.crisis or deed.crisis
    thread.language = thread.language or deed.language
    thread.last_outbound_at = max(thread.last_outbound_at or at, at)
    session.add(thread)
    return "our private message for a comment"
