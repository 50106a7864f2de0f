"""What a worker writes in their own words, looked over before it goes out through a channel that is not safe.

The law on client data makes even the fact of being a client secret; "your application" tells it. A hit is
a doubt and no verdict: the writer sees it and decides, knowingly.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from social_bot.answering.limits import TEXT_LIMIT
from social_bot.errors import InvalidInput
from social_bot.organisation import personal_data
from social_bot.organisation.approval import content_hash
from social_bot.organisation.directory import Organisation
from social_bot.organisation.personal_data import MARKS, Found
from social_bot.translations import marked

NOT_SENT = marked(
    "The text has not been sent. It holds something that does not belong in an open channel. Read what is named"
    " here, then change the text or send it all the same."
)

CASE_WORDS = re.compile(
    r"(?<!\w)(?:"
    # fi: an own application, decision, clienthood, plan, or own worker
    r"(?:hakemu[ks]|päätök|päätös|asiakkuu|asiakassuunnitelm|palvelutarpee|tapauk|maksusitoumuk|käsittelijä|"
    r"omatyöntekijä|sosiaalityöntekijä|sosiaaliohjaaj)\w{0,12}?(?:si|nne)(?:kin|kään|ko|kö)?"
    r"|(?:olet|olette|olit) (?:jo |vielä )?(?:meidän )?asiakka?\w{0,8}"
    # sv
    r"|(?:din|ditt|dina|er|ert|era) (?:\w{1,20} )?(?:ansök\w{1,8}|beslut\w{0,3}|klientskap\w{0,2}|klientplan\w{0,2}|"
    r"ärende\w{0,2}|handläggare\w{0,2}|socialarbetare\w{0,2}|betalningsförbindelse\w{0,2})"
    r"|(?:du|ni) är (?:redan )?(?:vår )?klient"
    # en
    r"|your (?:\w{1,20} )?(?:application|decision|case|case ?worker|social worker|client plan|payment commitment)s?"
    r"|you(?: are|['’]re) (?:already )?(?:a|our) client"
    r")(?!\w)",
    re.IGNORECASE,
)


class Doubt(StrEnum):
    """Kinds beside those of personal data."""

    CASE = "case"


@dataclass(frozen=True, kw_only=True)
class Concern:
    """``kind`` is of personal data or a ``Doubt``; ``words`` are those of the writer."""

    kind: str
    words: str


class Doubtful(InvalidInput):
    """The words hold what does not belong there. Given ``digest`` back, the writer has seen it and insists."""

    def __init__(self, concerns: Sequence[Concern], digest: str) -> None:
        super().__init__(NOT_SENT)
        self.concerns = tuple(concerns)
        self.digest = digest


def look_over(text: str, organisation: Organisation) -> tuple[Concern, ...]:
    """What is doubtful in it; the organisation's own numbers, addresses and links are not."""
    concerns = [
        Concern(kind=found.kind.value, words=text[found.start : found.end])
        for found in _private(text, organisation)
    ]
    concerns += [Concern(kind=Doubt.CASE, words=match.group()) for match in CASE_WORDS.finditer(text)]
    return tuple(dict.fromkeys(concerns))


def checked(text: str, organisation: Organisation, *, insisted: str | None) -> str:
    """The text, clean or insisted upon.

    Raises ``InvalidInput`` for none or one that is too long, ``Doubtful`` for one to be looked at again.
    """
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise InvalidInput("Write something first.")
    if len(text) > TEXT_LIMIT:
        raise InvalidInput(
            "The text has {length} characters; Facebook takes {most}. Shorten it.",
            length=len(text),
            most=TEXT_LIMIT,
        )
    concerns = look_over(text, organisation)
    if concerns and insisted != digest_of(text):
        raise Doubtful(concerns, digest_of(text))
    return text


def digest_of(text: str) -> str:
    """Binds the second press to the very words that the warning was about."""
    return content_hash({"text": text})


def masked(text: str, organisation: Organisation) -> str:
    """The text as it is kept: personal data masked, the organisation's own numbers left."""
    parts: list[str] = []
    at = 0
    for found in _private(text, organisation):
        parts += [text[at : found.start], MARKS[found.kind]]
        at = found.end
    return "".join([*parts, text[at:]])


def _private(text: str, organisation: Organisation) -> Sequence[Found]:
    own = [_plain(value) for value in organisation.values.values()]
    return [
        found
        for found in personal_data.find(text)
        if not any(_plain(text[found.start : found.end]) in value for value in own)
    ]


def _plain(text: str) -> str:
    """So that one number, written in two ways, is the same."""
    plain = re.sub(r"[^\w@]", "", text.casefold())
    return re.sub(r"^(?:00)?358", "0", plain)
