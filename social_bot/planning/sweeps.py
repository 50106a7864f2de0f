"""What of planning is over its time: unfinished drafts, and pictures that no post uses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists
from sqlmodel import Session, col

from social_bot.organisation.directory import Organisation
from social_bot.organisation.retention import PERIODS, Kept
from social_bot.organisation.sweeping import Sweep, delete_rows
from social_bot.planning.drafts import DraftRow
from social_bot.planning.library import MediaRow, MediaUseRow
from social_bot.planning.media import Media


def sweeps(media: Media) -> Sequence[Sweep]:
    def erase_pictures(session: Session, ids: Sequence[Any], now: datetime) -> None:
        """The file first: should the program end in between, the row is found again, and then goes."""
        for file in ids:
            media.remove(file)
        delete_rows(MediaRow, col(MediaRow.file))(session, ids, now)

    return (
        Sweep(kept=Kept.PICTURES, id=MediaRow.file, is_over=_pictures, erase=erase_pictures),
        Sweep(
            kept=Kept.DRAFTS, id=DraftRow.key, is_over=_drafts, erase=delete_rows(DraftRow, col(DraftRow.key))
        ),
    )


def _pictures(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return and_(
        col(MediaRow.uploaded_at) <= now - PERIODS[Kept.PICTURES].length(organisation),
        ~exists().where(col(MediaUseRow.file) == col(MediaRow.file)),
    )


def _drafts(organisation: Organisation, now: datetime) -> ColumnElement[bool]:
    return col(DraftRow.updated_at) <= now - PERIODS[Kept.DRAFTS].length(organisation)
