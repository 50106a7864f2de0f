"""A year of kept counts and goals of the organisation's own, so that the sample's follow-up has a past."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.bootstrap import Bot
from social_bot.organisation import pages
from social_bot.organisation.metrics import Metric
from social_bot.tracking import figure_store, goal_deeds
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.figures import IN_TIME, LATE, LATER, NOT_TAKEN, TAKEN, WITHIN_DAY, Counted, Figure
from social_bot.tracking.goal_deeds import GoalPlan
from social_bot.tracking.periods import Month, month_at

_MONTHS = 14
_TOPICS = {
    "debt": 5,
    "social_assistance_basic": 8,
    "housing": 6,
    "money_food": 4,
    "mental_health": 2,
    "none": 3,
}
_F = Figure


def add_figures(session: Session, bot: Bot, *, by: str, now: datetime) -> None:
    """Kept counts of the months before the sample begins, and two goals beside those of the campaigns."""
    zone = bot.settings.zone
    this = month_at(now, zone)
    for number, page in enumerate(pages.everyone(session)):
        for back in range(1, _MONTHS):
            _keep(session, page.id, this.later(-back), list(_of_page(back, number)), now=now)
    for back in range(1, _MONTHS):
        _keep(session, OFFICE, this.later(-back), list(_of_office(back)), now=now)
    today = now.astimezone(zone).date()
    for metric, target, why in (
        (Metric.MESSAGES_RECEIVED, 60, "Moni ei tiedä, mihin voi kirjoittaa."),
        (Metric.VISIT_CONTACTS, 120, "Kohdataan ihmiset siellä, missä he jo ovat."),
    ):
        plan = GoalPlan(
            metric=metric,
            target=target,
            starts_on=today - timedelta(days=35),
            by_on=today + timedelta(days=40),
            target_group="Ihmiset, jotka eivät ole ennen ottaneet yhteyttä.",
            why=why,
        )
        goal_deeds.add(session, plan, language="fi", by=by, now=now)


def _keep(session: Session, page_id: str, month: Month, counted: list[Counted], *, now: datetime) -> None:
    row = figure_store.claim_month(session, page_id, month, now=now)
    figure_store.replace_counts(session, page_id, month, counted)
    row.is_final = True
    session.add(row)


def _of_page(back: int, page: int) -> Iterator[Counted]:
    level = (1.0, 0.5, 0.35)[page % 3] * (1 + 0.25 * math.sin(back)) * (1.3 - 0.04 * back)
    topics = {name: max(int(share * level), 0) for name, share in _TOPICS.items()}
    messages = sum(topics.values())
    swedish = messages // 6
    yield Counted(figure=_F.MESSAGES_RECEIVED, value=messages)
    for name, count in topics.items():
        yield Counted(figure=_F.MESSAGES_RECEIVED, part=f"topic:{name}", value=count)
    yield Counted(figure=_F.MESSAGES_RECEIVED, part="language:fi", value=messages - swedish)
    yield Counted(figure=_F.MESSAGES_RECEIVED, part="language:sv", value=swedish)
    yield Counted(figure=_F.MESSAGES_RECEIVED, part="lane:general", value=messages - messages // 4)
    yield Counted(figure=_F.MESSAGES_RECEIVED, part="lane:individual", value=messages // 4)
    yield Counted(figure=_F.CONVERSATIONS, value=messages * 2 // 3)
    waits, late = messages // 3, messages // 18
    yield Counted(figure=_F.WAITS, value=waits)
    yield Counted(figure=_F.WAITS, part=WITHIN_DAY, value=waits - late)
    yield Counted(figure=_F.WAITS, part=LATER, value=late)
    yield Counted(figure=_F.RESPONSE_MINUTES, value=waits)
    for number in range(waits):
        yield Counted(figure=_F.RESPONSE_MINUTES, part=f"minutes:{12 + 17 * number}", value=1)
    yield Counted(figure=_F.CRISES, value=1)
    yield Counted(figure=_F.CRISES, part=TAKEN, value=1)
    yield Counted(figure=_F.CRISES, part=NOT_TAKEN, value=0)
    yield Counted(figure=_F.CRISIS_MINUTES, value=1)
    yield Counted(figure=_F.CRISIS_MINUTES, part="minutes:9", value=1)
    posts = 8 + back % 4
    yield Counted(figure=_F.POSTS_PUBLISHED, value=posts)
    for figure, each in (
        *((_F.POST_VIEWS, 95), (_F.POST_REACH, 66), (_F.POST_REACTIONS, 6), (_F.POST_COMMENTS, 2)),
        *((_F.POST_SHARES, 1), (_F.POST_CLICKS, 9), (_F.POST_LINK_CLICKS, 4)),
    ):
        yield Counted(figure=figure, value=int(posts * each * level), known=posts, of=posts)
    yield Counted(figure=_F.PAGE_FOLLOWERS, value=(240, 310, 120)[page % 3] - 4 * back)
    yield Counted(figure=_F.COMMENTS_RECEIVED, value=posts * 2)


def _of_office(back: int) -> Iterator[Counted]:
    asked = 14 + back % 5
    late = back % 3
    yield Counted(figure=_F.CALLBACKS, value=asked)
    yield Counted(figure=_F.CALLBACKS, part="state:done", value=asked - 3)
    yield Counted(figure=_F.CALLBACKS, part="state:unreachable", value=3)
    yield Counted(figure=_F.CALLBACKS, part=LATE, value=late)
    yield Counted(figure=_F.CALLBACKS, part=IN_TIME, value=asked - late)
    visits = 3 + back % 3
    yield Counted(figure=_F.VISITS_HELD, value=visits)
    yield Counted(figure=_F.VISIT_MINUTES, value=visits * 240)
    yield Counted(figure=_F.VISIT_CONTACTS, value=visits * 7)
    yield Counted(figure=_F.VISIT_DECLINED, value=visits * 2)
    yield Counted(figure=_F.VISIT_CLIENTHOOD, value=visits)
    yield Counted(figure=_F.VISIT_GUIDED_ON, value=visits * 4)
    yield Counted(figure=_F.VISIT_OUT_OF_AREA, value=visits)
