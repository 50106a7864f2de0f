"""What one round of answering reads once for all of its events: who we are, who is at work, which texts stand.

What may change between two events and must be seen at once, the emergency stop, is not in it; and whether a
text is still approved is asked again when it is sent.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from social_bot.answering import topic_choices
from social_bot.answering.dialogue import Desk
from social_bot.answering.replies import Library, load_library
from social_bot.answering.topics import TopicNames
from social_bot.organisation import duty
from social_bot.organisation.directory import Organisation


@dataclass(frozen=True, kw_only=True)
class Briefing:
    organisation: Organisation
    desk: Desk
    topics: Sequence[TopicNames]
    now: datetime
    _libraries: dict[bool, Library] = field(default_factory=dict)

    def library(self, session: Session, *, is_live: bool) -> Library:
        """The texts that may be said on a live page or on one to practise on, read when first asked for."""
        if is_live not in self._libraries:
            self._libraries[is_live] = load_library(
                session, self.topics, approved_only=is_live, today=self.organisation.today(self.now)
            )
        return self._libraries[is_live]


def gather_briefing(
    session: Session,
    *,
    gather: Callable[[Session], Organisation],
    topics: Sequence[TopicNames],
    now: datetime,
) -> Briefing:
    organisation = gather(session)
    desk = gather_desk(
        organisation,
        now=now,
        somebody_reads=duty.is_somebody_on_duty(session, organisation, now=now),
        topics_off=topic_choices.turned_off(session),
    )
    return Briefing(organisation=organisation, desk=desk, topics=topics, now=now)


def gather_desk(
    organisation: Organisation,
    *,
    now: datetime,
    somebody_reads: bool = True,
    is_stopped: bool = False,
    topics_off: frozenset[str] = frozenset(),
) -> Desk:
    local = now.astimezone(organisation.zone)
    hours = organisation.hours
    return Desk(
        is_open=hours.is_open(local),
        somebody_reads=somebody_reads,
        is_stopped=is_stopped,
        topics_off=topics_off,
        closed_since=hours.closed_since(local),
        next_opening=hours.next_opening(local),
    )
