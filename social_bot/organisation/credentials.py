"""What proves who somebody is: a password, then a one-time code, a passkey or a recovery code."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest

import pyotp
from sqlalchemy import BigInteger, Column, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from social_bot.errors import InvalidInput
from social_bot.organisation import audit
from social_bot.storage.cipher import Cipher
from social_bot.storage.engine import Database

CODE_SECONDS = 30
RECOVERY_CODES = 8
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is read as something else
_HALF = 5


class CredentialRow(SQLModel, table=True):
    """One row a person from the first invitation that was taken on; ``last_code_step``: no code works twice."""

    __tablename__ = "credential"
    operator: str = Field(primary_key=True, max_length=120, foreign_key="operator.name")
    password_hash: str | None = Field(default=None, max_length=300)
    code_secret_sealed: bytes | None = None
    new_code_secret_sealed: bytes | None = None
    last_code_step: int | None = None
    changed_at: datetime


class PasskeyRow(SQLModel, table=True):
    __tablename__ = "passkey"
    id: int | None = Field(default=None, primary_key=True)
    operator: str = Field(max_length=120, foreign_key="operator.name", index=True)
    credential_id: str = Field(max_length=1400, unique=True)
    public_key: bytes
    sign_count: int = Field(sa_column=Column(BigInteger, nullable=False))
    name: str = Field(max_length=60)
    created_at: datetime
    used_at: datetime | None = None


class RecoveryCodeRow(SQLModel, table=True):
    """For whoever has lost the second step; shown once, kept as a keyed hash, used once."""

    __tablename__ = "recovery_code"
    code_hash: str = Field(primary_key=True, max_length=64)
    operator: str = Field(max_length=120, foreign_key="operator.name", index=True)
    used_at: datetime | None = None


class OutsideIdentityRow(SQLModel, table=True):
    """Who somebody is at the organisation's own sign-in service."""

    __tablename__ = "outside_identity"
    issuer: str = Field(primary_key=True, max_length=300)
    subject: str = Field(primary_key=True, max_length=255)
    operator: str = Field(max_length=120, foreign_key="operator.name", index=True)
    linked_at: datetime


def is_set_up(session: Session) -> bool:
    """Whether anybody can sign in; once so, always so: a reset does not open the doors again."""
    return any(
        session.exec(select(table).limit(1)).first() is not None
        for table in (CredentialRow, OutsideIdentityRow)
    )


def get(session: Session, operator: str) -> CredentialRow | None:
    return session.get(CredentialRow, operator)


def set_password(session: Session, operator: str, kept: str, *, now: datetime) -> None:
    """``kept`` is what ``passwords.keep`` made, outside any transaction, for it takes its time."""
    row = _row(session, operator, now=now)
    row.password_hash, row.changed_at = kept, now
    session.add(row)
    audit.record(session, at=now, actor=operator, action="password.set", subject=operator)


def has_second_step(session: Session, operator: str) -> bool:
    row = get(session, operator)
    return (row is not None and row.code_secret_sealed is not None) or bool(passkeys(session, operator))


def new_code_secret(session: Session, operator: str, *, cipher: Cipher, now: datetime) -> str:
    """The secret that waits to be confirmed with a first code: the same one until then."""
    row = _row(session, operator, now=now)
    if row.new_code_secret_sealed is None:
        row.new_code_secret_sealed = cipher.seal(pyotp.random_base32())
        session.add(row)
    return cipher.open(row.new_code_secret_sealed)


def confirm_code(session: Session, operator: str, code: str, *, cipher: Cipher, now: datetime) -> None:
    """The app shows the right codes: it is the second step from now on. Raises ``InvalidInput``."""
    row = _row(session, operator, now=now)
    step = _step(cipher.open(row.new_code_secret_sealed), code, now) if row.new_code_secret_sealed else None
    if step is None:
        raise InvalidInput("The code does not match. Wait for the next one in the app, and write that.")
    row.code_secret_sealed, row.new_code_secret_sealed = row.new_code_secret_sealed, None
    row.last_code_step, row.changed_at = step, now
    session.add(row)
    audit.record(session, at=now, actor=operator, action="second_step.code", subject=operator)


def use_code(session: Session, operator: str, code: str, *, cipher: Cipher, now: datetime) -> bool:
    """Whether it is the code of this moment and has not been used; it is used up then.

    Two requests with one code: the update's condition lets one of them through.
    """
    row = get(session, operator)
    if row is None or row.code_secret_sealed is None:
        return False
    step = _step(cipher.open(row.code_secret_sealed), code, now)
    if step is None:
        return False
    used = session.connection().execute(
        update(CredentialRow)
        .where(
            col(CredentialRow.operator) == operator,
            col(CredentialRow.last_code_step).is_(None) | (col(CredentialRow.last_code_step) < step),
        )
        .values(last_code_step=step)
    )
    return used.rowcount == 1


def remove_code(session: Session, operator: str, *, now: datetime) -> None:
    """Raises ``InvalidInput`` where it is the only second step."""
    if not passkeys(session, operator):
        raise InvalidInput("This is your only second step. Add a passkey first.")
    row = _row(session, operator, now=now)
    row.code_secret_sealed, row.last_code_step, row.changed_at = None, None, now
    session.add(row)
    audit.record(session, at=now, actor=operator, action="second_step.code_removed", subject=operator)


def passkeys(session: Session, operator: str) -> Sequence[PasskeyRow]:
    query = select(PasskeyRow).where(PasskeyRow.operator == operator).order_by(col(PasskeyRow.id))
    return session.exec(query).all()


def remove_passkey(session: Session, operator: str, passkey_id: int, *, now: datetime) -> None:
    """Raises ``InvalidInput`` where it is the only second step; somebody else's is left alone."""
    held, credential = passkeys(session, operator), get(session, operator)
    passkey = next((row for row in held if row.id == passkey_id), None)
    if passkey is None:
        return
    if len(held) == 1 and (credential is None or credential.code_secret_sealed is None):
        raise InvalidInput("This is your only second step. Add another one first.")
    session.delete(passkey)
    audit.record(session, at=now, actor=operator, action="second_step.passkey_removed", subject=operator)


def new_recovery_codes(session: Session, operator: str, *, database: Database, now: datetime) -> list[str]:
    """Codes to be shown once; those before them work no more."""
    session.connection().execute(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.operator) == operator))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(2 * _HALF)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCodeRow(code_hash=_recovery_hash(database, operator, code), operator=operator)
        for code in codes
    )
    audit.record(session, at=now, actor=operator, action="second_step.recovery_codes", subject=operator)
    return [f"{code[:_HALF]}-{code[_HALF:]}" for code in codes]


def recovery_codes_left(session: Session, operator: str) -> int:
    query = select(RecoveryCodeRow).where(
        RecoveryCodeRow.operator == operator, col(RecoveryCodeRow.used_at).is_(None)
    )
    return len(session.exec(query).all())


def use_recovery_code(
    session: Session, operator: str, code: str, *, database: Database, now: datetime
) -> bool:
    plain = "".join(each for each in code.lower() if each.isalnum())
    used = session.connection().execute(
        update(RecoveryCodeRow)
        .where(
            col(RecoveryCodeRow.code_hash) == _recovery_hash(database, operator, plain),
            col(RecoveryCodeRow.used_at).is_(None),
        )
        .values(used_at=now)
    )
    if used.rowcount != 1:
        return False
    audit.record(session, at=now, actor=operator, action="second_step.recovered", subject=operator)
    return True


def reset(session: Session, operator: str, *, now: datetime, by: str) -> None:
    """Take away password and second step; a row stays, so that the doors of an installation stay shut."""
    row = _row(session, operator, now=now)
    row.password_hash = row.code_secret_sealed = row.new_code_secret_sealed = row.last_code_step = None
    row.changed_at = now
    session.add(row)
    for table in (PasskeyRow, RecoveryCodeRow):
        session.connection().execute(delete(table).where(col(table.operator) == operator))
    audit.record(session, at=now, actor=by, action="operator.reset", subject=operator)


def identities(session: Session, operator: str) -> Sequence[OutsideIdentityRow]:
    return session.exec(select(OutsideIdentityRow).where(OutsideIdentityRow.operator == operator)).all()


def _row(session: Session, operator: str, *, now: datetime) -> CredentialRow:
    return get(session, operator) or CredentialRow(operator=operator, changed_at=now)


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The step of time whose code this is: this one, or its neighbours, for clocks differ."""
    plain = "".join(each for each in code if each.isascii() and each.isdigit())
    this = int(now.timestamp()) // CODE_SECONDS
    codes = pyotp.TOTP(secret, interval=CODE_SECONDS)
    return next(
        (step for step in (this, this - 1, this + 1) if compare_digest(codes.generate_otp(step), plain)), None
    )


def _recovery_hash(database: Database, operator: str, code: str) -> str:
    return database.index(f"recovery:{operator}:{code}")
