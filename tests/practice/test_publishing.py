"""Posts and photos of the practice Page, as a client of Graph sees them."""

import pytest

PAGE_ID = "100200300"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def test_a_text_post_is_on_the_page_under_the_id_that_was_answered(graph, practice):
    answer = graph.post("/100200300/feed", json={"message": "Hyvää päivää"})

    assert answer.json()["id"].startswith("100200300_")
    assert [(post.id, post.message) for post in practice.posts(PAGE_ID)] == [
        (answer.json()["id"], "Hyvää päivää")
    ]


def test_pictures_are_uploaded_unpublished_and_held_by_the_post_in_order(graph, practice):
    photos = [
        graph.post(
            "/100200300/photos",
            data={"published": "false", "alt_text_custom": alt},
            files={"source": ("a.png", PNG, "image/png")},
        ).json()
        for alt in ("Ensimmäinen", "Toinen")
    ]
    media = [{"media_fbid": photo["id"]} for photo in reversed(photos)]

    post = graph.post("/100200300/feed", json={"message": "Kaksi kuvaa", "attached_media": media})

    assert post.status_code == 200
    assert all("post_id" not in photo for photo in photos)
    assert practice.posts(PAGE_ID)[0].alt_texts == ["Toinen", "Ensimmäinen"]


@pytest.mark.parametrize("kind", ["json", "data"])
def test_lists_in_forms_and_in_json_mean_the_same(graph, practice, kind):
    photo = graph.post(
        "/100200300/photos", data={"published": "false"}, files={"source": ("a.png", PNG)}
    ).json()
    media = [{"media_fbid": photo["id"]}] if kind == "json" else f'[{{"media_fbid":"{photo["id"]}"}}]'

    post = graph.post("/100200300/feed", **{kind: {"message": "Kuva", "attached_media": media}}).json()

    held = graph.get(f"/{photo['id']}", params={"fields": "page_story_id,alt_text"}).json()
    assert held["page_story_id"] == post["id"]


def test_a_photo_that_no_post_holds_vanishes_after_a_day(graph, clock):
    photo = graph.post(
        "/100200300/photos", data={"published": "false"}, files={"source": ("a.png", PNG)}
    ).json()
    clock.forward(hours=23, minutes=59)
    before = graph.get(f"/{photo['id']}").status_code

    clock.forward(minutes=1)
    after = graph.get(f"/{photo['id']}").json()

    assert before == 200
    assert (after["error"]["code"], after["error"]["error_subcode"]) == (100, 33)


def test_a_scheduled_post_comes_out_by_itself_when_its_time_has_come(graph, practice, clock):
    at = int(clock().timestamp()) + 3600
    graph.post(
        "/100200300/feed", data={"message": "Myöhemmin", "published": "false", "scheduled_publish_time": at}
    )
    waiting = graph.get("/100200300/scheduled_posts").json()["data"]

    clock.forward(hours=1)
    published = graph.get("/100200300/published_posts", params={"fields": "message,created_time"}).json()

    assert len(waiting) == 1
    assert published["data"][0]["message"] == "Myöhemmin"
    assert published["data"][0]["created_time"] == "2026-11-24T08:00:00+0000"


@pytest.mark.parametrize("minutes", [9, 31 * 24 * 60])
def test_a_time_outside_the_schedule_window_is_refused(graph, clock, minutes):
    at = int(clock().timestamp()) + minutes * 60

    answer = graph.post(
        "/100200300/feed", data={"message": "x", "published": "false", "scheduled_publish_time": at}
    )

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "(#100) The specified scheduled publish time is invalid"


def test_paging_ends_with_the_last_post_and_next_leaks_the_token_as_metas_does(graph):
    for number in range(5):
        graph.post("/100200300/feed", json={"message": f"Viesti {number}"})

    first = graph.get("/100200300/published_posts", params={"limit": 3}).json()
    after = first["paging"]["cursors"]["after"]
    second = graph.get("/100200300/published_posts", params={"limit": 3, "after": after}).json()

    assert "access_token=EAApage" in first["paging"]["next"]
    assert (len(first["data"]), len(second["data"])) == (3, 2)
    assert "next" not in second["paging"]


def test_the_parts_of_a_post_are_told_when_they_are_asked_for(graph, practice):
    post = graph.post("/100200300/feed", json={"message": "Linkki", "link": "https://example.org/"}).json()
    practice.react_as_resident(PAGE_ID, "7000000001", post_id=post["id"], kind="LOVE")
    practice.comment_as_resident(PAGE_ID, "7000000001", object_id=post["id"], text="Kiitos")

    fields = (
        "message,application,attachments{media_type},reactions.summary(true).limit(0),"
        "comments.summary(true).limit(0),status_type"
    )
    told = graph.get(f"/{post['id']}", params={"fields": fields}).json()

    assert told["application"]["id"] == "555000111"
    assert told["attachments"]["data"] == [{"media_type": "link"}]
    assert told["reactions"]["summary"]["total_count"] == 1
    assert told["comments"] == {
        "data": [],
        "summary": {"order": "chronological", "total_count": 1, "can_comment": True},
    }


def test_an_unknown_field_and_an_unknown_parameter_are_refused_by_name(graph):
    field = graph.get("/100200300", params={"fields": "id,shoe_size"}).json()
    parameter = graph.post("/100200300/feed", json={"mesage": "Moi"}).json()

    assert "shoe_size" in field["error"]["message"]
    assert "mesage" in parameter["error"]["message"]
    assert field["error"]["code"] == parameter["error"]["code"] == 100
