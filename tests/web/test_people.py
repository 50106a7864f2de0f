"""Who works here: inviting, roles on pages, leaving, and helping somebody back in; one's own account."""

import re
from html import unescape

import pytest

from social_bot.answering import holding
from social_bot.errors import NotAllowed
from social_bot.organisation import audit, operators, sessions
from social_bot.organisation.roles import Role
from social_bot.planning.composing import submit_post
from social_bot.planning.posts import PostState
from tests.conftest import APPROVER, PAGE, WRITER
from tests.web.conftest import write_post
from tests.web.signing import (
    ADMINISTRATOR,
    OTHER_PASSWORD,
    PASSWORD,
    code,
    come_in,
    give_password,
    invite,
    secret_on,
    sign_in,
    take_on,
)

OTHER_PAGE = "100200400"
LINK = re.compile(r'value="[^"]*(/invitation/[^"]+)"')


@pytest.fixture
def administrator(browse, timed_bot):
    browser = browse()
    browser.secret = come_in(browser, timed_bot)
    return browser


def deeds(bot):
    with bot.database.read() as session:
        return [(row.action, row.actor, row.subject) for row in audit.every_entry(session)]


def link_in(answer) -> str:
    assert answer.status_code == 200, answer.text
    found = LINK.search(unescape(answer.text))
    assert found is not None
    return found[1]


def test_somebody_is_invited_with_a_role_on_one_page(administrator, browse, timed_bot):
    answer = administrator.submit(
        "/people/invite",
        standing_on="/people/invite",
        name=" Uusi  Kirjoittaja ",
        **{f"{PAGE}:writer": "yes"},
    )
    take_on(browse(), link_in(answer))

    with timed_bot.database.read() as session:
        row = operators.get(session, "Uusi Kirjoittaja")
    assert row.holds(Role.WRITER, PAGE)
    assert not row.holds(Role.WRITER, OTHER_PAGE)
    assert ("invitation.make", ADMINISTRATOR, "Uusi Kirjoittaja") in deeds(timed_bot)
    assert "Neuvonta: kirjoittaja" in administrator.read("/people")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "Uusi"}, "Valitse ainakin yksi rooli."),
        ({"name": "", "all:writer": "yes"}, "Kirjoita henkilön nimi"),
        ({"name": "kirjoittaja  1", "all:writer": "yes"}, "Samanniminen on jo täällä."),
    ],
)
def test_an_invitation_that_lacks_something_says_what(administrator, fields, said):
    answer = administrator.submit("/people/invite", standing_on="/people/invite", **fields)

    assert answer.status_code == 422
    assert said in answer.text


def test_a_role_on_one_page_allows_nothing_on_another(timed_bot):
    with timed_bot.database.write() as session:
        operators.add(
            session, "Vain tämä", [Role.WRITER], now=timed_bot.now(), by="test", page_ids=[OTHER_PAGE]
        )
        post = write_post(session, timed_bot, PostState.DRAFT)

        with pytest.raises(NotAllowed, match="on this page, only on others"):
            submit_post(session, post.id or 0, by="Vain tämä", now=timed_bot.now())
        with pytest.raises(NotAllowed, match="on single pages only"):
            operators.require(session, "Vain tämä", Role.WRITER)
        assert operators.require(session, "Vain tämä", Role.WRITER, page_id=operators.ANY_PAGE)
        assert operators.require(session, "Vain tämä", Role.WRITER, page_id=OTHER_PAGE)


def test_a_thread_is_taken_only_by_a_writer_of_its_page(timed_bot, world):
    with timed_bot.database.write() as session:
        operators.add(
            session, "Vain tämä", [Role.WRITER], now=timed_bot.now(), by="test", page_ids=[OTHER_PAGE]
        )

        with pytest.raises(NotAllowed):
            holding.claim(session, world.thread, by="Vain tämä", now=timed_bot.now())


def test_changed_roles_are_saved_said_and_audited(administrator, timed_bot):
    answer = administrator.submit(
        "/person/roles",
        standing_on="/person?name=Kirjoittaja 1",
        name=WRITER,
        **{"all:duty": "yes", f"{PAGE}:approver": "yes", f"{PAGE}:administrator": "yes"},
    )

    with timed_bot.database.read() as session:
        row = operators.get(session, WRITER)
    assert answer.headers["location"] == "/person?name=Kirjoittaja+1&done=roles_changed"
    assert (row.roles, row.page_roles) == (["duty"], {PAGE: ["approver"]})
    assert ("operator.roles", ADMINISTRATOR, WRITER) in deeds(timed_bot)
    assert "päivystäjä, hyväksyjä (Neuvonta)" in administrator.read("/audit?kind=operator")


def test_the_last_administrator_stays_one(administrator):
    person = "/person?name=Pääkäyttäjä"
    demoted = administrator.submit(
        "/person/roles", standing_on=person, name=ADMINISTRATOR, **{"all:writer": "y"}
    )
    left = administrator.submit("/person/deactivate", standing_on=person, name=ADMINISTRATOR)

    for answer in (demoted, left):
        assert answer.status_code == 403
        assert "viimeinen pääkäyttäjä" in answer.text
    assert administrator.get("/people").status_code == 200


def test_too_few_approvers_are_warned_of(administrator, timed_bot):
    before = administrator.read("/people")
    with timed_bot.database.write() as session:
        operators.add(session, WRITER, [Role.APPROVER], now=timed_bot.now(), by="test")

    assert "Hyväksyjiä on alle kaksi." in before
    assert "Hyväksyjiä on alle kaksi." not in administrator.read("/people")


def test_a_lost_phone_is_answered_with_a_new_start(administrator, browse, timed_bot, clock):
    worker = browse()
    secret = come_in(worker, timed_bot, "Uusi", Role.WRITER)
    clock.forward(minutes=2)

    answer = administrator.submit("/person/reset", standing_on="/person?name=Uusi", name="Uusi")

    assert worker.get("/").headers["location"] == "/sign-in"
    assert give_password(browse(), "Uusi").status_code == 422
    assert take_on(browse(), link_in(answer), password=OTHER_PASSWORD) != secret


def test_an_access_ends_and_opens_again(administrator, browse, timed_bot, clock):
    worker = browse()
    secret = come_in(worker, timed_bot, "Uusi", Role.WRITER)
    clock.forward(minutes=2)

    administrator.submit("/person/deactivate", standing_on="/person?name=Uusi", name="Uusi")
    shut = (worker.get("/").headers["location"], give_password(browse(), "Uusi").status_code)
    administrator.submit("/person/activate", standing_on="/person?name=Uusi", name="Uusi")

    assert shut == ("/sign-in", 422)
    assert sign_in(browse(), timed_bot, secret, name="Uusi").status_code == 303
    assert "Eivät ole enää töissä täällä" not in administrator.read("/people")


def test_a_withdrawn_invitation_works_no_more(administrator, browse, timed_bot):
    path = invite(timed_bot, "Uusi", Role.WRITER)

    administrator.submit("/person/withdraw", standing_on="/person?name=Uusi", name="Uusi")

    assert browse().get(path).status_code == 403


@pytest.mark.parametrize("path", ["/people", "/people/invite", "/person?name=Hyväksyjä", "/audit"])
def test_only_administrators_see_who_works_here_and_read_the_log(browse, timed_bot, path):
    worker = browse()
    come_in(worker, timed_bot, "Uusi", Role.COORDINATOR)

    page = worker.read(path, status=403)

    assert "Vain pääkäyttäjät" in page
    assert "/people" not in worker.read("/account")


@pytest.mark.parametrize(
    "act", ["roles", "invite", "withdraw", "reset", "end-sessions", "deactivate", "activate"]
)
def test_only_administrators_change_anything_about_people(browse, timed_bot, act):
    worker = browse()
    come_in(worker, timed_bot, "Uusi", Role.COORDINATOR)

    answer = worker.submit(f"/person/{act}", standing_on="/account", name=APPROVER, **{"all:writer": "yes"})

    assert answer.status_code == 403
    assert "ei ole työntekijällä Uusi" in answer.text


def test_in_practice_the_account_says_that_nobody_signs_in(writer):
    page = writer.read("/account")

    assert "Tämä on harjoitus" in page
    assert writer.submit("/account/password", standing_on="/account", password="x").status_code == 403


def test_a_new_password_ends_every_other_session(browse, timed_bot, clock):
    here, there = browse(), browse()
    secret = come_in(here, timed_bot)
    clock.forward(minutes=1)
    sign_in(there, timed_bot, secret)
    before = here.cookies["social_bot_session"]

    answer = here.submit(
        "/account/password", standing_on="/account/password", password=OTHER_PASSWORD, again=OTHER_PASSWORD
    )

    assert answer.headers["location"] == "/account?done=password_changed"
    assert here.cookies["social_bot_session"] != before
    assert here.get("/account").status_code == 200
    assert there.get("/").headers["location"] == "/sign-in"
    assert give_password(browse(), password=PASSWORD).status_code == 422
    assert give_password(browse(), password=OTHER_PASSWORD).status_code == 303


@pytest.mark.parametrize("path", ["/account/password", "/account/code", "/account/passkey"])
def test_what_proves_who_one_is_is_changed_only_soon_after_the_password(administrator, clock, path):
    clock.forward(minutes=16)

    stopped = administrator.get(path)
    wrong = administrator.submit("/account/proof", standing_on="/account/proof", password="ei se ole tämä")
    right = administrator.submit(
        "/account/proof", standing_on=f"/account/proof?onward={path}", password=PASSWORD, onward=path
    )

    assert stopped.headers["location"] == f"/account/proof?onward={path}"
    assert wrong.status_code == 422
    assert right.headers["location"] == path
    assert administrator.get(path).status_code == 200


def test_proof_leads_to_our_own_pages_only(administrator):
    answer = administrator.submit(
        "/account/proof", standing_on="/account/proof", password=PASSWORD, onward="//evil.example"
    )

    assert answer.headers["location"] == "/account"


def test_the_app_of_codes_is_changed(administrator, browse, timed_bot, clock):
    old = administrator.secret
    new = secret_on(administrator, "/account/code")

    answer = administrator.submit("/account/code", standing_on="/account/code", code=code(new, timed_bot))
    clock.forward(minutes=1)

    assert answer.headers["location"] == "/account?done=code_set_up"
    assert sign_in(browse(), timed_bot, old).status_code == 422
    assert sign_in(browse(), timed_bot, new).status_code == 303


def test_the_only_second_step_is_not_taken_away(administrator):
    answer = administrator.submit("/account/code/remove", standing_on="/account")

    assert answer.status_code == 422
    assert "ainoa toinen vaiheesi" in answer.text


def test_new_recovery_codes_put_out_the_old(administrator, timed_bot):
    answer = administrator.submit("/account/recovery-codes", standing_on="/account")

    assert len(re.findall(r"<li><code>", answer.text)) == 8
    assert administrator.get("/account").status_code == 200


def test_one_signs_out_elsewhere_one_by_one_or_all_at_once(administrator, browse, timed_bot, clock):
    others = []
    for _ in range(2):
        clock.forward(minutes=1)
        others.append(browse())
        sign_in(others[-1], timed_bot, administrator.secret)
    with timed_bot.database.read() as session:
        first = sessions.open_ones(session, ADMINISTRATOR, now=timed_bot.now())[1].id

    administrator.submit("/account/sessions/end", standing_on="/account", session=str(first))
    one = [other.get("/account").status_code for other in others]
    administrator.submit("/account/sessions/end-others", standing_on="/account")

    assert one == [303, 200]
    assert [other.get("/account").status_code for other in others] == [303, 303]
    assert administrator.get("/account").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(administrator, browse, timed_bot):
    worker = browse()
    come_in(worker, timed_bot, "Uusi", Role.WRITER)
    with timed_bot.database.read() as session:
        theirs = sessions.open_ones(session, ADMINISTRATOR, now=timed_bot.now())[0].id

    worker.submit("/account/sessions/end", standing_on="/account", session=str(theirs))

    assert administrator.get("/account").status_code == 200


def test_an_administrator_signs_somebody_out_everywhere(administrator, browse, timed_bot):
    worker = browse()
    come_in(worker, timed_bot, "Uusi", Role.WRITER)

    administrator.submit("/person/end-sessions", standing_on="/person?name=Uusi", name="Uusi")

    assert worker.get("/").headers["location"] == "/sign-in"
    assert ("session.end_all", ADMINISTRATOR, "Uusi") in deeds(timed_bot)
