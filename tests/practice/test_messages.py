"""What a message may hold."""

import pytest

from social_bot.practice.messages import check_message, message_content
from social_bot.practice.refusals import Refusal

BUTTON = {"type": "postback", "title": "Soita", "payload": "CALLBACK"}


def template(**changes):
    payload = {"template_type": "button", "text": "Miten jatketaan?", "buttons": [BUTTON]} | changes
    return {"attachment": {"type": "template", "payload": payload}}


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x" * 2000, "metadata": "y" * 1000},
        {"text": "x", "quick_replies": [{"content_type": "text", "title": "a", "payload": "b"}] * 13},
        {"text": "x", "quick_replies": [{"content_type": "user_phone_number"}]},
        {"attachment": {"type": "image", "payload": {"url": "https://example.org/a.jpg"}}},
        template(text="x" * 640, buttons=[BUTTON] * 3),
        template(buttons=[{"type": "web_url", "title": "Avaa", "url": "https://example.org/"}]),
        template(buttons=[{"type": "phone_number", "title": "Soita", "payload": "+358000000000"}]),
    ],
)
def test_a_message_at_its_limits_is_taken(message):
    check_message(message)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x", "metadata": "y" * 1001},
        {"text": "x"} | template(),
        {"text": "x", "quick_replies": [{"content_type": "location"}]},
        {"text": "x", "quick_replies": "a"},
        {"attachment": "image"},
        {"attachment": {"type": "image", "payload": {"url": "a.jpg"}}},
        {"attachment": {"type": "poem", "payload": {}}},
        template(template_type="receipt"),
        template(text=""),
        template(buttons=[BUTTON] * 4),
        template(buttons=[{"type": "postback", "title": "Soita"}]),
        template(buttons=[{"type": "sing", "title": "Soita", "payload": "X"}]),
        template(buttons=[{"type": "web_url", "title": "Avaa", "url": "javascript:alert(1)"}]),
    ],
)
def test_a_message_beyond_its_limits_is_refused(message):
    with pytest.raises(Refusal) as caught:
        check_message(message)

    assert caught.value.code == 100


def test_long_titles_are_cut_as_messenger_cuts_them():
    long = BUTTON | {"title": "Pyydä meitä soittamaan"}

    content = message_content(template(buttons=[long]))

    assert content["attachments"][0]["payload"]["buttons"][0]["title"] == "Pyydä meitä soittama"
