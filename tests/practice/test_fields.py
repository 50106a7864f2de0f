"""Field expressions, read and applied."""

import pytest

from social_bot.practice.fields import Field, parse_fields, select
from social_bot.practice.refusals import Refusal


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (None, ()),
        ("  ", ()),
        ("id", (Field(name="id"),)),
        ("id, message", (Field(name="id"), Field(name="message"))),
        (
            "comments.limit(3).summary(true){message,from{id}}",
            (
                Field(
                    name="comments",
                    modifiers={"limit": "3", "summary": "true"},
                    inner=(Field(name="message"), Field(name="from", inner=(Field(name="id"),))),
                ),
            ),
        ),
    ],
)
def test_an_expression_is_read(text, fields):
    assert parse_fields(text) == fields


@pytest.mark.parametrize("text", ["id,", ",id", "a{b", "a}b", "a.limit(3", "a.limit", "a b", "å", "a{}"])
def test_an_expression_that_cannot_be_read_is_refused(text):
    with pytest.raises(Refusal) as caught:
        parse_fields(text)

    assert caught.value.code == 2500


def test_empty_fields_are_left_out_and_the_id_always_comes():
    readers = {"id": lambda _: "1", "message": lambda _: None, "link": lambda _: "https://example.org/"}

    chosen = select(
        "Post", parse_fields("message,link,place"), readers, usual="message", known=frozenset({"place"})
    )

    assert chosen == {"id": "1", "link": "https://example.org/"}
