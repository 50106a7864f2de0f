"""Campaigns, tables and the emergency stop on the command line."""

import pytest

from tests.cli.test_commands import PAGE, add_post, ready, run

__all__ = ["ready", "run"]

SLUG, PHONE = "meet_the_team", "phone_main=0XX XXX XXXX"


@pytest.fixture
def started(ready):
    done = ready(
        *("campaign", "start", SLUG, "--page", PAGE, "--start", "2030-12-02"),
        *("--author", "Writer", "--approver", "Approver", "--json", "--set", PHONE),
    )
    assert done.code == 0, done.err
    return str(done.json["id"])


def states(ready) -> set[str]:
    return {post["state"] for post in ready("post", "list", "--json").json}


def test_a_campaign_pauses_goes_on_and_ends(ready, started):
    paused = ready("campaign", "pause", started, "--by", "Writer", "--reason", "Aika muuttuu", "--json")
    states_paused = states(ready)
    resumed = ready("campaign", "resume", started, "--by", "Writer", "--json")
    states_resumed = states(ready)
    ended = ready("campaign", "end", started, "--by", "Writer", "--json")

    assert len(paused.json["posts"]) == len(resumed.json["posts"]) == len(ended.json["posts"]) > 2
    assert (states_paused, states_resumed, states(ready)) == ({"held"}, {"scheduled"}, {"cancelled"})


def test_a_copy_shows_its_plan_first_and_starts_on_the_same_weekday(ready, started):
    checked = ready("campaign", "copy", started, "--by", "Writer", "--check", "--json")
    before = len(ready("post", "list", "--json").json)
    copied = ready("campaign", "copy", started, "--by", "Writer", "--json")

    assert checked.json["start"] == copied.json["start"] == "2031-12-01"
    assert len(ready("post", "list", "--json").json) == 2 * before


def test_an_exported_campaign_passes_the_check_and_plans_the_same(ready, started, tmp_path):
    path = tmp_path / "oma.yaml"

    exported = ready("campaign", "export", started, "--output", str(path), "--json")
    again = ready("campaign", "export", started, "--output", str(path))
    check = ready("campaign", "check", str(path), "--json")
    plans = [
        ready("campaign", "plan", *each, "--page", PAGE, "--start", "2030-12-02", "--json").json["posts"]
        for each in ((str(path),), (SLUG, "--set", PHONE))
    ]

    assert exported.code == 0
    assert again.code == 1
    assert check.json[0]["ok"]
    assert plans[0] == plans[1]


def test_a_stop_holds_status_tells_and_a_release_gives_back(ready):
    add_post(ready, "--approver", "Approver")
    stopped = ready("stop", "--by", "Writer", "--reason", "Väärä numero", "--answers", "--json")
    status = ready("stop", "status", "--json")
    refused = ready("stop", "release", "--by", "Writer")
    released = ready("stop", "release", "--by", "Approver", "--json")

    assert stopped.json["held"] == [1]
    assert (status.json["held"], status.json["stops"][0]["reason"]) == (1, "Väärä numero")
    assert status.json["stops"][0]["answers"] is True
    assert refused.code != 0
    assert released.json["posts"] == [{"id": 1, "state": "scheduled"}]
    assert ready("stop", "status").out == "Nothing is stopped.\n"


@pytest.mark.parametrize(
    "arguments", [("stop",), ("stop", "--by", "Writer"), ("stop", "release", "--by", "Approver")]
)
def test_a_stop_says_what_it_lacks(ready, arguments):
    done = ready(*arguments)

    assert done.code != 0
    assert "Say w" in done.err


def test_a_table_is_checked_then_written_whole(ready, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("aika;teksti fi\n2.12.2030 9.00;Yksi\n3.12.2030 9.00;Kaksi\n", encoding="utf-8")
    bad.write_text("aika;teksti fi\n2.12.2030 9.00;Yksi\nhuomenna;\n", encoding="utf-8")
    common = ("--page", PAGE, "--author", "Writer", "--json")

    refused = ready("post", "import", str(bad), *common)
    checked = ready("post", "import", str(good), "--check", *common)
    nothing_yet = ready("post", "list", "--json").json
    written = ready("post", "import", str(good), *common)
    again = ready("post", "import", str(good), *common)

    assert refused.code == 1
    assert [(each["row"], each["column"]) for each in refused.json["problems"]] == [
        (3, "aika"),
        (3, "teksti fi"),
    ]
    assert (checked.json["new"], nothing_yet) == (2, [])
    assert [post["text"] for post in written.json["posts"]] == ["Yksi", "Kaksi"]
    assert (again.json["new"], again.json["already_there"]) == (0, {"2": 1, "3": 2})
