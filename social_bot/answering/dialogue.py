"""What to do with one inbound message: the product's whole policy, as one pure function.

First, whoever holds the thread: danger and personal data are noted for staff. Then: who may speak, the
reply window, danger, an own matter, a topic, a choice of topics, general help. Every branch ends in
approved texts, named by key, or in silence with a reason.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.recognition import Recognition
from social_bot.answering.threads import Owner, Thread, window_is_open
from social_bot.answering.topics import Topic, certain_topic, topics_to_offer
from social_bot.channels.ports import EventKind
from social_bot.organisation.languages import LANGUAGES

TOPIC_PAYLOAD = "TOPIC:"
LANGUAGE_PAYLOAD = "LANG_"
CALLBACK_PAYLOAD = "CALLBACK"
GET_STARTED_PAYLOAD = "GET_STARTED"
TOPICS_OFFERED = 3
BOTH = ("fi", "sv")
"""The languages of an answer whose question's language is not clear: the languages of the country."""


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
    buttons that choose one, ``offers_callback`` the button that opens the form.
    """

    lane: Lane
    key: str
    parts: tuple[str, ...]
    languages: tuple[str, ...]
    asks_language: bool = False
    offers_callback: bool = True


@dataclass(frozen=True, kw_only=True)
class Clarify(Answer):
    """An answer that asks which of ``topics`` is meant."""

    topics: tuple[Topic, ...]


@dataclass(frozen=True, kw_only=True)
class HandOff(Answer):
    """An answer after which a person must look at the thread."""


@dataclass(frozen=True, kw_only=True)
class Silence:
    """No text goes out; ``reason`` is kept with the message."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Decision:
    """``crisis`` and ``waits_for_person`` are what staff must be told, also when nothing is sent."""

    outcome: Answer | Silence
    thread: Thread
    crisis: CrisisKind | None = None
    waits_for_person: bool = False


def decide(inbound: Inbound, thread: Thread, *, is_open: bool, now: datetime) -> Decision:
    """What to send for one message, and the thread after it."""
    recognition = inbound.recognition
    thread = replace(thread, language=_language_to_remember(inbound, thread))
    crisis = recognition.crisis if recognition else None
    outcome = _outcome(inbound, thread, is_open=is_open, now=now)
    return Decision(
        outcome=outcome,
        thread=_after(thread, outcome),
        crisis=crisis,
        waits_for_person=crisis is not None or isinstance(outcome, HandOff) or thread.owner is not Owner.BOT,
    )


def crisis_key(kind: CrisisKind) -> str:
    return f"crisis_{kind.value}"


def _outcome(inbound: Inbound, thread: Thread, *, is_open: bool, now: datetime) -> Answer | Silence:
    if inbound.kind not in (EventKind.MESSAGE, EventKind.POSTBACK, EventKind.UNSUPPORTED):
        return Silence(reason=f"no answer to an event of kind {inbound.kind.value}")
    if thread.owner is not Owner.BOT:
        return Silence(reason=f"the thread is held: {thread.owner.value}")
    if not window_is_open(inbound.occurred_at, now):
        return Silence(reason="the message is older than the platform's 24 hours")
    answer = _answer(inbound, thread)
    return answer if isinstance(answer, Silence) else _framed(answer, inbound, thread, is_open=is_open)


def _answer(inbound: Inbound, thread: Thread) -> Answer | Silence:
    languages = _languages(inbound, thread)
    if inbound.payload is not None:
        return _answer_to_button(inbound.payload, languages)
    recognition = inbound.recognition
    if recognition is None:
        if not inbound.has_attachment and inbound.kind is not EventKind.UNSUPPORTED:
            return Silence(reason="the message is empty")
        if thread.general_was_sent:
            return Silence(reason="the general text has been sent in this thread")
        return _plain(Lane.UNKNOWN, "general", languages)
    if recognition.crisis is not None:
        key = crisis_key(recognition.crisis)
        return HandOff(lane=Lane.CRISIS, key=key, parts=(key,), languages=languages, offers_callback=False)
    if recognition.language not in LANGUAGES:
        return HandOff(
            lane=Lane.UNKNOWN, key="other_language", parts=("other_language",), languages=languages
        )
    if recognition.is_greeting:
        return _plain(Lane.GREETING, "greeting", languages, asks_language=not recognition.language_is_sure)
    if recognition.is_thanks:
        return replace(_plain(Lane.GREETING, "thanks", languages), offers_callback=False)
    if recognition.is_individual:
        return HandOff(lane=Lane.INDIVIDUAL, key="individual", parts=("individual",), languages=languages)
    return _answer_on_topic(recognition, languages)


def _answer_on_topic(recognition: Recognition, languages: tuple[str, ...]) -> Answer:
    topic = certain_topic(recognition.topics)
    if topic is Topic.OTHER:
        return _plain(Lane.UNKNOWN, topic.value, languages)
    if topic is not None:
        return _plain(Lane.GENERAL, topic.value, languages, asks_language=len(languages) > 1)
    offered = topics_to_offer(recognition.topics)[:TOPICS_OFFERED]
    if offered:
        return Clarify(
            lane=Lane.CLARIFY, key="clarify", parts=("clarify",), languages=languages, topics=offered
        )
    return _plain(Lane.UNKNOWN, "general", languages, asks_language=len(languages) > 1)


def _answer_to_button(payload: str, languages: tuple[str, ...]) -> Answer:
    if payload == CALLBACK_PAYLOAD:
        return _plain(Lane.GENERAL, "callback_prompt", languages)
    if payload.startswith(TOPIC_PAYLOAD):
        chosen = payload.removeprefix(TOPIC_PAYLOAD)
        if chosen in set(Topic):
            return _plain(Lane.GENERAL, chosen, languages)
        return _plain(Lane.UNKNOWN, "general", languages)
    if payload == GET_STARTED_PAYLOAD:
        return _plain(Lane.GREETING, "greeting", languages, asks_language=len(languages) > 1)
    if payload.startswith(LANGUAGE_PAYLOAD):
        return _plain(Lane.GREETING, "greeting", languages)
    return _plain(Lane.UNKNOWN, "general", languages)


def _plain(lane: Lane, key: str, languages: tuple[str, ...], *, asks_language: bool = False) -> Answer:
    return Answer(lane=lane, key=key, parts=(key,), languages=languages, asks_language=asks_language)


def _framed(answer: Answer, inbound: Inbound, thread: Thread, *, is_open: bool) -> Answer:
    """The answer with what always stands around it; a crisis text stands alone and says all by itself."""
    if answer.lane is Lane.CRISIS:
        return answer
    disclosure = () if thread.is_disclosed else ("disclosure",)
    recognition = inbound.recognition
    notes = recognition is not None and recognition.personal_data and not thread.personal_data_was_noted
    nobody_reads = not is_open and answer.lane in (Lane.UNKNOWN, Lane.INDIVIDUAL, Lane.CLARIFY)
    parts = (
        *disclosure,
        *answer.parts,
        *(("closed",) if nobody_reads else ()),
        *(("personal_data",) if notes else ()),
        *(() if answer.key == "thanks" else ("contact",)),
    )
    return replace(answer, parts=parts)


def _languages(inbound: Inbound, thread: Thread) -> tuple[str, ...]:
    """The languages of the answer: one where it is known, else the country's two."""
    recognition = inbound.recognition
    if recognition is not None and recognition.language not in LANGUAGES:
        return (recognition.language,)
    if thread.language in LANGUAGES and thread.language is not None:
        return (thread.language,)
    return BOTH


def _language_to_remember(inbound: Inbound, thread: Thread) -> str | None:
    if inbound.payload is not None and inbound.payload.startswith(LANGUAGE_PAYLOAD):
        chosen = inbound.payload.removeprefix(LANGUAGE_PAYLOAD).lower()
        return chosen if chosen in LANGUAGES else thread.language
    recognition = inbound.recognition
    if recognition is not None and recognition.language_is_sure and recognition.language in LANGUAGES:
        return recognition.language
    return thread.language


def _after(thread: Thread, outcome: Answer | Silence) -> Thread:
    if isinstance(outcome, Silence):
        return thread
    return replace(
        thread,
        is_disclosed=thread.is_disclosed or "disclosure" in outcome.parts,
        general_was_sent=thread.general_was_sent or outcome.key == "general",
        personal_data_was_noted=thread.personal_data_was_noted or "personal_data" in outcome.parts,
    )
