"""Every error of the program, sorted by who must act.

::

    SocialBotError
    ├── PlatformError             a call to a page's platform did not end well
    │   ├── PageUnavailable       wait: down, slow or throttling; nothing was done
    │   ├── OutcomeUnknown        look: a write may or may not have happened
    │   ├── ConnectionLost        operator: the token, a permission or a role is gone
    │   ├── PageBlocked           operator: the page is barred from writing
    │   ├── ContentRefused        author: this text, link or picture is refused
    │   └── RecipientUnreachable  nobody: this person cannot be written to now
    ├── NotFound                  caller: what was asked for does not exist
    ├── InvalidInput              author: what was given cannot be used as it is
    │   └── InvalidCampaign       author: a campaign file, with its lines and keys
    ├── NotAllowed                caller: this person may not do this, or not now
    └── NotReady                  operator: a setting or the database must be mended first

The sentence is English with ``{named}`` places; a page shows it in the reader's language through
``translate`` (see translations.py) and a command prints ``str(error)``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SocialBotError(Exception):
    """A sentence that a person can read, saying what happened and what to do next."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values

    def in_words(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of ``translate``, its places filled."""
        return translate(self.sentence).format(**self.values)

    def __str__(self) -> str:
        return self.sentence.format(**self.values)


class Mender(StrEnum):
    """Who mends what went wrong at a page's platform."""

    PROGRAM = "program"
    WRITER = "writer"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, kw_only=True)
class PlatformDetails:
    """What the platform said, for the technical log and the attempt row; never shown first.

    ``user_message`` is the platform's own sentence for people (already in their language), if any.
    """

    status: int | None = None
    code: int | None = None
    subcode: int | None = None
    trace_id: str | None = None
    user_message: str | None = None


class PlatformError(SocialBotError):
    """A call to a page's platform did not end well."""

    def __init__(self, sentence: str, *, details: PlatformDetails | None = None, **values: object) -> None:
        super().__init__(sentence, **values)
        self.details = details or PlatformDetails()


class PageUnavailable(PlatformError):
    """Nothing was done; the same call may be made again at ``retry_at`` (aware UTC) or later."""

    def __init__(
        self,
        sentence: str,
        *,
        details: PlatformDetails | None = None,
        retry_at: datetime | None = None,
        throttled: bool = False,
        **values: object,
    ) -> None:
        super().__init__(sentence, details=details, **values)
        self.retry_at = retry_at
        self.throttled = throttled


class OutcomeUnknown(PlatformError):
    """A write was sent and its answer is lost or unclear: look, never send again blindly."""


class ConnectionLost(PlatformError):
    """The token, a permission or a role is gone: a person must reconnect the page."""


class PageBlocked(PlatformError):
    """The platform has barred the page from writing: all writes stop, a person is told."""


class ContentRefused(PlatformError):
    """The platform refuses what was sent; sending the same again will not help."""


class RecipientUnreachable(PlatformError):
    """This person cannot be written to now (window closed, blocked us, another app holds the thread)."""

    def __init__(
        self,
        sentence: str,
        *,
        details: PlatformDetails | None = None,
        held_by_other: bool = False,
        **values: object,
    ) -> None:
        super().__init__(sentence, details=details, **values)
        self.held_by_other = held_by_other


class NotFound(SocialBotError):
    """What was asked for does not exist."""


class InvalidInput(SocialBotError):
    """What was given cannot be used; the sentence names the field and the next step."""


@dataclass(frozen=True, kw_only=True)
class CampaignProblem:
    """One thing wrong in a campaign file. ``line`` counts from 1; ``key`` is a dotted path."""

    file: str
    line: int
    key: str
    problem: InvalidInput

    @property
    def sentence(self) -> str:
        """In English; a page says ``problem`` in the reader's language."""
        return str(self.problem)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.sentence}"


class InvalidCampaign(InvalidInput):
    """A campaign file cannot be used; ``problems`` holds all that is wrong, not only the first."""

    def __init__(self, problems: Sequence[CampaignProblem]) -> None:
        super().__init__("{problems}", problems="\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class NotAllowed(SocialBotError):
    """This person may not do this, or the thing is in a state that does not allow it."""


class NotReady(SocialBotError):
    """Something must be set or mended before this can run; the sentence says the command."""
