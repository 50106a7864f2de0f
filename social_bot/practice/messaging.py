"""Messages to a person: the 24-hour window, its exceptions, and private replies to comments.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from social_bot.practice import discussion, events, threads
from social_bot.practice.call import Call
from social_bot.practice.messages import check_message, message_content
from social_bot.practice.refusals import Refusal, bad_parameter, no_such_object
from social_bot.practice.routing import held_by_another, known_thread
from social_bot.practice.state import CommentRow, PageRow, ResidentRow, ThreadRow

WINDOW = timedelta(hours=24)
HUMAN_AGENT_WINDOW = timedelta(days=7)
_TYPING_SHOWN = timedelta(seconds=20)
_SENDER_ACTIONS = frozenset({"TYPING_ON", "TYPING_OFF", "MARK_SEEN", "REACT", "UNREACT"})


def send_message(call: Call, page: PageRow) -> object:
    recipient = call.parameters.mapping("recipient")
    if not recipient:
        raise bad_parameter("The parameter recipient is required")
    if "comment_id" in recipient:
        return _reply_privately(call, page, str(recipient["comment_id"]))
    thread = known_thread(call, page, str(recipient.get("id") or ""))
    action = call.parameters.text("sender_action")
    message = call.parameters.mapping("message")
    if action and not message:
        return _act(call, thread, action.upper())
    if not message:
        raise bad_parameter("The parameter message is required")
    check_message(message)
    _check_kind(call)
    _check_reachable(call, page, thread)
    return _send(call, page, thread, message)


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
    if resident is None or not discussion.may_be_replied_privately(comment, call.now):
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


def _check_reachable(call: Call, page: PageRow, thread: ThreadRow) -> None:
    if call.session.get_one(ResidentRow, (page.id, thread.psid)).has_blocked_page:
        raise Refusal("(#551) This person isn't available right now.", code=551, subcode=1545041)
    if thread.is_held_by_another_than(page.app_id):
        raise held_by_another()
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
