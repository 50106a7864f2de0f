"""The settings: what the organisation stands for, each value with the day of its check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.errors import InvalidInput, NotAllowed, NotFound, SocialBotError
from social_bot.organisation import directory, duty, pages
from social_bot.organisation.directory import KEYS, NEEDED_TO_GO_LIVE, Kind, SettingRow
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.retention import PERIODS
from social_bot.tracking import purging
from social_bot.web.keepers import keeps
from social_bot.web.pages import render, see_other
from social_bot.web.setting_words import GROUP_LEADS, GROUP_TITLES, NAMES, Group, group_of, keys_of
from social_bot.web.visits import Staff, StaffForm, StaffVisit

_BY_LANGUAGE = frozenset({Kind.TEXT, Kind.PHONE, Kind.LINK})
"""Kinds whose value may differ from language to language."""

routes = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One setting as the list shows it; ``rows`` by language, the empty one first."""

    key: str
    name: str
    rows: Sequence[SettingRow]
    fixed: str | None
    is_needed: bool
    is_checked: bool
    is_outdated: bool

    @property
    def look(self) -> str:
        if self.is_outdated:
            return "outdated"
        if self.rows:
            return "checked"
        if self.fixed:
            return "fixed"
        return "needed" if self.is_needed else "empty"


@routes.get("/settings")
def organisation(visit: Staff, done: str = "") -> Response:
    return _list(visit, Group.ORGANISATION, done=done)


@routes.get("/settings/numbers")
def numbers(visit: Staff, done: str = "") -> Response:
    return _list(visit, Group.NUMBERS, done=done)


@routes.get("/settings/links")
def links(visit: Staff, done: str = "") -> Response:
    return _list(visit, Group.LINKS, done=done)


@routes.get("/settings/services")
def services(visit: Staff, done: str = "") -> Response:
    return _list(visit, Group.SERVICES, done=done)


@routes.get("/settings/retention")
def retention(visit: Staff, done: str = "") -> Response:
    """The periods as they stand now, what the next night erases, and when the last one was."""
    bot = visit.site.bot
    overdue = purging.count_overdue(
        bot.database, gather=bot.organisation, media=bot.media, now=visit.moments.now
    )
    with bot.database.read() as session:
        last = purging.last_run(session)
    periods = [
        (period, period.length(visit.organisation), overdue.get(kept)) for kept, period in PERIODS.items()
    ]
    return render(
        visit,
        "retention.html",
        title=GROUP_TITLES[Group.RETENTION],
        lead=GROUP_LEADS[Group.RETENTION],
        periods=periods,
        last=last,
        keeps=keeps(visit),
        done=done,
    )


@routes.get("/settings/edit/{key}")
def edit(key: str, visit: Staff) -> Response:
    _require_known(key)
    with visit.site.bot.database.read() as session:
        directory.require_keeper(session, visit.worker.name)
        values = {row.language: row.value for row in directory.everything(session) if row.key == key}
    return _form(visit, key, values, problems={})


@routes.post("/settings/edit/{key}")
def change(key: str, visit: Staff, form: StaffForm) -> Response:
    """Every field at once; one that is left empty takes its value away."""
    _require_known(key)
    values = {language: form.get(f"value-{language}", "") for language in _languages_of(key)}
    problems = _problems(key, values)
    if problems:
        return _form(visit, key, values, problems=problems)
    bot, now = visit.site.bot, visit.moments.now
    with bot.database.write() as session:
        directory.require_keeper(session, visit.worker.name)
        _keep_what_live_pages_need(session, key, values)
        before = {row.language: row.value for row in directory.everything(session) if row.key == key}
        for language, value in values.items():
            name = f"{key}.{language}" if language else key
            if not value:
                directory.unset(session, name, now=now, by=visit.worker.name)
            elif value != before.get(language):
                directory.put(session, name, value, now=now, by=visit.worker.name, zone=bot.settings.zone)
    return see_other(f"{_path(group_of(key))}?done=setting_saved#{key}")


@routes.post("/settings/confirm/{key}")
def confirm(key: str, visit: Staff, form: StaffForm) -> Response:
    """The value was checked today and is right as it is, in every language."""
    del form
    _require_known(key)
    bot = visit.site.bot
    with bot.database.write() as session:
        directory.require_keeper(session, visit.worker.name)
        for row in directory.everything(session):
            if row.key == key:
                directory.confirm(
                    session,
                    f"{key}.{row.language}" if row.language else key,
                    now=visit.moments.now,
                    by=visit.worker.name,
                    zone=bot.settings.zone,
                )
    return see_other(f"{_path(group_of(key))}?done=setting_checked#{key}")


@routes.get("/settings/duty")
def on_duty(visit: Staff) -> Response:
    """Who is told of alerts. Of addresses only their number is shown: they are secrets."""
    bot = visit.site.bot
    local = visit.moments.now.astimezone(visit.organisation.zone)
    with bot.database.read() as session:
        periods = [
            {
                "id": row.id,
                "level": row.level,
                "hours": row.hours,
                "people": row.people,
                "addresses": len(duty.addresses_of(row, bot.database.cipher)),
                "is_on": row.covers(local),
            }
            for row in duty.everything(session)
        ]
        can_be_told = bool(bot.settings.alert_urls) or duty.has_address(session, bot.database.cipher)
    return render(
        visit,
        "duty.html",
        periods=periods,
        can_be_told=can_be_told,
        addresses=len(bot.settings.alert_urls),
    )


@routes.get("/settings/button")
def button(visit: Staff) -> Response:
    """The line that the organisation puts on its own site, by language."""
    lines = {language: visit.organisation.callback_link(language) for language in LANGUAGES}
    return render(visit, "help_button.html", lines=lines)


def _list(visit: StaffVisit, group: Group, *, done: str) -> Response:
    now = visit.moments.now
    with visit.site.bot.database.read() as session:
        rows = [row for row in directory.everything(session) if row.key in KEYS]
    old = {row.key for row in directory.outdated(rows, visit.organisation, now=now)}
    given: dict[str, list[SettingRow]] = {}
    for row in rows:
        given.setdefault(row.key, []).append(row)
    lines = [
        Line(
            key=key,
            name=NAMES.get(key, key),
            rows=sorted(given.get(key, ()), key=lambda row: _order(row.language)),
            fixed=KEYS[key].fixed,
            is_needed=key in NEEDED_TO_GO_LIVE,
            is_checked=KEYS[key].kind in (Kind.PHONE, Kind.LINK),
            is_outdated=key in old,
        )
        for key in keys_of(group)
    ]
    return render(
        visit,
        "settings.html",
        group=group,
        title=GROUP_TITLES[group],
        lead=GROUP_LEADS[group],
        lines=lines,
        keeps=keeps(visit),
        done=done,
    )


def _form(
    visit: StaffVisit, key: str, values: Mapping[str, str], *, problems: Mapping[str, SocialBotError]
) -> Response:
    return render(
        visit,
        "setting.html",
        status=422 if problems else 200,
        key=KEYS[key],
        label=NAMES.get(key, key),
        languages=_languages_of(key),
        values=values,
        problems=problems,
        back=_path(group_of(key)),
        orders=[",".join(order) for count in (1, 2, 3) for order in permutations(LANGUAGES, count)],
        is_needed=key in NEEDED_TO_GO_LIVE,
    )


def _problems(key: str, values: Mapping[str, str]) -> Mapping[str, SocialBotError]:
    """By language; a field without a value is none."""
    problems: dict[str, SocialBotError] = {}
    for language, value in values.items():
        try:
            if value:
                directory.clean(key, value)
        except InvalidInput as error:
            problems[language] = error
    return problems


def _languages_of(key: str) -> Sequence[str]:
    """The empty one serves every language."""
    return ("", *LANGUAGES) if KEYS[key].kind in _BY_LANGUAGE else ("",)


def _require_known(key: str) -> None:
    if key not in KEYS or KEYS[key].kind is Kind.HOURS:
        raise NotFound("There is no such setting. Choose one from the list.")


def _keep_what_live_pages_need(session: Session, key: str, values: Mapping[str, str]) -> None:
    if key in NEEDED_TO_GO_LIVE and not values.get("") and pages.any_live(session):
        raise NotAllowed("A live page needs this number. Change it, or take the pages off the air first.")


def _path(group: Group) -> str:
    return "/settings" if group is Group.ORGANISATION else f"/settings/{group.value}"


def _order(language: str) -> int:
    return ("", *LANGUAGES).index(language)
