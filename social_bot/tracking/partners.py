"""The register of partner organisations: bodies that we work with, never private people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from social_bot.errors import InvalidInput
from social_bot.organisation import audit
from social_bot.planning.store import get_campaign
from social_bot.tracking import outreach_store as store
from social_bot.tracking.authors import require_author
from social_bot.tracking.outreach import PartnerKind
from social_bot.tracking.outreach_input import InvalidFields, parse_text
from social_bot.tracking.outreach_store import PartnerRow
from social_bot.tracking.recognisable import Names, refuse_traces

_PHONE = re.compile(r"\+?[\d\sX()-]{3,30}")
_LINK = re.compile(r"https?://\S+\.\S+")


@dataclass(frozen=True, kw_only=True)
class Partner:
    """``phone`` is a number that anybody may call, such as an exchange."""

    name: str
    kind: PartnerKind
    name_sv: str = ""
    phone: str = ""
    link: str = ""


def parse_partner(*, name: str, kind: str, name_sv: str = "", phone: str = "", link: str = "") -> Partner:
    """Raises ``InvalidFields`` with everything that is wrong."""
    problems: dict[str, InvalidInput] = {}
    for field, text, may_be_empty in (("name", name, False), ("name_sv", name_sv, True)):
        try:
            parse_text(text, most=120, may_be_empty=may_be_empty)
        except InvalidInput as error:
            problems[field] = error
    if kind not in set(PartnerKind):
        problems["kind"] = InvalidInput("Choose what kind of organisation it is.")
    if phone.strip() and _PHONE.fullmatch(phone.strip()) is None:
        problems["phone"] = InvalidInput(
            "Write a phone number, for example 02 123 4567, or leave this empty."
        )
    if link.strip() and (_LINK.fullmatch(link.strip()) is None or len(link) > 300):
        problems["link"] = InvalidInput("Write a web address that begins with https://, or leave this empty.")
    if problems:
        raise InvalidFields(problems)
    return Partner(
        name=name.strip(),
        name_sv=name_sv.strip(),
        kind=PartnerKind(kind),
        phone=phone.strip(),
        link=link.strip(),
    )


def add(
    session: Session, partner: Partner, *, names: Names, is_checked: bool = False, by: str, now: datetime
) -> PartnerRow:
    """Raises ``Recognisable`` where the name looks like a person's, ``InvalidFields`` where it is taken."""
    require_author(session, by)
    _refuse_same_name(session, partner, other_than=None)
    refuse_traces({"name": partner.name, "name_sv": partner.name_sv}, names=names, is_checked=is_checked)
    row = PartnerRow(
        name=partner.name,
        name_sv=partner.name_sv,
        kind=partner.kind,
        phone=partner.phone,
        link=partner.link,
        created_by=by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(session, at=now, actor=by, action="partner.add", subject=f"partner:{row.id}")
    return row


def change(
    session: Session,
    partner_id: int,
    partner: Partner,
    *,
    names: Names,
    is_checked: bool = False,
    by: str,
    now: datetime,
) -> PartnerRow:
    require_author(session, by)
    row = store.get_partner(session, partner_id)
    _refuse_same_name(session, partner, other_than=partner_id)
    refuse_traces({"name": partner.name, "name_sv": partner.name_sv}, names=names, is_checked=is_checked)
    row.name, row.name_sv, row.kind = partner.name, partner.name_sv, partner.kind
    row.phone, row.link = partner.phone, partner.link
    session.add(row)
    audit.record(session, at=now, actor=by, action="partner.change", subject=f"partner:{partner_id}")
    return row


def retire(session: Session, partner_id: int, *, by: str, now: datetime) -> None:
    """It is offered no more, and stays where it was named."""
    require_author(session, by)
    row = store.get_partner(session, partner_id)
    row.retired_at = now
    session.add(row)
    audit.record(session, at=now, actor=by, action="partner.retire", subject=f"partner:{partner_id}")


def join_campaigns(
    session: Session, partner_id: int, campaign_ids: Sequence[int], *, by: str, now: datetime
) -> None:
    """The organisation is a partner of exactly these campaigns from now on."""
    require_author(session, by)
    store.get_partner(session, partner_id)
    if sorted(campaign_ids) == sorted(store.campaigns_of_partner(session, partner_id)):
        return
    for campaign_id in campaign_ids:
        get_campaign(session, campaign_id)
    store.set_campaigns_of_partner(session, partner_id, campaign_ids)
    audit.record(session, at=now, actor=by, action="partner.campaigns", subject=f"partner:{partner_id}")


def _refuse_same_name(session: Session, partner: Partner, *, other_than: int | None) -> None:
    names = {row.name.casefold() for row in store.list_partners(session) if row.id != other_than}
    if partner.name.casefold() in names:
        raise InvalidFields({"name": InvalidInput("A partner organisation of this name is here already.")})
