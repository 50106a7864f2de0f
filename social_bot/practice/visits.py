"""A visit to the practice Page: who looks, as whom, in which language, and how pages and links are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from social_bot.assets import folder
from social_bot.practice.stage import PEOPLE
from social_bot.practice.words import LANGUAGES, moment_in_words, words

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_OWN_SITE = {"same-origin", "none", ""}


@dataclass(frozen=True, kw_only=True)
class Visit:
    request: Request
    language: str
    psid: str

    def link(self, route: str, *, lang: str | None = None, fragment: str = "", **values: str) -> str:
        """A path of this practice Page, wherever it is mounted, that keeps the language and the resident."""
        query = urlencode({"lang": lang or self.language, "resident": self.psid})
        return f"{self.request.url_for(route, **values).path}?{query}{fragment}"

    def static(self, path: str) -> str:
        return self.request.url_for("practice_static", path=path).path


def read_visit(request: Request, lang: str = "fi", resident: str = PEOPLE[0][0]) -> Visit:
    return Visit(request=request, language=lang if lang in LANGUAGES else "fi", psid=resident[:40])


async def read_form(request: Request) -> Mapping[str, str]:
    """The form's texts, trimmed; a form sent by another site is refused."""
    if request.headers.get("sec-fetch-site", "") not in _OWN_SITE:
        raise HTTPException(403, "This form was sent from another site.")
    async with request.form() as form:
        return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


Visiting = Annotated[Visit, Depends(read_visit)]
Form = Annotated[Mapping[str, str], Depends(read_form)]


class Templates:
    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder("templates") / "practice"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, name: str, visit: Visit, *, status: int = 200, **values: object) -> HTMLResponse:
        html = self._environment.get_template(name).render(
            visit=visit,
            link=visit.link,
            w=words(visit.language),
            languages=LANGUAGES,
            when=lambda moment: moment_in_words(moment, visit.language),
            **values,
        )
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return HTMLResponse(html, status, headers)
