"""Follow-up, first view: the goals, what needs attention, this month beside last month and last year."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from social_bot.organisation.roles import Role
from social_bot.tracking.dashboard import CHARTED, Attention, Overview, overview
from social_bot.tracking.figures import Figure
from social_bot.web.charts import BarChart, ColumnChart, Point, bar_chart, column_chart
from social_bot.web.pages import render
from social_bot.web.visits import Staff, StaffVisit
from social_bot.web.wording import Words

_TOPICS = 8

LINKS = {
    Attention.DANGER_NOT_TAKEN: "/",
    Attention.CALLS_LATE: "/callbacks",
    Attention.WAITS_TOO_LONG: "/inbox",
    Attention.GOALS_BEHIND: "/goals",
    Attention.TRIALS_DUE: "/trials",
    Attention.FIGURES_RETIRED: "#months",
}

routes = APIRouter()


@routes.get("/dashboard")
def dashboard(visit: Staff, done: str = "") -> Response:
    moments = visit.moments
    with visit.site.bot.database.read() as session:
        found = overview(session, organisation=visit.organisation, language=visit.language, now=moments.now)
    return render(
        visit,
        "dashboard.html",
        found=found,
        charts={figure: _columns(found, figure, visit) for figure in CHARTED if any(found.series[figure])},
        topics=_topics(found, visit) if found.topics else None,
        attention_links=LINKS,
        may_add=visit.holds(Role.COORDINATOR),
        done=done,
    )


def _columns(found: Overview, figure: Figure, visit: StaffVisit) -> ColumnChart:
    return column_chart(
        [
            Point(
                label=str(month.number),
                under=str(month.year) if month.number == 1 or month == found.months[0] else "",
                value=value,
                text="" if value is None else visit.moments.number(value),
                is_running=month == found.month,
            )
            for month, value in zip(found.months, found.series[figure], strict=True)
        ]
    )


def _topics(found: Overview, visit: StaffVisit) -> BarChart:
    words = Words(language=visit.language, topic_names=lambda: visit.site.topic_names)
    shown: Sequence[tuple[str, int]] = list(found.topics.items())[:_TOPICS]
    return bar_chart(
        [
            Point(label=words.topic(name), value=value, text=visit.moments.number(value))
            for name, value in shown
        ]
    )
