"""What to do about a comment or a visitor's post: the whole policy, as one pure function.

Danger first, then personal data, an own matter, a topic. In public nothing is answered by itself but a
general question whose topic is certain, once in a thread, where the page allows it; all else is proposed
to a person. Nothing is ever hidden by itself.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.recognition import Recognition
from social_bot.answering.topics import Topic, certain_topic, topics_to_offer
from social_bot.organisation.languages import LANGUAGES

PRIVATE_WINDOW = timedelta(days=7)
"""How long after a comment its author may get the one private message that the platform allows."""

PUBLIC_WINDOW = timedelta(hours=24)
"""An older comment was found after an outage: a person decides whether it still wants an answer."""

DISCLOSURE, GENERAL, INDIVIDUAL, PRIVATE = (
    *("comment_disclosure", "comment_general"),
    *("comment_individual", "comment_private"),
)
BOTH, FOREIGN = ("fi", "sv"), ("en",)

STOPPED = "the emergency stop holds automatic answers"

_SENSITIVE = frozenset(
    {
        *(Topic.MENTAL_HEALTH, Topic.SUBSTANCE_USE, Topic.VIOLENCE_SHELTER, Topic.HOMELESSNESS),
        *(Topic.CONCERNED_OTHER, Topic.FAMILY_CHILD, Topic.GUARDIANSHIP_DEATH, Topic.RIGHTS_PRIVACY),
    }
)
"""An answer that names one of these in public would tell something about the person under whom it stands."""


class Matter(StrEnum):
    """What a comment is, the most urgent first."""

    DANGER = "danger"
    PERSONAL_DATA = "personal_data"
    INDIVIDUAL = "individual"
    TOPIC = "topic"
    UNCLEAR = "unclear"
    CHAT = "chat"

    def is_before(self, other: "Matter") -> bool:
        urgency = list(Matter)
        return urgency.index(self) < urgency.index(other)


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A comment, or a visitor's post, as it arrived. ``recognition`` is None where there was no text."""

    recognition: Recognition | None
    asks: bool
    written_at: datetime
    has_author: bool
    is_post: bool = False
    is_edit: bool = False
    is_hidden: bool = False
    is_elsewhere: bool = False
    """A review, or a mention of the page on another one: every one with words waits for a person."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where it stands. ``thread_is_free``: we know its thread, and the page has not answered in it.

    ``was_written_to``: its author has had the text for this danger within the day.
    """

    page_answers: bool
    thread_is_free: bool
    topics_off: frozenset[str] = frozenset()
    is_stopped: bool = False
    was_written_to: bool = False


@dataclass(frozen=True, kw_only=True)
class CommentDecision:
    """``keys`` are public texts of which the first that may be sent is proposed, or sent if ``answers``.

    ``writes_privately``: the text for the danger goes to the author at once.
    """

    matter: Matter
    reason: str
    languages: tuple[str, ...] = BOTH
    crisis: CrisisKind | None = None
    topic: Topic | None = None
    keys: tuple[str, ...] = ()
    answers: bool = False
    writes_privately: bool = False

    @property
    def waits_for_person(self) -> bool:
        return self.matter is not Matter.CHAT and not self.answers


def decide_comment(remark: Remark, setting: Setting, *, now: datetime) -> CommentDecision:
    decision = _decide(remark, setting, now=now)
    if not remark.is_elsewhere or remark.recognition is None:
        return decision
    is_own = decision.matter in (Matter.DANGER, Matter.PERSONAL_DATA, Matter.INDIVIDUAL)
    return replace(
        decision,
        matter=Matter.UNCLEAR if decision.matter is Matter.CHAT else decision.matter,
        reason=decision.reason if is_own else "a review or a mention",
        answers=False,
        writes_privately=False,
    )


def _decide(remark: Remark, setting: Setting, *, now: datetime) -> CommentDecision:
    recognition = remark.recognition
    if recognition is None:
        if remark.is_post:
            return CommentDecision(matter=Matter.UNCLEAR, reason="a post without words", keys=(GENERAL,))
        return CommentDecision(matter=Matter.CHAT, reason="there are no words to answer")
    languages = _languages(recognition)
    if recognition.crisis is not None:
        return CommentDecision(
            matter=Matter.DANGER,
            reason="somebody may be in danger",
            languages=languages,
            crisis=recognition.crisis,
            writes_privately=remark.has_author
            and not setting.was_written_to
            and may_write_privately(remark.written_at, now),
        )
    if recognition.personal_data:
        return CommentDecision(
            matter=Matter.PERSONAL_DATA,
            reason="everybody can read personal data here",
            languages=languages,
            keys=(INDIVIDUAL,),
        )
    if recognition.is_greeting or recognition.is_thanks:
        return CommentDecision(matter=Matter.CHAT, reason="a greeting or thanks", languages=languages)
    if recognition.is_individual:
        return CommentDecision(
            matter=Matter.INDIVIDUAL, reason="an own matter", languages=languages, keys=(INDIVIDUAL,)
        )
    return _on_topic(remark, recognition, setting, languages, now=now)


def may_write_privately(written_at: datetime, now: datetime) -> bool:
    return now < written_at + PRIVATE_WINDOW


def _on_topic(
    remark: Remark, recognition: Recognition, setting: Setting, languages: tuple[str, ...], *, now: datetime
) -> CommentDecision:
    topic = certain_topic(recognition.topics)
    if topic is not None and topic is not Topic.OTHER:
        refusal = _why_not_by_itself(remark, recognition, setting, topic, now=now)
        return CommentDecision(
            matter=Matter.TOPIC,
            reason=refusal or "a general question on a certain topic",
            languages=languages,
            topic=topic,
            keys=(GENERAL,)
            if topic in _SENSITIVE or topic in setting.topics_off
            else (f"comment_{topic.value}", GENERAL),
            answers=refusal is None,
        )
    is_ours = topic is None and bool(remark.asks or topics_to_offer(recognition.topics))
    if is_ours or remark.is_post or recognition.language not in LANGUAGES:
        return CommentDecision(
            matter=Matter.UNCLEAR, reason="the topic is not certain", languages=languages, keys=(GENERAL,)
        )
    return CommentDecision(matter=Matter.CHAT, reason="it asks nothing of us", languages=languages)


def _why_not_by_itself(
    remark: Remark, recognition: Recognition, setting: Setting, topic: Topic, *, now: datetime
) -> str | None:
    """Why a person decides on a general question, or None where the page answers it at once."""
    reasons = {
        STOPPED: setting.is_stopped,
        "the page leaves comments to people": not setting.page_answers,
        "a post by a visitor": remark.is_post,
        "it was changed": remark.is_edit,
        "its author is not known": not remark.has_author,
        "it is hidden": remark.is_hidden,
        "the page has answered in this thread": not setting.thread_is_free,
        "the topic is a delicate one": topic in _SENSITIVE,
        "the topic is left to people": topic in setting.topics_off,
        "its language is not certain": not recognition.language_is_sure
        or recognition.language not in LANGUAGES,
        "it was found late": now >= remark.written_at + PUBLIC_WINDOW,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _languages(recognition: Recognition) -> tuple[str, ...]:
    if recognition.language not in LANGUAGES:
        return FOREIGN
    return (recognition.language,) if recognition.language_is_sure else BOTH
