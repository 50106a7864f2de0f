"""Sends what stands in the outbox to the app: signed, in order, again and again until it is taken.

https://developers.facebook.com/docs/graph-api/webhooks/getting-started
"""

import hashlib
import hmac
import json
import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import httpx
from sqlalchemy import delete, select

from social_bot.practice.call import PracticeConfig
from social_bot.practice.faults import Fault
from social_bot.practice.state import OutboxRow, PageRow, Store

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE = 0.2  # seconds; doubled after each failure
_LONGEST_PAUSE = 30.0
_PATIENCE = timedelta(hours=1)  # then Meta unsubscribes the app from the Page
_LOOK_EVERY = 0.1  # seconds between looks at the outbox
_LARGEST_BATCH = 50


def sign(body: bytes, app_secret: str) -> str:
    """The value of ``X-Hub-Signature-256`` for the bytes as they are sent."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def delivery_body(events: Sequence[OutboxRow], now: datetime) -> bytes:
    """One delivery: an entry for each Page and kind of list, non-ASCII escaped as Meta does."""
    entries: dict[tuple[str, str], list[object]] = {}
    for event in events:
        entries.setdefault((event.page_id, event.section), []).append(event.item)
    milliseconds = round(now.timestamp() * 1000)
    body = {
        "object": "page",
        "entry": [
            {
                "id": page_id,
                "time": milliseconds // 1000 if section == "changes" else milliseconds,
                section: items,
            }
            for (page_id, section), items in entries.items()
        ],
    }
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).encode()


class WebhookSender:
    """A thread that empties the outbox. ``client`` is closed with it."""

    def __init__(
        self, store: Store, config: PracticeConfig, clock: Callable[[], datetime], client: httpx.Client
    ) -> None:
        self._store = store
        self._config = config
        self._clock = clock
        self._client = client
        self._stopping = threading.Event()
        self._is_confirmed = False
        self._failing_since: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="practice webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._client.close()

    def has_waiting(self) -> bool:
        with self._store.transaction() as session:
            return session.scalar(select(OutboxRow.number).limit(1)) is not None

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.wait(_LOOK_EVERY):
            try:
                if self._send_next():
                    pause = _FIRST_PAUSE
                    continue
            except Exception:  # noqa: BLE001  (logged; the thread must live)
                _LOG.exception("The practice Page's webhook sender failed; it goes on")
            if self._failing_since is not None:
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _send_next(self) -> bool:
        """Send all that waits; False when a delivery was not taken."""
        while not self._stopping.is_set():
            events, fault = self._waiting()
            if not events:
                return True
            self._is_confirmed = self._is_confirmed or self._confirm()
            if not self._is_confirmed:
                self._give_up_in_time(events[0].page_id)
                return False
            self._stopping.wait(fault.webhook_delay_seconds)
            for delivery in _deliveries(events, fault):
                if not self._deliver(delivery, times=2 if fault.webhooks_twice else 1):
                    return False
        return True

    def _waiting(self) -> tuple[list[OutboxRow], Fault]:
        """The oldest events of one Page, and how that Page's webhooks are disturbed."""
        with self._store.transaction() as session:
            oldest = session.scalar(select(OutboxRow).order_by(OutboxRow.number).limit(1))
            if oldest is None:
                return [], Fault()
            query = select(OutboxRow).where(OutboxRow.page_id == oldest.page_id).order_by(OutboxRow.number)
            page = session.get_one(PageRow, oldest.page_id)
            return list(session.scalars(query.limit(_LARGEST_BATCH))), Fault.from_json(page.fault)

    def _confirm(self) -> bool:
        """Once before the first delivery the app must answer with the challenge.

        A receiver that knows nothing of this (no 403, no challenge) is let off: in a test it may be small.
        """
        challenge = str(secrets.randbelow(10**10))
        asked = {
            "hub.mode": "subscribe",
            "hub.verify_token": self._config.verify_token,
            "hub.challenge": challenge,
        }
        try:
            answer = self._client.get(self._config.webhook_url or "", params=asked)
        except httpx.HTTPError as error:
            _LOG.info("The app's webhook address does not answer (%s)", type(error).__name__)
            return False
        is_wrong = answer.is_success and answer.text != challenge
        if is_wrong or answer.status_code == httpx.codes.FORBIDDEN:
            _LOG.warning("The app does not confirm its webhook address: compare the verify tokens of both")
            return False
        return True

    def _deliver(self, events: Sequence[OutboxRow], *, times: int) -> bool:
        body = delivery_body(events, self._clock())
        for _ in range(times):
            if not self._post(body):
                self._give_up_in_time(events[0].page_id)
                return False
        self._failing_since = None
        with self._store.transaction() as session:
            numbers = [event.number for event in events]
            session.execute(delete(OutboxRow).where(OutboxRow.number.in_(numbers)))
        return True

    def _post(self, body: bytes) -> bool:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "facebookexternalua",
            "X-Hub-Signature-256": sign(body, self._config.app_secret),
        }
        try:
            answer = self._client.post(self._config.webhook_url or "", content=body, headers=headers)
        except httpx.HTTPError as error:
            _LOG.info("The app did not take a webhook (%s); it is sent again", type(error).__name__)
            return False
        return answer.status_code == httpx.codes.OK

    def _give_up_in_time(self, page_id: str) -> None:
        """After an hour of failures the app is unsubscribed, as Meta does; what waits is lost."""
        now = self._clock()
        self._failing_since = self._failing_since or now
        if now - self._failing_since < _PATIENCE:
            return
        _LOG.warning(
            "Webhooks failed for an hour: the app is unsubscribed from the practice Page %s", page_id
        )
        with self._store.transaction() as session:
            session.get_one(PageRow, page_id).subscribed_fields = []
            session.execute(delete(OutboxRow).where(OutboxRow.page_id == page_id))
        self._failing_since = None


def _deliveries(events: list[OutboxRow], fault: Fault) -> list[list[OutboxRow]]:
    ordered = list(reversed(events)) if fault.webhooks_shuffled else events
    return [ordered] if fault.webhooks_batched else [[event] for event in ordered]
