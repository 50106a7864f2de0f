"""Writing a file whole or not at all."""

import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from social_bot.errors import InvalidInput


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Beside its place first, and moved there when it is complete. Raises ``InvalidInput``."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _not_written(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)  # a temporary file is its maker's alone
        Path(name).replace(path)
    except BaseException as error:
        with suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            raise _not_written(path, error) from error
        raise


def _not_written(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        'The file "{path}" could not be written: {why}. Give another place with --out.',
        path=path,
        why=(error.strerror or type(error).__name__).lower(),
    )
