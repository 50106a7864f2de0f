"""The six conditions under which an authority may let a machine advise (digipalvelulaki 306/2019, 6 a §).

Each with the facts of this installation that fulfil it; the duty to follow quality and name its owner is
the seventh. Which words a reader sees for them is the page's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from social_bot.answering.replies import TextVersionRow
from social_bot.answering.saving import SAVE_KEY
from social_bot.organisation.directory import Organisation


class Condition(StrEnum):
    """In the order of the section."""

    NO_DECISION = "no_decision"
    CONTENT_CHECKED = "content_checked"
    LANGUAGE_CHECKED = "language_checked"
    TOLD_AUTOMATED = "told_automated"
    PERSON_OFFERED = "person_offered"
    SAVING_OFFERED = "saving_offered"
    QUALITY_OWNED = "quality_owned"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """``missing`` names what stands in the way: texts as ``key.language``, or settings."""

    condition: Condition
    missing: tuple[str, ...] = ()
    approved: int = 0
    of: int = 0

    @property
    def is_met(self) -> bool:
        return not self.missing


def judge_conditions(
    texts: Sequence[TextVersionRow], organisation: Organisation, *, today: date
) -> Sequence[Standing]:
    """``texts``: the newest version of each, by key and language."""
    own = [row for row in texts if row.language in organisation.languages]
    waiting = [row for row in own if row.approved_at is None]
    ended = [row for row in own if row.valid_until is not None and row.valid_until < today]
    foreign_unchecked = [row for row in texts if row.needs_speaker and row.approved_at and not row.checked_by]

    def lacks(*keys: str) -> tuple[str, ...]:
        approved = {(row.key, row.language) for row in own if row.approved_at is not None}
        return tuple(
            f"{key}.{language}"
            for key in keys
            for language in organisation.languages
            if (key, language) not in approved
        )

    def unset(*keys: str) -> tuple[str, ...]:
        return tuple(key for key in keys if organisation.value(key, organisation.languages[0]) is None)

    return (
        Standing(condition=Condition.NO_DECISION),
        Standing(
            condition=Condition.CONTENT_CHECKED,
            missing=_names([*waiting, *ended]),
            approved=len(own) - len(waiting),
            of=len(own),
        ),
        Standing(
            condition=Condition.LANGUAGE_CHECKED,
            missing=_names([*waiting, *foreign_unchecked]),
            approved=len(own) - len(waiting),
            of=len(own),
        ),
        Standing(condition=Condition.TOLD_AUTOMATED, missing=lacks("disclosure")),
        Standing(
            condition=Condition.PERSON_OFFERED,
            missing=(*lacks("contact", "callback_prompt", "callback_button"), *unset("phone_main", "hours")),
        ),
        Standing(condition=Condition.SAVING_OFFERED, missing=lacks(SAVE_KEY, "menu_save")),
        Standing(condition=Condition.QUALITY_OWNED, missing=unset("quality_owner")),
    )


def _names(rows: Sequence[TextVersionRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{row.key}.{row.language}" for row in rows))
