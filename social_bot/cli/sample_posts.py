"""The sample organisation's writing: drawings of our own, drafts that the checks find something in."""

import io
from datetime import datetime, time, timedelta

from PIL import Image, ImageDraw
from sqlmodel import Session

from social_bot.bootstrap import Bot, clock
from social_bot.planning import drafts, library
from social_bot.planning.calendar import to_utc
from social_bot.planning.checks import People
from social_bot.planning.composing import add_post
from social_bot.planning.library import MediaRow
from social_bot.planning.picture_files import prepare
from social_bot.planning.posts import PostContent, PostPicture
from social_bot.planning.writing import Form

_SKY, _GRASS, _WOOD, _CUP, _WALL, _BLUE = "#dcebf5", "#8fb886", "#9a6b43", "#b5533c", "#f4e6d0", "#0a4b78"

_BENCH_ALT = {
    "fi": "Piirros: puinen penkki puiston reunassa. Taivas on sininen.",
    "sv": "Teckning: en träbänk vid kanten av en park. Himlen är blå.",
}
_CUPS_ALT = {
    "fi": "Piirros: kaksi kahvikuppia pöydällä.",
    "sv": "Teckning: två kaffekoppar på ett bord.",
}
_DOUBTFUL = {
    "fi": (
        "Mikäli elämäntilanteesi on muuttunut ja tarvitset palvelutarpeen arviointia, voit tulla juttelemaan"
        " meidän kanssamme puistoon ihan milloin vain ilman että varaat aikaa.\n\n"
        "Katso lisää: https://tietoa-avusta.fi"
    ),
    "sv": "Du kan komma och prata med oss i parken. Ingen tid behövs.\n\nLäs mer: https://tietoa-avusta.fi",
}
_UNFINISHED: Form = {
    "kind": "post",
    "text-fi": "Torstaisin juodaan kahvia. Tule mukaan, vaikka et tuntisi ketään.",
}


def add_writing(session: Session, bot: Bot, page_id: str, *, writer: str) -> None:
    """A few pictures, one post that the checks stop, and one that somebody is still writing."""
    zone, now = bot.settings.zone, clock()
    bench = _picture(session, bot, _draw_bench(), "penkki.png", _BENCH_ALT, by=writer, now=now)
    _picture(session, bot, _draw_cups(), "kupit.png", _CUPS_ALT, by=writer, now=now)
    on = now.astimezone(zone).date() + timedelta(days=3)
    content = PostContent(
        page_id=page_id,
        kind="post",
        texts=_DOUBTFUL,
        publish_at=to_utc(datetime.combine(on, time(22, 30)), zone),
        pictures=[PostPicture(file=bench.file, media_type=bench.media_type, alt=_BENCH_ALT)],
    )
    add_post(session, content, zone=zone, author=writer, now=now, fields={})
    drafts.keep(
        session,
        "sample-draft",
        {**_UNFINISHED, "page": page_id},
        post_id=None,
        by=writer,
        cipher=bot.database.cipher,
        now=now,
    )


def _picture(
    session: Session,
    bot: Bot,
    image: Image.Image,
    name: str,
    alt: dict[str, str],
    *,
    by: str,
    now: datetime,
) -> MediaRow:
    file = io.BytesIO()
    image.save(file, "PNG")
    return library.add(
        session,
        bot.media,
        prepare(file.getvalue(), name=name),
        name=name,
        by=by,
        now=now,
        people=People.NONE,
        credit="Oma piirros",
        licence="Vapaa käyttö",
        alt=alt,
    )


def _draw_bench() -> Image.Image:
    image = Image.new("RGB", (1200, 800), _SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 560, 1200, 800), fill=_GRASS)
    pen.ellipse((860, 120, 1140, 400), fill="#6f9d66")
    pen.rectangle((985, 380, 1015, 580), fill=_WOOD)
    for top in (380, 430, 500):
        pen.rounded_rectangle((240, top, 800, top + 32), 8, fill=_WOOD)
    for left in (290, 720):
        pen.rectangle((left, 380, left + 26, 640), fill="#5d4028")
    return image


def _draw_cups() -> Image.Image:
    image = Image.new("RGB", (1200, 800), _WALL)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 540, 1200, 800), fill=_WOOD)
    for left, colour in ((330, _CUP), (670, _BLUE)):
        pen.ellipse((left + 150, 400, left + 260, 500), outline=colour, width=24)
        pen.rounded_rectangle((left, 360, left + 200, 550), 30, fill=colour)
        pen.ellipse((left, 340, left + 200, 390), fill="#4a3020")
        pen.ellipse((left - 40, 540, left + 240, 580), fill="#ffffff")
    return image
