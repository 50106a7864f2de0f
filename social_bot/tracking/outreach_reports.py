"""A trial and a practice description as reports, which may leave the unit.

A trial's days lie on no grid of months, so its counts of people are rounded down to fives and hidden under
five. The words are people's own; who wrote them stays in the unit.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from social_bot.organisation.directory import Organisation
from social_bot.organisation.times import full_day
from social_bot.tracking import figure_words as words
from social_bot.tracking import outreach_store as store
from social_bot.tracking.figures import Figure
from social_bot.tracking.forms import PracticeForm, Question, TrialForm
from social_bot.tracking.month_report import figure_of
from social_bot.tracking.outreach import Totals
from social_bot.tracking.practices import describe
from social_bot.tracking.reports import Report, ReportFigure, ReportKind, ReportSection, ReportText
from social_bot.tracking.suppression import SMALLEST, Cell, Mark
from social_bot.tracking.trial_outlines import VISIT_FIGURES, values_of
from social_bot.tracking.trial_reports import TrialReport, report_trial
from social_bot.tracking.trial_words import DECISIONS, STAGES, STATES, said_held, said_number
from social_bot.tracking.trials import Stage, TrialState
from social_bot.tracking.visit_names import CHANNELS
from social_bot.translations import marked, translate

_TRIAL, _PRACTICE = marked("Evaluation of an outreach trial"), marked("Practice description")
_ABOUT, _COUNTED = marked("The trial"), marked("What the visits count now")
_WHERE, _STATE, _TIME = marked("Where people are met"), marked("State"), marked("Time")
_PARTNERS, _CAMPAIGN = marked("Partner organisations"), marked("Campaign")
_FOLLOWS = marked("Continues the trial")
_DECISIONS, _DECISION = marked("Decisions"), marked("Decision %(day)s: %(what)s")
_HELD = marked("held %(times)s")
_PER_HOUR = marked("Contacts per worker hour")
_NOT_YET, _NOT_WRITTEN = marked("Not written yet."), marked("Not written.")
NO_VISITS = marked("No visits have been recorded, so there are no figures.")
_QUESTIONS = marked("The questions: %(source)s.")
_ANSWERS = marked("The seven questions")
_ROUNDED = marked(
    "Counts of people are rounded down to fives, and hidden under five: the days of a trial overlap with"
    " other reports."
)
_OPEN = (TrialState.RUNNING, TrialState.PLANNED)


def build_trial_report(
    session: Session,
    trial_id: int,
    *,
    form: TrialForm,
    organisation: Organisation,
    language: str,
    now: datetime,
) -> Report:
    t = translate(language)
    found = report_trial(session, trial_id, form, today=organisation.today(now))
    trial = found.summary.trial
    return Report(
        kind=ReportKind.TRIAL,
        language=language,
        title=trial.title,
        subtitle=t(_TRIAL),
        file_stem=f"trial-{trial_id}-{_slug(trial.title)}",
        organisation=organisation.value("name", language) or organisation.name,
        first=trial.starts_on,
        last=trial.ends_on,
        is_running=found.summary.state in _OPEN,
        made_at=now,
        zone=organisation.zone,
        heads=[t(words.VALUE)],
        sections=trial_sections(found, language),
        notes=[t(_ROUNDED), t(_QUESTIONS) % {"source": found.source}],
    )


def trial_sections(found: TrialReport, language: str) -> Sequence[ReportSection]:
    """What it is, what it counts, what was decided, and its evaluations by stage."""
    t = translate(language)
    totals = found.summary.totals
    decisions = [
        ReportText(
            key=f"decision-{number}",
            label=t(_DECISION)
            % {"day": full_day(each.decided_on, language), "what": t(DECISIONS[each.decision])},
            text=each.reason,
        )
        for number, each in enumerate(found.decisions, 1)
    ]
    return [
        ReportSection(key="trial", title=t(_ABOUT), facts=_facts(found, language)),
        ReportSection(
            key="visits",
            title=t(_COUNTED),
            paragraphs=() if totals.times else [t(NO_VISITS)],
            figures=_figures(totals, language) if totals.times else (),
        ),
        *([ReportSection(key="decisions", title=t(_DECISIONS), answers=decisions)] if decisions else []),
        *(_stage(found, stage, language) for stage in Stage),
    ]


def build_practice_report(
    session: Session,
    practice_id: int,
    *,
    form: PracticeForm,
    organisation: Organisation,
    language: str,
    now: datetime,
) -> Report:
    t = translate(language)
    found = describe(session, practice_id, form)
    trial_id = store.get_practice(session, practice_id).trial_id
    written_on = organisation.today(found.at)
    trial = (
        []
        if trial_id is None
        else [
            ReportText(
                key="trial",
                label=t(marked("Outreach trial")),
                text=store.get_trial(session, trial_id).title,
            )
        ]
    )
    return Report(
        kind=ReportKind.PRACTICE,
        language=language,
        title=found.title,
        subtitle=t(_PRACTICE),
        file_stem=f"practice-{practice_id}-{_slug(found.title)}",
        organisation=organisation.value("name", language) or organisation.name,
        first=written_on,
        last=written_on,
        is_running=False,
        made_at=now,
        zone=organisation.zone,
        heads=[t(words.VALUE)],
        sections=[
            ReportSection(
                key="answers",
                title=t(_ANSWERS),
                facts=trial,
                answers=_answered(found.answers, language),
            )
        ],
        notes=[t(_QUESTIONS) % {"source": found.source}],
    )


def _facts(found: TrialReport, language: str) -> Sequence[ReportText]:
    t, trial = translate(language), found.summary.trial
    where = ", ".join(filter(None, (trial.place, trial.room)))
    campaign = found.campaign or {}
    facts = {
        "place": (_WHERE, f"{where} ({t(CHANNELS[trial.channel])})"),
        "state": (_STATE, t(STATES[found.summary.state])),
        "time": (_TIME, f"{full_day(trial.starts_on, language)} – {full_day(trial.ends_on, language)}"),
        "mid": (STAGES[Stage.MID], full_day(trial.mid_on, language)),
        "partners": (_PARTNERS, ", ".join(each.named(language) for each in found.partners)),
        "campaign": (_CAMPAIGN, campaign.get(language) or next(iter(campaign.values()), "")),
        "follows": (_FOLLOWS, found.follows.title if found.follows else ""),
    }
    return [ReportText(key=key, label=t(label), text=text) for key, (label, text) in facts.items() if text]


def _figures(totals: Totals, language: str) -> Sequence[ReportFigure]:
    values = values_of(totals)
    figures = [figure_of(key, values, None, None, language=language) for key in VISIT_FIGURES]
    return [
        replace(figure, note=_per_hour(figure.cell, totals.worker_hours, language))
        if figure.key == Figure.VISIT_CONTACTS
        else figure
        for figure in figures
    ]


def _per_hour(contacts: Cell, hours: float, language: str) -> str:
    """Out of what is shown of the contacts alone: with the hours, a rate would tell a hidden count."""
    if contacts.mark is Mark.SMALL:
        low, high = 1, SMALLEST - 1
    elif contacts.value is None or not hours:
        return ""
    else:
        low = contacts.value
        high = low + SMALLEST - 1 if contacts.mark is Mark.ROUNDED else low
    said = [said_number(each / hours, language, places=2) for each in (low, high)]
    return f"{translate(language)(_PER_HOUR)}: {'–'.join(dict.fromkeys(said))}"


def _stage(found: TrialReport, stage: Stage, language: str) -> ReportSection:
    t, written = translate(language), found.stages.get(stage)
    title = t(STAGES[stage])
    if written is None:
        is_open = found.summary.state in _OPEN or stage is Stage.END
        return ReportSection(
            key=stage.value, title=title, paragraphs=[t(_NOT_YET if is_open else _NOT_WRITTEN)]
        )
    if written.totals.times and stage is not Stage.START:
        title += f" ({t(_HELD) % {'times': said_held(written.totals, language)}})"
    return ReportSection(key=stage.value, title=title, answers=_answered(written.answers, language))


def _answered(answers: Sequence[tuple[Question, str]], language: str) -> Sequence[ReportText]:
    """The questions that have an answer, each with the heading over its group."""
    return [
        ReportText(
            key=question.key,
            label=" ".join(filter(None, (question.group.get(language), question.words[language]))),
            text=text,
        )
        for question, text in answers
        if text
    ]


def _slug(title: str) -> str:
    """``Jalkautuminen kauppakeskus Myllyyn`` -> ``jalkautuminen-kauppakeskus-myllyyn``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower())[:60].strip("-")
