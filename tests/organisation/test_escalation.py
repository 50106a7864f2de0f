"""Who is told of an alert, when, and when again: the whole rule as a table and as what always holds."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.escalation import Over, Period, Roster, Round, Wait, decide_round
from tests.conftest import NOW

OPENS = NOW + timedelta(hours=20)


def period(number: int, level: int, *addresses: str, is_on: bool = True) -> Period:
    return Period(
        id=number, level=level, is_on=is_on, addresses=[SecretStr(address) for address in addresses]
    )


def roster(*periods: Period, always: tuple[str, ...] = (), opens_at=None) -> Roster:
    return Roster(always=[SecretStr(address) for address in always], periods=periods, opens_at=opens_at)


THREE_LEVELS = roster(
    period(1, 1, "a://1"), period(2, 2, "a://2"), period(3, 3, "a://3"), period(4, 1, "a://off", is_on=False)
)


def told(decision) -> list[str]:
    assert isinstance(decision, Round)
    return [target.address.get_secret_value() for target in decision.targets]


def decide(kind: AlertKind, rounds: int, people: Roster, *, is_reached: bool = False):
    return decide_round(kind, rounds, people, is_reached=is_reached, now=NOW)


def test_first_the_lowest_level_on_duty_is_told_then_the_next_with_it_then_all():
    assert told(decide(AlertKind.POST_FAILED, 0, THREE_LEVELS)) == ["a://1"]
    assert told(decide(AlertKind.POST_FAILED, 1, THREE_LEVELS)) == ["a://1", "a://2"]
    assert told(decide(AlertKind.POST_FAILED, 2, THREE_LEVELS)) == ["a://1", "a://2", "a://3"]


def test_people_are_told_again_after_five_and_after_fifteen_minutes():
    first, second, third, fourth = (decide(AlertKind.CRISIS, rounds, THREE_LEVELS) for rounds in range(4))

    assert first.next_at == NOW + timedelta(minutes=5)
    assert second.next_at == NOW + timedelta(minutes=10)
    assert third.next_at == fourth.next_at == NOW + timedelta(minutes=15)


def test_danger_that_nobody_takes_reaches_also_who_is_off_duty_and_is_repeated_for_ever():
    assert told(decide(AlertKind.CRISIS, 2, THREE_LEVELS)) == ["a://1", "a://2", "a://3", "a://off"]
    assert told(decide(AlertKind.CRISIS, 99, THREE_LEVELS, is_reached=True))[-1] == "a://off"


def test_danger_with_nobody_on_duty_reaches_who_is_off_duty_at_once():
    nobody_on = roster(period(1, 1, "a://off", is_on=False))

    assert told(decide(AlertKind.CRISIS, 0, nobody_on)) == ["a://off"]
    assert decide(AlertKind.POST_FAILED, 0, nobody_on) == Wait(NOW + timedelta(minutes=1))


def test_with_nobody_on_the_first_level_the_next_one_is_told_first():
    people = roster(period(1, 1, "a://1", is_on=False), period(2, 2, "a://2"), period(3, 3, "a://3"))

    assert told(decide(AlertKind.POST_FAILED, 0, people)) == ["a://2"]
    assert told(decide(AlertKind.POST_FAILED, 1, people)) == ["a://2", "a://3"]


def test_the_addresses_of_the_settings_are_told_always_and_no_address_twice():
    people = roster(period(1, 1, "a://1", "a://always"), always=("a://always",))

    assert told(decide(AlertKind.POST_FAILED, 0, people)) == ["a://always", "a://1"]


@pytest.mark.parametrize("kind", [AlertKind.CRISIS, AlertKind.PAGE_DISCONNECTED, AlertKind.SUBSCRIPTION_LOST])
def test_what_cannot_wait_is_told_at_any_hour(kind):
    assert isinstance(decide(kind, 0, roster(always=("a://1",), opens_at=OPENS)), Round)


@pytest.mark.parametrize(
    "kind",
    [
        AlertKind.CALLBACK_LATE,
        AlertKind.THREAD_WAITS,
        AlertKind.POST_FAILED,
        AlertKind.POST_UNCONFIRMED,
        AlertKind.POST_MISSED,
        AlertKind.TOKEN_EXPIRING,
        AlertKind.PAGE_PAUSED,
    ],
)
def test_what_can_wait_is_told_when_the_service_opens(kind):
    assert decide(kind, 0, roster(always=("a://1",), opens_at=OPENS)) == Wait(OPENS)


@pytest.mark.parametrize(
    "kind", [AlertKind.TOKEN_EXPIRING, AlertKind.PAGE_PAUSED, AlertKind.TEXT_UNAVAILABLE]
)
def test_a_mere_warning_is_told_once(kind):
    assert decide(kind, 1, THREE_LEVELS, is_reached=True) == Over()


def test_what_has_reached_nobody_is_never_over():
    assert isinstance(decide(AlertKind.PAGE_PAUSED, 7, THREE_LEVELS), Round)
    assert decide(AlertKind.POST_FAILED, 3, THREE_LEVELS, is_reached=True) == Over()


levels = st.integers(1, 5)
some_periods = st.lists(
    st.builds(
        lambda number, level, is_on, count: period(
            number, level, *[f"a://{number}-{each}" for each in range(count)], is_on=is_on
        ),
        st.integers(1, 99),
        levels,
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=6,
    unique_by=lambda each: each.id,
)


@given(some_periods, st.integers(0, 12), st.booleans(), st.booleans(), st.booleans())
def test_danger_is_always_told_again_within_a_quarter_of_an_hour(
    periods, rounds, is_reached, has_always, is_open
):
    people = roster(
        *periods, always=("a://always",) if has_always else (), opens_at=None if is_open else OPENS
    )

    decision = decide(AlertKind.CRISIS, rounds, people, is_reached=is_reached)

    somebody = has_always or any(each.addresses for each in periods)
    if somebody:
        assert isinstance(decision, Round)
        assert decision.targets
        assert decision.next_at <= NOW + timedelta(minutes=15)
    else:
        assert decision == Wait(NOW + timedelta(minutes=1))


@given(some_periods, st.integers(0, 12), st.sampled_from(AlertKind))
def test_only_danger_is_told_to_who_is_off_duty(periods, rounds, kind):
    decision = decide(kind, rounds, roster(*periods))

    if isinstance(decision, Round) and kind is not AlertKind.CRISIS:
        off = {address for each in periods if not each.is_on for address in each.addresses}
        assert not off & {target.address for target in decision.targets}


@given(some_periods, st.integers(0, 4), st.sampled_from(AlertKind))
def test_a_later_round_tells_everybody_whom_an_earlier_one_told(periods, rounds, kind):
    earlier, later = decide(kind, rounds, roster(*periods)), decide(kind, rounds + 1, roster(*periods))

    if isinstance(earlier, Round) and isinstance(later, Round):
        assert set(told(earlier)) <= set(told(later))
