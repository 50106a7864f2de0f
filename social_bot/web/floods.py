"""How often one address has sent the form within the hour: in memory alone, and nothing of it leads back.

Whoever is stopped here is stopped from one form only; the page that says so shows the phone number.
"""

import hashlib
import ipaddress
import secrets
import threading
from collections import deque
from datetime import date, datetime, timedelta

FORMS_AN_HOUR = 20
"""A shelter, a library or a reception centre sends from one address for many people."""

_HOUR = timedelta(hours=1)


class Floods:
    """Counts by a hash of the address, salted anew each day; yesterday's counts are gone with their salt."""

    def __init__(self, *, an_hour: int = FORMS_AN_HOUR) -> None:
        self._an_hour = an_hour
        self._lock = threading.Lock()
        self._day: date | None = None
        self._salt = b""
        self._sent: dict[bytes, deque[datetime]] = {}

    def may_send(self, address: str, *, now: datetime) -> bool:
        """Whether the address may send once more, which is counted.

        This machine's own address is nobody's: a proxy that hides whom it speaks for must stop no one.
        """
        if _is_loopback(address):
            return True
        with self._lock:
            if self._day != now.date():
                self._day, self._salt, self._sent = now.date(), secrets.token_bytes(16), {}
            sent = self._sent.setdefault(hashlib.sha256(self._salt + address.encode()).digest(), deque())
            while sent and sent[0] <= now - _HOUR:
                sent.popleft()
            if len(sent) >= self._an_hour:
                return False
            sent.append(now)
            return True


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
