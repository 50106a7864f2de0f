"""Facebook Login: how a person at Facebook lets us act for a page."""

from collections.abc import Sequence
from functools import partial

from pydantic import SecretStr

from social_bot.channels.facebook import connecting, connection
from social_bot.channels.facebook.calling import GraphCalls, parsed
from social_bot.channels.facebook.transport import GRAPH_URL
from social_bot.channels.ports import OfferedPage, PageAccess
from social_bot.errors import ConnectionLost, ContentRefused, NotReady

_NO_SIGN_IN = "Facebook did not accept the sign-in. Start the sign-in again from the beginning."
_UNKNOWN = "Facebook does not know this token, or it was made for another app. Copy it again, whole and without spaces."


class FacebookLogin(GraphCalls):
    """Fetches tokens of pages. Raises ``NotReady`` where the app's own id or secret is not set."""

    def address(self, *, return_to: str, state: str) -> str:
        """A practice page shows a sign-in of its own, beside its Graph."""
        is_practice = self._base_url != GRAPH_URL
        base = self._base_url.removesuffix("/graph") if is_practice else connecting.DIALOG_URL
        return connecting.dialog_address(
            base, version=self._version, app_id=self._app_id, return_to=return_to, state=state
        )

    def token_of(self, code: str, *, return_to: str) -> SecretStr:
        secret = self._secret()
        app = self._app_access(secret)
        try:
            exchange = connecting.exchange_code(self._app_id, secret, code=code, return_to=return_to)
            token = self._ask(app, exchange, connecting.parse_exchange)
            lasting = connecting.exchange_for_lasting(self._app_id, secret, token=token)
            return self._ask(app, lasting, connecting.parse_exchange)
        except ContentRefused as refusal:
            raise ConnectionLost(_NO_SIGN_IN, details=refusal.details) from refusal

    def offered_pages(self, token: SecretStr) -> Sequence[OfferedPage]:
        app = self._app_access(self._secret())
        kind = self._ask(app, connection.debug_token(token.get_secret_value()), connecting.token_type)
        person = PageAccess(page_id="me", token=token)
        try:
            if kind == "PAGE":
                parse = partial(connecting.parse_account, token=token)
                rows = [self._ask(person, connecting.own_page(), parse)]
            elif kind:
                call = connecting.accounts()
                with self._graph(person, call) as graph:
                    rows = [parsed(connecting.parse_account, row) for row in graph.rows(call)]
            else:
                raise ConnectionLost(_UNKNOWN)
        except ContentRefused as refusal:
            raise ConnectionLost(_UNKNOWN, details=refusal.details) from refusal
        return [row for row in rows if row is not None]

    def _secret(self) -> SecretStr:
        if not self._app_id or self._app_secret is None:
            raise NotReady(
                "Facebook is asked with the app's own id and secret. Set SOCIAL_BOT_APP_ID and "
                "SOCIAL_BOT_APP_SECRET, and start the program again."
            )
        return self._app_secret

    def _app_access(self, secret: SecretStr) -> PageAccess:
        return PageAccess(page_id="app", token=SecretStr(f"{self._app_id}|{secret.get_secret_value()}"))
