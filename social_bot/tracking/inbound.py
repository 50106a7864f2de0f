"""What came in while a campaign ran: counted for its page, whether or not the campaign was the reason."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from social_bot.answering.store import CallbackState
from social_bot.planning.posts import PostState
from social_bot.planning.store import CampaignRow, list_posts
from social_bot.tracking import store


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """``callbacks`` and ``calls`` are of the whole organisation: a request for a call knows no page."""

    first_on: date
    last_on: date
    messages: int
    people: int
    callbacks: int
    calls: int


def count_inbound(
    session: Session, campaign: CampaignRow, *, now: datetime, zone: ZoneInfo
) -> Inbound | None:
    """From the first day until a week after the last post, or until it was ended; None before it has begun."""
    since = datetime.combine(campaign.starts_on, time(), tzinfo=zone).astimezone(UTC)
    posts = list_posts(session, campaign_id=campaign.id)
    living = [post.publish_at for post in posts if post.state is not PostState.CANCELLED]
    since = min([since, *living])
    last = max(living, default=since) + timedelta(days=7)
    until = min(now, campaign.ended_at or last, last)
    if until <= since:
        return None
    return Inbound(
        first_on=since.astimezone(zone).date(),
        last_on=until.astimezone(zone).date(),
        messages=store.count_messages(session, campaign.page_id, since=since, until=until),
        people=store.count_contacts(session, campaign.page_id, since=since, until=until),
        callbacks=store.count_callbacks(session, since=since, until=until),
        calls=store.count_callbacks(session, since=since, until=until, state=CallbackState.DONE),
    )
