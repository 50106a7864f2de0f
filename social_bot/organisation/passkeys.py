"""Passkeys as the second step: riddles for the browser and its answers, checked (WebAuthn)."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session, col, select
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from social_bot.errors import InvalidInput
from social_bot.organisation import audit, credentials
from social_bot.organisation.credentials import PasskeyRow
from social_bot.organisation.sessions import StaffSessionRow
from social_bot.storage.engine import Database
from social_bot.translations import marked

_NOT_READ = marked("The passkey could not be read. Try again, or use another second step.")


@dataclass(frozen=True, kw_only=True)
class Party:
    """Whom a passkey is made for: the name of this place in the network, and its address."""

    id: str
    origin: str
    name: str


def party(base_url: str, *, name: str) -> Party | None:
    """None where browsers make no passkeys: under a number, or without https elsewhere than on this machine."""
    address = urlsplit(base_url)
    host = address.hostname or ""
    if (address.scheme != "https" and host != "localhost") or _is_number(host):
        return None
    return Party(id=host, origin=f"{address.scheme}://{address.netloc}", name=name)


def riddle_for_new(session: Session, row: StaffSessionRow, to: Party, *, database: Database) -> str:
    """What the browser needs to make a passkey, as JSON; its riddle is kept with the session."""
    options = generate_registration_options(
        rp_id=to.id,
        rp_name=to.name,
        user_name=row.operator,
        user_id=bytes.fromhex(database.index(f"passkey:{row.operator}")),
        exclude_credentials=_known(session, row.operator),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    _keep(session, row, options.challenge)
    return options_to_json(options)


def add(session: Session, row: StaffSessionRow, to: Party, answer: str, *, name: str, now: datetime) -> None:
    """Take a new passkey in. Raises ``InvalidInput`` for an answer that is none to the riddle."""
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=_take(session, row),
            expected_rp_id=to.id,
            expected_origin=to.origin,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise InvalidInput(_NOT_READ) from error
    credential_id = bytes_to_base64url(made.credential_id)
    if session.exec(select(PasskeyRow.id).where(PasskeyRow.credential_id == credential_id)).first():
        raise InvalidInput(_NOT_READ)
    session.add(
        PasskeyRow(
            operator=row.operator,
            credential_id=credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name.strip()[:60] or row.browser[:60],
            created_at=now,
        )
    )
    audit.record(session, at=now, actor=row.operator, action="second_step.passkey", subject=row.operator)


def riddle(session: Session, row: StaffSessionRow, to: Party) -> str:
    """What the browser needs to prove a passkey, as JSON; its riddle is kept with the session."""
    options = generate_authentication_options(
        rp_id=to.id,
        allow_credentials=_known(session, row.operator),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    _keep(session, row, options.challenge)
    return options_to_json(options)


def solves(session: Session, row: StaffSessionRow, to: Party, answer: str, *, now: datetime) -> bool:
    """Whether one of the person's own passkeys has solved the riddle, which is used up in any case."""
    try:
        challenge = _take(session, row)
        given = parse_authentication_credential_json(answer)
        passkey = session.exec(
            select(PasskeyRow).where(
                PasskeyRow.operator == row.operator,
                PasskeyRow.credential_id == bytes_to_base64url(given.raw_id),
            )
        ).one_or_none()
        if passkey is None:
            return False
        proof = verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=to.id,
            expected_origin=to.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except (WebAuthnException, ValueError, KeyError):
        return False
    passkey.sign_count, passkey.used_at = proof.new_sign_count, now
    session.add(passkey)
    return True


def _known(session: Session, operator: str) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id))
        for row in credentials.passkeys(session, operator)
    ]


def _keep(session: Session, row: StaffSessionRow, challenge: bytes) -> None:
    row.challenge = bytes_to_base64url(challenge)
    session.add(row)


def _take(session: Session, row: StaffSessionRow) -> bytes:
    """The riddle, once. Raises ``ValueError`` where none was given out."""
    current = session.exec(
        select(StaffSessionRow).where(col(StaffSessionRow.id) == row.id).with_for_update()
    ).one()
    if current.challenge is None:
        raise ValueError("no riddle was given out")
    challenge = base64url_to_bytes(current.challenge)
    current.challenge = None
    session.add(current)
    return challenge


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
