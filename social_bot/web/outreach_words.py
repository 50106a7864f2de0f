"""The words of outreach: channels, partners, stages and decisions of trials, and what is said of their figures."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_bot.tracking.comparison import Row, Verdict
from social_bot.tracking.forms import Words as InLanguages
from social_bot.tracking.outreach import Channel, Measured, PartnerKind, Totals
from social_bot.tracking.recognisable import Trace
from social_bot.tracking.trial_words import DECISIONS, STAGES, STATES, said_held, said_hours, said_number
from social_bot.tracking.trials import Decision, Due, Stage, TrialState
from social_bot.tracking.visit_names import CHANNELS
from social_bot.translations import catalogue, marked, translate
from social_bot.web.moments import Moments
from social_bot.web.words import PERSONAL_DATA

PARTNER_KINDS: Mapping[PartnerKind, str] = {
    PartnerKind.KELA: marked("Kela"),
    PartnerKind.PARISH: marked("Parish"),
    PartnerKind.HEALTH: marked("Health services"),
    PartnerKind.LIBRARY: marked("Library"),
    PartnerKind.MUNICIPALITY: marked("Municipality"),
    PartnerKind.ASSOCIATION: marked("Association or foundation"),
    PartnerKind.OTHER: marked("Another organisation"),
}

STATE_LOOKS: Mapping[TrialState, tuple[str, str]] = {
    TrialState.RUNNING: ("scheduled", "scheduled"),
    TrialState.PLANNED: ("draft", "draft"),
    TrialState.CONTINUED: ("published", "published"),
    TrialState.CHANGED: ("publishing", "unconfirmed"),
    TrialState.STOPPED: ("stop", "expired"),
}
"""A symbol and a colour."""

DUES: Mapping[Due, str] = {
    Due.MID: marked("Mid evaluation is due"),
    Due.END: marked("End evaluation is due"),
    Due.DECISION: marked("A decision is due"),
}

VERDICTS: Mapping[Verdict, str] = {
    Verdict.MORE: marked(
        "More contacts per worker hour than where it is compared with: at least {times} times as many."
    ),
    Verdict.FEWER: marked(
        "Fewer contacts per worker hour than where it is compared with: at most {share} % of them."
    ),
    Verdict.UNCERTAIN: marked("Too early to say whether it differs: there are too few cases."),
    Verdict.NOT_AVAILABLE: marked("Not available: nobody has written down the working hours."),
}

_PLACE_OR_AGE = marked("place, age or name")
_BETWEEN = "{value} ({low}–{high})"
_SHARE = "{value} % ({low}–{high})"


@dataclass(frozen=True, kw_only=True)
class OutreachWords:
    """The tables in the language of a visit, and figures as that language writes them."""

    moments: Moments

    def channel(self, channel: Channel) -> str:
        return self._t(CHANNELS[channel])

    def channels(self) -> Sequence[tuple[str, str]]:
        return [(channel.value, self._t(word)) for channel, word in CHANNELS.items()]

    def partner_kind(self, kind: PartnerKind) -> str:
        return self._t(PARTNER_KINDS[kind])

    def partner_kinds(self) -> Sequence[tuple[str, str]]:
        return [(kind.value, self._t(word)) for kind, word in PARTNER_KINDS.items()]

    def stage(self, stage: Stage) -> str:
        return self._t(STAGES[stage])

    def decision(self, decision: Decision) -> str:
        return self._t(DECISIONS[decision])

    def decisions(self) -> Sequence[tuple[str, str]]:
        return [(decision.value, self._t(word)) for decision, word in DECISIONS.items()]

    def state(self, state: TrialState) -> tuple[str, str, str]:
        """A symbol, a colour and a word."""
        return *STATE_LOOKS[state], self._t(STATES[state])

    def due(self, due: Due) -> str:
        return self._t(DUES[due])

    def asked(self, words: InLanguages) -> str:
        """A question or its help in the reader's language."""
        return words.get(self.moments.language, "")

    def trace(self, trace: Trace) -> str:
        return self._t(PERSONAL_DATA[trace.kind] if trace.kind else _PLACE_OR_AGE)

    def row(self, row: Row) -> str:
        return row.trial.title if row.trial is not None else self.channel(row.channel)

    def verdict(self, row: Row) -> str:
        ratio = row.ratio
        return self._t(VERDICTS[row.verdict]).format(
            times=self.number(math.floor(10 * ratio.low) / 10) if ratio else "",
            share=str(math.ceil(100 * ratio.high)) if ratio and row.verdict is Verdict.FEWER else "",
        )

    def number(self, value: float, *, places: int = 1) -> str:
        return said_number(value, self.moments.language, places=places)

    def hours(self, minutes: int) -> str:
        return said_hours(minutes, self.moments.language)

    def held(self, totals: Totals) -> str:
        return said_held(totals, self.moments.language)

    def rate(self, measured: Measured | None) -> str:
        if measured is None:
            return self._t(marked("not available"))
        places = 2 if measured.interval.high < 10 else 1
        return _BETWEEN.format(
            value=self.number(measured.value, places=places),
            low=self.number(measured.interval.low, places=places),
            high=self.number(measured.interval.high, places=places),
        )

    def share(self, measured: Measured | None) -> str:
        if measured is None:
            return self._t(marked("not counted"))
        return _SHARE.format(
            value=self.number(100 * measured.value, places=0),
            low=self.number(100 * measured.interval.low, places=0),
            high=self.number(100 * measured.interval.high, places=0),
        )

    def people(self, count: int) -> str:
        return catalogue(self.moments.language).ngettext("%(num)s contact", "%(num)s contacts", count) % {
            "num": count
        }

    def _t(self, sentence: str) -> str:
        return translate(self.moments.language)(sentence)
