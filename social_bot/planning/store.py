"""Rows and queries of the planning room."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, Column, ColumnElement, Index, bindparam, exists, or_, true, update
from sqlalchemy.sql.elements import BindParameter
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from social_bot.errors import NotFound
from social_bot.organisation.metrics import Metric
from social_bot.organisation.pages import PageRow
from social_bot.organisation.stop import StopRow
from social_bot.planning.posts import PostContent, PostPicture, PostState, move
from social_bot.storage.types import Word, no_items


class CampaignState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class CampaignRow(SQLModel, table=True):
    """A started campaign; what it says of itself is kept as it was at the start.

    ``source`` is its file as it was then; None for one that began before files were kept.
    """

    __tablename__ = "campaign"
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, index=True)
    page_id: str = Field(foreign_key="page.id", max_length=40)
    title: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    purpose: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    target_group: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    values: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    starts_on: date
    started_by: str = Field(max_length=160)
    started_at: datetime
    source: str | None = None
    paused_by: str | None = Field(default=None, max_length=160)
    paused_at: datetime | None = None
    pause_reason: str | None = None
    ended_by: str | None = Field(default=None, max_length=160)
    ended_at: datetime | None = None

    @property
    def state(self) -> CampaignState:
        if self.ended_at is not None:
            return CampaignState.ENDED
        return CampaignState.RUNNING if self.paused_at is None else CampaignState.PAUSED


class OwnCampaignRow(SQLModel, table=True):
    """A campaign file that the organisation has brought itself."""

    __tablename__ = "own_campaign"
    slug: str = Field(primary_key=True, max_length=80)
    source: str
    uploaded_by: str = Field(max_length=160)
    uploaded_at: datetime


class KeptSheetRow(SQLModel, table=True):
    """A file that has been checked and waits to be confirmed by whoever brought it."""

    __tablename__ = "kept_sheet"
    id: str = Field(primary_key=True, max_length=32)
    content: bytes
    page_id: str = Field(foreign_key="page.id", max_length=40)
    kept_by: str = Field(max_length=160)
    kept_at: datetime = Field(index=True)


class GoalRow(SQLModel, table=True):
    """What should be reached, by when, for whom and why: of a campaign, of an outreach trial or of a page.

    ``campaign_id``, ``trial_id`` (of the tracking room, which lies above) or ``page_id`` says of which; without
    any it is of the whole organisation. ``starts_on`` None: from the campaign's first day.
    """

    __tablename__ = "goal"
    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    trial_id: int | None = Field(default=None, index=True)
    page_id: str | None = Field(default=None, max_length=40)
    metric: Metric = Field(sa_type=Word(Metric))
    target: int
    starts_on: date | None = None
    by_on: date
    target_group: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    why: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    created_by: str | None = Field(default=None, max_length=160)
    created_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=160)
    ended_at: datetime | None = None


class PostRow(SQLModel, table=True):
    __tablename__ = "post"
    __table_args__ = (
        Index("ix_post_due", "state", "publish_at"),
        Index("ix_post_page_time", "page_id", "publish_at"),
        Index("ix_post_time", "publish_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    page_id: str = Field(foreign_key="page.id", max_length=40)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    key: str = Field(default="", max_length=80)
    kind: str = Field(max_length=40)
    texts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    link: str | None = None
    pictures: list[dict[str, object]] = Field(
        default_factory=no_items, sa_column=Column(JSON, nullable=False)
    )
    fields: dict[str, str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    publish_at: datetime
    local_time: str = Field(max_length=25)
    zone: str = Field(max_length=60)
    lateness_minutes: int
    author: str = Field(max_length=160)
    changed_by: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    state: PostState = Field(sa_type=Word(PostState), default=PostState.DRAFT)
    approved_by: str | None = Field(default=None, max_length=160)
    approved_at: datetime | None = None
    approved_hash: str | None = Field(default=None, max_length=64)
    external_id: str | None = Field(default=None, max_length=80, index=True)
    reason: str | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    lease_owner: str | None = Field(default=None, max_length=80)
    lease_until: datetime | None = None
    next_look_at: datetime | None = None
    released_at: datetime | None = None
    passes_stop: int = 0
    created_at: datetime
    settled_at: datetime | None = None

    @property
    def content(self) -> PostContent:
        return PostContent(
            page_id=self.page_id,
            kind=self.kind,
            texts=self.texts,
            publish_at=self.publish_at,
            link=self.link,
            pictures=[PostPicture(**picture) for picture in self.pictures],  # type: ignore[arg-type]
        )

    @property
    def goes_out_until(self) -> datetime:
        """After this the post is missed; a person who says "send now" starts the time anew."""
        return (self.released_at or self.publish_at) + timedelta(minutes=self.lateness_minutes)

    @property
    def is_approved(self) -> bool:
        """Whether the approval holds for the content as it is now."""
        return self.approved_hash is not None and self.approved_hash == self.content.content_hash

    @property
    def hands(self) -> frozenset[str]:
        """Everybody whose work it is, and who therefore may not approve it."""
        return frozenset({self.author, *self.changed_by})

    def note_change(self, by: str) -> None:
        """Somebody has changed what is approved: the approval is void, and is not theirs to give."""
        self.approved_by = self.approved_at = self.approved_hash = None
        self.changed_by = sorted({*self.changed_by, by} - {self.author})

    def become(self, state: PostState, *, reason: str | None = None) -> None:
        """Move by the table of allowed moves; the lease and the retry end with every move."""
        self.state = move(self.state, state)
        self.reason = reason
        self.lease_owner = self.lease_until = self.retry_at = None


class PublishAttemptRow(SQLModel, table=True):
    """The intent to send, written before the call; its end is written after it."""

    __tablename__ = "publish_attempt"
    __table_args__ = (UniqueConstraint("post_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    number: int
    content_hash: str = Field(max_length=64)
    started_at: datetime
    ended_at: datetime | None = None
    outcome: PostState | None = Field(default=None, sa_type=Word(PostState))
    looks: int = 0
    status: int | None = None
    code: int | None = None
    subcode: int | None = None
    trace_id: str | None = Field(default=None, max_length=120)
    user_message: str | None = None


def get_post(session: Session, post_id: int, *, for_update: bool = False) -> PostRow:
    post = session.exec(_POST[for_update], params={"id": post_id}).first()
    if post is None:
        raise NotFound("There is no post {id}. See them with: social-bot post list", id=post_id)
    return post


def list_posts(
    session: Session,
    *,
    page_id: str | None = None,
    campaign_id: int | None = None,
    states: Sequence[PostState] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Sequence[PostRow]:
    """Posts by their time, ``since`` included and ``until`` not."""
    query = select(PostRow).order_by(col(PostRow.publish_at), col(PostRow.id))
    if page_id is not None:
        query = query.where(PostRow.page_id == page_id)
    if campaign_id is not None:
        query = query.where(PostRow.campaign_id == campaign_id)
    if states is not None:
        query = query.where(col(PostRow.state).in_(states))
    if since is not None:
        query = query.where(col(PostRow.publish_at) >= since)
    if until is not None:
        query = query.where(col(PostRow.publish_at) < until)
    return session.exec(query).all()


def get_attempt(session: Session, post_id: int, number: int) -> PublishAttemptRow:
    return session.exec(_ATTEMPT, params={"post_id": post_id, "number": number}).one()


def last_attempt(session: Session, post_id: int) -> PublishAttemptRow | None:
    return session.exec(
        select(PublishAttemptRow)
        .where(PublishAttemptRow.post_id == post_id)
        .order_by(col(PublishAttemptRow.number).desc())
        .limit(1)
    ).first()


def claim_due(session: Session, *, now: datetime) -> tuple[PostRow, PageRow] | None:
    """The oldest due post that nothing holds, of a page that may be written to; locked, other workers pass it."""
    return session.exec(_NEXT_DUE, params={"now": now}).first()


def _is_held_back() -> ColumnElement[bool]:
    """A stop covers the post's page and it has not been let past, or its campaign is paused."""
    is_stopped = exists().where(
        col(StopRow.released_at).is_(None),
        or_(col(StopRow.page_id).is_(None), col(StopRow.page_id) == col(PostRow.page_id)),
        col(StopRow.id) > col(PostRow.passes_stop),
    )
    is_paused = exists().where(
        col(CampaignRow.id) == col(PostRow.campaign_id), col(CampaignRow.paused_at).is_not(None)
    )
    return or_(is_stopped, is_paused)


def list_to_hold(session: Session) -> Sequence[PostRow]:
    """Scheduled posts that must not go out now; only those that a stop or a paused campaign could reach are read."""
    paused = session.exec(select(CampaignRow.id).where(col(CampaignRow.paused_at).is_not(None))).all()
    stopped = session.exec(select(StopRow.page_id).where(col(StopRow.released_at).is_(None))).all()
    if not paused and not stopped:
        return ()
    is_reached = or_(
        true() if None in stopped else col(PostRow.page_id).in_(stopped), col(PostRow.campaign_id).in_(paused)
    )
    return session.exec(
        select(PostRow)
        .where(PostRow.state == PostState.SCHEDULED, is_reached, _is_held_back())
        .order_by(col(PostRow.publish_at), col(PostRow.id))
        .with_for_update(of=PostRow)
    ).all()


def list_held(
    session: Session, *, page_id: str | None = None, campaign_id: int | None = None
) -> Sequence[PostRow]:
    """What is on hold, locked for a decision about it."""
    query = select(PostRow).where(PostRow.state == PostState.HELD)
    if page_id is not None:
        query = query.where(PostRow.page_id == page_id)
    if campaign_id is not None:
        query = query.where(PostRow.campaign_id == campaign_id)
    return session.exec(query.order_by(col(PostRow.publish_at), col(PostRow.id)).with_for_update()).all()


def claim_looks(session: Session, *, now: datetime, owner: str, until: datetime, limit: int) -> Sequence[int]:
    """Take unconfirmed posts whose page is to be looked at now."""
    due = (
        select(PostRow.id)
        .where(
            PostRow.state == PostState.UNCONFIRMED,
            col(PostRow.next_look_at) <= now,
            or_(col(PostRow.lease_until).is_(None), col(PostRow.lease_until) <= now),
        )
        .order_by(col(PostRow.next_look_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = session.connection().execute(
        update(PostRow)
        .where(col(PostRow.id).in_(due))
        .values(lease_owner=owner, lease_until=until)
        .returning(col(PostRow.id))
    )
    return [row[0] for row in claimed if row[0] is not None]


def list_overdue(session: Session, *, now: datetime) -> Sequence[PostRow]:
    """Posts of the past that have not gone out and are in no worker's hands; what is on hold waits for a person."""
    waiting = (PostState.SCHEDULED, PostState.AWAITING_APPROVAL, PostState.DRAFT)
    return session.exec(
        select(PostRow)
        .where(col(PostRow.state).in_(waiting), col(PostRow.publish_at) < now)
        .with_for_update(skip_locked=True)
    ).all()


def list_publishing(session: Session) -> Sequence[PostRow]:
    return session.exec(
        select(PostRow).where(PostRow.state == PostState.PUBLISHING).with_for_update(skip_locked=True)
    ).all()


def known_external_ids(session: Session, external_ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids that belong to a post of ours already."""
    found = session.exec(select(PostRow.external_id).where(col(PostRow.external_id).in_(external_ids))).all()
    return frozenset(external_id for external_id in found if external_id is not None)


def get_campaign(session: Session, campaign_id: int) -> CampaignRow:
    campaign = session.get(CampaignRow, campaign_id)
    if campaign is None:
        raise NotFound("There is no campaign {id}.", id=campaign_id)
    return campaign


def list_campaigns(session: Session) -> Sequence[CampaignRow]:
    return session.exec(select(CampaignRow).order_by(col(CampaignRow.starts_on), col(CampaignRow.id))).all()


def list_goals(session: Session, *, campaign_id: int | None = None) -> Sequence[GoalRow]:
    query = select(GoalRow).order_by(col(GoalRow.by_on), col(GoalRow.id))
    if campaign_id is not None:
        query = query.where(GoalRow.campaign_id == campaign_id)
    return session.exec(query).all()


def list_own_campaigns(session: Session) -> Sequence[OwnCampaignRow]:
    return session.exec(select(OwnCampaignRow).order_by(col(OwnCampaignRow.slug))).all()


# What is asked several times for each post that goes out is built once: building costs more than asking.

_POST = {False: select(PostRow).where(PostRow.id == bindparam("id"))}
_POST[True] = _POST[False].with_for_update()
_ATTEMPT = select(PublishAttemptRow).where(
    PublishAttemptRow.post_id == bindparam("post_id"), PublishAttemptRow.number == bindparam("number")
)
_NOW: BindParameter[datetime] = bindparam("now")
_NEXT_DUE = (
    select(PostRow, PageRow)
    .join(PageRow, col(PageRow.id) == col(PostRow.page_id))
    .where(
        PostRow.state == PostState.SCHEDULED,
        col(PostRow.publish_at) <= _NOW,
        or_(col(PostRow.retry_at).is_(None), col(PostRow.retry_at) <= _NOW),
        col(PageRow.is_disconnected).is_(False),
        col(PageRow.awaits_live).is_(False),
        or_(col(PageRow.paused_until).is_(None), col(PageRow.paused_until) <= _NOW),
        ~_is_held_back(),
    )
    .order_by(col(PostRow.publish_at), col(PostRow.id))
    .limit(1)
    .with_for_update(skip_locked=True, of=PostRow)
)
