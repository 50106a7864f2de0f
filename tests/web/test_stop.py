"""The emergency stop as a worker sees it: pressed, shown on every page, released by another."""

import pytest

from social_bot.organisation import operators, stop
from social_bot.organisation.roles import Role
from social_bot.planning import holds, store
from social_bot.planning.posts import PostState
from tests.conftest import NOW, PAGE, WRITER

REASON = "Väärä puhelinnumero <b>"


def press(writer, **fields):
    form = {"page": "all", "what": "posts", "reason": REASON, **fields}
    return writer.submit("/stop", standing_on="/stop", **form)


def state_of(bot, post_id):
    with bot.database.read() as session:
        return store.get_post(session, post_id).state


def test_the_page_tells_how_many_posts_would_be_held_on_each_page(writer, world, timed_bot):
    with timed_bot.database.read() as session:
        count = len(store.list_posts(session, states=[PostState.SCHEDULED]))

    page = writer.read("/stop")

    assert f'Neuvonta <span class="meta">{count} ajastettua julkaisua jää pitoon' in page
    assert count > 1


def test_a_stop_holds_the_posts_and_shows_on_every_page_of_the_staffs(writer, world, timed_bot):
    answer = press(writer)

    assert answer.headers["location"] == "/stop?done=stopped"
    assert state_of(timed_bot, world.posts[PostState.SCHEDULED]) is PostState.HELD
    for path in (
        "/",
        "/posts",
        "/inbox",
        "/goals",
        "/nowhere/else",
        f"/posts/{world.posts[PostState.DRAFT]}",
    ):
        page = writer.get(path).text
        if path != "/nowhere/else":
            assert "Kaikkien sivujen julkaisut on pysäytetty." in page
            assert "Väärä puhelinnumero &lt;b&gt;" in page
            assert WRITER in page


def test_residents_see_nothing_of_it(writer, anybody, world):
    press(writer)

    assert "pysäytetty" not in anybody.read("/callback")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": ""}, "Kirjoita, miksi pysäytät."),
        ({"what": ""}, "Valitse, pysäytetäänkö myös automaattiset vastaukset."),
        ({"page": ""}, "Valitse, mitä pysäytetään"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_stopped(writer, timed_bot, fields, sentence):
    answer = press(writer, **fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    with timed_bot.database.read() as session:
        assert stop.standing(session) == []


def test_a_writer_is_told_who_releases_and_cannot(writer, world, timed_bot):
    press(writer)
    with timed_bot.database.read() as session:
        (row,) = stop.standing(session)

    page = writer.read(f"/stop/{row.id}/release")
    answer = writer.submit(f"/stop/{row.id}/release", standing_on="/stop")

    assert "Hyväksyjä tai pääkäyttäjä vapauttaa pysäytyksen." in page
    assert answer.status_code == 403
    assert state_of(timed_bot, world.posts[PostState.SCHEDULED]) is PostState.HELD


def test_an_approver_sees_what_comes_back_and_releases(writer, approver, world, timed_bot, clock):
    press(writer)
    with timed_bot.database.read() as session:
        (row,) = stop.standing(session)
    clock.forward(minutes=90)

    page = approver.read(f"/stop/{row.id}/release")
    answer = approver.submit(f"/stop/{row.id}/release", standing_on="/stop")

    assert "lähtee heti" in page
    assert answer.headers["location"] == "/stop?done=released"
    assert state_of(timed_bot, world.posts[PostState.SCHEDULED]) is PostState.SCHEDULED
    assert "pysäytetty" not in approver.read("/")


def test_one_post_is_let_go_alone(writer, approver, world, timed_bot):
    press(writer)

    post = world.posts[PostState.SCHEDULED]
    answer = approver.submit(f"/stop/posts/{post}/release", standing_on="/stop")

    assert answer.headers["location"] == "/stop?done=post_released"
    assert state_of(timed_bot, post) is PostState.SCHEDULED
    assert "Päästä tämä" in approver.read("/stop")


def test_a_stop_of_one_page_names_it(writer, world):
    press(writer, page=PAGE, what="answers")

    assert "Sivun Neuvonta julkaisut ja automaattiset vastaukset on pysäytetty." in writer.read("/goals")


def test_a_held_post_says_why(writer, world, timed_bot):
    press(writer)

    assert "Hätäpysäytys pitää sitä." in writer.read(f"/posts/{world.posts[PostState.SCHEDULED]}")


def test_a_post_held_for_its_campaign_is_not_shown_as_held_by_the_stop(approver, world, timed_bot):
    with timed_bot.database.write() as session:
        operators.add(session, WRITER, [Role.WRITER], now=NOW, by="test")
        campaign = store.get_campaign(session, world.campaign)
        campaign.paused_at, campaign.paused_by = NOW, WRITER
        session.add(campaign)
    press(approver)

    with timed_bot.database.read() as session:
        held = store.list_posts(session, campaign_id=world.campaign, states=[PostState.HELD])

    assert held
    assert {post.reason for post in held} <= {holds.STOPPED, holds.PAUSED}
