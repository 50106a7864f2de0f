"""Encryption at rest: tokens, phone numbers, message texts and raw deliveries.

Keys rotate: the first key seals, every key opens. A blind index (keyed hash) finds a row by a value that is
only kept sealed; its key must not change with rotation, so it is drawn once and kept sealed in the database.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from social_bot.errors import NotReady
from social_bot.storage.types import Sealed


class Cipher:
    """Seals and opens text. Safe to share between threads."""

    def __init__(self, keys: Sequence[SecretStr]) -> None:
        try:
            every = [Fernet(key.get_secret_value()) for key in keys]
            self._fernet = MultiFernet(every)
            self._newest = every[0]
        except ValueError as error:
            raise NotReady(
                "SOCIAL_BOT_SECRET_KEYS holds something that is not a Fernet key. "
                "Make one with: social-bot keys new"
            ) from error

    def seal(self, text: str) -> Sealed:
        return Sealed(self._fernet.encrypt(text.encode()))

    def seal_bytes(self, content: bytes) -> Sealed:
        return Sealed(self._fernet.encrypt(content))

    def open(self, sealed: bytes) -> str:
        return self.open_bytes(sealed).decode()

    def open_bytes(self, sealed: bytes) -> bytes:
        """Raises ``NotReady`` when none of the keys fits."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise NotReady(
                "A stored value cannot be opened with the keys given. "
                "Add the key that was used before to SOCIAL_BOT_SECRET_KEYS, after the newest one."
            ) from error

    def is_newest(self, sealed: bytes) -> bool:
        """Whether this needs no older key."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def renew(self, sealed: bytes) -> Sealed:
        """The same content sealed with the newest key. Raises ``NotReady`` when none of the keys fits."""
        return self.seal_bytes(self.open_bytes(sealed))


def blind_index(value: str, key: bytes) -> str:
    """The same value gives the same 64 hexadecimal characters; nothing leads back without the key."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def key_file(folder: Path) -> SecretStr:
    """The key of a practice installation: read, or made once with mode 0600."""
    path = folder / "secret.key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SecretStr(path.read_text().strip())
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key())
    return SecretStr(path.read_text().strip())
