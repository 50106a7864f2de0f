"""trial, visit and partner, as scripts use them."""

# ruff: noqa: F811  (fixtures are named where they are used)

import pytest

from tests.cli.test_commands import ready, run  # noqa: F401  (fixtures)

START = """target_group: Nuoret
problem_to_solve: Palvelua ei löydetä.
description: Kahdestaan aulassa.
"""
VISIT = (
    *("visit", "add", "--place", "Kirjasto", "--channel", "library", "--day", "2026-01-20", "--hours", "2"),
    *("--workers", "2", "--contacts", "5", "--by", "Writer", "--json"),
)


@pytest.fixture
def with_trial(ready, tmp_path):
    answers = tmp_path / "start.yaml"
    answers.write_text(START, encoding="utf-8")
    assert ready("operator", "add", "Coordinator", "--role", "coordinator").code == 0
    added = ready(
        *("trial", "add", "Kirjaston aulassa", "--place", "Kirjasto", "--channel", "library"),
        *("--starts", "2026-01-05", "--mid", "2026-02-02", "--ends", "2026-03-30"),
        *("--answers", str(answers), "--by", "Writer", "--json"),
    )
    assert added.json == {"id": 1, "title": "Kirjaston aulassa"}
    return ready


def test_a_visit_is_added_once_under_its_key_and_listed(ready):
    key = "6f0d3b0e-54f0-4c3e-9f0a-0e6f5d4f7a11"
    first = ready(*VISIT, "--key", key)
    again = ready(*VISIT, "--key", key)
    near = ready(*(each for each in VISIT if each not in ("--channel", "library")))
    listed = ready("visit", "list", "--json")

    assert (first.json["is_new"], again.json["is_new"]) == (True, False)
    assert near.json["channel"] == "library"  # that of the last visit there
    assert [each["contacts"] for each in listed.json] == [5, 5]
    assert listed.json[0]["declined"] is None


def test_what_is_wrong_with_a_visit_is_said_whole(ready):
    done = ready(*VISIT[:-3], "--by", "Writer", "--guided-on", "9", "--note", "Soita 040 123 4567")

    assert done.code != 0
    assert "You talked with 5 people, but 9" in done.err


def test_a_note_with_a_phone_number_needs_a_look(ready):
    refused = ready(*VISIT, "--note", "Soita 040 123 4567")
    kept = ready(*VISIT, "--note", "Soita 040 123 4567", "--checked")

    assert refused.code != 0
    assert "say that you have checked it" in refused.err
    assert kept.code == 0


def test_a_file_is_taken_in_whole_or_not_at_all(ready, tmp_path):
    file = tmp_path / "visits.csv"
    file.write_text(
        "place;channel;day;hours;workers;contacts\nTori;street;20.1.2026;2;2;3\nTori;kuu;20.1.2026;2;2;x\n"
    )
    refused = ready("visit", "import", str(file), "--by", "Writer", "--json")
    file.write_text("place;channel;day;hours;workers;contacts\nTori;street;20.1.2026;2;2;3\n")
    taken = ready("visit", "import", str(file), "--by", "Writer", "--json")
    again = ready("visit", "import", str(file), "--by", "Writer")

    assert refused.code == 1
    assert [(each["row"], each["column"]) for each in refused.json] == [(3, "channel"), (3, "contacts")]
    assert len(taken.json) == 1
    assert again.code != 0
    assert "taken in this file before" in again.err


def test_a_trial_is_listed_shown_and_decided(with_trial):
    with_trial(*VISIT, "--trial", "1")
    refused = with_trial("trial", "decide", "1", "stop", "--reason", "Ei toimi.", "--by", "Writer")
    decided = with_trial(
        *(
            "trial",
            "decide",
            "1",
            "stop",
            "--reason",
            "Aulassa ei voi puhua.",
            "--by",
            "Coordinator",
            "--json",
        )
    )
    (listed,) = with_trial("trial", "list", "--json").json
    shown = with_trial("trial", "show", "1", "--json").json
    printed = with_trial("trial", "show", "1").out

    assert refused.code != 0
    assert decided.json["decision"] == "stop"
    assert (listed["state"], listed["due"], listed["times"], listed["per_hour"]) == (
        "stopped",
        "end",
        1,
        1.25,
    )
    assert shown["stages"]["start"]["answers"]["target_group"] == "Nuoret"
    assert shown["decisions"][0]["reason"] == "Aulassa ei voi puhua."
    assert "[start] Kohderyhmä Nuoret" in printed


def test_partners_are_organisations(ready):
    added = ready("partner", "add", "Kela", "--kind", "kela", "--name-sv", "FPA", "--by", "Writer")
    person = ready("partner", "add", "Pekka Virtanen", "--kind", "other", "--by", "Writer")

    assert added.code == 0
    assert person.code != 0
    assert [each["name_sv"] for each in ready("partner", "list", "--json").json] == ["FPA"]
