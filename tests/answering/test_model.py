"""Training, keeping and loading the classifiers."""

from pathlib import Path

import numpy as np
import pytest

from social_bot.answering.model import ModelSet, load, misspelt, save, train
from social_bot.answering.phrases import fingerprint, read_phrases
from social_bot.answering.recognition import load_models
from social_bot.errors import InvalidInput

TASK = {
    "colour": [
        ("punainen talo", "red"),
        ("punaiset autot", "red"),
        ("punaista väriä", "red"),
        ("sininen meri", "blue"),
        ("siniset kengät", "blue"),
        ("sinistä taivasta", "blue"),
    ]
}


@pytest.fixture(scope="module")
def trained() -> ModelSet:
    return train(TASK)


@pytest.mark.parametrize(
    ("text", "label"), [("punaisessa", "red"), ("PUNANEN", "red"), ("sinisellä", "blue")]
)
def test_other_forms_of_a_word_are_recognised(text: str, label: str, trained: ModelSet) -> None:
    assert trained.classifiers["colour"].ranked(trained.bag(text))[0][0] == label


def test_the_same_phrases_give_the_same_numbers(trained: ModelSet) -> None:
    again = train(TASK)

    assert np.array_equal(again.classifiers["colour"].matrix, trained.classifiers["colour"].matrix)


@pytest.mark.parametrize("text", ["", "   ", "😂", "123", "\x00", "ø" * 5_000])
def test_any_text_has_probabilities_that_sum_to_one(text: str, trained: ModelSet) -> None:
    chances = trained.classifiers["colour"].probabilities(trained.bag(text))

    assert chances.sum() == pytest.approx(1)


def test_what_is_saved_is_loaded(trained: ModelSet, tmp_path: Path) -> None:
    save(tmp_path / "deep" / "models.npz", trained, {"note": "ä"})

    loaded = load(tmp_path / "deep" / "models.npz")

    assert loaded is not None
    models, content = loaded
    assert content == {"note": "ä"}
    assert models.classifiers["colour"].ranked(models.bag("punainen")) == trained.classifiers[
        "colour"
    ].ranked(trained.bag("punainen"))
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["models.npz"]


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_broken_cache_file_is_no_file(damage: bytes | None, trained: ModelSet, tmp_path: Path) -> None:
    path = tmp_path / "models.npz"
    save(path, trained, {})
    path.write_bytes(path.read_bytes()[:2_000] if damage is None else damage)

    assert load(path) is None


def test_a_failed_save_leaves_nothing_behind(trained: ModelSet, tmp_path: Path) -> None:
    (tmp_path / "models.npz").mkdir()

    with pytest.raises(OSError, match=r"models\.npz"):
        save(tmp_path / "models.npz", trained, {})

    assert [path.name for path in tmp_path.iterdir()] == ["models.npz"]


def test_a_typing_error_is_the_same_each_time_and_small() -> None:
    words = ["toimeentulotuki", "vuokravelka maksamatta", "kissa", "moi"]

    copies = [misspelt(word) for word in words]

    assert copies == [misspelt(word) for word in words]
    assert copies[-1] == "moi"
    assert all(abs(len(copy) - len(word)) <= 1 for copy, word in zip(copies, words, strict=True))


def _content(folder: Path) -> Path:
    """The smallest phrases that make models."""
    topics = {"topics/debt.yaml": "debt", "topics/housing.yaml": "housing"}
    files = {
        path: f"topic: {name}\nnumber: {number}\nnames: {{fi: A}}\nbutton: {{fi: A}}\n"
        f"examples: {{fi: [{name} asia], sv: [{name} sak], en: [{name} thing]}}\n"
        for number, (path, name) in enumerate(topics.items(), 1)
    }
    files |= {
        f"lanes/{lane}.yaml": f"lane: {lane}\nexamples: {{fi: [{lane}], sv: [{lane}], en: [{lane}]}}\n"
        for lane in ("greeting", "thanks", "off_topic")
    }
    files["lanes/individual.yaml"] = "groups: {}\nsigns: [mun asia]\nexamples: {fi: [missä mun asia on]}\n"
    files["crisis/signs.fi.yaml"] = "groups: {}\nsigns: {suicide: [haluan kuolla]}\nidioms: []\n"
    files["crisis/lines.fi.yaml"] = "for: {suicide: [haluan kuolla]}\nagainst: [kuolinpesä]\n"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def test_models_are_trained_once_for_the_same_phrases(tmp_path: Path) -> None:
    templates = _content(tmp_path / "templates")
    load_models(templates, cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    written_at = kept.stat().st_mtime_ns

    load_models(templates, cache=tmp_path / "cache")

    assert [path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()] == [written_at]


def test_a_changed_phrase_trains_anew(tmp_path: Path) -> None:
    templates = _content(tmp_path / "templates")
    before = fingerprint(templates)

    (templates / "topics" / "debt.yaml").write_text(
        (templates / "topics" / "debt.yaml").read_text().replace("asia", "velka")
    )

    assert fingerprint(templates) != before


def test_a_broken_cache_is_trained_over(tmp_path: Path) -> None:
    templates = _content(tmp_path / "templates")
    load_models(templates, cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(b"broken")

    models = load_models(templates, cache=tmp_path / "cache")

    assert len(models.topics) == 2
    assert load(kept) is not None


@pytest.mark.parametrize("text", ["a: [", "- 1: : 2", ""])
def test_a_phrase_file_that_cannot_be_read_is_named(text: str, tmp_path: Path) -> None:
    templates = _content(tmp_path / "templates")
    (templates / "topics" / "debt.yaml").write_text(text)

    with pytest.raises(InvalidInput, match=r"debt\.yaml"):
        read_phrases(templates)
