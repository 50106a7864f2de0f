"""The messenger profile as data: what a person sees before the first word. No I/O.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/messenger-profile-api
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from social_bot.channels.facebook.protocol import Call
from social_bot.channels.facebook.usage import Lane
from social_bot.channels.ports import MenuEntry, ProfileWords

_LOCALES = {"fi": ("fi_FI",), "sv": ("sv_SE",), "en": ("en_US", "en_GB")}
_DEFAULT = "default"  # Meta wants one, for everybody whose own language is not among the rest


def set_profile(page_id: str, start_payload: str, words: Sequence[ProfileWords]) -> Call:
    """All of it in one call: Meta takes a menu only together with a get-started button."""
    return Call(
        method="POST",
        node=page_id,
        edge="messenger_profile",
        params={
            "get_started": {"payload": start_payload},
            "greeting": [{"locale": locale, "text": each.greeting} for locale, each in _by_locale(words)],
            "persistent_menu": [
                {
                    "locale": locale,
                    "composer_input_disabled": False,
                    "call_to_actions": [
                        {"type": "postback", "title": entry.title, "payload": entry.payload}
                        for entry in each.menu
                    ],
                }
                for locale, each in _by_locale(words)
            ],
            "ice_breakers": [
                {"locale": locale, "call_to_actions": [_question(entry) for entry in each.questions]}
                for locale, each in _by_locale(words)
            ],
        },
        lane=Lane.MESSENGER,
    )


def is_set(answer: Mapping[str, Any]) -> bool:
    return answer.get("result") == "success" or answer.get("success") in {True, "true"}


def _question(entry: MenuEntry) -> dict[str, str]:
    return {"question": entry.title, "payload": entry.payload}


def _by_locale(words: Sequence[ProfileWords]) -> Iterator[tuple[str, ProfileWords]]:
    for number, each in enumerate(words):
        if number == 0:
            yield _DEFAULT, each
        for locale in _LOCALES[each.language]:
            yield locale, each
