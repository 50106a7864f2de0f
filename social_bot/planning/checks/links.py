"""Where a post leads: to the organisation, to known public bodies, and never through a shortener."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from social_bot.planning.checks.findings import Check, CheckContext, Finding, Severity
from social_bot.planning.checks.matching import Passage, passages
from social_bot.planning.posts import PostContent
from social_bot.translations import marked

_URL = re.compile(r"(?<![\w@])https?://[^\s<>\"»]+", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@./:-])(?:www\.)?(?:[a-z0-9åäö](?:[a-z0-9åäö-]{0,61}[a-z0-9åäö])?\.)+"
    r"(?:fi|com|org|net|eu|se|info|io|ly|gl|gd|co|cc|me|in|at|gy|ru|cn|biz|app|site|online|xyz|example)(?![\w.-]*@)(?:/[^\s<>\"»]*)?(?![\w-])",
    re.IGNORECASE,
)
_TAIL = ".,;:!?)]}'’"


def find_links(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for passage in passages(content):
        for start, address in links_in(passage.text):
            yield from _judged(address, context, passage=passage, start=start)
    if content.link:
        yield from _judged(content.link, context)


def links_in(text: str) -> Iterator[tuple[int, str]]:
    """Addresses with their places, written out or bare (``kela.fi/tuki``)."""
    taken: list[tuple[int, int]] = []
    for pattern in (_URL, _BARE):
        for match in pattern.finditer(text):
            if not any(begin <= match.start() < end for begin, end in taken):
                taken.append(match.span())
                yield match.start(), match.group().rstrip(_TAIL)


def host_of(address: str) -> str | None:
    """In small letters, without ``www.``; None for what is no address of the web."""
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return None
    return host if parts.scheme in ("http", "https") and "@" not in parts.netloc and host else None


def host_is_allowed(host: str, context: CheckContext) -> bool:
    return _is_among(host.lower(), context.lists.hosts) or _is_among(host.lower(), context.own_hosts)


def is_shortener(host: str, context: CheckContext) -> bool:
    return _is_among(host, context.lists.shorteners)


def _is_among(host: str, known: AbstractSet[str]) -> bool:
    """The host itself or any part of it from the right: ``www.kela.fi`` is under ``kela.fi``."""
    parts = host.split(".")
    return any(".".join(parts[number:]) in known for number in range(len(parts)))


def _judged(
    address: str, context: CheckContext, *, passage: Passage | None = None, start: int | None = None
) -> Iterator[Finding]:
    host = host_of(address)
    where = {
        "language": passage.language if passage else None,
        "picture": passage.picture if passage else None,
        "start": start,
        "end": None if start is None else start + len(address),
        "quote": address,
    }
    if host is not None and is_shortener(host, context):
        yield Finding(
            check=Check.SHORT_LINK,
            severity=Severity.BLOCK,
            sentence=marked('"{host}" is a shortened address: nobody sees where it leads.'),
            next_step=marked("Open it, and write the address that it leads to."),
            values={"host": host},
            **where,  # type: ignore[arg-type]
        )
    elif host is None or not host_is_allowed(host, context):
        yield Finding(
            check=Check.UNKNOWN_LINK,
            severity=Severity.BLOCK,
            sentence=marked('The address "{host}" is not among the known ones.'),
            next_step=marked(
                "Use a page of the organisation or of a public body. If the address is right and safe, write why."
            ),
            values={"host": host or address},
            **where,  # type: ignore[arg-type]
        )
