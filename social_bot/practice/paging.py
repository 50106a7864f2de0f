"""Cursor pages, as every edge of Graph answers with them.

https://developers.facebook.com/docs/graph-api/results
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from social_bot.practice.call import Call
from social_bot.practice.fields import Field
from social_bot.practice.parameters import Parameters
from social_bot.practice.refusals import bad_parameter

_USUAL_LIMIT = 25
_HIGHEST_LIMIT = 100
_LEFT_OUT_OF_NEXT = {"access_token", "after", "before", "appsecret_proof"}

Row = TypeVar("Row")


def answer_page(
    call: Call, rows: Sequence[Row], *, key: Callable[[Row], str], shape: Callable[[Row], object]
) -> dict[str, object]:
    """The asked page of ``rows``; ``paging.next`` carries the token, as Meta's does."""
    limit = _limit(call.parameters)
    start = _start(call.parameters.text("after"), rows, key)
    shown = rows[start : start + limit]
    answer: dict[str, object] = {"data": [shape(row) for row in shown]}
    if shown:
        paging: dict[str, object] = {
            "cursors": {"before": _cursor(key(shown[0])), "after": _cursor(key(shown[-1]))}
        }
        if start + limit < len(rows):
            paging["next"] = _next_address(call, limit=limit, after=_cursor(key(shown[-1])))
        answer["paging"] = paging
    return answer


def inner_page(
    field: Field,
    rows: Sequence[Row],
    *,
    key: Callable[[Row], str],
    shape: Callable[[Row], object],
    summary: dict[str, object],
) -> dict[str, object]:
    """An edge asked inside ``fields``: ``comments.limit(3).summary(true){message}``."""
    limit = _limit(Parameters(field.modifiers))
    shown = rows[:limit]
    answer: dict[str, object] = {"data": [shape(row) for row in shown]}
    if shown:
        answer["paging"] = {"cursors": {"before": _cursor(key(shown[0])), "after": _cursor(key(shown[-1]))}}
    if field.modifiers.get("summary", "false") in {"true", "1", "total_count"}:
        answer["summary"] = summary
    return answer


def _limit(parameters: Parameters) -> int:
    limit = parameters.whole("limit")
    if limit is None:
        return _USUAL_LIMIT
    if not 0 <= limit <= _HIGHEST_LIMIT:
        raise bad_parameter(f"Param limit must be between 0 and {_HIGHEST_LIMIT}")
    return limit


def _start(after: str | None, rows: Sequence[Row], key: Callable[[Row], str]) -> int:
    if not after:
        return 0
    try:
        last = base64.urlsafe_b64decode(after.encode()).decode()
    except (binascii.Error, ValueError) as error:
        raise bad_parameter("Invalid cursors values") from error
    for index, row in enumerate(rows):
        if key(row) == last:
            return index + 1
    raise bad_parameter("The After Cursor specified exceeds the max limit")


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


def _next_address(call: Call, *, limit: int, after: str) -> str:
    kept = {name: value for name, value in call.parameters.values.items() if name not in _LEFT_OUT_OF_NEXT}
    query = urlencode({**kept, "access_token": call.request.token or "", "limit": limit, "after": after})
    return call.address(f"/graph/{call.request.version}/{call.request.path}?{query}")
