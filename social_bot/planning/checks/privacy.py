"""Nobody's person, contact, home or case in a post: all of it is secret, being a client included."""

import re
from collections.abc import Iterator

from social_bot.organisation.personal_data import Found, PersonalDataKind, find
from social_bot.planning.checks.findings import Check, CheckContext, Finding, Severity
from social_bot.planning.checks.links import host_is_allowed
from social_bot.planning.checks.lists import LanguageList
from social_bot.planning.checks.matching import Passage, Sentence, any_of, passages, sentences
from social_bot.planning.posts import PostContent
from social_bot.translations import marked

_PUBLIC_NUMBER = re.compile(r"(?:0800|0600|116|020|0295?|0306|0700|071|073|075|010|1\d\d$)\d*")
"""Numbers that only bodies have: free and company-wide ones, and the short ones of emergency and help lines."""

_STEP_PRIVATE = marked(
    "Take it away, or use the organisation's own number or address. If it belongs to a partner and is meant for"
    " everybody, write why."
)
_SENTENCES = {
    PersonalDataKind.PHONE: marked('"{quote}" is a phone number that is not among the organisation\'s own.'),
    PersonalDataKind.EMAIL: marked('"{quote}" is an e-mail address outside the organisation.'),
    PersonalDataKind.IBAN: marked('"{quote}" is a bank account number.'),
    PersonalDataKind.CASE_NUMBER: marked('"{quote}" looks like the number of somebody\'s case.'),
}
_WORD = re.compile(r"(?<![\w-])[A-ZÅÄÖ][a-zåäöéü]+(?:-[A-ZÅÄÖ][a-zåäö]+)?(?!\w)")
_WITH_SURNAME = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?(?:\s+[A-ZÅÄÖ][a-zåäöéü]+)?")
_WEAK_STEM = re.compile(r"([kpt])([aeiouyäö])$")
_CASE_ENDING = re.compile(r"(?:n|in|a|ä|ta|tä|lle|lla|llä|lta|ltä|ssa|ssä|sta|stä|s|'s|’s|:n|:s)$")


def find_identity_codes_and_contacts(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for passage in passages(content):
        for found in find(passage.text):
            quote = passage.text[found.start : found.end]
            if found.kind is PersonalDataKind.IDENTITY_CODE:
                yield _finding(
                    Check.IDENTITY_CODE,
                    passage,
                    found,
                    sentence=marked("There is a personal identity code in the text."),
                    next_step=marked("Take it away. A post never holds an identity code."),
                )
            elif found.kind in _SENTENCES and not _is_known(found.kind, quote, context):
                yield _finding(
                    Check.PRIVATE_CONTACT,
                    passage,
                    found,
                    sentence=_SENTENCES[found.kind],
                    next_step=_STEP_PRIVATE,
                )


def find_home_addresses(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """An address is fine for a place; not where the same sentence says that somebody lives there."""
    for passage in passages(content):
        lists = context.lists.languages[passage.language]
        homes = any_of(lists.home_words)
        for found in find(passage.text):
            if found.kind is not PersonalDataKind.ADDRESS:
                continue
            around = _sentence_at(passage.text, found.start)
            if homes.search(around.text) and not _is_visit_address(
                passage.text[found.start : found.end], context
            ):
                yield _finding(
                    Check.HOME_ADDRESS,
                    passage,
                    found,
                    sentence=marked('"{quote}" looks like the address of somebody\'s home.'),
                    next_step=marked("Take the address away. Name only places that are open to everybody."),
                )


def find_named_people(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for passage in passages(content):
        lists = context.lists.languages[passage.language]
        for sentence in sentences(passage.text):
            sensitive = any_of(lists.sensitive_words).search(sentence.text)
            name = _person_in(sentence, lists, context) if sensitive else None
            if sensitive and name:
                yield Finding(
                    check=Check.NAMED_PERSON,
                    severity=Severity.BLOCK,
                    sentence=marked(
                        'The name "{name}" stands beside "{word}". Health and benefits are secret.'
                    ),
                    next_step=marked(
                        "Take the name away, or tell the matter without a person. If somebody tells their own"
                        " story and has agreed in writing, write that as the reason."
                    ),
                    values={"name": name.group().strip(), "word": sensitive.group()},
                    language=passage.language,
                    start=sentence.start + name.start(),
                    end=sentence.start + name.end(),
                    quote=name.group().strip(),
                    picture=passage.picture,
                )


def find_case_words(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for passage in passages(content):
        lists = context.lists.languages[passage.language]
        for match in any_of(lists.case_words).finditer(passage.text):
            yield Finding(
                check=Check.CASE_WORDS,
                severity=Severity.BLOCK,
                sentence=marked(
                    '"{quote}" speaks of the reader\'s own case, as if we knew them as a client.'
                ),
                next_step=marked(
                    "Speak in general: write of an application or a decision, not of the reader's. If it cannot be"
                    " misread here, write why."
                ),
                values={"quote": match.group()},
                language=passage.language,
                start=match.start(),
                end=match.end(),
                quote=match.group(),
                picture=passage.picture,
            )


def _finding(check: Check, passage: Passage, found: Found, *, sentence: str, next_step: str) -> Finding:
    quote = passage.text[found.start : found.end]
    return Finding(
        check=check,
        severity=Severity.BLOCK,
        sentence=sentence,
        next_step=next_step,
        values={"quote": quote},
        language=passage.language,
        start=found.start,
        end=found.end,
        quote=quote,
        picture=passage.picture,
    )


def _is_known(kind: PersonalDataKind, quote: str, context: CheckContext) -> bool:
    if kind is PersonalDataKind.PHONE:
        digits = plain_number(quote)
        return digits in context.own_numbers or _PUBLIC_NUMBER.fullmatch(digits) is not None
    if kind is PersonalDataKind.EMAIL:
        return host_is_allowed(re.split(r"@|\(at\)|\[at\]|\(ät\)", quote)[-1].strip(), context)
    return False


def plain_number(number: str) -> str:
    """Digits alone, in the national form."""
    digits = re.sub(r"\D", "", number)
    return re.sub(r"^(?:00)?358(?:0)?", "0", digits)


def _is_visit_address(quote: str, context: CheckContext) -> bool:
    own = [each.value for each in context.settings if each.key == "visit_address"]
    return any(quote.strip().lower() in value.lower() for value in own)


def _sentence_at(text: str, place: int) -> Sentence:
    return next(
        (each for each in sentences(text) if each.start <= place < each.end), Sentence(text=text, start=0)
    )


def _person_in(sentence: Sentence, lists: LanguageList, context: CheckContext) -> re.Match[str] | None:
    """A first name, alone or with a surname, that no word of a worker announces."""
    staff = any_of(lists.staff_words)
    for match in _WORD.finditer(sentence.text):
        if not _is_first_name(match.group(), context):
            continue
        around = sentence.text[max(0, match.start() - 45) : match.end() + 45]
        if not staff.search(around):
            return _WITH_SURNAME.match(sentence.text, match.start())
    return None


def _is_first_name(word: str, context: CheckContext) -> bool:
    """The word itself or without a case ending: Sari, Sarilla; Mikolle has lost one k of Mikko."""
    lower = word.lower()
    stem = _CASE_ENDING.sub("", lower)
    doubled = _WEAK_STEM.sub(r"\1\1\2", stem)
    return not context.lists.first_names.isdisjoint({lower, stem, doubled})
