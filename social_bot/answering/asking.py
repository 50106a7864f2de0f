"""Trying a message: what a resident would get for it, by exactly the code that answers residents."""

from dataclasses import asdict, dataclass
from datetime import datetime

from social_bot.answering.briefing import gather_desk
from social_bot.answering.dialogue import decide
from social_bot.answering.outcomes import Answer, Clarify, HandOff, Inbound, Lane
from social_bot.answering.recognition import Models, recognise
from social_bot.answering.replies import Library, compose
from social_bot.answering.threads import Thread
from social_bot.channels.ports import EventKind
from social_bot.organisation.directory import Organisation


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What trying a message needs, gathered once."""

    models: Models
    library: Library
    organisation: Organisation
    somebody_reads: bool = True
    is_stopped: bool = False
    topics_off: frozenset[str] = frozenset()

    def explain(self, text: str, *, now: datetime) -> dict[str, object]:
        """The same with what was weighed: ``guesses``, best first, and whether it is an own case."""
        recognition = recognise(text, previous_language=None, models=self.models) if text.strip() else None
        guesses = [
            {"topic": guess.topic.value, "confidence": round(min(1.0, max(0.0, guess.confidence)), 4)}
            for guess in (recognition.topics if recognition else ())
        ]
        is_individual = recognition.is_individual if recognition else False
        return {**self.ask(text, now=now), "guesses": guesses, "individual": is_individual}

    def ask(self, text: str, *, now: datetime) -> dict[str, object]:
        """Recognition and answer to ``text`` as the first message of a new thread, as plain values."""
        recognition = recognise(text, previous_language=None, models=self.models) if text.strip() else None
        inbound = Inbound(kind=EventKind.MESSAGE, occurred_at=now, recognition=recognition)
        desk = gather_desk(
            self.organisation,
            now=now,
            somebody_reads=self.somebody_reads,
            is_stopped=self.is_stopped,
            topics_off=self.topics_off,
        )
        decision = decide(inbound, Thread(), desk=desk, now=now)
        answer = decision.outcome if isinstance(decision.outcome, Answer) else None
        reply = compose(answer, self.library, self.organisation, now=now) if answer else None
        best = recognition.topics[0] if recognition and recognition.topics else None
        return {
            "language": recognition.language if recognition else None,
            "topic": best.topic.value if best else None,
            "confidence": round(min(1.0, max(0.0, best.confidence)), 4) if best else 0.0,
            "lane": (answer.lane if answer else Lane.UNKNOWN).value,
            "crisis_kind": decision.crisis.value if decision.crisis else None,
            "personal_data": [kind.value for kind in recognition.personal_data] if recognition else [],
            "reply": None
            if reply is None
            else {
                "key": reply.main.key,
                "language": reply.main.language,
                "version": reply.main.version,
                "text": reply.text,
                "approved": all(part.is_approved for part in reply.versions),
            },
            "quick_replies": [asdict(part) for part in reply.quick_replies]
            if reply and isinstance(answer, Clarify)
            else [],
            "hand_off": isinstance(answer, HandOff),
        }
