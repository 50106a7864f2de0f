"""What the views share: the program, its seals and its templates, one environment a language."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from social_bot.bootstrap import Bot
from social_bot.organisation.languages import LANGUAGES
from social_bot.organisation.metrics import DEFINITIONS
from social_bot.planning.posts import PostState
from social_bot.translations import catalogue, translate
from social_bot.web.floods import Floods
from social_bot.web.seals import Seals
from social_bot.web.wording import Words, read_topic_names
from social_bot.web.words import LANGUAGE_NAMES, PACE_LOOKS

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Site:
    bot: Bot

    @property
    def is_https(self) -> bool:
        return self.bot.settings.url_for_staff.startswith("https://")

    @cached_property
    def seals(self) -> Seals:
        return Seals(self.bot.database)

    @cached_property
    def floods(self) -> Floods:
        return Floods()

    @cached_property
    def feed_floods(self) -> Floods:
        """A calendar asks a few times an hour, from a few devices."""
        return Floods(an_hour=60)

    @cached_property
    def topic_names(self) -> Mapping[str, Mapping[str, str]]:
        return read_topic_names(self.bot.templates)

    @cached_property
    def environments(self) -> Mapping[str, Environment]:
        """By language."""
        return {language: self._environment(language) for language in LANGUAGES}

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(self.bot.templates / "web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
            bytecode_cache=_COMPILED,
        )
        environment.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
        environment.globals |= {
            "definitions": DEFINITIONS,
            "language": language,
            "language_names": LANGUAGE_NAMES,
            "pace_looks": PACE_LOOKS,
            "states": PostState,
            "static": _versioned,
            "t": translate(language),
            "words": Words(language=language, topic_names=lambda: self.topic_names),
        }
        return environment


class _Compiled(BytecodeCache):
    """Compiling a template costs more than filling it in many times: each is compiled once for all languages."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._kept.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.checksum, bucket.code


_COMPILED = _Compiled()


@lru_cache(maxsize=16)
def _versioned(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"
