"""The questions of the outreach forms: files under ``templates/forms/``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from social_bot.organisation.languages import LANGUAGES
from social_bot.tracking.trials import Stage

Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """``group`` is a heading over questions that belong together; ``anonymous``: nobody may be known from it."""

    key: str
    words: Words
    help: Words = field(default_factory=dict)
    group: Words = field(default_factory=dict)
    required: bool = False
    anonymous: bool = False


@dataclass(frozen=True, kw_only=True)
class TrialForm:
    source: str
    stages: Mapping[Stage, Sequence[Question]]


@dataclass(frozen=True, kw_only=True)
class PracticeForm:
    source: str
    questions: Sequence[Question]


@lru_cache(maxsize=4)
def read_trial_form(templates: Path) -> TrialForm:
    content = _read(templates / "forms" / "trial.yaml")
    stages = {stage: _questions(content["stages"][stage.value]) for stage in Stage}
    return TrialForm(source=content["source"], stages=stages)


@lru_cache(maxsize=4)
def read_practice_form(templates: Path) -> PracticeForm:
    content = _read(templates / "forms" / "practice.yaml")
    return PracticeForm(source=content["source"], questions=_questions(content["questions"]))


def _questions(entries: Sequence[Mapping[str, Any]]) -> Sequence[Question]:
    found = tuple(Question(**entry) for entry in entries)
    for question in found:
        for words in (question.words, question.help, question.group):
            if words and set(words) != set(LANGUAGES):
                raise ValueError(f"{question.key} lacks a language: {sorted(words)}")
    return found


def _read(path: Path) -> Mapping[str, Any]:
    content: Mapping[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return content
