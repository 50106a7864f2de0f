"""How well messages are understood: labelled messages in, counts by language and label out.

A message counts as a resident would feel it: what was answered, not what was guessed. Every reply carries
the phone number and 112, so abstaining is cheap; a wrong answer is not.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.dialogue import Desk, decide
from social_bot.answering.outcomes import Answer, Clarify, Inbound, Lane
from social_bot.answering.recognition import Models, recognise
from social_bot.answering.threads import Thread
from social_bot.answering.topics import Topic
from social_bot.channels.ports import EventKind
from social_bot.errors import InvalidInput

_ANY_MOMENT = datetime(2026, 1, 2, 12, tzinfo=UTC)  # what is understood does not hang on the time
_TOPIC_COLUMNS = ("lang", "text", "topic")
_CRISIS_COLUMNS = ("lang", "text", "crisis", "kind")


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """``label`` is a topic, or a kind of danger, or empty where there is no danger."""

    language: str
    text: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Understood:
    """What a resident would get: one topic, some to choose from, or neither; and the alarm if any."""

    language: str
    lane: Lane
    answered: Topic | None = None
    offered: tuple[Topic, ...] = ()
    crisis: CrisisKind | None = None


def read_topics(path: Path) -> Sequence[Labelled]:
    """Rows of a file with the columns lang, text and topic. Raises ``InvalidInput`` naming file and line."""
    return [
        Labelled(language=row["lang"], text=row["text"], label=row["topic"])
        for row in _rows(path, _TOPIC_COLUMNS, {"topic": [topic.value for topic in Topic]})
    ]


def read_crisis(path: Path) -> Sequence[Labelled]:
    """Rows of a file with the columns lang, text, crisis (yes or no) and kind."""
    accepted = {"crisis": ["yes", "no"], "kind": [*(kind.value for kind in CrisisKind), ""]}
    return [
        Labelled(language=row["lang"], text=row["text"], label=row["kind"] if row["crisis"] == "yes" else "")
        for row in _rows(path, _CRISIS_COLUMNS, accepted)
    ]


def understand(text: str, models: Models) -> Understood:
    """The text as the first message of a thread."""
    recognition = recognise(text, previous_language=None, models=models)
    inbound = Inbound(kind=EventKind.MESSAGE, occurred_at=_ANY_MOMENT, recognition=recognition)
    outcome = decide(inbound, Thread(), desk=Desk(is_open=True), now=_ANY_MOMENT).outcome
    if not isinstance(outcome, Answer):
        return Understood(language=recognition.language, lane=Lane.UNKNOWN, crisis=recognition.crisis)
    return Understood(
        language=recognition.language,
        lane=outcome.lane,
        answered=Topic(outcome.key) if outcome.lane is Lane.GENERAL else None,
        offered=outcome.topics if isinstance(outcome, Clarify) else (),
        crisis=recognition.crisis,
    )


def evaluate_topics(rows: Sequence[Labelled], models: Models) -> Mapping[str, Any]:
    """Counts and shares (0–1) over all rows, by language and by topic, and a confusion table.

    ``right`` are messages answered on their topic (``answered_right``) or offered a choice that holds it
    (``offered_right``); ``wrong`` are answered on another topic, ``wrong_choice`` offered others only;
    ``abstained`` got the general or the individual text. Messages labelled ``other`` are counted apart.
    """
    judged = [(row, understand(row.text, models)) for row in rows]
    inside = [pair for pair in judged if pair[0].label != Topic.OTHER]
    outside = [pair for pair in judged if pair[0].label == Topic.OTHER]
    confusion: dict[str, Counter[str]] = {}
    for row, seen in judged:
        given = seen.answered or ("choice" if seen.offered else seen.lane)
        confusion.setdefault(row.label, Counter())[
            given.value if isinstance(given, Topic | Lane) else given
        ] += 1
    return {
        "messages": len(judged),
        "in_scope": _topic_counts(inside),
        "out_of_scope": _outside_counts(outside),
        "by_language": {
            language: {
                "in_scope": _topic_counts([pair for pair in inside if pair[0].language == language]),
                "out_of_scope": _outside_counts([pair for pair in outside if pair[0].language == language]),
                "language_right": _share(
                    seen.language == row.language for row, seen in judged if row.language == language
                ),
            }
            for language in sorted({row.language for row in rows})
        },
        "by_topic": {
            topic.value: _topic_counts([pair for pair in inside if pair[0].label == topic])
            for topic in Topic
            if topic is not Topic.OTHER
        },
        "confusion": {label: dict(counts.most_common()) for label, counts in sorted(confusion.items())},
    }


def evaluate_crisis(rows: Sequence[Labelled], models: Models) -> Mapping[str, Any]:
    """Recall and false alarms (shares, 0–1) over all rows, by language, and recall by kind of danger.

    An alarm of any kind counts as found: what matters is that the numbers go out and a person looks.
    """
    judged = [(row, understand(row.text, models).crisis) for row in rows]
    kinds = sorted({row.label for row in rows if row.label})
    return {
        "messages": len(judged),
        **_crisis_counts(judged),
        "by_language": {
            language: _crisis_counts([pair for pair in judged if pair[0].language == language])
            for language in sorted({row.language for row in rows})
        },
        "by_kind": {
            kind: {
                "messages": sum(row.label == kind for row, _ in judged),
                "recall": _share(found is not None for row, found in judged if row.label == kind),
                "right_kind": _share(found == kind for row, found in judged if row.label == kind),
            }
            for kind in kinds
        },
    }


def _topic_counts(pairs: Sequence[tuple[Labelled, Understood]]) -> Mapping[str, Any]:
    outcomes = Counter(_outcome(row.label, seen) for row, seen in pairs)
    total = len(pairs)
    right = outcomes["answered_right"] + outcomes["offered_right"]
    names = ("answered_right", "offered_right", "wrong", "wrong_choice", "abstained")
    return {
        "messages": total,
        **{name: outcomes[name] for name in names},
        "right_share": round(right / total, 4) if total else None,
        "wrong_share": round(outcomes["wrong"] / total, 4) if total else None,
    }


def _outcome(label: str, seen: Understood) -> str:
    if seen.answered is not None:
        return "answered_right" if seen.answered == label else "wrong"
    if seen.offered:
        return "offered_right" if label in seen.offered else "wrong_choice"
    return "abstained"


def _outside_counts(pairs: Sequence[tuple[Labelled, Understood]]) -> Mapping[str, Any]:
    answered = sum(seen.answered is not None for _, seen in pairs)
    return {
        "messages": len(pairs),
        "answered": answered,
        "offered": sum(bool(seen.offered) for _, seen in pairs),
        "answered_share": round(answered / len(pairs), 4) if pairs else None,
    }


def _crisis_counts(pairs: Sequence[tuple[Labelled, CrisisKind | None]]) -> Mapping[str, Any]:
    return {
        "danger": sum(bool(row.label) for row, _ in pairs),
        "no_danger": sum(not row.label for row, _ in pairs),
        "recall": _share(found is not None for row, found in pairs if row.label),
        "false_alarms": _share(found is not None for row, found in pairs if not row.label),
    }


def _share(hits: Iterable[bool]) -> float | None:
    values = list(hits)
    return round(sum(values) / len(values), 4) if values else None


def _rows(
    path: Path, columns: Sequence[str], accepted: Mapping[str, Sequence[str]]
) -> Sequence[Mapping[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = [column for column in columns if column not in (reader.fieldnames or ())]
            if missing:
                raise InvalidInput(
                    "{file}: the first line must name the columns {columns}, parted by tabs; {missing} is missing.",
                    file=path.name,
                    columns=", ".join(columns),
                    missing=missing[0],
                )
            rows = [{column: (row[column] or "").strip() for column in columns} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput("{file} cannot be read: {problem}", file=path.name, problem=str(error)) from error
    for line, row in enumerate(rows, start=2):
        for column, values in accepted.items():
            if row[column] not in values:
                raise InvalidInput(
                    '{file}, line {line}: {column} "{value}" is not known. Accepted: {accepted}.',
                    file=path.name,
                    line=line,
                    column=column,
                    value=row[column],
                    accepted=", ".join(value for value in values if value),
                )
    return rows
