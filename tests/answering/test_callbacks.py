"""Requests to be phoned."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.answering import callbacks, store
from social_bot.answering.store import CallbackState
from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from tests.conftest import NOW, WRITER


def requested(bot, *, phone="040 123 4567", window="morning", now=NOW):
    with bot.database.write() as session:
        row = callbacks.request(
            session,
            phone=phone,
            window=window,
            language="fi",
            organisation=bot.organisation(session),
            cipher=bot.database.cipher,
            now=now,
        )
        return row.id or 0


def row_of(bot, callback_id):
    with bot.database.read() as session:
        return store.get_callback(session, callback_id)


def test_the_number_is_kept_sealed_in_one_form_and_the_promise_counts_opening_hours(bot):
    row = row_of(bot, requested(bot))

    assert bot.database.cipher.open(row.phone_sealed) == "+358 40 1234567"
    assert b"4567" not in row.phone_sealed
    assert row.promised_by == NOW + timedelta(hours=6)  # 15.00 the same Wednesday


def test_a_request_on_friday_afternoon_is_promised_for_monday(bot):
    row = row_of(bot, requested(bot, now=NOW + timedelta(days=2, hours=5)))

    assert bot.settings.zone is not None
    assert row.promised_by.astimezone(bot.settings.zone).strftime("%a %H:%M") == "Mon 14:00"


def test_without_opening_hours_nothing_is_promised(new_bot):
    assert row_of(new_bot, requested(new_bot)).promised_by is None


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


def test_an_unknown_window_is_refused(bot):
    with pytest.raises(InvalidInput):
        requested(bot, window="midnight")


def test_reached_ends_the_request_and_its_alert(bot):
    callback_id = requested(bot)
    with bot.database.write() as session:
        callbacks.raise_late(session, now=NOW + timedelta(days=1))
        late = [alert.kind for alert in alerts.unacknowledged(session)]
        callbacks.record_reached(session, callback_id, by=WRITER, now=NOW)
        left = alerts.unacknowledged(session)

    row = row_of(bot, callback_id)
    assert late == [AlertKind.CALLBACK_LATE]
    assert left == []
    assert (row.state, row.tries, row.settled_at) == (CallbackState.DONE, 1, NOW)


def test_two_tries_without_an_answer_end_the_request_as_unreachable(bot):
    callback_id = requested(bot)
    states = []
    for _ in range(2):
        with bot.database.write() as session:
            states.append(callbacks.record_no_answer(session, callback_id, by=WRITER, now=NOW).state)

    assert states == [CallbackState.REQUESTED, CallbackState.UNREACHABLE]
    assert row_of(bot, callback_id).tries == 2


def test_a_settled_request_is_not_settled_again(bot):
    callback_id = requested(bot)
    with bot.database.write() as session:
        callbacks.cancel(session, callback_id, by=WRITER, now=NOW)

        with pytest.raises(NotAllowed):
            callbacks.record_reached(session, callback_id, by=WRITER, now=NOW)


def test_a_request_is_assigned_to_a_worker(bot):
    callback_id = requested(bot)
    with bot.database.write() as session:
        row = callbacks.assign(session, callback_id, to=WRITER, by=WRITER, now=NOW)
        assert (row.state, row.assigned_to) == (CallbackState.ASSIGNED, WRITER)
        with pytest.raises(NotFound):
            callbacks.assign(session, callback_id, to="Nobody", by=WRITER, now=NOW)


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_number(text):
    try:
        number = callbacks.parse_phone(text)
    except InvalidInput:
        return
    assert number.startswith("+")
