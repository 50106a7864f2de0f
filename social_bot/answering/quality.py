"""How the answers of a month did: what the named quality owner follows, as digipalvelulaki 6 a § asks.

Counts only. In what leaves the unit a count from one to four is hidden, for it may point at a person.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from social_bot.answering.misunderstandings import MisunderstandingRow
from social_bot.answering.outcomes import Lane
from social_bot.answering.replies import newest_versions
from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow, SendState
from social_bot.answering.topics import Topic
from social_bot.answering.validity import lapsed
from social_bot.errors import InvalidInput
from social_bot.organisation.directory import Organisation

NOT_HELPED = "not_helped"
NEAR_END = timedelta(days=30)
HIDDEN_BELOW = 5
HIDDEN = "< 5"

_HAND_OVERS = frozenset({"individual", "other_language", "late", NOT_HELPED})
"""Answers after which a person must look at the thread; danger and what a worker wrote count besides."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A text whose last day is near or past."""

    key: str
    language: str
    valid_until: date
    has_ended: bool


@dataclass(kw_only=True)
class QualityReport:
    """``answers`` and ``not_helped`` by text and language; ``hand_overs`` counts conversations."""

    month: date
    quality_owner: str | None
    received: int = 0
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    lanes: Counter[Lane] = field(default_factory=Counter)
    not_helped: Counter[tuple[str, str]] = field(default_factory=Counter)
    unanswered: int = 0
    hand_overs: int = 0
    callbacks_requested: int = 0
    callbacks_reached: int = 0
    callbacks_unreachable: int = 0
    callbacks_lapsed: int = 0
    misunderstood: int = 0
    endings: Sequence[Ending] = ()
    unapproved: int = 0


def parse_month(text: str) -> date:
    """``2026-11``: its first day."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise InvalidInput('A month reads like 2026-11; "{text}" does not.', text=text) from error


def report_month(
    session: Session, month: date, organisation: Organisation, *, now: datetime
) -> QualityReport:
    """``month`` is its first day, in the organisation's zone."""
    begins = datetime.combine(month, time(), tzinfo=organisation.zone).astimezone(now.tzinfo)
    next_month = (month + timedelta(days=31)).replace(day=1)
    ends = datetime.combine(next_month, time(), tzinfo=organisation.zone).astimezone(now.tzinfo)
    report = QualityReport(
        month=month, quality_owner=organisation.value("quality_owner", organisation.languages[0])
    )
    messages = session.exec(
        select(MessageRow)
        .where(col(MessageRow.at) >= begins, col(MessageRow.at) < ends)
        .order_by(col(MessageRow.thread_id), col(MessageRow.id))
    ).all()
    _count_messages(report, messages)
    _count_callbacks(report, session, begins=begins, ends=ends)
    report.misunderstood = session.exec(
        select(func.count())
        .select_from(MisunderstandingRow)
        .where(col(MisunderstandingRow.written_at) >= begins, col(MisunderstandingRow.written_at) < ends)
    ).one()
    report.endings = list_endings(session, today=now.astimezone(organisation.zone).date())
    report.unapproved = sum(
        row.approved_at is None and not row.needs_speaker for row in newest_versions(session)
    )
    return report


def list_endings(session: Session, *, today: date) -> Sequence[Ending]:
    """Approved texts in force whose last day lies within ``NEAR_END``, or behind."""
    return [
        Ending(
            key=row.key, language=row.language, valid_until=row.valid_until, has_ended=row.valid_until < today
        )
        for row in lapsed(session, today=today + NEAR_END + timedelta(days=1))
        if row.valid_until is not None
    ]


def _count_messages(report: QualityReport, messages: Sequence[MessageRow]) -> None:
    counted: set[int | None] = set()
    handed_over: set[int] = set()
    last_topic: dict[int, str] = {}
    answered = {row.answers_id for row in messages if row.direction is Direction.OUTBOUND}
    for row in messages:
        if row.direction is Direction.INBOUND:
            report.received += 1
            report.unanswered += row.id not in answered
        elif not row.is_automatic:
            handed_over.add(row.thread_id)
        elif row.answers_id is None:
            handed_over.add(row.thread_id)  # our private message for a comment
        elif row.send_state is SendState.SENT and row.answers_id not in counted:
            counted.add(row.answers_id)
            _count_answer(report, row, last_topic)
            if row.lane is Lane.CRISIS or row.key in _HAND_OVERS:
                handed_over.add(row.thread_id)
    report.hand_overs = len(handed_over)


def _count_answer(report: QualityReport, row: MessageRow, last_topic: dict[int, str]) -> None:
    key, language = row.key or "", row.language or ""
    if key == NOT_HELPED:
        report.not_helped[last_topic.get(row.thread_id, ""), language] += 1
        return
    report.answers[key, language] += 1
    if row.lane is not None:
        report.lanes[row.lane] += 1
    if key in set(Topic):
        last_topic[row.thread_id] = key


def _count_callbacks(report: QualityReport, session: Session, *, begins: datetime, ends: datetime) -> None:
    rows = session.exec(
        select(CallbackRow).where(
            col(CallbackRow.requested_at) >= begins, col(CallbackRow.requested_at) < ends
        )
    ).all()
    states = Counter(row.state for row in rows)
    report.callbacks_requested = len(rows)
    report.callbacks_reached = states[CallbackState.DONE]
    report.callbacks_unreachable = states[CallbackState.UNREACHABLE]
    report.callbacks_lapsed = sum(row.is_lapsed for row in rows)


def hidden(count: int) -> int | str:
    """The count as it may leave the unit."""
    return HIDDEN if 0 < count < HIDDEN_BELOW else count


def export_record(report: QualityReport) -> Mapping[str, object]:
    """The report as plain values, small counts hidden."""
    return {
        "month": f"{report.month:%Y-%m}",
        "quality_owner": report.quality_owner,
        **{name: hidden(count) for name, count in _totals(report)},
        "lanes": {lane.value: hidden(report.lanes[lane]) for lane in Lane},
        "answers": [
            {"text": key, "language": language, "count": hidden(count)}
            for (key, language), count in report.answers.most_common()
        ],
        "not_helped": [
            {"topic": key, "language": language, "count": hidden(count)}
            for (key, language), count in report.not_helped.most_common()
        ],
        "texts_ending": [
            {
                "text": each.key,
                "language": each.language,
                "valid_until": each.valid_until,
                "ended": each.has_ended,
            }
            for each in report.endings
        ],
        "texts_not_approved": report.unapproved,
    }


def export_csv(report: QualityReport) -> str:
    """Semicolons and a byte order mark, as a Finnish spreadsheet opens it; small counts hidden."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("month", "figure", "name", "language", "count"))
    writer.writerows((f"{report.month:%Y-%m}", *row) for row in _rows(report))
    return out.getvalue()


def _rows(report: QualityReport) -> Iterator[tuple[str, str, str, int | str]]:
    for name, count in _totals(report):
        yield name, "", "", hidden(count)
    for lane in Lane:
        yield "lane", lane.value, "", hidden(report.lanes[lane])
    for (key, language), count in report.answers.most_common():
        yield "answer", key, language, hidden(count)
    for (key, language), count in report.not_helped.most_common():
        yield "not_helped", key, language, hidden(count)
    for each in report.endings:
        yield "text_ending", each.key, each.language, each.valid_until.isoformat()


def _totals(report: QualityReport) -> Sequence[tuple[str, int]]:
    return (
        ("received", report.received),
        ("answered", report.answers.total() + report.not_helped.total()),
        ("unanswered", report.unanswered),
        ("not_helped_total", report.not_helped.total()),
        ("hand_overs", report.hand_overs),
        ("callbacks_requested", report.callbacks_requested),
        ("callbacks_reached", report.callbacks_reached),
        ("callbacks_unreachable", report.callbacks_unreachable),
        ("callbacks_lapsed", report.callbacks_lapsed),
        ("misunderstood", report.misunderstood),
    )
