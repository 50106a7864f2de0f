"""One's own account: password, second step, sessions and language."""

from collections.abc import Mapping

from fastapi import APIRouter, Response

from social_bot.errors import InvalidInput, NotAllowed, SocialBotError
from social_bot.organisation import credentials, entering, passkeys, sessions
from social_bot.organisation import pages as social_pages
from social_bot.organisation.sessions import StaffSessionRow
from social_bot.web import second_steps
from social_bot.web.doorstep import keep_token, let_in, own_words, place, safe_path, twice
from social_bot.web.pages import render, see_other
from social_bot.web.visits import MustEnter, Staff, StaffForm, StaffVisit

routes = APIRouter()


@routes.get("/account")
def show(visit: Staff, done: str = "") -> Response:
    name, now = visit.worker.name, visit.moments.now
    with visit.site.bot.database.read() as session:
        credential = credentials.get(session, name)
        return render(
            visit,
            "account.html",
            done=done,
            pages={page.id: page.name for page in social_pages.everyone(session)},
            has_password=credential is not None and credential.password_hash is not None,
            has_code=credential is not None and credential.code_secret_sealed is not None,
            passkeys=credentials.passkeys(session, name),
            may_have_passkeys=second_steps.party(visit) is not None,
            recovery_codes=credentials.recovery_codes_left(session, name),
            sessions=sessions.open_ones(session, name, now=now),
        )


@routes.get("/account/proof")
def ask_for_proof(visit: Staff, onward: str = "") -> Response:
    _own_session(visit)
    return _show_proof(visit, onward=safe_path(onward))


@routes.post("/account/proof")
def prove(visit: Staff, form: StaffForm) -> Response:
    """The password again, before what proves who one is may be changed."""
    row, onward = _own_session(visit), safe_path(form.get("onward", ""))
    try:
        entering.prove_again(
            visit.site.bot.database,
            row,
            form.get("password", ""),
            place=place(visit.request, visit.language),
            now=visit.moments.now,
        )
    except (InvalidInput, NotAllowed) as problem:
        return _show_proof(visit, onward=onward, problem=problem)
    return see_other(onward or "/account")


@routes.get("/account/password")
def ask_for_password(visit: Staff) -> Response:
    _proved(visit, "/account/password")
    return render(visit, "password.html", problem=None)


@routes.post("/account/password")
def change_password(visit: Staff, form: StaffForm) -> Response:
    row = _proved(visit, "/account/password")
    try:
        token = entering.change_password(
            visit.site.bot.database, row, twice(form), own_words=own_words(visit), now=visit.moments.now
        )
    except InvalidInput as problem:
        return render(visit, "password.html", status=422, problem=problem)
    return let_in(visit, token, "/account?done=password_changed")


@routes.get("/account/code")
def ask_for_code(visit: Staff) -> Response:
    return _show_code(visit, _proved(visit, "/account/code"))


@routes.post("/account/code")
def set_up_code(visit: Staff, form: StaffForm) -> Response:
    row, bot, now = _proved(visit, "/account/code"), visit.site.bot, visit.moments.now
    try:
        with bot.database.write() as session:
            code = form.get("code", "")
            credentials.confirm_code(session, row.operator, code, cipher=bot.database.cipher, now=now)
            token = entering.renew_after_change(session, row, now=now)
    except InvalidInput as problem:
        return _show_code(visit, row, problem=problem)
    return let_in(visit, token, "/account?done=code_set_up")


@routes.post("/account/code/remove")
def remove_code(visit: Staff, form: StaffForm) -> Response:
    del form
    row = _proved(visit, "/account")
    with visit.site.bot.database.write() as session:
        credentials.remove_code(session, row.operator, now=visit.moments.now)
        token = entering.renew_after_change(session, row, now=visit.moments.now)
    return let_in(visit, token, "/account?done=code_removed")


@routes.get("/account/passkey")
def ask_for_passkey(visit: Staff) -> Response:
    return _show_passkey(visit, _proved(visit, "/account/passkey"))


@routes.post("/account/passkey")
def add_passkey(visit: Staff, form: StaffForm) -> Response:
    row, now, to = _proved(visit, "/account/passkey"), visit.moments.now, second_steps.party(visit)
    try:
        with visit.site.bot.database.write() as session:
            if to is None:
                raise NotAllowed("Passkeys cannot be made at this address.")
            answer, name = form.get("answer", ""), form.get("passkey_name", "")
            passkeys.add(session, row, to, answer, name=name, now=now)
            token = entering.renew_after_change(session, row, now=now)
    except InvalidInput as problem:
        return _show_passkey(visit, row, problem=problem)
    return let_in(visit, token, "/account?done=passkey_added")


@routes.post("/account/passkey/remove")
def remove_passkey(visit: Staff, form: StaffForm) -> Response:
    row = _proved(visit, "/account")
    with visit.site.bot.database.write() as session:
        credentials.remove_passkey(session, row.operator, _number(form, "passkey"), now=visit.moments.now)
        token = entering.renew_after_change(session, row, now=visit.moments.now)
    return let_in(visit, token, "/account?done=passkey_removed")


@routes.post("/account/recovery-codes")
def renew_recovery_codes(visit: Staff, form: StaffForm) -> Response:
    """New codes, shown in this answer and never again."""
    del form
    row, database, now = _proved(visit, "/account"), visit.site.bot.database, visit.moments.now
    with database.write() as session:
        codes = credentials.new_recovery_codes(session, row.operator, database=database, now=now)
        token = entering.renew_after_change(session, row, now=now)
    response = render(visit, "recovery_codes.html", codes=codes, onward="/account", problem=None)
    keep_token(response, visit, token)
    return response


@routes.post("/account/sessions/end")
def end_session(visit: Staff, form: StaffForm) -> Response:
    row = _own_session(visit)
    with visit.site.bot.database.write() as session:
        sessions.end(session, row.operator, _number(form, "session"), now=visit.moments.now)
    return see_other("/account?done=session_ended")


@routes.post("/account/sessions/end-others")
def end_other_sessions(visit: Staff, form: StaffForm) -> Response:
    del form
    row, now = _own_session(visit), visit.moments.now
    with visit.site.bot.database.write() as session:
        sessions.end_all(session, row.operator, now=now, by=row.operator, but=row.id)
    return see_other("/account?done=other_sessions_ended")


def _own_session(visit: StaffVisit) -> StaffSessionRow:
    """Raises ``NotAllowed`` in practice, where nobody has signed in."""
    if visit.signed_in is None:
        raise NotAllowed(
            "In practice a role is chosen and nobody signs in, so there is nothing to change here."
        )
    return visit.signed_in


def _proved(visit: StaffVisit, path: str) -> StaffSessionRow:
    """Raises ``MustEnter`` to where the password is asked for, when that was long ago."""
    row = _own_session(visit)
    with visit.site.bot.database.read() as session:
        credential = credentials.get(session, row.operator)
    if credential is None or credential.password_hash is None:
        raise NotAllowed(
            "You sign in with the organisation's account. It looks after password and second step."
        )
    if not row.is_proved(visit.moments.now):
        raise MustEnter(f"/account/proof?onward={path}")
    return row


def _show_proof(visit: StaffVisit, *, onward: str, problem: SocialBotError | None = None) -> Response:
    return render(visit, "proof.html", status=422 if problem else 200, onward=onward, problem=problem)


def _show_code(visit: StaffVisit, row: StaffSessionRow, *, problem: InvalidInput | None = None) -> Response:
    with visit.site.bot.database.write() as session:
        app = second_steps.code_app(session, row, visit)
    return render(visit, "code.html", status=422 if problem else 200, app=app, problem=problem)


def _show_passkey(
    visit: StaffVisit, row: StaffSessionRow, *, problem: InvalidInput | None = None
) -> Response:
    with visit.site.bot.database.write() as session:
        riddle = second_steps.riddle_for_new(session, session.merge(row), visit)
    return render(visit, "passkey.html", status=422 if problem else 200, riddle=riddle, problem=problem)


def _number(form: Mapping[str, str], name: str) -> int:
    value = form.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 12 else 0
