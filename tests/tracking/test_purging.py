"""What is over its time goes, every night; what waits for a person stays; counts stay; nothing comes back."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, func, select, update

from social_bot.answering import callbacks, closing, holding, waiting
from social_bot.answering.store import (
    CallbackRow,
    DeliveryRow,
    Direction,
    EventRow,
    MessageRow,
    SendState,
    ThreadRow,
)
from social_bot.answering.sweeps import SWEEPS
from social_bot.bootstrap import build
from social_bot.errors import InvalidInput
from social_bot.organisation import alerts, audit, directory, sessions
from social_bot.organisation.alerts import AlertKind, AlertRow
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.retention import PERIODS, Kept
from social_bot.organisation.sessions import StaffSessionRow, Stage
from social_bot.organisation.sweeping import erase_some
from social_bot.planning import drafts
from social_bot.planning.checks import People
from social_bot.planning.drafts import DraftRow
from social_bot.planning.library import MediaRow
from social_bot.storage.backup import restore_backup, write_backup
from social_bot.storage.resealing import renew_seals
from social_bot.tracking import purging
from social_bot.tracking.history import count_month
from social_bot.tracking.periods import Month
from tests.answering.talking import (
    PERSON,
    FakeMessenger,
    delivery,
    messages,
    open_alerts,
    receive,
    said,
    send_all,
    threads,
)
from tests.conftest import NOW, PAGE, WRITER, _settings
from tests.erasing import purge

DEBT, OWN, DANGER = "Mistä saan velkaneuvontaa?", "Missä hakemukseni viipyy?", "En halua elää enää"
CLOSES, KEPT = timedelta(days=7), timedelta(days=30)
"""A quiet conversation is closed; its texts are kept from then on."""

LATE = NOW + timedelta(days=400)
NOVEMBER = Month(2026, 11)


@pytest.fixture
def messenger():
    return FakeMessenger()


@pytest.fixture
def told(bot, messenger, clock):
    """Somebody asked, and was answered."""
    receive(bot, delivery(said(DEBT)))
    send_all(bot, messenger, clock)
    return bot


def texts(bot):
    return [row.text_sealed is not None for row in all_messages(bot)]


def all_messages(bot):
    with bot.database.read() as session:
        return session.exec(select(MessageRow).order_by(col(MessageRow.id))).all()


def close(bot, now):
    with bot.database.write() as session:
        closing.close_quiet(session, now=now)


def purge_late(bot, **more):
    """A year on; quiet conversations had been closed in time."""
    close(bot, NOW + CLOSES)
    return purge(bot, LATE, **more)


def entries(bot, action):
    with bot.database.read() as session:
        query = select(AuditEntryRow).where(AuditEntryRow.action == action).order_by(col(AuditEntryRow.id))
        return session.exec(query).all()


def figures(bot, now):
    with bot.database.read() as session:
        organisation = bot.organisation(session)
        found = [
            one
            for page in (PAGE, "")
            for one in count_month(session, page, NOVEMBER, organisation=organisation, now=now)
        ]
        return sorted((one.figure, one.part, one.value, one.known, one.of) for one in found)


def test_texts_and_the_person_go_thirty_days_after_the_conversation_closed(told):
    closed_at = NOW + CLOSES
    close(told, closed_at)

    early = purge(told, closed_at + KEPT - timedelta(seconds=1))
    kept = texts(told)
    done = purge(told, closed_at + KEPT)

    (thread,) = threads(told)
    assert (early, all(kept)) == ({}, True)
    assert done == {Kept.MESSAGES: len(kept), Kept.CONTACTS: 1}
    assert not any(texts(told))
    assert (thread.contact_sealed, thread.forgotten_at) == (b"", closed_at + KEPT)
    assert thread.contact_index != told.database.index(PERSON)


def test_what_is_left_is_when_in_which_language_and_about_what(told):
    purge_late(told)

    inbound = next(row for row in all_messages(told) if row.direction is Direction.INBOUND)
    assert (inbound.topic, inbound.language, inbound.at) == ("debt", "fi", NOW)
    assert inbound.mid_index == told.database.index("m_1")


def test_in_a_conversation_that_never_closes_old_texts_go_all_the_same(told, messenger, clock):
    for week in range(1, 15):
        clock.now = NOW + timedelta(days=6 * week)
        receive(told, delivery(said(DEBT, f"m_w{week}", at=clock.now)), now=clock.now)
        send_all(told, messenger, clock)
        close(told, clock.now)

    done = purge(told, NOW + timedelta(days=90))

    with told.database.read() as session:
        kept = session.exec(select(MessageRow.at).where(col(MessageRow.text_sealed).is_not(None))).all()
    assert done[Kept.OPEN_MESSAGES] >= 2
    assert min(kept) > NOW
    assert threads(told)[0].is_open


@pytest.mark.parametrize("text", [OWN, DANGER])
def test_nothing_goes_of_who_waits_for_a_person_or_may_be_in_danger(bot, messenger, clock, text):
    receive(bot, delivery(said(text)))
    send_all(bot, messenger, clock)
    before = texts(bot)

    done = purge_late(bot)

    (thread,) = threads(bot)
    assert thread.waits_for_person
    assert Kept.MESSAGES not in done
    assert texts(bot) == before
    assert thread.forgotten_at is None


def test_danger_that_somebody_took_waits_until_it_is_handed_back_and_then_goes(bot, messenger, clock):
    receive(bot, delivery(said(DANGER)))
    send_all(bot, messenger, clock)
    with bot.database.write() as session:
        alerts.take(session, f"thread:{threads(bot)[0].id}", by=WRITER, now=NOW)
    kept = purge(bot, NOW + timedelta(days=50))
    with bot.database.write() as session:
        holding.hand_back(session, threads(bot)[0].id or 0, by=WRITER, now=NOW + timedelta(days=50))
    close(bot, NOW + timedelta(days=50))

    done = purge_late(bot)

    assert Kept.MESSAGES not in kept
    assert kept[Kept.ORIGINALS] == 1
    assert done[Kept.MESSAGES] == len(texts(bot))


def test_what_is_on_its_way_is_not_erased_under_the_sender(bot):
    receive(bot, delivery(said(DEBT)))

    purge_late(bot)

    assert all(texts(bot))


def test_staff_are_told_a_week_before_what_waits_would_have_gone_and_it_settles(bot):
    receive(bot, delivery(said(OWN)))
    told = []
    for days in (29, 30, 31):
        with bot.database.write() as session:
            waiting.warn_before_erasing(session, bot.organisation(session), now=NOW + timedelta(days=days))
        told.append(open_alerts(bot).count(AlertKind.PURGE_NEAR))
    with bot.database.write() as session:
        holding.hand_back(session, threads(bot)[0].id or 0, by=WRITER, now=NOW)
        waiting.warn_before_erasing(session, bot.organisation(session), now=NOW + timedelta(days=32))

    assert told == [0, 1, 1]
    assert AlertKind.PURGE_NEAR not in open_alerts(bot)


def test_the_figures_of_a_month_are_the_same_before_and_after(bot, messenger, clock):
    for number, text in enumerate((DEBT, OWN, DANGER, DEBT)):
        receive(bot, delivery(said(text, f"m_{number}", person=f"70000000{number}")))
    send_all(bot, messenger, clock)
    with bot.database.write() as session:
        for thread in session.exec(select(ThreadRow)).all():
            if thread.crisis is not None:
                alerts.take(session, f"thread:{thread.id}", by=WRITER, now=NOW)
            if thread.waits_for_person:
                holding.hand_back(session, thread.id or 0, by=WRITER, now=NOW)
        callback = callbacks.request(
            session,
            phone="040 123 4567",
            language="fi",
            organisation=bot.organisation(session),
            database=bot.database,
            now=NOW,
        )
        session.flush()
        for _ in range(2):
            callbacks.record_no_answer(
                session, callback.id or 0, by=WRITER, organisation=bot.organisation(session), now=NOW
            )
    before = figures(bot, LATE)

    done = purge_late(bot)

    assert {Kept.MESSAGES, Kept.CONTACTS, Kept.CALLBACKS, Kept.ORIGINALS} <= set(done)
    assert figures(bot, LATE) == before
    assert ("messages_received", "", 4, None, None) in before


def test_a_run_proves_itself_in_the_log_with_counts_alone(told):
    done = purge_late(told)

    erased = {entry.subject: entry.detail for entry in entries(told, audit.ERASED)}
    (run,) = entries(told, purging.RUN)
    assert erased["kept:messages"] == str(done[Kept.MESSAGES])
    assert f"messages={done[Kept.MESSAGES]}" in run.detail
    assert not any(
        DEBT in entry.detail or PERSON in entry.detail for entry in (run, *entries(told, audit.ERASED))
    )
    with told.database.read() as session:
        assert audit.verify(session).holds


def test_a_second_run_finds_nothing(told):
    purge_late(told)

    assert purge_late(told) == {}


def test_a_run_that_ends_in_the_middle_is_taken_up_where_it_stopped(told, messenger, clock, monkeypatch):
    for number in range(3):
        receive(told, delivery(said(DEBT, f"m_x{number}", person=f"71{number}")))
    send_all(told, messenger, clock)
    everything = len(texts(told))
    batches = iter(range(2))
    erase = erase_some

    def dies_after_two(*given, **more):
        if next(batches, None) is None:
            raise KeyboardInterrupt
        return erase(*given, **more)

    monkeypatch.setattr(purging, "erase_some", dies_after_two)
    with pytest.raises(KeyboardInterrupt):
        purge_late(told, batch=3)
    monkeypatch.undo()
    gone = texts(told).count(False)
    purge_late(told, batch=3)

    logged = [int(each.detail) for each in entries(told, audit.ERASED) if each.subject == "kept:messages"]
    assert gone == 6
    assert sum(logged) == everything
    assert not any(texts(told))


def test_a_dry_run_counts_and_changes_nothing(told):
    close(told, NOW + CLOSES)
    overdue = purging.count_overdue(told.database, gather=told.organisation, media=told.media, now=LATE)

    assert overdue[Kept.MESSAGES] == len(texts(told))
    assert all(texts(told))


def test_a_delivery_that_comes_again_late_brings_nothing_back(told):
    close(told, NOW + CLOSES)
    purge(told, NOW + CLOSES + KEPT)
    for late in (NOW + timedelta(days=38), LATE):
        receive(told, delivery(said(DEBT)), now=late)

    assert not any(texts(told))
    assert len(threads(told)) == 1


def test_a_late_edit_of_a_message_that_is_gone_brings_no_text_back(told):
    purge_late(told)
    edited = {
        "sender": {"id": PERSON},
        "recipient": {"id": PAGE},
        "timestamp": int(LATE.timestamp() * 1000),
        "message_edit": {"mid": "m_1", "text": DEBT, "num_edit": 1},
    }

    receive(told, delivery(edited), now=LATE)

    assert not any(row.text_sealed for row in all_messages(told) if row.mid_index)


def test_who_writes_again_later_begins_a_new_conversation(told):
    purge_late(told)

    receive(told, delivery(said(DEBT, "m_new", at=LATE)), now=LATE)

    assert [
        thread.forgotten_at is None for thread in sorted(threads(told), key=lambda each: each.id or 0)
    ] == [
        False,
        True,
    ]


def test_keyed_hashes_of_events_outlast_every_repetition_and_then_go(told):
    kept = purge(told, NOW + timedelta(days=89))
    done = purge(told, NOW + timedelta(days=90))

    assert Kept.EVENTS not in kept
    assert done[Kept.EVENTS] == 1
    with told.database.read() as session:
        assert session.exec(select(func.count()).select_from(EventRow)).one() == 0
        assert session.exec(select(func.count()).select_from(DeliveryRow)).one() == 0


@pytest.mark.parametrize("is_taken", [False, True])
def test_an_event_set_aside_stays_until_somebody_has_looked(bot, is_taken):
    receive(bot, delivery(said(DEBT)))
    with bot.database.write() as session:
        session.connection().execute(update(EventRow).values(content_sealed=b"kept"))
        alerts.raise_alert(session, AlertKind.MESSAGE_FAILED, "event:1", now=NOW)
        if is_taken:
            alerts.take(session, "event:1", by=WRITER, now=NOW)

    done = purge(bot, NOW + timedelta(days=31))

    assert done.get(Kept.SET_ASIDE, 0) == is_taken


def test_drafts_sessions_and_pictures_go_after_their_time(bot):
    with bot.database.write() as session:
        drafts.keep(
            session, "k", {"text": "kesken"}, post_id=None, by=WRITER, cipher=bot.database.cipher, now=NOW
        )
        sessions.begin(session, WRITER, stage=Stage.COMPLETE, browser="Firefox", language="fi", now=NOW)
        session.add(
            MediaRow(
                file="aa.png",
                name="kuva",
                media_type="image/png",
                width=1,
                height=1,
                size=3,
                seems_text=False,
                people=People.NONE,
                credit="",
                licence="",
                alt={},
                uploaded_by=WRITER,
                uploaded_at=NOW,
            )
        )
    bot.media.path("aa.png").parent.mkdir(parents=True, exist_ok=True)
    bot.media.path("aa.png").write_bytes(b"png")

    early, done = purge(bot, NOW + timedelta(days=59)), purge_late(bot)

    assert early == {Kept.SESSIONS: 1}
    assert done == {Kept.PICTURES: 1, Kept.DRAFTS: 1}
    assert not bot.media.path("aa.png").exists()
    with bot.database.read() as session:
        for table in (DraftRow, StaffSessionRow, MediaRow):
            assert session.exec(select(func.count()).select_from(table)).one() == 0


def test_the_log_is_cut_at_its_end_only_and_says_so(bot):
    five_years = PERIODS[Kept.AUDIT].length
    with bot.database.read() as session:
        length = five_years(bot.organisation(session))
    with bot.database.write() as session:
        audit.record(session, at=NOW + timedelta(days=100), actor="test", action="x", subject="y")

    done = purge(bot, NOW + length + timedelta(seconds=1), batch=4)

    with bot.database.read() as session:
        chain = audit.verify(session)
        first = session.exec(select(AuditEntryRow).order_by(col(AuditEntryRow.id)).limit(1)).one()
    assert done[Kept.AUDIT] > 4
    assert (first.action, chain.holds) == ("x", True)


def test_a_log_whose_beginning_was_cut_off_by_somebody_else_is_broken(bot):
    with bot.database.write() as session:
        audit.forget_before(session, 2)

    with bot.database.read() as session:
        assert not audit.verify(session).holds


def test_the_last_entry_of_the_log_always_stays(bot):
    purge(bot, NOW + timedelta(days=9000))
    purge(bot, NOW + timedelta(days=18000))

    with bot.database.read() as session:
        assert audit.verify(session).holds


def test_taken_alerts_go_in_the_end_and_danger_that_nobody_took_never(bot):
    with bot.database.write() as session:
        for subject in ("thread:1", "thread:2"):
            alerts.raise_alert(session, AlertKind.CRISIS, subject, now=NOW)
        alerts.take(session, "thread:1", by=WRITER, now=NOW)

    done = purge(bot, NOW + timedelta(days=9000))

    assert done[Kept.ALERTS] == 1
    with bot.database.read() as session:
        assert session.exec(select(AlertRow.subject)).all() == ["thread:2"]


def test_it_is_due_once_a_night_by_the_organisations_clock(bot):
    def is_due(moment):
        with bot.database.read() as session:
            return purging.is_due(session, bot.organisation(session), now=moment)

    night = datetime(2026, 11, 26, 0, 59, tzinfo=UTC)  # 2.59 in Helsinki
    before, after = is_due(night), is_due(night + timedelta(minutes=1))
    purge(bot, night + timedelta(minutes=5))

    assert (before, after) == (False, True)
    assert [is_due(night + timedelta(hours=hours)) for hours in (1, 20, 25)] == [False, False, True]


def test_a_restored_backup_is_clean_before_anybody_sees_it(
    told, tmp_path, mould, database_kind, models_cache
):
    write_backup(told.database, tmp_path / "b.zip", media=tmp_path / "media", now=NOW, told=lambda *_: None)
    folder = tmp_path / "new"
    folder.mkdir()
    shutil.copytree(tmp_path / "data", folder / "data")
    with mould.empty(database_kind, folder / "db") as url:
        fresh = build(_settings(url, folder, models_cache), clock=lambda: LATE)
        restore_backup(fresh.database, tmp_path / "b.zip", media=folder / "m", told=lambda *_: None)
        came_back = texts(fresh)
        purging.purge_restored(
            fresh.database,
            gather=fresh.organisation,
            media=fresh.media,
            clock=fresh.clock,
            register=fresh.register,
        )
        left = texts(fresh)
        fresh.close()

    assert all(came_back)
    assert not any(left)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    sending=st.sampled_from([None, SendState.SENT, SendState.PENDING, SendState.UNCONFIRMED]),
    days=st.integers(0, 500),
)
def test_whatever_the_state_only_what_rests_goes(told, state, sending, days):
    """Every state that a thread can be in, at any age."""
    waits, is_open, in_danger = state
    sealed = told.database.cipher.seal(DEBT)
    with told.database.write() as session:
        session.connection().execute(update(MessageRow).values(text_sealed=sealed, send_state=None))
        if sending is not None:
            last = session.exec(select(func.max(MessageRow.id))).one()
            session.connection().execute(
                update(MessageRow).where(col(MessageRow.id) == last).values(send_state=sending)
            )
        session.connection().execute(
            update(ThreadRow).values(
                waits_for_person=waits,
                is_open=is_open,
                closed_at=None if is_open else NOW,
                crisis="suicide" if in_danger else None,
                forgotten_at=None,
            )
        )
    now = NOW + timedelta(days=days)

    with told.database.write() as session:  # without close_quiet: the states are as drawn
        organisation = told.organisation(session)
        for sweep in SWEEPS[:3]:
            erase_some(session, sweep, organisation, now=now)

    rests = not (waits or in_danger or sending in (SendState.PENDING, SendState.UNCONFIRMED))
    is_over = days >= 90 or (not is_open and days >= 30)
    assert any(texts(told)) is not (rests and is_over)
    assert (threads(told)[0].forgotten_at is not None) is (rests and not is_open and days >= 30)


def test_a_number_of_somebody_who_still_waits_stays(bot):
    with bot.database.write() as session:
        callbacks.request(
            session,
            phone="040 123 4567",
            language="fi",
            organisation=bot.organisation(session),
            database=bot.database,
            now=NOW,
        )

    purge_late(bot)

    with bot.database.read() as session:
        assert session.exec(select(CallbackRow)).one().phone_sealed is not None


@pytest.mark.parametrize("value", ["0", "-3", "1.5", "100000", "²", "٣", "aina"])
def test_a_period_is_a_whole_number_within_the_calendar(bot, value):
    with bot.database.write() as session, pytest.raises(InvalidInput):
        directory.put(session, "retention_days", value, now=NOW, by="test", zone=bot.settings.zone)


def test_the_keys_can_be_renewed_where_persons_were_erased(told):
    purge_late(told)

    assert renew_seals(told.database, told=lambda *_: None) == 0


def test_messages_by_direction_are_all_there_after(told):
    before = len(messages(told, Direction.INBOUND))

    purge_late(told)

    assert len(messages(told, Direction.INBOUND)) == before
