"""What a decision needs to know: whether people are at work, and what the bot has said in a thread."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from social_bot.answering.dialogue import Desk
from social_bot.answering.store import Direction, MessageRow, SendState
from social_bot.answering.threads import LOOP_WITHIN, History
from social_bot.organisation.directory import Organisation
from social_bot.storage.cipher import Cipher

_LOOK_BACK = timedelta(days=14)
"""Longer than any rule remembers: two weeks of holidays are the longest closed period."""


def gather_desk(
    organisation: Organisation,
    *,
    now: datetime,
    somebody_reads: bool = True,
    is_stopped: bool = False,
    topics_off: frozenset[str] = frozenset(),
) -> Desk:
    local = now.astimezone(organisation.zone)
    hours = organisation.hours
    return Desk(
        is_open=hours.is_open(local),
        somebody_reads=somebody_reads,
        is_stopped=is_stopped,
        topics_off=topics_off,
        closed_since=hours.closed_since(local),
        next_opening=hours.next_opening(local),
    )


def gather_history(
    session: Session, thread_id: int, text: str | None, *, cipher: Cipher, now: datetime
) -> History:
    """``text`` is what has just been written to us; what was not sent after all was not said."""
    rows = session.exec(
        select(MessageRow)
        .where(
            MessageRow.thread_id == thread_id,
            MessageRow.direction == Direction.OUTBOUND,
            col(MessageRow.is_automatic).is_(True),
            col(MessageRow.at) > now - _LOOK_BACK,
            col(MessageRow.send_state).not_in((SendState.DROPPED, SendState.FAILED)),
        )
        .order_by(col(MessageRow.at))
    ).all()
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
