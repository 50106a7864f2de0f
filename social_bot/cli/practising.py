"""practice: a Page on this machine for an installation of one's own to rehearse with."""

import hashlib
import hmac
import shlex
from typing import Annotated

import typer

from social_bot.cli.output import settings
from social_bot.errors import NotReady

HOST = "127.0.0.1"


def add_to(app: typer.Typer) -> None:
    app.command("practice", epilog="Example: social-bot practice --id 100200300 --name Neuvonta")(practice)


def practice(
    *,
    page_id: Annotated[str, typer.Option("--id", help="The practice Page's id.")] = "100200300",
    name: Annotated[str, typer.Option(help="What the Page is called.")] = "Harjoitussivu",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8400,
    to: Annotated[
        str, typer.Option(help="Where the program listens: it is told what residents write.")
    ] = "http://127.0.0.1:8000",
    pace: Annotated[
        float, typer.Option(help="What the simulated residents do, in acts a minute; 0 is nothing.")
    ] = 0,
) -> None:
    """Serve a practice Page that answers as Facebook does; nothing leaves this machine."""
    from social_bot.bootstrap import clock
    from social_bot.cli.running import make_server, run_until_stopped
    from social_bot.practice.call import PracticeConfig
    from social_bot.practice.server import Practice

    given = settings()
    if given.app_id is None or given.app_secret is None or given.verify_token is None:
        raise NotReady(
            "The practice Page needs SOCIAL_BOT_APP_ID, SOCIAL_BOT_APP_SECRET and SOCIAL_BOT_VERIFY_TOKEN, "
            "the same as the program. For practice any words will do."
        )
    secret = given.app_secret.get_secret_value()
    given.data_dir.mkdir(parents=True, exist_ok=True)
    page = Practice(
        PracticeConfig(
            database=given.data_dir / "practice.db",
            app_id=given.app_id,
            app_secret=secret,
            verify_token=given.verify_token.get_secret_value(),
            webhook_url=f"{to}/webhooks/facebook",
            resident_pace=pace,
        ),
        clock=clock,
    )
    token = hmac.new(secret.encode(), f"page-{page_id}".encode(), hashlib.sha256).hexdigest()
    page.add_page(page_id, name, token)
    url = f"http://{HOST}:{port}"
    server = make_server(page.app, host=HOST, port=port)
    print(
        f"The practice Page is at {url}/pages/{page_id}; what it tells the program goes to {to}.\n"
        "In another window, once:\n"
        f"  export SOCIAL_BOT_GRAPH_URL={url}/graph\n"
        f"  echo {token} | social-bot page add --id {page_id} --name {shlex.quote(name)} --token-stdin\n"
        f"  social-bot page subscribe {page_id}\n"
        "and then, with the same SOCIAL_BOT_GRAPH_URL: social-bot serve\n"
        "Nothing is sent to Facebook. Stop with Ctrl-C; what was written is kept.",
        flush=True,
    )
    page.start()
    try:
        run_until_stopped(server)
    finally:
        page.stop()
