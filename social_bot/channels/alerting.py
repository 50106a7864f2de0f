"""Telling people through apprise (https://appriseit.com): e-mail, Teams, text messages, any JSON address.

An address holds passwords: nothing of it is ever logged, neither by us nor by the libraries below.
"""

import logging
from typing import TYPE_CHECKING

from pydantic import SecretStr

from social_bot.channels.ports import Notice

if TYPE_CHECKING:
    from apprise import Apprise

SEND_SECONDS = 20
_SILENT = logging.CRITICAL + 1


class AppriseAlerts:
    """The port ``Alerts``."""

    def accepts(self, address: SecretStr) -> bool:
        return _service(address) is not None

    def send(self, address: SecretStr, notice: Notice) -> bool:
        from apprise import NotifyFormat, NotifyType  # noqa: PLC0415

        service = _service(address)
        if service is None:
            return False
        sent = service.notify(
            title=notice.title,
            body=notice.text,
            notify_type=NotifyType.FAILURE if notice.is_urgent else NotifyType.INFO,
            body_format=NotifyFormat.TEXT,
        )
        return bool(sent)


def _service(address: SecretStr) -> "Apprise | None":
    """One address as apprise knows it, or None where it knows no way to write there."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415  (large, and needed with the first address only)

    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(_SILENT)
    asset = AppriseAsset(
        app_id="social_bot",
        app_desc="social_bot",
        app_url="",
        image_url_mask="",  # no pictures from elsewhere in what people get
        image_url_logo="",
        async_mode=False,
        service_timeout=SEND_SECONDS,
    )
    service = Apprise(asset=asset)
    return service if service.add(address.get_secret_value()) and len(service) == 1 else None
