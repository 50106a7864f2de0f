"""What people do to a campaign that runs: pause it, let it go on, end it; and when it may be run once more."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, audit, operators, stop
from social_bot.organisation.roles import Role
from social_bot.planning import holds, store
from social_bot.planning.holds import Return
from social_bot.planning.posts import MOVES, PostState
from social_bot.planning.store import CampaignRow, CampaignState, PostRow

REASON_LIMIT = 300
A_YEAR = timedelta(weeks=52)
"""The same weekday a year later."""

_LEFT = (
    *(PostState.DRAFT, PostState.AWAITING_APPROVAL, PostState.SCHEDULED),
    *(PostState.HELD, PostState.MISSED, PostState.EXPIRED),
)


def pause_campaign(
    session: Session, campaign_id: int, *, reason: str, by: str, now: datetime
) -> Sequence[PostRow]:
    """Put the campaign's scheduled posts on hold, from now on for every process; which they are."""
    stop.wait_for_senders(session)
    campaign = _running(session, campaign_id, by=by)
    if campaign.state is not CampaignState.RUNNING:
        raise NotAllowed("This campaign is on a pause already.")
    reason = " ".join(reason.split())
    if not reason:
        raise InvalidInput("Write why the campaign pauses. Others read it on the campaign's page.")
    if len(reason) > REASON_LIMIT:
        raise InvalidInput(
            "The reason is too long: {length} characters, at most {limit}.",
            length=len(reason),
            limit=REASON_LIMIT,
        )
    campaign.paused_by, campaign.paused_at, campaign.pause_reason = by, now, reason
    session.add(campaign)
    session.flush()
    held = holds.hold_scheduled(session)
    _record(session, campaign_id, "campaign.pause", by=by, now=now)
    return [post for post in held if post.campaign_id == campaign_id]


def resume_campaign(session: Session, campaign_id: int, *, by: str, now: datetime) -> Sequence[Return]:
    """Let the campaign go on: posts in time are scheduled again, of the others a person decides."""
    stop.wait_for_senders(session)
    campaign = _running(session, campaign_id, by=by)
    if campaign.state is not CampaignState.PAUSED:
        raise NotAllowed("This campaign is not on a pause.")
    campaign.paused_by = campaign.paused_at = campaign.pause_reason = None
    session.add(campaign)
    session.flush()
    returned = holds.let_campaign_go(session, campaign_id, by=by, now=now)
    _record(session, campaign_id, "campaign.resume", by=by, now=now)
    return returned


def end_campaign(session: Session, campaign_id: int, *, by: str, now: datetime) -> Sequence[PostRow]:
    """Cancel what has not gone out; which posts those were. What is on the page stays, and goals go on."""
    stop.wait_for_senders(session)
    campaign = _running(session, campaign_id, by=by)
    cancelled = [post for post in left_of(session, campaign_id) if PostState.CANCELLED in MOVES[post.state]]
    for post in cancelled:
        post.become(PostState.CANCELLED)
        session.add(post)
        alerts.settle(session, f"post:{post.id}", by=by, now=now)
    campaign.ended_by, campaign.ended_at = by, now
    campaign.paused_by = campaign.paused_at = campaign.pause_reason = None
    session.add(campaign)
    for post in cancelled:
        audit.record(session, at=now, actor=by, action="post.cancel", subject=f"post:{post.id}")
    _record(session, campaign_id, "campaign.end", by=by, now=now)
    return cancelled


def left_of(session: Session, campaign_id: int) -> Sequence[PostRow]:
    """Posts of the campaign that have not gone out and might."""
    return store.list_posts(session, campaign_id=campaign_id, states=_LEFT)


def start_of_copy(campaign: CampaignRow, *, today: date) -> date:
    """The same weekday of the year, in the first year in which it is still to come."""
    day = campaign.starts_on + A_YEAR
    while day <= today:
        day += A_YEAR
    return day


def _running(session: Session, campaign_id: int, *, by: str) -> CampaignRow:
    campaign = store.get_campaign(session, campaign_id)
    operators.require(session, by, Role.WRITER, page_id=campaign.page_id)
    if campaign.state is CampaignState.ENDED:
        raise NotAllowed("This campaign has ended. Copy it to run it once more.")
    return campaign


def _record(session: Session, campaign_id: int, action: str, *, by: str, now: datetime) -> None:
    audit.record(session, at=now, actor=by, action=action, subject=f"campaign:{campaign_id}")
