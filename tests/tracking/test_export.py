"""Whole months as rows: every count of people under five hidden, whatever is subtracted from what."""

import csv
import io
import json
from datetime import timedelta

import pytest

from social_bot.errors import InvalidInput
from social_bot.tracking.export import export_rows, write_csv, write_jsonl
from social_bot.tracking.figure_store import OFFICE, FigureCountRow, FigureMonthRow
from social_bot.tracking.figures import Figure
from social_bot.tracking.periods import Month, parse_months
from tests.conftest import NOW, PAGE

MESSAGES = Figure.MESSAGES_RECEIVED


def keep(bot, month, counts, page=PAGE):
    with bot.database.write() as session:
        session.add(FigureMonthRow(page_id=page, month=month, counted_at=NOW, is_final=True))
        session.add_all(
            FigureCountRow(page_id=page, month=month, figure=figure, part=part, value=value)
            for (figure, part), value in counts.items()
        )


def rows(bot, months, now=NOW):
    with bot.database.read() as session:
        return list(
            export_rows(
                session, parse_months(months), organisation=bot.organisation(session), language="fi", now=now
            )
        )


def cell(found, month, figure=MESSAGES, part=""):
    [row] = [
        row
        for row in found
        if (row["month"], row["figure"], row.get("part") or "", row["page"]) == (month, figure, part, PAGE)
    ]
    return row


def test_each_figure_comes_with_its_definition_source_and_unit(bot):
    keep(bot, "2026-09", {(MESSAGES, ""): 40})

    row = cell(rows(bot, "2026-09"), "2026-09")

    assert (row["value"], row["hidden"], row["unit"]) == (40, "", "count")
    assert row["name"]
    assert row["definition"]
    assert row["source"]


def test_small_counts_are_hidden_and_so_is_what_would_tell_them(bot):
    counts = {
        (MESSAGES, ""): 40,
        (MESSAGES, "topic:debt"): 3,
        (MESSAGES, "topic:food"): 12,
        (MESSAGES, "topic:none"): 25,
    }
    keep(bot, "2026-09", counts)

    found = rows(bot, "2026-09")

    assert cell(found, "2026-09", part="debt")["hidden"] == "< 5"
    assert cell(found, "2026-09", part="food")["value"] is None
    assert cell(found, "2026-09", part="none")["value"] == 25


def test_what_is_told_of_a_month_is_the_same_whatever_months_are_asked_for(bot):
    for month in ("2026-07", "2026-08", "2026-09"):
        keep(
            bot, month, {(MESSAGES, ""): 30, (MESSAGES, "lane:general"): 28, (MESSAGES, "lane:individual"): 2}
        )

    alone, among = rows(bot, "2026-08"), rows(bot, "2026-07..2026-09")

    assert alone == [row for row in among if row["month"] == "2026-08"]
    assert {row["month"] for row in among} == {"2026-07", "2026-08", "2026-09"}  # no sum of them


def test_a_month_that_is_not_over_is_left_out(bot):
    keep(bot, "2026-10", {(MESSAGES, ""): 30})

    assert {row["month"] for row in rows(bot, "2026-10..2026-11")} == {"2026-10"}
    with pytest.raises(InvalidInput):
        rows(bot, "2026-11")


def test_a_month_ends_at_midnight_in_helsinki(bot):
    keep(bot, "2026-10", {(MESSAGES, ""): 30})
    ends = Month(2026, 10).bounds(bot.settings.zone)[1]

    assert rows(bot, "2026-10", now=ends)
    with pytest.raises(InvalidInput):
        rows(bot, "2026-10", now=ends - timedelta(seconds=1))


def test_what_belongs_to_no_page_stands_once(bot):
    keep(bot, "2026-09", {(Figure.CALLBACKS, ""): 12}, page=OFFICE)
    keep(bot, "2026-09", {(MESSAGES, ""): 12})

    found = rows(bot, "2026-09")

    assert [row["page"] for row in found if row["figure"] == Figure.CALLBACKS] == [OFFICE]


def test_both_forms_hold_the_same_and_what_is_not_known_is_empty(bot):
    keep(bot, "2026-09", {(MESSAGES, ""): 40})
    found = rows(bot, "2026-09")

    table = list(
        csv.DictReader(io.StringIO("".join(write_csv(iter(found))).removeprefix("\ufeff")), delimiter=";")
    )
    documents = [json.loads(line) for line in write_jsonl(iter(found))]

    assert [row["value"] for row in table] == [
        "" if document["value"] is None else str(document["value"]) for document in documents
    ]
    assert {row["value"] for row in table if row["figure"] == Figure.POST_VIEWS} == {""}
