"""What the page does about a comment, written down before it is done; a unique key says what is done once."""

from datetime import datetime

from sqlmodel import Session

from social_bot.answering import comment_store as store
from social_bot.answering.comment_policy import PRIVATE_WINDOW
from social_bot.answering.comment_store import CommentRow, DeedKind, DeedRow, Outcome
from social_bot.answering.comment_texts import Written
from social_bot.answering.store import SendState
from social_bot.organisation import alerts, audit
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.approval import content_hash
from social_bot.storage.cipher import Cipher
from social_bot.storage.engine import Database, insert_new

BOT = "social_bot"
THE_PAGE = "the page at Facebook"
"""Who stands in the audit log for what was done at the platform: it does not say which colleague."""

ANSWERED_THERE = "the page has answered in this thread"


def write_reply(
    session: Session, comment: CommentRow, written: Written, *, by: str, now: datetime, cipher: Cipher
) -> bool:
    """The one public answer of the comment's thread; False where the thread has had it."""
    deed = _deed(comment, DeedKind.REPLY, by=by, now=now)
    deed.once_key, deed.target_sealed = comment.thread_index, comment.thread_sealed
    return _write(session, comment, deed, written, now=now, cipher=cipher)


def write_own_reply(
    session: Session,
    comment: CommentRow,
    text: str,
    *,
    by: str,
    now: datetime,
    cipher: Cipher,
    doubts: str = "",
) -> bool:
    """What a person answers in their own words, as the page; False where the same words went out already."""
    taken = store.find_once(session, comment.page_id, DeedKind.REPLY, comment.thread_index, for_update=True)
    mark_answered(session, comment.page_id, comment.thread_index, taken, by=by, now=now)
    deed = _deed(comment, DeedKind.REPLY, by=by, now=now)
    deed.once_key = content_hash({"comment": comment.comment_index, "text": text})
    deed.target_sealed, deed.text_sealed = comment.thread_sealed, cipher.seal(text)
    if not insert_new(session, DeedRow, [deed.model_dump(exclude={"id"})]):
        return False
    note(session, comment, "comment.answer", by=by, now=now, versions=doubts)
    return True


def write_privately(
    session: Session, comment: CommentRow, written: Written, *, by: str, now: datetime, cipher: Cipher
) -> bool:
    """The one private message for the comment; False where there has been one."""
    deed = _deed(comment, DeedKind.PRIVATE, by=by, now=now)
    deed.once_key, deed.crisis = comment.comment_index, comment.crisis
    deed.window_until = comment.written_at + PRIVATE_WINDOW
    return _write(session, comment, deed, written, now=now, cipher=cipher)


def write_hiding(session: Session, comment: CommentRow, *, by: str, now: datetime) -> None:
    session.add(_deed(comment, DeedKind.HIDE, by=by, now=now))
    note(session, comment, "comment.hide", by=by, now=now)


def write_showing(session: Session, comment: CommentRow, *, by: str, now: datetime) -> None:
    session.add(_deed(comment, DeedKind.SHOW, by=by, now=now))
    note(session, comment, "comment.show", by=by, now=now)


def write_withdrawal(
    session: Session, comment: CommentRow, reply: DeedRow, *, by: str, now: datetime
) -> bool:
    """Take our own reply away; the thread gets no second one. False where that is being done already."""
    deed = _deed(comment, DeedKind.DELETE, by=by, now=now)
    deed.once_key, deed.target_sealed = reply.result_index, reply.result_sealed
    return _write(session, comment, deed, None, now=now, cipher=None)


def mark_answered(
    session: Session,
    page_id: str,
    thread_index: str,
    ours: DeedRow | None,
    *,
    now: datetime,
    by: str = THE_PAGE,
) -> None:
    """A person has answered the thread, here or at the platform: ours, if it still waits, does not go out."""
    if ours is not None and ours.send_state is SendState.PENDING:
        ours.send_state, ours.note, ours.once_key = SendState.DROPPED, ANSWERED_THERE, None
        comment = store.get_comment(session, ours.comment_id or 0, for_update=True)
        comment.settle(Outcome.ANSWERED_THERE, by=by, now=now)
        session.add_all((ours, comment))
        session.flush()
    marker = DeedRow(
        page_id=page_id,
        kind=DeedKind.REPLY,
        once_key=thread_index,
        by=by,
        written_at=now,
        send_state=SendState.SENT,
        done_at=now,
    )
    insert_new(session, DeedRow, [marker.model_dump(exclude={"id"})])


def confirm_done(deed: DeedRow, result_id: str | None, *, database: Database, now: datetime) -> None:
    """The platform did it, whatever we knew of it; ``result_id`` is our reply's id there."""
    deed.send_state, deed.note, deed.next_look_at, deed.done_at = SendState.SENT, None, None, now
    if result_id is not None and deed.kind is DeedKind.REPLY:
        deed.result_index, deed.result_sealed = database.index(result_id), database.cipher.seal(result_id)


def note(
    session: Session, comment: CommentRow, action: str, *, by: str, now: datetime, versions: str = ""
) -> None:
    """Into the audit log: who, what, why, and which texts."""
    detail = "; ".join(part for part in (comment.reason, versions) if part)
    audit.record(session, at=now, actor=by, action=action, subject=comment.subject, detail=detail)


def tell_of_missing_text(session: Session, comment: CommentRow, *, now: datetime) -> None:
    key = comment.keys[0] if comment.keys else comment.matter
    subject = f"text:{key}.{comment.languages[0]}"[:80]
    alerts.raise_alert(session, AlertKind.TEXT_UNAVAILABLE, subject, now=now)


def _deed(comment: CommentRow, kind: DeedKind, *, by: str, now: datetime) -> DeedRow:
    return DeedRow(
        page_id=comment.page_id,
        comment_id=comment.id,
        kind=kind,
        target_sealed=comment.comment_sealed,
        is_post=comment.is_post,
        is_automatic=by == BOT,
        by=by,
        written_at=now,
    )


def _write(
    session: Session,
    comment: CommentRow,
    deed: DeedRow,
    written: Written | None,
    *,
    now: datetime,
    cipher: Cipher | None,
) -> bool:
    if written is not None and cipher is not None:
        deed.text_sealed, deed.language = cipher.seal(written.text), written.language
        deed.versions = written.records
    if not insert_new(session, DeedRow, [deed.model_dump(exclude={"id"})]):
        return False
    versions = written.named if written else ""
    note(session, comment, f"comment.{deed.kind.value}", by=deed.by, now=now, versions=versions)
    return True
