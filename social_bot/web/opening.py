"""The opening hours: the week, single days, holidays by name, and what a resident reads then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from fastapi import APIRouter, Response

from social_bot.answering import replies
from social_bot.errors import InvalidInput
from social_bot.organisation import directory
from social_bot.organisation.hours import (
    Interval,
    OpeningHours,
    parse_day,
    write_exceptions,
    write_hours,
    write_times,
)
from social_bot.organisation.public_holidays import eve_of, is_holiday
from social_bot.translations import marked
from social_bot.web.keepers import keeps
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Staff, StaffForm, StaffVisit

DAYS = (
    marked("Monday"),
    marked("Tuesday"),
    marked("Wednesday"),
    marked("Thursday"),
    marked("Friday"),
    marked("Saturday"),
    marked("Sunday"),
)
_AHEAD = timedelta(days=366)
_NOON = time(12)

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Feast:
    """A holiday or the eve of one, and what is open on it; ``before`` names the holiday of an eve without a name."""

    day: date
    name: str | None
    before: str | None
    hours: str
    is_exception: bool


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a resident of the language reads at a moment."""

    language: str
    when: str
    text: str


@routes.get("/settings/hours")
def hours(visit: Staff, day: str = "", done: str = "") -> Response:
    week = visit.organisation.hours.week
    given = {str(number): write_times(week.get(number, ()), visit.language) for number in range(7)}
    return _page(visit, visit.organisation.hours, given, exception={"day": day}, done=done)


@routes.post("/settings/hours")
def change(visit: Staff, form: StaffForm) -> Response:
    """The week as it was filled in: kept, or shown as a resident would read it."""
    given = {str(number): form.get(f"day-{number}", "") for number in range(7)}
    week, problems = _week(given)
    if problems:
        return _page(visit, visit.organisation.hours, given, problems=problems)
    shown = replace(visit.organisation.hours, week=week)
    if "preview" in form:
        return _page(visit, shown, given, is_preview=True)
    _keep(visit, "hours", write_hours(week))
    return see_other("/settings/hours?done=hours_saved")


@routes.post("/settings/hours/exceptions")
def add_exception(visit: Staff, form: StaffForm) -> Response:
    """One day with hours of its own; without hours it is closed."""
    held = visit.organisation.hours
    given = {"day": form.get("day", ""), "times": form.get("times", "")}
    problems: dict[str, InvalidInput] = {}
    day = visit.moments.today
    intervals: tuple[Interval, ...] = ()
    try:
        day = date.fromisoformat(given["day"])
    except ValueError:
        problems["day"] = InvalidInput("Choose the day.")
    else:
        try:
            intervals = parse_day(day.weekday(), given["times"])
        except InvalidInput as error:
            problems["times"] = error
    if problems:
        week = {str(number): write_times(held.week.get(number, ()), visit.language) for number in range(7)}
        return _page(visit, held, week, problems=problems, exception=given)
    _keep(visit, "hours_exceptions", write_exceptions({**held.exceptions, day: intervals}))
    return see_other("/settings/hours?done=hours_saved#exceptions")


@routes.post("/settings/hours/exceptions/{day}/remove")
def remove_exception(day: date, visit: Staff, form: StaffForm) -> Response:
    del form
    left = {each: times for each, times in visit.organisation.hours.exceptions.items() if each != day}
    _keep(visit, "hours_exceptions", write_exceptions(left))
    return see_other("/settings/hours?done=hours_saved#exceptions")


def _keep(visit: StaffVisit, key: str, value: str) -> None:
    bot, now, by = visit.site.bot, visit.moments.now, visit.worker.name
    with bot.database.write() as session:
        directory.require_keeper(session, by)
        if value:
            directory.put(session, key, value, now=now, by=by, zone=bot.settings.zone)
        else:
            directory.unset(session, key, now=now, by=by)


def _week(
    given: Mapping[str, str],
) -> tuple[Mapping[int, tuple[Interval, ...]], Mapping[str, InvalidInput]]:
    week: dict[int, tuple[Interval, ...]] = {}
    problems: dict[str, InvalidInput] = {}
    for number in range(7):
        try:
            week[number] = parse_day(number, given[str(number)])
        except InvalidInput as error:
            problems[str(number)] = error
    return week, problems


def _page(
    visit: StaffVisit,
    shown: OpeningHours,
    given: Mapping[str, str],
    *,
    problems: Mapping[str, InvalidInput] | None = None,
    exception: Mapping[str, str] | None = None,
    is_preview: bool = False,
    done: str = "",
) -> Response:
    today = visit.moments.today
    coming = {day: times for day, times in shown.exceptions.items() if day >= today}
    return render(
        visit,
        "hours.html",
        status=422 if problems else 200,
        days=DAYS,
        given=given,
        problems=problems or {},
        exception={"day": "", "times": "", **(exception or {})},
        exceptions=[
            (day, write_times(coming[day], visit.language).replace("-", "–")) for day in sorted(coming)
        ],
        feasts=_feasts(visit, shown),
        previews=_previews(visit, shown),
        is_preview=is_preview,
        keeps=keeps(visit),
        done=done,
    )


def _feasts(visit: StaffVisit, shown: OpeningHours) -> Sequence[Feast]:
    moments = visit.moments
    days = [moments.today + timedelta(days=number) for number in range(_AHEAD.days)]
    return [
        Feast(
            day=day,
            name=moments.holiday(day),
            before=moments.holiday(day + timedelta(days=1)),
            hours=write_times(shown.on(day), visit.language).replace("-", "–"),
            is_exception=day in shown.exceptions,
        )
        for day in days
        if is_holiday(day) or eve_of(day)
    ]


def _previews(visit: StaffVisit, shown: OpeningHours) -> Sequence[Preview]:
    """Now, and at noon of the next holiday, in every language of the organisation."""
    organisation = replace(visit.organisation, hours=shown)
    moments = visit.moments
    with visit.site.bot.database.read() as session:
        library = replies.load_library(session, (), approved_only=False, today=moments.today)
    holiday = next(
        day
        for day in (moments.today + timedelta(days=number) for number in range(1, _AHEAD.days))
        if is_holiday(day)
    )
    at_noon = datetime.combine(holiday, _NOON, tzinfo=moments.zone)
    previews = []
    for moment in (moments.now, at_noon):
        is_open = shown.is_open(moment.astimezone(moments.zone))
        for language in organisation.languages:
            text = library.text(
                "contact" if is_open else "closed", language, organisation.text_values(language, moment)
            )
            if text is not None:
                previews.append(Preview(language=language, when=moments.at(moment), text=text[0]))
    return previews
