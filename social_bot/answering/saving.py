"""Keeping a conversation: a link that shows one thread, as it is kept, for an hour.

The resident asks for it in Messenger and gets it there. Whoever holds the link sees the exchange with
personal data masked; the token is random and only its hash is stored.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from social_bot.answering.store import Direction, MessageRow, SavedConversationRow, SendState, list_messages
from social_bot.storage.cipher import Cipher

SAVE_KEY = "save_conversation"
"""The text that holds the link."""

LASTS = timedelta(hours=1)
PATH = "/conversation/"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message. ``text`` is None for what had none, or was taken back."""

    at: datetime
    is_from_resident: bool
    is_automatic: bool
    text: str | None


@dataclass(frozen=True, kw_only=True)
class SavedConversation:
    lines: Sequence[Line]
    language: str
    expires_at: datetime


def make_link(session: Session, thread_id: int, *, language: str, base_url: str, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    session.add(
        SavedConversationRow(
            token_hash=_hash(token), thread_id=thread_id, language=language, expires_at=now + LASTS
        )
    )
    return f"{base_url}{PATH}{token}"


def open_link(session: Session, token: str, *, cipher: Cipher, now: datetime) -> SavedConversation | None:
    """The thread as it stands now; None for a token that is unknown or too old."""
    row = session.get(SavedConversationRow, _hash(token))
    if row is None or row.expires_at <= now:
        return None
    lines = [
        Line(
            at=message.at,
            is_from_resident=message.direction is Direction.INBOUND,
            is_automatic=message.is_automatic,
            text=cipher.open(message.text_sealed) if message.text_sealed else None,
        )
        for message in list_messages(session, [row.thread_id])
        if _was_exchanged(message)
    ]
    return SavedConversation(lines=lines, language=row.language, expires_at=row.expires_at)


def erase_old_links(session: Session, *, now: datetime) -> None:
    session.connection().execute(
        delete(SavedConversationRow).where(col(SavedConversationRow.expires_at) <= now)
    )


def _was_exchanged(message: MessageRow) -> bool:
    return message.direction is Direction.INBOUND or message.send_state in (None, SendState.SENT)


def _hash(token: str) -> str:
    """A random token of this length needs no slower hash: there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()
