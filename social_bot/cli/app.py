"""The command ``social-bot`` and its groups."""

from typing import Annotated

import typer

from social_bot import __version__
from social_bot.cli import (
    answering,
    audit,
    campaigns,
    comments,
    doctor,
    duty,
    evaluating,
    importing,
    keeping,
    keys,
    mystery,
    organisation,
    outreach,
    own_data,
    pages,
    people,
    planning,
    practising,
    quality,
    reports,
    running,
    stopping,
    storefront,
    tokens,
    tracking,
    trials,
)

app = typer.Typer(
    name="social-bot",
    help="Assistant behind the pages of public adult social work: posts, safe answers, goals.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Begin with: social-bot demo",
)


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda value: _print_version(value=value),
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    del version


def _print_version(*, value: bool) -> None:
    if value:
        print(__version__)
        raise typer.Exit


for module in (
    running,
    practising,
    organisation,
    pages,
    people,
    tokens,
    audit,
    storefront,
    duty,
    planning,
    campaigns,
    importing,
    stopping,
    answering,
    comments,
    mystery,
    evaluating,
    quality,
    tracking,
    keeping,
    keys,
    own_data,
    doctor,
    outreach,
    trials,
    reports,
):
    module.add_to(app)
