"""What waits for workers in the sample organisation: comments, a person's answer, a proposal, a misunderstanding."""

import threading
from collections.abc import Callable

from sqlmodel import Session, col, select

from social_bot.answering import misunderstandings, speaking, store, texts
from social_bot.answering.store import Direction, MessageRow
from social_bot.bootstrap import clock
from social_bot.cli.rehearsal import Rehearsal

_COMMENTS = (
    ("7300000001", "Asukas 61", "Kuka auttaa veloissa, kun ulosotto vie palkasta?"),
    ("7300000002", "Asukas 62", "Missä mun hakemus viipyy? Soittakaa 040 123 4567"),
    ("7300000003", "Asukas 63", "Koskeeko tämä myös opiskelijoita?"),
)
_ANSWER = (
    "Hei, täällä vastaa ihminen. Voit tulla juttelemaan kasvokkain. Sovitaan aika puhelimessa: 0XX XXX XXXX."
)
_TRIES = 100


def add_to_inbox(
    rehearsal: Rehearsal, page_id: str, *, answered: tuple[str, str], misunderstood: tuple[str, str], by: str
) -> None:
    """``answered`` and ``misunderstood``: a page and the resident who wrote to it."""
    newest = rehearsal.practice.posts(page_id)[0]
    for psid, name, text in _COMMENTS:
        rehearsal.practice.comment_as_resident(page_id, psid, object_id=newest.id, text=text, name=name)
    _when_written(rehearsal, *answered, lambda session, thread, _: _answer(session, rehearsal, thread, by))
    _when_written(
        rehearsal,
        *misunderstood,
        lambda session, _, message: misunderstandings.mark(
            session, message, "benefits_other", by=by, now=clock()
        ),
    )
    with rehearsal.bot.database.write() as session:
        organisation = rehearsal.bot.organisation(session)
        now = clock()
        state = texts.get_state(session, "debt", "fi", today=organisation.today(now))
        words = f"{state.shown.text}\n? Varaa aika: {{{{ booking_link }}}}"
        texts.write_version(session, "debt", "fi", words, by=by, organisation=organisation, now=now)


def _answer(session: Session, rehearsal: Rehearsal, thread_id: int, by: str) -> None:
    bot = rehearsal.bot
    organisation = bot.organisation(session)
    speaking.answer_in_person(
        session,
        thread_id,
        _ANSWER,
        by=by,
        organisation=organisation,
        cipher=bot.database.cipher,
        now=clock(),
    )


def _when_written(
    rehearsal: Rehearsal, page_id: str, psid: str, do: Callable[[Session, int, int], object]
) -> None:
    """Do it once the resident's message has been taken in; leave it where that takes too long."""
    database, pause = rehearsal.bot.database, threading.Event()
    for _ in range(_TRIES):
        with database.write() as session:
            thread = store.find_thread(session, page_id, database.index(psid))
            message = (
                thread
                and session.exec(
                    select(MessageRow.id)
                    .where(MessageRow.thread_id == thread.id, MessageRow.direction == Direction.INBOUND)
                    .order_by(col(MessageRow.id))
                ).first()
            )
            if thread and message:
                do(session, thread.id or 0, message)
                return
        pause.wait(0.1)
