"""Recording, changing and removing outreach visits; each is kept once, however often it is sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import audit, operators
from social_bot.organisation.roles import Role
from social_bot.planning import store as planning
from social_bot.storage.engine import insert_new
from social_bot.tracking import outreach_store as store
from social_bot.tracking.outreach import Visit
from social_bot.tracking.outreach_input import Known
from social_bot.tracking.outreach_store import VisitImportRow, VisitRow
from social_bot.tracking.recognisable import Names, refuse_traces
from social_bot.tracking.visit_files import VisitFile, key_of_line


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """``is_new`` False: the same visit had been received before."""

    row: VisitRow
    is_new: bool


def what_is_known(session: Session) -> Known:
    """The trials, campaigns and partner organisations that a visit may name."""
    return Known(
        trials={row.id or 0: row.channel for row in store.list_trials(session)},
        campaigns={row.id or 0 for row in planning.list_campaigns(session)},
        partners={row.id or 0 for row in store.list_partners(session, with_retired=True)},
    )


def record(
    session: Session,
    visit: Visit,
    *,
    key: str,
    names: Names,
    is_checked: bool = False,
    by: str,
    now: datetime,
) -> Recorded:
    """Keep a visit under the key that its device made. Raises ``Recognisable`` for a note that shows somebody."""
    operators.require(session, by, Role.WRITER, page_id=operators.ANY_PAGE)
    key = _parse_key(key)
    if (known := store.find_visit(session, key)) is not None:
        return Recorded(row=known, is_new=False)
    refuse_traces({"note": visit.note}, names=names, is_checked=is_checked)
    return _keep(session, visit, key=key, by=by, now=now)


def change(
    session: Session,
    visit_id: int,
    visit: Visit,
    *,
    names: Names,
    is_checked: bool = False,
    by: str,
    now: datetime,
) -> VisitRow:
    operators.require(session, by, Role.WRITER, page_id=operators.ANY_PAGE)
    row = store.get_visit(session, visit_id)
    refuse_traces({"note": visit.note}, names=names, is_checked=is_checked)
    for name, value in _columns(visit).items():
        setattr(row, name, value)
    row.changed_at = now
    session.add(row)
    store.set_partners_of_visit(session, visit_id, visit.partner_ids)
    audit.record(session, at=now, actor=by, action="visit.change", subject=f"visit:{visit_id}")
    return row


def remove(session: Session, visit_id: int, *, by: str, now: datetime) -> None:
    """It counts no more and its note is erased; the key stays, so that it does not come back by itself."""
    operators.require(session, by, Role.WRITER, page_id=operators.ANY_PAGE)
    row = store.get_visit(session, visit_id)
    row.removed_at, row.note = now, ""
    session.add(row)
    audit.record(session, at=now, actor=by, action="visit.remove", subject=f"visit:{visit_id}")


def take_in(
    session: Session, file: VisitFile, *, names: Names, is_checked: bool = False, by: str, now: datetime
) -> Sequence[VisitRow]:
    """All visits of a file or none. Raises ``NotAllowed`` for a file that was taken in before."""
    operators.require(session, by, Role.WRITER, page_id=operators.ANY_PAGE)
    if file.problems:
        raise file.problems[0].error
    if not file.lines:
        raise InvalidInput("There is no visit in the file.")
    refuse_traces(file.notes, names=names, is_checked=is_checked)
    known = store.find_import(session, file.digest)
    if known is not None:
        raise NotAllowed("{name} has taken in this file before. Its visits are here.", name=known.by)
    taken = VisitImportRow(digest=file.digest, visits=len(file.lines), by=by, at=now)
    session.add(taken)
    session.flush()
    rows = [
        _keep(session, line.visit, key=key_of_line(file, line), by=by, now=now, import_id=taken.id).row
        for line in file.lines
    ]
    audit.record(
        session,
        at=now,
        actor=by,
        action="visit.import",
        subject=f"import:{taken.id}",
        detail=f"visits={len(rows)}",
    )
    return rows


def _keep(
    session: Session, visit: Visit, *, key: str, by: str, now: datetime, import_id: int | None = None
) -> Recorded:
    values = {
        **_columns(visit),
        "key": key,
        "import_id": import_id,
        "recorded_by": by,
        "recorded_at": now,
    }
    is_new = insert_new(session, VisitRow, [values]) == 1
    row = store.find_visit(session, key)
    if row is None:  # pragma: no cover  (it was inserted, or its key was there)
        raise RuntimeError(key)
    if is_new:
        store.set_partners_of_visit(session, row.id or 0, visit.partner_ids)
        audit.record(session, at=now, actor=by, action="visit.add", subject=f"visit:{row.id}")
    return Recorded(row=row, is_new=is_new)


def _columns(visit: Visit) -> dict[str, object]:
    return {
        "place": visit.place,
        "channel": visit.channel,
        "held_on": visit.held_on,
        "starts_at": visit.starts_at,
        "minutes": visit.minutes,
        "workers": visit.workers,
        "contacts": visit.contacts,
        "declined": visit.declined,
        "led_to_clienthood": visit.led_to_clienthood,
        "guided_on": visit.guided_on,
        "out_of_area": visit.out_of_area,
        "note": visit.note,
        "trial_id": visit.trial_id,
        "campaign_id": visit.campaign_id,
    }


def _parse_key(key: str) -> str:
    try:
        return str(uuid.UUID(key))
    except ValueError as error:
        raise InvalidInput("This form lacks its key. Open the form again.") from error
