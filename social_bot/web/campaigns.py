"""Planning: campaigns that run, their posts, goals and inbound; the shelf of those that may be started."""

from collections import Counter

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from sqlmodel import Session

from social_bot.errors import InvalidCampaign, InvalidInput, NotAllowed, NotFound, SocialBotError
from social_bot.organisation import pages, stop
from social_bot.organisation.roles import Role
from social_bot.planning import campaign_deeds, campaign_shelf, holds, store
from social_bot.planning.campaign_export import export_campaign
from social_bot.planning.posts import PostState
from social_bot.planning.store import CampaignRow, CampaignState
from social_bot.tracking.inbound import count_inbound
from social_bot.tracking.progress import goals_now
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_CACHED = {"Cache-Control": "private, max-age=86400"}

routes = APIRouter()


@routes.get("/campaigns")
def campaigns(visit: Staff, q: str = "", done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        return _shelf(session, visit, words=q[:80], done=done)


@routes.post("/campaigns/own")
def bring_own(visit: Staff, upload: StaffUpload) -> Response:
    files = upload.files.get("file", ())
    problem: SocialBotError = InvalidInput("Choose a file first. It ends in .yaml.")
    if files:
        try:
            with visit.site.bot.database.write() as session:
                row = campaign_shelf.upload(
                    session,
                    files[0].content,
                    name=files[0].name,
                    folder=visit.site.bot.campaigns,
                    by=visit.worker.name,
                    now=visit.moments.now,
                )
                slug = row.slug
        except (InvalidInput, NotAllowed) as refusal:
            problem = refusal
        else:
            return see_other(f"/campaigns?done=campaign_uploaded#campaign-{slug}")
    with visit.site.bot.database.read() as session:
        return _shelf(session, visit, words="", problem=problem)


@routes.post("/campaigns/own/{slug}/remove")
def remove_own(slug: str, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        campaign_shelf.remove(session, slug, by=visit.worker.name, now=visit.moments.now)
    return see_other("/campaigns?done=campaign_removed")


@routes.get("/campaigns/ready/{slug}/file")
def ready_file(slug: str, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        found = campaign_shelf.find(session, visit.site.bot.campaigns, slug)
    return _file(found.source, found.slug)


@routes.get("/campaigns/picture/{name}")
def picture(name: str, visit: Staff) -> Response:
    """A drawing that comes with the ready-made campaigns."""
    folder = (visit.site.bot.campaigns / "images").resolve()
    path = (folder / name).resolve()
    if not path.is_file() or path.parent != folder:
        raise NotFound("This picture is not among the campaigns' pictures.")
    return FileResponse(path, headers=_CACHED)


@routes.get("/campaigns/{campaign_id}")
def campaign(campaign_id: int, visit: Staff, done: str = "") -> Response:
    moments = visit.moments
    with visit.site.bot.database.read() as session:
        row = store.get_campaign(session, campaign_id)
        return render(
            visit,
            "campaign.html",
            campaign=row,
            page=pages.get(session, row.page_id),
            posts=store.list_posts(session, campaign_id=campaign_id),
            goals=goals_now(session, now=moments.now, zone=moments.zone, campaign_id=campaign_id),
            inbound=count_inbound(session, row, now=moments.now, zone=moments.zone),
            may_change=visit.holds(Role.WRITER, row.page_id) and row.state is not CampaignState.ENDED,
            done=done,
        )


@routes.get("/campaigns/{campaign_id}/file")
def file(campaign_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_campaign(session, campaign_id)
        is_own = not campaign_shelf.is_ready_made(visit.site.bot.campaigns, row.slug)
        return _file(export_campaign(row, is_own=is_own), f"{row.slug}_{row.starts_on}")


@routes.get("/campaigns/{campaign_id}/pause")
def look_at_pause(campaign_id: int, visit: Staff) -> Response:
    return _look(visit, campaign_id, "pause")


@routes.post("/campaigns/{campaign_id}/pause")
def pause(campaign_id: int, visit: Staff, form: StaffForm) -> Response:
    try:
        with visit.site.bot.database.write() as session:
            campaign_deeds.pause_campaign(
                session,
                campaign_id,
                reason=form.get("reason", ""),
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except InvalidInput as problem:
        return _look(visit, campaign_id, "pause", problem=problem)
    return see_other(f"/campaigns/{campaign_id}?done=campaign_paused")


@routes.get("/campaigns/{campaign_id}/resume")
def look_at_resume(campaign_id: int, visit: Staff) -> Response:
    return _look(visit, campaign_id, "resume")


@routes.post("/campaigns/{campaign_id}/resume")
def resume(campaign_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        campaign_deeds.resume_campaign(session, campaign_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/campaigns/{campaign_id}?done=campaign_resumed")


@routes.get("/campaigns/{campaign_id}/end")
def look_at_end(campaign_id: int, visit: Staff) -> Response:
    return _look(visit, campaign_id, "end")


@routes.post("/campaigns/{campaign_id}/end")
def end(campaign_id: int, visit: Staff, form: StaffForm) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        campaign_deeds.end_campaign(session, campaign_id, by=visit.worker.name, now=visit.moments.now)
    return see_other(f"/campaigns/{campaign_id}?done=campaign_ended")


def _look(
    visit: StaffVisit, campaign_id: int, deed: str, *, problem: SocialBotError | None = None
) -> Response:
    """The page that says exactly what the deed will do, before it is done."""
    now = visit.moments.now
    with visit.site.bot.database.read() as session:
        row = store.get_campaign(session, campaign_id)
        stops = stop.standing(session)
        held = store.list_posts(session, campaign_id=campaign_id, states=[PostState.HELD])
        return render(
            visit,
            "campaign_deed.html",
            status=422 if problem else 200,
            campaign=row,
            page=pages.get(session, row.page_id),
            deed=deed,
            scheduled=store.list_posts(session, campaign_id=campaign_id, states=[PostState.SCHEDULED]),
            left=campaign_deeds.left_of(session, campaign_id),
            returns=[
                holds.decide_return(post, now=now) for post in held if not holds.is_stopped(post, stops)
            ],
            still_stopped=sum(holds.is_stopped(post, stops) for post in held),
            problem=problem,
        )


def _shelf(
    session: Session,
    visit: StaffVisit,
    *,
    words: str,
    problem: SocialBotError | None = None,
    done: str = "",
) -> Response:
    posts = store.list_posts(session)
    started = store.list_campaigns(session)
    ready = campaign_shelf.search(campaign_shelf.ready_made(visit.site.bot.campaigns), words, visit.language)
    return render(
        visit,
        "campaigns.html",
        status=422 if problem else 200,
        running=sorted(started, key=lambda row: (row.state is CampaignState.ENDED, _newest_first(row))),
        planned=Counter(post.campaign_id for post in posts if post.state is not PostState.CANCELLED),
        published=Counter(post.campaign_id for post in posts if post.state is PostState.PUBLISHED),
        pages={page.id: page.name for page in pages.everyone(session)},
        groups=campaign_shelf.by_group(ready),
        found=len(ready),
        own=campaign_shelf.own(session),
        words_sought=words,
        problem=problem,
        problems=problem.problems if isinstance(problem, InvalidCampaign) else (),
        done=done,
    )


def _newest_first(row: CampaignRow) -> int:
    return -row.starts_on.toordinal()


def _file(source: str, name: str) -> Response:
    return Response(
        source,
        media_type="application/yaml; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.yaml"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
