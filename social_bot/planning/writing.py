"""The form in which a post is written: read as it was typed, and what would be saved of it.

A form is flat: ``text-fi``, ``field-place-sv``, ``picture-2-alt-fi``. Whatever is wrong in it is noted by the
name of its place; nothing of what was typed is lost.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from social_bot.errors import InvalidInput
from social_bot.organisation.directory import Organisation
from social_bot.organisation.times import in_words
from social_bot.planning.calendar import DoubledTime, parse_day, parse_time, to_utc
from social_bot.planning.checking import LONGEST_REASON, SHORTEST_REASON
from social_bot.planning.post_kinds import FIELDS, FieldShape
from social_bot.planning.post_templates import said_in
from social_bot.planning.posts import PostContent, PostPicture
from social_bot.planning.spoken_times import parse_when
from social_bot.planning.versions import Fields

Form = Mapping[str, str]

LONGEST_LINK = 2000
REASON = "reason-"
"""Begins the name of a field that says why a check is wrong; the finding's fingerprint follows."""

_KNOWN = re.compile(
    r"(?:page|kind|template|filled|when|day|time|fold|link|hash)|text-[a-z]{2}|field-[a-z_]+(?:-[a-z]{2})?"
    r"|picture-\d{1,2}-(?:file|alt-[a-z]{2}|decorative|people)|reason-[0-9a-f]{64}"
)
_FOLDS = {"first": 0, "second": 1}


@dataclass(frozen=True, kw_only=True)
class WrittenPicture:
    """A picture in the form; ``people`` is what was ticked about those whom it shows."""

    picture: PostPicture
    people: str


@dataclass(frozen=True, kw_only=True)
class Writing:
    """``content`` is what would be saved, None while anything is wrong.

    ``shown`` is what the checks and the preview can be shown of meanwhile, None without a text; ``problems``
    by the name of the place in the form; ``doubled`` are the two instants between which somebody must choose.
    """

    form: Form
    texts: Mapping[str, str]
    pictures: Sequence[WrittenPicture]
    fields: Fields
    publish_at: datetime | None
    doubled: Sequence[datetime]
    problems: Mapping[str, InvalidInput]
    content: PostContent | None
    shown: PostContent | None


def known_fields(typed: Form) -> Form:
    """The form alone, with line ends as we keep them."""
    return {
        name: value.replace("\r\n", "\n").replace("\r", "\n")
        for name, value in typed.items()
        if _KNOWN.fullmatch(name) and value
    }


def read_writing(form: Form, organisation: Organisation, *, now: datetime) -> Writing:
    problems: dict[str, InvalidInput] = {}
    languages = organisation.languages
    texts = {language: form.get(f"text-{language}", "").strip() for language in languages}
    if not any(texts.values()):
        problems[f"text-{languages[0]}"] = InvalidInput("Write what the post says.")
    if not form.get("page"):
        problems["page"] = InvalidInput("Choose the page.")
    publish_at, doubled = _read_when(form, organisation, now, problems)
    fields = _read_fields(form, organisation, now, problems)
    link = _read_link(form, problems)
    _note_poor_reasons(form, problems)
    written = texts if any(texts.values()) else {}
    pictures = [_read_picture(form, number, languages) for number in picture_numbers(form)]
    for number, each in enumerate(pictures, start=1):
        _note_missing_alts(each.picture, number, [code for code in written if written[code]], problems)
    content = shown = None
    if written:
        described = [each.picture for each in pictures if _is_described(each.picture, written)]
        shown = _shown(
            form, written, described, link, publish_at or now + timedelta(days=1), problems=problems
        )
        content = shown if len(described) == len(pictures) else None
    return Writing(
        form=form,
        texts=texts,
        pictures=pictures,
        fields=fields,
        publish_at=publish_at,
        doubled=doubled,
        problems=problems,
        content=content if not problems else None,
        shown=shown,
    )


def write_form(
    content: PostContent, fields: Fields | None, organisation: Organisation, language: str
) -> Form:
    """The form of a post as it is; the other way of ``read_writing``."""
    form = {
        "page": content.page_id,
        "kind": content.kind,
        "when": when_in_words(content.publish_at, organisation, language),
        "link": content.link or "",
        **{f"text-{code}": text for code, text in content.texts.items()},
        **_fold_of(content.publish_at, organisation),
    }
    for name, value in (fields or {}).items():
        form[f"field-{name.replace('.', '-')}"] = value
    for number, picture in enumerate(content.pictures, start=1):
        form |= picture_form(picture, number)
    return {name: value for name, value in form.items() if value}


def picture_form(picture: PostPicture, number: int, *, people: str = "") -> Form:
    return {
        f"picture-{number}-file": picture.file,
        f"picture-{number}-people": people,
        f"picture-{number}-decorative": "yes" if picture.is_decorative else "",
        **{f"picture-{number}-alt-{code}": alt for code, alt in picture.alt.items()},
    }


def picture_numbers(form: Form) -> Sequence[int]:
    found = (re.fullmatch(r"picture-(\d+)-file", name) for name in form)
    return sorted(int(match[1]) for match in found if match)


def with_pictures(form: Form, order: Sequence[int]) -> Form:
    """The form with only these pictures, renumbered in this order."""
    kept = {name: value for name, value in form.items() if not name.startswith("picture-")}
    for number, old in enumerate(order, start=1):
        prefix = f"picture-{old}-"
        kept |= {
            f"picture-{number}-{name.removeprefix(prefix)}": value
            for name, value in form.items()
            if name.startswith(prefix)
        }
    return kept


def when_in_words(moment: datetime, organisation: Organisation, language: str) -> str:
    """``ke 25.11.2026 klo 9.00``: with the year, so that it reads the same for ever."""
    local = moment.astimezone(organisation.zone)
    if language == "en":
        return f"{local.day}.{local.month}.{local.year} {local.hour}.{local.minute:02}"
    return in_words(local, language, year=0)


def _fold_of(moment: datetime, organisation: Organisation) -> Form:
    """Which of the two, for a time that comes twice."""
    local = moment.astimezone(organisation.zone).replace(tzinfo=None)
    try:
        to_utc(local, organisation.zone)
    except DoubledTime:
        is_first = to_utc(local, organisation.zone, fold=0) == moment
        return {"fold": "first" if is_first else "second"}
    return {}


def _read_when(
    form: Form, organisation: Organisation, now: datetime, problems: dict[str, InvalidInput]
) -> tuple[datetime | None, Sequence[datetime]]:
    typed, day, clock = form.get("when", ""), form.get("day", ""), form.get("time", "")
    zone = organisation.zone
    local: datetime | None = None
    try:
        if typed:
            local = parse_when(typed, today=organisation.today(now))
        elif day and clock:
            local = datetime.combine(parse_day(day), parse_time(clock))
        else:
            raise InvalidInput("Write the day and the time.")  # noqa: TRY301  (shown beside its field)
        publish_at = to_utc(local, zone, fold=_FOLDS.get(form.get("fold", "")))
    except DoubledTime as error:
        problems["when"] = error
        return None, [] if local is None else [to_utc(local, zone, fold=fold) for fold in (0, 1)]
    except InvalidInput as error:
        problems["when"] = error
        return None, []
    if publish_at < now:
        problems["when"] = InvalidInput("This time has passed. Choose a time to come.")
    return publish_at, []


def _read_fields(
    form: Form, organisation: Organisation, now: datetime, problems: dict[str, InvalidInput]
) -> Fields:
    """What was typed, and a day or hours besides as each language says them."""
    fields: dict[str, str] = {}
    for name, spec in FIELDS.items():
        typed = form.get(f"field-{name}", "").strip()
        if typed:
            fields[name] = typed
            try:
                fields |= said_in(name, typed, organisation.languages, today=organisation.today(now))
            except InvalidInput as error:
                problems[f"field-{name}"] = error
        if spec.per_language and spec.shape is FieldShape.TEXT:
            for language in organisation.languages:
                own = form.get(f"field-{name}-{language}", "").strip()
                if own:
                    fields[f"{name}.{language}"] = own
    return fields


def _read_link(form: Form, problems: dict[str, InvalidInput]) -> str | None:
    link = form.get("link", "").strip()
    if not link:
        return None
    if "://" not in link:
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        is_address = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in link
    except ValueError:
        is_address = False
    if not is_address or len(link) > LONGEST_LINK:
        problems["link"] = InvalidInput('The link is no address. Write it as "https://www.kela.fi".')
        return None
    return link


def _read_picture(form: Form, number: int, languages: Sequence[str]) -> WrittenPicture:
    prefix = f"picture-{number}-"
    alts = {language: form.get(f"{prefix}alt-{language}", "").strip() for language in languages}
    return WrittenPicture(
        picture=PostPicture(
            file=form[f"{prefix}file"],
            media_type="image/png" if form[f"{prefix}file"].endswith(".png") else "image/jpeg",
            alt={language: alt for language, alt in alts.items() if alt},
            is_decorative=form.get(f"{prefix}decorative") == "yes",
        ),
        people=form.get(f"{prefix}people", ""),
    )


def _note_missing_alts(
    picture: PostPicture, number: int, languages: Sequence[str], problems: dict[str, InvalidInput]
) -> None:
    for language in languages:
        if not picture.is_decorative and not picture.alt.get(language):
            problems[f"picture-{number}-alt-{language}"] = InvalidInput(
                "Picture {number} needs an alternative text in this language, or the tick that it is decorative.",
                number=number,
            )


def _note_poor_reasons(form: Form, problems: dict[str, InvalidInput]) -> None:
    for name, reason in form.items():
        if name.startswith(REASON) and not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
            problems[name] = InvalidInput(
                "Write the reason in {least} to {most} characters.",
                least=SHORTEST_REASON,
                most=LONGEST_REASON,
            )


def _is_described(picture: PostPicture, texts: Mapping[str, str]) -> bool:
    return picture.is_decorative or all(picture.alt.get(code) for code, text in texts.items() if text)


def _shown(
    form: Form,
    texts: Mapping[str, str],
    pictures: Sequence[PostPicture],
    link: str | None,
    publish_at: datetime,
    *,
    problems: dict[str, InvalidInput],
) -> PostContent | None:
    written = {language: text for language, text in texts.items() if text}
    try:
        return PostContent(
            page_id=form.get("page", ""),
            kind=form.get("kind", "post"),
            texts=written,
            publish_at=publish_at,
            link=link,
            pictures=pictures,
        )
    except InvalidInput as error:
        problems[f"text-{next(iter(written))}"] = error
        return None
