"""The residents' pages: asking to be phoned, without an account, a cookie or a script."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Response

from social_bot.answering import callbacks
from social_bot.errors import InvalidInput
from social_bot.organisation.languages import LANGUAGES
from social_bot.translations import marked
from social_bot.web.pages import render, see_other
from social_bot.web.visits import STALE, TOKEN, Anybody, Form, Visit

RECEIPT_LASTS = timedelta(days=7)
TRAP = "website"
"""A field that no person sees: what fills it in is a program."""

TRAPPED = marked(
    "A field that must stay empty was filled in, as programs do. Your request was not taken. "
    "Write your number again, or phone us."
)

routes = APIRouter()


@routes.get("/callback")
def ask(visit: Anybody) -> Response:
    return _form(visit, {"window": callbacks.WINDOWS[0], "language": visit.language})


@routes.post("/callback")
def request(visit: Anybody, form: Form) -> Response:
    """Take a request in, or show the form again with what was typed and what is wrong."""
    problems = _problems(visit, form)
    if problems:
        return _form(visit, form, problems=problems)
    bot = visit.site.bot
    with bot.database.write() as session:
        row = callbacks.request(
            session,
            phone=form["phone"],
            window=form["window"],
            language=form["language"],
            organisation=visit.organisation,
            cipher=bot.database.cipher,
            now=visit.moments.now,
        )
        promised_by = row.promised_by
    promise = visit.site.seals.close(
        "receipt",
        {"promised_by": promised_by.isoformat() if promised_by else ""},
        now=visit.moments.now,
        lasts=RECEIPT_LASTS,
    )
    return see_other(f"/callback/receipt?lang={visit.language}&promise={promise}")


@routes.get("/callback/receipt")
def receipt(visit: Anybody, promise: str = "") -> Response:
    """What was promised: the seal holds a time, and nothing about the person."""
    sealed = visit.site.seals.open("receipt", promise, now=visit.moments.now)
    if sealed is None:
        return see_other(f"/callback?lang={visit.language}")
    promised_by = sealed["promised_by"]
    return render(
        visit,
        "receipt.html",
        promised_by=datetime.fromisoformat(promised_by) if promised_by else None,
        contact=_contact(visit),
    )


@routes.get("/accessibility")
def accessibility(visit: Anybody) -> Response:
    return render(visit, "accessibility.html", contact=_contact(visit))


def _form(
    visit: Visit, form: Mapping[str, str], *, problems: Mapping[str, InvalidInput] | None = None
) -> Response:
    return render(
        visit,
        "callback.html",
        status=422 if problems else 200,
        form=form,
        problems=problems or {},
        windows=callbacks.WINDOWS,
        trap=TRAP,
        contact=_contact(visit),
    )


def _problems(visit: Visit, form: Mapping[str, str]) -> Mapping[str, InvalidInput]:
    """What is wrong, by field."""
    problems: dict[str, InvalidInput] = {}
    if visit.site.seals.open("public-form", form.get(TOKEN, ""), now=visit.moments.now) is None:
        problems["form"] = InvalidInput(STALE)
    if form.get(TRAP):
        problems["form"] = InvalidInput(TRAPPED)
    try:
        callbacks.parse_phone(form.get("phone", ""))
    except InvalidInput as error:
        problems["phone"] = error
    if form.get("window") not in callbacks.WINDOWS:
        problems["window"] = InvalidInput("Choose when we may call you.")
    if form.get("language") not in LANGUAGES:
        problems["language"] = InvalidInput("Choose the language in which we call you.")
    return problems


def _contact(visit: Visit) -> Mapping[str, str | None]:
    """The organisation's numbers and hours, as its texts name them."""
    return visit.organisation.text_values(visit.language, visit.moments.now)
