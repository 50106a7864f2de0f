"""What the rooms need from the outside, in their own words.

Every method may raise the errors of ``social_bot.errors``: a *write* whose answer is lost raises
``OutcomeUnknown``; ``PageUnavailable`` always means that nothing was done. Moments are aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr


@dataclass(frozen=True, kw_only=True)
class PageAccess:
    """Which page is meant and with what right; the token never leaves the channel."""

    page_id: str
    token: SecretStr


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture as it is sent; ``alt_text`` is empty only for a decorative one."""

    file_name: str
    media_type: str
    content: bytes = field(repr=False)
    alt_text: str


@dataclass(frozen=True, kw_only=True)
class OutgoingPost:
    text: str
    link: str | None = None
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, kw_only=True)
class SeenPost:
    """A post as the platform shows it; ``ours`` is None where the platform does not say who made it."""

    external_id: str
    text: str
    created_at: datetime
    ours: bool | None


class Publisher(Protocol):
    """Puts posts on a page, and looks whether one is there."""

    def publish(self, page: PageAccess, post: OutgoingPost) -> str:
        """Publish now and return the external id ``{page}_{post}``.

        Pictures are uploaded unpublished first: a failure among them is ``PageUnavailable``, never
        ``OutcomeUnknown``, for nothing can be seen of them.
        """

    def recent_posts(self, page: PageAccess, *, since: datetime) -> Sequence[SeenPost]:
        """Published posts created at ``since`` or later, newest first."""


@dataclass(frozen=True, kw_only=True)
class QuickReply:
    """``title`` at most 20 characters, ``payload`` comes back when it is chosen."""

    title: str
    payload: str


@dataclass(frozen=True, kw_only=True)
class UrlButton:
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """One automatic or staff answer. ``reference`` is our own id, which comes back in the echo.

    With ``buttons`` (at most three) the text holds at most 640 characters, otherwise 2000.
    """

    text: str
    reference: str
    quick_replies: Sequence[QuickReply] = ()
    buttons: Sequence[UrlButton] = ()


@dataclass(frozen=True, kw_only=True)
class HumanMessage:
    """What a named worker wrote; the only thing that may go out after 24 hours, until seven days."""

    text: str = field(repr=False)
    reference: str
    by: str


class Messenger(Protocol):
    """Answers a person within the platform's 24-hour window."""

    def send(self, page: PageAccess, contact_id: str, message: OutgoingMessage) -> str:
        """Send and return the platform's message id (mid)."""

    def send_as_human(
        self, page: PageAccess, contact_id: str, message: HumanMessage, *, is_late: bool
    ) -> str:
        """The same for a person's words; ``is_late``: after the 24 hours, under the tag for people."""

    def find_sent(self, page: PageAccess, contact_id: str, *, text: str, since: datetime) -> str | None:
        """The id of a message of ours with this text sent at ``since`` or later, or None."""


@dataclass(frozen=True, kw_only=True)
class SeenComment:
    """A comment as the page sees it; ``takes_private_reply`` is False once it has been answered privately."""

    is_hidden: bool
    takes_private_reply: bool


class Commenter(Protocol):
    """Answers and hides what people write under the page's posts, and what visitors post (``is_post``)."""

    def reply(self, page: PageAccess, comment_id: str, *, text: str) -> str:
        """Answer where everybody sees it, under a comment or a post; the id of the answer."""

    def hide(self, page: PageAccess, comment_id: str) -> None:
        """Hide it from everybody but its author and their friends. May be repeated."""

    def show(self, page: PageAccess, comment_id: str) -> None:
        """Show again what was hidden. May be repeated."""

    def delete(self, page: PageAccess, comment_id: str) -> None:
        """Take away a comment of the page's own; one that is gone already is taken away. May be repeated."""

    def reply_privately(
        self, page: PageAccess, comment_id: str, message: OutgoingMessage, *, is_post: bool = False
    ) -> str:
        """Send its author the one private message that the platform allows; the message's id."""

    def read(self, page: PageAccess, comment_id: str, *, is_post: bool = False) -> SeenComment | None:
        """None where it is gone."""

    def find_reply(self, page: PageAccess, comment_id: str, *, text: str, since: datetime) -> str | None:
        """The id of an answer of ours with this text made at ``since`` or later, or None."""


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """``title`` at most 30 characters (a question 80), ``payload`` comes back when it is chosen."""

    title: str
    payload: str


@dataclass(frozen=True, kw_only=True)
class ProfileWords:
    """What a reader of ``language`` sees in an empty conversation; ``greeting`` at most 160 characters."""

    language: str
    greeting: str
    menu: Sequence[MenuEntry]
    questions: Sequence[MenuEntry]


class Storefront(Protocol):
    """Shows what a person can ask before the first word."""

    def set_profile(self, page: PageAccess, start_payload: str, words: Sequence[ProfileWords]) -> None:
        """Replace what is shown; the first of ``words`` serves every other language."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One counter as read, in our metric name (see organisation/metrics.py).

    ``value`` is None when the metric is not available; ``retired_on`` is the day on which the platform
    retired it, where that is known. ``period_end`` is the end of the day that a daily value covers.
    """

    metric: str
    value: int | None
    period_end: datetime | None = None
    retired_on: date | None = None


class Insights(Protocol):
    """Reads counters. A metric that the platform refuses never empties another."""

    def page_counters(self, page: PageAccess, *, since: datetime, until: datetime) -> Sequence[Reading]:
        """Daily counters of the page; one reading a metric and day, in our metric names."""

    def post_counters(self, page: PageAccess, external_id: str) -> Sequence[Reading]:
        """Lifetime counters of one post, in our metric names."""


@dataclass(frozen=True, kw_only=True)
class ConnectionReport:
    """The health of a page's connection, as the platform tells it.

    ``expires_at`` is the first end of it, ``data_access_expires_at`` the day by which a person must have
    granted access anew. ``is_routed``: whether conversations go to one app first; None where that is unknown.
    """

    is_valid: bool
    expires_at: datetime | None
    missing_permissions: Sequence[str]
    missing_subscriptions: Sequence[str]
    api_version: str | None
    problem: str | None = None
    data_access_expires_at: datetime | None = None
    is_routed: bool | None = None


class Connection(Protocol):
    """Asks whether a page can be written to and whether its events reach us."""

    def check(self, page: PageAccess) -> ConnectionReport: ...

    def subscribe(self, page: PageAccess) -> None:
        """Ask the platform to send us every event that we use."""

    def unsubscribe(self, page: PageAccess) -> None:
        """Ask it to send us nothing any more. May be repeated."""


@dataclass(frozen=True, kw_only=True)
class OfferedPage:
    """A page that a person may connect, with its own token."""

    page_id: str
    name: str
    token: SecretStr


class Login(Protocol):
    """How a person at the platform lets us act for a page."""

    def address(self, *, return_to: str, state: str) -> str:
        """Where the browser goes; it comes back to ``return_to`` with ``state`` and a code."""

    def token_of(self, code: str, *, return_to: str) -> SecretStr:
        """The person's token for the code, one that lasts. Raises ``ConnectionLost`` for a code that is none."""

    def offered_pages(self, token: SecretStr) -> Sequence[OfferedPage]:
        """The pages that a person's, a system user's or a page's own token opens."""


@dataclass(frozen=True, kw_only=True)
class SeenThread:
    """A conversation as the platform keeps it; ``page_messages`` are the ids of what the page wrote lately."""

    contact_id: str
    last_at: datetime
    page_messages: Sequence[str]


class Conversations(Protocol):
    """Looks at conversations without their texts."""

    def recent_threads(self, page: PageAccess, *, since: datetime) -> Sequence[SeenThread]:
        """Conversations in which anybody wrote at ``since`` or later."""

    def thread_owner(self, page: PageAccess, contact_id: str) -> str | None:
        """The app that holds the conversation; None where none does, or where the platform does not tell."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a person on duty is told; it holds nothing that a resident wrote."""

    title: str
    text: str
    is_urgent: bool


class Alerts(Protocol):
    """Tells people where they read. An address is a secret: it is neither logged nor shown."""

    def accepts(self, address: SecretStr) -> bool:
        """Whether it is an address that can be written to at all."""

    def send(self, address: SecretStr, notice: Notice) -> bool:
        """Whether the notice was taken; the same notice may be sent again."""


@dataclass(frozen=True, kw_only=True)
class SignInRequest:
    """What is agreed before a person is sent to the organisation's sign-in, to be compared on the way back."""

    state: str
    nonce: str
    verifier: str
    return_address: str


@dataclass(frozen=True, kw_only=True)
class OutsidePerson:
    """Who somebody is at the organisation's sign-in; ``subject`` never changes, the name may."""

    issuer: str
    subject: str
    name: str = field(repr=False)
    groups: frozenset[str]


class IdentityProvider(Protocol):
    """The organisation's own sign-in."""

    def address(self, request: SignInRequest) -> str:
        """Where the person signs in. Raises ``NotReady`` when the service does not answer."""

    def identify(self, request: SignInRequest, *, code: str) -> OutsidePerson:
        """Who has come back with the code. Raises ``NotAllowed`` when it proves nothing, ``NotReady`` as above."""


class EventKind(StrEnum):
    """What an inbound event is. Only the first four can ever lead to a message to the person."""

    MESSAGE = "message"  # text, attachment, quick reply
    POSTBACK = "postback"  # a button, the menu, get started
    UNSUPPORTED = "unsupported"  # content that the platform does not show us
    EDIT = "edit"
    UNSEND = "unsend"
    ECHO = "echo"
    STANDBY = "standby"
    HANDOVER = "handover"
    DELIVERY = "delivery"
    READ = "read"
    REACTION = "reaction"
    REFERRAL = "referral"
    OPTIN = "optin"
    POLICY = "policy"
    FEED = "feed"
    TEST = "test"  # the dashboard's test button
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class InboundEvent:
    """One event out of a webhook delivery.

    ``key`` is the same whenever the platform delivers the same event again. ``occurred_at`` is None
    where the platform gives no time. ``contact_id`` is the person's page-scoped id, also for echoes
    (where the platform swaps sender and recipient), None where there is no person.
    """

    key: str
    kind: EventKind
    page_id: str
    contact_id: str | None = None
    occurred_at: datetime | None = None
    message_id: str | None = None
    text: str | None = field(default=None, repr=False)
    payload: str | None = None  # of a quick reply or postback
    has_attachment: bool = False
    app_id: str | None = None  # who wrote an echo; None means not an app
    reference: str | None = None  # our own id in an echo of ours
    new_owner_app_id: str | None = None  # of a handover
    action: str | None = None  # take | pass | request | roles | block | unblock | add | edit | remove …
    item: str | None = None  # of a feed event: comment, post, reaction …; "echo": the page took back its own
    post_id: str | None = None  # of a feed event: the post under which, or with which, it happened
