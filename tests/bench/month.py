"""What the calendar costs: a month of 500 posts, alone and among 100,000 in other months: ``make bench``.

Times are this machine's; the ratio of the two is taken in one run and travels better.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import event, insert
from starlette.testclient import TestClient

from social_bot.bootstrap import Bot, build
from social_bot.organisation import operators, pages
from social_bot.organisation.roles import Role
from social_bot.planning.posts import PostState
from social_bot.planning.store import PostRow
from social_bot.settings import Settings
from social_bot.storage import migrate
from social_bot.web.app import create_app

PAGES = ("100", "200", "300")
MONTH = datetime(2026, 11, 1, tzinfo=UTC)
ROUNDS = 15
WHO = "Kirjoittaja 1"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bot = furnished(Path(folder))
        client = TestClient(
            create_app(bot, on_delivery=lambda: None),
            base_url="http://127.0.0.1:8000",
            client=("127.0.0.1", 50000),
        )
        token = client.get("/enter").text.split('name="token" value="')[1].split('"')[0]
        client.post("/enter?lang=fi", data={"token": token, "name": WHO})
        add_posts(bot, 500, days=29)
        alone = {view: measured(bot, client, view) for view in ("month", "week", "list")}
        for number in range(1, 51):
            add_posts(bot, 2000, days=28, months=number - 60 if number <= 25 else number + 10)
        among = {view: measured(bot, client, view) for view in ("month", "week", "list")}
        bot.close()
    for view, (seconds, queries) in among.items():
        print(
            f"{view} of a month with 500 posts: {alone[view][0] * 1e3:.0f} ms, among 100,000 others "
            f"{seconds * 1e3:.0f} ms = {seconds / alone[view][0]:.2f} times, {queries} queries"
        )


def measured(bot: Bot, client: TestClient, view: str) -> tuple[float, int]:
    """The median seconds of processor time of a whole request, and its queries."""
    path = f"/posts?view={view}&month=2026-11&week=2026-W46"
    with counted(bot) as queries:
        page = client.get(path).text
    shown = page.count('href="/posts/') if view == "week" else page.count('id="post-')
    assert view == "week" or shown >= 500, shown
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        client.get(path)
        taken.append(time.process_time() - begun)
    return statistics.median(taken), len(queries)


@contextmanager
def counted(bot: Bot) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    event.listen(bot.database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(bot.database.engine, "before_cursor_execute", note)


def furnished(folder: Path) -> Bot:
    bot = build(Settings(data_dir=folder))
    migrate.upgrade(bot.database)
    now = bot.now()
    with bot.database.write() as session:
        operators.add(session, WHO, [Role.WRITER], now=now, by="bench")
        for page in PAGES:
            pages.add(
                session,
                page,
                name=f"Sivu {page}",
                token=SecretStr("t"),
                is_live=False,
                cipher=bot.database.cipher,
                now=now,
                by="bench",
            )
    return bot


def add_posts(bot: Bot, count: int, *, days: int, months: int = 0) -> None:
    start = MONTH + timedelta(days=31 * months)
    with bot.database.write() as session:
        session.connection().execute(
            insert(PostRow), [row(number, count, days, start) for number in range(count)]
        )


def row(number: int, count: int, days: int, start: datetime) -> Mapping[str, object]:
    at = start + timedelta(minutes=number * days * 24 * 60 // count)
    states = list(PostState)
    return {
        "page_id": PAGES[number % 3],
        "key": "",
        "kind": "outreach_event",
        "texts": {
            "fi": f"Tule juttelemaan numero {number}.\n\n" + "Paikka ja aika kerrotaan tässä. " * 20,
            "sv": f"Kom och prata nummer {number}.\n\n" + "Platsen och tiden berättas här. " * 20,
        },
        "pictures": [],
        "changed_by": [],
        "publish_at": at,
        "local_time": at.strftime("%Y-%m-%d %H:%M:%S"),
        "zone": "Europe/Helsinki",
        "lateness_minutes": 60,
        "author": WHO,
        "state": states[number % len(states)],
        "attempts": 0,
        "created_at": start,
    }


if __name__ == "__main__":
    main()
