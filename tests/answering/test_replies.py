"""Which text is sent: approved versions, safer ones in their place, never silence for want of a setting."""

from dataclasses import replace
from datetime import timedelta

import pytest

from social_bot.answering.crisis import CrisisKind
from social_bot.answering.danger import crisis_key
from social_bot.answering.limits import BUTTON_TEXT_LIMIT, TEXT_LIMIT
from social_bot.answering.outcomes import Answer, Clarify, HandOff, Lane
from social_bot.answering.replies import (
    CRISIS_KEYS,
    LAST_RESORT,
    Library,
    approve_texts,
    compose,
    crisis_texts_missing,
    load_library,
    newest_versions,
    shipped_library,
    shipped_texts,
    take_in_shipped,
)
from social_bot.answering.topics import Topic
from social_bot.errors import NotAllowed, NotFound
from social_bot.organisation.languages import LANGUAGES
from tests.conftest import APPROVER, NOW, WRITER

FRAMED = Answer(lane=Lane.GENERAL, key="debt", parts=("disclosure", "debt", "contact"), languages=("fi",))


@pytest.fixture
def organisation(bot):
    with bot.database.read() as session:
        return bot.organisation(session)


@pytest.fixture
def library(bot):
    return shipped_library(bot.templates, bot.models.topics)


def without(library: Library, *keys: str) -> Library:
    return replace(
        library, versions={key: part for key, part in library.versions.items() if key[0] not in keys}
    )


def test_a_reply_carries_its_parts_its_versions_and_the_callback_button(library, organisation):
    reply = compose(FRAMED, library, organisation, now=NOW)

    assert reply is not None
    assert reply.main.key == "debt"
    assert reply.text.startswith("Tämä on automaattinen vastaus.")
    assert "0XX XXX XXXX" in reply.text
    assert "112" in reply.text
    assert [button.url for button in reply.buttons] == ["http://127.0.0.1:8000/callback?lang=fi"]
    assert {"disclosure", "debt", "contact"} <= {version.key for version in reply.versions}


def test_a_long_text_goes_first_and_a_short_button_message_after_it(library, organisation):
    reply = compose(FRAMED, library, organisation, now=NOW)

    assert reply is not None
    assert len(reply.texts) == 2
    assert len(reply.texts[0]) > BUTTON_TEXT_LIMIT
    assert len(reply.texts[1]) <= BUTTON_TEXT_LIMIT


def test_no_answer_is_ever_more_than_two_messages_within_the_platforms_limits(library, organisation):
    parts = ("disclosure", "{}", "closed", "personal_data", "contact")
    for topic in Topic:
        for languages in (*((language,) for language in LANGUAGES), ("fi", "sv")):
            filled = tuple(part.format(topic.value) for part in parts)
            answer = Answer(lane=Lane.GENERAL, key=topic.value, parts=filled, languages=languages)

            reply = compose(answer, library, organisation, now=NOW)

            assert reply is not None
            assert 1 <= len(reply.texts) <= 2
            assert all(len(text) <= TEXT_LIMIT for text in reply.texts)
            assert not reply.buttons or len(reply.texts[-1]) <= BUTTON_TEXT_LIMIT
            assert "112" in reply.text


def test_when_closed_the_next_opening_is_told(library, organisation):
    evening = NOW + timedelta(hours=12)

    reply = compose(FRAMED, library, organisation, now=evening)

    assert reply is not None
    assert "to 26.11. klo 9.00" in reply.text


def test_a_missing_topic_text_gives_way_to_the_general_one(library, organisation):
    reply = compose(FRAMED, without(library, "debt"), organisation, now=NOW)

    assert reply is not None
    assert reply.main.key == "general"


def test_without_a_disclosure_only_the_last_resort_which_tells_by_itself_is_sent(library, organisation):
    reply = compose(FRAMED, without(library, "disclosure"), organisation, now=NOW)

    assert reply is not None
    assert reply.main.key == LAST_RESORT
    assert "automaattinen vastaus" in reply.text
    assert "0XX XXX XXXX" in reply.text
    assert "112" in reply.text


def test_nothing_is_sent_when_nothing_is_approved(organisation):
    assert compose(FRAMED, Library(versions={}, topics={}), organisation, now=NOW) is None


@pytest.mark.parametrize("kind", list(CrisisKind))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crisis_text_stands_also_when_no_number_but_112_is_set(library, organisation, kind, language):
    nothing_set = replace(organisation, values={})
    key = crisis_key(kind)

    reply = compose(
        HandOff(lane=Lane.CRISIS, key=key, parts=(key,), languages=(language,), offers_callback=False),
        library,
        nothing_set,
        now=NOW,
    )

    assert reply is not None
    assert reply.main.key == key
    assert "112" in reply.text
    assert reply.buttons == ()


def test_another_language_whose_text_nobody_has_checked_is_served_in_ours(library, organisation, bot):
    with bot.database.read() as session:
        in_force = load_library(session, bot.models.topics, approved_only=False)
    answer = HandOff(
        lane=Lane.UNKNOWN,
        key="other_language",
        parts=("disclosure", "other_language", "contact"),
        languages=("ru",),
    )

    reply = compose(answer, in_force, organisation, now=NOW)

    assert reply is not None
    assert reply.main.language == "en"


def test_a_choice_of_topics_becomes_short_buttons(library, organisation):
    answer = Clarify(
        lane=Lane.CLARIFY,
        key="clarify",
        parts=("clarify", "contact"),
        languages=("sv",),
        topics=(Topic.DEBT, Topic.HOUSING),
    )

    reply = compose(answer, library, organisation, now=NOW)

    assert reply is not None
    assert [part.payload for part in reply.quick_replies] == ["TOPIC:debt", "TOPIC:housing"]
    assert all(0 < len(part.title) <= 20 for part in reply.quick_replies)


def test_shipped_texts_are_versions_that_nobody_has_approved(new_bot):
    with new_bot.database.read() as session:
        rows = newest_versions(session)

    assert len(rows) == len(shipped_texts(new_bot.templates))
    assert all(row.approved_at is None and row.version == 1 for row in rows)


def test_a_shipped_text_that_has_not_changed_is_taken_in_once(new_bot):
    with new_bot.database.write() as session:
        assert take_in_shipped(session, new_bot.templates, now=NOW) == 0


def test_a_live_page_gets_approved_versions_only(bot):
    with bot.database.write() as session:
        approve_texts(session, ["debt"], by=APPROVER, now=NOW)
        live = load_library(session, bot.models.topics, approved_only=True)

    assert {key for key, _ in live.versions} == {"debt"}


def test_a_newer_version_that_nobody_approved_does_not_replace_the_approved_one(bot, tmp_path):
    changed = tmp_path / "templates" / "replies"
    changed.mkdir(parents=True)
    (tmp_path / "templates" / "crisis").mkdir()
    (changed / "debt.fi.txt").write_text("Uusi teksti.")
    with bot.database.write() as session:
        approve_texts(session, ["debt"], by=APPROVER, now=NOW)
        take_in_shipped(session, tmp_path / "templates", now=NOW)
        library = load_library(session, bot.models.topics, approved_only=False)

    assert library.versions["debt", "fi"].version == 1


def test_all_leaves_out_what_a_speaker_must_check(bot):
    with bot.database.write() as session:
        approved, left_out = approve_texts(session, None, by=APPROVER, now=NOW)
        again, nothing = approve_texts(
            session, ["other_language"], by=APPROVER, now=NOW, checked_by="A speaker"
        )

    assert {row.language for row in left_out} == {"et", "ru", "uk", "ar", "so", "fa"}
    assert all(row.language in LANGUAGES for row in approved)
    assert nothing == []
    assert {row.checked_by for row in again if row.needs_speaker} == {"A speaker"}


def test_only_an_approver_approves_texts_and_only_known_ones(bot):
    with bot.database.write() as session:
        with pytest.raises(NotAllowed):
            approve_texts(session, None, by=WRITER, now=NOW)
        with pytest.raises(NotFound, match="nonsense"):
            approve_texts(session, ["nonsense"], by=APPROVER, now=NOW)


def test_the_crisis_texts_missing_before_going_live_are_named(bot):
    with bot.database.write() as session:
        before = crisis_texts_missing(session, ["fi", "sv"])
        approve_texts(session, None, by=APPROVER, now=NOW)
        after = crisis_texts_missing(session, ["fi", "sv"])

    assert len(before) == 2 * len(CRISIS_KEYS)
    assert after == []


# --- ways on from an answer


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("02 123 4567", "tel:+35821234567"),
        ("+46 8 123 456 78", "tel:+46812345678"),
        ("0XX XXX XXXX", None),  # the sample organisation's
        ("112", None),  # a short number is no number with a country code
        (None, None),
    ],
)
def test_the_number_is_dialled_by_a_button_where_any_phone_can(library, organisation, number, link):
    values = {("phone_main", ""): number} if number else {}

    reply = compose(FRAMED, library, replace(organisation, values=values), now=NOW)

    assert reply is not None
    addresses = [button.url for button in reply.buttons]
    assert addresses == [*([link] if link else []), "http://127.0.0.1:8000/callback?lang=fi"]
    assert not link or {"call_button", "callback_button"} <= {version.key for version in reply.versions}


def test_after_an_answer_on_a_topic_related_ones_are_offered(library, organisation):
    reply = compose(FRAMED, library, organisation, now=NOW)

    assert reply is not None
    assert [part.payload for part in reply.quick_replies] == [
        "TOPIC:rent_arrears_eviction",
        "TOPIC:money_food",
        "TOPIC:appointment_contact",
        "NOT_HELPED",
    ]


def test_every_topic_but_other_has_two_or_three_related_ones(library):
    for topic, names in library.topics.items():
        assert topic is Topic.OTHER or 2 <= len(names.related) <= 3
        assert not {topic, Topic.OTHER} & set(names.related)


def test_a_page_of_the_menu_ends_with_more_and_stays_within_messengers_limits(library, organisation):
    topics = tuple(Topic)[:10]
    answer = Clarify(
        lane=Lane.CLARIFY, key="clarify", parts=("clarify",), languages=("sv",), topics=topics, next_topics=2
    )

    reply = compose(answer, library, organisation, now=NOW)

    assert reply is not None
    assert reply.quick_replies[-1].payload == "TOPICS2"
    assert len(reply.quick_replies) == 11
    assert all(len(part.title) <= 20 for part in reply.quick_replies)


def test_unsure_of_the_language_related_topics_and_languages_are_offered_together(library, organisation):
    answer = replace(FRAMED, languages=("fi", "sv"), asks_language=True)

    reply = compose(answer, library, organisation, now=NOW)

    assert reply is not None
    assert [part.payload for part in reply.quick_replies][3:] == [
        "LANG_FI",
        "LANG_SV",
        "LANG_EN",
        "NOT_HELPED",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_that_asks_to_phone_stands_like_a_crisis_text(library, organisation, language):
    answer = HandOff(
        lane=Lane.CRISIS,
        key="crisis_phone",
        parts=("crisis_phone",),
        languages=(language,),
        offers_callback=False,
    )

    reply = compose(answer, library, replace(organisation, values={}), now=NOW)
    fallen_back = compose(answer, without(library, "crisis_phone"), organisation, now=NOW)

    assert reply is not None
    assert fallen_back is not None
    assert (reply.main.key, fallen_back.main.key) == ("crisis_phone", LAST_RESORT)
    assert "112" in reply.text.splitlines()[0]
    assert (reply.buttons, reply.quick_replies) == ((), ())
