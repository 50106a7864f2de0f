"""Many calls in one request."""

import json

import pytest

PAGE_ID = "100200300"


def batch(graph, *operations, **more):
    return graph.post("/", data={"batch": json.dumps(operations), **more}).json()


def test_an_operation_uses_what_an_earlier_one_answered(graph):
    post = {"method": "POST", "relative_url": f"{PAGE_ID}/feed", "body": "message=Moi", "name": "post"}
    read = {"method": "GET", "relative_url": "{result=post:$.id}?fields=message"}
    listed = {"method": "GET", "relative_url": f"v26.0/{PAGE_ID}/posts?fields=id", "name": "list"}
    first = {"method": "GET", "relative_url": "{result=list:$.data.0.id}?fields=message"}
    every = {"method": "GET", "relative_url": f"{PAGE_ID}?fields=name&locale={{result=list:$.data.*.id}}"}

    answers = batch(graph, post, read, listed, first, every, include_headers="false")

    assert [json.loads(answers[number]["body"])["message"] for number in (1, 3)] == ["Moi", "Moi"]
    assert json.loads(answers[4]["body"])["name"] == "Mallilan aikuissosiaalityö"
    assert "headers" not in answers[0]


def test_what_depends_on_a_failed_operation_is_not_carried_out(graph, practice):
    failing = {"method": "GET", "relative_url": "999", "name": "failing"}
    waiting = {
        "method": "POST",
        "relative_url": f"{PAGE_ID}/feed",
        "body": "message=Moi",
        "depends_on": "failing",
    }
    reading = {"method": "GET", "relative_url": "{result=failing:$.id}"}

    answers = batch(graph, failing, waiting, reading)

    assert (answers[0]["code"], answers[1:]) == (400, [None, None])
    assert practice.posts(PAGE_ID) == []


def test_a_photo_is_attached_to_its_operation_by_name(graph, practice):
    operation = {
        "method": "POST",
        "relative_url": f"{PAGE_ID}/photos",
        "body": "alt_text_custom=Ovi",
        "attached_files": "first",
    }
    png = b"\x89PNG\r\n\x1a\n" + bytes(64)

    answers = graph.post(
        "/", data={"batch": json.dumps([operation])}, files={"first": ("a.png", png, "image/png")}
    ).json()

    assert answers[0]["code"] == 200
    assert practice.posts(PAGE_ID)[0].alt_texts == ["Ovi"]


@pytest.mark.parametrize("count", [0, 51])
def test_a_batch_holds_one_to_fifty_operations(graph, count):
    answer = batch(graph, *[{"method": "GET", "relative_url": PAGE_ID}] * count)

    assert answer["error"]["code"] == 100
