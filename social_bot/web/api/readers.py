"""Who asks: a token in the ``Authorization`` header, how often it has asked, and which pages it reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import Session

from social_bot.errors import NotAllowed, NotFound
from social_bot.organisation import api_tokens, pages
from social_bot.organisation.api_tokens import ApiTokenRow
from social_bot.organisation.directory import Organisation
from social_bot.tracking.figure_store import OFFICE
from social_bot.web.api.problems import Refusal, language_of
from social_bot.web.floods import Floods
from social_bot.web.site import Site

AN_HOUR = 600
"""Questions of one token. A nightly refresh of five years asks some dozens."""

ORGANISATION = "organisation"
"""The name of what belongs to no page, where a page is named."""

_A_WHILE = {"Retry-After": "600"}
_bearer = HTTPBearer(
    auto_error=False, description="A token that an administrator has made, on the page of tokens."
)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A program that may read; ``token`` is its row, never the token itself."""

    site: Site
    token: ApiTokenRow
    organisation: Organisation
    language: str
    now: datetime

    def require_everything(self) -> None:
        """For what belongs to no page. Raises a ``Refusal``."""
        if not self.token.reads_everything:
            raise Refusal(
                403,
                NotAllowed(
                    "This belongs to the whole organisation, and the token reads single pages only."
                    " Ask an administrator for a token that reads all pages."
                ),
            )

    def page_ids(self, session: Session, page: str | None = None) -> Sequence[str]:
        """Those that are asked for and read; without a name all that the token reads. Raises a ``Refusal``."""
        known = [row.id for row in pages.everyone(session)]
        if page == ORGANISATION:
            self.require_everything()
            return [OFFICE]
        if page is None:
            own = [OFFICE] if self.token.reads_everything else []
            return [*own, *(page_id for page_id in known if self.token.reads(page_id))]
        if page not in known and self.token.reads_everything:
            raise Refusal(
                404, NotFound("There is no page {id}. See them at /api/v1/pages.", id=page), parameter="page"
            )
        if not self.token.reads(page):
            raise Refusal(
                403,
                NotAllowed("The token does not read this page. See at /api/v1/pages which it reads."),
                parameter="page",
            )
        return [page]


def read_reader(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Reader:
    """Raises a ``Refusal`` without a token that holds, and for one that asks too often."""
    site: Site = request.app.state.site
    floods: Floods = request.app.state.floods
    now, database = site.bot.now(), site.bot.database
    with database.read() as session:
        row = None if given is None else api_tokens.find(session, given.credentials, now=now)
        organisation = site.bot.organisation(session)
    asker = f"token:{row.id}" if row else request.client.host if request.client else ""
    if not floods.may_send(asker, now=now):
        raise Refusal(
            429,
            NotAllowed("There were too many questions within the hour. Ask again later."),
            headers=_A_WHILE,
        )
    if row is None:
        raise Refusal(
            401,
            NotAllowed(
                "The token is missing, revoked or too old. Send it in the header Authorization: Bearer …"
                " An administrator makes one under Settings."
            ),
            headers={"WWW-Authenticate": "Bearer"},
        )
    today = organisation.today(now)
    if row.last_used_on != today:
        with database.write() as session:
            api_tokens.note_use(session, row.id or 0, on=today)
    return Reader(site=site, token=row, organisation=organisation, language=language_of(request), now=now)


Read = Annotated[Reader, Depends(read_reader)]
