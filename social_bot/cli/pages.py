"""page: the social media pages, connected, checked, live and off again."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, by_command_line, opened, show, table, warn
from social_bot.errors import NotReady, PlatformError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from social_bot.answering.readiness import Finding
    from social_bot.bootstrap import Bot

page = typer.Typer(help="The social media pages.", no_args_is_help=True)

_WHAT_MENDS_IT: Mapping[str, str] = {
    "numbers_set": "The number is missing. Set it with: social-bot settings set {about} NUMBER",
    "crisis_texts": "The crisis texts are not approved in every language of the organisation. "
    "Approve them with: social-bot texts approve --all --by NAME",
    "texts": "Some texts are not approved: safer ones are sent in their place.",
    "hours": 'No opening hours are set. Set them with: social-bot settings set hours "ma-pe 9-15"',
    "privacy": "No privacy notice is set. Set it with: social-bot settings set privacy_link ADDRESS",
    "numbers_checked": "Not checked for long: {about}. Call them, then: social-bot settings confirm KEY",
    "approvers": "Fewer than two approvers exist. Add one with: social-bot operator add NAME --role approver",
    "sign_in": "Nobody can sign in, and a live page asks everybody to. Begin with: social-bot operator invite",
    "alert_address": "No alert address is set, so nobody is told of danger outside the page Today. "
    "Set SOCIAL_BOT_ALERT_URLS, or add one with: social-bot duty add --help",
    "duty": "Nobody is on duty. Add a period with: social-bot duty add --help",
    "server": "Not set, so serve will refuse to start with a live page: {about}.",
    "default_app": "Nobody has confirmed that the default app is ours: see docs/going-live.md.",
    "automations": "Nobody has confirmed that the automatic answers of Business Suite are off.",
    "token": "The page is not connected, or has not been looked at: social-bot page check ID",
    "permissions": "Permissions are missing: {about}.",
    "token_lasts": "The connection ends within two weeks. Connect the page again before then.",
    "subscription": "Facebook does not send everything here. Do: social-bot page subscribe ID",
    "routing": "Facebook says that conversations have no default app. Choose it in the page's settings.",
}
_ONLY_SEEN_LATER = frozenset({"token", "permissions", "token_lasts", "subscription", "routing"})
"""What a page that is only just added cannot show yet."""


def add_to(app: typer.Typer) -> None:
    app.add_typer(page, name="page")


@page.command(
    "add", epilog="Example: echo $TOKEN | social-bot page add --id 100200300 --name Neuvonta --token-stdin"
)
def page_add(
    *,
    page_id: Annotated[str, typer.Option("--id", help="The page's number at Facebook.")],
    name: Annotated[str, typer.Option(help="What people call the page.")],
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the page's token from standard input.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="The page is real: only approved texts go out.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a page, or change the name, token and state of one."""
    from pydantic import SecretStr

    from social_bot.organisation import pages

    token = SecretStr(sys.stdin.read().strip()) if token_stdin else None
    with opened() as bot:
        warnings = _before_going_live(bot, page_id, name) if live else []
        with bot.database.write() as session:
            pages.add(
                session,
                page_id,
                name=name,
                token=token or None,
                is_live=live,
                cipher=bot.database.cipher,
                now=bot.now(),
                by=by_command_line(),
                awaits_live=not bot.settings.is_practice,
            )
    for sentence in warnings:
        warn(sentence)
    record = {"id": page_id, "name": name, "live": live, "warnings": warnings}
    show(
        record,
        as_json=as_json,
        lines=[f"The page {name} ({page_id}) is {_standing(bot, is_live=live)}."],
    )


def _standing(bot: "Bot", *, is_live: bool) -> str:
    if is_live:
        return "live"
    return "a practice page" if bot.settings.is_practice else "not live: nothing goes out on it"


def _before_going_live(bot: "Bot", page_id: str, name: str) -> list[str]:
    """Raises ``NotReady`` for what must not be missing; returns what is advisable besides."""
    from social_bot.organisation.pages import PageRow

    with bot.database.read() as session:
        row = session.get(PageRow, page_id) or PageRow(id=page_id, name=name, created_at=bot.now())
        findings = bot.judge_readiness(session, row)
    missing = sentences_about([finding for finding in findings if finding.blocks])
    if missing:
        raise NotReady("{sentences}", sentences="\n".join(missing))
    return [
        *sentences_about(
            [finding for finding in findings if finding.warns and finding.check not in _ONLY_SEEN_LATER]
        ),
        "The conversations of the last seven days were not read. Rather use: social-bot page live ID --by NAME",
    ]


def sentences_about(findings: "Sequence[Finding]") -> list[str]:
    """One a thing that is missing, where each has a command of its own."""
    lines = []
    for finding in findings:
        sentence = _WHAT_MENDS_IT[finding.check]
        each = finding.about if finding.check == "numbers_set" else (", ".join(finding.about),)
        lines += [sentence.format(about=about) for about in each]
    return lines


@page.command(
    "live", epilog='Example: social-bot page live 100200300 --by "Koordinaattori" --accept-warnings'
)
def page_live(
    page_id: str,
    *,
    by: Annotated[str, typer.Option(help="A coordinator of the page.")],
    accept_warnings: Annotated[
        bool, typer.Option("--accept-warnings", help="Go live although something advisable is missing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a connected page live: the last week's conversations are read, and people keep theirs."""
    from social_bot.answering import going_live
    from social_bot.organisation import pages

    with opened() as bot:
        with bot.database.read() as session:
            findings = bot.judge_readiness(session, pages.get(session, page_id))
        warnings = [finding for finding in findings if finding.warns]
        if warnings and not accept_warnings:
            raise NotReady(
                "{sentences}\nMend it, or add --accept-warnings.",
                sentences="\n".join(sentences_about(warnings)),
            )
        done = going_live.go_live(
            bot.database,
            page_id,
            conversations=bot.channel,
            judge=lambda session: bot.judge_readiness(session, pages.get(session, page_id)),
            accepted=[finding.check for finding in warnings],
            by=by,
            clock=bot.now,
        )
    for sentence in sentences_about(warnings):
        warn(sentence)
    record = {"id": page_id, "live": True, "conversations": done.read, "held": done.held}
    line = f"The page {page_id} is live. Of {done.read} conversations {done.held} stay with people."
    show(record, as_json=as_json, lines=[line])


@page.command("leave-live", epilog='Example: social-bot page leave-live 100200300 --by "Koordinaattori"')
def page_leave_live(
    page_id: str, *, by: Annotated[str, typer.Option(help="An administrator or a coordinator.")]
) -> None:
    """Take a page off the air: nothing goes out until it is live again."""
    from social_bot.organisation import connecting

    with opened() as bot, bot.database.write() as session:
        connecting.leave_live(session, page_id, by=by, now=bot.now())
    print(f"Nothing goes out on the page {page_id} until it is live again.")


@page.command("disconnect", epilog='Example: social-bot page disconnect 100200300 --by "Koordinaattori"')
def page_disconnect(
    page_id: str, *, by: Annotated[str, typer.Option(help="An administrator or a coordinator.")]
) -> None:
    """Erase a page's token, and ask Facebook to send nothing more."""
    from contextlib import suppress

    from social_bot.organisation import connecting, directory, pages

    with opened() as bot:
        with bot.database.read() as session:
            directory.require_keeper(session, by)
            access = pages.access(pages.get(session, page_id), bot.database.cipher)
        with suppress(PlatformError):
            bot.channel.unsubscribe(access)
        with bot.database.write() as session:
            connecting.forget_token(session, page_id, by=by, now=bot.now())
    print(f"The page {page_id} is disconnected; its token is erased.")


@page.command("list", epilog="Example: social-bot page list --json")
def page_list(*, as_json: AsJson = False) -> None:
    """List the pages and whether each may be written to."""
    from social_bot.organisation import pages

    with opened() as bot, bot.database.read() as session:
        records = [
            {
                "id": row.id,
                "name": row.name,
                "live": row.is_live,
                "has_token": row.token_sealed is not None,
                "may_write": row.may_write(bot.now()),
                "paused_until": row.paused_until,
                "disconnected": row.is_disconnected,
                "reason": row.pause_reason,
                "awaits_live": row.awaits_live,
                "connection_ends": row.token_expires_at,
            }
            for row in pages.everyone(session)
        ]
    show(
        records,
        as_json=as_json,
        lines=table(records, ("id", "name", "live", "may_write", "paused_until", "reason")),
    )


@page.command("check", epilog="Example: social-bot page check 100200300 --json")
def page_check(page_id: str, *, as_json: AsJson = False) -> None:
    """Ask Facebook about the page's token, permissions and subscription; exit code 1 when something is wrong."""
    from social_bot.organisation import connecting, pages

    with opened() as bot:
        with bot.database.read() as session:
            access = pages.access(pages.get(session, page_id), bot.database.cipher)
        try:
            report = bot.channel.check(access)
            with bot.database.write() as session:
                connecting.record_look(session, pages.get(session, page_id), report, now=bot.now())
        except PlatformError as error:
            record: dict[str, object] = {"id": page_id, "ok": False, "problem": str(error)}
        else:
            is_ok = report.is_valid and not report.missing_permissions and not report.missing_subscriptions
            record = {
                "id": page_id,
                "ok": is_ok,
                "token_valid": report.is_valid,
                "expires_at": report.expires_at,
                "data_access_expires_at": report.data_access_expires_at,
                "default_app_routing": report.is_routed,
                "missing_permissions": list(report.missing_permissions),
                "missing_subscriptions": list(report.missing_subscriptions),
                "api_version": report.api_version,
                "problem": report.problem,
            }
    show(record, as_json=as_json, lines=[f"{key}: {value}" for key, value in record.items()])
    if not record["ok"]:
        raise typer.Exit(1)


@page.command("subscribe", epilog="Example: social-bot page subscribe 100200300")
def page_subscribe(page_id: str) -> None:
    """Ask Facebook to send the page's messages and comments to this program."""
    from social_bot.organisation import pages

    with opened() as bot:
        with bot.database.read() as session:
            access = pages.access(pages.get(session, page_id), bot.database.cipher)
        bot.channel.subscribe(access)
    print("Facebook sends the page's messages and comments here from now on.")
