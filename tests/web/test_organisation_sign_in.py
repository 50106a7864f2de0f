"""Signing in with the organisation's account, against a service over real HTTP."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from social_bot.channels.identity import OpenIdProvider
from social_bot.channels.ports import SignInRequest
from social_bot.errors import NotAllowed, NotReady
from social_bot.organisation import audit, operators
from social_bot.organisation.identities import parse_group_roles
from social_bot.organisation.roles import Role
from social_bot.settings import Settings
from social_bot.web.app import create_app
from tests.conftest import PAGE, WRITER
from tests.identity_service import CLIENT, SECRET, running
from tests.web.conftest import HERE, Browser
from tests.web.signing import invite

GROUPS = f"g-write=writer,g-approve=approver@{PAGE},g-boss=administrator"


@pytest.fixture
def service():
    with running() as each:
        yield each


@pytest.fixture
def outside_bot(timed_bot, clock, service):
    """The program with the service set; its clock goes with the service's, which is real."""
    clock.now = datetime.now(UTC)
    settings = Settings(
        **{
            **timed_bot.settings.model_dump(),
            "base_url": HERE,
            "oidc_issuer": service.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
            "oidc_roles": GROUPS,
        }
    )
    return replace(timed_bot, settings=settings)


@pytest.fixture
def open_browser(outside_bot):
    app = create_app(outside_bot, on_delivery=lambda: None)
    return lambda: Browser(app, base_url=HERE, client=("127.0.0.1", 1), follow_redirects=False)


def there_and_back(browser, service, onward="", **query):
    leaving = browser.get("/sign-in/organisation", params={"next": onward, **query})
    assert leaving.status_code == 303, leaving.text
    return browser.get(service.sign_in(leaving.headers["location"]))


def test_a_member_of_a_group_comes_in_with_its_role(open_browser, outside_bot, service):
    browser = open_browser()

    answer = there_and_back(browser, service, onward="/goals")

    with outside_bot.database.read() as session:
        row = operators.get(session, "Maija Malli")
        actions = [entry.action for entry in audit.every_entry(session)]
    assert answer.headers["location"] == "/goals"
    assert "Maija Malli" in browser.read("/account")
    assert "Kirjaudut organisaation tilillä." in browser.read("/account")
    assert (row.roles, row.page_roles) == (["writer"], {})
    assert actions[-3:] == ["operator.add", "identity.link", "sign_in"]


def test_the_door_offers_both_ways_and_no_role_is_chosen(open_browser):
    browser = open_browser()

    assert browser.get("/").headers["location"] == "/sign-in"
    assert "Kirjaudu organisaation tilillä" in browser.read("/sign-in")


def test_groups_decide_anew_at_each_sign_in(open_browser, outside_bot, service):
    first = open_browser()
    there_and_back(first, service)
    service.claims["groups"] = ["g-approve"]

    there_and_back(open_browser(), service)

    with outside_bot.database.read() as session:
        row = operators.get(session, "Maija Malli")
    assert (row.roles, row.page_roles) == ([], {PAGE: ["approver"]})
    assert first.get("/").headers["location"] == "/sign-in"


def test_who_is_in_no_group_any_more_loses_every_role_and_session(open_browser, outside_bot, service):
    first, second = open_browser(), open_browser()
    there_and_back(first, service)
    service.claims["groups"] = []

    answer = there_and_back(second, service)

    assert "mikään ryhmistäsi ei anna sinulle roolia" in answer.text
    assert first.get("/").headers["location"] == "/sign-in"
    assert second.get("/").headers["location"] == "/sign-in"


def test_a_stranger_without_a_group_is_nobody_here(open_browser, outside_bot, service):
    service.claims["groups"] = ["some-other"]

    answer = there_and_back(open_browser(), service)

    with outside_bot.database.read() as session:
        names = [row.name for row in operators.everyone(session, with_former=True)]
    assert answer.status_code == 422
    assert "Maija Malli" not in names


def test_a_name_that_is_taken_is_not_taken_over(open_browser, outside_bot, service):
    service.claims["name"] = WRITER

    there_and_back(open_browser(), service)

    with outside_bot.database.read() as session:
        assert operators.get(session, f"{WRITER} 2").roles == ["writer"]
        assert operators.get(session, WRITER).signed_in_at is None


def test_another_name_at_the_service_is_the_same_person_here(open_browser, outside_bot, service):
    there_and_back(open_browser(), service)
    service.claims["name"] = "Maija Uusi"

    browser = open_browser()
    there_and_back(browser, service)

    assert "Maija Malli" in browser.read("/account")


def test_an_invitation_joins_an_account_to_somebody_who_is_here(open_browser, outside_bot, service):
    path = invite(outside_bot, WRITER)
    browser = open_browser()

    answer = there_and_back(browser, service, invitation=path.rsplit("/", 1)[1])

    assert answer.headers["location"] == "/"
    assert WRITER in browser.read("/account")
    assert browser.get(path).status_code == 403


def test_who_has_left_does_not_come_in_by_the_service(open_browser, outside_bot, service, clock):
    there_and_back(open_browser(), service)
    with outside_bot.database.write() as session:
        operators.deactivate(session, "Maija Malli", now=clock(), by="test")

    answer = there_and_back(open_browser(), service)

    assert answer.status_code == 422
    assert "ei ole enää töissä täällä" in answer.text


def test_the_way_back_works_only_in_the_browser_that_left(open_browser, service):
    """Login CSRF: an attacker's own way back signs no victim in."""
    leaving = open_browser().get("/sign-in/organisation")
    way_back = service.sign_in(leaving.headers["location"])

    answer = open_browser().get(way_back)

    assert answer.status_code == 422
    assert "ei ole sinun tai se on liian vanha" in answer.text


def test_the_way_back_works_once_and_with_its_own_state_only(open_browser, service):
    browser = open_browser()
    leaving = browser.get("/sign-in/organisation")
    way_back = service.sign_in(leaving.headers["location"])
    wrong = browser.get(way_back.replace("state=", "state=x"))
    again = browser.get(way_back)

    assert wrong.status_code == again.status_code == 422


def test_who_says_no_at_the_service_is_told_so(open_browser, service):
    browser = open_browser()
    leaving = browser.get("/sign-in/organisation")
    state = parse_qs(urlsplit(leaving.headers["location"]).query)["state"][0]

    answer = browser.get(f"/sign-in/organisation/return?error=access_denied&state={state}")

    assert "Et kirjautunut organisaation tilillä." in answer.text


def test_the_way_on_from_the_service_leads_to_our_own_pages_only(open_browser, service):
    answer = there_and_back(open_browser(), service, onward="https://evil.example/")

    assert answer.headers["location"] == "/"


HOUR = 3600


@pytest.mark.parametrize(
    "spoil",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"aud": [CLIENT, "another"]},
        {"nonce": "of another sign-in"},
        {"exp": int(time.time()) - HOUR},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_for_us_and_now_proves_nothing(open_browser, service, spoil):
    service.spoil = spoil
    browser = open_browser()

    answer = there_and_back(browser, service)

    assert answer.status_code == 422
    assert "ei kertonut, kuka olet" in answer.text
    assert browser.get("/").headers["location"] == "/sign-in"


def test_a_token_signed_by_another_key_proves_nothing(open_browser, service):
    service.signing_key = RSAKey.generate_key(2048, {"kid": "first"})

    assert there_and_back(open_browser(), service).status_code == 422


def test_a_token_signed_with_the_shared_secret_proves_nothing(open_browser, service):
    service.algorithm, service.signing_key = "HS256", OctKey.import_key(SECRET * 3)

    assert there_and_back(open_browser(), service).status_code == 422


def test_a_new_key_of_the_service_is_learnt(open_browser, service):
    browser = open_browser()
    there_and_back(browser, service)
    service.keys = [RSAKey.generate_key(2048, {"kid": "second"})]

    assert there_and_back(open_browser(), service).headers["location"] == "/"


def test_groups_that_stand_only_where_one_asks_are_asked_for(open_browser, outside_bot, service):
    del service.claims["groups"]
    service.userinfo = {"sub": "s-1", "groups": ["g-boss"]}

    there_and_back(open_browser(), service)

    with outside_bot.database.read() as session:
        assert operators.get(session, "Maija Malli").roles == ["administrator"]


def test_groups_of_somebody_else_are_not_believed(open_browser, service):
    del service.claims["groups"]
    service.userinfo = {"sub": "s-2", "groups": ["g-boss"]}

    assert there_and_back(open_browser(), service).status_code == 422


def test_a_service_that_is_down_is_said_in_words(open_browser, service):
    service.is_down = True

    answer = open_browser().get("/sign-in/organisation")

    assert answer.status_code == 503
    assert "Organisaation kirjautuminen ei vastaa" in answer.text


def provider(service, claim="groups"):
    return OpenIdProvider(
        issuer=service.issuer,
        client_id=CLIENT,
        client_secret=SecretStr(SECRET),
        groups_claim=claim,
        clock=lambda: datetime.now(UTC),
    )


REQUEST = SignInRequest(state="s", nonce="n", verifier="v" * 43, return_address=f"{HERE}/back")


def test_a_service_that_calls_itself_otherwise_is_not_believed(service):
    service.metadata["issuer"] = "https://evil.example"

    with pytest.raises(NotReady, match=r"evil\.example"):
        provider(service).address(REQUEST)


def test_an_endpoint_without_https_elsewhere_is_not_used(service):
    service.metadata["token_endpoint"] = "http://evil.example/token"
    back = service.sign_in(provider(service).address(REQUEST))

    with pytest.raises(NotReady):
        provider(service).identify(REQUEST, code=parse_qs(urlsplit(back).query)["code"][0])


def test_a_code_that_somebody_else_began_is_refused_by_its_verifier(service):
    back = service.sign_in(provider(service).address(REQUEST))

    with pytest.raises(NotAllowed):
        provider(service).identify(
            replace(REQUEST, verifier="w" * 43), code=parse_qs(urlsplit(back).query)["code"][0]
        )


def test_roles_of_keycloak_stand_under_names_parted_by_dots(service):
    service.claims["realm_access"] = {"roles": ["g-boss"]}
    each = provider(service, claim="realm_access.roles")
    back = service.sign_in(each.address(REQUEST))

    person = each.identify(REQUEST, code=parse_qs(urlsplit(back).query)["code"][0])

    assert person.groups == {"g-boss"}


def test_a_group_gives_roles_on_all_pages_or_on_one():
    assert parse_group_roles(" a b=writer, c=approver@100 ,a b=duty") == {
        "a b": [(Role.WRITER, None), (Role.DUTY, None)],
        "c": [(Role.APPROVER, "100")],
    }


@pytest.mark.parametrize("text", ["a", "a=king", "=writer", "a=writer@page", "a=administrator@100"])
def test_a_mapping_that_cannot_be_read_is_refused_with_its_part(text):
    with pytest.raises(NotReady, match="SOCIAL_BOT_OIDC_ROLES"):
        parse_group_roles(text)


def test_half_a_setting_is_refused(timed_bot):
    settings = Settings(**{**timed_bot.settings.model_dump(), "oidc_issuer": "https://login.example"})

    with pytest.raises(NotReady, match="SOCIAL_BOT_OIDC_CLIENT_ID"):
        _ = replace(timed_bot, settings=settings).identity_provider


def test_many_at_once_share_one_provider(service):
    each, found = provider(service), []
    backs = [service.sign_in(each.address(REQUEST)) for _ in range(4)]

    def identify(back: str) -> None:
        found.append(each.identify(REQUEST, code=parse_qs(urlsplit(back).query)["code"][0]).subject)

    threads = [threading.Thread(target=identify, args=(back,)) for back in backs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["s-1"] * 4
