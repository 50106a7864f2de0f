"""Who holds a thread: asked, taken, passed on and released.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
"""

from social_bot.practice import threads
from social_bot.practice.call import Call
from social_bot.practice.refusals import Refusal, bad_parameter
from social_bot.practice.state import PageRow, ThreadRow


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
        raise held_by_another()
    threads.give(call.session, page, thread, target, call.now, kind="pass_thread_control")
    return {"success": True}


def release_thread_control(call: Call, page: PageRow) -> object:
    thread = _thread_named(call, page)
    if thread.is_held_by_another_than(page.app_id):
        raise held_by_another()
    thread.owner_app_id = thread.owned_until = None
    return {"success": True}


def request_thread_control(call: Call, page: PageRow) -> object:
    _thread_named(call, page)
    return {"success": True}


def known_thread(call: Call, page: PageRow, psid: str) -> ThreadRow:
    """A person has a PSID once they wrote, or were written to about a comment; before that nobody is found."""
    if threads.find_thread(call.session, page, psid) is None:
        raise bad_parameter("No matching user found", subcode=2018001)
    return threads.thread_of(call.session, page, psid, call.now)


def held_by_another() -> Refusal:
    return Refusal(
        "(#10) Message failed to send because another app is controlling this thread now.",
        code=10,
        subcode=2018300,
    )


def _thread_named(call: Call, page: PageRow) -> ThreadRow:
    recipient = call.parameters.values.get("recipient")
    is_plain = isinstance(recipient, str) and not recipient.lstrip().startswith("{")
    psid = str(recipient) if is_plain else str((call.parameters.mapping("recipient") or {}).get("id", ""))
    return known_thread(call, page, psid)
