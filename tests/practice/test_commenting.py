"""Comments and reactions of the practice Page."""

import pytest

PAGE_ID = "100200300"
PSID = "7000000001"


@pytest.fixture
def post_id(graph):
    return graph.post(f"/{PAGE_ID}/feed", json={"message": "Avoimet ovet"}).json()["id"]


@pytest.fixture
def comment_id(post_id, practice):
    return practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Mihin aikaan?")


def test_replies_hang_from_the_first_comment_however_deep(graph, post_id, comment_id):
    reply = graph.post(f"/{comment_id}/comments", json={"message": "Klo 9"}).json()["id"]
    deeper = graph.post(f"/{reply}/comments", json={"message": "Ja klo 12"}).json()["id"]

    told = graph.get(f"/{deeper}", params={"fields": "parent{id},can_hide,can_reply_privately"}).json()

    assert told["parent"]["id"] == comment_id
    assert (told["can_hide"], told["can_reply_privately"]) == (False, False)


def test_a_list_holds_replies_only_when_all_are_asked(graph, post_id, comment_id):
    graph.post(f"/{comment_id}/comments", json={"message": "Klo 9"})

    top = graph.get(f"/{post_id}/comments", params={"summary": "true"}).json()
    every = graph.get(
        f"/{post_id}/comments", params={"filter": "stream", "order": "reverse_chronological"}
    ).json()

    assert ([one["message"] for one in top["data"]], top["summary"]["total_count"]) == (["Mihin aikaan?"], 1)
    assert [one["message"] for one in every["data"]] == ["Klo 9", "Mihin aikaan?"]


def test_only_comments_since_a_moment_are_listed(graph, practice, clock, post_id, comment_id):
    clock.forward(minutes=10)
    practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Entä huomenna?")

    since = int(clock().timestamp())
    told = graph.get(f"/{post_id}/comments", params={"since": since}).json()["data"]

    assert [one["message"] for one in told] == ["Entä huomenna?"]


def test_a_page_edits_its_own_words_and_nobody_elses(graph, post_id, comment_id):
    own = graph.post(f"/{post_id}/comments", json={"message": "Klo yhdeksän"}).json()["id"]

    edited = graph.post(f"/{own}", json={"message": "Klo 9"})
    refused = graph.post(f"/{comment_id}", json={"message": "Sensuroitu"})

    assert edited.json() == {"success": True}
    assert graph.get(f"/{own}").json()["message"] == "Klo 9"
    assert refused.json()["error"]["code"] == 100
    assert graph.get(f"/{comment_id}").json()["message"] == "Mihin aikaan?"


def test_a_page_cannot_hide_its_own_comment(graph, post_id):
    own = graph.post(f"/{post_id}/comments", json={"message": "Klo 9"}).json()["id"]

    assert graph.post(f"/{own}", json={"is_hidden": True}).json()["error"]["code"] == 100


def test_an_empty_comment_is_refused_and_a_picture_is_enough(graph, post_id):
    empty = graph.post(f"/{post_id}/comments", json={"message": ""})
    picture = graph.post(f"/{post_id}/comments", json={"attachment_url": "https://example.org/a.jpg"}).json()

    told = graph.get(f"/{picture['id']}", params={"fields": "attachment"}).json()
    assert empty.json()["error"]["code"] == 100
    assert told["attachment"]["url"] == "https://example.org/a.jpg"


def test_a_like_of_the_page_is_counted_once_and_taken_back(graph, comment_id):
    for _ in range(2):
        graph.post(f"/{comment_id}/likes")
    liked = graph.get(f"/{comment_id}", params={"fields": "like_count"}).json()["like_count"]

    for _ in range(2):
        graph.delete(f"/{comment_id}/likes")

    assert liked == 1
    assert graph.get(f"/{comment_id}/likes").json() == {"data": []}


def test_reactions_are_listed_by_kind_and_changed_not_added(graph, practice, post_id):
    practice.react_as_resident(PAGE_ID, PSID, post_id=post_id, kind="LIKE")
    practice.react_as_resident(PAGE_ID, PSID, post_id=post_id, kind="LOVE")
    practice.react_as_resident(PAGE_ID, "7000000002", post_id=post_id, kind="LIKE")

    every = graph.get(f"/{post_id}/reactions", params={"summary": "true"}).json()
    love = graph.get(f"/{post_id}/reactions", params={"type": "LOVE"}).json()

    assert every["summary"]["total_count"] == 2
    assert [one["type"] for one in love["data"]] == ["LOVE"]


def test_the_same_reaction_again_takes_it_back(graph, practice, post_id):
    practice.react_as_resident(PAGE_ID, PSID, post_id=post_id)
    practice.react_as_resident(PAGE_ID, PSID, post_id=post_id)

    assert graph.get(f"/{post_id}/reactions").json() == {"data": []}


def test_a_deleted_post_takes_its_comments_with_it(graph, post_id, comment_id):
    graph.delete(f"/{post_id}")

    assert graph.get(f"/{comment_id}").json()["error"]["error_subcode"] == 33
