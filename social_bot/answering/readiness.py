"""What must hold before a page goes live, and what had better hold. Pure but for ``gather_facts``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from social_bot.answering.replies import crisis_texts_missing, newest_versions
from social_bot.organisation import directory, duty, operators
from social_bot.organisation.directory import Organisation
from social_bot.organisation.pages import PageRow
from social_bot.organisation.roles import Role
from social_bot.storage.cipher import Cipher

APPROVERS_NEEDED = 2
LASTS_AT_LEAST = timedelta(days=14)


class Check(StrEnum):
    """In the order in which they are shown; the step that each belongs to is the page's business."""

    TOKEN = "token"  # noqa: S105  (a name)
    PERMISSIONS = "permissions"
    TOKEN_LASTS = "token_lasts"  # noqa: S105  (a name)
    SUBSCRIPTION = "subscription"
    ROUTING = "routing"
    DEFAULT_APP = "default_app"
    AUTOMATIONS = "automations"
    NUMBERS_SET = "numbers_set"
    NUMBERS_CHECKED = "numbers_checked"
    HOURS = "hours"
    PRIVACY = "privacy"
    CRISIS_TEXTS = "crisis_texts"
    TEXTS = "texts"
    APPROVERS = "approvers"
    SIGN_IN = "sign_in"
    ALERT_ADDRESS = "alert_address"
    DUTY = "duty"
    SERVER = "server"


BLOCKING = frozenset({Check.NUMBERS_SET, Check.CRISIS_TEXTS})
"""Without these no page goes live, whoever asks; the rest is said, and somebody answers for it."""


_TOLD_BY_PLATFORM = frozenset({Check.PERMISSIONS, Check.TOKEN_LASTS, Check.SUBSCRIPTION, Check.ROUTING})


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What the machine's administrator has set. ``unset`` names the settings that a live page needs and lacks."""

    unset: Sequence[str]
    has_alert_address: bool
    can_sign_in: bool


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that going live depends on, gathered at one moment. Numbers and texts by their keys."""

    has_token: bool
    is_disconnected: bool
    is_looked_at: bool
    missing_permissions: Sequence[str]
    token_expires_at: datetime | None
    missing_subscriptions: Sequence[str]
    is_routed: bool | None
    default_app_confirmed: bool
    automations_confirmed: bool
    numbers_missing: Sequence[str]
    numbers_outdated: Sequence[str]
    has_hours: bool
    has_privacy_link: bool
    crisis_texts_missing: Sequence[str]
    texts_waiting: int
    approvers: int
    has_duty: bool
    installation: Installation


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``about`` names what is missing, by key."""

    check: Check
    is_met: bool
    about: Sequence[str] = ()

    @property
    def blocks(self) -> bool:
        return not self.is_met and self.check in BLOCKING

    @property
    def warns(self) -> bool:
        return not self.is_met and self.check not in BLOCKING


def gather_facts(
    session: Session,
    page: PageRow,
    organisation: Organisation,
    installation: Installation,
    *,
    cipher: Cipher,
    now: datetime,
) -> Facts:
    settings = directory.everything(session)
    own = [row for row in newest_versions(session) if not row.needs_speaker]
    return Facts(
        has_token=page.token_sealed is not None,
        is_disconnected=page.is_disconnected,
        is_looked_at=page.looked_at is not None,
        missing_permissions=page.missing_permissions,
        token_expires_at=page.token_expires_at,
        missing_subscriptions=page.missing_subscriptions,
        is_routed=page.is_routed,
        default_app_confirmed=page.default_app_confirmed_at is not None,
        automations_confirmed=page.automations_confirmed_at is not None,
        numbers_missing=directory.missing_to_go_live(organisation),
        numbers_outdated=[row.key for row in directory.outdated(settings, organisation, now=now)],
        has_hours=bool(organisation.hours.week),
        has_privacy_link=organisation.value("privacy_link", organisation.languages[0]) is not None,
        crisis_texts_missing=crisis_texts_missing(session, organisation.languages),
        texts_waiting=sum(row.approved_at is None for row in own),
        approvers=sum(row.holds(Role.APPROVER, page.id) for row in operators.everyone(session)),
        has_duty=bool(duty.everything(session)),
        installation=Installation(
            unset=installation.unset,
            has_alert_address=installation.has_alert_address or duty.has_address(session, cipher),
            can_sign_in=installation.can_sign_in,
        ),
    )


def judge(facts: Facts, *, now: datetime) -> Sequence[Finding]:
    """Every check, met or not; what only the platform tells is left out until it has been asked."""
    is_known = facts.has_token and facts.is_looked_at
    lasts = facts.token_expires_at is None or facts.token_expires_at > now + LASTS_AT_LEAST
    machine = facts.installation
    results: dict[Check, tuple[bool, Sequence[str]]] = {
        Check.TOKEN: (is_known and not facts.is_disconnected, ()),
        Check.PERMISSIONS: (not facts.missing_permissions, facts.missing_permissions),
        Check.TOKEN_LASTS: (lasts, ()),
        Check.SUBSCRIPTION: (not facts.missing_subscriptions, facts.missing_subscriptions),
        Check.ROUTING: (facts.is_routed is not False, ()),
        Check.DEFAULT_APP: (facts.default_app_confirmed, ()),
        Check.AUTOMATIONS: (facts.automations_confirmed, ()),
        Check.NUMBERS_SET: (not facts.numbers_missing, facts.numbers_missing),
        Check.NUMBERS_CHECKED: (not facts.numbers_outdated, facts.numbers_outdated),
        Check.HOURS: (facts.has_hours, ()),
        Check.PRIVACY: (facts.has_privacy_link, ()),
        Check.CRISIS_TEXTS: (not facts.crisis_texts_missing, facts.crisis_texts_missing),
        Check.TEXTS: (facts.texts_waiting == 0, ()),
        Check.APPROVERS: (facts.approvers >= APPROVERS_NEEDED, ()),
        Check.SIGN_IN: (machine.can_sign_in, ()),
        Check.ALERT_ADDRESS: (machine.has_alert_address, ()),
        Check.DUTY: (facts.has_duty, ()),
        Check.SERVER: (not machine.unset, machine.unset),
    }
    return [
        Finding(check=check, is_met=results[check][0], about=tuple(results[check][1]))
        for check in Check
        if is_known or check not in _TOLD_BY_PLATFORM
    ]
