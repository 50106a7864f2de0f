"""The one place where parts are joined, and the one reader of the clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from social_bot import assets, fault_points
from social_bot.channels.ports import IdentityProvider, InboundEvent
from social_bot.errors import Mender, NotReady
from social_bot.organisation import credentials, directory, pages
from social_bot.organisation.directory import Organisation
from social_bot.organisation.pages import PageRow
from social_bot.planning.checking import Checker
from social_bot.planning.checks import read_lists
from social_bot.planning.media import Media
from social_bot.settings import Settings
from social_bot.storage.cipher import Cipher, key_file
from social_bot.storage.engine import Database, open_database

if TYPE_CHECKING:
    from social_bot.answering.inbox import Inbox
    from social_bot.answering.readiness import Finding
    from social_bot.answering.recognition import Models
    from social_bot.channels.facebook.graph import FacebookChannel
    from social_bot.channels.facebook.login import FacebookLogin
    from social_bot.organisation.bell import Bell
    from social_bot.organisation.identities import GroupRoles
    from social_bot.work import Worker


def clock() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251  (the one reader of the clock)


@dataclass(frozen=True)
class Bot:
    """The program, joined. Heavy parts are made when first needed."""

    settings: Settings
    database: Database

    templates: Path
    campaigns: Path
    clock: Callable[[], datetime] = clock

    def now(self) -> datetime:
        return self.clock()

    @cached_property
    def media(self) -> Media:
        return Media(self.settings.data_dir / "media")

    @property
    def register(self) -> Path:
        """Keyed hashes of who was forgotten, beside the database, so that no backup brings them back."""
        from social_bot.answering.forgetting import REGISTER  # noqa: PLC0415

        return self.settings.data_dir / REGISTER

    @cached_property
    def checker(self) -> Checker:
        return Checker(
            lists=read_lists(self.templates / "checks"), media=self.media, gather=self.organisation
        )

    @cached_property
    def channel(self) -> "FacebookChannel":
        from social_bot.channels.facebook.graph import FacebookChannel  # noqa: PLC0415

        return FacebookChannel(
            app_id=self.settings.app_id or "",
            app_secret=self.settings.app_secret,
            clock=self.clock,
            base_url=self.settings.graph_url,
            version=self.settings.graph_version,
        )

    @cached_property
    def login(self) -> "FacebookLogin":
        from social_bot.channels.facebook.login import FacebookLogin  # noqa: PLC0415

        return FacebookLogin(
            app_id=self.settings.app_id or "",
            app_secret=self.settings.app_secret,
            clock=self.clock,
            base_url=self.settings.graph_url,
            version=self.settings.graph_version,
        )

    @cached_property
    def bell(self) -> "Bell":
        from social_bot.channels.alerting import AppriseAlerts  # noqa: PLC0415
        from social_bot.organisation.bell import Bell  # noqa: PLC0415

        return Bell(
            database=self.database,
            alerts=AppriseAlerts(),
            always=self.settings.alert_urls,
            gather=self.organisation,
            clock=self.clock,
        )

    @cached_property
    def identity_provider(self) -> IdentityProvider | None:
        """The organisation's own sign-in. Raises ``NotReady`` where only half of it is set."""
        from social_bot.channels.identity import OpenIdProvider  # noqa: PLC0415

        settings = self.settings
        if settings.oidc_issuer is None:
            return None
        if not settings.oidc_client_id or settings.oidc_client_secret is None:
            raise NotReady(
                "SOCIAL_BOT_OIDC_ISSUER is set, but SOCIAL_BOT_OIDC_CLIENT_ID or "
                "SOCIAL_BOT_OIDC_CLIENT_SECRET is not. Set all three; see docs/signing-in.md."
            )
        return OpenIdProvider(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            groups_claim=settings.oidc_groups_claim,
            clock=self.clock,
        )

    @cached_property
    def group_roles(self) -> "GroupRoles":
        from social_bot.organisation.identities import parse_group_roles  # noqa: PLC0415

        return parse_group_roles(self.settings.oidc_roles)

    @cached_property
    def models(self) -> "Models":
        from social_bot.answering.recognition import load_models  # noqa: PLC0415

        return load_models(self.templates, cache=self.settings.cache_dir)

    @cached_property
    def inbox(self) -> "Inbox":
        from social_bot.answering.inbox import Inbox  # noqa: PLC0415

        return Inbox(
            database=self.database,
            models=self.models,
            gather=self.organisation,
            own_app_id=self.settings.app_id,
        )

    def worker(self) -> "Worker":
        """A worker for this process; the models are loaded before its first message, not with it."""
        from social_bot.work import Parts, Worker  # noqa: PLC0415

        return Worker(
            Parts(
                database=self.database,
                inbox=self.inbox,
                parse_delivery=self.parse_delivery,
                publisher=self.channel,
                messenger=self.channel,
                commenter=self.channel,
                insights=self.channel,
                connection=self.channel,
                conversations=self.channel,
                bell=self.bell,
                media=self.media,
                register=self.register,
                clock=self.clock,
            )
        )

    def organisation(self, session: Session) -> Organisation:
        return directory.gather(
            session,
            zone=self.settings.zone,
            base_url=self.settings.base_url,
            staff_url=self.settings.url_for_staff,
        )

    def judge_readiness(self, session: Session, page: PageRow) -> "Sequence[Finding]":
        """What the page has and lacks in order to go live, the server's own settings among it."""
        from social_bot.answering import readiness  # noqa: PLC0415

        machine = readiness.Installation(
            unset=[name for name, value in self._needed_when_live.items() if not value],
            has_alert_address=bool(self.settings.alert_urls),
            can_sign_in=credentials.is_set_up(session) or self.settings.oidc_issuer is not None,
        )
        facts = readiness.gather_facts(
            session,
            page,
            self.organisation(session),
            machine,
            cipher=self.database.cipher,
            now=self.now(),
        )
        return readiness.judge(facts, now=self.now())

    @property
    def _needed_when_live(self) -> Mapping[str, object]:
        return {
            "SOCIAL_BOT_APP_ID": self.settings.app_id,
            "SOCIAL_BOT_APP_SECRET": self.settings.app_secret,
            "SOCIAL_BOT_VERIFY_TOKEN": self.settings.verify_token,
            "SOCIAL_BOT_SECRET_KEYS": self.settings.secret_keys,
        }

    def parse_delivery(self, body: bytes) -> Sequence[InboundEvent]:
        from social_bot.channels.facebook.webhook import parse_delivery  # noqa: PLC0415

        return parse_delivery(body, own_app_id=self.settings.app_id or "")

    def mender_of(self, reason: str | None) -> Mender | None:
        """Who mends what the platform refused, by the sentence that was kept of it."""
        from social_bot.channels.facebook.failures import mender_of  # noqa: PLC0415

        return mender_of(reason) if reason else None

    def may_receive(self, body: bytes, signature: str | None) -> bool:
        """Whether the platform signed exactly these bytes; without an app secret nothing is taken."""
        from social_bot.channels.facebook.webhook import verify_signature  # noqa: PLC0415

        secret = self.settings.app_secret
        return secret is not None and verify_signature(body, signature, secret)

    def read_signed_request(self, signed: str) -> str | None:
        """Whose data the platform asks to be erased; None for what it has not signed."""
        from social_bot.channels.facebook.signed import read_signed_request  # noqa: PLC0415

        secret = self.settings.app_secret
        return None if secret is None else read_signed_request(signed, secret)

    def require_live_settings(self) -> None:
        """Raises ``NotReady`` with a sentence for each setting that a live page needs and lacks."""
        with self.database.read() as session:
            if not pages.any_live(session):
                return
        missing = [
            f"A live page needs the setting {name}."
            for name, value in self._needed_when_live.items()
            if not value
        ]
        if missing:
            raise NotReady("{sentences}", sentences="\n".join(missing))

    def close(self) -> None:
        for name in ("channel", "login"):
            if name in self.__dict__:
                self.__dict__[name].close()
        self.database.close()


def build(settings: Settings, *, clock: Callable[[], datetime] = clock) -> Bot:
    """Join the parts. Raises ``NotReady`` for keys that are none."""
    if settings.fault_point:
        _arm(settings)
    keys = settings.secret_keys or (key_file(settings.data_dir),)
    return Bot(
        settings=settings,
        database=open_database(settings.url_of_database, Cipher(keys)),
        templates=assets.folder("templates"),
        campaigns=assets.folder("campaigns"),
        clock=clock,
    )


def _arm(settings: Settings) -> None:
    """Raises ``NotReady`` where somebody could see what is left half done."""
    if not settings.is_practice:
        raise NotReady(
            "SOCIAL_BOT_FAULT_POINT ends the program in the middle of its work, so it is for a practice page "
            "on this machine only. Take it out of the settings."
        )
    fault_points.arm(fault_points.dying_at(settings.fault_point or ""))
