"""Personal data is found and masked, and what only looks alike is left."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_bot.organisation.personal_data import MARKS, PersonalDataKind, find, kinds, mask

Kind = PersonalDataKind


@pytest.mark.parametrize("sign", "-+ABCDEFUVWXYabcdefuvwxy–")
def test_every_century_sign_of_an_identity_code_is_known(sign: str) -> None:
    assert kinds(f"tunnukseni on 131052{sign}308T kiitos") == (Kind.IDENTITY_CODE,)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hetu 010190-123A", "hetu [••• henkilötunnus]"),
        ("131052 - 308 T", "[••• henkilötunnus]"),
        ("13.10.52-308T", "[••• henkilötunnus]"),
        ("131052308T", "[••• henkilötunnus]"),
        ("131052 308t ok", "[••• henkilötunnus] ok"),
        ("mun hetu on 010594Y9032.", "mun hetu on [••• henkilötunnus]."),
        ("soita 040 123 4567", "soita [••• puhelin]"),
        ("+358 (0)40 1234567", "[••• puhelin]"),
        ("+358401234567", "[••• puhelin]"),
        ("00358 40 123 4567", "[••• puhelin]"),
        ("numero on 0401234567.", "numero on [••• puhelin]."),
        ("040-1234567 tai 050.123.4567", "[••• puhelin] tai [••• puhelin]"),
        ("0 4 0 1 2 3 4 5 6 7", "[••• puhelin]"),
        ("02 262 6003", "[••• puhelin]"),
        ("(09) 2525 0111", "[••• puhelin]"),
        ("+46 70 123 45 67", "[••• puhelin]"),
        ("puh 5551234", "puh [••• puhelin]"),
        ("ring mig 358401234567", "ring mig [••• puhelin]"),
        ("maija.m@esimerkki.fi", "[••• sähköposti]"),
        ("maija(at)esimerkki.fi", "[••• sähköposti]"),
        ("FI21 1234 5600 0007 85", "[••• tilinumero]"),
        ("fi2112345600000785", "[••• tilinumero]"),
        ("SE45 5000 0000 0583 9825 7466", "[••• tilinumero]"),
        ("asun Hämeenkatu 5 B 12", "asun [••• osoite]"),
        ("Mannerheimintiellä 12 asuu", "[••• osoite] asuu"),
        ("osoite on kauppakatu 3", "osoite on [••• osoite]"),
        ("bor på Drottninggatan 12 A 3", "bor på [••• osoite]"),
        ("20100 Turku", "[••• osoite]"),
        ("nimeni on matti virtanen ja haen", "nimeni on [••• nimi] ja haen"),
        ("Nimeni on Matti Virtanen, haen tukea", "Nimeni on [••• nimi], haen tukea"),
        ("jag heter Anna-Lisa Svensson och", "jag heter [••• nimi] och"),
        ("My name is John Smith.", "My name is [••• nimi]."),
        ("olen Maija Meikäläinen", "olen [••• nimi]"),
        ("t. Maija", "t. [••• nimi]"),
        ("меня зовут Иван Петров", "меня зовут [••• nimi]"),
        ("hakemusnumero 12345678", "[••• asianumero]"),
        ("dnro 123/2024", "[••• asianumero]"),
        ("TESTI/1234/05.02/2024", "[••• asianumero]"),
        ("ärendenummer: 7654321", "[••• asianumero]"),
        (
            "Nimeni on Maija Meikäläinen, 131052-308T, puh. 040 123 4567",
            "Nimeni on [••• nimi], [••• henkilötunnus], puh. [••• puhelin]",
        ),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "auki 1.1.2026 klo 8-16",
        "08.00-16.00",
        "klo 0800-1600",
        "klo 9:30",
        "01.02.1990",
        "2026-11-25",
        "1 200,50 e ja 2500 euroa",
        "maksoin 350 400 500 euroa",
        "vuosina 2020-2024",
        "112 ja 116117 ja 116 117",
        "vuokra 650e/kk",
        "päätös 12.3.2026",
        "kolme lasta, 5 ja 7 vuotta",
        "tori 5 euroa",
        "olen työtön",
        "olen Työtön",
        "nimeni on väärin kirjattu",
        "asiakas 3 kuukautta",
        "15.11. ja 30.11.",
        "50 000 euroa velkaa",
        "kuinka monta tietä 5 on",
        "tukea 20.12.2026 saakka",
        "",
    ],
)
def test_what_only_looks_alike_is_left(text: str) -> None:
    assert mask(text) == text


def test_every_kind_has_its_mark() -> None:
    assert set(MARKS) == set(Kind)


@given(st.text(max_size=200))
def test_what_is_found_lies_in_the_text_and_never_overlaps(text: str) -> None:
    found = find(text)

    ends = [0, *(one.end for one in found)]
    assert all(end <= one.start < one.end <= len(text) for end, one in zip(ends, found, strict=False))


@given(st.integers(0, 899), st.sampled_from("-+ABCDEFUVWXY"), st.dates().filter(lambda day: day.year >= 1900))
def test_no_identity_code_survives_masking(number: int, sign: str, day: object) -> None:
    code = f"{day:%d%m%y}{sign}{number:03d}X"

    assert code not in mask(f"tässä {code} ole hyvä")


@pytest.mark.parametrize(
    "text", ["1 " * 10_000, "a-" * 10_000, "katu " * 4_000, "a.b@" * 5_000, "Aa " * 6_000]
)
def test_a_long_message_is_searched_in_time(text: str) -> None:
    started = time.process_time()

    find(text)

    assert time.process_time() - started < 0.25
