"""Planning: a campaign's questions with a live list of what will be posted and when; single posts changed; the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, SocialBotError
from social_bot.organisation import pages
from social_bot.planning import campaign_answers, campaign_changes, campaign_deeds, campaign_shelf, store
from social_bot.planning.calendar import parse_day, parse_time, to_utc
from social_bot.planning.campaign_answers import Question
from social_bot.planning.campaign_changes import Change, Changes, apply_changes, read_changes, write_changes
from social_bot.planning.campaign_export import campaign_of
from social_bot.planning.campaigns import Campaign, CampaignPlan, InvalidPlan, PlannedPost
from social_bot.planning.checks import Finding
from social_bot.planning.posts import PostContent
from social_bot.planning.starting import make_plan, start_campaign, still_to_come
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffVisit

CHECKED_AT_MOST = 60
"""Posts of one plan that are checked while it is looked at; each is checked again before its approval."""

_ANSWER = "answer."

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Source:
    """A campaign, the address of its form, and what was answered before."""

    campaign: Campaign
    path: str
    back: str
    last: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    start: date | None = None
    is_copy: bool = False


@dataclass(frozen=True, kw_only=True)
class Filled:
    """The form as it came. ``problems`` by the id of their field."""

    page: str
    start: str
    answers: Mapping[str, str]
    changes: Changes = field(default_factory=dict)
    problems: Mapping[str, Sequence[SocialBotError]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A post of the plan as it is shown."""

    post: PlannedPost
    is_past: bool
    is_changed: bool
    findings: Sequence[Finding]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``left_out`` may be taken back."""

    lines: Sequence[Line]
    left_out: Sequence[PlannedPost]
    plan: CampaignPlan
    count: int
    unchecked: int


@routes.get("/campaigns/ready/{slug}")
def ask(slug: str, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        return _show(session, visit, source := _ready(session, visit, slug), _first(session, visit, source))


@routes.post("/campaigns/ready/{slug}")
def answer(slug: str, visit: Staff, upload: StaffUpload) -> Response:
    with visit.site.bot.database.read() as session:
        source = _ready(session, visit, slug)
    return _take_step(visit, source, upload.fields)


@routes.get("/campaigns/{campaign_id}/copy")
def ask_for_copy(campaign_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        return _show(
            session, visit, source := _copied(session, visit, campaign_id), _first(session, visit, source)
        )


@routes.post("/campaigns/{campaign_id}/copy")
def answer_for_copy(campaign_id: int, visit: Staff, upload: StaffUpload) -> Response:
    with visit.site.bot.database.read() as session:
        source = _copied(session, visit, campaign_id)
    return _take_step(visit, source, upload.fields)


def _ready(session: Session, visit: StaffVisit, slug: str) -> Source:
    campaign = campaign_shelf.find(session, visit.site.bot.campaigns, slug)
    before = [row for row in store.list_campaigns(session) if row.slug == slug]
    return Source(
        campaign=campaign,
        path=f"/campaigns/ready/{slug}",
        back="/campaigns",
        last=before[-1].values if before else {},
    )


def _copied(session: Session, visit: StaffVisit, campaign_id: int) -> Source:
    row = store.get_campaign(session, campaign_id)
    start = campaign_deeds.start_of_copy(row, today=visit.moments.today)
    return Source(
        campaign=campaign_of(
            row, is_own=not campaign_shelf.is_ready_made(visit.site.bot.campaigns, row.slug)
        ),
        path=f"/campaigns/{campaign_id}/copy",
        back=f"/campaigns/{campaign_id}",
        last=campaign_answers.move_answers(row.values, by=start - row.starts_on),
        page=row.page_id,
        start=start,
        is_copy=True,
    )


def _first(session: Session, visit: StaffVisit, source: Source) -> Filled:
    """The form before anybody has written into it."""
    organisation = visit.organisation
    questions = campaign_answers.questions_of(source.campaign, organisation.languages)
    names = [page.id for page in pages.everyone(session)]
    start = source.start or campaign_answers.first_monday(source.campaign, today=visit.moments.today)
    return Filled(
        page=source.page or (names[0] if len(names) == 1 else ""),
        start=_as_finns_write(start),
        answers=campaign_answers.first_answers(
            questions,
            last=source.last,
            settings={
                language: organisation.text_values(language, visit.moments.now)
                for language in organisation.languages
            },
        ),
    )


def _take_step(visit: StaffVisit, source: Source, form: Mapping[str, str]) -> Response:
    step, _, key = form.get("step", "show").partition(":")
    filled = Filled(
        page=form.get("page", ""),
        start=form.get("start", ""),
        answers={
            name.removeprefix(_ANSWER): value[: campaign_answers.ANSWER_LIMIT]
            for name, value in form.items()
            if name.startswith(_ANSWER)
        },
        changes=read_changes(form.get("changes", "")),
    )
    match step:
        case "leave" | "take":
            filled = _changed(filled, key, leaves_out=step == "leave")
        case "restore":
            filled = replace(filled, changes={k: v for k, v in filled.changes.items() if k != key})
        case "keep" | "change":
            return _change_one(visit, source, filled, key, form if step == "keep" else None)
        case "start":
            return _start(visit, source, filled)
    with visit.site.bot.database.read() as session:
        return _show(session, visit, source, filled, is_asked=True)


def _changed(filled: Filled, key: str, *, leaves_out: bool) -> Filled:
    change = replace(filled.changes.get(key, Change()), leaves_out=leaves_out)
    return replace(filled, changes={**filled.changes, key: change})


def _start(visit: StaffVisit, source: Source, filled: Filled) -> Response:
    filled, plan = _planned(visit, source, filled)
    if plan is not None and not filled.problems:
        try:
            with visit.site.bot.database.write() as session:
                started = start_campaign(
                    session,
                    source.campaign,
                    visit.site.bot.organisation(session),
                    page_id=filled.page,
                    start=parse_day(filled.start),
                    values={name: value for name, value in filled.answers.items() if value},
                    author=visit.worker.name,
                    approver=None,
                    media=visit.site.bot.media,
                    now=visit.moments.now,
                    changes=filled.changes,
                )
                campaign_id = started.campaign.id
        except InvalidInput as problem:
            filled = replace(filled, problems={"plan": [problem]})
        else:
            return see_other(f"/campaigns/{campaign_id}?done=campaign_started")
    with visit.site.bot.database.read() as session:
        return _show(session, visit, source, filled, is_asked=True)


def _planned(visit: StaffVisit, source: Source, filled: Filled) -> tuple[Filled, CampaignPlan | None]:
    """The plan without the changes, or the problems that stand in its way, by field."""
    questions = campaign_answers.questions_of(source.campaign, visit.organisation.languages)
    problems: dict[str, Sequence[SocialBotError]] = {}
    if not filled.page:
        problems["page"] = [InvalidInput("Choose the page on which the campaign is posted.")]
    for question in campaign_answers.lacking(questions, filled.answers):
        problems[_id(question)] = [InvalidInput("Fill this in. The posts name it.")]
    start = None
    try:
        start = parse_day(filled.start)
    except InvalidInput as problem:
        problems["start"] = [problem]
    plan = None
    if start is not None and not any(name.startswith(_ANSWER) for name in problems):
        try:
            plan = make_plan(
                source.campaign,
                visit.organisation,
                start=start,
                values={name: value for name, value in filled.answers.items() if value},
                now=visit.moments.now,
            )
        except InvalidPlan as problem:
            problems["plan"] = problem.problems
        except InvalidInput as problem:
            problems["plan"] = [problem]
    return replace(filled, problems=problems), plan


def _preview(session: Session, visit: StaffVisit, filled: Filled, plan: CampaignPlan) -> Preview:
    now, zone = visit.moments.now, visit.moments.zone
    changed = apply_changes(plan, filled.changes, zone=zone)
    to_come = {post.key for post in still_to_come(changed, now=now)}
    to_check = set(sorted(to_come)[:CHECKED_AT_MOST])
    return Preview(
        lines=[
            Line(
                post=post,
                is_past=post.key not in to_come,
                is_changed=post.key in filled.changes,
                findings=_findings(session, visit, filled.page, post) if post.key in to_check else (),
            )
            for post in changed.posts
        ],
        left_out=campaign_changes.left_out(plan, filled.changes),
        plan=changed,
        count=len(to_come),
        unchecked=len(to_come) - len(to_check),
    )


def _findings(session: Session, visit: StaffVisit, page: str, post: PlannedPost) -> Sequence[Finding]:
    """What the checks say of its texts and time; pictures are checked once they are in the media folder."""
    content = PostContent(
        page_id=page, kind=post.kind, texts=post.texts, publish_at=post.publish_at, link=post.link
    )
    return visit.site.bot.checker.check(session, content, now=visit.moments.now).findings


def _show(
    session: Session, visit: StaffVisit, source: Source, filled: Filled, *, is_asked: bool = False
) -> Response:
    """The form with its list. Before anybody has asked for it, what is still empty is no mistake."""
    filled, plan = _planned(visit, source, filled)
    preview = None
    if plan is not None:
        try:
            preview = _preview(session, visit, filled, plan)
        except InvalidInput as problem:
            filled = replace(filled, problems={**filled.problems, "plan": [problem]})
    problems = filled.problems if is_asked else {}
    return render(
        visit,
        "campaign_start.html",
        status=422 if problems else 200,
        source=source,
        campaign=source.campaign,
        questions=campaign_answers.questions_of(source.campaign, visit.organisation.languages),
        filled=filled,
        problems=problems,
        changes=write_changes(filled.changes),
        preview=preview,
        pages={page.id: page.name for page in pages.everyone(session)},
        example=_as_finns_write(visit.moments.today.replace(month=12, day=1)),
    )


def _change_one(
    visit: StaffVisit, source: Source, filled: Filled, key: str, form: Mapping[str, str] | None
) -> Response:
    """A page for one post of the plan; with a ``form`` its fields are kept, if they can be."""
    filled, plan = _planned(visit, source, filled)
    post = next((each for each in plan.posts if each.key == key), None) if plan else None
    with visit.site.bot.database.read() as session:
        if plan is None or post is None:
            return _show(session, visit, source, filled, is_asked=True)
        problems: dict[str, SocialBotError] = {}
        if form is not None:
            change = _read_change(visit, post, form, problems)
            if not problems:
                filled = replace(filled, changes={**filled.changes, key: change})
                return _show(session, visit, source, filled, is_asked=True)
        change = filled.changes.get(key, Change())
        shown = next(
            iter(
                apply_changes(
                    replace(plan, posts=(post,)),
                    {key: replace(change, leaves_out=False)},
                    zone=visit.moments.zone,
                ).posts
            )
        )
        return render(
            visit,
            "campaign_post.html",
            status=422 if problems else 200,
            source=source,
            campaign=source.campaign,
            filled=filled,
            changes=write_changes(filled.changes),
            post=shown,
            form=form
            or {
                "day": f"{shown.local.day}.{shown.local.month}.{shown.local.year}",
                "time": f"{shown.local.hour}.{shown.local.minute:02}",
                **{f"text.{language}": text for language, text in shown.texts.items()},
            },
            problems=problems,
            is_changed=key in filled.changes,
        )


def _read_change(
    visit: StaffVisit, post: PlannedPost, form: Mapping[str, str], problems: dict[str, SocialBotError]
) -> Change:
    """What was written for one post; what cannot be goes into ``problems``."""
    local = post.local
    try:
        local = datetime.combine(parse_day(form.get("day", "")), parse_time(form.get("time", "")))
        if to_utc(local, visit.moments.zone) < visit.moments.now:
            problems["day"] = InvalidInput("This time has passed. Choose a time to come.")
    except InvalidInput as problem:
        problems["day"] = problem
    texts = {}
    for language, planned in post.texts.items():
        text = form.get(f"text.{language}", "").replace("\r\n", "\n")
        if not text:
            problems[f"text-{language}"] = InvalidInput("A post needs a text.")
        elif len(text) > campaign_changes.TEXT_LIMIT:
            problems[f"text-{language}"] = InvalidInput(
                "The text is too long: {length} characters, at most {limit}.",
                length=len(text),
                limit=campaign_changes.TEXT_LIMIT,
            )
        elif text != planned:
            texts[language] = text
    return Change(local=None if local == post.local else local, texts=texts)


def _as_finns_write(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _id(question: Question) -> str:
    """The id of its field on the page."""
    return f"{_ANSWER}{question.name}"
