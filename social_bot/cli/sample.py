"""The sample organisation: a made-up place with placeholder numbers, weeks of posts, threads, callbacks, goals."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from social_bot.answering.callbacks import offered_windows, promise
from social_bot.answering.replies import approve_texts
from social_bot.answering.store import CallbackRow, CallbackState
from social_bot.bootstrap import clock
from social_bot.channels.ports import PageAccess
from social_bot.cli.rehearsal import APP_ID, Rehearsal
from social_bot.cli.sample_figures import add_figures
from social_bot.cli.sample_inbox import add_to_inbox
from social_bot.cli.sample_outreach import add_outreach
from social_bot.cli.sample_plan import add_plan
from social_bot.cli.sample_posts import add_writing
from social_bot.cli.storefront import set_profile
from social_bot.organisation import connecting, directory, operators, pages
from social_bot.organisation.roles import Role
from social_bot.planning import store
from social_bot.planning.campaign_deeds import end_campaign, pause_campaign
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.posts import PostState
from social_bot.planning.starting import start_campaign
from social_bot.practice.state import PostRow as PracticePostRow
from social_bot.tracking.collecting import collect
from social_bot.tracking.publication import publish

WRITER, OTHER_WRITER, APPROVER, COORDINATOR = "Kirjoittaja 1", "Kirjoittaja 2", "Hyväksyjä", "Koordinaattori"
ADMINISTRATOR = "Pääkäyttäjä"
PAGE = "100200300"
PAGES = {
    PAGE: "Mallilan aikuissosiaalityö",
    "100200400": "Mallilan toimintakeskus",
    "100200500": "Mallilan asumisneuvonta",
}
_OPERATORS = {
    WRITER: [Role.WRITER],
    OTHER_WRITER: [Role.WRITER],
    APPROVER: [Role.APPROVER, Role.WRITER],
    COORDINATOR: [Role.COORDINATOR],
    ADMINISTRATOR: [Role.ADMINISTRATOR],
}
_NUMBER = "0XX XXX XXXX"
_SETTINGS = {
    "name": "Mallilan aikuissosiaalityö",
    "name.sv": "Vuxensocialarbetet i Mallila",
    "name.en": "Mallila adult social work",
    "languages": "fi,sv",
    "hours": "ma-to 9-15, pe 9-14",
    **dict.fromkeys(
        (
            *("phone_main", "social_emergency", "crisis_fi", "crisis_sv", "urgent_health", "violence_line"),
            *("victim_support", "poison", "substance_line", "debt_line", "child_line", "kela_assistance"),
        ),
        _NUMBER,
    ),
    "visit_address": "Mallikatu 1, Mallila",
    "visit_address.sv": "Mallgatan 1, Mallila",
    "kela_link": "https://kela.example/toimeentulotuki",
    "eservice_link": "https://mallila.example/asiointi",
    "documents_link": "https://mallila.example/liitteet",
    "booking_link": "https://mallila.example/ajanvaraus",
    "food_aid_link": "https://mallila.example/ruoka-apu",
    "shelter_link": "https://turvakodit.example",
    "privacy_link": "https://mallila.example/tietosuoja",
    "housing_advice": "asumisneuvonta, puhelin 0XX XXX XXXX",
    "housing_advice.sv": "boenderådgivningen, telefon 0XX XXX XXXX",
    "housing_advice.en": "housing advice, phone 0XX XXX XXXX",
    "quality_owner": COORDINATOR,
}
_ENDS_AFTER = {"100200500": timedelta(days=12), "100200400": timedelta(days=58)}
"""Two connections that end by themselves; the one soon, so that posts beyond its end are at risk."""

_UNCHECKED, _UNCHECKED_DAYS = "poison", 200
"""A number that nobody has checked for long."""

_WEEKS_BEHIND = timedelta(weeks=6)
_CAMPAIGNS: tuple[tuple[str, str, int, bool, Mapping[str, str]], ...] = (
    # slug, page, days from today to the start, approved, answers
    ("meet_the_team", PAGE, -42, True, {}),
    ("early_contact_rent", "100200500", -28, True, {}),
    ("phone_and_chat_hours", PAGE, -21, True, {}),
    (
        *("mall_visit", PAGE, -35, True),
        {
            "place": "Kauppakeskus Malli, Mallikatu 5",
            "place.sv": "Köpcentret Malli, Mallgatan 5",
            "room": "2. kerros, kirjaston vieressä, sininen ovi",
            "room.sv": "våning 2, bredvid biblioteket, blå dörr",
        },
    ),
    ("holiday_crisis_numbers", PAGE, 5, False, {}),
)
_PAUSED = {"early_contact_rent": "Asumisneuvonnan puhelinaika muuttuu. Tarkistetaan tekstit ensin."}
_ENDED = "meet_the_team"
_MESSAGES = (
    *("Moi, milloin olette auki?", "Mistä haen toimeentulotukea?", "kuka auttaa jos vuokra on myöhässä 2kk"),
    *("Hei", "kiitos avusta", "Missä hakemukseni viipyy?", "Kela hylkäsi, voinko hakea teiltä täydentävää?"),
    *("Hur bokar jag en tid?", "När har ni öppet på fredag?", "Vem hjälper med skulder?", "Tack så mycket"),
    *("Do you speak English there?", "Where can I get food aid this week?", "How do I apply for a flat?"),
    *(
        "mis saan eestikeelset abi?",
        "Где можно получить помощь?",
        "asdf",
        "👍",
        "Milloin Rantatien lamppu korjataan",
    ),
    *("mistä ruokakassi kun rahat loppu ja tilipäivä vasta ens viikolla", "oon huolissani naapurista"),
    *(
        "Pelaan nettikasinolla joka yö, kuka auttaa",
        "en jaksa enää avata edes postia",
        "Tarviiko ajan varata?",
    ),
    *("saako somalin tulkin", "Kuka lukee näitä viestejä?", "soitatteko mulle siitä päätöksestä"),
    *("voiko sosiaalityöntekijän kanssa jutella ihan kasvokkain", "mitä teette siellä oikeen"),
    *(
        "nukun kaverin sohvalla, mistä oma asunto",
        "Isä kuoli, kuka maksaa hautajaiset",
        "ex ei maksa elatusapua",
    ),
    *(
        "Kelpaako kuva vuokrasopimuksesta liitteeksi",
        "jag orkar inte längre med allt",
        "vuokravelkaa 900e mitä teen",
    ),
    *("myydään talvirenkaat", "laskeeko asumistuki jos saan töitä", "Can I bring my friend to the meeting?"),
    *("hän uhkailee mua taas, pelottaa olla kotona", "tarvitsen apua"),
)


def furnish(rehearsal: Rehearsal) -> Iterator[str]:
    """Fill a new data folder, telling each step; one that is furnished is left as it is."""
    if not introduce(rehearsal, PAGES):
        yield "The sample organisation is here already."
        return
    yield "The organisation, its people, pages, numbers and approved texts."
    with rehearsal.bot.database.write() as session:
        _start_campaigns(session, rehearsal)
        add_plan(session, rehearsal.bot, PAGE, writer=WRITER, other=OTHER_WRITER, approver=APPROVER)
        add_writing(session, rehearsal.bot, PAGE, writer=WRITER)
    yield "Five campaigns: six weeks of posts behind, more ahead, some waiting for approval."
    for number, text in enumerate(_MESSAGES):
        page_id, psid = _resident(text)
        rehearsal.practice.write_as_resident(page_id, psid, text=text, name=f"Asukas {number + 1}")
    rehearsal.practice.wait_for_webhooks(30)
    yield f"{len(_MESSAGES)} residents have written to the practice Page."
    add_to_inbox(
        rehearsal,
        PAGE,
        answered=_resident("voiko sosiaalityöntekijän kanssa jutella ihan kasvokkain"),
        misunderstood=_resident("laskeeko asumistuki jos saan töitä"),
        by=WRITER,
    )
    yield "Comments, a worker's answer, a text that waits for approval, a misunderstood message."
    with rehearsal.bot.database.write() as session:
        _add_callbacks(session, rehearsal, now=clock())
    yield "Ten requests to be phoned."
    with rehearsal.bot.database.write() as session:
        add_outreach(
            session,
            rehearsal.bot.templates,
            today=clock().astimezone(rehearsal.bot.settings.zone).date(),
            writer=WRITER,
            coordinator=COORDINATOR,
            now=clock(),
        )
    yield "Outreach: three trials of the Vasso report, two that run now, and partner organisations."
    collect(rehearsal.bot.database, insights=rehearsal.bot.channel, clock=clock, everything=True)
    with rehearsal.bot.database.write() as session:
        add_figures(session, rehearsal.bot, by=COORDINATOR, now=clock())
    publish(rehearsal.bot.database, gather=rehearsal.bot.organisation, clock=clock)
    yield "Counters, goals and a year of kept counts."


def _resident(text: str) -> tuple[str, str]:
    """The page to which it is written, and by whom."""
    number = _MESSAGES.index(text)
    return tuple(PAGES)[number % 5 % 3], f"72000000{number:02}"


def introduce(rehearsal: Rehearsal, page_names: Mapping[str, str]) -> bool:
    """Operators, settings, pages and approved texts; False when they are there already."""
    bot, now = rehearsal.bot, clock()
    followers = iter((240, 310, 120))
    for page_id, name in page_names.items():
        token = rehearsal.token(page_id).get_secret_value()
        ends_after = _ENDS_AFTER.get(page_id)
        rehearsal.practice.add_page(
            page_id,
            name,
            token,
            followers=next(followers),
            token_expires_at=now + ends_after if ends_after else None,
        )
    with bot.database.write() as session:
        if operators.everyone(session):
            return False
        for operator, roles in _OPERATORS.items():
            operators.add(session, operator, roles, now=now, by="social_bot")
        for key, value in _SETTINGS.items():
            checked_at = now - timedelta(days=_UNCHECKED_DAYS) if key == _UNCHECKED else now
            directory.put(session, key, value, now=checked_at, by=COORDINATOR, zone=bot.settings.zone)
        for page_id, name in page_names.items():
            pages.add(
                session,
                page_id,
                name=name,
                token=rehearsal.token(page_id),
                is_live=False,
                cipher=bot.database.cipher,
                now=now,
                by="social_bot",
            )
        approve_texts(session, None, by=APPROVER, now=now)
    for page_id in page_names:
        access = PageAccess(page_id=page_id, token=rehearsal.token(page_id))
        bot.channel.subscribe(access)
        set_profile(bot, access)
        report = bot.channel.check(access)
        with bot.database.write() as session:
            connecting.record_look(session, pages.get(session, page_id), report, now=now)
    return True


def _start_campaigns(session: Session, rehearsal: Rehearsal) -> None:
    bot = rehearsal.bot
    organisation = bot.organisation(session)
    today = clock().astimezone(organisation.zone).date()
    for slug, page_id, days, is_approved, answers in _CAMPAIGNS:
        started = start_campaign(
            session,
            read_campaign(bot.campaigns / f"{slug}.yaml"),
            organisation,
            page_id=page_id,
            start=today + timedelta(days=days),
            values=answers,
            author=WRITER,
            approver=APPROVER if is_approved else None,
            media=bot.media,
            now=clock() - _WEEKS_BEHIND - timedelta(days=1),
        )
        for post in started.posts:
            if post.publish_at < clock():
                _publish_in_the_past(session, rehearsal, post)
        campaign_id = started.campaign.id or 0
        if slug in _PAUSED:
            pause_campaign(session, campaign_id, reason=_PAUSED[slug], by=WRITER, now=clock())
        if slug == _ENDED:
            end_campaign(session, campaign_id, by=WRITER, now=clock())


def _publish_in_the_past(session: Session, rehearsal: Rehearsal, post: store.PostRow) -> None:
    """Put a post of the past weeks on the practice Page, as if it had been published in time."""
    external_id = f"{post.page_id}_9{post.id:08}"
    with rehearsal.practice.store.transaction() as practice:
        practice.add(
            PracticePostRow(
                id=external_id,
                page_id=post.page_id,
                author_id=post.page_id,
                app_id=APP_ID,
                message=post.content.text,
                link=post.link,
                status_type="mobile_status_update",
                is_published=True,
                created_at=post.publish_at,
                updated_at=post.publish_at,
                readable_at=post.publish_at,
                shares=(post.id or 0) % 4,
            )
        )
    post.become(PostState.PUBLISHING)
    post.become(PostState.PUBLISHED)
    post.attempts, post.external_id, post.settled_at = 1, external_id, post.publish_at
    session.add(post)


def _add_callbacks(session: Session, rehearsal: Rehearsal, *, now: datetime) -> None:
    states = (
        *(CallbackState.DONE,) * 4,
        *(CallbackState.UNREACHABLE, CallbackState.CANCELLED, CallbackState.ASSIGNED),
        *(CallbackState.REQUESTED,) * 3,
    )
    organisation = rehearsal.bot.organisation(session)
    window = offered_windows(organisation, now=now)[0]
    for number, state in enumerate(states):
        is_last = number == len(states) - 1
        requested = now - timedelta(hours=30 - 3 * number)
        is_erased = state in (CallbackState.DONE, CallbackState.CANCELLED)
        is_settled = is_erased or state is CallbackState.UNREACHABLE
        session.add(
            CallbackRow(
                phone_sealed=None if is_erased else rehearsal.bot.database.cipher.seal(_NUMBER),
                is_discreet=is_last,
                language=("fi", "fi", "sv", "fi", "en")[number % 5],
                state=state,
                requested_at=requested,
                call_from=window.begins if is_last else None,
                promised_by=window.ends if is_last else promise(organisation, now=requested),
                assigned_to=OTHER_WRITER if state is CallbackState.ASSIGNED else None,
                tries=1 if state is CallbackState.DONE else 2 if state is CallbackState.UNREACHABLE else 0,
                settled_at=requested + timedelta(hours=2) if is_settled else None,
            )
        )
