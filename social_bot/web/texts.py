"""Messages: every approved text, who proposed and approved it, what differs, and how often it has gone out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fastapi import APIRouter, Response

from social_bot.answering import text_use, texts
from social_bot.answering.replies import SHIPPED, TextVersionRow
from social_bot.answering.texts import Place, Preview, Standing, TextState
from social_bot.errors import InvalidInput, SocialBotError
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.roles import Role
from social_bot.planning.differences import Part, differences
from social_bot.translations import marked
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffForm, StaffVisit

STANDINGS: Mapping[Standing, tuple[str, str]] = {
    Standing.IN_FORCE: ("published", marked("In force")),
    Standing.WAITING: ("awaiting_approval", marked("A change waits for approval")),
    Standing.NEVER: ("draft", marked("Not approved yet")),
    Standing.SPEAKER: ("unconfirmed", marked("To be checked by a speaker")),
    Standing.ENDING: ("missed", marked("Ends soon")),
    Standing.ENDED: ("expired", marked("Has ended")),
}
"""Symbol (and colour), and word."""

PLACES: Mapping[Place, tuple[str, str]] = {
    Place.DANGER: (marked("Danger"), marked("Sent at once, alone, when somebody may be in danger.")),
    Place.TOPIC: (marked("Topics"), marked("The answer to a general question on this topic.")),
    Place.CONVERSATION: (
        marked("Conversation"),
        marked("Said in a conversation around the answers, or where there is no topic."),
    ),
    Place.BUTTON: (marked("Buttons"), marked("Stands on a button under a message.")),
    Place.PROFILE: (marked("Menu and greeting"), marked("Shown in Messenger before the first word.")),
    Place.COMMENT: (marked("Comments"), marked("Said in public under a comment, or in private after one.")),
    Place.PHRASE: (
        marked("Phrases for workers"),
        marked("Workers put it into their own answers. Never sent by itself."),
    ),
}
"""A name, and where it is used."""

routes = APIRouter()


class Need(StrEnum):
    """What somebody looks for in the list."""

    ALL = "all"
    WAITING = "waiting"
    ENDING = "ending"
    UNAPPROVED = "unapproved"
    SPEAKER = "speaker"


NEEDS: Mapping[Need, tuple[str, frozenset[Standing]]] = {
    Need.ALL: (marked("All"), frozenset(Standing)),
    Need.WAITING: (marked("Wait for approval"), frozenset({Standing.WAITING})),
    Need.ENDING: (marked("End soon or have ended"), frozenset({Standing.ENDING, Standing.ENDED})),
    Need.UNAPPROVED: (marked("Not approved yet"), frozenset({Standing.NEVER})),
    Need.SPEAKER: (marked("To be checked by a speaker"), frozenset({Standing.SPEAKER})),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    state: TextState
    sent: int


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version with what it changed against the one before it that stands (None for the first)."""

    row: TextVersionRow
    parts: Sequence[Part] | None
    sent: int
    is_shipped: bool


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A version that waits, against what is in force."""

    row: TextVersionRow
    parts: Sequence[Part] | None
    preview: Preview
    is_shipped: bool
    may_approve: bool
    may_reject: bool


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What came back from a form: new words, or an approval (``version``) with its fields."""

    problem: SocialBotError
    text: str | None = None
    version: int | None = None
    checked_by: str = ""
    valid_until: str = ""


@routes.get("/texts")
def listing(visit: Staff, need: str = "", lang_of: str = "", place: str = "") -> Response:
    organisation, now = visit.organisation, visit.moments.now
    with visit.site.bot.database.read() as session:
        states = texts.list_states(session, today=organisation.today(now))
        counts = text_use.count_sent(session)
    wanted = Need(need) if need in set(Need) else Need.ALL
    languages = list(dict.fromkeys(state.language for state in states))
    languages.sort(key=lambda code: (LANGUAGES.index(code) if code in LANGUAGES else len(LANGUAGES), code))
    language = lang_of if lang_of in languages else "" if lang_of == "every" else organisation.languages[0]
    if wanted is Need.SPEAKER:
        language = ""
    place = place if place in set(Place) else ""
    in_view = [
        state
        for state in states
        if (not language or state.language == language) and (not place or state.place == place)
    ]
    sent: dict[tuple[str, str], int] = {}
    for (key, code, _), count in counts.items():
        sent[key, code] = sent.get((key, code), 0) + count
    groups: dict[Place, list[Line]] = {}
    for state in in_view:
        if state.standing in NEEDS[wanted][1]:
            line = Line(state=state, sent=sent.get((state.key, state.language), 0))
            groups.setdefault(state.place, []).append(line)
    return render(
        visit,
        "texts.html",
        groups=groups,
        need=wanted,
        needs={
            each: (word, sum(state.standing in standings for state in _for_need(each, states, in_view)))
            for each, (word, standings) in NEEDS.items()
        },
        language_shown=language,
        languages=languages,
        place=place,
        places=PLACES,
        standings=STANDINGS,
        done="",
    )


@routes.get("/texts/{key}/{text_language}")
def one(key: str, text_language: str, visit: Staff, done: str = "") -> Response:
    return _show(visit, key, text_language, done=done)


@routes.post("/texts/{key}/{text_language}")
def write(key: str, text_language: str, visit: Staff, form: StaffUpload) -> Response:
    """Propose new words; somebody else approves them."""
    text = form.fields.get("text", "").replace("\r\n", "\n")
    try:
        with visit.site.bot.database.write() as session:
            texts.write_version(
                session,
                key,
                text_language,
                text,
                by=visit.worker.name,
                organisation=visit.organisation,
                now=visit.moments.now,
            )
    except InvalidInput as problem:
        return _show(visit, key, text_language, Draft(problem=problem, text=text), status=422)
    return see_other(f"/texts/{key}/{text_language}?done=text_proposed")


@routes.post("/texts/{key}/{text_language}/{version_id}/approve")
def approve(key: str, text_language: str, version_id: int, visit: Staff, form: StaffForm) -> Response:
    checked_by, valid_until = form.get("checked_by", ""), form.get("valid_until", "")
    try:
        with visit.site.bot.database.write() as session:
            texts.approve_version(
                session,
                version_id,
                digest=form.get("digest", ""),
                by=visit.worker.name,
                now=visit.moments.now,
                organisation=visit.organisation,
                checked_by=checked_by or None,
                valid_until=_day(valid_until),
            )
    except InvalidInput as problem:
        draft = Draft(problem=problem, version=version_id, checked_by=checked_by, valid_until=valid_until)
        return _show(visit, key, text_language, draft, status=422)
    return see_other(f"/texts/{key}/{text_language}?done=text_approved")


@routes.post("/texts/{key}/{text_language}/{version_id}/reject")
def reject(key: str, text_language: str, version_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        texts.reject_version(session, version_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/texts/{key}/{text_language}?done=text_rejected")


def _show(
    visit: StaffVisit,
    key: str,
    text_language: str,
    draft: Draft | None = None,
    *,
    done: str = "",
    status: int = 200,
) -> Response:
    organisation, now = visit.organisation, visit.moments.now
    with visit.site.bot.database.read() as session:
        state = texts.get_state(session, key, text_language, today=organisation.today(now))
        counts = text_use.count_sent(session)
    sent = {row.version: counts.get((key, text_language, row.version), 0) for row in state.versions}
    shown = state.shown

    def preview(row: TextVersionRow) -> Preview:
        return texts.preview(row.text, key, text_language, organisation, now=now)

    return render(
        visit,
        "text.html",
        status=status,
        state=state,
        preview=preview(shown),
        proposals=[_proposal(visit, state, row, preview(row)) for row in reversed(state.proposals)],
        history=_history(state, sent),
        sent=sum(sent.values()),
        draft=draft,
        edited=draft.text if draft and draft.text is not None else shown.text,
        may_write=visit.holds(Role.WRITER),
        may_renew=visit.holds(Role.APPROVER) and shown.author != visit.worker.name,
        names=sorted(name for name in organisation.text_values(visit.language, now)),
        others=[code for code in LANGUAGES if code != text_language],
        places=PLACES,
        standings=STANDINGS,
        shipped=SHIPPED,
        done=done,
    )


def _proposal(visit: StaffVisit, state: TextState, row: TextVersionRow, preview: Preview) -> Proposal:
    is_own, is_approver = row.author == visit.worker.name, visit.holds(Role.APPROVER)
    return Proposal(
        row=row,
        parts=differences(state.in_force.text, row.text) if state.in_force else None,
        preview=preview,
        is_shipped=row.author == SHIPPED,
        may_approve=is_approver and not is_own,
        may_reject=is_approver or (is_own and visit.holds(Role.WRITER)),
    )


def _history(state: TextState, sent: Mapping[int, int]) -> Sequence[Version]:
    """The newest first."""
    found, before = [], None
    for row in state.versions:
        found.append(
            Version(
                row=row,
                parts=differences(before.text, row.text) if before else None,
                sent=sent[row.version],
                is_shipped=row.author == SHIPPED,
            )
        )
        if row.rejected_at is None:
            before = row
    return found[::-1]


def _for_need(need: Need, states: Sequence[TextState], in_view: Sequence[TextState]) -> Sequence[TextState]:
    """Texts for other languages are looked for in every language."""
    return states if need is Need.SPEAKER else in_view


def _day(text: str) -> date | None:
    """Of a date field, or as a Finn writes it: 31.12.2026."""
    if not text:
        return None
    try:
        if "." in text:
            day, month, year = (int(part) for part in text.split("."))
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("The last day reads like 31.12.2026.") from error
