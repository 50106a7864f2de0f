"""Follow-up: the register of partner organisations."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Response

from social_bot.organisation.roles import Role
from social_bot.planning import store as planning
from social_bot.tracking import outreach_store as store
from social_bot.tracking import partners
from social_bot.tracking.outreach import PartnerKind
from social_bot.tracking.outreach_input import InvalidFields
from social_bot.tracking.outreach_store import PartnerRow
from social_bot.tracking.partners import Partner, parse_partner
from social_bot.tracking.recognisable import Recognisable, read_first_names
from social_bot.web.outreach_words import OutreachWords
from social_bot.web.pages import render, see_other
from social_bot.web.uploads import StaffUpload
from social_bot.web.visits import Staff, StaffVisit

_FIELDS = ("name", "name_sv", "kind", "phone", "link")

routes = APIRouter()


@routes.get("/partners")
def register(visit: Staff, done: str = "") -> Response:
    with visit.site.bot.database.read() as session:
        rows = store.list_partners(session)
    return render(
        visit,
        "partners.html",
        o=OutreachWords(moments=visit.moments),
        by_kind=[(kind, [row for row in rows if row.kind is kind]) for kind in PartnerKind],
        rows=rows,
        may_write=_may_write(visit),
        done=done,
    )


@routes.get("/partners/new")
def new(visit: Staff) -> Response:
    return _form(visit, {})


@routes.post("/partners/new")
def add(visit: Staff, form: StaffUpload) -> Response:
    bot = visit.site.bot
    try:
        with bot.database.write() as session:
            partners.add(
                session,
                _read(form.fields),
                names=read_first_names(bot.templates),
                is_checked=form.fields.get("checked") == "yes",
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except (InvalidFields, Recognisable) as error:
        return _form(visit, form.fields, error=error)
    return see_other("/partners?done=partner_saved")


@routes.get("/partners/{partner_id}")
def one(partner_id: int, visit: Staff) -> Response:
    with visit.site.bot.database.read() as session:
        row = store.get_partner(session, partner_id)
        campaigns = [str(each) for each in store.campaigns_of_partner(session, partner_id)]
    return _form(visit, {name: str(getattr(row, name)) for name in _FIELDS}, row=row, campaigns=campaigns)


@routes.post("/partners/{partner_id}")
def change(partner_id: int, visit: Staff, form: StaffUpload) -> Response:
    bot, campaigns = visit.site.bot, form.lists.get("campaigns", ())
    try:
        with bot.database.write() as session:
            partners.change(
                session,
                partner_id,
                _read(form.fields),
                names=read_first_names(bot.templates),
                is_checked=form.fields.get("checked") == "yes",
                by=visit.worker.name,
                now=visit.moments.now,
            )
            partners.join_campaigns(
                session,
                partner_id,
                [int(each) for each in campaigns if each.isdecimal()],
                by=visit.worker.name,
                now=visit.moments.now,
            )
    except (InvalidFields, Recognisable) as error:
        with bot.database.read() as session:
            row = store.get_partner(session, partner_id)
        return _form(visit, form.fields, row=row, campaigns=campaigns, error=error)
    return see_other("/partners?done=partner_saved")


@routes.post("/partners/{partner_id}/retire")
def retire(partner_id: int, visit: Staff, form: StaffUpload) -> Response:
    del form
    with visit.site.bot.database.write() as session:
        partners.retire(session, partner_id, by=visit.worker.name, now=visit.moments.now)
    return see_other("/partners?done=partner_retired")


def _read(fields: Mapping[str, str]) -> Partner:
    return parse_partner(
        name=fields.get("name", ""),
        kind=fields.get("kind", ""),
        name_sv=fields.get("name_sv", ""),
        phone=fields.get("phone", ""),
        link=fields.get("link", ""),
    )


def _form(
    visit: StaffVisit,
    fields: Mapping[str, str],
    *,
    row: PartnerRow | None = None,
    campaigns: Sequence[str] = (),
    error: InvalidFields | Recognisable | None = None,
) -> Response:
    with visit.site.bot.database.read() as session:
        uses = (0, 0) if row is None else store.count_uses(session, row.id or 0)
        every_campaign = planning.list_campaigns(session)
    return render(
        visit,
        "partner.html",
        status=200 if error is None else 422,
        o=OutreachWords(moments=visit.moments),
        form=fields,
        row=row,
        uses=uses,
        chosen=list(campaigns),
        campaigns=every_campaign,
        problems=error.problems if isinstance(error, InvalidFields) else {},
        traces=error.traces if isinstance(error, Recognisable) else (),
        may_write=_may_write(visit),
    )


def _may_write(visit: StaffVisit) -> bool:
    return visit.holds(Role.WRITER) or visit.holds(Role.COORDINATOR)
