"""Whatever strangers send is dealt with or refused in words, and costs no more than its size."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from social_bot.answering.intake import _bounded
from social_bot.answering.recognition import LONGEST, Models, load_models, recognise
from social_bot.answering.signs import LONGEST_MISSPELT
from social_bot.assets import folder
from social_bot.channels.facebook.webhook import parse_delivery, verify_signature
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.errors import InvalidInput, SocialBotError
from social_bot.organisation.personal_data import find, mask
from social_bot.planning.campaign_fields import parse
from social_bot.planning.import_tables import decode, find_separator

KIB_64 = 64 * 1024
GENEROUS = 2.0
"""Seconds: forty times what is promised, so that a slow machine fails nothing; quadratic work takes longer."""

UGLY = {
    "digits": "1" * KIB_64,
    "letters": "abcdefghij" * (KIB_64 // 10),
    "spaces": " " * KIB_64,
    "danger": ("en jaksa enää " * KIB_64)[:KIB_64],
    "identity codes": ("131052-308X " * KIB_64)[:KIB_64],
    "accounts": ("FI21 1234 " * KIB_64)[:KIB_64],
    "addresses": ("a.a@" * KIB_64)[:KIB_64],
    "dashes": ("1-" * KIB_64)[:KIB_64],
    "names": ("nimeni on A" * KIB_64)[:KIB_64],
    "combining": "e\u0301" * (KIB_64 // 3),
    "nothing": "\0" * KIB_64,
    "smileys": "😀" * (KIB_64 // 4),
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)
FIELDS = st.sampled_from(
    [
        "id",
        "time",
        "messaging",
        "standby",
        "changes",
        "sender",
        "recipient",
        "message",
        "mid",
        "text",
        "value",
    ]
)
LIKE_A_DELIVERY = st.fixed_dictionaries(
    {
        "object": st.sampled_from(["page", "instagram", None]) | JSON,
        "entry": st.lists(st.dictionaries(FIELDS, JSON, max_size=5), max_size=3) | JSON,
    }
)


@pytest.fixture(scope="module")
def models(models_cache) -> Models:
    return load_models(folder("templates"), cache=models_cache)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), LIKE_A_DELIVERY.map(lambda made: json.dumps(made).encode())))
def test_any_body_is_events_or_no_delivery(body: bytes) -> None:
    try:
        events = parse_delivery(body, own_app_id="555000111")
    except InvalidInput:
        return
    assert all(isinstance(each, InboundEvent) for each in events)
    assert len({each.key for each in events}) <= len(events)


def test_a_body_nested_a_hundred_thousand_deep_is_no_delivery() -> None:
    with pytest.raises(InvalidInput):
        parse_delivery(b"[" * 100_000, own_app_id="1")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=90)))
def test_no_guessed_signature_fits(body: bytes, header: str | None) -> None:
    assert not verify_signature(body, header, SecretStr("test-app-secret"))


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=400), st.text(alphabet="-: \n&*!{}[]|>#'\"abkey", max_size=200)))
def test_any_campaign_text_is_read_or_refused_with_its_line(text: str) -> None:
    try:
        field = parse(text, "kampanja.yaml")
    except SocialBotError:
        return
    assert field.key == ""


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_any_table_is_read_or_refused(content: bytes) -> None:
    try:
        text, _ = decode(content)
    except SocialBotError:
        return
    assert len(find_separator(text)) == 1


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=500))
def test_any_message_is_understood_somehow(models, text: str) -> None:
    understood = recognise(text, previous_language=None, models=models)

    assert understood.language
    assert len(mask(text)) >= 0
    assert all(0 <= found.start < found.end <= len(text) for found in find(text))


@pytest.mark.parametrize("kind", UGLY)
def test_no_message_costs_more_than_its_size(models, kind: str) -> None:
    """Bounded before it is read, and looked for misspellings in words alone."""
    event = _bounded(InboundEvent(key="k", kind=EventKind.MESSAGE, page_id="1", text=UGLY[kind]))
    begun = time.perf_counter()

    recognise(UGLY[kind], previous_language=None, models=models)
    mask(event.text or "")

    assert time.perf_counter() - begun < GENEROUS
    assert len(event.text or "") <= LONGEST < KIB_64


def test_a_word_is_looked_at_for_misspellings_only_while_it_can_be_one(models) -> None:
    """The cost of looking grows with the square of a word's length."""
    assert models.crisis_signs._forgiving("x1" * LONGEST_MISSPELT, "") == (set(), set())


@pytest.mark.parametrize("place", [0, LONGEST // 2, LONGEST - 400])
def test_danger_within_what_is_read_is_found_wherever_it_stands(models, place: int) -> None:
    filler = "Aurinko paistaa ja kahvi on hyvää tänään torilla. " * (LONGEST // 50 + 1)
    text = f"{filler[:place]} Haluan tappaa itseni. {filler}"[:LONGEST]

    assert recognise(text, previous_language="fi", models=models).crisis is not None
