"""The channel and the practice Page, which share no code, over real HTTP."""

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from social_bot.channels.facebook import connection
from social_bot.channels.facebook.graph import FacebookChannel
from social_bot.channels.facebook.webhook import parse_delivery, verify_signature
from social_bot.channels.ports import (
    EventKind,
    InboundEvent,
    MenuEntry,
    OutgoingMessage,
    OutgoingPost,
    PageAccess,
    Picture,
    ProfileWords,
    QuickReply,
    UrlButton,
)
from social_bot.errors import (
    ConnectionLost,
    ContentRefused,
    OutcomeUnknown,
    PageBlocked,
    PageUnavailable,
    RecipientUnreachable,
)
from social_bot.practice import insights
from social_bot.practice.call import PracticeConfig
from social_bot.practice.faults import Fault
from social_bot.practice.server import Practice

PAGE = "301000001"
PERSON = "9100000001"
APP = "777000111"
SECRET = SecretStr("s3cr3t-of-the-app")
ACCESS = PageAccess(page_id=PAGE, token=SecretStr("EAABpage"))
TEXT = OutgoingPost(text="Sosiaalineuvonta on auki arkisin.")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


class Mailbox(ThreadingHTTPServer):
    """Takes deliveries as the product's webhook does: signature first, over the bytes as they came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        self.events: list[InboundEvent] = []
        self.forged = 0


class _Taker(BaseHTTPRequestHandler):
    server: Mailbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if verify_signature(body, self.headers["X-Hub-Signature-256"], SECRET):
            self.server.events += parse_delivery(body, own_app_id=APP)
        else:
            self.server.forged += 1
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as mailbox:
        thread = threading.Thread(target=mailbox.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield mailbox
        mailbox.shutdown()
        thread.join()


@pytest.fixture
def practice(tmp_path, clock, mailbox) -> Iterator[Practice]:
    config = PracticeConfig(
        database=tmp_path / "practice.db",
        app_id=APP,
        app_secret=SECRET.get_secret_value(),
        verify_token="verify",
        webhook_url=mailbox.url,
    )
    practice = Practice(config, clock=clock)
    practice.add_page(PAGE, "Neuvonta", ACCESS.token.get_secret_value())
    practice.start()
    yield practice
    practice.stop()


@pytest.fixture
def address(practice) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            practice.app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/graph"
        server.should_exit = True
        thread.join()


@pytest.fixture
def channel(address, clock) -> Iterator[FacebookChannel]:
    channel = FacebookChannel(
        base_url=address,
        app_id=APP,
        app_secret=SECRET,
        clock=clock,
        client=httpx.Client(timeout=httpx.Timeout(5), trust_env=False),
    )
    yield channel
    channel.close()


def picture(alt_text: str) -> Picture:
    return Picture(file_name="kuva.png", media_type="image/png", content=PNG, alt_text=alt_text)


def message(text: str = "Olemme auki.", **more) -> OutgoingMessage:
    return OutgoingMessage(text=text, reference="out:7", **more)


# publishing


def test_a_text_is_on_the_page_and_is_seen_to_be_ours(channel, practice, clock):
    since = clock.now

    external_id = channel.publish(ACCESS, TEXT)

    [post] = practice.posts(PAGE)
    assert (post.id, post.message, post.is_published) == (external_id, TEXT.text, True)
    [seen] = channel.recent_posts(ACCESS, since=since)
    assert (seen.external_id, seen.text, seen.ours) == (external_id, TEXT.text, True)


def test_a_link_is_on_the_page(channel, practice):
    channel.publish(ACCESS, OutgoingPost(text="Lue", link="https://example.org/neuvonta"))

    [post] = practice.posts(PAGE)
    assert post.link == "https://example.org/neuvonta"


@pytest.mark.parametrize("alt_texts", [["Ovi"], ["Ovi", "Portaat ylös", 'Ääkköset ja "lainaus"']])
def test_pictures_are_one_post_with_their_alt_texts(channel, practice, alt_texts):
    channel.publish(ACCESS, OutgoingPost(text="Uusi osoite", pictures=[picture(text) for text in alt_texts]))

    [post] = practice.posts(PAGE)
    assert list(post.alt_texts) == alt_texts


def test_more_posts_than_a_page_of_a_list_are_all_found(channel, clock):
    since = clock.now
    for number in range(27):
        clock.forward(seconds=1)
        channel.publish(ACCESS, OutgoingPost(text=f"Julkaisu {number}"))

    posts = channel.recent_posts(ACCESS, since=since)

    assert [post.text for post in posts] == [f"Julkaisu {number}" for number in reversed(range(27))]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(lose_next=1),
        Fault(hang_next=1),
        Fault(error_after_next=1),
        Fault(error_after_next=1, is_html=True),
    ],
    ids=["answer lost", "no answer", "500", "500 as HTML"],
)
def test_a_post_whose_answer_is_lost_is_unknown_and_then_found(channel, practice, clock, fault):
    since = clock.now
    practice.set_fault(PAGE, fault)

    with pytest.raises(OutcomeUnknown):
        channel.publish(ACCESS, TEXT)

    [seen] = channel.recent_posts(ACCESS, since=since)
    assert (seen.text, seen.ours) == (TEXT.text, True)


def test_a_page_that_says_503_leaves_the_post_unknown_and_it_is_not_there(channel, practice, clock):
    practice.set_fault(PAGE, Fault(unavailable_next=1))

    with pytest.raises(OutcomeUnknown):
        channel.publish(ACCESS, TEXT)

    assert channel.recent_posts(ACCESS, since=clock.now) == []


def test_the_lost_answer_of_an_upload_leaves_nothing_to_see(channel, practice):
    practice.set_fault(PAGE, Fault(lose_next=1, edge="photos"))

    with pytest.raises(PageUnavailable):
        channel.publish(ACCESS, OutgoingPost(text="Kuva", pictures=[picture("Ovi")]))

    assert practice.posts(PAGE) == []


def test_a_page_that_cannot_be_reached_was_sent_nothing(clock):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    channel = FacebookChannel(base_url=url, app_id=APP, app_secret=None, clock=clock)

    with pytest.raises(PageUnavailable):
        channel.publish(ACCESS, TEXT)
    channel.close()


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(refuse_next=1, refuse_code=100, refuse_subcode=1609005), ContentRefused),
        (Fault(refuse_next=1, refuse_code=506), OutcomeUnknown),
        (Fault(refuse_next=1, refuse_code=200), ConnectionLost),
        (Fault(is_blocked=True), PageBlocked),
        (Fault(dead_token_subcode=460), ConnectionLost),
    ],
)
def test_a_refused_post_says_who_must_act_and_is_not_there(channel, practice, fault, expected):
    practice.set_fault(PAGE, fault)

    with pytest.raises(expected):
        channel.publish(ACCESS, TEXT)

    assert practice.posts(PAGE) == []


def test_a_throttled_page_is_asked_again_when_its_time_has_come(channel, practice, clock):
    practice.set_fault(PAGE, Fault(rate_limited_minutes=5))

    with pytest.raises(PageUnavailable) as caught:
        channel.publish(ACCESS, TEXT)
    practice.set_fault(PAGE, Fault())
    clock.forward(minutes=5)
    channel.publish(ACCESS, TEXT)

    assert caught.value.throttled
    assert caught.value.retry_at == clock.now
    assert len(practice.posts(PAGE)) == 1


def test_counters_wait_while_usage_is_high(channel, practice):
    external_id = channel.publish(ACCESS, TEXT)
    practice.set_fault(PAGE, Fault(usage_percent=85))
    channel.publish(ACCESS, TEXT)

    with pytest.raises(PageUnavailable) as caught:
        channel.post_counters(ACCESS, external_id)

    assert caught.value.throttled


# messages


def test_an_answer_reaches_the_person_with_its_choices(channel, practice):
    practice.write_as_resident(PAGE, PERSON, text="Moi")

    mid = channel.send(
        ACCESS, PERSON, message("Valitse kieli", quick_replies=[QuickReply(title="Suomeksi", payload="FI")])
    )

    sent = practice.conversation(PAGE, PERSON)[-1]
    assert (sent.mid, sent.text, sent.is_from_page) == (mid, "Valitse kieli", True)


def test_an_answer_with_buttons_is_taken(channel, practice):
    practice.write_as_resident(PAGE, PERSON, text="Moi")

    channel.send(
        ACCESS,
        PERSON,
        message(
            "Ajanvaraus",
            buttons=[
                UrlButton(title="Avaa", url="https://example.org/ajanvaraus"),
                UrlButton(title="Soita", url="tel:+358000000000"),
            ],
        ),
    )

    assert practice.conversation(PAGE, PERSON)[-1].is_from_page


def test_an_answer_that_was_lost_is_found_in_the_conversation(channel, practice, clock):
    practice.write_as_resident(PAGE, PERSON, text="Moi")
    practice.set_fault(PAGE, Fault(lose_next=1))

    with pytest.raises(OutcomeUnknown):
        channel.send(ACCESS, PERSON, message())

    sent = practice.conversation(PAGE, PERSON)[-1]
    assert channel.find_sent(ACCESS, PERSON, text="Olemme auki.", since=clock.now) == sent.mid
    assert channel.find_sent(ACCESS, PERSON, text="Muuta", since=clock.now) is None


def test_a_day_after_the_person_wrote_the_page_may_not_write(channel, practice, clock):
    practice.write_as_resident(PAGE, PERSON, text="Moi")
    clock.forward(hours=24, seconds=1)

    with pytest.raises(RecipientUnreachable) as caught:
        channel.send(ACCESS, PERSON, message())

    assert not caught.value.held_by_other


def test_a_person_who_never_wrote_cannot_be_written_to(channel, practice):
    with pytest.raises(RecipientUnreachable):
        channel.send(ACCESS, PERSON, message())


# events


def test_what_a_resident_writes_arrives_signed_and_whole(channel, practice, mailbox, clock):
    channel.subscribe(ACCESS)

    mid = practice.write_as_resident(PAGE, PERSON, text="Hyvää päivää, missä te olette? 🙂")
    assert practice.wait_for_webhooks()

    [event] = [event for event in mailbox.events if event.kind is EventKind.MESSAGE]
    assert (event.message_id, event.contact_id, event.page_id) == (mid, PERSON, PAGE)
    assert event.text == "Hyvää päivää, missä te olette? 🙂"
    assert event.occurred_at == clock.now
    assert mailbox.forged == 0


def test_our_own_answer_comes_back_with_our_reference(channel, practice, mailbox):
    channel.subscribe(ACCESS)
    practice.write_as_resident(PAGE, PERSON, text="Moi")

    mid = channel.send(ACCESS, PERSON, message())
    assert practice.wait_for_webhooks()

    [echo] = [event for event in mailbox.events if event.kind is EventKind.ECHO]
    assert (echo.message_id, echo.contact_id) == (mid, PERSON)
    assert (echo.app_id, echo.reference) == (APP, "out:7")


def test_a_colleague_who_answers_is_told_from_us(channel, practice, mailbox):
    channel.subscribe(ACCESS)
    practice.write_as_resident(PAGE, PERSON, text="Moi")

    practice.write_as_staff(PAGE, PERSON, text="Hei, täällä neuvoja.")
    assert practice.wait_for_webhooks()

    [echo] = [event for event in mailbox.events if EventKind.ECHO in {event.kind, event.action}]
    assert echo.app_id != APP
    assert echo.reference is None


def test_a_comment_arrives_and_the_page_s_own_can_be_told_apart(channel, practice, mailbox):
    channel.subscribe(ACCESS)
    post_id = channel.publish(ACCESS, TEXT)

    comment_id = practice.comment_as_resident(PAGE, PERSON, object_id=post_id, text="Milloin?")
    assert practice.wait_for_webhooks()

    by_item = {event.item: event for event in mailbox.events if event.kind is EventKind.FEED}
    assert by_item["comment"].message_id == comment_id
    assert by_item["comment"].text == "Milloin?"
    assert by_item["comment"].contact_id != PAGE
    assert by_item["status"].contact_id == PAGE


def test_deliveries_doubled_and_shuffled_are_told_by_their_keys(channel, practice, mailbox):
    channel.subscribe(ACCESS)
    practice.set_fault(PAGE, Fault(webhooks_twice=True, webhooks_shuffled=True, webhooks_batched=True))

    for number in range(5):
        practice.write_as_resident(PAGE, PERSON, text=f"Viesti {number}")
    assert practice.wait_for_webhooks()

    messages = [event for event in mailbox.events if event.kind is EventKind.MESSAGE]
    assert len(messages) == 10
    assert len({event.key for event in messages}) == 5


# comments


@pytest.fixture
def comment_id(channel, practice):
    post_id = channel.publish(ACCESS, TEXT)
    return practice.comment_as_resident(PAGE, PERSON, object_id=post_id, text="Milloin?")


def test_a_comment_is_answered_hidden_and_our_own_answer_taken_away(channel, comment_id, clock):
    before = channel.read(ACCESS, comment_id)
    reply_id = channel.reply(ACCESS, comment_id, text="Soita meille.")
    found = channel.find_reply(ACCESS, comment_id, text="Soita meille.", since=clock.now)
    channel.hide(ACCESS, comment_id)
    for _ in range(2):
        channel.delete(ACCESS, reply_id)

    assert (before.is_hidden, before.takes_private_reply) == (False, True)
    assert found == reply_id
    assert channel.read(ACCESS, comment_id).is_hidden
    assert channel.read(ACCESS, reply_id) is None


def test_a_comment_is_answered_privately_once(channel, practice, comment_id):
    channel.reply_privately(ACCESS, comment_id, message("Soita meille."))

    with pytest.raises(RecipientUnreachable):
        channel.reply_privately(ACCESS, comment_id, message("Soita meille."))
    assert not channel.read(ACCESS, comment_id).takes_private_reply
    assert [one.text for one in practice.conversation(PAGE, PERSON)] == ["Soita meille."]


def test_after_seven_days_nobody_is_answered_privately(channel, comment_id, clock):
    clock.forward(days=7)

    with pytest.raises(RecipientUnreachable):
        channel.reply_privately(ACCESS, comment_id, message())
    assert not channel.read(ACCESS, comment_id).takes_private_reply


def test_a_lost_answer_to_a_comment_is_found_by_looking(channel, practice, comment_id, clock):
    practice.set_fault(PAGE, Fault(lose_next=2))

    with pytest.raises(OutcomeUnknown):
        channel.reply(ACCESS, comment_id, text="Soita meille.")
    with pytest.raises(OutcomeUnknown):
        channel.reply_privately(ACCESS, comment_id, message())

    assert channel.find_reply(ACCESS, comment_id, text="Soita meille.", since=clock.now)
    assert not channel.read(ACCESS, comment_id).takes_private_reply


def test_what_we_do_to_a_comment_comes_back_as_events(channel, practice, mailbox, comment_id):
    channel.subscribe(ACCESS)

    reply_id = channel.reply(ACCESS, comment_id, text="Soita meille.")
    channel.hide(ACCESS, comment_id)
    channel.delete(ACCESS, reply_id)
    assert practice.wait_for_webhooks()

    told = [(event.action, event.message_id, event.contact_id == PAGE) for event in mailbox.events]
    assert told == [("add", reply_id, True), ("hide", comment_id, False), ("remove", reply_id, True)]
    assert mailbox.events[0].payload == comment_id


# counters and the connection


def test_counters_are_read(channel, practice, clock):
    external_id = channel.publish(ACCESS, TEXT)
    practice.comment_as_resident(PAGE, PERSON, object_id=external_id, text="Kiitos")
    practice.react_as_resident(PAGE, PERSON, post_id=external_id)
    clock.forward(days=2)

    post = {reading.metric: reading.value for reading in channel.post_counters(ACCESS, external_id)}
    page = channel.page_counters(ACCESS, since=clock.now - timedelta(days=2), until=clock.now)

    assert (post["post_comments"], post["post_reactions"], post["post_shares"]) == (1, 1, 0)
    assert post["post_views"]
    assert post["post_reach"]
    assert [reading.value for reading in page if reading.metric == "page_followers"] == [250]
    assert len([reading for reading in page if reading.metric == "page_views"]) == 2
    assert all(reading.value is not None for reading in page)


def test_a_name_that_the_platform_retires_empties_no_other(channel, clock, monkeypatch):
    external_id = channel.publish(ACCESS, TEXT)
    clock.forward(days=1)
    monkeypatch.delitem(insights.POST_METRICS, "post_clicks")

    post = {reading.metric: reading.value for reading in channel.post_counters(ACCESS, external_id)}

    assert post["post_clicks"] is None
    assert post["post_views"]
    assert post["post_reach"]


def test_a_page_with_few_followers_has_no_insights(channel, practice, clock):
    practice.add_page(PAGE, "Neuvonta", ACCESS.token.get_secret_value(), followers=40)

    page = channel.page_counters(ACCESS, since=clock.now - timedelta(days=2), until=clock.now)

    assert {reading.metric: reading.value for reading in page} == {
        "page_followers": 40,
        "page_views": None,
        "page_reach": None,
        "page_engagements": None,
    }


def test_a_connection_is_whole_once_it_is_subscribed(channel):
    before = channel.check(ACCESS)
    channel.subscribe(ACCESS)
    after = channel.check(ACCESS)

    assert before.is_valid
    assert list(before.missing_subscriptions) == list(connection.SUBSCRIPTIONS)
    assert not [*after.missing_permissions, *after.missing_subscriptions]
    assert (after.api_version, after.problem) == ("v26.0", None)


def test_the_page_takes_greeting_menu_and_first_questions_and_takes_them_again(channel, practice, address):
    entry = MenuEntry(title="Aiheet", payload="TOPICS")
    words = [
        ProfileWords(language=language, greeting="Hei.", menu=[entry], questions=[entry])
        for language in ("fi", "sv", "en")
    ]

    channel.set_profile(ACCESS, "GET_STARTED", words)
    channel.set_profile(ACCESS, "GET_STARTED", words)

    proof = hmac.new(
        SECRET.get_secret_value().encode(), ACCESS.token.get_secret_value().encode(), hashlib.sha256
    ).hexdigest()
    shown = httpx.get(
        f"{address}/v26.0/{PAGE}/messenger_profile",
        params={"fields": "get_started,greeting,persistent_menu,ice_breakers", "appsecret_proof": proof},
        headers={"Authorization": f"Bearer {ACCESS.token.get_secret_value()}"},
        trust_env=False,
    ).json()
    (data,) = shown["data"]
    assert data["get_started"] == {"payload": "GET_STARTED"}
    assert [menu["locale"] for menu in data["persistent_menu"]] == [
        "default",
        "fi_FI",
        "sv_SE",
        "en_US",
        "en_GB",
    ]


def test_a_dead_token_is_a_lost_connection(channel, practice):
    practice.set_fault(PAGE, Fault(dead_token_subcode=463))

    report = channel.check(ACCESS)

    assert not report.is_valid
    assert report.problem


def test_a_wrong_app_secret_is_found_out(address, clock):
    channel = FacebookChannel(base_url=address, app_id=APP, app_secret=SecretStr("another"), clock=clock)

    with pytest.raises(ConnectionLost, match="app secret"):
        channel.publish(ACCESS, TEXT)
    channel.close()
