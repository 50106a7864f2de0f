"""Events from the platform: kept before they are acknowledged, stored once, erased when dealt with."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import insert

from social_bot.answering import store
from social_bot.answering.recognition import LONGEST
from social_bot.answering.spool import Spool
from social_bot.answering.store import DeliveryRow, EventRow
from social_bot.channels.ports import InboundEvent
from social_bot.errors import InvalidInput
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.storage.cipher import Cipher
from social_bot.storage.engine import Database, insert_new

KEEP_BODIES_FOR = timedelta(minutes=15)
_BATCH = 500
_LOOK_AT_SPOOL = 1.0  # seconds
_EVENT = TypeAdapter(InboundEvent)

log = logging.getLogger(__name__)


def seal_event(event: InboundEvent, cipher: Cipher) -> bytes:
    return cipher.seal_bytes(_EVENT.dump_json(event))


def open_event(sealed: bytes, cipher: Cipher) -> InboundEvent:
    return _EVENT.validate_json(cipher.open_bytes(sealed))


_Waiting = tuple[bytes, "asyncio.Future[None]"]


class DeliveryWriter:
    """Group commit: deliveries that arrive together are committed together, then acknowledged.

    While the database does not take them they are kept in ``spool``; what waits there goes first.
    """

    def __init__(
        self,
        database: Database,
        *,
        spool: Spool,
        clock: Callable[[], datetime],
        on_stored: Callable[[], None],
    ) -> None:
        self._database = database
        self._spool = spool
        self._clock = clock
        self._on_stored = on_stored
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="delivery-writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Commit what has been put, then end."""
        self._waiting.put(None)
        self._thread.join()

    def put(self, body: bytes) -> "asyncio.Future[None]":
        """A future that is done once the delivery is safe, or raises when it could not be made so.

        Who cancels it before the commit has begun keeps the delivery otherwise.
        """
        safe: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.put((body, safe))
        return safe

    def _run(self) -> None:
        while True:
            try:
                first = self._waiting.get(timeout=_LOOK_AT_SPOOL)
            except queue.Empty:
                self._empty_spool()
                continue
            if first is None:
                return
            batch = [first]
            is_last = False
            while len(batch) < _BATCH and not self._waiting.empty():
                item = self._waiting.get()
                if item is None:
                    is_last = True
                    break
                batch.append(item)
            self._commit(batch)
            if is_last:
                return

    def _commit(self, batch: "Sequence[_Waiting]") -> None:
        batch = [each for each in batch if not each[1].cancelled()]
        if not batch:
            return
        bodies = [body for body, _ in batch]
        fault_point("intake.received")
        problem: Exception | None = None
        try:
            self._spool.take_out(self._store)  # what came earlier is stored earlier
            self._store(bodies)
        except Exception:
            log.exception("the database takes no deliveries: they are kept on disk")
            try:
                self._spool.append(bodies)
            except Exception as error:  # noqa: BLE001  (each waiting request must hear of it)
                problem = error
        waiting = [safe for _, safe in batch]
        waiting[0].get_loop().call_soon_threadsafe(_settle, waiting, problem)
        if problem is None:
            self._on_stored()

    def _empty_spool(self) -> None:
        try:
            if self._spool.take_out(self._store):
                self._on_stored()
        except Exception:
            log.exception("the database takes no deliveries yet")

    def _store(self, bodies: Sequence[bytes]) -> None:
        store_deliveries(self._database, bodies, now=self._clock())


def _settle(waiting: "Sequence[asyncio.Future[None]]", problem: Exception | None) -> None:
    """Tell all of a batch at once: waking the loop for each would cost more than the commit."""
    for safe in waiting:
        if safe.done():
            continue
        if problem is None:
            safe.set_result(None)
        else:
            safe.set_exception(problem)


def store_deliveries(database: Database, bodies: Sequence[bytes], *, now: datetime) -> None:
    rows = [
        {"received_at": now, "body_sealed": database.cipher.seal_bytes(body), "is_parsed": False}
        for body in bodies
    ]
    with database.write() as session:
        session.connection().execute(insert(DeliveryRow), rows)
    fault_point("intake.stored")


def take_in(database: Database, *, parse: Callable[[bytes], Sequence[InboundEvent]], now: datetime) -> int:
    """Turn stored deliveries into events, each once, and erase their bodies; how many events were new.

    A delivery that breaks the program holds no other one up: staff are told, and its body is kept until
    ``erase_old_bodies``.
    """
    added = 0
    with database.write() as session:
        for delivery in store.list_unparsed(session):
            delivery.is_parsed = True
            session.add(delivery)
            try:
                events = parse(database.cipher.open_bytes(delivery.body_sealed or b""))
                rows = [_row(database, event, now=now) for event in events]
            except InvalidInput:
                rows, delivery.problem = [], "the body is not a delivery of the platform"
            except Exception:
                log.exception("a delivery could not be read", extra=fields(delivery=delivery.id))
                delivery.problem = "the body could not be read"
                alerts.raise_alert(session, AlertKind.MESSAGE_FAILED, f"delivery:{delivery.id}", now=now)
                continue
            added += insert_new(session, EventRow, rows)
            delivery.body_sealed = None
            fault_point("intake.read")
    if added:
        fault_point("intake.taken_in")
    return added


def erase_old_bodies(database: Database, *, now: datetime) -> None:
    """No raw delivery is kept longer than ``KEEP_BODIES_FOR``, whatever became of it.

    One that no worker has looked at yet, after a long standstill, waits for that: it would be lost.
    """
    with database.write() as session:
        for delivery in store.list_with_body(session, received_before=now - KEEP_BODIES_FOR):
            delivery.body_sealed = None
            session.add(delivery)
    fault_point("intake.bodies_erased")


def _row(database: Database, event: InboundEvent, *, now: datetime) -> dict[str, object]:
    return {
        "key": database.index(f"{event.page_id}:{event.key}"),
        "kind": event.kind,
        "page_id": event.page_id,
        "occurred_at": event.occurred_at,
        "received_at": now,
        "content_sealed": seal_event(_bounded(event), database.cipher),
        "is_done": False,
    }


def _bounded(event: InboundEvent) -> InboundEvent:
    """No more of a text than is read: what is longer comes from no person's hand."""
    return event if event.text is None else replace(event, text=event.text[:LONGEST])
