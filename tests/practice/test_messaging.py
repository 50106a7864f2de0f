"""Messenger on the practice Page: the window, private replies, who holds a thread."""

import pytest

PAGE_ID = "100200300"
PSID = "7000000001"
OUTSIDE = (10, 2018278)


def send(graph, text="Olemme auki klo 9–15.", **more):
    body = {"recipient": {"id": PSID}, "messaging_type": "RESPONSE", "message": {"text": text}} | more
    return graph.post("/100200300/messages", json=body)


def code_of(answer):
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


def test_an_answer_within_the_window_is_in_the_conversation(graph, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Milloin olette auki?")

    answer = send(graph).json()

    assert answer["recipient_id"] == PSID
    assert [(m.is_from_page, m.text) for m in practice.conversation(PAGE_ID, PSID)] == [
        (False, "Milloin olette auki?"),
        (True, "Olemme auki klo 9–15."),
    ]


def test_the_window_closes_24_hours_after_the_person_wrote(graph, practice, clock):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    clock.forward(hours=24)
    in_time = send(graph)

    clock.forward(seconds=1)
    late = send(graph)

    assert in_time.status_code == 200
    assert code_of(late) == OUTSIDE


def test_a_message_of_the_page_does_not_open_the_window_again(graph, practice, clock):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    clock.forward(hours=23)
    send(graph)

    clock.forward(hours=2)

    assert code_of(send(graph)) == OUTSIDE


def test_a_human_agent_may_write_for_seven_days(graph, practice, clock):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    clock.forward(days=6)
    tagged = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}

    in_time = send(graph, **tagged)
    clock.forward(days=1, seconds=1)
    late = send(graph, **tagged)

    assert in_time.status_code == 200
    assert code_of(late) == OUTSIDE


def test_nobody_is_found_behind_an_unknown_id(graph):
    assert code_of(send(graph)) == (100, 2018001)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "x" * 2001},
        {"text": "  "},
        {},
        {"text": "x", "quick_replies": [{"content_type": "text", "title": "a", "payload": "b"}] * 14},
        {"text": "x", "quick_replies": [{"content_type": "text", "title": "a"}]},
        {"text": "x", "colour": "red"},
        {
            "attachment": {
                "type": "template",
                "payload": {
                    "template_type": "button",
                    "text": "x" * 641,
                    "buttons": [{"type": "postback", "title": "a", "payload": "b"}],
                },
            }
        },
        {
            "attachment": {
                "type": "template",
                "payload": {"template_type": "button", "text": "x", "buttons": []},
            }
        },
    ],
)
def test_a_message_beyond_the_limits_is_refused_and_not_sent(graph, practice, message):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")

    answer = send(graph, message=message)

    assert code_of(answer)[0] == 100
    assert len(practice.conversation(PAGE_ID, PSID)) == 1


def test_a_long_title_of_a_quick_reply_is_cut_not_refused(graph, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    reply = {"content_type": "text", "title": "Toimeentulotuen hakeminen", "payload": "T"}

    send(graph, message={"text": "Valitse", "quick_replies": [reply]})

    shown = practice.conversation(PAGE_ID, PSID)[-1].content["quick_replies"]
    assert [one["title"] for one in shown] == ["Toimeentulotuen hake"]


def test_a_comment_is_answered_privately_once(graph, practice):
    post_id = graph.post("/100200300/feed", json={"message": "Avoimet ovet"}).json()["id"]
    comment_id = practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Mihin aikaan?")
    asked = {"fields": "can_reply_privately,private_reply_conversation"}

    first = send(graph, recipient={"comment_id": comment_id})
    second = send(graph, recipient={"comment_id": comment_id})
    comment = graph.get(f"/{comment_id}", params=asked).json()

    assert first.json()["recipient_id"] == PSID
    assert code_of(second) == (10900, None)
    assert comment["can_reply_privately"] is False
    assert comment["private_reply_conversation"]["id"].startswith("t_")


def test_a_comment_older_than_seven_days_cannot_be_answered_privately(graph, practice, clock):
    post_id = graph.post("/100200300/feed", json={"message": "Avoimet ovet"}).json()["id"]
    comment_id = practice.comment_as_resident(PAGE_ID, PSID, object_id=post_id, text="Mihin aikaan?")
    clock.forward(days=7)

    answer = send(graph, recipient={"comment_id": comment_id})

    assert code_of(answer) == (10903, None)


def test_a_thread_that_staff_hold_in_the_inbox_is_closed_to_the_app_until_handed_back(graph, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    practice.write_as_staff(PAGE_ID, PSID, text="Hei, täällä neuvoja.")
    held = send(graph)

    practice.hand_back(PAGE_ID, PSID)
    free = send(graph)

    assert code_of(held) == (10, 2018300)
    assert free.status_code == 200


def test_the_owner_of_a_thread_can_be_asked_and_taken_back(graph, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    practice.write_as_staff(PAGE_ID, PSID, text="Hei")
    owner = graph.get("/100200300/thread_owner", params={"recipient": PSID}).json()

    taken = graph.post("/100200300/take_thread_control", json={"recipient": {"id": PSID}})
    ours = graph.get("/100200300/thread_owner", params={"recipient": PSID}).json()
    graph.post("/100200300/release_thread_control", json={"recipient": {"id": PSID}})
    nobody = graph.get("/100200300/thread_owner", params={"recipient": PSID}).json()

    assert owner["data"][0]["thread_owner"]["app_id"] == "263902037430900"
    assert taken.json() == {"success": True}
    assert ours["data"][0]["thread_owner"]["app_id"] == "555000111"
    assert nobody == {"data": []}


def test_a_thread_that_staff_hold_can_be_neither_passed_on_nor_released(graph, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    practice.write_as_staff(PAGE_ID, PSID, text="Hei")
    who = {"recipient": {"id": PSID}}

    passed = graph.post("/100200300/pass_thread_control", json=who | {"target_app_id": "555000222"})
    released = graph.post("/100200300/release_thread_control", json=who)

    assert code_of(passed) == code_of(released) == (10, 2018300)


def test_a_thread_passed_to_another_app_is_idle_again_after_a_day(graph, practice, clock):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    who = {"recipient": {"id": PSID}}
    graph.post("/100200300/pass_thread_control", json=who | {"target_app_id": "555000222"})
    held = send(graph)

    clock.forward(hours=24)
    free = send(graph)

    assert code_of(held) == (10, 2018300)
    assert free.status_code == 200


@pytest.mark.parametrize("action", ["typing_on", "TYPING_OFF", "mark_seen"])
def test_a_sender_action_is_no_message(graph, practice, action):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")

    answer = graph.post("/100200300/messages", json={"recipient": {"id": PSID}, "sender_action": action})

    assert answer.json() == {"recipient_id": PSID}
    assert len(practice.conversation(PAGE_ID, PSID)) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"sender_action": "wave", "message": None},
        {"message": None},
        {"recipient": {}},
        {"messaging_type": "UTILITY"},
        {"messaging_type": "MESSAGE_TAG"},
        {"tag": "HUMAN_AGENT"},
        {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"},
    ],
)
def test_a_call_that_makes_no_sense_sends_nothing(graph, practice, more):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")

    answer = send(graph, **more)

    assert code_of(answer)[0] == 100
    assert len(practice.conversation(PAGE_ID, PSID)) == 1


def test_who_never_wrote_cannot_be_written_to(graph):
    answer = send(graph, recipient={"id": "7100000001"})

    assert code_of(answer) == (100, 2018001)


def test_a_message_and_a_person_can_be_read_alone(graph, practice):
    mid = practice.write_as_resident(PAGE_ID, PSID, text="Moi", name="Testi Asukas")

    message = graph.get(f"/{mid}", params={"fields": "message,from,to,attachments"}).json()
    person = graph.get(f"/{PSID}").json()

    assert (message["message"], message["from"]["id"]) == ("Moi", PSID)
    assert (person["first_name"], person["last_name"]) == ("Testi", "Asukas")


def test_a_thread_lists_its_messages_newest_first(graph, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi", attachment="https://example.org/a.jpg")
    practice.write_as_resident(PAGE_ID, PSID, text="Oletteko auki?")
    fields = {"fields": "can_reply,unread_count,is_owner,message_count"}
    thread = graph.get("/100200300/conversations", params=fields).json()["data"][0]

    listed = graph.get(f"/{thread['id']}/messages", params={"fields": "message"}).json()["data"]

    assert (thread["can_reply"], thread["unread_count"], thread["is_owner"]) == (True, 2, True)
    assert [message["message"] for message in listed] == ["Oletteko auki?", "Moi"]


def test_conversations_are_found_by_when_they_changed_and_only_of_messenger(graph, practice, clock):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    clock.forward(minutes=5)
    practice.write_as_resident(PAGE_ID, "7000000002", text="Hej")
    between = int(clock().timestamp() * 1000) - 60_000

    def people(**asked):
        found = graph.get("/100200300/conversations", params={"fields": "participants", **asked}).json()
        return [one["participants"]["data"][0]["id"] for one in found["data"]]

    assert people(updated_after_ms=between) == ["7000000002"]
    assert people(updated_before_ms=between) == [PSID]
    assert people(platform="INSTAGRAM") == []


def test_conversations_show_the_newest_messages_of_one_person(graph, practice):
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    practice.write_as_resident(PAGE_ID, "7000000002", text="Hej")
    send(graph)

    fields = "id,participants,messages.limit(1){id,message,from,created_time}"
    told = graph.get("/100200300/conversations", params={"user_id": PSID, "fields": fields}).json()["data"]

    assert len(told) == 1
    assert [one["message"] for one in told[0]["messages"]["data"]] == ["Olemme auki klo 9–15."]
    assert told[0]["messages"]["data"][0]["from"]["id"] == PAGE_ID
