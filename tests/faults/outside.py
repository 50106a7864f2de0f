"""The world outside: the practice Page, who lives there, and the platform that delivers what they write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

import httpx
from sqlalchemy import delete, select

from social_bot.practice.call import PracticeConfig
from social_bot.practice.faults import Fault
from social_bot.practice.gateway import GraphGateway
from social_bot.practice.graph import Graph
from social_bot.practice.stage import Stage
from social_bot.practice.state import CommentRow, MessageRow, OutboxRow, PageRow, PostRow, ThreadRow
from social_bot.practice.webhooks import delivery_body, sign
from tests.conftest import PAGE
from tests.faults.ours import APP_ID, APP_SECRET, Moment
from tests.faults.town import TOKEN

OLD_POST = f"{PAGE}_400500600"
LATE = timedelta(minutes=58)
_AGAIN = 12
_FIELDS = ("feed", "messages", "messaging_postbacks", "message_echoes", "messaging_handovers", "standby")
WORDS = (
    "Mistä saan apua toimeentulotuen hakemiseen?",
    "Milloin olette auki?",
    "Hur ansöker jag om utkomststöd?",
    "I need help with my rent",
    "en jaksa enää elää",
    "Soittakaa minulle 040 1234567, olen Maija Meikäläinen",
    "Tarvitsen velkaneuvontaa ulosoton takia",
    "moi",
    "asdf qwer",
)
COMMENTS = (
    "Mistä saa velkaneuvontaa?",
    "En halua enää elää",
    "Soittakaa mulle 040 123 4567 toimeentulotuesta",
    "Kiitos",
)


@dataclass
class Habits:
    """How the platform delivers."""

    is_doubled: bool = False
    is_shuffled: bool = False
    at_once: int = 1
    is_late: bool = False


@dataclass
class Outside:
    stage: Stage
    clock: Moment
    dice: Random
    habits: Habits = field(default_factory=Habits)
    taken_back: set[str] = field(default_factory=set)
    sent: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stage.add_page(PAGE, "Neuvonta", TOKEN)
        with self.stage.store.transaction() as session:
            page = session.get_one(PageRow, PAGE)
            page.subscribed_fields = list(_FIELDS)
            session.add(_old_post(self.clock))

    @property
    def graph(self) -> GraphGateway:
        return GraphGateway(Graph(self.stage.store, self.stage.config, self.clock))

    @property
    def people(self) -> Sequence[str]:
        return [f"700000000{number}" for number in range(4)]

    def write(self) -> None:
        self.stage.write_as_resident(PAGE, self.dice.choice(self.people), text=self.dice.choice(WORDS))

    def comment(self, *, text: str | None = None) -> None:
        text = text or self.dice.choice(COMMENTS)
        self.stage.comment_as_resident(PAGE, self.dice.choice(self.people), object_id=OLD_POST, text=text)

    def answer_as_staff(self) -> None:
        self.stage.write_as_staff(PAGE, self.dice.choice(self.people), text="Hei, täällä neuvoja.")

    def take_back(self) -> None:
        """Somebody takes back something that they have written; the platform tells us so."""
        with self.stage.store.transaction() as session:
            query = select(MessageRow, ThreadRow).join(ThreadRow, ThreadRow.id == MessageRow.thread_id)
            found = session.execute(query.where(MessageRow.is_from_page.is_(False))).all()
            theirs = [(row, thread) for row, thread in found if row.mid not in self.taken_back]
            if not theirs:
                return
            message, thread = self.dice.choice(theirs)
            item = {
                "sender": {"id": thread.psid},
                "recipient": {"id": PAGE},
                "timestamp": round(self.clock().timestamp() * 1000),
                "message": {"mid": message.mid, "is_deleted": True},
            }
            session.add(OutboxRow(page_id=PAGE, section="messaging", item=item, created_at=self.clock()))
            self.taken_back.add(message.mid)

    def set_fault(self, fault: Fault) -> None:
        self.stage.set_fault(PAGE, fault)

    # Webhooks

    def deliver(self, address: str | None) -> bool:
        """Deliver what waits; True when nothing waits any more. ``address`` None: nobody listens."""
        with self.stage.store.transaction() as session:
            waiting = list(session.scalars(select(OutboxRow).order_by(OutboxRow.number)))
        if self.habits.is_late:
            waiting = [event for event in waiting if self.clock() - event.created_at >= LATE]
        if self.habits.is_shuffled:
            self.dice.shuffle(waiting)
        size = self.habits.at_once
        for start in range(0, len(waiting), size):
            part = waiting[start : start + size]
            if not self._send(part, address):
                return False
        return not self.habits.is_late

    def deliver_again(self, address: str) -> None:
        """Everything once more, in any order, as a platform may that has forgotten."""
        again = list(self.sent)
        self.dice.shuffle(again)
        for body in again[:_AGAIN]:
            post(address, body)

    def _send(self, events: Sequence[OutboxRow], address: str | None) -> bool:
        body = delivery_body(events, self.clock())
        for _ in range(2 if self.habits.is_doubled else 1):
            if address is None or not post(address, body):
                return False
        self.sent.append(body)
        with self.stage.store.transaction() as session:
            numbers = [event.number for event in events]
            session.execute(delete(OutboxRow).where(OutboxRow.number.in_(numbers)))
        return True

    # What the Page shows

    def posts(self) -> dict[str, list[str]]:
        """Ids of the posts that everybody sees, by text."""
        shown: dict[str, list[str]] = {}
        for each in self.stage.posts(PAGE):
            if each.is_published and each.message:
                shown.setdefault(each.message, []).append(each.id)
        return shown

    def inbound(self) -> list[str]:
        with self.stage.store.transaction() as session:
            query = select(MessageRow.mid).where(MessageRow.is_from_page.is_(False))
            return list(session.scalars(query.order_by(MessageRow.number)))

    def outbound(self) -> list[MessageRow]:
        """What the app has sent; what staff wrote in the platform's own inbox is not among it."""
        with self.stage.store.transaction() as session:
            query = select(MessageRow).where(MessageRow.is_from_page, MessageRow.app_id == APP_ID)
            return list(session.scalars(query.order_by(MessageRow.number)))

    def comments(self, *, by_page: bool) -> list[CommentRow]:
        with self.stage.store.transaction() as session:
            rows = list(session.scalars(select(CommentRow).order_by(CommentRow.id)))
        return [row for row in rows if (row.author_id == PAGE) is by_page]


def make_outside(database: Path, clock: Moment, dice: Random) -> Outside:
    config = PracticeConfig(
        database=database, app_id=APP_ID, app_secret=APP_SECRET, verify_token="test-verify-token"
    )
    return Outside(Stage(config, clock=clock), clock, dice)


def post(address: str, body: bytes) -> bool:
    """Whether the program has taken a delivery."""
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(body, APP_SECRET)}
    try:
        return _client().post(address, content=body, headers=headers).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@cache
def _client() -> httpx.Client:
    """A connection for each delivery: the program at the other end may be another one by then."""
    return httpx.Client(trust_env=False, timeout=60, limits=httpx.Limits(max_keepalive_connections=0))


def _old_post(clock: Moment) -> PostRow:
    at = clock() - timedelta(days=1)
    return PostRow(
        id=OLD_POST,
        page_id=PAGE,
        author_id=PAGE,
        app_id=APP_ID,
        message="Olemme täällä teitä varten.",
        status_type="mobile_status_update",
        is_published=True,
        created_at=at,
        updated_at=at,
        readable_at=at,
    )
