"""Starting a campaign: its plan becomes posts and goals, all or none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from social_bot import assets
from social_bot.errors import InvalidInput
from social_bot.organisation import audit, operators, pages
from social_bot.organisation.directory import Organisation
from social_bot.organisation.rendering import render
from social_bot.organisation.roles import Role
from social_bot.planning import library
from social_bot.planning.campaign_changes import NONE, Changes, apply_changes, left_out
from social_bot.planning.campaign_parts import CampaignPicture
from social_bot.planning.campaigns import Campaign, CampaignPlan, PlannedPost, plan_campaign
from social_bot.planning.checks import People
from social_bot.planning.composing import add_post, approve_post, submit_post
from social_bot.planning.media import Media
from social_bot.planning.posts import PostContent, PostPicture
from social_bot.planning.store import CampaignRow, GoalRow, PostRow

_OF_THE_DAY = frozenset({"next_opening", "today_hours", "tomorrow_hours"})
"""Values that are true only when they are read: no post that is written ahead may name them."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """``skipped`` are the planned posts whose time had passed, ``left_out`` those that somebody took out."""

    campaign: CampaignRow
    posts: Sequence[PostRow]
    skipped: Sequence[PlannedPost]
    left_out: Sequence[PlannedPost] = ()


def make_plan(
    campaign: Campaign, organisation: Organisation, *, start: date, values: Mapping[str, str], now: datetime
) -> CampaignPlan:
    """The campaign's plan with the organisation's languages, settings and zone."""
    return plan_campaign(
        campaign,
        start=start,
        values=values,
        languages=organisation.languages,
        zone=organisation.zone,
        render=render,
        organisation_values={
            language: {
                key: value
                for key, value in organisation.text_values(language, now).items()
                if key not in _OF_THE_DAY
            }
            for language in organisation.languages
        },
    )


def start_campaign(
    session: Session,
    campaign: Campaign,
    organisation: Organisation,
    *,
    page_id: str,
    start: date,
    values: Mapping[str, str],
    author: str,
    approver: str | None,
    media: Media,
    now: datetime,
    changes: Changes = NONE,
) -> Started:
    """Write the campaign's posts and goals; with an approver its posts are approved one by one.

    Without an approver the posts wait for approval. ``changes`` are made to single posts before.
    """
    operators.require(session, author, Role.WRITER, page_id=page_id)
    pages.get(session, page_id)
    whole = make_plan(campaign, organisation, start=start, values=values, now=now)
    plan = apply_changes(whole, changes, zone=organisation.zone)
    to_come = still_to_come(plan, now=now)
    if not to_come:
        raise InvalidInput("Every post of this campaign would be in the past. Choose a later start.")
    row = CampaignRow(
        slug=campaign.slug,
        page_id=page_id,
        title=dict(campaign.title),
        purpose=dict(campaign.purpose),
        target_group=dict(campaign.target_group),
        values=dict(values),
        starts_on=start,
        started_by=author,
        started_at=now,
        source=campaign.source,
    )
    session.add(row)
    session.flush()
    audit.record(
        session, at=now, actor=author, action="campaign.start", subject=f"campaign:{row.id}", detail=row.slug
    )
    posts = [
        _write_post(
            session,
            post,
            row,
            organisation,
            author=author,
            approver=approver,
            media=media,
            now=now,
        )
        for post in to_come
    ]
    session.add_all(
        GoalRow(
            campaign_id=row.id or 0, metric=goal.metric, target=goal.target, by_on=goal.by, why=dict(goal.why)
        )
        for goal in plan.goals
    )
    session.flush()
    return Started(
        campaign=row,
        posts=posts,
        skipped=[post for post in plan.posts if post not in to_come],
        left_out=left_out(whole, changes),
    )


def still_to_come(plan: CampaignPlan, *, now: datetime) -> Sequence[PlannedPost]:
    """Posts that would go out; of the others the time, and the lateness with it, has passed."""
    return [post for post in plan.posts if post.publish_at + post.lateness >= now]


def _write_post(
    session: Session,
    planned: PlannedPost,
    campaign: CampaignRow,
    organisation: Organisation,
    *,
    author: str,
    approver: str | None,
    media: Media,
    now: datetime,
) -> PostRow:
    content = PostContent(
        page_id=campaign.page_id,
        kind=planned.kind,
        texts=planned.texts,
        publish_at=planned.publish_at,
        link=planned.link,
        pictures=[
            _take_in(session, picture, planned.texts, media=media, author=author, now=now)
            for picture in planned.pictures
        ],
    )
    post = add_post(
        session,
        content,
        zone=organisation.zone,
        author=author,
        now=now,
        lateness=planned.lateness,
        campaign_id=campaign.id,
        key=planned.key,
    )
    if approver is None:
        return submit_post(session, post.id or 0, by=author, now=now)
    return approve_post(session, post.id or 0, content_hash=content.content_hash, by=approver, now=now)


def _take_in(
    session: Session,
    picture: CampaignPicture,
    languages: Collection[str],
    *,
    media: Media,
    author: str,
    now: datetime,
) -> PostPicture:
    """Into the folder and the library; the ready-made campaigns' own pictures are drawings without people."""
    taken = media.take_in(picture.path, alt={language: picture.alt[language] for language in languages})
    is_ours = picture.path.resolve().is_relative_to(assets.folder("campaigns").resolve())
    if media.measure(taken.file) is not None:
        library.ensure(
            session,
            media,
            taken.file,
            by=author,
            now=now,
            name=picture.path.name,
            people=People.NONE if is_ours else People.UNKNOWN,
            alt=taken.alt,
        )
    return taken
