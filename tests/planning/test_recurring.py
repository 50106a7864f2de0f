"""Series at work: posts weeks ahead and each day once, days left out, ends, and changes from a day on."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import col, select

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.organisation import alerts, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.audit import AuditEntryRow
from social_bot.planning import recurring, series_store, store
from social_bot.planning.composing import approve_post
from social_bot.planning.posts import PostState
from social_bot.planning.recurring import NewSeries, begin_series, end_series, skip_day, write_coming_posts
from social_bot.planning.series import AHEAD, Often, Plan, Rule
from social_bot.planning.series_changes import Change, change_series, plan_change
from tests.conftest import APPROVER, NOW, PAGE, WRITER

TODAY = date(2026, 11, 25)
WEDNESDAYS = Rule(often=Often.EVERY, weekday=2)


def new(bot, **changes) -> NewSeries:
    return NewSeries(
        **{
            "page_id": PAGE,
            "kind": "outreach_event",
            "texts": {"fi": "Tule {päivä} klo {aika}: {paikka}.", "sv": "Kom {dag} kl. {tid}: {plats}."},
            "plan": Plan(
                rule=WEDNESDAYS,
                local_time=time(10),
                zone=bot.settings.zone,
                starts_on=TODAY,
                ends_on=date(2027, 6, 30),
            ),
            "place": {"fi": "kirjasto", "sv": "biblioteket"},
            "hours": "12–14",
            **changes,
        }
    )


@pytest.fixture
def series(bot) -> int:
    with bot.database.write() as session:
        return begin_series(session, new(bot), author=WRITER, now=NOW).id or 0


def posts(bot, series_id):
    with bot.database.read() as session:
        return series_store.posts_by_day(session, series_id)


def change(**changes) -> Change:
    return Change(
        **{
            "from_on": date(2026, 12, 9),
            "rule": WEDNESDAYS,
            "local_time": time(10),
            "hours": "12–14",
            "place": {"fi": "kirjasto", "sv": "biblioteket"},
            **changes,
        }
    )


def test_a_new_series_has_its_posts_of_eight_weeks_waiting_for_approval(bot, series):
    written = posts(bot, series)

    assert list(written) == [
        *(TODAY + timedelta(weeks=number) for number in range(6)),
        date(2027, 1, 13),  # the sixth of January is Epiphany
    ]
    assert {post.state for post in written.values()} == {PostState.AWAITING_APPROVAL}
    assert written[TODAY].texts == {
        "fi": "Tule ke 25.11. klo 12–14: kirjasto.",
        "sv": "Kom ons 25.11 kl. 12–14: biblioteket.",
    }
    assert all(NOW < post.publish_at <= NOW + AHEAD for post in written.values())


def test_the_worker_writes_each_day_once_as_the_weeks_pass(bot, series):
    at_once = write_coming_posts(bot.database, now=NOW)
    a_week_later = write_coming_posts(bot.database, now=NOW + timedelta(weeks=1))
    again = write_coming_posts(bot.database, now=NOW + timedelta(weeks=1))

    assert (at_once, a_week_later, again) == (0, 1, 0)
    assert len(posts(bot, series)) == 8


def test_an_ended_series_writes_nothing_and_its_posts_are_cancelled(bot, series):
    with bot.database.write() as session:
        count = end_series(session, series, by=WRITER, now=NOW)

    assert count == 7
    assert {post.state for post in posts(bot, series).values()} == {PostState.CANCELLED}
    assert write_coming_posts(bot.database, now=NOW + timedelta(weeks=2)) == 0
    with bot.database.write() as session, pytest.raises(NotAllowed, match="has ended"):
        end_series(session, series, by=WRITER, now=NOW)


def test_a_day_left_out_cancels_its_post_and_is_not_written_again(bot, series):
    far = date(2027, 2, 3)
    with bot.database.write() as session:
        skip_day(session, series, date(2026, 12, 2), by=WRITER, now=NOW)
        skip_day(session, series, far, by=WRITER, now=NOW)

    write_coming_posts(bot.database, now=NOW + timedelta(weeks=4))

    written = posts(bot, series)
    assert written[date(2026, 12, 2)].state is PostState.CANCELLED
    assert far not in written
    with bot.database.write() as session, pytest.raises(InvalidInput, match="no post on that day"):
        skip_day(session, series, date(2026, 12, 3), by=WRITER, now=NOW)


def test_a_series_whose_writer_may_not_write_any_more_stands_still_and_says_so_once(bot, series):
    with bot.database.write() as session:
        operators.get(session, WRITER).roles = []

    later = NOW + timedelta(weeks=1)
    written = [write_coming_posts(bot.database, now=later) for _ in range(2)]

    with bot.database.read() as session:
        row = series_store.get_series(session, series)
        told = [alert for alert in alerts.unacknowledged(session) if alert.kind is AlertKind.SERIES_STANDS]
    assert written == [0, 0]
    assert row.trouble == recurring.NO_WRITER
    assert [alert.subject for alert in told] == [f"series:{series}"]


def test_a_series_in_trouble_goes_on_when_the_trouble_is_over(bot, series):
    with bot.database.write() as session:
        operators.get(session, WRITER).roles = []
    write_coming_posts(bot.database, now=NOW + timedelta(weeks=1))
    with bot.database.write() as session:
        operators.get(session, WRITER).roles = ["writer"]

    written = write_coming_posts(bot.database, now=NOW + timedelta(weeks=1))

    with bot.database.read() as session:
        assert series_store.get_series(session, series).trouble is None
        assert not [each for each in alerts.unacknowledged(session) if each.kind is AlertKind.SERIES_STANDS]
    assert written == 1


def test_who_does_not_write_begins_and_ends_no_series(bot, series):
    with bot.database.write() as session:
        operators.get(session, APPROVER).roles = ["approver"]

    with bot.database.write() as session, pytest.raises(NotAllowed):
        begin_series(session, new(bot), author=APPROVER, now=NOW)
    with bot.database.write() as session, pytest.raises(NotAllowed):
        end_series(session, series, by=APPROVER, now=NOW)
    with bot.database.write() as session, pytest.raises(NotAllowed):
        change_series(session, series, change(hours="9–11"), by=APPROVER, now=NOW)


def test_a_change_tells_before_what_it_does(bot, series):
    with bot.database.read() as session:
        effects = plan_change(session, series, change(hours="9–11"), now=NOW)

    assert len(effects.changed) == 5
    assert effects.cancelled == []
    assert effects.is_announced
    assert {post.texts["fi"] for post in posts(bot, series).values()} >= {
        "Tule ke 9.12. klo 12–14: kirjasto."
    }


def test_a_change_of_place_voids_approvals_from_its_day_on_and_writes_an_announcement(bot, series):
    before, after = (posts(bot, series)[day] for day in (date(2026, 12, 2), date(2026, 12, 9)))
    with bot.database.write() as session:
        for post in (before, after):
            approve_post(session, post.id, content_hash=post.content.content_hash, by=APPROVER, now=NOW)

    with bot.database.write() as session:
        place = {"fi": "seurakuntatalo", "sv": "församlingshemmet"}
        done = change_series(session, series, change(place=place), by=WRITER, now=NOW)
        new_id, told = done.series.id, done.announcement

    old, follower = posts(bot, series), posts(bot, new_id)
    assert told is not None
    assert old[date(2026, 12, 2)].state is PostState.SCHEDULED
    assert date(2026, 12, 9) not in old
    assert follower[date(2026, 12, 9)].id == after.id
    assert follower[date(2026, 12, 9)].state is PostState.AWAITING_APPROVAL
    assert follower[date(2026, 12, 9)].texts["fi"] == "Tule ke 9.12. klo 12–14: seurakuntatalo."
    assert not follower[date(2026, 12, 9)].is_approved
    assert (told.kind, told.state) == ("hours_change", PostState.DRAFT)
    assert "Ennen: joka keskiviikko klo 12–14, kirjasto" in told.texts["fi"]
    assert NOW < told.publish_at < follower[date(2026, 12, 9)].publish_at


def test_days_that_the_changed_series_does_not_have_are_cancelled(bot, series):
    thursdays = Rule(often=Often.EVERY, weekday=3)
    with bot.database.write() as session:
        done = change_series(session, series, change(rule=thursdays), by=WRITER, now=NOW)
        new_id = done.series.id

    old, follower = posts(bot, series), posts(bot, new_id)
    assert old[date(2026, 12, 9)].state is PostState.CANCELLED
    assert old[date(2026, 12, 2)].state is PostState.AWAITING_APPROVAL
    assert date(2026, 12, 10) in follower
    assert write_coming_posts(bot.database, now=NOW + timedelta(weeks=3)) > 0
    assert max(posts(bot, series)) < date(2027, 1, 21)


def test_a_text_that_was_changed_by_hand_stays_and_waits_as_a_draft(bot, series):
    by_hand = posts(bot, series)[date(2026, 12, 9)]
    with bot.database.write() as session:
        store.get_post(session, by_hand.id).texts = {"fi": "Tänään torttuja.", "sv": "I dag tårtor."}

    with bot.database.write() as session:
        done = change_series(session, series, change(hours="9–11"), by=WRITER, now=NOW)
        new_id = done.series.id

    kept = posts(bot, new_id)[date(2026, 12, 9)]
    assert kept.texts["fi"] == "Tänään torttuja."
    assert kept.state is PostState.DRAFT


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Nothing would change"),
        ({"hours": "9–11", "from_on": TODAY}, "from tomorrow on"),
        ({"hours": "9–11", "from_on": date(2028, 1, 1)}, "ends before that day"),
        ({"place": {}}, "Tell what it is"),
    ],
)
def test_a_change_that_cannot_be_says_why(bot, series, changes, sentence):
    with bot.database.write() as session, pytest.raises(InvalidInput, match=sentence):
        change_series(session, series, change(**changes), by=WRITER, now=NOW)


def test_a_series_with_no_day_to_come_is_refused(bot):
    past = Plan(
        rule=WEDNESDAYS,
        local_time=time(8),
        zone=bot.settings.zone,
        starts_on=date(2026, 11, 1),
        ends_on=TODAY,
    )

    with bot.database.write() as session, pytest.raises(InvalidInput, match="has passed"):
        begin_series(session, new(bot, plan=past), author=WRITER, now=NOW)


def test_what_is_done_to_a_series_is_in_the_audit_log_without_its_texts(bot, series):
    with bot.database.write() as session:
        skip_day(session, series, date(2026, 12, 2), by=WRITER, now=NOW)
        change_series(session, series, change(hours="9–11"), by=WRITER, now=NOW)

    with bot.database.read() as session:
        entries = session.exec(
            select(AuditEntryRow).where(col(AuditEntryRow.action).startswith("series."))
        ).all()
    assert [entry.action for entry in entries] == ["series.begin", "series.skip", "series.change"]
    assert not any("kirjasto" in entry.detail for entry in entries)
