"""The panel "Häiriöt": which troubles it shows in which order, and reading the form back."""

from collections.abc import Mapping
from dataclasses import fields

from social_bot.errors import InvalidInput
from social_bot.practice.faults import Fault

EDGES = ("", "feed", "photos", "messages", "comments")
FAULT_GROUPS: Mapping[str, tuple[str, ...]] = {
    "group_answers": (
        "lose_next",
        "hang_next",
        "error_after_next",
        "is_html",
        "unavailable_next",
        "null_in_batch_next",
    ),
    "group_refusals": (
        "is_blocked",
        "rate_limited_minutes",
        "dead_token_subcode",
        "is_unrouted",
        "refuse_next",
        "refuse_code",
        "refuse_subcode",
    ),
    "group_pace": ("delay_seconds", "read_lag_seconds", "usage_percent"),
    "group_webhooks": ("webhooks_twice", "webhooks_shuffled", "webhooks_batched", "webhook_delay_seconds"),
}


def fault_from_form(form: Mapping[str, str]) -> Fault:
    """An empty field is no trouble; raises ``InvalidInput`` for one that is no number."""
    usual = Fault()
    values: dict[str, object] = {}
    for field in fields(Fault):
        default, text = getattr(usual, field.name), form.get(field.name, "").strip()
        if isinstance(default, bool):
            values[field.name] = field.name in form
        elif text and isinstance(default, str):
            values[field.name] = text
        elif text:
            values[field.name] = _number(field.name, text, is_whole=not isinstance(default, float))
    return Fault.from_json(values)


def _number(name: str, text: str, *, is_whole: bool) -> float:
    try:
        return int(text) if is_whole else float(text.replace(",", "."))
    except ValueError as error:
        raise InvalidInput(
            "{text} is not a number; write the trouble {name} in digits.", text=text, name=name
        ) from error
