"""The checks at work: what is gathered from the rows, what is refused, overrides, versions and drafts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import directory
from social_bot.organisation.audit import AuditEntryRow
from social_bot.planning import drafts, library, store, versions
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.checking import OverrideRow, StoppedByChecks
from social_bot.planning.checks import Check
from social_bot.planning.composing import add_post, approve_post, edit_post, move_post, submit_post
from social_bot.planning.posts import PostContent, PostState
from social_bot.planning.starting import start_campaign
from tests.conftest import APPROVER, NOW, PAGE, WRITER

TOMORROW = NOW + timedelta(days=1)


def content(text="Tule kahville.", *, at=TOMORROW, **others):
    return PostContent(
        page_id=PAGE, kind="post", texts={"fi": text, "sv": "Kom på kaffe."}, publish_at=at, **others
    )


def write(session, bot, text="Tule kahville.", **others):
    return add_post(session, content(text, **others), zone=bot.settings.zone, author=WRITER, now=NOW)


def checks(bot, session, wanted):
    return {each.check for each in bot.checker.check(session, wanted, now=NOW).findings}


def test_a_text_of_the_same_page_is_remembered_for_thirty_days(bot):
    with bot.database.write() as session:
        write(session, bot, at=NOW + timedelta(days=29))

        assert Check.SAME_TEXT in checks(bot, session, content("TULE kahville", at=TOMORROW))
        assert Check.SAME_TEXT not in checks(bot, session, content("Tule teelle."))


def test_a_post_is_not_compared_with_itself_or_with_what_was_cancelled(bot):
    with bot.database.write() as session:
        post = write(session, bot)
        gone = write(session, bot, at=NOW + timedelta(days=3))
        gone.become(PostState.CANCELLED)
        session.add(gone)
        session.flush()

        assert bot.checker.check_row(session, post, now=NOW).findings == []


def test_what_a_campaign_says_again_it_says_on_purpose(bot):
    with bot.database.write() as session:
        started = start_campaign(
            session,
            read_campaign(bot.campaigns / "phone_and_chat_hours.yaml"),
            bot.organisation(session),
            page_id=PAGE,
            start=TOMORROW.date(),
            values={},
            author=WRITER,
            approver=None,
            media=bot.media,
            now=NOW,
        )
        stops = [
            each for post in started.posts for each in bot.checker.check_row(session, post, now=NOW).stops
        ]

    assert started.posts
    assert stops == []


def test_the_organisations_own_numbers_and_links_are_known(bot):
    text = "Soita 040 123 4567 tai katso www.oma-alue.fi/apua."
    with bot.database.write() as session:
        before = checks(bot, session, content(text))
        for key, value in (("phone_main", "040 123 4567"), ("booking_link", "https://oma-alue.fi/ajat")):
            directory.put(session, key, value, now=NOW, by="test", zone=bot.settings.zone)

        after = checks(bot, session, content(text))

    assert {Check.PRIVATE_CONTACT, Check.UNKNOWN_LINK} <= before
    assert after == set()


def test_neither_sending_on_nor_approving_passes_a_block(bot):
    with bot.database.write() as session:
        post = write(session, bot, "Katso bit.ly/abc.")
        with pytest.raises(StoppedByChecks):
            submit_post(session, post.id, by=WRITER, now=NOW, checker=bot.checker)
        submit_post(session, post.id, by=WRITER, now=NOW)
        with pytest.raises(StoppedByChecks):
            approve_post(
                session,
                post.id,
                content_hash=post.content.content_hash,
                by=APPROVER,
                now=NOW,
                checker=bot.checker,
            )

        assert post.state is PostState.AWAITING_APPROVAL


def find(bot, session, post, check):
    return next(
        each for each in bot.checker.check_row(session, post, now=NOW).findings if each.check is check
    )


def test_an_override_is_kept_with_its_reason_and_logged_without_words(bot):
    with bot.database.write() as session:
        post = write(session, bot, "Katso outo.fi.")
        finding = find(bot, session, post, Check.UNKNOWN_LINK)

        bot.checker.override(session, post, finding, "Kumppanin sivu, kysy 040 123 4567.", by=WRITER, now=NOW)

        assert bot.checker.check_row(session, post, now=NOW).stops == []
        kept = session.exec(select(OverrideRow)).one()
        logged = session.exec(
            select(AuditEntryRow).where(AuditEntryRow.action == "post.override_check")
        ).one()
    assert kept.reason == "Kumppanin sivu, kysy [••• puhelin]."
    assert (logged.actor, logged.subject) == (WRITER, f"post:{post.id}")
    assert "outo" not in logged.detail
    assert "umppani" not in logged.detail


@pytest.mark.parametrize(
    ("text", "check"),
    [("Tunnus 131052-308T.", Check.IDENTITY_CODE), ("Katso bit.ly/abc.", Check.SHORT_LINK)],
)
def test_some_blocks_no_reason_lifts(bot, text, check):
    with bot.database.write() as session:
        post = write(session, bot, text)

        with pytest.raises(NotAllowed):
            bot.checker.override(
                session, post, find(bot, session, post, check), "Tämä on aivan oikein.", by=WRITER, now=NOW
            )


def test_a_reason_says_something(bot):
    with bot.database.write() as session:
        post = write(session, bot, "Katso outo.fi.")

        with pytest.raises(InvalidInput):
            bot.checker.override(
                session, post, find(bot, session, post, Check.UNKNOWN_LINK), "ok", by=WRITER, now=NOW
            )


def test_an_edit_voids_the_approval_stops_the_clock_and_is_nobodys_own_to_approve(bot):
    with bot.database.write() as session:
        post = write(session, bot)
        approve_post(session, post.id, content_hash=post.content.content_hash, by=APPROVER, now=NOW)
        seen = post.content.content_hash

        edit_post(
            session,
            post.id,
            content("Uusi teksti."),
            content_hash=seen,
            by=APPROVER,
            zone=bot.settings.zone,
            now=NOW,
        )

        assert (post.state, post.is_approved) == (PostState.DRAFT, False)
        with pytest.raises(NotAllowed):
            approve_post(session, post.id, content_hash=post.content.content_hash, by=APPROVER, now=NOW)


def test_nobody_overwrites_what_they_have_not_seen(bot):
    with bot.database.write() as session:
        post = write(session, bot)

        with pytest.raises(NotAllowed, match="Somebody else"):
            edit_post(
                session,
                post.id,
                content("Uusi."),
                content_hash="0" * 64,
                by=WRITER,
                zone=bot.settings.zone,
                now=NOW,
            )


def test_every_change_is_a_version_and_an_unchanged_save_is_none(bot):
    zone = bot.settings.zone
    with bot.database.write() as session:
        post = write(session, bot)
        same = post.content
        edit_post(session, post.id, same, content_hash=same.content_hash, by=WRITER, zone=zone, now=NOW)
        edit_post(
            session,
            post.id,
            replace(same, texts={"fi": "Toinen.", "sv": "Andra."}),
            content_hash=same.content_hash,
            by=APPROVER,
            zone=zone,
            now=NOW,
        )
        move_post(session, post.id, TOMORROW + timedelta(hours=1), by=WRITER, zone=zone, now=NOW)

        kept = versions.list_versions(session, post.id)
        assert versions.get_version(session, post.id, 1).content == same

    assert [(row.number, row.by) for row in kept] == [(3, WRITER), (2, APPROVER), (1, WRITER)]


def test_the_library_follows_the_pictures_of_a_post(bot, tmp_path):
    from PIL import Image

    path = tmp_path / "a.png"
    Image.new("RGB", (700, 500), "navy").save(path)
    with bot.database.write() as session:
        picture = bot.media.take_in(path, alt={"fi": "Sininen seinä", "sv": "En blå vägg"})
        post = write(session, bot, pictures=[picture])
        uses = library.count_uses(session)
        edit_post(
            session,
            post.id,
            content(),
            content_hash=post.content.content_hash,
            by=WRITER,
            zone=bot.settings.zone,
            now=NOW,
        )

        assert uses == {picture.file: 1}
        assert library.count_uses(session) == {}


def test_a_draft_is_sealed_is_its_writers_alone_and_the_oldest_give_way(bot):
    cipher = bot.database.cipher
    with bot.database.write() as session:
        for number in range(drafts.MOST + 5):
            drafts.keep(
                session,
                f"key{number}",
                {"text-fi": f"Salaista {number}"},
                post_id=None,
                by=WRITER,
                cipher=cipher,
                now=NOW + timedelta(minutes=number),
            )
        stolen = drafts.keep(
            session, "key54", {"text-fi": "Minun"}, post_id=None, by=APPROVER, cipher=cipher, now=NOW
        )

        mine = drafts.list_drafts(session, by=WRITER, cipher=cipher)
        assert (len(mine), mine[0].form["text-fi"]) == (drafts.MOST, "Salaista 54")
        assert drafts.list_drafts(session, by=APPROVER, cipher=cipher) == []
        assert drafts.find(session, "key54", by=APPROVER, cipher=cipher) is None
        assert not stolen
        assert b"Salaista" not in session.exec(select(drafts.DraftRow)).first().form_sealed
        assert store.list_posts(session) == []
