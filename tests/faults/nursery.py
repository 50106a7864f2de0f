"""Imported once, by the process from which others are forked, so that those begin at once."""

import os
from pathlib import Path

from tests.faults import ours

ours.models(Path(os.environ["SOCIAL_BOT_CACHE_DIR"]))
