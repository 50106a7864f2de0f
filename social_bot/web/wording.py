"""The tables of ``words`` in one language, as templates use them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from babel.dates import get_day_names
from babel.units import format_unit
from ruamel.yaml import YAML

from social_bot.answering.conditions import Condition
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.misunderstandings import DANGER, NO_DANGER
from social_bot.answering.outcomes import Lane
from social_bot.answering.readiness import Check, Finding
from social_bot.answering.replies import PHRASE
from social_bot.answering.store import CallbackState, SendState
from social_bot.answering.threads import Owner
from social_bot.errors import Mender, SocialBotError
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.metrics import Metric, Source
from social_bot.organisation.notices import SENTENCES
from social_bot.organisation.stop import StopRow
from social_bot.organisation.times import WEEKDAYS, time_in_words
from social_bot.planning.campaign_shelf import Group
from social_bot.planning.posts import PostState
from social_bot.planning.recurring import arrangement
from social_bot.planning.series import HolidayRule, Often
from social_bot.planning.series_store import SeriesRow
from social_bot.planning.series_words import when_in_words
from social_bot.planning.store import CampaignState
from social_bot.tracking.dashboard import Attention
from social_bot.tracking.figure_words import FIGURE_WORDS, SOURCES
from social_bot.tracking.figures import Unit
from social_bot.tracking.goal_words import GOAL_WORDS, PACES
from social_bot.tracking.goals import Pace
from social_bot.tracking.posting_times import Fact, PostingTime
from social_bot.tracking.reports import ReportFigure, said, said_figure
from social_bot.tracking.suppression import Cell
from social_bot.translations import translate
from social_bot.web.conditions import CONDITIONS, FULFILMENTS
from social_bot.web.followup_words import ATTENTION, GOAL_ABOUT, POSTING_FACT
from social_bot.web.moments import Moments
from social_bot.web.setting_words import NAMES
from social_bot.web.words import (
    ALERT_LINKS,
    ALERT_SOURCES,
    ANSWERED,
    CALLBACK_STATES,
    CAMPAIGN_GROUPS,
    CAMPAIGN_STATES,
    DANGERS,
    FALSE_ALARM,
    HOW_OFTEN,
    IN_LANGUAGE,
    IN_PUBLIC,
    LANES,
    LANGUAGES_IN_WORDS,
    MENDERS,
    MISSED,
    NEXT_STEPS,
    NOTES,
    NOTICES,
    ON_HOLIDAYS,
    OWNERS,
    PERSONAL_DATA,
    POST_KINDS,
    POST_STATES,
    ROLES,
    SENDING,
    STOPS,
    TEXTS,
    WHAT_HAPPENS,
)

_CODES: Mapping[str, str] = {
    **{state.value: word for state, word in POST_STATES.items()},
    **{state.value: word for state, word in CALLBACK_STATES.items()},
    **{role.value: word for role, word in ROLES.items()},
}
_CODED = frozenset({"state", "to", "role"})
"""The places of error sentences that hold a code."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """The tables in one language."""

    language: str
    topic_names: Callable[[], Mapping[str, Mapping[str, str]]]

    def post_state(self, state: PostState) -> str:
        return self._t(POST_STATES[state])

    def what_happens(self, state: PostState, *, page: str, time: str) -> str:
        return self._t(WHAT_HAPPENS[state]).format(page=page, time=time)

    def next_step(self, state: PostState) -> str | None:
        return self._t(NEXT_STEPS[state]) if state in NEXT_STEPS else None

    def mender(self, mender: Mender) -> str:
        return self._t(MENDERS[mender])

    def post_kind(self, kind: str) -> str:
        return self._t(POST_KINDS.get(kind, kind))

    def series(self, row: SeriesRow) -> str:
        """``Joka keskiviikko klo 9–11, Pääkirjasto``."""
        return _begun_large(when_in_words(arrangement(row), self.language))

    def how_often(self, often: Often) -> str:
        return self._t(HOW_OFTEN[often])

    def on_holidays(self, rule: HolidayRule) -> str:
        return self._t(ON_HOLIDAYS[rule])

    def weekday(self, number: int) -> str:
        return str(get_day_names("wide", context="stand-alone", locale=self.language)[number])

    def roles(self, roles: Sequence[str]) -> str:
        return ", ".join(self._t(word) for role, word in ROLES.items() if role in roles)

    def period(self, length: timedelta, *, is_years: bool) -> str:
        """``30 päivää``, ``15 minuuttia``: in the unit in which it is set."""
        minutes = int(length.total_seconds() // 60)
        if is_years:
            return format_unit(length.days // 365, "duration-year", locale=self.language)
        for unit, size in (("day", 24 * 60), ("hour", 60)):
            if minutes > size:
                return format_unit(minutes // size, f"duration-{unit}", locale=self.language)
        return format_unit(minutes, "duration-minute", locale=self.language)

    def alert(self, kind: AlertKind) -> str:
        return self._t(SENTENCES[kind])

    def alert_link(self, subject: str) -> str:
        return self._t(ALERT_LINKS[subject.partition(":")[0]])

    def alert_sources(self, sources: Sequence[str]) -> str:
        parts = [source.partition(":") for source in sources]
        return ", ".join(self._t(ALERT_SOURCES[kind]).format(number=number) for kind, _, number in parts)

    def notice(self, done: str) -> str | None:
        return self._t(NOTICES[done]) if done in NOTICES else None

    def lane(self, lane: Lane) -> str:
        return self._t(LANES[lane])

    def danger(self, kind: CrisisKind) -> str:
        return self._t(DANGERS[kind])

    def owner(self, owner: Owner) -> str:
        return self._t(OWNERS[owner])

    def sending(self, state: SendState) -> str:
        return self._t(SENDING[state])

    def personal_data(self, kinds: Sequence[str]) -> str:
        return ", ".join(self._t(PERSONAL_DATA.get(kind, kind)) for kind in kinds)

    def topic(self, topic: str) -> str:
        return self.topic_names().get(topic, {}).get(self.language, topic)

    def text(self, key: str) -> str:
        """The name of an approved text: a topic's, or that of a part of the frame."""
        if key in TEXTS:
            return self._t(TEXTS[key])
        topic = key.removeprefix("comment_")
        return self.topic(key) if topic == key else self._t(IN_PUBLIC).format(text=self.topic(topic))

    def label(self, label: str) -> str:
        """Under what a misunderstood message is collected."""
        kind = label.removeprefix(DANGER)
        if label == NO_DANGER:
            return self._t(FALSE_ALARM)
        return (
            self.topic(label)
            if kind == label
            else self._t(MISSED).format(kind=self._t(DANGERS[CrisisKind(kind)]))
        )

    def note(self, note: str) -> str:
        """Why a message got what it got; a reason that came from the platform is a sentence already."""
        answered = note.removeprefix("answered: ")
        if answered != note:
            return self._t(ANSWERED).format(text=self.text(answered))
        return self._t(NOTES.get(note, note))

    def campaign_state(self, state: CampaignState) -> tuple[str, str]:
        """Symbol and word."""
        look, word = CAMPAIGN_STATES[state]
        return look, self._t(word)

    def campaign_group(self, group: Group) -> str:
        return self._t(CAMPAIGN_GROUPS[group])

    def stopped(self, stop: StopRow, pages: Mapping[str, str]) -> str:
        """What a stop holds."""
        sentence = STOPS[stop.page_id is None, stop.holds_answers]
        return self._t(sentence).format(page=pages.get(stop.page_id or "", stop.page_id))

    def callback_state(self, state: CallbackState) -> str:
        return self._t(CALLBACK_STATES[state])

    def condition(self, condition: Condition) -> str:
        return self._t(CONDITIONS[condition])

    def fulfilment(self, condition: Condition) -> str:
        return self._t(FULFILMENTS[condition])

    def about_check(self, finding: Finding) -> str:
        """What a check of going live misses, by name."""
        match finding.check:
            case Check.NUMBERS_SET | Check.NUMBERS_CHECKED:
                return ", ".join(self._t(NAMES.get(key, key)) for key in finding.about)
            case Check.CRISIS_TEXTS:
                texts = [name.rpartition(".") for name in finding.about]
                return ", ".join(f"{self.text(key)} ({language})" for key, _, language in texts)
            case _:
                return ", ".join(finding.about)

    def metric(self, metric: Metric) -> str:
        return self._t(GOAL_WORDS[metric][0])

    def definition(self, metric: Metric) -> str:
        return self._t(GOAL_WORDS[metric][1])

    def source(self, source: Source) -> str:
        return self._t(SOURCES[source])

    def pace(self, pace: Pace) -> str:
        return self._t(PACES[pace])

    def attention(self, kind: Attention, count: int) -> str:
        return self._t(ATTENTION[kind]).format(count=count)

    def goal_about(self, kind: str, name: str) -> str:
        return self._t(GOAL_ABOUT[kind]).format(name=name)

    def figure(self, figure: str) -> str:
        return self._t(FIGURE_WORDS[figure][0])

    def shown(self, cell: Cell, unit: Unit) -> str:
        return said(cell, unit, self.language)

    def shown_figure(self, figure: ReportFigure, moments: Moments) -> str:
        return said_figure(figure, self.language, day=moments.full_day)

    def change(self, change: int, moments: Moments) -> str:
        """``+3`` or ``−2``."""
        return f"{'+' if change > 0 else '−'}{moments.number(abs(change))}"

    def posting_fact(self, fact: Fact, moments: Moments) -> str:
        return self._t(POSTING_FACT).format(
            best=_posting_time(fact.best, self.language),
            other=_posting_time(fact.other, self.language),
            ratio=moments.number(fact.ratio),
            cases=fact.cases,
        )

    def in_language(self, code: str) -> str:
        """``suomeksi``."""
        return self._t(IN_LANGUAGE.get(code, code))

    def language_name(self, code: str) -> str:
        return self._t(LANGUAGES_IN_WORDS.get(code, code))

    def said(self, words: Mapping[str, str]) -> str:
        """Words of a campaign in the reader's language, else in the first that it has."""
        return words.get(self.language) or next(iter(words.values()), "")

    def error(self, error: SocialBotError) -> str:
        """The sentence of an error, with the codes in it said in words."""
        values = {name: self._value(name, value) for name, value in error.values.items()}
        return self._t(error.sentence).format(**values)

    def _value(self, name: str, value: object) -> object:
        """A place of an error's sentence: a code in words, an error within in its own."""
        if isinstance(value, SocialBotError):
            return self.error(value)
        return self._t(_CODES[str(value)]).lower() if name in _CODED and value in _CODES else value

    def _t(self, sentence: str) -> str:
        return translate(self.language)(sentence)


def _posting_time(time: PostingTime, language: str) -> str:
    """``ma klo 9.00``."""
    return f"{WEEKDAYS[language][time.weekday]} {time_in_words(datetime(2026, 1, 1, time.hour), language)}"  # noqa: DTZ001


def _begun_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def read_topic_names(templates: Path) -> Mapping[str, Mapping[str, str]]:
    """The names of the topics and of the ready phrases by language, out of their files."""
    yaml = YAML(typ="safe")
    return {
        prefix + path.stem: yaml.load(path.read_text(encoding="utf-8"))["names"]
        for folder, prefix in (("topics", ""), ("phrases", PHRASE))
        for path in sorted((templates / folder).glob("*.yaml"))
    }
