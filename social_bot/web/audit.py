"""The audit log as a page: who did what and when, whether the chain holds, and the whole of it as a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from social_bot.errors import NotAllowed
from social_bot.organisation import audit, audit_export, entering, operators, pages
from social_bot.organisation.audit import AuditEntryRow, Filter
from social_bot.organisation.retention import PERIODS, Kept
from social_bot.organisation.roles import COMMAND_LINE, Role
from social_bot.translations import marked, translate
from social_bot.web.deeds import BY_COMMAND_LINE, DEEDS, KINDS, MEANS, NOBODY, OTHER_DEED, SUBJECTS
from social_bot.web.moments import Moments
from social_bot.web.pages import render
from social_bot.web.visits import Staff, StaffForm, StaffVisit
from social_bot.web.words import ROLES

_A_PAGE = 50
_FORMATS: Mapping[str, tuple[str, Callable[..., Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", audit_export.as_csv),
    "jsonl": ("application/jsonl; charset=utf-8", audit_export.as_json_lines),
}

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry in words; ``path`` leads to what it was about, where that can be read."""

    id: int
    at: datetime
    actor: str
    deed: str
    subject: str
    path: str
    detail: str


@routes.get("/audit")
def log(visit: Staff, who: str = "", kind: str = "", day: str = "", before: str = "") -> Response:
    chosen = Filter(
        actor=who or None,
        kind=kind if kind in KINDS else None,
        **_day(day, visit.moments),
        before_id=int(before) if before.isdecimal() and len(before) < 12 else None,
    )
    with visit.site.bot.database.read() as session:
        _require_administrator(session, visit)
        entries = audit.look(session, chosen, limit=_A_PAGE + 1)
        names = {page.id: page.name for page in pages.everyone(session)}
        shown = entries[:_A_PAGE]
        further = (
            {"who": who, "kind": kind, "day": day, "before": shown[-1].id} if len(entries) > _A_PAGE else None
        )
        return render(
            visit,
            "audit.html",
            lines=[_in_words(entry, visit.language, names) for entry in shown],
            chain=audit.verify(session),
            people=[row.name for row in operators.everyone(session, with_former=True)],
            kinds=KINDS,
            chosen={"who": who, "kind": kind, "day": day, "before": before},
            is_filtered=bool(who or kind or day),
            further=f"/audit?{urlencode({k: v for k, v in further.items() if v})}" if further else None,
        )


@routes.post("/audit/export")
def export(visit: Staff, form: StaffForm) -> Response:
    """The whole log: only whole does the chain prove anything. That it was taken is in it."""
    name = form.get("format", "")
    media_type, write = _FORMATS.get(name, _FORMATS["csv"])
    database, by, now = visit.site.bot.database, visit.worker.name, visit.moments.now
    with database.write() as session:
        _require_administrator(session, visit)
        audit.record(session, at=now, actor=by, action="audit.export", subject=by, detail=name)

    def parts() -> Iterator[str]:
        with database.read() as session:
            yield from write(audit.every_entry(session))

    return StreamingResponse(
        parts(),
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="audit-{visit.moments.today}.{name if name in _FORMATS else "csv"}"',
            "Cache-Control": "no-store",
        },
    )


def _require_administrator(session: Session, visit: StaffVisit) -> None:
    if not visit.holds(Role.ADMINISTRATOR):
        raise NotAllowed("Only administrators read the audit log. Ask one of them.")
    operators.require(session, visit.worker.name, Role.ADMINISTRATOR)


def _day(day: str, moments: Moments) -> Mapping[str, datetime]:
    """The day from midnight to midnight here; nothing for what is no day."""
    with suppress(ValueError, OverflowError):
        begins = datetime.combine(date.fromisoformat(day), time(), tzinfo=moments.zone)
        return {
            "begins": begins,
            "ends": datetime.combine(begins.date() + timedelta(days=1), time(), tzinfo=moments.zone),
        }
    return {}


def _in_words(entry: AuditEntryRow, language: str, page_names: Mapping[str, str]) -> Line:
    t = translate(language)
    deed = t(DEEDS[entry.action]) if entry.action in DEEDS else t(OTHER_DEED).format(action=entry.action)
    subject, path = _about(entry, t, page_names)
    return Line(
        id=entry.id or 0,
        at=entry.at,
        actor=_who(entry.actor, t),
        deed=deed,
        subject=subject,
        path=path,
        detail=_detail(entry, t, page_names),
    )


def _who(actor: str, t: Callable[[str], str]) -> str:
    if actor == entering.UNKNOWN:
        return t(NOBODY)
    if actor == COMMAND_LINE:
        return t(BY_COMMAND_LINE)
    return actor.replace(f"from {COMMAND_LINE}", f"({t(BY_COMMAND_LINE)})")


def _about(entry: AuditEntryRow, t: Callable[[str], str], page_names: Mapping[str, str]) -> tuple[str, str]:
    kind, _, key = entry.subject.partition(":")
    if kind == "kept":
        return (t(PERIODS[Kept(key)].what) if key in set(Kept) else ""), "/settings/retention"
    if key and kind in SUBJECTS:
        words, path = SUBJECTS[kind]
        return t(words).format(id=key), path.format(id=key)
    if entry.subject in (entry.actor, entering.UNKNOWN):
        return "", ""
    return page_names.get(entry.subject, entry.subject), ""


def _detail(entry: AuditEntryRow, t: Callable[[str], str], page_names: Mapping[str, str]) -> str:
    """Only what can be said in words; the rest stands in the file."""
    if entry.action == "sign_in":
        return t(MEANS[entry.detail]) if entry.detail in MEANS else ""
    if entry.action == audit.ERASED:
        return entry.detail.partition(" ")[0]
    if entry.action in ("operator.add", "operator.roles"):
        return _roles(entry.detail.split(","), t, page_names)
    return ""


def _roles(parts: Sequence[str], t: Callable[[str], str], page_names: Mapping[str, str]) -> str:
    """``writer,approver@100200300`` as people say it."""
    said = []
    for part in parts:
        role, _, page_id = part.partition("@")
        if role in list(Role):
            word = t(ROLES[Role(role)])
            said.append(f"{word} ({page_names.get(page_id, page_id)})" if page_id else word)
    return ", ".join(said) or t(marked("no roles"))
