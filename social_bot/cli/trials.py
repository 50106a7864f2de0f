"""trial: outreach trials, their three evaluations and what is decided about them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_bot.cli.output import AsJson, opened, show, table
from social_bot.errors import InvalidInput, NotAllowed

if TYPE_CHECKING:
    from social_bot.tracking.trial_reports import TrialSummary
    from social_bot.tracking.trials import Stage

trial = typer.Typer(help="Outreach trials: start, mid and end, and what is decided.", no_args_is_help=True)

By = Annotated[str, typer.Option(help="The operator who does this.")]
Checked = Annotated[
    bool, typer.Option("--checked", help="You have looked: nobody can be known from what is written.")
]
Language = Annotated[str, typer.Option("--lang", help="Of the questions: fi, sv or en.")]
_TRIAL_COLUMNS = ("id", "title", "state", "due", "starts_on", "ends_on", "times", "contacts", "per_hour")


def add_to(app: typer.Typer) -> None:
    app.add_typer(trial, name="trial")


@trial.command(
    "add",
    epilog='Example: social-bot trial add "Library duty" --place Library --channel library --starts 2026-12-01 '
    "--mid 2027-02-01 --ends 2027-04-30 --answers start.yaml --by NAME",
)
def trial_add(
    title: str,
    *,
    place: Annotated[str, typer.Option(help="Where people are met.")],
    channel: Annotated[str, typer.Option(help="mall, library, parish, health_centre, kela, street …")],
    starts: Annotated[str, typer.Option(help="First day.")],
    mid: Annotated[str, typer.Option(help="Day of the mid evaluation.")],
    ends: Annotated[str, typer.Option(help="Day of the end evaluation.")],
    answers: Annotated[
        Path,
        typer.Option(
            help="YAML or JSON file: answers by their keys (social-bot trial form start).", exists=True
        ),
    ],
    by: By,
    room: Annotated[str, typer.Option(help="How people find the room.")] = "",
    checked: Checked = False,
    as_json: AsJson = False,
) -> None:
    """Begin a trial with its start form; `social-bot trial form start` prints it to be filled in."""
    from social_bot.cli.answer_files import naming_fields, read_answers
    from social_bot.tracking import trial_deeds, visits
    from social_bot.tracking.forms import read_trial_form
    from social_bot.tracking.recognisable import read_first_names
    from social_bot.tracking.trials import Stage

    fields = {"title": title, "place": place, "channel": channel, "room": room}
    days = {"starts_on": starts, "mid_on": mid, "ends_on": ends}
    with opened() as bot, naming_fields(), bot.database.write() as session:
        form = read_trial_form(bot.templates)
        row = trial_deeds.start(
            session,
            trial_deeds.parse_plan({**fields, **days}, known=visits.what_is_known(session)),
            read_answers(answers, (), form.stages[Stage.START]),
            form=form,
            names=read_first_names(bot.templates),
            is_checked=checked,
            by=by,
            now=bot.now(),
        )
        record = {"id": row.id, "title": row.title}
    show(record, as_json=as_json, lines=[f"Trial {record['id']}: {title}."])


@trial.command("form", epilog="Example: social-bot trial form mid --lang fi > mid.yaml")
def trial_form(
    stage: Annotated[str, typer.Argument(help="start, mid or end.")],
    *,
    language: Language = "fi",
) -> None:
    """Print the questions of a stage as a file to be filled in; a star marks those that need an answer."""
    from social_bot import assets
    from social_bot.cli.answer_files import empty_form
    from social_bot.tracking.forms import read_trial_form

    questions = read_trial_form(assets.folder("templates")).stages[_stage(stage)]
    print("\n".join(empty_form(questions, _language(language))))


@trial.command(
    "evaluate", epilog="Example: social-bot trial evaluate 3 mid --answers mid.yaml --by NAME --replace"
)
def trial_evaluate(
    trial_id: int,
    stage: Annotated[str, typer.Argument(help="start, mid or end.")],
    *,
    by: By,
    answers: Annotated[
        Path | None,
        typer.Option(
            help="YAML or JSON file: answers by their keys (social-bot trial form mid).", exists=True
        ),
    ] = None,
    pairs: Annotated[
        list[str] | None,
        typer.Option("--answer", help="key=text, many times; alone, it changes these answers only."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="The stage is written already: keep this as its new version.")
    ] = False,
    checked: Checked = False,
    as_json: AsJson = False,
) -> None:
    """Write an evaluation of a trial; what its visits count by now is kept beside the words."""
    from social_bot.cli.answer_files import naming_fields, read_answers
    from social_bot.tracking import outreach_store as store
    from social_bot.tracking import trial_deeds
    from social_bot.tracking.forms import read_trial_form
    from social_bot.tracking.recognisable import read_first_names

    asked = _stage(stage)
    with opened() as bot, naming_fields(), bot.database.write() as session:
        form = read_trial_form(bot.templates)
        written = store.newest_evaluations(session, [trial_id]).get(trial_id, {}).get(asked)
        if written is not None and not replace:
            raise NotAllowed(
                "The stage {stage} of trial {id} is written already, as version {version}. Read it with"
                " social-bot trial show {id}, and add --replace to keep this as a new version.",
                stage=asked,
                id=trial_id,
                version=written.version,
            )
        row = trial_deeds.evaluate(
            session,
            trial_id,
            asked,
            {
                **(written.answers if written is not None and answers is None else {}),
                **read_answers(answers, pairs or (), form.stages[asked]),
            },
            form=form,
            names=read_first_names(bot.templates),
            is_checked=checked,
            seen_version=0 if written is None else written.version,
            by=by,
            now=bot.now(),
        )
        record = {"trial": trial_id, "stage": row.stage, "version": row.version}
    show(
        record, as_json=as_json, lines=[f"Trial {trial_id}: {stage} is written, version {record['version']}."]
    )


@trial.command("list", epilog="Example: social-bot trial list --json")
def trial_list(*, as_json: AsJson = False) -> None:
    """List the trials with their state, what is due, and what the visits count."""
    from social_bot.tracking.trial_reports import summarise_trials

    with opened() as bot, bot.database.read() as session:
        today = bot.now().astimezone(bot.settings.zone).date()
        records = [_trial_record(each) for each in summarise_trials(session, today=today)]
    show(records, as_json=as_json, lines=table(records, _TRIAL_COLUMNS))


@trial.command("show", epilog="Example: social-bot trial show 3 --json")
def trial_show(trial_id: int, *, language: Language = "fi", as_json: AsJson = False) -> None:
    """Show a trial: its figures, its evaluations by stage, what was decided."""
    from social_bot.tracking.forms import read_trial_form
    from social_bot.tracking.outreach import totals_record
    from social_bot.tracking.trial_reports import report_trial

    with opened() as bot, bot.database.read() as session:
        today = bot.now().astimezone(bot.settings.zone).date()
        report = report_trial(session, trial_id, read_trial_form(bot.templates), today=today)
        record = {
            **_trial_record(report.summary),
            "figures": totals_record(report.summary.totals),
            "partners": [row.name for row in report.partners],
            "stages": {
                stage.value: {
                    "answers": {question.key: text for question, text in each.answers if text},
                    "figures": totals_record(each.totals),
                    "version": each.version,
                    "by": each.by,
                    "at": each.at,
                }
                for stage, each in report.stages.items()
            },
            "decisions": [
                {"decision": each.decision, "on": each.decided_on, "reason": each.reason, "by": each.by}
                for each in report.decisions
            ],
        }
        lines = [
            f"{report.summary.trial.title}: {report.summary.state.value}",
            *(
                f"[{stage.value}] {question.words[_language(language)]} {text}"
                for stage, each in report.stages.items()
                for question, text in each.answers
                if text
            ),
            *(f"[{each.decided_on}] {each.decision.value}: {each.reason}" for each in report.decisions),
        ]
    show(record, as_json=as_json, lines=lines)


@trial.command(
    "decide", epilog='Example: social-bot trial decide 3 stop --reason "People did not find it." --by NAME'
)
def trial_decide(
    trial_id: int,
    decision: Annotated[str, typer.Argument(help="continue, change or stop.")],
    *,
    reason: Annotated[str, typer.Option(help="What was seen, and what follows from it.")],
    by: By,
    on: Annotated[str | None, typer.Option(help="The day; today if left out.")] = None,
    checked: Checked = False,
    as_json: AsJson = False,
) -> None:
    """Decide whether a trial continues, changes or stops; a coordinator decides."""
    from social_bot.tracking import trial_deeds
    from social_bot.tracking.recognisable import read_first_names

    with opened() as bot, bot.database.write() as session:
        today = bot.now().astimezone(bot.settings.zone).date()
        row = trial_deeds.decide(
            session,
            trial_id,
            decision,
            decided_on=on or today.isoformat(),
            reason=reason,
            names=read_first_names(bot.templates),
            is_checked=checked,
            today=today,
            by=by,
            now=bot.now(),
        )
        record = {"trial": trial_id, "decision": row.decision, "on": row.decided_on}
    show(record, as_json=as_json, lines=[f"Trial {trial_id}: {decision}."])


def _stage(word: str) -> "Stage":
    from social_bot.tracking.trials import Stage

    if word not in set(Stage):
        raise InvalidInput('A trial has the stages start, mid and end, and no "{word}".', word=word)
    return Stage(word)


def _language(language: str) -> str:
    from social_bot.organisation.languages import LANGUAGES

    if language not in LANGUAGES:
        raise InvalidInput("The language is fi, sv or en.")
    return language


def _trial_record(summary: "TrialSummary") -> dict[str, object]:
    row, per_hour = summary.trial, summary.per_hour
    return {
        "id": row.id,
        "title": row.title,
        "channel": row.channel,
        "place": row.place,
        "state": summary.state,
        "due": summary.due,
        "due_on": summary.due_on,
        "starts_on": row.starts_on,
        "mid_on": row.mid_on,
        "ends_on": row.ends_on,
        "times": summary.totals.times,
        "worker_hours": summary.totals.worker_hours,
        "contacts": summary.totals.contacts,
        "per_hour": None if per_hour is None else round(per_hour.value, 3),
    }
