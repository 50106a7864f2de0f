"""Messages that the bot took for something else, marked by a worker: masked examples for the next review.

What is exported serves ``social-bot evaluate`` and those who write the example phrases. It leaves the
conversation's retention only after a person has read it and says that nothing personal is in it.
"""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.answering import store
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.store import Direction, MessageRow
from social_bot.answering.topics import Topic
from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit, operators
from social_bot.organisation.cells import harmless
from social_bot.organisation.personal_data import kinds
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher
from social_bot.storage.engine import insert_new

DANGER, NO_DANGER = "danger:", "danger:none"
"""Labels beside the topics: a kind of danger that was missed, and a false alarm."""

LABELS = (*(topic.value for topic in Topic), *(f"{DANGER}{kind.value}" for kind in CrisisKind), NO_DANGER)


class MisunderstandingRow(SQLModel, table=True):
    """``label`` is what the message was about, ``given`` what was answered. The text is masked and sealed."""

    __tablename__ = "misunderstanding"
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", unique=True)
    text_sealed: bytes
    language: str = Field(max_length=5)
    label: str = Field(max_length=60)
    given: str = Field(max_length=60)
    written_at: datetime
    marked_at: datetime = Field(index=True)
    marked_by: str = Field(max_length=160)
    reviewed_at: datetime | None = None
    reviewed_by: str | None = Field(default=None, max_length=160)

    @property
    def is_danger(self) -> bool:
        return self.label.startswith(DANGER)


def mark(session: Session, message_id: int, label: str, *, by: str, now: datetime) -> MisunderstandingRow:
    """Collect an inbound message under what it was really about; marked again it takes the new label."""
    if label not in LABELS:
        raise InvalidInput("Choose what the message was about.")
    message = store.get_message(session, message_id)
    if message is None or message.direction is not Direction.INBOUND:
        raise NotFound("There is no message {id}.", id=message_id)
    operators.require(session, by, Role.WRITER, page_id=message.page_id)
    if message.text_sealed is None:
        raise NotAllowed("The text of this message is not kept any more, so there is nothing to collect.")
    row = {
        "message_id": message_id,
        "text_sealed": message.text_sealed,
        "language": message.language or "fi",
        "label": label,
        "given": _given(message),
        "written_at": message.at,
        "marked_at": now,
        "marked_by": by,
    }
    insert_new(session, MisunderstandingRow, [row])
    found = session.exec(
        select(MisunderstandingRow).where(MisunderstandingRow.message_id == message_id).with_for_update()
    ).one()
    found.label, found.marked_by = label, by
    session.add(found)
    audit.record(session, at=now, actor=by, action="misunderstanding.mark", subject=f"message:{message_id}")
    return found


def confirm(session: Session, row_id: int, *, by: str, cipher: Cipher, now: datetime) -> MisunderstandingRow:
    """A person has read it: nothing personal is in it, so it may be kept and exported.

    Raises ``NotAllowed`` where the program still sees something personal.
    """
    operators.require(session, by, Role.WRITER)
    row = _get(session, row_id)
    if kinds(cipher.open(row.text_sealed)):
        raise NotAllowed("There still is personal data in this example. Delete it.")
    row.reviewed_at, row.reviewed_by = now, by
    session.add(row)
    audit.record(session, at=now, actor=by, action="misunderstanding.confirm", subject=f"example:{row_id}")
    return row


def forget(session: Session, row_id: int, *, by: str, now: datetime) -> None:
    operators.require(session, by, Role.WRITER)
    session.delete(_get(session, row_id))
    audit.record(session, at=now, actor=by, action="misunderstanding.delete", subject=f"example:{row_id}")


def forget_message(session: Session, message_id: int) -> None:
    """Its writer has taken the message back: nothing of it is kept, confirmed or not."""
    session.connection().execute(
        delete(MisunderstandingRow).where(col(MisunderstandingRow.message_id) == message_id)
    )


def everything(session: Session) -> Sequence[MisunderstandingRow]:
    """Those to be read first, then the newest."""
    return session.exec(
        select(MisunderstandingRow).order_by(
            col(MisunderstandingRow.reviewed_at).is_not(None), col(MisunderstandingRow.marked_at).desc()
        )
    ).all()


def labels_of(session: Session, message_ids: Sequence[int]) -> dict[int, str]:
    rows = session.exec(
        select(MisunderstandingRow).where(col(MisunderstandingRow.message_id).in_(message_ids))
    ).all()
    return {row.message_id: row.label for row in rows}


def export_tsv(session: Session, *, danger: bool, cipher: Cipher) -> str:
    """Confirmed examples as ``social-bot evaluate`` reads them: of topics, or of danger."""
    out = io.StringIO()
    columns = ("lang", "text", "crisis", "kind") if danger else ("lang", "text", "topic")
    writer = csv.writer(
        out, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, escapechar="\\", lineterminator="\n"
    )
    writer.writerow(columns)
    for row in everything(session):
        if row.reviewed_at is None or row.is_danger is not danger:
            continue
        text = harmless(" ".join(cipher.open(row.text_sealed).replace("\\", " ").split()))
        label = row.label.removeprefix(DANGER)
        if danger:
            writer.writerow((row.language, text, *(("no", "") if row.label == NO_DANGER else ("yes", label))))
        else:
            writer.writerow((row.language, text, label))
    return out.getvalue()


def _given(message: MessageRow) -> str:
    if message.crisis is not None:
        return f"{DANGER}{message.crisis.value}"
    answered = (message.note or "").partition("answered: ")[2]
    return answered or (message.lane.value if message.lane else "")


def _get(session: Session, row_id: int) -> MisunderstandingRow:
    row = session.get(MisunderstandingRow, row_id)
    if row is None:
        raise NotFound("There is no example {id}. It may have been deleted.", id=row_id)
    return row
