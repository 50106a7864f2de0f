"""What posts are about, and what each kind must tell its reader."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class PostKind(StrEnum):
    HOURS_CHANGE = "hours_change"
    OPEN_NOW = "open_now"
    OUTREACH_EVENT = "outreach_event"
    FOOD_AID = "food_aid"
    BENEFIT_INFO = "benefit_info"
    SERVICE_INTRO = "service_intro"
    EARLY_CONTACT = "early_contact"
    CRISIS_NUMBERS = "crisis_numbers"
    QA = "qa"
    DISRUPTION = "disruption"
    PARTICIPATION = "participation"


_K = PostKind
MUST_TELL: Mapping[PostKind, tuple[tuple[str, ...], ...]] = {
    _K.HOURS_CHANGE: (
        ("event_day", "from_day"),
        ("old_hours",),
        ("new_hours",),
        ("phone_main", "visit_address", "place"),
    ),
    _K.OPEN_NOW: (("phone_hours", "chat_hours"),),
    _K.OUTREACH_EVENT: (
        ("place",),
        ("room",),
        ("event_day", "weekday"),
        ("event_time", "hours"),
        ("who_comes",),
    ),
    _K.FOOD_AID: (("organiser",), ("place",), ("event_day", "weekday"), ("food_aid_link",)),
    _K.BENEFIT_INFO: (("checked_on",), ("kela_link", "benefit_links", "eservice_link")),
    _K.SERVICE_INTRO: (("phone_main",),),
    _K.EARLY_CONTACT: (("phone_main", "housing_advice"), ("phone_hours",)),
    _K.CRISIS_NUMBERS: (("emergency",), ("social_emergency",), ("crisis_fi", "crisis_sv")),
    _K.QA: (("checked_on",),),
    _K.DISRUPTION: (("from_day",), ("meanwhile",)),
    _K.PARTICIPATION: (("until_day",),),
}
"""Placeholders that a text of the kind names, one out of each group: the reader needs all of it to act."""


class FieldShape(StrEnum):
    TEXT = "text"
    DAY = "day"
    HOURS = "hours"


@dataclass(frozen=True, kw_only=True)
class FieldSpec:
    """Something that a text may tell; ``per_language`` where each language says it in its own words."""

    name: str
    shape: FieldShape = FieldShape.TEXT
    per_language: bool = True


FIELDS: Mapping[str, FieldSpec] = {
    spec.name: spec
    for spec in (
        *(
            FieldSpec(name=name, shape=FieldShape.DAY, per_language=False)
            for name in ("event_day", "from_day")
        ),
        FieldSpec(name="event_time", shape=FieldShape.HOURS, per_language=False),
        *(FieldSpec(name=name) for name in ("weekday",)),
        *(
            FieldSpec(name=name, shape=FieldShape.HOURS, per_language=False)
            for name in ("hours", "old_hours", "new_hours", "chat_hours")
        ),
        *(FieldSpec(name=name) for name in ("place", "room", "who_comes", "organiser", "meanwhile")),
        FieldSpec(name="until_day", shape=FieldShape.DAY, per_language=False),
        FieldSpec(name="checked_on", shape=FieldShape.DAY, per_language=False),
        *(FieldSpec(name=name) for name in ("occasion", "reason", "recognise", "access", "language_note")),
        *(FieldSpec(name=name) for name in ("good_to_know", "learned", "changed")),
        FieldSpec(name="answer_link", per_language=False),
    )
}
"""In the order in which a form asks for them."""


def fields_of(kind: str, named: Collection[str] = ()) -> Sequence[tuple[FieldSpec, bool]]:
    """What a form asks for, and whether the kind must tell it.

    Of things that may stand for each other the first is asked for; the others, and what no kind needs, where
    they are ``named`` by a ready text or filled in already. What the settings may tell is never a must.
    """
    groups = MUST_TELL[PostKind(kind)] if kind in set(PostKind) else ()
    first = [next((name for name in group if name in FIELDS), None) for group in groups]
    needed = {
        name
        for name, group in zip(first, groups, strict=True)
        if name and all(each in FIELDS for each in group) and not (set(group) - {name}) & set(named)
    }
    return [
        (spec, spec.name in needed)
        for spec in FIELDS.values()
        if spec.name in named
        or spec.name in needed
        or (spec.name in first and not _stands_in(spec.name, groups, named))
    ]


def _stands_in(name: str, groups: Sequence[Sequence[str]], named: Collection[str]) -> bool:
    """Whether a ready text tells something else in the place of this."""
    return any(name in group and set(group) & set(named) for group in groups)
