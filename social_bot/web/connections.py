"""The pages at Facebook: how each is connected, connecting one, and taking one off."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from fastapi import APIRouter, Response
from pydantic import SecretStr

from social_bot.errors import InvalidInput, NotAllowed, NotReady, PlatformError, SocialBotError
from social_bot.organisation import connecting, directory, pages
from social_bot.translations import marked
from social_bot.web.keepers import keeps
from social_bot.web.pages import render, see_other
from social_bot.web.visits import Anybody, Staff, StaffForm, StaffVisit

PURPOSE = "facebook-login"
STATE_LASTS = timedelta(hours=1)
"""So long may the page with the link to Facebook stand open before the link is followed and answered."""

REFUSED = marked(
    "The sign-in at Facebook was cancelled, so nothing was connected. Start again when you like."
)

routes = APIRouter()


@routes.get("/pages")
def overview(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        rows = pages.everyone(session)
    return render(visit, "pages.html", pages=rows, keeps=keeps(visit), done=done)


@routes.get("/pages/connect")
def ways(visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        directory.require_keeper(session, visit.worker.name)
    return _ways(visit)


@routes.post("/pages/connect")
def paste(visit: Staff, form: StaffForm) -> Response:
    """A token out of the business portfolio, of a system user or of a page."""
    bot = visit.site.bot
    token = form.get("pasted", "")
    if not token:
        return _ways(visit, problem=InvalidInput("Paste the token first."))
    with bot.database.read() as session:
        directory.require_keeper(session, visit.worker.name)
    try:
        offered = bot.login.offered_pages(SecretStr(token))
    except (PlatformError, NotReady) as error:
        return _ways(visit, problem=error)
    if not offered:
        return _ways(
            visit, problem=InvalidInput("This token opens no page. Give its owner a task on the page first.")
        )
    return _keep_and_choose(visit, SecretStr(token))


@routes.get("/pages/return")
def come_back(visit: Anybody, code: str = "", state: str = "", error: str = "") -> Response:
    """Back from Facebook. The browser brings no cookie along from elsewhere, so who it was stands in the seal."""
    bot, now = visit.site.bot, visit.moments.now
    sealed = visit.site.seals.open(PURPOSE, state, now=now)
    if sealed is None:
        raise NotAllowed("The sign-in at Facebook has grown too old. Start again.")
    if error or not code:
        raise NotAllowed(REFUSED)
    token = bot.login.token_of(code, return_to=_return_to(visit.organisation.staff_url))
    with bot.database.write() as session:
        directory.require_keeper(session, sealed["worker"])
        key = connecting.keep_login(
            session, token, worker=sealed["worker"], cipher=bot.database.cipher, now=now
        )
    return render(visit, "login_return.html", address=f"/pages/choose?login={key}")


@routes.get("/pages/choose")
def choose(visit: Staff, login: str = "") -> Response:
    bot = visit.site.bot
    token = _kept(visit, login)
    try:
        offered = bot.login.offered_pages(token)
    except (PlatformError, NotReady) as error:
        return _ways(visit, problem=error)
    return render(visit, "page_choice.html", offered=offered, login=login)


@routes.post("/pages/choose")
def connect(visit: Staff, form: StaffForm) -> Response:
    """Keep the chosen page's own token, and forget the person's."""
    bot, now, by = visit.site.bot, visit.moments.now, visit.worker.name
    login = form.get("login", "")
    token = _kept(visit, login)
    chosen = next((page for page in bot.login.offered_pages(token) if page.page_id == form.get("page")), None)
    if chosen is None:
        raise InvalidInput("Choose one of the pages.")
    with bot.database.write() as session:
        page = connecting.connect(
            session,
            chosen.page_id,
            name=chosen.name,
            token=chosen.token,
            cipher=bot.database.cipher,
            now=now,
            by=by,
        )
        connecting.end_login(session, login)
        access = pages.access(page, bot.database.cipher)
    try:
        report = bot.channel.check(access)
    except PlatformError:
        return see_other(f"/pages/{chosen.page_id}/live?done=page_connected")
    with bot.database.write() as session:
        page = pages.get(session, chosen.page_id)
        connecting.record_look(session, page, report, now=now)
        if not report.is_valid:
            pages.disconnect(session, page.id, reason=report.problem or connecting.LOST, now=now)
    return see_other(f"/pages/{chosen.page_id}/live?done=page_connected")


@routes.post("/pages/{page_id}/disconnect")
def disconnect(page_id: str, visit: Staff, form: StaffForm) -> Response:
    """Erase the token. Facebook is asked to send nothing more; where it does not answer, the token is erased all the same."""
    if form.get("sure") != "yes":
        return see_other(f"/pages/{page_id}/live#leave")
    bot = visit.site.bot
    with bot.database.read() as session:
        directory.require_keeper(session, visit.worker.name)
        page = pages.get(session, page_id)
        access = pages.access(page, bot.database.cipher) if page.token_sealed else None
    if access is not None:
        with suppress(PlatformError):
            bot.channel.unsubscribe(access)
    with bot.database.write() as session:
        connecting.forget_token(session, page_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/pages?done=page_disconnected")


def _kept(visit: StaffVisit, login: str) -> SecretStr:
    bot = visit.site.bot
    with bot.database.read() as session:
        return connecting.open_login(
            session, login, worker=visit.worker.name, cipher=bot.database.cipher, now=visit.moments.now
        )


def _keep_and_choose(visit: StaffVisit, token: SecretStr) -> Response:
    bot = visit.site.bot
    with bot.database.write() as session:
        key = connecting.keep_login(
            session, token, worker=visit.worker.name, cipher=bot.database.cipher, now=visit.moments.now
        )
    return see_other(f"/pages/choose?login={key}")


def _ways(visit: StaffVisit, *, problem: SocialBotError | None = None) -> Response:
    bot = visit.site.bot
    sealed: Mapping[str, str] = {"worker": visit.worker.name, "session": visit.worker.session}
    state = visit.site.seals.close(PURPOSE, sealed, now=visit.moments.now, lasts=STATE_LASTS)
    has_app = bool(bot.settings.app_id and bot.settings.app_secret)
    return_to = _return_to(visit.organisation.staff_url)
    return render(
        visit,
        "page_connect.html",
        status=422 if problem else 200,
        problem=problem,
        sign_in=bot.login.address(return_to=return_to, state=state) if has_app else None,
        return_to=return_to,
    )


def _return_to(staff_url: str) -> str:
    return f"{staff_url}/pages/return"
