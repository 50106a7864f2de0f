"""The mystery client: scripts that are read with care, played by the real inbox, and judged point by point."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from social_bot.answering.inbox import Inbox
from social_bot.answering.mystery import copy_content, play
from social_bot.answering.replies import approve_texts
from social_bot.answering.scripts import Script, read_scripts
from social_bot.answering.store import MessageRow, ThreadRow
from social_bot.assets import folder
from social_bot.errors import InvalidInput
from social_bot.organisation import directory
from tests.conftest import APPROVER, NOW

SHIPPED = sorted((folder("templates") / "conversations").glob("*.yaml"))
HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def inbox(bot, models):
    return Inbox(database=bot.database, models=models, gather=bot.organisation, own_app_id="1")


def play_one(inbox, *turns, content=None, is_live=False, **head):
    script = Script.model_validate({"title": "T", "source": "S", "language": "fi", "turns": turns, **head})
    (score,) = play(
        [script],
        inbox,
        content=content,
        templates=folder("templates"),
        zone=HELSINKI,
        is_live=is_live,
        now=NOW,
    )
    return score


def problems_of(tmp_path, text, name="script.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput) as refusal:
        read_scripts([path])
    return [line.removeprefix(f"{path}:") for line in str(refusal.value).splitlines()]


HEAD = "title: T\nsource: S\nlanguage: fi\n"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (HEAD + "turns:\n  - resident: moi\n    expect: {lane: swift}\n", 6, "turns.1.expect.lane"),
        (HEAD + "turns:\n  - resident: moi\n    expect:\n      contain: [a]\n", 7, "turns.1.expect.contain"),
        (HEAD + "turns:\n  - resident: moi\n  - expect: {silence: true}\n", 6, "turns.2.resident"),
        (HEAD + 'at: "25:99"\nturns:\n  - resident: moi\n', 4, "at"),
        (HEAD + "turns: []\n", 1, "the whole file"),
        ("source: S\nlanguage: fi\nturns:\n  - resident: moi\n", 1, "title"),
        (
            HEAD + "turns:\n  - resident: moi\n    expect: {silence: true, lane: general}\n",
            6,
            "turns.1.expect",
        ),
        (HEAD + "turns:\n  - resident: {button: 7}\n", 5, "turns.1.resident.button"),
        ("- a\n", 1, "the whole file"),
        ("", 1, "the whole file"),
    ],
)
def test_what_is_wrong_in_a_script_is_told_with_file_line_and_key(tmp_path, text, line, key):
    problems = problems_of(tmp_path, text)

    assert any(problem.startswith(f"{line}: {key}: ") for problem in problems), problems


def test_a_file_that_is_no_yaml_is_told_with_its_line(tmp_path):
    (problem,) = problems_of(tmp_path, HEAD + "turns: [\n  - a: b: c\n")

    assert problem.startswith("5: ")


def test_a_script_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInput, match=r"nowhere\.yaml"):
        read_scripts([tmp_path / "nowhere.yaml"])


def test_the_scripts_that_ship_are_read_and_name_their_source():
    scripts = read_scripts(SHIPPED)

    assert len(scripts) >= 12
    assert "Vasso" in scripts[0].source
    assert all(script.source and script.turns[0].line for script in scripts)
    assert len({script.language for script in scripts}) >= 4


@pytest.fixture(scope="module")
def scores(models, models_cache, tmp_path_factory):
    """The shipped scripts played once, against the shipped texts."""
    from social_bot.bootstrap import build
    from social_bot.settings import Settings

    bot = build(Settings(data_dir=tmp_path_factory.mktemp("mystery"), cache_dir=models_cache))
    inbox = Inbox(database=bot.database, models=models, gather=bot.organisation, own_app_id="1")
    played = play(
        read_scripts(SHIPPED),
        inbox,
        content=None,
        templates=bot.templates,
        zone=HELSINKI,
        is_live=False,
        now=NOW,
    )
    bot.close()
    return {Path(score.script.file).stem: score for score in played}


@pytest.mark.parametrize(
    "name",
    [path.stem for path in SHIPPED],
)
def test_every_shipped_conversation_goes_as_it_should(scores, name):
    misses = [f"line {turn.turn.line}: {miss}" for turn in scores[name].turns for miss in turn.misses]

    assert misses == []
    assert scores[name].points == scores[name].most > 0


def test_nothing_that_a_resident_writes_is_said_back(scores):
    said = [
        (word, text)
        for score in scores.values()
        for turn in score.turns
        for text in turn.heard.texts
        for word in str(turn.turn.resident).split()
        if any(mark.isdigit() for mark in word) and len(word) > 3 and word in text
    ]

    assert said == []


def test_a_met_and_a_missed_expectation_are_both_counted(inbox):
    score = play_one(
        inbox,
        {
            "resident": "Milloin olette auki?",
            "expect": {"topic": "debt", "contains": ["112"], "contains_not": ["automaattinen"]},
        },
    )

    (turn,) = score.turns
    assert (turn.points, turn.most) == (2, 4)
    assert any(miss.startswith("topic: wanted debt, got ") for miss in turn.misses)
    assert '"automaattinen" must not be said' in turn.misses


def test_silence_where_words_were_wanted_is_a_miss_and_the_reverse(inbox):
    score = play_one(
        inbox,
        {"resident": {"sticker": True}, "expect": {"silence": True}},
        {"resident": {"sticker": True}},
    )

    assert [turn.misses for turn in score.turns] == [("something was said",), ("nothing was said",)]


def test_an_alert_that_must_not_be_is_a_miss(inbox):
    score = play_one(
        inbox,
        {"resident": "mies hakkaa mua nyt", "expect": {"alert": "none"}},
        {"resident": "Milloin olette auki?", "expect": {"alert": "crisis"}},
    )

    assert [turn.misses[-1] for turn in score.turns] == [
        "alert: wanted none, got crisis",
        "alert: wanted crisis, got none",
    ]


def test_the_running_content_is_what_is_played_against(bot, inbox):
    turn = {"resident": "Milloin olette auki?", "expect": {"contains": ["0XX XXX XXXX", "klo 9–15"]}}
    with bot.database.read() as session:
        content = copy_content(session)

    assert play_one(inbox, turn, content=content).turns[0].misses == ()
    assert len(play_one(inbox, turn).turns[0].misses) == 2  # the shipped texts know no number


def test_on_a_live_page_only_approved_texts_are_said(bot, inbox):
    turn = {"resident": "Milloin olette auki?", "expect": {"silence": True}}
    with bot.database.write() as session:
        before = copy_content(session)
        approve_texts(session, ["crisis_numbers"], by=APPROVER, now=NOW)
        after = copy_content(session)

    silent = play_one(inbox, turn, content=before, is_live=True)
    spoken = play_one(inbox, {"resident": "Milloin olette auki?"}, content=after, is_live=True)
    assert silent.turns[0].misses == ()
    assert spoken.turns[0].heard.keys == ("crisis_numbers",)


def test_by_night_the_desk_is_closed_and_by_day_it_is_open(bot, inbox):
    turn = {"resident": "Moi"}
    with bot.database.write() as session:
        directory.put(session, "hours", "ma-pe 9-15", now=NOW, by="test", zone=HELSINKI)
        content = copy_content(session)

    night = play_one(inbox, turn, content=content, at="02:40")
    day = play_one(inbox, turn, content=content)
    assert "closed" in night.turns[0].heard.keys
    assert "closed" not in day.turns[0].heard.keys


def test_playing_leaves_nothing_behind(bot, inbox):
    play_one(inbox, {"resident": "mies hakkaa mua nyt"})

    with bot.database.read() as session:
        assert session.exec(select(ThreadRow)).all() == session.exec(select(MessageRow)).all() == []
