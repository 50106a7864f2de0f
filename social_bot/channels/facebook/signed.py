"""Meta's signed requests: whose data is to be erased, as Meta itself says it. Pure.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow#parsingsr
"""

import base64
import binascii
import hashlib
import hmac
import json

from pydantic import SecretStr

_LONGEST = 4096
_ALGORITHM = "HMAC-SHA256"


def read_signed_request(signed: str, app_secret: SecretStr) -> str | None:
    """The id of the person, or None for what Meta has not signed.

    The signature is over the payload as it is written, before it is decoded, and is compared in constant
    time; nothing of the payload is read before.
    """
    written, dot, payload = signed.partition(".")
    if not dot or len(signed) > _LONGEST or not signed.isascii():
        return None
    expected = hmac.new(app_secret.get_secret_value().encode(), payload.encode(), hashlib.sha256).digest()
    try:
        is_signed = hmac.compare_digest(_decoded(written), expected)
        content = json.loads(_decoded(payload)) if is_signed else None
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("algorithm") != _ALGORITHM:
        return None
    user_id = content.get("user_id")
    return user_id if isinstance(user_id, str) and user_id else None


def _decoded(text: str) -> bytes:
    """Base64 of addresses, without the signs of equality at its end that Meta leaves out."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
