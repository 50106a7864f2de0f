"""Many calls in one: ``POST /v26.0/`` with ``batch``.

https://developers.facebook.com/docs/graph-api/batch-requests
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from social_bot.practice.call import GraphRequest
from social_bot.practice.graph import Answer, Graph
from social_bot.practice.parameters import Parameters
from social_bot.practice.refusals import Refusal, bad_parameter

MOST_OPERATIONS = 50
_REFERENCE = re.compile(r"\{result=(?P<name>[^:}]+):\$(?P<path>[^}]*)\}")


def answer_batch(graph: Graph, request: GraphRequest) -> Answer:
    """Every operation in turn; an error of one arrives under HTTP 200, in its own entry."""
    try:
        operations = request.parameters.sequence("batch") or []
        if not operations:
            raise bad_parameter("Batch must have at least one operation")
        if len(operations) > MOST_OPERATIONS:
            raise bad_parameter(
                f"Too many requests in batch message. Maximum batch size is {MOST_OPERATIONS}"
            )
    except Refusal as refusal:
        return Answer(status=refusal.status, body=json.dumps(refusal.body()))
    with_headers = request.parameters.flag("include_headers", default=True)
    results: dict[str, str] = {}
    entries: list[object] = []
    for operation in operations:
        answer = _carry_out(graph, request, operation, results)
        entries.append(None if answer is None else _entry(answer, with_headers=with_headers))
        if answer is not None and answer.status == 200 and operation.get("name"):
            results[str(operation["name"])] = answer.body
    return Answer(status=200, body=json.dumps(entries, separators=(",", ":")))


def _carry_out(
    graph: Graph, request: GraphRequest, operation: Mapping[str, Any], results: Mapping[str, str]
) -> Answer | None:
    depends_on = operation.get("depends_on")
    if depends_on and depends_on not in results:
        return None
    try:
        address = urlsplit(_filled(str(operation.get("relative_url", "")), results))
        body = _filled(str(operation.get("body", "")), results)
    except KeyError:
        return None
    values: dict[str, Any] = dict(parse_qsl(address.query) + parse_qsl(body))
    token, proof = values.pop("access_token", request.token), values.pop("appsecret_proof", request.proof)
    attached = str(operation.get("attached_files", "")).split(",")
    version, path = _split(address.path, request.version)
    return graph.answer(
        replace(
            request,
            method=str(operation.get("method", "GET")).upper(),
            version=version,
            path=path,
            parameters=Parameters(values),
            token=token,
            proof=proof if token == request.token or proof != request.proof else None,
            files={name: upload for name, upload in request.files.items() if name in attached},
        ),
        is_in_batch=True,
    )


def _split(path: str, version: str) -> tuple[str, str]:
    path = path.strip("/")
    first, _, rest = path.partition("/")
    return (first, rest) if re.fullmatch(r"v\d+\.\d+", first) else (version, path)


def _entry(answer: Answer, *, with_headers: bool) -> dict[str, object]:
    entry: dict[str, object] = {"code": answer.status}
    if with_headers:
        entry["headers"] = [{"name": name, "value": value} for name, value in answer.headers.items()]
    return entry | {"body": answer.body}


def _filled(text: str, results: Mapping[str, str]) -> str:
    """``{result=name:$.data.*.id}`` replaced; raises ``KeyError`` where there is no such result."""

    def value(found: re.Match[str]) -> str:
        return ",".join(_follow(json.loads(results[found["name"]]), found["path"]))

    return _REFERENCE.sub(value, text)


def _follow(value: Any, path: str) -> list[str]:
    values = [value]
    for step in path.strip(".").split("."):
        values = [found for one in values for found in _step(one, step)]
    return [str(one) for one in values]


def _step(value: Any, step: str) -> list[Any]:
    if step == "*":
        return list(value.values() if isinstance(value, dict) else value)
    return [value[int(step)] if isinstance(value, list) else value[step]]
