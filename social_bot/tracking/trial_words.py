"""What stages, decisions and states of trials are called, and how their hours are said."""

from collections.abc import Mapping

from babel.numbers import format_decimal

from social_bot.tracking.outreach import Totals
from social_bot.tracking.trials import Decision, Stage, TrialState
from social_bot.translations import marked, translate

STAGES: Mapping[Stage, str] = {
    Stage.START: marked("Start"),
    Stage.MID: marked("Mid evaluation"),
    Stage.END: marked("End evaluation"),
}

DECISIONS: Mapping[Decision, str] = {
    Decision.CONTINUE: marked("It continues as it is"),
    Decision.CHANGE: marked("It changes"),
    Decision.STOP: marked("It stops"),
}

STATES: Mapping[TrialState, str] = {
    TrialState.RUNNING: marked("Running"),
    TrialState.PLANNED: marked("To come"),
    TrialState.CONTINUED: marked("Continues for good"),
    TrialState.CHANGED: marked("Changed"),
    TrialState.STOPPED: marked("Stopped"),
}

_HOURS = marked("{number} h")
_TIMES_IN_ALL = marked("{times} times, {hours} in all")


def said_number(value: float, language: str, *, places: int = 1) -> str:
    """``1,5``; a whole number without places."""
    rounded = round(value, places)
    return str(
        format_decimal(
            int(rounded) if rounded == int(rounded) else rounded, locale=language, decimal_quantization=False
        )
    )


def said_hours(minutes: int, language: str) -> str:
    """``2 h``, ``1,5 h``."""
    return translate(language)(_HOURS).format(number=said_number(minutes / 60, language, places=2))


def said_held(totals: Totals, language: str) -> str:
    """``3 × 2 h``, as the form writes it; with other lengths, their sum."""
    if totals.minutes_each is not None:
        return f"{totals.times} × {said_hours(totals.minutes_each, language)}"
    return translate(language)(_TIMES_IN_ALL).format(
        times=totals.times, hours=said_hours(totals.minutes, language)
    )
