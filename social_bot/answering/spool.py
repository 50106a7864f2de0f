"""Deliveries kept on disk while the database does not answer: append-only, sealed, in order.

Each append is a file of its own, written whole, synced, and only then given its name; it is never changed,
and erased once its deliveries are in the database. So a crash loses nothing, and several processes of one
machine may share the folder. Taken twice is no harm: events are stored once.
"""

import logging
import os
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from social_bot.errors import NotReady
from social_bot.fault_points import fault_point
from social_bot.log import fields
from social_bot.storage.cipher import Cipher

_READY = ".spool"
_UNREADABLE = ".unreadable"  # sealed with a key that is gone: kept aside, holding nothing up

log = logging.getLogger(__name__)


class Spool:
    """Safe to share between threads."""

    def __init__(self, folder: Path, cipher: Cipher, *, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._cipher = cipher
        self._clock = clock
        self._lock = threading.Lock()
        self._number = 0

    def append(self, bodies: Sequence[bytes]) -> None:
        """Once this returns the bodies outlast the process and the machine's power."""
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._number += 1
            moment = int(self._clock().timestamp() * 1_000_000)
            name = f"{moment:020}-{self._number:08}-{os.getpid()}"
            unnamed = self._folder / f"{name}.new"
            descriptor = os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(self._cipher.seal_bytes(body) + b"\n" for body in bodies)
                file.flush()
                os.fsync(file.fileno())
            fault_point("intake.spool_written")
            unnamed.rename(self._folder / f"{name}{_READY}")
            _sync_folder(self._folder)
        fault_point("intake.spooled")

    def take_out(self, store: Callable[[Sequence[bytes]], None]) -> int:
        """Give everything to ``store``, oldest first, erasing what it has taken; how many deliveries.

        What ``store`` raises goes through, and the rest stays.
        """
        taken = 0
        for path in self._waiting():
            try:
                bodies = [self._cipher.open_bytes(line) for line in path.read_bytes().splitlines()]
            except FileNotFoundError:  # another process has just taken it
                continue
            except NotReady:
                log.exception("deliveries kept on disk cannot be opened", extra=fields(file=path.name))
                path.replace(path.with_suffix(_UNREADABLE))
                continue
            store(bodies)
            fault_point("intake.spool_stored")
            path.unlink(missing_ok=True)
            taken += len(bodies)
        return taken

    def _waiting(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{_READY}"))


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened, and a rename is durable enough
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
