"""Practice descriptions: seven questions about a way of working, to be shared with others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from social_bot.errors import InvalidInput
from social_bot.organisation import audit
from social_bot.tracking import outreach_store as store
from social_bot.tracking.authors import require_author
from social_bot.tracking.forms import PracticeForm, Question
from social_bot.tracking.outreach_input import InvalidFields, parse_text
from social_bot.tracking.outreach_store import PracticeRow, PracticeVersionRow
from social_bot.tracking.recognisable import Names, refuse_traces
from social_bot.tracking.trial_deeds import LONGEST_TITLE, check_answers, written_meanwhile


@dataclass(frozen=True, kw_only=True)
class PracticeDescription:
    """A description as it stands, for a page or a document."""

    title: str
    answers: Sequence[tuple[Question, str]]
    source: str
    version: int
    by: str
    at: datetime


def save(
    session: Session,
    title: str,
    answers: Mapping[str, str],
    *,
    form: PracticeForm,
    names: Names,
    practice_id: int | None = None,
    seen_version: int = 0,
    trial_id: int | None = None,
    is_checked: bool = False,
    by: str,
    now: datetime,
) -> PracticeRow:
    """A new description, or a new version of one. Raises ``InvalidFields`` or ``Recognisable``."""
    require_author(session, by)
    problems: dict[str, InvalidInput] = {}
    kept: dict[str, str] = {}
    try:
        title = parse_text(title, most=LONGEST_TITLE)
    except InvalidInput as error:
        problems["title"] = error
    try:
        kept = check_answers(form.questions, answers)
    except InvalidFields as error:
        problems.update(error.problems)
    if problems:
        raise InvalidFields(problems)
    had_traces = refuse_traces(
        {"title": title, **kept},
        names=names,
        is_checked=is_checked,
        anonymous={question.key for question in form.questions if question.anonymous},
    )
    row, version = _row(session, practice_id, seen_version, title=title, trial_id=trial_id, by=by, now=now)
    session.add(
        PracticeVersionRow(
            practice_id=row.id or 0, version=version, answers=kept, is_checked=had_traces, by=by, at=now
        )
    )
    detail = f"version={version}" + (",checked=yes" if had_traces else "")
    audit.record(
        session, at=now, actor=by, action="practice.save", subject=f"practice:{row.id}", detail=detail
    )
    return row


def describe(session: Session, practice_id: int, form: PracticeForm) -> PracticeDescription:
    row = store.get_practice(session, practice_id)
    newest = store.newest_practice_version(session, practice_id)
    return PracticeDescription(
        title=row.title,
        answers=[(question, newest.answers.get(question.key, "")) for question in form.questions],
        source=form.source,
        version=newest.version,
        by=newest.by,
        at=newest.at,
    )


def _row(
    session: Session,
    practice_id: int | None,
    seen_version: int,
    *,
    title: str,
    trial_id: int | None,
    by: str,
    now: datetime,
) -> tuple[PracticeRow, int]:
    if practice_id is None:
        if trial_id is not None:
            store.get_trial(session, trial_id)
        row = PracticeRow(title=title, trial_id=trial_id, created_by=by, created_at=now)
        session.add(row)
        session.flush()
        return row, 1
    row = store.get_practice(session, practice_id)
    newest = store.newest_practice_version(session, practice_id)
    if newest.version != seen_version:
        raise written_meanwhile(newest.by)
    row.title = title
    session.add(row)
    return row, newest.version + 1
