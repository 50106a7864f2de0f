"""Planning: campaigns that have started, and those that are ready to start."""

from collections import Counter

from fastapi import APIRouter, Response

from social_bot.organisation import pages
from social_bot.planning import store
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.posts import PostState
from social_bot.tracking.progress import goals_now
from social_bot.web.pages import render
from social_bot.web.visits import Staff

routes = APIRouter()


@routes.get("/campaigns")
def campaigns(visit: Staff) -> Response:
    bot = visit.site.bot
    with bot.database.read() as session:
        posts = store.list_posts(session)
        return render(
            visit,
            "campaigns.html",
            started=store.list_campaigns(session),
            planned=Counter(post.campaign_id for post in posts if post.state is not PostState.CANCELLED),
            published=Counter(post.campaign_id for post in posts if post.state is PostState.PUBLISHED),
            pages={page.id: page.name for page in pages.everyone(session)},
            ready=[read_campaign(path) for path in sorted(bot.campaigns.glob("*.yaml"))],
            example_day=visit.moments.today.replace(day=1),
        )


@routes.get("/campaigns/{campaign_id}")
def campaign(campaign_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_campaign(session, campaign_id)
        return render(
            visit,
            "campaign.html",
            campaign=row,
            page=pages.get(session, row.page_id),
            posts=store.list_posts(session, campaign_id=campaign_id),
            goals=goals_now(session, now=visit.moments.now, zone=visit.moments.zone, campaign_id=campaign_id),
        )
