"""The library of pictures on its pages."""

import io
import re

from PIL import Image

from social_bot.planning import library
from social_bot.planning.checks import People
from tests.conftest import WRITER


def png(colour: str = "navy") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (800, 600), colour).save(file, "PNG")
    return file.getvalue()


def add(browser, content=None, **fields):
    return browser.post(
        "/media",
        data={"token": browser.token("/media"), **fields},
        files=[("files", ("ovi.png", png() if content is None else content, "image/png"))],
    )


def file_of(answer):
    match = re.search(r"/media/([0-9a-f]{64}\.png)/about", answer.headers["location"])
    assert match is not None
    return match[1]


def test_an_empty_library_says_what_to_do_first(writer):
    page = writer.read("/media")

    assert "Kuvia ei ole vielä." in page
    assert "Lisää ensimmäinen tässä tai julkaisua kirjoittaessasi." in page


def test_a_picture_is_added_with_who_may_use_it(writer, timed_bot):
    file = file_of(add(writer, people="none", credit="Oma piirros", licence="Vapaa käyttö"))

    with timed_bot.database.read() as session:
        row = library.get(session, file)
    assert (row.people, row.credit, row.licence, row.uploaded_by) == (
        People.NONE,
        "Oma piirros",
        "Vapaa käyttö",
        WRITER,
    )
    assert writer.get(f"/media/{file}").content == timed_bot.media.path(file).read_bytes()


def test_what_is_no_picture_is_refused_beside_the_field(writer):
    answer = add(writer, b"<svg/>")

    assert answer.status_code == 422
    assert 'id="files-problem"' in answer.text


def test_a_picture_is_described_and_removed(writer, timed_bot):
    file = file_of(add(writer))
    place = f"/media/{file}/about"
    writer.submit(
        place, standing_on=place, people="agreed", **{"alt-fi": "Ovi on auki", "alt-sv": "Dörren är öppen"}
    )

    page = writer.read("/media")
    assert 'alt="Ovi on auki"' in page
    assert "Ei missään julkaisussa" in page
    answer = writer.submit(f"/media/{file}/remove", standing_on=place)
    assert answer.headers["location"] == "/media?done=media_removed"
    assert not timed_bot.media.path(file).exists()
    assert writer.get(place).status_code == 404


def test_a_coordinator_looks_and_changes_nothing(writer, coordinator):
    file = file_of(add(writer))

    page = coordinator.read(f"/media/{file}/about")

    assert "Poista kuva" not in page
    answer = coordinator.submit(f"/media/{file}/remove", standing_on="/media")
    assert answer.status_code == 403


def test_a_picture_that_is_not_there(writer):
    assert writer.get(f"/media/{'0' * 64}.png").status_code == 404
