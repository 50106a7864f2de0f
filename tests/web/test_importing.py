"""A table of posts in the browser: checked, looked over, confirmed without bringing it again."""

import re
from html import unescape

import pytest

from social_bot.planning import store
from social_bot.planning.posts import PostState
from tests.conftest import PAGE

HEADER = "aika;teksti fi;teksti sv\n"
ROWS = HEADER + "1.12.2026 9.00;Yksi;Ett\n2.12.2026 9.00;Kaksi;Två\n"


def bring(browser, content, *, page=PAGE):
    return browser.post(
        "/posts/import",
        data={"token": browser.token("/posts/import"), "page": page},
        files={"file": ("julkaisut.csv", content)},
    )


def confirm(browser, answer, **fields):
    sealed = re.search(r'name="sheet" value="([^"]+)"', answer.text)
    assert sealed is not None
    return browser.submit("/posts/import/confirm", standing_on="/posts/import", sheet=sealed[1], **fields)


def saved(bot):
    with bot.database.read() as session:
        return [(post.texts["fi"], post.state) for post in store.list_posts(session)]


def test_the_calendar_leads_to_it(writer):
    assert 'href="/posts/import"' in writer.read("/posts")
    assert "Tuo julkaisut taulukosta" in writer.read("/posts/import")


def test_an_empty_table_is_downloaded_as_spreadsheets_read_it(writer):
    answer = writer.get("/posts/import/template")

    assert answer.content.startswith(b"\xef\xbb\xbfaika;teksti fi;teksti sv;laji")
    assert "attachment" in answer.headers["content-disposition"]


def test_a_table_in_order_is_looked_over_before_anything_is_saved(writer, timed_bot):
    answer = bring(writer, ROWS)
    page = unescape(answer.text)

    assert answer.status_code == 200
    assert "2 julkaisua kirjoitetaan sivulle Neuvonta." in page
    assert "ti 1.12. klo 9.00" in page
    assert saved(timed_bot) == []


@pytest.mark.parametrize(
    ("fields", "done", "state"),
    [
        ({}, "imported", PostState.DRAFT),
        ({"submit": "yes"}, "imported_submitted", PostState.AWAITING_APPROVAL),
    ],
)
def test_confirming_writes_all_of_it_without_bringing_it_again(writer, timed_bot, fields, done, state):
    answer = confirm(writer, bring(writer, ROWS), **fields)

    assert answer.headers["location"] == f"/posts/import?done={done}"
    assert saved(timed_bot) == [("Yksi", state), ("Kaksi", state)]


def test_a_bad_cell_is_shown_escaped_with_its_row_and_column(writer, timed_bot):
    answer = bring(writer, HEADER + "1.12.2026 9.00;Yksi;Ett\n<b>huomenna</b>;Kaksi;\n")

    assert answer.status_code == 422
    assert "2 solua pitää korjata. Mitään ei tallennettu." in unescape(answer.text)
    assert "&lt;b&gt;huomenna&lt;/b&gt;" in answer.text
    assert "<td>3</td><td>aika</td>" in answer.text
    assert 'name="sheet"' not in answer.text
    assert saved(timed_bot) == []


def test_the_same_table_twice_says_so(writer, timed_bot):
    confirm(writer, bring(writer, ROWS))

    again = unescape(bring(writer, ROWS).text)

    assert "Taulukon kaikki julkaisut ovat jo täällä." in again
    assert len(saved(timed_bot)) == 2


def test_what_another_worker_brought_cannot_be_confirmed(writer, approver, timed_bot):
    answer = confirm(approver, bring(writer, ROWS))

    assert answer.status_code == 404
    assert saved(timed_bot) == []


def test_a_time_that_has_passed_meanwhile_stops_the_whole_table(writer, timed_bot, clock):
    looked_over = bring(writer, ROWS.replace("1.12.2026 9.00", "25.11.2026 9.30"))
    clock.forward(hours=3)

    answer = confirm(writer, looked_over)

    assert answer.status_code == 422
    assert saved(timed_bot) == []


@pytest.mark.parametrize(
    ("content", "page", "sentence"),
    [
        (b"", PAGE, "Valitse ensin tiedosto"),
        (ROWS.encode(), "", "Valitse sivu"),
        (b"\x00\x01", PAGE, "Tiedosto ei ole tekstiä"),
        (b"kissa;koira\n1;2\n", PAGE, "pitää korjata"),
        (ROWS.encode(), "999", "999"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(writer, timed_bot, content, page, sentence):
    answer = bring(writer, content, page=page)

    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert saved(timed_bot) == []


def test_who_may_not_write_brings_nothing(coordinator, timed_bot):
    answer = confirm(coordinator, bring(coordinator, ROWS))

    assert answer.status_code == 403
    assert saved(timed_bot) == []


def test_another_encoding_is_said_so_that_the_letters_are_looked_at(writer):
    answer = bring(writer, (HEADER + "1.12.2026 9.00;Hyvää päivää;God dag på er\n").encode("cp1252"))

    assert "Windows-1252" in answer.text
    assert "Hyvää päivää" in answer.text
