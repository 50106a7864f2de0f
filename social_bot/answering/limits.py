"""What Meta takes of a text, by its place: checked before a text is approved, not when it is sent.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
https://developers.facebook.com/docs/messenger-platform/messenger-profile
"""

from social_bot.errors import InvalidInput

TEXT_LIMIT = 2000
BUTTON_TEXT_LIMIT = 640
"""Of a text under which buttons stand."""

TITLE_LIMIT = 20
MENU_LIMIT = 30
GREETING_LIMIT = 160

_LIMITS = {
    **dict.fromkeys(("call_button", "callback_button", "not_helped_button", "more_topics"), TITLE_LIMIT),
    **dict.fromkeys(("menu_topics", "menu_language", "menu_save"), MENU_LIMIT),
    "profile_greeting": GREETING_LIMIT,
    "callback_prompt": BUTTON_TEXT_LIMIT,
}


def limit_of(key: str) -> int:
    """How many characters Facebook takes where the text stands."""
    return _LIMITS.get(key, TEXT_LIMIT)


def require_within_limits(key: str, language: str, text: str) -> None:
    """Raises ``InvalidInput`` for a text that is too long where it stands, its places as they are written."""
    most = limit_of(key)
    if len(text) > most:
        raise InvalidInput(
            'The text "{text}" has {length} characters; Facebook takes {most} there. Shorten it.',
            text=f"{key}.{language}",
            length=len(text),
            most=most,
        )
