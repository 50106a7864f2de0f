"""The approved texts that ship with the program: complete, plain, and safe in an open channel."""

import re
from pathlib import Path
from statistics import median

import pytest

from social_bot.assets import folder
from social_bot.organisation.directory import KEYS, Kind
from social_bot.organisation.rendering import OPTIONAL_MARK, placeholders, render

TEMPLATES = folder("templates")
REPLIES = sorted((TEMPLATES / "replies").glob("*.txt"))
CRISIS = sorted((TEMPLATES / "crisis").glob("*.txt"))
POSTS = sorted((TEMPLATES / "posts").glob("*.txt"))
ANSWERS = [*REPLIES, *CRISIS]
TEXTS = [*ANSWERS, *POSTS]
CAMPAIGNS = sorted(folder("campaigns").glob("*.yaml"))

TOPICS = [
    "social_assistance_basic",
    "social_assistance_supplementary",
    "documents_processing",
    "benefits_other",
    "housing",
    "rent_arrears_eviction",
    "homelessness",
    "debt",
    "money_food",
    "substance_use",
    "mental_health",
    "violence_shelter",
    "concerned_other",
    "family_child",
    "guardianship_death",
    "services_general",
    "appointment_contact",
    "rights_privacy",
    "language_immigration",
    "other",
]
FRAMES = [
    "disclosure",
    "contact",
    "general",
    "clarify",
    "individual",
    "greeting",
    "thanks",
    "closed",
    "nobody_reads",
    "stopped",
    "personal_data",
    "callback_prompt",
    "call_button",
    "callback_button",
    "other_language",
    "late",
    "phone_not_kept",
    "choose_language",
    "save_conversation",
    *(
        "profile_greeting",
        "menu_topics",
        "menu_language",
        "menu_save",
        "more_topics",
        "not_helped",
        "not_helped_button",
    ),
]
COMMENTS = [  # said in public, where a topic has a short answer
    *("comment_general", "comment_individual", "comment_appointment_contact", "comment_debt"),
    *("comment_housing", "comment_money_food", "comment_rent_arrears_eviction", "comment_services_general"),
    *("comment_social_assistance_basic", "comment_social_assistance_supplementary"),
]
CRISIS_NUMBERS = {
    "suicide": ["emergency", "crisis", "social_emergency"],
    "self_harm": ["emergency", "crisis", "urgent_health"],
    "violence_now": ["emergency", "violence_line", "social_emergency"],
    "child_in_danger": ["emergency", "social_emergency"],
    "homeless_tonight": ["social_emergency", "emergency"],
    "overdose_medical": ["emergency", "poison"],
    "threat_to_others": ["emergency"],
    "life_worry_other": ["emergency", "social_emergency", "crisis"],
    "phone": ["emergency", "social_emergency", "crisis"],
    "numbers": [
        "emergency",
        "social_emergency",
        "phone_main",
        "phone_hours",
    ],  # when nothing else may be sent
}
COMPUTED = ["organisation_name", "phone_hours", "next_opening", "today_hours", "tomorrow_hours"]
SAMPLES = {
    Kind.PHONE: "0XX XXX XXXX",
    Kind.LINK: "https://www.example.org/a-page-with-a-longish-name",
    Kind.TEXT: "Mallikatu 1, ma–pe klo 9.00–15.00",
}
ALL_SET = (
    {name: key.fixed or SAMPLES[key.kind] for name, key in KEYS.items() if key.kind in SAMPLES}
    | dict.fromkeys(COMPUTED, "ma–pe klo 9.00–15.00")
    | dict.fromkeys(("callback_link", "save_link"), SAMPLES[Kind.LINK])
    | {"closed_today": "Suljettu toisena pääsiäispäivänä"}
)
ONLY_THE_EMERGENCY_NUMBER = {"emergency": "112"}

CLIENTHOOD = re.compile(r"asiakas|asiakka|asiakku|klient|client\b|clients|customer|kund\b", re.IGNORECASE)
CASE_WORDS = re.compile(
    r"päätöksesi|hakemuksesi|hakemustasi|ditt beslut|din ansökan|your (decision|application|case)",
    re.IGNORECASE,
)
ESTIMATES = re.compile(
    r"olet oikeutettu|sinulla on oikeus|saat tukea|du har rätt till|du får stöd|you are (entitled|eligible)"
    r"|\d+ ?(€|euro)",
    re.IGNORECASE,
)
DISCLOSURES = {
    "fi": "Tämä on automaattinen vastaus",
    "sv": "Detta är ett automatiskt svar",
    "en": "This is an automatic reply",
}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def language_of(path: Path) -> str:
    return path.name.split(".")[1]


def rendered(path: Path) -> str:
    """With every setting; what a campaign asks for reads "Malli"."""
    source = path.read_text(encoding="utf-8")
    return render(source, dict.fromkeys(placeholders(source), "Malli") | ALL_SET)


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.?:])\s+|\n", text) if re.search(r"\w", part)]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_topic_frame_and_crisis_kind_has_its_text(language: str) -> None:
    keys = [*TOPICS, *FRAMES, *COMMENTS, "comment_disclosure", "comment_private"]
    wanted = {f"replies/{key}.{language}.txt" for key in keys}
    wanted |= {f"crisis/{kind}.{language}.txt" for kind in CRISIS_NUMBERS}

    found = {name_of(path) for path in ANSWERS if language_of(path) == language}

    assert found == wanted


def test_every_post_has_its_text_in_three_languages() -> None:
    names = {path.name.split(".")[0] for path in POSTS}

    assert {path.name for path in POSTS} == {
        f"{name}.{each}.txt" for name in names for each in ("fi", "sv", "en")
    }


@pytest.mark.parametrize("path", CAMPAIGNS, ids=name_of)
def test_a_campaign_is_calm_and_holds_no_number_of_anybody(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert "!" not in text
    assert not CLIENTHOOD.search(text)
    assert not re.search(r"\b0\d[\d ]{5,}|@", text)


def test_other_languages_are_told_how_we_serve() -> None:
    languages = {language_of(path) for path in REPLIES if path.name.startswith("other_language")}

    assert languages == {"fi", "sv", "en", "et", "ru", "uk", "ar", "so", "fa"}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("key", COMMENTS)
def test_a_public_text_is_short_and_leads_to_the_phone_first(key: str, language: str) -> None:
    text = (TEMPLATES / f"replies/{key}.{language}.txt").read_text(encoding="utf-8")
    places = [text.index(f"{{{{ {name} }}}}") for name in ("phone_main", "phone_hours", "callback_link")]

    assert places == sorted(places)
    assert len(render(text, ALL_SET)) <= 450
    assert re.search("henkilötietoja|personuppgifter|personal data", text.splitlines()[-1])


@pytest.mark.parametrize("path", ANSWERS, ids=name_of)
def test_a_text_names_only_known_settings(path: Path) -> None:
    names = placeholders(path.read_text(encoding="utf-8"))

    assert names <= ALL_SET.keys()


@pytest.mark.parametrize("path", ANSWERS, ids=name_of)
def test_a_text_stands_without_any_optional_setting(path: Path) -> None:
    text = render(path.read_text(encoding="utf-8"), ONLY_THE_EMERGENCY_NUMBER)

    assert text
    assert not text.endswith(":")
    assert "{" not in text


@pytest.mark.parametrize("path", ANSWERS, ids=name_of)
def test_a_text_keeps_its_length_with_every_setting(path: Path) -> None:
    limits = {"callback_prompt": 200, "profile_greeting": 160} | dict.fromkeys(TOPICS, 700)
    limits |= dict.fromkeys(("call_button", "callback_button", "more_topics"), 20)
    limits |= dict.fromkeys(("menu_topics", "menu_language", "menu_save"), 30)

    text = rendered(path)

    assert len(text) <= limits.get(path.name.split(".")[0], 1400)
    assert not any(line.startswith(OPTIONAL_MARK) for line in text.splitlines())


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_numbers_and_addresses_are_settings_not_words(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert not re.search(r"\d\d|https?:|www\.|@", source)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_a_text_is_calm_and_tells_nothing_of_anybodys_case(path: Path) -> None:
    text = rendered(path)

    assert "!" not in text
    assert not CLIENTHOOD.search(text)
    assert not CASE_WORDS.search(text)
    assert not ESTIMATES.search(text)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_sentences_are_short(path: Path) -> None:
    lengths = [len(sentence.split()) for sentence in sentences(rendered(path))]

    assert median(lengths) <= 15
    assert max(lengths) <= 20


@pytest.mark.parametrize("path", CRISIS, ids=name_of)
def test_a_crisis_text_gives_the_numbers_first_and_in_order(path: Path) -> None:
    kind, language = path.name.split(".")[:2]
    crisis_lines = {"fi": ["crisis_fi"], "sv": ["crisis_sv", "crisis_fi"], "en": ["crisis_fi"]}[language]
    wanted = [
        name for number in CRISIS_NUMBERS[kind] for name in (crisis_lines if number == "crisis" else [number])
    ]

    lines = path.read_text(encoding="utf-8").splitlines()
    found = [name for line in lines for name in re.findall(r"{{ (\w+) }}", line)]

    assert found == wanted
    assert all("{{" in line for line in lines[: len(wanted)])


@pytest.mark.parametrize("path", CRISIS, ids=name_of)
def test_a_crisis_text_says_that_it_is_automatic_and_asks_nothing(path: Path) -> None:
    text = rendered(path)

    assert DISCLOSURES[language_of(path)] in text
    assert "?" not in text


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_finnish_crisis_line_is_marked_as_finnish(language: str) -> None:
    paths = [path for path in ANSWERS if language_of(path) == language]
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]

    marked = [
        ("på finska" if language == "sv" else "nswered in Finnish") in line
        for line in lines
        if "crisis_fi" in line
    ]

    assert len(marked) >= 5
    assert all(marked)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_first_reply_says_what_the_law_asks(language: str) -> None:
    text = render((TEMPLATES / f"replies/disclosure.{language}.txt").read_text(encoding="utf-8"), ALL_SET)

    assert text.startswith(DISCLOSURES[language])


def test_the_violence_text_names_no_violence_for_the_phone_may_be_read() -> None:
    texts = [path.read_text(encoding="utf-8") for path in CRISIS if path.name.startswith("violence_now")]

    assert texts
    assert not re.search(
        r"väkival|våld|violence\b(?!_)|nollalinja|nollinjen", "\n".join(texts), re.IGNORECASE
    )
