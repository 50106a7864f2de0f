"""Approval that holds: what was read, by somebody else, before its time; notes; reminders; what expires."""

from datetime import timedelta

import pytest
from sqlmodel import select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from social_bot.planning import approvals, composing, notes, publishing, store, versions
from social_bot.planning.composing import add_post, approve_post, move_post, submit_post
from social_bot.planning.differences import Change, differences
from social_bot.planning.posts import PostContent, PostState
from social_bot.planning.waiting import remind_approvers
from tests.conftest import APPROVER, NOW, PAGE, WRITER

OTHER = "Hyväksyjä 2"


@pytest.fixture
def other(bot) -> str:
    with bot.database.write() as session:
        operators.add(session, OTHER, [Role.APPROVER, Role.WRITER], now=NOW, by="test")
    return OTHER


def write(bot, *, hours: float = 30, author: str = WRITER) -> int:
    content = PostContent(
        page_id=PAGE,
        kind="post",
        texts={"fi": "Olemme auki.", "sv": "Vi har öppet."},
        publish_at=NOW + timedelta(hours=hours),
    )
    with bot.database.write() as session:
        post = add_post(session, content, zone=bot.settings.zone, author=author, now=NOW)
        submit_post(session, post.id or 0, by=author, now=NOW)
        return post.id or 0


def read(bot, post_id):
    with bot.database.read() as session:
        return store.get_post(session, post_id)


def approve(bot, post_id, *, by=APPROVER, now=NOW, content_hash=None):
    content_hash = content_hash or read(bot, post_id).content.content_hash
    with bot.database.write() as session:
        approve_post(session, post_id, content_hash=content_hash, by=by, now=now)


def open_alerts(bot):
    with bot.database.read() as session:
        return [(alert.kind, alert.occasion.split(" ")[0]) for alert in alerts.unacknowledged(session)]


def test_what_was_read_is_approved_and_kept_as_it_was(bot):
    post_id = write(bot)

    approve(bot, post_id)

    with bot.database.read() as session:
        approval = approvals.last(session, post_id)
        assert approval is not None
        version = versions.find_version(session, post_id, approval.content_hash)
    assert version is not None
    assert approval.by == APPROVER
    assert version.content.texts == {"fi": "Olemme auki.", "sv": "Vi har öppet."}
    assert read(bot, post_id).is_approved


def test_another_content_than_was_read_is_not_approved(bot):
    post_id = write(bot)
    seen = read(bot, post_id).content.content_hash
    with bot.database.write() as session:
        store.get_post(session, post_id).texts = {"fi": "Olemme kiinni.", "sv": "Vi har stängt."}

    with pytest.raises(NotAllowed, match="changed while you were reading"):
        approve(bot, post_id, content_hash=seen)

    assert read(bot, post_id).state is PostState.AWAITING_APPROVAL


def test_who_has_moved_a_post_does_not_approve_it_and_another_may(bot, other):
    post_id = write(bot)
    with bot.database.write() as session:
        later = NOW + timedelta(hours=40)
        move_post(session, post_id, later, by=APPROVER, zone=bot.settings.zone, now=NOW)
        submit_post(session, post_id, by=WRITER, now=NOW)

    with pytest.raises(NotAllowed, match="somebody other than the author"):
        approve(bot, post_id, by=APPROVER)
    approve(bot, post_id, by=other)

    assert read(bot, post_id).approved_by == other


def test_a_later_change_by_somebody_else_does_not_free_the_earlier_hand(bot):
    post_id = write(bot)
    with bot.database.write() as session:
        for by, hours in ((APPROVER, 40), (WRITER, 41)):
            at = NOW + timedelta(hours=hours)
            move_post(session, post_id, at, by=by, zone=bot.settings.zone, now=NOW)
        submit_post(session, post_id, by=WRITER, now=NOW)

    with pytest.raises(NotAllowed, match="somebody other than the author"):
        approve(bot, post_id)


def test_an_approver_of_another_page_does_not_approve(bot):
    post_id = write(bot)
    with bot.database.write() as session:
        operators.set_rights(
            session, APPROVER, everywhere=[], on_pages={"999": [Role.APPROVER]}, now=NOW, by="test"
        )

    with pytest.raises(NotAllowed):
        approve(bot, post_id)
    with bot.database.read() as session:
        assert approvals.list_waiting(session, APPROVER, now=NOW) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda session, post, by: composing.cancel_post(session, post, by=by, now=NOW),
        lambda session, post, by: composing.confirm_post(session, post, f"{PAGE}_1", by=by, now=NOW),
        lambda session, post, by: composing.send_post_again(session, post, by=by, now=NOW),
        lambda session, post, by: composing.submit_post(session, post, by=by, now=NOW),
    ],
    ids=["cancel", "confirm", "send again", "submit"],
)
def test_only_a_writer_of_the_page_changes_what_becomes_of_a_post(bot, act):
    post_id = write(bot)
    with bot.database.write() as session:
        operators.add(session, "Toisaalla", [Role.WRITER], now=NOW, by="test", page_ids=["999"])

    with bot.database.write() as session, pytest.raises(NotAllowed, match="role"):
        act(session, post_id, "Toisaalla")

    assert read(bot, post_id).state is PostState.AWAITING_APPROVAL


def test_what_waits_for_an_approver_is_not_their_own_and_not_past(bot, other):
    near, far, own = write(bot, hours=2), write(bot, hours=50), write(bot, author=APPROVER)

    with bot.database.read() as session:
        mine = [post.id for post in approvals.list_waiting(session, APPROVER, now=NOW)]
        theirs = [post.id for post in approvals.list_waiting(session, other, now=NOW)]
        later = approvals.list_waiting(session, APPROVER, now=NOW + timedelta(hours=4))

    assert mine == [near, far]
    assert theirs == [near, own, far]
    assert [post.id for post in later] == [far]


def test_a_post_is_sent_back_with_a_note_and_is_a_draft_again(bot):
    post_id = write(bot)
    cipher = bot.database.cipher

    with bot.database.write() as session:
        masked = notes.send_back(session, post_id, "Lisää puhelinaika.", by=APPROVER, cipher=cipher, now=NOW)

    with bot.database.read() as session:
        [note] = notes.list_notes(session, post_id, cipher=cipher)
        returned = notes.sent_back_to(session, WRITER)
    assert read(bot, post_id).state is PostState.DRAFT
    assert (note.author, note.is_sent_back, note.text) == (APPROVER, True, "Lisää puhelinaika.")
    assert masked == ()
    assert returned == [post_id]


def test_an_answered_note_no_longer_stands_as_sent_back(bot):
    post_id = write(bot)
    cipher = bot.database.cipher
    with bot.database.write() as session:
        notes.send_back(session, post_id, "Lisää aika.", by=APPROVER, cipher=cipher, now=NOW)
        notes.add_note(session, post_id, "Lisäsin.", by=WRITER, cipher=cipher, now=NOW)

    with bot.database.read() as session:
        assert notes.sent_back_to(session, WRITER) == []


def test_personal_data_in_a_note_is_masked_and_its_text_stands_nowhere_else(bot):
    post_id = write(bot)
    with bot.database.write() as session:
        masked = notes.add_note(
            session,
            post_id,
            "Kysy Liisalta 040 123 4567.",
            by=WRITER,
            cipher=bot.database.cipher,
            now=NOW,
        )

    with bot.database.read() as session:
        [note] = notes.list_notes(session, post_id, cipher=bot.database.cipher)
        row = session.exec(select(notes.NoteRow)).one()
        logged = [entry.detail for entry in session.exec(select(AuditEntryRow)).all()]
    assert list(masked) == ["phone"]
    assert "040 123" not in note.text
    assert b"Liisa" not in row.text_sealed
    assert not any("Liisa" in detail for detail in logged)


@pytest.mark.parametrize(("text", "sentence"), [("  ", "Write what"), ("a" * 2001, "too long")])
def test_a_note_must_say_something_and_not_too_much(bot, text, sentence):
    post_id = write(bot)

    with bot.database.write() as session, pytest.raises(InvalidInput, match=sentence):
        notes.add_note(session, post_id, text, by=WRITER, cipher=bot.database.cipher, now=NOW)


def test_only_a_waiting_post_is_sent_back_and_only_by_an_approver(bot):
    post_id = write(bot)
    cipher = bot.database.cipher
    with bot.database.write() as session, pytest.raises(NotAllowed, match="role"):
        notes.send_back(session, post_id, "Ei.", by=WRITER, cipher=cipher, now=NOW)
    approve(bot, post_id)

    with bot.database.write() as session, pytest.raises(NotAllowed, match="waits for approval"):
        notes.send_back(session, post_id, "Ei.", by=APPROVER, cipher=cipher, now=NOW)


def test_approvers_are_reminded_a_day_and_three_hours_before_once_each(bot):
    write(bot, hours=30)
    seen = []

    for hours in (0, 6, 6.5, 20, 27, 28, 29):
        with bot.database.write() as session:
            seen.append(remind_approvers(session, now=NOW + timedelta(hours=hours)))

    assert seen == [0, 1, 0, 0, 1, 0, 0]
    assert open_alerts(bot) == [(AlertKind.APPROVAL_NEAR, "24h"), (AlertKind.APPROVAL_NEAR, "3h")]


def test_a_post_that_comes_late_has_one_reminder(bot):
    write(bot, hours=2)

    with bot.database.write() as session:
        raised = [remind_approvers(session, now=NOW) for _ in range(2)]

    assert raised == [1, 0]
    assert open_alerts(bot) == [(AlertKind.APPROVAL_NEAR, "3h")]


@pytest.mark.parametrize("act", ["approve", "send_back", "move", "cancel"])
def test_a_reminder_is_over_when_somebody_has_acted(bot, act):
    post_id = write(bot, hours=2)
    with bot.database.write() as session:
        remind_approvers(session, now=NOW)

    if act == "approve":
        approve(bot, post_id)
    with bot.database.write() as session:
        if act == "send_back":
            notes.send_back(session, post_id, "Ei.", by=APPROVER, cipher=bot.database.cipher, now=NOW)
        if act == "move":
            at = NOW + timedelta(days=3)
            move_post(session, post_id, at, by=WRITER, zone=bot.settings.zone, now=NOW)
        if act == "cancel":
            composing.cancel_post(session, post_id, by=WRITER, now=NOW)

    assert open_alerts(bot) == []


def test_a_post_that_nobody_approved_in_time_expires_and_people_are_told(bot, clock):
    waiting, draft = write(bot, hours=2), write(bot, hours=2)
    with bot.database.write() as session:
        notes.send_back(session, draft, "Ei vielä.", by=APPROVER, cipher=bot.database.cipher, now=NOW)
        remind_approvers(session, now=NOW)

    publishing.settle_stale_posts(bot.database, now=NOW + timedelta(hours=3, minutes=1))

    assert read(bot, waiting).state is PostState.EXPIRED
    assert read(bot, draft).state is PostState.EXPIRED
    with bot.database.read() as session:
        told = [(alert.kind, alert.subject) for alert in alerts.unacknowledged(session)]
    assert told == [(AlertKind.POST_EXPIRED, f"post:{waiting}")]


def test_a_post_is_not_approved_after_its_time(bot):
    post_id = write(bot, hours=2)

    with pytest.raises(NotAllowed, match="time of this post has passed"):
        approve(bot, post_id, now=NOW + timedelta(hours=3, minutes=1))


def test_differences_are_told_word_by_word_and_make_both_versions():
    before, after = "Olemme auki ke 9–15.", "Olemme auki to 9–15 ja pe."

    parts = differences(before, after)

    assert "".join(part.text for part in parts if part.change is not Change.ADDED) == before
    assert "".join(part.text for part in parts if part.change is not Change.REMOVED) == after
    assert next(part.text for part in parts if part.change is Change.SAME) == "Olemme auki "


@pytest.mark.parametrize("state", [PostState.PUBLISHING, PostState.UNCONFIRMED, PostState.HELD])
def test_what_is_being_sent_may_be_there_or_is_on_hold_is_not_approved_again(bot, state):
    """It would be sent a second time, or past the stop that holds it."""
    post_id = write(bot)
    approve(bot, post_id)
    with bot.database.write() as session:
        post = store.get_post(session, post_id)
        post.state = state
        session.add(post)

    with pytest.raises(NotAllowed, match="cannot become scheduled"):
        approve(bot, post_id)

    assert read(bot, post_id).state is state
