"""A table of posts: every cell checked before any is saved, all or none, nothing doubled."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.planning import importing, store
from social_bot.planning.import_sheets import Known, KnownPicture, read_sheet
from social_bot.planning.import_tables import template_of
from social_bot.planning.posts import PostState
from tests.conftest import NOW, PAGE, WRITER
from tests.planning.test_campaigns import HELSINKI

HEADER = "aika;teksti fi;teksti sv;laji;linkki;kuva;alt fi;alt sv;lateness\n"
GOOD = "1.12.2026 9.00;Hei;Hej;open_now;https://www.example.org;talo;Talo;Ett hus;120\n"
KNOWN = Known(
    page_id=PAGE,
    languages=("fi", "sv"),
    zone=HELSINKI,
    kinds={"puhelin- tai chat-aika": "open_now"},
    pictures={"talo": KnownPicture(file="a.png", media_type="image/png", alt={"fi": "Vanha kuvaus"})},
)


def read(text: str, *, encoding: str = "utf-8"):
    return read_sheet(text.encode(encoding), KNOWN, now=NOW)


def problems(text: str) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, str(each.problem)) for each in read(text).problems]


def test_a_row_becomes_a_post_with_everything_that_it_names():
    (row,) = read(HEADER + GOOD).rows

    assert row.content.publish_at.isoformat() == "2026-12-01T07:00:00+00:00"
    assert row.content.texts == {"fi": "Hei", "sv": "Hej"}
    assert (row.content.kind, row.content.link) == ("open_now", "https://www.example.org")
    assert row.content.pictures[0].alt == {"fi": "Talo", "sv": "Ett hus"}
    assert row.lateness == timedelta(minutes=120)


@pytest.mark.parametrize(
    "header",
    ["aika;teksti fi;teksti sv", "tid;text fi;text sv", "time;text_fi;TEXT SV", "Aika ;Teksti;text sv;;"],
)
def test_headers_are_known_in_three_languages_however_they_are_written(header):
    sheet = read(f"{header}\n2026-12-01 09:00;Hei;Hej\n")

    assert sheet.problems == []
    assert sheet.rows[0].content.texts == {"fi": "Hei", "sv": "Hej"}


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")],
)
def test_separator_and_encoding_are_found(separator, encoding, said):
    text = separator.join(["aika", "teksti fi", "teksti sv"]) + "\r\n"
    text += separator.join(["1.12.2026 9.00", f'"Ääkkönen{separator} rivi"', "Åäö"]) + "\r\n"

    sheet = read(text, encoding=encoding)

    assert sheet.problems == []
    assert (sheet.encoding, sheet.separator) == (said, separator)
    assert sheet.rows[0].content.texts == {"fi": f"Ääkkönen{separator} rivi".strip(), "sv": "Åäö"}


def test_every_bad_cell_is_told_at_once_with_its_row_and_column():
    text = HEADER + GOOD.replace("9.00", "25.00").replace("https://", "javascript:")
    text += GOOD.replace("Hej", "").replace("open_now", "bileet").replace(";talo;", ";auto;")
    text += GOOD.replace("120", "soon").replace("1.12.2026", "1.11.2026")

    assert [(row, column) for row, column, _ in problems(text)] == [
        *((2, "aika"), (2, "linkki")),
        *((3, "teksti sv"), (3, "laji"), (3, "kuva")),
        *((4, "lateness"), (4, "aika")),
    ]


def test_the_bad_cell_itself_is_shown_but_not_all_of_it():
    sheet = read(HEADER + GOOD.replace("1.12.2026 9.00", "x" * 200))

    assert sheet.problems[0].cell == "x" * 80


def test_a_row_after_an_empty_one_keeps_its_number():
    text = HEADER + "\n;;;;;;;;\n" + GOOD.replace("9.00", "25.00")

    assert problems(text)[0][0] == 4


@pytest.mark.parametrize(
    ("header", "column", "sentence"),
    [
        ("aika;teksti fi;teksti sv;väri", "väri", "not known"),
        ("aika;teksti fi;teksti sv;tid", "tid", "twice"),
        ("aika;teksti fi", "teksti sv", "missing"),
        ("teksti fi;teksti sv", "aika", "missing"),
    ],
)
def test_a_header_that_cannot_be_used_is_told_before_any_row(header, column, sentence):
    ((row, name, problem),) = problems(f"{header}\n1.12.2026 9.00;a;b;c\n")

    assert (row, name) == (1, column)
    assert sentence in problem


def test_a_separator_inside_a_text_without_quotation_marks_is_told():
    ((row, _, problem),) = problems("aika;teksti fi;teksti sv\n1.12.2026 9.00;Hei;kaikki;Hej\n")

    assert row == 2
    assert "more cells than the header" in problem


@pytest.mark.parametrize(
    ("alt", "expected"),
    [
        (("Talo", "Hus"), {"fi": "Talo", "sv": "Hus"}),
        (("", "Hus"), {"fi": "Vanha kuvaus", "sv": "Hus"}),
        (("-", ""), {}),
    ],
)
def test_an_alternative_text_is_written_taken_from_the_library_or_not_needed(alt, expected):
    (row,) = read(HEADER + GOOD.replace("Talo;Ett hus", ";".join(alt))).rows

    assert row.content.pictures[0].alt == expected
    assert row.content.pictures[0].is_decorative is (expected == {})


def test_a_missing_alternative_text_is_told_at_its_cell():
    assert problems(HEADER + GOOD.replace("Ett hus", ""))[0][:2] == (2, "alt sv")


def test_a_kind_may_be_written_as_the_pages_call_it():
    (row,) = read(HEADER + GOOD.replace("open_now", "Puhelin- tai chat-aika")).rows

    assert row.content.kind == "open_now"


def test_the_same_text_at_the_same_time_twice_in_a_table_is_told():
    assert "Row 2 has the same text" in problems(HEADER + GOOD + GOOD)[0][2]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\n;;\n", "empty"),
        (HEADER.encode(), "no rows"),
        (b"\x00\x01\x02", "no text"),
        (b'aika;teksti fi;teksti sv\n"1.12.', "quotation mark"),
        (b"a" * (2 * 1024 * 1024 + 1), "2 MB"),
        ((HEADER + GOOD * 501).encode(), "501 rows"),
    ],
)
def test_what_is_no_table_of_posts_is_refused_whole(content, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        read_sheet(content, KNOWN, now=NOW)


@given(
    st.one_of(
        st.binary(max_size=400), st.text(alphabet='aik;,\t"\n\r=+-@ äö129.:', max_size=400).map(str.encode)
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_file_breaks_the_reader(content):
    try:
        sheet = read_sheet(HEADER.encode() + content, KNOWN, now=NOW)
    except InvalidInput:
        return
    assert sheet.rows or sheet.problems


def test_the_empty_table_can_be_brought_back_as_it_is():
    sheet = read_sheet(b"\xef\xbb\xbf" + template_of(("fi", "sv")).encode(), KNOWN, now=NOW)

    assert sheet.problems == []
    assert len(sheet.rows) == 1


# Saving


def bring(bot, text: str, *, submits: bool = False):
    with bot.database.write() as session:
        organisation = bot.organisation(session)
        checked = importing.check_sheet(session, text.encode(), organisation, page_id=PAGE, kinds={}, now=NOW)
        return importing.import_posts(
            session, checked, organisation, page_id=PAGE, author=WRITER, submits=submits, now=NOW
        )


def saved(bot):
    with bot.database.read() as session:
        return list(store.list_posts(session))


SIMPLE = "aika;teksti fi;teksti sv\n"
ROWS = SIMPLE + "1.12.2026 9.00;Yksi;Ett\n2.12.2026 9.00;Kaksi;Två\n"


@pytest.mark.parametrize(
    ("submits", "state"), [(False, PostState.DRAFT), (True, PostState.AWAITING_APPROVAL)]
)
def test_all_rows_are_written_as_drafts_or_sent_for_approval(bot, submits, state):
    bring(bot, ROWS, submits=submits)

    assert [(post.texts["fi"], post.state, post.author) for post in saved(bot)] == [
        ("Yksi", state, WRITER),
        ("Kaksi", state, WRITER),
    ]


def test_one_bad_cell_and_nothing_is_saved(bot):
    with pytest.raises(InvalidInput, match="1 cells"):
        bring(bot, ROWS + "3.12.2026;Kolme;Tre\n")

    assert saved(bot) == []


def test_the_same_table_twice_is_told_and_not_doubled(bot):
    bring(bot, ROWS)

    with pytest.raises(NotAllowed, match="already"):
        bring(bot, ROWS)
    bring(bot, ROWS + "3.12.2026 9.00;Kolme;Tre\n")

    assert [post.texts["fi"] for post in saved(bot)] == ["Yksi", "Kaksi", "Kolme"]


def test_a_cancelled_post_may_be_brought_again(bot):
    for post in bring(bot, ROWS):
        with bot.database.write() as session:
            store.get_post(session, post.id).become(PostState.CANCELLED)

    assert len(bring(bot, ROWS)) == 2


def test_a_cell_that_looks_like_a_formula_stays_the_text_that_it_is(bot):
    (post,) = bring(bot, SIMPLE + '1.12.2026 9.00;"=HYPERLINK(""x"")";@SUM(1)\n')

    assert post.texts == {"fi": '=HYPERLINK("x")', "sv": "@SUM(1)"}


def test_a_checked_file_is_kept_for_its_bringer_and_taken_once(bot):
    with bot.database.write() as session:
        sheet_id = importing.keep_sheet(session, b"abc", page_id=PAGE, by=WRITER, now=NOW)

    with bot.database.write() as session, pytest.raises(NotFound):
        importing.take_sheet(session, sheet_id, by="Joku muu", now=NOW)
    with bot.database.write() as session:
        assert importing.take_sheet(session, sheet_id, by=WRITER, now=NOW).content == b"abc"
    with bot.database.write() as session, pytest.raises(NotFound):
        importing.take_sheet(session, sheet_id, by=WRITER, now=NOW)


def test_a_file_that_nobody_confirmed_is_erased_with_the_next_one(bot):
    with bot.database.write() as session:
        importing.keep_sheet(session, b"abc", page_id=PAGE, by=WRITER, now=NOW)
        importing.keep_sheet(session, b"def", page_id=PAGE, by=WRITER, now=NOW + timedelta(hours=5))

        assert [row.content for row in session.exec(select(store.KeptSheetRow)).all()] == [b"def"]
