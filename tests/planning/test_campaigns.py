"""Campaign files: what is wrong in them is told with line and key, and what is right becomes a plan."""

import struct
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from social_bot.assets import folder
from social_bot.errors import InvalidCampaign, InvalidInput
from social_bot.organisation.directory import KEYS
from social_bot.organisation.metrics import Metric
from social_bot.organisation.public_holidays import is_holiday
from social_bot.organisation.rendering import render
from social_bot.planning.campaigns import Campaign, CampaignPlan, plan_campaign, read_campaign

SHIPPED = sorted(folder("campaigns").glob("*.yaml"))
PICTURES = sorted((folder("campaigns") / "images").glob("*.png"))
HELSINKI = ZoneInfo("Europe/Helsinki")
START = date(2026, 12, 1)
SETTINGS: dict[str, str | None] = dict.fromkeys(KEYS) | {
    "emergency": "112",
    "phone_main": "0XX XXX XXXX",
    "phone_hours": "ma–to klo 9–15",
    "callback_link": "https://www.example.org/callback",
}

VISITS = """\
title: {fi: Käynnit, sv: Besök}
purpose: {fi: Meidät löydetään., sv: Vi hittas.}
target_group: {fi: aikuiset, sv: vuxna}
languages: [fi, sv]
goals:
  - {metric: contacts, target: 12, by: {day: 90}, why: {fi: riittää, sv: räcker}}
parameters:
  place: {label: {fi: Paikka, sv: Plats}, per_language: true, example: {fi: Malli, sv: Mall}}
  room: {label: {fi: Huone, sv: Rum}, example: A1}
  who_comes: {label: {fi: Ketkä, sv: Vilka}, default: ohjaaja, example: diakoni}
  access: {label: {fi: Kulku, sv: Väg}, required: false, example: hissi}
events:
  visit: {every: first wednesday of the month, at: "12.00", ends: "14.00", times: 2}
posts:
  - key: announce
    kind: outreach_event
    text:
      fi: |
        {{ event_day }} {{ event_time }} {{ place }}, {{ room }}: {{ who_comes }}, {{ topic }}
        ? Kulku: {{ access }}
      sv: |
        {{ event_day }} {{ event_time }} {{ place }}, {{ room }}: {{ who_comes }}, {{ topic }}
        ? Väg: {{ access }}
    values: {topic: {fi: asuminen, sv: boende}}
    moment: {event: visit, days_before: 14, at: "9.00"}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "visits.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def plan(
    campaign: Campaign,
    *,
    values: Mapping[str, str] | None = None,
    languages: Sequence[str] = ("fi", "sv"),
    start: date = START,
    settings: Mapping[str, str | None] = SETTINGS,
) -> CampaignPlan:
    return plan_campaign(
        campaign,
        start=start,
        values={"place": "Malli", "room": "A1"} if values is None else values,
        languages=languages,
        zone=HELSINKI,
        render=render,
        organisation_values=dict.fromkeys(languages, settings),
    )


def sample_values(campaign: Campaign) -> dict[str, str]:
    return {
        f"{each.key}.{language}" if each.per_language else each.key: each.example[language]
        for each in campaign.parameters
        for language in campaign.languages
    }


# The campaigns that ship with the program


def test_a_dozen_campaigns_ship_in_three_languages() -> None:
    campaigns = [read_campaign(path) for path in SHIPPED]

    assert len(campaigns) >= 12
    assert {tuple(campaign.languages) for campaign in campaigns} == {("fi", "sv", "en")}


@pytest.mark.parametrize("languages", [["fi"], ["sv"], ["fi", "sv"], ["fi", "sv", "en"]], ids="-".join)
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_campaign_plans_in_every_set_of_languages(path: Path, languages: list[str]) -> None:
    campaign = read_campaign(path)

    planned = plan(campaign, values=sample_values(campaign), languages=languages)

    assert planned.goals
    assert planned.posts
    assert all(list(post.texts) == languages for post in planned.posts)
    assert len({post.key for post in planned.posts}) == len(planned.posts)
    assert all("{{" not in text and "!" not in text for post in planned.posts for text in post.texts.values())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_campaign_asks_only_for_what_has_no_default(path: Path) -> None:
    campaign = read_campaign(path)
    needed = {each.key for each in campaign.parameters if each.required and each.default is None}
    values = {key: value for key, value in sample_values(campaign).items() if key.partition(".")[0] in needed}

    planned = plan(campaign, values=values, languages=["fi", "sv", "en"])

    assert planned.posts


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_shipped_picture_is_small_and_of_the_shared_size(path: Path) -> None:
    content = path.read_bytes()

    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (1200, 630)
    assert len(content) <= 60 * 1024


def test_every_shipped_picture_and_post_text_is_used() -> None:
    campaigns = [read_campaign(path) for path in SHIPPED]
    posts = [post for campaign in campaigns for post in campaign.posts]
    used_texts = {text for post in posts for text in post.texts.values()}
    shipped_texts = {
        path.read_text(encoding="utf-8").strip() for path in (folder("templates") / "posts").glob("*.txt")
    }

    assert {picture.path.name for post in posts for picture in post.pictures} == {
        path.name for path in PICTURES
    }
    assert used_texts == shipped_texts


# What is wrong in a file

PROBLEMS = [
    ("posts:\n", "posts:\n  - 5\n", 15, "posts.1", "Here belongs a mapping"),
    ("title: {fi: Käynnit, sv: Besök}\n", "", 1, "title", "This key is missing"),
    ("title: {fi: Käynnit, sv: Besök}", "title: {fi: Käynnit}", 1, "title.sv", "This key is missing"),
    ("title: {fi: Käynnit, sv: Besök}", "title: Käynnit", 1, "title", "Here belongs a mapping"),
    ("sv: Besök}", "sv: ''}", 1, "title.sv", "This text is empty"),
    ("sv: Besök}", "sv: [a]}", 1, "title.sv", "Here belongs a text"),
    ("sv: Besök}", "sv: Besök, de: Besuche}", 1, "title.de", "not known. Known here: fi, sv"),
    ("purpose:", "porpoise: x\npurpose:", 2, "porpoise", "Known here: title, purpose"),
    ("purpose:", "title: {fi: a, sv: b}\npurpose:", 2, "title", "here twice"),
    ("[fi, sv]", "[fi, se]", 4, "languages.2", '"se" is not known. Known: fi, sv, en'),
    ("[fi, sv]", "fi", 4, "languages", "Here belongs a list"),
    ("metric: contacts", "metric: likes", 6, "goals.1.metric", "Known: post_views"),
    ("target: 12", "target: 0", 6, "goals.1.target", "whole number from 1"),
    ("target: 12, ", "", 6, "goals.1.target", "This key is missing"),
    ("target: 12", "target: many", 6, "goals.1.target", "whole number from 1"),
    ("by: {day: 90}", "by: {}", 6, "goals.1.by", "either `day`"),
    ("by: {day: 90}", "by: {date: soon}", 6, "goals.1.by.date", 'Write "2026-12-01"'),
    ("  room: {", "  my-room: {", 9, "parameters.my-room", "letters, numbers and underscores"),
    ("required: false", "required: no", 11, "parameters.access.required", "true or false"),
    ("first wednesday", "first wendesday", 13, "events.visit.every", 'Write "monday", "second monday"'),
    ("times: 2", "times: 0", 13, "events.visit.times", "whole number from 1 to 1000"),
    (", times: 2", "", 13, "events.visit.times", "a series needs an end"),
    ("times: 2", "times: 2, day: 3", 13, "events.visit.day", "does not belong beside `every`"),
    ("times: 2", "times: 2, holidays: maybe", 13, "events.visit.holidays", "Known: keep, skip"),
    ("every: first wednesday of the month, ", "", 13, "events.visit", "The day is missing"),
    ('at: "12.00"', "at: noon", 13, "events.visit.at", "time of day"),
    ('at: "12.00"', 'at: "{{ hour }}"', 13, "events.visit.at", "A value is missing: 'hour'"),
    ("kind: outreach_event", "kind: party", 16, "posts.1.kind", "Known: hours_change, open_now"),
    (" {{ place }}, {{ room }}", " {{ place }}", 18, "posts.1.text", "must tell {{ room }}; its text in fi"),
    ("{{ topic }}\n        ? K", "{{ topic\n        ? K", 18, "posts.1.text", "not a valid template"),
    ("    text:\n", "    template: visits\n    text:\n", 15, "posts.1", "either `template`"),
    ("event: visit", "event: party", 25, "posts.1.moment.event", "There are: visit"),
    ("event: visit, ", "", 25, "posts.1.moment.days_before", "does not belong beside"),
    ("event: visit", "event: visit, day: 1", 25, "posts.1.moment.day", "does not belong beside `event`"),
    ("days_before: 14", "days_before: -1", 25, "posts.1.moment.days_before", "whole number from 0"),
    ('at: "9.00"', 'at: "25.00"', 25, "posts.1.moment.at", "No clock"),
    (
        "    values:",
        "    lateness_minutes: 0\n    values:",
        24,
        "posts.1.lateness_minutes",
        "whole number from 1",
    ),
    ("    values:", "    link: '{{ a b }}'\n    values:", 24, "posts.1.link", "not a valid template"),
    (
        "    values:",
        "    pictures: [{file: no.png, alt: {fi: a, sv: b}}]\n    values:",
        24,
        "posts.1.pictures.1.file",
        "no picture",
    ),
    (
        "    values:",
        "    pictures: [{file: visits.yaml}]\n    values:",
        24,
        "posts.1.pictures.1.alt",
        "missing",
    ),
]


@pytest.mark.parametrize("case", PROBLEMS, ids=lambda case: f"{case[3]}: {case[4]}")
def test_a_problem_is_told_with_its_file_line_and_key(
    write: Callable[[str], Path], case: tuple[str, str, int, str, str]
) -> None:
    right, wrong, line, key, sentence = case
    assert right in VISITS
    path = write(VISITS.replace(right, wrong, 1))

    with pytest.raises(InvalidCampaign) as caught:
        read_campaign(path)

    problem = next(each for each in caught.value.problems if sentence in each.sentence)
    assert (problem.file, problem.line, problem.key) == (str(path), line, key)
    assert str(problem) in str(caught.value)


def test_a_missing_template_names_those_that_exist(write: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "welcome.fi.txt").write_text("Soita {{ phone_main }}", encoding="utf-8")
    text = VISITS.partition("    text:")[0].replace("outreach_event", "service_intro")
    path = write(text + '    template: welcome\n    moment: {day: 0, at: "9.00"}\n')

    with pytest.raises(InvalidCampaign) as caught:
        read_campaign(path, templates=tmp_path)

    assert [(each.line, each.key) for each in caught.value.problems] == [(17, "posts.1.template")]
    assert caught.value.problems[0].sentence.startswith('There is no text "welcome" in sv.')


def test_every_problem_is_told_at_once_in_the_order_of_lines(write: Callable[[str], Path]) -> None:
    path = write(
        VISITS.replace("contacts", "likes").replace("Besök", "''").replace("event: visit", "event: x")
    )

    with pytest.raises(InvalidCampaign) as caught:
        read_campaign(path)

    assert [problem.line for problem in caught.value.problems] == [1, 6, 25]


@pytest.mark.parametrize(("posts", "sentence"), [("[]", "needs a post"), ("visits", "Here belongs a list")])
def test_a_campaign_without_posts_is_refused(write: Callable[[str], Path], posts: str, sentence: str) -> None:
    path = write(VISITS.partition("posts:")[0] + f"posts: {posts}\n")

    with pytest.raises(InvalidCampaign, match=sentence) as caught:
        read_campaign(path)

    assert (caught.value.problems[0].line, caught.value.problems[0].key) == (14, "posts")


def test_two_posts_may_not_share_a_key(write: Callable[[str], Path]) -> None:
    path = write(VISITS + VISITS.partition("posts:\n")[2])

    with pytest.raises(InvalidCampaign) as caught:
        read_campaign(path)

    assert [problem.key for problem in caught.value.problems] == ["posts.2.key"]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("title: [", 1, "no valid YAML"),
        ("a: 1\nb: }", 2, "no valid YAML"),
        ("", 1, "empty"),
        ("# only a note", 1, "empty"),
    ],
)
def test_a_file_that_is_no_yaml_is_told_so(
    write: Callable[[str], Path], text: str, line: int, sentence: str
) -> None:
    path = write(text)

    with pytest.raises(InvalidCampaign, match=sentence) as caught:
        read_campaign(path)

    assert caught.value.problems[0].line == line


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.yaml.* cannot be read"):
        read_campaign(tmp_path / "nowhere.yaml")


def test_a_tag_in_the_file_makes_nothing(write: Callable[[str], Path]) -> None:
    path = write(VISITS.replace("fi: Käynnit", "fi: !!python/object/apply:os.getcwd []"))

    with pytest.raises(InvalidCampaign, match="Here belongs a text"):
        read_campaign(path)


# The plan


def test_each_visit_gets_its_post_so_many_days_before_on_wall_clock_time(
    write: Callable[[str], Path],
) -> None:
    campaign = read_campaign(write(VISITS))

    posts = plan(campaign).posts

    assert [post.key for post in posts] == ["announce-1", "announce-2"]
    assert [post.local for post in posts] == [datetime(2026, 11, 18, 9), datetime(2026, 12, 23, 9)]
    assert posts[0].publish_at == datetime(2026, 11, 18, 7, tzinfo=UTC)
    assert posts[0].kind == "outreach_event"
    assert posts[0].lateness == timedelta(minutes=60)


def test_the_text_tells_the_event_in_the_words_of_each_language(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(write(VISITS))

    posts = plan(
        campaign, values={"place.fi": "Malli", "place.sv": "Mall", "room": "A1", "access": "hissi"}
    ).posts

    assert posts[0].texts == {
        "fi": "ke 2.12. klo 12.00–14.00 Malli, A1: ohjaaja, asuminen\nKulku: hissi",
        "sv": "ons 2.12 kl. 12.00–14.00 Mall, A1: ohjaaja, boende\nVäg: hissi",
    }
    assert posts[1].texts["fi"].startswith("ke 6.1.2027 klo 12.00–14.00")


def test_an_optional_line_goes_when_nobody_answered(write: Callable[[str], Path]) -> None:
    posts = plan(read_campaign(write(VISITS)), languages=["sv"]).posts

    assert list(posts[0].texts) == ["sv"]
    assert "Väg" not in posts[0].texts["sv"]


def test_a_visit_on_a_public_holiday_is_left_out_where_the_file_says_so(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(write(VISITS.replace("times: 2}", "times: 3, holidays: skip}")))

    posts = plan(campaign).posts

    visits = [post.local.date() + timedelta(days=14) for post in posts]
    assert visits == [date(2026, 12, 2), date(2027, 2, 3), date(2027, 3, 3)]
    assert is_holiday(date(2027, 1, 6))


def test_posts_come_in_the_order_of_their_times(write: Callable[[str], Path]) -> None:
    extra = '  - {key: early, kind: open_now, text: {fi: "{{ phone_hours }}", sv: "{{ phone_hours }}"}, moment: {every: day, at: "8.00", times: 3}}\n'
    campaign = read_campaign(write(VISITS + extra))

    posts = plan(campaign, start=date(2026, 11, 25)).posts

    assert [post.key for post in posts] == ["announce-1", "early-1", "early-2", "early-3", "announce-2"]


def test_a_goal_is_due_so_many_days_after_the_start_or_on_its_day(write: Callable[[str], Path]) -> None:
    by_days = plan(read_campaign(write(VISITS))).goals
    by_date = plan(read_campaign(write(VISITS.replace("{day: 90}", "{date: 2027-05-31}")))).goals

    assert [(goal.metric, goal.target, goal.by) for goal in by_days] == [
        (Metric.CONTACTS, 12, date(2027, 3, 1))
    ]
    assert [goal.by for goal in by_date] == [date(2027, 5, 31)]


def test_a_time_and_a_rule_may_be_asked_when_the_campaign_is_started(write: Callable[[str], Path]) -> None:
    text = VISITS.replace("first wednesday of the month", "'{{ when }}'").replace(
        'at: "12.00"', 'at: "{{ hour }}"'
    )
    asked = '  when: {label: {fi: a, sv: b}, default: monday, example: friday}\n  hour: {label: {fi: a, sv: b}, default: "12.00", example: "13.00"}\nevents:'
    campaign = read_campaign(write(text.replace("events:", asked)))

    posts = plan(campaign, values={"place": "M", "room": "A", "when": "second friday", "hour": "13.30"}).posts

    assert posts[0].texts["fi"].startswith("pe 4.12. klo 13.30–14.00")
    with pytest.raises(InvalidInput, match=r'event "visit" cannot be planned.*no rule that can be followed'):
        plan(campaign, values={"place": "M", "room": "A", "when": "sometimes"})
    with pytest.raises(InvalidInput, match="ends before it begins"):
        plan(campaign, values={"place": "M", "room": "A", "hour": "15.00"})


def test_a_missing_answer_is_asked_for_with_its_key_label_and_example(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(write(VISITS))

    with pytest.raises(InvalidInput) as caught:
        plan(campaign, values={"place.fi": "Malli", "room": " "})

    assert str(caught.value).splitlines() == [
        '"place.sv" is missing: Plats (for example "Mall"). Give it with --set place.sv="Mall" in your words.',
        '"room" is missing: Huone (for example "A1"). Give it with --set room="A1" in your words.',
        '"room" is missing: Rum (for example "A1"). Give it with --set room="A1" in your words.',
    ]


@pytest.mark.parametrize("name", ["palce", "room.sv", "place.de"])
def test_an_answer_that_nobody_asked_for_is_refused(write: Callable[[str], Path], name: str) -> None:
    campaign = read_campaign(write(VISITS))

    with pytest.raises(
        InvalidInput, match=f'does not ask for "{name}". It asks for: access, place, place.fi'
    ):
        plan(campaign, values={"place": "M", "room": "A", name: "x"})


def test_a_language_without_texts_is_refused(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(write(VISITS))

    with pytest.raises(InvalidInput, match="has texts in fi, sv, not in en"):
        plan(campaign, languages=["fi", "en"])


def test_a_misspelt_placeholder_is_told_even_in_an_optional_line(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(write(VISITS.replace("Kulku: {{ access }}", "Kulku: {{ acces }}")))

    with pytest.raises(
        InvalidInput, match=r'post "announce" cannot be planned\. Its text in fi names \{\{ acces \}\}'
    ):
        plan(campaign)


def test_a_setting_without_a_value_stops_a_text_that_needs_it(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(
        write(VISITS.replace("{{ topic }}\n        ? V", "{{ debt_line }}\n        ? V"))
    )

    with pytest.raises(InvalidInput, match=r"text in sv is not complete\. A value is missing: 'debt_line'"):
        plan(campaign)


def test_a_link_may_be_optional(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(
        write(VISITS.replace("    values:", "    link: '? {{ kela_link }}'\n    values:"))
    )

    without = plan(campaign).posts[0].link
    with_one = (
        plan(campaign, settings={**SETTINGS, "kela_link": "https://www.example.org/kela"}).posts[0].link
    )

    assert without is None
    assert with_one == "https://www.example.org/kela"


def test_a_post_in_the_hour_that_spring_skips_is_told_with_its_key(write: Callable[[str], Path]) -> None:
    campaign = read_campaign(
        write(
            VISITS.replace(
                '{event: visit, days_before: 14, at: "9.00"}', '{event: visit, at: "3.30"}'
            ).replace("first wednesday of the month", "last sunday of the month")
        )
    )

    with pytest.raises(
        InvalidInput, match=r'post "announce" cannot be planned\. The time 28\.03\.2027 03\.30 does not exist'
    ):
        plan(campaign, start=date(2027, 3, 1))
