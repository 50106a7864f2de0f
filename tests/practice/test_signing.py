"""The practice sign-in: what stands in for Facebook Login."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

BACK = "http://127.0.0.1:8000/pages/return"


@pytest.fixture
def dialog(base):
    def dialog(**asked):
        root = base.removesuffix("/graph")
        asked = {"client_id": "555000111", "redirect_uri": BACK, "state": "sealed", **asked}
        return httpx.get(f"{root}/v26.0/dialog/oauth", params=asked, timeout=5, trust_env=False)

    return dialog


def test_the_way_on_carries_a_code_that_becomes_the_practice_users_token(dialog, base, practice):
    page = dialog().text

    href = page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    back = {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}
    asked = {"client_id": "555000111", "client_secret": "test-app-secret", "redirect_uri": BACK}
    told = httpx.get(
        f"{base}/v26.0/oauth/access_token", params=asked | {"code": back["code"]}, timeout=5, trust_env=False
    )

    assert href.startswith(f"{BACK}?")
    assert back["state"] == "sealed"
    assert told.json()["access_token"] == practice.user_token


def test_the_way_back_says_that_it_was_refused(dialog):
    assert f"{BACK}?error=access_denied&amp;state=sealed" in dialog().text


@pytest.mark.parametrize(
    "asked",
    [
        {"redirect_uri": "https://elsewhere.example/return"},
        {"redirect_uri": "http://127.0.0.1.elsewhere.example/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
        {"client_id": "26"},
    ],
)
def test_it_leads_to_programs_of_this_machine_and_this_app_alone(dialog, asked):
    answer = dialog(**asked)

    assert answer.status_code == 422
    assert "access_denied" not in answer.text
