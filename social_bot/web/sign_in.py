"""Signing in: with a password and a second step, or at the organisation's own sign-in; the first time by invitation."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter, Response
from sqlmodel import Session

from social_bot.channels.ports import SignInRequest
from social_bot.errors import InvalidInput, NotAllowed, SocialBotError
from social_bot.organisation import credentials, entering, invitations, passkeys
from social_bot.web import cookies, second_steps
from social_bot.web.doorstep import (
    AtTheDoor,
    DoorForm,
    Doorstep,
    HalfForm,
    HalfVisit,
    HalfWay,
    forget_old,
    keep_token,
    let_in,
    next_step,
    own_words,
    show,
    twice,
)
from social_bot.web.pages import see_other
from social_bot.web.visits import SECOND_STEP

_ERRAND_LASTS = timedelta(minutes=10)
_RETURN = "/sign-in/organisation/return"

routes = APIRouter()


@routes.get("/sign-in")
def ask(step: AtTheDoor, done: str = "") -> Response:
    if not step.must_sign_in:
        return see_other(f"/enter?lang={step.language}")
    return _show_door(step, done=done)


@routes.post("/sign-in")
def sign_in(step: AtTheDoor, form: DoorForm) -> Response:
    try:
        token = entering.with_password(
            step.site.bot.database,
            form.get("name", ""),
            form.get("password", ""),
            place=step.place,
            now=step.moments.now,
        )
    except (InvalidInput, NotAllowed) as problem:
        return _show_door(step, problem=problem, name=form.get("name", ""))
    forget_old(step)
    return let_in(step, token, step.at(next_step(step, token)))


@routes.get(SECOND_STEP)
def ask_for_second_step(half: HalfWay) -> Response:
    return _show_second_step(half)


@routes.post(SECOND_STEP)
def prove_second_step(half: HalfWay, form: HalfForm) -> Response:
    database, now, name = half.site.bot.database, half.moments.now, half.session.operator
    code, to, means = form.get("code", ""), second_steps.party(half), form.get("means", "code")

    def proof(session: Session) -> bool:
        if means == "passkey":
            answer = form.get("answer", "")
            return to is not None and passkeys.solves(session, half.session, to, answer, now=now)
        if means == "recovery":
            return credentials.use_recovery_code(session, name, code, database=database, now=now)
        return credentials.use_code(session, name, code, cipher=database.cipher, now=now)

    try:
        token = entering.with_second_step(
            database, half.session, proof, means=means, place=half.place, now=now
        )
    except (InvalidInput, NotAllowed) as problem:
        return _show_second_step(half, problem=problem, means_tried=means)
    return let_in(half, token, half.onward or "/")


@routes.get("/sign-in/set-up")
def ask_to_set_up(half: HalfWay) -> Response:
    return _show_set_up(half)


@routes.post("/sign-in/set-up")
def set_up(half: HalfWay, form: HalfForm) -> Response:
    """The second step is proved by using it once; the recovery codes are shown in this answer and never again."""
    bot, now, row = half.site.bot, half.moments.now, half.session
    try:
        with bot.database.write() as session:
            if credentials.has_second_step(session, row.operator):
                raise NotAllowed("Your second step is set up already. Sign in with it.")
            _take_second_step(session, half, form)
            codes = credentials.new_recovery_codes(session, row.operator, database=bot.database, now=now)
            token = entering.finish(session, row, means=form.get("means", "code"), now=now)
    except InvalidInput as problem:
        return _show_set_up(half, problem=problem)
    response = show(half, "recovery_codes.html", codes=codes, onward=half.onward or "/", problem=None)
    keep_token(response, half, token)
    return response


@routes.get("/invitation/{token}")
def show_invitation(token: str, step: AtTheDoor) -> Response:
    return _show_invitation(step, token)


@routes.post("/invitation/{token}")
def take_invitation(token: str, step: AtTheDoor, form: DoorForm) -> Response:
    try:
        given = entering.by_invitation(
            step.site.bot.database,
            token,
            twice(form),
            own_words=own_words(step),
            place=step.place,
            now=step.moments.now,
        )
    except InvalidInput as problem:
        return _show_invitation(step, token, problem=problem)
    forget_old(step)
    return let_in(step, given, step.at(next_step(step, given)))


@routes.get("/sign-in/organisation")
def go_to_organisation(step: AtTheDoor, invitation: str = "") -> Response:
    """Off to the organisation's sign-in; what is agreed waits in this browser alone."""
    provider = step.site.bot.identity_provider
    if provider is None:
        raise NotAllowed("Signing in with the organisation's account is not set up here.")
    request = _request(step, secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
    response = see_other(provider.address(request))
    kept = {
        "state": request.state,
        "nonce": request.nonce,
        "verifier": request.verifier,
        "onward": step.onward,
        "invitation": invitation,
        "language": step.place.language,
    }
    sealed = step.site.seals.close("errand", kept, now=step.moments.now, lasts=_ERRAND_LASTS)
    cookies.keep(response, step.site, cookies.ERRAND, sealed, lasts=_ERRAND_LASTS)
    return response


@routes.get(_RETURN)
def come_back(step: AtTheDoor, code: str = "", state: str = "") -> Response:
    """Back from the organisation's sign-in, in the browser that was sent there."""
    site, bot, now = step.site, step.site.bot, step.moments.now
    kept = site.seals.open("errand", cookies.read(step.request, site, cookies.ERRAND), now=now)
    try:
        if bot.identity_provider is None or kept is None or not secrets.compare_digest(kept["state"], state):
            raise NotAllowed(
                "This way back from the organisation's sign-in is not yours, or too old. Sign in again."
            )
        if not code:
            raise NotAllowed("You did not sign in with the organisation's account. Try again.")
        request = _request(step, kept["state"], kept["nonce"], kept["verifier"])
        person = bot.identity_provider.identify(request, code=code)
        token = entering.from_outside(
            bot.database,
            person,
            group_roles=bot.group_roles,
            invitation=kept["invitation"],
            place=replace(step.place, language=kept["language"]),
            now=now,
        )
    except SocialBotError as problem:
        response = _show_door(step, problem=problem)
    else:
        forget_old(step)
        response = let_in(step, token, kept["onward"] or "/")
    cookies.drop(response, site, cookies.ERRAND)
    return response


def _request(step: Doorstep, state: str, nonce: str, verifier: str) -> SignInRequest:
    address = f"{step.site.bot.settings.url_for_staff}{_RETURN}"
    return SignInRequest(state=state, nonce=nonce, verifier=verifier, return_address=address)


def _show_door(
    step: Doorstep, *, problem: SocialBotError | None = None, name: str = "", done: str = ""
) -> Response:
    return show(
        step,
        "sign_in.html",
        status=422 if problem else 200,
        problem=problem,
        written=name,
        done=done,
        has_organisation=step.site.bot.settings.oidc_issuer is not None,
    )


def _show_second_step(
    half: HalfVisit, *, problem: SocialBotError | None = None, means_tried: str = ""
) -> Response:
    with half.site.bot.database.write() as session:
        row = session.merge(half.session)
        means = second_steps.means(session, row, half)
    return show(
        half,
        "second_step.html",
        status=422 if problem else 200,
        problem=problem,
        means=means,
        means_tried=means_tried,
    )


def _show_set_up(half: HalfVisit, *, problem: SocialBotError | None = None) -> Response:
    with half.site.bot.database.write() as session:
        row = session.merge(half.session)
        app = second_steps.code_app(session, row, half)
        riddle = second_steps.riddle_for_new(session, row, half)
    return show(half, "set_up.html", status=422 if problem else 200, problem=problem, app=app, riddle=riddle)


def _take_second_step(session: Session, half: HalfVisit, form: Mapping[str, str]) -> None:
    now, row, to = half.moments.now, half.session, second_steps.party(half)
    if form.get("means") == "passkey" and to is not None:
        answer, name = form.get("answer", ""), form.get("passkey_name", "")
        passkeys.add(session, row, to, answer, name=name, now=now)
    else:
        cipher = half.site.bot.database.cipher
        credentials.confirm_code(session, row.operator, form.get("code", ""), cipher=cipher, now=now)


def _show_invitation(step: Doorstep, token: str, *, problem: SocialBotError | None = None) -> Response:
    with step.site.bot.database.read() as session:
        invitation = invitations.find(session, token, now=step.moments.now)
    return show(
        step,
        "invitation.html",
        status=422 if problem else 200,
        problem=problem,
        invitation=invitation,
        invitation_token=token,
        has_organisation=step.site.bot.settings.oidc_issuer is not None,
    )
