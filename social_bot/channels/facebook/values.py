"""Values as Meta really sends them: ids as numbers, times in two units, lists that are missing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

_FIRST_MILLISECONDS = 10**11  # smaller ones are seconds: as milliseconds they would lie before 1974
_LONGEST_KEY = 180


def as_mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def as_text(value: object) -> str | None:
    """Text that every database and encoder takes: without NUL, half surrogates replaced."""
    if not isinstance(value, str):
        return None
    return value.replace("\x00", "").encode(errors="replace").decode()


def as_id(value: object) -> str | None:
    """An id is text or a number; None where there is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return as_text(value) or None


def as_time(value: object) -> datetime | None:
    """Milliseconds or seconds, as a number or as text."""
    try:
        number = int(value) if isinstance(value, int | float | str) else -1
        seconds = number if number < _FIRST_MILLISECONDS else number / 1000
        return datetime.fromtimestamp(seconds, UTC) if number > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def event_key(page_id: str, kind: str, *parts: object) -> str:
    """The same parts give the same key. Parts that are no short id are hashed."""
    key = ":".join([page_id, kind, *(_part(part) for part in parts if part is not None)])
    return key if len(key) <= _LONGEST_KEY else f"{kind}:{_hash(key)}"


def _part(part: object) -> str:
    return str(part) if isinstance(part, int) else (as_text(part) or _hash(part))


def _hash(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True)  # escapes everything, so any text can be encoded
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
