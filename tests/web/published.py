"""A month that is over and put down, and a program that asks for it with a token."""

from datetime import date

import pytest

from social_bot.organisation import api_tokens, pages
from social_bot.tracking import publication
from social_bot.tracking.figure_store import OFFICE, FigureCountRow, FigureMonthRow
from social_bot.tracking.figures import Figure
from social_bot.tracking.outreach import Channel
from social_bot.tracking.outreach_store import VisitRow
from tests.conftest import NOW, PAGE, WRITER

OTHER_PAGE = "100200400"
EVERYTHING = (
    *("/pages", "/metrics", "/months", "/figures?months=2026-09", "/goals", "/campaigns"),
    *("/visits?months=2026-09", "/trials", "/comparison?months=2026-09"),
)
MESSAGES = Figure.MESSAGES_RECEIVED
COUNTS = {
    PAGE: {
        (MESSAGES, ""): 40,
        (MESSAGES, "topic:debt"): 3,
        (MESSAGES, "topic:food"): 12,
        (MESSAGES, "topic:none"): 25,
        (Figure.CONVERSATIONS, ""): 30,
    },
    OFFICE: {
        (Figure.CALLBACKS, ""): 8,
        (Figure.CALLBACKS, "state:done"): 8,
        (Figure.VISITS_HELD, ""): 2,
        (Figure.VISIT_MINUTES, ""): 480,
        (Figure.VISIT_CONTACTS, ""): 26,
        (Figure.VISIT_DECLINED, ""): 3,
    },
}


@pytest.fixture
def published(timed_bot):
    """A month that is over, with small counts in it, and a second page of which there is nothing."""
    bot = timed_bot
    with bot.database.write() as session:
        pages.add(
            session,
            OTHER_PAGE,
            name="Toimintakeskus",
            token=None,
            is_live=False,
            cipher=bot.database.cipher,
            now=NOW,
            by="test",
        )
        for page, counts in COUNTS.items():
            session.add(FigureMonthRow(page_id=page, month="2026-09", counted_at=NOW, is_final=True))
            session.add_all(
                FigureCountRow(page_id=page, month="2026-09", figure=figure, part=part, value=value)
                for (figure, part), value in counts.items()
            )
        for number, (channel, contacts) in enumerate([(Channel.MALL, 20), (Channel.LIBRARY, 6)]):
            session.add(
                VisitRow(
                    key=f"{number:036}",
                    place="Malli",
                    channel=channel,
                    held_on=date(2026, 9, 10),
                    minutes=120,
                    workers=2,
                    contacts=contacts,
                    declined=3 if number else None,
                    recorded_by=WRITER,
                    recorded_at=NOW,
                )
            )
    publication.publish(bot.database, gather=bot.organisation, clock=bot.now)
    return bot


@pytest.fixture
def make_token(timed_bot):
    def make(*page_ids: str, name: str = "Power BI", days: int = 365) -> str:
        with timed_bot.database.write() as session:
            return api_tokens.add(
                session, name, page_ids=page_ids, days=days, now=timed_bot.now(), by="test"
            )[1]

    return make


@pytest.fixture
def ask(anybody, make_token):
    """Asks with a token that reads everything, unless another one is given."""
    everything = make_token()

    def ask(path: str, *, token: str = everything, status: int = 200, **headers: str):
        answer = anybody.get(
            f"/api/v1{path}",
            headers={
                "Authorization": f"Bearer {token}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        assert answer.status_code == status, answer.text
        return answer

    return ask


def items(answer):
    return answer.json()["items"]
