"""A page's way onto its platform and off it."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from social_bot.errors import NotAllowed
from social_bot.organisation import connecting, operators, pages
from social_bot.organisation.connecting import LOGIN_LASTS, ByPerson, PageLoginRow
from social_bot.organisation.roles import Role
from tests.conftest import NOW, PAGE, WRITER

COORDINATOR = "Koordinaattori"
REAL = "400500600"


@pytest.fixture
def session(bot):
    with bot.database.write() as session:
        operators.add(session, COORDINATOR, [Role.COORDINATOR], now=NOW, by="test")
        yield session


@pytest.fixture
def connect(bot, session):
    def connect(page_id: str = REAL, *, by: str = COORDINATOR):
        return connecting.connect(
            session,
            page_id,
            name="Oikea sivu",
            token=SecretStr("EAAB-real"),
            cipher=bot.database.cipher,
            now=NOW,
            by=by,
        )

    return connect


def test_a_connected_page_says_nothing_at_all_before_it_is_live(bot, connect):
    page = connect()

    assert page.is_silent
    assert not page.may_write(NOW)
    assert pages.access(page, bot.database.cipher).token.get_secret_value() == "EAAB-real"
    assert b"EAAB" not in (page.token_sealed or b"")


def test_a_live_page_that_is_connected_again_stays_live(session, connect):
    connect()
    page = pages.get(session, REAL)
    page.is_live, page.awaits_live = True, False

    assert not connect().is_silent


def test_a_new_token_is_not_trusted_for_what_the_old_one_could(session, connect):
    page = connect()
    page.looked_at, page.token_expires_at, page.missing_permissions = NOW, NOW, ["read_insights"]

    connect()

    assert (page.looked_at, page.token_expires_at, page.missing_permissions) == (None, None, [])


def test_a_writer_connects_no_page(connect):
    with pytest.raises(NotAllowed):
        connect(by=WRITER)


def test_a_page_off_the_air_is_silent_and_keeps_its_connection(session, connect):
    page = connect()
    page.is_live, page.awaits_live = True, False

    connecting.leave_live(session, REAL, by=COORDINATOR, now=NOW)

    assert page.is_silent
    assert page.token_sealed is not None


def test_a_disconnected_page_has_no_token_and_is_one_to_practise_on(session, connect):
    page = connect()
    connecting.confirm_by_person(session, REAL, ByPerson.DEFAULT_APP, done=True, by=COORDINATOR, now=NOW)

    connecting.forget_token(session, REAL, by=COORDINATOR, now=NOW)

    assert page.token_sealed is None
    assert not page.is_live
    assert not page.is_silent
    assert page.default_app_confirmed_at is None


@pytest.mark.parametrize("matter", ByPerson)
def test_what_a_person_has_seen_is_kept_by_name_and_can_be_taken_back(session, matter):
    def seen():
        page = pages.get(session, PAGE)
        return getattr(page, f"{matter.value}_confirmed_at"), getattr(page, f"{matter.value}_confirmed_by")

    connecting.confirm_by_person(session, PAGE, matter, done=True, by=COORDINATOR, now=NOW)
    assert seen() == (NOW, COORDINATOR)

    connecting.confirm_by_person(session, PAGE, matter, done=False, by=COORDINATOR, now=NOW)
    assert seen() == (None, None)


@pytest.fixture
def key(bot, session):
    return connecting.keep_login(
        session, SecretStr("EAAB-person"), worker=COORDINATOR, cipher=bot.database.cipher, now=NOW
    )


def open_login(bot, session, key, *, worker=COORDINATOR, now=NOW) -> str:
    token = connecting.open_login(session, key, worker=worker, cipher=bot.database.cipher, now=now)
    return token.get_secret_value()


def test_a_persons_token_waits_sealed_for_the_choice_of_a_page(bot, session, key):
    assert open_login(bot, session, key) == "EAAB-person"
    [row] = session.exec(select(PageLoginRow)).all()
    assert b"EAAB" not in row.token_sealed
    assert key not in row.key_hash


@pytest.mark.parametrize(
    "wrong", [{"worker": WRITER}, {"now": NOW + LOGIN_LASTS}, {"key": "another"}], ids=lambda each: str(*each)
)
def test_nobody_else_opens_it_and_nobody_later(bot, session, key, wrong):
    with pytest.raises(NotAllowed):
        open_login(bot, session, **{"key": key, **wrong})


def test_it_is_erased_once_a_page_is_chosen(bot, session, key):
    connecting.end_login(session, key)

    with pytest.raises(NotAllowed):
        open_login(bot, session, key)


def test_old_ones_are_erased_with_the_next(bot, session, key):
    connecting.keep_login(
        session,
        SecretStr("EAAB-next"),
        worker=WRITER,
        cipher=bot.database.cipher,
        now=NOW + LOGIN_LASTS + timedelta(seconds=1),
    )

    with pytest.raises(NotAllowed):
        open_login(bot, session, key)
