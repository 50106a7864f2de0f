"""The month, a post, and what may be done to it."""

import pytest

from social_bot.planning import store
from social_bot.planning.posts import PostState
from tests.conftest import APPROVER, PAGE, WRITER


def state_of(bot, post_id):
    with bot.database.read() as session:
        return store.get_post(session, post_id).state


def content_hash(bot, post_id):
    with bot.database.read() as session:
        return store.get_post(session, post_id).content.content_hash


def test_a_month_is_a_table_by_week_and_day_with_holidays_by_name(writer, world):
    page = writer.read("/posts?month=2026-12")

    assert "<h1>Joulukuu 2026</h1>" in page
    assert "vko 49" in page
    assert "su 6.12. <span" in page
    assert "Itsenäisyyspäivä" in page
    assert "Uudenvuodenaatto" in page
    assert "month=2026-11" in page
    assert "month=2027-01" in page


@pytest.mark.parametrize("month", ["2026-13", "kissa", "-1", "99999-01"])
def test_a_month_that_is_none_shows_this_month(writer, month):
    assert "Marraskuu 2026" in writer.read(f"/posts?month={month}")


def test_the_month_may_be_narrowed_to_a_page_and_a_state(writer, world):
    page = writer.read(f"/posts?page={PAGE}&state=failed")

    assert "Tule juttelemaan (failed)." in page
    assert "Tule juttelemaan (draft)." not in page
    assert "0 julkaisua" in writer.read("/posts?page=999")


def test_a_week_without_posts_says_so(writer):
    assert "Tällä viikolla ei ole julkaisuja." in writer.read("/posts?view=week&week=2026-W30")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (
            PostState.DRAFT,
            "Vielä ei lähde mitään. Kun julkaisu on hyväksytty, se julkaistaan sivulla Neuvonta",
        ),
        (
            PostState.AWAITING_APPROVAL,
            "Jos tämä hyväksytään, se julkaistaan sivulla Neuvonta ke 25.11. klo 10.00.",
        ),
        (PostState.SCHEDULED, "Julkaistaan sivulla Neuvonta ke 25.11. klo 10.00."),
        (PostState.PUBLISHING, "Julkaistaan juuri nyt sivulla Neuvonta."),
        (PostState.PUBLISHED, "Julkaistiin sivulla Neuvonta ke 25.11. klo 9.00."),
        (PostState.FAILED, "Älä lähetä mitään, ja lue sivun tukipostilaatikko."),
        (PostState.UNCONFIRMED, "Katso sivua Facebookissa. Jos julkaisu on siellä, kerro se."),
        (PostState.MISSED, "Lähetä se nyt, jos siitä on vielä hyötyä."),
        (PostState.EXPIRED, "Anna sille uusi aika"),
        (PostState.CANCELLED, "Tätä ei julkaista."),
        (PostState.HELD, "Tämä odottaa."),
    ],
)
def test_a_post_says_what_happens_to_it(writer, world, state, sentence):
    page = writer.read(f"/posts/{world.posts[state]}")

    assert sentence in page
    assert f"Kom och prata ({state.value})." in page


def test_codes_of_the_platform_are_kept_under_technical_details(writer, world):
    page = writer.read(f"/posts/{world.posts[PostState.FAILED]}")

    before, details = page.split("<summary>Tekniset tiedot</summary>")
    assert "Trace123" in details
    assert "368" in details
    assert "Trace123" not in before


def test_a_draft_is_sent_for_approval(writer, timed_bot, world):
    post = world.posts[PostState.DRAFT]

    writer.submit(f"/posts/{post}/submit", standing_on=f"/posts/{post}")

    assert state_of(timed_bot, post) is PostState.AWAITING_APPROVAL
    assert "Julkaisu odottaa nyt hyväksyntää." in writer.read(f"/posts/{post}?done=submitted")


def test_an_approver_approves_what_they_have_read(approver, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]

    answer = approver.submit(
        f"/posts/{post}/approve",
        standing_on=f"/posts/{post}",
        content_hash=content_hash(timed_bot, post),
    )

    assert answer.status_code == 303
    with timed_bot.database.read() as session:
        row = store.get_post(session, post)
    assert (row.state, row.approved_by) == (PostState.SCHEDULED, APPROVER)


def test_a_post_that_changed_meanwhile_is_not_approved(approver, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]

    answer = approver.submit(f"/posts/{post}/approve", standing_on=f"/posts/{post}", content_hash="0" * 64)

    assert answer.status_code == 403
    assert "Julkaisua muutettiin, kun luit sitä." in answer.text
    assert state_of(timed_bot, post) is PostState.AWAITING_APPROVAL


def test_nobody_approves_their_own_post(approver, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]
    with timed_bot.database.write() as session:
        store.get_post(session, post).author = APPROVER

    page = approver.read(f"/posts/{post}")
    answer = approver.submit(
        f"/posts/{post}/approve",
        standing_on=f"/posts/{post}",
        content_hash=content_hash(timed_bot, post),
    )

    assert "Kirjoitit tai muutit julkaisua itse, joten sen hyväksyy joku muu." in page
    assert f"/posts/{post}/approve" not in page
    assert answer.status_code == 403
    assert f"Hyväksyjän pitää olla joku muu kuin kirjoittaja. Tämän kirjoitti {APPROVER}." in answer.text
    assert state_of(timed_bot, post) is PostState.AWAITING_APPROVAL


def test_a_writer_cannot_approve(writer, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]

    answer = writer.submit(
        f"/posts/{post}/approve",
        standing_on=f"/posts/{post}",
        content_hash=content_hash(timed_bot, post),
    )

    assert answer.status_code == 403
    assert f"Tähän tarvitaan rooli hyväksyjä, ja sitä ei ole työntekijällä {WRITER}." in answer.text


@pytest.mark.parametrize("act", ["cancel", "there", "send-again", "move", "submit"])
def test_a_coordinator_changes_no_post(coordinator, timed_bot, world, act):
    post = world.posts[PostState.UNCONFIRMED]

    answer = coordinator.submit(
        f"/posts/{post}/{act}", standing_on="/posts", external_id="77", day="2026-12-01", time="09:00"
    )

    assert answer.status_code == 403
    assert state_of(timed_bot, post) is PostState.UNCONFIRMED


def test_a_scheduled_post_is_cancelled(writer, timed_bot, world):
    post = world.posts[PostState.SCHEDULED]

    writer.submit(f"/posts/{post}/cancel", standing_on=f"/posts/{post}")

    assert state_of(timed_bot, post) is PostState.CANCELLED


def test_a_published_post_is_not_cancelled_and_the_page_says_why(writer, world):
    post = world.posts[PostState.PUBLISHED]

    answer = writer.submit(f"/posts/{post}/cancel", standing_on=f"/posts/{post}")

    assert answer.status_code == 403
    assert "julkaisun tila on: julkaistu. Siitä ei pääse tilaan: peruttu." in answer.text


@pytest.mark.parametrize("typed", ["4711", f"{PAGE}_4711"])
def test_an_unconfirmed_post_that_is_there_becomes_published(writer, timed_bot, world, typed):
    post = world.posts[PostState.UNCONFIRMED]

    writer.submit(f"/posts/{post}/there", standing_on="/", external_id=typed)

    with timed_bot.database.read() as session:
        row = store.get_post(session, post)
    assert (row.state, row.external_id) == (PostState.PUBLISHED, f"{PAGE}_4711")


@pytest.mark.parametrize("typed", ["", "tuolla", "999_4711", "_", "https://facebook.example/4711"])
def test_what_is_no_number_of_a_post_is_refused(writer, timed_bot, world, typed):
    post = world.posts[PostState.UNCONFIRMED]

    answer = writer.submit(f"/posts/{post}/there", standing_on="/", external_id=typed)

    assert answer.status_code == 422
    assert "Kirjoita julkaisun numero" in answer.text
    assert state_of(timed_bot, post) is PostState.UNCONFIRMED


@pytest.mark.parametrize("state", [PostState.UNCONFIRMED, PostState.MISSED])
def test_a_person_may_send_again_what_is_not_there(writer, timed_bot, world, state):
    post = world.posts[state]

    writer.submit(f"/posts/{post}/send-again", standing_on="/")

    assert state_of(timed_bot, post) is PostState.SCHEDULED


def test_a_failed_post_gets_a_new_time_and_is_a_draft_again(writer, timed_bot, world):
    post = world.posts[PostState.FAILED]

    writer.submit(f"/posts/{post}/move", standing_on=f"/posts/{post}", day="2026-12-01", time="09:00")

    page = writer.read(f"/posts/{post}")
    assert state_of(timed_bot, post) is PostState.DRAFT
    assert "ti 1.12. klo 9.00" in page


@pytest.mark.parametrize(
    ("day", "time", "sentence"),
    [
        ("2027-03-28", "03:30", "koska kelloa siirretään sinä yönä eteenpäin"),
        ("2027-10-31", "03:30", "koska kelloa siirretään sinä yönä taaksepäin"),
        ("2026-11-24", "09:00", "Tämä aika on mennyt."),
        ("", "", "on epäselvä"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_its_reason(writer, world, day, time, sentence):
    post = world.posts[PostState.DRAFT]

    answer = writer.submit(f"/posts/{post}/move", standing_on=f"/posts/{post}", day=day, time=time)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_picture_is_shown_with_its_alternative_text(writer, timed_bot, world):
    with timed_bot.database.read() as session:
        post = next(row for row in store.list_posts(session, campaign_id=world.campaign) if row.pictures)

    page = writer.read(f"/posts/{post.id}")
    answer = writer.get(f"/media/{post.pictures[0]['file']}")

    assert f'alt="{post.content.alt_text(post.content.pictures[0])}"' in page
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("file", ["nothing.png", "..%2F..%2Fsecret.key", "%2e%2e"])
def test_nothing_outside_the_media_folder_is_served(writer, file):
    assert writer.get(f"/media/{file}").status_code == 404


def test_a_campaign_shows_its_posts_and_goals(writer, world):
    page = writer.read(f"/campaigns/{world.campaign}")

    assert "<h1>Keitä me olemme</h1>" in page
    assert "Seuraajat" in page
    assert "Ei vielä saatavilla" in page
    assert "<strong>0" not in page.split("Reaktiot")[0]


def test_campaigns_lists_the_started_and_the_ready_made(writer, world):
    page = writer.read("/campaigns")

    assert f'href="/campaigns/{world.campaign}"' in page
    assert 'href="/campaigns/ready/mall_visit"' in page


@pytest.mark.parametrize("path", ["/posts/999", "/campaigns/999", "/inbox/999"])
def test_what_does_not_exist_is_not_found_in_words(writer, path):
    assert "Tätä ei tehty" in writer.read(path, status=404)
