"""serve, work, demo."""

import ipaddress
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, opened, settings
from social_bot.errors import InvalidInput, NotReady

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp


STOPPING_SECONDS = 10


def add_to(app: typer.Typer) -> None:
    app.command("demo", epilog="Example: social-bot demo --once")(demo)
    app.command("serve", epilog="Example: social-bot serve --host 0.0.0.0 --public-only")(serve)
    app.command("work", epilog="Example: social-bot work")(work)


def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Serve only; another process does the work.")
    ] = False,
    public_only: Annotated[
        bool, typer.Option("--public-only", help="The webhook and the residents' pages.")
    ] = False,
    staff_only: Annotated[bool, typer.Option("--staff-only", help="The staff's pages.")] = False,
) -> None:
    """Serve the pages and the webhook, and do the work."""
    from social_bot import spans
    from social_bot.organisation import entering, pages
    from social_bot.web.app import create_app

    spans.begin()
    if public_only and staff_only:
        raise typer.BadParameter("Choose one of --public-only and --staff-only, or neither.")
    with opened() as bot:
        bot.require_live_settings()
        has_provider = bot.identity_provider is not None and bot.group_roles is not None
        with bot.database.read() as session:
            may_anybody = not entering.is_awaited(
                session, is_live=pages.any_live(session), has_provider=has_provider, now=bot.now()
            )
        if not public_only and may_anybody and not _is_loopback(host):
            raise NotReady(
                "In practice anybody may choose a role, so the staff's pages listen on this machine only. "
                "Use --host 127.0.0.1, or --public-only for the webhook and the residents' pages, or set "
                "up sign-in first with: social-bot operator invite NAME --role administrator"
            )
        worker = None if no_work else bot.worker()
        app = create_app(
            bot,
            on_delivery=worker.wake_soon if worker else lambda: None,
            has_public=not staff_only,
            has_staff=not public_only,
        )
        if worker:
            worker.start()
        try:
            run_until_stopped(make_server(app, host=host, port=port))
        finally:
            if worker:
                worker.stop()


def work(
    *,
    host: Annotated[str, typer.Option(help="With --port: the address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help="Answer /healthz, /readyz and /metrics here, and nothing else.")
    ] = None,
) -> None:
    """Do the work without serving pages; any number of these may share a PostgreSQL database."""
    from social_bot import spans

    spans.begin()
    with opened() as bot:
        bot.require_live_settings()
        worker = bot.worker()
        worker.start()
        try:
            if port is None:
                _wait_until_stopped()
            else:
                from social_bot.web.app import create_app

                app = create_app(bot, on_delivery=lambda: None, has_public=False, has_staff=False)
                run_until_stopped(make_server(app, host=host, port=port))
        finally:
            worker.stop()


def demo(
    *,
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    once: Annotated[
        bool, typer.Option("--once", help="Play the whole story without a browser, then end.")
    ] = False,
    keep: Annotated[Path | None, typer.Option(help="With --once: leave the data in this folder.")] = None,
    pace: Annotated[
        float, typer.Option(help="What the simulated residents do, in acts a minute; 0 is nothing.")
    ] = 2,
    as_json: AsJson = False,
) -> None:
    """Show everything on a practice Page with a sample organisation; nothing leaves this machine."""
    from social_bot.cli import story

    if once:
        story.play(keep=keep, as_json=as_json)
        return
    if keep is not None or as_json:
        raise typer.BadParameter("--keep and --json belong to --once.")
    from social_bot.cli.rehearsal import rehearse

    rehearse(settings().data_dir / "demo", port=port, pace=pace)


def make_server(app: "ASGIApp", *, host: str, port: int) -> "uvicorn.Server":
    """Raises ``InvalidInput`` when the port is taken."""
    import socket

    import uvicorn

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InvalidInput(
                "The port {port} cannot be used: {reason}. Choose another one with --port.",
                port=port,
                reason=error.strerror,
            ) from error
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,  # log.configure: the server's lines are written like ours
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOPPING_SECONDS,
        )
    )


def run_until_stopped(server: "uvicorn.Server") -> None:
    """Serve until Ctrl-C or SIGTERM, then return: what works beside the server has its own end to come to.

    uvicorn raises the signal again after its clean end, which by default would end the process there.
    """
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with suppress(KeyboardInterrupt):
            server.run()
    finally:
        signal.signal(signal.SIGTERM, before)


def _wait_until_stopped() -> None:
    stopped = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopped.set())
    stopped.wait()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
