"""Series on pages: begun with its days in sight, one day left out, changed with its effects told, approved whole."""

from datetime import date

import pytest

from social_bot.planning import series_store, store
from social_bot.planning.posts import PostState
from tests.conftest import PAGE

FORM = {
    "page": PAGE,
    "kind": "outreach_event",
    "often": "every",
    "weekday": "2",
    "time": "10:00",
    "first": "2026-11-25",
    "last": "2027-05-31",
    "holidays": "skip",
    "skipped": "23.12.",
    "text-fi": "Tule {päivä} klo {aika}: {paikka}.",
    "text-sv": "Kom {dag} kl. {tid}: {plats}.",
    "place-fi": "kirjasto",
    "place-sv": "biblioteket",
    "hours": "12–14",
    "link": "",
}


@pytest.fixture
def series(writer, timed_bot) -> int:
    answer = writer.submit("/series/new", standing_on="/series/new", act="begin", **FORM)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].split("/")[2].split("?")[0])


def posts(bot, series_id):
    with bot.database.read() as session:
        return series_store.posts_by_day(session, series_id)


def test_an_empty_list_says_what_a_series_is_for(writer):
    assert "Sama aika ja sama paikka auttavat" in writer.read("/series")


def test_a_series_is_begun_and_its_posts_wait(writer, timed_bot, series):
    page = writer.read(f"/series/{series}")

    assert "<h1>Joka keskiviikko klo 12–14, kirjasto</h1>" in page
    assert "ke 2.12. klo 10.00" in page
    assert "ke 23.12." not in page
    assert "kirjoitetaan myöhemmin" in page
    assert {post.state for post in posts(timed_bot, series).values()} == {PostState.AWAITING_APPROVAL}
    assert f'href="/series/{series}"' in writer.read("/series")


def test_the_days_are_shown_before_anything_is_written(writer, timed_bot):
    answer = writer.submit(
        "/series/new", standing_on="/series/new", act="show", **{**FORM, "page": "", "text-fi": ""}
    )

    assert answer.status_code == 200
    assert "ke 2.12. klo 10.00" in answer.text
    assert "Sarja ei alkanut" not in answer.text
    with timed_bot.database.read() as session:
        assert series_store.list_series(session) == []


def test_the_days_are_told_to_the_pages_script(writer):
    page = writer.read(
        "/series/dates?often=every&weekday=2&time=09:00&first=2026-12-01&last=2026-12-31&holidays=skip"
    )

    assert "5 julkaisua tulossa" in page
    assert "<html" not in page


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"page": ""}, "page", "Valitse sivu."),
        ({"kind": "kissa"}, "kind", "Valitse, mistä julkaisut kertovat."),
        ({"text-sv": ""}, "text-sv", "Kirjoita teksti organisaation kaikilla kielillä."),
        ({"text-fi": "{nimi}"}, "text-fi", "jota sarja ei tunne"),
        ({"place-fi": ""}, "text-fi", "Kerro omassa kentässään"),
        ({"time": "25:00"}, "time", "Mikään kello ei näytä"),
        ({"last": "2026-11-01"}, "last", "Viimeinen päivä on ennen ensimmäistä."),
        ({"skipped": "joulu"}, "skipped", "on epäselvä"),
        ({"link": "javascript:alert(1)"}, "link", "Kirjoita linkin koko osoite"),
        ({"often": "joskus"}, "often", "Valitse, kuinka usein sarja toistuu."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_written(
    writer, timed_bot, changes, field, sentence
):
    answer = writer.submit("/series/new", standing_on="/series/new", act="begin", **{**FORM, **changes})

    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert sentence in answer.text
    assert "Kom {dag}" in answer.text or field == "text-sv"
    with timed_bot.database.read() as session:
        assert series_store.list_series(session) == []


def test_a_series_begins_from_a_post_with_its_pictures(writer, timed_bot, world):
    with timed_bot.database.read() as session:
        post = next(row for row in store.list_posts(session, campaign_id=world.campaign) if row.pictures)
    page = writer.read(f"/series/new?post={post.id}")

    answer = writer.submit(
        "/series/new",
        standing_on="/series/new",
        act="begin",
        **{**FORM, "text-fi": "Hei.", "text-sv": "Hej.", "from_post": str(post.id)},
    )

    assert post.texts["fi"].split("\n")[0] in page
    series_id = int(answer.headers["location"].split("/")[2].split("?")[0])
    assert {row.pictures[0]["file"] for row in posts(timed_bot, series_id).values()} == {
        post.pictures[0]["file"]
    }


def test_one_day_is_left_out(writer, timed_bot, series):
    answer = writer.submit(f"/series/{series}/skip", standing_on=f"/series/{series}", day="2026-12-02")

    assert answer.headers["location"] == f"/series/{series}?done=series_skipped"
    assert posts(timed_bot, series)[date(2026, 12, 2)].state is PostState.CANCELLED


def test_ending_tells_which_posts_are_cancelled_first(writer, timed_bot, series):
    page = writer.read(f"/series/{series}/end")

    writer.submit(f"/series/{series}/end", standing_on=f"/series/{series}/end")

    assert "ke 2.12. klo 10.00" in page
    assert {post.state for post in posts(timed_bot, series).values()} == {PostState.CANCELLED}
    assert "Tämä sarja on päättynyt." in writer.read(f"/series/{series}")


def test_a_change_is_looked_at_before_it_is_made(writer, timed_bot, series):
    form = {
        "from": "2026-12-09",
        "often": "every",
        "weekday": "2",
        "time": "10:00",
        "hours": "9–11",
        "place-fi": "kirjasto",
        "place-sv": "biblioteket",
    }
    way = f"/series/{series}/change"

    looked = writer.submit(way, standing_on=way, act="look", **form)
    before = posts(timed_bot, series)[date(2026, 12, 9)].texts["fi"]
    made = writer.submit(way, standing_on=way, act="change", **form)

    assert "4 tulevaa julkaisua muuttuu ja tarvitsee uuden hyväksynnän:" in looked.text
    assert "Muutoksesta kertova julkaisu kirjoitetaan sinulle valmiiksi" in looked.text
    assert before == "Tule ke 9.12. klo 12–14: kirjasto."
    new = int(made.headers["location"].split("/")[2].split("?")[0])
    assert posts(timed_bot, new)[date(2026, 12, 9)].texts["fi"] == "Tule ke 9.12. klo 9–11: kirjasto."
    with timed_bot.database.read() as session:
        [told] = [post for post in store.list_posts(session) if post.kind == "hours_change"]
    assert told.state is PostState.DRAFT


def test_a_change_that_changes_nothing_says_so(writer, series):
    way = f"/series/{series}/change"
    form = {
        "from": "2026-12-09",
        "often": "every",
        "weekday": "2",
        "time": "10:00",
        "hours": "12–14",
        "place-fi": "kirjasto",
        "place-sv": "biblioteket",
    }

    answer = writer.submit(way, standing_on=way, act="look", **form)

    assert answer.status_code == 422
    assert "Mikään ei muuttuisi." in answer.text


def test_the_posts_of_a_series_are_approved_at_once_each_as_it_was_shown(approver, timed_bot, series):
    way = f"/series/{series}/approve"
    page = approver.read(way)
    shown = [part.split('"')[0] for part in page.split('name="post" value="')[1:]]

    answer = approver.post(way, data={"token": approver.token(way), "post": shown[:2]})

    assert len(shown) == 6
    assert page.count("kirjasto.") == 6
    assert answer.status_code == 303
    states = [post.state for post in posts(timed_bot, series).values()]
    assert states.count(PostState.SCHEDULED) == 2
    assert states.count(PostState.AWAITING_APPROVAL) == 4


def test_a_post_that_changed_meanwhile_stops_the_whole_approval(approver, timed_bot, series):
    way = f"/series/{series}/approve"
    shown = [part.split('"')[0] for part in approver.read(way).split('name="post" value="')[1:]]
    with timed_bot.database.write() as session:
        second = int(shown[1].split(":")[0])
        store.get_post(session, second).texts = {"fi": "Toinen.", "sv": "En annan."}

    answer = approver.post(way, data={"token": approver.token(way), "post": shown})

    assert answer.status_code == 403
    assert {post.state for post in posts(timed_bot, series).values()} == {PostState.AWAITING_APPROVAL}


def test_no_other_post_is_approved_through_a_series(approver, timed_bot, world, series):
    way = f"/series/{series}/approve"
    with timed_bot.database.read() as session:
        other = store.get_post(session, world.posts[PostState.AWAITING_APPROVAL])

    answer = approver.post(
        way, data={"token": approver.token(way), "post": f"{other.id}:{other.content.content_hash}"}
    )

    assert answer.status_code == 403
    assert "ei kuulu tähän sarjaan" in answer.text


def test_a_coordinator_reads_series_and_begins_none(coordinator, timed_bot, series):
    page = coordinator.read(f"/series/{series}")
    answer = coordinator.submit("/series/new", standing_on="/series/new", act="begin", **FORM)

    assert "Jätä" not in page.split("<main")[1].split("Tulevat julkaisut")[1]
    assert answer.status_code == 403
