"""Meta's own client works against the practice Page, over real HTTP and unchanged."""

import warnings
from typing import Any

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the client's own modules warn when they are first compiled
    from facebook_business.adobjects.comment import Comment
    from facebook_business.adobjects.page import Page
    from facebook_business.adobjects.pagepost import PagePost
    from facebook_business.adobjects.user import User
    from facebook_business.api import FacebookAdsApi
    from facebook_business.exceptions import FacebookRequestError
    from facebook_business.session import FacebookSession

from social_bot.practice.faults import Fault

# The client's table of parameters does not know all that Graph takes; it says so and sends them.
pytestmark = [
    pytest.mark.filterwarnings("ignore:value of .* might not be compatible:UserWarning"),
    pytest.mark.filterwarnings("ignore:.* does not allow field:UserWarning"),
    pytest.mark.filterwarnings("ignore:Endpoint photos cannot upload files:UserWarning"),
]

PAGE_ID = "100200300"
PSID = "7000000001"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture
def connect(base):
    """An API object for a token; each with its own connections, all closed at the end."""
    sessions = []

    def connect(token):
        session = FacebookSession(
            app_id="555000111", app_secret="test-app-secret", access_token=token, timeout=5
        )
        session.GRAPH = base
        session.requests.trust_env = False
        sessions.append(session)
        return FacebookAdsApi(session)

    yield connect
    for session in sessions:
        session.requests.close()


@pytest.fixture
def api(connect):
    return connect("EAApage")


@pytest.fixture
def page(api):
    return Page(PAGE_ID, api=api)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "kuva.png"
    path.write_bytes(PNG)
    return str(path)


def test_it_publishes_a_text_and_a_link(page, practice):
    post = page.create_feed(params={"message": "Hyvää päivää", "link": "https://example.org/"})

    assert practice.posts(PAGE_ID)[0].id == post["id"]
    assert practice.posts(PAGE_ID)[0].link == "https://example.org/"


def test_it_publishes_pictures_with_alt_texts(page, picture, practice):
    photo = (
        page.create_photo(params={"published": False, "alt_text_custom": "Ovi auki"}, pending=True)
        .add_file(picture)
        .execute()
    )

    page.create_feed(params={"message": "Tervetuloa", "attached_media": [{"media_fbid": photo["id"]}]})

    assert practice.posts(PAGE_ID)[0].alt_texts == ["Ovi auki"]


def test_it_schedules_edits_and_deletes(page, api, practice, clock):
    at = int(clock().timestamp()) + 3600
    post = page.create_feed(
        params={
            "message": "Luonnos",
            "published": False,
            "scheduled_publish_time": at,
            "unpublished_content_type": "SCHEDULED",
        }
    )
    scheduled = list(page.get_scheduled_posts(fields=["message", "scheduled_publish_time"]))

    PagePost(post["id"], api=api).api_update(params={"message": "Valmis"})
    edited = practice.posts(PAGE_ID)[0].message
    PagePost(post["id"], api=api).api_delete()

    assert [(one["message"], one["scheduled_publish_time"]) for one in scheduled] == [("Luonnos", at)]
    assert edited == "Valmis"
    assert practice.posts(PAGE_ID) == []


def test_it_reads_all_posts_page_by_page(page):
    for number in range(7):
        page.create_feed(params={"message": f"Viesti {number}"})

    messages = [post["message"] for post in page.get_feed(fields=["message"], params={"limit": 3})]

    assert messages == [f"Viesti {number}" for number in reversed(range(7))]


def test_it_hides_answers_and_deletes_a_comment(page, api, practice):
    post_id = page.create_feed(params={"message": "Avoimet ovet"})["id"]
    comment_id = practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Mihin aikaan?")
    comment = Comment(comment_id, api=api)

    comment.api_update(params={"is_hidden": True})
    comment.create_comment(params={"message": "Klo 9–15"})
    hidden = comment.api_get(fields=["is_hidden", "comment_count", "from"])
    comment.api_delete()

    assert (hidden["is_hidden"], hidden["comment_count"]) == (True, 1)
    assert list(PagePost(post_id, api=api).get_comments()) == []


def test_it_answers_a_person_and_a_comment_in_messenger(page, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    post_id = page.create_feed(params={"message": "Avoimet ovet"})["id"]
    comment_id = practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Mihin aikaan?")

    page.create_message(
        params={"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": {"text": "Hei"}}
    )
    page.create_message(params={"recipient": {"comment_id": comment_id}, "message": {"text": "Klo 9–15"}})

    assert [message.text for message in practice.conversation(PAGE_ID, PSID)] == ["Moi", "Hei", "Klo 9–15"]


def test_it_reads_conversations(page, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")

    threads = list(page.get_conversations(fields=["participants", "snippet"], params={"user_id": PSID}))

    assert [thread["snippet"] for thread in threads] == ["Moi"]


def test_it_sets_up_the_profile_and_the_subscription(page):
    menu = [
        {
            "locale": "default",
            "call_to_actions": [{"type": "postback", "title": "Soita", "payload": "CALLBACK"}],
        }
    ]

    page.create_messenger_profile(params={"get_started": {"payload": "START"}, "persistent_menu": menu})
    page.create_subscribed_app(params={"subscribed_fields": ["feed", "messages"]})

    profile = page.get_messenger_profile(fields=["persistent_menu", "get_started"])[0]
    app = page.get_subscribed_apps()[0]
    assert profile["persistent_menu"] == menu
    assert app["subscribed_fields"] == ["feed", "messages"]


def test_it_reads_insights_that_follow_from_what_happened(page, api, practice, clock):
    post_id = page.create_feed(params={"message": "Avoimet ovet"})["id"]
    practice.react_as_resident(PAGE_ID, PSID, post_id=post_id, kind="LOVE")
    clock.forward(days=2)

    days = page.get_insights(params={"metric": ["page_media_view", "page_follows"], "period": "day"})
    metrics = ["post_media_view", "post_reactions_by_type_total"]
    counters = PagePost(post_id, api=api).get_insights(params={"metric": metrics})

    views = {row["name"]: [value["value"] for value in row["values"]] for row in days}
    post = {row["name"]: row["values"][0]["value"] for row in counters}
    assert sum(views["page_media_view"]) > 0
    assert views["page_follows"] == [250, 250]
    assert post["post_reactions_by_type_total"] == {"love": 1}
    assert post["post_media_view"] > 0


def test_one_dead_metric_fails_the_whole_call(page):
    with pytest.raises(FacebookRequestError) as caught:
        page.get_insights(params={"metric": ["page_media_view", "page_impressions"], "period": "day"})

    assert caught.value.http_status() == 400
    assert caught.value.api_error_code() == 100
    assert "must be a valid insights metric" in caught.value.api_error_message()


def test_a_page_of_few_followers_has_no_insights(page, practice):
    practice.add_page(PAGE_ID, "Pieni sivu", "EAApage", followers=99)

    with pytest.raises(FacebookRequestError) as caught:
        page.get_insights(params={"metric": ["page_media_view"], "period": "day"})

    assert caught.value.api_error_subcode() == 2874008


def test_a_batch_answers_each_call_and_a_null_one_is_tried_again(page, api, practice):
    answers: list[Any] = []
    failures: list[Any] = []
    practice.set_fault(PAGE_ID, Fault(null_in_batch_next=1))
    batch = api.new_batch()
    batch.add("POST", [PAGE_ID, "feed"], params={"message": "Yksi"}, success=answers.append)
    batch.add("GET", [PAGE_ID], params={"fields": "name"}, success=answers.append)
    batch.add("GET", ["999"], failure=failures.append)

    again = batch.execute()
    assert again is not None
    again.execute()

    assert [post.message for post in practice.posts(PAGE_ID)] == ["Yksi"]
    assert answers[0].json()["name"] == "Mallilan aikuissosiaalityö"
    assert failures[0].error().api_error_code() == 100


def test_the_practice_user_finds_the_pages_and_their_tokens(connect, practice):
    user = User("me", api=connect(practice.user_token))

    accounts = list(user.get_accounts(fields=["name", "access_token", "tasks"]))

    assert [(one["id"], one["access_token"]) for one in accounts] == [(PAGE_ID, "EAApage")]
    assert "CREATE_CONTENT" in accounts[0]["tasks"]


def test_a_wrong_token_and_a_wrong_proof_are_told_apart(connect, page, api):
    api._session.requests.params["appsecret_proof"] = "0" * 64

    with pytest.raises(FacebookRequestError) as wrong_proof:
        page.api_get()
    with pytest.raises(FacebookRequestError) as wrong_token:
        Page(PAGE_ID, api=connect("EAAsomebodyelse")).api_get()

    assert "appsecret_proof" in wrong_proof.value.api_error_message()
    assert wrong_proof.value.api_error_code() == 100
    assert wrong_token.value.api_error_code() == 190
