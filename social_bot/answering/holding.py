"""Who holds a thread: what echoes, handovers, takings back and workers change of it. Nothing is answered here."""

from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.answering import store
from social_bot.answering.comment_links import begin_from_comment
from social_bot.answering.store import MessageRow, SendState, ThreadRow
from social_bot.answering.threads import Owner, is_ours, owner_after, referred_deed, referred_message
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.errors import NotAllowed
from social_bot.organisation import alerts, audit, operators, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.roles import Role
from social_bot.storage.engine import Database

BLOCKED = (
    "Facebook has blocked this page from sending messages. Look at the page's support inbox at Facebook."
)
BY_ITSELF = "social_bot"


def change_owner(thread: ThreadRow, owner: Owner, *, now: datetime) -> None:
    """Write down who holds the thread; a bot that speaks again after a person says anew that it is one."""
    if owner is thread.owner:
        return
    if owner is Owner.BOT:
        thread.is_disclosed, thread.held_since = False, None
    elif thread.owner is Owner.BOT:
        thread.held_since = now
    thread.owner = owner


def hear_echo(
    session: Session,
    thread: ThreadRow,
    event: InboundEvent,
    *,
    own_app_id: str | None,
    database: Database,
    now: datetime,
) -> str:
    """Our own echo confirms a message; any other means that a person or another app has spoken."""
    if is_ours(event, own_app_id):
        deed_id = referred_deed(event.reference)
        if deed_id is not None:
            return begin_from_comment(session, thread, deed_id, event, database=database, now=now)
        own_id = referred_message(event.reference)
        ours = None if own_id is None else store.get_message(session, own_id, for_update=True)
        if ours is None or ours.thread_id != thread.id:
            return "our own echo"
        confirm_sent(ours, event.message_id, database=database, now=now)
        note_spoken(thread, ours, now=now)
        session.add_all((ours, thread))
        return "our own message"
    spoke_at = min(event.occurred_at or now, now)
    thread.human_spoke_at = max(thread.human_spoke_at or spoke_at, spoke_at)
    thread.last_outbound_at = max(thread.last_outbound_at or spoke_at, spoke_at)
    if thread.last_inbound_at is None or spoke_at >= thread.last_inbound_at:
        thread.waits_for_person = thread.crisis is not None
    if event.kind is EventKind.ECHO:
        change_owner(thread, owner_after(event, thread.owner, own_app_id=own_app_id), now=now)
    session.add(thread)
    return "a person or another app has spoken"


def hear_handover(
    session: Session, thread: ThreadRow, event: InboundEvent, *, own_app_id: str | None, now: datetime
) -> str:
    change_owner(thread, owner_after(event, thread.owner, own_app_id=own_app_id), now=now)
    session.add(thread)
    return f"the thread is held: {thread.owner.value}"


def claim(session: Session, thread_id: int, *, by: str, now: datetime) -> ThreadRow:
    """A worker takes the thread: the bot is silent in it until it is handed back."""
    thread = store.get_thread(session, thread_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=thread.page_id)
    if thread.owner is not Owner.BOT:
        raise NotAllowed("A person or another app holds this conversation already.")
    change_owner(thread, Owner.HUMAN, now=now)
    session.add(thread)
    audit.record(session, at=now, actor=by, action="thread.claim", subject=f"thread:{thread_id}")
    return thread


def hand_back(session: Session, thread_id: int, *, by: str, now: datetime) -> ThreadRow:
    """A worker gives the thread back: from now on the bot may answer again.

    Raises ``NotAllowed`` while nobody has taken an alert of danger in it.
    """
    thread = store.get_thread(session, thread_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=thread.page_id)
    if thread.owner is Owner.BOT and not thread.waits_for_person and thread.crisis is None:
        raise NotAllowed("The bot answers in this thread already.")
    if is_danger_open(session, thread_id):
        raise NotAllowed(
            "Somebody may be in danger here. Take the alert first, then give the conversation back."
        )
    change_owner(thread, Owner.BOT, now=now)
    thread.waits_for_person, thread.is_disclosed, thread.crisis = False, False, None
    session.add(thread)
    audit.record(session, at=now, actor=by, action="thread.hand_back", subject=f"thread:{thread_id}")
    return thread


def is_danger_open(session: Session, thread_id: int) -> bool:
    """Whether nobody has taken an alert of danger in the thread."""
    subject = f"thread:{thread_id}"
    return any(alert.kind is AlertKind.CRISIS for alert in alerts.unacknowledged(session, subject=subject))


def hand_back_quiet(session: Session, *, after: timedelta | None, now: datetime) -> int:
    """Give back threads in which nobody has written for ``after``; how many. Never one in danger.

    Without ``after`` the organisation has not asked for it. What waits for a person goes on waiting.
    """
    if after is None:
        return 0
    quiet = store.list_quiet_held(session, quiet_since=now - after)
    for thread in quiet:
        change_owner(thread, Owner.BOT, now=now)
        session.add(thread)
        audit.record(
            session, at=now, actor=BY_ITSELF, action="thread.hand_back", subject=f"thread:{thread.id}"
        )
    return len(quiet)


def confirm_sent(message: MessageRow, mid: str | None, *, database: Database, now: datetime) -> None:
    """The platform shows our message: it was sent, whatever we knew of it."""
    if message.send_state in (SendState.SENDING, SendState.UNCONFIRMED, SendState.PENDING):
        message.send_state, message.note, message.next_look_at = SendState.SENT, None, None
        message.at, message.exact_sealed = now, None
    if mid is not None and message.mid_index is None:
        message.mid_index = database.index(mid)


def note_spoken(thread: ThreadRow, message: MessageRow, *, now: datetime) -> None:
    """A worker's own message has gone out: a person is in the conversation."""
    if message.by is None or message.send_state is not SendState.SENT:
        return
    thread.human_spoke_at = max(thread.human_spoke_at or now, now)
    thread.last_outbound_at = max(thread.last_outbound_at or now, now)


def apply_policy(session: Session, event: InboundEvent, *, now: datetime) -> str:
    """The platform bars a page from writing, or lets it write again."""
    if event.action == "block":
        pages.disconnect(session, event.page_id, reason=BLOCKED, now=now)
        return "the page is blocked"
    page = pages.get(session, event.page_id)
    if event.action == "unblock" and page.pause_reason == BLOCKED:
        page.is_disconnected, page.pause_reason = False, None
        session.add(page)
    return "a policy event"
