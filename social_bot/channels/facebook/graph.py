"""The Facebook channel: the ports of the rooms, answered by calls to Graph."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from pydantic import SecretStr

from social_bot.channels.facebook import commenting, connecting, connection, metrics, profile, protocol
from social_bot.channels.facebook.calling import GraphCalls, Parse, parsed
from social_bot.channels.facebook.failures import is_gone
from social_bot.channels.facebook.protocol import Call
from social_bot.channels.facebook.usage import Lane
from social_bot.channels.ports import (
    ConnectionReport,
    HumanMessage,
    OutgoingMessage,
    OutgoingPost,
    PageAccess,
    ProfileWords,
    Reading,
    SeenComment,
    SeenPost,
    SeenThread,
)
from social_bot.errors import ConnectionLost, ContentRefused, PageUnavailable, PlatformError

_OTHER_VERSION = (
    "Facebook answers with another version of its interface than the one that is set. Check the setting"
    " graph_version."
)


class FacebookChannel(GraphCalls):
    """Publishes, answers, counts and checks."""

    @cached_property
    def _dead_metrics(self) -> dict[str, frozenset[str]]:
        """By page: the names of counters that Meta has refused."""
        return {}

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
                post = parsed(parse, row)
                if post.created_at < since.replace(microsecond=0):  # Meta counts in whole seconds
                    break
                seen.append(post)
        return sorted(seen, key=lambda post: post.created_at, reverse=True)

    # Messenger

    def send(self, page: PageAccess, contact_id: str, message: OutgoingMessage) -> str:
        call = protocol.send_message(page.page_id, contact_id, message)
        return self._ask(page, call, partial(_id_in, key="message_id"))

    def send_as_human(
        self, page: PageAccess, contact_id: str, message: HumanMessage, *, is_late: bool
    ) -> str:
        call = protocol.send_human_message(page.page_id, contact_id, message, is_late=is_late)
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

    def show(self, page: PageAccess, comment_id: str) -> None:
        self._do(page, commenting.hide(comment_id, hidden=False))

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
        """Fields and insights in one call; apart where Graph refuses that, which finds the dead names."""
        self._wait_if_busy(page, Lane.PAGES, is_urgent=False)
        living = self._living(page, metrics.POST_INSIGHTS)
        found: list[Reading] | None = None
        counts: list[metrics.Count] | None = None
        try:
            call = protocol.post_figures(external_id, metrics.POST_FIELDS, living)
            found, counts = self._ask(page, call, metrics.parse_post_figures)
        except ContentRefused as refusal:
            if metrics.is_not_counted(refusal.details):
                counts = []
            elif not metrics.is_dead_name(refusal.details):
                raise
        if found is None:
            found = self._fields(page, external_id, metrics.POST_FIELDS, metrics.post_field_readings)
        if counts is None:
            counts = self._insights(page, metrics.POST_INSIGHTS, partial(protocol.post_insights, external_id))
        return found + metrics.readings(metrics.POST_INSIGHTS, counts, period="lifetime")

    def _living(self, page: PageAccess, names: Iterable[str]) -> list[str]:
        """Those names that the platform has not refused for this page."""
        dead = self._dead_metrics.get(page.page_id, frozenset())
        return [name for name in names if name not in dead]

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
        living = self._living(page, names)
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
                is_routed = self._routing(page)
                report = replace(report, missing_subscriptions=missing, is_routed=is_routed)
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
        parse = partial(connection.parse_token, page_id=page.page_id, app_id=self._app_id)
        return self._ask(asker, call, parse)

    def _routing(self, page: PageAccess) -> bool | None:
        """Told beside the rest: where this one answer fails, the others still hold."""
        try:
            return self._ask(page, connecting.routing(page.page_id), connecting.parse_routing)
        except PlatformError:
            return None

    def subscribe(self, page: PageAccess) -> None:
        self._do(page, connection.subscribe(page.page_id))

    def unsubscribe(self, page: PageAccess) -> None:
        self._do(page, connecting.unsubscribe(page.page_id))

    # Conversations

    def recent_threads(self, page: PageAccess, *, since: datetime) -> Sequence[SeenThread]:
        call = connecting.recent_threads(page.page_id, since=since)
        parse = partial(connecting.parse_thread, page_id=page.page_id, since=since)
        with self._graph(page, call) as graph:
            seen = [parsed(parse, row) for row in graph.rows(call)]
        return [thread for thread in seen if thread is not None]

    def thread_owner(self, page: PageAccess, contact_id: str) -> str | None:
        return self._ask(page, connecting.thread_owner(page.page_id, contact_id), connecting.parse_owner)


def _id_in(answer: Mapping[str, Any], *, key: str = "id") -> str:
    return str(answer[key])
