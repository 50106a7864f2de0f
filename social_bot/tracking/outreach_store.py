"""Rows and queries of outreach: partner organisations, trials, visits, practice descriptions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import JSON, Column, Index, func
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, delete, select

from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow, SendState
from social_bot.errors import NotFound
from social_bot.storage.types import Word
from social_bot.tracking.outreach import Channel, PartnerKind
from social_bot.tracking.trials import Decision, Stage


class PartnerRow(SQLModel, table=True):
    """An organisation that we work with; never a private person. ``phone`` and ``link`` are public ones."""

    __tablename__ = "partner_organisation"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    name_sv: str = Field(default="", max_length=120)
    kind: PartnerKind = Field(sa_type=Word(PartnerKind))
    phone: str = Field(default="", max_length=40)
    link: str = Field(default="", max_length=300)
    created_by: str = Field(max_length=160)
    created_at: datetime
    retired_at: datetime | None = None

    def named(self, language: str) -> str:
        return self.name_sv if language == "sv" and self.name_sv else self.name


class TrialRow(SQLModel, table=True):
    __tablename__ = "outreach_trial"
    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=200)
    channel: Channel = Field(sa_type=Word(Channel))
    place: str = Field(max_length=120)
    room: str = Field(default="", max_length=200)
    starts_on: date = Field(index=True)
    mid_on: date
    ends_on: date
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    follows_id: int | None = Field(default=None, foreign_key="outreach_trial.id")
    created_by: str = Field(max_length=160)
    created_at: datetime


class EvaluationRow(SQLModel, table=True):
    """One version of one stage's answers; never changed. ``figures`` is what was counted when it was written.

    ``is_checked``: the program had asked about names or the like, and the writer had looked.
    """

    __tablename__ = "trial_evaluation"
    __table_args__ = (UniqueConstraint("trial_id", "stage", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    trial_id: int = Field(foreign_key="outreach_trial.id")
    stage: Stage = Field(sa_type=Word(Stage))
    version: int
    answers: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    figures: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    is_checked: bool = False
    by: str = Field(max_length=160)
    at: datetime


class DecisionRow(SQLModel, table=True):
    __tablename__ = "trial_decision"
    id: int | None = Field(default=None, primary_key=True)
    trial_id: int = Field(foreign_key="outreach_trial.id", index=True)
    decision: Decision = Field(sa_type=Word(Decision))
    decided_on: date
    reason: str
    by: str = Field(max_length=160)
    at: datetime


class VisitImportRow(SQLModel, table=True):
    """A file of visits that was taken in; ``digest`` is of its content."""

    __tablename__ = "visit_import"
    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64, unique=True)
    visits: int
    by: str = Field(max_length=160)
    at: datetime


class VisitRow(SQLModel, table=True):
    """``key`` is made by the device, so that a visit that is sent twice is kept once.

    A removed visit stays, without its note: its device may send it again.
    """

    __tablename__ = "outreach_visit"
    __table_args__ = (Index("ix_outreach_visit_held", "held_on", "channel"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=36, unique=True)
    place: str = Field(max_length=120)
    channel: Channel = Field(sa_type=Word(Channel))
    held_on: date
    starts_at: time | None = None
    minutes: int
    workers: int
    contacts: int
    declined: int | None = None
    led_to_clienthood: int | None = None
    guided_on: int | None = None
    out_of_area: int | None = None
    note: str = ""
    trial_id: int | None = Field(default=None, foreign_key="outreach_trial.id", index=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    import_id: int | None = Field(default=None, foreign_key="visit_import.id")
    recorded_by: str = Field(max_length=160)
    recorded_at: datetime
    changed_at: datetime | None = None
    removed_at: datetime | None = None


class VisitPartnerRow(SQLModel, table=True):
    __tablename__ = "visit_partner"
    visit_id: int = Field(foreign_key="outreach_visit.id", primary_key=True)
    partner_id: int = Field(foreign_key="partner_organisation.id", primary_key=True)


class TrialPartnerRow(SQLModel, table=True):
    __tablename__ = "trial_partner"
    trial_id: int = Field(foreign_key="outreach_trial.id", primary_key=True)
    partner_id: int = Field(foreign_key="partner_organisation.id", primary_key=True)


class CampaignPartnerRow(SQLModel, table=True):
    __tablename__ = "campaign_partner"
    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    partner_id: int = Field(foreign_key="partner_organisation.id", primary_key=True)


class PracticeRow(SQLModel, table=True):
    """A practice, described in seven questions; its answers are in versions."""

    __tablename__ = "practice_description"
    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(max_length=200)
    trial_id: int | None = Field(default=None, foreign_key="outreach_trial.id", index=True)
    created_by: str = Field(max_length=160)
    created_at: datetime


class PracticeVersionRow(SQLModel, table=True):
    __tablename__ = "practice_version"
    __table_args__ = (UniqueConstraint("practice_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice_description.id")
    version: int
    answers: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    is_checked: bool = False
    by: str = Field(max_length=160)
    at: datetime


def list_partners(session: Session, *, with_retired: bool = False) -> Sequence[PartnerRow]:
    query = select(PartnerRow).order_by(PartnerRow.name)
    if not with_retired:
        query = query.where(col(PartnerRow.retired_at).is_(None))
    return session.exec(query).all()


def get_partner(session: Session, partner_id: int) -> PartnerRow:
    row = session.get(PartnerRow, partner_id)
    if row is None:
        raise NotFound("There is no partner organisation {id}.", id=partner_id)
    return row


def get_trial(session: Session, trial_id: int) -> TrialRow:
    row = session.get(TrialRow, trial_id)
    if row is None:
        raise NotFound("There is no trial {id}.", id=trial_id)
    return row


def list_trials(session: Session) -> Sequence[TrialRow]:
    """The newest first."""
    return session.exec(select(TrialRow).order_by(col(TrialRow.starts_on).desc(), col(TrialRow.id))).all()


def newest_evaluations(
    session: Session, trial_ids: Iterable[int]
) -> Mapping[int, Mapping[Stage, EvaluationRow]]:
    """By trial and stage, the newest version of each."""
    rows = session.exec(
        select(EvaluationRow)
        .where(col(EvaluationRow.trial_id).in_(list(trial_ids)))
        .order_by(col(EvaluationRow.version))
    ).all()
    found: dict[int, dict[Stage, EvaluationRow]] = {}
    for row in rows:
        found.setdefault(row.trial_id, {})[row.stage] = row
    return found


def first_ended_at(session: Session, trial_ids: Iterable[int]) -> Mapping[int, datetime]:
    """By trial, when its end was evaluated for the first time."""
    query = select(EvaluationRow.trial_id, EvaluationRow.at).where(
        col(EvaluationRow.trial_id).in_(list(trial_ids)),
        EvaluationRow.stage == Stage.END,
        EvaluationRow.version == 1,
    )
    return dict(session.exec(query).all())


def list_versions(session: Session, trial_id: int, stage: Stage) -> Sequence[EvaluationRow]:
    query = select(EvaluationRow).where(EvaluationRow.trial_id == trial_id, EvaluationRow.stage == stage)
    return session.exec(query.order_by(col(EvaluationRow.version))).all()


def list_decisions(session: Session, trial_ids: Iterable[int]) -> Mapping[int, Sequence[DecisionRow]]:
    """By trial, the oldest first."""
    rows = session.exec(
        select(DecisionRow)
        .where(col(DecisionRow.trial_id).in_(list(trial_ids)))
        .order_by(col(DecisionRow.id))
    ).all()
    found: dict[int, list[DecisionRow]] = {}
    for row in rows:
        found.setdefault(row.trial_id, []).append(row)
    return found


def get_visit(session: Session, visit_id: int) -> VisitRow:
    """One that has not been removed."""
    row = session.get(VisitRow, visit_id)
    if row is None or row.removed_at is not None:
        raise NotFound("There is no visit {id}. It may have been removed.", id=visit_id)
    return row


def find_visit(session: Session, key: str) -> VisitRow | None:
    return session.exec(select(VisitRow).where(VisitRow.key == key)).first()


def list_visits(
    session: Session,
    *,
    since: date | None = None,
    until: date | None = None,
    trial_ids: Sequence[int] | None = None,
    campaign_id: int | None = None,
    limit: int | None = None,
) -> Sequence[VisitRow]:
    """The newest first; ``since`` and ``until`` are both included."""
    query = select(VisitRow).where(col(VisitRow.removed_at).is_(None))
    if since is not None:
        query = query.where(VisitRow.held_on >= since)
    if until is not None:
        query = query.where(VisitRow.held_on <= until)
    if trial_ids is not None:
        query = query.where(col(VisitRow.trial_id).in_(trial_ids))
    if campaign_id is not None:
        query = query.where(VisitRow.campaign_id == campaign_id)
    query = query.order_by(col(VisitRow.held_on).desc(), col(VisitRow.id).desc())
    return session.exec(query if limit is None else query.limit(limit)).all()


def earlier_places(session: Session, *, limit: int = 50) -> Sequence[str]:
    """Where visits were made, the latest first."""
    query = (
        select(VisitRow.place)
        .where(col(VisitRow.removed_at).is_(None))
        .group_by(VisitRow.place)
        .order_by(func.max(VisitRow.id).desc())
        .limit(limit)
    )
    return session.exec(query).all()


def last_channel_at(session: Session, place: str) -> Channel | None:
    query = select(VisitRow).where(VisitRow.place == place, col(VisitRow.removed_at).is_(None))
    row = session.exec(query.order_by(col(VisitRow.id).desc()).limit(1)).first()
    return None if row is None else row.channel


def last_visit_by(session: Session, name: str) -> VisitRow | None:
    query = select(VisitRow).where(VisitRow.recorded_by == name, col(VisitRow.removed_at).is_(None))
    return session.exec(query.order_by(col(VisitRow.id).desc()).limit(1)).first()


def partners_of_visits(session: Session, visit_ids: Iterable[int]) -> Mapping[int, Sequence[int]]:
    rows = session.exec(
        select(VisitPartnerRow.visit_id, VisitPartnerRow.partner_id).where(
            col(VisitPartnerRow.visit_id).in_(list(visit_ids))
        )
    ).all()
    return _grouped(rows)


def partners_of_trials(session: Session, trial_ids: Iterable[int]) -> Mapping[int, Sequence[int]]:
    rows = session.exec(
        select(TrialPartnerRow.trial_id, TrialPartnerRow.partner_id).where(
            col(TrialPartnerRow.trial_id).in_(list(trial_ids))
        )
    ).all()
    return _grouped(rows)


def partners_of_campaign(session: Session, campaign_id: int) -> Sequence[int]:
    query = select(CampaignPartnerRow.partner_id).where(CampaignPartnerRow.campaign_id == campaign_id)
    return session.exec(query).all()


def set_partners_of_visit(session: Session, visit_id: int, partner_ids: Iterable[int]) -> None:
    session.exec(delete(VisitPartnerRow).where(col(VisitPartnerRow.visit_id) == visit_id))
    session.add_all(VisitPartnerRow(visit_id=visit_id, partner_id=each) for each in set(partner_ids))


def set_partners_of_trial(session: Session, trial_id: int, partner_ids: Iterable[int]) -> None:
    session.exec(delete(TrialPartnerRow).where(col(TrialPartnerRow.trial_id) == trial_id))
    session.add_all(TrialPartnerRow(trial_id=trial_id, partner_id=each) for each in set(partner_ids))


def campaigns_of_partner(session: Session, partner_id: int) -> Sequence[int]:
    query = select(CampaignPartnerRow.campaign_id).where(CampaignPartnerRow.partner_id == partner_id)
    return session.exec(query).all()


def set_campaigns_of_partner(session: Session, partner_id: int, campaign_ids: Iterable[int]) -> None:
    session.exec(delete(CampaignPartnerRow).where(col(CampaignPartnerRow.partner_id) == partner_id))
    session.add_all(CampaignPartnerRow(campaign_id=each, partner_id=partner_id) for each in set(campaign_ids))


def count_uses(session: Session, partner_id: int) -> tuple[int, int]:
    """In how many visits and trials the organisation is named."""
    visits = select(func.count()).where(VisitPartnerRow.partner_id == partner_id)
    trials = select(func.count()).where(TrialPartnerRow.partner_id == partner_id)
    return int(session.exec(visits).one()), int(session.exec(trials).one())


def find_import(session: Session, digest: str) -> VisitImportRow | None:
    return session.exec(select(VisitImportRow).where(VisitImportRow.digest == digest)).first()


def get_practice(session: Session, practice_id: int) -> PracticeRow:
    row = session.get(PracticeRow, practice_id)
    if row is None:
        raise NotFound("There is no practice description {id}.", id=practice_id)
    return row


def list_practices(session: Session) -> Sequence[PracticeRow]:
    return session.exec(select(PracticeRow).order_by(PracticeRow.title)).all()


def newest_practice_version(session: Session, practice_id: int) -> PracticeVersionRow:
    query = select(PracticeVersionRow).where(PracticeVersionRow.practice_id == practice_id)
    return session.exec(query.order_by(col(PracticeVersionRow.version).desc()).limit(1)).one()


def count_answered_conversations(session: Session, *, since: datetime, until: datetime) -> int:
    """On every page: conversations in which an answer went out, by a person or by the machine."""
    query = select(func.count(func.distinct(MessageRow.thread_id))).where(
        MessageRow.direction == Direction.OUTBOUND,
        MessageRow.send_state == SendState.SENT,
        MessageRow.at >= since,
        MessageRow.at < until,
    )
    return int(session.exec(query).one())


def count_calls_made(session: Session, *, since: datetime, until: datetime) -> int:
    """Requests for a call that ended in a conversation."""
    query = select(func.count()).where(
        CallbackRow.state == CallbackState.DONE,
        col(CallbackRow.settled_at) >= since,
        col(CallbackRow.settled_at) < until,
    )
    return int(session.exec(query).one())


def _grouped(rows: Iterable[tuple[int, int]]) -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = {}
    for key, value in rows:
        found.setdefault(key, []).append(value)
    return found
