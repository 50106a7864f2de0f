"""Tokens for other programs: administrators make and revoke them, each is shown once, only its hash is kept."""

import re

import pytest
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import api_tokens, audit, operators
from social_bot.organisation.api_tokens import ApiTokenRow
from social_bot.organisation.roles import Role
from tests.conftest import NOW, PAGE, WRITER

SHOWN = re.compile(r'value="(sb1_[\w-]{43})"')


@pytest.fixture
def administrator(browse, timed_bot):
    with timed_bot.database.write() as session:
        operators.add(session, "Pääkäyttäjä", [Role.ADMINISTRATOR], now=NOW, by="test")
    return browse().enter("Pääkäyttäjä")


def make(browser, **fields):
    asked = {"name": "Power BI", "scope": "all", "days": "365", **fields}
    return browser.submit("/tokens", standing_on="/tokens", **asked)


def kept(bot):
    with bot.database.read() as session:
        return session.exec(select(ApiTokenRow)).all()


def test_a_token_is_shown_once_and_reads_until_it_is_revoked(administrator, anybody, timed_bot):
    answer = make(administrator)
    (token,) = SHOWN.findall(answer.text)
    bearer = {"Authorization": f"Bearer {token}"}

    listed = administrator.read("/tokens")
    works = anybody.get("/api/v1/goals", headers=bearer).status_code
    (row,) = kept(timed_bot)
    done = administrator.submit(f"/tokens/{row.id}/revoke", standing_on="/tokens")

    assert answer.headers["cache-control"] == "no-store"
    assert token not in listed
    assert "Power BI" in listed
    assert works == 200
    assert done.headers["location"] == "/tokens?done=token_revoked"
    assert anybody.get("/api/v1/goals", headers=bearer).status_code == 401
    assert "Mitätöity" in administrator.read("/tokens?done=token_revoked")


def test_nothing_from_which_the_token_could_be_had_is_kept(administrator, timed_bot, caplog):
    (token,) = SHOWN.findall(make(administrator).text)

    (row,) = kept(timed_bot)
    with timed_bot.database.read() as session:
        entries = [(entry.action, entry.actor, entry.detail) for entry in audit.every_entry(session)]

    assert token not in str(row.model_dump())
    assert len(row.token_hash) == 64
    assert ("token.make", "Pääkäyttäjä", "Power BI; all; 2027-11-25") in entries
    assert token not in str(entries) + caplog.text


def test_a_token_may_be_of_single_pages_and_of_fewer_days(administrator, timed_bot):
    make(administrator, scope="pages", days="90", **{f"page:{PAGE}": "yes"})

    (row,) = kept(timed_bot)
    assert (row.page_ids, (row.expires_at - NOW).days) == ([PAGE], 90)
    assert "Lukee vain: Neuvonta" in " ".join(administrator.read("/tokens").split())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Kirjoita, mihin avainta käytetään"),
        ({"scope": "pages"}, "Valitse kaikki sivut tai ainakin yksi sivu."),
        ({"days": "9999"}, "Avain on voimassa 1–365 päivää."),
        ({"days": "kissa"}, "Avain on voimassa 1–365 päivää."),
    ],
)
def test_what_lacks_is_said_and_what_was_written_stays(administrator, timed_bot, fields, said):
    answer = make(administrator, **fields)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Power BI"' in answer.text or "name" in fields
    assert kept(timed_bot) == []


def test_two_open_tokens_have_two_names(administrator, timed_bot):
    make(administrator)

    assert "on jo käytössä" in make(administrator, name="power  bi").text
    assert len(kept(timed_bot)) == 1


@pytest.mark.parametrize("name", [WRITER, "Koordinaattori"])
def test_only_administrators_see_and_make_tokens(browse, timed_bot, name):
    browser = browse().enter(name)

    assert "Vain pääkäyttäjät" in browser.read("/tokens", status=403)
    assert "Ohjelmien avaimet" not in browser.read("/settings")
    answer = browser.submit(
        "/tokens", standing_on="/settings/edit/phone_main", name="x", scope="all", days="9"
    )
    assert answer.status_code == 403
    with timed_bot.database.write() as session, pytest.raises(NotAllowed):
        api_tokens.make(session, "x", days=9, now=NOW, by=name)
    assert kept(timed_bot) == []


def test_a_token_of_a_page_that_is_not_here_is_none(timed_bot):
    with timed_bot.database.write() as session:
        with pytest.raises(InvalidInput):
            api_tokens.add(session, "x" * 81, days=9, now=NOW, by="test")
        row, token = api_tokens.add(session, "R", days=1, now=NOW, by="test")

        assert api_tokens.find(session, token, now=NOW) == row
        assert api_tokens.find(session, token, now=row.expires_at) is None
        assert api_tokens.find(session, row.token_hash, now=NOW) is None
