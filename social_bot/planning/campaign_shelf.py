"""The campaigns that may be started: the ready-made ones that ship, and the organisation's own files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from sqlmodel import Session

from social_bot.errors import InvalidCampaign, InvalidInput, NotAllowed, NotFound
from social_bot.organisation import audit, operators
from social_bot.organisation.roles import Role
from social_bot.planning import store
from social_bot.planning.campaign_files import parse_campaign, read_campaign
from social_bot.planning.campaign_parts import Campaign
from social_bot.planning.post_kinds import PostKind
from social_bot.planning.store import OwnCampaignRow

FILE_LIMIT = 128 * 1024
MOST_OWN = 100
_NAME_LIMIT = 60


class Group(StrEnum):
    """Why somebody looks for a campaign."""

    MEET = "meet"
    KNOW = "know"
    REACH = "reach"
    LISTEN = "listen"


_K = PostKind
GROUPS: Mapping[Group, frozenset[PostKind]] = {
    Group.MEET: frozenset({_K.OUTREACH_EVENT, _K.FOOD_AID}),
    Group.KNOW: frozenset({_K.SERVICE_INTRO, _K.BENEFIT_INFO, _K.EARLY_CONTACT, _K.QA}),
    Group.REACH: frozenset({_K.OPEN_NOW, _K.HOURS_CHANGE, _K.CRISIS_NUMBERS, _K.DISRUPTION}),
    Group.LISTEN: frozenset({_K.PARTICIPATION}),
}


@dataclass(frozen=True, kw_only=True)
class OwnCampaign:
    """``campaign`` is None for a file that this version of the program cannot read any more."""

    row: OwnCampaignRow
    campaign: Campaign | None


def ready_made(folder: Path) -> Sequence[Campaign]:
    """By name. A file is read again only when it has changed."""
    return [_read(path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.yaml"))]


def is_ready_made(folder: Path, slug: str) -> bool:
    return any(path.stem == slug for path in folder.glob("*.yaml"))


def own(session: Session) -> Sequence[OwnCampaign]:
    return [
        OwnCampaign(row=row, campaign=_parse(row.slug, row.source))
        for row in store.list_own_campaigns(session)
    ]


def find(session: Session, folder: Path, slug: str) -> Campaign:
    """A ready-made campaign or an own one. Raises ``NotFound``."""
    shipped = next((each for each in ready_made(folder) if each.slug == slug), None)
    if shipped is not None:
        return shipped
    row = session.get(OwnCampaignRow, slug)
    if row is None:
        raise NotFound('There is no campaign "{slug}" to start.', slug=slug)
    return parse_campaign(row.source, slug=slug, file=f"{slug}.yaml", is_own=True)


def search(campaigns: Sequence[Campaign], words: str, language: str) -> Sequence[Campaign]:
    """Those that have every word somewhere in what they say of themselves."""
    wanted = words.casefold().split()

    def said(campaign: Campaign) -> str:
        parts = (campaign.title, campaign.purpose, campaign.target_group)
        return " ".join(part.get(language, "") for part in parts).casefold()

    return [each for each in campaigns if all(word in said(each) for word in wanted)]


def by_group(campaigns: Sequence[Campaign]) -> Mapping[Group, Sequence[Campaign]]:
    """By what their first post is about."""
    groups = {
        group: [each for each in campaigns if each.posts[0].kind in kinds] for group, kinds in GROUPS.items()
    }
    return {group: members for group, members in groups.items() if members}


def upload(
    session: Session, content: bytes, *, name: str, folder: Path, by: str, now: datetime
) -> OwnCampaignRow:
    """Keep an own campaign file under a free name; nothing that is there is ever overwritten.

    Raises ``InvalidCampaign`` with every problem of the file, ``NotAllowed`` for one that is here already.
    """
    operators.require(session, by, Role.WRITER)
    if len(content) > FILE_LIMIT:
        raise InvalidInput(
            "The file is larger than {most} kB. A campaign is a short text.", most=FILE_LIMIT // 1024
        )
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("The file is no text in UTF-8. Save it as a YAML text and try again.") from error
    rows = store.list_own_campaigns(session)
    same = next((row for row in rows if row.source == source), None)
    if same is not None:
        raise NotAllowed('This file is here already, as "{slug}".', slug=same.slug)
    if len(rows) >= MOST_OWN:
        raise NotAllowed("There are {most} own campaigns already. Remove one first.", most=MOST_OWN)
    taken = {row.slug for row in rows} | {path.stem for path in folder.glob("*.yaml")}
    slug = _free_name(name, taken)
    parse_campaign(source, slug=slug, file=Path(name).name or slug, is_own=True)
    row = OwnCampaignRow(slug=slug, source=source, uploaded_by=by, uploaded_at=now)
    session.add(row)
    audit.record(session, at=now, actor=by, action="campaign.upload", subject=f"own_campaign:{slug}")
    return row


def remove(session: Session, slug: str, *, by: str, now: datetime) -> None:
    """Take an own campaign off the shelf; what has been started from it goes on."""
    operators.require(session, by, Role.WRITER)
    row = session.get(OwnCampaignRow, slug)
    if row is None:
        raise NotFound('There is no own campaign "{slug}".', slug=slug)
    session.delete(row)
    audit.record(session, at=now, actor=by, action="campaign.remove", subject=f"own_campaign:{slug}")


def _free_name(name: str, taken: set[str]) -> str:
    """Letters, digits and underscores alone, whatever the file was called."""
    stem = re.sub(r"\.ya?ml$", "", name.rpartition("/")[2].rpartition("\\")[2].lower())
    slug = re.sub(r"[^a-z0-9]+", "_", stem)[:_NAME_LIMIT].strip("_") or "campaign"
    numbers = (f"{slug}_{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (slug, *numbers) if each not in taken)


@lru_cache(maxsize=200)
def _read(path: Path, changed_at: int) -> Campaign:
    del changed_at
    return read_campaign(path)


@lru_cache(maxsize=200)
def _parse(slug: str, source: str) -> Campaign | None:
    try:
        return parse_campaign(source, slug=slug, file=f"{slug}.yaml", is_own=True)
    except InvalidCampaign:
        return None
