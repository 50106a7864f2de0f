"""What a page needs to set up or ask for a second step: a drawing of the secret, the riddles for passkeys."""

from dataclasses import dataclass

import pyotp
import segno
from markupsafe import Markup
from sqlmodel import Session

from social_bot.organisation import credentials, passkeys
from social_bot.organisation.passkeys import Party
from social_bot.organisation.sessions import StaffSessionRow
from social_bot.web.visits import Visit


@dataclass(frozen=True, kw_only=True)
class CodeApp:
    """``drawing`` is an SVG of our own making; ``secret`` the same for who cannot scan it."""

    drawing: Markup
    secret: str


@dataclass(frozen=True, kw_only=True)
class Means:
    """What somebody may prove themselves with. ``riddle`` is for the passkeys, None where there are none."""

    has_code: bool
    riddle: str | None
    recovery_codes: int


def code_app(session: Session, row: StaffSessionRow, visit: Visit) -> CodeApp:
    """The secret that waits for its first code."""
    secret = credentials.new_code_secret(
        session, row.operator, cipher=visit.site.bot.database.cipher, now=visit.moments.now
    )
    address = pyotp.TOTP(secret).provisioning_uri(name=row.operator, issuer_name=_name(visit))
    svg = segno.make(address, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", omitsize=True
    )
    parts = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return CodeApp(drawing=Markup(svg), secret=" ".join(parts))  # noqa: S704  (drawn by segno from our own text)


def party(visit: Visit) -> Party | None:
    return passkeys.party(visit.site.bot.settings.url_for_staff, name=_name(visit))


def riddle_for_new(session: Session, row: StaffSessionRow, visit: Visit) -> str | None:
    """For making a passkey; None where this place can have none."""
    to = party(visit)
    database = visit.site.bot.database
    return passkeys.riddle_for_new(session, row, to, database=database) if to else None


def means(session: Session, row: StaffSessionRow, visit: Visit) -> Means:
    credential, to = credentials.get(session, row.operator), party(visit)
    has_passkeys = to is not None and bool(credentials.passkeys(session, row.operator))
    return Means(
        has_code=credential is not None and credential.code_secret_sealed is not None,
        riddle=passkeys.riddle(session, row, to) if to is not None and has_passkeys else None,
        recovery_codes=credentials.recovery_codes_left(session, row.operator),
    )


def _name(visit: Visit) -> str:
    return visit.organisation.value("name", visit.language) or visit.organisation.name
