"""Today shows what needs this worker, and nothing else."""

from social_bot.organisation import alerts, heartbeats
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.notices import NoticeRow, NoticeState
from social_bot.planning.posts import PostState
from tests.conftest import NOW


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


def test_a_matter_stands_once_however_often_it_was_raised(writer, timed_bot, world):
    with timed_bot.database.write() as session:
        for number in ("2", "3"):
            alerts.raise_alert(session, AlertKind.CRISIS, f"thread:{world.thread}", now=NOW, occasion=number)
        newest = max(row.id or 0 for row in alerts.everything(session))

    page = writer.read("/")

    assert page.count("Joku voi olla vaarassa") == 1
    assert f'action="/alerts/{newest}/acknowledge"' in page
    writer.submit(f"/alerts/{newest}/acknowledge", standing_on="/")
    assert "Joku voi olla vaarassa" not in writer.read("/")


def test_an_address_that_cannot_be_reached_is_named_without_being_shown(writer, timed_bot, world):
    with timed_bot.database.write() as session:
        alert = alerts.unacknowledged(session)[0]
        for source, state in (("duty:3", NoticeState.FAILED), ("settings:1", NoticeState.SENT)):
            session.add(
                NoticeRow(
                    alert_id=alert.id or 0,
                    round=1,
                    level=1,
                    source=source,
                    address_index="x",
                    address_sealed=None,
                    state=state,
                    created_at=NOW,
                )
            )

    page = writer.read("/")

    assert "Ei tavoitettu: päivystysvuoron 3 osoite." in page
    assert "1 ilmoitus lähetetty" in page


def test_it_says_when_the_program_stands_still(writer, timed_bot, clock):
    with timed_bot.database.write() as session:
        heartbeats.beat(session, "worker", now=NOW)
    assert "Ohjelma seisoo." not in writer.read("/")

    clock.forward(minutes=6)

    page = writer.read("/")
    assert "Ohjelma seisoo." in page
    assert "ke 25.11. klo 9.00" in page
