"""Approved replies: which version of a text is in force, and the message that is made of several.

Shipped texts are versions that nobody has approved yet. A live page sends approved versions only; a
practice page falls back on the newest version, marked as not approved.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from ruamel.yaml import YAML
from sqlalchemy import select as columns
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.danger import PHONE_KEY, STOPPED_KEY, crisis_key
from social_bot.answering.limits import BUTTON_TEXT_LIMIT, TEXT_LIMIT, require_within_limits
from social_bot.answering.outcomes import (
    LANGUAGE_PAYLOAD,
    NOT_HELPED_PAYLOAD,
    TOPIC_PAYLOAD,
    TOPICS_PAYLOAD,
    Answer,
    Lane,
)
from social_bot.answering.topics import Topic, TopicNames
from social_bot.channels.ports import QuickReply, UrlButton
from social_bot.errors import NotFound
from social_bot.organisation import audit, operators
from social_bot.organisation.approval import approve, content_hash
from social_bot.organisation.directory import Organisation
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.rendering import MissingValue, render
from social_bot.organisation.roles import Role
from social_bot.storage.locks import Lock, pass_alone

LAST_RESORT = "crisis_numbers"
CRISIS_KEYS = (*(crisis_key(kind) for kind in CrisisKind), PHONE_KEY, LAST_RESORT)
"""What must be approved before a page goes live; the last resort is sent when nothing else may be."""

MESSAGES_LIMIT = 2
"""https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages"""

PHRASE = "phrase_"
"""Short texts that workers put into their own answers; never sent by themselves."""

SHIPPED = "social_bot"
_LANGUAGE_NAMES = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}
_NO_VALUES: Mapping[str, str] = {}
_FOREIGN_FALLBACK = ("en", "fi")
"""What a reader of another language gets while the text in their own has not been checked."""


class TextVersionRow(SQLModel, table=True):
    """One version of one text in one language. Rows are never changed but by approval or rejection."""

    __tablename__ = "text_version"
    __table_args__ = (UniqueConstraint("key", "language", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=60, index=True)
    language: str = Field(max_length=5)
    version: int
    text: str
    content_hash: str = Field(max_length=64)
    author: str = Field(max_length=160)
    created_at: datetime
    approved_by: str | None = Field(default=None, max_length=160)
    approved_at: datetime | None = None
    checked_by: str | None = Field(default=None, max_length=160)
    valid_until: date | None = None
    rejected_by: str | None = Field(default=None, max_length=160)
    rejected_at: datetime | None = None

    @property
    def needs_speaker(self) -> bool:
        """Whether a speaker of the language must check it before it may be approved."""
        return _needs_speaker(self.language)


@dataclass(frozen=True, kw_only=True)
class ApprovedReply:
    key: str
    language: str
    version: int
    text: str
    content_hash: str
    is_approved: bool


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is sent for one answer, as one or two messages (``texts``); buttons belong to the last of them.

    ``main`` is the version that answers, ``versions`` all that were used.
    """

    texts: tuple[str, ...]
    main: ApprovedReply
    versions: tuple[ApprovedReply, ...]
    quick_replies: tuple[QuickReply, ...]
    buttons: tuple[UrlButton, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.texts)


@dataclass(frozen=True, kw_only=True)
class Library:
    """The texts in force, gathered once for a piece of work."""

    versions: Mapping[tuple[str, str], ApprovedReply]
    topics: Mapping[Topic, TopicNames]

    def text(
        self, key: str, language: str, values: Mapping[str, str | None]
    ) -> tuple[str, ApprovedReply] | None:
        """The rendered text with its version; None where there is none, or where a value is missing."""
        version = self.versions.get((key, language))
        if version is None:
            return None
        try:
            return render(version.text, values), version
        except MissingValue:
            return None


def compose(
    answer: Answer,
    library: Library,
    organisation: Organisation,
    *,
    now: datetime,
    own_values: Mapping[str, str] = _NO_VALUES,
) -> Reply | None:
    """Make the message of an answer; None only when not even the last resort may be sent.

    ``own_values`` are places of this one thread, beside those of the organisation.

    A part that may not be sent, or names a missing value, gives way to the next safer text: a topic to the
    general text, everything to the last resort (the emergency number). A frame part is left out.
    """

    def values(language: str) -> Mapping[str, str | None]:
        return {**organisation.text_values(reading_language(language), now), **own_values}

    rendered = _in_languages(answer, answer.languages, library, values)
    if not rendered:
        fallback = (*_FOREIGN_FALLBACK, *organisation.languages, *LANGUAGES)
        for language in dict.fromkeys(fallback):
            rendered = _in_languages(answer, (language,), library, values)
            if rendered:
                break
    if not rendered:
        return None
    language = rendered[0].language
    texts = [text for part in rendered for text in _in_messages(part)]
    versions = [version for part in rendered for _, version in part.parts]
    buttons: tuple[UrlButton, ...] = ()
    if answer.offers_callback:
        known = values(language)
        addresses = {
            "call_button": organisation.dial_link("phone_main", language),
            "callback_button": organisation.callback_link(language),
        }
        titled = [
            (title, address)
            for key, address in addresses.items()
            if address and (title := library.text(key, language, known))
        ]
        prompt = library.text("callback_prompt", language, known)
        if titled and prompt and len(texts) == 1 and len(texts[0]) > BUTTON_TEXT_LIMIT:
            texts.append(prompt[0])
            versions.append(prompt[1])
        if titled and len(texts[-1]) <= BUTTON_TEXT_LIMIT:
            buttons = tuple(UrlButton(title=title[0], url=address) for title, address in titled)
            versions += [title[1] for title, _ in titled]
    return Reply(
        texts=tuple(texts[:MESSAGES_LIMIT]),
        main=rendered[0].main,
        versions=tuple(versions),
        quick_replies=_quick_replies(answer, library, language),
        buttons=buttons,
    )


@dataclass(frozen=True, kw_only=True)
class _Rendered:
    """One language's share of a reply: rendered parts, each with its version."""

    language: str
    main: ApprovedReply
    parts: tuple[tuple[str, ApprovedReply], ...]


def _in_messages(rendered: _Rendered) -> list[str]:
    """The parts joined, into more than one message only where one would be too long."""
    texts: list[str] = []
    for part, _ in rendered.parts:
        if texts and len(texts[-1]) + len(part) + 2 <= TEXT_LIMIT:
            texts[-1] += "\n\n" + part
        else:
            texts.append(part)
    return texts


def _in_languages(
    answer: Answer,
    languages: Sequence[str],
    library: Library,
    values: Callable[[str], Mapping[str, str | None]],
) -> list[_Rendered]:
    found = []
    for language in languages:
        rendered = _in_language(answer, language, library, values(language))
        if rendered is not None:
            found.append(rendered)
    return found


def _in_language(
    answer: Answer, language: str, library: Library, values: Mapping[str, str | None]
) -> _Rendered | None:
    main = library.text(answer.key, language, values)
    if main is None and language not in LANGUAGES:
        return None  # the reader's own language has not been checked: see _FOREIGN_FALLBACK
    if main is None and answer.lane is not Lane.CRISIS and answer.key != STOPPED_KEY:
        main = library.text("general", language, values)
    has_disclosure = (
        "disclosure" not in answer.parts or library.text("disclosure", language, values) is not None
    )
    if main is None or not has_disclosure:
        resort = library.text(LAST_RESORT, language, values)  # tells by itself that it is automatic
        return None if resort is None else _Rendered(language=language, main=resort[1], parts=(resort,))
    given = [main if key == answer.key else library.text(key, language, values) for key in answer.parts]
    return _Rendered(language=language, main=main[1], parts=tuple(part for part in given if part is not None))


def reading_language(language: str) -> str:
    """The language of the settings' words for a text in ``language``."""
    return language if language in LANGUAGES else "en"


def _quick_replies(answer: Answer, library: Library, language: str) -> tuple[QuickReply, ...]:
    """The topics that are asked about, or related to the one answered; more of them; languages; no help."""
    if answer.lane is Lane.CRISIS or language not in LANGUAGES:
        return ()
    replies = [
        QuickReply(title=library.topics[topic].buttons[language], payload=f"{TOPIC_PAYLOAD}{topic.value}")
        for topic in answer.topics or _related(answer, library)
    ]
    more = library.versions.get(("more_topics", language))
    if answer.next_topics is not None and more is not None:
        replies.append(QuickReply(title=more.text, payload=f"{TOPICS_PAYLOAD}{answer.next_topics}"))
    if answer.asks_language:
        replies += [
            QuickReply(title=name, payload=f"{LANGUAGE_PAYLOAD}{code.upper()}")
            for code, name in _LANGUAGE_NAMES.items()
        ]
    no_help = library.versions.get(("not_helped_button", language))
    if no_help is not None and _is_on_topic(answer):
        replies.append(QuickReply(title=no_help.text, payload=NOT_HELPED_PAYLOAD))
    return tuple(replies)


def _related(answer: Answer, library: Library) -> Sequence[Topic]:
    names = library.topics.get(Topic(answer.key)) if _is_on_topic(answer) else None
    return names.related if names else ()


def _is_on_topic(answer: Answer) -> bool:
    return answer.lane is Lane.GENERAL and answer.key in set(Topic)


def shipped_texts(templates: Path) -> Mapping[tuple[str, str], str]:
    """The texts that come with the program, by key and language."""
    found = {}
    for folder, prefix in (("replies", ""), ("crisis", "crisis_")):
        for path in sorted((templates / folder).glob("*.*.txt")):
            key, language, _ = path.name.split(".")
            found[prefix + key, language] = path.read_text(encoding="utf-8").strip()
    for path in sorted((templates / "phrases").glob("*.yaml")):
        texts: Mapping[str, str] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))["texts"]
        found |= {(PHRASE + path.stem, language): text.strip() for language, text in texts.items()}
    return found


def shipped_library(templates: Path, topics: Sequence[TopicNames]) -> Library:
    """The shipped texts as versions that nobody has approved: what a new organisation begins with."""
    versions = {
        (key, language): ApprovedReply(
            key=key,
            language=language,
            version=1,
            text=text,
            content_hash=text_hash(key, language, text),
            is_approved=False,
        )
        for (key, language), text in shipped_texts(templates).items()
    }
    return Library(versions=versions, topics={names.topic: names for names in topics})


def take_in_shipped(session: Session, templates: Path, *, now: datetime) -> int:
    """Add a version for each shipped text that is new or has changed; how many were added."""
    pass_alone(session.connection(), Lock.SHIPPED_TEXTS)
    known: dict[tuple[str, str], list[TextVersionRow]] = {}
    for row in session.exec(select(TextVersionRow)).all():
        known.setdefault((row.key, row.language), []).append(row)
    added = 0
    for (key, language), text in shipped_texts(templates).items():
        versions = known.get((key, language), [])
        content = text_hash(key, language, text)
        if any(row.content_hash == content for row in versions):
            continue
        number = max((row.version for row in versions), default=0) + 1
        session.add(
            TextVersionRow(
                key=key,
                language=language,
                version=number,
                text=text,
                content_hash=content,
                author=SHIPPED,
                created_at=now,
            )
        )
        added += 1
    return added


def load_library(
    session: Session, topics: Sequence[TopicNames], *, approved_only: bool, today: date | None = None
) -> Library:
    """The newest approved version of each text, and where none may be asked for, the newest at all.

    A text whose last day lies before ``today`` is left out; a text of danger goes as it was last approved.
    """
    versions: dict[tuple[str, str], ApprovedReply] = {}
    session.flush()
    for row in session.connection().execute(_WHAT_IS_SENT):  # for each message: columns, not whole rows
        is_approved = row.approved_at is not None
        in_force = versions.get((row.key, row.language))
        if not is_approved and (
            approved_only or _needs_speaker(row.language) or (in_force and in_force.is_approved)
        ):
            continue
        if today and row.valid_until and row.valid_until < today and row.key not in CRISIS_KEYS:
            versions.pop((row.key, row.language), None)
            continue
        versions[row.key, row.language] = ApprovedReply(
            key=row.key,
            language=row.language,
            version=row.version,
            text=row.text,
            content_hash=row.content_hash,
            is_approved=is_approved,
        )
    return Library(versions=versions, topics={names.topic: names for names in topics})


_WHAT_IS_SENT = (
    columns(
        col(TextVersionRow.key),
        col(TextVersionRow.language),
        col(TextVersionRow.version),
        col(TextVersionRow.text),
        col(TextVersionRow.content_hash),
        col(TextVersionRow.approved_at),
        col(TextVersionRow.valid_until),
    )
    .where(col(TextVersionRow.rejected_at).is_(None))
    .order_by(col(TextVersionRow.version))
)


def _needs_speaker(language: str) -> bool:
    return language not in LANGUAGES


def newest_versions(session: Session) -> Sequence[TextVersionRow]:
    """The newest version of each text that has not been rejected, by key and language."""
    newest: dict[tuple[str, str], TextVersionRow] = {}
    for row in _versions(session):
        newest[row.key, row.language] = row
    return [newest[key] for key in sorted(newest)]


def _versions(session: Session) -> Sequence[TextVersionRow]:
    return session.exec(
        select(TextVersionRow)
        .where(col(TextVersionRow.rejected_at).is_(None))
        .order_by(col(TextVersionRow.version))
    ).all()


def _own_texts(session: Session) -> frozenset[tuple[str, str]]:
    """Texts of which the organisation's own words are in force: what we ship is a proposal beside them."""
    in_force = {(row.key, row.language): row for row in _versions(session) if row.approved_at is not None}
    return frozenset(key for key, row in in_force.items() if row.author != SHIPPED)


def approve_texts(
    session: Session,
    keys: Sequence[str] | None,
    *,
    by: str,
    now: datetime,
    checked_by: str | None = None,
    valid_until: date | None = None,
) -> tuple[Sequence[TextVersionRow], Sequence[TextVersionRow]]:
    """Approve the newest version of the texts (of all, without keys): those approved, and those left out.

    Left out are texts that a speaker of their language must check first, unless ``checked_by`` says who did,
    and, without keys, what we ship beside the organisation's own words. Raises ``NotFound`` for an unknown key, ``NotAllowed`` for the text's own author.
    """
    operators.require(session, by, Role.APPROVER)
    newest = newest_versions(session)
    known = {row.key for row in newest}
    unknown = sorted(set(keys or ()) - known)
    if unknown:
        raise NotFound('There is no text "{key}". See them with: social-bot texts list', key=unknown[0])
    own = _own_texts(session) if keys is None else frozenset()
    approved, left_out = [], []
    for row in newest:
        if keys is not None and row.key not in keys:
            continue
        is_beside_own = row.author == SHIPPED and (row.key, row.language) in own
        if is_beside_own or (row.needs_speaker and not checked_by):
            left_out.append(row)
            continue
        approve_row(session, row, by=by, now=now, checked_by=checked_by, valid_until=valid_until)
        approved.append(row)
    return approved, left_out


def approve_row(
    session: Session,
    row: TextVersionRow,
    *,
    by: str,
    now: datetime,
    checked_by: str | None,
    valid_until: date | None,
) -> None:
    """Put a version in force. Raises ``InvalidInput`` over the platform's limits, ``NotAllowed`` for its author."""
    require_within_limits(row.key, row.language, row.text)
    approval = approve(by=by, author=row.author, at=now, content_hash=row.content_hash)
    row.approved_by, row.approved_at = approval.by, approval.at
    row.checked_by = checked_by if row.needs_speaker else None
    row.valid_until = valid_until
    session.add(row)
    audit.record(
        session,
        at=now,
        actor=by,
        action="text.approve",
        subject=f"{row.key}.{row.language}",
        detail=row.content_hash,
    )


def are_approved(session: Session, hashes: Collection[str]) -> bool:
    """Whether somebody has approved every text version with these content hashes."""
    approved = session.exec(
        select(TextVersionRow.content_hash).where(
            col(TextVersionRow.content_hash).in_(hashes), col(TextVersionRow.approved_at).is_not(None)
        )
    ).all()
    return set(hashes) <= set(approved)


def crisis_texts_missing(session: Session, languages: Sequence[str]) -> Sequence[str]:
    """The crisis texts without an approved version, as ``key.language``."""
    library = load_library(session, (), approved_only=True)
    return [
        f"{key}.{language}"
        for key in CRISIS_KEYS
        for language in languages
        if (key, language) not in library.versions
    ]


def text_hash(key: str, language: str, text: str) -> str:
    return content_hash({"key": key, "language": language, "text": text})
