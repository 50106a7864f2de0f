"""The calendar feed: a secret address for a worker's own calendar, and what is read there."""

from fastapi import APIRouter, Response

from social_bot.errors import NotFound
from social_bot.planning import feeds
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Anybody, Staff, StaffForm
from social_bot.web.wording import Words

_TYPE = "text/calendar; charset=utf-8"
_KEPT = {"Cache-Control": "private, max-age=900", "X-Robots-Tag": "noindex"}

routes = APIRouter()
public = APIRouter()


@routes.get("/calendar-feed")
def manage(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        feed = feeds.find_feed_of(session, visit.worker.name)
    return render(visit, "calendar_feed.html", feed=feed, address=None, done=done)


@routes.post("/calendar-feed")
def renew(visit: Staff, form: StaffForm) -> Response:
    """The address is shown on this answer alone: only its hash is kept."""
    del form
    with visit.site.bot.database.write() as session:
        token = feeds.renew_feed(
            session, by=visit.worker.name, language=visit.language, now=visit.moments.now
        )
        feed = feeds.find_feed_of(session, visit.worker.name)
    base_url = visit.site.bot.settings.base_url
    return render(visit, "calendar_feed.html", feed=feed, address=f"{base_url}/calendar/{token}.ics", done="")


@routes.post("/calendar-feed/withdraw")
def withdraw(visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        feeds.withdraw_feed(session, by=visit.worker.name, now=visit.moments.now)
    return see_other("/calendar-feed?done=feed_withdrawn")


@public.get("/calendar/{token}.ics")
def read(token: str, visit: Anybody) -> Response:
    """Without a cookie; an unknown address looks like any page that does not exist."""
    now = visit.moments.now
    client = visit.request.client
    with visit.site.bot.database.read() as session:
        feed = feeds.open_feed(session, token)
        reader = feed.token_hash if feed else (client.host if client else "")
        if not visit.site.feed_floods.may_send(reader, now=now):
            return Response(status_code=429, headers={"Retry-After": "900"})
        if feed is None:
            raise NotFound("There is no calendar at this address.")
        posts = feeds.list_fed_posts(session, feed.operator, now=now)
    words = Words(language=feed.language, topic_names=lambda: visit.site.topic_names)
    content = feeds.write_calendar(
        posts,
        name=visit.organisation.value("name", feed.language) or visit.organisation.name,
        staff_url=visit.site.bot.settings.url_for_staff,
        zone=visit.moments.zone,
        state_in_words=words.post_state,
        now=now,
    )
    return Response(content, media_type=_TYPE, headers=_KEPT)
