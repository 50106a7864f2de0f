"""Going live: what must hold, who holds which conversation, and that nothing old goes out."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from social_bot.answering import going_live, outbox, store
from social_bot.answering.outcomes import Lane
from social_bot.answering.owners import watch_owners
from social_bot.answering.readiness import BLOCKING, Check, Facts, Installation, judge
from social_bot.answering.replies import approve_texts
from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow
from social_bot.answering.threads import Owner
from social_bot.channels.ports import PageAccess, SeenThread
from social_bot.errors import NotAllowed, NotReady, PageUnavailable
from social_bot.organisation import alerts, connecting, directory, operators, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from tests.conftest import APPROVER, NOW, PAGE, WRITER

COORDINATOR = "Koordinaattori"
OUR_APP, OTHER_APP = "555000111", "26390203743090"

WELL = Facts(
    has_token=True,
    is_disconnected=False,
    is_looked_at=True,
    missing_permissions=(),
    token_expires_at=None,
    missing_subscriptions=(),
    is_routed=True,
    default_app_confirmed=True,
    automations_confirmed=True,
    numbers_missing=(),
    numbers_outdated=(),
    has_hours=True,
    has_privacy_link=True,
    crisis_texts_missing=(),
    texts_waiting=0,
    approvers=2,
    has_duty=True,
    installation=Installation(unset=(), has_alert_address=True, can_sign_in=True),
)


def unmet(**changes) -> set[Check]:
    facts = replace(WELL, **changes)
    return {finding.check for finding in judge(facts, now=NOW) if not finding.is_met}


def test_a_page_that_is_well_lacks_nothing():
    assert unmet() == set()
    assert {finding.check for finding in judge(WELL, now=NOW)} == set(Check)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"is_disconnected": True}, Check.TOKEN),
        ({"missing_permissions": ("read_insights",)}, Check.PERMISSIONS),
        ({"token_expires_at": NOW + timedelta(days=14)}, Check.TOKEN_LASTS),
        ({"missing_subscriptions": ("messages",)}, Check.SUBSCRIPTION),
        ({"is_routed": False}, Check.ROUTING),
        ({"default_app_confirmed": False}, Check.DEFAULT_APP),
        ({"automations_confirmed": False}, Check.AUTOMATIONS),
        ({"numbers_missing": ("phone_main",)}, Check.NUMBERS_SET),
        ({"numbers_outdated": ("poison",)}, Check.NUMBERS_CHECKED),
        ({"has_hours": False}, Check.HOURS),
        ({"has_privacy_link": False}, Check.PRIVACY),
        ({"crisis_texts_missing": ("crisis_suicide.sv",)}, Check.CRISIS_TEXTS),
        ({"texts_waiting": 1}, Check.TEXTS),
        ({"approvers": 1}, Check.APPROVERS),
        ({"has_duty": False}, Check.DUTY),
        ({"installation": replace(WELL.installation, can_sign_in=False)}, Check.SIGN_IN),
        ({"installation": replace(WELL.installation, has_alert_address=False)}, Check.ALERT_ADDRESS),
        ({"installation": replace(WELL.installation, unset=("SOCIAL_BOT_APP_ID",))}, Check.SERVER),
    ],
)
def test_each_lack_is_found_and_only_two_of_them_block(change, check):
    [finding] = [each for each in judge(replace(WELL, **change), now=NOW) if not each.is_met]

    assert finding.check is check
    assert finding.blocks is (check in BLOCKING)
    assert finding.warns is not finding.blocks


def test_numbers_and_crisis_texts_are_all_that_blocks():
    assert {Check.NUMBERS_SET, Check.CRISIS_TEXTS} == BLOCKING


def test_what_the_platform_has_not_been_asked_is_neither_well_nor_ill():
    assert unmet(is_looked_at=False, missing_subscriptions=("messages",)) == {Check.TOKEN}


def test_routing_that_the_platform_does_not_tell_of_is_left_to_a_person():
    assert unmet(is_routed=None) == set()


@dataclass
class Platform:
    """Conversations as the platform tells of them."""

    threads: list[SeenThread] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    error: Exception | None = None
    since: object = None

    def recent_threads(self, page: PageAccess, *, since):
        self.since = since
        if self.error:
            raise self.error
        return self.threads

    def thread_owner(self, page: PageAccess, contact_id: str) -> str | None:
        if self.error:
            raise self.error
        return self.owners.get(contact_id)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def ready(bot):
    """The page connected, the crisis texts approved, a coordinator."""
    with bot.database.write() as session:
        operators.add(session, COORDINATOR, [Role.COORDINATOR], now=NOW, by="test")
        approve_texts(session, None, by=APPROVER, now=NOW)
        connecting.connect(
            session,
            PAGE,
            name="Neuvonta",
            token=SecretStr("page-token"),
            cipher=bot.database.cipher,
            now=NOW,
            by=COORDINATOR,
        )
    return bot


@pytest.fixture
def go_live(ready, platform, clock):
    def go_live(*, by: str = COORDINATOR, accepted=tuple(Check)):
        return going_live.go_live(
            ready.database,
            PAGE,
            conversations=platform,
            judge=lambda session: ready.judge_readiness(session, pages.get(session, PAGE)),
            accepted=accepted,
            by=by,
            clock=clock,
        )

    return go_live


def page_of(bot) -> pages.PageRow:
    with bot.database.read() as session:
        return pages.get(session, PAGE)


def owners(bot) -> list[Owner]:
    with bot.database.read() as session:
        return [row.owner for row in session.exec(select(ThreadRow).order_by(col(ThreadRow.id))).all()]


def add_thread(bot, contact_id: str, **columns) -> int:
    with bot.database.write() as session:
        row = ThreadRow(
            page_id=PAGE,
            contact_index=bot.database.index(contact_id),
            contact_sealed=bot.database.cipher.seal(contact_id),
            last_inbound_at=NOW,
            created_at=NOW,
            **columns,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def add_answer(
    bot, thread_id: int, *, state: SendState, mid: str | None = None, automatic: bool = True
) -> int:
    with bot.database.write() as session:
        row = MessageRow(
            thread_id=thread_id,
            page_id=PAGE,
            direction=Direction.OUTBOUND,
            at=NOW,
            mid_index=bot.database.index(mid) if mid else None,
            text_sealed=bot.database.cipher.seal("Hei"),
            lane=Lane.GENERAL,
            is_automatic=automatic,
            send_state=state,
            window_until=NOW + timedelta(hours=24),
        )
        session.add(row)
        session.flush()
        return row.id or 0


def test_a_coordinator_takes_the_page_live(ready, go_live):
    go_live()

    page = page_of(ready)
    assert page.is_live
    assert page.may_write(NOW)
    assert (page.live_since, page.live_by) == (NOW, COORDINATOR)
    with ready.database.read() as session:
        entries = session.exec(select(AuditEntryRow).where(AuditEntryRow.action == "page.go_live")).all()
    assert [(entry.actor, entry.subject) for entry in entries] == [(COORDINATOR, PAGE)]
    assert "default_app" in entries[0].detail


@pytest.mark.parametrize("by", [WRITER, APPROVER])
def test_nobody_else_does(ready, go_live, by):
    with pytest.raises(NotAllowed):
        go_live(by=by)

    assert not page_of(ready).is_live


def test_a_warning_that_was_not_seen_stops_it(ready, go_live):
    with pytest.raises(NotAllowed, match="not marked as known"):
        go_live(accepted=set(Check) - {Check.AUTOMATIONS})

    assert not page_of(ready).is_live


def test_a_missing_number_stops_it_whatever_was_accepted(ready, go_live):
    with ready.database.write() as session:
        directory.unset(session, "phone_main", now=NOW, by="test")

    with pytest.raises(NotReady, match="mandatory numbers"):
        go_live()


def test_a_page_without_a_connection_does_not_go_live(ready, go_live):
    with ready.database.write() as session:
        connecting.forget_token(session, PAGE, by=COORDINATOR, now=NOW)

    with pytest.raises(NotReady, match="not connected"):
        go_live()


def test_it_does_not_go_live_where_the_conversations_cannot_be_read(ready, go_live, platform):
    platform.error = PageUnavailable("Facebook did not answer properly, and nothing was changed.")

    with pytest.raises(PageUnavailable):
        go_live()

    assert not page_of(ready).is_live


def test_the_conversations_of_the_last_week_are_read(go_live, platform):
    go_live()

    assert platform.since == NOW - timedelta(days=7)


def test_where_a_person_wrote_the_conversation_starts_in_their_hands(ready, go_live, platform):
    ours = add_thread(ready, "9001")
    add_answer(ready, ours, state=SendState.SENT, mid="m_ours")
    platform.threads = [
        SeenThread(contact_id="9001", last_at=NOW, page_messages=["m_ours"]),
        SeenThread(contact_id="9002", last_at=NOW, page_messages=["m_of_a_person"]),
        SeenThread(contact_id="9003", last_at=NOW, page_messages=[]),
    ]

    done = go_live()

    assert (done.read, done.held) == (3, 1)
    assert owners(ready) == [Owner.BOT, Owner.HUMAN]
    with ready.database.read() as session:
        thread = store.find_thread(session, PAGE, ready.database.index("9002"))
        assert thread is not None
        assert thread.held_since == NOW
        assert store.list_messages(session, [thread.id or 0]) == []


def test_a_worker_of_ours_is_a_person_as_well(ready, go_live, platform):
    thread = add_thread(ready, "9001")
    add_answer(ready, thread, state=SendState.SENT, mid="m_of_a_worker", automatic=False)
    platform.threads = [SeenThread(contact_id="9001", last_at=NOW, page_messages=["m_of_a_worker"])]

    assert go_live().held == 1


def test_answers_from_before_are_thrown_away_and_a_person_looks(ready, go_live):
    thread = add_thread(ready, "9001")
    waiting = add_answer(ready, thread, state=SendState.PENDING)

    assert go_live().dropped == 1

    with ready.database.read() as session:
        message = store.get_message(session, waiting)
        assert message is not None
        assert (message.send_state, message.note) == (SendState.DROPPED, going_live.WRITTEN_BEFORE)
        assert store.get_thread(session, thread).waits_for_person


@dataclass
class Messenger:
    sent: list[str] = field(default_factory=list)

    def send(self, page, contact_id, message) -> str:
        self.sent.append(contact_id)
        return "m_1"

    def send_as_human(self, page, contact_id, message, *, is_late) -> str:
        raise AssertionError("no person writes here")

    def find_sent(self, page, contact_id, *, text, since) -> str | None:
        raise AssertionError("nothing is looked for")


@pytest.mark.parametrize("lane", [Lane.GENERAL, Lane.CRISIS])
def test_before_it_is_live_not_even_a_text_for_danger_goes_out(ready, clock, lane):
    thread = add_thread(ready, "9001")
    message_id = add_answer(ready, thread, state=SendState.PENDING)
    with ready.database.write() as session:
        message = store.get_message(session, message_id)
        assert message is not None
        message.lane = lane
    messenger = Messenger()

    while outbox.send_next(ready.database, messenger=messenger, clock=clock):
        pass

    assert messenger.sent == []


def look(bot, platform, clock) -> int:
    return watch_owners(bot.database, conversations=platform, own_app_id=OUR_APP, clock=clock)


@pytest.mark.parametrize(
    ("owner", "expected"), [(None, Owner.BOT), (OUR_APP, Owner.BOT), (OTHER_APP, Owner.STANDBY)]
)
def test_the_bot_falls_silent_where_another_app_turns_out_to_hold_the_conversation(
    bot, platform, clock, owner, expected
):
    add_thread(bot, "9001")
    platform.owners = {"9001": owner} if owner else {}

    assert look(bot, platform, clock) == (expected is Owner.STANDBY)
    assert owners(bot) == [expected]
    with bot.database.read() as session:
        kinds = [row.kind for row in alerts.unacknowledged(session)]
    assert kinds == ([AlertKind.ROUTING_LOST] if expected is Owner.STANDBY else [])


def test_only_what_is_recent_and_ours_is_asked_about(bot, platform, clock):
    add_thread(bot, "9001", owner=Owner.HUMAN)
    clock.forward(hours=25)
    platform.owners = {"9001": OTHER_APP}

    assert look(bot, platform, clock) == 0
    assert owners(bot) == [Owner.HUMAN]


def test_a_question_that_is_not_answered_silences_nobody(bot, platform, clock):
    add_thread(bot, "9001")
    platform.error = PageUnavailable("Later.")

    assert look(bot, platform, clock) == 0
    assert owners(bot) == [Owner.BOT]
