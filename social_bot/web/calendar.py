"""The calendar of posts: a month, a week or a list, narrowed as one likes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Response

from social_bot.organisation import pages
from social_bot.organisation.pages import PageRow
from social_bot.organisation.roles import Role
from social_bot.planning import agenda
from social_bot.planning.agenda import Entry, Filter
from social_bot.planning.posts import MOVES, PostState
from social_bot.web.pages import render
from social_bot.web.visits import Staff, StaffVisit
from social_bot.web.wording import Words
from social_bot.web.words import POST_KINDS

_WEEK = timedelta(days=7)
_SURE_OF_NOTHING = frozenset({PostState.DRAFT, PostState.EXPIRED, PostState.MISSED})
"""Moving a post in one of these voids no approval that somebody waits for, so nothing is asked before."""

_STILL_TO_GO = frozenset({PostState.DRAFT, PostState.AWAITING_APPROVAL, PostState.SCHEDULED, PostState.HELD})

routes = APIRouter()


class View(StrEnum):
    MONTH = "month"
    WEEK = "week"
    LIST = "list"


@dataclass(frozen=True)
class Asked:
    """The fields of the address, as they were typed."""

    view: str = ""
    month: str = ""
    week: str = ""
    page: str = ""
    campaign: str = ""
    state: str = ""
    kind: str = ""
    done: str = ""

    @property
    def filter(self) -> Filter:
        campaign = self.campaign
        return Filter(
            page_id=self.page,
            campaign_id=int(campaign) if campaign.isdecimal() and len(campaign) < 10 else None,
            state=PostState(self.state) if self.state in set(PostState) else None,
            kind=self.kind if self.kind in POST_KINDS else "",
        )

    @property
    def kept(self) -> Mapping[str, str]:
        """What stays when another month or view is chosen."""
        fields = {"page": self.page, "campaign": self.campaign, "state": self.state, "kind": self.kind}
        return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True)
class Line:
    """A post as it stands in the calendar, in words. ``asks``: a move says first what it undoes.

    ``is_at_risk``: the page's connection ends before it goes out, unless somebody renews it.
    """

    id: int
    state: str
    state_word: str
    title: str
    time: str
    clock: str
    iso: str
    page: str
    about: str
    may_move: bool
    asks: bool
    is_at_risk: bool


@dataclass(frozen=True, kw_only=True)
class Day:
    day: date
    holiday: str | None
    is_out: bool
    lines: Sequence[Line]


@dataclass(frozen=True, kw_only=True)
class Week:
    """``number`` by ISO 8601, as Finnish calendars count."""

    number: int
    days: Sequence[Day]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days that a view shows: from ``first`` to before ``after``; ``key`` names it in an address."""

    view: View
    first: date
    after: date

    @property
    def key(self) -> Mapping[str, str]:
        if self.view is View.WEEK:
            year, number, _ = self.first.isocalendar()
            return {"view": self.view, "week": f"{year}-W{number:02}"}
        return {"view": self.view, "month": f"{self.first:%Y-%m}"}

    @property
    def before(self) -> "Span":
        return span(self.view, self.first - timedelta(days=1))

    @property
    def next(self) -> "Span":
        return span(self.view, self.after)

    def seen_as(self, view: View, today: date) -> "Span":
        """The same days in another view; a month becomes today's week where it holds today."""
        return span(view, today if self.first <= today < self.after else self.first)


def span(view: View, day: date) -> Span:
    """The span of a view that holds the day."""
    if view is View.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Span(view=view, first=monday, after=monday + _WEEK)
    first = day.replace(day=1)
    return Span(view=view, first=first, after=(first + timedelta(days=31)).replace(day=1))


@routes.get("/posts")
def calendar(visit: Staff, asked: Annotated[Asked, Depends()]) -> Response:
    shown = _read_span(asked, today=visit.moments.today)
    chosen = asked.filter
    grid = _whole_weeks(shown) if shown.view is View.MONTH else (shown.first, shown.after)
    zone = visit.moments.zone
    with visit.site.bot.database.read() as session:
        entries = agenda.list_entries(
            session, chosen, since=_midnight(grid[0], zone), until=_midnight(grid[1], zone)
        )
        rows = {row.id: row for row in pages.everyone(session)}
        names = {row.id: row.name for row in rows.values()}
        campaigns = agenda.list_campaign_titles(session)
    by_day = _lines_by_day(visit, entries, rows=rows, campaigns=campaigns)
    days = [
        Day(
            day=day,
            holiday=visit.moments.holiday(day),
            is_out=not shown.first <= day < shown.after,
            lines=by_day.get(day, ()),
        )
        for day in _days(*grid)
    ]
    kept = asked.kept
    today = visit.moments.today
    return render(
        visit,
        "posts.html",
        shown=shown,
        views={
            each: _address(shown.seen_as(each, today), kept) for each in (View.MONTH, View.WEEK, View.LIST)
        },
        here=_address(shown, kept),
        before=shown.before,
        after=shown.next,
        before_path=_address(shown.before, kept),
        after_path=_address(shown.next, kept),
        today_path=_address(span(shown.view, today), kept),
        unfiltered_path=_address(shown, {}),
        weeks=[
            Week(number=number, days=list(group))
            for number, group in groupby(days, key=lambda each: each.day.isocalendar().week)
        ],
        days=days,
        pages=names,
        campaigns=campaigns,
        kinds=POST_KINDS,
        chosen=chosen,
        count=sum(len(each.lines) for each in days if not each.is_out),
        write_on=max(today, shown.first).isoformat(),
        may_write=visit.holds(Role.WRITER),
        today=today,
        done=asked.done,
    )


def _lines_by_day(
    visit: StaffVisit,
    entries: Sequence[Entry],
    *,
    rows: Mapping[str, PageRow],
    campaigns: Mapping[int, Mapping[str, str]],
) -> Mapping[date, Sequence[Line]]:
    """Every word is looked up once for all posts."""
    words = Words(language=visit.language, topic_names=lambda: visit.site.topic_names)
    zone = visit.moments.zone
    states = {state: words.post_state(state) for state in PostState}
    kinds = {kind: words.post_kind(kind) for kind in {entry.kind for entry in entries}}
    titles = {number: words.said(title) for number, title in campaigns.items()}
    writes_on = {page_id: visit.holds(Role.WRITER, page_id) for page_id in rows}
    movable = {state for state in PostState if state is PostState.DRAFT or PostState.DRAFT in MOVES[state]}
    lines: dict[date, list[Line]] = {}
    for entry in entries:
        local = entry.publish_at.astimezone(zone)
        about = (rows[entry.page_id].name, kinds[entry.kind], titles.get(entry.campaign_id or 0, ""))
        lines.setdefault(local.date(), []).append(
            Line(
                id=entry.id,
                state=entry.state.value,
                state_word=states[entry.state],
                title=entry.title,
                time=f"{local.hour}.{local.minute:02}",
                clock=f"{local:%H:%M}",
                iso=local.isoformat(timespec="minutes"),
                page=about[0],
                about=" · ".join(part for part in about if part),
                may_move=entry.state in movable and writes_on[entry.page_id],
                asks=entry.state not in _SURE_OF_NOTHING,
                is_at_risk=entry.state in _STILL_TO_GO and rows[entry.page_id].is_at_risk(entry.publish_at),
            )
        )
    return lines


def _read_span(asked: Asked, *, today: date) -> Span:
    """What an address asks for; what cannot be read is this month or week."""
    chosen = View(asked.view) if asked.view in set(View) else View.MONTH
    try:
        day = date.fromisoformat(f"{asked.week}-1" if chosen is View.WEEK else f"{asked.month}-01")
        shown = span(chosen, day)
        return shown if 2000 < day.year < 2100 else span(chosen, today)
    except (ValueError, OverflowError):
        return span(chosen, today)


def _whole_weeks(shown: Span) -> tuple[date, date]:
    last = shown.after - timedelta(days=1)
    return shown.first - timedelta(days=shown.first.weekday()), last + timedelta(days=7 - last.weekday())


def _days(first: date, after: date) -> Sequence[date]:
    return [first + timedelta(days=number) for number in range((after - first).days)]


def _address(shown: Span, kept: Mapping[str, str]) -> str:
    return f"/posts?{urlencode({**shown.key, **kept})}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
