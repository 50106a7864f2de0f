"""Every sentence that a person sees is in both catalogues."""

import ast
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from social_bot.translations import catalogue, translate
from social_bot.web.words import NOTES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "social_bot"
FOR_THE_COMMAND_LINE = ("cli", "practice")
"""The command line speaks English, and the practice Page has words of its own."""

KEEPS_REASONS = (
    *("planning/publishing.py", "answering/holding.py", "answering/outbox.py"),
    *("channels/facebook/failures.py", "channels/facebook/graph.py", "channels/facebook/calling.py"),
    *("channels/facebook/connection.py", "channels/facebook/login.py"),
)
"""Their sentences are kept in rows and shown later."""

MsgId = str | Sequence[str]


def test_every_sentence_is_translated(language):
    known = read(language)

    missing = sorted({str(msgid) for msgid in wanted() if not is_translated(known.get(key(msgid)))})

    assert missing == []


def test_no_translation_is_left_over(language):
    wanted_keys = {key(msgid) for msgid in wanted()}

    left_over = [
        message.id for message in read(language) if message.id and key(message.id) not in wanted_keys
    ]

    assert left_over == []


def test_a_translation_keeps_the_places_of_its_sentence(language):
    wrong = [
        said
        for message in read(language)
        if message.id
        for sentence, said in zip(forms(message.id), forms(message.string), strict=True)
        if places(said) != places(sentence)
    ]

    assert wrong == []


def test_finnish_addresses_the_reader_as_sina_and_shouts_nowhere():
    said = " ".join(str(message.string) for message in read("fi") if message.id)

    assert re.search(r"\b(te|teidän|teille|teitä)\b|!", said) is None


def test_every_reason_for_silence_has_words():
    calls = ast.walk(ast.parse((PACKAGE / "answering/dialogue.py").read_text(encoding="utf-8")))
    reasons = {
        word.value.value
        for call in calls
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Silence"
        for word in call.keywords
        if word.arg == "reason" and isinstance(word.value, ast.Constant)
    }

    assert reasons
    assert reasons <= set(NOTES)


def test_english_needs_no_catalogue():
    assert translate("en")("Today") == "Today"
    assert translate("fi")("Today") == "Tänään"


def test_a_catalogue_is_read_once():
    assert catalogue("fi") is catalogue("fi")


@pytest.fixture(params=["fi", "sv"])
def language(request):
    return request.param


def wanted() -> Iterator[MsgId]:
    yield from in_templates()
    yield from in_code()
    yield from kept_reasons()


def in_templates() -> Iterator[MsgId]:
    for path in sorted((ROOT / "templates/web").glob("*.html")):
        options = {
            "newstyle_gettext": "true",
            "silent": "false",
            "trim_blocks": "true",
            "lstrip_blocks": "true",
        }
        with path.open("rb") as file:
            for _, function, message, _ in babel_extract(file, ("_", "ngettext"), [], options):
                first, *rest = (
                    [message] if isinstance(message, str) else [part for part in message or () if part]
                )
                yield (first, *rest) if function == "ngettext" else first


def in_code() -> Iterator[MsgId]:
    keywords = {**DEFAULT_KEYWORDS, **dict.fromkeys(("marked", *names_of_errors()))}
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] in FOR_THE_COMMAND_LINE:
            continue
        source = io.BytesIO(path.read_bytes())
        for _, message, _, _ in extract("python", source, keywords=keywords):
            first = message if isinstance(message, str) else message[0]
            if re.search("[a-z]", re.sub(r"\{\w+\}", "", first)):
                yield first


def names_of_errors() -> set[str]:
    """Every class under ``SocialBotError``, wherever it stands."""
    classes = [
        pair
        for path in PACKAGE.rglob("*.py")
        for pair in re.findall(r"^class (\w+)\((\w+)\):", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    names = {"SocialBotError"}
    while found := {name for name, base in classes if base in names and name not in names}:
        names |= found
    return names


def kept_reasons() -> Iterator[MsgId]:
    for name in KEEPS_REASONS:
        tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
        docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and node not in docstrings
                and isinstance(node.value, str)
                and re.fullmatch(r"[A-Z].* .*\.", node.value)
            ):
                yield node.value


def read(language: str) -> Catalog:
    path = PACKAGE / "locale" / language / "LC_MESSAGES" / "social_bot.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def key(msgid: MsgId) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(forms(message.string))


def forms(text: MsgId | None) -> Sequence[str]:
    """Singular and plural, or the one form."""
    return [text] if isinstance(text, str) else text or [""]


def places(sentence: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|\{\w+\}", sentence))
