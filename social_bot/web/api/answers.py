"""An answer that may be kept by who asked, and by nobody between: with a tag by which it is known again."""

import hashlib

from fastapi import Request, Response
from pydantic import BaseModel

from social_bot.web.api.readers import Reader

_KEPT = "private, max-age=300"


def answer(request: Request, reader: Reader, document: BaseModel) -> Response:
    """304 where the asker has the same already."""
    content = document.model_dump_json().encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": _KEPT,
        "Content-Language": reader.language,
        "Vary": "Authorization, Accept-Language",
    }
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")
