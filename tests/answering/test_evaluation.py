"""How well messages are understood, on sets written by other hands than the phrases. Own sets, expect less.

The ``_set`` files chose the thresholds; the ``_unseen`` files, written later, were measured once, at the end.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from social_bot.answering.evaluation import (
    evaluate_crisis,
    evaluate_topics,
    read_crisis,
    read_topics,
    understand,
)
from social_bot.answering.outcomes import Lane
from social_bot.answering.phrases import examples, lines_of_danger, read_phrases
from social_bot.answering.recognition import Models
from social_bot.answering.signs import fold
from social_bot.assets import folder
from social_bot.cli.app import app
from social_bot.errors import InvalidInput

HERE = Path(__file__).parent
TOPICS = [HERE / "topics_set.tsv", HERE / "topics_unseen.tsv"]
CRISIS = [HERE / "crisis_set.tsv", HERE / "crisis_unseen.tsv"]
OWN_MATTERS = HERE / "individual_set.tsv"


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_topics_meet_their_goals(path: Path, models: Models) -> None:
    result = evaluate_topics(read_topics(path), models)

    assert result["in_scope"]["right_share"] >= 0.85
    assert result["in_scope"]["wrong_share"] <= 0.03
    assert result["out_of_scope"]["answered_share"] <= 0.03


@pytest.mark.parametrize("path", TOPICS, ids=lambda path: path.stem)
def test_topics_are_understood_in_each_language(path: Path, models: Models) -> None:
    result = evaluate_topics(read_topics(path), models)

    assert set(result["by_language"]) == {"fi", "sv", "en"}
    for language, counts in result["by_language"].items():
        assert counts["in_scope"]["right_share"] >= 0.8, language
        assert counts["language_right"] >= 0.95, language


@pytest.mark.parametrize("path", CRISIS, ids=lambda path: path.stem)
def test_danger_is_found_and_harmless_lines_seldom_alarm(path: Path, models: Models) -> None:
    result = evaluate_crisis(read_crisis(path), models)

    assert result["recall"] >= 0.95
    assert result["false_alarms"] < 0.1


@pytest.mark.parametrize("path", CRISIS, ids=lambda path: path.stem)
def test_no_kind_of_danger_and_no_language_is_left_behind(path: Path, models: Models) -> None:
    result = evaluate_crisis(read_crisis(path), models)

    assert len(result["by_kind"]) == 8
    assert min(kind["recall"] for kind in result["by_kind"].values()) >= 0.85
    assert min(counts["recall"] for counts in result["by_language"].values()) >= 0.93


def test_own_matters_are_told_from_general_questions(models: Models) -> None:
    """Missed ones get a general text, which does no harm; a general question must not be turned away."""
    with OWN_MATTERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    found = [understand(row["text"], models).lane is Lane.INDIVIDUAL for row in rows]

    own = [hit for row, hit in zip(rows, found, strict=True) if row["individual"] == "yes"]
    general = [hit for row, hit in zip(rows, found, strict=True) if row["individual"] == "no"]
    assert sum(own) / len(own) >= 0.8
    assert sum(general) / len(general) <= 0.05


def test_the_sets_are_as_large_as_promised() -> None:
    assert len(read_topics(TOPICS[0])) >= 400
    assert len({row.label for row in read_topics(TOPICS[0])}) == 20
    danger = [bool(row.label) for row in read_crisis(CRISIS[0])]
    assert min(danger.count(True), danger.count(False)) >= 290


def test_enough_phrases_teach_each_topic_in_each_language() -> None:
    for name, topic in _phrases()["topics"].items():
        for language in ("fi", "sv", "en"):
            assert len(set(map(str, topic["examples"][language]))) >= 40, (name, language)


def test_enough_lines_teach_each_kind_of_danger() -> None:
    lines = list(lines_of_danger(_phrases()["crisis"]))

    assert sum(kind is not None for _, _, kind in lines) >= 600
    assert sum(kind is None for _, _, kind in lines) >= 600


@pytest.mark.parametrize("path", [*TOPICS, *CRISIS, OWN_MATTERS], ids=lambda path: path.stem)
def test_no_row_shares_half_of_its_pieces_with_a_phrase(path: Path) -> None:
    taught = _taught_by_piece()

    assert [text for text in _texts(path) if _nearest(text, taught) > 0.5] == []


@cache
def _taught_by_piece() -> dict[str, set[int]]:
    taught: defaultdict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(_taught()):
        for piece in _pieces(line):
            taught[piece].add(number)
    return taught


@cache
def _phrases() -> dict[str, dict[str, Mapping[str, Any]]]:
    return read_phrases(folder("templates"))


def _nearest(text: str, taught: dict[str, set[int]]) -> float:
    """The largest share of the text's pieces that stands in one phrase."""
    shared: defaultdict[int, int] = defaultdict(int)
    pieces = _pieces(text)
    for piece in pieces:
        for number in taught.get(piece, ()):
            shared[number] += 1
    return max(shared.values(), default=0) / len(pieces)


def _taught() -> list[str]:
    phrases = _phrases()
    entries = [*phrases["topics"].values(), *phrases["lanes"].values()]
    lines = [
        line for entry in entries for name in ("examples", "against") for _, line in examples(entry, name)
    ]
    return [*lines, *(line for _, line, _ in lines_of_danger(phrases["crisis"]))]


def _pieces(text: str) -> set[str]:
    """The text's stretches of five letters."""
    words = " ".join(re.findall(r"\w+", fold(text)))
    return {words[at : at + 5] for at in range(max(1, len(words) - 4))}


def _texts(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def test_counts_are_those_of_the_rows(models: Models, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text(
        "lang\ttext\ttopic\nfi\tulosotto\tdebt\nfi\tulosotto\thousing\nsv\tsnöplogen kom inte i dag heller\tother\n",
        encoding="utf-8",
    )

    result = evaluate_topics(read_topics(path), models)

    assert result["messages"] == 3
    assert result["in_scope"]["answered_right"] == 1
    assert result["in_scope"]["wrong"] == 1
    assert result["in_scope"]["right_share"] == 0.5
    assert result["out_of_scope"] == {"messages": 1, "answered": 0, "offered": 0, "answered_share": 0}
    assert result["confusion"]["debt"] == {"debt": 1}
    assert result["confusion"]["housing"] == {"debt": 1}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("lang\ttext\nfi\thei\n", "topic is missing"),
        ("lang\ttext\ttopic\nfi\thei\tdept\n", 'line 2: topic "dept"'),
        ("", "lang is missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_its_line(
    content: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(InvalidInput, match=r"rows\.tsv") as raised:
        read_topics(path)

    assert problem in str(raised.value)


def test_the_command_prints_one_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models_cache: Path
) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("lang\ttext\tcrisis\tkind\nfi\thaluan kuolla\tyes\tsuicide\n", encoding="utf-8")
    monkeypatch.setenv("SOCIAL_BOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SOCIAL_BOT_CACHE_DIR", str(models_cache))

    run = CliRunner().invoke(app, ["evaluate", "--crisis", str(path), "--json"])

    assert json.loads(run.stdout)["recall"] == 1.0
