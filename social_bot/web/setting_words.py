"""The settings in words: what each is called, what it is for, and on which page it stands."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from social_bot.organisation.directory import KEYS, Kind
from social_bot.translations import marked


class Group(StrEnum):
    """The pages of the settings; the first also takes what belongs to no other."""

    ORGANISATION = "organisation"
    NUMBERS = "numbers"
    LINKS = "links"
    SERVICES = "services"
    RETENTION = "retention"


GROUP_TITLES: Mapping[Group, str] = {
    Group.ORGANISATION: marked("The organisation"),
    Group.NUMBERS: marked("Phone numbers"),
    Group.LINKS: marked("Links"),
    Group.SERVICES: marked("Services"),
    Group.RETENTION: marked("How long things are kept"),
}

GROUP_LEADS: Mapping[Group, str] = {
    Group.ORGANISATION: marked("The name, the languages and the rules by which the program works."),
    Group.NUMBERS: marked(
        "A text names a number only after somebody here has checked that it answers. Check each one twice a year."
    ),
    Group.LINKS: marked("Where texts send the reader. A text leaves out a link that is not set."),
    Group.SERVICES: marked(
        "What the texts tell of the services of your area, as they are to be read in the middle of a sentence."
    ),
    Group.RETENTION: marked(
        "What is over its time is erased every night. What waits for a person, and danger that nobody has taken, stays."
    ),
}

NAMES: Mapping[str, str] = {
    "name": marked("Name of the organisation"),
    "quality_owner": marked("Who follows the quality of the automatic answers"),
    "visit_address": marked("Address for visitors"),
    "visit_hours": marked("Hours for visitors"),
    "controller": marked("Controller of personal data"),
    "accessibility_contact": marked("Where feedback on accessibility is sent"),
    "dpo_contact": marked("Data protection officer"),
    "retention_days": marked("Days that texts are kept after a conversation was closed"),
    "open_retention_days": marked("Days that texts are kept in a conversation that never closes"),
    "picture_retention_days": marked("Days that a picture is kept which no post uses"),
    "audit_retention_years": marked("Years that the audit log is kept"),
    "hand_back_hours": marked("Hours of silence until the bot may answer again"),
    "callback_retention_days": marked("Days that the number of somebody not reached is kept"),
    "recheck_days": marked("Days until a number must be checked again"),
    "languages": marked("Languages of the organisation"),
    "waiting_minutes": marked("Minutes that a conversation may wait for a person"),
    "hours": marked("Opening hours"),
    "hours_exceptions": marked("Exceptions to the opening hours"),
    "emergency": marked("Emergency number"),
    "phone_main": marked("The service's own phone number"),
    "social_emergency": marked("Social emergency services"),
    "urgent_health": marked("Medical helpline"),
    "crisis_fi": marked("Crisis helpline in Finnish"),
    "crisis_sv": marked("Crisis helpline in Swedish"),
    "crisis_uk": marked("Crisis helpline in Ukrainian"),
    "crisis_ru": marked("Crisis helpline in Russian"),
    "violence_line": marked("Helpline for violence and threats in close relationships"),
    "victim_support": marked("Victim support"),
    "women_line": marked("Women's line"),
    "poison": marked("Poison information"),
    "substance_line": marked("Helpline for alcohol and drugs"),
    "debt_line": marked("Debt helpline"),
    "child_line": marked("Helpline for children and young people"),
    "kela_assistance": marked("Kela, social assistance"),
    "kela_en": marked("Kela in English"),
    "kela_link": marked("Kela: social assistance"),
    "eservice_link": marked("Electronic service"),
    "documents_link": marked("Documents to an application"),
    "booking_link": marked("Booking a time"),
    "food_aid_link": marked("Food aid"),
    "shelter_link": marked("Shelters for victims of violence"),
    "notify_link": marked("Worry about an adult"),
    "child_notify_link": marked("Child welfare notification"),
    "guardianship_link": marked("Guardianship"),
    "privacy_link": marked("Privacy notice"),
    "data_request_link": marked("Asking for one's own data"),
    "integration_link": marked("Integration services"),
    "benefit_links": marked("Benefits: where to read more"),
    "housing_links": marked("Housing: where to read more"),
    "housing_advice": marked("Housing advice"),
    "homeless_service": marked("Help for people without a home"),
    "debt_counselling": marked("Financial and debt counselling"),
    "substance_services": marked("Substance use services"),
    "mental_health_services": marked("Mental health services"),
    "family_services": marked("Services for families"),
    "burial_help": marked("Help with a burial"),
    "service_facts": marked("What the service does"),
    "social_ombud": marked("Social ombudsman"),
    "interpreter_note": marked("Interpreters"),
}

_PHONES_FIRST = ("phone_main", "social_emergency", "emergency")


def keys_of(group: Group) -> Sequence[str]:
    """The keys of a page, in the order in which they are shown; hours have a page of their own."""
    keys = [name for name, key in KEYS.items() if key.kind is not Kind.HOURS and group_of(name) is group]
    return sorted(keys, key=lambda name: _PHONES_FIRST.index(name) if name in _PHONES_FIRST else len(keys))


_SERVICES = frozenset(
    (
        *("benefit_links", "housing_links", "housing_advice", "homeless_service", "debt_counselling"),
        *("substance_services", "mental_health_services", "family_services", "burial_help"),
        *("service_facts", "social_ombud", "interpreter_note"),
    )
)


def group_of(key: str) -> Group:
    if "_retention_" in f"_{key}":
        return Group.RETENTION
    match KEYS[key].kind:
        case Kind.PHONE:
            return Group.NUMBERS
        case Kind.LINK:
            return Group.LINKS
        case _:
            return Group.SERVICES if key in _SERVICES else Group.ORGANISATION
