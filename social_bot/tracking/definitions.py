"""Every figure and every metric of a goal with its name and its definition, for whoever reads them elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from social_bot.organisation.metrics import DEFINITIONS as GOAL_DEFINITIONS
from social_bot.organisation.metrics import Source
from social_bot.tracking import figure_words as words
from social_bot.tracking.figures import DEFINITIONS, Family, Figure, Unit
from social_bot.tracking.goal_words import GOAL_WORDS
from social_bot.tracking.month_report import LAYOUT
from social_bot.tracking.month_values import UNITS
from social_bot.tracking.visit_grid import CHANNEL
from social_bot.translations import translate

FIGURE, GOAL = "figure", "goal"


@dataclass(frozen=True, kw_only=True)
class MetricDefinition:
    """``kind`` says whether it is a figure of a month or the value of a goal; ``parts`` how a figure is divided."""

    kind: str
    key: str
    unit: Unit
    source: Source
    is_estimate: bool
    counts_people: bool
    parts: Sequence[str] = ()

    def name(self, language: str) -> str:
        return translate(language)(self._words[0])

    def definition(self, language: str) -> str:
        """With its source in words."""
        t = translate(language)
        sentences = [self._words[1], words.SOURCES[self.source]]
        if self.is_estimate:
            sentences.append(words.ESTIMATE)
        return " ".join(t(sentence) for sentence in sentences)

    @property
    def _words(self) -> tuple[str, str]:
        if self.kind == FIGURE:
            return words.FIGURE_WORDS[self.key]
        return next(said for metric, said in GOAL_WORDS.items() if metric.value == self.key)


def all_definitions() -> Sequence[MetricDefinition]:
    """The figures in the order of the month's report, then the metrics of goals."""
    figures = [
        _figure(str(key), family, [kind for figure, kind in parts if figure == key])
        for family, keys, parts in LAYOUT
        for key in keys
    ]
    goals = [
        MetricDefinition(
            kind=GOAL,
            key=metric.value,
            unit=Unit.PERCENT if definition.is_percent else Unit.COUNT,
            source=definition.source,
            is_estimate=definition.is_estimate,
            counts_people=definition.counts_people,
        )
        for metric, definition in GOAL_DEFINITIONS.items()
    ]
    return [*figures, *goals]


def _figure(key: str, family: Family, parts: Sequence[str]) -> MetricDefinition:
    """Derived figures, such as the middle wait, are counted by the program from what counts people."""
    known = DEFINITIONS[Figure(key)] if key in set(Figure) else None
    by_hand = family is Family.VISITS
    return MetricDefinition(
        kind=FIGURE,
        key=key,
        unit=UNITS.get(key, Unit.COUNT),
        source=Source.HAND if by_hand else known.source if known else Source.OWN,
        is_estimate=bool(known and known.is_estimate),
        counts_people=known.counts_people if known else True,
        parts=[*parts, *([CHANNEL] if by_hand else [])],
    )
