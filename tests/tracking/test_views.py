"""The views are as docs/interface.md says: their columns, its example, and the role that reads them and nothing else."""

import re
import uuid
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import ProgrammingError

from social_bot.storage import migrate
from social_bot.tracking import publication
from social_bot.tracking.figures import Figure
from tests.conftest import NOW
from tests.tracking.test_publication import SMALL, keep

DOCUMENT = (Path(__file__).parents[2] / "docs/interface.md").read_text(encoding="utf-8")
VISITS = [
    *("visits_held", "worker_minutes"),
    *(
        f"{name}{end}"
        for name in ("contacts", "declined", "led_to_clienthood", "guided_on", "out_of_area")
        for end in ("", "_hidden")
    ),
]


def documented():
    """By view, the columns in order; ``the counts of visits`` stand for theirs."""
    (table,) = re.findall(r"\| view \|.*?\n\n", DOCUMENT, re.DOTALL)
    found = {}
    for row in table.strip().splitlines()[2:]:
        _, name, _, columns, _ = row.split("|")
        found[name.strip(" `")] = [
            *re.findall(r"`(\w+)`", columns),
            *(VISITS if "counts of visits" in columns else ()),
        ]
    return found


def code(beginning):
    """The block of code in the document that begins so, as one text."""
    found = re.search(rf"(^    {beginning}.*\n(?:^    .*\n)*)", DOCUMENT, re.MULTILINE)
    assert found is not None
    return re.sub(r"^    ", "", found[1], flags=re.MULTILINE)


@pytest.fixture
def published(bot):
    keep(bot, "2026-09", SMALL)
    publication.publish(bot.database, gather=bot.organisation, clock=lambda: NOW)
    return bot


def test_every_view_and_every_column_stands_in_the_document(published):
    found = inspect(published.database.engine)

    views = {
        name: [column["name"] for column in found.get_columns(name)]
        for name in found.get_view_names()
        if name.startswith("bi_")
    }

    assert views == documented()


def test_the_examples_query_answers_what_the_report_says(published):
    with published.database.read() as session:
        rows = session.connection().execute(text(code("SELECT f.first_day"))).all()

    ((first_day, name, value, hidden),) = rows
    assert (str(first_day), name, value, hidden) == ("2026-09-01", "Viestit asukkailta", 40, None)


def test_what_a_view_reads_may_be_rebuilt_by_a_later_migration(published):
    """On SQLite a table under a view cannot be rebuilt: so the views stand on tables of their own alone."""
    under = {
        name
        for (query,) in _definitions(published)
        for name in re.findall(r"(?:FROM|JOIN)\s+\(*(?:public\.)?(\w+)", query)
    }

    assert under == {
        *("published_figure", "published_goal", "published_metric", "published_month"),
        *("published_trial", "published_trial_count"),
    }


def _definitions(bot):
    query = (
        "SELECT definition FROM pg_views WHERE viewname LIKE 'bi\\_%'"
        if bot.database.is_postgresql
        else "SELECT sql FROM sqlite_master WHERE type = 'view'"
    )
    with bot.database.read() as session:
        return session.connection().execute(text(query)).all()


def test_the_role_of_the_document_reads_the_views_and_no_table(published):
    if not published.database.is_postgresql:
        pytest.skip("roles are PostgreSQL's")
    role = f"bi_{uuid.uuid4().hex[:12]}"
    engine = published.database.engine
    statements = re.sub(r"\bbi\b", role, code("CREATE ROLE")).split(";")
    with engine.begin() as connection:
        for statement in filter(str.strip, statements):
            connection.execute(text(statement))
    try:
        for name in documented():
            with engine.connect() as connection:
                connection.execute(text(f"SET ROLE {role}"))
                connection.execute(text(f"SELECT * FROM {name}")).all()
                connection.execute(text("RESET ROLE"))
        for table in ("figure_count", "published_figure", "message", "outreach_visit", "api_token"):
            with engine.connect() as connection:
                connection.execute(text(f"SET LOCAL ROLE {role}"))
                with pytest.raises(ProgrammingError, match="permission denied"):
                    connection.execute(text(f"SELECT * FROM {table}"))
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))


def test_what_was_put_down_before_can_be_put_down_again_after_an_update(published):
    """The tables may be empty after an update: the next run fills them from what is kept."""
    migrate.downgrade(published.database, to="0013")
    migrate.upgrade(published.database)

    publication.publish(published.database, gather=published.organisation, clock=lambda: NOW)

    with published.database.read() as session:
        query = text("SELECT value FROM bi_figures WHERE figure = :figure AND part IS NULL")
        rows = session.connection().execute(query, {"figure": Figure.MESSAGES_RECEIVED.value}).all()
    assert [tuple(row) for row in rows] == [(40,)]
