"""No connection dies in silence: token, permissions, subscription, and the workers themselves."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from social_bot.channels.ports import ConnectionReport, PageAccess
from social_bot.errors import ConnectionLost, PageUnavailable
from social_bot.organisation import alerts, heartbeats, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.watching import watch_pages
from tests.conftest import NOW, PAGE

WELL = ConnectionReport(
    is_valid=True, expires_at=None, missing_permissions=(), missing_subscriptions=(), api_version="v26.0"
)


@dataclass
class Graph:
    """Tells of every page what it is set to tell."""

    report: ConnectionReport = WELL
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    meanwhile: object = None

    def check(self, page: PageAccess) -> ConnectionReport:
        self.asked.append(page.page_id)
        if callable(self.meanwhile):
            self.meanwhile()
        if self.error is not None:
            raise self.error
        return self.report

    def subscribe(self, page: PageAccess) -> None: ...

    def unsubscribe(self, page: PageAccess) -> None: ...


@pytest.fixture
def graph() -> Graph:
    return Graph()


@pytest.fixture
def watch(bot, graph, clock):
    def watch(*, after: float = 10, **changes: Any) -> list[AlertKind]:
        """Look ``after`` minutes; the kinds of the open alerts."""
        clock.forward(minutes=after)
        graph.report = replace(WELL, **changes)
        watch_pages(bot.database, connection=graph, clock=clock)
        return open_kinds(bot)

    return watch


def open_kinds(bot) -> list[AlertKind]:
    with bot.database.read() as session:
        return [row.kind for row in alerts.unacknowledged(session)]


def count(bot, kind: AlertKind) -> int:
    with bot.database.read() as session:
        return sum(row.kind is kind for row in alerts.everything(session))


def reconnect(bot, now: datetime) -> None:
    with bot.database.write() as session:
        pages.add(
            session,
            PAGE,
            name="Neuvonta",
            token=SecretStr("new-token"),
            is_live=False,
            cipher=bot.database.cipher,
            now=now,
            by="test",
        )


def test_a_page_is_asked_about_every_ten_minutes_and_no_oftener(watch, graph):
    watch(after=9)
    assert graph.asked == []
    watch(after=1)
    watch(after=9)
    assert graph.asked == [PAGE]
    watch(after=1)
    assert graph.asked == [PAGE, PAGE]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"missing_subscriptions": ("messages",)}, AlertKind.SUBSCRIPTION_LOST),
        ({"missing_permissions": ("pages_messaging",)}, AlertKind.PERMISSION_LOST),
    ],
)
def test_what_is_lost_is_told_once_and_settled_when_it_is_well_again(bot, watch, change, kind):
    assert watch(**change) == [kind]
    assert watch(**change) == [kind]
    assert count(bot, kind) == 1

    assert watch() == []
    assert watch(**change) == [kind]
    assert count(bot, kind) == 2


def test_what_somebody_has_taken_is_not_told_again_while_it_lasts(bot, watch, clock):
    watch(missing_subscriptions=("messages",))
    with bot.database.write() as session:
        alerts.acknowledge(
            session, alerts.unacknowledged(session)[0].id or 0, by="Kirjoittaja 1", now=clock()
        )

    assert watch(missing_subscriptions=("messages",)) == []
    assert count(bot, AlertKind.SUBSCRIPTION_LOST) == 1


def test_a_dead_token_stops_the_page_until_a_person_connects_it_again(bot, watch, graph, clock):
    assert watch(is_valid=False, problem="Dead.") == [AlertKind.PAGE_DISCONNECTED]
    with bot.database.read() as session:
        page = pages.get(session, PAGE)
    assert not page.may_write(clock())
    assert page.pause_reason == "Dead."

    assert watch() == [AlertKind.PAGE_DISCONNECTED]
    assert graph.asked == [PAGE]

    reconnect(bot, clock())
    assert open_kinds(bot) == []
    assert watch() == []
    assert watch(is_valid=False) == [AlertKind.PAGE_DISCONNECTED]
    assert count(bot, AlertKind.PAGE_DISCONNECTED) == 2


def test_an_answer_about_an_old_token_says_nothing_of_the_new_one(bot, watch, graph, clock):
    graph.meanwhile = lambda: reconnect(bot, clock())

    assert watch(is_valid=False) == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PageUnavailable("Later."), []),
        (
            PageUnavailable("Slow down.", throttled=True, retry_at=NOW + timedelta(hours=3)),
            [AlertKind.PAGE_PAUSED],
        ),
        (ConnectionLost("Gone."), [AlertKind.PAGE_DISCONNECTED]),
    ],
)
def test_a_question_that_is_not_answered_is_no_loss_of_connection_unless_it_says_so(
    watch, graph, error, expected
):
    graph.error = error

    assert watch() == expected


def test_staff_are_warned_fourteen_seven_and_one_day_before_a_token_ends(bot, watch, clock):
    ends = clock() + timedelta(days=20)
    warned_at = []
    for day in range(20):
        before = count(bot, AlertKind.TOKEN_EXPIRING)
        watch(after=24 * 60, expires_at=ends)
        if count(bot, AlertKind.TOKEN_EXPIRING) > before:
            warned_at.append(20 - day - 1)

    assert warned_at == [14, 7, 1]


def test_a_renewed_token_settles_the_warning(watch, clock):
    assert watch(expires_at=clock() + timedelta(days=3)) == [AlertKind.TOKEN_EXPIRING]

    assert watch(expires_at=clock() + timedelta(days=60)) == []


def test_what_the_platform_tells_is_kept_with_the_page(bot, watch, clock):
    ends, access_ends = clock() + timedelta(days=60), clock() + timedelta(days=90)

    watch(expires_at=ends, data_access_expires_at=access_ends, missing_permissions=("read_insights",))

    with bot.database.read() as session:
        page = pages.get(session, PAGE)
    assert (page.token_expires_at, page.data_access_expires_at) == (ends, access_ends)
    assert (page.looked_at, page.missing_permissions) == (clock(), ["read_insights"])
    assert not page.is_at_risk(ends - timedelta(seconds=1))
    assert page.is_at_risk(ends)


def test_a_default_app_that_is_lost_is_told_of_until_it_is_back(bot, watch):
    assert watch(is_routed=False) == []  # it never was one that answers first
    assert watch(is_routed=True) == []

    assert watch(is_routed=False) == [AlertKind.ROUTING_LOST]
    assert watch(is_routed=None) == [AlertKind.ROUTING_LOST]  # not told is not well
    assert watch(is_routed=True) == []
    assert count(bot, AlertKind.ROUTING_LOST) == 1


def test_a_live_page_without_a_default_app_is_told_of_at_once(bot, watch):
    with bot.database.write() as session:
        pages.get(session, PAGE).is_live = True

    assert watch(is_routed=False) == [AlertKind.ROUTING_LOST]


def test_a_pause_is_told_once_and_settled_when_it_has_ended(bot, watch, clock):
    for minutes in (5, 8, 6):
        with bot.database.write() as session:
            until = clock() + timedelta(minutes=minutes)
            pages.pause(session, PAGE, until=until, reason="Slow down.", now=clock())
    assert open_kinds(bot) == [AlertKind.PAGE_PAUSED]

    assert watch() == []
    with bot.database.write() as session:
        pages.pause(session, PAGE, until=clock() + timedelta(minutes=1), reason="Slow down.", now=clock())
    assert open_kinds(bot) == [AlertKind.PAGE_PAUSED]
    assert count(bot, AlertKind.PAGE_PAUSED) == 2


def test_a_page_without_a_token_is_not_asked_about(new_bot, graph, clock):
    with new_bot.database.write() as session:
        pages.add(
            session,
            PAGE,
            name="Neuvonta",
            token=None,
            is_live=False,
            cipher=new_bot.database.cipher,
            now=NOW,
            by="test",
        )
    clock.forward(days=1)

    assert watch_pages(new_bot.database, connection=graph, clock=clock) == 0


def test_workers_are_silent_only_when_none_has_been_heard_of_for_five_minutes(bot):
    with bot.database.write() as session:
        assert heartbeats.silent_since(session, now=NOW) is None
        heartbeats.beat(session, "one", now=NOW)
        heartbeats.beat(session, "two", now=NOW + timedelta(minutes=2))
        heartbeats.beat(session, "one", now=NOW + timedelta(minutes=1))

    with bot.database.read() as session:
        assert heartbeats.silent_since(session, now=NOW + timedelta(minutes=7)) is None
        assert heartbeats.silent_since(session, now=NOW + timedelta(minutes=8)) == NOW + timedelta(minutes=2)


def test_a_worker_that_comes_back_under_its_name_after_days_is_heard_of(bot):
    for days in (0, 3):
        with bot.database.write() as session:
            heartbeats.beat(session, "one", now=NOW + timedelta(days=days))

    with bot.database.read() as session:
        assert heartbeats.everyone(session) == {"one": NOW + timedelta(days=3)}
