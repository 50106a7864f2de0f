"""Somebody who signs in, as a browser does it."""

import re
from datetime import timedelta
from html import unescape

import pyotp

from social_bot.bootstrap import Bot
from social_bot.organisation import invitations, operators
from social_bot.organisation.roles import Role
from tests.web.conftest import Browser

ADMINISTRATOR = "Pääkäyttäjä"
PASSWORD = "neljä hiljaista saapasta soutaa"
OTHER_PASSWORD = "punainen ladonovi narahti kerran"
SECRET = re.compile(r'<code class="secret">([A-Z2-7 ]+)</code>')
CODES = re.compile(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code></li>")


def invite(bot: Bot, name: str = ADMINISTRATOR, *roles: Role, pages: tuple[str, ...] = ()) -> str:
    """The path of a new invitation; the person is added with the roles where any are given."""
    with bot.database.write() as session:
        if roles:
            operators.add(session, name, roles, now=bot.now(), by="test", page_ids=pages)
        return f"/invitation/{invitations.invite(session, name, now=bot.now(), by='test')}"


def code(secret: str, bot: Bot, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(bot.now() + timedelta(seconds=30 * steps))


def take_on(browser: Browser, path: str, *, password: str = PASSWORD) -> str:
    """Take an invitation on up to the second step; the secret of the codes."""
    answer = browser.submit(path, standing_on=path, password=password, again=password)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith("/sign-in/set-up")
    return secret_on(browser, "/sign-in/set-up")


def secret_on(browser: Browser, path: str) -> str:
    found = SECRET.search(browser.read(path))
    assert found is not None
    return found[1].replace(" ", "")


def set_up(browser: Browser, bot: Bot, secret: str) -> list[str]:
    """Confirm the second step; the recovery codes. The session is complete from now on."""
    answer = browser.submit("/sign-in/set-up", standing_on="/sign-in/set-up", code=code(secret, bot))
    assert answer.status_code == 200, answer.text
    return CODES.findall(unescape(answer.text))


def come_in(browser: Browser, bot: Bot, name: str = ADMINISTRATOR, *roles: Role) -> str:
    """Everything from the invitation to Today; the secret of the codes."""
    secret = take_on(browser, invite(bot, name, *(roles or (Role.ADMINISTRATOR,))))
    set_up(browser, bot, secret)
    return secret


def give_password(browser: Browser, name: str = ADMINISTRATOR, password: str = PASSWORD, onward: str = ""):
    path = f"/sign-in?next={onward}" if onward else "/sign-in"
    return browser.submit(path, standing_on=path, name=name, password=password)


def sign_in(browser: Browser, bot: Bot, secret: str, *, name: str = ADMINISTRATOR, steps: int = 0):
    """Password and code; the answer to the code."""
    assert give_password(browser, name).status_code == 303
    return browser.submit("/sign-in/step", standing_on="/sign-in/step", code=code(secret, bot, steps=steps))
