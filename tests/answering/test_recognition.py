"""A message understood whole. How well on messages of other hands: test_evaluation.py."""

import statistics
import time

import pytest

from social_bot.answering.recognition import Models, Recognition, recognise
from social_bot.answering.topics import Topic, certain_topic
from social_bot.organisation.personal_data import PersonalDataKind


def _understood(text: str, models: Models, previous: str | None = None) -> Recognition:
    return recognise(text, previous_language=previous, models=models)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        (
            "Milloin voi hakea ehkäisevää tai täydentävää toimeentulotukea?",
            Topic.SOCIAL_ASSISTANCE_SUPPLEMENTARY,
        ),
        ("Missä tapauksessa ehkäisevää?", Topic.SOCIAL_ASSISTANCE_SUPPLEMENTARY),
        ("Pitääkö sosiaalitoimistoon varata aika?", Topic.APPOINTMENT_CONTACT),
        ("Missä lomake on?", Topic.DOCUMENTS_PROCESSING),
        ("Voinko puhua sosiaalityöntekijän kanssa?", Topic.APPOINTMENT_CONTACT),
        ("tarviiks mun varata aikaa sinne sossuun", Topic.APPOINTMENT_CONTACT),
        ("mist mie saan sen lomakkeen", Topic.DOCUMENTS_PROCESSING),
        ("ehkäseevää toimentulotukee millo voi hakee", Topic.SOCIAL_ASSISTANCE_SUPPLEMENTARY),
        ("ulosotto", Topic.DEBT),
        ("RUOKAJONO", Topic.MONEY_FOOD),
        ("vräkning", Topic.RENT_ARREARS_EVICTION),
        ("food bank", Topic.MONEY_FOOD),
    ],
)
def test_a_clear_question_is_answered_at_once(text: str, topic: Topic, models: Models) -> None:
    assert certain_topic(_understood(text, models).topics) is topic


@pytest.mark.parametrize(
    "text",
    [
        "Missä hakemukseni viipyy",
        "miksi sain hylkäävän päätöksen",
        "soitatko mulle siitä eilisestä",
        "missä mun toimeentulotukihakemus menee",
        "Hain viikko sitten eikä päätöstä kuulu",
        "joko te ootte kattonu mun paperit",
        "lähetin tiliotteet jo kahesti, miks pyydätte taas",
        "työntekijäni ei ole soittanut vaikka lupasi",
        "mun aika on huomenna kympiltä, en pääse",
        "saitteko mun liitteet",
        "oonko mä teidän asiakas",
        "voitteko tarkistaa mun tilanteen",
        "mulle luvattiin maksusitoumus eikä sitä oo tullu",
        "när kommer mina pengar",
        "vad händer med min ansökan",
        "varför fick jag avslag",
        "min socialarbetare svarar inte",
        "where's my decision",
        "why was my claim denied",
        "I sent the papers last week, have you got them",
    ],
)
def test_an_own_case_is_told_from_a_question(text: str, models: Models) -> None:
    assert _understood(text, models).is_individual


@pytest.mark.parametrize(
    "text",
    [
        "kauanko hakemuksen käsittely kestää",
        "miten toimeentulotukea haetaan",
        "en saa vuokraa maksettua",
        "mistä saan apua velkoihini",
        "voiko joku soittaa mulle",
        "haluan valittaa päätöksestä",
        "lapseni isä ei maksa elareita",
        "äitini tarvitsee edunvalvojan",
        "pitääkö mun myydä auto",
        "mihin lähetän liitteet",
        "hur länge tar handläggningen",
        "min hyra är för hög",
        "my rent is too high",
        "I lost my job, what can I apply for",
        "",
        "👍",
    ],
)
def test_a_general_question_in_the_first_person_is_no_own_case(text: str, models: Models) -> None:
    assert not _understood(text, models).is_individual


@pytest.mark.parametrize("text", ["moi", "Hei!", "no moikka 👋", "hejsan", "Hello there", "hyvää päivää"])
def test_a_greeting_is_nothing_but_a_greeting(text: str, models: Models) -> None:
    assert _understood(text, models).is_greeting


@pytest.mark.parametrize("text", ["kiitos", "ok", "Tack så mycket!", "joo kiitti", "thanks a lot", "selvä"])
def test_thanks_ask_for_nothing(text: str, models: Models) -> None:
    assert _understood(text, models).is_thanks


@pytest.mark.parametrize("text", ["moi, mistä saan ruokaa", "kiitos mutta missä lomake on", "", "?", "112"])
def test_a_question_after_a_greeting_is_a_question(text: str, models: Models) -> None:
    understood = _understood(text, models)

    assert not understood.is_greeting
    assert not understood.is_thanks


def test_danger_and_personal_data_are_seen_whatever_else_is_asked(models: Models) -> None:
    understood = _understood(
        "Miten haen tukea? hetu 131052-308T. en jaksa enää elää, puh 040 123 4567", models
    )

    assert understood.crisis == "suicide"
    assert set(understood.personal_data) == {PersonalDataKind.IDENTITY_CODE, PersonalDataKind.PHONE}


@pytest.mark.parametrize("text", ["", " ", "\x00", "👍", "1234", "\u0301" * 50, "🇫🇮"])
def test_a_message_without_words_has_no_topic(text: str, models: Models) -> None:
    understood = _understood(text, models, previous="sv")

    assert understood.topics == ()
    assert understood.language == "sv"
    assert understood.crisis is None


def test_a_decision_takes_a_few_milliseconds(models: Models) -> None:
    spent = []
    for text in ("miten haen toimeentulotukea ku oon lomautettu", "hur söker man bostad", "I need food") * 40:
        started = time.process_time()
        _understood(text, models)
        spent.append(time.process_time() - started)

    assert statistics.median(spent) < 0.01


@pytest.mark.parametrize("text", ["miten haen tukea? " * 1_100, "a" * 20_000, "1 " * 10_000])
def test_a_long_message_is_understood_in_time(text: str, models: Models) -> None:
    started = time.process_time()

    _understood(text, models)

    assert time.process_time() - started < 0.3
