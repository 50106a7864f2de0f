"""Talking with the program in tests: deliveries as the platform sends them, and a platform that keeps answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from social_bot.answering import intake, outbox, store
from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.bootstrap import Bot
from social_bot.channels.ports import HumanMessage, OutgoingMessage, PageAccess
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from tests.conftest import NOW, PAGE, Clock

PERSON = "7000000001"
OUR_APP, OTHER_APP = 555000111, 263902037430900


@dataclass
class FakeMessenger:
    """Keeps what it is asked to send. ``next_errors``: (error, was it delivered all the same)."""

    next_errors: list[tuple[Exception, bool]] = field(default_factory=list)
    sent: list[tuple[str, OutgoingMessage | HumanMessage]] = field(default_factory=list)
    late: list[bool] = field(default_factory=list)
    calls: int = 0
    prefix: str = "m_out"
    on_call: Callable[[], None] = lambda: None

    def send(self, page: PageAccess, contact_id: str, message: OutgoingMessage | HumanMessage) -> str:
        self.calls += 1
        self.on_call()
        error, is_delivered = self.next_errors.pop(0) if self.next_errors else (None, True)
        if is_delivered:
            self.sent.append((contact_id, message))
        if error is not None:
            raise error
        return f"{self.prefix}{len(self.sent)}"

    def send_as_human(
        self, page: PageAccess, contact_id: str, message: HumanMessage, *, is_late: bool
    ) -> str:
        self.late.append(is_late)
        return self.send(page, contact_id, message)

    def find_sent(self, page: PageAccess, contact_id: str, *, text: str, since: datetime) -> str | None:
        found = [number for number, (_, message) in enumerate(self.sent, 1) if message.text == text]
        return f"{self.prefix}{found[-1]}" if found else None


def delivery(*items: dict[str, object], section: str = "messaging", page: str = PAGE) -> bytes:
    entry = {"id": page, "time": 1795503600456, section: list(items)}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def said(
    text: str, mid: str = "m_1", *, at: datetime = NOW, person: str = PERSON, **message: object
) -> dict[str, object]:
    return {
        "sender": {"id": person},
        "recipient": {"id": PAGE},
        "timestamp": int(at.timestamp() * 1000),
        "message": {"mid": mid, "text": text, **message},
    }


def echo(
    mid: str, app_id: int | None, *, metadata: str | None = None, at: datetime = NOW
) -> dict[str, object]:
    message: dict[str, object] = {"mid": mid, "is_echo": True, "text": "Hei, täällä neuvoja."}
    if app_id is not None:
        message["app_id"] = app_id
    if metadata is not None:
        message["metadata"] = metadata
    return {
        "sender": {"id": PAGE},
        "recipient": {"id": PERSON},
        "timestamp": int(at.timestamp() * 1000),
        "message": message,
    }


def receive(bot: Bot, *bodies: bytes, now: datetime = NOW) -> None:
    intake.store_deliveries(bot.database, bodies, now=now)
    intake.take_in(bot.database, parse=bot.parse_delivery, now=now)
    bot.inbox.answer_events(now=now)


def send_all(bot: Bot, messenger: FakeMessenger, clock: Clock) -> None:
    while outbox.send_next(bot.database, messenger=messenger, clock=clock):
        pass


def threads(bot: Bot) -> list[ThreadRow]:
    with bot.database.read() as session:
        return list(store.list_threads(session))


def messages(bot: Bot, direction: Direction) -> list[MessageRow]:
    with bot.database.read() as session:
        rows = store.list_messages(session, [thread.id or 0 for thread in store.list_threads(session)])
        return [row for row in rows if row.direction is direction]


def texts_sent(messenger: FakeMessenger) -> list[str]:
    return [message.text for _, message in messenger.sent]


def open_alerts(bot: Bot) -> list[AlertKind]:
    with bot.database.read() as session:
        return [alert.kind for alert in alerts.unacknowledged(session)]
