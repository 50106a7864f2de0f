"""What to do with one inbound message: the product's whole policy, as one pure function.

First, whoever holds the thread: danger and personal data are noted for staff. Then: the reply window,
danger, who may speak, a thread in danger, a loop, a late message, an own matter, a topic, a choice of
topics, general help. Every branch ends in approved texts, named by key, or in silence with a reason.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from social_bot.answering import danger
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.outcomes import (
    CALLBACK_PAYLOAD,
    GET_STARTED_PAYLOAD,
    LANGUAGE_PAYLOAD,
    LANGUAGES_PAYLOAD,
    NOT_HELPED_PAYLOAD,
    SAVE_PAYLOAD,
    TOPIC_PAYLOAD,
    TOPICS_PAYLOAD,
    Answer,
    Clarify,
    Decision,
    HandOff,
    Inbound,
    Lane,
    Silence,
)
from social_bot.answering.recognition import Recognition
from social_bot.answering.threads import LAPSE, REPLY_WINDOW, History, Owner, Thread, window_is_open
from social_bot.answering.topics import Topic, certain_topic, topics_to_offer
from social_bot.channels.ports import EventKind
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.personal_data import PersonalDataKind

TOPICS_OFFERED = 3
TOPICS_ON_A_PAGE = 10  # Messenger shows at most 13 buttons under a message
LOOP_LIMIT = 12
"""More answers than this within ``LOOP_WITHIN`` are a conversation of two machines."""

LATE_AFTER = timedelta(minutes=30)
"""An older message was found after an outage: whoever wrote it has long stopped waiting for a machine."""

BOTH = ("fi", "sv")
"""The languages of an answer whose question's language is not clear: the languages of the country."""

NOTHING_SAID = History()


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Whether people are at work, and (``somebody_reads``) on duty; None where no hours tell.

    ``is_stopped``: a person holds every automatic answer back, save what saves lives. ``topics_off`` are
    left to people.
    """

    is_open: bool
    somebody_reads: bool = True
    is_stopped: bool = False
    topics_off: frozenset[str] = frozenset()
    closed_since: datetime | None = None
    next_opening: datetime | None = None


def decide(
    inbound: Inbound, thread: Thread, *, desk: Desk, now: datetime, history: History = NOTHING_SAID
) -> Decision:
    """What to send for one message, and the thread after it."""
    recognition = inbound.recognition
    if recognition is not None and history.is_bounce:  # the numbers that we gave are no sign of danger
        recognition = replace(recognition, crisis=None)
        inbound = replace(inbound, recognition=recognition)
    thread = replace(thread, language=_language_to_remember(inbound, thread))
    crisis = recognition.crisis if recognition else None
    outcome = _outcome(inbound, thread, history, desk=desk, now=now)
    return Decision(
        outcome=outcome,
        thread=_after(thread, outcome, crisis, now=now),
        crisis=crisis,
        waits_for_person=(
            crisis is not None
            or thread.is_in_danger
            or isinstance(outcome, HandOff)
            or (isinstance(outcome, Silence) and outcome.needs_person)
            or thread.owner is not Owner.BOT
        ),
    )


def _outcome(
    inbound: Inbound, thread: Thread, history: History, *, desk: Desk, now: datetime
) -> Answer | Silence:
    crisis = inbound.recognition.crisis if inbound.recognition else None
    if inbound.kind not in (EventKind.MESSAGE, EventKind.POSTBACK, EventKind.UNSUPPORTED, EventKind.EDIT):
        return Silence(reason=f"no answer to an event of kind {inbound.kind.value}")
    if not window_is_open(inbound.occurred_at, now):
        return Silence(reason="the message is older than the platform's 24 hours", needs_person=True)
    if crisis is not None:
        return _answer_to_danger(crisis, inbound, thread, history, desk=desk, now=now)
    if inbound.kind is EventKind.EDIT:
        return Silence(reason="an edit is answered only where it shows danger")
    if thread.owner is not Owner.BOT:
        return Silence(reason=f"the thread is held: {thread.owner.value}")
    if thread.is_in_danger:
        return _ask_to_phone(inbound, thread, history, desk=desk, now=now)
    if history.is_bounce:
        return Silence(reason="the message is one of our own texts come back", needs_person=True)
    if history.answers_lately >= LOOP_LIMIT:
        reason = "too many answers in ten minutes: a person looks at it"
        return Silence(reason=reason, needs_person=True, leaves_thread=True)
    if desk.is_stopped:
        return _answer_while_stopped(inbound, thread, history, now=now)
    return _answer_calm(inbound, thread, history, desk=desk, now=now)


def _answer_calm(
    inbound: Inbound, thread: Thread, history: History, *, desk: Desk, now: datetime
) -> Answer | Silence:
    if now - inbound.occurred_at > LATE_AFTER:
        answer = _answer_late(inbound, thread, history, desk=desk, now=now)
    else:
        answer = _answer(inbound, thread)
    if isinstance(answer, Silence):
        return answer
    return _framed(_unless_left_to_people(answer, desk), inbound, thread, history, desk=desk, now=now)


def _unless_left_to_people(answer: Answer, desk: Desk) -> Answer:
    """On a topic that the organisation answers itself: general advice, and a person goes on."""
    if answer.lane is not Lane.GENERAL or answer.key not in desk.topics_off:
        return answer
    return HandOff(lane=Lane.UNKNOWN, key="general", parts=("general",), languages=answer.languages)


def _answer_to_danger(
    kind: CrisisKind, inbound: Inbound, thread: Thread, history: History, *, desk: Desk, now: datetime
) -> Answer | Silence:
    """The text of its kind stands alone and says all by itself, save that nobody reads where nobody does."""
    reason = danger.reason_to_hold_crisis_text(kind, thread, history, now=now)
    if reason is not None:
        return Silence(reason=reason)
    return _alone(danger.crisis_key(kind), _languages(inbound, thread), desk=desk)


def _ask_to_phone(
    inbound: Inbound, thread: Thread, history: History, *, desk: Desk, now: datetime
) -> Answer | Silence:
    """In a thread in danger: no topic, menu or button, but nobody is left without a word either."""
    if history.said_within(danger.PHONE_KEY, danger.PHONE_AFTER, now):
        return Silence(reason="somebody may be in danger here: they were asked to phone within the hour")
    return _alone(danger.PHONE_KEY, _languages(inbound, thread), desk=desk)


def _alone(key: str, languages: tuple[str, ...], *, desk: Desk) -> HandOff:
    parts = (key,) if desk.somebody_reads else (danger.NOBODY_READS_KEY, key)
    return HandOff(lane=Lane.CRISIS, key=key, parts=parts, languages=languages, offers_callback=False)


def _answer_while_stopped(
    inbound: Inbound, thread: Thread, history: History, *, now: datetime
) -> Answer | Silence:
    """The numbers once a day, and nothing else: people answer."""
    if history.said_within(danger.STOPPED_KEY, LAPSE, now):
        return Silence(
            reason="automatic answers are stopped, which the writer has been told", needs_person=True
        )
    key = danger.STOPPED_KEY
    return HandOff(lane=Lane.UNKNOWN, key=key, parts=(key,), languages=_languages(inbound, thread))


def _answer_late(
    inbound: Inbound, thread: Thread, history: History, *, desk: Desk, now: datetime
) -> Answer | Silence:
    """One word that the message was seen late, when people are at work; the matter itself is theirs."""
    if history.said_within("late", REPLY_WINDOW, now):
        return Silence(reason="found late, which the writer has been told", needs_person=True)
    opens = None if desk.is_open else desk.next_opening
    if not desk.is_open and (opens is None or not window_is_open(inbound.occurred_at, opens)):
        return Silence(
            reason="found late: we open only after the platform's 24 hours have passed", needs_person=True
        )
    return HandOff(
        lane=Lane.UNKNOWN,
        key="late",
        parts=("late",),
        languages=_languages(inbound, thread),
        not_before=opens,
    )


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
    if recognition.language not in LANGUAGES:
        return HandOff(
            lane=Lane.UNKNOWN, key="other_language", parts=("other_language",), languages=languages
        )
    if recognition.is_greeting:
        return _plain(Lane.GREETING, "greeting", languages)
    if recognition.is_thanks:
        return replace(_plain(Lane.GREETING, "thanks", languages), offers_callback=False)
    if recognition.is_individual:
        return HandOff(lane=Lane.INDIVIDUAL, key="individual", parts=("individual",), languages=languages)
    return _answer_on_topic(recognition, languages)


def _answer_on_topic(recognition: Recognition, languages: tuple[str, ...]) -> Answer:
    topic = certain_topic(recognition.topics)
    if topic is not None:
        return _plain(Lane.UNKNOWN if topic is Topic.OTHER else Lane.GENERAL, topic.value, languages)
    offered = topics_to_offer(recognition.topics)[:TOPICS_OFFERED]
    if offered:
        return Clarify(
            lane=Lane.CLARIFY,
            key="clarify",
            parts=("clarify",),
            languages=languages,
            topics=offered,
            asks_language=len(languages) > 1,
        )
    return _plain(Lane.UNKNOWN, "general", languages)


def _answer_to_button(payload: str, languages: tuple[str, ...]) -> Answer:
    if payload == CALLBACK_PAYLOAD:
        return _plain(Lane.GENERAL, "callback_prompt", languages)
    if payload == SAVE_PAYLOAD:
        return _plain(Lane.GENERAL, "save_conversation", languages)
    if payload == NOT_HELPED_PAYLOAD:
        return HandOff(lane=Lane.UNKNOWN, key="not_helped", parts=("not_helped",), languages=languages)
    if payload == LANGUAGES_PAYLOAD:
        return replace(_plain(Lane.GREETING, "choose_language", languages), asks_language=True)
    if payload.startswith(TOPICS_PAYLOAD):
        return _menu(payload.removeprefix(TOPICS_PAYLOAD), languages)
    if payload.startswith(TOPIC_PAYLOAD) and payload.removeprefix(TOPIC_PAYLOAD) in set(Topic):
        return _plain(Lane.GENERAL, payload.removeprefix(TOPIC_PAYLOAD), languages)
    if payload == GET_STARTED_PAYLOAD or payload.startswith(LANGUAGE_PAYLOAD):
        return _plain(Lane.GREETING, "greeting", languages)
    return _plain(Lane.UNKNOWN, "general", languages)


def _menu(page: str, languages: tuple[str, ...]) -> Answer:
    """A page of all topics, in the language of the thread; buttons cannot be in two."""
    topics = [topic for topic in Topic if topic is not Topic.OTHER]
    number = int(page) if page in {"1", "2"} else 1
    first = (number - 1) * TOPICS_ON_A_PAGE
    rest = topics[first + TOPICS_ON_A_PAGE :]
    return Clarify(
        lane=Lane.CLARIFY,
        key="clarify",
        parts=("clarify",),
        languages=languages,
        topics=tuple(topics[first : first + TOPICS_ON_A_PAGE]),
        next_topics=number + 1 if rest else None,
    )


def _plain(lane: Lane, key: str, languages: tuple[str, ...]) -> Answer:
    return Answer(lane=lane, key=key, parts=(key,), languages=languages, asks_language=len(languages) > 1)


def _framed(
    answer: Answer, inbound: Inbound, thread: Thread, history: History, *, desk: Desk, now: datetime
) -> Answer:
    """The answer with what always stands around it."""
    is_news = thread.last_message_at is None or now - thread.last_message_at >= LAPSE
    kinds = set(inbound.recognition.personal_data) if inbound.recognition else set()
    notes_phone = PersonalDataKind.PHONE in kinds and not thread.phone_was_noted
    parts = (
        *((danger.NOBODY_READS_KEY,) if _puts_numbers_first(answer, history, desk=desk, now=now) else ()),
        *(() if thread.is_disclosed and not is_news else ("disclosure",)),
        *answer.parts,
        *(("closed",) if _tells_that_nobody_reads(answer, history, desk=desk) else ()),
        *(("personal_data",) if kinds and not thread.personal_data_was_noted else ()),
        *(("phone_not_kept",) if notes_phone else ()),
        *(() if answer.key == "thanks" else ("contact",)),
    )
    return replace(answer, parts=parts, offers_callback=answer.offers_callback or notes_phone)


def _puts_numbers_first(answer: Answer, history: History, *, desk: Desk, now: datetime) -> bool:
    """Where nobody is on duty: that nobody reads, 112 and the social emergency number, once in a while."""
    if desk.somebody_reads or answer.not_before is not None or answer.key == "thanks":
        return False
    return not history.said_within(danger.NOBODY_READS_KEY, danger.NOBODY_READS_AGAIN, now)


def _tells_that_nobody_reads(answer: Answer, history: History, *, desk: Desk) -> bool:
    """Once in a closed period, and never with a text that itself waits for the opening."""
    if desk.is_open or answer.not_before is not None or answer.key == "thanks":
        return False
    said = history.said.get("closed")
    return said is None or (desk.closed_since is not None and said < desk.closed_since)


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


def _after(thread: Thread, outcome: Answer | Silence, crisis: CrisisKind | None, *, now: datetime) -> Thread:
    is_in_danger = thread.is_in_danger or crisis is not None
    thread = replace(thread, is_in_danger=is_in_danger, last_message_at=now)
    if isinstance(outcome, Silence):
        return replace(thread, owner=Owner.HUMAN, held_since=now) if outcome.leaves_thread else thread
    return replace(
        thread,
        is_disclosed=thread.is_disclosed or "disclosure" in outcome.parts,
        general_was_sent=thread.general_was_sent or outcome.key == "general",
        personal_data_was_noted=thread.personal_data_was_noted or "personal_data" in outcome.parts,
        phone_was_noted=thread.phone_was_noted or "phone_not_kept" in outcome.parts,
    )
