"""Doing what has been decided about comments: the intent is committed before the call, a lost answer looked up."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.answering import comment_store as store
from social_bot.answering.comment_deeds import confirm_done
from social_bot.answering.comment_policy import STOPPED
from social_bot.answering.comment_store import CommentRow, DeedKind, DeedRow
from social_bot.answering.replies import are_approved
from social_bot.answering.store import SendState
from social_bot.answering.threads import COMMENT_REFERENCE
from social_bot.channels.ports import Commenter, OutgoingMessage, PageAccess
from social_bot.errors import OutcomeUnknown, PageUnavailable, PlatformError, RecipientUnreachable
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import alerts, pages, stop
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.pages import PageRow
from social_bot.storage.engine import Database

TRIES = 5
ANSWER_WAIT = timedelta(seconds=90)
"""After this a call without an answer is the work of a dead process."""

_RETRY_AFTER = timedelta(seconds=5)
_LOOK_AFTER = (timedelta(seconds=20), timedelta(minutes=2))
_CLOCK_SKEW = timedelta(minutes=2)
_REPEATABLE = (DeedKind.HIDE, DeedKind.SHOW, DeedKind.DELETE)
_GONE = "the comment is gone"
_HIDDEN = "the comment is hidden"

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Doing:
    """A deed as it is handed to the platform."""

    deed_id: int
    kind: DeedKind
    page: PageAccess
    target: str
    text: str
    is_post: bool
    is_automatic: bool
    since: datetime


def do_next(database: Database, *, commenter: Commenter, clock: Callable[[], datetime]) -> bool:
    """Do the next waiting deed; False when there is none."""
    found, doing = _write_intent(database, now=clock())
    if doing is None:
        return found
    fault_point("commenting.intent_written")
    try:
        refusal = _reason_to_leave(commenter, doing)
        result = None if refusal else _do(commenter, doing)
    except PlatformError as error:
        fault_point("commenting.refused")
        _record_error(database, doing.deed_id, error, now=clock())
    except Exception:
        log.exception("a deed broke", extra=fields(deed=doing.deed_id))
        _record_error(database, doing.deed_id, OutcomeUnknown("Sending broke."), now=clock())
    else:
        fault_point("commenting.answered")
        with database.write() as session:
            deed = store.get_deed(session, doing.deed_id, for_update=True)
            if deed is not None:  # pragma: no branch
                if refusal:
                    _drop(session, deed, refusal, now=clock())
                else:
                    _confirm(session, deed, result, database=database, now=clock())
        fault_point("commenting.success_recorded")
    return True


def look_for_unconfirmed(database: Database, *, commenter: Commenter, clock: Callable[[], datetime]) -> None:
    """Look at the platform for deeds whose call has no answer; what may be repeated is."""
    now = clock()
    with database.write() as session:
        for deed in store.list_begun(session, started_before=now - ANSWER_WAIT):
            _become_unconfirmed(deed)
            session.add(deed)
        due = [
            _doing(deed, pages.get(session, deed.page_id), database)
            for deed in store.list_to_look_for(session, now=now)
        ]
    if due:
        fault_point("commenting.stale_found")
    for doing in due:
        _look_for(database, doing, commenter=commenter, clock=clock)


def _write_intent(database: Database, *, now: datetime) -> tuple[bool, _Doing | None]:
    """Take the next deed and commit that it is being done, after asking again whether it still may be."""
    with database.write() as session:
        stops = stop.in_force(session)
        deed = store.claim_deed(session, now=now)
        if deed is None:
            return False, None
        page = pages.get(session, deed.page_id)
        comment = store.get_comment(session, deed.comment_id or 0, for_update=True)
        reason = _reason_to_drop(session, deed, comment, page, now=now)
        if deed.is_automatic and deed.crisis is None and stop.holds_answers(stops, deed.page_id):
            reason = STOPPED
        if reason is not None:
            _drop(session, deed, reason, now=now)
            return True, None
        if page.is_silent or not (page.may_write(now) or deed.crisis is not None):
            deed.retry_at = now + timedelta(minutes=1)
            session.add(deed)
            return True, None
        deed.send_state, deed.started_at, deed.attempts = SendState.SENDING, now, deed.attempts + 1
        session.add(deed)
        session.flush()
        fault_point("commenting.intent_ready")
        return True, _doing(deed, page, database)


def _reason_to_drop(
    session: Session, deed: DeedRow, comment: CommentRow, page: PageRow, *, now: datetime
) -> str | None:
    if deed.target_sealed is None or (comment.is_removed and deed.kind is not DeedKind.DELETE):
        return _GONE
    if deed.is_automatic and deed.kind is DeedKind.REPLY and comment.is_hidden:
        return _HIDDEN
    if deed.window_until is not None and now >= deed.window_until:
        return "the platform's seven days have passed"
    hashes = {str(version["hash"]) for version in deed.versions}
    if page.is_live and not are_approved(session, hashes):
        return "a text of it is not approved"  # written while the page was one to practise on
    return None


def _doing(deed: DeedRow, page: PageRow, database: Database) -> _Doing:
    cipher = database.cipher
    return _Doing(
        deed_id=deed.id or 0,
        kind=deed.kind,
        page=pages.access(page, cipher),
        target=cipher.open(deed.target_sealed or b""),
        text=cipher.open(deed.text_sealed) if deed.text_sealed else "",
        is_post=deed.is_post,
        is_automatic=deed.is_automatic,
        since=(deed.started_at or deed.written_at) - _CLOCK_SKEW,
    )


def _reason_to_leave(commenter: Commenter, doing: _Doing) -> str | None:
    """Nobody looks over an automatic public answer, so the comment itself is looked at before it goes."""
    if doing.kind is not DeedKind.REPLY or not doing.is_automatic:
        return None
    seen = commenter.read(doing.page, doing.target)
    if seen is None:  # it may be so new that it cannot be read yet; a removal is told by an event
        raise PageUnavailable(
            "Facebook does not show the comment. Look at the page; the comment may have been removed."
        )
    return _HIDDEN if seen.is_hidden else None


def _do(commenter: Commenter, doing: _Doing) -> str | None:
    match doing.kind:
        case DeedKind.REPLY:
            return commenter.reply(doing.page, doing.target, text=doing.text)
        case DeedKind.PRIVATE:
            message = OutgoingMessage(text=doing.text, reference=f"{COMMENT_REFERENCE}{doing.deed_id}")
            return commenter.reply_privately(doing.page, doing.target, message, is_post=doing.is_post)
        case DeedKind.HIDE:
            commenter.hide(doing.page, doing.target)
        case DeedKind.SHOW:
            commenter.show(doing.page, doing.target)
        case DeedKind.DELETE:
            commenter.delete(doing.page, doing.target)
    return None


def _confirm(
    session: Session, deed: DeedRow, result: str | None, *, database: Database, now: datetime
) -> None:
    if deed.send_state is SendState.SENT:
        return  # an event has told of it meanwhile
    confirm_done(deed, result, database=database, now=now)
    session.add(deed)
    if deed.kind in (DeedKind.HIDE, DeedKind.SHOW):
        comment = store.get_comment(session, deed.comment_id or 0, for_update=True)
        comment.is_hidden = deed.kind is DeedKind.HIDE
        session.add(comment)


def _record_error(database: Database, deed_id: int, error: PlatformError, *, now: datetime) -> None:
    with database.write() as session:
        deed = store.get_deed(session, deed_id, for_update=True)
        if deed is None or deed.send_state is not SendState.SENDING:
            return  # an event has confirmed it meanwhile
        deed.note = error.sentence
        may_repeat = isinstance(error, PageUnavailable) or deed.kind in _REPEATABLE
        match error:
            case PageUnavailable() | OutcomeUnknown() if may_repeat and deed.attempts < TRIES:
                deed.send_state = SendState.PENDING
                deed.retry_at = getattr(error, "retry_at", None) or now + _RETRY_AFTER * deed.attempts
            case OutcomeUnknown() if not may_repeat:
                _become_unconfirmed(deed)
            case RecipientUnreachable():
                _drop(session, deed, error.sentence, now=now)
            case _:
                deed.send_state, deed.once_key = SendState.FAILED, None
                _hand_to_person(session, deed, AlertKind.MESSAGE_FAILED, now=now)
        session.add(deed)
        pages.hold_after(session, deed.page_id, error, now=now)
        state = deed.send_state
    log.warning("deed not done", extra=fields(deed=deed_id, state=state, code=error.details.code))
    fault_point("commenting.error_recorded")


def _drop(session: Session, deed: DeedRow, reason: str, *, now: datetime) -> None:
    """Nothing has gone out and nothing may: a person decides anew, unless the comment is gone."""
    deed.send_state, deed.note, deed.once_key = SendState.DROPPED, reason, None
    session.add(deed)
    comment = store.get_comment(session, deed.comment_id or 0, for_update=True)
    if reason == STOPPED:
        comment.reopen()  # the stop itself has been told
        comment.reason = STOPPED
        session.add(comment)
    elif deed.crisis is not None or not (comment.is_removed or reason == _GONE):
        _hand_to_person(session, deed, AlertKind.MESSAGE_FAILED, now=now)


def _become_unconfirmed(deed: DeedRow) -> None:
    if deed.kind in _REPEATABLE:
        deed.send_state = SendState.PENDING
        return
    deed.send_state = SendState.UNCONFIRMED
    deed.next_look_at = (deed.started_at or deed.written_at) + _LOOK_AFTER[0]


def _look_for(
    database: Database, doing: _Doing, *, commenter: Commenter, clock: Callable[[], datetime]
) -> None:
    try:
        is_there, result = _find(commenter, doing)
    except PlatformError as error:
        is_there, result = False, None
        log.warning(
            "the comment could not be read", extra=fields(deed=doing.deed_id, code=error.details.code)
        )
    fault_point("commenting.looked")
    now = clock()
    with database.write() as session:
        deed = store.get_deed(session, doing.deed_id, for_update=True)
        if deed is None or deed.send_state is not SendState.UNCONFIRMED:
            return
        if is_there:
            _confirm(session, deed, result, database=database, now=now)
            return
        deed.looks += 1
        is_last = deed.looks >= len(_LOOK_AFTER)
        deed.next_look_at = None if is_last else (deed.started_at or now) + _LOOK_AFTER[deed.looks]
        session.add(deed)
        if is_last:
            _hand_to_person(session, deed, AlertKind.MESSAGE_UNCONFIRMED, now=now)
    fault_point("commenting.look_recorded")


def _find(commenter: Commenter, doing: _Doing) -> tuple[bool, str | None]:
    """Whether the platform shows that it was done, and the id of a reply."""
    if doing.kind is DeedKind.REPLY:
        reply_id = commenter.find_reply(doing.page, doing.target, text=doing.text, since=doing.since)
        return reply_id is not None, reply_id
    seen = commenter.read(doing.page, doing.target, is_post=doing.is_post)
    return seen is not None and not seen.takes_private_reply, None


def _hand_to_person(session: Session, deed: DeedRow, kind: AlertKind, *, now: datetime) -> None:
    """Whatever was decided has not come about, or we do not know: the comment waits again."""
    comment = store.get_comment(session, deed.comment_id or 0, for_update=True)
    comment.reopen()
    session.add(comment)
    alerts.raise_alert(session, kind, comment.subject, now=now, occasion=str(deed.id))
