"""Visits, trials, partners: what is counted, what is due, what is kept once."""

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation import alerts, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from social_bot.tracking import outreach_store as store
from social_bot.tracking import partners, practices, trial_deeds, visits
from social_bot.tracking.comparison import Verdict, compare, judge
from social_bot.tracking.forms import read_practice_form, read_trial_form
from social_bot.tracking.outreach import (
    Channel,
    Part,
    PartnerKind,
    Totals,
    Visit,
    add_up,
    rate,
    read_totals,
    share,
    totals_record,
)
from social_bot.tracking.outreach_input import InvalidFields, Known, parse_visit
from social_bot.tracking.recognisable import Recognisable, find_traces, read_first_names
from social_bot.tracking.reminding import remind_of_evaluations
from social_bot.tracking.trial_reports import report_trial, summarise_trials, trials_due
from social_bot.tracking.trials import (
    Decision,
    Due,
    Stage,
    Standing,
    TrialPlan,
    TrialState,
    state_of,
    what_is_due,
)
from social_bot.tracking.visit_files import Names, read_visits
from tests.conftest import NOW, PAGE, WRITER

TODAY = NOW.date()
COORDINATOR = "Koordinaattori"
FIELDS = {
    "place": "Kirjasto",
    "channel": "library",
    "day": "25.11.2026",
    "hours": "2",
    "workers": "2",
    "contacts": "5",
}
NAMES = frozenset({"matti", "aino"})
START = {
    "target_group": "Nuoret",
    "problem_to_solve": "Palvelua ei löydetä.",
    "description": "Kahdestaan aulassa.",
}
MID = {"target_reached": "Osittain.", "overall_assessment": "Lupaavaa."}
END = {**MID, "lessons_learned": "Sama paikka ja aika auttavat."}


@pytest.fixture
def names(bot):
    return read_first_names(bot.templates)


@pytest.fixture
def session(bot):
    with bot.database.write() as session:
        operators.add(session, COORDINATOR, [Role.COORDINATOR], now=NOW, by="test")
        yield session


def a_visit(**values) -> Visit:
    return Visit(
        **{
            "place": "Kirjasto",
            "channel": Channel.LIBRARY,
            "held_on": TODAY,
            "minutes": 120,
            "workers": 2,
            "contacts": 5,
            **values,
        }
    )


def keep(session, names, visit, key=None):
    return visits.record(session, visit, key=key or str(uuid.uuid4()), names=names, by=WRITER, now=NOW).row


def a_trial(session, bot, names, *, starts=-60, mid=-10, ends=30, by=WRITER):
    plan = TrialPlan(
        title="Kirjaston aulassa",
        channel=Channel.LIBRARY,
        place="Kirjasto",
        starts_on=TODAY + timedelta(days=starts),
        mid_on=TODAY + timedelta(days=mid),
        ends_on=TODAY + timedelta(days=ends),
    )
    return trial_deeds.start(
        session, plan, START, form=read_trial_form(bot.templates), names=names, by=by, now=NOW
    )


def evaluate(session, bot, trial_id, stage, answers, **values):
    values = {"by": COORDINATOR, "now": NOW, **values}
    return trial_deeds.evaluate(
        session,
        trial_id,
        stage,
        answers,
        form=read_trial_form(bot.templates),
        names=read_first_names(bot.templates),
        **values,
    )


def decide(session, names, trial_id, decision, **values):
    values = {"by": COORDINATOR, "now": NOW, "reason": "Paikka oli väärä.", **values}
    return trial_deeds.decide(
        session, trial_id, decision, decided_on=TODAY.isoformat(), names=names, today=TODAY, **values
    )


# What visits add up to


def test_hours_are_those_of_every_worker():
    totals = add_up([a_visit(minutes=120, workers=2), a_visit(minutes=120, workers=1)])

    assert totals.worker_hours == 6
    assert (totals.times, totals.minutes_each, totals.contacts) == (2, 120, 10)
    per_hour = rate(totals.contacts, totals.worker_hours)
    assert per_hour is not None
    assert per_hour.value == pytest.approx(10 / 6)


def test_what_was_not_counted_is_no_zero():
    totals = add_up([a_visit(declined=None), a_visit(declined=3, contacts=1)])

    assert totals.declined == Part(count=3, of=4)
    assert totals.led_on is None
    assert share(totals.led_on) is None
    assert rate(0, 0) is None


def test_what_led_on_is_clients_and_those_who_managed_with_advice():
    totals = add_up([a_visit(led_to_clienthood=1, guided_on=2), a_visit(led_to_clienthood=1)])

    assert totals.led_on == Part(count=3, of=5)
    assert totals.led_to_clienthood == Part(count=2, of=10)


def test_figures_come_back_from_their_record_as_they_were():
    totals = add_up([a_visit(declined=1, led_to_clienthood=1, guided_on=0)])

    assert read_totals(totals_record(totals)) == totals


# Reading a visit


def test_a_visit_is_read_as_people_write_it():
    visit = parse_visit(
        {**FIELDS, "hours": "1,5", "declined": "", "guided_on": "0"}, known=Known(), today=TODAY
    )

    assert (visit.minutes, visit.held_on, visit.declined, visit.guided_on) == (90, TODAY, None, 0)


@pytest.mark.parametrize(
    ("hours", "minutes"), [("2", 120), ("1.5", 90), ("0,25", 15), ("1:45", 105), ("12", 720)]
)
def test_hours_are_read_in_every_way(hours, minutes):
    assert parse_visit({**FIELDS, "hours": hours}, known=Known(), today=TODAY).minutes == minutes


def test_the_time_of_day_wins_over_the_length():
    visit = parse_visit({**FIELDS, "begins": "9.00", "ends": "10:30"}, known=Known(), today=TODAY)

    assert (visit.minutes, visit.starts_at) == (90, time(9, 0))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"place": " "}, "place"),
        ({"place": "x" * 121}, "place"),
        ({"channel": ""}, "channel"),
        ({"day": "31.2.2026"}, "day"),
        ({"day": "26.11.2026"}, "day"),
        ({"hours": "0"}, "hours"),
        ({"hours": "13"}, "hours"),
        ({"hours": "kaksi"}, "hours"),
        ({"begins": "9", "ends": "8"}, "ends"),
        ({"ends": "8"}, "ends"),
        ({"begins": "25.00"}, "begins"),
        ({"workers": "0"}, "workers"),
        ({"contacts": ""}, "contacts"),
        ({"contacts": "-1"}, "contacts"),
        ({"contacts": "99999999999999"}, "contacts"),
        ({"declined": "1,5"}, "declined"),
        ({"led_to_clienthood": "3", "guided_on": "3"}, "guided_on"),
        ({"out_of_area": "6"}, "out_of_area"),
        ({"belongs": "trial:9"}, "belongs"),
        ({"belongs": "campaign:x"}, "belongs"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_what_cannot_be_a_visit_is_refused_at_its_field(wrong, field):
    with pytest.raises(InvalidFields) as refused:
        parse_visit({**FIELDS, **wrong}, known=Known(trials={1: Channel.MALL}), today=TODAY)

    assert set(refused.value.problems) == {field}


def test_everything_that_is_wrong_is_said_at_once():
    with pytest.raises(InvalidFields) as refused:
        parse_visit({}, partner_ids=["7"], known=Known(), today=TODAY)

    assert set(refused.value.problems) == {
        "channel",
        "place",
        "day",
        "hours",
        "workers",
        "contacts",
        "partners",
    }


def test_a_visit_of_a_trial_was_where_the_trial_is():
    fields = {**FIELDS, "channel": "", "belongs": "trial:1"}

    visit = parse_visit(fields, known=Known(trials={1: Channel.MALL}), today=TODAY)

    assert (visit.channel, visit.trial_id) == (Channel.MALL, 1)


def test_what_came_of_the_page_is_written_without_its_contacts():
    fields = {**FIELDS, "channel": "page", "contacts": "0", "guided_on": "3"}

    assert parse_visit(fields, known=Known(), today=TODAY).guided_on == 3


# Keeping visits


def test_a_visit_that_is_sent_twice_is_kept_once(session, names):
    key = str(uuid.uuid4())
    first = visits.record(session, a_visit(), key=key, names=names, by=WRITER, now=NOW)
    second = visits.record(session, a_visit(contacts=9), key=key, names=names, by=WRITER, now=NOW)

    assert (first.is_new, second.is_new) == (True, False)
    assert [row.contacts for row in store.list_visits(session)] == [5]


def test_a_removed_visit_counts_no_more_and_does_not_come_back(session, names):
    key = str(uuid.uuid4())
    row = keep(session, names, a_visit(note="Hiljainen päivä."), key)
    visits.remove(session, row.id, by=WRITER, now=NOW)

    again = visits.record(session, a_visit(), key=key, names=names, by=WRITER, now=NOW)

    assert not again.is_new
    assert store.list_visits(session) == []
    assert again.row.note == ""
    with pytest.raises(NotFound):
        visits.change(session, row.id, a_visit(), names=names, by=WRITER, now=NOW)


def test_a_visit_is_changed_and_each_deed_is_in_the_log_by_its_id_alone(session, names):
    partner = partners.add(
        session, partners.Partner(name="Kela", kind=PartnerKind.KELA), names=names, by=WRITER, now=NOW
    )
    row = keep(session, names, a_visit(note="Paljon kysymyksiä."))
    visits.change(
        session, row.id, a_visit(contacts=7, partner_ids=[partner.id]), names=names, by=WRITER, now=NOW
    )
    visits.remove(session, row.id, by=WRITER, now=NOW)

    log = session.exec(select(AuditEntryRow)).all()
    assert [entry.action for entry in log if entry.subject == f"visit:{row.id}"] == [
        *("visit.add", "visit.change", "visit.remove")
    ]
    assert not any("kysymyksiä" in entry.detail for entry in log)
    assert store.partners_of_visits(session, [row.id]) == {row.id: [partner.id]}


def test_only_a_writer_records_visits(session, names):
    with pytest.raises(NotAllowed):
        visits.record(session, a_visit(), key=str(uuid.uuid4()), names=names, by=COORDINATOR, now=NOW)


def test_a_key_that_is_none_is_refused(session, names):
    with pytest.raises(InvalidInput, match="key"):
        visits.record(session, a_visit(), key="1", names=names, by=WRITER, now=NOW)


def test_a_note_that_shows_somebody_waits_until_its_writer_has_looked(session, names):
    visit = a_visit(note="Matti Meikäläinen 131052-308T kävi.")
    with pytest.raises(Recognisable) as refused:
        keep(session, names, visit)

    kept = visits.record(
        session, visit, key=str(uuid.uuid4()), names=names, is_checked=True, by=WRITER, now=NOW
    )

    assert {trace.quote for trace in refused.value.traces} == {"Matti", "131052-308T"} or {
        trace.quote for trace in refused.value.traces
    } == {"Matti Meikäläinen", "131052-308T"}
    assert kept.is_new


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("Kävimme Kelassa ja Raision seurakunnassa.", []),
        ("Juttelin Ainon kanssa.", ["Ainon"]),
        ("Eilen Virtanen soitti.", ["Eilen Virtanen"]),
        ("Pekka Virtanen kertoi vuokrasta.", ["Pekka Virtanen"]),
        ("Soita 040 123 4567.", ["040 123 4567"]),
    ],
)
def test_traces_of_people_are_found(text, quotes):
    assert [trace.quote for trace in find_traces({"note": text}, first_names=NAMES)] == quotes


def test_an_example_of_a_client_is_read_most_strictly():
    text = "Nainen, 43-vuotias, muutti Rymättylään ja löysi avun."

    loose = find_traces({"client_example": text}, first_names=NAMES)
    strict = find_traces({"client_example": text}, first_names=NAMES, anonymous={"client_example"})

    assert loose == ()
    assert {trace.quote for trace in strict} == {"Rymättylään", "43-vuotias"}


# Files of visits


FILE = """paikka;kanava;päivä;tunnit;työntekijät;kohtaamiset;kieltäytyneet;kumppanit
Kirjasto;kirjasto;24.11.2026;2;2;5;1;Kela
Tori;street;23.11.2026;1,5;2;0;;
"""
FILE_NAMES = Names(trials={}, partners={"kela": 1}, channels={"kirjasto": Channel.LIBRARY})


def read(text: str | bytes):
    content = text if isinstance(text, bytes) else text.encode()
    return read_visits(content, names=FILE_NAMES, known=Known(partners={1}), today=TODAY)


@pytest.mark.parametrize("encode", [lambda t: t.encode("utf-8-sig"), lambda t: t.encode("cp1252")])
def test_a_file_of_a_finnish_spreadsheet_is_read(encode):
    file = read(encode(FILE))

    assert file.problems == []
    assert [line.visit.minutes for line in file.lines] == [120, 90]
    assert [line.visit.declined for line in file.lines] == [1, None]
    assert file.lines[0].visit.partner_ids == (1,)


def test_every_row_that_is_wrong_is_named_with_its_column():
    file = read(FILE + "Tori;kuu;32.1.2026;2;2;x;;Seura\nTori;street;24.11.2027;2;2;1;;\n")

    assert {(each.number, each.column) for each in file.problems} == {
        *((4, "kanava"), (4, "päivä"), (4, "kohtaamiset"), (4, "kumppanit"), (5, "päivä")),
    }


def test_headings_that_are_wrong_are_named_before_any_row():
    file = read("paikka;paikka;väri;päivä;tunnit\n;;;;\n")

    assert [each.column for each in file.problems] == [
        *("paikka", "väri", "työntekijät / anställda / workers", "kohtaamiset / möten / contacts"),
        "kanava / kanal / channel",
    ]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 300_000])
def test_what_is_no_file_of_visits_is_refused_with_a_sentence(content):
    with pytest.raises(InvalidInput):
        read(content)


def test_a_file_is_taken_in_whole_and_once(session, names):
    partners.add(
        session, partners.Partner(name="Kela", kind=PartnerKind.KELA), names=names, by=WRITER, now=NOW
    )
    file = read(FILE)
    visits.take_in(session, file, names=names, by=WRITER, now=NOW)

    with pytest.raises(NotAllowed, match="taken in this file before"):
        visits.take_in(session, read(FILE.replace("\n", "\r\n")), names=names, by=WRITER, now=NOW)

    assert len(store.list_visits(session)) == 2


def test_nothing_of_a_file_with_a_problem_is_taken_in(session, names):
    with pytest.raises(InvalidInput):
        visits.take_in(session, read(FILE.replace("24.11.2026", "")), names=names, by=WRITER, now=NOW)

    assert store.list_visits(session) == []


# Partner organisations


def test_a_partner_is_an_organisation_and_no_person(session, names):
    with pytest.raises(Recognisable):
        partners.add(
            session,
            partners.Partner(name="Pekka Virtanen", kind=PartnerKind.OTHER),
            names=names,
            by=WRITER,
            now=NOW,
        )


def test_a_partner_is_registered_once_and_offered_until_it_is_retired(session, names):
    kela = partners.Partner(name="Kela", name_sv="FPA", kind=PartnerKind.KELA)
    row = partners.add(session, kela, names=names, by=COORDINATOR, now=NOW)
    with pytest.raises(InvalidFields):
        partners.add(session, kela, names=names, by=COORDINATOR, now=NOW)

    partners.retire(session, row.id or 0, by=COORDINATOR, now=NOW)

    assert row.named("sv") == "FPA"
    assert row.named("fi") == "Kela"
    assert store.list_partners(session) == []
    assert store.list_partners(session, with_retired=True) == [row]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "", "kind": "kela"}, {"name"}),
        ({"name": "Kela", "kind": "pub", "phone": "soita", "link": "kela.fi"}, {"kind", "phone", "link"}),
    ],
)
def test_a_partner_that_cannot_be_is_refused_at_its_fields(fields, wrong):
    with pytest.raises(InvalidFields) as refused:
        partners.parse_partner(**fields)

    assert set(refused.value.problems) == wrong


# Trials


A_TRIAL: dict[str, Any] = {
    "starts_on": date(2026, 10, 1),
    "mid_on": date(2026, 11, 1),
    "ends_on": date(2026, 12, 1),
}


@pytest.mark.parametrize(
    ("done", "day", "due"),
    [
        ({}, date(2026, 10, 31), None),
        ({}, date(2026, 11, 1), Due.MID),
        ({"has_mid": True}, date(2026, 11, 30), None),
        ({"has_mid": True}, date(2026, 12, 1), Due.END),
        ({}, date(2026, 12, 1), Due.END),
        ({"has_mid": True, "decided": Decision.STOP}, date(2026, 11, 10), Due.END),
        ({"decided": Decision.STOP}, date(2026, 10, 10), Due.END),
        ({"decided": Decision.CONTINUE, "has_mid": True}, date(2026, 11, 10), None),
        ({"has_end": True}, date(2026, 12, 1), Due.DECISION),
        ({"has_end": True, "decided": Decision.CONTINUE}, date(2026, 12, 1), Due.DECISION),
        ({"has_end": True, "decided": Decision.CONTINUE, "is_decided_at_end": True}, date(2027, 1, 1), None),
        ({"has_end": True, "decided": Decision.STOP}, date(2026, 12, 1), None),
    ],
)
def test_what_people_owe_a_trial(done, day, due):
    assert what_is_due(Standing(**A_TRIAL, **done), today=day) is due


@pytest.mark.parametrize(
    ("done", "day", "state"),
    [
        ({}, date(2026, 9, 30), TrialState.PLANNED),
        ({}, date(2026, 10, 1), TrialState.RUNNING),
        ({}, date(2027, 10, 1), TrialState.RUNNING),
        ({"decided": Decision.CONTINUE}, date(2026, 11, 10), TrialState.RUNNING),
        ({"decided": Decision.CONTINUE, "is_decided_at_end": True}, date(2026, 12, 10), TrialState.CONTINUED),
        ({"decided": Decision.CHANGE}, date(2026, 11, 10), TrialState.CHANGED),
        ({"decided": Decision.STOP}, date(2026, 11, 10), TrialState.STOPPED),
    ],
)
def test_a_trial_stands_where_its_last_decision_put_it(done, day, state):
    assert state_of(Standing(**A_TRIAL, **done), today=day) is state


def test_a_trial_goes_through_its_three_stages(session, bot, names):
    form = read_trial_form(bot.templates)
    trial = a_trial(session, bot, names)
    for _ in range(3):
        keep(session, names, a_visit(trial_id=trial.id, contacts=1, led_to_clienthood=0, guided_on=1))
    (due,) = trials_due(session, today=TODAY)
    evaluate(session, bot, trial.id, Stage.MID, MID)
    keep(session, names, a_visit(trial_id=trial.id, contacts=0))
    decide(session, names, trial.id, "stop")
    evaluate(session, bot, trial.id, Stage.END, END)

    report = report_trial(session, trial.id, form, today=TODAY)

    assert (due.due, due.due_on) == (Due.MID, TODAY - timedelta(days=10))
    assert report.stages[Stage.MID].totals.times == 3
    assert report.stages[Stage.MID].totals.minutes_each == 120
    assert report.summary.totals.times == 4
    assert report.summary.state is TrialState.STOPPED
    assert report.summary.due is None
    assert {question.key: text for question, text in report.stages[Stage.END].answers}[
        "lessons_learned"
    ] == "Sama paikka ja aika auttavat."


def test_to_go_on_is_decided_anew_after_the_end(session, bot, names):
    trial = a_trial(session, bot, names, ends=0)
    decide(session, names, trial.id, "continue", now=NOW - timedelta(days=5))
    evaluate(session, bot, trial.id, Stage.END, END)

    (before,) = summarise_trials(session, today=TODAY)
    decide(session, names, trial.id, "continue", now=NOW + timedelta(hours=1))
    evaluate(
        session,
        bot,
        trial.id,
        Stage.END,
        {**END, "future": "Jatkuu keskiviikkoisin."},
        seen_version=1,
        now=NOW + timedelta(hours=2),
    )
    (after,) = summarise_trials(session, today=TODAY)

    assert (before.due, before.state) == (Due.DECISION, TrialState.RUNNING)
    assert (after.due, after.state) == (None, TrialState.CONTINUED)


def test_an_evaluation_keeps_its_versions_and_takes_no_stale_one(session, bot, names):
    trial = a_trial(session, bot, names)
    evaluate(session, bot, trial.id, Stage.MID, MID)
    evaluate(session, bot, trial.id, Stage.MID, MID)
    evaluate(session, bot, trial.id, Stage.MID, {**MID, "proposals": "Pareittain."}, seen_version=1)

    with pytest.raises(InvalidFields) as refused:
        evaluate(session, bot, trial.id, Stage.MID, {**MID, "proposals": "Yksin."}, seen_version=1)

    assert "form" in refused.value.problems
    assert [row.version for row in store.list_versions(session, trial.id, Stage.MID)] == [1, 2]


def test_an_evaluation_without_its_main_answers_is_refused(session, bot, names):
    trial = a_trial(session, bot, names)

    with pytest.raises(InvalidFields) as refused:
        evaluate(session, bot, trial.id, Stage.END, {"future": "x" * 4001})

    assert set(refused.value.problems) == {
        *("target_reached", "overall_assessment", "lessons_learned", "future")
    }


def test_a_coordinator_decides_and_nobody_else(session, bot, names):
    trial = a_trial(session, bot, names)

    with pytest.raises(NotAllowed):
        decide(session, names, trial.id, "stop", by=WRITER)
    with pytest.raises(InvalidFields) as refused:
        decide(session, names, trial.id, "maybe", reason="")

    assert set(refused.value.problems) == {"decision", "reason"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"title", "place", "starts_on", "mid_on", "ends_on", "channel"}),
        ({"mid_on": "1.9.2026"}, {"mid_on"}),
        ({"ends_on": "1.11.2026"}, {"ends_on"}),
        ({"campaign": "9", "follows": "x"}, {"campaign", "follows"}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_at_its_fields(fields, wrong):
    right = {
        "title": "Kirjastossa",
        "place": "Kirjasto",
        "channel": "library",
        "starts_on": "1.10.2026",
        "mid_on": "1.11.2026",
        "ends_on": "1.12.2026",
    }
    with pytest.raises(InvalidFields) as refused:
        trial_deeds.parse_plan({**right, **fields} if fields else {}, known=Known())

    assert set(refused.value.problems) == wrong


# Practice descriptions


def test_a_practice_is_described_in_seven_questions_and_versions(session, bot, names):
    form = read_practice_form(bot.templates)
    row = practices.save(
        session, "Päivystys", {"model_summary": "Joka maanantai."}, form=form, names=names, by=WRITER, now=NOW
    )
    practices.save(
        session,
        "Päivystys seurakunnalla",
        {"model_summary": "Joka tiistai."},
        form=form,
        names=names,
        practice_id=row.id,
        seen_version=1,
        by=COORDINATOR,
        now=NOW,
    )

    described = practices.describe(session, row.id or 0, form)

    assert len(described.answers) == 7
    assert (described.title, described.version, described.answers[0][1]) == (
        *("Päivystys seurakunnalla", 2, "Joka tiistai."),
    )


def test_an_example_that_may_show_a_client_waits_for_a_look(session, bot, names):
    with pytest.raises(Recognisable):
        practices.save(
            session,
            "Päivystys",
            {"model_summary": "Joka maanantai.", "client_example": "Mies muutti Raumalle ja sai avun."},
            form=read_practice_form(bot.templates),
            names=names,
            by=WRITER,
            now=NOW,
        )


# The forms' content


def test_the_forms_hold_every_question_of_the_report_in_its_wording(bot):
    trial, practice = read_trial_form(bot.templates), read_practice_form(bot.templates)

    keys = {stage: [question.key for question in trial.stages[stage]] for stage in Stage}

    assert keys[Stage.START] == [
        *("target_group", "problem_to_solve", "description", "resources_needed"),
        *("expectations_positive", "expectations_negative", "evaluation_method"),
    ]
    assert keys[Stage.END][-2:] == ["future", "lessons_learned"]
    assert trial.stages[Stage.MID][0].words["fi"] == "Tavoitettiinko suunniteltu kohderyhmä?"
    assert [question.words["fi"][:2] for question in practice.questions] == [f"{n}." for n in range(1, 8)]


# Comparing


def value(row):
    return None if row.per_hour is None else row.per_hour.value


def test_two_channels_are_told_apart_only_where_the_cases_suffice():
    many, few = Totals(worker_minutes=600, contacts=60), Totals(worker_minutes=600, contacts=6)

    assert judge(many, few)[0] is Verdict.MORE
    assert judge(few, many)[0] is Verdict.FEWER
    assert judge(few, Totals(worker_minutes=600, contacts=9))[0] is Verdict.UNCERTAIN
    assert judge(few, Totals(contacts=9))[0] is Verdict.NOT_AVAILABLE
    assert judge(Totals(worker_minutes=60), Totals(worker_minutes=60))[0] is Verdict.UNCERTAIN


def test_channels_and_trials_of_a_period_are_compared_on_one_measure(session, bot, names):
    trial = a_trial(session, bot, names)
    keep(session, names, a_visit(contacts=40, trial_id=trial.id))
    keep(session, names, a_visit(contacts=1, channel=Channel.MALL, place="Mylly", minutes=600))
    keep(session, names, a_visit(contacts=99, held_on=TODAY - timedelta(days=400)))

    found = compare(
        session,
        since=date(2026, 11, 1),
        until=date(2026, 11, 30),
        zone=bot.settings.zone,
        against="channel:library",
    )

    rows = {row.key: row for row in found.rows}
    assert set(rows) == {"channel:mall", "channel:library", f"trial:{trial.id}"}
    assert value(rows["channel:library"]) == 10
    assert rows["channel:mall"].verdict is Verdict.FEWER
    assert rows[f"trial:{trial.id}"].verdict is Verdict.UNCERTAIN


def test_the_pages_contacts_are_counted_by_the_program_and_its_hours_by_hand(
    session, bot, names, answered_thread
):
    without_hours = compare(session, since=TODAY, until=TODAY, zone=bot.settings.zone)
    keep(session, names, a_visit(channel=Channel.PAGE, place="Sivu", contacts=0, minutes=60, workers=1))
    with_hours = compare(session, since=TODAY, until=TODAY, zone=bot.settings.zone)

    (before,), (after,) = without_hours.rows, with_hours.rows
    assert (before.channel, before.totals.contacts, before.per_hour) == (Channel.PAGE, 1, None)
    assert value(after) == 1
    assert with_hours.against == "channel:page"


@pytest.fixture
def answered_thread(session, bot):
    from social_bot.answering.store import Direction, MessageRow, SendState, ThreadRow

    thread = ThreadRow(page_id=PAGE, contact_index="a", contact_sealed=b"a", created_at=NOW)
    session.add(thread)
    session.flush()
    for number in range(2):
        session.add(
            MessageRow(
                thread_id=thread.id or 0,
                page_id=PAGE,
                direction=Direction.OUTBOUND,
                at=NOW,
                mid_index=f"m{number}",
                text_sealed=b"",
                send_state=SendState.SENT,
            )
        )
    session.flush()


def owed(session) -> list[tuple[str, str]]:
    """What people are told of trials, as it stands now."""
    rows = alerts.unacknowledged(session)
    return [(row.subject, row.occasion) for row in rows if row.kind is AlertKind.EVALUATION_DUE]


def remind(session, *, days: int = 0) -> None:
    later = NOW + timedelta(days=days)
    remind_of_evaluations(session, today=later.date(), now=later)


def test_people_are_reminded_of_each_evaluation_once_and_no_longer_than_it_is_owed(session, bot, names):
    trial_id = a_trial(session, bot, names).id

    remind(session)
    remind(session)
    at_mid = owed(session)
    remind(session, days=31)
    at_end = owed(session)

    assert at_mid == [(f"trial:{trial_id}", f"mid {TODAY - timedelta(days=10)}")]
    assert at_end == [(f"trial:{trial_id}", f"end {TODAY + timedelta(days=30)}")]


def test_a_trial_of_which_nothing_is_owed_reminds_nobody(session, bot, names):
    trial_id = a_trial(session, bot, names).id
    remind(session)

    evaluate(session, bot, trial_id, Stage.MID, MID)
    remind(session)

    assert owed(session) == []
