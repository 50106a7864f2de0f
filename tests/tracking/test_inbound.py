"""What came in while a campaign ran: its page, its days, nothing before it has begun."""

from datetime import date, timedelta

from social_bot.answering.store import CallbackRow, CallbackState, Direction, MessageRow, ThreadRow
from social_bot.planning import store
from social_bot.planning.campaigns import read_campaign
from social_bot.planning.starting import start_campaign
from social_bot.tracking.inbound import count_inbound
from tests.conftest import APPROVER, NOW, PAGE, WRITER


def start(bot):
    with bot.database.write() as session:
        return start_campaign(
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
        ).campaign.id


def write(session, bot, *, contact, at):
    thread = ThreadRow(
        page_id=PAGE, contact_index=contact, contact_sealed=bot.database.cipher.seal(contact), created_at=at
    )
    session.add(thread)
    session.flush()
    for _ in range(2):
        session.add(MessageRow(thread_id=thread.id or 0, page_id=PAGE, direction=Direction.INBOUND, at=at))


def inbound(bot, campaign_id, *, now):
    with bot.database.read() as session:
        campaign = store.get_campaign(session, campaign_id)
        return count_inbound(session, campaign, now=now, zone=bot.settings.zone)


def test_a_campaign_that_has_not_begun_has_no_inbound(bot):
    assert inbound(bot, start(bot), now=NOW) is None


def test_what_came_during_it_is_counted_by_message_person_and_call(bot):
    campaign_id, later = start(bot), NOW + timedelta(days=3)
    with bot.database.write() as session:
        write(session, bot, contact="a", at=NOW - timedelta(days=1))
        write(session, bot, contact="b", at=NOW + timedelta(days=2))
        for state in (CallbackState.DONE, CallbackState.REQUESTED):
            session.add(
                CallbackRow(
                    phone_sealed=None, language="fi", state=state, requested_at=NOW + timedelta(days=2)
                )
            )

    found = inbound(bot, campaign_id, now=later)

    assert found is not None
    assert (found.messages, found.people, found.callbacks, found.calls) == (2, 1, 2, 1)
    assert (found.first_on, found.last_on) == (date(2026, 11, 26), date(2026, 11, 28))


def test_it_ends_with_the_campaign(bot):
    campaign_id = start(bot)
    with bot.database.write() as session:
        campaign = store.get_campaign(session, campaign_id)
        campaign.ended_at, campaign.ended_by = NOW + timedelta(days=2), WRITER
        session.add(campaign)
        write(session, bot, contact="b", at=NOW + timedelta(days=4))

    found = inbound(bot, campaign_id, now=NOW + timedelta(days=9))

    assert found is not None
    assert found.messages == 0
