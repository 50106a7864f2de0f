"""The shared floor: settings, operators, pages, approval, audit, alerts, rendering."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed, NotFound, PageBlocked, PageUnavailable
from social_bot.organisation import alerts, audit, directory, operators, pages
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.approval import approve, content_hash
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.rendering import MissingValue, placeholders, render
from social_bot.organisation.roles import Role
from social_bot.organisation.times import in_words
from tests.conftest import APPROVER, NOW, PAGE, WRITER


def put(bot, key, value):
    with bot.database.write() as session:
        return directory.put(session, key, value, now=NOW, by="test", zone=bot.settings.zone).value


def gathered(bot):
    with bot.database.read() as session:
        return bot.organisation(session)


def test_a_new_organisation_is_finnish_only_and_has_no_hours(new_bot):
    organisation = gathered(new_bot)

    assert organisation.languages == ("fi",)
    assert organisation.text_values("fi", NOW)["phone_hours"] is None


def test_setting_a_value_marks_it_checked_today(bot):
    put(bot, "poison", "0800 147 111")

    with bot.database.read() as session:
        row = next(row for row in directory.everything(session) if row.key == "poison")
    assert (row.value, row.checked_on.isoformat(), row.checked_by) == ("0800 147111", "2026-11-25", "test")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nonsense", "x"),
        ("name.de", "x"),
        ("languages", "fi,de"),
        ("hours", "aina"),
        ("kela_link", "kela.fi"),
        ("phone_main", "soita meille"),
        ("phone_main", "12"),
        ("name", "  "),
    ],
)
def test_a_value_that_is_none_of_its_kind_is_refused(bot, key, value):
    if key == "phone_main" and value == "12":
        assert put(bot, key, value) == "12"  # a short number
        return
    with pytest.raises(InvalidInput):
        put(bot, key, value)


def test_a_value_for_one_language_goes_before_the_one_for_all(bot):
    put(bot, "housing_advice", "asumisneuvonta")
    put(bot, "housing_advice.sv", "boenderådgivning")

    organisation = gathered(bot)

    assert organisation.value("housing_advice", "sv") == "boenderådgivning"
    assert organisation.value("housing_advice", "en") == "asumisneuvonta"


def test_the_emergency_number_needs_no_check(new_bot):
    assert gathered(new_bot).value("emergency", "fi") == "112"


def test_what_is_missing_to_go_live_is_named(bot):
    assert directory.missing_to_go_live(gathered(bot)) == ()


def test_texts_hear_of_the_next_opening_only_when_closed(bot):
    assert gathered(bot).text_values("fi", NOW)["next_opening"] is None
    assert gathered(bot).text_values("sv", NOW + timedelta(hours=12))["next_opening"] == "tors 26.11 kl. 9.00"


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "ke 25.11. klo 9.05"), ("sv", "ons 25.11 kl. 9.05"), ("en", "Wed 25 Nov, 9.05")],
)
def test_moments_are_written_as_people_write_them(language, words):
    assert in_words(NOW.replace(tzinfo=None, hour=9, minute=5), language) == words


def test_an_operator_is_known_by_name_and_role(bot):
    with bot.database.write() as session:
        operators.require(session, WRITER, Role.WRITER)
        with pytest.raises(NotFound, match="operator add"):
            operators.require(session, "Nobody", Role.WRITER)
        with pytest.raises(NotAllowed, match="does not hold the role approver"):
            operators.require(session, WRITER, Role.APPROVER)


def test_further_roles_are_added_to_an_operator(bot):
    with bot.database.write() as session:
        operator = operators.add(session, WRITER, [Role.COORDINATOR], now=NOW, by="test")

        assert operator.roles == ["coordinator", "writer"]
        with pytest.raises(InvalidInput):
            operators.add(session, "X", [], now=NOW, by="test")


def test_a_page_id_is_a_number(bot):
    with bot.database.write() as session, pytest.raises(InvalidInput, match="number"):
        pages.add(
            session,
            "my-page",
            name="x",
            token=None,
            is_live=False,
            cipher=bot.database.cipher,
            now=NOW,
            by="test",
        )


def test_a_token_is_sealed_and_a_new_one_ends_every_pause(bot):
    with bot.database.write() as session:
        pages.disconnect(session, PAGE, reason="dead", now=NOW)
    with bot.database.write() as session:
        page = pages.add(
            session,
            PAGE,
            name="Neuvonta",
            token=SecretStr("another-token"),
            is_live=False,
            cipher=bot.database.cipher,
            now=NOW,
            by="test",
        )

        assert page.may_write(NOW)
        assert b"another-token" not in (page.token_sealed or b"")
        assert pages.access(page, bot.database.cipher).token.get_secret_value() == "another-token"
        assert alerts.unacknowledged(session) == []


@pytest.mark.parametrize(
    ("error", "until"),
    [
        (
            PageUnavailable("x", throttled=True, retry_at=NOW + timedelta(minutes=3)),
            NOW + timedelta(minutes=3),
        ),
        (PageBlocked("x"), NOW + pages.BLOCKED_FOR),
        (PageUnavailable("x"), None),
    ],
)
def test_an_error_holds_the_page_as_long_as_its_kind_asks(bot, error, until):
    with bot.database.write() as session:
        pages.hold_after(session, PAGE, error, now=NOW)

        assert pages.get(session, PAGE).paused_until == until


def test_a_longer_pause_is_not_shortened(bot):
    with bot.database.write() as session:
        pages.pause(session, PAGE, until=NOW + timedelta(hours=2), reason="long", now=NOW)
        pages.pause(session, PAGE, until=NOW + timedelta(hours=1), reason="short", now=NOW)

        assert pages.get(session, PAGE).pause_reason == "long"


def test_an_approval_is_bound_to_the_content_and_never_ones_own():
    first, second = content_hash({"a": 1, "b": 2}), content_hash({"b": 2, "a": 1})

    assert first == second != content_hash({"a": 1, "b": 3})
    with pytest.raises(NotAllowed):
        approve(by="A", author="A", at=NOW, content_hash=first)


def test_the_audit_chain_holds_and_shows_where_it_was_broken(bot):
    with bot.database.write() as session:
        assert audit.first_broken(session) is None
        entry = session.exec(select(AuditEntryRow)).all()[1]
        entry.actor = "somebody else"
        session.add(entry)

    with bot.database.read() as session:
        assert audit.first_broken(session) == entry.id


def test_an_alert_is_raised_once_for_a_matter_and_the_most_urgent_comes_first(bot):
    with bot.database.write() as session:
        assert alerts.raise_alert(session, AlertKind.POST_FAILED, "post:1", now=NOW)
        assert not alerts.raise_alert(session, AlertKind.POST_FAILED, "post:1", now=NOW)
        assert alerts.raise_alert(session, AlertKind.CRISIS, "thread:1", now=NOW + timedelta(minutes=1))

        open_alerts = alerts.unacknowledged(session)
        alerts.acknowledge(session, open_alerts[0].id or 0, by=APPROVER, now=NOW)

        assert [alert.kind for alert in open_alerts] == [AlertKind.CRISIS, AlertKind.POST_FAILED]
        assert [alert.kind for alert in alerts.unacknowledged(session)] == [AlertKind.POST_FAILED]
        with pytest.raises(NotFound):
            alerts.acknowledge(session, 999, by=APPROVER, now=NOW)


def test_an_optional_line_is_left_out_and_a_required_one_refused():
    assert render("Hei\n? Puhelin {{ phone }}\n\n\nLoppu", {"phone": None}) == "Hei\n\nLoppu"
    with pytest.raises(MissingValue):
        render("Puhelin {{ phone }}", {})


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ x.__init__.__globals__ }}",
        "{% for a in %}",
        "{{ range(9) }}",
        "{{ lipsum() }}",
    ],
)
def test_a_text_cannot_break_out_of_the_sandbox(text):
    with pytest.raises(InvalidInput):
        render(text, {"x": "y"})


def test_the_names_in_a_text_are_known():
    assert placeholders("{{ a }}\n? {{ b }}") == {"a", "b"}
    with pytest.raises(InvalidInput):
        placeholders("{{ a")
