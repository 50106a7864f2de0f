"""The trained models of the shipped phrases, once for all tests of understanding."""

from pathlib import Path

import pytest

from social_bot.answering.recognition import Models, load_models
from social_bot.assets import folder
from tests.answering.talking import FakeMessenger


@pytest.fixture(scope="session")
def models(models_cache: Path) -> Models:
    return load_models(folder("templates"), cache=models_cache)


@pytest.fixture
def messenger() -> FakeMessenger:
    return FakeMessenger()
