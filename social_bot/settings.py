"""Settings of one installation, read once from ``SOCIAL_BOT_*``."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from social_bot.log import LogFormat


class Settings(BaseSettings):
    """What the machine's administrator decides; what the organisation decides is in the database."""

    model_config = SettingsConfigDict(
        env_prefix="SOCIAL_BOT_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("social-bot"))
    cache_dir: Path = Field(
        default_factory=lambda: user_cache_path("social-bot"),
        description="Trained models; may be erased at any time",
    )
    database_url: str | None = Field(default=None, description="SQLite under the data folder when not given")
    graph_url: str = "https://graph.facebook.com"
    graph_version: str = "v26.0"
    app_id: str | None = None
    app_secret: SecretStr | None = None
    verify_token: SecretStr | None = None
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Fernet keys, newest first; a key file under the data folder when not given"
    )
    alert_urls: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="Addresses that are told of every alert, parted by spaces; see docs/alerts.md"
    )
    oidc_issuer: str | None = Field(
        default=None, description="The organisation's own sign-in; see docs/signing-in.md"
    )
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_groups_claim: str = Field(
        default="groups", description="Where a person's groups stand in the answer"
    )
    oidc_roles: str = Field(default="", description="GROUP=ROLE or GROUP=ROLE@PAGE, parted by commas")
    base_url: str = "http://127.0.0.1:8000"
    staff_url: str | None = Field(
        default=None, description="Where staff reach their pages, when residents come to another address"
    )
    timezone: str = "Europe/Helsinki"
    fault_point: str | None = Field(
        default=None, description="Tests alone: where the process kills itself; see docs/faults.md"
    )
    log_format: LogFormat = Field(
        default=LogFormat.TEXT, description="text, or json: one document a line; see docs/operations.md"
    )
    metrics_token: SecretStr | None = Field(
        default=None, description="What Prometheus shows to read /metrics; without it there is no such page"
    )

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("alert_urls", mode="before")
    @classmethod
    def _split_addresses(cls, value: object) -> object:
        """An address may hold commas; a new one begins with its own scheme."""
        if isinstance(value, str):
            return tuple(re.split(r"[\s,]+(?=[a-z][a-z0-9+.-]*://)", value.strip())) if value.strip() else ()
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except ZoneInfoNotFoundError as error:
            raise ValueError('there is no such time zone; write for example "Europe/Helsinki"') from error
        return value

    @field_validator("base_url", "staff_url", "graph_url")
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        return value and value.rstrip("/")

    @property
    def is_practice(self) -> bool:
        """Whether Graph is a practice page on this machine, so that whatever goes out is seen by nobody."""
        return urlsplit(self.graph_url).hostname in {"127.0.0.1", "localhost", "::1"}

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def url_for_staff(self) -> str:
        return self.staff_url or self.base_url

    @property
    def url_of_database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'social_bot.db'}"
