"""Signing in: by invitation, password and second step; what guesses, replays and forgers meet."""

from dataclasses import replace
from datetime import timedelta

import pytest

from social_bot.organisation import audit, credentials, operators, pages, passwords, people, sessions
from social_bot.organisation.operators import OperatorRow
from social_bot.organisation.roles import Role
from social_bot.organisation.sessions import Stage
from social_bot.settings import Settings
from social_bot.web.app import create_app
from social_bot.web.doorstep import safe_path
from tests.conftest import APPROVER, PAGE, WRITER
from tests.web.conftest import HERE, Browser
from tests.web.signing import (
    ADMINISTRATOR,
    OTHER_PASSWORD,
    PASSWORD,
    code,
    come_in,
    give_password,
    invite,
    set_up,
    sign_in,
    take_on,
)

COOKIE = "social_bot_session"
AFAR = "192.0.2.7"


@pytest.fixture
def secret(anybody, timed_bot, clock):
    """An administrator has set up a sign-in a while ago; nobody is signed in."""
    made = come_in(anybody, timed_bot)
    anybody.submit("/leave", standing_on="/account")
    clock.forward(minutes=5)
    return made


def actions(bot):
    with bot.database.read() as session:
        return [(row.action, row.actor, row.subject, row.detail) for row in audit.every_entry(session)]


def test_the_first_administrator_comes_in_by_the_link_of_the_command_line(anybody, timed_bot):
    path = invite(timed_bot, ADMINISTRATOR, Role.ADMINISTRATOR)

    secret = take_on(anybody, path)
    codes = set_up(anybody, timed_bot, secret)

    assert len(codes) == len(set(codes)) == 8
    assert "<h1>Tänään" in anybody.read("/")
    assert "Kirjaudu ulos" in anybody.read("/account")
    assert ("sign_in", ADMINISTRATOR, ADMINISTRATOR, "code") in actions(timed_bot)


def test_a_name_a_password_and_a_code_let_in_and_lead_on(browse, timed_bot, secret):
    browser = browse(client=AFAR, base_url="http://mallila.example")

    asked = browser.get("/posts?month=2026-12")
    given = give_password(browser, "  pääKÄYTTÄJÄ ", onward="/goals")
    stopped = browser.get("/goals")
    answer = browser.submit(
        "/sign-in/step?next=/goals", standing_on="/sign-in/step?next=/goals", code=code(secret, timed_bot)
    )

    assert asked.headers["location"] == "/sign-in?next=%2Fposts%3Fmonth%3D2026-12"
    assert given.headers["location"] == "/sign-in/step?lang=fi&next=%2Fgoals"
    assert stopped.headers["location"] == "/sign-in/step"
    assert answer.headers["location"] == "/goals"
    assert browser.get("/goals").status_code == 200


@pytest.mark.parametrize("path", ["/", "/posts", "/inbox", "/people", "/audit", "/account"])
def test_once_somebody_can_sign_in_no_role_is_chosen_any_more(anybody, secret, path):
    assert anybody.get(path).headers["location"].startswith("/sign-in")
    assert anybody.get("/enter").headers["location"] == "/sign-in"


def test_a_sample_role_that_was_chosen_before_ends_then(writer, browse, timed_bot):
    come_in(browse(), timed_bot)

    assert writer.get("/").headers["location"] == "/sign-in"


def test_a_reset_of_the_only_sign_in_does_not_open_the_roles_again(anybody, timed_bot, secret):
    with timed_bot.database.write() as session:
        people.start_over(session, ADMINISTRATOR, now=timed_bot.now(), by="test")

    assert anybody.get("/enter").headers["location"] == "/sign-in"


def test_the_session_cookie_is_out_of_reach_and_the_database_holds_its_hash_alone(anybody, timed_bot):
    come_in(anybody, timed_bot)

    token = anybody.cookies[COOKIE]
    with timed_bot.database.read() as session:
        row = sessions.open_ones(session, ADMINISTRATOR, now=timed_bot.now())[0]
    assert token not in row.token_hash
    assert len(row.token_hash) == 64


def test_under_https_the_cookie_is_of_this_host_alone(timed_bot):
    settings = Settings(**{**timed_bot.settings.model_dump(), "base_url": "https://mallila.example"})
    bot = replace(timed_bot, settings=settings)
    with Browser(
        create_app(bot, on_delivery=lambda: None),
        base_url="https://mallila.example",
        client=(AFAR, 1),
        follow_redirects=False,
    ) as browser:
        path = invite(bot, ADMINISTRATOR, Role.ADMINISTRATOR)
        answer = browser.submit(path, standing_on=path, password=PASSWORD, again=PASSWORD)

    cookie = next(each for each in answer.headers.get_list("set-cookie") if "session" in each)
    assert cookie.startswith("__Host-social_bot_session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_every_step_gives_a_new_token_and_the_old_one_is_dead(browse, timed_bot, secret):
    browser, thief = browse(), browse()
    give_password(browser)
    half = browser.cookies[COOKIE]
    browser.submit("/sign-in/step", standing_on="/sign-in/step", code=code(secret, timed_bot))

    whole = browser.cookies[COOKIE]
    thief.cookies.set(COOKIE, half)

    assert whole != half
    assert thief.get("/").headers["location"] == "/sign-in"
    assert browser.get("/").status_code == 200


def test_a_session_that_somebody_else_planted_is_not_taken_over(browse, timed_bot, secret):
    """Fixation: a token that the attacker knows is in the victim's browser when the victim signs in."""
    attacker, victim = browse(), browse()
    set_up(attacker, timed_bot, take_on(attacker, invite(timed_bot, "Hyökkääjä", Role.WRITER)))
    planted = attacker.cookies[COOKIE]
    victim.cookies.set(COOKIE, planted, domain="127.0.0.1", path="/")
    form = {"token": victim.token("/sign-in"), "name": ADMINISTRATOR, "password": PASSWORD}

    answer = victim.post("/sign-in", data=form)

    given = answer.headers["set-cookie"]
    assert f"{COOKIE}=" in given
    assert planted not in given
    assert attacker.get("/").headers["location"] == "/sign-in"


def test_two_idle_hours_end_a_session_and_twelve_end_any(browse, timed_bot, clock, secret):
    idle, busy = browse(), browse()
    sign_in(idle, timed_bot, secret)
    clock.forward(seconds=60)
    sign_in(busy, timed_bot, secret)

    for _ in range(7):
        clock.forward(minutes=100)
        assert busy.get("/account").status_code == 200
    assert idle.get("/account").headers["location"] == "/sign-in?next=%2Faccount"
    clock.forward(minutes=30)
    assert busy.get("/account").headers["location"] == "/sign-in?next=%2Faccount"


def test_a_page_that_reloads_itself_keeps_no_session_alive(browse, timed_bot, clock, secret):
    browser = browse()
    sign_in(browser, timed_bot, secret)

    for _ in range(3):
        clock.forward(minutes=39)
        browser.get("/account", headers={"sec-fetch-dest": "empty"})
    clock.forward(minutes=4)

    assert browser.get("/account").status_code == 303


def test_half_a_sign_in_ends_after_a_quarter_of_an_hour(browse, timed_bot, clock, secret):
    browser = browse()
    give_password(browser)

    clock.forward(minutes=16)

    assert browser.get("/sign-in/step").headers["location"].startswith("/sign-in?")


def test_a_code_works_once(browse, timed_bot, secret):
    first, second = browse(), browse()
    sign_in(first, timed_bot, secret)

    answer = sign_in(second, timed_bot, secret)

    assert answer.status_code == 422
    assert "Odota seuraavaa koodia" in answer.text
    assert second.get("/").headers["location"] == "/sign-in/step"


def test_a_code_from_before_a_used_one_does_not_work_either(browse, timed_bot, secret):
    sign_in(browse(), timed_bot, secret)

    assert sign_in(browse(), timed_bot, secret, steps=-1).status_code == 422
    assert sign_in(browse(), timed_bot, secret, steps=1).status_code == 303


def test_a_recovery_code_lets_in_once(browse, timed_bot):
    browser = browse()
    codes = set_up(browser, timed_bot, take_on(browser, invite(timed_bot, ADMINISTRATOR, Role.ADMINISTRATOR)))
    answers = []
    for _ in range(2):
        other = browse()
        give_password(other)
        answers.append(
            other.submit(
                "/sign-in/step", standing_on="/sign-in/step", means="recovery", code=codes[0].upper()
            ).status_code
        )

    assert answers == [303, 422]
    assert "7 koodia jäljellä" in browser.read("/account")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browse, timed_bot, secret):
    known = give_password(browse(), password="ei tämä ole se oikea")
    unknown = give_password(browse(), name="Kuka Lie", password="ei tämä ole se oikea")

    def plain(answer, name):
        return answer.text.split("<main")[1].split("</form>")[0].split('name="token"')[0].replace(name, "")

    assert known.status_code == unknown.status_code == 422
    assert plain(known, ADMINISTRATOR) == plain(unknown, "Kuka Lie")
    failed = [entry for entry in actions(timed_bot) if entry[0] == "sign_in.failed"]
    assert failed == [
        ("sign_in.failed", ADMINISTRATOR, ADMINISTRATOR, ""),
        ("sign_in.failed", "-", "-", ""),
    ]


def test_for_an_unknown_name_the_same_hashing_is_done(monkeypatch, browse, secret):
    hashed: list[str] = []
    verify = passwords._HASHER.verify

    def note_and_verify(hasher, password, kept):
        hashed.append(kept)
        return verify(password, kept)

    monkeypatch.setattr(type(passwords._HASHER), "verify", note_and_verify)

    give_password(browse(), password="väärä on tämä salasana")
    give_password(browse(), name="Kuka Lie", password="väärä on tämä salasana")

    costs = [kept.rsplit("$", 2)[0] for kept in hashed]
    assert len(costs) == 2
    assert costs[0] == costs[1]
    assert "argon2id" in costs[0]


def test_somebody_without_a_password_cannot_come_in_with_none(browse, timed_bot, secret):
    assert give_password(browse(), name=WRITER, password="").status_code == 422


def test_who_guesses_waits_and_the_account_opens_by_itself(browse, timed_bot, clock, secret):
    guesser = browse(client=AFAR)
    for _ in range(5):
        assert give_password(guesser, password="arvaus on väärä aina").status_code == 422

    refused = give_password(guesser)
    elsewhere = give_password(browse(client="192.0.2.8"))
    clock.forward(minutes=1)
    later = give_password(guesser)

    assert "Liian moni yritys" in refused.text
    assert elsewhere.status_code == 303
    assert later.status_code == 303


def test_waiting_grows_and_never_beyond_a_quarter_of_an_hour(browse, timed_bot, clock, secret):
    guesser = browse(client=AFAR)
    for _ in range(19):
        give_password(guesser, password="arvaus on väärä aina")
        clock.forward(minutes=15)

    assert give_password(guesser).status_code == 303


def test_who_tries_many_names_from_one_address_waits_too(browse, timed_bot, secret):
    guesser = browse(client=AFAR)
    for number in range(30):
        give_password(guesser, name=f"Nimi {number}", password="x")

    refused = give_password(guesser)

    assert "Liian moni yritys" in refused.text
    assert give_password(browse(client="192.0.2.8")).status_code == 303


def test_attempts_are_counted_over_processes_and_restarts(browse, timed_bot, secret):
    guesser = browse(client=AFAR)
    for _ in range(5):
        give_password(guesser, password="arvaus on väärä aina")

    app = create_app(timed_bot, on_delivery=lambda: None)
    with Browser(app, base_url=HERE, client=(AFAR, 1), follow_redirects=False) as other:
        assert "Liian moni yritys" in give_password(other).text


def test_codes_cannot_be_guessed_for_long(browse, timed_bot, secret):
    browser = browse(client=AFAR)
    give_password(browser)
    for guess in range(5):
        browser.submit("/sign-in/step", standing_on="/sign-in/step", code=f"{guess:06}")

    answer = browser.submit("/sign-in/step", standing_on="/sign-in/step", code=code(secret, timed_bot))

    assert "Liian moni yritys" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "/a\nb",
        "x",
    ],
)
def test_the_way_on_leads_to_our_own_pages_only(path):
    assert safe_path(path) == ""


@pytest.mark.parametrize("path", ["/", "/posts?month=2026-12", "/inbox/3#m1"])
def test_the_way_on_to_a_page_of_ours_is_kept(path):
    assert safe_path(path) == path


def test_a_sign_in_sent_on_to_elsewhere_ends_at_today(browse, timed_bot, secret):
    browser = browse()
    give_password(browser, onward="https://evil.example/")
    path = "/sign-in/step?next=//evil.example/"

    answer = browser.submit(path, standing_on=path, code=code(secret, timed_bot))

    assert answer.headers["location"] == "/"


def test_a_form_to_sign_in_that_was_made_in_another_browser_is_refused(browse, secret):
    """Login CSRF: an attacker cannot sign a victim in as the attacker."""
    attacker, victim = browse(), browse()
    victim.get("/sign-in")

    answer = victim.post(
        "/sign-in", data={"token": attacker.token("/sign-in"), "name": ADMINISTRATOR, "password": PASSWORD}
    )

    assert answer.status_code == 403


def test_a_form_of_a_public_page_signs_nobody_in(browse, secret):
    browser = browse()

    answer = browser.post(
        "/sign-in", data={"token": browser.token("/callback"), "name": ADMINISTRATOR, "password": PASSWORD}
    )

    assert answer.status_code == 403


def test_the_second_step_needs_the_token_of_its_own_session(browse, timed_bot, secret):
    one, other = browse(), browse()
    give_password(one)
    give_password(other)

    answer = one.post(
        "/sign-in/step", data={"token": other.token("/sign-in/step"), "code": code(secret, timed_bot)}
    )

    assert answer.status_code == 403


def test_an_invitation_works_once(browse, timed_bot):
    path = invite(timed_bot, ADMINISTRATOR, Role.ADMINISTRATOR)
    take_on(browse(), path)

    answer = browse().get(path)

    assert answer.status_code == 403
    assert "Tämä kutsu ei enää toimi" in answer.text


def test_an_invitation_works_for_a_day(browse, timed_bot, clock):
    path = invite(timed_bot, ADMINISTRATOR, Role.ADMINISTRATOR)

    clock.forward(hours=23)
    in_time = browse().get(path).status_code
    clock.forward(hours=2)

    assert in_time == 200
    assert browse().get(path).status_code == 403


def test_looking_at_an_invitation_uses_nothing_up(browse, timed_bot):
    path = invite(timed_bot, ADMINISTRATOR, Role.ADMINISTRATOR)

    for _ in range(3):
        browse().get(path)

    assert take_on(browse(), path)


def test_a_newer_invitation_puts_out_the_older(browse, timed_bot):
    older = invite(timed_bot, ADMINISTRATOR, Role.ADMINISTRATOR)
    invite(timed_bot)

    assert browse().get(older).status_code == 403


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("lyhyt", "lyhyt", "liian lyhyt"),
        ("Salasana2026!", "Salasana2026!", "arvataan ensimmäisten joukossa"),
        ("pääkäyttäjä123", "pääkäyttäjä123", "arvataan ensimmäisten joukossa"),
        ("Mallilan 2026!", "Mallilan 2026!", "arvataan ensimmäisten joukossa"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "arvataan ensimmäisten joukossa"),
        (PASSWORD, OTHER_PASSWORD, "eivät ole samat"),
    ],
)
def test_a_weak_or_mistyped_password_is_refused_and_the_link_still_works(
    anybody, timed_bot, password, again, said
):
    path = invite(timed_bot, ADMINISTRATOR, Role.ADMINISTRATOR)

    answer = anybody.submit(path, standing_on=path, password=password, again=again)

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{password}"' not in answer.text
    assert take_on(anybody, path)


def test_who_has_left_is_out_at_once_and_stays_in_the_log(browse, timed_bot, secret):
    browser = browse()
    sign_in(browser, timed_bot, secret)
    with timed_bot.database.write() as session:
        operators.add(session, APPROVER, [Role.ADMINISTRATOR], now=timed_bot.now(), by="test")
        people.close(session, ADMINISTRATOR, now=timed_bot.now(), by=APPROVER)

    assert browser.get("/").headers["location"] == "/sign-in"
    assert give_password(browse()).status_code == 422
    with timed_bot.database.read() as session:
        assert session.get(OperatorRow, ADMINISTRATOR) is not None


def test_changed_rights_end_sessions_and_hold_from_then_on(browse, timed_bot, clock, secret):
    browser = browse()
    come_in(browser, timed_bot, "Vieras", Role.WRITER)
    with timed_bot.database.write() as session:
        people.change_rights(
            session,
            "Vieras",
            everywhere=[],
            on_pages={PAGE: [Role.APPROVER]},
            now=timed_bot.now(),
            by=ADMINISTRATOR,
        )

    assert browser.get("/").headers["location"] == "/sign-in"


def test_a_live_page_leads_to_sign_in_and_leaves_the_residents_pages_open(writer, timed_bot):
    with timed_bot.database.write() as session:
        pages.get(session, PAGE).is_live = True

    assert writer.get("/posts").headers["location"] == "/sign-in?next=%2Fposts"
    assert writer.get("/enter").headers["location"] == "/sign-in"
    answer = writer.get("/callback")
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session_for_good(browse, timed_bot, secret):
    browser, thief = browse(), browse()
    sign_in(browser, timed_bot, secret)
    token = browser.cookies[COOKIE]

    answer = browser.submit("/leave", standing_on="/account")
    thief.cookies.set(COOKIE, token)

    assert answer.headers["location"] == "/sign-in?done=signed_out"
    assert "Olet kirjautunut ulos." in browser.read("/sign-in?done=signed_out")
    assert thief.get("/").headers["location"] == "/sign-in"


def test_a_language_that_was_chosen_stays_over_sign_ins(browse, timed_bot, clock, secret):
    browser, later = browse(), browse()
    sign_in(browser, timed_bot, secret)
    browser.get("/account?lang=sv")
    clock.forward(minutes=1)

    sign_in(later, timed_bot, secret)

    assert '<html lang="sv">' in browser.read("/account")
    assert '<html lang="sv">' in later.read("/account")


def test_a_second_step_that_is_set_up_is_not_replaced_by_the_password_alone(browse, timed_bot, secret):
    browser = browse()
    give_password(browser)

    answer = browser.submit("/sign-in/set-up", standing_on="/sign-in/set-up", code="123456")

    assert answer.status_code == 403
    with timed_bot.database.read() as session:
        row = credentials.get(session, ADMINISTRATOR)
    assert row is not None
    assert timed_bot.database.cipher.open(row.code_secret_sealed) == secret


def test_the_secret_of_the_codes_is_kept_sealed(timed_bot, secret):
    with timed_bot.database.read() as session:
        row = credentials.get(session, ADMINISTRATOR)

    assert row is not None
    assert secret.encode() not in bytes(row.code_secret_sealed or b"")
    assert PASSWORD not in str(row.password_hash)
    assert str(row.password_hash).startswith("$argon2id$")


def test_sessions_begin_with_what_is_proved(timed_bot, secret):
    now = timed_bot.now()
    with timed_bot.database.write() as session:
        token = sessions.begin(
            session, ADMINISTRATOR, stage=Stage.SECOND_STEP, browser="", language="fi", now=now
        )
        assert sessions.find(session, token, now=now + timedelta(minutes=14)) is not None
        assert sessions.find(session, token, now=now + timedelta(minutes=15)) is None
        assert sessions.open_ones(session, ADMINISTRATOR, now=now) == []
