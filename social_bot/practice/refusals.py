"""How Graph refuses: the error body, and one function for each refusal that the practice Page knows.

Codes: https://developers.facebook.com/docs/graph-api/guides/error-handling and
https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
"""

import secrets


class Refusal(Exception):
    """Graph says no: raised by a call's handler, turned into an error body at the edge."""

    def __init__(
        self,
        message: str,
        *,
        code: int,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        user_message: str | None = None,
        is_transient: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.subcode = subcode
        self.status = status
        self.kind = kind
        self.user_message = user_message
        self.is_transient = is_transient

    def body(self) -> dict[str, object]:
        error: dict[str, object] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        error["is_transient"] = self.is_transient
        if self.user_message is not None:
            error["error_user_title"] = "Facebook"
            error["error_user_msg"] = self.user_message
        error["fbtrace_id"] = new_trace_id()
        return {"error": error}


def new_trace_id() -> str:
    return "A" + secrets.token_urlsafe(16)


def bad_parameter(what: str, *, subcode: int | None = None, user_message: str | None = None) -> Refusal:
    return Refusal(f"(#100) {what}", code=100, subcode=subcode, user_message=user_message)


def no_such_object(object_id: str, method: str) -> Refusal:
    """The same words for "gone", "not yours" and "not readable yet": Meta does not tell them apart."""
    return Refusal(
        f"Unsupported {method.lower()} request. Object with ID '{object_id}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation",
        code=100,
        subcode=33,
        kind="GraphMethodException",
    )


def unknown_path(path: str) -> Refusal:
    return Refusal(f"Unknown path components: /{path}", code=2500)


def no_token() -> Refusal:
    return Refusal(
        "An active access token must be used to query information about the current user.", code=2500
    )


def dead_token(subcode: int | None = None) -> Refusal:
    reasons = {
        458: "The user has not authorized application.",
        460: "The session has been invalidated because the user changed their password or Facebook has "
        "changed the session for security reasons.",
        463: "Session has expired.",
        492: "The session is invalid because the user no longer has a role on the Page.",
    }
    reason = reasons.get(subcode or 0, "Cannot parse access token")
    return Refusal(f"Error validating access token: {reason}", code=190, subcode=subcode, status=401)


def page_token_needed() -> Refusal:
    return Refusal(
        "(#190) This method must be called with a Page Access Token", code=190, subcode=2069032, status=401
    )


def wrong_proof() -> Refusal:
    return Refusal(
        "Invalid appsecret_proof provided in the API argument", code=100, kind="GraphMethodException"
    )


def blocked() -> Refusal:
    return Refusal(
        "(#368) The action attempted has been deemed abusive or is otherwise disallowed",
        code=368,
        subcode=1390008,
        user_message="Rajoitamme julkaisemisen tiheyttä. Voit yrittää myöhemmin uudelleen.",
    )


def temporarily_unavailable() -> Refusal:
    return Refusal(
        "An unexpected error has occurred. Please retry your request later.",
        code=2,
        status=500,
        is_transient=True,
    )


def not_written_by_this_app() -> Refusal:
    return Refusal("(#200) Permissions error: the post was not made by this application", code=200)
