"""What went wrong, as a program reads it (RFC 9457) and as a person does: in a language, naming parameter and way on."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from social_bot.errors import InvalidInput, NotAllowed, NotFound, NotReady, SocialBotError
from social_bot.organisation.languages import LANGUAGES
from social_bot.translations import marked, translate

DESCRIPTION = "/api/v1/openapi.json"
PROBLEM = "application/problem+json"
_STATUSES: Mapping[type[SocialBotError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidInput: 422,
    NotReady: 503,
}
_TITLES: Mapping[int, str] = {
    401: marked("No valid token"),
    403: marked("Not for this token"),
    404: marked("Not here"),
    405: marked("Only reading"),
    422: marked("The question cannot be answered as it is"),
    429: marked("Too many questions"),
    500: marked("Something broke"),
    503: marked("Not ready"),
}
_KINDS: Mapping[int, str] = {
    401: "no-valid-token",
    403: "not-for-this-token",
    404: "not-here",
    405: "only-reading",
    422: "cannot-be-answered",
    429: "too-many-questions",
    500: "broke",
    503: "not-ready",
}
NOT_HERE = NotFound("There is nothing at this address. See what there is at {place}.", place=DESCRIPTION)
ONLY_READING = NotAllowed("This interface is only read: ask with GET.")
BROKE = NotReady(
    "Something broke here, and it is in the log. Ask again in a while; if it lasts, tell who maintains this."
)


class Problem(BaseModel):
    """A problem details object; ``parameter`` is the one that cannot be used."""

    type: str = Field(examples=["urn:social-bot:problem:cannot-be-answered"])
    title: str
    status: int
    detail: str
    instance: str
    parameter: str | None = None


class Refusal(Exception):
    """An answer that is no figure. ``error`` says it in words."""

    def __init__(
        self,
        status: int,
        error: SocialBotError,
        *,
        parameter: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(str(error))
        self.status, self.error, self.parameter, self.headers = status, error, parameter, headers


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the description: what may be answered instead of figures."""
    schema = Problem.model_json_schema()
    return {
        status: {"description": _TITLES[status], "content": {PROBLEM: {"schema": schema}}}
        for status in statuses
    }


def language_of(request: Request) -> str:
    """The best of ``Accept-Language`` that we speak; Finnish where none is."""
    best, weight = LANGUAGES[0], 0.0
    for part in request.headers.get("accept-language", "").split(","):
        name, _, quality = part.strip().partition(";q=")
        language = name.strip().lower()[:2]
        try:
            wanted = float(quality) if quality else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and wanted > weight:
            best, weight = language, wanted
    return best


def handle_problems(api: FastAPI) -> None:
    """Every error becomes a problem; none becomes a page or a traceback."""

    @api.exception_handler(Refusal)
    def refuse(request: Request, refusal: Refusal) -> JSONResponse:
        return _answer(
            request, refusal.status, refusal.error, parameter=refusal.parameter, headers=refusal.headers
        )

    @api.exception_handler(SocialBotError)
    def say(request: Request, error: SocialBotError) -> JSONResponse:
        status = next((code for kind, code in _STATUSES.items() if isinstance(error, kind)), 500)
        return _answer(request, status, error)

    @api.exception_handler(RequestValidationError)
    def name_the_parameter(request: Request, error: RequestValidationError) -> JSONResponse:
        first: Mapping[str, Any] = error.errors()[0]
        name = _parameter(first["loc"])
        return _answer(request, 422, _sentence(first["type"], name), parameter=name)

    @api.exception_handler(HTTPException)
    def find_nothing(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 405:
            return _answer(request, 405, ONLY_READING, headers={"Allow": "GET"})
        return _answer(request, 404, NOT_HERE)

    @api.exception_handler(Exception)
    def break_politely(request: Request, error: Exception) -> JSONResponse:
        """The server logs the error itself."""
        del error
        return _answer(request, 500, BROKE)


def _answer(
    request: Request,
    status: int,
    error: SocialBotError,
    *,
    parameter: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    language = language_of(request)
    t = translate(language)
    problem = Problem(
        type=f"urn:social-bot:problem:{_KINDS[status]}",
        title=t(_TITLES[status]),
        status=status,
        detail=error.in_words(t),
        instance=request.url.path,
        parameter=parameter,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status,
        {"Cache-Control": "no-store", "Content-Language": language, **(headers or {})},
        media_type=PROBLEM,
    )


def _parameter(place: Sequence[str | int]) -> str:
    """``("query", "months")`` is ``months``."""
    return str(place[-1])[:60]


def _sentence(kind: str, name: str) -> InvalidInput:
    if kind == "missing":
        return InvalidInput(
            "The parameter {name} is missing. {place} says what it takes.", name=name, place=DESCRIPTION
        )
    if kind == "extra_forbidden":
        return InvalidInput(
            "There is no parameter {name} here. {place} says which there are.", name=name, place=DESCRIPTION
        )
    if name == "months":
        return InvalidInput("Write the months like 2026-11, or like 2026-01..2026-11.")
    return InvalidInput(
        "The parameter {name} cannot be used as it is. {place} says what it takes.",
        name=name,
        place=DESCRIPTION,
    )
