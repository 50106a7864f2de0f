"""report: months, campaigns, trials and practices as files."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import opened
from social_bot.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from sqlmodel import Session

    from social_bot.bootstrap import Bot
    from social_bot.organisation.directory import Organisation
    from social_bot.tracking.reports import Report

report = typer.Typer(help="Reports as files, to be shared outside the unit.", no_args_is_help=True)

Form = Annotated[
    str,
    typer.Option("--format", help="html, pdf, xlsx, csv or docx; by default what --out ends in, else html."),
]
Language = Annotated[str, typer.Option("--lang", help="fi, sv or en.")]
Out = Annotated[Path | None, typer.Option("--out", help="The file; by default named after the report, here.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(report, name="report")


@report.command(
    "month", epilog="Example: social-bot report month 2026-11 --format pdf --lang fi --out november.pdf"
)
def report_month(
    month: Annotated[str, typer.Argument(help="Like 2026-11.")],
    *,
    page: Annotated[str | None, typer.Option(help="Of one page alone; by default of all.")] = None,
    form: Form = "",
    language: Language = "fi",
    out: Out = None,
) -> None:
    """Write the report of a month, with the month and the year before it."""
    from social_bot.organisation import pages
    from social_bot.tracking.month_report import build_month_report
    from social_bot.tracking.periods import parse_month
    from social_bot.web.wording import read_topic_names

    asked = parse_month(month)

    def build(bot: "Bot", session: "Session", organisation: "Organisation", now: datetime) -> "Report":
        if asked.bounds(organisation.zone)[0] > now:
            raise InvalidInput("The month {month} has not come yet. Ask for an earlier one.", month=asked)
        return build_month_report(
            session,
            asked,
            organisation=organisation,
            topic_names=read_topic_names(bot.templates),
            language=language,
            now=now,
            page_id=None if page is None else pages.get(session, page).id,
        )

    _write(build, form=form, language=language, out=out)


@report.command(
    "campaign", epilog="Example: social-bot report campaign mall_visit --format xlsx --out campaign.xlsx"
)
def report_campaign(
    campaign: Annotated[
        str, typer.Argument(help="Its slug or its id; of several with one slug, the newest.")
    ],
    *,
    form: Form = "",
    language: Language = "fi",
    out: Out = None,
) -> None:
    """Write the report of a campaign: goals, posts, visits, what came in, and its trials."""
    from social_bot.planning.store import list_campaigns
    from social_bot.tracking.campaign_report import build_campaign_report
    from social_bot.tracking.forms import read_trial_form

    def build(bot: "Bot", session: "Session", organisation: "Organisation", now: datetime) -> "Report":
        found = [row for row in list_campaigns(session) if campaign in (row.slug, str(row.id))]
        if not found:
            raise NotFound(
                'No campaign "{campaign}" has been started. See the started ones under /campaigns, the ready-made'
                " ones with: social-bot campaign list",
                campaign=campaign,
            )
        return build_campaign_report(
            session,
            found[-1].id or 0,
            organisation=organisation,
            language=language,
            now=now,
            trial_form=read_trial_form(bot.templates),
        )

    _write(build, form=form, language=language, out=out)


@report.command("trial", epilog="Example: social-bot report trial 3 --format docx --out evaluation.docx")
def report_trial(trial_id: int, *, form: Form = "", language: Language = "fi", out: Out = None) -> None:
    """Write a trial's evaluation: its figures, its three stages and what was decided."""
    from social_bot.tracking.forms import read_trial_form
    from social_bot.tracking.outreach_reports import build_trial_report

    def build(bot: "Bot", session: "Session", organisation: "Organisation", now: datetime) -> "Report":
        return build_trial_report(
            session,
            trial_id,
            form=read_trial_form(bot.templates),
            organisation=organisation,
            language=language,
            now=now,
        )

    _write(build, form=form, language=language, out=out)


@report.command("practice", epilog="Example: social-bot report practice 1 --format docx --out practice.docx")
def report_practice(practice_id: int, *, form: Form = "", language: Language = "fi", out: Out = None) -> None:
    """Write a practice description in its seven questions."""
    from social_bot.tracking.forms import read_practice_form
    from social_bot.tracking.outreach_reports import build_practice_report

    def build(bot: "Bot", session: "Session", organisation: "Organisation", now: datetime) -> "Report":
        return build_practice_report(
            session,
            practice_id,
            form=read_practice_form(bot.templates),
            organisation=organisation,
            language=language,
            now=now,
        )

    _write(build, form=form, language=language, out=out)


def _write(
    build: Callable[["Bot", "Session", "Organisation", datetime], "Report"],
    *,
    form: str,
    language: str,
    out: Path | None,
) -> None:
    from social_bot.cli.files import write_whole
    from social_bot.organisation.languages import LANGUAGES
    from social_bot.tracking.documents import file_name, parse_form, render

    if language not in LANGUAGES:
        raise InvalidInput("The language is fi, sv or en.")
    chosen = parse_form(form or (out.suffix[1:].lower() if out is not None and out.suffix else "html"))
    with opened() as bot:
        with bot.database.read() as session:
            made = build(bot, session, bot.organisation(session), bot.now())
        content = render(made, chosen, templates=bot.templates)
    path = out or Path(file_name(made, chosen))
    write_whole(path, [content])
    print(f"Written: {path}")
