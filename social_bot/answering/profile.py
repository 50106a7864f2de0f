"""What a person sees in Messenger before the first word, made of the same approved texts as the answers."""

from datetime import datetime

from social_bot.answering.outcomes import (
    CALLBACK_PAYLOAD,
    LANGUAGES_PAYLOAD,
    SAVE_PAYLOAD,
    TOPIC_PAYLOAD,
    TOPICS_PAYLOAD,
)
from social_bot.answering.replies import Library
from social_bot.answering.topics import Topic
from social_bot.channels.ports import MenuEntry, ProfileWords
from social_bot.errors import NotReady
from social_bot.organisation.directory import Organisation
from social_bot.organisation.languages import LANGUAGES

MENU = {
    "menu_topics": TOPICS_PAYLOAD,
    "callback_button": CALLBACK_PAYLOAD,
    "menu_language": LANGUAGES_PAYLOAD,
    "menu_save": SAVE_PAYLOAD,
}
QUESTIONS = (
    Topic.APPOINTMENT_CONTACT,
    Topic.SOCIAL_ASSISTANCE_SUPPLEMENTARY,
    Topic.RENT_ARREARS_EVICTION,
    Topic.MONEY_FOOD,
)
"""What is asked most at the first contact; Messenger shows four."""


def make_profile(library: Library, organisation: Organisation, *, now: datetime) -> tuple[ProfileWords, ...]:
    """The organisation's first language first, for it also serves whoever has set another one.

    Raises ``NotReady`` where its texts may not be shown; another language that lacks one is left out.
    """
    first, *_ = organisation.languages
    found = {
        language: words
        for language in dict.fromkeys((*organisation.languages, *LANGUAGES))
        if (words := _words(library, organisation, language, now=now))
    }
    if first not in found:
        raise NotReady(
            "The texts of the messenger profile are not approved. Approve them with: social-bot texts approve"
            " --all --by NAME"
        )
    return tuple(found.values())


def _words(
    library: Library, organisation: Organisation, language: str, *, now: datetime
) -> ProfileWords | None:
    values = organisation.text_values(language, now)
    texts = {key: library.text(key, language, values) for key in ("profile_greeting", *MENU)}
    known = {key: text[0] for key, text in texts.items() if text is not None}
    if len(known) < len(texts):
        return None
    return ProfileWords(
        language=language,
        greeting=known["profile_greeting"],
        menu=[MenuEntry(title=known[key], payload=payload) for key, payload in MENU.items()],
        questions=[
            MenuEntry(title=library.topics[topic].names[language], payload=f"{TOPIC_PAYLOAD}{topic.value}")
            for topic in QUESTIONS
        ],
    )
