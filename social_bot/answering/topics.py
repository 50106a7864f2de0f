"""What a message is about: topics with a confidence, and what that confidence allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Chosen on tests/answering/topics_set.tsv; docs/answering.md has the figures, and those of unseen messages.
ANSWER_AT = 0.6  # one topic this sure is answered at once
OFFER_AT = 0.12  # a topic this sure is offered among two or three to choose from
OFFERED_TOGETHER = 0.3  # what is offered is this sure in sum, otherwise the message is none of ours
GUESSES = 5
CHOICES = 3


class Topic(StrEnum):
    """What a worker would route on; ``OTHER`` is none of our business."""

    SOCIAL_ASSISTANCE_BASIC = "social_assistance_basic"
    SOCIAL_ASSISTANCE_SUPPLEMENTARY = "social_assistance_supplementary"
    DOCUMENTS_PROCESSING = "documents_processing"
    BENEFITS_OTHER = "benefits_other"
    HOUSING = "housing"
    RENT_ARREARS_EVICTION = "rent_arrears_eviction"
    HOMELESSNESS = "homelessness"
    DEBT = "debt"
    MONEY_FOOD = "money_food"
    SUBSTANCE_USE = "substance_use"
    MENTAL_HEALTH = "mental_health"
    VIOLENCE_SHELTER = "violence_shelter"
    CONCERNED_OTHER = "concerned_other"
    FAMILY_CHILD = "family_child"
    GUARDIANSHIP_DEATH = "guardianship_death"
    SERVICES_GENERAL = "services_general"
    APPOINTMENT_CONTACT = "appointment_contact"
    RIGHTS_PRIVACY = "rights_privacy"
    LANGUAGE_IMMIGRATION = "language_immigration"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class TopicGuess:
    topic: Topic
    confidence: float


@dataclass(frozen=True, kw_only=True)
class TopicNames:
    """How people read a topic, by language; a button holds at most 20 characters.

    ``related``: what is offered beside an answer on it.
    """

    topic: Topic
    number: int
    names: Mapping[str, str]
    buttons: Mapping[str, str]
    related: tuple[Topic, ...] = ()


def certain_topic(guesses: Sequence[TopicGuess]) -> Topic | None:
    """The topic that may be answered at once (``OTHER`` means: surely none of ours)."""
    if guesses and guesses[0].confidence >= ANSWER_AT:
        return guesses[0].topic
    return None


def topics_to_offer(guesses: Sequence[TopicGuess]) -> tuple[Topic, ...]:
    """Two or three topics to choose from where none is certain; empty where nothing is likely."""
    if certain_topic(guesses) or not guesses or guesses[0].topic is Topic.OTHER:
        return ()
    likely = [guess for guess in guesses if guess.topic is not Topic.OTHER][:CHOICES]
    if likely[0].confidence < OFFER_AT or sum(g.confidence for g in likely) < OFFERED_TOGETHER:
        return ()
    return tuple(guess.topic for guess in likely)
