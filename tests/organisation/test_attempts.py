"""Waiting after failed attempts, and passwords that are guessed first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.errors import InvalidInput
from social_bot.organisation import attempts, passwords

QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (5000, 900)]
)
def test_waiting_begins_after_the_free_attempts_and_doubles(failures, seconds):
    assert attempts.wait_after(failures, free=5) == timedelta(seconds=seconds)


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=1, max_value=100))
def test_no_wait_is_longer_than_a_quarter_of_an_hour(failures, free):
    wait = attempts.wait_after(failures, free=free)

    assert timedelta() <= wait <= QUARTER
    assert wait <= attempts.wait_after(failures + 1, free=free)


@pytest.mark.parametrize(
    "password",
    [
        *("salasana1234", "PASSWORD!2026", "qwertyuiop12", "123456789012", "aaaaaaaaaaaa", "abababababab"),
        *("Mallila2026!", "kirjoittaja1", "SosiaaliTyö1", "Tervetuloa12!"),
    ],
)
def test_what_is_guessed_first_is_refused(password):
    with pytest.raises(InvalidInput, match="first that are guessed"):
        passwords.check(password, own_words=("Kirjoittaja 1", "Mallila"))


@pytest.mark.parametrize(
    "password",
    [
        "neljä hiljaista saapasta",
        "correct horse battery",
        "k7#Lmq!vR2pZ",
        "salasana on kissan häntä",
        "ранок у лісі тихий",
    ],
)
def test_a_long_password_of_ones_own_is_taken_whatever_its_letters(password):
    passwords.check(password, own_words=("Kirjoittaja 1", "Mallila"))


@pytest.mark.parametrize(("length", "is_taken"), [(11, False), (12, True), (200, True), (201, False)])
def test_a_password_has_a_shortest_and_a_longest_length(length, is_taken):
    password = ("kx9vqwzmtrbn" * 20)[:length]

    if is_taken:
        passwords.check(password, own_words=())
    else:
        with pytest.raises(InvalidInput):
            passwords.check(password, own_words=())


def test_a_letter_written_in_two_ways_is_the_same_password():
    kept = passwords.keep("hyvä yö kaikille siellä")

    assert passwords.proves("hyva\u0308 yo\u0308 kaikille siella\u0308", kept)
    assert not passwords.proves("hyvä yö kaikille täällä", kept)
    assert not passwords.proves("hyvä yö kaikille siellä", None)
