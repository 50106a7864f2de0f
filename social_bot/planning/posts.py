"""A post, its states and the moves between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation.approval import content_hash

LATENESS = timedelta(minutes=60)
ANSWER_WAIT = timedelta(seconds=8)
"""A send without an answer for this long reads ``unconfirmed``; a later answer still settles it."""

LOOK_AFTER = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""When the page is looked at, counted from the send, before a person is asked."""

SEND_LIMIT = timedelta(seconds=90)
"""No answer comes later than this: the channel's time-outs (connect, write, read) are shorter together."""

TEXT_LIMIT = 63_206
_LANGUAGE_BREAK = "\n\n— — —\n\n"


class PostState(StrEnum):
    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    MISSED = "missed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    HELD = "held"


_S = PostState
MOVES: Mapping[PostState, frozenset[PostState]] = {
    _S.DRAFT: frozenset({_S.AWAITING_APPROVAL, _S.SCHEDULED, _S.CANCELLED, _S.EXPIRED}),
    _S.AWAITING_APPROVAL: frozenset({_S.SCHEDULED, _S.DRAFT, _S.CANCELLED, _S.EXPIRED}),
    _S.SCHEDULED: frozenset({_S.PUBLISHING, _S.DRAFT, _S.CANCELLED, _S.MISSED, _S.HELD}),
    _S.PUBLISHING: frozenset({_S.PUBLISHED, _S.FAILED, _S.UNCONFIRMED, _S.SCHEDULED}),
    _S.UNCONFIRMED: frozenset({_S.PUBLISHED, _S.FAILED, _S.SCHEDULED}),
    _S.HELD: frozenset({_S.SCHEDULED, _S.DRAFT, _S.CANCELLED, _S.MISSED}),
    _S.MISSED: frozenset({_S.SCHEDULED, _S.DRAFT, _S.CANCELLED}),
    _S.FAILED: frozenset({_S.DRAFT, _S.CANCELLED}),
    _S.EXPIRED: frozenset({_S.DRAFT, _S.CANCELLED}),
    _S.PUBLISHED: frozenset(),
    _S.CANCELLED: frozenset(),
}


def move(state: PostState, to: PostState) -> PostState:
    """The new state; raises ``NotAllowed`` for a move that the table does not hold."""
    if to not in MOVES[state]:
        raise NotAllowed("A post that is {state} cannot become {to}.", state=state.value, to=to.value)
    return to


def require_approvable(state: PostState) -> None:
    """Raises ``NotAllowed``: to approve what is being sent, or may be there already, would send it twice."""
    if state not in (PostState.DRAFT, PostState.AWAITING_APPROVAL):
        raise NotAllowed(
            "A post that is {state} cannot become {to}.", state=state.value, to=PostState.SCHEDULED.value
        )


@dataclass(frozen=True, kw_only=True)
class PostPicture:
    """``file`` is the name under the media folder (its content's hash); ``alt`` by language."""

    file: str
    media_type: str
    alt: Mapping[str, str]
    is_decorative: bool = False


@dataclass(frozen=True, kw_only=True)
class PostContent:
    """Everything that is approved: change any of it and the approval is void.

    ``texts`` by language, in the organisation's order; ``publish_at`` aware UTC.
    """

    page_id: str
    kind: str
    texts: Mapping[str, str]
    publish_at: datetime
    link: str | None = None
    pictures: Sequence[PostPicture] = ()

    def __post_init__(self) -> None:
        if self.publish_at.tzinfo is None:
            raise InvalidInput("A post's time needs a zone.")
        if not any(text.strip() for text in self.texts.values()):
            raise InvalidInput("A post needs a text.")
        if len(self.text) > TEXT_LIMIT:
            raise InvalidInput(
                "The text is too long: {length} characters, at most {limit}.",
                length=len(self.text),
                limit=TEXT_LIMIT,
            )
        for picture in self.pictures:
            lacking = [language for language in self.texts if not picture.alt.get(language)]
            if lacking and not picture.is_decorative:
                raise InvalidInput(
                    "A picture needs an alternative text in every language of the post ({languages}), "
                    "or must be marked decorative.",
                    languages=", ".join(lacking),
                )

    @property
    def text(self) -> str:
        """The text as it is sent: the languages in order, parted by a line."""
        return _LANGUAGE_BREAK.join(text.strip() for text in self.texts.values() if text.strip())

    def alt_text(self, picture: PostPicture) -> str:
        if picture.is_decorative:
            return ""
        return " / ".join(picture.alt[language] for language in self.texts)

    @property
    def content_hash(self) -> str:
        return content_hash(
            {
                "page": self.page_id,
                "texts": list(self.texts.items()),
                "at": self.publish_at.isoformat(),
                "link": self.link,
                "pictures": [
                    [part.file, sorted(part.alt.items()), part.is_decorative] for part in self.pictures
                ],
            }
        )


def next_look(started_at: datetime, looks_done: int) -> datetime | None:
    """When the page is to be looked at next; None when a person must decide."""
    return started_at + LOOK_AFTER[looks_done] if looks_done < len(LOOK_AFTER) else None


def same_text(ours: str, theirs: str) -> bool:
    """Whether the platform shows our text: line ends and outer space do not count."""
    return _plain(ours) == _plain(theirs)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
