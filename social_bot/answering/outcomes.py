"""What is decided about, and what may be decided: values that the services match on. No policy."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.recognition import Recognition
from social_bot.answering.threads import Thread
from social_bot.answering.topics import Topic
from social_bot.channels.ports import EventKind

TOPIC_PAYLOAD = "TOPIC:"
TOPICS_PAYLOAD = "TOPICS"
"""Of the menu of topics; the number of its page follows."""

LANGUAGE_PAYLOAD = "LANG_"
LANGUAGES_PAYLOAD = "LANGUAGES"
CALLBACK_PAYLOAD = "CALLBACK"
SAVE_PAYLOAD = "SAVE"
NOT_HELPED_PAYLOAD = "NOT_HELPED"
GET_STARTED_PAYLOAD = "GET_STARTED"


class Lane(StrEnum):
    GENERAL = "general"
    INDIVIDUAL = "individual"
    CRISIS = "crisis"
    CLARIFY = "clarify"
    GREETING = "greeting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """``recognition`` is None where there was no text to understand."""

    kind: EventKind
    occurred_at: datetime
    recognition: Recognition | None = None
    payload: str | None = None
    has_attachment: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Approved texts to send, in order. ``key`` names the one that answers, ``parts`` all of them.

    ``languages``: more than one where the question's language is not clear. ``asks_language`` adds
    buttons that choose one, ``offers_callback`` the buttons that reach a person. ``topics`` become
    buttons, with one for the menu's page ``next_topics`` after them. Nothing is sent before ``not_before``.
    """

    lane: Lane
    key: str
    parts: tuple[str, ...]
    languages: tuple[str, ...]
    asks_language: bool = False
    offers_callback: bool = True
    topics: tuple[Topic, ...] = ()
    next_topics: int | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Clarify(Answer):
    """An answer that asks which of ``topics`` is meant."""


@dataclass(frozen=True, kw_only=True)
class HandOff(Answer):
    """An answer after which a person must look at the thread."""


@dataclass(frozen=True, kw_only=True)
class Silence:
    """No text goes out; ``reason`` is kept with the message.

    ``needs_person``: somebody must look at the thread; ``leaves_thread``: and the bot is silent in it.
    """

    reason: str
    needs_person: bool = False
    leaves_thread: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """``crisis`` and ``waits_for_person`` are what staff must be told, also when nothing is sent."""

    outcome: Answer | Silence
    thread: Thread
    crisis: CrisisKind | None = None
    waits_for_person: bool = False
