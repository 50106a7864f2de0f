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


@pytest.mark.parametrize(
    ("edge", "body", "code"),
    [
        ("feed", {}, 100),
        ("feed", {"link": "example.org"}, 1609005),
        ("feed", {"message": "x" * 63_207}, 100),
        ("feed", {"message": "x", "attached_media": [{"media_fbid": "1"}]}, 100),
        ("feed", {"message": "x", "attached_media": "{}"}, 100),
        ("feed", {"message": "x", "attached_media": "[oops"}, 100),
        ("feed", {"message": "x", "published": "perhaps"}, 100),
        ("feed", {"message": "x", "scheduled_publish_time": 1795507200}, 100),
        ("photos", {}, 324),
        ("photos", {"url": "file:///etc/hostname"}, 324),
    ],
)
def test_a_post_that_cannot_be_made_is_refused_and_leaves_nothing(graph, practice, edge, body, code):
    answer = graph.post(f"/100200300/{edge}", json=body)

    assert answer.json()["error"]["code"] == code
    assert practice.posts(PAGE_ID) == []


@pytest.mark.parametrize("content", [b"<svg></svg>", b"\xff\xd8\xff" + bytes(10 * 1024 * 1024)])
def test_a_file_that_is_no_picture_or_too_large_is_refused(graph, content):
    answer = graph.post("/100200300/photos", files={"source": ("a.jpg", content, "image/jpeg")})

    assert answer.json()["error"]["error_subcode"] == 1366046


def test_a_picture_is_posted_once_only(graph):
    photo = graph.post(
        "/100200300/photos", data={"published": "false"}, files={"source": ("a.png", PNG)}
    ).json()
    media = {"message": "Kuva", "attached_media": [{"media_fbid": photo["id"]}]}
    graph.post("/100200300/feed", json=media)

    again = graph.post("/100200300/feed", json=media)

    assert again.json()["error"]["code"] == 1366051


def test_a_picture_by_address_is_a_post_with_its_caption(graph, practice):
    answer = graph.post(
        "/100200300/photos", json={"url": "https://example.org/a.jpg", "caption": "Ovi"}
    ).json()

    told = graph.get(f"/{answer['post_id']}", params={"fields": "message,full_picture,attachments"}).json()

    assert (told["message"], told["full_picture"]) == ("Ovi", "https://example.org/a.jpg")
    assert told["attachments"]["data"][0]["target"]["id"] == answer["id"]


def test_a_picture_is_read_back_from_the_address_that_is_told(graph, base):
    photo = graph.post("/100200300/photos", files={"source": ("a.png", PNG)}, data={"caption": "Ovi"}).json()
    told = graph.get(f"/{photo['id']}", params={"fields": "images,picture,name"}).json()

    fetched = graph.get(told["images"][0]["source"])

    assert fetched.content == PNG
    assert told["name"] == "Ovi"


def test_alt_text_is_changed_and_a_picture_deleted(graph):
    photo = graph.post(
        "/100200300/photos", data={"published": "false"}, files={"source": ("a.png", PNG)}
    ).json()
    graph.post(f"/{photo['id']}", json={"alt_text_custom": "Avoin ovi"})
    changed = graph.get("/100200300/photos", params={"fields": "alt_text"}).json()["data"]

    graph.delete(f"/{photo['id']}")

    assert [one["alt_text"] for one in changed] == ["Avoin ovi"]
    assert graph.get("/100200300/photos").json() == {"data": []}


def test_a_post_kept_back_is_published_later_under_the_same_id(graph, practice, clock):
    post_id = graph.post("/100200300/feed", json={"message": "Luonnos", "published": False}).json()["id"]
    kept_back = graph.get("/100200300/published_posts").json()["data"]
    clock.forward(minutes=5)

    for _ in range(2):
        graph.post(f"/{post_id}", json={"is_published": True})

    published = graph.get("/100200300/published_posts", params={"fields": "created_time"}).json()["data"]
    assert kept_back == []
    assert published == [{"created_time": "2026-11-24T07:05:00+0000", "id": post_id}]


def test_a_post_is_edited_hidden_and_given_pictures(graph):
    post_id = graph.post("/100200300/feed", json={"message": "Vanha"}).json()["id"]
    photo = graph.post(
        "/100200300/photos", data={"published": "false"}, files={"source": ("a.png", PNG)}
    ).json()

    graph.post(
        f"/{post_id}",
        json={"message": "Uusi", "is_hidden": True, "attached_media": [{"media_fbid": photo["id"]}]},
    )

    told = graph.get(f"/{post_id}", params={"fields": "message,is_hidden,attachments"}).json()
    assert (told["message"], told["is_hidden"]) == ("Uusi", True)
    assert told["attachments"]["data"][0]["target"]["id"] == photo["id"]


def test_posts_are_found_by_time(graph, clock):
    graph.post("/100200300/feed", json={"message": "Ensin"})
    clock.forward(hours=1)
    graph.post("/100200300/feed", json={"message": "Sitten"})
    border = int(clock().timestamp()) - 60

    def found(**asked):
        posts = graph.get("/100200300/feed", params={"fields": "message", **asked}).json()["data"]
        return [post["message"] for post in posts]

    assert found(since=border) == ["Sitten"]
    assert found(until="2026-11-24T07:30:00") == ["Ensin"]


@pytest.mark.parametrize(
    "asked", [{"limit": 101}, {"limit": "many"}, {"after": "%%%"}, {"after": "bm9uZQ=="}]
)
def test_a_page_of_results_that_cannot_be_is_refused(graph, asked):
    assert graph.get("/100200300/feed", params=asked).json()["error"]["code"] == 100


def test_a_post_of_another_app_can_be_neither_edited_nor_deleted(graph, practice):
    from social_bot.practice.state import PostRow

    post_id = graph.post("/100200300/feed", json={"message": "Käsin tehty"}).json()["id"]
    with practice.store.transaction() as session:
        session.get_one(PostRow, post_id).app_id = None

    edited = graph.post(f"/{post_id}", json={"message": "Muutettu"})
    deleted = graph.delete(f"/{post_id}")

    assert edited.json()["error"]["code"] == deleted.json()["error"]["code"] == 200
    assert practice.posts(PAGE_ID)[0].message == "Käsin tehty"
