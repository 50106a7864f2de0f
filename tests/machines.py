"""Life cycles walked at random, the same way at every run and for a few seconds at most."""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

PURE = settings(max_examples=100, stateful_step_count=30, derandomize=True, deadline=None, database=None)
STORED = settings(
    max_examples=15,
    stateful_step_count=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # rows stay between walks, so that a walk cannot be made shorter by trying again
    suppress_health_check=list(HealthCheck),
)


def walk(machine: Callable[[], RuleBasedStateMachine], how: settings) -> None:
    run_state_machine_as_test(machine, settings=how)  # type: ignore[arg-type]  # any maker will do
