"""Counters into snapshots, snapshots and our own rows into goals, goals into CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from social_bot.answering import callbacks
from social_bot.answering.store import Direction, MessageRow, ThreadRow
from social_bot.channels.ports import PageAccess, Reading
from social_bot.errors import ConnectionLost, ContentRefused, PageUnavailable
from social_bot.organisation import pages
from social_bot.organisation.metrics import Metric
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.posts import PostState
from social_bot.planning.starting import start_campaign
from social_bot.planning.store import GoalRow, PostRow
from social_bot.tracking.collecting import collect, next_due
from social_bot.tracking.goal_files import goals_csv
from social_bot.tracking.progress import goals_now
from social_bot.tracking.store import SnapshotRow
from tests.conftest import APPROVER, NOW, PAGE, WRITER


@dataclass
class FakeInsights:
    """``post`` counters by metric; None is not available."""

    post: dict[str, int | None] = field(default_factory=lambda: {"post_views": 10, "post_reach": 7})
    page: Sequence[Reading] = ()
    asked: list[str] = field(default_factory=list)
    error: Exception | None = None
    fails_after: int | None = None
    gone: str = ""

    def page_counters(self, page: PageAccess, *, since: datetime, until: datetime) -> Sequence[Reading]:
        if self.error:
            raise self.error
        self.asked.append(page.page_id)
        return self.page

    def post_counters(self, page: PageAccess, external_id: str) -> Sequence[Reading]:
        if self.fails_after is not None and len(self.asked) > self.fails_after:
            raise PageUnavailable("slow", throttled=True)
        self.asked.append(external_id)
        if external_id == self.gone:
            raise ContentRefused("gone")
        return [
            Reading(metric=metric, value=value, retired_on=None if value is not None else date(2026, 6, 15))
            for metric, value in self.post.items()
        ]


@pytest.fixture
def campaign_id(bot):
    """A started campaign with two published posts and a goal of each kind."""
    with bot.database.write() as session:
        started = start_campaign(
            session,
            read_campaign(bot.campaigns / "meet_the_team.yaml"),
            bot.organisation(session),
            page_id=PAGE,
            start=date(2026, 11, 25),
            values={},
            author=WRITER,
            approver=APPROVER,
            media=bot.media,
            now=NOW - timedelta(hours=3),
        )
        for number, post in enumerate(started.posts[:2]):
            post.become(PostState.PUBLISHING)
            post.become(PostState.PUBLISHED)
            post.external_id, post.publish_at = f"{PAGE}_{number}", NOW - timedelta(hours=2)
            session.add(post)
        for row in session.exec(select(GoalRow)).all():
            session.delete(row)
        for metric in (
            Metric.POST_REACH,
            Metric.POSTS_PUBLISHED,
            Metric.CALLBACKS_REQUESTED,
            Metric.PAGE_VIEWS,
        ):
            session.add(
                GoalRow(
                    campaign_id=started.campaign.id or 0,
                    metric=metric,
                    target=20,
                    by_on=date(2026, 12, 31),
                    why={},
                )
            )
        return started.campaign.id


def values(bot, now=NOW):
    with bot.database.read() as session:
        goals = goals_now(session, now=now, zone=bot.settings.zone)
    return {goal.row.metric: goal.progress.value for goal in goals}


def test_the_reach_of_a_campaign_is_the_sum_of_its_posts_newest_readings(bot, campaign_id, clock):
    insights = FakeInsights()
    collect(bot.database, insights=insights, clock=clock, everything=True)
    insights.post["post_reach"] = 9
    clock.forward(hours=5)
    collect(bot.database, insights=insights, clock=clock, everything=True)

    with bot.database.read() as session:
        kept = len(session.exec(select(SnapshotRow)).all())
    assert values(bot, now=clock())[Metric.POST_REACH].value == 18
    assert kept == 8  # nothing is overwritten


def test_a_retired_metric_is_not_available_since_its_day_and_empties_no_other(bot, campaign_id, clock):
    collect(
        bot.database,
        insights=FakeInsights(post={"post_reach": None, "post_views": 3}),
        clock=clock,
        everything=True,
    )

    assert values(bot)[Metric.POST_REACH].value is None
    assert values(bot)[Metric.POST_REACH].not_available_since == date(2026, 6, 15)
    assert values(bot)[Metric.POSTS_PUBLISHED].value == 2


def test_before_anything_is_read_a_platform_figure_is_not_available_and_ours_is(bot, campaign_id):
    assert values(bot)[Metric.POST_REACH].value is None
    assert values(bot)[Metric.CALLBACKS_REQUESTED].value == 0


def test_a_daily_figure_is_the_sum_of_the_newest_reading_of_each_day(bot, campaign_id, clock):
    first, second = datetime(2026, 11, 26, 8, tzinfo=UTC), datetime(2026, 11, 27, 8, tzinfo=UTC)
    insights = FakeInsights(page=[Reading(metric="page_views", value=5, period_end=first)])
    collect(bot.database, insights=insights, clock=clock, everything=True)
    insights.page = [
        Reading(metric="page_views", value=6, period_end=first),
        Reading(metric="page_views", value=1, period_end=second),
    ]
    collect(bot.database, insights=insights, clock=clock, everything=True)

    assert values(bot, now=NOW + timedelta(days=5))[Metric.PAGE_VIEWS].value == 7


def test_callbacks_count_towards_a_goal(bot, campaign_id):
    with bot.database.write() as session:
        callbacks.request(
            session,
            phone="040 123 4567",
            language="fi",
            organisation=bot.organisation(session),
            database=bot.database,
            now=NOW,
        )

    assert values(bot, now=NOW + timedelta(minutes=1))[Metric.CALLBACKS_REQUESTED].value == 1


def test_messages_contacts_and_the_answered_share_are_counted_from_our_own_rows(bot, campaign_id):
    with bot.database.write() as session:
        for metric in (Metric.MESSAGES_RECEIVED, Metric.CONTACTS, Metric.ANSWERED_SHARE):
            session.add(
                GoalRow(campaign_id=campaign_id, metric=metric, target=90, by_on=date(2026, 12, 31), why={})
            )
        for thread_id in (1, 2):
            session.add(
                ThreadRow(
                    id=thread_id,
                    page_id=PAGE,
                    contact_index=str(thread_id),
                    contact_sealed=b"x",
                    created_at=NOW,
                )
            )
        session.flush()
        for thread_id, direction in ((1, "inbound"), (1, "outbound"), (1, "inbound"), (2, "inbound")):
            session.add(MessageRow(thread_id=thread_id, page_id=PAGE, direction=Direction(direction), at=NOW))
            session.flush()

    found = values(bot, now=NOW + timedelta(minutes=1))

    assert found[Metric.MESSAGES_RECEIVED].value == 3
    assert found[Metric.CONTACTS].value == 2
    assert found[Metric.ANSWERED_SHARE].value == 33


def test_a_dead_token_disconnects_the_page_and_is_not_asked_again(bot, campaign_id, clock):
    insights = FakeInsights(error=ConnectionLost("token"))
    collect(bot.database, insights=insights, clock=clock)
    insights.error = None
    collect(bot.database, insights=insights, clock=clock, everything=True)

    with bot.database.read() as session:
        assert pages.get(session, PAGE).is_disconnected
    assert insights.asked == []


def test_throttled_counters_never_pause_the_page_for_posts_and_answers(bot, campaign_id, clock):
    insights = FakeInsights(error=PageUnavailable("slow", retry_at=NOW + timedelta(hours=1), throttled=True))

    collect(bot.database, insights=insights, clock=clock, everything=True)

    with bot.database.read() as session:
        assert pages.get(session, PAGE).may_write(NOW)


def test_posts_are_read_less_often_as_they_age(bot, campaign_id, clock):
    insights = FakeInsights()
    for _ in range(12):
        collect(bot.database, insights=insights, clock=clock)
        clock.forward(minutes=5)

    assert insights.asked.count(f"{PAGE}_0") == 1


@pytest.mark.parametrize(
    ("age", "again_at"),
    [
        (timedelta(hours=1), timedelta(hours=6)),
        (timedelta(hours=5), timedelta(hours=6)),
        (timedelta(hours=6), timedelta(days=1)),
        (timedelta(days=1), timedelta(days=3)),
        (timedelta(days=3), timedelta(days=7)),
        (timedelta(days=7), timedelta(days=28)),
        (timedelta(days=28), timedelta(days=56)),
        (timedelta(days=400), timedelta(days=428)),
    ],
)
def test_a_post_is_due_again_at_the_next_step_of_its_age(age, again_at):
    published = NOW - age

    assert next_due(published, NOW) == published + again_at


def test_a_run_that_is_cut_short_goes_on_with_the_posts_that_were_left(bot, campaign_id, clock):
    insights = FakeInsights(fails_after=1)
    collect(bot.database, insights=insights, clock=clock)
    first = [one for one in insights.asked if one != PAGE]
    insights.fails_after = None
    collect(bot.database, insights=insights, clock=clock)

    assert first == [f"{PAGE}_0"]
    assert [one for one in insights.asked if one != PAGE] == [f"{PAGE}_0", f"{PAGE}_1"]


def test_a_post_that_is_gone_keeps_no_other_from_being_read(bot, campaign_id, clock):
    insights = FakeInsights(gone=f"{PAGE}_0")

    collect(bot.database, insights=insights, clock=clock)
    collect(bot.database, insights=insights, clock=clock)

    assert [one for one in insights.asked if one != PAGE] == [f"{PAGE}_0", f"{PAGE}_1"]


def test_a_post_that_was_found_on_the_page_later_is_read_as_well(bot, campaign_id, clock):
    with bot.database.write() as session:
        post = session.exec(select(PostRow).where(PostRow.external_id == f"{PAGE}_1")).one()
        post.external_id = None
        session.add(post)
    insights = FakeInsights()
    collect(bot.database, insights=insights, clock=clock)
    with bot.database.write() as session:
        post = session.get_one(PostRow, post.id)
        post.external_id = f"{PAGE}_1"
        session.add(post)
    collect(bot.database, insights=insights, clock=clock)

    assert f"{PAGE}_1" in insights.asked


def test_the_csv_opens_in_a_finnish_spreadsheet_and_leaves_the_unknown_empty(bot, campaign_id):
    with bot.database.read() as session:
        text = goals_csv(goals_now(session, now=NOW, zone=bot.settings.zone))

    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    by_metric = {row["metric"]: row for row in rows}
    assert text.startswith("\ufeff")
    assert by_metric["post_reach"]["value"] == ""
    assert by_metric["post_reach"]["available"] == "False"
    assert by_metric["posts_published"]["value"] == "2"
