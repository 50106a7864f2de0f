"""Messenger: sending, the 24-hour window, private replies, conversations and who holds a thread.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from social_bot.practice import events, shapes, threads
from social_bot.practice.call import Call
from social_bot.practice.fields import Field
from social_bot.practice.fields import select as select_fields
from social_bot.practice.messages import check_message, message_content
from social_bot.practice.paging import answer_page, inner_page
from social_bot.practice.refusals import Refusal, bad_parameter, no_such_object
from social_bot.practice.state import CommentRow, MessageRow, PageRow, ResidentRow, ThreadRow

WINDOW = timedelta(hours=24)
HUMAN_AGENT_WINDOW = timedelta(days=7)
_TYPING_SHOWN = timedelta(seconds=20)
_SENDER_ACTIONS = frozenset({"TYPING_ON", "TYPING_OFF", "MARK_SEEN", "REACT", "UNREACT"})
_KNOWN_OF_THREAD = frozenset(
    ["folder", "former_participants", "is_subscribed", "linked_group", "scoped_thread_key", "wallpaper"]
)
_KNOWN_OF_MESSAGE = frozenset(
    ["is_unsupported", "reactions", "shares", "sticker", "story", "tags", "thread_id"]
)


def send_message(call: Call, page: PageRow) -> object:
    recipient = call.parameters.mapping("recipient")
    if not recipient:
        raise bad_parameter("The parameter recipient is required")
    if recipient.keys() & {"comment_id", "post_id"}:
        return _reply_privately(call, page, str(recipient.get("comment_id") or recipient.get("post_id")))
    psid = str(recipient.get("id") or "")
    resident = call.session.get(ResidentRow, (page.id, psid))
    if resident is None:
        raise bad_parameter("No matching user found", subcode=2018001)
    thread = threads.thread_of(call.session, page, psid, call.now)
    action = call.parameters.text("sender_action")
    message = call.parameters.mapping("message")
    if action and not message:
        return _act(call, thread, action.upper())
    if not message:
        raise bad_parameter("The parameter message is required")
    check_message(message)
    _check_kind(call)
    _check_reachable(call, page, resident, thread)
    return _send(call, page, thread, message)


def list_conversations(call: Call, page: PageRow) -> object:
    if (call.parameters.text("platform") or "MESSENGER").upper() != "MESSENGER":
        return {"data": []}
    query = select(ThreadRow).where(ThreadRow.page_id == page.id, ThreadRow.updated_at <= call.now)
    person = call.parameters.text("user_id")
    if person is not None:
        query = query.where(ThreadRow.psid == person)
    after, before = call.parameters.whole("updated_after_ms"), call.parameters.whole("updated_before_ms")
    rows = [
        thread
        for thread in call.session.scalars(query.order_by(ThreadRow.updated_at.desc()))
        if (after is None or thread.updated_at.timestamp() * 1000 > after)
        and (before is None or thread.updated_at.timestamp() * 1000 < before)
    ]
    return answer_page(
        call, rows, key=lambda row: row.id, shape=lambda row: _show_thread(call, row, call.fields)
    )


def read_thread(call: Call, thread: ThreadRow) -> object:
    return _show_thread(call, thread, call.fields)


def list_messages(call: Call, thread: ThreadRow) -> object:
    rows = _newest_messages(call, thread)
    return answer_page(
        call, rows, key=lambda row: row.mid, shape=lambda row: _show_message(call, thread, row, call.fields)
    )


def read_message(call: Call, message: MessageRow) -> object:
    thread = call.session.get_one(ThreadRow, message.thread_id)
    return _show_message(call, thread, message, call.fields)


def find_message(session: Session, mid: str) -> MessageRow | None:
    return session.scalar(select(MessageRow).where(MessageRow.mid == mid))


def read_person(call: Call, person: ResidentRow) -> object:
    first, _, last = person.name.partition(" ")
    return select_fields(
        "User",
        call.fields,
        {
            "id": lambda _: person.psid,
            "name": lambda _: person.name,
            "first_name": lambda _: first,
            "last_name": lambda _: last or None,
        },
        usual="first_name last_name id",
        known=frozenset({"profile_pic", "locale", "timezone", "gender"}),
    )


def read_thread_owner(call: Call, page: PageRow) -> object:
    thread = _thread_named(call, page)
    if thread.owner_app_id is None:
        return {"data": []}
    owner = {"app_id": thread.owner_app_id}
    if thread.owned_until is not None:
        owner["expiration"] = str(int(thread.owned_until.timestamp()))
    return {"data": [{"thread_owner": owner}]}


def take_thread_control(call: Call, page: PageRow) -> object:
    """The default app may take a thread from anybody."""
    thread = _thread_named(call, page)
    threads.give(call.session, page, thread, page.app_id, call.now, kind="take_thread_control")
    return {"success": True}


def pass_thread_control(call: Call, page: PageRow) -> object:
    target = call.parameters.text("target_app_id")
    if not target:
        raise bad_parameter("The parameter target_app_id is required")
    thread = _thread_named(call, page)
    if thread.is_held_by_another_than(page.app_id):
        raise _held_by_another()
    threads.give(call.session, page, thread, target, call.now, kind="pass_thread_control")
    return {"success": True}


def release_thread_control(call: Call, page: PageRow) -> object:
    thread = _thread_named(call, page)
    if thread.is_held_by_another_than(page.app_id):
        raise _held_by_another()
    thread.owner_app_id = thread.owned_until = None
    return {"success": True}


def request_thread_control(call: Call, page: PageRow) -> object:
    _thread_named(call, page)
    return {"success": True}


def _reply_privately(call: Call, page: PageRow, comment_id: str) -> object:
    """One message for a comment, within seven days of it."""
    comment = call.session.get(CommentRow, comment_id)
    if comment is None or comment.page_id != page.id:
        raise no_such_object(comment_id, "POST")
    message = call.parameters.mapping("message")
    if not message:
        raise bad_parameter("The parameter message is required")
    check_message(message)
    if comment.private_reply_mid is not None:
        raise Refusal("(#10900) Activity already replied to", code=10900)
    author = ResidentRow.author_id == comment.author_id
    resident = call.session.scalar(select(ResidentRow).where(ResidentRow.page_id == page.id, author))
    if resident is None or not shapes.may_be_replied_privately(comment, call.now):
        raise Refusal("(#10903) This user cannot reply to this activity", code=10903)
    thread = threads.thread_of(call.session, page, resident.psid, call.now)
    answer = _send(call, page, thread, message)
    comment.private_reply_mid = str(answer["message_id"])
    return answer


def _act(call: Call, thread: ThreadRow, action: str) -> dict[str, object]:
    if action not in _SENDER_ACTIONS:
        raise bad_parameter("Param sender_action must be one of the known actions")
    if action == "TYPING_ON":
        thread.typing_until = call.now + _TYPING_SHOWN
    elif action == "TYPING_OFF":
        thread.typing_until = None
    return {"recipient_id": thread.psid}


def _check_kind(call: Call) -> None:
    kind = call.parameters.text("messaging_type") or "RESPONSE"
    tag = call.parameters.text("tag")
    if kind not in {"RESPONSE", "UPDATE", "MESSAGE_TAG"}:
        raise bad_parameter("Param messaging_type must be one of RESPONSE, UPDATE, MESSAGE_TAG")
    if (kind == "MESSAGE_TAG") != (tag is not None):
        raise bad_parameter("A message tag and messaging_type MESSAGE_TAG belong together")
    if tag is not None and tag != "HUMAN_AGENT":  # the others died on 27 April 2026
        raise bad_parameter("This message tag is no longer supported")


def _check_reachable(call: Call, page: PageRow, resident: ResidentRow, thread: ThreadRow) -> None:
    if resident.has_blocked_page:
        raise Refusal("(#551) This person isn't available right now.", code=551, subcode=1545041)
    if thread.is_held_by_another_than(page.app_id):
        raise _held_by_another()
    window = HUMAN_AGENT_WINDOW if call.parameters.text("tag") else WINDOW
    if thread.last_inbound_at is None or call.now - thread.last_inbound_at > window:
        raise Refusal("(#10) This message is sent outside of allowed window.", code=10, subcode=2018278)


def _send(call: Call, page: PageRow, thread: ThreadRow, message: dict[str, Any]) -> dict[str, object]:
    text = message.get("text")
    row = threads.add_message(
        call.session,
        thread,
        call.now,
        is_from_page=True,
        app_id=page.app_id,
        text=None if text is None else str(text),
        content=message_content(message),
    )
    thread.typing_until = None
    events.tell_echo(call.session, page, thread, row)
    events.tell_delivery(call.session, page, thread, row)
    return {"recipient_id": thread.psid, "message_id": row.mid}


def _held_by_another() -> Refusal:
    return Refusal(
        "(#10) Message failed to send because another app is controlling this thread now.",
        code=10,
        subcode=2018300,
    )


def _thread_named(call: Call, page: PageRow) -> ThreadRow:
    recipient = call.parameters.values.get("recipient")
    is_plain = isinstance(recipient, str) and not recipient.lstrip().startswith("{")
    psid = str(recipient) if is_plain else str((call.parameters.mapping("recipient") or {}).get("id", ""))
    if call.session.get(ResidentRow, (page.id, psid)) is None:
        raise bad_parameter("No matching user found", subcode=2018001)
    return threads.thread_of(call.session, page, psid, call.now)


def _newest_messages(call: Call, thread: ThreadRow) -> list[MessageRow]:
    query = select(MessageRow).where(MessageRow.thread_id == thread.id)
    return list(call.session.scalars(query.order_by(MessageRow.number.desc())))


def _show_thread(call: Call, thread: ThreadRow, asked: tuple[Field, ...]) -> dict[str, object]:
    messages = _newest_messages(call, thread)
    is_open = thread.last_inbound_at is not None and call.now - thread.last_inbound_at <= WINDOW

    def inner_messages(field: Field) -> dict[str, object]:
        return inner_page(
            field,
            messages,
            key=lambda row: row.mid,
            shape=lambda row: _show_message(call, thread, row, tuple(field.inner)),
            summary={"total_count": len(messages)},
        )

    return select_fields(
        "UnifiedThread",
        asked,
        {
            "id": lambda _: thread.id,
            "updated_time": lambda _: shapes.graph_time(thread.updated_at),
            "link": lambda _: f"/pages/{thread.page_id}?psid={thread.psid}",
            "message_count": lambda _: len(messages),
            "unread_count": lambda _: _unread(messages),
            "snippet": lambda _: messages[0].text if messages else None,
            "can_reply": lambda _: is_open,
            "is_owner": lambda _: bool(call.page) and not thread.is_held_by_another_than(call.config.app_id),
            "participants": lambda _: {"data": [_person(call, thread), _page(call, thread)]},
            "senders": lambda _: {"data": [_person(call, thread), _page(call, thread)]},
            "messages": inner_messages,
        },
        usual="id link updated_time",
        known=_KNOWN_OF_THREAD | {"name"},
    )


def _show_message(
    call: Call, thread: ThreadRow, message: MessageRow, asked: tuple[Field, ...]
) -> dict[str, object]:
    person, page = _person(call, thread), _page(call, thread)
    sender, receiver = (page, person) if message.is_from_page else (person, page)
    attachments = message.content.get("attachments")
    return select_fields(
        "Message",
        asked,
        {
            "id": lambda _: message.mid,
            "created_time": lambda _: shapes.graph_time(message.created_at),
            "message": lambda _: message.text or "",
            "from": lambda _: sender,
            "to": lambda _: {"data": [receiver]},
            "attachments": lambda _: {"data": attachments} if attachments else None,
        },
        usual="id created_time",
        known=_KNOWN_OF_MESSAGE,
    )


def _person(call: Call, thread: ThreadRow) -> dict[str, str]:
    resident = call.session.get(ResidentRow, (thread.page_id, thread.psid))
    return {
        "name": resident.name if resident else "",
        "email": f"{thread.psid}@facebook.com",
        "id": thread.psid,
    }


def _page(call: Call, thread: ThreadRow) -> dict[str, str]:
    page = call.session.get_one(PageRow, thread.page_id)
    return {"name": page.name, "email": f"{page.id}@facebook.com", "id": page.id}


def _unread(newest_first: list[MessageRow]) -> int:
    count = 0
    for message in newest_first:
        if message.is_from_page:
            break
        count += 1
    return count
