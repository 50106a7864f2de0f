"""Pictures: what the platform takes, what those who cannot see them are told, and who is shown."""

import re
from collections.abc import Iterator

from social_bot.planning.checks.findings import Check, CheckContext, Finding, People, Severity
from social_bot.planning.posts import PostContent, PostPicture
from social_bot.translations import marked

MOST_PICTURES = 10
LONGEST_ALT = 420
SIZE_LIMIT = 4 * 1024 * 1024
SMALLEST_SIDE, BEST_WIDTH = 200, 600
WIDEST = 3.0
_TYPES = ("image/jpeg", "image/png")
_FILE_NAME = re.compile(
    r"\S*\.(?:jpe?g|png|gif|webp|heic|tiff?|bmp)|(?:IMG|DSC|DCIM|PXL|WP|Screenshot|Kuvakaappaus)[\w-]*\d[\w ()-]*",
    re.IGNORECASE,
)


def find_poor_alts(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for number, picture in enumerate(content.pictures, start=1):
        if picture.is_decorative:
            continue
        for language in content.texts:
            alt = picture.alt.get(language, "").strip()
            if not alt:
                yield _found(
                    Check.ALT_MISSING,
                    number,
                    severity=Severity.BLOCK,
                    sentence=marked("Picture {picture} has no alternative text in every language."),
                    next_step=marked("Write what the picture shows, or tick that it is decorative."),
                    language=language,
                )
            else:
                yield from _poor_alt(alt, language, number, context)


def _poor_alt(alt: str, language: str, number: int, context: CheckContext) -> Iterator[Finding]:
    empty = context.lists.languages[language].empty_alts
    bare = re.sub(r"[\W\d_]+", " ", alt.lower()).strip()
    if _FILE_NAME.fullmatch(alt):
        yield _found(
            Check.ALT_QUALITY,
            number,
            severity=Severity.WARNING,
            sentence=marked('The alternative text of picture {picture} is the name of a file: "{quote}".'),
            next_step=marked("Write what the picture shows, as you would tell it on the phone."),
            language=language,
            quote=alt,
        )
    elif bare in empty or len(bare) < 5:
        yield _found(
            Check.ALT_QUALITY,
            number,
            severity=Severity.WARNING,
            sentence=marked('The alternative text of picture {picture} tells nothing: "{quote}".'),
            next_step=marked("Write what the picture shows, as you would tell it on the phone."),
            language=language,
            quote=alt,
        )
    elif len(alt) > LONGEST_ALT:
        yield _found(
            Check.ALT_QUALITY,
            number,
            severity=Severity.WARNING,
            sentence=marked("The alternative text of picture {picture} is long: {count} characters."),
            next_step=marked(
                "Say the main thing in one or two sentences. Put the rest in the text of the post."
            ),
            language=language,
            count=len(alt),
        )


def find_broken_rules(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    """What https://developers.facebook.com/docs/graph-api/reference/page/photos takes, and what looks well."""
    if len(content.pictures) > MOST_PICTURES:
        yield _found(
            Check.PICTURE_RULES,
            None,
            severity=Severity.BLOCK,
            sentence=marked("The post has {count} pictures; at most {most} fit well."),
            next_step=marked("Choose the ones that tell most."),
            count=len(content.pictures),
            most=MOST_PICTURES,
        )
    for number, picture in enumerate(content.pictures, start=1):
        yield from _broken_rules(picture, number, context)


def _broken_rules(picture: PostPicture, number: int, context: CheckContext) -> Iterator[Finding]:
    facts = context.pictures.get(picture.file)
    if facts is None or facts.media_type not in _TYPES or facts.size > SIZE_LIMIT:
        yield _found(
            Check.PICTURE_RULES,
            number,
            severity=Severity.BLOCK,
            sentence=marked(
                "Facebook would not take picture {picture}: it cannot be read, or it is too large."
            ),
            next_step=marked("Add the picture again as a JPEG or PNG file."),
        )
        return
    if min(facts.width, facts.height) < SMALLEST_SIDE or facts.width < BEST_WIDTH:
        yield _found(
            Check.PICTURE_RULES,
            number,
            severity=Severity.WARNING,
            sentence=marked("Picture {picture} is small: {width} × {height} pixels."),
            next_step=marked("Use a picture that is at least 600 pixels wide, so that it is sharp."),
            width=facts.width,
            height=facts.height,
        )
    if max(facts.width / facts.height, facts.height / facts.width) > WIDEST:
        yield _found(
            Check.PICTURE_RULES,
            number,
            severity=Severity.WARNING,
            sentence=marked("Picture {picture} is very long: Facebook cuts its ends off."),
            next_step=marked("Crop it nearer to a square."),
        )


def find_text_and_people(content: PostContent, context: CheckContext) -> Iterator[Finding]:
    for number, picture in enumerate(content.pictures, start=1):
        facts = context.pictures.get(picture.file)
        if facts is None:
            continue
        if facts.seems_text:
            yield _found(
                Check.PICTURE_TEXT,
                number,
                severity=Severity.WARNING,
                sentence=marked("Picture {picture} seems to hold writing, which screen readers cannot read."),
                next_step=marked("Say in the post's own text everything that stands in the picture."),
            )
        if facts.people is People.UNKNOWN:
            yield _found(
                Check.PEOPLE_CONSENT,
                number,
                severity=Severity.BLOCK if context.fields is not None else Severity.WARNING,
                sentence=marked("Nobody has said whether picture {picture} shows people who have agreed."),
                next_step=marked("Tick that no people can be recognised, or that all of them have agreed."),
            )


def _found(
    check: Check,
    number: int | None,
    *,
    severity: Severity,
    sentence: str,
    next_step: str,
    language: str | None = None,
    quote: str = "",
    **values: object,
) -> Finding:
    return Finding(
        check=check,
        severity=severity,
        sentence=sentence,
        next_step=next_step,
        values={"picture": number, "quote": quote, **values},
        language=language,
        quote=quote,
        picture=number,
    )
