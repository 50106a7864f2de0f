"""What a button of the composer makes of the form: texts filled in, pictures added, moved and taken out."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256

from social_bot.errors import InvalidInput
from social_bot.organisation.directory import Organisation
from social_bot.planning.checks import People
from social_bot.planning.library import MediaRow
from social_bot.planning.post_kinds import FIELDS
from social_bot.planning.post_templates import PostTemplate, fill, lacking
from social_bot.planning.posts import PostPicture
from social_bot.planning.versions import Fields
from social_bot.planning.writing import Form, picture_form, picture_numbers, read_writing, with_pictures
from social_bot.translations import marked

_ACT = re.compile(r"(remove|up|down):(\d{1,2})")


class NotFilled(InvalidInput):
    """``problems`` by the name of the place in the form."""

    def __init__(self, problems: Mapping[str, InvalidInput]) -> None:
        super().__init__(marked("The text cannot be written yet. Fill in what it needs."))
        self.problems = problems


def fill_texts(form: Form, template: PostTemplate, organisation: Organisation, *, now: datetime) -> Form:
    """The texts written by the ready text; never over what somebody has changed by hand.

    Raises ``NotFilled`` with what is missing, or with where the own words stand.
    """
    writing = read_writing(form, organisation, now=now)
    written = [text for text in writing.texts.values() if text]
    problems: dict[str, InvalidInput] = {}
    if written and _digest(written) != form.get("filled"):
        problems[f"text-{organisation.languages[0]}"] = InvalidInput(
            "You have changed the text. Empty it first, then it can be written again."
        )
    for name, language in lacking(template, writing.fields, organisation, now=now):
        own = f"field-{name}-{language}" if name in FIELDS and FIELDS[name].per_language else f"field-{name}"
        problems[own] = InvalidInput("The ready text needs this. Fill it in.")
    problems |= {name: error for name, error in writing.problems.items() if name.startswith("field-")}
    if problems:
        raise NotFilled(problems)
    return {**form, **filled_texts(template, writing.fields, organisation, now=now)}


def filled_texts(
    template: PostTemplate, fields: Fields, organisation: Organisation, *, now: datetime
) -> Form:
    """The texts of the form, and a mark by which one later knows that nobody has changed them."""
    filled = fill(template, fields, organisation, now=now)
    texts = {f"text-{language}": text for language, text in filled.items()}
    return {**texts, "filled": _digest(filled.values())}


def add_picture(form: Form, row: MediaRow) -> Form:
    """At the end, with what is remembered of it; a picture stands in a post once."""
    numbers = picture_numbers(form)
    if any(form[f"picture-{number}-file"] == row.file for number in numbers):
        return form
    picture = PostPicture(file=row.file, media_type=row.media_type, alt=row.alt)
    people = "" if row.people is People.UNKNOWN else row.people.value
    added = picture_form(picture, max(numbers, default=0) + 1, people=people)
    return {**form, **{name: value for name, value in added.items() if value}}


def rearrange(form: Form, act: str) -> Form:
    """``remove:2``, ``up:2``, ``down:2``; anything else leaves the form as it is."""
    match = _ACT.fullmatch(act)
    order = list(picture_numbers(form))
    if match is None or int(match[2]) not in order:
        return form
    at = order.index(int(match[2]))
    if match[1] == "remove":
        order.pop(at)
    else:
        to = max(0, at - 1) if match[1] == "up" else min(len(order) - 1, at + 1)
        order[at], order[to] = order[to], order[at]
    return with_pictures(form, order)


def _digest(texts: Collection[str]) -> str:
    return sha256("|".join(" ".join(text.split()) for text in texts if text).encode()).hexdigest()
