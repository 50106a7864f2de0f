"""facebook-sdk over httpx: one seam through which every byte to Graph passes.

The SDK (3.1.0, unmaintained) builds paths and verbs. What it does wrong is set right here: it puts the
token into addresses and forms, never looks at the HTTP status, throws headers away, sends nested values
as Python text, and knows versions of one digit only.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Never
from urllib.parse import quote, urlsplit

import facebook
import httpx
from pydantic import SecretStr

from social_bot.channels.facebook.failures import Failure, parse_failure
from social_bot.channels.facebook.protocol import Call, encode
from social_bot.errors import NotReady

GRAPH_URL = "https://graph.facebook.com"
TIMEOUT = httpx.Timeout(connect=5, read=60, write=60, pool=5)  # publishing has been seen to take 5 s

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
)
_TOKEN = re.compile(r"[!-~]+")  # what fits into a header
_TRACES = ("x-fb-trace-id", "x-fb-rev", "x-fb-debug", "facebook-api-version")  # what Meta's support asks for


class GraphFailure(Exception):
    """A call that ended badly, with what is known of it; raised before the SDK looks at the answer."""

    def __init__(self, failure: Failure, *, traces: Mapping[str, str] | None = None) -> None:
        super().__init__(f"status={failure.status} code={failure.code} subcode={failure.subcode}")
        self.failure = failure
        self.traces = traces or {}


def checked_base_url(url: str) -> str:
    """Tokens go to Meta, or to a practice page on this machine, and nowhere else."""
    parts = urlsplit(url)
    is_practice = parts.scheme in {"http", "https"} and parts.hostname in _LOOPBACK
    if is_practice or url.rstrip("/") == GRAPH_URL:
        return url.rstrip("/")
    raise NotReady(
        "The setting graph_url names {host}: tokens are sent to graph.facebook.com or to this machine only."
        " Correct SOCIAL_BOT_GRAPH_URL.",
        host=parts.hostname or "no host",
    )


@dataclass(frozen=True, kw_only=True)
class HttpxSession:
    """What the SDK takes for a ``requests.Session``. ``observe`` sees the headers of every answer."""

    client: httpx.Client
    base_url: str
    app_secret: SecretStr | None
    observe: Callable[[httpx.Headers], None]

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, object] | None,
        data: Mapping[str, object] | None,
        files: Mapping[str, tuple[str, bytes, str]] | None,
        timeout: None,  # noqa: ARG002  (the SDK always passes it; handed on, it would switch the client's off)
        proxies: None,  # noqa: ARG002  (always passed too, and unknown to httpx)
    ) -> httpx.Response:
        query, form = dict(params or {}), dict(data or {})
        token = str(query.pop("access_token", None) or form.pop("access_token", None))
        if self.app_secret and "|" not in token:  # an app's own token takes no proof
            place = form if method == "POST" else query
            place["appsecret_proof"] = _proof(token, self.app_secret)
        try:
            response = self.client.request(
                method,
                self.base_url + "/" + url.removeprefix(facebook.FACEBOOK_GRAPH_URL),
                params=encode(query) or None,
                data=encode(form),
                files=files,
                headers={"Authorization": f"Bearer {token}"},
            )
        except _NOTHING_SENT as error:
            raise GraphFailure(Failure(was_sent=False)) from error
        except httpx.HTTPError as error:
            raise GraphFailure(Failure()) from error
        self.observe(response.headers)
        _raise_for_failure(response)
        response.headers["content-type"] = "application/json"  # the SDK trips over text/javascript
        return response


def _proof(token: str, app_secret: SecretStr) -> str:
    """Shows Meta that it is the app that calls: see docs/graph-api/guides/secure-requests."""
    key = app_secret.get_secret_value().encode()
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()


def _raise_for_failure(response: httpx.Response) -> None:
    try:
        body = response.json()
    except ValueError:  # HTML of a proxy, an empty body, bytes that are no UTF-8
        body = None
    if not response.is_success or not isinstance(body, dict) or "error" in body:
        traces = {name: response.headers[name] for name in _TRACES if name in response.headers}
        raise GraphFailure(
            parse_failure(response.status_code, body, trace_id=traces.get("x-fb-trace-id")), traces=traces
        )


class MetaGraph(facebook.GraphAPI):  # type: ignore[misc]  # facebook-sdk has no types
    """The SDK's Graph for one token, speaking the version that is set. Raises ``GraphFailure``."""

    def __init__(self, token: SecretStr, *, version: str, session: HttpxSession) -> None:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise GraphFailure(Failure(code=190))  # the SDK would fail in ways of its own
        super().__init__(token.get_secret_value(), session=session)
        self.version = version  # the constructor would refuse anything after v3.1

    def perform(self, call: Call) -> Mapping[str, Any]:
        node, params = quote(call.node, safe=""), dict(call.params)
        answer: Mapping[str, Any]
        if call.file:
            answer = self.put_photo(tuple(call.file), f"{node}/{call.edge}", **params)
        elif call.method == "DELETE":
            path = f"{node}/{call.edge}" if call.edge else node
            answer = self.request(f"{self.version}/{path}", method="DELETE")
        elif call.method == "POST":
            answer = self.request(
                f"{self.version}/{node}/{call.edge}" if call.edge else f"{self.version}/{node}",
                post_args=params,
                method="POST",
            )
        elif call.edge:
            answer = self.get_connections(node, call.edge, **params)
        else:
            answer = self.get_object(node, **params)
        return answer

    def rows(self, call: Call) -> Iterator[Mapping[str, Any]]:
        """The rows of a list, page after page, asked for as they are taken."""
        return self.get_all_connections(quote(call.node, safe=""), str(call.edge), **call.params)

    def get_all_connections(self, id: str, connection_name: str, **args: object) -> Iterator[Any]:  # noqa: A002
        """By ``cursors.after``: ``paging.next`` holds a token, and is only asked whether it is there."""
        while True:
            page = self.get_connections(id, connection_name, **args)
            if not isinstance(page.get("data"), list):
                raise GraphFailure(Failure(status=200))
            yield from page["data"]
            paging = page.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if "next" not in paging or after in {None, args.get("after")}:
                return
            args["after"] = after

    def _forbidden(self, *args: object, **kwargs: object) -> Never:
        raise NotImplementedError("This call of facebook-sdk no longer exists in Graph.")

    get_objects = search = delete_request = _forbidden
