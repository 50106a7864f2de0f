"""Finding and masking personal data in what a resident writes, before anything is stored.

Rather one mark too many than a number kept: an identity code is masked with a wrong check character too.
Names are found only after words that announce one; no promise of completeness is made for them.
"""

import re
from collections.abc import Callable
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
    has_digit = re.search(r"\d", text) is not None
    taken: list[Found] = []
    covered = bytearray(len(text))
    for rule in _RULES:
        if not has_digit and rule.kind not in _NEED_NO_DIGIT:
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span(1 if rule.pattern.groups else 0)
            if not any(covered[start:end]) and rule.accepts(match):
                covered[start:end] = b"\1" * (end - start)
                taken.append(Found(kind=rule.kind, start=start, end=end))
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
    r"(?<!\w)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d ?\d{3} ?[0-9A-FHJ-NPR-Ya-fhj-npr-y](?!\w)"
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
    rf"(?<!\w)(?:[A-ZÅÄÖ][\wåäö-]{{0,40}} )?[A-ZÅÄÖa-zåäö][\wåäö-]{{0,40}}?(?:{_STREET})"
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
    r"\d{1,2}[./]\d{1,2}[./–-]|\d{1,2}[.:]\d\d ?[–-]|(?:19|20)\d\d ?[–/-] ?(?:19|20)\d\d|\d{4}-\d\d-\d\d|"
    r"\d{4} ?[–-] ?\d{4}$"
)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    """What a pattern finds, where ``accepts`` agrees; group 1, if there is one, is the datum itself."""

    kind: PersonalDataKind
    pattern: re.Pattern[str]
    accepts: Callable[[re.Match[str]], bool] = lambda _: True


def _is_iban(match: re.Match[str]) -> bool:
    from stdnum import iban  # noqa: PLC0415  (reads a table; few messages hold anything alike)

    return bool(iban.is_valid(match.group()))


def _has_check_character(match: re.Match[str]) -> bool:
    """Digits without a century sign are an identity code only where the check character fits."""
    code = match.group().replace(" ", "").upper()
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(code[:9]) % 31] == code[9]


def _is_no_date(match: re.Match[str]) -> bool:
    return not re.search(r"\d{1,2}\.\d{1,2}\.(?:\d{4}|$)", match.group())


def _is_phone(match: re.Match[str]) -> bool:
    """A Finnish number of any kind, a foreign one with its plus sign, or digits after "puh" or the like."""
    written = match.group()
    if _DATE_OR_TIME.match(written):
        return False
    digits = re.sub(r"\D", "", written)
    for begin, fewest, most in _PHONE_LENGTHS:
        if re.match(begin, written) or re.match(begin, digits):
            return fewest <= len(digits) <= most
    before = match.string[max(0, match.start() - 40) : match.start()]
    return len(digits) <= 15 and bool(_PHONE_CUE.search(before))


# Numbers may be typed with any separators: only how they begin and how many digits they have is sure.
_PHONE_LENGTHS = (
    (r"\+|00", 8, 15),
    (r"358", 10, 13),
    (r"0(?:4|50)", 8, 12),
    (r"0[1-9]", 7, 11),
)

# The surer rules first: what one has found, the next leaves alone.
_RULES = (
    _Rule(kind=PersonalDataKind.EMAIL, pattern=_EMAIL),
    _Rule(kind=PersonalDataKind.IBAN, pattern=_FINNISH_IBAN),
    _Rule(kind=PersonalDataKind.IBAN, pattern=_IBAN, accepts=_is_iban),
    _Rule(kind=PersonalDataKind.IDENTITY_CODE, pattern=_IDENTITY_CODE),
    _Rule(kind=PersonalDataKind.IDENTITY_CODE, pattern=_BARE_IDENTITY_CODE, accepts=_has_check_character),
    _Rule(kind=PersonalDataKind.CASE_NUMBER, pattern=_DIARY_NUMBER),
    _Rule(kind=PersonalDataKind.CASE_NUMBER, pattern=_CASE_NUMBER, accepts=_is_no_date),
    _Rule(kind=PersonalDataKind.PHONE, pattern=_NUMBER, accepts=_is_phone),
    _Rule(kind=PersonalDataKind.ADDRESS, pattern=_ADDRESS),
    _Rule(kind=PersonalDataKind.ADDRESS, pattern=_POSTCODE),
    _Rule(kind=PersonalDataKind.NAME, pattern=_NAME),
    _Rule(kind=PersonalDataKind.NAME, pattern=_FULL_NAME),
)
_NEED_NO_DIGIT = {PersonalDataKind.EMAIL, PersonalDataKind.NAME}
