"""Finding and masking personal data in what a resident writes, before anything is stored.

Rather one mark too many than a number kept: an identity code is masked with a wrong check character too.
Names are found only after words that announce one; no promise of completeness is made for them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class PersonalDataKind(StrEnum):
    IDENTITY_CODE = "identity_code"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    ADDRESS = "address"
    NAME = "name"
    CASE_NUMBER = "case_number"


MARKS: dict[PersonalDataKind, str] = {
    PersonalDataKind.IDENTITY_CODE: "[••• henkilötunnus]",
    PersonalDataKind.PHONE: "[••• puhelin]",
    PersonalDataKind.EMAIL: "[••• sähköposti]",
    PersonalDataKind.IBAN: "[••• tilinumero]",
    PersonalDataKind.ADDRESS: "[••• osoite]",
    PersonalDataKind.NAME: "[••• nimi]",
    PersonalDataKind.CASE_NUMBER: "[••• asianumero]",
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """``text[start:end]`` is personal data of this kind."""

    kind: PersonalDataKind
    start: int
    end: int


def find(text: str) -> tuple[Found, ...]:
    """Personal data in the order of the text, never overlapping; of two that overlap the surer one."""
    taken: list[Found] = []
    covered = bytearray(len(text))
    for found in _candidates(text):
        if not any(covered[found.start : found.end]):
            covered[found.start : found.end] = b"\1" * (found.end - found.start)
            taken.append(found)
    return tuple(sorted(taken, key=lambda found: found.start))


def kinds(text: str) -> tuple[PersonalDataKind, ...]:
    """The kinds that occur, each once."""
    return tuple(sorted({found.kind for found in find(text)}))


def mask(text: str) -> str:
    parts: list[str] = []
    at = 0
    for found in find(text):
        parts += [text[at : found.start], MARKS[found.kind]]
        at = found.end
    return "".join([*parts, text[at:]])


# Century signs since 2023: https://dvv.fi/en/reform-of-personal-identity-code
_IDENTITY_CODE = re.compile(
    r"(?<![\w-])(?:0[1-9]|[12]\d|3[01])[ .]?(?:0[1-9]|1[0-2])[ .]?\d\d ?[-+–—−A-FU-Ya-fu-y] ?\d{3} ?[0-9A-Za-z](?!\w)"
)
_BARE_IDENTITY_CODE = re.compile(
    r"(?<!\w)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{5}[A-Fa-fHhJ-Nj-nPpR-Yr-y](?!\w)"
)
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?(?:@|\(at\)|\[at\]|\(ät\)) ?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?!\w)",
    re.IGNORECASE,
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2} ?\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}(?!\w)", re.IGNORECASE)
_FINNISH_IBAN = re.compile(r"(?<!\w)FI ?\d\d(?:[ -]?\d){14}(?!\d)", re.IGNORECASE)
_STREET = (
    r"katu|kadu|tie|kuja|kuj|polku|polu|väylä|kaari|kaare|rinne|rinte|raitti|raiti|bulevardi|puistikko|aukio|ranta|"
    r"ranna|mäki|mäe|penger|penkere|portti|porti|gata|gatan|väg|vägen|gränd|gränden|stig|stigen|allé|allén|"
    r"esplanad|esplanadi|torg|torget|tori|backen|stranden|street|road"
)
_ADDRESS = re.compile(
    rf"(?<!\w)(?:[A-ZÅÄÖa-zåäö][\wåäö-]{{0,40}} )?[A-ZÅÄÖa-zåäö][\wåäö-]{{0,40}}?(?:{_STREET})"
    r"(?:n|lla|llä|lta|ltä|lle|ssa|ssä|sta|stä|an|en|in|on|ta|tä|ä|a)? \d{1,4}(?:\s?[-–]\s?\d{1,4})?"
    r"(?:\s?[A-Za-z](?![\wåäö])(?:\s?\d{1,4}(?!\d))?)?(?:\s?(?:as|bst|lgh)\.?\s?\d{1,4})?(?!\w)"
)
_POSTCODE = re.compile(r"(?<![\w.,-])\d{5} (?:[A-ZÅÄÖ][a-zåäö]{2,}|[A-ZÅÄÖ]{3,})(?!\w)")
_CASE_NUMBER = re.compile(
    r"(?:hakemus|päätös|asia|asiakas|diaari|tapaus|viite|ärende|ansöknings|besluts|kund|dnr|case|application|"
    r"reference|client|decision)[ -]?(?:numero|nro|nr|nummer|number|no|id|tunnus)?(?:ni|mme|si)?(?: on| är| is)?[.:#]?\s{0,2}"
    r"(?=[\w/.-]*\d{3})[A-Z]{0,6}[ /-]?\d[\w/.-]{2,30}",
    re.IGNORECASE,
)
_DIARY_NUMBER = re.compile(
    r"(?<![\w/])(?:[A-ZÅÄÖ]{2,12}/)?(?:\d{1,6}/\d{2}[.\d]{0,9}/(?:19|20)\d\d|[A-ZÅÄÖ]{2,12}/\d{1,6}/(?:19|20)\d\d|"
    r"(?:dnro|dnr|diaarinro)[.:]? ?\d{1,6}/(?:19|20)?\d\d)(?!\w)",
    re.IGNORECASE,
)
_NAME_CUE = (
    r"(?i:(?:mun |minun |mu |miu )?nim(?:eni|i|ein) (?:on|o)|(?:mitt |mit )?namn(?:et)? är|jag heter|heter jag|"
    r"my name is|my name['’]s|name is|i am called|terveisin|terv\.|t\.|terkuin|mvh|hälsningar|"
    r"(?:kind |best )?regards|nimi ?:|namn ?:|name ?:|меня зовут|мене звати|minu nimi on)"
)
_NOT_A_NAME = r"(?i:ei|se|joku|not|inte|kirjattu|väärin|jo|nyt|vain|sama|the|a|on|my|min|mun)"
_CAPITALISED = r"[A-ZÅÄÖÜŠŽА-ЯІЇЄҐ][^\W\d_]{1,30}(?:[-'’][^\W\d_]{2,20})?"
_NAME = re.compile(
    rf"(?<!\w){_NAME_CUE},?\s{{1,3}}(?!{_NOT_A_NAME}\b)"
    rf"([^\W\d_]{{2,30}}(?:[-'’][^\W\d_]{{2,20}})?(?: {_CAPITALISED}){{0,3}}"
    r"(?: (?!ja\b|olen\b|oon\b|och\b|and\b|mutta\b|mut\b|från\b|from\b|asun\b)[^\W\d_]{3,30}(?=\s?(?:[,.!?\n]|$|ja\b|och\b|and\b)))?)"
)
_FULL_NAME = re.compile(
    rf"(?<!\w)(?i:olen|oon|täällä|tässä|tääl|jag är|här är|i am|i['’]m|this is) ({_CAPITALISED}(?: {_CAPITALISED}){{1,3}})(?!\w)"
)
_NUMBER = re.compile(r"(?<![\w.,/€+-])(?:\+ ?|00)?\(?\d(?:[ ()/.–-]{0,2}\d){5,16}(?![\w]|[.,/:]\d)")
_PHONE_CUE = re.compile(
    r"(?:puh|puhelin\w{0,6}|puhnro|numero\w{0,4}|nro|soit\w{1,5}|tel|telefon\w{0,8}|nummer|ring\w{0,3}|phone|number|call)"
    r"[.: ](?:\w{1,8} ){0,2}$",
    re.IGNORECASE,
)
_DATE_OR_TIME = re.compile(
    r"\d{1,2}[./]\d{1,2}[./–-]|\d{1,2}[.:]\d\d ?[–-]|(?:19|20)\d\d ?[–/-] ?(?:19|20)\d\d|\d{4}-\d\d-\d\d"
)


def _candidates(text: str) -> Iterator[Found]:  # noqa: C901, PLR0912  (one loop a pattern reads best in a row)
    """The surest kinds first."""
    for match in _EMAIL.finditer(text):
        yield _found(PersonalDataKind.EMAIL, match)
    for match in _FINNISH_IBAN.finditer(text):
        yield _found(PersonalDataKind.IBAN, match)
    for match in _IBAN.finditer(text):
        if _is_iban(match.group()):
            yield _found(PersonalDataKind.IBAN, match)
    for match in _IDENTITY_CODE.finditer(text):
        yield _found(PersonalDataKind.IDENTITY_CODE, match)
    for match in _BARE_IDENTITY_CODE.finditer(text):
        if _check_character(match.group()[:9]) == match.group()[9].upper():
            yield _found(PersonalDataKind.IDENTITY_CODE, match)
    for pattern in (_DIARY_NUMBER, _CASE_NUMBER):
        for match in pattern.finditer(text):
            yield _found(PersonalDataKind.CASE_NUMBER, match)
    for match in _NUMBER.finditer(text):
        if _is_phone(match.group(), before=text[max(0, match.start() - 40) : match.start()]):
            yield _found(PersonalDataKind.PHONE, match)
    for pattern in (_ADDRESS, _POSTCODE):
        for match in pattern.finditer(text):
            yield _found(PersonalDataKind.ADDRESS, match)
    for pattern in (_NAME, _FULL_NAME):
        for match in pattern.finditer(text):
            yield Found(kind=PersonalDataKind.NAME, start=match.start(1), end=match.end(1))


def _found(kind: PersonalDataKind, match: re.Match[str]) -> Found:
    return Found(kind=kind, start=match.start(), end=match.end())


def _is_iban(written: str) -> bool:
    from stdnum import iban  # noqa: PLC0415  (reads a table; few messages hold anything alike)

    return bool(iban.is_valid(written))


def _check_character(digits: str) -> str:
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31]


def _is_phone(written: str, *, before: str) -> bool:
    """A Finnish number of any kind, a foreign one with its plus sign, or digits after "puh" or the like."""
    if _DATE_OR_TIME.match(written):
        return False
    digits = re.sub(r"\D", "", written)
    if written.startswith(("+", "00")):
        return 8 <= len(digits) <= 15
    if digits.startswith("358"):
        return 10 <= len(digits) <= 13
    if re.match(r"0(?:4|50)", digits):
        return 8 <= len(digits) <= 12
    if re.match(r"0[1-9]", digits):
        return 7 <= len(digits) <= 11
    return 6 <= len(digits) <= 15 and bool(_PHONE_CUE.search(before))
