"""apprise behind the port: real HTTP to a receiver on this machine, and not a word of an address in a log."""

import logging
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from social_bot.channels.alerting import AppriseAlerts
from social_bot.channels.ports import Notice
from social_bot.settings import Settings
from tests.receiver import PASSWORD, Receiver, receiving

NOTICE = Notice(
    title="Joku voi olla vaarassa.", text="Hälytys 1, thread:7.\nhttp://127.0.0.1/inbox/7", is_urgent=True
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_a_notice_arrives_with_its_title_and_text_and_nothing_else(receiver):
    assert AppriseAlerts().send(SecretStr(receiver.address), NOTICE)

    got = receiver.got[0]
    assert (got["title"], got["message"], got["type"]) == (NOTICE.title, NOTICE.text, "failure")
    assert got["attachments"] == []


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_receiver_that_refuses_is_not_reached(receiver, status):
    receiver.status = status

    assert not AppriseAlerts().send(SecretStr(receiver.address), NOTICE)


def test_a_receiver_that_is_not_there_is_not_reached():
    assert not AppriseAlerts().send(SecretStr("json://127.0.0.1:9/"), NOTICE)


@pytest.mark.parametrize("address", ["", "nonsense", "nonsense://x", "mailto://", "json://a.fi json://b.fi"])
def test_what_is_no_address_is_neither_accepted_nor_written_to(address):
    alerts = AppriseAlerts()

    assert not alerts.accepts(SecretStr(address))
    assert not alerts.send(SecretStr(address), NOTICE)


@pytest.mark.parametrize(
    "address",
    [
        "mailto://user:pass@example.fi?smtp=smtp.example.fi&to=on-call@example.fi",
        "mailtos://user:pass@example.fi?to=a@example.fi,b@example.fi",
        "json://127.0.0.1:8000/",
        "jsons://alerts.example.fi/social-bot?+X-Key=abc",
    ],
)
def test_common_addresses_are_accepted(address):
    assert AppriseAlerts().accepts(SecretStr(address))


def test_no_part_of_an_address_is_ever_logged(receiver, caplog, capfd):
    alerts = AppriseAlerts()
    with caplog.at_level(logging.DEBUG):
        for status in (200, 500):
            receiver.status = status
            alerts.send(SecretStr(receiver.address), NOTICE)
        alerts.send(SecretStr(f"json://on-call:{PASSWORD}@127.0.0.1:9/"), NOTICE)
        alerts.accepts(SecretStr(f"nonsense://{PASSWORD}"))
        alerts.accepts(SecretStr(f"mailto://{PASSWORD}"))

    printed = capfd.readouterr()
    assert PASSWORD not in caplog.text + printed.out + printed.err
    assert "on-call" not in caplog.text + printed.out + printed.err


def test_addresses_of_the_settings_are_parted_by_their_schemes_and_not_shown():
    settings = Settings(
        alert_urls=f"mailtos://u:{PASSWORD}@a.fi?to=b@a.fi,c@a.fi, json://x.fi/\n jsons://y.fi/"
    )

    assert [address.get_secret_value() for address in settings.alert_urls] == [
        f"mailtos://u:{PASSWORD}@a.fi?to=b@a.fi,c@a.fi",
        "json://x.fi/",
        "jsons://y.fi/",
    ]
    assert PASSWORD not in repr(settings)
    assert Settings(alert_urls="  ").alert_urls == ()
