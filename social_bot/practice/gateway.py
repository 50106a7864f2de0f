"""Graph over HTTP: a request read in each of the ways clients send it, and an answer, or its loss.

A plain ASGI application, the one asynchronous part: a slow or silent answer holds no thread.
"""

import asyncio
import json
import logging
import re
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from social_bot.practice.batch import answer_batch
from social_bot.practice.call import GraphRequest, Upload
from social_bot.practice.faults import After
from social_bot.practice.graph import Answer, Graph
from social_bot.practice.parameters import Parameters
from social_bot.practice.refusals import Refusal, bad_parameter

_LARGEST_FIELD = 2 * 1024 * 1024  # a batch is one field


class AnswerLostError(Exception):
    """The server closes the connection when it sees this: a fault, played on purpose."""


class GraphGateway:
    """Serves ``<base>/v26.0/…``; the practice Page's own root is one level above ``<base>``."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer = await self._answer(await _read(request))
        except Refusal as refusal:
            answer = Answer(status=refusal.status, body=json.dumps(refusal.body()))
        await asyncio.sleep(answer.delay)
        if answer.after is After.DROP:
            await _drop(send)
        elif answer.after is After.HANG:
            await _wait_until_gone(receive)
        else:
            response = Response(answer.body, answer.status, dict(answer.headers), _media_type(answer))
            await response(scope, receive, send)

    async def _answer(self, request: GraphRequest) -> Answer:
        if request.method == "POST" and not request.path and "batch" in request.parameters:
            return await run_in_threadpool(answer_batch, self._graph, request)
        answer = await run_in_threadpool(self._graph.answer, request)
        return answer or Answer(status=500, body="null")


def hide_lost_answers(record: logging.LogRecord) -> bool:
    """A filter for the server's log: an answer lost on purpose is no error to report."""
    return not (record.exc_info and isinstance(record.exc_info[1], AnswerLostError))


async def _read(request: Request) -> GraphRequest:
    version, _, path = _path_below_mount(request.scope).strip("/").partition("/")
    values: dict[str, Any] = dict(request.query_params)
    files: dict[str, Upload] = {}
    if request.method not in {"GET", "HEAD"}:
        sent, files = await _read_body(request)
        values |= sent
    header = re.fullmatch(r"(?:Bearer|OAuth) (\S+)", request.headers.get("authorization", ""))
    in_values = values.pop("access_token", None)
    proof = values.pop("appsecret_proof", None)
    return GraphRequest(
        method=str(values.pop("method", request.method)).upper(),
        base=str(request.base_url).rstrip("/").removesuffix("/graph"),
        version=version,
        path=path.strip("/"),
        parameters=Parameters(values),
        token=header[1] if header else None if in_values is None else str(in_values),
        proof=None if proof is None else str(proof),
        files=files,
    )


async def _read_body(request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/json":
        try:
            values = json.loads(await request.body() or b"{}")
        except ValueError as error:
            raise bad_parameter("Invalid JSON in the body of the request") from error
        if not isinstance(values, dict):
            raise bad_parameter("The body of the request must be a JSON object")
        return values, {}
    if kind not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        return {}, {}
    texts: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    async with request.form(max_part_size=_LARGEST_FIELD) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                files[name] = Upload(
                    file_name=value.filename or "", media_type=value.content_type, content=content
                )
            else:
                texts[name] = value
    return texts, files


def _path_below_mount(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _media_type(answer: Answer) -> str:
    return f"{answer.media_type}; charset=UTF-8"


async def _drop(send: Send) -> None:
    """Ends the connection without a byte.

    No ASGI message says "hang up". A head that cannot be written does it: the server has begun to answer,
    fails, and has nothing left to do but close (so in uvicorn's h11 and httptools protocols).
    """
    try:
        await send({"type": "http.response.start", "status": 500, "headers": [(b"not a name\n", b"")]})
    except Exception as error:
        raise AnswerLostError("An answer was lost on purpose") from error
    raise AnswerLostError("An answer was lost on purpose")


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
