"""The bell: telling people of alerts. Each notice is written down before it is sent."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import case
from sqlmodel import Session, col, select

from social_bot.channels.ports import Alerts, Notice
from social_bot.log import fields
from social_bot.organisation import alerts, duty
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.directory import Organisation
from social_bot.organisation.duty import DutyRow
from social_bot.organisation.escalation import (
    Over,
    Period,
    Roster,
    Round,
    Target,
    Wait,
    decide_round,
    of_period,
    of_settings,
    without_repeats,
)
from social_bot.organisation.notices import NoticeRow, NoticeState, compose, of_alert
from social_bot.storage.engine import Database

SEND_WAIT = timedelta(minutes=2)
"""After this a notice without an end is the work of a dead process."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Bell:
    """What telling needs; made once by bootstrap. ``always`` are the addresses of the settings."""

    database: Database
    alerts: Alerts
    always: Sequence[SecretStr]
    gather: Callable[[Session], Organisation]
    clock: Callable[[], datetime]

    def write_due(self, *, limit: int = 50) -> int:
        """Write down the notices of every alert whose time has come; how many notices that were."""
        now = self.clock()
        with self.database.write() as session:
            self._fail_abandoned(session, now=now)
            due = _claim_due(session, now=now, limit=limit)
            if not due:
                return 0
            roster = self._roster(session, now=now)
            return sum(self._write_round(session, alert, roster, now=now) for alert in due)

    def send_next(self) -> bool:
        """Send the next notice, danger first; False when there is none."""
        now = self.clock()
        with self.database.write() as session:
            notice = _claim_pending(session)
            if notice is None:
                return False
            alert = session.get_one(AlertRow, notice.alert_id)
            if not alert.is_open or notice.address_sealed is None:
                notice.state, notice.address_sealed, notice.ended_at = NoticeState.DROPPED, None, now
                session.add(notice)
                return True
            notice.state, notice.started_at = NoticeState.SENDING, now
            session.add(notice)
            address = SecretStr(self.database.cipher.open(notice.address_sealed))
            message = compose(alert, notice.round, self.gather(session))
        self._record(notice.id or 0, is_sent=self._send(notice, address, message))
        return True

    def test(self) -> Sequence[NoticeRow]:
        """Send a test to every address there is, on duty or not; the notices as they ended."""
        now = self.clock()
        with self.database.write() as session:
            alert = AlertRow(kind=AlertKind.TEST, subject="test", occasion=now.isoformat(), raised_at=now)
            session.add(alert)
            session.flush()
            roster = self._roster(session, now=now)
            targets = [
                *of_settings(roster),
                *(part for period in roster.periods for part in of_period(period)),
            ]
            notices = [self._row(alert, 1, target, now=now) for target in targets]
            for notice in notices:
                notice.state, notice.started_at = NoticeState.SENDING, now
            session.add_all(notices)
            message = compose(alert, 1, self.gather(session))
        for notice, target in zip(notices, targets, strict=True):
            self._record(notice.id or 0, is_sent=self._send(notice, target.address, message))
        with self.database.write() as session:
            alerts.settle(session, "test", by=alerts.PROGRAM, now=self.clock(), kinds=[AlertKind.TEST])
            return of_alert(session, alert.id or 0)

    def _send(self, notice: NoticeRow, address: SecretStr, message: Notice) -> bool:
        try:
            return self.alerts.send(address, message)
        except Exception as error:  # noqa: BLE001  (whatever breaks, the next level must be told; no message: it may hold the address)
            log.warning("telling broke", extra=fields(notice=notice.id, error=type(error).__name__))
            return False

    def _record(self, notice_id: int, *, is_sent: bool) -> None:
        now = self.clock()
        with self.database.write() as session:
            notice = session.get_one(NoticeRow, notice_id)
            if notice.state is NoticeState.SENDING:
                self._end(session, notice, is_sent=is_sent, now=now)

    def _end(self, session: Session, notice: NoticeRow, *, is_sent: bool, now: datetime) -> None:
        notice.state = NoticeState.SENT if is_sent else NoticeState.FAILED
        notice.address_sealed, notice.ended_at = None, now
        session.add(notice)
        if is_sent:
            log.info("told", extra=fields(alert=notice.alert_id, notice=notice.id, source=notice.source))
            return
        log.warning("not told", extra=fields(alert=notice.alert_id, notice=notice.id, source=notice.source))
        alert = session.exec(select(AlertRow).where(AlertRow.id == notice.alert_id).with_for_update()).one()
        if alert.is_open and alert.kind is not AlertKind.TEST:
            self._tell_next_level(session, alert, notice, now=now)

    def _tell_next_level(
        self, session: Session, alert: AlertRow, failed: NoticeRow, *, now: datetime
    ) -> None:
        """An address that cannot be reached is made good at once by the next level on duty."""
        told = {row.address_index for row in of_alert(session, alert.id or 0) if row.round == failed.round}
        above = [
            period
            for period in self._roster(session, now=now).periods
            if period.is_on and period.level > failed.level
        ]
        lowest = min((period.level for period in above), default=None)
        for target in without_repeats(
            [part for period in above if period.level == lowest for part in of_period(period)]
        ):
            row = self._row(alert, failed.round, target, now=now)
            if row.address_index not in told:
                session.add(row)

    def _fail_abandoned(self, session: Session, *, now: datetime) -> None:
        """What a dead process was sending counts as not sent: telling twice is better than not at all."""
        abandoned = select(NoticeRow).where(
            NoticeRow.state == NoticeState.SENDING, col(NoticeRow.started_at) < now - SEND_WAIT
        )
        for notice in session.exec(abandoned.with_for_update(skip_locked=True)).all():
            self._end(session, notice, is_sent=False, now=now)

    def _write_round(self, session: Session, alert: AlertRow, roster: Roster, *, now: datetime) -> int:
        elder = _told_elder(session, alert)
        if elder is not None:
            alert.next_notice_at = elder.next_notice_at
            session.add(alert)
            return 0
        is_reached = any(row.state is NoticeState.SENT for row in of_alert(session, alert.id or 0))
        match decide_round(alert.kind, alert.rounds, roster, is_reached=is_reached, now=now):
            case Round() as told:
                alert.rounds, alert.next_notice_at = told.number, told.next_at
                rows = [self._row(alert, told.number, target, now=now) for target in told.targets]
            case Wait() as wait:
                alert.next_notice_at, rows = wait.until, []
            case Over():
                alert.next_notice_at, rows = None, []
        session.add_all([alert, *rows])
        return len(rows)

    def _row(self, alert: AlertRow, number: int, target: Target, *, now: datetime) -> NoticeRow:
        address = target.address.get_secret_value()
        return NoticeRow(
            alert_id=alert.id or 0,
            round=number,
            level=target.level,
            source=target.source,
            address_index=self.database.index(address),
            address_sealed=self.database.cipher.seal(address),
            created_at=now,
        )

    def _roster(self, session: Session, *, now: datetime) -> Roster:
        organisation = self.gather(session)
        local = now.astimezone(organisation.zone)
        hours = organisation.hours
        opens = None if hours.is_open(local) else hours.next_opening(local)
        return Roster(
            always=self.always,
            periods=[self._period(row, local) for row in duty.everything(session)],
            opens_at=None if opens is None else opens.astimezone(UTC),
        )

    def _period(self, row: DutyRow, local: datetime) -> Period:
        addresses = duty.addresses_of(row, self.database.cipher)
        return Period(id=row.id or 0, level=row.level, is_on=row.covers(local), addresses=addresses)


def _claim_due(session: Session, *, now: datetime, limit: int) -> Sequence[AlertRow]:
    return session.exec(
        select(AlertRow)
        .where(
            col(AlertRow.next_notice_at) <= now,
            col(AlertRow.acknowledged_at).is_(None),
            col(AlertRow.settled_at).is_(None),
        )
        .order_by(case((col(AlertRow.kind) == AlertKind.CRISIS, 0), else_=1), col(AlertRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _claim_pending(session: Session) -> NoticeRow | None:
    return session.exec(
        select(NoticeRow)
        .join(AlertRow, col(AlertRow.id) == col(NoticeRow.alert_id))
        .where(NoticeRow.state == NoticeState.PENDING)
        .order_by(case((col(AlertRow.kind) == AlertKind.CRISIS, 0), else_=1), col(NoticeRow.id))
        .limit(1)
        .with_for_update(skip_locked=True, of=NoticeRow)
    ).first()


def _told_elder(session: Session, alert: AlertRow) -> AlertRow | None:
    """An older open alert of the same matter, of which people are being told already."""
    return session.exec(
        select(AlertRow)
        .where(
            AlertRow.kind == alert.kind,
            AlertRow.subject == alert.subject,
            col(AlertRow.id) < alert.id,
            col(AlertRow.acknowledged_at).is_(None),
            col(AlertRow.settled_at).is_(None),
            col(AlertRow.next_notice_at).is_not(None),
        )
        .limit(1)
    ).first()
