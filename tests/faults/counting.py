"""What must never be: counted when a world has come to rest."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields

from sqlmodel import Session, col, select

from social_bot.answering import comment_store
from social_bot.answering.comment_store import CommentRow, DeedKind, DeedRow
from social_bot.answering.store import DeliveryRow, Direction, EventRow, MessageRow, SendState, ThreadRow
from social_bot.answering.threads import Owner
from social_bot.bootstrap import Bot
from social_bot.organisation.alerts import AlertRow
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.tracking.figure_store import PostReadingRow
from social_bot.tracking.readings import FIRST
from tests.faults.outside import Outside

_NOT_AT_REST = (SendState.PENDING, SendState.SENDING)
_NOT_OUT = (SendState.FAILED, SendState.UNCONFIRMED, SendState.DROPPED)


@dataclass
class Count:
    """All zero, or a promise is broken; ``why`` says which rows."""

    posts_twice: int = 0
    posts_lost: int = 0
    answers_twice: int = 0
    inbound_lost: int = 0
    came_back: int = 0
    stuck: int = 0
    why: list[str] = field(default_factory=list)

    @property
    def broken(self) -> int:
        return sum(getattr(self, each.name) for each in fields(self) if each.name != "why")

    def note(self, name: str, why: str) -> None:
        setattr(self, name, getattr(self, name) + 1)
        self.why.append(f"{name}: {why}")


def count(bot: Bot, outside: Outside, scheduled: dict[int, str]) -> Count:
    found = Count()
    with bot.database.read() as session:
        told = _told(session)
        _count_posts(session, found, outside, scheduled, told)
        _count_answers(session, found, outside, told)
        _count_comments(session, found, outside, told, bot)
        _count_inbound(session, found, outside, bot)
        _count_stuck(session, found, bot)
    return found


@contextmanager
def breaking_jobs() -> Iterator[list[str]]:
    """The jobs of this process that break meanwhile, each with its error."""
    broken: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info and record.exc_info[1]:
                broken.append(
                    f"{getattr(record, 'social_bot_fields', {}).get('job')} ({record.exc_info[1]!r})"
                )

    logger, listener = logging.getLogger("social_bot.work"), Listener()
    logger.setLevel(logging.ERROR)
    logger.addHandler(listener)
    logger.propagate = False
    try:
        yield broken
    finally:
        logger.propagate = True
        logger.removeHandler(listener)
        logger.setLevel(logging.NOTSET)


def kept_texts(bot: Bot) -> set[str]:
    """The rows that hold something which somebody wrote."""
    with bot.database.read() as session:
        return {
            *(f"message:{row.id}:{what}" for row in session.exec(select(MessageRow)) for what in _held(row)),
            *(f"comment:{row.id}" for row in session.exec(select(CommentRow)) if row.text_sealed),
            *(f"event:{row.id}" for row in session.exec(select(EventRow)) if row.content_sealed),
        }


def _held(row: MessageRow) -> Iterator[str]:
    for what in ("text_sealed", "original_sealed", "exact_sealed"):
        if getattr(row, what) is not None:
            yield what


def _told(session: Session) -> set[str]:
    """The subjects of which a person has been told, and those that wait for one."""
    return {
        *session.exec(select(AlertRow.subject)).all(),
        *(
            f"thread:{row.id}"
            for row in session.exec(select(ThreadRow))
            if row.waits_for_person or row.owner is not Owner.BOT
        ),
        *(f"comment:{row.id}" for row in session.exec(select(CommentRow)) if row.waits_for_person),
    }


def _count_posts(
    session: Session, found: Count, outside: Outside, scheduled: dict[int, str], told: set[str]
) -> None:
    shown = outside.posts()
    for post_id, text in scheduled.items():
        post, there = session.get_one(PostRow, post_id), shown.get(text, [])
        name = f"post:{post_id} is {post.state.value}, on the page {len(there)} times"
        if len(there) > 1:
            found.note("posts_twice", name)
        if post.state is PostState.PUBLISHED:
            if [post.external_id] != there[:1]:
                found.note("posts_lost", f"{name}, as {there} and not {post.external_id}")
        elif post.state in (PostState.SCHEDULED, PostState.PUBLISHING):
            found.note("stuck", name)
        elif f"post:{post_id}" not in told:
            found.note("posts_lost", f"{name}, and nobody was told")
        elif there and post.state is not PostState.UNCONFIRMED:
            found.note("posts_lost", f"{name}, and a person is told otherwise")


def _count_answers(session: Session, found: Count, outside: Outside, told: set[str]) -> None:
    sent = Counter(str(row.content.get("metadata")) for row in outside.outbound())
    for reference, times in sent.items():
        if times > 1:
            found.note("answers_twice", f"{reference} stands {times} times in the conversation")
    for row in session.exec(select(MessageRow).where(MessageRow.direction == Direction.OUTBOUND)):
        name = f"message:{row.id} is {row.send_state}"
        if row.send_state in _NOT_AT_REST:
            found.note("stuck", name)
        elif row.send_state is SendState.DROPPED and not (row.note or f"thread:{row.thread_id}" in told):
            found.note("inbound_lost", f"{name} without a reason")
        elif (
            row.send_state in (SendState.FAILED, SendState.UNCONFIRMED)
            and f"thread:{row.thread_id}" not in told
        ):
            found.note("inbound_lost", f"{name}, and nobody was told")
        elif row.send_state is SendState.UNCONFIRMED and row.next_look_at is not None:
            found.note("stuck", f"{name}, to be looked for for ever")
        elif (
            row.send_state is SendState.SENT
            and row.answers_id is not None
            and not any(reference.endswith(f":{row.id}") for reference in sent)
        ):
            found.note("inbound_lost", f"{name}, and the page does not show it")


def _count_comments(session: Session, found: Count, outside: Outside, told: set[str], bot: Bot) -> None:
    replies = Counter((row.parent_id, row.message) for row in outside.comments(by_page=True))
    for (parent, _), times in replies.items():
        if times > 1:
            found.note("answers_twice", f"{times} replies to the comment {parent}")
    for deed in session.exec(select(DeedRow)):
        name = f"deed:{deed.id} ({deed.kind.value}) is {deed.send_state}"
        if deed.send_state in _NOT_AT_REST:
            found.note("stuck", name)
        elif deed.send_state is SendState.UNCONFIRMED and deed.next_look_at is not None:
            found.note("stuck", f"{name}, to be looked for for ever")
        elif deed.send_state in _NOT_OUT and f"comment:{deed.comment_id}" not in told:
            found.note("inbound_lost", f"{name}, and nobody was told")
    for row in outside.comments(by_page=False):
        if comment_store.find_comment(session, row.page_id, bot.database.index(row.id)) is None:
            found.note("inbound_lost", f"the comment {row.id}")
    private = Counter(
        deed.comment_id for deed in session.exec(select(DeedRow)) if deed.kind is DeedKind.PRIVATE
    )
    for comment_id, times in private.items():
        if times > 1:
            found.note("answers_twice", f"comment:{comment_id} was written to privately {times} times")


def _count_inbound(session: Session, found: Count, outside: Outside, bot: Bot) -> None:
    kept = Counter(
        session.exec(
            select(MessageRow.mid_index).where(
                MessageRow.direction == Direction.INBOUND, col(MessageRow.mid_index).is_not(None)
            )
        ).all()
    )
    for mid in outside.inbound():
        index = bot.database.index(mid)
        times = kept[index]
        if times > 1:
            found.note("answers_twice", f"the message {mid} is kept {times} times")
        elif times == 0 and mid not in outside.taken_back:
            found.note("inbound_lost", f"the message {mid}")
        if times and mid in outside.taken_back:
            row = session.exec(select(MessageRow).where(MessageRow.mid_index == index)).one()
            if any(_held(row)):
                found.note("came_back", f"the message {mid}, which its writer has taken back")
    answered = Counter(
        row.answers_id
        for row in session.exec(select(MessageRow).where(MessageRow.direction == Direction.OUTBOUND))
        if row.answers_id is not None and row.key is not None
    )
    for answers_id, times in answered.items():
        if times > 3:
            found.note("answers_twice", f"message:{answers_id} has {times} answers")


def _count_stuck(session: Session, found: Count, bot: Bot) -> None:
    for event in session.exec(select(EventRow).where(col(EventRow.is_done).is_(False))):
        found.note("stuck", f"event:{event.id} is not dealt with")
    for event in session.exec(select(EventRow).where(EventRow.note == "could not be dealt with")):
        found.note("inbound_lost", f"event:{event.id} was set aside")
    for delivery in session.exec(select(DeliveryRow)):
        if not delivery.is_parsed or delivery.body_sealed is not None:
            found.note("stuck", f"delivery:{delivery.id} is not taken in")
        if delivery.problem is not None:
            found.note("inbound_lost", f"delivery:{delivery.id}: {delivery.problem}")
    for path in (bot.settings.data_dir / "spool").glob("*.spool"):
        found.note("stuck", f"{path.name} waits on disk")
    published = select(PostRow).where(
        PostRow.state == PostState.PUBLISHED, col(PostRow.publish_at) <= bot.now() - FIRST
    )
    for post in session.exec(published):
        reading = session.get(PostReadingRow, post.id)
        if reading is None or reading.last_at is None or reading.due_at <= bot.now():
            found.note("stuck", f"the counters of post:{post.id} are not read")
