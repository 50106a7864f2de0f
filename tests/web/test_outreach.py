"""Trials, visits, partners, practice descriptions and the comparison, as workers use them."""

import uuid
from datetime import timedelta

import pytest

from social_bot.tracking import outreach_store as store
from social_bot.tracking import partners, trial_deeds, visits
from social_bot.tracking.forms import read_trial_form
from social_bot.tracking.outreach import Channel, PartnerKind, Visit
from social_bot.tracking.recognisable import read_first_names
from social_bot.tracking.trials import Stage, TrialPlan
from social_bot.web.comparison import draw
from tests.conftest import NOW, WRITER
from tests.web.conftest import COORDINATOR

TODAY = NOW.date()
VISIT = {
    "place": "Kirjasto",
    "channel": "library",
    "day": "2026-11-24",
    "hours": "2",
    "workers": "2",
    "contacts": "5",
}
START = {
    "title": "Kirjaston aulassa",
    "channel": "library",
    "place": "Kirjasto",
    "starts_on": "2026-10-01",
    "mid_on": "2026-11-01",
    "ends_on": "2026-12-01",
    "target_group": "Nuoret",
    "problem_to_solve": "Palvelua ei löydetä.",
    "description": "Kahdestaan aulassa.",
}
REVIEW = {"target_reached": "Osittain.", "overall_assessment": "Lupaavaa.", "lessons_learned": "Sama paikka."}


@pytest.fixture
def trial(timed_bot):
    names, form = read_first_names(timed_bot.templates), read_trial_form(timed_bot.templates)
    with timed_bot.database.write() as session:
        plan = TrialPlan(
            title="Kirjaston aulassa",
            channel=Channel.LIBRARY,
            place="Kirjasto",
            starts_on=TODAY - timedelta(days=40),
            mid_on=TODAY - timedelta(days=5),
            ends_on=TODAY + timedelta(days=30),
        )
        row = trial_deeds.start(session, plan, START, form=form, names=names, by=COORDINATOR, now=NOW)
        for contacts in (3, 2, 4):
            visits.record(
                session,
                Visit(
                    place="Kirjasto",
                    channel=Channel.LIBRARY,
                    held_on=TODAY - timedelta(days=7 * contacts),
                    minutes=120,
                    workers=2,
                    contacts=contacts,
                    declined=1,
                    led_to_clienthood=1,
                    guided_on=0,
                    trial_id=row.id,
                ),
                key=str(uuid.uuid4()),
                names=names,
                by=WRITER,
                now=NOW,
            )
        partners.add(
            session,
            partners.Partner(name="Kela", name_sv="FPA", kind=PartnerKind.KELA),
            names=names,
            by=WRITER,
            now=NOW,
        )
        return row.id


def kept_visits(bot):
    with bot.database.read() as session:
        return store.list_visits(session)


# Visits


def test_a_visit_is_recorded_and_the_next_form_remembers_the_place(writer, timed_bot):
    answer = writer.submit("/visits/new", standing_on="/visits/new", key=str(uuid.uuid4()), **VISIT)

    assert answer.headers["location"] == "/visits?done=visit_added"
    assert "5 kohtaamista" in writer.read("/visits?done=visit_added")
    assert [row.contacts for row in kept_visits(timed_bot)] == [5]
    form = writer.read("/visits/new")
    assert 'value="Kirjasto"' in form
    assert (
        'name="contacts" inputmode="numeric" autocomplete="off" maxlength="4" data-least="0" value="0"'
        in form
    )


def test_a_visit_that_comes_twice_is_counted_once_and_told_so(writer, timed_bot):
    key = str(uuid.uuid4())
    writer.submit("/visits/new", standing_on="/visits/new", key=key, **VISIT)
    again = writer.submit("/visits/new", standing_on="/visits/new", key=key, **VISIT)
    by_the_device = writer.submit("/visits/send", standing_on="/visits/new", key=key, **VISIT)

    assert again.headers["location"] == "/visits?done=visit_known"
    assert "Se lasketaan kerran." in writer.read("/visits?done=visit_known")
    assert by_the_device.json() == {"state": "known"}
    assert len(kept_visits(timed_bot)) == 1


def test_what_is_wrong_with_a_visit_stands_on_top_and_beside_its_field(writer, timed_bot):
    answer = writer.submit(
        "/visits/new", standing_on="/visits/new", key=str(uuid.uuid4()), **{**VISIT, "contacts": "x"}
    )

    assert answer.status_code == 422
    assert 'href="#contacts"' in answer.text
    assert 'id="contacts-problem"' in answer.text
    assert 'value="Kirjasto"' in answer.text
    assert kept_visits(timed_bot) == []


def test_a_note_with_a_name_is_shown_before_anything_is_saved(writer, timed_bot):
    note = "Matti tuli tapaamiseen."
    asked = writer.submit("/visits/new", standing_on="/visits/new", key=str(uuid.uuid4()), note=note, **VISIT)
    refused = writer.submit(
        "/visits/send", standing_on="/visits/new", key=str(uuid.uuid4()), note=note, **VISIT
    )
    kept = writer.submit(
        "/visits/new", standing_on="/visits/new", key=str(uuid.uuid4()), note=note, checked="yes", **VISIT
    )

    assert asked.status_code == 422
    assert "<strong>Matti</strong> (nimi)" in asked.text
    assert refused.json() == {"state": "refused"}
    assert kept.status_code == 303
    assert len(kept_visits(timed_bot)) == 1


def test_a_visit_is_changed_and_removed(writer, timed_bot, trial):
    visit_id = kept_visits(timed_bot)[0].id
    page = writer.read(f"/visits/{visit_id}")
    writer.submit(f"/visits/{visit_id}", standing_on=f"/visits/{visit_id}", **{**VISIT, "hours": "1,5"})
    changed = next(row for row in kept_visits(timed_bot) if row.id == visit_id)
    writer.submit(f"/visits/{visit_id}/remove", standing_on="/visits/new")

    assert 'value="2"' in page
    assert changed.minutes == 90
    assert len(kept_visits(timed_bot)) == 2
    assert writer.get(f"/visits/{visit_id}").status_code == 404


def test_who_writes_nothing_sees_the_visits_and_records_none(coordinator, timed_bot, trial):
    refused = coordinator.submit("/visits/new", standing_on="/trials/new", key=str(uuid.uuid4()), **VISIT)

    assert refused.status_code == 403
    assert "Kirjaa käynti</a>" not in coordinator.read("/visits")
    assert "Kirjasto" in coordinator.read("/visits")


def test_the_visits_of_one_trial_are_shown_alone(writer, timed_bot, trial):
    writer.submit(
        "/visits/new", standing_on="/visits/new", key=str(uuid.uuid4()), **{**VISIT, "place": "Tori"}
    )

    page = writer.read(f"/visits?trial={trial}")

    assert "3 käyntiä · työaikaa 12 h · 9 kohtaamista" in page
    assert "Tori" not in page


def import_file(browser, chosen: bytes, **fields):
    return browser.post(
        "/visits/import",
        data={"token": browser.token("/visits/import"), **fields},
        files={"file": ("visits.csv", chosen, "text/csv")} if chosen else None,
    )


FILE = "paikka;kanava;päivä;tunnit;työntekijät;kohtaamiset;huomio\nKirjasto;kirjasto;24.11.2026;2;2;5;\n"


def test_a_file_is_shown_before_it_is_taken_in_and_taken_in_once(writer, timed_bot):
    shown = import_file(writer, FILE.encode("utf-8-sig"))
    before = len(kept_visits(timed_bot))
    taken = import_file(writer, b"", content=FILE, confirmed="yes")
    again = import_file(writer, FILE.encode("cp1252"))

    assert "1 käynti lisätään" in shown.text
    assert before == 0
    assert taken.headers["location"] == "/visits?done=visits_imported"
    assert "Tämä tiedosto on jo täällä" in again.text
    assert len(kept_visits(timed_bot)) == 1


def test_every_wrong_row_of_a_file_is_told_and_none_is_kept(writer, timed_bot):
    answer = import_file(writer, (FILE + "Tori;kuu;1.13.2026;2;2;;\n").encode(), confirmed="yes")

    assert "3 kohtaa korjattavana" in answer.text
    assert "<td>3</td><td>kanava</td>" in answer.text
    assert kept_visits(timed_bot) == []


def test_a_file_that_looks_like_visits_that_are_here_says_so(writer, timed_bot):
    import_file(writer, FILE.encode(), confirmed="yes")

    assert (
        "näyttää käynniltä, joka on täällä jo"
        in import_file(writer, (FILE + "\n;;;;;;\n" + "Tori;street;24.11.2026;1;1;0;\n").encode()).text
    )


def test_no_file_and_no_csv_are_refused_with_a_sentence(writer):
    assert "Valitse ensin tiedosto." in import_file(writer, b"").text
    assert "Tämä ei ole CSV-tiedosto." in import_file(writer, b"PK\x03\x04").text


def test_the_empty_file_has_headings_that_are_understood(writer, timed_bot):
    template = writer.get("/visits/template.csv?lang=sv")

    assert template.text.startswith("\ufeffplats;kanal;försök;dag;")
    assert (
        "1 käynti lisätään" in import_file(writer, template.content).text
        or "besök läggs till" in import_file(writer, template.content).text
    )


# Trials


def test_a_trial_goes_from_its_start_form_to_a_decision(coordinator, timed_bot):
    started = coordinator.submit("/trials/new", standing_on="/trials/new", **START)
    path = started.headers["location"].split("?")[0]
    due = coordinator.read("/trials")
    mid = coordinator.submit(f"{path}/mid", standing_on=f"{path}/mid", **REVIEW)
    decided = coordinator.submit(
        f"{path}/decision",
        standing_on=f"{path}/decision",
        decision="stop",
        decided_on="2026-11-25",
        reason="Aulassa ei voi puhua kahden kesken.",
    )
    after = coordinator.read(path)

    assert "Odottaa väliarviointia" in due
    assert mid.headers["location"] == f"{path}?done=trial_evaluated#mid"
    assert decided.headers["location"] == f"{path}?done=trial_decided"
    assert "Päätös ke 25.11.: Loppuu" in after
    assert "Odottaa loppuarviointia" in after
    assert "Mitä halutaan ratkaista?" in after


def test_the_programs_numbers_stand_beside_the_peoples_words(coordinator, trial):
    form = coordinator.read(f"/trials/{trial}/mid")
    coordinator.submit(f"/trials/{trial}/mid", standing_on=f"/trials/{trial}/mid", **REVIEW)

    assert "<dt>Toteutunut</dt><dd>3 × 2 h</dd>" in form
    assert "(toteutunut 3 × 2 h)" in coordinator.read(f"/trials/{trial}")
    assert "<dt>Kohtaamisia työtunnissa</dt><dd>0,75 (0,34–1,42)</dd>" in coordinator.read(f"/trials/{trial}")


def test_an_evaluation_that_shows_somebody_waits_for_a_look(coordinator, trial, timed_bot):
    path = f"/trials/{trial}/mid"
    asked = coordinator.submit(path, standing_on=path, **{**REVIEW, "successes_failures": "Aino sai avun."})
    kept = coordinator.submit(
        path, standing_on=path, checked="yes", **{**REVIEW, "successes_failures": "Aino sai avun."}
    )

    assert asked.status_code == 422
    assert 'href="#successes_failures"' in asked.text
    assert "<strong>Aino</strong>" in asked.text
    assert kept.status_code == 303
    with timed_bot.database.read() as session:
        assert store.newest_evaluations(session, [trial])[trial][Stage.MID].is_checked


def test_two_who_write_at_once_do_not_overwrite_each_other_unseen(coordinator, writer, trial):
    path = f"/trials/{trial}/mid"
    writer.submit(path, standing_on=path, version="0", **REVIEW)
    stale = coordinator.submit(path, standing_on=path, version="0", **{**REVIEW, "proposals": "Pareittain."})
    knowing = coordinator.submit(
        path, standing_on=path, version="1", **{**REVIEW, "proposals": "Pareittain."}
    )

    assert "Kirjoittaja 1 on kirjoittanut tämän lomakkeen sillä välin." in stale.text
    assert "Pareittain." in stale.text
    assert 'name="version" value="1"' in stale.text
    assert knowing.status_code == 303


def test_a_changed_trial_begins_from_the_former_one(coordinator, trial):
    coordinator.submit(
        f"/trials/{trial}/decision",
        standing_on=f"/trials/{trial}/decision",
        decision="change",
        decided_on="2026-11-25",
        reason="Toinen huone.",
    )
    form = coordinator.read(f"/trials/new?follows={trial}")
    started = coordinator.submit(
        "/trials/new",
        standing_on="/trials/new",
        follows=str(trial),
        **{**START, "title": "Kirjaston huoneessa"},
    )

    assert "Kahdestaan aulassa." in form
    assert "Kirjaston aulassa</a>" in coordinator.read(started.headers["location"])


def test_the_start_form_is_mended_in_a_new_version(coordinator, trial, timed_bot):
    path = f"/trials/{trial}/start"
    coordinator.submit(path, standing_on=path, version="1", **{**START, "room": "2. kerros"})

    assert "2. kerros" in coordinator.read(f"/trials/{trial}")
    coordinator.submit(path, standing_on=path, version="1", **{**START, "target_group": "Kaikki"})
    assert "versio 2" in coordinator.read(f"/trials/{trial}")


def test_only_a_coordinator_is_led_to_a_decision(writer, trial):
    refused = writer.submit(
        f"/trials/{trial}/decision",
        standing_on=f"/trials/{trial}/mid",
        decision="stop",
        decided_on="2026-11-25",
        reason="Ei toimi.",
    )

    assert refused.status_code == 403
    assert f"/trials/{trial}/decision" not in writer.read(f"/trials/{trial}")


def test_a_stage_that_is_none_and_a_trial_that_is_none_are_not_found(writer, trial):
    assert writer.get(f"/trials/{trial}/middle").status_code == 404
    assert writer.get("/trials/999").status_code == 404


def test_today_reminds_of_what_is_due(coordinator, writer, approver, trial):
    assert "Odottaa väliarviointia" in coordinator.read("/")
    assert f'href="/trials/{trial}/mid"' in writer.read("/")

    coordinator.submit(f"/trials/{trial}/mid", standing_on=f"/trials/{trial}/mid", **REVIEW)

    assert "Odottaa väliarviointia" not in coordinator.read("/")


# Practice descriptions and partners


def test_a_practice_is_described_read_and_described_anew(writer):
    answers = {"title": "Aulapäivystys", "model_summary": "Kerran viikossa.", "benefits": "Helppo tulla."}
    saved = writer.submit("/practices/new", standing_on="/practices/new", **answers)
    path = saved.headers["location"].split("?")[0]
    writer.submit(
        f"{path}/edit", standing_on=f"{path}/edit", version="1", **{**answers, "challenges": "Hälyä."}
    )
    page = writer.read(path)

    assert "2. Mitkä ovat toimintamallin edut?" in page
    assert "Hälyä." in page
    assert "Aulapäivystys" in writer.read("/practices")


def test_a_partner_is_added_named_in_the_readers_language_and_taken_out(writer, trial, timed_bot):
    writer.submit("/partners/new", standing_on="/partners/new", name="Kirjasto", kind="library")
    refused = writer.submit("/partners/new", standing_on="/partners/new", name="kela", kind="kela")
    with timed_bot.database.read() as session:
        kela = next(row.id for row in store.list_partners(session) if row.name == "Kela")
    swedish = writer.read("/partners?lang=sv")
    writer.submit(f"/partners/{kela}/retire", standing_on=f"/partners/{kela}")

    assert refused.status_code == 422
    assert "FPA" in swedish
    assert ">FPA<" not in writer.read("/partners")


def test_a_partner_belongs_to_campaigns(writer, world, trial, timed_bot):
    with timed_bot.database.read() as session:
        kela = store.list_partners(session)[0].id
    writer.submit(
        f"/partners/{kela}",
        standing_on=f"/partners/{kela}",
        name="Kela",
        kind="kela",
        campaigns=str(world.campaign),
    )

    assert f'value="{world.campaign}" checked' in writer.read(f"/partners/{kela}")


# The comparison


def test_channels_are_compared_in_a_chart_in_words_and_in_a_table(coordinator, writer, trial):
    writer.submit(
        "/visits/new",
        standing_on="/visits/new",
        key=str(uuid.uuid4()),
        **{**VISIT, "channel": "mall", "place": "Mylly", "hours": "10", "contacts": "1"},
    )
    page = coordinator.read("/comparison?against=channel:library")

    assert "Kirjasto: 0,75 (0,34–1,42)." in page
    assert "Vertailukohta: Kirjasto." in page
    assert "Vähemmän kohtaamisia työtunnissa kuin vertailukohdassa: enintään 49 % siitä." in page
    assert "<td>0,05 (0–0,28)</td>" in page


def test_a_time_without_visits_has_nothing_to_compare(coordinator, trial):
    assert "ei ole mitään vertailtavaa" in coordinator.read("/comparison?since=2025-01&until=2025-02")


@pytest.mark.parametrize("period", ["since=kissa&until=2026-13", "since=2026-12&until=2026-01"])
def test_a_period_that_is_none_shows_another(coordinator, trial, period):
    assert "Kirjaston aulassa" in coordinator.read(f"/comparison?{period}")


def test_the_chart_reaches_from_nothing_to_the_highest_uncertainty():
    from social_bot.tracking.comparison import Row
    from social_bot.tracking.outreach import Totals, rate

    rows = [
        Row(
            key=str(contacts),
            channel=Channel.MALL,
            trial=None,
            totals=Totals(contacts=contacts, worker_minutes=600),
            per_hour=rate(contacts, 10),
            led_on=None,
            declined=None,
            out_of_area=None,
        )
        for contacts in (0, 8)
    ]

    chart = draw(rows)

    assert [tick.value for tick in chart.ticks] == [0, 0.5, 1, 1.5, 2]
    assert chart.marks[0].left == chart.marks[0].at == chart.ticks[0].x
    assert all(mark.right <= chart.ticks[-1].x for mark in chart.marks)
