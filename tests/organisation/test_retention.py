"""The periods: one table in the program, the same in docs/privacy.md, each one swept by something."""

import re
from datetime import timedelta
from pathlib import Path

from social_bot.answering import closing, comment_acts, intake, originals, saving
from social_bot.answering.sweeps import SWEEPS as OF_ANSWERING
from social_bot.organisation import attempts, sessions
from social_bot.organisation.directory import KEYS
from social_bot.organisation.retention import PERIODS, Kept, Period
from social_bot.organisation.sweeps import SWEEPS as OF_ORGANISATION
from social_bot.planning import drafts
from social_bot.planning.media import Media
from social_bot.planning.sweeps import sweeps
from social_bot.tracking.purging import count_overdue

DOCUMENT = (Path(__file__).parents[2] / "docs/privacy.md").read_text(encoding="utf-8")
ALL_DAY = {Kept.ORIGINALS, Kept.MOVED, Kept.COMMENTS}
"""Erased by work.py all day long, by rules of their own."""


def documented() -> list[list[str]]:
    (table,) = re.findall(r"\| what is kept \|.*?\n\n", DOCUMENT, re.DOTALL)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.strip().splitlines()[2:]]


def in_words(period: Period) -> str:
    if period.setting is not None:
        unit = "years" if period.is_years else "days"
        return f"{KEYS[period.setting].fixed} {unit} (`{period.setting}`)"
    hours = (period.fixed or timedelta()) / timedelta(hours=1)
    if hours < 1:
        return f"{int(hours * 60)} minutes"
    if hours > 24:
        return f"{int(hours / 24)} days"
    return f"{int(hours)} hour{'s' if hours > 1 else ''}"


def test_the_document_tells_what_the_program_does() -> None:
    assert documented() == [
        [period.what, in_words(period), period.begins, period.leaves] for period in PERIODS.values()
    ]


def test_each_thing_that_is_kept_for_a_time_has_a_period_and_each_period_is_swept(tmp_path: Path) -> None:
    swept = {sweep.kept for sweep in (*OF_ANSWERING, *OF_ORGANISATION, *sweeps(Media(tmp_path)))}

    assert list(PERIODS) == list(Kept)
    assert swept | ALL_DAY == set(Kept)
    assert not swept & ALL_DAY


def test_rules_that_stand_beside_their_code_are_those_of_the_table() -> None:
    fixed = {kept: period.fixed for kept, period in PERIODS.items()}

    assert fixed[Kept.ORIGINALS] == originals.KEEP_AFTER_ACKNOWLEDGEMENT
    assert fixed[Kept.MOVED] == closing.ERASE_MOVED_AFTER
    assert fixed[Kept.COMMENTS] == comment_acts.KEEP_AFTER
    assert fixed[Kept.LINKS] == saving.LASTS
    assert fixed[Kept.BODIES] == intake.KEEP_BODIES_FOR
    assert fixed[Kept.SESSIONS] == sessions.LONGEST
    assert fixed[Kept.ATTEMPTS] == attempts._FORGOTTEN_AFTER
    assert fixed[Kept.DRAFTS] == drafts.KEPT_FOR


def test_a_new_installation_has_nothing_over_its_time(bot) -> None:
    found = count_overdue(bot.database, gather=bot.organisation, media=bot.media, now=bot.now())

    assert set(found.values()) == {0}
