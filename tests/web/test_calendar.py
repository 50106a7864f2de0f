"""The calendar: every post of the days shown, in three views of equal power, by a handful of queries."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert

from social_bot.planning import store
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from tests.conftest import PAGE, WRITER

VIEWS = ["month", "week", "list"]
KINDS_OF_MOVE = re.compile(r'href="/posts/(\d+)/move\?back=')


def add_posts(bot, count, *, at=datetime(2026, 12, 1, 6, tzinfo=UTC), step=timedelta(hours=1), **changes):
    rows = [
        {
            "page_id": PAGE,
            "key": "",
            "kind": "qa",
            "texts": {"fi": f"Kysymys numero {number}.", "sv": f"Fråga nummer {number}."},
            "pictures": [],
            "changed_by": [],
            "publish_at": at + number * step,
            "local_time": "",
            "zone": "Europe/Helsinki",
            "lateness_minutes": 60,
            "author": WRITER,
            "state": PostState.DRAFT,
            "attempts": 0,
            "created_at": at,
            **changes,
        }
        for number in range(count)
    ]
    with bot.database.write() as session:
        session.connection().execute(insert(PostRow), rows)


def queries_of(bot, browser, path):
    statements = []

    def note(_connection, _cursor, statement, *_):
        if statement != "BEGIN":
            statements.append(statement)

    event.listen(bot.database.engine, "before_cursor_execute", note)
    browser.read(path)
    event.remove(bot.database.engine, "before_cursor_execute", note)
    return statements


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_asks_the_database_equally_often_for_few_and_for_many_posts(
    timed_bot, writer, world, view
):
    path = f"/posts?view={view}&month=2026-12&week=2026-W49"
    few = queries_of(timed_bot, writer, path)
    add_posts(timed_bot, 500, step=timedelta(minutes=20))

    many = queries_of(timed_bot, writer, path)

    assert many == few
    assert len([each for each in many if "FROM post" in each]) == 1
    assert len(many) <= 10


def test_all_five_hundred_posts_of_a_month_are_shown(timed_bot, writer):
    add_posts(timed_bot, 500, step=timedelta(minutes=80))

    for view in ("month", "list"):
        page = writer.read(f"/posts?view={view}&month=2026-12")
        assert "500 julkaisua" in page
        assert len(set(re.findall(r"Kysymys numero \d+\.", page))) == 500


def test_a_query_over_time_uses_an_index(timed_bot):
    with timed_bot.database.read() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("the plan's words are SQLite's")
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM post WHERE publish_at >= '2026' AND publish_at < '2027'"
        )
        assert "ix_post_time" in str(plan.all())


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_tells_time_state_title_page_and_a_way_to_move(writer, world, view):
    page = writer.read(f"/posts?view={view}&month=2026-11&week=2026-W48")

    post = world.posts[PostState.SCHEDULED]
    entry = page.split(f'id="post-{post}"')[1].split("</li>" if view != "list" else "</tr>")[0]
    assert ">10.00</time>" in entry
    assert 'href="#i-scheduled"' in entry
    assert "Ajastettu" in entry
    assert "Tule juttelemaan (scheduled)." in entry
    assert "Neuvonta" in entry
    assert f'href="/posts/{post}/move?back=%2Fposts%3Fview%3D{view}' in entry.replace(
        "/posts%3F", "%2Fposts%3F"
    )


def test_who_does_not_write_gets_no_ways_to_move_or_write(coordinator, world):
    page = coordinator.read("/posts")

    assert not KINDS_OF_MOVE.search(page)
    assert "data-moves" not in page
    assert "/posts/new" not in page


def test_the_main_act_writes_a_post_on_a_day_of_the_view(writer):
    assert 'href="/posts/new?day=2026-11-25"' in writer.read("/posts")
    assert 'href="/posts/new?day=2027-02-01"' in writer.read("/posts?month=2027-02")


def test_filters_stay_when_another_time_or_view_is_chosen(writer, world):
    page = writer.read(f"/posts?page={PAGE}&state=draft&kind=outreach_event&campaign={world.campaign}")

    kept = f"page={PAGE}&campaign={world.campaign}&state=draft&kind=outreach_event"
    for address in ("view=month&month=2026-12", "view=list&month=2026-11", "view=week&week=2026-W48"):
        assert f'href="/posts?{address}&{kept}"' in page


def test_posts_are_narrowed_by_kind_and_by_campaign(timed_bot, writer, world):
    add_posts(timed_bot, 3)

    by_kind = writer.read("/posts?view=list&month=2026-12&kind=qa")
    by_campaign = writer.read(f"/posts?view=list&month=2026-12&campaign={world.campaign}")

    assert "3 julkaisua" in by_kind
    assert "Kysymys numero 0." not in by_campaign
    assert "Keitä me olemme" in by_campaign


def test_narrowing_to_nothing_says_how_to_see_all(writer, world):
    page = writer.read("/posts?kind=qa")

    assert "Täällä ei ole julkaisuja, jotka vastaavat valintaasi." in page
    assert "Näytä kaikki julkaisut" in page


@pytest.mark.parametrize(
    "query",
    ["view=kissa", "view=week&week=2026-W99", "campaign=9999999999999", "campaign=x", "state=x&kind=y"],
)
def test_what_cannot_be_read_of_an_address_is_left_aside(writer, query):
    writer.read(f"/posts?{query}")


def test_a_week_is_told_by_its_number_and_days(writer):
    page = writer.read("/posts?view=week&week=2026-W53")

    assert "Viikko 53" in page
    assert "ma 28.12. – su 3.1.2027" in page
    assert "week=2026-W52" in page
    assert "week=2027-W01" in page


def test_the_days_around_a_month_show_their_posts_but_are_not_counted(timed_bot, writer):
    add_posts(timed_bot, 1, at=datetime(2026, 11, 30, 8, tzinfo=UTC))

    page = writer.read("/posts?month=2026-12")

    assert "0 julkaisua" in page
    assert "Kysymys numero 0." in page


def test_a_move_from_the_calendar_leads_back_to_the_post_there(timed_bot, writer, world):
    post = world.posts[PostState.DRAFT]
    back = "/posts?view=list&month=2026-11&state=draft"

    answer = writer.submit(
        f"/posts/{post}/move", standing_on=f"/posts/{post}/move", day="2026-11-27", time="13:15", back=back
    )

    assert answer.headers["location"] == f"{back}&done=moved#post-{post}"
    assert "Siirretty. Julkaisu on taas luonnos" in writer.read(f"{back}&done=moved")
    with timed_bot.database.read() as session:
        assert store.get_post(session, post).publish_at == datetime(2026, 11, 27, 11, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//1", "/posts/../x", "/leave", "/posts?x=a\nb", "posts"]
)
def test_no_way_back_leads_elsewhere(writer, world, back):
    post = world.posts[PostState.DRAFT]

    answer = writer.submit(
        f"/posts/{post}/move", standing_on=f"/posts/{post}/move", day="2026-11-27", time="13:15", back=back
    )

    assert answer.headers["location"] == f"/posts/{post}?done=moved"


@pytest.mark.parametrize(
    ("fold", "hour"),
    [
        ("first", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("second", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_doubled_hour_asks_which_and_takes_the_answer(timed_bot, writer, world, fold, hour):
    post = world.posts[PostState.DRAFT]
    form = {"standing_on": f"/posts/{post}/move", "day": "2027-10-31", "time": "03:30"}

    asked = writer.submit(f"/posts/{post}/move", **form)
    answer = writer.submit(f"/posts/{post}/move", fold=fold, **form)

    assert asked.status_code == 422
    assert "Kumpi niistä?" in asked.text
    assert "Ensimmäinen: su 31.10.2027 klo 3.30, kesäaikaa" in asked.text
    assert "Toinen, tuntia myöhemmin: su 31.10.2027 klo 3.30, talviaikaa" in asked.text
    assert answer.status_code == 303
    with timed_bot.database.read() as session:
        assert store.get_post(session, post).publish_at == hour


def test_a_skipped_hour_is_refused_on_the_page_itself_and_what_was_typed_stays(writer, world):
    post = world.posts[PostState.DRAFT]

    answer = writer.submit(
        f"/posts/{post}/move", standing_on=f"/posts/{post}/move", day="2027-03-28", time="03:30"
    )

    assert answer.status_code == 422
    assert "28.03.2027 04.30" in answer.text
    assert 'value="2027-03-28"' in answer.text
    assert 'value="03:30"' in answer.text


def test_moving_an_approved_post_says_first_that_the_approval_is_lost(writer, world):
    page = writer.read(f"/posts/{world.posts[PostState.SCHEDULED]}/move?day=2026-12-03")

    assert "Siirretty julkaisu menettää hyväksyntänsä" in page
    assert 'value="2026-12-03"' in page


def test_cancelling_says_first_what_it_means(timed_bot, writer, world):
    post = world.posts[PostState.SCHEDULED]
    page = writer.read(f"/posts/{post}/cancel")

    answer = writer.submit(f"/posts/{post}/cancel", standing_on=f"/posts/{post}/cancel", back="/posts")

    assert "Peruttua julkaisua ei julkaista" in page
    assert answer.headers["location"] == f"/posts?done=cancelled#post-{post}"
