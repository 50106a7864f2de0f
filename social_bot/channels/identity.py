"""The organisation's own sign-in by OpenID Connect: code flow with PKCE, for Entra ID, Keycloak and their like.

Rules: https://openid.net/specs/openid-connect-core-1_0.html (3.1) and RFC 9700.
"""

import ipaddress
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import SecretStr

from social_bot.channels.ports import OutsidePerson, SignInRequest
from social_bot.errors import NotAllowed, NotReady
from social_bot.translations import marked

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signed with a key that only the service holds; "none" and shared secrets are no proof."""

_SCOPE = "openid profile"
_CLOCKS_DIFFER = 120
"""Seconds."""

_TIMEOUT = 10.0
_NO_ANSWER = marked(
    "The organisation's sign-in does not answer as it should. Try again in a moment, or ask its support."
)
_NO_PROOF = marked("The organisation's sign-in did not say who you are. Go back and sign in again.")


class OpenIdProvider:
    """Asks the service about itself when first needed. Safe to share between threads."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: SecretStr,
        groups_claim: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._groups_claim = groups_claim
        self._clock = clock
        self._lock = threading.Lock()
        self._about: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None

    def address(self, request: SignInRequest) -> str:
        return str(
            prepare_grant_uri(
                self._endpoint("authorization_endpoint"),
                client_id=self._client_id,
                response_type="code",
                redirect_uri=request.return_address,
                scope=_SCOPE,
                state=request.state,
                nonce=request.nonce,
                code_challenge=create_s256_code_challenge(request.verifier),
                code_challenge_method="S256",
            )
        )

    def identify(self, request: SignInRequest, *, code: str) -> OutsidePerson:
        tokens = self._redeem(request, code)
        claims = self._read(str(tokens.get("id_token", "")), nonce=request.nonce)
        groups = _groups(claims, self._groups_claim)
        if groups is None and isinstance(tokens.get("access_token"), str):
            groups = self._asked_groups(tokens["access_token"], subject=str(claims["sub"]))
        names = (claims.get(key) for key in ("name", "preferred_username", "email"))
        return OutsidePerson(
            issuer=self._issuer,
            subject=str(claims["sub"]),
            name=next((name for name in names if isinstance(name, str) and name.strip()), ""),
            groups=groups or frozenset(),
        )

    def _redeem(self, request: SignInRequest, code: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": request.return_address,
            "code_verifier": request.verifier,
            "client_id": self._client_id,
            "client_secret": self._client_secret.get_secret_value(),
        }
        with _client() as client:
            try:
                answer = client.post(self._endpoint("token_endpoint"), data=form)
            except httpx.HTTPError as error:
                raise NotReady(_NO_ANSWER) from error
        if answer.is_client_error:
            raise NotAllowed(_NO_PROOF)
        return _document(answer)

    def _read(self, token: str, *, nonce: str) -> Mapping[str, Any]:
        """The claims of a token that the service has signed for us and for this request."""
        try:
            read = self._verified(token)
            jwt.JWTClaimsRegistry(
                now=int(self._clock().timestamp()),
                leeway=_CLOCKS_DIFFER,
                iss={"essential": True, "value": self._issuer},
                sub={"essential": True},
                aud={"essential": True, "value": self._client_id},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(read.claims)
        except (JoseError, ValueError) as error:
            raise NotAllowed(_NO_PROOF) from error
        audience, party = read.claims["aud"], read.claims.get("azp")
        if (isinstance(audience, list) and len(audience) > 1 and party is None) or party not in (
            None,
            self._client_id,
        ):
            raise NotAllowed(_NO_PROOF)
        return read.claims

    def _verified(self, token: str) -> jwt.Token:
        """A key that is not known yet may be new: the keys are asked for once more."""
        try:
            return jwt.decode(token, self._key_set(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            return jwt.decode(token, self._key_set(is_fresh=True), algorithms=_ALGORITHMS)

    def _asked_groups(self, access_token: str, *, subject: str) -> frozenset[str] | None:
        """Keycloak may name groups only where it is asked; an answer about somebody else is none."""
        if "userinfo_endpoint" not in self._describe():
            return None
        with _client() as client:
            try:
                answer = client.get(
                    self._endpoint("userinfo_endpoint"), headers={"Authorization": f"Bearer {access_token}"}
                )
            except httpx.HTTPError as error:
                raise NotReady(_NO_ANSWER) from error
        if not answer.is_success:
            return None
        claims = _document(answer)
        return _groups(claims, self._groups_claim) if claims.get("sub") == subject else None

    def _key_set(self, *, is_fresh: bool = False) -> KeySet:
        with self._lock:
            keys = self._keys
        if keys is None or is_fresh:
            try:
                keys = KeySet.import_key_set(_get(self._endpoint("jwks_uri")))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise NotReady(_NO_ANSWER) from error
            with self._lock:
                self._keys = keys
        return keys

    def _endpoint(self, name: str) -> str:
        address = self._describe().get(name)
        if not isinstance(address, str) or not _is_safe(address):
            raise NotReady(_NO_ANSWER)
        return address

    def _describe(self) -> Mapping[str, Any]:
        """The service about itself. It must call itself by the name that we know it by."""
        with self._lock:
            about = self._about
        if about is None:
            address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            if not _is_safe(address):
                raise NotReady("SOCIAL_BOT_OIDC_ISSUER must be an address that begins with https://.")
            about = _get(address)
            if about.get("issuer") != self._issuer:
                raise NotReady(
                    "SOCIAL_BOT_OIDC_ISSUER is not what the service calls itself. It says: {issuer}",
                    issuer=about.get("issuer"),
                )
            with self._lock:
                self._about = about
        return about


def _groups(claims: Mapping[str, Any], path: str) -> frozenset[str] | None:
    """The groups under a claim's name, or under names parted by dots, as in Keycloak's ``realm_access.roles``."""
    found: Any = claims.get(path)
    if found is None:
        found = claims
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    if not isinstance(found, list):
        return None
    return frozenset(group for group in found if isinstance(group, str))


def _get(address: str) -> Mapping[str, Any]:
    with _client() as client:
        try:
            return _document(client.get(address))
        except httpx.HTTPError as error:
            raise NotReady(_NO_ANSWER) from error


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = answer.json() if answer.is_success else None
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise NotReady(_NO_ANSWER)
    return document


def _client() -> httpx.Client:
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False)


def _is_safe(address: str) -> bool:
    """Over https, or on this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return True
    try:
        is_here = parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_here = False
    return parts.scheme == "http" and is_here
