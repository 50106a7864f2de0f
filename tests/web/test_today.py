"""Today shows what needs this worker, and nothing else."""

from social_bot.organisation import alerts
from social_bot.planning.posts import PostState


def test_danger_comes_first_and_is_taken_by_name(writer, timed_bot, world):
    page = writer.read("/")

    with timed_bot.database.read() as session:
        first = alerts.unacknowledged(session)[0]
    assert page.index("Joku voi olla vaarassa") < page.index("Julkaisu epäonnistui.")
    assert f'href="/inbox/{world.thread}"' in page
    answer = writer.submit(f"/alerts/{first.id}/acknowledge", standing_on="/")
    assert answer.headers["location"] == "/?done=acknowledged"
    assert "Merkitty: sinä hoidat tämän." in writer.read("/?done=acknowledged")
    with timed_bot.database.read() as session:
        assert first.id not in [alert.id for alert in alerts.unacknowledged(session)]


def test_a_writer_sees_troubles_people_and_calls_but_no_approvals(writer, world):
    page = writer.read("/")

    assert "Varmistamatta" in page
    assert "Facebook ei vastannut. Emme tiedä, ehtikö julkaisu sivulle." in page
    assert "Keskustelut, jotka odottavat ihmistä" in page
    assert "Soittoa pyytäneet" in page
    assert "Julkaisut, jotka odottavat hyväksyntääsi" not in page


def test_an_approver_sees_what_others_wrote(approver, world):
    page = approver.read("/")

    assert "Julkaisut, jotka odottavat hyväksyntääsi" in page
    assert "Tule juttelemaan (awaiting_approval)." in page


def test_a_coordinator_sees_no_conversations_and_no_calls(coordinator, world):
    page = coordinator.read("/")

    assert "Joku voi olla vaarassa" in page
    assert "Keskustelut, jotka odottavat ihmistä" not in page
    assert "Soittoa pyytäneet" not in page


def test_todays_posts_are_shown_with_their_state_in_words(writer, world):
    page = writer.read("/")

    assert f'href="/posts/{world.posts[PostState.SCHEDULED]}"' in page
    assert "<span>Ajastettu</span>" in page


def test_when_nothing_waits_it_says_what_to_do(writer):
    page = writer.read("/")

    assert "Mikään ei odota sinua juuri nyt." in page
    assert "Tänään ei julkaista mitään." in page
