"""Forgetting a person who asks for it: what they wrote goes, and nothing leads to them any more.

What is left tells that somebody wrote, when and about which topic, as after every period; keyed hashes of the
messages' ids stay, so that a delivery that comes late brings nothing back. A register outside the database
keeps keyed hashes of who was forgotten, so that a restored backup does not know them again.
"""

import json
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import Session, col, select

from social_bot.answering import misunderstandings, store
from social_bot.answering.comment_store import list_of_person
from social_bot.answering.holding import change_owner, is_danger_open
from social_bot.answering.store import (
    DeletionRequestRow,
    SavedConversationRow,
    SendState,
    ThreadRow,
)
from social_bot.answering.sweeps import erase_contact, erase_texts
from social_bot.answering.threads import Owner
from social_bot.errors import NotAllowed, NotFound
from social_bot.organisation import alerts, audit, operators
from social_bot.organisation.roles import COMMAND_LINE, Role
from social_bot.storage.engine import Database, insert_new

REGISTER = "forgotten.jsonl"
"""The register's name in the data folder."""

FORGOTTEN = "the person asked to be forgotten"
BY_META = "Meta"
_CODE_LENGTH = 20


def require_keeper_of_data(session: Session, thread: ThreadRow, by: str) -> None:
    """Administrators, and coordinators of the page, answer those who ask for their own data."""
    if by.endswith(COMMAND_LINE):
        return
    try:
        operators.require(session, by, Role.ADMINISTRATOR)
    except (NotAllowed, NotFound):
        operators.require(session, by, Role.COORDINATOR, page_id=thread.page_id)


def forget(session: Session, thread_id: int, *, by: str, register: Path, now: datetime) -> ThreadRow:
    """Erase what the person of a thread wrote and who they are; raises ``NotAllowed`` in open danger."""
    thread = store.get_thread(session, thread_id, for_update=True)
    require_keeper_of_data(session, thread, by)
    if thread.forgotten_at is not None:
        raise NotAllowed("This conversation has no person any more: everything was erased before.")
    if is_danger_open(session, thread_id):
        raise NotAllowed(
            "Somebody may be in danger here, and nobody has taken the alert. Take it first: then erase."
        )
    _note([thread], register, now=now)
    _erase(session, thread, by=by, now=now)
    audit.record(session, at=now, actor=by, action="thread.forget", subject=f"thread:{thread_id}")
    return thread


def ask_by_platform(
    session: Session, database: Database, *, user_id: str, payload: str, now: datetime
) -> str:
    """Take in a request that the platform signed; its code, the same however often it is sent.

    It is carried out after the answer, so that the time of an answer tells nothing of who is known here.
    """
    code = database.index(f"deletion:{payload}")[:_CODE_LENGTH].upper()
    row = {"code": code, "contact_index": database.index(user_id), "requested_at": now}
    if insert_new(session, DeletionRequestRow, [row]):
        audit.record(session, at=now, actor=BY_META, action="deletion.ask", subject=f"deletion:{code}")
    return code


def find_request(session: Session, code: str) -> DeletionRequestRow | None:
    return session.get(DeletionRequestRow, code.upper())


def carry_out(database: Database, *, register: Path | None = None, now: datetime) -> int:
    """Do what the platform's requests ask; one that meets open danger waits until somebody has taken it."""
    with database.write() as session:
        asked = session.exec(
            select(DeletionRequestRow)
            .where(col(DeletionRequestRow.contact_index).is_not(None))
            .with_for_update(skip_locked=True)
        ).all()
        for request in asked:
            found = session.exec(
                select(ThreadRow).where(ThreadRow.contact_index == request.contact_index).with_for_update()
            ).all()
            if any(is_danger_open(session, thread.id or 0) for thread in found):
                continue
            _note(found, register, now=now)
            for thread in found:
                _erase(session, thread, by=BY_META, now=now)
                subject = f"thread:{thread.id}"
                audit.record(session, at=now, actor=BY_META, action="thread.forget", subject=subject)
            request.contact_index = None
            session.add(request)
    return len(asked)


def forget_again(database: Database, register: Path, *, now: datetime) -> int:
    """After a restore: whoever had been forgotten since the backup was made; how many threads."""
    lines = [json.loads(line) for line in register.read_text().splitlines()] if register.exists() else []
    forgotten = 0
    with database.write() as session:
        for line in lines:
            thread = store.find_thread(session, line["page"], line["contact"], for_update=True)
            if thread is not None and thread.created_at <= datetime.fromisoformat(line["at"]):
                _erase(session, thread, by=alerts.PROGRAM, now=now)
                audit.record(
                    session,
                    at=now,
                    actor=alerts.PROGRAM,
                    action="thread.forget",
                    subject=f"thread:{thread.id}",
                )
                forgotten += 1
    return forgotten


def _erase(session: Session, thread: ThreadRow, *, by: str, now: datetime) -> None:
    messages = store.list_messages(session, [thread.id or 0])
    for message in messages:
        message.personal_data = []
        if message.send_state in store.ON_ITS_WAY:
            message.send_state, message.note = SendState.DROPPED, FORGOTTEN
        session.add(message)
        misunderstandings.forget_message(session, message.id or 0)
    session.flush()
    erase_texts(session, [message.id or 0 for message in messages])
    _erase_comments(session, thread)
    session.connection().execute(
        delete(SavedConversationRow).where(col(SavedConversationRow.thread_id) == thread.id)
    )
    change_owner(thread, Owner.BOT, now=now)
    thread.waits_for_person, thread.crisis, thread.is_open = False, None, False
    thread.closed_at, thread.last_inbound_at = now, None
    erase_contact(thread, now=now)
    alerts.settle(session, f"thread:{thread.id}", by=by, now=now)
    session.add(thread)
    session.flush()


def _erase_comments(session: Session, thread: ThreadRow) -> None:
    for comment in list_of_person(session, thread.comment_id):
        comment.erase()
        session.add(comment)
    thread.comment_id = None


def _note(threads: Iterable[ThreadRow], register: Path | None, *, now: datetime) -> None:
    """On disk before the rows change: a line too many does no harm, one that is missing would."""
    lines: Sequence[str] = [
        json.dumps({"page": thread.page_id, "contact": thread.contact_index, "at": now.isoformat()}) + "\n"
        for thread in threads
    ]
    if register is None or not lines:
        return
    register.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(register, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
