"""Posts published a second, and what it costs to find that none is due: ``make bench``.

``--quick``: fewer posts to publish, and 100,000 scheduled posts in place of a million.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import text

from social_bot.planning import publishing
from social_bot.planning.composing import add_post, approve_post
from social_bot.planning.posts import PostContent
from tests.bench.ground import (
    APPROVER,
    PAGE,
    WRITER,
    Installation,
    head,
    installation,
    kinds,
    line,
    practice_page,
    running,
)

FEW, MANY = 1_000, 1_000_000
ROUNDS = 200


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    head("Publishing")
    for kind in kinds():
        with installation(kind) as place:
            publish(place, kind, count=200 if given.quick else 1000)
        with installation(kind) as place:
            find_due(place, kind, many=MANY // 10 if given.quick else MANY)


def publish(place: Installation, kind: str, *, count: int) -> None:
    """One ``social-bot work`` with due posts and a Page that answers at once; every post goes out once."""
    bot = place.bot
    with practice_page(place):
        for number in range(count):
            with bot.database.write() as session:
                content = PostContent(
                    page_id=PAGE,
                    kind="announcement",
                    texts={"fi": f"Tule juttelemaan numero {number}. Paikka ja aika kerrotaan tässä."},
                    publish_at=bot.now(),
                )
                post = add_post(session, content, zone=bot.settings.zone, author=WRITER, now=bot.now())
                by_hash = post.content.content_hash
                approve_post(session, post.id or 0, content_hash=by_hash, by=APPROVER, now=bot.now())
        with running("-m", "social_bot", "work", environment=place.environment):
            _wait(place, "SELECT count(*) FROM post WHERE state = 'published'", count, patience=180)
    with bot.database.read() as session:
        first, last, sent = session.connection().execute(text(_SPAN)).one()
    seconds = (_moment(last) - _moment(first)).total_seconds()
    assert sent == count, sent  # attempts: each post was sent once
    line(
        f"posts published, {count} due at once, {kind}, one worker", f"{count / seconds:,.0f}/s", "", "200/s"
    )


def find_due(place: Installation, kind: str, *, many: int) -> None:
    bot = place.bot
    jobs: dict[str, Callable[[], object]] = {
        "looking for due posts": lambda: publishing.publish_next(
            bot.database, publisher=bot.channel, media=bot.media, clock=bot.now
        ),
        "looking for late and held ones": lambda: publishing.settle_stale_posts(bot.database, now=bot.now()),
    }
    schedule(place, first=1, count=FEW)
    few = {name: median(job) for name, job in jobs.items()}
    schedule(place, first=FEW + 1, count=many - FEW)
    for name, job in jobs.items():
        seconds = median(job)
        line(
            f"{name}, none due, {FEW:,} and {many:,} scheduled, {kind}",
            f"{few[name] * 1e3:.2f} and {seconds * 1e3:.2f} ms",
            f"{seconds / few[name]:.2f} times",
            "1.2 times",
        )


def schedule(place: Installation, *, first: int, count: int) -> None:
    """Approved posts of the months to come, one a minute."""
    bot = place.bot
    is_pg = bot.database.is_postgresql
    numbers = (
        "SELECT generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n"
        if is_pg
        else "WITH RECURSIVE t(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM t WHERE n < :last) SELECT n FROM t"
    )
    at = (
        "(timezone('UTC', now()) + interval '1 day' + n * interval '1 minute')"
        if is_pg
        else "strftime('%Y-%m-%d %H:%M:%f000', 'now', '1 day', n || ' minutes')"
    )
    with bot.database.engine.connect() as connection:
        connection.execute(
            text(_SCHEDULED.format(at=at, numbers=numbers)), {"first": first, "last": first + count - 1}
        )
        connection.commit()
        if is_pg:  # as autovacuum does; on SQLite nobody does
            connection.execute(text("ANALYZE"))
            connection.commit()


def median(job: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        job()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def _wait(place: Installation, query: str, count: int, *, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with place.bot.database.read() as session:
            done = session.connection().execute(text(query)).scalar_one()
        if done >= count:
            return
        time.sleep(0.2)
    raise RuntimeError(f"after {patience:.0f} s {done} of {count} are published")


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


_SPAN = "SELECT min(started_at), max(ended_at), count(*) FROM publish_attempt"
_SCHEDULED = (
    "INSERT INTO post (page_id, key, kind, texts, pictures, publish_at, local_time, zone, lateness_minutes,"
    " author, changed_by, state, attempts, passes_stop, created_at)"
    " SELECT '100200300', '', 'qa', '{{\"fi\": \"Hei\"}}', '[]', {at}, '2026-01-01T09:00', 'Europe/Helsinki', 60,"
    " 'bench', '[]', 'scheduled', 0, 0, {at} FROM ({numbers}) AS numbers"
)

if __name__ == "__main__":
    main()
