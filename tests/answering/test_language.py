"""Which language a message is in, and that a short word never turns a conversation."""

import pytest

from social_bot.answering.language import Language, detect_language
from social_bot.answering.recognition import Models

SHORT = (
    "ok", "okei", "joo", "juu", "jo", "ja", "moi", "moikka", "hej", "hejsan", "hei", "hi", "hello", "kiitos", "kiitti", "tack",
    "thanks", "thx", "selvä", "bra", "yes", "no", "nej", "ei", "kyllä", "👍", "?", "...", "1", "112", "jep", "jees", "okej",
    "fint", "great", "super", "hm", "öö", "aha", "jaha", "oh", "sorry", "anteeksi", "förlåt", "hei hei", "hej då", "bye bye",
    "ok kiitos", "ok tack", "ok thanks", "kiitos paljon", "tack ska", "thank you", "moi moi", "hyvä", "good", "god natt",
    "aitäh", "tere", "merci", "gracias", "danke", "Kela", "FPA",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("mite mie saisin sitä tukkee", "fi"),
        ("onks teil auki", "fi"),
        ("miul ei oo ennää rahhaa", "fi"),
        ("mist saa apuu", "fi"),
        ("MITEN HAEN TOIMEENTULOTUKEA", "fi"),
        ("asuntohakemus", "fi"),
        ("paivaa, missa lomake on", "fi"),
        ("va ska man göra om hyran int betalas", "sv"),
        ("hej, ja sku behöv hjälp", "sv"),
        ("e ni öppet", "sv"),
        ("hyran", "sv"),
        ("how do i apply", "en"),
        ("need money", "en"),
        ("where r u", "en"),
        ("i dont know what to do", "en"),
        ("Mul ei ole raha toidu jaoks", "et"),
        ("Kuidas ma saan toetust taotleda", "et"),
        ("Waxaan u baahanahay caawimaad", "so"),
        ("Sidee baan u codsadaa lacagta", "so"),
        ("Мне нужна помощь с квартирой", "ru"),
        ("Мені потрібна допомога з житлом", "uk"),
        ("أحتاج إلى مساعدة في دفع الإيجار", "ar"),
        ("من برای پرداخت کرایه کمک می‌خواهم", "fa"),
        ("Ich brauche Hilfe mit meiner Wohnung", "other"),
        ("Necesito ayuda con el alquiler", "other"),
        ("Gdzie mogę dostać pomoc", "other"),
        ("我需要帮助", "other"),
        ("ช่วยด้วย", "other"),
    ],
)
def test_a_message_is_answered_in_its_own_language(text: str, code: str, models: Models) -> None:
    language = detect_language(text, previous=None, models=models.classifiers)

    assert language == Language(code=code, is_sure=True)


@pytest.mark.parametrize("previous", ["fi", "sv", "en", "ru"])
def test_short_messages_never_turn_a_conversation(previous: str, models: Models) -> None:
    detected = {text: detect_language(text, previous=previous, models=models.classifiers) for text in SHORT}

    assert {text: language.code for text, language in detected.items() if language.code != previous} == {}


def test_a_whole_sentence_turns_the_conversation(models: Models) -> None:
    language = detect_language(
        "jag vill hellre skriva på svenska med er", previous="fi", models=models.classifiers
    )

    assert language == Language(code="sv", is_sure=True)


@pytest.mark.parametrize("text", ["", "👍👍", "123", "ok"])
def test_a_message_that_tells_no_language_is_unsure(text: str, models: Models) -> None:
    language = detect_language(text, previous=None, models=models.classifiers)

    assert not language.is_sure
