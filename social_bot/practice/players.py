"""Residents who play by themselves: they write, comment and react to what is on the Page.

Their questions are everyday ones in three languages; nobody is ever in danger here. What happens follows
from a seed and a count, so that a rehearsal can be repeated.
"""

import hashlib
import logging
import threading
from dataclasses import dataclass
from typing import Literal

from social_bot.practice.stage import PEOPLE, Stage

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Act:
    kind: Literal["write", "comment", "react"]
    psid: str
    name: str
    text: str  # the kind of reaction when reacting


_QUESTIONS = {
    "7100000001": (
        "Hei, mihin aikaan olette auki?",
        "Mistä saan apua vuokrarästeihin?",
        "Miten haen toimeentulotukea?",
        "Voiko joku soittaa minulle takaisin?",
        "Onko talousneuvonta maksullista?",
    ),
    "7100000002": (
        "Hej, när har ni öppet?",
        "Vem kan hjälpa mig med skulder?",
        "Kan jag få en tid på svenska?",
        "Var ligger ert kontor?",
        "Kan någon ringa upp mig?",
    ),
    "7100000003": (
        "Hello, when are you open?",
        "Where can I get help with rent?",
        "Do I need an appointment?",
        "Can somebody call me back?",
        "Is the service free?",
    ),
    "7100000004": (
        "moi onks teillä päivystystä lauantaina",
        "Mitä papereita pitää ottaa mukaan?",
        "Saako tukihenkilön mukaan tapaamiseen?",
        "Kiitos, tästä oli apua.",
        "Missä jalkautuva työ on tällä viikolla?",
    ),
}
_COMMENTS = {
    "7100000001": ("Hyvä että tästä kerrotaan.", "Koskeeko tämä kaikkia?"),
    "7100000002": ("Tack för informationen.", "Gäller det här alla?"),
    "7100000003": ("Good to know, thank you.", "Is there an interpreter?"),
    "7100000004": ("Jaoin tämän naapurille.", "Milloin seuraava kerta on?"),
}
_REACTIONS = ("LIKE", "LIKE", "LIKE", "LOVE", "CARE")


def plan_act(seed: str, count: int) -> Act:
    """The act number ``count`` of a rehearsal with this seed."""
    dice = hashlib.sha256(f"{seed}:{count}".encode()).digest()
    psid, name = PEOPLE[dice[0] % len(PEOPLE)]
    if dice[1] % 10 < 4:
        return Act(kind="react", psid=psid, name=name, text=_REACTIONS[dice[2] % len(_REACTIONS)])
    if dice[1] % 10 < 6:
        return Act(kind="comment", psid=psid, name=name, text=_COMMENTS[psid][dice[2] % len(_COMMENTS[psid])])
    return Act(kind="write", psid=psid, name=name, text=_QUESTIONS[psid][dice[2] % len(_QUESTIONS[psid])])


def play(stage: Stage, page_id: str, act: Act) -> None:
    """Comments and reactions go to the newest post; with nothing there, they do not happen."""
    if act.kind == "write":
        stage.write_as_resident(page_id, act.psid, text=act.text, name=act.name)
        return
    newest = next((post for post in stage.posts(page_id) if post.is_published), None)
    if newest is None:
        return
    if act.kind == "comment":
        stage.comment_as_resident(page_id, act.psid, object_id=newest.id, text=act.text, name=act.name)
    else:
        stage.react_as_resident(page_id, act.psid, post_id=newest.id, kind=act.text, name=act.name)


class Players:
    """A thread in which somebody does something ``pace`` times a minute, Page after Page."""

    def __init__(self, stage: Stage, *, pace: float, seed: str = "rehearsal") -> None:
        self._stage = stage
        self._pause = 60 / pace
        self._seed = seed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="practice residents", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        count = 0
        while not self._stopping.wait(self._pause):
            pages = self._stage.pages()
            if not pages:
                continue
            try:
                play(self._stage, pages[count % len(pages)].id, plan_act(self._seed, count))
            except Exception:  # noqa: BLE001  (logged; the thread must live)
                _LOG.exception("A resident of the practice Page failed in act %d; the others go on", count)
            count += 1
