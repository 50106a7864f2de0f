"""Texts whose time has ended: they give way to the next safer text, but the texts of danger never do."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from social_bot.answering.replies import TextVersionRow
from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind


def tell_of_lapsed(session: Session, *, today: date, now: datetime) -> None:
    """Staff hear once of each text in force whose last day has passed."""
    for row in lapsed(session, today=today):
        subject = f"text:{row.key}.{row.language}"
        occasion = f"ended {row.valid_until}"
        alerts.raise_alert(session, AlertKind.TEXT_UNAVAILABLE, subject, now=now, occasion=occasion)


def lapsed(session: Session, *, today: date) -> Sequence[TextVersionRow]:
    """The newest approved versions whose last day lies before ``today``."""
    rows = session.exec(
        select(TextVersionRow)
        .where(col(TextVersionRow.approved_at).is_not(None))
        .order_by(col(TextVersionRow.version))
    ).all()
    in_force = {(row.key, row.language): row for row in rows}
    return [row for row in in_force.values() if row.valid_until is not None and row.valid_until < today]
