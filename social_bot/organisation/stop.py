"""The emergency stop: approved posts, and on demand automatic answers, are held until a person releases them.

Whoever writes an intent to send asks ``in_force`` in the same transaction, before any row is locked: a stop
that has been committed is then seen by every process, and one that comes at the same moment waits.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import alerts, audit, operators, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.roles import Role
from social_bot.storage.locks import Lock, pass_alone, pass_with_others

REASON_LIMIT = 300


class StopRow(SQLModel, table=True):
    """``page_id`` None: every page. ``holds_answers``: automatic answers as well; crisis texts never.

    In force until ``released_at``. ``reason`` is a worker's own words, shown to workers alone.
    """

    __tablename__ = "emergency_stop"
    id: int | None = Field(default=None, primary_key=True)
    page_id: str | None = Field(default=None, foreign_key="page.id", max_length=40)
    holds_answers: bool = False
    reason: str
    pressed_by: str = Field(max_length=160)
    pressed_at: datetime
    released_by: str | None = Field(default=None, max_length=160)
    released_at: datetime | None = Field(default=None, index=True)

    @property
    def subject(self) -> str:
        """What alerts and the audit log call it."""
        return f"stop:{self.id}"

    def covers(self, page_id: str) -> bool:
        return self.page_id in (None, page_id)


def in_force(session: Session) -> Sequence[StopRow]:
    """For senders: what stands, and stands still until this transaction ends."""
    pass_with_others(session.connection(), Lock.SENDING)
    return standing(session)


def wait_for_senders(session: Session) -> None:
    """For whoever changes what may be sent: no intent is being written now, none before this has ended."""
    pass_alone(session.connection(), Lock.SENDING)


def standing(session: Session) -> Sequence[StopRow]:
    """For readers: the stops that stand, the oldest first."""
    return session.exec(_STANDING).all()


_STANDING = select(StopRow).where(col(StopRow.released_at).is_(None)).order_by(col(StopRow.id))
"""Asked before everything that goes out, so built once."""


def holds_answers(stops: Sequence[StopRow], page_id: str) -> bool:
    return any(stop.holds_answers and stop.covers(page_id) for stop in stops)


def get(session: Session, stop_id: int) -> StopRow:
    stop = session.get(StopRow, stop_id)
    if stop is None:
        raise NotFound("There is no stop {id}. See them with: social-bot stop status", id=stop_id)
    return stop


def press(
    session: Session, *, page_id: str | None, holds_answers: bool, reason: str, by: str, now: datetime
) -> StopRow:
    """Stop a page, or all: anybody who works here may. A stop that stands may be widened to the answers.

    Raises ``InvalidInput`` without a reason, ``NotAllowed`` where the same is stopped already.
    """
    _require_any(session, by, tuple(Role), page_id=page_id)
    if page_id is not None:
        pages.get(session, page_id)
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput("Write why you stop. Others read it on every page.")
    if len(reason) > REASON_LIMIT:
        raise InvalidInput(
            "The reason is too long: {length} characters, at most {limit}.",
            length=len(reason),
            limit=REASON_LIMIT,
        )
    wait_for_senders(session)
    found = next((stop for stop in standing(session) if stop.page_id == page_id), None)
    if found is not None and found.holds_answers >= holds_answers:
        raise NotAllowed("This is stopped already. Release it, or stop another page.")
    stop = found or StopRow(page_id=page_id, reason=reason, pressed_by=by, pressed_at=now)
    stop.holds_answers = holds_answers
    session.add(stop)
    session.flush()
    detail = f"{page_id or 'all'}:{'answers' if holds_answers else 'posts'}"
    audit.record(session, at=now, actor=by, action="stop.press", subject=stop.subject, detail=detail)
    alerts.raise_alert(
        session, AlertKind.STOPPED, stop.subject, now=now, occasion="answers" if holds_answers else "posts"
    )
    return stop


def release(session: Session, stop_id: int, *, by: str, now: datetime) -> StopRow:
    """End a stop; an approver or an administrator may. What it held is the rooms' business."""
    wait_for_senders(session)
    stop = get(session, stop_id)
    require_releaser(session, by, page_id=stop.page_id)
    if stop.released_at is not None:
        raise NotAllowed("This stop has been released already.")
    stop.released_by, stop.released_at = by, now
    session.add(stop)
    audit.record(session, at=now, actor=by, action="stop.release", subject=stop.subject)
    alerts.settle(session, stop.subject, by=by, now=now)
    return stop


def require_releaser(session: Session, by: str, *, page_id: str | None) -> None:
    _require_any(session, by, (Role.APPROVER, Role.ADMINISTRATOR), page_id=page_id)


def _require_any(session: Session, by: str, roles: Sequence[Role], *, page_id: str | None) -> None:
    """Raises what the first role lacks when none of them is held."""
    refusals = []
    for role in roles:
        try:
            operators.require(session, by, role, page_id=page_id)
        except NotAllowed as refusal:
            refusals.append(refusal)
        else:
            return
    raise refusals[0]
