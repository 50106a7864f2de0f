"""The command line as scripts use it: arguments, JSON, exit codes, sentences."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from social_bot import cli
from social_bot.cli.app import app

PAGE = "100200300"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@dataclass
class Done:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys, models_cache):
    """Run a command in this process, on a data folder of its own."""
    monkeypatch.setenv("SOCIAL_BOT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SOCIAL_BOT_CACHE_DIR", str(models_cache))

    def run(*arguments: str, stdin: str = "") -> Done:
        import io
        import sys

        monkeypatch.setattr(sys, "argv", ["social-bot", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


@pytest.fixture
def ready(run):
    """An upgraded database with a writer, an approver and a page."""
    for arguments in (
        ["db", "upgrade"],
        ["operator", "add", "Writer", "--role", "writer"],
        ["operator", "add", "Approver", "--role", "approver", "--role", "writer"],
    ):
        assert run(*arguments).code == 0
    assert run("page", "add", "--id", PAGE, "--name", "Neuvonta", "--token-stdin", stdin="token\n").code == 0
    return run


def add_post(
    run: Callable[..., Done], *more: str, at: str = "2030-12-02 09:00", author: str = "Writer"
) -> Done:
    return run(
        "post", "add", "--page", PAGE, "--at", at, "--text", "Hei", "--author", author, "--json", *more
    )


def test_every_command_has_help_with_an_example():
    import typer.main

    def commands(group, path: Sequence[str] = ()):
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from commands(command, (*path, name))
            else:
                yield (*path, name), command

    found = list(commands(typer.main.get_command(app)))

    assert len(found) > 20
    assert [path for path, command in found if not command.epilog or not command.help] == []


def test_wrong_usage_ends_with_two(run):
    assert run("post", "add", "--nonsense").code == 2
    assert run("ask").code == 2


@pytest.mark.parametrize("command", [["work"], ["serve"], ["post", "list"], ["page", "list"]])
def test_a_database_that_is_not_up_to_date_is_refused_with_the_command(run, command):
    done = run(*command)

    assert done.code == 1
    assert "social-bot db upgrade" in done.err


def test_operators_are_listed_with_their_roles(ready):
    listed = ready("operator", "list", "--json").json

    assert [(each["name"], each["roles"]) for each in listed] == [
        ("Approver", ["approver", "writer"]),
        ("Writer", ["writer"]),
    ]


def test_a_post_with_an_approver_is_scheduled_and_without_one_a_draft(ready):
    scheduled = add_post(ready, "--approver", "Approver").json
    draft = add_post(ready).json

    assert (scheduled["state"], draft["state"]) == ("scheduled", "draft")
    assert scheduled["at"] == "2030-12-02T07:00:00+00:00"
    listed = ready("post", "list", "--page", PAGE, "--json").json
    assert [row["id"] for row in listed] == [scheduled["id"], draft["id"]]
    assert {"id", "page", "state", "at", "external_id", "text", "attempts", "reason"} <= set(listed[0])


@pytest.mark.parametrize(
    ("more", "changes", "sentence"),
    [
        (["--approver", "Writer"], {}, "does not hold the role approver"),
        (["--approver", "Approver"], {"author": "Approver"}, "somebody other than the author"),
        (["--approver", "Nobody"], {}, "no operator called"),
        ([], {"author": "Nobody"}, "no operator called"),
        ([], {"at": "2027-03-28 03:30"}, "does not exist"),
        ([], {"at": "2027-10-31 03:30"}, "fold"),
        ([], {"at": "2020-01-01 09:00"}, "ago"),
        ([], {"at": "huomenna"}, ""),
        (["--image", "missing.png", "--alt", "x"], {}, "cannot be read"),
    ],
)
def test_a_post_that_cannot_be_is_refused_with_a_sentence(ready, more, changes, sentence):
    done = add_post(ready, *more, **changes)

    assert done.code == 1
    assert sentence in done.err
    assert "Traceback" not in done.err
    assert ready("post", "list", "--json").json == []


def test_the_doubled_hour_is_told_apart(ready):
    first = add_post(ready, "--fold", "first", at="2027-10-31 03:30").json
    second = add_post(ready, "--fold", "second", at="2027-10-31 03:30").json

    assert first["at"] == "2027-10-31T00:30:00+00:00"
    assert second["at"] == "2027-10-31T01:30:00+00:00"


def test_an_image_needs_an_alternative_text_or_the_word_decorative(ready, tmp_path):
    picture = tmp_path / "kuva.png"
    picture.write_bytes(PNG)

    assert "alternative texts" in add_post(ready, "--image", str(picture)).err
    assert add_post(ready, "--image", str(picture), "--alt", "Kirjaston ovi").code == 0
    assert add_post(ready, "--image", str(picture), "--decorative").code == 0


def test_what_a_page_would_stop_is_a_warning_here_and_refuses_nothing(ready):
    done = add_post(ready, "--link", "https://bit.ly/abc", "--approver", "Approver", at="2030-12-02 23:00")

    assert (done.code, done.json["state"]) == (0, "scheduled")
    assert [(each["check"], each["severity"]) for each in done.json["warnings"]] == [
        ("short_link", "block"),
        ("at_night", "warning"),
    ]
    assert all(each["sentence"] and each["next_step"] for each in done.json["warnings"])


def test_a_post_that_is_in_order_has_no_warnings(ready):
    assert add_post(ready).json["warnings"] == []


def test_a_plan_tells_what_the_checks_find(ready):
    plan = ready(
        *("campaign", "plan", "campaigns/meet_the_team.yaml", "--page", PAGE, "--start", "2030-12-02"),
        *("--set", "phone_main=0XX XXX XXXX", "--json"),
    )

    assert {tuple(post["warnings"]) for post in plan.json["posts"]} == {()}


def test_what_is_no_picture_is_refused(ready, tmp_path):
    picture = tmp_path / "kuva.png"
    picture.write_bytes(b"GIF89a")

    assert "neither a JPEG nor a PNG" in add_post(ready, "--image", str(picture), "--alt", "x").err


def test_an_unknown_page_is_refused(ready):
    done = ready(
        "post", "add", "--page", "1", "--at", "2030-12-02 09:00", "--text", "Hei", "--author", "Writer"
    )

    assert done.code == 1
    assert "no page 1" in done.err


def test_a_draft_is_approved_by_another_and_cancelled(ready):
    post_id = str(add_post(ready).json["id"])

    assert ready("post", "approve", post_id, "--by", "Approver", "--json").json["state"] == "scheduled"
    assert ready("post", "cancel", post_id, "--by", "Somebody").code == 1
    assert ready("post", "cancel", post_id, "--json").json["state"] == "cancelled"
    assert ready("post", "cancel", post_id, "--by", "Writer").code == 1


def test_only_an_unconfirmed_post_is_resolved(ready):
    post_id = str(add_post(ready, "--approver", "Approver").json["id"])

    done = ready("post", "resolve", post_id, "--there", f"{PAGE}_1")

    assert done.code == 1
    assert "scheduled cannot become published" in done.err
    assert ready("post", "resolve", post_id).code == 2


def test_a_ready_made_campaign_is_planned_and_started(ready):
    arguments = ("--page", PAGE, "--start", "2030-12-02", "--set", "phone_main=02 123 4567", "--json")

    plan = ready("campaign", "plan", "campaigns/meet_the_team.yaml", *arguments)
    started = ready(
        "campaign",
        "start",
        "campaigns/meet_the_team.yaml",
        *arguments,
        "--author",
        "Writer",
        "--approver",
        "Approver",
    )

    assert plan.code == 0
    assert len(plan.json["posts"]) == len(started.json["posts"])
    assert {post["state"] for post in started.json["posts"]} == {"scheduled"}
    assert ready("stats", "goals", "--json").json[0]["campaign"] == "meet_the_team"


def test_a_missing_field_of_a_campaign_is_named_with_an_example(ready):
    done = ready("campaign", "plan", "campaigns/mall_visit.yaml", "--page", PAGE, "--start", "2030-12-02")

    assert done.code == 1
    assert "--set room" in done.err


def test_a_broken_campaign_file_is_told_with_its_line(run, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("title: {fi: Hei}\nnonsense: 1\n")

    done = run("campaign", "check", str(path), "--json")

    assert done.code == 1
    problems = done.json[0]["problems"]
    assert {"file", "line", "key", "problem"} <= set(problems[0])
    assert any(problem["key"] == "nonsense" and problem["line"] == 2 for problem in problems)


def test_going_live_is_refused_for_each_thing_that_is_missing_and_then_allowed(ready):
    refused = ready("page", "add", "--id", PAGE, "--name", "Neuvonta", "--live")
    for key in ("phone_main", "social_emergency"):
        ready("settings", "set", key, "02 123 4567")
    ready("texts", "approve", "--all", "--by", "Approver")
    allowed = ready("page", "add", "--id", PAGE, "--name", "Neuvonta", "--live", "--json")

    assert refused.code == 1
    assert all(word in refused.err for word in ("phone_main", "social_emergency", "crisis texts"))
    assert allowed.code == 0
    assert allowed.json["live"] is True
    assert any("SOCIAL_BOT_APP_SECRET" in warning for warning in allowed.json["warnings"])
    served = ready("serve")
    assert served.code == 1
    for name in ("APP_ID", "APP_SECRET", "VERIFY_TOKEN", "SECRET_KEYS"):
        assert f"A live page needs the setting SOCIAL_BOT_{name}." in served.err


def test_the_role_chooser_is_not_served_to_other_machines(ready):
    done = ready("serve", "--host", "0.0.0.0")

    assert done.code == 1
    assert "--public-only" in done.err


def test_texts_are_approved_but_for_those_that_a_speaker_must_check(ready):
    done = ready("texts", "approve", "--all", "--by", "Approver", "--json").json
    listed = ready("texts", "list", "--json").json

    assert "other_language.ru" in done["left_out"]
    assert {row["approved"] for row in listed if not row["needs_speaker"]} == {True}
    assert {row["approved"] for row in listed if row["needs_speaker"]} == {False}


def test_settings_are_listed_with_the_day_of_their_check(ready):
    ready("settings", "set", "hours", "ma-pe 9-15")
    listed = {row["key"]: row for row in ready("settings", "list", "--json").json}

    assert listed["hours"]["checked_on"] is not None
    assert listed["emergency"]["value"] == "112"
    assert listed["phone_main"]["value"] is None
    assert ready("settings", "set", "nonsense", "x").code == 1


def test_ask_works_on_a_machine_where_nothing_is_set_up(run):
    answer = run("ask", "En halua enää elää", "--json").json

    assert set(answer) == {
        *("language", "topic", "confidence", "lane", "crisis_kind", "personal_data"),
        *("reply", "quick_replies", "hand_off"),
    }
    assert (answer["lane"], answer["crisis_kind"], answer["hand_off"]) == ("crisis", "suicide", True)
    assert answer["reply"]["key"] == "crisis_suicide"
    assert answer["reply"]["approved"] is False
    assert "112" in answer["reply"]["text"]


def test_ask_answers_line_by_line_in_order(run):
    lines = [json.dumps({"text": text}) for text in ("Moi", "Tack", "What time do you open?")]

    done = run("ask", "--jsonl", stdin="\n".join(lines))

    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["language"] for answer in answers] == ["fi", "sv", "en"]
    assert [answer["lane"] for answer in answers][:2] == ["greeting", "greeting"]


def test_a_line_that_is_no_json_is_named(run):
    done = run("ask", "--jsonl", stdin='{"text": "Moi"}\nmoi\n')

    assert done.code == 1
    assert "Line 2" in done.err


def test_nothing_is_printed_beside_the_json(ready):
    for command in (
        ["page", "list"],
        ["inbox", "list"],
        ["comment", "list"],
        ["callback", "list"],
        ["stats", "goals"],
        ["operator", "list"],
    ):
        assert isinstance(ready(*command, "--json").json, list)


@pytest.fixture
def waiting(ready, tmp_path):
    """A request to be phoned beside what is ready."""
    from social_bot.answering import callbacks
    from social_bot.bootstrap import build
    from social_bot.settings import Settings

    bot = build(Settings(data_dir=tmp_path / "data"))
    with bot.database.write() as session:
        callbacks.request(
            session,
            phone="040 123 4567",
            language="fi",
            organisation=bot.organisation(session),
            database=bot.database,
            now=bot.now(),
        )
    bot.close()
    return ready


def test_a_call_is_taken_on_tried_and_made_without_its_number_being_shown(waiting):
    taken = waiting("callback", "assign", "1", "--by", "Writer", "--json")
    given = waiting("callback", "assign", "1", "--by", "Writer", "--to", "Approver", "--json")
    tried = waiting("callback", "no-answer", "1", "--by", "Approver", "--json")
    done = waiting("callback", "reached", "1", "--by", "Approver", "--json")
    late = waiting("callback", "cancel", "1", "--by", "Approver")

    assert (taken.json["assigned_to"], given.json["assigned_to"]) == ("Writer", "Approver")
    assert (tried.json["state"], tried.json["tries"]) == ("assigned", 1)
    assert (done.json["state"], done.json["tries"]) == ("done", 2)
    assert late.code == 1
    assert "done already" in late.err
    assert "4567" not in "".join(each.out for each in (taken, given, tried, done))


def test_a_call_is_cancelled_by_a_writer_only(waiting):
    refused = waiting("callback", "cancel", "1", "--by", "Somebody")
    done = waiting("callback", "cancel", "1", "--by", "Writer", "--json")

    assert refused.code == 1
    assert 'no operator called "Somebody"' in refused.err
    assert done.json["state"] == "cancelled"


SCRIPT = """title: Hours
source: A test.
language: fi
turns:
  - resident: Milloin olette auki?
    expect: {{topic: {topic}, contains: ["112"]}}
"""


@pytest.mark.parametrize(("topic", "code", "points"), [("appointment_contact", 0, 3), ("debt", 1, 2)])
def test_the_mystery_client_prints_a_score_and_its_code_says_whether_all_was_well(
    run, tmp_path, topic, code, points
):
    script = tmp_path / "hours.yaml"
    script.write_text(SCRIPT.format(topic=topic), encoding="utf-8")

    sheet, document = run("mystery-client", str(script)), run("mystery-client", str(script), "--json")

    assert (sheet.code, document.code) == (code, code)
    assert f"{points} of 3 points in 1 conversations." in sheet.out
    assert ("line 5: topic: wanted debt" in sheet.out) == bool(code)
    assert (document.json["points"], document.json["passed"]) == (points, not code)
    assert document.json["scripts"][0]["turns"][0]["texts"]


def test_a_script_that_cannot_be_read_is_named_with_line_and_key(run, tmp_path):
    script = tmp_path / "hours.yaml"
    script.write_text(SCRIPT.format(topic="cooking"), encoding="utf-8")

    done = run("mystery-client", str(script))

    assert done.code == 1
    assert f"{script}:6: turns.1.expect.topic: " in done.err


def test_the_month_of_the_quality_owner_is_printed_for_people_scripts_and_spreadsheets(waiting):
    from datetime import UTC, datetime

    month = f"{datetime.now(UTC):%Y-%m}"
    told = waiting("quality", "report", "--month", month)
    document = waiting("quality", "report", "--month", month, "--json")
    sheet = waiting("quality", "report", "--month", month, "--csv")

    assert "callbacks_requested: < 5" in told.out
    assert document.json["callbacks_requested"] == "< 5"
    assert document.json["texts_not_approved"] > 0
    assert f"{month};callbacks_requested;;;< 5" in sheet.out


def test_what_is_no_month_is_told(ready):
    done = ready("quality", "report", "--month", "November")

    assert done.code == 1
    assert "2026-11" in done.err


def test_a_setting_of_the_environment_that_cannot_be_used_is_named(run, monkeypatch):
    monkeypatch.setenv("SOCIAL_BOT_TIMEZONE", "Mars/Olympus")

    done = run("page", "list")

    assert done.code == 1
    assert "SOCIAL_BOT_TIMEZONE" in done.err


def test_a_page_that_cannot_be_asked_is_not_in_order(ready, monkeypatch):
    monkeypatch.setenv("SOCIAL_BOT_GRAPH_URL", "http://127.0.0.1:9")

    done = ready("page", "check", PAGE, "--json")

    assert done.code == 1
    assert done.json["ok"] is False


def test_the_demo_plays_its_whole_story(run, tmp_path, monkeypatch):
    folder = tmp_path / "kept"

    done = run("demo", "--once", "--keep", str(folder), "--json")

    assert done.code == 0, done.err
    counts = done.json
    assert (counts["posts_published"], counts["posts_on_page"]) == (3, 3)
    assert (counts["questions_right"], counts["callbacks_done"]) == (5, 1)
    monkeypatch.setenv("SOCIAL_BOT_DATA_DIR", str(folder))
    posts = run("post", "list", "--json").json
    assert len(posts) == counts["posts_planned"]
    assert sum(post["state"] == "published" for post in posts) == counts["posts_published"]
    assert (
        sum(thread["inbound"] for thread in run("inbox", "list", "--json").json)
        == counts["messages_received"]
    )
    assert (
        sum(row["state"] == "done" for row in run("callback", "list", "--json").json)
        == counts["callbacks_done"]
    )
