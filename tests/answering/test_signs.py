"""The written signs: order, distance, endings, split, joined and misspelt words, idioms."""

import pytest

from social_bot.answering.signs import Signs, fold
from social_bot.errors import InvalidInput

GROUPS = {
    "want": ["haluan", "haluun", "tekee mieli"],
    "leave": ["lähteä", "pois täältä"],
    "tonight": ["illalla", "tänä yönä"],
}


def _signs(*lines: str, idioms: tuple[str, ...] = (), known_words: tuple[str, ...] = ()) -> Signs:
    return Signs({"sign": lines}, groups=GROUPS, idioms=idioms, known_words=known_words)


@pytest.mark.parametrize(
    "text",
    [
        "haluan lähteä",
        "HALUUN nyt vaan LAHTEA",
        "mun tekee mieli päästä pois täältä",
        "h a l u a n lähteä",
        "hal uan lähteä",
        "haluanlähteä",
        "haluaan lähteä",
        "halu*an läh_teä",
        "haluaaaan lähteä",
        "h4luan lähteä",
    ],
)
def test_a_sign_is_found_however_it_is_written(text: str) -> None:
    assert _signs("[want] [leave]").find(text) == {"sign"}


@pytest.mark.parametrize(
    "text",
    ["lähteä haluan", "haluan yksi kaksi kolme neljä lähteä", "haluan kahvia. Lähteä voi junalla", "halu"],
)
def test_words_in_order_must_stand_near(text: str) -> None:
    assert _signs("[want] [leave]").find(text) == frozenset()


def test_words_in_any_order_may_stand_in_any_order() -> None:
    signs = _signs("[tonight] + [leave]")

    assert signs.find("lähteä pitää tänä yönä") == signs.find("illalla voi lähteä") == {"sign"}


def test_a_star_stands_for_any_ending() -> None:
    signs = _signs("lähdö* illalla")

    assert signs.find("lähdöstä illalla") == {"sign"}
    assert signs.find("lähtö illalla") == frozenset()


def test_a_known_word_is_no_misspelt_other_word() -> None:
    assert _signs("haluan", known_words=("haluaan",)).find("haluaan") == frozenset()


def test_an_idiom_is_taken_out_but_a_real_sign_beside_it_wins() -> None:
    signs = _signs("[want] [leave]", idioms=("haluan lähteä kotiin",))

    assert signs.find("haluan lähteä kotiin") == frozenset()
    assert signs.find("haluan lähteä kotiin. haluun vaan lähteä") == {"sign"}


def test_a_sign_with_an_unknown_group_says_so() -> None:
    with pytest.raises(InvalidInput, match=r"\[nowhere\]"):
        _signs("[nowhere] [leave]")


def test_an_empty_sign_says_so() -> None:
    with pytest.raises(InvalidInput, match="empty sign"):
        _signs("+")


@pytest.mark.parametrize(
    ("text", "folded"), [("ÄÖÅ é Ø", "aoa e o"), ("noooo", "noo"), ("a\u200bb\u00adc", "abc")]
)
def test_folding_leaves_bare_letters(text: str, folded: str) -> None:
    assert fold(text) == folded
