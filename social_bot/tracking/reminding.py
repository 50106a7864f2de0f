"""People are reminded of the evaluations and decisions that a trial waits for, each once."""

from datetime import date, datetime

from sqlmodel import Session

from social_bot.organisation import alerts
from social_bot.organisation.alerts import AlertKind
from social_bot.tracking.trial_reports import trials_due


def remind_of_evaluations(session: Session, *, today: date, now: datetime) -> None:
    """Tell of what has become due; what has been written or decided meanwhile is told of no more."""
    due = {f"trial:{each.trial.id}": each for each in trials_due(session, today=today)}
    for row in alerts.unacknowledged(session):
        if row.kind is AlertKind.EVALUATION_DUE and (
            row.subject not in due or due[row.subject].due != row.occasion.partition(" ")[0]
        ):
            alerts.settle(session, row.subject, by=alerts.PROGRAM, now=now, kinds=[AlertKind.EVALUATION_DUE])
    for subject, each in due.items():
        occasion = f"{each.due} {each.due_on}"
        alerts.raise_alert(session, AlertKind.EVALUATION_DUE, subject, now=now, occasion=occasion)
