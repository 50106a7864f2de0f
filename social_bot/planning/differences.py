"""What differs between two versions of a text, word by word."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_PIECES = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Part:
    change: Change
    text: str


def differences(before: str, after: str) -> Sequence[Part]:
    """The parts in reading order; all that is not ``ADDED`` makes ``before``, all not ``REMOVED`` ``after``."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    parts: list[Part] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        a=old, b=new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            parts.append(Part(change=Change.SAME, text="".join(old[old_from:old_to])))
            continue
        for change, pieces in (
            (Change.REMOVED, old[old_from:old_to]),
            (Change.ADDED, new[new_from:new_to]),
        ):
            if pieces:
                parts.append(Part(change=change, text="".join(pieces)))
    return parts
