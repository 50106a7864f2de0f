"""A campaign that pauses, goes on, ends and comes again another year."""

from datetime import date, timedelta

import pytest

from social_bot.errors import InvalidInput, NotAllowed
from social_bot.planning import campaign_deeds, holds, store
from social_bot.planning.campaign_answers import (
    first_answers,
    first_monday,
    lacking,
    move_answers,
    questions_of,
)
from social_bot.planning.campaign_changes import Change, read_changes, write_changes
from social_bot.planning.campaign_export import export_campaign
from social_bot.planning.campaign_files import parse_campaign
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.posts import PostState
from social_bot.planning.starting import make_plan, start_campaign
from social_bot.planning.store import CampaignState
from tests.conftest import APPROVER, NOW, PAGE, WRITER
from tests.planning.test_publishing import FakePage, publish_due, settle

ANSWERS = {
    "place.fi": "Asukastalo Malli",
    "place.sv": "Invånarhuset Malli",
    "room.fi": "sali",
    "room.sv": "salen",
    "starts": "18.00",
    "phone_main": "0XX XXX XXX9",
}


def start(bot, *, slug="meet_the_team", values=None, day=date(2026, 11, 26)) -> int:
    with bot.database.write() as session:
        started = start_campaign(
            session,
            read_campaign(bot.campaigns / f"{slug}.yaml"),
            bot.organisation(session),
            page_id=PAGE,
            start=day,
            values=values or {},
            author=WRITER,
            approver=APPROVER,
            media=bot.media,
            now=NOW,
        )
        return started.campaign.id or 0


def pause(bot, campaign_id, clock):
    with bot.database.write() as session:
        return campaign_deeds.pause_campaign(session, campaign_id, reason="Tarkistus", by=WRITER, now=clock())


def resume(bot, campaign_id, clock):
    with bot.database.write() as session:
        return campaign_deeds.resume_campaign(session, campaign_id, by=WRITER, now=clock())


def posts(bot, campaign_id):
    with bot.database.read() as session:
        return list(store.list_posts(session, campaign_id=campaign_id))


def state(bot, campaign_id):
    with bot.database.read() as session:
        return store.get_campaign(session, campaign_id).state


def test_a_paused_campaign_sends_nothing_and_others_go_on(bot, clock):
    paused, other = start(bot), start(bot)
    pause(bot, paused, clock)
    page = FakePage(clock)

    clock.forward(days=8)
    for hours in range(24 * 8):
        clock.now = NOW + timedelta(hours=hours)
        publish_due(bot, page, clock)

    assert {post.state for post in posts(bot, paused)} == {PostState.HELD}
    assert {post.reason for post in posts(bot, paused)} == {holds.PAUSED}
    assert PostState.PUBLISHED in {post.state for post in posts(bot, other)}


def test_a_post_approved_while_the_campaign_pauses_is_held(bot, clock):
    campaign_id = start(bot)
    pause(bot, campaign_id, clock)
    with bot.database.write() as session:
        post = store.list_posts(session, campaign_id=campaign_id)[0]
        post.become(PostState.SCHEDULED)
        session.add(post)

    settle(bot, clock)

    assert posts(bot, campaign_id)[0].state is PostState.HELD


def test_on_resuming_posts_in_time_are_scheduled_and_the_others_asked_about(bot, clock):
    campaign_id = start(bot)
    pause(bot, campaign_id, clock)
    clock.now = posts(bot, campaign_id)[1].publish_at + timedelta(minutes=30)

    resume(bot, campaign_id, clock)

    assert [post.state for post in posts(bot, campaign_id)][:3] == [
        PostState.MISSED,
        PostState.SCHEDULED,
        PostState.SCHEDULED,
    ]
    assert state(bot, campaign_id) is CampaignState.RUNNING


def test_what_a_stop_holds_stays_held_when_the_campaign_goes_on(bot, clock):
    campaign_id = start(bot)
    pause(bot, campaign_id, clock)
    with bot.database.write() as session:
        stop_id = holds.press_stop(
            session, page_id=None, holds_answers=False, reason="a", by=WRITER, now=NOW
        )[0].id

    resume(bot, campaign_id, clock)
    while_stopped = {(post.state, post.reason) for post in posts(bot, campaign_id)}
    with bot.database.write() as session:
        holds.release_stop(session, stop_id or 0, by=APPROVER, now=NOW)

    assert while_stopped == {(PostState.HELD, holds.STOPPED)}
    assert {post.state for post in posts(bot, campaign_id)} == {PostState.SCHEDULED}


def test_a_stop_that_is_released_leaves_a_paused_campaign_on_hold(bot, clock):
    campaign_id = start(bot)
    with bot.database.write() as session:
        stop_id = holds.press_stop(
            session, page_id=None, holds_answers=False, reason="a", by=WRITER, now=NOW
        )[0].id
    pause(bot, campaign_id, clock)

    with bot.database.write() as session:
        holds.release_stop(session, stop_id or 0, by=APPROVER, now=NOW)

    assert {(post.state, post.reason) for post in posts(bot, campaign_id)} == {(PostState.HELD, holds.PAUSED)}


def test_ending_cancels_what_is_left_and_keeps_what_is_published(bot, clock):
    campaign_id, page = start(bot), FakePage(clock)
    clock.now = posts(bot, campaign_id)[0].publish_at
    publish_due(bot, page, clock)

    with bot.database.write() as session:
        cancelled = campaign_deeds.end_campaign(session, campaign_id, by=WRITER, now=clock())
        count = len(cancelled)

    states = [post.state for post in posts(bot, campaign_id)]
    assert states[0] is PostState.PUBLISHED
    assert set(states[1:]) == {PostState.CANCELLED}
    assert count == len(states) - 1
    assert state(bot, campaign_id) is CampaignState.ENDED


@pytest.mark.parametrize("deed", ["pause_campaign", "resume_campaign", "end_campaign"])
def test_an_ended_campaign_can_only_be_copied(bot, clock, deed):
    campaign_id = start(bot)
    more = {"reason": "a"} if deed == "pause_campaign" else {}
    with bot.database.write() as session:
        campaign_deeds.end_campaign(session, campaign_id, by=WRITER, now=NOW)

        with pytest.raises(NotAllowed, match="has ended"):
            getattr(campaign_deeds, deed)(session, campaign_id, by=WRITER, now=NOW, **more)


@pytest.mark.parametrize("reason", ["", " ", "a" * 301])
def test_a_pause_needs_a_reason(bot, reason):
    campaign_id = start(bot)
    with bot.database.write() as session, pytest.raises(InvalidInput):
        campaign_deeds.pause_campaign(session, campaign_id, reason=reason, by=WRITER, now=NOW)


def test_a_copy_starts_on_the_same_weekday_in_the_first_year_to_come(bot):
    campaign_id = start(bot, day=date(2026, 12, 3))
    with bot.database.read() as session:
        row = store.get_campaign(session, campaign_id)

    near, far = (campaign_deeds.start_of_copy(row, today=day) for day in (NOW.date(), date(2030, 1, 1)))

    assert (near, near.weekday()) == (date(2027, 12, 2), row.starts_on.weekday())
    assert far > date(2030, 1, 1)
    assert far.weekday() == row.starts_on.weekday()


def test_answers_move_their_whole_days_and_lose_what_was_checked():
    moved = move_answers(
        {
            "until_day.fi": "vastaa 31.12.2026 mennessä",
            "when": "2026-12-03",
            "place": "Mallikatu 5.2",
            "odd": "31.2.2026",
            "checked_on": "1.11.2026",
        },
        by=timedelta(weeks=52),
    )

    assert moved == {
        "until_day.fi": "vastaa 30.12.2027 mennessä",
        "when": "2027-12-02",
        "place": "Mallikatu 5.2",
        "odd": "31.2.2026",
        "checked_on": "",
    }


def test_questions_are_filled_with_the_last_answer_the_default_or_the_setting(bot):
    campaign = read_campaign(bot.campaigns / "housing_evening.yaml")
    questions = questions_of(campaign, ["fi", "sv"])

    answers = first_answers(
        questions, last={"place": "Talo", "starts": "18.00"}, settings={"fi": {"room": "aula"}, "sv": {}}
    )

    assert (answers["place.fi"], answers["place.sv"]) == ("Talo", "Talo")
    assert (answers["starts"], answers["ends"]) == ("18.00", "19.00")
    assert (answers["room.fi"], answers["room.sv"]) == ("aula", "")
    assert [question.name for question in lacking(questions, answers)] == ["room.sv"]


def test_the_proposed_start_leaves_no_announcement_in_the_past(bot):
    for path in bot.campaigns.glob("*.yaml"):
        campaign = read_campaign(path)
        day = first_monday(campaign, today=NOW.date())

        assert day.weekday() == 0
        assert day > NOW.date()


def test_an_export_plans_the_same_without_answers(bot):
    campaign_id = start(bot, slug="housing_evening", values=ANSWERS, day=date(2026, 12, 17))
    with bot.database.read() as session:
        row, organisation = store.get_campaign(session, campaign_id), bot.organisation(session)

    text = export_campaign(row, is_own=False)
    again = parse_campaign(text, slug="oma", file="oma.yaml", is_own=True)

    plan = make_plan(again, organisation, start=row.starts_on, values={}, now=NOW)
    assert [(each.texts, each.local) for each in plan.posts] == [
        (post.texts, post.publish_at.astimezone(bot.settings.zone).replace(tzinfo=None))
        for post in posts(bot, campaign_id)
    ]
    assert "0XX XXX XXX9" in text


def test_changes_come_back_as_they_went():
    changes = {
        "a": Change(leaves_out=True),
        "b": Change(local=NOW.replace(tzinfo=None), texts={"fi": 'Hei "sinä" & <b>'}),
    }

    assert read_changes(write_changes(changes)) == changes
