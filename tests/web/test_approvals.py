"""Approving on pages: what waits, one post read whole, the next one, notes, what has changed."""

from datetime import timedelta

import pytest

from social_bot.planning import notes, store
from social_bot.planning.composing import move_post, submit_post
from social_bot.planning.posts import PostState
from tests.conftest import APPROVER, NOW, WRITER
from tests.web.conftest import write_post


def post_of(bot, post_id):
    with bot.database.read() as session:
        return store.get_post(session, post_id)


def test_the_list_shows_what_waits_for_this_approver_and_leads_to_the_first(approver, world):
    post = world.posts[PostState.AWAITING_APPROVAL]

    page = approver.read("/approvals")

    assert "Tule juttelemaan (awaiting_approval)." in page
    assert f'<a class="button" href="/posts/{post}/approve">Lue ensimmäinen</a>' in page


def test_nothing_waits_for_a_writer_and_the_page_says_what_it_is_for(writer, world):
    assert "Mikään ei odota hyväksyntääsi." in writer.read("/approvals")


def test_the_reading_page_tells_everything_before_the_button(approver, timed_bot, world):
    page = approver.read(f"/posts/{world.posts[PostState.AWAITING_APPROVAL]}/approve")

    before, after = page.split('<button class="main">Hyväksy</button>')
    assert "Jos tämä hyväksytään, se julkaistaan sivulla Neuvonta ke 25.11. klo 10.00." in before
    assert "Tule juttelemaan (awaiting_approval)." in before
    assert "Kom och prata (awaiting_approval)." in before
    assert "https://mallila.example/kaynti" in before
    assert WRITER in before
    assert "Palauta kirjoittajalle" in after


def test_after_approving_comes_the_next_one_and_then_the_empty_list(approver, timed_bot, world):
    first = world.posts[PostState.AWAITING_APPROVAL]
    with timed_bot.database.write() as session:
        row = write_post(session, timed_bot, PostState.AWAITING_APPROVAL)
        row.texts = {"fi": "Soita meille, kun vuokra huolettaa.", "sv": "Ring oss, när hyran oroar dig."}
        second = row.id

    ways = []
    for post in (first, second):
        page = approver.read(f"/posts/{post}/approve")
        content_hash = page.split('name="content_hash" value="')[1].split('"')[0]
        answer = approver.submit(
            f"/posts/{post}/approve", standing_on=f"/posts/{post}/approve", content_hash=content_hash
        )
        ways.append(answer.headers["location"])

    assert ways == [f"/posts/{second}/approve?done=approved", "/approvals?done=approved"]
    assert post_of(timed_bot, second).state is PostState.SCHEDULED


def test_what_the_checks_stop_has_no_button_and_is_not_approved(approver, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]
    with timed_bot.database.write() as session:
        store.get_post(session, post).texts = {"fi": "Tunnus on 131052-308T.", "sv": "Koden är 131052-308T."}

    page = approver.read(f"/posts/{post}/approve")
    answer = approver.submit(
        f"/posts/{post}/approve",
        standing_on=f"/posts/{post}/approve",
        content_hash=post_of(timed_bot, post).content.content_hash,
    )

    assert '<button class="main">Hyväksy</button>' not in page
    assert answer.status_code == 403
    assert post_of(timed_bot, post).state is PostState.AWAITING_APPROVAL


def test_a_post_is_sent_back_with_its_note_and_the_writer_sees_both(approver, browse, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]

    answer = approver.submit(
        f"/posts/{post}/send-back",
        standing_on=f"/posts/{post}/approve",
        note="Kerro myös, missä. Soita 040 123 4567.",
    )

    assert answer.headers["location"] == f"/posts/{post}?done=sent_back_masked"
    page = browse().enter(WRITER).read(f"/posts/{post}")
    assert "Kerro myös, missä." in page
    assert "040 123" not in page
    assert "Palautettu" in page
    assert post_of(timed_bot, post).state is PostState.DRAFT


def test_sending_back_without_a_note_is_refused_beside_the_field(approver, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]

    answer = approver.submit(f"/posts/{post}/send-back", standing_on=f"/posts/{post}/approve", note=" ")

    assert answer.status_code == 422
    assert "Kirjoita, mitä pitäisi muuttaa tai mitä kysyt." in answer.text
    assert 'href="#note"' in answer.text
    assert post_of(timed_bot, post).state is PostState.AWAITING_APPROVAL


def test_a_writer_asks_in_a_note_and_the_approver_reads_it_with_the_post(writer, browse, timed_bot, world):
    post = world.posts[PostState.AWAITING_APPROVAL]

    writer.submit(f"/posts/{post}/notes", standing_on=f"/posts/{post}", note="Onko tämä liian pitkä?")

    assert "Onko tämä liian pitkä?" in browse().enter(APPROVER).read(f"/posts/{post}/approve")
    with timed_bot.database.read() as session:
        [note] = notes.list_notes(session, post, cipher=timed_bot.database.cipher)
    assert (note.author, note.is_sent_back) == (WRITER, False)


def test_who_neither_writes_nor_approves_writes_no_note(coordinator, timed_bot, world):
    post = world.posts[PostState.DRAFT]

    answer = coordinator.submit(f"/posts/{post}/notes", standing_on="/posts", note="Hei")

    assert answer.status_code == 403
    assert "Kirjoita muistiinpano" not in coordinator.read(f"/posts/{post}")


def test_what_has_changed_since_the_last_approval_is_shown(approver, timed_bot, world):
    post = world.posts[PostState.SCHEDULED]
    with timed_bot.database.write() as session:
        at = NOW + timedelta(days=1)
        row = move_post(session, post, at, by=WRITER, zone=timed_bot.settings.zone, now=NOW)
        row.texts = {**row.texts, "fi": "Tule mukaan (scheduled)."}
        submit_post(session, post, by=WRITER, now=NOW)

    page = approver.read(f"/posts/{post}/approve")

    assert f"{APPROVER} hyväksyi tämän ke 25.11. klo 9.00." in page
    assert "Aika: ennen ke 25.11. klo 10.00, nyt to 26.11. klo 9.00." in page
    assert "<del>" in page
    assert "juttelemaan" in page.split("<del>")[1].split("</del>")[0]
    assert "mukaan" in page.split("<ins>")[1].split("</ins>")[0]


def test_nothing_to_compare_is_shown_for_a_first_approval(approver, world):
    page = approver.read(f"/posts/{world.posts[PostState.AWAITING_APPROVAL]}/approve")

    assert "Mikä on muuttunut hyväksynnän jälkeen" not in page


@pytest.mark.parametrize("state", [PostState.DRAFT, PostState.SCHEDULED, PostState.CANCELLED])
def test_what_does_not_wait_has_no_button_to_approve(approver, world, state):
    page = approver.read(f"/posts/{world.posts[state]}/approve")

    assert "Tämä julkaisu ei odota hyväksyntää." in page
    assert '<button class="main">Hyväksy</button>' not in page
