"""Named moments between two steps, at which a test lets the program die as if its power had gone.

Nothing happens at them unless something is armed: a test arms one in code; ``SOCIAL_BOT_FAULT_POINT`` lets a
process that speaks to a practice page kill itself.
"""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from typing import Literal, get_args

from social_bot.errors import InvalidInput

Point = Literal[
    "publishing.intent_ready",
    "publishing.intent_written",
    "publishing.answered",
    "publishing.success_ready",
    "publishing.success_recorded",
    "publishing.refused",
    "publishing.error_ready",
    "publishing.error_recorded",
    "publishing.looks_claimed",
    "publishing.looked",
    "publishing.look_recorded",
    "publishing.settled",
    "intake.received",
    "intake.stored",
    "intake.spool_written",
    "intake.spooled",
    "intake.spool_stored",
    "intake.read",
    "intake.taken_in",
    "intake.bodies_erased",
    "answering.claimed",
    "answering.decided",
    "answering.done",
    "sending.intent_ready",
    "sending.intent_written",
    "sending.answered",
    "sending.success_recorded",
    "sending.refused",
    "sending.error_recorded",
    "sending.stale_found",
    "sending.looked",
    "sending.look_recorded",
    "commenting.intent_ready",
    "commenting.intent_written",
    "commenting.answered",
    "commenting.success_recorded",
    "commenting.refused",
    "commenting.error_recorded",
    "commenting.stale_found",
    "commenting.looked",
    "commenting.look_recorded",
    "collecting.enrolled",
    "collecting.asked",
    "collecting.kept_ready",
    "collecting.kept",
    "purging.counted",
    "purging.closed_erased",
    "purging.forgotten",
    "purging.batch_ready",
    "purging.batch_erased",
    "purging.recorded",
]
"""All of them. ``…_ready``: before the commit; the others: after it, or after the platform has spoken."""

POINTS: Sequence[Point] = get_args(Point)

Act = Callable[[str], None]

_act: Act | None = None


def fault_point(name: Point) -> None:
    """Tells whatever is armed that this moment has come; else does nothing."""
    if _act is not None:
        _act(name)


def arm(act: Act | None) -> None:
    """``act`` is told of every moment of this process, in whichever thread; None ends that."""
    global _act  # noqa: PLW0603  (one process, one way to die)
    _act = act


def dying_at(order: str) -> Act:
    """Ends the process like ``kill -9`` at a point.

    ``publishing.answered`` is when that comes first, ``publishing.answered:3`` when it comes the third time.
    Raises ``InvalidInput`` for a point that there is not.
    """
    name, _, number = order.partition(":")
    if name not in POINTS or not (number.isdecimal() or not number):
        raise InvalidInput(
            'There is no fault point "{name}". Known: {known}', name=order, known=", ".join(POINTS)
        )
    lock, left = threading.Lock(), int(number or 1)

    def act(reached: str) -> None:
        nonlocal left
        if reached != name:
            return
        with lock:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return act
