"""The sample organisation's planning: a series, posts that wait, notes between a writer and an approver."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from social_bot.bootstrap import Bot, clock
from social_bot.planning.calendar import to_utc
from social_bot.planning.composing import add_post, submit_post
from social_bot.planning.notes import add_note, send_back
from social_bot.planning.posts import PostContent
from social_bot.planning.recurring import NewSeries, begin_series
from social_bot.planning.series import HolidayRule, Often, Plan, Rule

_TEXTS = {
    "fi": (
        "Tule juttelemaan aikuissosiaalityöntekijän kanssa {päivä} klo {aika}.\n\n"
        "Paikka: {paikka}.\n\nAjanvarausta ei tarvita. Saat kysyä mitä tahansa."
    ),
    "sv": (
        "Kom och prata med vuxensocialarbetet {dag} kl. {tid}.\n\n"
        "Plats: {plats}.\n\nDu behöver ingen tid. Du får fråga vad som helst."
    ),
}
_PLACE = {"fi": "seurakuntatalo, kahvihuone", "sv": "församlingshemmet, kafferummet"}
_ASKS = "Onko kahvihuone varmasti meidän myös joulun alla?"
_WAITS = {
    "fi": "Neuvonta on tavoitettavissa puhelimella myös välipäivinä. Soita, niin katsotaan asiaa yhdessä.",
    "sv": "Rådgivningen kan nås per telefon också i mellandagarna. Ring, så ser vi på saken tillsammans.",
}
_SENT_BACK = {
    "fi": "Mitä puhelussa tapahtuu? Kuuntelemme ensin, ja sitten mietimme yhdessä, mistä voisi olla apua.",
    "sv": "Vad händer under samtalet? Vi lyssnar först, och sedan funderar vi tillsammans på vad som kunde hjälpa.",
}
_NOTE = "Hyvä aihe. Lisää vielä puhelinaika, niin lukija tietää, milloin voi soittaa."


def add_plan(session: Session, bot: Bot, page_id: str, *, writer: str, other: str, approver: str) -> None:
    zone, now = bot.settings.zone, clock()
    today = now.astimezone(zone).date()
    begin_series(
        session,
        NewSeries(
            page_id=page_id,
            kind="outreach_event",
            texts=_TEXTS,
            plan=Plan(
                rule=Rule(often=Often.EVERY, weekday=2),
                local_time=time(9),
                zone=zone,
                starts_on=today,
                ends_on=today + timedelta(days=182),
                holidays=HolidayRule.SKIP,
            ),
            place=_PLACE,
            hours="10–12",
        ),
        author=writer,
        now=now,
    )
    waiting = _draft(session, bot, page_id, _WAITS, on=today + timedelta(days=1), author=writer)
    submit_post(session, waiting, by=writer, now=now)
    add_note(session, waiting, _ASKS, by=writer, cipher=bot.database.cipher, now=now)
    returned = _draft(session, bot, page_id, _SENT_BACK, on=today + timedelta(days=5), author=other)
    submit_post(session, returned, by=other, now=now)
    send_back(session, returned, _NOTE, by=approver, cipher=bot.database.cipher, now=now)


def _draft(
    session: Session, bot: Bot, page_id: str, texts: Mapping[str, str], *, on: date, author: str
) -> int:
    zone = bot.settings.zone
    content = PostContent(
        page_id=page_id,
        kind="service_intro",
        texts=texts,
        publish_at=to_utc(datetime.combine(on, time(12)), zone),
    )
    return add_post(session, content, zone=zone, author=author, now=clock()).id or 0
