"""The approved texts: one proposes, another approves what they have read, and our own words are not overwritten."""

from datetime import date, timedelta

import pytest

from social_bot.answering import text_use, texts
from social_bot.answering.replies import (
    TextVersionRow,
    approve_texts,
    load_library,
    shipped_texts,
    take_in_shipped,
    text_hash,
)
from social_bot.answering.store import Direction
from social_bot.answering.texts import Place, Standing
from social_bot.errors import InvalidInput, NotAllowed
from tests.answering.talking import delivery, messages, receive, said, send_all
from tests.conftest import APPROVER, NOW, WRITER

TODAY = date(2026, 11, 25)
OTHER = "Toinen hyväksyjä"


@pytest.fixture
def approved(bot):
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
    return bot


def state_of(bot, key="debt", language="fi", *, today=TODAY):
    with bot.database.read() as session:
        return texts.get_state(session, key, language, today=today)


def write(bot, text, *, key="debt", language="fi", by=WRITER):
    with bot.database.write() as session:
        organisation = bot.organisation(session)
        return texts.write_version(session, key, language, text, by=by, organisation=organisation, now=NOW).id


def approve(bot, version_id, *, by=APPROVER, digest=None, **fields):
    with bot.database.write() as session:
        row = session.get_one(TextVersionRow, version_id)
        return texts.approve_version(
            session,
            version_id,
            digest=digest or row.content_hash,
            by=by,
            now=NOW,
            organisation=bot.organisation(session),
            **fields,
        )


def in_force(bot, key="debt", language="fi"):
    with bot.database.read() as session:
        return load_library(session, (), approved_only=True).versions[key, language].text


def test_a_proposal_changes_nothing_until_somebody_else_approves_it(approved):
    before = in_force(approved)
    version = write(approved, "Velkaneuvonta auttaa. {{ emergency }}")

    waiting = state_of(approved)
    with pytest.raises(NotAllowed):
        approve(approved, version, by=WRITER)
    unchanged = in_force(approved)
    approve(approved, version)

    assert (waiting.standing, unchanged) == (Standing.WAITING, before)
    assert in_force(approved) == "Velkaneuvonta auttaa. {{ emergency }}"
    assert state_of(approved).standing is Standing.IN_FORCE


def test_an_approver_who_wrote_it_does_not_approve_it(approved):
    version = write(approved, "Velkaneuvonta auttaa.", by=APPROVER)

    with pytest.raises(NotAllowed, match="somebody other than the author"):
        approve(approved, version)


def test_approval_is_of_the_words_that_were_read(approved):
    version = write(approved, "Velkaneuvonta auttaa.")

    with pytest.raises(NotAllowed, match="Read it again"):
        approve(approved, version, digest="another")


@pytest.mark.parametrize(
    ("key", "text", "problem"),
    [
        ("debt", "", "Write the text first"),
        ("debt", "a" * 2001, "2001 characters"),
        ("call_button", "a" * 21, "takes 20"),
        ("debt", "{{ nonsense }}", "no setting"),
        ("debt", "{{ emergency", "not a valid template"),
        ("crisis_suicide", "Soita heti.", "must give the emergency number"),
    ],
)
def test_words_that_cannot_be_sent_are_not_proposed(approved, key, text, problem):
    with pytest.raises(InvalidInput, match=problem):
        write(approved, text, key=key)


def test_the_same_words_again_are_no_change(approved):
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        write(approved, state_of(approved).shown.text)


def test_a_last_day_is_set_at_approval_and_told_before_and_after(approved):
    version = write(approved, "Velkaneuvonta auttaa.")
    with pytest.raises(InvalidInput, match="later than today"):
        approve(approved, version, valid_until=TODAY)
    approve(approved, version, valid_until=TODAY + timedelta(days=60))

    assert state_of(approved).standing is Standing.IN_FORCE
    assert state_of(approved, today=TODAY + timedelta(days=30)).standing is Standing.ENDING
    assert state_of(approved, today=TODAY + timedelta(days=61)).standing is Standing.ENDED


def test_a_text_in_another_language_needs_a_speaker(approved):
    state = state_of(approved, "other_language", "ru")

    with pytest.raises(InvalidInput, match="who has checked"):
        approve(approved, state.shown.id)
    approve(approved, state.shown.id, checked_by="Tulkki")

    assert state.standing is Standing.SPEAKER
    assert state_of(approved, "other_language", "ru").in_force.checked_by == "Tulkki"


def test_what_we_ship_stands_beside_the_organisations_own_words(approved, tmp_path):
    version = write(approved, "Omat sanat.")
    approve(approved, version)
    _ship(approved, "debt", "fi", "Uudet sanat ohjelman mukana.")

    with approved.database.write() as session:
        done, left_out = approve_texts(session, None, by=APPROVER, now=NOW)

    assert state_of(approved).proposals[0].author == "social_bot"
    assert in_force(approved) == "Omat sanat."
    assert ("debt", "fi") not in {(row.key, row.language) for row in done}
    assert ("debt", "fi") in {(row.key, row.language) for row in left_out}


def test_a_rejected_proposal_is_not_approved_later_and_does_not_come_back(approved):
    write(approved, "Omat sanat.")
    row = state_of(approved).proposals[0]
    with approved.database.write() as session:
        texts.reject_version(session, row.id, by=APPROVER, now=NOW)

    with pytest.raises(NotAllowed, match="rejected"):
        approve(approved, row.id)
    with approved.database.write() as session:
        approve_texts(session, ["debt"], by=APPROVER, now=NOW)
        assert take_in_shipped(session, approved.templates, now=NOW) == 0
    assert in_force(approved) == shipped_texts(approved.templates)["debt", "fi"]
    assert state_of(approved).proposals == []


def test_a_writer_takes_back_their_own_proposal_and_nobody_elses(approved):
    mine = write(approved, "Omat sanat.")
    theirs = write(approved, "Toiset sanat.", by=APPROVER)

    with approved.database.write() as session:
        texts.reject_version(session, mine, by=WRITER, now=NOW)
    with pytest.raises(NotAllowed), approved.database.write() as session:
        texts.reject_version(session, theirs, by=WRITER, now=NOW)


def test_an_older_version_does_not_replace_a_newer_one(approved):
    older, newer = write(approved, "Vanhemmat sanat."), write(approved, "Uudemmat sanat.")
    approve(approved, newer)

    with pytest.raises(NotAllowed, match="newer version"):
        approve(approved, older)


def test_a_preview_fills_in_the_real_settings_and_names_what_is_missing(bot):
    with bot.database.read() as session:
        organisation = bot.organisation(session)

    filled = texts.preview("Soita {{ phone_main }}.", "debt", "fi", organisation, now=NOW)
    missing = texts.preview("Hae {{ kela_link }}", "debt", "fi", organisation, now=NOW)

    assert (filled.text, filled.limit) == ("Soita 0XX XXX XXXX.", 2000)
    assert (missing.text, missing.missing) == (None, "kela_link")


def test_every_version_that_went_out_is_counted(approved, messenger, clock):
    receive(approved, delivery(said("Kuka auttaa velkojen kanssa?")))
    receive(approved, delivery(said("Mistä saan velkaneuvontaa?", "m_2")))
    send_all(approved, messenger, clock)
    expected = [row for row in messages(approved, Direction.OUTBOUND) if row.key == "debt"]

    with approved.database.read() as session:
        counts = text_use.count_sent(session)

    assert counts["debt", "fi", 1] == len(expected) > 0
    assert counts["contact", "fi", 1] == sum(
        version["key"] == "contact"
        for row in messages(approved, Direction.OUTBOUND)
        for version in row.versions
    )


def test_phrases_are_texts_like_others_and_are_found_by_their_words(bot):
    with bot.database.write() as session:
        approve_texts(session, ["phrase_interpreter", "phrase_visit_us"], by=APPROVER, now=NOW)
        organisation = bot.organisation(session)
        states = texts.list_states(session, today=TODAY)

    def find(words, language="fi"):
        found = texts.find_phrases(states, organisation, language, words=words, now=NOW)
        return [key for key, _ in found]

    assert find("tulkki puhelu") == ["phrase_interpreter"]
    assert find("", "sv") == ["phrase_interpreter"]  # no address is set, so that one cannot be said
    assert find("nothing") == []


def test_every_text_has_a_place(bot):
    with bot.database.read() as session:
        places = {state.key: state.place for state in texts.list_states(session, today=TODAY)}

    assert places["crisis_suicide"] is Place.DANGER
    assert places["debt"] is Place.TOPIC
    assert places["comment_debt"] is Place.COMMENT
    assert places["call_button"] is Place.BUTTON
    assert places["phrase_visit_us"] is Place.PHRASE
    assert set(places.values()) == set(Place)


def _ship(bot, key, language, text):
    """What ``take_in_shipped`` writes when an upgrade brings new words."""
    with bot.database.write() as session:
        state = texts.get_state(session, key, language, today=TODAY)
        session.add(
            TextVersionRow(
                key=key,
                language=language,
                version=state.versions[-1].version + 1,
                text=text,
                content_hash=text_hash(key, language, text),
                author="social_bot",
                created_at=NOW,
            )
        )
