"""report, and the evaluations of trials from files and options, as scripts use them."""

# ruff: noqa: F811  (fixtures are named where they are used)

import sys

import pytest

from tests.cli.test_commands import ready, run  # noqa: F401  (fixtures)
from tests.cli.test_outreach import with_trial  # noqa: F401  (fixture)

MID = "target_reached: Osittain.\noverall_assessment: |\n  Kohtaamisia.\n\n  Tasaisesti.\n"
EVALUATE = ("trial", "evaluate", "1", "mid", "--by", "Writer")


@pytest.fixture
def mid(tmp_path):
    def write(text, name="mid.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


def test_a_month_is_written_in_the_form_that_the_file_is_named_for(ready, tmp_path):
    for ending, begins in (("csv", b"\xef\xbb\xbf"), ("docx", b"PK")):
        out = tmp_path / f"month.{ending}"
        done = ready("report", "month", "2026-01", "--lang", "sv", "--out", str(out))

        assert (done.code, done.out) == (0, f"Written: {out}\n")
        assert out.read_bytes().startswith(begins)


def test_a_report_without_a_file_is_named_by_itself(ready, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert ready("report", "month", "2026-01", "--page", "100200300", "--format", "csv").code == 0
    assert [path.name for path in tmp_path.glob("report*")] == ["report-2026-01-100200300-fi.csv"]


def test_a_trial_and_a_campaign_are_written_too(with_trial, tmp_path):
    out = tmp_path / "trial.html"

    assert with_trial("report", "trial", "1", "--out", str(out)).code == 0
    text = out.read_text(encoding="utf-8")
    assert "Kirjaston aulassa" in text
    assert "Mitä halutaan ratkaista?" in text


WRONG = [
    (["month", "2026-1"], "A month reads like"),
    (["month", "2990-01"], "has not come yet"),
    (["month", "2026-01", "--lang", "de"], "fi, sv or en"),
    (["month", "2026-01", "--format", "odt"], "Choose html, pdf, xlsx, csv or docx"),
    (["month", "2026-01", "--page", "1"], "page"),
    (["campaign", "nothing"], 'No campaign "nothing" has been started'),
    (["trial", "9"], "trial 9"),
    (["practice", "9"], "practice"),
]


def test_what_cannot_be_written_is_said_and_what_was_there_stays(ready, tmp_path):
    out = tmp_path / "old.html"
    out.write_text("before", encoding="utf-8")

    for arguments, sentence in WRONG:
        done = ready("report", *arguments, "--out", str(out))

        assert done.code == 1
        assert sentence in done.err
    assert out.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.glob(".old*")) == []


def test_a_place_that_cannot_be_written_is_named(ready, tmp_path):
    done = ready("report", "month", "2026-01", "--out", str(tmp_path / "no" / "a.html"))

    assert done.code == 1
    assert "could not be written" in done.err
    assert "--out" in done.err


def test_without_weasyprint_the_command_says_what_to_install(ready, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    done = ready("report", "month", "2026-01", "--out", str(tmp_path / "a.pdf"))

    assert done.code == 1
    assert "social-bot[pdf]" in done.err
    assert list(tmp_path.glob("*.pdf")) == []


def test_an_evaluation_comes_from_a_file_and_is_replaced_only_when_asked(with_trial, mid):
    first = with_trial(*EVALUATE, "--answers", mid(MID), "--json")
    again = with_trial(*EVALUATE, "--answers", mid(MID))
    changed = with_trial(*EVALUATE, "--answer", "changes_needed=Kyltti = ovelle.", "--replace", "--json")
    shown = with_trial("trial", "show", "1", "--json").json["stages"]["mid"]
    printed = with_trial("trial", "show", "1", "--lang", "sv").out

    assert first.json == {"trial": 1, "stage": "mid", "version": 1}
    assert again.code == 1
    assert "--replace" in again.err
    assert changed.json["version"] == 2
    assert shown["answers"] == {
        "target_reached": "Osittain.",
        "overall_assessment": "Kohtaamisia.\n\nTasaisesti.",
        "changes_needed": "Kyltti = ovelle.",
    }
    assert "[mid] Nåddes den planerade målgruppen? Osittain." in printed


def test_an_evaluation_may_be_json(with_trial, mid):
    text = '{"target_reached": "Kyllä.", "overall_assessment": "Toimi.", "lessons_learned": "Sama aika."}'

    done = with_trial("trial", "evaluate", "1", "end", "--by", "Writer", "--answers", mid(text, "end.json"))

    assert (done.code, done.out) == (0, "Trial 1: end is written, version 1.\n")


WRONG_FILES = [
    ("target_reached: Kyllä.\n", ["overall_assessment: Fill this in."]),
    ("target_reached: Kyllä.\nfuture: Jatkuu.\n", [".yaml:2:", "no question future", "target_reached"]),
    ("target_reached: [a, b]\n", [".yaml:1:", "target_reached", "as one text"]),
    ("target_reached: 'Kyllä\n", [".yaml:", "no YAML or JSON"]),
    ("- one\n- two\n", ["must hold keys with answers"]),
    ("target_reached: Soita 040 123 4567.\noverall_assessment: x\n", ["say that you have checked it"]),
]


def test_what_is_wrong_with_a_file_is_said_with_its_line_and_key(with_trial, mid):
    for text, sentences in WRONG_FILES:
        done = with_trial(*EVALUATE, "--answers", mid(text))

        assert done.code == 1
        assert [each for each in sentences if each not in done.err] == []
        assert "Traceback" not in done.err


def test_a_stage_that_there_is_not_and_no_answers_are_said(with_trial):
    assert "start, mid and end" in with_trial("trial", "evaluate", "1", "middle", "--by", "Writer").err
    assert "the keys are target_reached" in with_trial(*EVALUATE).err
    assert "key=text" in with_trial(*EVALUATE, "--answer", "target_reached").err


def test_the_printed_form_can_be_filled_in_and_given_back(with_trial, mid):
    form = with_trial("trial", "form", "mid").out

    assert "# Tavoitettiinko suunniteltu kohderyhmä? *\ntarget_reached: |\n" in form
    filled = form.replace("target_reached: |\n  ", "target_reached: |\n  Kyllä.").replace(
        "overall_assessment: |\n  ", "overall_assessment: |\n  Hyvin."
    )
    assert with_trial(*EVALUATE, "--answers", mid(filled)).code == 0
