"""How a text speaks: in every language of the organisation, in short sentences, plainly, and to somebody."""

import re
from collections.abc import Iterator, Mapping

from social_bot.planning.checks.findings import Check, CheckContext, Finding, Severity
from social_bot.planning.checks.lists import LanguageList
from social_bot.planning.checks.matching import any_of, sentences
from social_bot.planning.posts import PostContent
from social_bot.translations import marked

_MOST = 4
"""Findings of one kind that are shown of a text; more would be scrolled past."""


def find_missing_languages(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for language in context.languages:
        if not content.texts.get(language, "").strip():
            yield Finding(
                check=Check.MISSING_LANGUAGE,
                severity=Severity.BLOCK,
                sentence=marked("The text is missing in a language of the organisation: {language}."),
                next_step=marked("Write the text in this language as well. If it cannot wait, write why."),
                values={"language": language},
                language=language,
            )


def find_long_sentences(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for language, text in content.texts.items():
        longest = context.lists.languages[language].longest_sentence
        long = [each for each in sentences(text) if len(each.words) > longest]
        for each in long[:_MOST]:
            yield Finding(
                check=Check.LONG_SENTENCE,
                severity=Severity.WARNING,
                sentence=marked("A sentence has {count} words; at most {most} are easy to read."),
                next_step=marked("Make two sentences of it, one matter in each."),
                values={"count": len(each.words), "most": longest},
                language=language,
                start=each.start,
                end=each.end,
                quote=each.text,
            )


def find_jargon(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for language, text in content.texts.items():
        jargon = context.lists.languages[language].jargon
        seen: set[str] = set()
        for match in any_of(tuple(jargon)).finditer(text):
            if match.group().lower() in seen or len(seen) == _MOST:
                continue
            seen.add(match.group().lower())
            yield Finding(
                check=Check.JARGON,
                severity=Severity.WARNING,
                sentence=marked('"{quote}" is a word of offices.'),
                next_step=marked('Say it plainly, for example: "{plain}".'),
                values={"quote": match.group(), "plain": _plain(match.group(), jargon)},
                language=language,
                start=match.start(),
                end=match.end(),
                quote=match.group(),
            )


def find_passive(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """A few are natural; many hide who does what."""
    for language, text in content.texts.items():
        lists = context.lists.languages[language]
        found = list(_passives(text, lists))
        if len(found) > lists.passive_at_most:
            words = ", ".join(match.group() for match in found[:_MOST])
            yield Finding(
                check=Check.PASSIVE,
                severity=Severity.WARNING,
                sentence=marked("The text does not say who does what: {words}."),
                next_step=marked("Name who does it: we, you, Kela."),
                values={"words": words},
                language=language,
                start=found[0].start(),
                end=found[0].end(),
                quote=words,
            )


def _passives(text: str, lists: LanguageList) -> Iterator[re.Match[str]]:
    yield from any_of(lists.passive_words).finditer(text)
    if not lists.passive_endings:
        return
    endings = "|".join(sorted(map(re.escape, lists.passive_endings), key=len, reverse=True))
    for match in re.finditer(rf"(?<![\w-])[a-zåäö]{{3,}}(?:{endings})(?!\w)", text):
        if match.group() not in lists.not_passive:
            yield match


def _plain(word: str, jargon: Mapping[str, str]) -> str:
    for listed, plain in sorted(jargon.items(), key=lambda pair: -len(pair[0])):
        if any_of((listed,)).fullmatch(word):
            return plain
    return ""
