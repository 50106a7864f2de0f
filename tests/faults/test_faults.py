"""Never twice, never lost: 150 worlds of the fault campaign, 30 of them with a real ``kill -9``."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from social_bot import fault_points
from social_bot.errors import InvalidInput, NotReady
from social_bot.fault_points import POINTS, dying_at, fault_point
from tests.conftest import databases
from tests.faults.campaign import play_all, repeat
from tests.faults.ground import Ground, grounded
from tests.faults.plans import Kind, plan_of, tour
from tests.faults.world import play

WORLDS, BLOCK = 150, 15
_HAS_POSTGRESQL = "postgresql" in databases()

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def ground(models_cache: Path) -> Iterator[Ground]:
    with grounded(models_cache) as ground:
        yield ground


@pytest.mark.parametrize("first", range(0, WORLDS, BLOCK))
def test_nothing_happens_twice_and_nothing_is_lost_whatever_breaks(ground, first):
    plans = [plan_of(seed, has_postgresql=_HAS_POSTGRESQL) for seed in range(first, first + BLOCK)]

    lines = list(play_all(plans, ground))

    broken = [f"{repeat(line)}: {line.why}" for line in lines if line.why]
    assert broken == []
    assert sum(line.met > 0 for line in lines) >= BLOCK - 4, "the troubles hardly ever came"


def test_the_campaign_has_its_share_of_every_fault():
    kinds = Counter(plan_of(seed, has_postgresql=False).kind for seed in range(WORLDS))

    assert kinds[Kind.CRASH] == 60
    assert kinds[Kind.KILL] == 30
    assert set(kinds) == set(Kind)


def test_crashes_walk_through_every_point():
    plans = [plan_of(seed, has_postgresql=False) for seed in range(WORLDS)]

    first = {plan.points[0].partition(":")[0] for plan in plans if plan.kind is Kind.CRASH}
    assert first == set(POINTS)


def test_every_point_is_reached(ground):
    reached: Counter[str] = Counter()
    for seed in range(30):
        reached += play(ground, tour(seed, database="sqlite")).reached
        if set(reached) == set(POINTS):
            break

    assert [point for point in POINTS if point not in reached] == []


def test_the_same_seed_is_the_same_world(ground):
    plan = plan_of(5, has_postgresql=False)

    first, second = play(ground, plan), play(ground, plan)

    assert first.reached == second.reached
    assert first.met == second.met


def test_a_point_that_nobody_has_armed_does_nothing_and_one_that_is_armed_is_told():
    told: list[str] = []
    fault_point("publishing.answered")

    fault_points.arm(told.append)
    fault_point("publishing.answered")
    fault_points.arm(None)
    fault_point("publishing.answered")

    assert told == ["publishing.answered"]


@pytest.mark.parametrize("order", ["publishing.nowhere", "publishing.answered:often", ""])
def test_a_point_that_there_is_not_is_refused(order):
    with pytest.raises(InvalidInput, match=r"publishing\.answered"):
        dying_at(order)


def test_no_process_kills_itself_where_somebody_could_see_it(new_bot, monkeypatch):
    monkeypatch.setenv("SOCIAL_BOT_FAULT_POINT", "publishing.answered")
    settings = new_bot.settings.model_copy(update={"fault_point": os.environ["SOCIAL_BOT_FAULT_POINT"]})

    from social_bot.bootstrap import build

    with pytest.raises(NotReady, match="practice page"):
        build(settings)


def test_a_post_past_its_time_does_not_keep_a_worker_busy(ground):
    """Until the sweep says that it was missed it is due, claimed, and must not go out."""
    line = next(play_all([plan_of(516, has_postgresql=False)], ground))  # the clock runs ahead by three hours

    assert line.why == []
