"""What a failed call means and who must act. Pure.

Codes: https://developers.facebook.com/docs/graph-api/guides/error-handling and, for messages,
https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes.
Decided by code, sub-code and ``is_transient``; Meta's texts are localised, so they are looked at only
where Meta gives nothing else (``_BY_HINT``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

from social_bot.channels.facebook.usage import Lane, Usage, back_off
from social_bot.errors import (
    ConnectionLost,
    ContentRefused,
    Mender,
    OutcomeUnknown,
    PageBlocked,
    PageUnavailable,
    PlatformDetails,
    PlatformError,
    RecipientUnreachable,
)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A call that ended badly: not sent, sent without an answer, or answered with something else.

    Without ``status`` no answer came; without ``code`` the answer was not an error of Graph.
    ``throttles`` counts how often running the page was throttled before.
    """

    was_sent: bool = True
    status: int | None = None
    code: int | None = None
    subcode: int | None = None
    is_transient: bool | None = None
    message: str = field(default="", repr=False)
    user_message: str | None = field(default=None, repr=False)
    trace_id: str | None = None
    usage: Usage | None = None
    lane: Lane = Lane.PAGES
    throttles: int = 0


def parse_failure(status: int, body: object, *, trace_id: str | None = None) -> Failure:
    """``body`` is the decoded JSON, or None where the answer was none; ``trace_id`` is the header's."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return Failure(status=status, trace_id=trace_id)
    is_transient = error.get("is_transient")
    return Failure(
        status=status,
        code=_number(error, "code"),
        subcode=_number(error, "error_subcode"),
        is_transient=is_transient if isinstance(is_transient, bool) else None,
        message=str(error.get("message") or ""),
        user_message=str(error.get("error_user_msg") or "") or None,
        trace_id=str(error.get("fbtrace_id") or "") or trace_id,
    )


def _number(error: Mapping[str, Any], key: str) -> int | None:
    try:
        return int(error[key])
    except (KeyError, TypeError, ValueError):
        return None


class Kind(Enum):
    """What happened, finer than who must act: each has its own sentence."""

    OUTAGE = auto()
    THROTTLED = auto()
    TOKEN = auto()
    ROLE = auto()
    APP_SECRET = auto()
    PERMISSION = auto()
    BLOCKED = auto()
    DUPLICATE = auto()
    CONTENT = auto()
    LINK = auto()
    PICTURE = auto()
    MISSING = auto()
    COUNTER = auto()
    REGION = auto()
    WINDOW = auto()
    UNREACHABLE = auto()
    HELD = auto()


def classify(failure: Failure, *, is_write: bool, now: datetime) -> PlatformError:
    """The error that says who must act. A write is one whose lost answer leaves a question open."""
    details = PlatformDetails(
        status=failure.status,
        code=failure.code,
        subcode=failure.subcode,
        trace_id=failure.trace_id,
        user_message=failure.user_message,
    )
    if not failure.was_sent:
        return PageUnavailable(_NOT_SENT, details=details)
    match kind_of(failure):
        case Kind.OUTAGE:
            return (
                OutcomeUnknown(_LOST, details=details)
                if is_write
                else PageUnavailable(_OUTAGE, details=details)
            )
        case Kind.THROTTLED:
            retry_at = back_off(failure.usage, throttles=failure.throttles, now=now)
            return PageUnavailable(SLOW_DOWN, details=details, retry_at=retry_at, throttled=True)
        case Kind.HELD:
            return RecipientUnreachable(_HELD, details=details, held_by_other=True)
        case Kind.DUPLICATE if not is_write:
            return ContentRefused(_ERRORS[Kind.CONTENT][1], details=details)
        case Kind.MISSING if failure.lane is Lane.MESSENGER:
            return RecipientUnreachable(_UNREACHABLE, details=details)
        case kind:
            error, sentence = _ERRORS[kind]
            return error(sentence, details=details)


def is_gone(error: PlatformError) -> bool:
    """Whether what was asked for is not there any more."""
    return error.sentence == _ERRORS[Kind.MISSING][1]


def mender_of(sentence: str) -> Mender | None:
    """Who mends a failure, by the sentence that was kept of it; None for a sentence that is none of these."""
    return _MENDERS.get(sentence)


def kind_of(failure: Failure) -> Kind:
    code, subcode = failure.code, failure.subcode
    if code is None:
        return Kind.OUTAGE  # no answer, HTML, a 503 of a proxy: Graph has not spoken
    known = (
        _BY_PAIR.get((code, subcode))
        or _ANYWHERE.get(subcode)
        or _hinted(code, failure.message.lower())
        or (Kind.CONTENT if code == 1 and failure.is_transient is False else None)
        or _ANYWHERE.get(code)
        or _BY_CODE.get(code)
        or (Kind.PERMISSION if 200 <= code <= 299 else None)
    )
    is_outage = failure.is_transient or (failure.status or 0) >= 500
    return known or (Kind.OUTAGE if is_outage else Kind.CONTENT)


def _hinted(code: int, message: str) -> Kind | None:
    return next((kind for known, hint, kind in _BY_HINT if known == code and hint in message), None)


_BY_CODE: dict[int, Kind] = {
    **dict.fromkeys((1, 2, 341), Kind.OUTAGE),
    **dict.fromkeys((4, 17, 32, 613), Kind.THROTTLED),
    **dict.fromkeys((102, 104, 190, 2500), Kind.TOKEN),
    **dict.fromkeys((3, 10, 283), Kind.PERMISSION),
    **dict.fromkeys((368, 2022), Kind.BLOCKED),
    506: Kind.DUPLICATE,
    **dict.fromkeys((100, 382, 389, 1705, 6000, 6001), Kind.CONTENT),
    324: Kind.PICTURE,
    3001: Kind.COUNTER,
    **dict.fromkeys((230, 551), Kind.UNREACHABLE),
}

# Long numbers that mean the same as a code and as a sub-code of any code.
_ANYWHERE: dict[int | None, Kind] = {
    **dict.fromkeys((80001, 80002, 80005, 80006, 80008), Kind.THROTTLED),
    2069032: Kind.TOKEN,  # wants the token of a page, has another
    **dict.fromkeys((2069030, 2069031, 2069033, 2018028), Kind.PERMISSION),
    1390008: Kind.BLOCKED,  # posting too fast
    1893063: Kind.BLOCKED,  # barred from messaging for a while
    4854002: Kind.BLOCKED,  # identity must be confirmed
    1404078: Kind.BLOCKED,  # Page Publishing Authorization
    **dict.fromkeys((1346003, 1404102, 1404112, 1404006), Kind.BLOCKED),
    2018338: Kind.BLOCKED,  # a warning for bothersome messages comes before a ban
    1366051: Kind.DUPLICATE,
    **dict.fromkeys((1609005, 1609008, 2061006), Kind.LINK),
    1366046: Kind.PICTURE,
    2874008: Kind.COUNTER,  # fewer than 100 followers
    **dict.fromkeys(range(2932001, 2932011), Kind.COUNTER),  # the post is not eligible
    **dict.fromkeys((10900, 10902, 10903, 1545041, 2018292), Kind.UNREACHABLE),
    2018300: Kind.HELD,
    2018321: Kind.HELD,  # Meta's automated questions and answers hold the thread
}

_BY_PAIR: dict[tuple[int, int | None], Kind] = {
    (1, 1965014): Kind.CONTENT,
    (1, 2853006): Kind.PERMISSION,
    (1, 99): Kind.OUTAGE,
    (190, 492): Kind.ROLE,
    (100, 33): Kind.MISSING,
    (100, 2018001): Kind.UNREACHABLE,
    (100, 2534025): Kind.UNREACHABLE,
    (10, 2018278): Kind.WINDOW,
    (10, 2534022): Kind.WINDOW,
    (10, 2018065): Kind.WINDOW,
    (10, 2018108): Kind.UNREACHABLE,
}

# The last resort, where one code means several things and there is no sub-code.
_BY_HINT: tuple[tuple[int, str, Kind], ...] = (
    (100, "appsecret_proof", Kind.APP_SECRET),
    (100, "permission", Kind.PERMISSION),
    (100, "does not exist", Kind.MISSING),
    (368, "already posted", Kind.DUPLICATE),
    (10, "another app is controlling", Kind.HELD),
    (10, "privacy rules in europe", Kind.REGION),
    (2500, "path component", Kind.CONTENT),
)

_NOT_SENT = (
    "Facebook could not be reached, and nothing was sent. If this goes on, check this server's network."
)
_OUTAGE = "Facebook did not answer properly, and nothing was changed. Try again in a moment."
_LOST = (
    "Facebook's answer was lost: this may or may not have gone out. Look at the page before sending again."
)
SLOW_DOWN = "Facebook asks this page to slow down, and nothing was done. Wait before trying again."
_HELD = (
    "Another app or a colleague in Business Suite holds this conversation. Answer there, or wait until it is"
    " handed back."
)
_UNREACHABLE = (
    "This person cannot be written to on Messenger. Do not try again; use another way to reach them."
)

_ERRORS: dict[Kind, tuple[type[PlatformError], str]] = {
    Kind.TOKEN: (
        ConnectionLost,
        "Facebook no longer accepts the connection of this page. Connect the page again.",
    ),
    Kind.ROLE: (
        ConnectionLost,
        "The person who connected this page has no role on it any more. Let somebody who has one connect it.",
    ),
    Kind.APP_SECRET: (
        ConnectionLost,
        "The app secret in the settings does not fit the app. Copy it again from the app's dashboard.",
    ),
    Kind.PERMISSION: (
        ConnectionLost,
        "A permission or a task on the page is missing. Connect the page again and grant all that is asked.",
    ),
    Kind.BLOCKED: (
        PageBlocked,
        "Facebook has barred this page from writing. Send nothing, and read the page's Support Inbox.",
    ),
    Kind.DUPLICATE: (
        OutcomeUnknown,
        "Facebook says that this is already posted: an earlier attempt may have succeeded. Look at the page.",
    ),
    Kind.CONTENT: (
        ContentRefused,
        "Facebook refuses this as it is. Change it, and have it approved again.",
    ),
    Kind.LINK: (
        ContentRefused,
        "Facebook cannot use the link. Check that it opens without signing in, or leave it out.",
    ),
    Kind.PICTURE: (
        ContentRefused,
        "Facebook refuses the picture. Use a JPEG or PNG file of at most 4 MB.",
    ),
    Kind.MISSING: (
        ContentRefused,
        "Facebook does not find this any more, or this page may not see it. Check whether it was deleted.",
    ),
    Kind.COUNTER: (
        ContentRefused,
        "Facebook does not count this here. It is shown as not available.",
    ),
    Kind.REGION: (
        ContentRefused,
        "Facebook does not offer this in Europe. Leave it out.",
    ),
    Kind.WINDOW: (
        RecipientUnreachable,
        "More than 24 hours have passed since this person wrote, so the page may not write. Offer the phone.",
    ),
    Kind.UNREACHABLE: (RecipientUnreachable, _UNREACHABLE),
}

_OF_KINDS: dict[Kind, Mender] = {
    **dict.fromkeys((Kind.TOKEN, Kind.ROLE, Kind.APP_SECRET, Kind.PERMISSION), Mender.ADMINISTRATOR),
    Kind.BLOCKED: Mender.COORDINATOR,
    **dict.fromkeys(
        (
            *(Kind.DUPLICATE, Kind.CONTENT, Kind.LINK, Kind.PICTURE, Kind.MISSING, Kind.REGION),
            *(Kind.WINDOW, Kind.UNREACHABLE),
        ),
        Mender.WRITER,
    ),
    Kind.COUNTER: Mender.PROGRAM,
}
_MENDERS: dict[str, Mender] = {
    **{sentence: _OF_KINDS[kind] for kind, (_, sentence) in _ERRORS.items()},
    _NOT_SENT: Mender.ADMINISTRATOR,
    _OUTAGE: Mender.PROGRAM,
    SLOW_DOWN: Mender.PROGRAM,
    _LOST: Mender.WRITER,
    _HELD: Mender.WRITER,
}
