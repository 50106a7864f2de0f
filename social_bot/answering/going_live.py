"""The moment at which a page goes live: who holds which conversation, and nothing old goes out.

The conversations of the last week are read at the platform, without their texts. Where the page has written
something that this program did not, a person did: that conversation begins in that person's hands.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from social_bot.answering import store
from social_bot.answering.holding import change_owner
from social_bot.answering.readiness import Check, Finding
from social_bot.answering.store import MessageRow, SendState, ThreadRow
from social_bot.answering.threads import Owner
from social_bot.channels.ports import Conversations, SeenThread
from social_bot.errors import NotAllowed, NotReady
from social_bot.organisation import audit, operators, pages
from social_bot.organisation.pages import PageRow
from social_bot.organisation.roles import Role
from social_bot.storage.engine import Database

LOOKS_BACK = timedelta(days=7)
WRITTEN_BEFORE = "written before the page went live"
"""Why an answer that was waiting then is not sent."""


@dataclass(frozen=True, kw_only=True)
class WentLive:
    """What happened then: conversations read, those that people hold, and answers that were thrown away."""

    read: int
    held: int
    dropped: int


def go_live(
    database: Database,
    page_id: str,
    *,
    conversations: Conversations,
    judge: Callable[[Session], Sequence[Finding]],
    accepted: Collection[Check],
    by: str,
    clock: Callable[[], datetime],
) -> WentLive:
    """A coordinator's word. ``accepted`` are the warnings that they have read and answer for.

    Raises ``NotReady`` while something is missing that every live page needs, ``NotAllowed`` for a warning
    that was not seen, and the platform's errors where the conversations cannot be read.
    """
    now = clock()
    with database.read() as session:
        operators.require(session, by, Role.COORDINATOR, page_id=page_id)
        _require_ready(judge(session), accepted)
        _require_connected(page := pages.get(session, page_id))
        access = pages.access(page, database.cipher)
    seen = conversations.recent_threads(access, since=now - LOOKS_BACK)
    now = clock()
    with database.write() as session:
        operators.require(session, by, Role.COORDINATOR, page_id=page_id)
        _require_ready(judge(session), accepted)
        _require_connected(page := pages.get(session, page_id))
        if page.is_live:
            raise NotAllowed("The page is live already.")
        held = start_in_hands(session, page_id, seen, database=database, now=now)
        dropped = drop_waiting(session, page_id)
        page.is_live, page.awaits_live, page.live_since, page.live_by = True, False, now, by
        session.add(page)
        audit.record(
            session,
            at=now,
            actor=by,
            action="page.go_live",
            subject=page_id,
            detail=f"accepted: {', '.join(sorted(accepted)) or 'nothing'}; held: {held} of {len(seen)}",
        )
    return WentLive(read=len(seen), held=held, dropped=dropped)


def start_in_hands(
    session: Session, page_id: str, seen: Sequence[SeenThread], *, database: Database, now: datetime
) -> int:
    """Give the conversations in which a person wrote to people; how many. No text of them is kept."""
    held = 0
    for each in seen:
        if not _has_other_writer(session, page_id, each, database=database):
            continue
        index = database.index(each.contact_id)
        thread = store.find_thread(session, page_id, index, for_update=True)
        if thread is None:
            thread = ThreadRow(
                page_id=page_id,
                contact_index=index,
                contact_sealed=database.cipher.seal(each.contact_id),
                created_at=now,
            )
        if thread.owner is Owner.BOT:
            change_owner(thread, Owner.HUMAN, now=now)
        session.add(thread)
        held += 1
    return held


def drop_waiting(session: Session, page_id: str) -> int:
    """Automatic answers that waited for the page to go live are old by then: a person looks instead."""
    waiting = session.exec(
        select(MessageRow)
        .where(
            MessageRow.page_id == page_id,
            MessageRow.send_state == SendState.PENDING,
            col(MessageRow.is_automatic).is_(True),
        )
        .with_for_update()
    ).all()
    for message in waiting:
        message.send_state, message.note = SendState.DROPPED, WRITTEN_BEFORE
        thread = store.get_thread(session, message.thread_id, for_update=True)
        thread.waits_for_person = True
        session.add_all((message, thread))
    return len(waiting)


def _require_connected(page: PageRow) -> None:
    if page.token_sealed is None or page.is_disconnected:
        raise NotReady("The page is not connected to Facebook. Connect it first.")


def _require_ready(findings: Sequence[Finding], accepted: Collection[Check]) -> None:
    if any(finding.blocks for finding in findings):
        raise NotReady(
            "The page cannot go live yet: the mandatory numbers must be set, and the crisis texts approved in"
            " every language of the organisation."
        )
    if any(finding.warns and finding.check not in accepted for finding in findings):
        raise NotAllowed(
            "Something is missing that you have not marked as known. Read the list again before you go live."
        )


def _has_other_writer(session: Session, page_id: str, seen: SeenThread, *, database: Database) -> bool:
    """Whether the page wrote there what this program did not send."""
    indexes = [database.index(message_id) for message_id in seen.page_messages]
    ours = session.exec(
        select(MessageRow.mid_index).where(
            MessageRow.page_id == page_id,
            col(MessageRow.mid_index).in_(indexes),
            col(MessageRow.is_automatic).is_(True),
        )
    ).all()
    return not set(indexes) <= set(ours)
