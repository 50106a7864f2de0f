"""The report of one campaign: its goals, its posts, its visits, and what came in on its page while it ran.

A campaign's days lie on no grid of months: its counts of people are rounded down to fives, so that nothing is
told by subtracting them from a month's. What came in is given by whole months, as everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from social_bot.organisation import pages
from social_bot.organisation.directory import Organisation
from social_bot.organisation.metrics import DEFINITIONS
from social_bot.organisation.times import full_day
from social_bot.planning.posts import PostState
from social_bot.planning.store import CampaignRow, PostRow, get_campaign, list_posts
from social_bot.tracking import counters, outreach_store
from social_bot.tracking import figure_words as words
from social_bot.tracking.counting import sum_visits
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.figures import Counts, Figure, Unit
from social_bot.tracking.forms import TrialForm
from social_bot.tracking.goal_files import tell
from social_bot.tracking.goal_values import EVER
from social_bot.tracking.goal_words import GOAL_WORDS, PACES
from social_bot.tracking.month_report import LAYOUT, figure_of, month_name, of_month
from social_bot.tracking.month_values import month_values
from social_bot.tracking.months import month_counts
from social_bot.tracking.outreach_reports import NO_VISITS, trial_sections
from social_bot.tracking.periods import Span
from social_bot.tracking.progress import StandingGoal, goals_now
from social_bot.tracking.reports import (
    Report,
    ReportFigure,
    ReportKind,
    ReportRow,
    ReportSection,
    ReportTable,
    said,
)
from social_bot.tracking.suppression import Cell, protect
from social_bot.tracking.trial_reports import report_trial
from social_bot.translations import marked, translate

_TITLE = marked("Report of the campaign {title}")
_GOALS, _POSTS = marked("Goals"), marked("Posts")
_VISITS, _INBOUND = marked("Visits of the campaign"), marked("What came in on the page, by month")
_POST, _MONTH = marked("Post"), marked("Month")
_TARGET = marked("Target {target} by {day}.")
_FOR_WHOM = marked("For whom: {group}")
_WHETHER = marked("Whether the campaign was the reason is not known.")
_ROUNDED = marked(
    "Counts of people are rounded down to fives, and hidden under five: the days of a campaign overlap with"
    " other reports."
)
_CALLS = marked("Calls by month, for all pages together")
_COME_IN = (Figure.MESSAGES_RECEIVED, Figure.CONVERSATIONS, Figure.COMMENTS_RECEIVED)
_CALLED = (Figure.CALLBACKS, words.CALLBACKS_DONE, words.CALLBACKS_UNREACHABLE, words.CALLBACKS_LATE)
_FIGURES = (Figure.POST_VIEWS, Figure.POST_REACH, Figure.POST_REACTIONS, Figure.POST_CLICKS)
_AFTER = timedelta(days=7)


def build_campaign_report(
    session: Session,
    campaign_id: int,
    *,
    organisation: Organisation,
    language: str,
    now: datetime,
    trial_form: TrialForm | None = None,
) -> Report:
    """What it says may leave the unit. With the ``trial_form``, the evaluations of its trials are in it."""
    t = translate(language)
    campaign = get_campaign(session, campaign_id)
    posts = [
        post
        for post in list_posts(session, campaign_id=campaign_id, states=[PostState.PUBLISHED])
        if post.publish_at <= now
    ]
    span = campaign_span(campaign, posts, organisation, now=now)
    title = campaign.title.get(language) or next(iter(campaign.title.values()), campaign.slug)
    group = campaign.target_group.get(language, "")
    purpose = campaign.purpose.get(language, "")
    goals = goals_now(session, now=now, zone=organisation.zone, campaign_id=campaign_id, with_ended=True)
    about = [text for text in (purpose, t(_FOR_WHOM).format(group=group) if group else "") if text]
    return Report(
        kind=ReportKind.CAMPAIGN,
        language=language,
        title=t(_TITLE).format(title=title),
        subtitle=pages.get(session, campaign.page_id).name,
        file_stem=f"report-{campaign.slug}-{campaign_id}",
        organisation=organisation.value("name", language) or organisation.name,
        first=span.first,
        last=span.last,
        is_running=campaign.ended_at is None and now.astimezone(organisation.zone).date() <= span.last,
        made_at=now,
        zone=organisation.zone,
        heads=[t(words.VALUE)],
        sections=[
            ReportSection(
                key="goals",
                title=t(_GOALS),
                paragraphs=about,
                figures=[_goal(goal, language) for goal in goals],
            ),
            _posts(session, campaign, posts, language=language, now=now),
            _visits(session, campaign, span, language=language),
            _inbound(session, campaign, span, organisation=organisation, language=language, now=now),
            *(
                _trials(session, campaign_id, trial_form, organisation.today(now), language=language)
                if trial_form
                else ()
            ),
        ],
        notes=[t(_ROUNDED)],
    )


def campaign_span(
    campaign: CampaignRow, posts: Sequence[PostRow], organisation: Organisation, *, now: datetime
) -> Span:
    """From its first day, or its first post, to a week after its last post, to its end or to today."""
    zone = organisation.zone
    days = [post.publish_at.astimezone(zone).date() for post in posts]
    first = min([campaign.starts_on, *days])
    last = max([campaign.starts_on, *days]) + _AFTER
    ended = (campaign.ended_at or now).astimezone(zone).date()
    return Span(first=first, last=max(first, min(last, ended, now.astimezone(zone).date())))


def _goal(standing: StandingGoal, language: str) -> ReportFigure:
    t = translate(language)
    progress = standing.progress
    metric, definition = progress.goal.metric, DEFINITIONS[progress.goal.metric]
    name, what = GOAL_WORDS[metric]
    unit, told = Unit.PERCENT if definition.is_percent else Unit.COUNT, tell(standing)
    target = t(_TARGET).format(
        target=said(Cell(value=progress.goal.target), unit, language),
        day=full_day(progress.goal.by_on, language),
    )
    return ReportFigure(
        key=f"goal-{standing.row.id}-{metric}",
        name=t(name),
        definition=t(what),
        source=t(words.SOURCES[definition.source]),
        unit=unit,
        cell=told.cell,
        not_available_since=progress.value.not_available_since,
        is_estimate=definition.is_estimate,
        note=target if told.pace is None else f"{target} {t(PACES[told.pace])}.",
    )


def _posts(
    session: Session, campaign: CampaignRow, posts: Sequence[PostRow], *, language: str, now: datetime
) -> ReportSection:
    t = translate(language)
    counted = counters.count_posts(
        session, campaign.page_id, since=EVER, until=now, read_by=now, campaign_id=campaign.id
    )
    values = month_values([Counts(counted)], hides=True, is_off_grid=True)
    by_post: dict[int, dict[Figure, int]] = {}
    for figure in _FIGURES:
        found = counters.best_posts(
            session, campaign.page_id, figure, since=EVER, until=now, campaign_id=campaign.id
        )
        for post, value in found:
            by_post.setdefault(post.id or 0, {})[figure] = value
    return ReportSection(
        key="posts",
        title=t(_POSTS),
        figures=[
            figure_of(figure, values, None, None, language=language)
            for figure in LAYOUT[0][1]
            if figure != Figure.POSTS_PUBLISHED
        ],
        tables=[
            ReportTable(
                key="posts",
                title=t(_POSTS),
                columns=[t(_POST), *(t(words.FIGURE_WORDS[figure][0]) for figure in _FIGURES)],
                rows=[
                    ReportRow(
                        label=f"{full_day(day, language)} {_first_line(post, language)}",
                        on=day,
                        cells=[_of_post(by_post.get(post.id or 0, {}), figure) for figure in _FIGURES],
                    )
                    for post in posts
                    for day in [date.fromisoformat(post.local_time[:10])]
                ],
            )
        ],
    )


def _of_post(values: Mapping[Figure, int], figure: Figure) -> Cell:
    value = values.get(figure)
    return protect(value, is_off_grid=True) if figure is Figure.POST_REACH else Cell(value=value)


def _first_line(post: PostRow, language: str) -> str:
    text = post.texts.get(language) or next(iter(post.texts.values()), "")
    line = text.strip().split("\n")[0]
    return line if len(line) <= 60 else f"{line[:59]}…"


def _visits(session: Session, campaign: CampaignRow, span: Span, *, language: str) -> ReportSection:
    counted = sum_visits(session, span, campaign_id=campaign.id)
    values = month_values([Counts(counted)], hides=True, is_off_grid=True)
    has_any = any(one.figure is Figure.VISITS_HELD and one.value for one in counted)
    t = translate(language)
    return ReportSection(
        key="visits",
        title=t(_VISITS),
        paragraphs=() if has_any else [t(NO_VISITS)],
        figures=[
            figure_of(key, values, None, None, language=language)
            for key in (LAYOUT[-1][1] if has_any else ())
        ],
    )


def _inbound(
    session: Session,
    campaign: CampaignRow,
    span: Span,
    *,
    organisation: Organisation,
    language: str,
    now: datetime,
) -> ReportSection:
    t = translate(language)
    months = span.months()
    counts = month_counts(session, [campaign.page_id, OFFICE], months, organisation=organisation, now=now)

    def table(key: str, title: str, page_id: str, keys: Sequence[str]) -> ReportTable:
        rows = []
        for month in months:
            is_running = now < month.bounds(organisation.zone)[1]
            values = month_values(of_month(counts, [page_id], month), hides=True, is_off_grid=is_running)
            cells = [values.cell(figure) for figure in keys]
            rows.append(ReportRow(label=month_name(month, language), cells=cells))
        columns = [t(_MONTH), *(t(words.FIGURE_WORDS[figure][0]) for figure in keys)]
        return ReportTable(key=key, title=t(title), columns=columns, rows=rows)

    return ReportSection(
        key="inbound",
        title=t(_INBOUND),
        paragraphs=[t(_WHETHER)],
        tables=[
            table("inbound", _INBOUND, campaign.page_id, _COME_IN),
            table("callbacks", _CALLS, OFFICE, _CALLED),
        ],
    )


def _trials(
    session: Session, campaign_id: int, form: TrialForm, today: date, *, language: str
) -> Sequence[ReportSection]:
    """Each trial of the campaign with its evaluations, its name before each heading."""
    found = []
    for trial in outreach_store.list_trials(session):
        if trial.campaign_id == campaign_id:
            report = report_trial(session, trial.id or 0, form, today=today)
            found += [
                replace(
                    section, key=f"trial-{trial.id}-{section.key}", title=f"{trial.title}: {section.title}"
                )
                for section in trial_sections(report, language)
            ]
    return found
