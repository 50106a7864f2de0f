"""The checks at work: what they need is gathered, what they block is refused, an override is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import audit, operators, personal_data
from social_bot.organisation.directory import KEYS, Kind, Organisation, everything
from social_bot.organisation.roles import Role
from social_bot.planning import library, series_store
from social_bot.planning.checks import (
    Check,
    CheckContext,
    CheckLists,
    Finding,
    OtherPost,
    People,
    Setting,
    Severity,
    check_post,
)
from social_bot.planning.checks.links import host_of, links_in
from social_bot.planning.checks.privacy import plain_number
from social_bot.planning.checks.timing import SAME_WITHIN
from social_bot.planning.media import Media
from social_bot.planning.posts import PostContent, PostState
from social_bot.planning.store import PostRow
from social_bot.translations import marked

SHORTEST_REASON, LONGEST_REASON = 10, 500
_GONE = (PostState.CANCELLED, PostState.EXPIRED)


class StoppedByChecks(NotAllowed):
    """``findings`` are the blocks that nobody has overridden."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(
            marked(
                "The checks stop this post in {count} places. Open it for editing, mend what is marked and try again."
            ),
            count=len(findings),
        )
        self.findings = tuple(findings)


class OverrideRow(SQLModel, table=True):
    """Somebody has seen what a check blocks and says why it is right all the same."""

    __tablename__ = "check_override"
    post_id: int = Field(foreign_key="post.id", primary_key=True)
    code: Check = Field(primary_key=True, max_length=40)
    fingerprint: str = Field(primary_key=True, max_length=64)
    by: str = Field(max_length=160)
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """``overridden`` by fingerprint, each with its reason; ``stops`` are the blocks that are left."""

    findings: Sequence[Finding]
    overridden: Mapping[str, OverrideRow]

    @property
    def stops(self) -> Sequence[Finding]:
        return [each for each in self.findings if each.is_block and each.fingerprint not in self.overridden]

    @property
    def warnings(self) -> Sequence[Finding]:
        return [each for each in self.findings if each.severity is Severity.WARNING]


@dataclass(frozen=True, kw_only=True)
class Checker:
    lists: CheckLists
    media: Media
    gather: Callable[[Session], Organisation]

    def check(
        self,
        session: Session,
        content: PostContent,
        *,
        now: datetime,
        post: PostRow | None = None,
        fields: Mapping[str, str] | None = None,
        people: Mapping[str, People] | None = None,
    ) -> Result:
        """``content`` as it would be saved; ``post`` is the one that it belongs to, if there is one.

        ``people`` are ticks by file that are not saved yet.
        """
        context = self._context(session, content, now=now, post=post, fields=fields)
        pictures = {
            file: replace(facts, people=(people or {}).get(file, facts.people))
            for file, facts in context.pictures.items()
        }
        context = replace(context, pictures=pictures)
        return Result(
            findings=check_post(content, context),
            overridden={} if post is None or post.id is None else list_overrides(session, post.id),
        )

    def check_row(self, session: Session, post: PostRow, *, now: datetime) -> Result:
        """The post as it is saved."""
        return self.check(session, post.content, now=now, post=post, fields=post.fields)

    def require_passed(self, session: Session, post: PostRow, *, now: datetime) -> None:
        """Raises ``StoppedByChecks`` for blocks that nobody has overridden."""
        stops = self.check_row(session, post, now=now).stops
        if stops:
            raise StoppedByChecks(stops)

    def override(
        self, session: Session, post: PostRow, finding: Finding, reason: str, *, by: str, now: datetime
    ) -> None:
        """Write down why a block is right all the same; the log keeps who, when and which check.

        Raises ``NotAllowed`` for a block that no reason lifts, ``InvalidInput`` for a reason that says nothing
        or tells of a person.
        """
        operators.require(session, by, Role.WRITER, page_id=post.page_id)
        if not finding.may_be_overridden:
            raise NotAllowed("No reason lifts this check. Mend the post instead.")
        reason = " ".join(reason.split())
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise InvalidInput(
                "Write the reason in {least} to {most} characters.",
                least=SHORTEST_REASON,
                most=LONGEST_REASON,
            )
        session.merge(
            OverrideRow(
                post_id=post.id or 0,
                code=finding.check,
                fingerprint=finding.fingerprint,
                by=by,
                at=now,
                reason=personal_data.mask(reason),
            )
        )
        session.flush()
        audit.record(
            session,
            at=now,
            actor=by,
            action="post.override_check",
            subject=f"post:{post.id}",
            detail=f"{finding.check.value}:{finding.fingerprint[:16]}",
        )

    def _context(
        self,
        session: Session,
        content: PostContent,
        *,
        now: datetime,
        post: PostRow | None,
        fields: Mapping[str, str] | None,
    ) -> CheckContext:
        organisation = self.gather(session)
        rows = [row for row in everything(session) if row.key in KEYS]
        settings = [Setting(key=row.key, value=row.value, checked_on=row.checked_on) for row in rows]
        return CheckContext(
            lists=self.lists,
            zone=organisation.zone,
            languages=organisation.languages,
            own_numbers=_numbers(settings),
            own_hosts=_hosts(settings, organisation.base_url),
            settings=[
                each for each in settings if KEYS[each.key].kind is Kind.PHONE or each.key == "visit_address"
            ],
            values={language: organisation.text_values(language, now) for language in organisation.languages},
            others=_others(session, content, post),
            pictures=library.facts(session, self.media, (picture.file for picture in content.pictures)),
            fields=fields,
        )


def list_overrides(session: Session, post_id: int) -> Mapping[str, OverrideRow]:
    """By fingerprint."""
    rows = session.exec(select(OverrideRow).where(OverrideRow.post_id == post_id)).all()
    return {row.fingerprint: row for row in rows}


def _others(session: Session, content: PostContent, post: PostRow | None) -> Sequence[OtherPost]:
    """Posts of the page around this one; what a campaign says again, it says on purpose."""
    rows = session.exec(
        select(PostRow.id, PostRow.campaign_id, PostRow.publish_at, PostRow.texts).where(
            PostRow.page_id == content.page_id,
            col(PostRow.publish_at) >= content.publish_at - SAME_WITHIN,
            col(PostRow.publish_at) <= content.publish_at + SAME_WITHIN,
            col(PostRow.state).not_in(_GONE),
        )
    ).all()
    own_id = post.id if post else None
    siblings = _siblings(session, own_id)
    return [
        OtherPost(
            publish_at=publish_at,
            text="\n".join(texts.values()),
            is_repeated_on_purpose=post_id in siblings
            or (post is not None and campaign_id is not None and campaign_id == post.campaign_id),
        )
        for post_id, campaign_id, publish_at, texts in rows
        if post_id != own_id
    ]


def _siblings(session: Session, post_id: int | None) -> frozenset[int]:
    """The posts of the same series."""
    series = None if post_id is None else series_store.series_of(session, post_id)
    if series is None or series.id is None:
        return frozenset()
    return frozenset(row.id for row in series_store.posts_by_day(session, series.id).values() if row.id)


def _numbers(settings: Sequence[Setting]) -> frozenset[str]:
    """Of phone settings, and those that stand in texts of the directory (``housing_advice``)."""
    numbers = {plain_number(each.value) for each in settings if KEYS[each.key].kind is Kind.PHONE}
    for each in settings:
        if KEYS[each.key].kind is Kind.TEXT:
            numbers |= {
                plain_number(each.value[found.start : found.end])
                for found in personal_data.find(each.value)
                if found.kind is personal_data.PersonalDataKind.PHONE
            }
    return frozenset(numbers - {""})


def _hosts(settings: Sequence[Setting], base_url: str) -> frozenset[str]:
    addresses = [each.value for each in settings if KEYS[each.key].kind is Kind.LINK]
    addresses += [address for each in settings for _, address in links_in(each.value)]
    hosts = {host_of(address) for address in addresses} | {urlsplit(base_url).hostname}
    return frozenset(host for host in hosts if host)
