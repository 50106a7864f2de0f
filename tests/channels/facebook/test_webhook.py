import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from social_bot.channels.facebook.webhook import parse_delivery, verify_signature
from social_bot.channels.ports import EventKind, InboundEvent
from social_bot.errors import InvalidInput
from tests.channels.facebook.catalogue import (
    CATALOGUE,
    COMMENT,
    MILLISECONDS,
    OTHER_PAGE,
    OWN_APP,
    PAGE,
    POST,
    SECONDS,
    Case,
    comment,
    delivery,
    from_person,
)

SECRET = SecretStr("test-app-secret")
AT = datetime.fromtimestamp(SECONDS, UTC)

# A vector that is known to be Meta's way: äö escaped, no newline at the end.
ESCAPED = (
    rb'{"object":"page","entry":[{"id":"100200300","time":1795503600456,"messaging":[{"sender":{"id":'
    rb'"7000000001"},"recipient":{"id":"100200300"},"timestamp":1795503600123,"message":{"mid":'
    rb'"m_test_fi_1","text":"Hyv\u00e4\u00e4 p\u00e4iv\u00e4\u00e4"}}]}]}'
)
SIGNATURE = "sha256=6f2b8577d0f13802221d9a3c502cba9dd7dc051f315f27e2061e269d9c56f93e"


def parse(body: object) -> list[InboundEvent]:
    return parse_delivery(json.dumps(body).encode(), own_app_id=OWN_APP)


def test_the_bytes_as_received_carry_the_signature():
    assert len(ESCAPED) == 248
    assert verify_signature(ESCAPED, SIGNATURE, SECRET)


def test_a_body_that_was_written_anew_is_refused():
    rewritten = json.dumps(json.loads(ESCAPED), ensure_ascii=False, separators=(",", ":")).encode()

    assert len(rewritten) == 228
    assert not verify_signature(rewritten, SIGNATURE, SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE.replace("sha256", "sha1"),
        SIGNATURE[:-1],
        SIGNATURE + " ",
        "sha256=ä\udcff",
    ],
)
def test_any_other_header_is_refused(header):
    assert not verify_signature(ESCAPED, header, SECRET)


def test_another_secret_is_refused():
    assert not verify_signature(ESCAPED, SIGNATURE, SecretStr("another"))


@pytest.mark.parametrize("case", CATALOGUE, ids=lambda case: case.name)
def test_every_known_body_becomes_its_events(case: Case):
    events = parse(case.body)

    seen = [
        {name: getattr(event, name) for name in expected}
        for event, expected in zip(events, case.expected, strict=True)
    ]
    assert seen == case.expected


@pytest.mark.parametrize("case", CATALOGUE, ids=lambda case: case.name)
def test_a_body_delivered_again_has_the_same_keys(case: Case):
    again = json.loads(json.dumps(case.body, sort_keys=True))

    assert [event.key for event in parse(again)] == [event.key for event in parse(case.body)]


def test_no_two_events_of_the_catalogue_share_a_key():
    keys = [event.key for case in CATALOGUE for event in parse(case.body)]

    assert len(keys) == len(set(keys))


def test_the_whole_catalogue_in_one_delivery_shuffled_loses_nothing():
    entries = [
        entry for case in CATALOGUE for entry in case.body["entry"] if case.body.get("object") == "page"
    ]
    random.Random(7).shuffle(entries)

    events = parse({"object": "page", "entry": [*entries, *entries]})

    alone = {event.key for entry in entries for event in parse({"object": "page", "entry": [entry]})}
    assert {event.key for event in events} == alone
    assert len(events) == 2 * len(alone)


def test_one_bad_item_does_not_lose_the_rest():
    good = from_person(message={"mid": "m_1", "text": "Hei"})

    events = parse(
        {
            "object": "page",
            "entry": [7, None, {"id": PAGE, "messaging": [None, "x", [], good, {"message": 3}]}],
        }
    )

    assert [event.kind for event in events if event.kind is not EventKind.UNKNOWN] == [EventKind.MESSAGE]
    assert len(events) == 7


def test_pages_in_one_delivery_keep_their_own_events():
    item = {
        "sender": {"id": "9100000002"},
        "recipient": {"id": OTHER_PAGE},
        "message": {"mid": "m_1", "text": "a"},
    }

    events = parse(
        {
            "object": "page",
            "entry": [
                *delivery(from_person(message={"mid": "m_1", "text": "b"}))["entry"],
                {"id": OTHER_PAGE, "messaging": [item]},
            ],
        }
    )

    assert [(event.page_id, event.key) for event in events] == [
        (PAGE, f"{PAGE}:mid:m_1"),
        (OTHER_PAGE, f"{OTHER_PAGE}:mid:m_1"),
    ]


def test_what_happens_to_a_message_later_is_no_duplicate_of_it():
    events = parse(
        delivery(
            from_person(message={"mid": "m_1", "text": "Hei"}),
            from_person(message_edit={"mid": "m_1", "text": "Hei hei", "num_edit": 1}),
            from_person(message_edit={"mid": "m_1", "text": "Moi", "num_edit": 2}),
            from_person(message={"mid": "m_1", "is_deleted": True}),
        )
    )

    assert len({event.key for event in events}) == 4
    assert {event.message_id for event in events} == {"m_1"}


def test_a_message_seen_while_standing_by_is_told_apart_from_the_same_given_to_us():
    item = from_person(message={"mid": "m_1", "text": "Hei"})

    [ours], [seen] = parse(delivery(item)), parse(delivery(item, into="standby"))

    assert (ours.kind, seen.kind) == (EventKind.MESSAGE, EventKind.STANDBY)
    assert ours.key != seen.key


def test_two_edits_of_a_comment_are_two_events():
    first, second = (comment("edited", created_time=SECONDS, message=text) for text in ("yksi", "kaksi"))

    events = parse(delivery(first, second, first, into="changes", time=SECONDS))

    assert len({event.key for event in events}) == 2


def test_a_comment_hidden_a_second_time_is_a_new_event():
    hidden = comment("hide", created_time=SECONDS, message="Hei")

    [first] = parse(delivery(hidden, into="changes", time=SECONDS))
    [second] = parse(delivery(hidden, into="changes", time=SECONDS + 60))

    assert first.key != second.key


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (MILLISECONDS, AT),
        (SECONDS, AT),
        (str(MILLISECONDS), AT),
        (str(SECONDS), AT),
        (MILLISECONDS + 500, AT.replace(microsecond=500_000)),
        (None, None),
        ("2026-11-24T07:00:00+0000", None),
        (-5, None),
        (0, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
        ({}, None),
    ],
)
def test_times_are_read_in_either_unit(time, expected):
    [event] = parse(delivery(from_person(message={"mid": "m_1", "text": "Hei"}) | {"timestamp": time}))

    assert event.occurred_at == expected


def test_text_is_kept_as_it_was_written_but_for_what_no_database_takes():
    [event] = parse(
        delivery(from_person(message={"mid": "m_1", "text": "Hyv\u00e4\u00e4 \x00\ud83dpäivää 🙂"}))
    )

    assert event.text == "Hyvää ?päivää 🙂"


def test_names_of_people_are_nowhere_in_the_events():
    shown = "".join(f"{event!r}{event.text}" for case in CATALOGUE for event in parse(case.body))

    assert "Sukunimi" not in shown
    assert "E. S." not in shown


def test_what_people_write_is_not_in_the_repr_or_the_key():
    [message] = parse(delivery(from_person(message={"text": "salaisuus"})))
    [edit] = parse(delivery(comment("edit", message="salaisuus"), into="changes"))

    assert "salaisuus" not in f"{message!r}{edit!r}{message.key}{edit.key}"


def test_a_very_long_id_gives_a_short_key():
    [first] = parse(delivery(from_person(message={"mid": "m" * 5000, "text": "a"})))
    [second] = parse(delivery(from_person(message={"mid": "m" * 5001, "text": "a"})))

    assert len(first.key) < 200
    assert first.key != second.key


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"7", b'"page"', b"\xff\xfe{", b'{"entry": [}', b"[" * 100_000, b"NaN"],
)
def test_what_is_no_json_object_is_refused(body):
    with pytest.raises(InvalidInput, match="no JSON object"):
        parse_delivery(body, own_app_id=OWN_APP)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    [
        *(
            "sender",
            "recipient",
            "id",
            "user_ref",
            "timestamp",
            "mid",
            "text",
            "is_echo",
            "app_id",
            "payload",
        ),
        *("message", "postback", "read", "delivery", "mids", "reaction", "attachments", "message_edit"),
        *("take_thread_control", "policy_enforcement", "app_roles", "optin", "referral"),
        *("field", "value", "item", "verb", "from", "comment_id", "post_id", "parent_id", "created_time"),
    ]
)
known_words = st.sampled_from(
    [PAGE, POST, COMMENT, "0", "feed", "ratings", "comment", "like", "add", "hide", 5, True]
)
likely_items = st.recursive(
    known_words | json_values,
    lambda inner: st.dictionaries(names, inner, max_size=6),
    max_leaves=20,
)
likely_deliveries = st.fixed_dictionaries(
    {
        "object": st.just("page"),
        "entry": st.lists(
            st.dictionaries(
                st.sampled_from(["id", "time", "messaging", "standby", "changes"]),
                known_words | st.lists(likely_items, max_size=3),
            ),
            max_size=3,
        ),
    }
)


@given(st.dictionaries(st.text(), json_values) | likely_deliveries)
def test_no_json_object_is_ever_refused(body):
    events = parse(body)

    assert all(event.key and len(event.key) <= 200 for event in events)
    assert [event.key for event in parse(body)] == [event.key for event in events]


@given(st.binary() | json_values.map(json.dumps).map(str.encode))
def test_no_bytes_raise_anything_but_invalid_input(body):
    try:
        events = parse_delivery(body, own_app_id=OWN_APP)
    except InvalidInput:
        return

    assert isinstance(events, list)
