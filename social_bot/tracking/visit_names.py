"""What channels are called, and what a file of visits may call trials, partners and channels."""

from collections.abc import Mapping

from sqlmodel import Session

from social_bot.organisation.languages import LANGUAGES
from social_bot.tracking import outreach_store as store
from social_bot.tracking.outreach import Channel
from social_bot.tracking.visit_files import Names
from social_bot.translations import marked, translate

CHANNELS: Mapping[Channel, str] = {
    Channel.MALL: marked("Shopping centre"),
    Channel.LIBRARY: marked("Library"),
    Channel.PARISH: marked("Parish"),
    Channel.HEALTH_CENTRE: marked("Health centre"),
    Channel.KELA: marked("Kela office"),
    Channel.FOOD_AID: marked("Food aid"),
    Channel.STREET: marked("Street or square"),
    Channel.EVENT: marked("Event"),
    Channel.PHONE: marked("Phone"),
    Channel.PAGE: marked("Facebook page"),
    Channel.OTHER: marked("Elsewhere"),
}


def names_in_files(session: Session) -> Names:
    """Titles of trials, names of partners in both languages, channels in every language."""
    partners = store.list_partners(session)
    return Names(
        trials={row.title.casefold(): row.id or 0 for row in store.list_trials(session)},
        partners={
            name.casefold(): row.id or 0 for row in partners for name in (row.name, row.name_sv) if name
        },
        channels={
            translate(language)(word).casefold(): channel
            for channel, word in CHANNELS.items()
            for language in LANGUAGES
        },
    )
