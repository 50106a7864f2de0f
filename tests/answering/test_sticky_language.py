"""A thread keeps its language: 200 short messages, in every served language, never turn it."""

import pytest

from social_bot.answering.dialogue import Desk, decide
from social_bot.answering.language import detect_language
from social_bot.answering.outcomes import Answer, Inbound
from social_bot.answering.recognition import Models, recognise
from social_bot.answering.threads import Thread
from social_bot.channels.ports import EventKind
from tests.conftest import NOW

FINNISH = (
    "joo", "juu", "jep", "jees", "juup", "joo joo", "joojoo", "kyllä", "ei", "en", "eipä", "ei oo", "en tiiä",
    "emmätiiä", "moi", "moikka", "moro", "morjens", "terve", "heippa", "hei", "hei taas", "moi moi", "huomenta",
    "iltaa", "päivää", "kiitos", "kiitti", "kiitoksia", "tosi kiitos", "kiitos paljon", "kiitos teille", "okei",
    "okei kiitos", "selvä", "selvä homma", "selvisi jo", "hyvä", "hyvä juttu", "no niin", "no joo", "no ei", "ai jaa",
    "ahaa", "mitä", "mitä?", "häh", "anteeksi", "sori", "odotan", "oota", "ootko siellä", "katson", "yritän", "soitan",
    "huomenna", "tänään", "nyt", "heti", "vuokra", "velka", "lomake", "suomeksi kiitos", "hienoa", "mahtavaa", "siinä se",
    "näin on",
)  # fmt: skip
SWEDISH = (
    "ja", "jo", "jå", "japp", "jepp", "jaja", "nej", "nä", "näe", "inte", "hej", "hejsan", "hejhej", "tjena", "tja",
    "morjens allihopa", "god morgon", "godkväll", "god dag", "tack", "tack tack", "tackar", "tusen tack", "tack så", "tack ska",
    "okej", "okej tack", "bra", "jättebra", "fint", "det är bra", "jaha", "jasså", "aha så", "va", "va?", "förlåt",
    "ursäkta", "vänta", "väntar", "jag väntar", "vet inte", "kanske", "kanske det", "imorgon", "idag", "nu", "genast", "hyra",
    "skuld", "blankett", "på svenska", "svenska tack", "hej då", "hejdå", "ha det", "detsamma", "jovisst", "visst",
    "precis", "absolut", "nåja", "nåjo", "no just", "så där",
)  # fmt: skip
ENGLISH = (
    "yes", "yeah", "yep", "yup", "no", "nope", "nah", "hi", "hi there", "hello", "hello again", "hey", "morning",
    "good evening", "thanks", "thank you", "thx", "ty", "many thanks", "thanks a lot", "okay", "okay thanks", "fine", "good",
    "great", "nice", "cool", "super", "sorry", "what", "what?", "pardon", "wait", "one moment", "not sure", "maybe",
    "tomorrow", "today", "now", "rent", "debt", "form", "in english", "bye", "bye bye", "see you", "right", "exactly",
)  # fmt: skip
NEITHER = (
    "ok", "OK", "Ok.", "k", "👍", "👍👍", "🙏", "😊", "❤️", ":)", ":D", "?", "??", "!", "...", "…", "1", "112", "12.30",
    "klo 9", "aitäh", "tere", "merci", "danke", "gracias", "ciao", "salam", "Kela", "FPA", "Varha",
)  # fmt: skip
SHORT = (*FINNISH, *SWEDISH, *ENGLISH, *NEITHER)


def test_there_are_two_hundred_of_them():
    assert len(set(SHORT)) == len(SHORT) >= 200


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_no_short_message_turns_a_thread(language: str, models: Models) -> None:
    flipped = {}
    for text in SHORT:
        recognition = recognise(text, previous_language=language, models=models)
        inbound = Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, recognition=recognition)

        decision = decide(inbound, Thread(language=language), desk=Desk(is_open=True), now=NOW)

        answered = decision.outcome.languages if isinstance(decision.outcome, Answer) else (language,)
        if (decision.thread.language, answered) != (language, (language,)):
            flipped[text] = (decision.thread.language, answered)
    assert flipped == {}


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_nor_do_all_of_them_after_each_other(language: str, models: Models) -> None:
    thread = Thread(language=language)
    for text in SHORT:
        recognition = recognise(text, previous_language=thread.language, models=models)
        inbound = Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, recognition=recognition)
        thread = decide(inbound, thread, desk=Desk(is_open=True), now=NOW).thread

    assert thread.language == language


@pytest.mark.parametrize("text", NEITHER[:19])
def test_unsure_at_the_start_both_languages_of_the_country_answer_with_buttons_to_change(
    text: str, models: Models
) -> None:
    recognition = recognise(text, previous_language=None, models=models)
    inbound = Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, recognition=recognition)

    outcome = decide(inbound, Thread(), desk=Desk(is_open=True), now=NOW).outcome

    assert isinstance(outcome, Answer)
    assert (outcome.languages, outcome.asks_language) == (("fi", "sv"), True)


def test_the_button_is_remembered_until_a_whole_sentence_says_otherwise(models: Models) -> None:
    button = Inbound(kind=EventKind.MESSAGE, occurred_at=NOW, payload="LANG_SV")
    thread = decide(button, Thread(language="fi"), desk=Desk(is_open=True), now=NOW).thread

    kept = [detect_language(text, previous=thread.language, models=models.classifiers).code for text in SHORT]

    assert thread.language == "sv"
    assert set(kept) == {"sv"}
