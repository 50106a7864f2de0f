"""An approval is bound to a hash of the exact content, and is never one's own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from social_bot.errors import NotAllowed


@dataclass(frozen=True, kw_only=True)
class Approval:
    by: str
    at: datetime
    content_hash: str


def content_hash(content: Mapping[str, object]) -> str:
    """64 hexadecimal characters over the canonical JSON of ``content``; the order of keys does not matter."""
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def approve(*, by: str, author: str, at: datetime, content_hash: str) -> Approval:
    """Raises ``NotAllowed`` when the approver is the author, whatever roles they hold."""
    if by == author:
        raise NotAllowed(
            'The approver must be somebody other than the author. "{name}" wrote this; ask another approver.',
            name=author,
        )
    return Approval(by=by, at=at, content_hash=content_hash)
