"""The pages, as the web's own tests open them."""

from tests.web.conftest import (  # noqa: F401
    anybody,
    browse,
    database_kind,
    shapes,
    timed_bot,
    world,
    writer,
)
