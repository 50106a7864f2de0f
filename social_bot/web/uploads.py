"""Forms that carry files: read within limits, token checked, handed on as bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.web.visits import STALE, TOKEN, StaffVisit, read_staff_visit

FILES_LIMIT = 10
FIELDS_LIMIT = 200
UPLOAD_LIMIT = 24 * 1024 * 1024
"""Bytes of a whole form; what a single file may hold is decided by whoever takes it in."""

FIELD_LIMIT = 512 * 1024
"""Bytes of one field that is no file: the longest text of a post in the widest alphabet, and room."""


@dataclass(frozen=True, kw_only=True)
class File:
    """``name`` is what the browser called it; never a path of ours."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Upload:
    """Fields trimmed as in other forms; a field that came several times is a list in ``lists``."""

    fields: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    files: Mapping[str, Sequence[File]]


async def read_staff_upload(
    request: Request, visit: Annotated[StaffVisit, Depends(read_staff_visit)]
) -> Upload:
    """A form of this worker's session, ``multipart/form-data`` or urlencoded.

    Raises ``InvalidInput`` for a form that holds too much or cannot be read, ``NotAllowed`` without the token.
    """
    upload = await read_upload(request)
    if not is_current(upload, visit):
        raise NotAllowed(STALE)
    return upload


async def read_upload(request: Request) -> Upload:
    """A form of anybody: whose it is has not been looked at. Raises ``InvalidInput`` as above."""
    declared = request.headers.get("content-length", "")
    if not declared.isdecimal() or int(declared) > UPLOAD_LIMIT:
        raise InvalidInput("The form holds too much. Send smaller files.")
    try:
        async with request.form(
            max_files=FILES_LIMIT, max_fields=FIELDS_LIMIT, max_part_size=FIELD_LIMIT
        ) as form:
            return await _upload(form)
    except (MultiPartException, HTTPException, ValueError) as error:
        raise InvalidInput("The form could not be read. Reload the page and try again.") from error


def is_current(upload: Upload, visit: StaffVisit) -> bool:
    """Whether the form comes from a page of this worker's session, and lately."""
    sealed = visit.site.seals.open("form", upload.fields.get(TOKEN, ""), now=visit.moments.now)
    return sealed is not None and sealed["session"] == visit.worker.session


async def _upload(form: FormData) -> Upload:
    lists: dict[str, list[str]] = {}
    files: dict[str, list[File]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if value.filename and content:
                files.setdefault(name, []).append(File(name=value.filename, content=content))
        else:
            lists.setdefault(name, []).append(value.strip())
    return Upload(fields={name: values[-1] for name, values in lists.items()}, lists=lists, files=files)


StaffUpload = Annotated[Upload, Depends(read_staff_upload)]
