"""What follow-up costs on a page with five years of history: ``make bench``; ``--full`` builds all of it.

The whole history is 20,000 posts, 500,000 messages and 5,000,000 snapshots; without ``--full`` a tenth of it.
"""

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import text

from social_bot.bootstrap import Bot, build, clock
from social_bot.channels.ports import PageAccess, Reading
from social_bot.organisation import directory, operators, pages
from social_bot.organisation.metrics import Metric
from social_bot.organisation.roles import Role
from social_bot.planning.store import GoalRow
from social_bot.settings import Settings
from social_bot.storage import migrate
from social_bot.tracking.collecting import collect
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.history import count_month, keep_counts
from social_bot.tracking.month_report import build_month_report
from social_bot.tracking.periods import month_at
from social_bot.web.app import create_app

PAGE, COORDINATOR = "100200300", "Koordinaattori"
YEARS = timedelta(days=5 * 365)
POST_METRICS = ("post_views", "post_reach", "post_reactions", "post_comments", "post_shares", "post_clicks")
TOPICS = ("debt", "food_aid", "housing", "social_assistance_basic", None)
ROUNDS = 5


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--full", action="store_true")
    share = 1.0 if arguments.parse_args().full else 0.1
    now = clock()
    with tempfile.TemporaryDirectory() as folder:
        bot = build(Settings(data_dir=Path(folder)))
        begun = time.perf_counter()
        posts, messages, snapshots = fill(bot, share, now)
        print(f"{posts:,} posts, {messages:,} messages, {snapshots:,} snapshots in five years", end=" ")
        print(f"(built in {time.perf_counter() - begun:.0f} s)")
        begun = time.perf_counter()
        months = 0
        while done := keep_counts(bot.database, gather=bot.organisation, clock=clock):
            months += done
        print(f"every month counted once and kept: {months} in {time.perf_counter() - begun:.1f} s")
        report(bot, now)
        bot.close()


def report(bot: Bot, now: datetime) -> None:
    zone = bot.settings.zone
    month = month_at(now, zone)
    client = TestClient(
        create_app(bot, on_delivery=lambda: None), base_url="http://localhost", client=("127.0.0.1", 5)
    )
    page = client.get("/enter?lang=fi").text
    token = re.search(r'name="token" value="([^"]+)"', page)
    client.post("/enter?lang=fi", data={"token": token[1] if token else "", "name": COORDINATOR})
    assert client.get("/dashboard").status_code == 200
    print(f"dashboard rendered: {best(lambda: client.get('/dashboard')):.3f} s (goal 0.3 s)")
    with bot.database.read() as session:
        organisation = bot.organisation(session)

        def whole_report() -> object:
            return build_month_report(
                session, month.before, organisation=organisation, topic_names={}, language="fi", now=now
            )

        def counted_anew() -> object:
            return [
                count_month(session, page_id, month.before, organisation=organisation, now=now)
                for page_id in (OFFICE, PAGE)
            ]

        print(f"report of a month: {best(whole_report):.3f} s (goal 3 s)")
        print(f"figures of a month counted from the rows: {best(counted_anew):.2f} s (goal 3 s)")
    insights = Counting()
    spent = best(lambda: collect(bot.database, insights=insights, clock=clock), rounds=1)
    print(
        f"a run of collecting: {insights.calls} calls for {insights.posts} posts, {spent:.2f} s without the network"
    )


class Counting:
    """A platform that answers at once and counts what it is asked."""

    calls = posts = 0

    def page_counters(self, page: PageAccess, *, since: datetime, until: datetime) -> list[Reading]:
        del page, since, until
        self.calls += 1
        return [Reading(metric="page_followers", value=800)]

    def post_counters(self, page: PageAccess, external_id: str) -> list[Reading]:
        del page, external_id
        self.calls += 1
        self.posts += 1
        return [Reading(metric=metric, value=7) for metric in POST_METRICS]


def best(act: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    """The median of a few rounds."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return statistics.median(found)


def fill(bot: Bot, share: float, now: datetime) -> tuple[int, int, int]:
    """Bulk rows, the same for every run."""
    migrate.upgrade(bot.database)
    dice = random.Random(7)
    begins = now - YEARS
    with bot.database.write() as session:
        operators.add(session, COORDINATOR, [Role.COORDINATOR], now=begins, by="bench")
        directory.put(session, "hours", "ma-to 9-15, pe 9-14", now=begins, by="bench", zone=bot.settings.zone)
        token = bot.database.cipher
        pages.add(session, PAGE, name="Sivu", token=None, is_live=False, cipher=token, now=begins, by="bench")
        pages.get(session, PAGE).token_sealed = token.seal("token")
        session.add_all(
            GoalRow(
                metric=metric,
                target=50_000,
                starts_on=(now - timedelta(days=300)).date(),
                by_on=now.date(),
                why={},
                page_id=PAGE,
            )
            for metric in (
                Metric.MESSAGES_RECEIVED,
                Metric.CONTACTS,
                Metric.POST_REACH,
                Metric.ANSWERED_SHARE,
            )
        )
    posts, messages, snapshots = int(20_000 * share), int(500_000 * share), int(5_000_000 * share)
    each = snapshots // (posts * len(POST_METRICS))
    write(bot, _POST, (post(number, begins + YEARS * number / posts) for number in range(posts)))
    write(
        bot,
        _SNAPSHOT,
        (
            {
                "subject": f"post:{number + 1}",
                "metric": metric,
                "value": dice.randrange(900),
                "taken_at": stamp(at),
            }
            for number in range(posts)
            for step in range(each)
            if (at := begins + YEARS * number / posts + timedelta(hours=1 + 30 * step)) < now
            for metric in POST_METRICS
        ),
    )
    threads = messages // 8
    write(bot, _THREAD, (thread(number, begins) for number in range(threads)))
    write(bot, _MESSAGE, talk(messages, threads, begins, dice))
    write(
        bot,
        _READING,
        (
            {"post_id": number + 1, "due_at": stamp(now - timedelta(days=20) + YEARS * number / posts)}
            for number in range(posts)
        ),
    )
    with bot.database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
        kept = connection.execute(text("SELECT count(*) FROM snapshot")).scalar_one()
    return posts, messages, int(kept)


def talk(messages: int, threads: int, begins: datetime, dice: random.Random) -> Iterator[dict[str, object]]:
    """Questions with their answers, one after the other in each thread, a thread in a few days."""
    for number in range(messages):
        place = number // 8
        at = begins + YEARS * place / threads + timedelta(minutes=37 * (number % 8))
        inbound = number % 2 == 0
        by_hand = dice.random() < 0.3
        yield {
            "id": number + 1,
            "thread_id": place % threads + 1,
            "direction": "inbound" if inbound else "outbound",
            "at": stamp(at),
            "lane": ("individual" if by_hand else "general") if inbound else None,
            "topic": dice.choice(TOPICS) if inbound else None,
            "language": ("fi", "fi", "sv")[number % 3] if inbound else None,
            "is_automatic": int(not inbound and not by_hand),
            "answers_id": None if inbound else number,
            "send_state": None if inbound else "sent",
        }


def post(number: int, at: datetime) -> dict[str, object]:
    return {"id": number + 1, "publish_at": stamp(at), "external_id": f"{PAGE}_{number}"}


def thread(number: int, at: datetime) -> dict[str, object]:
    return {"id": number + 1, "contact_index": str(number), "created_at": stamp(at)}


def write(bot: Bot, statement: str, rows: Iterator[dict[str, object]]) -> None:
    driver = bot.database.engine.raw_connection()
    cursor = driver.cursor()
    cursor.execute("BEGIN")
    cursor.executemany(statement, rows)  # type: ignore[arg-type]
    cursor.execute("COMMIT")
    driver.close()


def stamp(moment: datetime) -> str:
    """As the database keeps a moment."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


_POST = (
    "INSERT INTO post (id, page_id, key, kind, texts, pictures, publish_at, local_time, zone, lateness_minutes,"
    " author, changed_by, state, external_id, attempts, passes_stop, created_at) VALUES (:id, '100200300', '',"
    " 'qa', '{\"fi\": \"Hei\"}', '[]', :publish_at, '2026-01-01T09:00', 'Europe/Helsinki', 60, 'bench', '[]',"
    " 'published', :external_id, 1, 0, :publish_at)"
)
_SNAPSHOT = (
    "INSERT INTO snapshot (page_id, subject, metric, value, taken_at)"
    " VALUES ('100200300', :subject, :metric, :value, :taken_at)"
)
_THREAD = (
    "INSERT INTO thread (id, page_id, contact_index, contact_sealed, owner, is_open, is_disclosed,"
    " general_was_sent, personal_data_was_noted, phone_was_noted, waits_for_person, created_at)"
    " VALUES (:id, '100200300', :contact_index, x'00', 'bot', 0, 0, 0, 0, 0, 0, :created_at)"
)
_MESSAGE = (
    "INSERT INTO message (id, thread_id, page_id, direction, at, lane, topic, language, personal_data,"
    " is_automatic, answers_id, versions, quick_replies, buttons, send_state, attempts, looks) VALUES (:id,"
    " :thread_id, '100200300', :direction, :at, :lane, :topic, :language, '[]', :is_automatic, :answers_id,"
    " '[]', '[]', '[]', :send_state, 0, 0)"
)
_READING = "INSERT INTO post_reading (post_id, page_id, due_at) VALUES (:post_id, '100200300', :due_at)"


if __name__ == "__main__":
    main()
