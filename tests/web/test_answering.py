"""Answering in person, texts, topics and misunderstood messages as pages."""

import re
from html import unescape

import pytest

from social_bot.answering import callbacks, misunderstandings, speaking, store, texts
from social_bot.answering.comment_policy import Matter
from social_bot.answering.comment_store import DeedKind, list_deeds
from social_bot.answering.store import CallbackState, Direction
from social_bot.answering.threads import Owner
from social_bot.organisation import alerts, pages
from tests.conftest import APPROVER, NOW, PAGE, WRITER

WORDS = "Hei, täällä vastaa ihminen."


@pytest.fixture
def thread(timed_bot, world):
    """The world's thread, of which somebody has taken the alert."""
    with timed_bot.database.write() as session:
        alerts.take(session, f"thread:{world.thread}", by=WRITER, now=timed_bot.now())
    return world.thread


def row_of(bot, thread_id):
    with bot.database.read() as session:
        return store.get_thread(session, thread_id)


def newest(bot, thread_id):
    with bot.database.read() as session:
        rows = store.list_messages(session, [thread_id])
        return next(row for row in reversed(rows) if row.direction is Direction.OUTBOUND)


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_an_answer_is_written_from_the_conversation(writer, timed_bot, thread):
    page = f"/inbox/{thread}"
    answer = writer.submit(f"{page}/answer", standing_on=page, text=WORDS)

    assert answer.headers["location"] == f"{page}?done=answered"
    assert row_of(timed_bot, thread).owner is Owner.HUMAN
    assert newest(timed_bot, thread).by == WRITER
    assert "Merkitty: vastauksesi lähtee." in writer.read(f"{page}?done=answered")
    assert WORDS in writer.read(page)


def test_doubtful_words_come_back_named_and_are_sent_with_the_second_press(writer, timed_bot, thread):
    page, text = f"/inbox/{thread}", "Hakemuksesi on saapunut. Soita 040 123 4567."
    first = writer.submit(f"{page}/answer", standing_on=page, text=text)
    insisted = hidden(first.text, "insisted")
    changed = writer.submit(f"{page}/answer", standing_on=page, text=text + " Hei.", insisted=insisted)
    second = writer.submit(f"{page}/answer", standing_on=page, text=text, insisted=insisted)

    assert first.status_code == changed.status_code == 422
    assert 'Kertoo omasta asiasta tai asiakkuudesta: "Hakemuksesi"' in unescape(first.text)
    assert 'Puhelinnumero: "040 123 4567"' in unescape(first.text)
    assert "Lähetä silti" in first.text
    assert text in first.text
    assert second.status_code == 303
    assert "040 123 4567" not in writer.read(page)


def test_a_phrase_is_put_into_what_was_typed_without_a_script(writer, thread):
    page = f"/inbox/{thread}"
    found = writer.submit(f"{page}/answer", standing_on=page, text="Moi", find="1", search="tulkin")
    used = writer.submit(
        f"{page}/answer", standing_on=page, text="Moi", use="phrase_interpreter", language="fi"
    )

    assert found.text.count('name="use"') == 1
    assert ">Moi</textarea>" in found.text
    assert ">Moi\n\nVoimme tilata tulkin" in used.text


def test_after_seven_days_the_page_says_why_and_offers_the_phone(writer, clock, timed_bot, thread):
    clock.forward(days=7)
    writer.enter(WRITER)
    page = writer.read(f"/inbox/{thread}")

    assert "Ihmisen viestistä on yli seitsemän päivää." in page
    assert "Puhu ihmisen kanssa: 0XX XXX XXXX" in page
    assert "<textarea" not in page
    refused = writer.submit(f"/inbox/{thread}/answer", standing_on="/callbacks", text=WORDS)
    assert refused.status_code == 403


def test_the_matter_is_marked_as_moved(writer, timed_bot, thread):
    writer.submit(f"/inbox/{thread}/move", standing_on=f"/inbox/{thread}")

    row = row_of(timed_bot, thread)
    assert (row.is_open, row.waits_for_person, row.moved_by) == (False, False, WRITER)
    assert "Siirretty asiakastietojärjestelmään" in writer.read("/inbox?show=closed")


def test_the_alert_of_danger_is_taken_in_the_conversation_and_with_the_comment(writer, timed_bot, world):
    comment = world.comments[Matter.DANGER]
    with timed_bot.database.write() as session:
        alerts.raise_alert(session, alerts.AlertKind.CRISIS, f"comment:{comment}", now=NOW)
    in_danger = writer.read(f"/inbox/{world.thread}")
    writer.submit(f"/inbox/{world.thread}/take", standing_on="/inbox")
    writer.submit(f"/comments/{comment}/take", standing_on="/comments")

    with timed_bot.database.read() as session:
        open_subjects = {alert.subject for alert in alerts.unacknowledged(session)}
    assert "Otan tämän hoitaakseni" in in_danger
    assert not open_subjects & {f"thread:{world.thread}", f"comment:{comment}"}


def test_the_list_tells_scripts_who_waits_and_people_for_how_long(writer, timed_bot, thread, clock):
    with timed_bot.database.write() as session:
        row = store.get_thread(session, thread)
        row.crisis, row.waits_for_person = None, True
        session.add(row)
    clock.forward(hours=2)
    page = writer.read("/inbox?show=waiting")

    assert f'data-waiting="{thread}"' in page
    assert "Odottanut aukioloaikaa 2 tuntia." in page
    assert '<p id="news" class="news" role="status"' in page


def test_business_suite_is_linked_on_a_live_page_without_the_persons_id(
    writer, timed_bot, thread, monkeypatch
):
    practice = writer.read(f"/inbox/{thread}")
    with timed_bot.database.write() as session:
        page = pages.get(session, PAGE)
        page.is_live = True
        session.add(page)

    assert "business.facebook.com" not in practice


def test_a_comment_is_answered_as_the_page_and_doubts_are_shown_there(writer, timed_bot, world):
    comment = world.comments[Matter.INDIVIDUAL]
    doubt = writer.submit(f"/comments/{comment}/own", standing_on="/comments", text="Hakemuksesi on täällä.")
    answer = writer.submit(f"/comments/{comment}/own", standing_on="/comments", text="Soita meille.")

    with timed_bot.database.read() as session:
        kinds = [deed.kind for deed in list_deeds(session, [comment])]
    assert doubt.status_code == 422
    assert "Hakemuksesi on täällä.</textarea>" in doubt.text
    assert answer.headers["location"] == "/comments?done=comment_own"
    assert kinds == [DeedKind.REPLY]


def test_a_text_is_proposed_by_one_and_approved_by_another(writer, approver, timed_bot, world):
    page = "/texts/debt/fi"
    proposed = writer.submit(page, standing_on=page, text="Velkaneuvonta auttaa. {{ phone_main }}")
    as_writer = writer.read(page)
    as_approver = approver.read(page)
    with timed_bot.database.read() as session:
        version = texts.get_state(session, "debt", "fi", today=NOW.date()).proposals[0]
    form = as_approver.split(f"{version.id}/approve")[1]
    approved = approver.submit(
        f"{page}/{version.id}/approve",
        standing_on=page,
        digest=hidden(form, "digest"),
        valid_until="31.12.2026",
    )

    assert proposed.headers["location"] == f"{page}?done=text_proposed"
    assert "Velkaneuvonta auttaa. 0XX XXX XXXX" in as_writer
    assert f"/{version.id}/approve" not in as_writer
    assert "<ins>" in as_approver
    assert "<del>" in as_approver
    assert approved.status_code == 303
    with timed_bot.database.read() as session:
        state = texts.get_state(session, "debt", "fi", today=NOW.date())
    assert state.in_force is not None
    assert (state.in_force.version, str(state.in_force.valid_until)) == (2, "2026-12-31")


def test_what_cannot_be_sent_comes_back_beside_the_field(writer, world):
    answer = writer.submit("/texts/debt/fi", standing_on="/texts/debt/fi", text="{{ nonsense }}")

    assert answer.status_code == 422
    assert 'Asetusta "nonsense" ei ole.' in unescape(answer.text)
    assert "{{ nonsense }}</textarea>" in answer.text


@pytest.mark.parametrize(
    ("query", "shown", "not_shown"),
    [
        ("need=speaker", "Palvelu muilla kielillä (venäjä)", "Velat ja ulosotto"),
        ("need=waiting", "Yksikään teksti ei ole tässä tilassa.", "Velat ja ulosotto"),
        ("lang_of=sv", "Velat ja ulosotto", "Palvelu muilla kielillä (venäjä)"),
        ("place=phrase", "Tule käymään", "Velat ja ulosotto"),
    ],
)
def test_texts_are_found_by_state_language_and_place(writer, world, query, shown, not_shown):
    page = writer.read(f"/texts?{query}")

    assert shown in page
    assert not_shown not in page.split("<main")[1]


def test_a_text_for_speakers_of_another_language_is_read_and_approved_with_a_name(approver, timed_bot, world):
    page = "/texts/other_language/ru"
    shown = approver.read(page)
    with timed_bot.database.read() as session:
        version = texts.get_state(session, "other_language", "ru", today=NOW.date()).shown
    fields = {"digest": version.content_hash}
    refused = approver.submit(f"{page}/{version.id}/approve", standing_on=page, **fields)
    done = approver.submit(f"{page}/{version.id}/approve", standing_on=page, checked_by="Tulkki", **fields)

    assert "Kuka on tarkistanut tekstin?" in shown
    assert (refused.status_code, done.status_code) == (422, 303)


def test_a_tried_message_shows_what_the_bot_would_do_and_stores_nothing(writer, timed_bot, world):
    with timed_bot.database.read() as session:
        before = len(store.list_threads(session))
    answer = writer.submit("/topics", standing_on="/topics", text="Kuka auttaa velkojen kanssa?")

    assert "Botti pitää viestiä yleisenä kysymyksenä" in answer.text
    assert "Velat ja ulosotto" in answer.text
    assert '<a href="/texts/debt/fi">' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    with timed_bot.database.read() as session:
        assert len(store.list_threads(session)) == before


def test_an_approver_leaves_a_topic_to_people_and_a_writer_does_not(writer, approver, world):
    refused = writer.submit("/topics/debt", standing_on="/topics/debt", on="no")
    approver.submit("/topics/debt", standing_on="/topics/debt", on="no")

    assert refused.status_code == 403
    assert "Ihmiset vastaavat" in writer.read("/topics")
    assert "ulosotto" in writer.read("/topics/debt")


def test_a_misunderstood_message_is_collected_read_and_exported(writer, timed_bot, world):
    page = f"/inbox/{world.thread}"
    with timed_bot.database.read() as session:
        question = store.list_messages(session, [world.thread])[0].id
    writer.submit(f"{page}/misunderstood/{question}", standing_on=page, label="debt")
    collected, listed = writer.read(page), writer.read("/misunderstood")
    with timed_bot.database.read() as session:
        row = misunderstandings.everything(session)[0].id
    before = writer.read("/misunderstood/topics.tsv")
    writer.submit(f"/misunderstood/{row}/confirm", standing_on="/misunderstood")
    after = writer.read("/misunderstood/topics.tsv")
    writer.submit(f"/misunderstood/{row}/delete", standing_on="/misunderstood")

    assert "Kerätty väärin ymmärrettynä. Viesti koski: Velat ja ulosotto." in collected
    assert "[••• puhelin]" in listed
    assert before == "lang\ttext\ttopic\n"
    assert after.splitlines()[1].startswith("fi\tMissä haen toimeentulotukea?")
    assert after.splitlines()[1].endswith("\tdebt")
    assert writer.read("/misunderstood/topics.tsv") == before
    writer.read("/misunderstood/nothing.tsv", status=404)


def test_a_request_that_nobody_takes_up_says_so_and_stays(writer, timed_bot, world, clock):
    clock.forward(days=40)
    with timed_bot.database.write() as session:
        callbacks.warn_of_forgotten(session, timed_bot.organisation(session), now=clock())

    page = writer.enter(WRITER).read("/callbacks")

    assert "Kukaan ei ole soittanut. Numeron säilytysaika päättyy" in page
    with timed_bot.database.read() as session:
        assert store.list_callbacks(session)[0].state is CallbackState.REQUESTED


def test_a_coordinator_reads_and_does_nothing(coordinator, timed_bot, thread):
    page = coordinator.read(f"/inbox/{thread}")

    assert "<textarea" not in page
    for path, fields in (
        (f"/inbox/{thread}/answer", {"text": WORDS}),
        (f"/inbox/{thread}/move", {}),
        ("/texts/debt/fi", {"text": "Omat sanat."}),
    ):
        assert coordinator.submit(path, standing_on="/inbox", **fields).status_code == 403
    assert speaking.window(row_of(timed_bot, thread).last_inbound_at, NOW) is not None
    assert APPROVER not in page or "hyväksyjä" in page
