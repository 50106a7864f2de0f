"""How a resident's message is understood: language, topics, danger, personal data, kind of message."""

import re
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from social_bot.answering.crisis import HARMLESS, KINDS, CrisisKind, find_crisis
from social_bot.answering.language import detect_language, load_detector
from social_bot.answering.signs import Signs, fold
from social_bot.answering.topics import GUESSES, Topic, TopicGuess, TopicNames
from social_bot.errors import NotReady
from social_bot.organisation import personal_data
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.personal_data import PersonalDataKind

if TYPE_CHECKING:
    from social_bot.answering.model import ModelSet

INDIVIDUAL = "individual"
INDIVIDUAL_AT = 0.25
LONGEST = 20_000
"""Letters of a message that are read and kept: as many as Messenger and comments take, and more."""

LANE_WORDS = 8  # a longer message is more than a greeting or thanks
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, kw_only=True)
class Models:
    """All that recognition needs to know; made once by ``load_models``."""

    classifiers: "ModelSet" = field(repr=False)
    crisis_signs: Signs = field(repr=False)
    individual_signs: Signs = field(repr=False)
    lane_words: Mapping[str, frozenset[str]] = field(repr=False)
    topics: tuple[TopicNames, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """What a message shows. ``topics`` are ranked, see ``topics.certain_topic`` and ``topics_to_offer``.

    ``is_individual``: a person's own case, as against a general question. ``is_greeting`` and
    ``is_thanks``: the message is nothing more than that.
    """

    language: str
    language_is_sure: bool
    topics: tuple[TopicGuess, ...]
    is_individual: bool
    is_greeting: bool
    is_thanks: bool
    crisis: CrisisKind | None
    personal_data: tuple[PersonalDataKind, ...]


def recognise(text: str, *, previous_language: str | None, models: Models) -> Recognition:
    """Danger and personal data are looked for in the text as given, whatever else it is; see ``LONGEST``."""
    text = text[:LONGEST]
    language = detect_language(text, previous=previous_language, models=models.classifiers)
    bag = models.classifiers.bag(text)
    words = _WORD.findall(fold(text[:500]))
    ranked = models.classifiers.classifiers["topics"].ranked(bag)[:GUESSES]
    has_words = bool(words)
    individual = models.classifiers.classifiers["meaning"].of(bag, INDIVIDUAL)
    return Recognition(
        language=language.code,
        language_is_sure=language.is_sure,
        topics=tuple(TopicGuess(topic=Topic(t), confidence=c) for t, c in ranked) if has_words else (),
        is_individual=has_words
        and (individual >= INDIVIDUAL_AT or bool(models.individual_signs.find(text[:4_000]))),
        is_greeting=_is_nothing_but(words, models.lane_words["greeting"]),
        is_thanks=_is_nothing_but(words, models.lane_words["thanks"]),
        crisis=find_crisis(text, signs=models.crisis_signs, models=models.classifiers),
        personal_data=personal_data.kinds(text),
    )


def load_models(templates: Path, *, cache: Path) -> Models:
    """The models of the phrases under ``templates``, trained where ``cache`` holds none of the same phrases.

    Raises ``InvalidInput`` where a phrase file cannot be read.
    """
    from social_bot.answering import model  # noqa: PLC0415  (numpy)
    from social_bot.answering.phrases import fingerprint  # noqa: PLC0415

    path = cache / f"recognition-{model.MODEL_VERSION}-{fingerprint(templates)[:20]}.npz"
    loaded = model.load(path)
    if loaded is None:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as trainer:
            trainer.submit(train_and_keep, templates, path).result()
        loaded = model.load(path)
    if loaded is None:
        raise NotReady('The trained models cannot be read back from "{path}".', path=path)
    load_detector()  # now, not with the first message
    return _assemble(*loaded)


def train_and_keep(templates: Path, path: Path) -> None:
    """In a process of its own: the memory that training takes, twice what work takes, is given back with it."""
    from social_bot.answering import model  # noqa: PLC0415  (numpy)
    from social_bot.answering.phrases import read_phrases  # noqa: PLC0415

    phrases = read_phrases(templates)
    model.save(path, model.train(_tasks(phrases), seldom=KINDS), _content(phrases))


def _tasks(phrases: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, list[tuple[str, str]]]:
    """What is learnt from what: (text, label) pairs by the classifier's name.

    ``meaning`` tells danger and own cases from each single topic, which shows more than telling them from
    all topics in one; ``topics`` alone tells these apart better than ``meaning`` does.
    """
    from social_bot.answering.phrases import examples, lines_of_danger  # noqa: PLC0415

    topics, lanes = phrases["topics"], phrases["lanes"]
    by_topic = [(line, topic) for topic in topics for _, line in examples(topics[topic])]
    by_topic += [(line, Topic.OTHER.value) for _, line in examples(lanes["off_topic"])]
    own_cases = [(line, INDIVIDUAL) for _, line in examples(lanes["individual"])]
    own_cases += [(line, HARMLESS) for _, line in examples(lanes["individual"], "against")]
    danger = [(line, kind or HARMLESS) for _, line, kind in lines_of_danger(phrases["crisis"])]
    sources = [*topics.values(), *lanes.values()]
    by_language = [(line, language) for source in sources for language, line in examples(source)]
    by_language += [
        (line, language) for language, line, _ in lines_of_danger(phrases["crisis"]) if language in LANGUAGES
    ]
    return {
        "topics": by_topic,
        "meaning": by_topic + own_cases + danger,
        "language": by_language[::3],  # three languages need no more
    }


def _content(phrases: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """What else is needed at work, so that a start from the cache reads no phrase file."""
    from social_bot.answering.phrases import examples  # noqa: PLC0415

    lanes = phrases["lanes"]
    known = {
        word for pairs in _tasks(phrases).values() for line, _ in pairs for word in _WORD.findall(fold(line))
    }
    return {
        "topics": [
            {
                "topic": e["topic"],
                "number": e["number"],
                "names": e["names"],
                "buttons": e["button"],
                "related": list(e.get("related", ())),
            }
            for e in phrases["topics"].values()
        ],
        "lane_words": {
            lane: sorted({word for _, line in examples(lanes[lane]) for word in _WORD.findall(fold(line))})
            for lane in ("greeting", "thanks")
        },
        "individual_signs": {"groups": lanes["individual"]["groups"], "signs": lanes["individual"]["signs"]},
        "crisis_signs": {
            name.removeprefix("signs."): file
            for name, file in phrases["crisis"].items()
            if name.startswith("signs.")
        },
        "known_words": sorted(known),
    }


def _assemble(classifiers: "ModelSet", content: Mapping[str, Any]) -> Models:
    groups: dict[str, list[str]] = {}
    signs: dict[str, list[str]] = {kind.value: [] for kind in CrisisKind}
    idioms: list[str] = []
    for language, file in content["crisis_signs"].items():
        own_groups = f"[{language}."  # two languages may call their groups alike
        groups |= {f"{language}.{name}": words for name, words in file["groups"].items()}
        idioms += [line.replace("[", own_groups) for line in file.get("idioms", ())]
        for kind, lines in file["signs"].items():
            signs[CrisisKind(kind).value] += [line.replace("[", own_groups) for line in lines]
    own = content["individual_signs"]
    return Models(
        classifiers=classifiers,
        crisis_signs=Signs(signs, groups=groups, idioms=idioms, known_words=content["known_words"]),
        individual_signs=Signs(
            {"individual": own["signs"]}, groups=own["groups"], known_words=content["known_words"]
        ),
        lane_words={lane: frozenset(words) for lane, words in content["lane_words"].items()},
        topics=tuple(
            sorted(
                (
                    TopicNames(
                        **{
                            **entry,
                            "topic": Topic(entry["topic"]),
                            "related": tuple(Topic(other) for other in entry["related"]),
                        }
                    )
                    for entry in content["topics"]
                ),
                key=lambda names: names.number,
            )
        ),
    )


def _is_nothing_but(words: list[str], lane: frozenset[str]) -> bool:
    return 0 < len(words) <= LANE_WORDS and all(word in lane for word in words)
