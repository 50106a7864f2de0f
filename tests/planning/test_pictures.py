"""Pictures: stripped, upright, of a good size; the library; and whether there is writing in them."""

import io
import random

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.planning import library
from social_bot.planning.checks import People
from social_bot.planning.media import Media
from social_bot.planning.picture_files import PIXELS_LIMIT, SIZE_LIMIT, measure, prepare, seems_text
from tests.conftest import NOW, WRITER
from tests.web.conftest import write_post

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def saved(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def photograph(width: int = 400, height: int = 300) -> bytes:
    """With a place, a device and a comment, as a telephone makes it."""
    exif = Image.Exif()
    exif[MAKE] = "SalainenKamera"
    exif.get_ifd(GPS)[2] = (60.0, 10.0, 0.0)
    return saved(Image.effect_noise((width, height), 80).convert("RGB"), exif=exif, comment=b"Koti")


def test_what_a_camera_adds_does_not_stay():
    prepared = prepare(photograph(), name="a.jpg")

    image = Image.open(io.BytesIO(prepared.content))
    assert dict(image.getexif()) == {}
    assert b"SalainenKamera" not in prepared.content
    assert b"Koti" not in prepared.content


def test_text_inside_a_png_does_not_stay():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "Salainen Henkilö")

    prepared = prepare(saved(Image.new("RGB", (300, 200), "navy"), "PNG", pnginfo=info), name="a.png")

    assert b"Salainen" not in prepared.content
    assert prepared.media_type == "image/png"


def test_a_picture_is_turned_upright():
    exif = Image.Exif()
    exif[ORIENTATION] = 6

    prepared = prepare(saved(Image.new("RGB", (400, 300), "navy"), exif=exif), name="a.jpg")

    assert (prepared.width, prepared.height) == (300, 400)


def test_a_large_picture_gets_the_platforms_best_size():
    prepared = prepare(photograph(4000, 3000), name="a.jpg")

    assert (prepared.width, prepared.height) == (2048, 1536)
    assert len(prepared.content) <= SIZE_LIMIT


def test_a_large_png_of_a_photograph_becomes_a_jpeg():
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    coloured = Image.merge("RGB", [noise.getchannel(0), noise.getchannel(1).rotate(90), noise.getchannel(2)])

    assert prepare(saved(coloured, "PNG"), name="a.png").media_type == "image/jpeg"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + b"\0" * 40,
        b"<svg onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        saved(Image.new("RGB", (90, 90), "red"))[:300],
    ],
)
def test_what_is_no_whole_picture_is_refused(content):
    with pytest.raises(InvalidInput):
        prepare(content, name="a.png")


def test_a_picture_of_far_too_many_pixels_is_refused_before_it_is_unpacked():
    side = int(PIXELS_LIMIT**0.5) + 1000
    bomb = saved(Image.new("1", (side, side)), "PNG")

    with pytest.raises(InvalidInput, match="too many pixels"):
        prepare(bomb, name="a.png")


def test_the_same_picture_is_kept_once(tmp_path):
    media, content = Media(tmp_path), photograph()

    assert media.keep(prepare(content, name="a")) == media.keep(prepare(content, name="b"))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_kept_picture_is_measured_and_a_missing_one_is_not(tmp_path):
    media = Media(tmp_path)
    file = media.keep(prepare(photograph(), name="a"))

    measured = media.measure(file)

    assert measured is not None
    assert (measured.width, measured.height) == (400, 300)
    assert media.measure("none.png") is None
    assert measure(b"no picture") is None


def drawn(kind: str, seed: int) -> Image.Image:
    chance = random.Random(seed)
    dark = seed % 2
    image = Image.new("RGB", (1200, 800), ("#f4f0e6", "#203040")[dark])
    pen = ImageDraw.Draw(image)
    match kind:
        case "writing":
            font = ImageFont.load_default(chance.choice([28, 40, 64, 90]))
            for line in range(chance.choice([1, 2, 5])):
                pen.text(
                    (80, 80 + line * 110),
                    "Tule juttelemaan kirjastoon",
                    fill=("black", "white")[dark],
                    font=font,
                )
        case "shapes":
            for _ in range(chance.randrange(3, 12)):
                x, y, size = chance.randrange(900), chance.randrange(500), chance.randrange(60, 300)
                pen.ellipse((x, y, x + size, y + size), fill=tuple(chance.randrange(256) for _ in range(3)))
        case "leaves":
            noise = Image.effect_noise((1200, 800), 60 + seed).convert("RGB")
            return noise.filter(ImageFilter.GaussianBlur(chance.choice([0, 1, 2, 4])))
        case _:
            for x in range(0, 1200, chance.choice([12, 30, 60])):
                pen.rectangle((x, 0, x + 6, 800), fill=("black", "white")[dark])
    return image


@pytest.mark.parametrize(
    ("kind", "is_writing"), [("writing", True), ("shapes", False), ("leaves", False), ("fence", False)]
)
def test_writing_in_a_picture_is_guessed_in_nine_of_ten(kind, is_writing):
    right = sum(seems_text(drawn(kind, seed)) is is_writing for seed in range(12))

    assert right >= 11


@pytest.fixture
def row(bot):
    with bot.database.write() as session:
        return library.add(
            session, bot.media, prepare(photograph(), name="ovi.jpg"), name="ovi.jpg", by=WRITER, now=NOW
        )


def test_the_library_remembers_who_what_and_whom(bot, row):
    with bot.database.write() as session:
        library.describe(
            session,
            row.file,
            by=WRITER,
            now=NOW,
            people=People.NONE,
            credit="Oma kuva",
            alt={"fi": "Ovi", "sv": ""},
        )

    with bot.database.read() as session:
        kept = library.get(session, row.file)
        facts = library.facts(session, bot.media, [row.file])
    assert (kept.uploaded_by, kept.credit, kept.alt) == (WRITER, "Oma kuva", {"fi": "Ovi"})
    assert facts[row.file].people is People.NONE


def test_a_picture_of_a_post_stays_and_an_unused_one_may_go(bot, row):
    from social_bot.planning.posts import PostState

    with bot.database.write() as session:
        post = write_post(session, bot, PostState.DRAFT)
        library.note_use(session, post.id or 0, [])
        session.add(library.MediaUseRow(file=row.file, post_id=post.id or 0))
        session.flush()
        assert library.count_uses(session) == {row.file: 1}
        assert [each.id for each in library.list_posts_with(session, row.file)] == [post.id]
        with pytest.raises(NotAllowed):
            library.remove(session, bot.media, row.file, by=WRITER, now=NOW)
        library.note_use(session, post.id or 0, [])

    with bot.database.write() as session:
        library.remove(session, bot.media, row.file, by=WRITER, now=NOW)

    assert not bot.media.path(row.file).exists()
    with bot.database.read() as session, pytest.raises(NotFound):
        library.get(session, row.file)
