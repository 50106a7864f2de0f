"""Whole months that are over: which there are, their figures, and what every figure means."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from social_bot.organisation import pages
from social_bot.tracking import figure_words as words
from social_bot.tracking import published_store as store
from social_bot.tracking.definitions import FIGURE, MetricDefinition, all_definitions
from social_bot.tracking.published_store import PublishedFigureRow
from social_bot.translations import translate
from social_bot.web.api.answers import answer
from social_bot.web.api.asked import FiguresAsked, Nothing
from social_bot.web.api.models import (
    FigureOut,
    Items,
    MetricOut,
    MonthOut,
    Paged,
    PageOut,
    told_fields,
)
from social_bot.web.api.readers import Read, Reader

routes = APIRouter()


@routes.get("/pages", response_model=Items[PageOut], summary="The pages that the token reads")
def list_pages(request: Request, reader: Read, asked: Annotated[Nothing, Query()]) -> Response:
    del asked
    with reader.site.bot.database.read() as session:
        found = [row for row in pages.everyone(session) if reader.token.reads(row.id)]
    return answer(request, reader, Items(items=[PageOut(page=row.id, name=row.name) for row in found]))


@routes.get("/metrics", response_model=Items[MetricOut], summary="What every figure means")
def list_metrics(request: Request, reader: Read, asked: Annotated[Nothing, Query()]) -> Response:
    del asked
    items = [
        MetricOut(
            kind=one.kind,
            metric=one.key,
            name=one.name(reader.language),
            definition=one.definition(reader.language),
            unit=one.unit,
            source=one.source,
            is_estimate=one.is_estimate,
            counts_people=one.counts_people,
            parts=list(one.parts),
        )
        for one in all_definitions()
    ]
    return answer(request, reader, Items(items=items))


@routes.get("/months", response_model=Items[MonthOut], summary="The months of which there are figures")
def list_months(request: Request, reader: Read, asked: Annotated[Nothing, Query()]) -> Response:
    del asked
    with reader.site.bot.database.read() as session:
        rows = store.list_months(session, reader.page_ids(session))
    items = [
        MonthOut(
            month=row.month,
            page=row.page_id or None,
            counted_at=row.counted_at,
            published_at=row.published_at,
            is_final=row.is_final,
        )
        for row in rows
    ]
    return answer(request, reader, Items(items=items))


@routes.get("/figures", response_model=Paged[FigureOut], summary="The figures of whole months")
def list_figures(request: Request, reader: Read, asked: Annotated[FiguresAsked, Query()]) -> Response:
    """A row a month, page, figure and part, as in the export. A month that is not over is not among them."""
    with reader.site.bot.database.read() as session:
        rows, total = store.list_figures(
            session,
            reader.page_ids(session, asked.page),
            asked.in_order,
            figure=asked.figure,
            offset=asked.offset,
            limit=asked.limit,
        )
    definitions = {one.key: one for one in all_definitions() if one.kind == FIGURE}
    items = [_figure(row, definitions[row.figure], reader) for row in rows]
    further = asked.offset + len(rows)
    url = request.url.include_query_params(offset=further)
    following = f"{url.path}?{url.query}" if rows and further < total else None
    return answer(request, reader, Paged(items=items, total=total, next=following))


def _figure(row: PublishedFigureRow, definition: MetricDefinition, reader: Reader) -> FigureOut:
    return FigureOut(
        month=row.month,
        page=row.page_id or None,
        figure=row.figure,
        name=definition.name(reader.language),
        unit=definition.unit,
        part_kind=row.part_kind or None,
        part=row.part or None,
        part_name=_part_name(row, reader) if row.part_kind else None,
        **told_fields(row.cell),
        not_available_since=row.not_available_since,
        as_of=row.as_of,
        known=row.known,
        known_of=row.of,
    )


def _part_name(row: PublishedFigureRow, reader: Reader) -> str:
    return words.part_name(
        row.part_kind,
        row.part,
        t=translate(reader.language),
        language=reader.language,
        topic_names=reader.site.topic_names,
    )
