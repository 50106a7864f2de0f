"""Values that travel through a browser and come back as they went: signed, for one purpose and one time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from social_bot.storage.engine import Database

_UNTIL = "until"


@dataclass(frozen=True)
class Seals:
    """Signs with a key of the database's own, so that every process of an installation knows it."""

    database: Database

    def close(self, purpose: str, values: Mapping[str, str], *, now: datetime, lasts: timedelta) -> str:
        return str(self._serializer(purpose).dumps({**values, _UNTIL: (now + lasts).isoformat()}))

    def open(self, purpose: str, text: str, *, now: datetime) -> Mapping[str, str] | None:
        """The values, or None for a text that is forged, meant for something else or too old."""
        try:
            values = self._serializer(purpose).loads(text)
        except BadData:
            return None
        until = datetime.fromisoformat(values.pop(_UNTIL))
        return values if now < until else None

    def _serializer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(self.database.index("web-session"), salt=purpose)
