"""Troubles that can be switched on for a Page, and which of them meets a call.

Pure: ``meet`` takes the fault and what is asked, and returns what happens and what is left of the fault.
"""

import json
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from social_bot.errors import InvalidInput
from social_bot.practice.refusals import Refusal, blocked, dead_token

_USAGE_STEP = 5


class After(StrEnum):
    """What becomes of the answer once the call has been carried out."""

    ANSWER = "answer"
    DROP = "drop"  # the connection is closed without a byte
    HANG = "hang"  # no answer until the client gives up
    SERVER_ERROR = "server_error"  # HTTP 500, code 2
    HTML_ERROR = "html_error"  # HTTP 500 as an HTML page


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Numbers named ``…_next`` count down with each call that they meet; the rest stays until changed.

    ``edge`` narrows everything that meets writes to one edge, such as ``feed`` or ``messages``; photos are
    uploaded before the post is, so ``lose_next=1`` alone would lose a photo's answer.
    """

    edge: str = ""
    lose_next: int = 0  # writes that happen, and whose answers are lost
    hang_next: int = 0  # writes that happen, and are never answered
    error_after_next: int = 0  # writes that happen, and are answered with HTTP 500
    is_html: bool = False  # those come as an HTML page
    null_in_batch_next: int = 0  # operations of a batch that are not carried out
    unavailable_next: int = 0  # calls answered 503 with JSON that holds no "error"; nothing is done
    refuse_next: int = 0  # writes refused with the code below; nothing is done
    refuse_code: int = 1
    refuse_subcode: int | None = None
    rate_limited_minutes: int = 0  # every call refused, with this time to regain access
    is_blocked: bool = False  # every write refused (368)
    dead_token_subcode: int | None = None  # every call refused (190): 458, 460, 463, 492
    is_unrouted: bool = False  # the Page's conversations have no default app
    delay_seconds: float = 0.0  # before every answer
    read_lag_seconds: float = 0.0  # before what was created can be read (100/33)
    usage_percent: int = 0  # in the usage headers; climbs with every call
    webhooks_twice: bool = False
    webhooks_shuffled: bool = False  # the newest first
    webhooks_batched: bool = False  # all that wait in one delivery
    webhook_delay_seconds: float = 0.0

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Raises ``InvalidInput`` for a name that is no fault, or a value of another kind than its default."""
        usual = cls()
        known = {field.name for field in fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise InvalidInput(
                    "There is no fault named {name}. Known: {known}", name=name, known=sorted(known)
                )
            if not _fits(getattr(usual, name), value):
                raise InvalidInput("The value of the fault {name} is of the wrong kind.", name=name)
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Only what differs from no fault at all."""
        usual = type(self)()
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(usual, field.name)
        }


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """``refusal``: the call is not carried out. ``left`` is the fault from now on."""

    left: Fault
    refusal: Refusal | None = None
    is_unavailable: bool = False
    is_null: bool = False
    after: After = After.ANSWER


def meet(fault: Fault, *, is_write: bool, edge: str, is_in_batch: bool = False) -> Meeting:
    if fault.usage_percent:
        fault = replace(fault, usage_percent=fault.usage_percent + _USAGE_STEP)
    if fault.dead_token_subcode is not None:
        return Meeting(left=fault, refusal=dead_token(fault.dead_token_subcode))
    if fault.rate_limited_minutes:
        return Meeting(left=fault, refusal=_rate_limited(edge))
    if fault.unavailable_next:
        left = replace(fault, unavailable_next=fault.unavailable_next - 1)
        return Meeting(left=left, is_unavailable=True)
    if is_in_batch and fault.null_in_batch_next:
        left = replace(fault, null_in_batch_next=fault.null_in_batch_next - 1)
        return Meeting(left=left, is_null=True)
    if not is_write or fault.edge not in {"", edge}:
        return Meeting(left=fault)
    return _meet_write(fault)


def usage_headers(fault: Fault, page_id: str, edge: str) -> dict[str, str]:
    """https://developers.facebook.com/docs/graph-api/overview/rate-limiting ; nothing while usage is low."""
    percent = 100 if fault.rate_limited_minutes else fault.usage_percent
    if not percent:
        return {}
    counters = {"call_count": percent, "total_cputime": percent // 4, "total_time": percent // 4}
    business = {
        "type": "messenger" if edge == "messages" else "pages",
        **counters,
        "estimated_time_to_regain_access": fault.rate_limited_minutes,
    }
    return {
        "x-app-usage": json.dumps(counters, separators=(",", ":")),
        "x-business-use-case-usage": json.dumps({page_id: [business]}, separators=(",", ":")),
    }


def _meet_write(fault: Fault) -> Meeting:
    if fault.is_blocked:
        return Meeting(left=fault, refusal=blocked())
    if fault.refuse_next:
        refusal = Refusal(
            f"(#{fault.refuse_code}) Refused on purpose by a fault of the practice Page",
            code=fault.refuse_code,
            subcode=fault.refuse_subcode,
            status=500 if fault.refuse_code in {1, 2} else 400,
            is_transient=fault.refuse_code in {1, 2},
        )
        return Meeting(left=replace(fault, refuse_next=fault.refuse_next - 1), refusal=refusal)
    if fault.lose_next:
        return Meeting(left=replace(fault, lose_next=fault.lose_next - 1), after=After.DROP)
    if fault.hang_next:
        return Meeting(left=replace(fault, hang_next=fault.hang_next - 1), after=After.HANG)
    if fault.error_after_next:
        after = After.HTML_ERROR if fault.is_html else After.SERVER_ERROR
        return Meeting(left=replace(fault, error_after_next=fault.error_after_next - 1), after=after)
    return Meeting(left=fault)


def _rate_limited(edge: str) -> Refusal:
    if edge == "messages":
        return Refusal("(#80006) There have been too many calls to this Page account.", code=80006)
    return Refusal(
        "(#80001) There have been too many calls to this Page account. Wait a bit and try again.", code=80001
    )


def _fits(usual: object, value: object) -> bool:
    if usual is None:
        return value is None or (isinstance(value, int) and not isinstance(value, bool))
    if isinstance(usual, bool) or isinstance(value, bool):
        return isinstance(usual, bool) and isinstance(value, bool)
    if isinstance(usual, float):
        return isinstance(value, int | float) and value >= 0
    if isinstance(usual, int):
        return isinstance(value, int) and value >= 0
    return isinstance(value, str)
