"""Only what Meta signed asks for anything to be erased."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from social_bot.channels.facebook.signed import read_signed_request

SECRET = SecretStr("app-secret")


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def signed(content: object, *, secret: str = "app-secret") -> str:
    payload = encoded(content if isinstance(content, bytes) else json.dumps(content).encode())
    return f"{encoded(hmac.new(secret.encode(), payload.encode(), hashlib.sha256).digest())}.{payload}"


def asking(**more: object) -> dict[str, object]:
    return {"algorithm": "HMAC-SHA256", "issued_at": 1795503600, "user_id": "218471", **more}


def test_a_signed_request_tells_whose_data_is_meant() -> None:
    assert read_signed_request(signed(asking()), SECRET) == "218471"


@pytest.mark.parametrize(
    "request_",
    [
        "",
        ".",
        "abc",
        signed(asking()).partition(".")[2],
        signed(asking(), secret="another"),
        signed(asking())[:-1],
        signed(asking())[:-2] + "AA",
        signed(asking(algorithm="none")),
        signed(asking(algorithm="hmac-sha1")),
        signed({"user_id": "218471"}),
        signed(asking(user_id=218471)),
        signed(asking(user_id="")),
        signed(["218471"]),
        signed(b"\xff\xfe"),
        signed(b"[" * 1500),
        signed(asking()).replace(".", "!."),
        signed(asking()) + "ä",
        signed(asking(user_id="x" * 5000)),
    ],
)
def test_anything_else_is_not_taken(request_: str) -> None:
    assert read_signed_request(request_, SECRET) is None


def test_the_signature_is_over_the_payload_as_it_is_written() -> None:
    """Padded, it would decode to the same; the bytes that Meta signed are others."""
    sent = signed(asking())

    assert read_signed_request(sent + "=", SECRET) is None


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.binary(max_size=200).map(lambda raw: signed(raw, secret="x"))))
def test_whatever_arrives_is_refused_and_nothing_breaks(request_: str) -> None:
    assert read_signed_request(request_, SECRET) is None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_is_signed_is_read_or_refused(payload: bytes) -> None:
    found = read_signed_request(signed(payload), SECRET)

    assert found is None or isinstance(found, str)
