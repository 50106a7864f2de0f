"""Changes to single posts of a plan before it is started: left out, another time, another text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from social_bot.errors import InvalidInput
from social_bot.planning.calendar import to_utc
from social_bot.planning.campaigns import CampaignPlan, PlannedPost

TEXT_LIMIT = 5_000
LIMIT = 200_000
"""Characters of all changes together, as they travel through the form."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """``local`` is a wall-clock time; ``texts`` replace those of the languages that they name."""

    leaves_out: bool = False
    local: datetime | None = None
    texts: Mapping[str, str] = field(default_factory=dict)


Changes = Mapping[str, Change]
"""By the key of the planned post."""

NONE: Changes = {}


def apply_changes(plan: CampaignPlan, changes: Changes, *, zone: ZoneInfo) -> CampaignPlan:
    """The plan as it is to be started. Changes to posts that the plan no longer has fall away."""
    posts = [
        _changed(post, changes.get(post.key, Change()), zone=zone)
        for post in plan.posts
        if not changes.get(post.key, Change()).leaves_out
    ]
    return replace(plan, posts=tuple(sorted(posts, key=lambda post: (post.publish_at, post.key))))


def left_out(plan: CampaignPlan, changes: Changes) -> Sequence[PlannedPost]:
    return [post for post in plan.posts if changes.get(post.key, Change()).leaves_out]


def write_changes(changes: Changes) -> str:
    """As text, for a form's hidden field."""
    return json.dumps(
        {
            key: {
                **({"out": True} if change.leaves_out else {}),
                **({"at": change.local.isoformat()} if change.local else {}),
                **({"texts": dict(change.texts)} if change.texts else {}),
            }
            for key, change in changes.items()
        },
        ensure_ascii=False,
    )


def read_changes(text: str) -> Changes:
    """Of what ``write_changes`` wrote. Raises ``InvalidInput`` for anything else."""
    if len(text) > LIMIT:
        raise InvalidInput(
            "There are too many changes for one form. Start the campaign and change its posts."
        )
    try:
        return {str(key): _read_change(part) for key, part in json.loads(text or "{}").items()}
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise InvalidInput("The form could not be read. Reload the page and try again.") from error


def _read_change(part: Mapping[str, object]) -> Change:
    at, texts = part.get("at"), part.get("texts", {})
    if not isinstance(texts, dict):
        raise TypeError("texts")
    return Change(
        leaves_out=part.get("out") is True,
        local=None if at is None else datetime.fromisoformat(str(at)).replace(tzinfo=None),
        texts={str(language): str(words)[:TEXT_LIMIT] for language, words in texts.items()},
    )


def _changed(post: PlannedPost, change: Change, *, zone: ZoneInfo) -> PlannedPost:
    local = change.local or post.local
    texts = {language: change.texts.get(language) or text for language, text in post.texts.items()}
    return replace(post, local=local, publish_at=to_utc(local, zone), texts=texts)
