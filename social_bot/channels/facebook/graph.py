"""The Facebook channel: the ports of the rooms, answered by calls to Graph."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from social_bot.channels.facebook import commenting, connection, metrics, profile, protocol
from social_bot.channels.facebook.failures import SLOW_DOWN, Failure, classify, is_gone
from social_bot.channels.facebook.protocol import Call
from social_bot.channels.facebook.transport import (
    GRAPH_URL,
    TIMEOUT,
    GraphFailure,
    HttpxSession,
    MetaGraph,
    checked_base_url,
)
from social_bot.channels.facebook.usage import Gate, Lane, parse_usage
from social_bot.channels.ports import (
    ConnectionReport,
    OutgoingMessage,
    OutgoingPost,
    PageAccess,
    ProfileWords,
    Reading,
    SeenComment,
    SeenPost,
)
from social_bot.errors import ConnectionLost, ContentRefused, PageUnavailable, PlatformError
from social_bot.log import fields

T = TypeVar("T")
Parse = Callable[[Mapping[str, Any]], T]

_OTHER_VERSION = (
    "Facebook answers with another version of its interface than the one that is set. Check the setting"
    " graph_version."
)
_NOT_DONE = "Facebook did not do what was asked. Try again in a moment."
_log = logging.getLogger(__name__)


class FacebookChannel:
    """Publishes, answers, counts and checks. May be shared by threads; remembers limits per page.

    Raises the errors of ``social_bot.errors`` and nothing else. Without ``app_secret`` calls carry no
    proof, which only a practice page takes.
    """

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: SecretStr | None,
        clock: Callable[[], datetime],
        base_url: str = GRAPH_URL,
        version: str = "v26.0",
        client: httpx.Client | None = None,
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._clock = clock
        self._base_url = checked_base_url(base_url)
        self._version = version
        # Facebook may have to be reached through a proxy; a practice page is on this machine.
        self._client = client or httpx.Client(timeout=TIMEOUT, trust_env=self._base_url == GRAPH_URL)
        self._gate = Gate()
        self._lock = threading.Lock()
        self._answering_version: dict[str, str] = {}
        self._dead_metrics: dict[str, frozenset[str]] = {}
        logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it prints addresses with secrets

    def close(self) -> None:
        self._client.close()

    # Publisher

    def publish(self, page: PageAccess, post: OutgoingPost) -> str:
        if post.link and post.pictures:
            raise ContentRefused(
                "On Facebook a post has either pictures or a link preview. Write the link into the text, or"
                " leave the pictures out."
            )
        uploads = [protocol.upload_picture(page.page_id, picture) for picture in post.pictures]
        media_ids = [self._ask(page, upload, _id_in) for upload in uploads]
        return self._ask(page, protocol.publish(page.page_id, post, media_ids=media_ids), _id_in)

    def recent_posts(self, page: PageAccess, *, since: datetime) -> Sequence[SeenPost]:
        call = protocol.recent_posts(page.page_id, since=since)
        parse = partial(protocol.parse_post, app_id=self._app_id)
        seen = []
        with self._graph(page, call) as graph:
            for row in graph.rows(call):
                post = _parsed(parse, row)
                if post.created_at < since.replace(microsecond=0):  # Meta counts in whole seconds
                    break
                seen.append(post)
        return sorted(seen, key=lambda post: post.created_at, reverse=True)

    # Messenger

    def send(self, page: PageAccess, contact_id: str, message: OutgoingMessage) -> str:
        call = protocol.send_message(page.page_id, contact_id, message)
        return self._ask(page, call, partial(_id_in, key="message_id"))

    def find_sent(self, page: PageAccess, contact_id: str, *, text: str, since: datetime) -> str | None:
        call = protocol.conversation(page.page_id, contact_id)
        find = partial(protocol.find_message, page_id=page.page_id, text=text, since=since)
        return self._ask(page, call, find)

    # Commenter

    def reply(self, page: PageAccess, comment_id: str, *, text: str) -> str:
        return self._ask(page, commenting.reply(comment_id, text=text), _id_in)

    def hide(self, page: PageAccess, comment_id: str) -> None:
        self._do(page, commenting.hide(comment_id))

    def delete(self, page: PageAccess, comment_id: str) -> None:
        try:
            self._do(page, commenting.delete(comment_id))
        except ContentRefused as refusal:
            if not is_gone(refusal):
                raise

    def reply_privately(
        self, page: PageAccess, comment_id: str, message: OutgoingMessage, *, is_post: bool = False
    ) -> str:
        call = commenting.reply_privately(page.page_id, comment_id, message, is_post=is_post)
        return self._ask(page, call, partial(_id_in, key="message_id"))

    def read(self, page: PageAccess, comment_id: str, *, is_post: bool = False) -> SeenComment | None:
        try:
            return self._ask(page, commenting.read(comment_id, is_post=is_post), commenting.parse_comment)
        except ContentRefused as refusal:
            if is_gone(refusal):
                return None
            raise

    def find_reply(self, page: PageAccess, comment_id: str, *, text: str, since: datetime) -> str | None:
        find = partial(commenting.find_reply, page_id=page.page_id, text=text, since=since)
        return self._ask(page, commenting.replies(comment_id), find)

    # Storefront

    def set_profile(self, page: PageAccess, start_payload: str, words: Sequence[ProfileWords]) -> None:
        if not self._ask(page, profile.set_profile(page.page_id, start_payload, words), profile.is_set):
            raise PageUnavailable("Facebook did not take the menu and the greeting. Try again in a moment.")

    # Insights

    def page_counters(self, page: PageAccess, *, since: datetime, until: datetime) -> Sequence[Reading]:
        self._wait_if_busy(page, Lane.PAGES, is_urgent=False)
        found = self._fields(page, page.page_id, metrics.PAGE_FIELDS, metrics.page_field_readings)
        counts = []
        for start, end in metrics.windows(since, until):
            build = partial(protocol.page_insights, page.page_id, since=start, until=end)
            counts += self._insights(page, metrics.PAGE_INSIGHTS, build)
        return found + metrics.readings(metrics.PAGE_INSIGHTS, counts, period="day")

    def post_counters(self, page: PageAccess, external_id: str) -> Sequence[Reading]:
        self._wait_if_busy(page, Lane.PAGES, is_urgent=False)
        found = self._fields(page, external_id, metrics.POST_FIELDS, metrics.post_field_readings)
        build = partial(protocol.post_insights, external_id)
        counts = self._insights(page, metrics.POST_INSIGHTS, build)
        return found + metrics.readings(metrics.POST_INSIGHTS, counts, period="lifetime")

    def _fields(
        self, page: PageAccess, node: str, names: Sequence[str], parse: Parse[list[Reading]]
    ) -> list[Reading]:
        try:
            return self._ask(page, protocol.fields_of(node, names), parse)
        except ContentRefused as refusal:
            if not metrics.is_dead_name(refusal.details):
                raise
            return parse({})

    def _insights(
        self, page: PageAccess, names: Mapping[str, str], build: Callable[[Sequence[str]], Call]
    ) -> list[metrics.Count]:
        dead = self._dead_metrics.get(page.page_id, frozenset())
        living = [name for name in names if name not in dead]
        try:
            counts, refused = metrics.ask_living(
                living, lambda asked: self._ask(page, build(asked), metrics.parse_counts)
            )
        except ContentRefused as refusal:
            if metrics.is_not_counted(refusal.details):
                return []
            raise
        if len(refused) < len(living):  # all refused at once: it was not about the names
            with self._lock:
                self._dead_metrics[page.page_id] = refused | self._dead_metrics.get(page.page_id, frozenset())
        return counts

    # Connection

    def check(self, page: PageAccess) -> ConnectionReport:
        try:
            report = self._check_token(page)
            if report.is_valid:
                find = partial(connection.missing_subscriptions, app_id=self._app_id)
                missing = self._ask(page, connection.subscriptions(page.page_id), find)
                report = replace(report, missing_subscriptions=missing)
        except ConnectionLost as lost:
            report = connection.lost_connection(lost)
        version = self._answering_version.get(page.page_id)
        problem = None if version in {None, self._version} else _OTHER_VERSION
        return replace(report, api_version=version, problem=report.problem or problem)

    def _check_token(self, page: PageAccess) -> ConnectionReport:
        """Asked with the app's own token, which sees more; without an app secret with the page's."""
        asker = page
        if self._app_secret:
            app_token = f"{self._app_id}|{self._app_secret.get_secret_value()}"
            asker = replace(page, token=SecretStr(app_token))
        call = connection.debug_token(page.token.get_secret_value())
        return self._ask(asker, call, partial(connection.parse_token, page_id=page.page_id))

    def subscribe(self, page: PageAccess) -> None:
        self._do(page, connection.subscribe(page.page_id))

    # every call

    def _ask(self, page: PageAccess, call: Call, parse: Parse[T]) -> T:
        with self._graph(page, call) as graph:
            return _parsed(parse, graph.perform(call))

    def _do(self, page: PageAccess, call: Call) -> None:
        if not self._ask(page, call, protocol.is_done):
            raise PageUnavailable(_NOT_DONE)

    @contextmanager
    def _graph(self, page: PageAccess, call: Call) -> Iterator[MetaGraph]:
        """Graph for this page; what goes wrong inside is told in the errors of the ports."""
        self._wait_if_busy(page, call.lane, is_urgent=True)
        session = HttpxSession(
            client=self._client,
            base_url=self._base_url,
            app_secret=self._app_secret,
            observe=partial(self._observe, page.page_id, call.lane),
        )
        try:
            yield MetaGraph(page.token, version=self._version, session=session)
        except GraphFailure as failed:
            raise self._explained(page.page_id, call, failed) from failed
        self._gate.went_well(page.page_id, call.lane)

    def _wait_if_busy(self, page: PageAccess, lane: Lane, *, is_urgent: bool) -> None:
        until = self._gate.wait_until(page.page_id, lane, is_urgent=is_urgent, now=self._clock())
        if until:
            raise PageUnavailable(SLOW_DOWN, retry_at=until, throttled=True)

    def _observe(self, page_id: str, lane: Lane, headers: Mapping[str, str]) -> None:
        usage = parse_usage(headers, page_id=page_id, lane=lane, now=self._clock())
        if usage:
            self._gate.saw(page_id, lane, usage)
        version = headers.get("facebook-api-version")
        if version and version != self._answering_version.get(page_id):
            self._answering_version[page_id] = version
            if version != self._version:
                _log.warning("another API version answers", extra=fields(page=page_id, version=version))

    def _explained(self, page_id: str, call: Call, failed: GraphFailure) -> PlatformError:
        failure = replace(
            failed.failure,
            lane=call.lane,
            usage=self._gate.usage(page_id, call.lane),
            throttles=self._gate.throttles(page_id, call.lane),
        )
        error = classify(failure, is_write=not call.is_repeatable, now=self._clock())
        if isinstance(error, PageUnavailable) and error.retry_at:
            self._gate.hold(page_id, call.lane, until=error.retry_at)
        _log.warning(
            "graph call failed",
            extra=fields(
                page=page_id,
                call=f"{call.method} {call.edge or call.node}",
                error=type(error).__name__,
                status=failure.status,
                code=failure.code,
                subcode=failure.subcode,
                trace=failure.trace_id,
                **failed.traces,
            ),
        )
        return error


def _parsed(parse: Parse[T], answer: Mapping[str, Any]) -> T:
    """An answer without what Meta promises in it is as good as none."""
    try:
        return parse(answer)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise GraphFailure(Failure(status=200)) from error


def _id_in(answer: Mapping[str, Any], *, key: str = "id") -> str:
    return str(answer[key])
