"""The pages of a program in which everything is in some state, at a fixed moment."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from httpx import Response
from sqlmodel import col, select
from starlette.testclient import TestClient

from social_bot.answering import callbacks
from social_bot.answering.comment_policy import Matter
from social_bot.answering.comment_store import CommentRow
from social_bot.answering.crisis import CrisisKind
from social_bot.answering.outcomes import Lane
from social_bot.answering.replies import approve_texts, load_library
from social_bot.answering.store import CallbackRow, Direction, MessageRow, SendState, ThreadRow
from social_bot.bootstrap import Bot
from social_bot.organisation import alerts, operators
from social_bot.organisation.alerts import AlertKind
from social_bot.organisation.personal_data import mask
from social_bot.organisation.roles import Role
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.composing import add_post, approve_post, submit_post
from social_bot.planning.posts import PostContent, PostState
from social_bot.planning.publishing import MISSED, NO_ANSWER
from social_bot.planning.starting import start_campaign
from social_bot.planning.store import CampaignRow, PostRow, PublishAttemptRow
from social_bot.web.app import create_app
from tests.conftest import APPROVER, NOW, PAGE, WRITER, Clock, Shape, set_up
from tests.web.browsing import address, chromium, open_page

COORDINATOR = "Koordinaattori"
PHONE = "+358 40 1234567"
PERSON = "7000000001"
HERE = "http://127.0.0.1:8000"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@dataclass(frozen=True)
class BotAt(Bot):
    """The program at a moment that the test moves."""

    clock: Clock

    def now(self) -> datetime:
        return self.clock()


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is to see: posts by state, a campaign, a thread in danger, a request for a call."""

    posts: dict[PostState, int]
    campaign: int
    thread: int
    comments: dict[Matter, int]
    callback: int


class Browser(TestClient):
    """A browser on this machine that fills in a form with the token of the page it stands on."""

    def read(self, path: str, *, status: int = 200) -> str:
        answer = self.get(path)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    def token(self, path: str) -> str:
        found = TOKEN.search(self.get(path).text)
        assert found is not None
        return found[1]

    def submit(self, path: str, *, standing_on: str, **fields: str) -> Response:
        answer: Response = self.post(path, data={"token": self.token(standing_on), **fields})
        return answer

    def enter(self, name: str, language: str = "fi") -> "Browser":
        answer = self.submit(f"/enter?lang={language}", standing_on="/enter", name=name)
        assert answer.status_code == 303
        return self


PUBLIC_PAGES = ["/callback", "/accessibility", "/conversation/ended", "/meta/data-deletion/ended", "/nowhere"]
ROOMS = ["today and planning", "one post", "messages", "follow-up", "settings"]


def staff_pages(world: World) -> dict[str, list[str]]:
    """Every page that staff open by its address, by room."""
    draft, waiting = world.posts[PostState.DRAFT], world.posts[PostState.AWAITING_APPROVAL]
    published, campaign = world.posts[PostState.PUBLISHED], f"/campaigns/{world.campaign}"
    pages = {
        "today and planning": [
            *("/", "/posts", "/posts?month=2026-12", "/posts?view=week", "/posts?view=list", "/posts/999"),
            *("/approvals", "/calendar-feed", "/series", "/series/new", "/posts/import", "/stop"),
            *("/campaigns", "/campaigns/ready/meet_the_team", "/campaigns/ready/mall_visit", campaign),
            *(f"{campaign}/{deed}" for deed in ("pause", "resume", "end", "copy")),
        ],
        "one post": [
            *(f"/posts/{post}" for post in world.posts.values()),
            *(f"/posts/{draft}/{view}" for view in ("edit", "edit?stopped=1", "versions")),
            *(f"/posts/{waiting}/{view}" for view in ("approve", "move", "cancel")),
            *("/posts/new", "/posts/new?start=empty", "/posts/new?start=outreach_event", "/media"),
            f"/posts/new?copy={published}",
        ],
        "messages": [
            *(
                "/inbox",
                "/inbox?show=waiting",
                "/inbox?show=closed",
                f"/inbox/{world.thread}",
                f"/inbox/{world.thread}/own-data",
            ),
            *("/comments", "/callbacks", "/topics", "/topics/debt", "/misunderstood"),
            *("/texts", "/texts?need=speaker", "/texts/debt/fi", "/texts/other_language/ru"),
        ],
        "follow-up": [
            *("/dashboard", "/goals", "/goals/new", "/goals/1", "/goals/1/change", "/quality", "/service"),
            *("/reports", "/reports/months/2026-11", "/reports/months/2026-10"),
            f"/reports/campaigns/{world.campaign}",
            *("/trials", "/trials/new", "/visits", "/visits/new", "/visits/import", "/comparison"),
            *("/partners", "/partners/new", "/practices", "/practices/new"),
        ],
        "settings": [
            *(f"/settings{view}" for view in ("", "/numbers", "/links", "/services", "/hours", "/duty")),
            *(
                "/settings/button",
                "/settings/retention",
                "/settings/edit/phone_main",
                "/settings/edit/languages",
            ),
            *("/pages", "/pages/connect", f"/pages/{PAGE}/live", "/people", "/people/invite", "/tokens"),
            *("/audit", "/account", "/enter"),
        ],
    }
    assert list(pages) == ROOMS
    return pages


__all__ = ["address", "chromium", "open_page"]  # fixtures


@pytest.fixture
def database_kind() -> str:
    """SQLite alone: the rooms' tests ask both databases, and ``test_safety`` opens every page on both."""
    return "sqlite"


@pytest.fixture
def every_role(timed_bot: BotAt) -> str:
    """An operator who may do everything, so that every control is on the page."""
    with timed_bot.database.write() as session:
        operators.add(session, "Kaikki roolit", list(Role), now=NOW, by="test")
    return "Kaikki roolit"


@pytest.fixture
def shapes(request: pytest.FixtureRequest) -> Sequence[Shape]:
    base = (set_up, add_coordinator)
    return (*base, make_world) if "world" in request.fixturenames else base


def add_coordinator(bot: Bot) -> None:
    with bot.database.write() as session:
        operators.add(session, COORDINATOR, [Role.COORDINATOR], now=NOW, by="test")


@pytest.fixture
def timed_bot(bot: Bot, clock: Clock) -> BotAt:
    return BotAt(
        settings=bot.settings,
        database=bot.database,
        templates=bot.templates,
        campaigns=bot.campaigns,
        clock=clock,
    )


@pytest.fixture
def browse(timed_bot: BotAt) -> Iterator[Callable[..., Browser]]:
    """Opens browsers on one running program."""
    app = create_app(timed_bot, on_delivery=lambda: None)
    opened: list[Browser] = []

    def open_browser(*, base_url: str = HERE, client: str = "127.0.0.1", fails: bool = True) -> Browser:
        browser = Browser(
            app,
            base_url=base_url,
            client=(client, 50000),
            follow_redirects=False,
            raise_server_exceptions=fails,
        )
        opened.append(browser)
        return browser

    yield open_browser
    for browser in opened:
        browser.close()


@pytest.fixture
def anybody(browse: Callable[..., Browser]) -> Browser:
    return browse()


@pytest.fixture
def writer(browse: Callable[..., Browser]) -> Browser:
    return browse().enter(WRITER)


@pytest.fixture
def approver(browse: Callable[..., Browser]) -> Browser:
    return browse().enter(APPROVER)


@pytest.fixture
def coordinator(browse: Callable[..., Browser]) -> Browser:
    return browse().enter(COORDINATOR)


@pytest.fixture
def world(timed_bot: BotAt) -> World:
    """What ``make_world`` has made, found again in this test's copy."""
    with timed_bot.database.read() as session:
        posts = session.exec(select(PostRow).where(col(PostRow.campaign_id).is_(None))).all()
        comments = session.exec(select(CommentRow)).all()
        return World(
            posts={post.state: post.id or 0 for post in posts},
            campaign=session.exec(select(CampaignRow.id)).one() or 0,
            thread=session.exec(select(ThreadRow.id)).one() or 0,
            comments={each.matter: each.id or 0 for each in comments if each.matter is not None},
            callback=session.exec(select(CallbackRow.id)).one() or 0,
        )


def make_world(bot: Bot) -> None:
    with bot.database.write() as session:
        approve_texts(session, None, by=APPROVER, now=NOW)
        for state in PostState:
            write_post(session, bot, state)
        start_campaign(
            session,
            read_campaign(bot.campaigns / "meet_the_team.yaml"),
            bot.organisation(session),
            page_id=PAGE,
            start=NOW.date() + timedelta(days=1),
            values={},
            author=WRITER,
            approver=APPROVER,
            media=bot.media,
            now=NOW,
        )
        callbacks.request(
            session,
            phone=PHONE,
            language="fi",
            organisation=bot.organisation(session),
            database=bot.database,
            now=NOW,
        )
        write_thread(session, bot)
        for matter in COMMENTS:
            write_comment(session, bot, matter)


def write_post(session, bot: Bot, state: PostState) -> PostRow:
    """A post of the writer that has come to the state by the moves that are allowed."""
    post = add_post(
        session,
        PostContent(
            page_id=PAGE,
            kind="outreach_event",
            texts={"fi": f"Tule juttelemaan ({state.value}).", "sv": f"Kom och prata ({state.value})."},
            publish_at=NOW + timedelta(hours=1),
            link="https://mallila.example/kaynti",
        ),
        zone=bot.settings.zone,
        author=WRITER,
        now=NOW,
    )
    post_id = post.id or 0
    if state is PostState.AWAITING_APPROVAL:
        submit_post(session, post_id, by=WRITER, now=NOW)
    if state in (PostState.CANCELLED, PostState.EXPIRED):
        post.become(state)
    if state in (PostState.DRAFT, PostState.AWAITING_APPROVAL, PostState.CANCELLED, PostState.EXPIRED):
        return post
    approve_post(session, post_id, content_hash=post.content.content_hash, by=APPROVER, now=NOW)
    if state in (PostState.HELD, PostState.MISSED):
        post.become(state, reason=MISSED if state is PostState.MISSED else None)
    elif state is not PostState.SCHEDULED:
        send_post(session, post, state)
    session.flush()
    return post


def send_post(session, post: PostRow, state: PostState) -> None:
    post.become(PostState.PUBLISHING)
    post.attempts = 1
    session.add(
        PublishAttemptRow(
            post_id=post.id or 0,
            number=1,
            content_hash=post.content.content_hash,
            started_at=NOW - timedelta(minutes=5),
            ended_at=NOW,
            status=400,
            code=368,
            trace_id="Trace123",
        )
    )
    if state is PostState.PUBLISHING:
        return
    post.become(state, reason=NO_ANSWER if state is PostState.UNCONFIRMED else None)
    if state is PostState.PUBLISHED:
        post.external_id, post.settled_at = f"{PAGE}_900", NOW
    if state is PostState.FAILED:
        post.reason = (
            "Facebook has barred this page from writing. Send nothing, and read the page's Support Inbox."
        )
        alerts.raise_alert(session, AlertKind.POST_FAILED, f"post:{post.id}", now=NOW, occasion="1")


COMMENTS = {
    Matter.DANGER: "en jaksa enää elää",
    Matter.PERSONAL_DATA: "Soittakaa minulle 040 123 4567.",
    Matter.INDIVIDUAL: "Missä hakemukseni viipyy?",
    Matter.TOPIC: "Kuka auttaa veloissa?",
    Matter.UNCLEAR: "Koskeeko tämä kaikkia?",
}


def write_comment(session, bot: Bot, matter: Matter) -> CommentRow:
    """A comment under a post, which waits for a person."""
    seal, index = bot.database.cipher.seal, bot.database.index(f"400_{matter.value}")
    row = CommentRow(
        page_id=PAGE,
        comment_index=index,
        thread_index=index,
        comment_sealed=seal(f"400_{matter.value}"),
        thread_sealed=seal(f"400_{matter.value}"),
        text_sealed=seal(mask(COMMENTS[matter])),
        matter=matter,
        reason=REASONS_TO_WAIT[matter],
        crisis=CrisisKind.SUICIDE if matter is Matter.DANGER else None,
        topic="debt" if matter is Matter.TOPIC else None,
        languages=["fi"],
        keys=["comment_individual" if matter is Matter.INDIVIDUAL else "comment_general"],
        personal_data=["phone"] if matter is Matter.PERSONAL_DATA else [],
        written_at=NOW,
        seen_at=NOW,
        waits_for_person=True,
    )
    session.add(row)
    session.flush()
    return row


REASONS_TO_WAIT = {
    Matter.DANGER: "somebody may be in danger",
    Matter.PERSONAL_DATA: "everybody can read personal data here",
    Matter.INDIVIDUAL: "an own matter",
    Matter.TOPIC: "the page leaves comments to people",
    Matter.UNCLEAR: "the topic is not certain",
}


def write_thread(session, bot: Bot) -> ThreadRow:
    """A thread in which a general question was answered, and danger showed after it."""
    database = bot.database
    thread = ThreadRow(
        page_id=PAGE,
        contact_index=database.index(PERSON),
        contact_sealed=database.cipher.seal(PERSON),
        language="fi",
        topic="social_assistance_basic",
        waits_for_person=True,
        crisis=CrisisKind.SUICIDE,
        last_inbound_at=NOW,
        created_at=NOW,
    )
    session.add(thread)
    session.flush()
    question = MessageRow(
        text_sealed=database.cipher.seal(mask("Missä haen toimeentulotukea? Numeroni on 040 123 4567.")),
        lane=Lane.GENERAL,
        topic="social_assistance_basic",
        personal_data=["phone"],
        note="answered: social_assistance_basic",
        **inbound(thread),
    )
    session.add(question)
    session.flush()
    library = load_library(session, (), approved_only=True)
    version = library.versions["social_assistance_basic", "fi"]
    answer = MessageRow(
        thread_id=thread.id or 0,
        page_id=PAGE,
        direction=Direction.OUTBOUND,
        at=NOW,
        mid_index=database.index("m_out1"),
        text_sealed=database.cipher.seal(version.text),
        lane=Lane.GENERAL,
        language="fi",
        is_automatic=True,
        answers_id=question.id,
        versions=[{"key": version.key, "language": "fi", "version": 1, "hash": version.content_hash}],
        buttons=[{"title": "Pyydä soittoa", "url": "https://mallila.example/callback?lang=fi"}],
        send_state=SendState.SENT,
    )
    danger = MessageRow(
        text_sealed=database.cipher.seal("en jaksa enää elää"),
        lane=Lane.CRISIS,
        crisis=CrisisKind.SUICIDE,
        note="answered: crisis_suicide",
        **inbound(thread),
    )
    session.add_all((answer, danger))
    session.flush()
    alerts.raise_alert(session, AlertKind.CRISIS, f"thread:{thread.id}", now=NOW, occasion="1")
    return thread


def inbound(thread: ThreadRow) -> dict[str, Any]:
    return {
        "thread_id": thread.id or 0,
        "page_id": PAGE,
        "direction": Direction.INBOUND,
        "at": NOW,
        "language": "fi",
    }
