"""Writing an answer down: rows in the outbox, which the sender takes from there."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session

from social_bot.answering import saving
from social_bot.answering.outcomes import Answer
from social_bot.answering.replies import Library, Reply, compose
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.answering.threads import REPLY_WINDOW
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.storage.cipher import Cipher


def write_answer(
    session: Session,
    thread: ThreadRow,
    message: MessageRow,
    answer: Answer,
    *,
    library: Library,
    organisation: Organisation,
    cipher: Cipher,
    now: datetime,
) -> None:
    """The answer to ``message`` as rows to send; where no text may go out, the thread waits for a person."""
    own_values = {}
    if answer.key == saving.SAVE_KEY:
        own_values["save_link"] = saving.make_link(
            session, thread.id or 0, language=answer.languages[0], base_url=organisation.base_url, now=now
        )
    reply = compose(answer, library, organisation, now=answer.not_before or now, own_values=own_values)
    used = {version.key for version in reply.versions} if reply else set()
    if "disclosure" in answer.parts and "disclosure" not in used:
        thread.is_disclosed = False  # it is said with the next answer that can
    if reply is None or reply.main.key != answer.key:
        subject = f"text:{answer.key}.{answer.languages[0]}"
        alerts.raise_alert(session, AlertKind.TEXT_UNAVAILABLE, subject, now=now)
    if reply is None:
        message.note = "no approved text"
        thread.waits_for_person = True
        session.add_all((message, thread))
        return
    thread.last_outbound_at = now
    # two messages of one answer are sent in the order of their ids, which is that of adding
    session.add_all((thread, *_rows(thread, message, answer, reply, cipher=cipher, now=now)))


def _rows(
    thread: ThreadRow, message: MessageRow, answer: Answer, reply: Reply, *, cipher: Cipher, now: datetime
) -> Sequence[MessageRow]:
    rows = [
        MessageRow(
            thread_id=thread.id or 0,
            page_id=thread.page_id,
            direction=Direction.OUTBOUND,
            at=now,
            text_sealed=cipher.seal(text),
            lane=answer.lane,
            key=answer.key,
            language=reply.main.language,
            is_automatic=True,
            answers_id=message.id,
            versions=[
                {
                    "key": part.key,
                    "language": part.language,
                    "version": part.version,
                    "hash": part.content_hash,
                }
                for part in reply.versions
            ],
            window_until=message.at + REPLY_WINDOW,
            not_before=answer.not_before,
            send_state=SendState.PENDING,
        )
        for text in reply.texts
    ]
    rows[-1].quick_replies = [asdict(part) for part in reply.quick_replies]
    rows[-1].buttons = [asdict(part) for part in reply.buttons]
    return rows
