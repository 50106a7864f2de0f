"""What a check finds in a post, and what it needs to know of the world around the post."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from social_bot.planning.checks.lists import CheckLists
from social_bot.planning.posts import PostContent


class Severity(StrEnum):
    WARNING = "warning"
    BLOCK = "block"


class Check(StrEnum):
    IDENTITY_CODE = "identity_code"
    PRIVATE_CONTACT = "private_contact"
    HOME_ADDRESS = "home_address"
    NAMED_PERSON = "named_person"
    CASE_WORDS = "case_words"
    UNKNOWN_LINK = "unknown_link"
    SHORT_LINK = "short_link"
    EVENT_PAST = "event_past"
    DAY_PAST = "day_past"
    SAME_TEXT = "same_text"
    TOO_CLOSE = "too_close"
    AT_NIGHT = "at_night"
    MISSING_LANGUAGE = "missing_language"
    LONG_SENTENCE = "long_sentence"
    JARGON = "jargon"
    PASSIVE = "passive"
    UNCHECKED_NUMBER = "unchecked_number"
    OLD_FACTS = "old_facts"
    KIND_LACKS = "kind_lacks"
    ALT_QUALITY = "alt_quality"
    ALT_MISSING = "alt_missing"
    PICTURE_RULES = "picture_rules"
    PICTURE_TEXT = "picture_text"
    PEOPLE_CONSENT = "people_consent"


NEVER_OVERRIDDEN = frozenset(
    {Check.IDENTITY_CODE, Check.SHORT_LINK, Check.ALT_MISSING, Check.PEOPLE_CONSENT, Check.PICTURE_RULES}
)
"""Blocks that no reason lifts: they break the law, hide where they lead, or are mended with one tick."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``sentence`` and ``next_step`` are English with ``{named}`` places; ``quote`` is what was found.

    ``language`` is None for what concerns the whole post; ``picture`` counts from 1; ``start`` and ``end`` are
    the places of the quote in the text of the language.
    """

    check: Check
    severity: Severity
    sentence: str
    next_step: str
    values: Mapping[str, object] = field(default_factory=dict)
    language: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str = ""
    picture: int | None = None

    @property
    def is_block(self) -> bool:
        return self.severity is Severity.BLOCK

    @property
    def may_be_overridden(self) -> bool:
        return self.is_block and self.check not in NEVER_OVERRIDDEN

    @property
    def fingerprint(self) -> str:
        """The same words found by the same check: an override holds until they change."""
        found = f"{self.check}|{self.language}|{' '.join(self.quote.lower().split())}"
        return hashlib.sha256(found.encode()).hexdigest()

    def in_words(self, translate: Callable[[str], str]) -> str:
        return translate(self.sentence).format(**self.values)

    def step_in_words(self, translate: Callable[[str], str]) -> str:
        return translate(self.next_step).format(**self.values)


class People(StrEnum):
    """What somebody has ticked about the people in a picture."""

    UNKNOWN = "unknown"
    NONE = "none"
    AGREED = "agreed"


@dataclass(frozen=True, kw_only=True)
class PictureFacts:
    """A picture as it lies in the media folder; ``size`` in bytes."""

    media_type: str
    width: int
    height: int
    size: int
    seems_text: bool = False
    people: People = People.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class OtherPost:
    """A post of the same page near in time; its campaign or series may say the same again on purpose."""

    publish_at: datetime
    text: str
    is_repeated_on_purpose: bool = False


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One value of the organisation's directory and the day on which somebody checked it."""

    key: str
    value: str
    checked_on: date


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """Gathered once for a post.

    ``fields`` are what the composer was told of the kind (None for a post that was not made there); ``pictures``
    by file, without those that cannot be read; ``own_hosts`` are the organisation's and this program's own.
    """

    lists: CheckLists
    zone: ZoneInfo
    languages: Sequence[str]
    own_numbers: AbstractSet[str] = frozenset()
    own_hosts: AbstractSet[str] = frozenset()
    settings: Sequence[Setting] = ()
    values: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    others: Sequence[OtherPost] = ()
    pictures: Mapping[str, PictureFacts] = field(default_factory=dict)
    fields: Mapping[str, str] | None = None


Rule = Callable[[PostContent, CheckContext], Iterator[Finding]]
