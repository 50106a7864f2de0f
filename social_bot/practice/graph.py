"""The practice Page's Graph: finds what a call means and lets the right handler answer it.

A synchronous function from a ``GraphRequest`` to an ``Answer``; HTTP is the gateway's business.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from social_bot.practice import account, commenting, conversations, insights, messaging, publishing, routing
from social_bot.practice.call import Call, GraphRequest, PracticeConfig
from social_bot.practice.faults import After, Fault, Meeting, meet, usage_headers
from social_bot.practice.parameters import ACCEPTED, check_names
from social_bot.practice.refusals import (
    Refusal,
    bad_parameter,
    new_trace_id,
    no_such_object,
    page_token_needed,
    temporarily_unavailable,
    unknown_path,
)
from social_bot.practice.state import (
    CommentRow,
    MessageRow,
    PageRow,
    PhotoRow,
    PostRow,
    ResidentRow,
    Store,
    ThreadRow,
)

OLDEST_VERSION = (21, 0)  # an older one is not refused: Meta answers with its oldest living version
NEWEST_VERSION = (27, 0)
_CALL_WITHOUT_TOKEN = ("GET", "oauth/access_token")
_HTML_ERROR = "<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>"
_VERSION = re.compile(r"v(\d{1,2})\.(\d)")

Node = PageRow | PostRow | PhotoRow | CommentRow | ThreadRow | MessageRow | ResidentRow

# (method, kind of node, edge) -> handler(call, node); names are checked against parameters.ACCEPTED
_HANDLERS: Mapping[tuple[str, str, str], Callable[[Call, Any], object]] = {
    ("GET", "page", ""): account.read_page,
    ("GET", "page", "subscribed_apps"): account.list_subscribed_apps,
    ("POST", "page", "subscribed_apps"): account.subscribe,
    ("DELETE", "page", "subscribed_apps"): account.unsubscribe,
    ("GET", "page", "feed"): publishing.list_posts,
    ("POST", "page", "feed"): publishing.create_post,
    ("GET", "page", "posts"): publishing.list_published_posts,
    ("GET", "page", "published_posts"): publishing.list_published_posts,
    ("GET", "page", "scheduled_posts"): publishing.list_scheduled_posts,
    ("GET", "page", "photos"): publishing.list_photos,
    ("POST", "page", "photos"): publishing.create_photo,
    ("GET", "page", "insights"): insights.page_insights,
    ("POST", "page", "messages"): messaging.send_message,
    ("GET", "page", "conversations"): conversations.list_conversations,
    ("GET", "page", "messenger_profile"): account.read_messenger_profile,
    ("POST", "page", "messenger_profile"): account.set_messenger_profile,
    ("DELETE", "page", "messenger_profile"): account.delete_messenger_profile,
    ("GET", "page", "thread_owner"): routing.read_thread_owner,
    ("POST", "page", "pass_thread_control"): routing.pass_thread_control,
    ("POST", "page", "take_thread_control"): routing.take_thread_control,
    ("POST", "page", "release_thread_control"): routing.release_thread_control,
    ("POST", "page", "request_thread_control"): routing.request_thread_control,
    ("GET", "post", ""): publishing.read_post,
    ("POST", "post", ""): publishing.edit_post,
    ("DELETE", "post", ""): publishing.delete_post,
    ("GET", "post", "attachments"): publishing.list_attachments,
    ("GET", "post", "insights"): insights.post_insights,
    ("GET", "photo", ""): publishing.read_photo,
    ("POST", "photo", ""): publishing.edit_photo,
    ("DELETE", "photo", ""): publishing.delete_photo,
    ("GET", "comment", ""): commenting.read_comment,
    ("POST", "comment", ""): commenting.edit_comment,
    ("DELETE", "comment", ""): commenting.delete_comment,
    ("GET", "thread", ""): conversations.read_thread,
    ("GET", "thread", "messages"): conversations.list_messages,
    ("GET", "message", ""): conversations.read_message,
    ("GET", "person", ""): conversations.read_person,
    **{
        (method, kind, edge): handler
        for kind in ("post", "comment")
        for method, edge, handler in (
            ("GET", "comments", commenting.list_comments),
            ("POST", "comments", commenting.create_comment),
            ("GET", "reactions", commenting.list_reactions),
            ("GET", "likes", commenting.list_likes),
            ("POST", "likes", commenting.add_like),
            ("DELETE", "likes", commenting.remove_like),
        )
    },
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``body`` is JSON text, or an HTML page; ``after`` and ``delay`` are faults for the gateway to play."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    after: After = After.ANSWER
    delay: float = 0


class Graph:
    """Answers calls against one store."""

    def __init__(self, store: Store, config: PracticeConfig, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._config = config
        self._clock = clock

    def answer(self, request: GraphRequest, *, is_in_batch: bool = False) -> Answer | None:
        """None stands for an operation of a batch that was not carried out."""
        headers = _standing_headers()
        try:
            headers["facebook-api-version"] = _check_version(request.version)
            if (request.method, request.path) == _CALL_WITHOUT_TOKEN:
                return Answer(status=200, body=_as_json(self._exchange(request)), headers=headers)
            meeting = self._meet(request, headers, is_in_batch=is_in_batch)
            if meeting.is_null:
                return None
            if meeting.is_unavailable:
                return Answer(status=503, body='{"message":"Service Unavailable"}', headers=headers)
            if meeting.refusal is not None:
                raise meeting.refusal
            body = self._carry_out(request, read_lag=timedelta(seconds=meeting.left.read_lag_seconds))
            return _after_success(body, headers, meeting)
        except Refusal as refusal:
            return Answer(status=refusal.status, body=_as_json(refusal.body()), headers=headers)

    def _exchange(self, request: GraphRequest) -> object:
        check_names(frozenset(request.parameters.values), ACCEPTED["GET", "oauth", "access_token"])
        return account.exchange_token(self._config, request.parameters)

    def _meet(self, request: GraphRequest, headers: dict[str, str], *, is_in_batch: bool) -> Meeting:
        """Which trouble of the Page whose token was used meets this call; usage is told in ``headers``."""
        with self._store.transaction() as session:
            publishing.keep_house(session, self._clock())
            page = account.recognise(session, self._config, request.token, request.proof).page
            if page is None:
                return Meeting(left=Fault())
            edge = request.path.rpartition("/")[2]
            meeting = meet(
                Fault.from_json(page.fault),
                is_write=request.method != "GET",
                edge=edge,
                is_in_batch=is_in_batch,
            )
            page.fault = meeting.left.to_json()
            headers |= usage_headers(meeting.left, page.id, edge)
            return meeting

    def _carry_out(self, request: GraphRequest, *, read_lag: timedelta) -> object:
        with self._store.transaction() as session:
            caller = account.recognise(session, self._config, request.token, request.proof)
            call = Call(
                request=request,
                session=session,
                config=self._config,
                now=self._clock(),
                page=caller.page,
                read_lag=read_lag,
            )
            return _dispatch(call, caller)


def _dispatch(call: Call, caller: account.Caller) -> object:
    method, path = call.request.method, call.request.path
    first, _, edge = path.partition("/")
    names = frozenset(call.parameters.values)
    if not first:
        if "ids" in call.parameters:
            raise bad_parameter("Requests with the ids parameter at the root are no longer supported")
        raise unknown_path(path)
    if method == "GET" and first == "debug_token":
        check_names(names, ACCEPTED["GET", "root", "debug_token"])
        return account.debug_token(call)
    if first == "me" and caller.is_user:
        return _answer_user(call, edge, names)
    node = _find(call, call.page.id if first == "me" and call.page else first)
    kind = _kind(node)
    handler = _HANDLERS.get((method, kind, edge))
    if handler is None:
        raise _no_edge(kind, edge, path, method)
    check_names(names, ACCEPTED[method, kind, edge])
    if caller.page is None and (method, kind, edge) != ("GET", "page", ""):
        raise page_token_needed()
    return handler(call, node)


def _answer_user(call: Call, edge: str, names: frozenset[str]) -> object:
    if call.request.method != "GET" or edge not in {"", "accounts"}:
        raise unknown_path(call.request.path)
    check_names(names, ACCEPTED["GET", "user", edge])
    return account.list_accounts(call) if edge else account.read_user(call)


def _find(call: Call, object_id: str) -> Node:
    """The node; one of another Page, or one that read lag still hides, is not there."""
    session = call.session
    node: Node | None = (
        session.get(PageRow, object_id)
        or session.get(PostRow, object_id)
        or session.get(PhotoRow, object_id)
        or session.get(CommentRow, object_id)
        or session.get(ThreadRow, object_id)
        or conversations.find_message(session, object_id)
        or (session.get(ResidentRow, (call.page.id, object_id)) if call.page else None)
    )
    if node is None or not _is_readable(call, node):
        raise no_such_object(object_id, call.request.method)
    return node


def _is_readable(call: Call, node: Node) -> bool:
    if isinstance(node, PostRow | PhotoRow | CommentRow) and node.readable_at > call.now:
        return call.request.method != "GET"
    if call.page is None:
        return isinstance(node, PageRow)
    if isinstance(node, PageRow):
        return node.id == call.page.id
    if isinstance(node, MessageRow):
        return call.session.get_one(ThreadRow, node.thread_id).page_id == call.page.id
    return node.page_id == call.page.id


def _kind(node: Node) -> str:
    return {
        PageRow: "page",
        PostRow: "post",
        PhotoRow: "photo",
        CommentRow: "comment",
        ThreadRow: "thread",
        MessageRow: "message",
        ResidentRow: "person",
    }[type(node)]


def _no_edge(kind: str, edge: str, path: str, method: str) -> Refusal:
    known = {one_edge for _, one_kind, one_edge in _HANDLERS if one_kind == kind}
    if not edge or "/" in edge or edge in known:
        return no_such_object(path, method)
    return bad_parameter(f"Tried accessing nonexisting field ({edge}) on node type ({kind.capitalize()})")


def _check_version(version: str) -> str:
    """The version that answers."""
    found = _VERSION.fullmatch(version)
    if found is None or (int(found[1]), int(found[2])) > NEWEST_VERSION:
        raise unknown_path(version)
    major, minor = max((int(found[1]), int(found[2])), OLDEST_VERSION)
    return f"v{major}.{minor}"


def _standing_headers() -> dict[str, str]:
    return {
        "x-fb-trace-id": new_trace_id(),
        "x-fb-rev": "1030000000",
        "x-fb-debug": secrets.token_urlsafe(32),
        "cache-control": "private, no-cache, no-store, must-revalidate",
    }


def _after_success(body: object, headers: dict[str, str], meeting: Meeting) -> Answer:
    delay = meeting.left.delay_seconds
    if meeting.after is After.SERVER_ERROR:
        error = _as_json(temporarily_unavailable().body())
        return Answer(status=500, body=error, headers=headers, delay=delay)
    if meeting.after is After.HTML_ERROR:
        return Answer(status=500, body=_HTML_ERROR, headers=headers, media_type="text/html", delay=delay)
    return Answer(status=200, body=_as_json(body), headers=headers, after=meeting.after, delay=delay)


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
