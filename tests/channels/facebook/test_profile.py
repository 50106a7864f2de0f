"""The messenger profile: the shape that Meta documents, taken by the practice page, made of approved texts."""

import json
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from social_bot.answering.outcomes import GET_STARTED_PAYLOAD
from social_bot.answering.profile import make_profile
from social_bot.answering.replies import Library, load_library
from social_bot.channels.facebook import profile
from social_bot.channels.facebook.graph import FacebookChannel
from social_bot.channels.facebook.protocol import encode
from social_bot.channels.ports import MenuEntry, PageAccess, ProfileWords
from social_bot.errors import NotReady, PageUnavailable
from tests.conftest import NOW, PAGE

WORDS = [
    ProfileWords(
        language=language,
        greeting="Hei.",
        menu=[MenuEntry(title="Aiheet", payload="TOPICS")],
        questions=[MenuEntry(title="Velat", payload="TOPIC:debt")],
    )
    for language in ("fi", "sv", "en")
]
ACCESS = PageAccess(page_id=PAGE, token=SecretStr("page-token"))


def sent() -> dict[str, object]:
    call = profile.set_profile(PAGE, "GET_STARTED", WORDS)
    return {name: json.loads(value) for name, value in encode(call.params).items()}


def test_everything_is_set_in_one_call_with_a_default_and_each_locale() -> None:
    parts = sent()

    locales = ["default", "fi_FI", "sv_SE", "en_US", "en_GB"]
    assert parts["get_started"] == {"payload": "GET_STARTED"}
    for name in ("greeting", "persistent_menu", "ice_breakers"):
        rows = parts[name]
        assert isinstance(rows, list)
        assert [row["locale"] for row in rows] == locales


def test_a_menu_is_made_of_postbacks_and_leaves_the_keyboard_open() -> None:
    menu = sent()["persistent_menu"]
    questions = sent()["ice_breakers"]

    assert isinstance(menu, list)
    assert isinstance(questions, list)
    assert menu[0] == {
        "locale": "default",
        "composer_input_disabled": False,
        "call_to_actions": [{"type": "postback", "title": "Aiheet", "payload": "TOPICS"}],
    }
    assert questions[0]["call_to_actions"] == [{"question": "Velat", "payload": "TOPIC:debt"}]


@pytest.mark.parametrize("answer", [{"result": "success"}, {"success": True}])
def test_meta_confirms_it_in_one_of_two_ways(answer: dict[str, object]) -> None:
    assert profile.is_set(answer)


def test_what_is_not_confirmed_is_not_set() -> None:
    def handle(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"success": False})

    channel = FacebookChannel(
        app_id="1",
        app_secret=None,
        clock=lambda: NOW,
        client=httpx.Client(transport=httpx.MockTransport(handle)),
    )

    with pytest.raises(PageUnavailable):
        channel.set_profile(ACCESS, "GET_STARTED", WORDS)
    channel.close()


def test_greeting_menu_and_questions_are_approved_texts_within_metas_limits(bot) -> None:
    with bot.database.read() as session:
        library = load_library(session, bot.models.topics, approved_only=False)
        organisation = bot.organisation(session)

    words = make_profile(library, organisation, now=NOW)

    assert [each.language for each in words] == ["fi", "sv", "en"]
    for each in words:
        assert len(each.greeting) <= 160
        assert all(len(entry.title) <= 30 for entry in each.menu)
        assert all(len(entry.title) <= 80 for entry in each.questions)
        assert len(each.questions) == 4
    assert GET_STARTED_PAYLOAD not in [entry.payload for entry in words[0].menu]


def test_without_approval_there_is_no_profile_and_another_language_is_left_out(bot) -> None:
    with bot.database.read() as session:
        approved = load_library(session, bot.models.topics, approved_only=True)
        library = load_library(session, bot.models.topics, approved_only=False)
        organisation = bot.organisation(session)
    without_swedish = {key: text for key, text in library.versions.items() if key != ("menu_save", "sv")}

    words = make_profile(replace(library, versions=without_swedish), organisation, now=NOW)

    assert [each.language for each in words] == ["fi", "en"]
    with pytest.raises(NotReady):
        make_profile(Library(versions=approved.versions, topics=library.topics), organisation, now=NOW)
