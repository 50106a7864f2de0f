"""What a decision needs to know of a thread: what the bot has said in it."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from social_bot.answering.store import Direction, MessageRow, SendState
from social_bot.answering.threads import LOOP_WITHIN, History
from social_bot.storage.cipher import Cipher

_LOOK_BACK = timedelta(days=14)
"""Longer than any rule remembers: two weeks of holidays are the longest closed period."""


def gather_history(
    session: Session, thread_id: int, text: str | None, *, cipher: Cipher, now: datetime
) -> History:
    """``text`` is what has just been written to us; what was not sent after all was not said."""
    rows = session.connection().execute(_SAID, {"thread": thread_id, "since": now - _LOOK_BACK}).all()
    said: dict[str, datetime] = {}
    for row in rows:
        keys = {str(version["key"]) for version in row.versions} | ({row.key} if row.key else set())
        said |= dict.fromkeys(keys, row.at)
    lately = [row for row in rows if now - row.at < LOOP_WITHIN]
    return History(
        said=said,
        answers_lately=len({row.answers_id for row in lately}),
        is_bounce=bool(text)
        and any(
            row.text_sealed is not None and cipher.open(row.text_sealed).strip() == (text or "").strip()
            for row in lately
        ),
    )


_SAID = (
    select(  # for each message: columns, not whole rows
        col(MessageRow.at),
        col(MessageRow.key),
        col(MessageRow.versions),
        col(MessageRow.answers_id),
        col(MessageRow.text_sealed),
    )
    .where(
        col(MessageRow.thread_id) == bindparam("thread"),
        col(MessageRow.at) > bindparam("since"),
        col(MessageRow.direction) == Direction.OUTBOUND,
        col(MessageRow.is_automatic).is_(True),
        col(MessageRow.send_state).not_in((SendState.DROPPED, SendState.FAILED)),
    )
    .order_by(col(MessageRow.at))
)
