"""What posts are about, and what each kind must tell its reader."""

from collections.abc import Mapping
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
