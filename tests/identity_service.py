"""A made-up sign-in service of an organisation, over real HTTP on this machine."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "social-bot", "client-secret"


@dataclass
class IdentityService:
    """``claims`` go into every token; ``spoil`` changes the payload and ``key`` signs it, for tests of forgeries."""

    issuer: str = ""
    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "s-1", "name": "Maija Malli", "groups": ["g-write"]}
    )
    userinfo: dict[str, Any] | None = None
    spoil: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    keys: list[RSAKey] = field(default_factory=lambda: [RSAKey.generate_key(2048, {"kid": "first"})])
    signing_key: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False

    def sign_in(self, address: str) -> str:
        """What a person's browser does there; the address it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def describe(self) -> dict[str, Any]:
        parts = {"issuer": self.issuer, "jwks_uri": "/keys", "token_endpoint": "/token"}
        parts |= {"authorization_endpoint": "/authorize"}
        if self.userinfo is not None:
            parts["userinfo_endpoint"] = "/userinfo"
        return {
            name: f"{self.issuer}{value}" if value.startswith("/") else value for name, value in parts.items()
        } | self.metadata

    def redeem(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked = self.codes.pop(form["code"], None)
        if asked is None or form["client_secret"] != SECRET or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if challenge != asked["code_challenge"]:
            return None
        now = int(time.time())
        payload = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        payload |= self.claims | self.spoil
        key = self.signing_key or self.keys[-1]
        header = {"alg": self.algorithm, **({"kid": key.kid} if key is not None and key.kid else {})}
        token = jwt.encode(header, payload, key, algorithms=[self.algorithm])
        return {"id_token": token, "access_token": "opaque", "token_type": "Bearer"}

    def public_keys(self) -> dict[str, Any]:
        return dict(KeySet(list(self.keys)).as_dict(private=False))


@contextmanager
def running() -> Iterator[IdentityService]:
    service = IdentityService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            answers = {
                "/.well-known/openid-configuration": service.describe,
                "/keys": service.public_keys,
                "/userinfo": lambda: service.userinfo,
            }
            self._answer(answers[path]() if path in answers and not service.is_down else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._answer(service.redeem({name: values[0] for name, values in parse_qs(body).items()}))

        def _answer(self, document: Any) -> None:
            self.send_response(200 if document is not None else 503 if service.is_down else 400)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document or {}).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name of the base class)
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()
    thread.join()
