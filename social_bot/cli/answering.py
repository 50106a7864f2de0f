"""ask, inbox, callback."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, opened, show, table
from social_bot.errors import InvalidInput

if TYPE_CHECKING:
    from social_bot.answering.asking import Asking
    from social_bot.answering.store import CallbackRow
    from social_bot.bootstrap import Bot

By = Annotated[str, typer.Option(help="An operator with the role writer.")]

inbox = typer.Typer(help="What residents have written, and what they got.", no_args_is_help=True)
callback = typer.Typer(help="Requests to be phoned.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.command("ask", epilog='Example: social-bot ask "Milloin olette auki?" --json')(ask)
    app.add_typer(inbox, name="inbox")
    app.add_typer(callback, name="callback")


def ask(
    text: Annotated[str | None, typer.Argument(help="What a resident might write.")] = None,
    *,
    as_json: AsJson = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Read {"text": ...} lines, print one JSON line each.')
    ] = False,
) -> None:
    """Show what the bot would answer, and why. Nothing is stored and nothing is sent."""
    if (text is None) != jsonl:
        raise typer.BadParameter("Give a text, or --jsonl and texts on standard input.")
    with opened(needs_schema=False) as bot:
        asking = _asking(bot)
        if jsonl:
            for number, line in enumerate(sys.stdin, start=1):
                if line.strip():
                    print(
                        json.dumps(asking.ask(_text_of(line, number), now=bot.now()), ensure_ascii=False),
                        flush=True,
                    )
            return
        answer = asking.ask(text or "", now=bot.now())
    reply = answer["reply"]
    lines = [f"{key}: {value}" for key, value in answer.items() if key != "reply"]
    if isinstance(reply, dict):
        lines += [
            f"reply: {reply['key']}.{reply['language']} version {reply['version']}",
            "",
            str(reply["text"]),
        ]
    show(answer, as_json=as_json, lines=lines)


def _asking(bot: "Bot") -> "Asking":
    """With a database, its texts and settings; without one, the shipped texts."""
    from social_bot.answering.asking import Asking
    from social_bot.answering.replies import load_library, shipped_library
    from social_bot.organisation import pages
    from social_bot.organisation.directory import Organisation
    from social_bot.organisation.hours import OpeningHours
    from social_bot.storage.migrate import is_current

    models = bot.models
    if not is_current(bot.database):
        organisation = Organisation(
            values={},
            languages=("fi",),
            hours=OpeningHours(week={}),
            zone=bot.settings.zone,
            base_url=bot.settings.base_url,
            staff_url=bot.settings.url_for_staff,
        )
        return Asking(
            models=models, library=shipped_library(bot.templates, models.topics), organisation=organisation
        )
    with bot.database.read() as session:
        library = load_library(session, models.topics, approved_only=pages.any_live(session))
        return Asking(models=models, library=library, organisation=bot.organisation(session))


def _text_of(line: str, number: int) -> str:
    try:
        text = json.loads(line)["text"]
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput('Line {number} is not a JSON object with a "text".', number=number) from error
    if not isinstance(text, str):
        raise InvalidInput('In line {number} the "text" is not a string.', number=number)
    return text


@inbox.command("list", epilog="Example: social-bot inbox list --json")
def inbox_list(*, as_json: AsJson = False) -> None:
    """List the threads: danger first, then what waits for a person. Texts are shown masked."""
    from social_bot.answering import store
    from social_bot.answering.store import Direction

    with opened() as bot, bot.database.read() as session:
        threads = store.list_threads(session)
        messages = store.list_messages(session, [thread.id or 0 for thread in threads])
        records = []
        for thread in threads:
            own = [message for message in messages if message.thread_id == thread.id]
            inbound = [message for message in own if message.direction is Direction.INBOUND]
            last = next((message for message in reversed(inbound) if message.text_sealed), None)
            records.append(
                {
                    "id": thread.id,
                    "page": thread.page_id,
                    "state": "open" if thread.is_open else "closed",
                    "owner": thread.owner.value,
                    "waits_for_person": thread.waits_for_person,
                    "crisis": thread.crisis.value if thread.crisis else None,
                    "language": thread.language,
                    "topic": thread.topic,
                    "inbound": len(inbound),
                    "outbound": len([message for message in own if message.send_state == "sent"]),
                    "last_inbound_at": thread.last_inbound_at,
                    "last_outbound_at": max(
                        (message.at for message in own if message.send_state == "sent"), default=None
                    ),
                    "last_lane": inbound[-1].lane.value if inbound and inbound[-1].lane else None,
                    "last_note": inbound[-1].note if inbound else None,
                    "last_text_masked": bot.database.cipher.open(last.text_sealed)
                    if last and last.text_sealed
                    else None,
                }
            )
    columns = ("id", "page", "owner", "crisis", "language", "topic", "inbound", "outbound", "last_note")
    show(records, as_json=as_json, lines=table(records, columns))


@inbox.command("hand-back", epilog='Example: social-bot inbox hand-back 7 --by "Kirjoittaja 1"')
def inbox_hand_back(
    thread_id: int, *, by: Annotated[str, typer.Option(help="An operator with the role writer.")]
) -> None:
    """Give a thread back to the bot after a person has spoken in it."""
    from social_bot.answering.holding import hand_back

    with opened() as bot, bot.database.write() as session:
        hand_back(session, thread_id, by=by, now=bot.now())
    print(f"The bot answers in thread {thread_id} again.")


@inbox.command("acknowledge", epilog='Example: social-bot inbox acknowledge 7 --by "Kirjoittaja 1"')
def inbox_acknowledge(
    thread_id: int, *, by: Annotated[str, typer.Option(help="An operator with the role writer or duty.")]
) -> None:
    """Take what is open for a thread: its alerts are repeated until somebody does."""
    from social_bot.organisation import alerts

    with opened() as bot, bot.database.write() as session:
        count = alerts.take(session, f"thread:{thread_id}", by=by, now=bot.now())
    print(f"{by} takes care of thread {thread_id}. Alerts taken: {count}.")


@callback.command("list", epilog="Example: social-bot callback list --json")
def callback_list(*, as_json: AsJson = False) -> None:
    """List the requests to be phoned. Numbers are shown only to the worker who phones, on the web page."""
    from social_bot.answering import store

    with opened() as bot, bot.database.read() as session:
        records = [_callback_record(row) for row in store.list_callbacks(session)]
    columns = ("id", "state", "call_from", "promised_by", "language", "discreet", "assigned_to", "tries")
    show(records, as_json=as_json, lines=table(records, columns))


@callback.command("assign", epilog='Example: social-bot callback assign 3 --by "Kirjoittaja 1"')
def callback_assign(
    callback_id: int,
    *,
    by: By,
    to: Annotated[str | None, typer.Option(help="Who makes the call, when it is somebody else.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a call on, or give it to another writer."""
    from social_bot.answering import callbacks

    with opened() as bot, bot.database.write() as session:
        row = callbacks.assign(session, callback_id, to=to or by, by=by, now=bot.now())
        record = _callback_record(row)
    show(record, as_json=as_json, lines=[f"{to or by} makes call {callback_id}."])


@callback.command("reached", epilog='Example: social-bot callback reached 3 --by "Kirjoittaja 1"')
def callback_reached(callback_id: int, *, by: By, as_json: AsJson = False) -> None:
    """Record that the person was phoned and answered; the number is erased."""
    from social_bot.answering import callbacks

    with opened() as bot, bot.database.write() as session:
        record = _callback_record(callbacks.record_reached(session, callback_id, by=by, now=bot.now()))
    show(record, as_json=as_json, lines=[f"Callback {callback_id} is done; the number is erased."])


@callback.command("no-answer", epilog='Example: social-bot callback no-answer 3 --by "Kirjoittaja 1"')
def callback_no_answer(callback_id: int, *, by: By, as_json: AsJson = False) -> None:
    """Record that the person was phoned and did not answer; the second time ends the request."""
    from social_bot.answering import callbacks

    with opened() as bot, bot.database.write() as session:
        row = callbacks.record_no_answer(
            session, callback_id, by=by, organisation=bot.organisation(session), now=bot.now()
        )
        record = _callback_record(row)
    show(record, as_json=as_json, lines=[f"Callback {callback_id} is {record['state']} now."])


@callback.command("cancel", epilog='Example: social-bot callback cancel 3 --by "Kirjoittaja 1"')
def callback_cancel(callback_id: int, *, by: By, as_json: AsJson = False) -> None:
    """End a request that needs no call; the number is erased."""
    from social_bot.answering import callbacks

    with opened() as bot, bot.database.write() as session:
        record = _callback_record(callbacks.cancel(session, callback_id, by=by, now=bot.now()))
    show(record, as_json=as_json, lines=[f"Callback {callback_id} is cancelled; the number is erased."])


def _callback_record(row: "CallbackRow") -> dict[str, object]:
    return {
        "id": row.id,
        "state": row.state.value,
        "call_from": row.call_from,
        "promised_by": row.promised_by,
        "language": row.language,
        "discreet": row.is_discreet,
        "requested_at": row.requested_at,
        "assigned_to": row.assigned_to,
        "tries": row.tries,
        "tried_at": row.tried_at,
        "settled_at": row.settled_at,
    }
