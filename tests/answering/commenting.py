"""A page's posts at the platform as the tests of comments play them: what people write, and what we do."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from social_bot.answering import comment_outbox, intake
from social_bot.answering.comment_acts import Act, act_on
from social_bot.answering.comment_store import CommentRow, DeedKind, DeedRow
from social_bot.bootstrap import Bot
from social_bot.channels.ports import OutgoingMessage, PageAccess, SeenComment
from social_bot.organisation import alerts, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from tests.conftest import APPROVER, NOW, PAGE, WRITER, Clock

POST, COMMENT, PERSON = f"{PAGE}_400", "400_1", "8100000001"
DANGER = "En halua enää elää"
TOPIC = "Tarvitsen velkaneuvontaa ulosoton takia"
OWN_MATTER = "Missä mun hakemus viipyy?"
PERSONAL = "Soittakaa mulle 040 123 4567 toimeentulotuesta"
CHAT = "Kiitos"


@dataclass
class FakeCommenter:
    """``next_errors``: (error, was it done all the same). ``gone`` and ``hidden`` hold comments."""

    next_errors: list[tuple[Exception, bool]] = field(default_factory=list)
    replies: list[tuple[str, str]] = field(default_factory=list)
    private: list[tuple[str, OutgoingMessage]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    calls: int = 0

    def reply(self, page: PageAccess, comment_id: str, *, text: str) -> str:
        self._meet(lambda: self.replies.append((comment_id, text)))
        return f"400_90{len(self.replies)}"

    def hide(self, page: PageAccess, comment_id: str) -> None:
        self._meet(lambda: self.hidden.append(comment_id))

    def show(self, page: PageAccess, comment_id: str) -> None:
        self._meet(lambda: self.hidden.remove(comment_id))

    def delete(self, page: PageAccess, comment_id: str) -> None:
        self._meet(lambda: self.deleted.append(comment_id))

    def reply_privately(
        self, page: PageAccess, comment_id: str, message: OutgoingMessage, *, is_post: bool = False
    ) -> str:
        self._meet(lambda: self.private.append((comment_id, message)))
        return f"m_private{len(self.private)}"

    def read(self, page: PageAccess, comment_id: str, *, is_post: bool = False) -> SeenComment | None:
        if comment_id in self.gone:
            return None
        return SeenComment(
            is_hidden=comment_id in self.hidden,
            takes_private_reply=comment_id not in [each for each, _ in self.private],
        )

    def find_reply(self, page: PageAccess, comment_id: str, *, text: str, since: datetime) -> str | None:
        found = [number for number, one in enumerate(self.replies, 1) if one == (comment_id, text)]
        return f"400_90{found[-1]}" if found else None

    def _meet(self, happen) -> None:
        self.calls += 1
        error, is_done = self.next_errors.pop(0) if self.next_errors else (None, True)
        if is_done:
            happen()
        if error is not None:
            raise error


def change(
    text: str | None = None,
    *,
    verb: str = "add",
    comment: str = COMMENT,
    parent: str | None = None,
    by: str | None = PERSON,
    at: datetime = NOW,
    item: str = "comment",
    post: str = POST,
    time: int = 0,
) -> bytes:
    """One delivery about a comment; ``item="post"`` for a visitor's. ``time`` tells toggles apart."""
    value: dict[str, object] = {
        "item": item,
        "verb": verb,
        "post_id": post,
        "created_time": int(at.timestamp()),
    }
    if item == "comment":
        value |= {"comment_id": comment, "parent_id": parent or post}
    if by is not None:
        value["from"] = {"id": by, "name": "Testi Henkilö"}
    if text is not None:
        value["message"] = text
    entry = {"id": PAGE, "time": 1795503600 + time, "changes": [{"field": "feed", "value": value}]}
    return json.dumps({"object": "page", "entry": [entry]}).encode()


def receive(bot: Bot, *bodies: bytes, now: datetime = NOW) -> None:
    intake.store_deliveries(bot.database, bodies, now=now)
    intake.take_in(bot.database, parse=bot.parse_delivery, now=now)
    bot.inbox.answer_events(now=now)


def do_all(bot: Bot, commenter: FakeCommenter, clock: Clock) -> None:
    while comment_outbox.do_next(bot.database, commenter=commenter, clock=clock):
        pass


def look(bot: Bot, commenter: FakeCommenter, clock: Clock) -> None:
    comment_outbox.look_for_unconfirmed(bot.database, commenter=commenter, clock=clock)


def act(bot: Bot, what: Act, *, number: int = 1, by: str = WRITER, now: datetime = NOW, **more) -> CommentRow:
    with bot.database.write() as session:
        return act_on(
            session,
            number,
            what,
            by=by,
            now=now,
            organisation=bot.organisation(session),
            cipher=bot.database.cipher,
            **more,
        )


def let_answer(bot: Bot, *, allowed: bool = True) -> None:
    with bot.database.write() as session:
        pages.let_answer_comments(session, PAGE, allowed=allowed, by=APPROVER, now=NOW)


def rows(bot: Bot) -> list[CommentRow]:
    with bot.database.read() as session:
        return list(session.exec(select(CommentRow).order_by(col(CommentRow.id))))


def deeds(bot: Bot, *kinds: DeedKind) -> list[DeedRow]:
    with bot.database.read() as session:
        found = session.exec(select(DeedRow).order_by(col(DeedRow.id))).all()
        return [row for row in found if not kinds or row.kind in kinds]


def text_of(bot: Bot, row: CommentRow) -> str | None:
    return None if row.text_sealed is None else bot.database.cipher.open(row.text_sealed)


def open_alerts(bot: Bot) -> list[tuple[AlertKind, str]]:
    with bot.database.read() as session:
        return [(alert.kind, alert.subject) for alert in alerts.unacknowledged(session)]


def take_alerts(bot: Bot) -> None:
    with bot.database.write() as session:
        for alert in alerts.unacknowledged(session):
            alerts.acknowledge(session, alert.id or 0, by=WRITER, now=NOW)


def audited(bot: Bot) -> list[AuditEntryRow]:
    with bot.database.read() as session:
        found = session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.id))).all()
        return [row for row in found if row.subject.startswith("comment:")]
