"""The words of the composer: what a post's fields are called, and what a check found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_bot.planning.checking import OverrideRow, Result
from social_bot.planning.checks import Finding, Severity
from social_bot.translations import marked, translate
from social_bot.web.words import LANGUAGES_IN_WORDS

FIELD_LABELS: Mapping[str, str] = {
    "event_day": marked("Day"),
    "from_day": marked("From which day"),
    "event_time": marked("Time of day"),
    "weekday": marked("Weekday"),
    "hours": marked("Hours"),
    "old_hours": marked("Hours until now"),
    "new_hours": marked("New hours"),
    "chat_hours": marked("Hours of the chat"),
    "place": marked("Place and its address"),
    "room": marked("Room, and how to find it"),
    "who_comes": marked("Who is there"),
    "organiser": marked("Who organises it"),
    "meanwhile": marked("What to do meanwhile"),
    "until_day": marked("Until which day"),
    "checked_on": marked("Day on which the facts were checked"),
    "occasion": marked("Occasion"),
    "reason": marked("Reason"),
    "recognise": marked("How to recognise the workers"),
    "access": marked("Access"),
    "language_note": marked("Languages of the service"),
    "good_to_know": marked("Good to know"),
    "learned": marked("What we learned"),
    "changed": marked("What we change"),
    "answer_link": marked("Address where to answer"),
    "phone_main": marked("the organisation's phone number"),
    "phone_hours": marked("phone hours"),
    "emergency": marked("the emergency number 112"),
    "social_emergency": marked("the number of social emergency services"),
    "crisis_fi": marked("the number of a crisis helpline"),
    "kela_link": marked("a link to Kela"),
    "food_aid_link": marked("a link to food aid"),
}
"""Fields of the form, and values of the settings that a kind of post must tell."""

FIELD_EXAMPLES: Mapping[str, str] = {
    "event_day": marked('For example "ke 2.12."'),
    "from_day": marked('For example "ma 7.12."'),
    "until_day": marked('For example "pe 18.12."'),
    "checked_on": marked('For example "25.11.2026"'),
    "event_time": marked('For example "12–15"'),
    "hours": marked('For example "9–11"'),
    "old_hours": marked('For example "9–11"'),
    "new_hours": marked('For example "12–14"'),
    "room": marked("Tell the floor, the door and a landmark."),
}


@dataclass(frozen=True, kw_only=True)
class FindingView:
    """A finding in the reader's language; ``override`` where somebody has passed it on."""

    fingerprint: str
    is_block: bool
    where: str
    sentence: str
    step: str
    quote: str
    may_be_overridden: bool
    override: OverrideRow | None

    @property
    def stops(self) -> bool:
        return self.is_block and self.override is None


def field_label(name: str, language: str) -> str:
    return translate(language)(FIELD_LABELS.get(name, name))


def view_findings(result: Result | None, language: str) -> Sequence[FindingView]:
    """What stops the post first, then what was passed on, then what one may mend."""
    if result is None:
        return ()
    views = [_view(finding, result, language) for finding in result.findings]
    return sorted(views, key=lambda view: (not view.stops, not view.is_block))


def _view(finding: Finding, result: Result, language: str) -> FindingView:
    t = translate(language)
    values = dict(finding.values)
    if "field" in values:
        values["field"] = field_label(str(values["field"]), language)
    if "language" in values:
        values["language"] = t(LANGUAGES_IN_WORDS.get(str(values["language"]), str(values["language"])))
    return FindingView(
        fingerprint=finding.fingerprint,
        is_block=finding.severity is Severity.BLOCK,
        where=_where(finding, language),
        sentence=t(finding.sentence).format(**values),
        step=t(finding.next_step).format(**values),
        quote=finding.quote if finding.start is not None and len(finding.quote) > 30 else "",
        may_be_overridden=finding.may_be_overridden,
        override=result.overridden.get(finding.fingerprint),
    )


def _where(finding: Finding, language: str) -> str:
    t = translate(language)
    parts = []
    if finding.picture is not None:
        parts.append(t(marked("Picture {number}")).format(number=finding.picture))
    if finding.language is not None:
        parts.append(t(LANGUAGES_IN_WORDS.get(finding.language, finding.language)))
    return ", ".join(parts)
