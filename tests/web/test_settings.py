"""The settings on pages: changed, confirmed, taken away, by whom it is allowed."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from social_bot.organisation import directory, duty, operators, pages
from social_bot.organisation.directory import KEYS, Kind
from social_bot.organisation.roles import Role
from social_bot.web.setting_words import NAMES, Group, keys_of
from tests.conftest import NOW, PAGE, WRITER
from tests.web.signing import come_in


def value(bot, key: str, language: str = "") -> str | None:
    with bot.database.read() as session:
        return {(row.key, row.language): row.value for row in directory.everything(session)}.get(
            (key, language)
        )


def put(bot, key: str, value: str, *, days_ago: int = 0) -> None:
    with bot.database.write() as session:
        at = NOW - timedelta(days=days_ago)
        directory.put(session, key, value, now=at, by="Koordinaattori", zone=bot.settings.zone)


def test_every_setting_has_a_name_and_stands_on_one_page():
    shown = [key for group in Group for key in keys_of(group)]

    assert sorted(shown) == sorted(key for key, each in KEYS.items() if each.kind is not Kind.HOURS)
    assert set(KEYS) <= set(NAMES)


def test_the_account_leads_to_the_settings(writer):
    assert 'href="/settings"' in writer.read("/")


def test_a_coordinator_sets_a_value_for_everybody_and_for_one_language(coordinator, timed_bot):
    answer = coordinator.submit(
        "/settings/edit/housing_advice",
        standing_on="/settings/edit/housing_advice",
        **{"value-": "asumisneuvonta", "value-sv": "boenderådgivningen"},
    )

    assert answer.headers["location"] == "/settings/services?done=setting_saved#housing_advice"
    assert value(timed_bot, "housing_advice") == "asumisneuvonta"
    assert value(timed_bot, "housing_advice", "sv") == "boenderådgivningen"
    assert value(timed_bot, "housing_advice", "en") is None
    assert "Tallennettu." in coordinator.read("/settings/services?done=setting_saved")


def test_an_empty_field_takes_the_value_away(coordinator, timed_bot):
    put(timed_bot, "crisis_uk", "09 2525 0114")

    coordinator.submit("/settings/edit/crisis_uk", standing_on="/settings/edit/crisis_uk", **{"value-": ""})

    assert value(timed_bot, "crisis_uk") is None


def test_a_number_that_is_none_is_refused_beside_its_field_and_nothing_is_saved(coordinator, timed_bot):
    answer = coordinator.submit(
        "/settings/edit/poison",
        standing_on="/settings/edit/poison",
        **{"value-": "09 471 977", "value-sv": "ring oss"},
    )

    assert answer.status_code == 422
    assert '<a href="#value-sv">' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="ring oss"' in answer.text
    assert value(timed_bot, "poison") is None


def test_checked_today_moves_the_day_alone(coordinator, timed_bot):
    put(timed_bot, "poison", "09 471 977", days_ago=200)
    assert "Tarkista tämä numero uudelleen" in coordinator.read("/settings/numbers")

    answer = coordinator.submit("/settings/confirm/poison", standing_on="/settings/numbers")

    assert answer.headers["location"] == "/settings/numbers?done=setting_checked#poison"
    page = coordinator.read("/settings/numbers")
    assert "Tarkista tämä numero uudelleen" not in page
    assert value(timed_bot, "poison") == "09 471977"


def test_a_value_that_is_not_changed_is_not_marked_as_checked(coordinator, timed_bot):
    put(timed_bot, "visit_address", "Mallikatu 1", days_ago=200)

    coordinator.submit(
        "/settings/edit/visit_address",
        standing_on="/settings/edit/visit_address",
        **{"value-": "Mallikatu 1", "value-sv": "Mallgatan 1"},
    )

    with timed_bot.database.read() as session:
        days = {
            row.language: row.checked_on
            for row in directory.everything(session)
            if row.key == "visit_address"
        }
    assert days == {"": (NOW - timedelta(days=200)).date(), "sv": NOW.date()}


def test_a_live_page_keeps_the_numbers_that_it_needs(browse, timed_bot):
    browser = browse()
    come_in(browser, timed_bot)
    with timed_bot.database.write() as session:
        pages.get(session, PAGE).is_live = True

    answer = browser.submit(
        "/settings/edit/phone_main", standing_on="/settings/edit/phone_main", **{"value-": ""}
    )

    assert answer.status_code == 403
    assert value(timed_bot, "phone_main") == "0XX XXX XXXX"


@pytest.mark.parametrize("path", ["/settings/edit/phone_main", "/settings/edit/languages", "/pages/connect"])
def test_a_writer_may_read_the_settings_and_change_none(writer, path):
    for group in (
        "/settings",
        "/settings/numbers",
        "/settings/links",
        "/settings/services",
        "/settings/hours",
    ):
        assert "/settings/edit/" not in writer.read(group)

    assert "Pyydä jompaakumpaa" in writer.read(path, status=403)


def test_a_form_that_a_writer_makes_up_changes_nothing(writer, timed_bot):
    answer = writer.submit("/settings/edit/phone_main", standing_on="/settings", **{"value-": "040 123 4567"})

    assert answer.status_code == 403
    assert value(timed_bot, "phone_main") == "0XX XXX XXXX"


def test_a_setting_that_does_not_exist_is_not_found(coordinator):
    coordinator.read("/settings/edit/nonsense", status=404)
    coordinator.read("/settings/edit/hours", status=404)


# --- opening hours


def week(**days: str) -> dict[str, str]:
    return {f"day-{number}": days.get(f"d{number}", "") for number in range(7)}


def test_the_week_is_written_as_people_write_it(coordinator, timed_bot):
    answer = coordinator.submit(
        "/settings/hours", standing_on="/settings/hours", **week(d0="9–11 ja 12–15", d4="20-2")
    )

    assert answer.headers["location"] == "/settings/hours?done=hours_saved"
    assert value(timed_bot, "hours") == "ma 9-11 ja 12-15, pe 20-2"
    assert 'value="9-11 ja 12-15"' in coordinator.read("/settings/hours")


def test_a_preview_shows_what_a_resident_reads_and_saves_nothing(coordinator, timed_bot):
    answer = coordinator.submit(
        "/settings/hours", standing_on="/settings/hours", preview="yes", **week(d2="13-14")
    )

    assert "Mitä asukas lukisi, jos tallennat tämän" in answer.text
    assert "Avaamme ke 25.11. klo 13.00." in answer.text
    assert "Suljettu itsenäisyyspäivänä." in answer.text
    assert value(timed_bot, "hours") == "ma-pe 9-15"


def test_a_day_that_cannot_be_read_is_named_and_what_was_written_stays(coordinator, timed_bot):
    answer = coordinator.submit(
        "/settings/hours", standing_on="/settings/hours", **week(d0="9-15", d1="aamusta")
    )

    assert answer.status_code == 422
    assert '<a href="#day-1">' in answer.text
    assert 'value="aamusta"' in answer.text
    assert value(timed_bot, "hours") == "ma-pe 9-15"


def test_no_hours_at_all_are_no_hours(coordinator, timed_bot):
    coordinator.submit("/settings/hours", standing_on="/settings/hours", **week())

    assert value(timed_bot, "hours") is None


def test_a_holiday_is_opened_and_closed_again(coordinator, timed_bot):
    def add(day: str, times: str):
        return coordinator.submit(
            "/settings/hours/exceptions", standing_on="/settings/hours", day=day, times=times
        )

    add("2026-12-24", "9-12")
    add("2026-12-31", "")
    assert value(timed_bot, "hours_exceptions") == "24.12.2026 9-12; 31.12.2026 kiinni"
    page = coordinator.read("/settings/hours")
    assert "to 24.12." in page
    assert "9–12" in page

    coordinator.submit("/settings/hours/exceptions/2026-12-24/remove", standing_on="/settings/hours")
    coordinator.submit("/settings/hours/exceptions/2026-12-31/remove", standing_on="/settings/hours")
    assert value(timed_bot, "hours_exceptions") is None


def test_an_exception_without_a_day_is_refused(coordinator):
    answer = coordinator.submit(
        "/settings/hours/exceptions", standing_on="/settings/hours", day="", times="9-12"
    )

    assert answer.status_code == 422
    assert '<a href="#exception-day">' in answer.text


def test_holidays_and_eves_are_told_by_name(writer):
    page = writer.read("/settings/hours")

    assert "Itsenäisyyspäivä" in page
    assert "Jouluaatto" in page
    assert "Edeltävä päivä: Pitkäperjantai" in page


def test_who_keeps_no_settings_changes_no_hours(writer, timed_bot):
    answer = writer.submit("/settings/hours", standing_on="/settings", **week(d0="1-2"))

    assert answer.status_code == 403
    assert value(timed_bot, "hours") == "ma-pe 9-15"


# --- duty and the button


def test_without_an_address_the_page_says_that_nobody_can_be_told(writer, timed_bot):
    assert "Hälytyksestä ei voi kertoa kenellekään." in writer.read("/settings/duty")

    with timed_bot.database.write() as session:
        duty.add(
            session,
            "ma-su 0-24",
            level=1,
            people=[WRITER],
            addresses=[SecretStr("json://127.0.0.1:9/secret")],
            accepts=lambda _: True,
            cipher=timed_bot.database.cipher,
            now=NOW,
            by="test",
        )

    page = writer.read("/settings/duty")
    assert "Hälytyksestä ei voi kertoa kenellekään." not in page
    assert "Päivystää nyt" in page
    assert "secret" not in page


def test_the_button_for_the_own_site_leads_to_the_form_in_each_language(writer, timed_bot):
    page = writer.read("/settings/button")

    for language, word in (("fi", "Pyydä apua"), ("sv", "Be om hjälp"), ("en", "Ask for help")):
        address = f"{timed_bot.settings.base_url}/callback?lang={language}"
        assert f'<a href="{address}" lang="{language}" style="' in page
        assert f">{word}</a>" in page
    assert "<script" not in page.split("<main")[1].split("</main>")[0]


def test_an_administrator_keeps_the_settings_too(browse, timed_bot):
    with timed_bot.database.write() as session:
        operators.add(session, "Pääkäyttäjä", [Role.ADMINISTRATOR], now=NOW, by="test")

    page = browse().enter("Pääkäyttäjä").read("/settings/numbers")

    assert "/settings/edit/phone_main" in page
