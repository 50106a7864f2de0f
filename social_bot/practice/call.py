"""One call of Graph on its way through the practice Page, and what every handler may ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from social_bot.practice.fields import Field, parse_fields
from social_bot.practice.parameters import Parameters
from social_bot.practice.state import PageRow


@dataclass(frozen=True, kw_only=True)
class PracticeConfig:
    """``webhook_url`` None: nothing is delivered. ``resident_pace`` is acts a minute, 0 is off."""

    database: Path
    app_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    webhook_url: str | None = None
    resident_pace: float = 0


@dataclass(frozen=True, kw_only=True)
class Upload:
    file_name: str
    media_type: str | None
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class GraphRequest:
    """``base`` is the address of the practice Page's root, ``path`` what follows the version."""

    method: str
    base: str
    version: str
    path: str
    parameters: Parameters
    token: str | None = field(repr=False)
    proof: str | None = field(repr=False)
    files: Mapping[str, Upload] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """``page`` is the Page whose token was used, None for a user or app token; ``read_lag`` hides new rows."""

    request: GraphRequest
    session: Session
    config: PracticeConfig
    now: datetime
    page: PageRow | None
    read_lag: timedelta = timedelta(0)

    @property
    def parameters(self) -> Parameters:
        return self.request.parameters

    @property
    def fields(self) -> tuple[Field, ...]:
        return parse_fields(self.parameters.text("fields"))

    def address(self, path: str) -> str:
        return f"{self.request.base}{path}"


def graph_time(moment: datetime) -> str:
    """``2026-11-24T07:00:00+0000``: no colon in the offset."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")
