"""Requests to be phoned."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import delete, select

from social_bot.answering import callbacks, store
from social_bot.answering.callbacks import HOURLY_LIMIT, MOVES, Window, offered_windows
from social_bot.answering.store import CallbackRow, CallbackState
from social_bot.bootstrap import build
from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import alerts, directory, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.directory import Organisation
from social_bot.organisation.hours import parse_hours
from social_bot.organisation.retention import Kept
from social_bot.organisation.roles import Role
from social_bot.settings import Settings
from social_bot.storage import migrate
from tests.conftest import APPROVER, NOW, WRITER
from tests.erasing import sweep

PHONE = "040 123 4567"
HELSINKI = ZoneInfo("Europe/Helsinki")


def requested(bot, *, phone=PHONE, now=NOW, **wish):
    with bot.database.write() as session:
        row = callbacks.request(
            session,
            phone=phone,
            organisation=bot.organisation(session),
            database=bot.database,
            now=now,
            **{"language": "fi", **wish},
        )
        return row.id or 0


def row_of(bot, callback_id):
    with bot.database.read() as session:
        return store.get_callback(session, callback_id)


def rows_of(bot):
    with bot.database.read() as session:
        return store.list_callbacks(session)


def act(bot, step, callback_id, **more):
    with bot.database.write() as session:
        return step(session, callback_id, **{"by": WRITER, "now": NOW, **more})


def no_answer(bot, callback_id, *, now=NOW, **more):
    with bot.database.write() as session:
        return callbacks.record_no_answer(
            session, callback_id, organisation=bot.organisation(session), now=now, **{"by": WRITER, **more}
        )


def organisation(hours, exceptions=""):
    return Organisation(
        values={},
        languages=("fi",),
        hours=parse_hours(hours, exceptions=exceptions),
        zone=HELSINKI,
        base_url="http://127.0.0.1",
        staff_url="http://127.0.0.1",
    )


def spans(windows):
    return [f"{window.begins:%a %d %H:%M}-{window.ends:%H:%M}" for window in windows]


def test_the_number_is_kept_sealed_in_one_form_and_the_promise_counts_opening_hours(bot):
    row = row_of(bot, requested(bot))

    assert bot.database.cipher.open(row.phone_sealed) == "+358 40 1234567"
    assert b"4567" not in row.phone_sealed
    assert "4567" not in row.phone_index
    assert row.promised_by == NOW + timedelta(hours=6)  # 15.00 the same Wednesday


def test_a_request_on_friday_afternoon_is_promised_for_monday(bot):
    row = row_of(bot, requested(bot, now=NOW + timedelta(days=2, hours=5)))

    assert row.promised_by.astimezone(HELSINKI).strftime("%a %H:%M") == "Mon 14:00"


def test_without_opening_hours_nothing_is_promised_and_no_time_is_offered(new_bot):
    assert row_of(new_bot, requested(new_bot)).promised_by is None
    with new_bot.database.read() as session:
        assert offered_windows(new_bot.organisation(session), now=NOW) == []


@pytest.mark.parametrize("phone", ["", "soita", "123", "040 12", "+358 40 123 456 789 012"])
def test_what_is_no_phone_number_is_refused_without_repeating_it(bot, phone):
    with pytest.raises(InvalidInput) as refusal:
        requested(bot, phone=phone)

    assert not phone or phone not in str(refusal.value)


@pytest.mark.parametrize(
    "phone", ["040 123 4567", "0401234567", "+358401234567", "00358 40 1234567", "+46 70 123 45 67"]
)
def test_numbers_are_taken_as_people_write_them(phone):
    assert callbacks.parse_phone(phone).startswith("+")


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_number(text):
    try:
        number = callbacks.parse_phone(text)
    except InvalidInput:
        return
    assert number.startswith("+")


@pytest.mark.parametrize(
    ("hours", "offered"),
    [
        ("ma-pe 9-15", ["Wed 25 12:00-15:00", "Thu 26 09:00-12:00", "Thu 26 12:00-15:00"]),
        ("ma-pe 9-11 ja 12-15", ["Wed 25 12:00-15:00", "Thu 26 09:00-11:00", "Thu 26 12:00-15:00"]),
        ("ma 9-11", ["Mon 30 09:00-11:00", "Mon 07 09:00-11:00", "Mon 14 09:00-11:00"]),
        ("pe 20-02", ["Fri 27 20:00-23:00", "Fri 27 23:00-02:00", "Fri 04 20:00-23:00"]),
        ("", []),
    ],
)
def test_times_are_offered_as_stretches_of_the_next_open_days(hours, offered):
    assert spans(offered_windows(organisation(hours), now=NOW))[:3] == offered


def test_a_holiday_and_an_exception_offer_no_time():
    before_independence_day = datetime(2026, 12, 4, 12, 0, tzinfo=UTC)  # Friday 14.00; the 6th is a Sunday
    place = organisation("ma-su 9-12", "5.12.2026 kiinni")

    assert spans(offered_windows(place, now=before_independence_day))[0] == "Mon 07 09:00-12:00"


@given(
    now=st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC)),
    hours=st.sampled_from(["ma-pe 9-15", "ma-to 9-11 ja 12-16, pe 9-14", "la 20-02", "ma-su 0-24", "ti 8-9"]),
)
@settings(max_examples=200)
def test_whatever_the_moment_a_time_that_is_offered_lies_ahead_and_in_opening_hours(now, hours):
    place = organisation(hours)

    for window in offered_windows(place, now=now):
        assert now < window.begins.astimezone(UTC) < window.ends.astimezone(UTC)
        assert place.hours.is_open(window.begins)
        assert place.hours.is_open((window.ends.astimezone(UTC) - timedelta(minutes=1)).astimezone(HELSINKI))
    assert callbacks.promise(place, now=now) > now


def test_a_chosen_time_is_the_promise(bot):
    window = Window(
        begins=datetime(2026, 11, 26, 9, tzinfo=HELSINKI), ends=datetime(2026, 11, 26, 12, tzinfo=HELSINKI)
    )

    row = row_of(bot, requested(bot, window=window))

    assert (row.call_from, row.promised_by) == (window.begins, window.ends)


def test_the_same_number_waits_once_with_its_newest_wish_and_stays_discreet(bot):
    first = requested(bot, is_discreet=True)
    second = requested(bot, phone="+358 40 1234567", language="sv", now=NOW + timedelta(hours=1))

    (row,) = rows_of(bot)
    assert first == second == row.id
    assert (row.language, row.is_discreet, row.requested_at) == ("sv", True, NOW)
    assert row.promised_by == datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # counted from the second asking


def test_two_requests_at_the_same_moment_make_one(bot):
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: requested(bot), range(4)))

    assert len(ids) == len(rows_of(bot)) == 1


def test_after_the_call_the_same_number_may_ask_again(bot):
    first = requested(bot)
    act(bot, callbacks.record_reached, first)

    assert requested(bot) != first


def test_another_number_waits_beside_it(bot):
    requested(bot)
    requested(bot, phone="+358 40 7654321")

    assert len(rows_of(bot)) == 2


def test_more_requests_than_an_hour_can_bring_are_a_flood(bot):
    for number in range(HOURLY_LIMIT):
        requested(bot, phone=f"+358 40 1{number:06}")
    with bot.database.read() as session:
        assert not callbacks.may_take_more(session, now=NOW + timedelta(minutes=59))
        assert callbacks.may_take_more(session, now=NOW + timedelta(hours=1))


def test_reached_ends_the_request_and_its_alert_and_erases_the_number(bot):
    callback_id = requested(bot)
    with bot.database.write() as session:
        callbacks.raise_late(session, now=NOW + timedelta(days=1))
        late = [alert.kind for alert in alerts.unacknowledged(session)]
    act(bot, callbacks.record_reached, callback_id)

    row = row_of(bot, callback_id)
    with bot.database.read() as session:
        assert alerts.unacknowledged(session) == []
    assert late == [AlertKind.CALLBACK_LATE]
    assert (row.state, row.tries, row.settled_at) == (CallbackState.DONE, 1, NOW)
    assert (row.phone_sealed, row.phone_index) == (None, None)


def test_a_cancelled_request_keeps_no_number(bot):
    callback_id = requested(bot)

    row = act(bot, callbacks.cancel, callback_id)

    assert (row.state, row.phone_sealed, row.phone_index) == (CallbackState.CANCELLED, None, None)


def test_two_tries_without_an_answer_end_the_request_as_unreachable(bot):
    callback_id = requested(bot)
    states = [no_answer(bot, callback_id).state for _ in range(2)]

    assert states == [CallbackState.REQUESTED, CallbackState.UNREACHABLE]
    assert row_of(bot, callback_id).tries == 2


def test_after_a_call_without_an_answer_the_second_is_promised_anew_and_may_be_late_too(bot):
    callback_id = requested(bot)
    with bot.database.write() as session:
        callbacks.raise_late(session, now=NOW + timedelta(hours=7))
    row = no_answer(bot, callback_id, now=NOW + timedelta(hours=7))
    with bot.database.write() as session:
        callbacks.raise_late(session, now=NOW + timedelta(hours=8))
        soon = list(alerts.unacknowledged(session))
        callbacks.raise_late(session, now=NOW + timedelta(days=2))
        later = alerts.unacknowledged(session)

    assert row.promised_by.astimezone(HELSINKI).strftime("%a %H:%M") == "Thu 15:00"
    assert (soon, [alert.kind for alert in later]) == ([], [AlertKind.CALLBACK_LATE])


def test_a_call_that_is_noted_twice_counts_once(bot):
    callback_id = requested(bot)
    no_answer(bot, callback_id, seen_tries=0)

    with pytest.raises(NotAllowed, match="noted already"):
        no_answer(bot, callback_id, seen_tries=0)

    assert row_of(bot, callback_id).tries == 1


def test_the_number_of_somebody_not_reached_is_erased_after_the_set_days(bot):
    callback_id = requested(bot)
    for _ in range(2):
        no_answer(bot, callback_id)
    with bot.database.write() as session:
        directory.put(session, "callback_retention_days", "10", now=NOW, by="test", zone=HELSINKI)
    erased = []
    for days in (9, 10, 11):
        with bot.database.write() as session:
            erased.append(sweep(bot, session, Kept.CALLBACKS, now=NOW + timedelta(days=days)))

    assert erased == [0, 1, 0]
    assert row_of(bot, callback_id).phone_sealed is None


def test_a_request_that_waits_keeps_its_number_however_old_it_is(bot):
    callback_id = requested(bot)
    with bot.database.write() as session:
        sweep(bot, session, Kept.CALLBACKS, now=NOW + timedelta(days=400))

    assert row_of(bot, callback_id).phone_sealed is not None


def test_numbers_are_kept_fourteen_days_unless_the_organisation_says_otherwise(bot):
    with bot.database.write() as session:
        assert bot.organisation(session).callback_retention_days == 14
        with pytest.raises(InvalidInput):
            directory.put(session, "callback_retention_days", "aina", now=NOW, by="test", zone=HELSINKI)


def test_a_settled_request_is_not_settled_again(bot):
    callback_id = requested(bot)
    act(bot, callbacks.cancel, callback_id)

    with pytest.raises(NotAllowed):
        act(bot, callbacks.record_reached, callback_id)
    with pytest.raises(NotAllowed):
        no_answer(bot, callback_id)


def test_a_request_is_assigned_to_a_worker_and_taken_over_by_another(bot):
    callback_id = requested(bot)
    first = act(bot, callbacks.assign, callback_id, to=WRITER)
    second = act(bot, callbacks.assign, callback_id, to=APPROVER)

    assert (first.state, second.state) == (CallbackState.ASSIGNED, CallbackState.ASSIGNED)
    assert row_of(bot, callback_id).assigned_to == APPROVER
    with pytest.raises(NotFound):
        act(bot, callbacks.assign, callback_id, to="Nobody")


def test_only_a_writer_settles_a_call(bot):
    with bot.database.write() as session:
        operators.add(session, "Koordinaattori", [Role.COORDINATOR], now=NOW, by="test")
    callback_id = requested(bot)

    for step in (callbacks.record_reached, callbacks.cancel):
        with pytest.raises(NotAllowed):
            act(bot, step, callback_id, by="Koordinaattori")
    with pytest.raises(NotAllowed):
        no_answer(bot, callback_id, by="Koordinaattori")
    with pytest.raises(NotAllowed):
        act(bot, callbacks.assign, callback_id, to=WRITER, by="Koordinaattori")
    assert row_of(bot, callback_id).state is CallbackState.REQUESTED


def test_the_audit_log_knows_every_step_and_no_number(bot):
    callback_id = requested(bot)
    act(bot, callbacks.assign, callback_id, to=WRITER)
    no_answer(bot, callback_id)
    act(bot, callbacks.record_reached, callback_id)

    with bot.database.read() as session:
        entries = [
            entry
            for entry in session.exec(select(AuditEntryRow)).all()
            if entry.action.startswith("callback.")
        ]
    assert [entry.action for entry in entries] == ["callback.assigned", "callback.no_answer", "callback.done"]
    assert {entry.subject for entry in entries} == {f"callback:{callback_id}"}
    assert not any("4567" in entry.detail for entry in entries)


def tend(bot, now):
    with bot.database.write() as session:
        callbacks.warn_of_forgotten(session, bot.organisation(session), now=now)


def test_a_request_that_nobody_takes_up_is_told_of_again_and_stays(bot):
    callback_id = requested(bot)
    promised = row_of(bot, callback_id).promised_by

    tend(bot, promised + timedelta(days=6))
    quiet = told_of(bot)
    for days in (7, 8, 30, 300):
        tend(bot, promised + timedelta(days=days))

    row = row_of(bot, callback_id)
    assert (quiet, told_of(bot)) == ([], ["forgotten:0"])
    assert row.state is CallbackState.REQUESTED
    assert row.phone_sealed is not None


def test_a_try_gives_a_request_its_time_anew(bot):
    callback_id = requested(bot)
    no_answer(bot, callback_id, now=NOW + timedelta(days=6))

    tend(bot, NOW + timedelta(days=12))

    assert told_of(bot) == []


def told_of(bot):
    """The open alerts, by their occasion."""
    with bot.database.read() as session:
        return [
            alert.occasion
            for alert in alerts.unacknowledged(session)
            if alert.kind is AlertKind.CALLBACK_LATE
        ]


STEPS = st.lists(st.sampled_from(["ask", "assign", "no_answer", "reached", "cancel", "erase"]), max_size=12)


@given(steps=STEPS)
@settings(max_examples=25, deadline=None)
def test_whatever_happens_a_number_waits_once_and_is_kept_only_while_it_is_of_use(shared_bot, steps):
    now = NOW
    with shared_bot.database.write() as session:
        session.connection().execute(delete(CallbackRow))
    for step in ["ask", *steps]:
        now += timedelta(hours=1)
        before = {row.id: row for row in rows_of(shared_bot)}
        take_step(shared_bot, step, max(before, default=0), now=now)
        for row in rows_of(shared_bot):
            is_open = bool(MOVES[row.state])
            old = before.get(row.id)
            assert (row.settled_at is None) == is_open == (row.phone_index is not None)
            assert row.phone_sealed is not None or not is_open
            assert row.phone_sealed is None or row.state not in (CallbackState.DONE, CallbackState.CANCELLED)
            assert row.tries <= callbacks.TRIES
            assert old is None or row.state is old.state or row.state in MOVES[old.state]
        assert sum(row.settled_at is None for row in rows_of(shared_bot)) <= 1


def take_step(bot, step, newest, *, now):
    try:
        match step:
            case "ask":
                requested(bot, now=now)
            case "assign":
                act(bot, callbacks.assign, newest, to=WRITER, now=now)
            case "no_answer":
                no_answer(bot, newest, now=now)
            case "reached":
                act(bot, callbacks.record_reached, newest, now=now)
            case "cancel":
                act(bot, callbacks.cancel, newest, now=now)
            case "erase":
                with bot.database.write() as session:
                    later = now + timedelta(days=30)
                    sweep(bot, session, Kept.CALLBACKS, now=later)
    except NotAllowed:
        assert not MOVES[row_of(bot, newest).state]


@pytest.fixture(scope="module")
def shared_bot(tmp_path_factory, models_cache):
    """One database for all examples of a property: the table is emptied before each."""
    folder = tmp_path_factory.mktemp("callbacks")
    bot = build(Settings(data_dir=folder, cache_dir=models_cache))
    migrate.upgrade(bot.database)
    with bot.database.write() as session:
        operators.add(session, WRITER, [Role.WRITER], now=NOW, by="test")
        directory.put(session, "hours", "ma-pe 9-15", now=NOW, by="test", zone=HELSINKI)
    yield bot
    bot.close()
