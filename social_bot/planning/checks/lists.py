"""The words that the checks look for: files under ``templates/checks/`` that a social worker can extend."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True, kw_only=True)
class LanguageList:
    """One language. Words ending in ``*`` match every ending; all are lower case."""

    longest_sentence: int
    jargon: Mapping[str, str] = field(default_factory=dict)
    passive_endings: Sequence[str] = ()
    passive_words: Sequence[str] = ()
    not_passive: AbstractSet[str] = frozenset()
    passive_at_most: int = 1
    case_words: Sequence[str] = ()
    sensitive_words: Sequence[str] = ()
    staff_words: Sequence[str] = ()
    person_words: Sequence[str] = ()
    home_words: Sequence[str] = ()
    past_is_meant: Sequence[str] = ()
    empty_alts: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CheckLists:
    languages: Mapping[str, LanguageList]
    first_names: AbstractSet[str] = frozenset()
    hosts: AbstractSet[str] = frozenset()
    shorteners: AbstractSet[str] = frozenset()
    number_max_age_days: int = 365
    facts_max_age_days: int = 180


def read_lists(folder: Path) -> CheckLists:
    """Read ``{fi,sv,en}.yaml``, ``names.yaml`` and ``links.yaml`` of the folder."""
    links, names = _read(folder / "links.yaml"), _read(folder / "names.yaml")
    return CheckLists(
        languages={language: _language(_read(folder / f"{language}.yaml")) for language in LANGUAGES},
        first_names=frozenset(name.lower() for line in names["first_names"] for name in line.split()),
        hosts=frozenset(_lower(links["allowed"])),
        shorteners=frozenset(_lower(links["shorteners"])),
        number_max_age_days=links["number_max_age_days"],
        facts_max_age_days=links["facts_max_age_days"],
    )


def _language(content: Mapping[str, Any]) -> LanguageList:
    return LanguageList(
        longest_sentence=content["longest_sentence"],
        jargon={str(word).lower(): str(plain) for word, plain in content["jargon"].items()},
        passive_endings=_lower(content.get("passive_endings", ())),
        passive_words=_lower(content.get("passive_words", ())),
        not_passive=frozenset(_lower(content.get("not_passive", ()))),
        passive_at_most=content["passive_at_most"],
        case_words=_lower(content["case_words"]),
        sensitive_words=_lower(content["sensitive_words"]),
        staff_words=_lower(content["staff_words"]),
        person_words=_lower(content["person_words"]),
        home_words=_lower(content["home_words"]),
        past_is_meant=_lower(content["past_is_meant"]),
        empty_alts=_lower(content["empty_alts"]),
    )


def _lower(words: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(word).lower() for word in words)


def _read(path: Path) -> Mapping[str, Any]:
    content: Mapping[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return content
