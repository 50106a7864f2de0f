"""What the practice Page tells the app, and how it insists."""

import hashlib
import hmac

import pytest

from social_bot.practice.faults import Fault

PAGE_ID = "100200300"
PSID = "7000000001"
SECRET = b"test-app-secret"
FIELDS = "feed,messages,messaging_postbacks,message_echoes,standby,messaging_handovers,message_reads,message_deliveries"


@pytest.fixture
def subscribed(graph):
    assert graph.post("/100200300/subscribed_apps", data={"subscribed_fields": FIELDS}).json() == {
        "success": True
    }
    return graph


@pytest.fixture
def told(practice, receiver):
    """Waits for the outbox to empty and returns the items of one list."""

    def wait(section="messaging"):
        assert practice.wait_for_webhooks(5)
        return receiver.items(section)

    return wait


def answer(graph, text="Hei", **more):
    return graph.post(
        "/100200300/messages", json={"recipient": {"id": PSID}, "message": {"text": text, **more}}
    )


def test_the_signature_is_over_the_escaped_bytes(subscribed, practice, receiver, told):
    practice.write_as_resident(PAGE_ID, PSID, text="Hyvää päivää")
    told()

    body, signature = receiver.deliveries[0]

    assert b"Hyv\\u00e4\\u00e4" in body
    assert signature == "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()


def test_nothing_is_told_without_a_subscription(graph, practice, receiver, told):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")

    assert told() == []


def test_a_delivery_that_is_not_taken_is_sent_again_and_in_order(subscribed, practice, receiver, told):
    receiver.refuse_first = 2
    practice.write_as_resident(PAGE_ID, PSID, text="Yksi")
    practice.write_as_resident(PAGE_ID, PSID, text="Kaksi")

    texts = [item["message"]["text"] for item in told() if "message" in item]

    assert texts == ["Yksi", "Kaksi"]


def test_an_answer_comes_back_as_an_echo_with_its_metadata(subscribed, practice, told):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    mid = answer(subscribed, metadata="viite-1").json()["message_id"]

    echo = next(item for item in told() if item.get("message", {}).get("is_echo"))

    assert (echo["sender"]["id"], echo["recipient"]["id"]) == (PAGE_ID, PSID)
    assert (echo["message"]["mid"], echo["message"]["metadata"]) == (mid, "viite-1")
    assert echo["message"]["app_id"] == 555000111


def test_a_lost_answer_to_a_message_shows_in_its_echo(subscribed, practice, told):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    practice.set_fault(PAGE_ID, Fault(lose_next=1))

    with pytest.raises(Exception, match="without sending a response"):
        answer(subscribed, metadata="viite-2")

    assert "viite-2" in [item.get("message", {}).get("metadata") for item in told()]


def test_a_quick_reply_carries_its_payload_and_a_button_is_a_postback(subscribed, practice, told):
    practice.write_as_resident(PAGE_ID, PSID, text="Suomeksi", payload="LANG_FI")
    practice.write_as_resident(PAGE_ID, PSID, payload="CALLBACK")

    items = [item for item in told() if "read" not in item]

    assert items[0]["message"]["quick_reply"] == {"payload": "LANG_FI"}
    assert items[1]["postback"]["payload"] == "CALLBACK"


def test_what_comes_while_staff_hold_the_thread_is_told_in_standby(subscribed, practice, told):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    practice.write_as_staff(PAGE_ID, PSID, text="Hei, täällä neuvoja.")
    practice.write_as_resident(PAGE_ID, PSID, text="Onko siellä joku?")
    practice.write_as_resident(PAGE_ID, PSID, payload="CALLBACK")

    standby = told("standby")

    assert [item["message"]["text"] for item in standby if "message" in item] == [
        "Hei, täällä neuvoja.",
        "Onko siellä joku?",
    ]
    assert "payload" not in standby[-1]["postback"]


def test_comments_are_told_from_first_word_to_removal(subscribed, practice, told):
    post_id = subscribed.post("/100200300/feed", json={"message": "Avoimet ovet"}).json()["id"]
    comment_id = practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Hei")
    subscribed.post(f"/{comment_id}", data={"is_hidden": "true"})
    subscribed.post(f"/{comment_id}/comments", data={"message": "Kiitos"})
    subscribed.delete(f"/{comment_id}")

    values = [item["value"] for item in told("changes")]

    assert [(value["item"], value["verb"]) for value in values] == [
        ("status", "add"),
        ("comment", "add"),
        ("comment", "hide"),
        ("comment", "add"),
        ("comment", "remove"),
    ]
    assert values[1]["parent_id"] == post_id
    assert "from" not in values[2]
    assert values[3]["from"]["id"] == PAGE_ID


def test_webhooks_come_twice_when_told(subscribed, practice, receiver, told):
    practice.set_fault(PAGE_ID, Fault(webhooks_twice=True))

    practice.write_as_resident(PAGE_ID, PSID, text="Moi")

    assert [item["message"]["text"] for item in told()] == ["Moi", "Moi"]


def test_webhooks_come_in_one_delivery_and_newest_first_when_told(make_practice, receiver, clock):
    practice = make_practice(webhook_url=receiver.url)
    with practice.store.transaction() as session:
        from social_bot.practice.state import PageRow

        session.get_one(PageRow, PAGE_ID).subscribed_fields = ["messages"]
    practice.set_fault(PAGE_ID, Fault(webhooks_batched=True, webhooks_shuffled=True))
    for text in ("yksi", "kaksi", "kolme"):
        practice.write_as_resident(PAGE_ID, PSID, text=text)

    practice.start()
    practice.wait_for_webhooks(5)
    practice.stop()

    assert len(receiver.deliveries) == 1
    assert [item["message"]["text"] for item in receiver.items()] == ["kolme", "kaksi", "yksi"]


def test_nothing_is_delivered_to_an_address_that_does_not_know_the_verify_token(
    subscribed, practice, receiver
):
    receiver.verify_token = "another"
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    arrived_at_once = practice.wait_for_webhooks(0.5)
    refused = list(receiver.deliveries)

    receiver.verify_token = "verify"
    arrived_later = practice.wait_for_webhooks(5)

    assert (arrived_at_once, refused) == (False, [])
    assert arrived_later
    assert len(receiver.deliveries) == 1


def test_what_was_not_delivered_before_a_stop_is_delivered_after_a_start(make_practice, receiver):
    first = make_practice(webhook_url="http://127.0.0.1:9/webhook")
    with first.store.transaction() as session:
        from social_bot.practice.state import PageRow

        session.get_one(PageRow, PAGE_ID).subscribed_fields = ["messages"]
    first.start()
    first.write_as_resident(PAGE_ID, PSID, text="Säilyykö tämä?")
    first.stop()

    second = make_practice(webhook_url=receiver.url)
    second.start()
    second.wait_for_webhooks(5)
    second.stop()

    assert [item["message"]["text"] for item in receiver.items()] == ["Säilyykö tämä?"]


def test_after_an_hour_of_failures_the_app_is_unsubscribed(subscribed, practice, receiver, clock):
    receiver.refuse_first = 1000
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    while receiver.refuse_first > 998:  # at the second try the first is on record
        assert not practice.wait_for_webhooks(0.05)

    clock.forward(hours=1, seconds=1)
    practice.wait_for_webhooks(10)

    assert subscribed.get("/100200300/subscribed_apps").json() == {"data": []}
