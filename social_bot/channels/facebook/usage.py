"""How much of its allowance a page has used, and when it may call again.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

SLOW_FROM = 75  # percent: calls that can wait are a minute apart
PUT_OFF_FROM = 90  # calls that can wait do wait
STOP_FROM = 100  # everything waits

_COUNTERS = ("call_count", "total_time", "total_cputime")
_REGAIN = "estimated_time_to_regain_access"
_MOST_MINUTES = 24 * 60  # Meta counts over a day; a longer wait would be a slip of theirs

_APART = timedelta(minutes=1)
_PUT_OFF = timedelta(minutes=15)
_STOPPED = timedelta(minutes=5)
_LONGEST_BACK_OFF = timedelta(minutes=60)


class Lane(StrEnum):
    """Allowances that Meta counts apart; the values are its names. Counters never hold up an answer."""

    PAGES = "pages"
    MESSENGER = "messenger"


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The fullest counter that an answer told of; it may be above 100."""

    percent: int
    seen_at: datetime
    regain_at: datetime | None = None


def parse_usage(headers: Mapping[str, str], *, page_id: str, lane: Lane, now: datetime) -> Usage | None:
    """None when no header says anything about this page and lane, which is usual while usage is low."""
    per_object = _loaded(headers.get("x-business-use-case-usage")).get(page_id)
    listed = per_object if isinstance(per_object, list) else []
    rows = [row for row in listed if isinstance(row, dict) and row.get("type") == lane]
    whole = [_loaded(headers.get(name)) for name in ("x-app-usage", "x-page-usage")]
    percents = [row[name] for row in [*rows, *whole] for name in _COUNTERS if _is_number(row.get(name))]
    if not percents:
        return None
    waits = [row[_REGAIN] for row in rows if _is_number(row.get(_REGAIN))]
    minutes = min(max(waits, default=0), _MOST_MINUTES)
    return Usage(
        percent=max(percents),
        seen_at=now,
        regain_at=now + timedelta(minutes=minutes) if minutes > 0 else None,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _loaded(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}  # a header that cannot be read says nothing; the answer itself still counts
    return value if isinstance(value, dict) else {}


def wait_until(usage: Usage | None, *, is_urgent: bool, now: datetime) -> datetime | None:
    """The moment before which a call would make things worse; None means: call."""
    if usage is None:
        return None
    until = usage.seen_at
    if usage.percent >= STOP_FROM:
        until = usage.regain_at or usage.seen_at + _STOPPED
    elif usage.percent >= PUT_OFF_FROM and not is_urgent:
        until = usage.regain_at or usage.seen_at + _PUT_OFF
    elif usage.percent >= SLOW_FROM and not is_urgent:
        until = usage.seen_at + _APART
    return until if until > now else None


def back_off(usage: Usage | None, *, throttles: int, now: datetime) -> datetime:
    """When to call again after being throttled, having been so ``throttles`` times running before."""
    if usage and usage.regain_at and usage.regain_at > now:
        return usage.regain_at
    return now + min(timedelta(minutes=2 ** min(throttles, 6)), _LONGEST_BACK_OFF)


@dataclass
class Gate:
    """What is remembered of each page and lane between calls. Safe for several threads."""

    _usage: dict[tuple[str, Lane], Usage] = field(default_factory=dict)
    _throttles: dict[tuple[str, Lane], int] = field(default_factory=dict)
    _held_until: dict[tuple[str, Lane], datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait_until(self, page_id: str, lane: Lane, *, is_urgent: bool, now: datetime) -> datetime | None:
        with self._lock:
            held_until = self._held_until.get((page_id, lane), now)
            by_usage = wait_until(self._usage.get((page_id, lane)), is_urgent=is_urgent, now=now)
        until = max(held_until, by_usage or now)
        return until if until > now else None

    def usage(self, page_id: str, lane: Lane) -> Usage | None:
        with self._lock:
            return self._usage.get((page_id, lane))

    def throttles(self, page_id: str, lane: Lane) -> int:
        """How often running this lane has been throttled."""
        with self._lock:
            return self._throttles.get((page_id, lane), 0)

    def saw(self, page_id: str, lane: Lane, usage: Usage) -> None:
        with self._lock:
            self._usage[page_id, lane] = usage

    def hold(self, page_id: str, lane: Lane, *, until: datetime) -> None:
        """Throttled: calling on would lengthen the lockout."""
        with self._lock:
            self._throttles[page_id, lane] = self._throttles.get((page_id, lane), 0) + 1
            self._held_until[page_id, lane] = until

    def went_well(self, page_id: str, lane: Lane) -> None:
        with self._lock:
            self._throttles.pop((page_id, lane), None)
