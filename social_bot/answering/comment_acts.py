"""What a person decides about a comment: answer it with an approved text, hide it, write privately, leave it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from social_bot.answering import comment_store as store
from social_bot.answering import own_words
from social_bot.answering.comment_deeds import (
    note,
    write_hiding,
    write_own_reply,
    write_privately,
    write_reply,
    write_showing,
    write_withdrawal,
)
from social_bot.answering.comment_policy import Matter, may_write_privately
from social_bot.answering.comment_store import CommentRow, DeedKind, DeedRow, Outcome
from social_bot.answering.comment_texts import Texts, Written
from social_bot.answering.replies import Library, load_library
from social_bot.answering.store import SendState
from social_bot.errors import NotAllowed
from social_bot.organisation import alerts, operators, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher
from social_bot.storage.engine import Database
from social_bot.translations import marked

KEEP_AFTER = timedelta(hours=24)
"""The text of a comment is erased so long after its matter has ended …"""

UNREAD_AT_MOST = timedelta(days=30)
"""… and of one that has no matter so long after it was seen. Who waits for a person waits on."""

DANGER_NOT_TAKEN = marked("Somebody may be in danger here. Take the alert first, then decide.")
NO_TEXT = marked("No approved text fits here. Have the texts for comments approved first.")
TEXT_CHANGED = marked("The text has changed since you opened the page. Read it again before you send it.")


class Act(StrEnum):
    REPLY = "reply"
    HIDE = "hide"
    PRIVATE = "private"
    LEAVE = "leave"
    WITHDRAW = "withdraw"
    OWN = "own"  # answer as the page, in one's own words
    SHOW = "show"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What may be done about a comment now: each act, with the text that it would send (None: no text)."""

    acts: Mapping[Act, Written | None]
    refusals: Mapping[Act, str]


def choices(
    session: Session,
    comment: CommentRow,
    organisation: Organisation,
    *,
    now: datetime,
    library: Library | None = None,
) -> Choice:
    """``library``: the texts in force on the comment's page, where the caller has them already."""
    if library is None:
        is_live = pages.get(session, comment.page_id).is_live
        library = load_library(session, (), approved_only=is_live, today=organisation.today(now))
    texts = Texts(library=library, organisation=organisation, now=now)
    written: dict[Act, Written | None] = {
        Act.REPLY: texts.public(comment, is_automatic=False),
        Act.PRIVATE: texts.private(comment),
        Act.HIDE: None,
        Act.LEAVE: None,
        Act.WITHDRAW: None,
        Act.OWN: None,
        Act.SHOW: None,
    }
    refusals = {
        act: refusal
        for act, text in written.items()
        if (refusal := _refusal(session, comment, act, text, now=now)) is not None
    }
    return Choice(acts={act: text for act, text in written.items() if act not in refusals}, refusals=refusals)


def act_on(
    session: Session,
    comment_id: int,
    act: Act,
    *,
    by: str,
    now: datetime,
    organisation: Organisation,
    cipher: Cipher,
    digest: str | None = None,
    text: str = "",
) -> CommentRow:
    """Write down what a person has decided. Raises ``NotAllowed`` with the reason why it cannot be.

    ``digest`` is of the text that the person saw; without one the text in force now is sent. ``text`` are
    the words of ``Act.OWN``, of which ``digest`` says that a warning was seen, see own_words.py.
    """
    comment = store.get_comment(session, comment_id, for_update=True)
    operators.require(session, by, Role.WRITER, page_id=comment.page_id)
    choice = choices(session, comment, organisation, now=now)
    if act in choice.refusals:
        raise NotAllowed(choice.refusals[act])
    written = choice.acts[act]
    if written is not None and digest not in (None, written.digest):
        raise NotAllowed(TEXT_CHANGED)
    match act:
        case Act.REPLY if written is not None:
            _require(write_reply(session, comment, written, by=by, now=now, cipher=cipher))
        case Act.HIDE:
            write_hiding(session, comment, by=by, now=now)
        case Act.PRIVATE if written is not None:
            if not comment.is_hidden:
                write_hiding(session, comment, by=by, now=now)
            _require(write_privately(session, comment, written, by=by, now=now, cipher=cipher))
        case Act.WITHDRAW:
            reply = _own_reply(session, comment)
            _require(reply is not None and write_withdrawal(session, comment, reply, by=by, now=now))
            return comment
        case Act.SHOW:
            write_showing(session, comment, by=by, now=now)
            return comment
        case Act.OWN:
            text = own_words.checked(text, organisation, insisted=digest)
            doubts = sorted({each.kind for each in own_words.look_over(text, organisation)})
            insisted = f"insisted: {', '.join(doubts)}" if doubts else ""
            _require(write_own_reply(session, comment, text, by=by, now=now, cipher=cipher, doubts=insisted))
        case _:
            note(session, comment, "comment.leave", by=by, now=now)
    comment.settle(Outcome.REPLY if act is Act.OWN else Outcome(act.value), by=by, now=now)
    alerts.settle(session, comment.subject, by=by, now=now)
    session.add(comment)
    return comment


def erase_ended(database: Database, *, now: datetime) -> int:
    """Erase what was written once its matter has ended; what waits for a person stays. How many comments."""
    with database.write() as session:
        in_danger = {
            alert.subject for alert in alerts.unacknowledged(session) if alert.kind is AlertKind.CRISIS
        }
        rows = store.list_to_erase(session, settled_before=now - KEEP_AFTER, seen_before=now - UNREAD_AT_MOST)
        deeds = store.list_deeds(session, [row.id or 0 for row in rows])
        busy = {deed.comment_id for deed in deeds if deed.send_state in store.OPEN_STATES}
        erased = 0
        for comment in rows:
            if comment.subject in in_danger or comment.id in busy:
                continue
            comment.erase()
            erased += 1
            session.add(comment)
            for deed in deeds:
                if deed.comment_id == comment.id and not deed.versions:
                    deed.text_sealed = None  # a worker's own words go with what they answer
                    session.add(deed)
        session.flush()
        for deed in store.list_deeds_to_erase(session):
            deed.target_sealed = deed.result_sealed = None
            session.add(deed)
    return erased


def _refusal(
    session: Session, comment: CommentRow, act: Act, written: Written | None, *, now: datetime
) -> str | None:
    """Why an act is not open, or None where it is."""
    if act is Act.WITHDRAW:
        if _own_reply(session, comment) is None:
            return marked("There is no answer of ours to take away here.")
        return None
    if act is Act.SHOW:
        return None if comment.is_hidden and comment.comment_sealed else marked("The comment is not hidden.")
    if not comment.waits_for_person and act is not Act.OWN:
        return marked("This comment has been dealt with already.")
    if _is_danger_open(session, comment):
        return DANGER_NOT_TAKEN
    if act is Act.LEAVE:
        return None
    if comment.is_removed or comment.comment_sealed is None:
        return marked("The comment is gone. Nothing can be done about it any more.")
    if comment.about.is_elsewhere and act in (Act.HIDE, Act.PRIVATE):
        return marked(
            "A review or a mention cannot be hidden, and Facebook allows no private message for it."
        )
    if act is Act.HIDE:
        return marked("The comment is hidden already.") if comment.is_hidden else None
    return _refusal_to_send(session, comment, act, written, now=now)


def _refusal_to_send(
    session: Session, comment: CommentRow, act: Act, written: Written | None, *, now: datetime
) -> str | None:
    if act in (Act.REPLY, Act.OWN) and comment.matter is Matter.DANGER:
        return marked("Danger is never answered in public. Write privately.")
    if act is Act.OWN:
        return None
    if written is None:
        return NO_TEXT
    kind, key = (
        (DeedKind.REPLY, comment.thread_index)
        if act is Act.REPLY
        else (DeedKind.PRIVATE, comment.comment_index)
    )
    if store.find_once(session, comment.page_id, kind, key) is not None:
        return (
            marked("The page has answered in this thread already. Write in your own words if more is needed.")
            if act is Act.REPLY
            else marked("A private message has been sent for this comment. Facebook allows one.")
        )
    if act is Act.PRIVATE and not may_write_privately(comment.written_at, now):
        return marked("The comment is older than seven days. Facebook allows no private message any more.")
    return None


def _is_danger_open(session: Session, comment: CommentRow) -> bool:
    matter = (AlertKind.CRISIS, comment.subject)
    return any((alert.kind, alert.subject) == matter for alert in alerts.unacknowledged(session))


def _own_reply(session: Session, comment: CommentRow) -> DeedRow | None:
    """Our reply to this comment that stands on the page and has not been asked back."""
    deeds = store.list_deeds(session, [comment.id or 0])
    asked_back = {deed.once_key for deed in deeds if deed.kind is DeedKind.DELETE}
    return next(
        (
            deed
            for deed in deeds
            if deed.kind is DeedKind.REPLY
            and deed.send_state is SendState.SENT
            and deed.result_sealed is not None
            and deed.result_index not in asked_back
        ),
        None,
    )


def _require(is_written: bool) -> None:  # noqa: FBT001  (the one thing it asks)
    """Two people pressed at the same time: the second one's deed is not written."""
    if not is_written:
        raise NotAllowed("This comment has been dealt with already.")
