"""``demo --once``: the whole story over real HTTP, told in plain sentences and counted."""

import logging
import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from social_bot.answering import callbacks
from social_bot.answering import store as answering_store
from social_bot.answering.store import Direction, SendState
from social_bot.bootstrap import clock
from social_bot.cli.output import show
from social_bot.cli.rehearsal import HOST, Rehearsal, in_background, running
from social_bot.cli.sample import APPROVER, PAGE, PAGES, WRITER, introduce
from social_bot.errors import NotReady
from social_bot.log import configure
from social_bot.planning import store as planning_store
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.composing import approve_post, move_post
from social_bot.planning.posts import PostState
from social_bot.planning.starting import start_campaign
from social_bot.tracking.collecting import collect
from social_bot.tracking.goal_files import goal_record
from social_bot.tracking.progress import goals_now

CAMPAIGN = "meet_the_team"
POSTS = 3
MYSTERY_CLIENT = (
    # What the tester of the Turku chat asked, in our words, and where it belongs
    # (Vasso, PRO SOS sub-project report 2017-2018, the mystery client).
    ("Milloin voi hakea ehkäisevää tai täydentävää toimeentulotukea?", "social_assistance_supplementary"),
    ("Missä tapauksessa ehkäisevää tukea voi saada?", "social_assistance_supplementary"),
    ("Pitääkö sosiaalitoimistoon varata aika?", "appointment_contact"),
    ("Mistä löydän lomakkeen?", "documents_processing"),
    ("Voinko puhua sosiaalityöntekijän kanssa?", "appointment_contact"),
)
_WAIT_SECONDS = 20


@dataclass
class Story:
    """What happened, in sentences and counts."""

    lines: list[str] = field(default_factory=list)
    counts: dict[str, object] = field(default_factory=dict)

    def tell(self, sentence: str, **counts: object) -> None:
        self.lines.append(sentence)
        self.counts |= counts


def play(*, keep: Path | None, as_json: bool) -> None:
    """Play the story in a folder of its own, or in ``keep``. Raises ``NotReady`` when a part of it fails."""
    configure(level=logging.WARNING)
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="social-bot-")))
        rehearsal, server = stack.enter_context(running(folder, port=_free_port(), pace=0))
        stack.enter_context(in_background(server, rehearsal.url))
        if not introduce(rehearsal, {PAGE: PAGES[PAGE]}):
            raise NotReady('The folder "{folder}" holds a story already. Choose an empty one.', folder=folder)
        story = Story()
        _publish(story, rehearsal)
        _answer(story, rehearsal)
        _call_back(story, rehearsal)
        _measure(story, rehearsal)
    show(story.counts, as_json=as_json, lines=story.lines)


def _publish(story: Story, rehearsal: Rehearsal) -> None:
    bot = rehearsal.bot
    with bot.database.write() as session:
        started = start_campaign(
            session,
            read_campaign(bot.campaigns / f"{CAMPAIGN}.yaml"),
            bot.organisation(session),
            page_id=PAGE,
            start=clock().astimezone(bot.settings.zone).date() + timedelta(days=1),
            values={},
            author=WRITER,
            approver=APPROVER,
            media=bot.media,
            now=clock(),
        )
        planned = len(started.posts)
        for post in started.posts[:POSTS]:
            now = clock()
            moved = move_post(session, post.id or 0, now, by=WRITER, zone=bot.settings.zone, now=now)
            approve_post(session, post.id or 0, content_hash=moved.content.content_hash, by=APPROVER, now=now)
    story.tell(
        f'{WRITER} started the campaign "{CAMPAIGN}" with {planned} posts; {APPROVER} approved them. '
        f"{POSTS} of them were moved to now and approved again.",
        posts_planned=planned,
    )

    def published(session: Session) -> int:
        return len(planning_store.list_posts(session, states=[PostState.PUBLISHED]))

    _wait(rehearsal, lambda session: published(session) == POSTS, "the posts to be published")
    seen = len(rehearsal.practice.posts(PAGE))
    story.tell(
        f"{POSTS} posts were published over HTTP; the practice Page shows {seen}.",
        posts_published=POSTS,
        posts_on_page=seen,
    )


def _answer(story: Story, rehearsal: Rehearsal) -> None:
    for number, (question, _) in enumerate(MYSTERY_CLIENT):
        rehearsal.practice.write_as_resident(PAGE, "7200000001", text=question)

        def answered(session: Session, questions: int = number + 1) -> bool:
            return len(_answered(session)) >= questions

        _wait(rehearsal, answered, "an answer")
    with rehearsal.bot.database.read() as session:
        inbound = [row for row in _messages(session) if row.direction is Direction.INBOUND]
    right = 0
    for row, (question, topic) in zip(inbound, MYSTERY_CLIENT, strict=True):
        is_right = row.topic == topic
        right += is_right
        story.tell(
            f'The mystery client asked "{question}": answered on {row.topic}{"" if is_right else f", not on {topic}"}.'
        )
    sent = len(rehearsal.practice.conversation(PAGE, "7200000001")) - len(MYSTERY_CLIENT)
    story.tell(
        f"{right} of {len(MYSTERY_CLIENT)} questions were answered on the right topic, in {sent} messages.",
        threads=1,
        messages_received=len(inbound),
        messages_sent=sent,
        questions_right=right,
    )


def _call_back(story: Story, rehearsal: Rehearsal) -> None:
    bot = rehearsal.bot
    with bot.database.write() as session:
        request = callbacks.request(
            session,
            phone="040 123 4567",
            language="fi",
            organisation=bot.organisation(session),
            database=bot.database,
            now=clock(),
        )
        request_id = request.id or 0
    with bot.database.write() as session:
        callbacks.record_reached(session, request_id, by=WRITER, now=clock())
    story.tell(
        f"A resident asked to be phoned; {WRITER} called and reached them.",
        callbacks_requested=1,
        callbacks_done=1,
    )


def _measure(story: Story, rehearsal: Rehearsal) -> None:
    bot = rehearsal.bot
    readings = collect(bot.database, insights=bot.channel, clock=clock, everything=True)
    with bot.database.read() as session:
        goals = [goal_record(goal) for goal in goals_now(session, now=clock(), zone=bot.settings.zone)]
    story.tell(f"{readings} counters were read from the practice Page.", readings=readings, goals=goals)
    for goal in goals:
        value = goal["value"] if goal["available"] else "not available"
        story.tell(f"Goal {goal['metric']}: {value} of {goal['target']} by {goal['by']}, {goal['pace']}.")


def _messages(session: Session) -> list[answering_store.MessageRow]:
    threads = answering_store.list_threads(session)
    return list(answering_store.list_messages(session, [thread.id or 0 for thread in threads]))


def _answered(session: Session) -> set[int | None]:
    """The inbound messages whose every answer has been sent."""
    rows = [row for row in _messages(session) if row.direction is Direction.OUTBOUND]
    waiting = {row.answers_id for row in rows if row.send_state is not SendState.SENT}
    return {row.answers_id for row in rows} - waiting


def _wait(rehearsal: Rehearsal, until: Callable[[Session], bool], what: str) -> None:
    deadline = clock() + timedelta(seconds=_WAIT_SECONDS)
    pause = threading.Event()
    while clock() < deadline:
        with rehearsal.bot.database.read() as session:
            if until(session):
                return
        pause.wait(0.05)
    raise NotReady(
        "The story stopped: waited {seconds} seconds for {what}.", seconds=_WAIT_SECONDS, what=what
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
