"""Every shape in which Facebook is known to deliver an event, and what we make of it."""

from dataclasses import dataclass
from typing import Any

from social_bot.channels.ports import EventKind

PAGE = "301000001"
OTHER_PAGE = "301000002"
PERSON = "9100000001"
OWN_APP = "777000111"
INBOX_APP = 777000999
POST = f"{PAGE}_5001"
COMMENT = "5001_81"
SECONDS = 1795600000
MILLISECONDS = SECONDS * 1000


@dataclass(frozen=True, kw_only=True)
class Case:
    """``expected`` are the fields to look at, one mapping an event."""

    name: str
    body: dict[str, Any]
    expected: list[dict[str, Any]]


def delivery(*items: dict[str, Any], into: str = "messaging", time: int = MILLISECONDS) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE, "time": time, into: list(items)}]}


def from_person(**fields: Any) -> dict[str, Any]:
    return {"sender": {"id": PERSON}, "recipient": {"id": PAGE}, "timestamp": MILLISECONDS, **fields}


def from_page(**fields: Any) -> dict[str, Any]:
    return {"sender": {"id": PAGE}, "recipient": {"id": PERSON}, "timestamp": MILLISECONDS, **fields}


def without_sender(**fields: Any) -> dict[str, Any]:
    return {"recipient": {"id": PAGE}, "timestamp": MILLISECONDS, **fields}


def change(field: str, /, **value: Any) -> dict[str, Any]:
    return {"field": field, "value": value}


def comment(verb: str = "add", /, **value: Any) -> dict[str, Any]:
    return change(
        "feed", **{"item": "comment", "verb": verb, "comment_id": COMMENT, "post_id": POST, **value}
    )


def _case(name: str, body: dict[str, Any], *expected: dict[str, Any]) -> Case:
    return Case(name=name, body=body, expected=list(expected))


def _unknown(name: str, body: dict[str, Any], /, **expected: Any) -> Case:
    return _case(name, body, {"kind": EventKind.UNKNOWN, **expected})


AUTHOR = {"id": "8200000001", "name": "Etunimi Sukunimi"}
PAGE_AS_AUTHOR = {"id": PAGE, "name": "Sosiaalineuvonta"}

MESSAGES = [
    _case(
        "text",
        delivery(from_person(message={"mid": "m_1", "text": "Hei, mihin soitan?"})),
        {
            "kind": EventKind.MESSAGE,
            "page_id": PAGE,
            "contact_id": PERSON,
            "message_id": "m_1",
            "text": "Hei, mihin soitan?",
            "key": f"{PAGE}:mid:m_1",
            "has_attachment": False,
        },
    ),
    _case(
        "text with numbers for ids and an older mid",
        {
            "object": "page",
            "entry": [
                {
                    "id": int(PAGE),
                    "time": MILLISECONDS,
                    "messaging": [
                        {
                            "sender": {"id": int(PERSON)},
                            "recipient": {"id": int(PAGE)},
                            "timestamp": MILLISECONDS,
                            "message": {"mid": "mid.1795600000000:f00", "seq": 4, "text": "God dag"},
                        }
                    ],
                }
            ],
        },
        {"kind": EventKind.MESSAGE, "page_id": PAGE, "contact_id": PERSON, "text": "God dag"},
    ),
    _case(
        "text with extras",
        delivery(
            from_person(
                message={
                    "mid": "m_2",
                    "text": "Onko palvelu maksuton?",
                    "nlp": {"entities": {"greetings": [{"confidence": 0.4, "value": "true"}]}},
                    "tags": [{"source": "customer_chat_plugin"}],
                    "commands": [{"name": "hours"}],
                },
                prior_message={"source": "checkbox_plugin", "identifier": "r-1"},
            )
        ),
        {"kind": EventKind.MESSAGE, "text": "Onko palvelu maksuton?"},
    ),
    _case(
        "quick reply",
        delivery(
            from_person(message={"mid": "m_3", "text": "Svenska", "quick_reply": {"payload": "LANG_SV"}})
        ),
        {"kind": EventKind.MESSAGE, "payload": "LANG_SV", "text": "Svenska"},
    ),
    _case(
        "referral inside a message",
        delivery(
            from_person(
                message={
                    "mid": "m_4",
                    "text": "Moikka",
                    "referral": {"ref": "spring", "ad_id": "61", "source": "ADS", "type": "OPEN_THREAD"},
                }
            )
        ),
        {"kind": EventKind.MESSAGE, "text": "Moikka"},
    ),
    _case(
        "several attachments and no text",
        delivery(
            from_person(
                message={
                    "mid": "m_5",
                    "attachments": [
                        {"type": "image", "payload": {"url": "https://cdn.example.org/a.jpg"}},
                        {"type": "audio", "payload": {"url": "https://cdn.example.org/b.mp4"}},
                    ],
                }
            )
        ),
        {"kind": EventKind.MESSAGE, "text": None, "has_attachment": True},
    ),
    _case(
        "location",
        delivery(
            from_person(
                message={
                    "mid": "m_6",
                    "attachments": [
                        {"type": "location", "payload": {"coordinates": {"lat": "61.5", "long": 23.8}}}
                    ],
                }
            )
        ),
        {"kind": EventKind.MESSAGE, "has_attachment": True},
    ),
    _case(
        "shared links with odd payloads",
        delivery(
            from_person(
                message={
                    "mid": "m_7",
                    "text": "Katso tämä",
                    "attachments": [
                        {"type": "fallback", "title": "A", "URL": "https://example.org/a", "payload": None},
                        {"type": "fallback", "payload": "BLOB"},
                    ],
                }
            )
        ),
        {"kind": EventKind.MESSAGE, "text": "Katso tämä", "has_attachment": True},
    ),
    _case(
        "attachment types of 2026",
        delivery(
            from_person(
                message={
                    "mid": "m_8",
                    "attachments": [
                        {"type": "post", "payload": {"url": "https://example.org/p", "id": 5001}},
                        {"type": "appointment_booking", "payload": {"status": "requested"}},
                        {"type": "like_heart"},
                    ],
                }
            )
        ),
        {"kind": EventKind.MESSAGE, "has_attachment": True},
    ),
    _case(
        "sticker, old",
        delivery(from_person(message={"mid": "m_9", "sticker_id": 90})),
        {"kind": EventKind.MESSAGE, "has_attachment": True},
    ),
    _case(
        "sticker, new",
        delivery(
            from_person(
                message={
                    "mid": "m_10",
                    "attachments": [{"type": "sticker", "payload": {"sticker_id": 90}}],
                }
            )
        ),
        {"kind": EventKind.MESSAGE, "has_attachment": True},
    ),
    _case(
        "reply to a message, and to a story, which has no mid",
        delivery(
            from_person(message={"mid": "m_11", "text": "Joo", "reply_to": {"mid": "m_out"}}),
            from_person(message={"mid": "m_12", "text": "Kiva", "reply_to": {"story": {"id": "s_1"}}}),
        ),
        {"kind": EventKind.MESSAGE, "message_id": "m_11"},
        {"kind": EventKind.MESSAGE, "message_id": "m_12"},
    ),
    _case(
        "edit",
        delivery(from_person(message_edit={"mid": "m_1", "text": "Hei, minne soitan?", "num_edit": "1"})),
        {"kind": EventKind.EDIT, "message_id": "m_1", "text": "Hei, minne soitan?"},
    ),
    _case(
        "unsend",
        delivery(from_person(message={"mid": "m_1", "is_deleted": True})),
        {"kind": EventKind.UNSEND, "message_id": "m_1", "text": None},
    ),
    _case(
        "content that is not shown to us",
        delivery(from_person(message={"mid": "m_13", "is_unsupported": True})),
        {"kind": EventKind.UNSUPPORTED, "message_id": "m_13", "contact_id": PERSON},
    ),
    _case(
        "message with nothing in it",
        delivery(from_person(message={"mid": "m_14"})),
        {"kind": EventKind.UNSUPPORTED},
    ),
]

BUTTONS = [
    _case(
        "postback",
        delivery(from_person(postback={"mid": "m_20", "title": "Soittopyyntö", "payload": "CALLBACK"})),
        {"kind": EventKind.POSTBACK, "payload": "CALLBACK", "key": f"{PAGE}:mid:m_20"},
    ),
    _case(
        "postback without mid and title",
        delivery(from_person(postback={"payload": "CALLBACK"})),
        {"kind": EventKind.POSTBACK, "payload": "CALLBACK", "text": None},
    ),
    _case(
        "get started with a referral",
        delivery(
            from_person(
                postback={
                    "title": "Aloita",
                    "payload": "GET_STARTED",
                    "referral": {"ref": "poster", "type": "OPEN_THREAD"},
                }
            )
        ),
        {"kind": EventKind.POSTBACK, "payload": "GET_STARTED"},
    ),
    _case(
        "postback of a guest in the chat plugin",
        delivery(
            {
                "sender": {"user_ref": "guest-5"},
                "recipient": {"id": PAGE},
                "timestamp": MILLISECONDS,
                "postback": {"title": "", "payload": "HELLO", "referral": {"ref": None}},
            }
        ),
        {"kind": EventKind.POSTBACK, "contact_id": None, "payload": "HELLO", "text": None},
    ),
    _case(
        "postback in changes, its time a text of seconds",
        delivery(
            change(
                "messaging_postbacks",
                sender={"user_ref": "guest-5"},
                recipient={"id": PAGE},
                timestamp=str(SECONDS),
                postback={"mid": "m_21", "title": "Start", "payload": "GET_STARTED"},
            ),
            into="changes",
            time=SECONDS,
        ),
        {"kind": EventKind.POSTBACK, "payload": "GET_STARTED", "message_id": "m_21"},
    ),
    _case(
        "referral of a link",
        delivery(from_person(referral={"ref": "flyer", "source": "SHORTLINK", "type": "OPEN_THREAD"})),
        {"kind": EventKind.REFERRAL, "payload": "flyer"},
    ),
    _case(
        "referral of an ad, in seconds",
        delivery(
            {
                "sender": {"id": PERSON, "user_ref": PERSON},
                "recipient": {"id": PAGE},
                "timestamp": SECONDS,
                "referral": {"ref": "spring", "source": "ADS", "ad_id": "61"},
            }
        ),
        {"kind": EventKind.REFERRAL, "contact_id": PERSON},
    ),
    _case(
        "optin",
        delivery(from_person(optin={"ref": "site"})),
        {"kind": EventKind.OPTIN, "payload": "site"},
    ),
    _case(
        "optin of a guest, without a sender",
        delivery(without_sender(optin={"ref": "site", "user_ref": "guest-5"})),
        {"kind": EventKind.OPTIN, "contact_id": None},
    ),
    _case(
        "optin to notifications",
        delivery(
            from_person(
                optin={
                    "type": "notification_messages",
                    "payload": "NEWS",
                    "notification_messages_token": "77",
                    "token_expiry_timestamp": 1827039600000,
                }
            )
        ),
        {"kind": EventKind.OPTIN, "payload": "NEWS"},
    ),
]

ECHOES = [
    _case(
        "echo of ours",
        delivery(
            from_page(
                message={
                    "mid": "m_o1",
                    "is_echo": True,
                    "app_id": int(OWN_APP),
                    "metadata": "out:31",
                    "text": "Olemme auki arkisin.",
                }
            )
        ),
        {"kind": EventKind.ECHO, "contact_id": PERSON, "app_id": OWN_APP, "reference": "out:31"},
    ),
    _case(
        "echo of a colleague in the Inbox",
        delivery(
            from_page(
                message={"mid": "m_h1", "is_echo": True, "app_id": INBOX_APP, "metadata": "x", "text": "Hei!"}
            )
        ),
        {
            "kind": EventKind.ECHO,
            "contact_id": PERSON,
            "app_id": str(INBOX_APP),
            "reference": None,
            "text": "Hei!",
        },
    ),
    _case(
        "echo without an app",
        delivery(from_page(message={"mid": "m_h2", "is_echo": True})),
        {"kind": EventKind.ECHO, "contact_id": PERSON, "app_id": None},
    ),
    _case(
        "echo that does not say that it is one",
        delivery(from_page(message={"mid": "m_h3", "text": "Hei taas"})),
        {"kind": EventKind.ECHO, "contact_id": PERSON},
    ),
    _case(
        "echo of a template",
        delivery(
            from_page(
                message={
                    "mid": "m_o2",
                    "is_echo": True,
                    "app_id": int(OWN_APP),
                    "attachments": [{"type": "template", "payload": {"template_type": "button"}}],
                }
            )
        ),
        {"kind": EventKind.ECHO, "has_attachment": True, "text": None},
    ),
    _case(
        "delivery, which has no time",
        delivery(
            {
                "sender": {"id": PERSON},
                "recipient": {"id": PAGE},
                "delivery": {"mids": ["m_o1"], "watermark": MILLISECONDS},
            }
        ),
        {"kind": EventKind.DELIVERY, "message_id": "m_o1", "occurred_at": None},
    ),
    _case(
        "delivery without mids, its watermark a text",
        delivery(
            {
                "sender": {"id": PERSON},
                "recipient": {"id": PAGE},
                "delivery": {"watermark": str(MILLISECONDS)},
            }
        ),
        {"kind": EventKind.DELIVERY, "message_id": None},
    ),
    _case(
        "read up to a moment, and of one message",
        delivery(from_person(read={"watermark": MILLISECONDS}), from_person(read={"mid": "m_o1"})),
        {"kind": EventKind.READ, "message_id": None},
        {"kind": EventKind.READ, "message_id": "m_o1"},
    ),
    _case(
        "reaction and its end",
        delivery(
            from_person(
                reaction={"mid": "m_o1", "action": "react", "reaction": "love", "emoji": "\u2764\ufe0f"}
            ),
            from_person(reaction={"mid": "m_o1", "action": "unreact"}),
        ),
        {"kind": EventKind.REACTION, "action": "react", "message_id": "m_o1"},
        {"kind": EventKind.REACTION, "action": "unreact"},
    ),
    _unknown(
        "feedback on an answer",
        delivery(from_person(response_feedback={"feedback": "Bad response", "mid": "m_o1"})),
    ),
    _unknown("account linking", delivery(from_person(account_linking={"status": "unlinked"}))),
    _unknown("message request, a bare word", delivery(from_person(message_request="accept"))),
]

ROUTING = [
    _case(
        "standby text",
        delivery(from_person(message={"mid": "m_s1", "text": "Onko täällä ketään?"}), into="standby"),
        {
            "kind": EventKind.STANDBY,
            "action": "message",
            "contact_id": PERSON,
            "text": "Onko täällä ketään?",
            "message_id": "m_s1",
        },
    ),
    _case(
        "standby postback, which has no payload",
        delivery(from_person(postback={"title": "Soittopyyntö"}), into="standby"),
        {"kind": EventKind.STANDBY, "action": "postback", "payload": None},
    ),
    _case(
        "standby echo and an empty item",
        delivery(
            from_page(message={"mid": "m_h4", "is_echo": True, "app_id": INBOX_APP, "text": "Hetki"}),
            from_person(),
            into="standby",
        ),
        {"kind": EventKind.STANDBY, "action": "echo", "contact_id": PERSON, "app_id": str(INBOX_APP)},
        {"kind": EventKind.UNKNOWN},
    ),
    _case(
        "thread passed to us while standing by",
        delivery(
            from_person(pass_thread_control={"new_owner_app_id": OWN_APP}) | {"timestamp": MILLISECONDS + 1},
            into="standby",
        ),
        {"kind": EventKind.HANDOVER, "action": "pass", "new_owner_app_id": OWN_APP},
    ),
    _case(
        "thread passed to us after idling",
        delivery(
            from_person(pass_thread_control={"previous_owner_app_id": None, "new_owner_app_id": OWN_APP})
        ),
        {"kind": EventKind.HANDOVER, "action": "pass", "new_owner_app_id": OWN_APP},
    ),
    _case(
        "thread passed to another, its id a number",
        delivery(from_person(pass_thread_control={"new_owner_app_id": INBOX_APP})),
        {"kind": EventKind.HANDOVER, "action": "pass", "new_owner_app_id": str(INBOX_APP)},
    ),
    _case(
        "thread taken, by whom is not said",
        delivery(from_person(take_thread_control={"previous_owner_app_id": OWN_APP, "metadata": ""})),
        {"kind": EventKind.HANDOVER, "action": "take", "new_owner_app_id": None, "contact_id": PERSON},
    ),
    _case(
        "thread asked for",
        delivery(from_person(request_thread_control={"requested_owner_app_id": 777000222})),
        {"kind": EventKind.HANDOVER, "action": "request", "new_owner_app_id": "777000222"},
    ),
    _case(
        "roles of apps",
        delivery(without_sender(app_roles={OWN_APP: ["primary_receiver"]})),
        {"kind": EventKind.HANDOVER, "action": "roles", "contact_id": None},
    ),
    _case(
        "policy enforcement, both spellings",
        delivery(
            without_sender(policy_enforcement={"action": "block", "reason": "too many messages"}),
            without_sender(**{"policy-enforcement": {"action": "unblock", "reason": "resolved"}}),
        ),
        {"kind": EventKind.POLICY, "action": "block", "text": "too many messages", "contact_id": None},
        {"kind": EventKind.POLICY, "action": "unblock"},
    ),
]


def _feed(name: str, value: dict[str, Any], /, **expected: Any) -> Case:
    return _case(
        name,
        delivery(value, into="changes", time=SECONDS),
        {"kind": EventKind.FEED, "page_id": PAGE, **expected},
    )


FEED = [
    _feed(
        "comment",
        comment(parent_id=POST, created_time=SECONDS, message="Mistä lomakkeen saa?", **{"from": AUTHOR}),
        item="comment",
        action="add",
        message_id=COMMENT,
        contact_id=AUTHOR["id"],
        text="Mistä lomakkeen saa?",
        payload=None,
        key=f"{PAGE}:feed:comment:add:{COMMENT}",
    ),
    _feed(
        "reply to a comment, with a picture",
        change(
            "feed",
            item="comment",
            verb="add",
            comment_id="5001_82",
            post_id=POST,
            parent_id=COMMENT,
            created_time=SECONDS,
            message="Samma här",
            photo="https://cdn.example.org/c.jpg",
            post={"id": POST, "updated_time": "2026-11-25T07:00:00+0000"},
            **{"from": AUTHOR},
        ),
        payload=COMMENT,
        has_attachment=True,
    ),
    _feed(
        "comment of the page itself",
        comment(
            comment_id="5001_83",
            parent_id=COMMENT,
            created_time=SECONDS,
            message="Kiitos!",
            **{"from": PAGE_AS_AUTHOR},
        ),
        contact_id=PAGE,
    ),
    _feed(
        "comment in the old form",
        comment(
            comment_id="5001_84",
            sender_id=8200000002,
            sender_name="E. S.",
            created_time=SECONDS,
            message="Hei",
        ),
        contact_id="8200000002",
    ),
    _feed(
        "comment without an author",
        comment(comment_id="5001_85", created_time=SECONDS, message="Hei"),
        contact_id=None,
    ),
    _feed(
        "comment edited",
        comment("edited", parent_id=POST, created_time=SECONDS, message="Uusi teksti", **{"from": AUTHOR}),
        action="edit",
        text="Uusi teksti",
    ),
    _feed(
        "comment removed",
        comment("remove", parent_id=POST, **{"from": {"id": "8200000001"}}),
        action="remove",
        text=None,
        occurred_at=None,
    ),
    _feed(
        "comment hidden",
        comment("hide", sender_id=8200000001, sender_name="E. S.", created_time=SECONDS, message="Hei"),
        action="hide",
    ),
    _feed(
        "comment shown again",
        comment("unhide", sender_id=8200000001, sender_name="E. S.", created_time=SECONDS, message="Hei"),
        action="unhide",
    ),
    _feed(
        "post of a visitor",
        change(
            "feed",
            item="post",
            verb="add",
            post_id=f"{PAGE}_5002",
            is_hidden=False,
            sender_id=8200000001,
            message="Hyvä palvelu",
            **{"from": AUTHOR},
        ),
        item="post",
        message_id=f"{PAGE}_5002",
    ),
    _feed(
        "post of a visitor edited",
        change(
            "feed",
            item="post",
            verb="edit",
            post_id=f"{PAGE}_5002",
            recipient_id=int(PAGE),
            created_time=SECONDS,
            message="Oikein hyvä",
            **{"from": {"id": 8200000001}},
        ),
        action="edit",
        contact_id="8200000001",
    ),
    _feed(
        "post of the page",
        change(
            "feed",
            item="status",
            verb="add",
            post_id=POST,
            published=1,
            created_time=SECONDS,
            message="Avoinna",
            photos=["https://cdn.example.org/1.jpg"],
            **{"from": PAGE_AS_AUTHOR},
        ),
        item="status",
        contact_id=PAGE,
        has_attachment=True,
    ),
    _feed(
        "photo, its ids numbers",
        change("feed", item="photo", verb="add", photo_id=5003, post_id=f"{PAGE}_5003", sender_id=int(PAGE)),
        item="photo",
        contact_id=PAGE,
    ),
    _feed(
        "album, which has no post",
        change("feed", item="album", verb="add", album_id=5004, photo_ids=[1, 2], created_time=SECONDS),
        item="album",
        message_id="5004",
    ),
    _feed(
        "video muted, without post or time",
        change("feed", item="video", verb="mute", video_id="5005", video_flag_reason=1),
        action="mute",
        message_id="5005",
        occurred_at=None,
    ),
    _feed(
        "link post",
        change(
            "feed", item="share", verb="add", share_id=5006, post_id=f"{PAGE}_5006", link="https://x.example"
        ),
        item="share",
    ),
    _feed(
        "event post",
        change("feed", item="event", verb="add", event_id="5007", post_id=f"{PAGE}_5007", story="…"),
        item="event",
    ),
    _feed(
        "reaction, by whom is not kept",
        change(
            "feed",
            item="reaction",
            verb="add",
            reaction_type="love",
            post_id=POST,
            parent_id=POST,
            created_time=SECONDS,
            **{"from": AUTHOR},
        ),
        item="reaction",
        message_id=POST,
        contact_id=None,
    ),
    _feed(
        "reaction to a comment removed",
        change(
            "feed",
            item="reaction",
            verb="remove",
            reaction_type="wow",
            post_id=POST,
            comment_id=COMMENT,
            created_time=SECONDS,
            **{"from": {"id": "8200000001"}},
        ),
        action="remove",
        message_id=COMMENT,
    ),
    _feed("like of the page", change("feed", item="like", verb="add"), item="like", message_id=None),
    _feed(
        "mention in another's post",
        change(
            "mention", item="post", verb="add", post_id="8300000001_9", created_time=SECONDS, message="Kiitos"
        ),
        item="mention",
        text="Kiitos",
    ),
    _feed(
        "mention in another's comment",
        change("mention", item="comment", verb="add", post_id="8300000001_9", comment_id="9_1", message="Ok"),
        item="mention",
        message_id="9_1",
    ),
    _feed(
        "rating",
        change(
            "ratings",
            item="rating",
            verb="add",
            open_graph_story_id=7001,
            reviewer_id=8200000001,
            reviewer_name="E. S.",
            rating=4,
            review_text="Hyvä",
            comment_id=None,
            created_time=SECONDS,
        ),
        item="rating",
        message_id="7001",
        text="Hyvä",
        contact_id="8200000001",
    ),
    _feed(
        "rating removed",
        change("ratings", item="rating", verb="remove", open_graph_story_id=7001, reviewer_id=8200000001),
        item="rating",
        action="remove",
    ),
    _feed(
        "reaction to a rating",
        change(
            "ratings",
            item="reaction",
            verb="add",
            reaction_type="haha",
            open_graph_story_id="7001",
            review_text=None,
            comment_id=None,
            sender_id=8200000002,
        ),
        item="rating",
        contact_id=None,
    ),
]

ODDITIES = [
    _unknown("unknown field", delivery(change("weather", item="sun"), into="changes"), item="weather"),
    _unknown("unknown item", delivery(change("feed", item="hologram", verb="rotate"), into="changes")),
    _unknown("unknown verb", delivery(change("feed", item="comment", verb="sing"), into="changes")),
    _unknown("change without a value", delivery({"field": "parking"}, into="changes"), item="parking"),
    _unknown("lead form", delivery(change("leadgen", leadgen_id="1", page_id=PAGE), into="changes")),
    _unknown("unknown event", delivery(from_person(telepathy={"mood": "good"}))),
    _unknown("no event", delivery(from_person()), page_id=PAGE),
    _unknown("empty item", delivery({})),
    _unknown(
        "unknown list",
        {"object": "page", "entry": [{"id": PAGE, "other": [{"sender": {"id": PERSON}}]}]},
        page_id=PAGE,
    ),
    _unknown("entry without a list", {"object": "page", "entry": [{"id": PAGE}]}),
    _case("no entries", {"object": "page", "entry": []}),
    _unknown("another object", {"object": "something_else", "entry": [{}]}, page_id=""),
    _unknown(
        "permissions of the app",
        {
            "object": "permissions",
            "entry": [{"id": "0", "uid": "0", "time": SECONDS, "changes": [change("pages_messaging")]}],
        },
    ),
    _unknown(
        "message to another page than the entry's",
        delivery(
            {
                "sender": {"id": PERSON},
                "recipient": {"id": OTHER_PAGE},
                "message": {"mid": "m_x1", "text": "?"},
            }
        ),
    ),
    _unknown(
        "sender that is no number",
        delivery(
            {"sender": {"id": "abc"}, "recipient": {"id": PAGE}, "message": {"mid": "m_x2", "text": "?"}}
        ),
    ),
    _unknown("message of nobody", delivery(without_sender(message={"mid": "m_x3", "text": "?"}))),
    _case(
        "test button of the dashboard, a change",
        {
            "object": "page",
            "entry": [{"id": "0", "time": SECONDS, "changes": [change("messages", page_id=PAGE)]}],
        },
        {"kind": EventKind.TEST},
    ),
    _case(
        "test button of the dashboard, a message",
        {
            "entry": [
                {
                    "id": "0",
                    "time": MILLISECONDS,
                    "messaging": [
                        {
                            "sender": {"id": "11"},
                            "recipient": {"id": "22"},
                            "timestamp": str(SECONDS),
                            "message": {"mid": "test", "text": "koe"},
                        }
                    ],
                }
            ]
        },
        {"kind": EventKind.TEST},
    ),
]

CATALOGUE = [*MESSAGES, *BUTTONS, *ECHOES, *ROUTING, *FEED, *ODDITIES]
