"""Conversations as they are read back: threads, messages and people.

https://developers.facebook.com/docs/graph-api/reference/conversation and .../reference/message
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from social_bot.practice.call import Call, graph_time
from social_bot.practice.fields import Field
from social_bot.practice.fields import select as select_fields
from social_bot.practice.messaging import WINDOW
from social_bot.practice.paging import answer_page, inner_page
from social_bot.practice.state import MessageRow, PageRow, ResidentRow, ThreadRow

_KNOWN_OF_THREAD = frozenset(
    ["folder", "former_participants", "is_subscribed", "linked_group", "scoped_thread_key", "wallpaper"]
)
_KNOWN_OF_MESSAGE = frozenset(
    ["is_unsupported", "reactions", "shares", "sticker", "story", "tags", "thread_id"]
)


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
            "updated_time": lambda _: graph_time(thread.updated_at),
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
            "created_time": lambda _: graph_time(message.created_at),
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
