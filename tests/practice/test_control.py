"""The JSON control of the practice Page, for scripts on the same machine."""

import pytest
from fastapi.testclient import TestClient

PAGE = "/control/pages/100200300"
PSID = "7000000001"


@pytest.fixture
def practice(make_practice):
    practice = make_practice()
    yield practice
    practice.stop()


@pytest.fixture
def control(practice):
    return TestClient(practice.app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000))


def test_a_page_is_added_and_can_be_used_at_once(control):
    control.put("/control/pages/100200400", json={"name": "Mallby", "token": "EAAother"})

    told = control.get("/graph/v26.0/me", headers={"Authorization": "Bearer EAAother"}).json()

    assert told == {"name": "Mallby", "id": "100200400"}


def test_a_fault_is_set_and_read_back(control):
    put = control.put(f"{PAGE}/fault", json={"lose_next": 1, "edge": "feed"})

    assert put.json() == control.get(f"{PAGE}/fault").json() == {"lose_next": 1, "edge": "feed"}


def test_an_unknown_fault_is_told_with_the_known_ones(control):
    answer = control.put(f"{PAGE}/fault", json={"loose_next": 1})

    assert answer.status_code == 422
    assert "lose_next" in answer.json()["detail"]


def test_a_page_that_is_not_there_is_not_found(control):
    assert control.put("/control/pages/1/fault", json={}).status_code == 404


def test_a_resident_writes_and_the_conversation_is_told(control):
    control.post(f"{PAGE}/residents/{PSID}/messages", json={"text": "Moi"})

    conversation = control.get(f"{PAGE}/residents/{PSID}/messages").json()

    assert [message["text"] for message in conversation] == ["Moi"]


@pytest.mark.parametrize(
    ("client", "host"), [("192.0.2.7", "127.0.0.1"), ("127.0.0.1", "practice.example.org")]
)
def test_nobody_from_elsewhere_controls_the_page(practice, client, host):
    stranger = TestClient(practice.app, base_url=f"http://{host}", client=(client, 50000))

    assert stranger.get(f"{PAGE}/fault").status_code == 403
