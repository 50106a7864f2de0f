"""Telling people: written down first, again and further up, until a named person takes it."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from social_bot.channels.ports import Notice
from social_bot.errors import NotAllowed, NotFound
from social_bot.organisation import alerts, directory, duty, notices, operators
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.bell import Bell
from social_bot.organisation.notices import NoticeRow, NoticeState
from social_bot.organisation.roles import Role
from tests.conftest import APPROVER, NOW, WRITER

DUTY, SECOND, THIRD, ALWAYS = "x://first", "x://second", "x://third", "x://always"
ON_CALL = "Päivystäjä"


@dataclass
class Receivers:
    """Every address in the world; those in ``dead`` cannot be reached."""

    sent: list[tuple[str, Notice]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    broken: bool = False
    on_send: object = None

    def accepts(self, address: SecretStr) -> bool:
        return "://" in address.get_secret_value()

    def send(self, address: SecretStr, notice: Notice) -> bool:
        if callable(self.on_send):
            self.on_send()
        if self.broken:
            raise RuntimeError(address.get_secret_value())
        is_reached = address.get_secret_value() not in self.dead
        if is_reached:
            self.sent.append((address.get_secret_value(), notice))
        return is_reached

    def take_out(self) -> list[str]:
        """The addresses told since the last time."""
        told = [address for address, _ in self.sent]
        self.sent.clear()
        return told


@pytest.fixture
def receivers() -> Receivers:
    return Receivers()


@pytest.fixture
def bell(bot, clock, receivers) -> Bell:
    """Three levels on duty round the clock, and one address of the settings."""
    bell = Bell(
        database=bot.database,
        alerts=receivers,
        always=[SecretStr(ALWAYS)],
        gather=bot.organisation,
        clock=clock,
    )
    for level, address in enumerate((DUTY, SECOND, THIRD), start=1):
        add_duty(bell, address, level=level)
    return bell


def add_duty(bell: Bell, address: str, *, level: int = 1, hours: str = "ma-su 0-24") -> None:
    with bell.database.write() as session:
        duty.add(
            session,
            hours,
            level=level,
            people=[WRITER],
            addresses=[SecretStr(address)],
            accepts=bell.alerts.accepts,
            cipher=bell.database.cipher,
            now=NOW,
            by="test",
        )


def raise_alert(bell: Bell, kind=AlertKind.CRISIS, subject="thread:7", occasion="") -> int:
    with bell.database.write() as session:
        assert alerts.raise_alert(session, kind, subject, now=bell.clock(), occasion=occasion)
        return max(row.id or 0 for row in alerts.everything(session))


def ring(bell: Bell) -> None:
    bell.write_due()
    while bell.send_next():
        pass


def states(bell: Bell) -> list[tuple[str, NoticeState]]:
    with bell.database.read() as session:
        return [
            (row.source, row.state)
            for row in session.exec(select(NoticeRow).order_by(col(NoticeRow.id))).all()
        ]


def take(bell: Bell, alert_id: int) -> None:
    with bell.database.write() as session:
        alerts.acknowledge(session, alert_id, by=WRITER, now=bell.clock())


def test_danger_goes_up_and_is_repeated_until_a_named_person_takes_it(bell, receivers, clock):
    alert_id = raise_alert(bell)
    ring(bell)
    assert receivers.take_out() == [ALWAYS, DUTY]
    ring(bell)
    assert receivers.take_out() == []

    clock.forward(minutes=5)
    ring(bell)
    assert receivers.take_out() == [ALWAYS, DUTY, SECOND]
    clock.forward(minutes=10)
    ring(bell)
    assert receivers.take_out() == [ALWAYS, DUTY, SECOND, THIRD]
    for _ in range(8):
        clock.forward(minutes=15)
        ring(bell)
        assert receivers.take_out() == [ALWAYS, DUTY, SECOND, THIRD]

    take(bell, alert_id)
    clock.forward(hours=1)
    ring(bell)
    assert receivers.take_out() == []


def test_danger_is_told_at_night_and_a_late_callback_when_the_service_opens(bell, receivers, clock):
    clock.forward(hours=14)  # 23.00 on Wednesday
    raise_alert(bell, AlertKind.CALLBACK_LATE, "callback:1")
    ring(bell)
    assert receivers.take_out() == []
    raise_alert(bell)
    ring(bell)
    assert receivers.take_out() == [ALWAYS, DUTY]

    clock.now = NOW + timedelta(days=1)  # Thursday 9.00
    ring(bell)

    assert {notice.title for _, notice in receivers.sent} >= {"Luvattu soittoaika on mennyt. Soita nyt."}


def test_a_notice_is_written_down_before_it_is_sent(bell, receivers):
    seen = []
    receivers.on_send = lambda: seen.append(states(bell))
    raise_alert(bell)

    ring(bell)

    assert seen[0] == [("settings:1", NoticeState.SENDING), ("duty:1", NoticeState.PENDING)]


def test_an_address_is_kept_sealed_and_erased_when_the_notice_has_ended(bell):
    raise_alert(bell)
    bell.write_due()
    with bell.database.read() as session:
        waiting = session.exec(select(NoticeRow)).all()
    ring(bell)
    with bell.database.read() as session:
        ended = session.exec(select(NoticeRow)).all()

    assert all(row.address_sealed and b"x://" not in row.address_sealed for row in waiting)
    assert [row.address_sealed for row in ended] == [None, None]


def test_a_failed_address_is_made_good_by_the_next_level_at_once(bell, receivers):
    receivers.dead = {DUTY}
    raise_alert(bell)

    ring(bell)

    assert receivers.take_out() == [ALWAYS, SECOND]
    assert ("duty:1", NoticeState.FAILED) in states(bell)


def test_failures_climb_level_by_level(bell, receivers):
    receivers.dead = {DUTY, SECOND}
    raise_alert(bell)

    ring(bell)

    assert receivers.take_out() == [ALWAYS, THIRD]


def test_a_dead_address_of_the_settings_does_not_call_the_second_level(bell, receivers):
    receivers.dead = {ALWAYS}
    raise_alert(bell)

    ring(bell)

    assert receivers.take_out() == [DUTY]


def test_a_receiver_that_breaks_counts_as_not_reached_and_its_address_is_not_logged(bell, receivers, caplog):
    receivers.broken = True
    raise_alert(bell)

    with caplog.at_level("DEBUG"):
        ring(bell)

    assert {state for _, state in states(bell)} == {NoticeState.FAILED}
    assert "x://" not in caplog.text


def test_what_has_reached_nobody_is_tried_again_until_it_has(bell, receivers, clock):
    receivers.dead = {ALWAYS, DUTY, SECOND, THIRD}
    raise_alert(bell, AlertKind.PAGE_DISCONNECTED, "page:100200300")
    for _ in range(12):
        ring(bell)
        clock.forward(minutes=15)
    receivers.dead = set()

    ring(bell)
    assert receivers.take_out() == [ALWAYS, DUTY, SECOND, THIRD]
    clock.forward(minutes=15)
    ring(bell)
    assert receivers.take_out() == []


def test_what_a_dead_process_was_sending_counts_as_not_sent(bell, receivers, clock):
    raise_alert(bell)
    bell.write_due()
    with bell.database.write() as session:
        for row in session.exec(select(NoticeRow)).all():
            row.state, row.started_at = NoticeState.SENDING, NOW
            session.add(row)
    clock.forward(minutes=3)

    ring(bell)

    assert receivers.take_out() == [SECOND]


def test_what_was_taken_before_its_notice_went_out_is_not_told(bell, receivers):
    alert_id = raise_alert(bell)
    bell.write_due()
    take(bell, alert_id)

    ring(bell)

    assert receivers.take_out() == []
    assert {state for _, state in states(bell)} == {NoticeState.DROPPED}


def test_ten_messages_of_danger_in_one_conversation_ring_once(bell, receivers):
    for number in range(10):
        raise_alert(bell, occasion=str(number))

    ring(bell)

    assert receivers.take_out() == [ALWAYS, DUTY]


def test_danger_written_after_what_was_taken_rings_at_once(bell, receivers, clock):
    first = raise_alert(bell, occasion="1")
    raise_alert(bell, occasion="2")
    ring(bell)
    receivers.take_out()
    clock.forward(minutes=1)
    take(bell, first)

    ring(bell)

    assert receivers.take_out() == [ALWAYS, DUTY]


def test_who_takes_the_newest_alert_takes_the_older_ones_of_the_matter_but_no_other_kind(bell):
    raise_alert(bell, occasion="1")
    raise_alert(bell, AlertKind.MESSAGE_FAILED, occasion="1")
    newest = raise_alert(bell, occasion="2")

    take(bell, newest)

    with bell.database.read() as session:
        assert [row.kind for row in alerts.unacknowledged(session)] == [AlertKind.MESSAGE_FAILED]


def test_danger_is_never_closed_without_a_named_person(bell, receivers, clock):
    raise_alert(bell)
    with bell.database.write() as session:
        alerts.settle(session, "thread:7", by="social_bot", now=NOW)
        alerts.settle(session, "thread:7", by="social_bot", now=NOW, kinds=[AlertKind.CRISIS])

    with bell.database.read() as session:
        assert [row.kind for row in alerts.unacknowledged(session)] == [AlertKind.CRISIS]
    ring(bell)
    assert receivers.take_out() == [ALWAYS, DUTY]


def test_a_settled_matter_is_told_no_more(bell, receivers, clock):
    raise_alert(bell, AlertKind.POST_FAILED, "post:3")
    ring(bell)
    receivers.take_out()
    with bell.database.write() as session:
        alerts.settle(session, "post:3", by="social_bot", now=NOW)
    clock.forward(hours=2)

    ring(bell)

    assert receivers.take_out() == []


def test_a_thread_is_taken_by_name_with_all_its_alerts(bell):
    raise_alert(bell)
    raise_alert(bell, AlertKind.MESSAGE_FAILED)
    with bell.database.write() as session:
        operators.add(session, ON_CALL, [Role.DUTY], now=NOW, by="test")
        operators.add(session, "Koordinaattori", [Role.COORDINATOR], now=NOW, by="test")

    with pytest.raises(NotAllowed), bell.database.write() as session:
        alerts.take(session, "thread:7", by="Koordinaattori", now=NOW)
    with pytest.raises(NotFound), bell.database.write() as session:
        alerts.take(session, "thread:7", by="Tuntematon", now=NOW)
    with bell.database.write() as session:
        assert alerts.take(session, "thread:7", by=ON_CALL, now=NOW) == 2
    with bell.database.read() as session:
        assert {row.acknowledged_by for row in alerts.everything(session)} == {ON_CALL}
    with pytest.raises(NotFound), bell.database.write() as session:
        alerts.take(session, "thread:7", by=ON_CALL, now=NOW)


def test_a_notice_says_the_kind_how_urgent_our_own_id_and_the_link_and_no_more(bell, receivers):
    alert_id = raise_alert(bell)

    ring(bell)

    notice = receivers.sent[0][1]
    assert notice.title == "Joku voi olla vaarassa. Lue keskustelu heti."
    assert notice.text.splitlines() == [
        "Kiireellisyys: heti, kaikkina aikoina.",
        f"Hälytys {alert_id}, thread:7.",
        "Avaa sivu ja merkitse, että hoidat asian:",
        "http://127.0.0.1:8000/inbox/7",
    ]
    assert notice.is_urgent


@pytest.mark.parametrize(
    ("languages", "title"),
    [
        ("sv,fi", "Någon kan vara i fara. Läs samtalet genast."),
        ("en,fi", "Somebody may be in danger. Read the conversation at once."),
    ],
)
def test_a_notice_is_in_the_first_language_of_the_organisation(bell, bot, receivers, languages, title):
    with bot.database.write() as session:
        directory.put(session, "languages", languages, now=NOW, by="test", zone=bot.settings.zone)
    raise_alert(bell)

    ring(bell)

    assert receivers.sent[0][1].title == title


def test_a_repeated_notice_says_that_nobody_has_taken_the_matter(bell, receivers, clock):
    raise_alert(bell)
    ring(bell)
    receivers.take_out()
    clock.forward(minutes=5)

    ring(bell)

    assert "Kukaan ei ole vielä ottanut tätä hoitaakseen. Tämä on ilmoitus 2." in receivers.sent[0][1].text


@pytest.mark.parametrize("kind", AlertKind)
@pytest.mark.parametrize("subject", ["thread:1", "post:2", "callback:3", "page:100200300", "text:general.fi"])
def test_every_kind_of_alert_has_a_notice_with_a_link(bot, kind, subject):
    with bot.database.read() as session:
        organisation = bot.organisation(session)

    notice = notices.compose(
        AlertRow(id=1, kind=kind, subject=subject, occasion="", raised_at=NOW), 1, organisation
    )

    assert notice.title
    assert notice.text.splitlines()[-1].startswith("http://127.0.0.1:8000/")


def test_a_test_reaches_every_address_on_duty_or_not_and_leaves_nothing_open(bell, receivers):
    add_duty(bell, "x://night", hours="ma-su 20-21")
    receivers.dead = {SECOND}

    ended = bell.test()

    assert receivers.take_out() == [ALWAYS, DUTY, "x://night", THIRD]
    assert [(row.source, row.state) for row in ended if row.state is NoticeState.FAILED] == [
        ("duty:2", NoticeState.FAILED)
    ]
    with bell.database.read() as session:
        assert alerts.unacknowledged(session) == []


def test_the_duty_of_the_moment_is_told(bot, clock, receivers):
    bell = Bell(database=bot.database, alerts=receivers, always=[], gather=bot.organisation, clock=clock)
    add_duty(bell, "x://day", hours="ma-pe 8-16")
    add_duty(bell, "x://night", hours="ma-su 16-8")
    raise_alert(bell, AlertKind.PAGE_DISCONNECTED, "page:1")
    ring(bell)
    assert receivers.take_out() == ["x://day"]
    clock.forward(hours=12)
    raise_alert(bell, AlertKind.PAGE_DISCONNECTED, "page:2")

    ring(bell)

    assert set(receivers.take_out()) == {"x://night"}


def test_an_alert_waits_for_the_next_duty_where_nobody_is_on(bot, clock, receivers):
    bell = Bell(database=bot.database, alerts=receivers, always=[], gather=bot.organisation, clock=clock)
    raise_alert(bell, AlertKind.PAGE_DISCONNECTED, "page:1")
    ring(bell)
    add_duty(bell, DUTY)
    clock.forward(minutes=1)

    ring(bell)

    assert receivers.take_out() == [DUTY]


def test_who_may_approve_is_not_asked_who_is_on_duty(bell):
    """An approver without the writer's role takes nothing."""
    raise_alert(bell)
    with bell.database.write() as session:
        operators.add(session, "Vain hyväksyjä", [Role.APPROVER], now=NOW, by="test")

    with pytest.raises(NotAllowed), bell.database.write() as session:
        alerts.take(session, "thread:7", by="Vain hyväksyjä", now=NOW)
    with bell.database.write() as session:
        assert alerts.take(session, "thread:7", by=APPROVER, now=NOW) == 1
