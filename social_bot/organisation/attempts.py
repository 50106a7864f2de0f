"""Slowing down those who guess: failed attempts by account and by address, in the database.

An account is never shut: the longest wait is a quarter of an hour, and it ends by itself. Whoever guesses from
one address makes that address wait long before the account itself, so that its owner elsewhere gets in.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col

from social_bot.storage.engine import Database, insert_new

FREE_OF_ACCOUNT_AND_ADDRESS, FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 20, 30
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=1)


class FailedSignInRow(SQLModel, table=True):
    """``key`` is a keyed hash of an account or an address: nothing leads back to either."""

    __tablename__ = "failed_sign_in"
    key: str = Field(primary_key=True, max_length=64)
    failures: int
    last_at: datetime
    waits_until: datetime | None = None


def keys(database: Database, account: str, address: str | None) -> Mapping[str, int]:
    """What is counted for an attempt, and how many failures are free. An address that is nobody's is None."""
    counted = {database.index(f"sign-in:{account}"): FREE_OF_ACCOUNT}
    if address is None:
        return {database.index(f"sign-in:{account}:"): FREE_OF_ACCOUNT_AND_ADDRESS, **counted}
    return {
        database.index(f"sign-in:{account}:{address}"): FREE_OF_ACCOUNT_AND_ADDRESS,
        database.index(f"sign-in-from:{address}"): FREE_OF_ADDRESS,
        **counted,
    }


def begin(session: Session, counted: Mapping[str, int], *, now: datetime) -> datetime | None:
    """Count an attempt as failed before it is made; the moment until which to wait where it may not be made.

    Counting first means that many attempts at one moment are not all let through.
    """
    session.connection().execute(
        delete(FailedSignInRow).where(col(FailedSignInRow.last_at) < now - _FORGOTTEN_AFTER)
    )
    insert_new(
        session, FailedSignInRow, [{"key": key, "failures": 0, "last_at": now} for key in sorted(counted)]
    )
    rows = [session.get_one(FailedSignInRow, key, with_for_update=True) for key in sorted(counted)]
    waits = [row.waits_until for row in rows if row.waits_until is not None and row.waits_until > now]
    if waits:
        return max(waits)
    for row in rows:
        row.failures, row.last_at = row.failures + 1, now
        wait = wait_after(row.failures, free=counted[row.key])
        row.waits_until = now + wait if wait else None
        session.add(row)
    return None


def succeed(session: Session, counted: Mapping[str, int]) -> None:
    """It was no guess: the account's count is gone, and an address gets its attempt back."""
    for key, free in counted.items():
        row = session.get(FailedSignInRow, key)
        if row is None:
            continue
        if free == FREE_OF_ADDRESS:
            row.failures, row.waits_until = max(0, row.failures - 1), None
            session.add(row)
        else:
            session.delete(row)


def wait_after(failures: int, *, free: int) -> timedelta:
    """Nothing for the first ones, then twice as long each time, up to a quarter of an hour."""
    if failures < free:
        return timedelta()
    doublings: int = min(failures - free, 10)
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << doublings))
