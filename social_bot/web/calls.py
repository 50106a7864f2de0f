"""Messages: requests to be phoned, and how each call went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Response

from social_bot.answering import callbacks, store
from social_bot.answering.store import CallbackRow
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_SETTLED_SHOWN = 20

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Call:
    """``phone`` is shown to those who phone and to nobody else; ``over_on`` where nobody has taken it up."""

    row: CallbackRow
    phone: str | None
    is_late: bool
    over_on: date | None


@routes.get("/callbacks")
def calls(visit: Staff, done: str = "") -> Response:
    bot = visit.site.bot
    with bot.database.read() as session:
        rows = store.list_callbacks(session)
    settled = sorted(
        (row for row in rows if row.settled_at), key=lambda row: row.settled_at or row.requested_at
    )
    return render(
        visit,
        "callbacks.html",
        open=_calls(
            [row for row in rows if not row.settled_at],
            bot.database.cipher if visit.holds(Role.WRITER) else None,
            visit,
        ),
        settled=_calls(settled[::-1][:_SETTLED_SHOWN], None, visit),
        may_call=visit.holds(Role.WRITER),
        tries=callbacks.TRIES,
        done=done,
    )


@routes.post("/callbacks/{callback_id}/assign")
def assign(callback_id: int, visit: Staff, form: StaffForm) -> Response:
    """The worker takes the call on."""
    del form
    name, now = visit.worker.name, visit.moments.now
    with visit.site.bot.database.write() as session:
        callbacks.assign(session, callback_id, to=name, by=name, now=now)
    return see_other(f"/callbacks?done=call_taken#callback-{callback_id}")


@routes.post("/callbacks/{callback_id}/reached")
def reached(callback_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        callbacks.record_reached(session, callback_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/callbacks?done=reached")


@routes.post("/callbacks/{callback_id}/no-answer")
def no_answer(callback_id: int, visit: Staff, form: StaffForm) -> Response:
    """``tries`` is the number that the worker saw beside the button."""
    seen = form.get("tries", "")
    with visit.site.bot.database.write() as session:
        callbacks.record_no_answer(
            session,
            callback_id,
            by=visit.worker.name,
            organisation=visit.organisation,
            now=visit.moments.now,
            seen_tries=int(seen) if seen.isdecimal() else None,
        )
    return see_other("/callbacks?done=no_answer")


@routes.post("/callbacks/{callback_id}/cancel")
def cancel(callback_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        callbacks.cancel(session, callback_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/callbacks?done=call_cancelled")


def _calls(rows: Sequence[CallbackRow], cipher: Cipher | None, visit: StaffVisit) -> Sequence[Call]:
    now = visit.moments.now
    return [
        Call(
            row=row,
            phone=cipher.open(row.phone_sealed) if cipher and row.phone_sealed else None,
            is_late=callbacks.is_late(row, now=now),
            over_on=callbacks.over_on(row, visit.organisation)
            if callbacks.is_forgotten(row, visit.organisation, now=now)
            else None,
        )
        for row in rows
    ]
