"""The residents' pages: asking to be phoned, keeping a conversation; no account, no cookie, no script."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from fastapi import APIRouter, Response

from social_bot.answering import callbacks, saving
from social_bot.answering.callbacks import Window
from social_bot.errors import InvalidInput
from social_bot.organisation.languages import LANGUAGES
from social_bot.translations import marked
from social_bot.web.pages import render, see_other
from social_bot.web.visits import STALE, TOKEN, Anybody, Form, Visit

RECEIPT_LASTS = timedelta(days=7)
SOONEST = "any"
"""The choice of no time: we call as soon as may be."""

TRAP = "website"
"""A field that no person sees: what fills it in is a program."""

STATEMENT_MADE_ON = date(2026, 11, 24)
"""The accessibility statement is looked over and dated anew whenever these pages change."""

MIN_FILL = timedelta(seconds=2)
"""No person fills the form in faster; asked of a live page only, for rehearsals are played by programs."""

TRAPPED = marked(
    "A field that must stay empty was filled in, as programs do. Your request was not taken. "
    "Write your number again, or phone us."
)
HASTY = marked("The form was sent faster than a person can fill it in. Check it and send it once more.")

routes = APIRouter()


@routes.get("/callback")
def ask(visit: Anybody) -> Response:
    return _form(visit, {"window": SOONEST, "language": visit.language})


@routes.post("/callback")
def request(visit: Anybody, form: Form) -> Response:
    """Take a request in, or show the form again with what was typed and what is wrong.

    The answer is the same whether the number waits already or not.
    """
    shown = _shown(visit, form)
    windows = _by_code(visit, shown or visit.moments.now)
    problems = _problems(visit, form, shown, windows)
    if problems:
        return _form(visit, form, problems=problems)
    bot = visit.site.bot
    client = visit.request.client
    if client is not None and not visit.site.floods.may_send(client.host, now=visit.moments.now):
        return _too_many(visit)
    with bot.database.write() as session:
        if not callbacks.may_take_more(session, now=visit.moments.now):
            return _too_many(visit)
        row = callbacks.request(
            session,
            phone=form["phone"],
            window=windows.get(form["window"]),
            language=form["language"],
            is_discreet="discreet" in form,
            organisation=visit.organisation,
            database=bot.database,
            now=visit.moments.now,
        )
        moments = {"call_from": row.call_from, "promised_by": row.promised_by}
    promise = visit.site.seals.close(
        "receipt",
        {name: moment.isoformat() if moment else "" for name, moment in moments.items()},
        now=visit.moments.now,
        lasts=RECEIPT_LASTS,
    )
    return see_other(f"/callback/receipt?lang={visit.language}&promise={promise}")


@routes.get("/callback/receipt")
def receipt(visit: Anybody, promise: str = "") -> Response:
    """What was promised: the seal holds times, and nothing about the person."""
    sealed = visit.site.seals.open("receipt", promise, now=visit.moments.now)
    if sealed is None:
        return see_other(f"/callback?lang={visit.language}")
    moments = {name: datetime.fromisoformat(text) if text else None for name, text in sealed.items()}
    return render(
        visit,
        "receipt.html",
        call_from=moments["call_from"],
        promised_by=moments["promised_by"],
        contact=_contact(visit),
    )


@routes.get("/conversation/{token}")
def conversation(visit: Anybody, token: str) -> Response:
    """A conversation as it is kept, for whoever got the link within the hour; found by no search engine."""
    bot = visit.site.bot
    with bot.database.read() as session:
        saved = saving.open_link(session, token, cipher=bot.database.cipher, now=visit.moments.now)
    if saved is None:
        answer = render(visit, "conversation_gone.html", status=404, contact=_contact(visit))
    else:
        if "lang" not in visit.request.query_params and saved.language in LANGUAGES:
            visit = replace(visit, moments=replace(visit.moments, language=saved.language))
        answer = render(visit, "conversation.html", saved=saved)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


@routes.get("/accessibility")
def accessibility(visit: Anybody) -> Response:
    return render(visit, "accessibility.html", contact=_contact(visit), made_on=STATEMENT_MADE_ON)


def _form(
    visit: Visit, form: Mapping[str, str], *, problems: Mapping[str, InvalidInput] | None = None
) -> Response:
    now = visit.moments.now
    return render(
        visit,
        "callback.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        soonest=SOONEST,
        soonest_by=callbacks.promise(visit.organisation, now=now),
        windows=callbacks.offered_windows(visit.organisation, now=now),
        trap=TRAP,
        contact=_contact(visit),
    )


def _too_many(visit: Visit) -> Response:
    return render(visit, "too_many.html", status=429, contact=_contact(visit))


def _shown(visit: Visit, form: Mapping[str, str]) -> datetime | None:
    """When the form was shown; None for a form that is not ours or was open too long."""
    sealed = visit.site.seals.open("public-form", form.get(TOKEN, ""), now=visit.moments.now)
    return None if sealed is None else datetime.fromisoformat(sealed["shown"])


def _by_code(visit: Visit, shown: datetime) -> Mapping[str, Window]:
    """What could be chosen when the form was shown and has not passed meanwhile."""
    offered = callbacks.offered_windows(visit.organisation, now=shown)
    return {window.code: window for window in offered if window.ends > visit.moments.now}


def _problems(
    visit: Visit, form: Mapping[str, str], shown: datetime | None, windows: Mapping[str, Window]
) -> Mapping[str, InvalidInput]:
    """What is wrong, by field."""
    problems: dict[str, InvalidInput] = {}
    if shown is None:
        problems["form"] = InvalidInput(STALE)
    elif visit.is_live and visit.moments.now - shown < MIN_FILL:
        problems["form"] = InvalidInput(HASTY)
    if form.get(TRAP):
        problems["form"] = InvalidInput(TRAPPED)
    try:
        callbacks.parse_phone(form.get("phone", ""))
    except InvalidInput as error:
        problems["phone"] = error
    if form.get("window") not in (SOONEST, *windows):
        problems["window"] = InvalidInput("Choose when we may call you.")
    if form.get("language") not in LANGUAGES:
        problems["language"] = InvalidInput("Choose the language in which we call you.")
    return problems


def _contact(visit: Visit) -> Mapping[str, str | None]:
    """The organisation's numbers and hours, as its texts name them."""
    return visit.organisation.text_values(visit.language, visit.moments.now)
