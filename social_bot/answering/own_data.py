"""What is kept of one person's conversation, for that person: their own words, ours, and what was concluded.

Whoever hands it over has made sure who asks; nothing here can tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from social_bot.answering import store
from social_bot.answering.comment_store import list_of_person
from social_bot.answering.forgetting import require_keeper_of_data
from social_bot.answering.store import Direction, MessageRow
from social_bot.organisation import audit, pages
from social_bot.storage.cipher import Cipher


@dataclass(frozen=True, kw_only=True)
class OwnMessage:
    """``text`` as it is kept, with personal data masked; ``original`` only where danger made us keep it."""

    at: datetime
    is_from_person: bool
    is_automatic: bool
    text: str | None
    original: str | None
    language: str | None
    topic: str | None
    lane: str | None
    danger: str | None
    masked_kinds: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class OwnComment:
    at: datetime
    text: str | None
    about: str
    outcome: str | None


@dataclass(frozen=True, kw_only=True)
class OwnData:
    """``person`` is the id that Facebook gave the person for this page."""

    page: str
    person: str
    thread: int
    began_at: datetime
    closed_at: datetime | None
    moved_at: datetime | None
    language: str | None
    messages: Sequence[OwnMessage]
    comments: Sequence[OwnComment]

    def as_json(self) -> Mapping[str, object]:
        """Names that stay, for programs."""
        return {
            "page": self.page,
            "person": self.person,
            "conversation": self.thread,
            "began_at": self.began_at.isoformat(),
            "closed_at": _iso(self.closed_at),
            "moved_to_client_system_at": _iso(self.moved_at),
            "language": self.language,
            "messages": [
                {
                    "at": message.at.isoformat(),
                    "from": "person" if message.is_from_person else "page",
                    "automatic": message.is_automatic,
                    "text": message.text,
                    "original": message.original,
                    "concluded": {
                        "language": message.language,
                        "topic": message.topic,
                        "lane": message.lane,
                        "danger": message.danger,
                        "personal_data_masked": list(message.masked_kinds),
                    },
                }
                for message in self.messages
            ],
            "comments": [
                {
                    "at": comment.at.isoformat(),
                    "text": comment.text,
                    "about": comment.about,
                    "outcome": comment.outcome,
                }
                for comment in self.comments
            ],
        }


def export(session: Session, thread_id: int, *, by: str, cipher: Cipher, now: datetime) -> OwnData:
    """Take everything out; that it was taken, and by whom, is in the audit log."""
    data = look(session, thread_id, by=by, cipher=cipher)
    audit.record(session, at=now, actor=by, action="thread.export", subject=f"thread:{thread_id}")
    return data


def look(session: Session, thread_id: int, *, by: str, cipher: Cipher) -> OwnData:
    """Raises ``NotAllowed`` for whoever answers no such requests."""
    thread = store.get_thread(session, thread_id)
    require_keeper_of_data(session, thread, by)
    return OwnData(
        page=pages.get(session, thread.page_id).name,
        person=_opened(thread.contact_sealed, cipher) or "",
        thread=thread_id,
        began_at=thread.created_at,
        closed_at=thread.closed_at,
        moved_at=thread.moved_at,
        language=thread.language,
        messages=[_message(row, cipher) for row in store.list_messages(session, [thread_id])],
        comments=[
            OwnComment(
                at=row.written_at,
                text=_opened(row.text_sealed, cipher),
                about=row.about.value,
                outcome=row.outcome.value if row.outcome else None,
            )
            for row in list_of_person(session, thread.comment_id)
        ],
    )


def _message(row: MessageRow, cipher: Cipher) -> OwnMessage:
    return OwnMessage(
        at=row.at,
        is_from_person=row.direction is Direction.INBOUND,
        is_automatic=row.is_automatic,
        text=_opened(row.exact_sealed or row.text_sealed, cipher),
        original=_opened(row.original_sealed, cipher),
        language=row.language,
        topic=row.topic,
        lane=row.lane.value if row.lane else None,
        danger=row.crisis.value if row.crisis else None,
        masked_kinds=row.personal_data,
    )


def _opened(sealed: bytes | None, cipher: Cipher) -> str | None:
    return cipher.open(sealed) if sealed else None


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
