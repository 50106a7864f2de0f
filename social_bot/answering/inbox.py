"""Answering: each event is applied once; answers are written down before they go."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from social_bot.answering import store
from social_bot.answering.briefing import gather_briefing
from social_bot.answering.intake import open_event
from social_bot.answering.receiving import Receiver
from social_bot.answering.recognition import Models
from social_bot.answering.store import EventRow
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.directory import Organisation
from social_bot.storage.engine import Database

_LEASE = timedelta(seconds=10)
_TRIES = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """Everything that answering needs; made once by bootstrap."""

    database: Database
    models: Models
    gather: Callable[[Session], Organisation]
    own_app_id: str | None

    def answer_events(self, *, now: datetime, limit: int = 50) -> int:
        """Deal with open events in the order in which they happened; how many there were."""
        with self.database.write() as session:
            claimed = [
                row.id for row in store.claim_events(session, now=now, until=now + _LEASE, limit=limit)
            ]
        if claimed:
            fault_point("answering.claimed")
        receiver: Receiver | None = None
        for event_id in claimed:
            try:
                receiver = receiver or self._receiver(now=now)
                self._deal_with(event_id or 0, receiver)
            except (OperationalError, InterfaceError):  # the database's trouble, not the event's
                log.exception("the database does not take an event", extra=fields(event=event_id))
            except Exception:
                log.exception("an event could not be dealt with", extra=fields(event=event_id))
                self._set_aside(event_id or 0, now=now)
        return len(claimed)

    def _receiver(self, *, now: datetime) -> Receiver:
        with self.database.read() as session:
            briefing = gather_briefing(session, gather=self.gather, topics=self.models.topics, now=now)
        return Receiver(
            database=self.database, models=self.models, own_app_id=self.own_app_id, briefing=briefing
        )

    def _deal_with(self, event_id: int, receiver: Receiver) -> None:
        with self.database.write() as session:
            row = session.get(EventRow, event_id, with_for_update=True)
            if row is None or row.is_done or row.content_sealed is None:
                return
            event = open_event(row.content_sealed, self.database.cipher)
            row.note = receiver.apply(session, event, event_id)
            row.is_done, row.content_sealed = True, None
            session.add(row)
            session.flush()
            fault_point("answering.decided")
        fault_point("answering.done")

    def _set_aside(self, event_id: int, *, now: datetime) -> None:
        """An event that breaks the program is not tried for ever: a person is told that something waits."""
        with self.database.write() as session:
            row = session.get(EventRow, event_id)
            if row is None or row.attempts < _TRIES:
                return  # its lease runs out and it is tried again
            row.is_done, row.note = True, "could not be dealt with"
            session.add(row)
            alerts.raise_alert(session, AlertKind.MESSAGE_FAILED, f"event:{event_id}", now=now)
