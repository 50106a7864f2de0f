"""The report of one month: its figures with those of the month and the year before, and what they consist of."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from babel.dates import get_month_names
from sqlmodel import Session

from social_bot.organisation import pages
from social_bot.organisation.directory import Organisation
from social_bot.organisation.metrics import Source
from social_bot.tracking import figure_words as words
from social_bot.tracking.figure_store import OFFICE
from social_bot.tracking.figures import DEFINITIONS, Counts, Family, Figure, Unit
from social_bot.tracking.month_values import UNITS, MonthValues, month_values
from social_bot.tracking.months import month_counts
from social_bot.tracking.periods import Month
from social_bot.tracking.reports import (
    Report,
    ReportFigure,
    ReportKind,
    ReportRow,
    ReportSection,
    ReportTable,
)
from social_bot.translations import marked, translate

LAYOUT: Sequence[tuple[Family, Sequence[str], Sequence[tuple[Figure, str]]]] = (
    (
        Family.POSTS,
        (
            *(Figure.POSTS_PUBLISHED, Figure.POST_VIEWS, Figure.POST_REACH, Figure.POST_REACTIONS),
            *(Figure.POST_COMMENTS, Figure.POST_SHARES, Figure.POST_CLICKS, Figure.POST_LINK_CLICKS),
        ),
        ((Figure.POSTS_PUBLISHED, "kind"), (Figure.POSTS_PUBLISHED, "language")),
    ),
    (
        Family.PAGE,
        (Figure.PAGE_VIEWS, Figure.PAGE_REACH, Figure.PAGE_ENGAGEMENTS, Figure.PAGE_FOLLOWERS),
        (),
    ),
    (
        Family.MESSAGES,
        (
            *(Figure.MESSAGES_RECEIVED, Figure.CONVERSATIONS, Figure.WAITS, words.RESPONSE_MEDIAN),
            *(words.RESPONSE_NINETY, words.WITHIN_DAY_SHARE),
        ),
        (
            *((Figure.MESSAGES_RECEIVED, "topic"), (Figure.MESSAGES_RECEIVED, "language")),
            *((Figure.MESSAGES_RECEIVED, "lane"), (Figure.WAITS, "answer")),
        ),
    ),
    (Family.COMMENTS, (Figure.COMMENTS_RECEIVED,), ()),
    (
        Family.CALLBACKS,
        (
            *(Figure.CALLBACKS, words.CALLBACKS_DONE, words.CALLBACKS_UNREACHABLE),
            words.CALLBACKS_LATE,
        ),
        (),
    ),
    (Family.CRISES, (Figure.CRISES, words.CRISIS_MEDIAN, words.CRISIS_NINETY), ()),
    (
        Family.VISITS,
        (
            *(Figure.VISITS_HELD, Figure.VISIT_MINUTES, Figure.VISIT_CONTACTS, Figure.VISIT_DECLINED),
            *(Figure.VISIT_CLIENTHOOD, Figure.VISIT_GUIDED_ON, Figure.VISIT_OUT_OF_AREA),
        ),
        (),
    ),
)
"""What stands in which section, in order: figures, then what they consist of."""

_TITLE = marked("Report of {month}")
_ALL_PAGES = marked("All pages")
_SMALL = marked(
    "Counts of people under five are hidden, and others where they would tell them. Zero is told: it tells of"
    " nobody. A sum of which a part is hidden says what it is at least."
)
_RUNNING = marked(
    "The month is not over. Until then counts of people are rounded down to fives, so that two reports of it"
    " tell nobody apart."
)
_OF_POSTS = marked("Known of {known} posts of {of}.")
_OF_DAYS = marked("Known of {known} days of {of}.")

Topics = Mapping[str, Mapping[str, str]]


def build_month_report(
    session: Session,
    month: Month,
    *,
    organisation: Organisation,
    topic_names: Topics,
    language: str,
    now: datetime,
    page_id: str | None = None,
) -> Report:
    """Of one page, or of all with what belongs to none. What it says may leave the unit."""
    t = translate(language)
    months = [month, month.before, month.year_before]
    page_ids = [page_id] if page_id else [OFFICE, *(page.id for page in pages.everyone(session))]
    counts = month_counts(session, page_ids, months, organisation=organisation, now=now)
    is_running = now < month.bounds(organisation.zone)[1]
    this, before, year_before = (
        month_values(of_month(counts, page_ids, each), hides=True, is_off_grid=is_running and each == month)
        for each in months
    )
    families = [
        layout for layout in LAYOUT if not (page_id and layout[0] in (Family.CALLBACKS, Family.VISITS))
    ]
    name = month_name(month, language)
    return Report(
        kind=ReportKind.MONTH,
        language=language,
        title=t(_TITLE).format(month=name),
        subtitle=pages.get(session, page_id).name if page_id else t(_ALL_PAGES),
        file_stem="-".join(filter(None, ("report", str(month), page_id))),
        organisation=organisation.value("name", language) or organisation.name,
        first=month.span.first,
        last=month.span.last,
        is_running=is_running,
        made_at=now,
        zone=organisation.zone,
        heads=[month_name(each, language) for each in months],
        sections=[
            ReportSection(
                key=family.value,
                title=t(words.FAMILIES[family]),
                figures=[figure_of(key, this, before, year_before, language=language) for key in keys],
                tables=[
                    table
                    for figure, kind in parts
                    if (
                        table := parts_table(figure, kind, this, language=language, topic_names=topic_names)
                    ).rows
                ],
            )
            for family, keys, parts in families
        ],
        notes=[t(_SMALL), *([t(_RUNNING)] if is_running else [])],
    )


def month_name(month: Month, language: str) -> str:
    """``marraskuu 2026``."""
    name = get_month_names("wide", context="stand-alone", locale=language)[month.number]
    return f"{name} {month.year}"


def figure_of(
    key: str, this: MonthValues, before: MonthValues | None, year_before: MonthValues | None, *, language: str
) -> ReportFigure:
    t = translate(language)
    shown = this.figures[key]
    name, definition = words.FIGURE_WORDS[key]
    known = DEFINITIONS[Figure(key)] if key in set(Figure) else None
    source = known.source if known else Source.OWN
    if known and known.family is Family.VISITS:
        source = Source.HAND
    sentences = [t(definition)]
    if source is Source.PLATFORM and known and known.family is Family.POSTS:
        sentences.append(t(words.OF_POSTS))
    if known and known.is_estimate:
        sentences.append(t(words.ESTIMATE))
    note = ""
    if shown.of and shown.known is not None and shown.known < shown.of:
        of_what = _OF_POSTS if known and known.family is Family.POSTS else _OF_DAYS
        note = t(of_what).format(known=shown.known, of=shown.of)
    return ReportFigure(
        key=str(key),
        name=t(name),
        definition=" ".join(sentences),
        source=t(words.SOURCES[source]),
        unit=UNITS.get(key, Unit.COUNT),
        cell=shown.cell,
        before=None if before is None else before.cell(key),
        year_before=None if year_before is None else year_before.cell(key),
        as_of=shown.as_of,
        not_available_since=shown.not_available_since,
        is_estimate=bool(known and known.is_estimate),
        note=note,
    )


def parts_table(
    figure: Figure, kind: str, values: MonthValues, *, language: str, topic_names: Topics
) -> ReportTable:
    t = translate(language)
    name, head = t(words.FIGURE_WORDS[figure][0]), t(words.PART_KINDS[kind])
    return ReportTable(
        key=f"{figure.value}-{kind}",
        title=f"{name}: {head.lower()}",
        columns=[head, name],
        rows=[
            ReportRow(
                label=words.part_name(kind, part, t=t, language=language, topic_names=topic_names),
                cells=[cell],
            )
            for part, cell in values.parts[figure, kind].items()
        ],
    )


def of_month(
    counts: Mapping[tuple[str, Month], Counts], page_ids: Sequence[str], month: Month
) -> Sequence[Counts]:
    return [counts[page_id, month] for page_id in page_ids if (page_id, month) in counts]
