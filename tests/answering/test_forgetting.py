"""A person's own data: taken out, forgotten at their wish, asked for by Meta; and no backup knows them again."""

import json
from datetime import timedelta

import pytest
from sqlmodel import col, select

from social_bot.answering import forgetting, misunderstandings, own_data, saving
from social_bot.answering.comment_store import CommentRow
from social_bot.answering.store import DeletionRequestRow, Direction, MessageRow, SendState, ThreadRow
from social_bot.errors import NotAllowed
from social_bot.organisation import alerts, audit, operators
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import COMMAND_LINE, Role
from tests.answering.commenting import change
from tests.answering.talking import PERSON, delivery, messages, receive, said, send_all, threads
from tests.conftest import NOW, PAGE, WRITER

DEBT, DANGER = "Mistä saan velkaneuvontaa? Soita 040 123 4567", "En halua elää enää"
KEEPER, OTHER = "Ylläpitäjä", "Toisen sivun koordinaattori"


@pytest.fixture
def told(bot, messenger, clock):
    with bot.database.write() as session:
        operators.add(session, KEEPER, [Role.ADMINISTRATOR], now=NOW, by="test")
        operators.add(session, OTHER, [Role.COORDINATOR], page_ids=["999"], now=NOW, by="test")
    receive(bot, delivery(said(DEBT)))
    send_all(bot, messenger, clock)
    return bot


def forget(bot, *, by=KEEPER, now=NOW):
    with bot.database.write() as session:
        return forgetting.forget(session, threads(bot)[0].id or 0, by=by, register=bot.register, now=now)


def export(bot, *, by=KEEPER):
    with bot.database.write() as session:
        return own_data.export(session, threads(bot)[0].id or 0, by=by, cipher=bot.database.cipher, now=NOW)


def actions(bot):
    with bot.database.read() as session:
        return [(row.action, row.actor) for row in session.exec(select(AuditEntryRow)).all()]


def asked(bot, user_id=PERSON, payload="signed"):
    with bot.database.write() as session:
        return forgetting.ask_by_platform(session, bot.database, user_id=user_id, payload=payload, now=NOW)


def carry_out(bot):
    return forgetting.carry_out(bot.database, register=bot.register, now=NOW)


def test_everything_that_is_kept_is_in_the_file_and_the_taking_is_logged(told):
    data = export(told).as_json()

    inbound, *outbound = data["messages"]
    assert data["person"] == PERSON
    assert inbound["text"] == "Mistä saan velkaneuvontaa? Soita [••• puhelin]"
    assert inbound["concluded"]["topic"] == "debt"
    assert inbound["concluded"]["personal_data_masked"] == ["phone"]
    assert outbound
    assert all(each["from"] == "page" and each["text"] for each in outbound)
    assert json.loads(json.dumps(data)) == data
    assert ("thread.export", KEEPER) in actions(told)


def test_what_was_kept_unmasked_in_danger_is_told_to_whose_it_is(bot):
    receive(bot, delivery(said(f"{DANGER}, osoite Keskuskatu 5")))

    (inbound, *_) = export(bot, by=COMMAND_LINE).messages

    assert inbound.original == f"{DANGER}, osoite Keskuskatu 5"
    assert inbound.danger == "suicide"


def test_comments_of_the_same_person_belong_to_their_data(told):
    receive(told, change("Milloin olette auki?"))
    with told.database.write() as session:
        comment = session.exec(select(CommentRow)).one()
        thread = session.exec(select(ThreadRow)).one()
        thread.comment_id = comment.id
        session.add(thread)

    (shown,) = export(told).comments
    forget(told)

    assert shown.text == "Milloin olette auki?"
    with told.database.read() as session:
        row = session.exec(select(CommentRow)).one()
        assert (row.text_sealed, row.comment_sealed, row.author_index) == (None, None, None)


@pytest.mark.parametrize("by", [WRITER, OTHER])
@pytest.mark.parametrize("act", [export, forget])
def test_only_administrators_and_the_pages_coordinators_answer_such_requests(told, by, act):
    with pytest.raises(NotAllowed):
        act(told, by=by)

    assert any(row.text_sealed for row in messages(told, Direction.INBOUND))


def test_nothing_that_was_written_and_nothing_that_leads_to_the_person_is_left(told):
    with told.database.write() as session:
        (inbound,) = messages(told, Direction.INBOUND)
        misunderstandings.mark(session, inbound.id or 0, "debt", by=WRITER, now=NOW)
        link = saving.make_link(session, inbound.thread_id, language="fi", base_url="", now=NOW)
    before = told.database.index(PERSON)

    forget(told)

    (thread,) = threads(told)
    with told.database.read() as session:
        rows = session.exec(select(MessageRow)).all()
        assert misunderstandings.everything(session) == []
        assert (
            saving.open_link(session, link.rpartition("/")[2], cipher=told.database.cipher, now=NOW) is None
        )
    assert all(row.text_sealed is row.original_sealed is row.exact_sealed is None for row in rows)
    assert all(row.personal_data == [] for row in rows)
    assert (thread.contact_sealed, thread.last_inbound_at, thread.is_open) == (b"", None, False)
    assert before not in thread.contact_index
    assert [row.topic for row in rows if row.direction is Direction.INBOUND] == ["debt"]
    assert ("thread.forget", KEEPER) in actions(told)


def test_an_answer_on_its_way_is_not_sent_to_who_is_forgotten(bot, messenger, clock):
    receive(bot, delivery(said(DEBT)))

    forget(bot, by=COMMAND_LINE)
    send_all(bot, messenger, clock)

    assert messenger.sent == []
    assert {row.send_state for row in messages(bot, Direction.OUTBOUND)} == {SendState.DROPPED}


def test_who_may_be_in_danger_is_not_forgotten_before_somebody_has_looked(bot):
    receive(bot, delivery(said(DANGER)))

    with pytest.raises(NotAllowed, match="danger"):
        forget(bot, by=COMMAND_LINE)
    with bot.database.write() as session:
        alerts.take(session, f"thread:{threads(bot)[0].id}", by=WRITER, now=NOW)
    forget(bot, by=COMMAND_LINE)

    assert not threads(bot)[0].waits_for_person


def test_a_second_time_there_is_nobody_to_forget(told):
    forget(told)

    with pytest.raises(NotAllowed, match="no person any more"):
        forget(told)


def test_a_late_delivery_does_not_bring_a_forgotten_person_back(told):
    forget(told)

    receive(told, delivery(said(DEBT)))

    assert [row.text_sealed for row in messages(told, Direction.INBOUND)] == [None]
    assert len(threads(told)) == 1


def test_the_register_holds_keyed_hashes_alone_and_forgets_again_in_an_older_state(told):
    sealed = threads(told)[0].contact_sealed
    forget(told)
    lines = told.register.read_text()
    with told.database.write() as session:  # as a backup of before has it
        thread = session.exec(select(ThreadRow)).one()
        thread.contact_index, thread.contact_sealed = told.database.index(PERSON), sealed
        thread.forgotten_at = None
        row = session.exec(select(MessageRow).order_by(col(MessageRow.id)).limit(1)).one()
        row.text_sealed = told.database.cipher.seal(DEBT)
        session.add_all((thread, row))

    again = forgetting.forget_again(told.database, told.register, now=NOW)

    assert again == 1
    assert PERSON not in lines
    assert (told.register.stat().st_mode & 0o777) == 0o600
    assert threads(told)[0].forgotten_at is not None
    assert [row.text_sealed for row in messages(told, Direction.INBOUND)] == [None]


def test_who_came_back_after_being_forgotten_stays_known_after_a_restore(told):
    forget(told)
    later = NOW + timedelta(days=1)
    receive(told, delivery(said("Hei taas", "m_2", at=later)), now=later)

    assert forgetting.forget_again(told.database, told.register, now=later) == 0


def test_metas_request_is_carried_out_after_its_answer(told):
    code = asked(told)
    before = threads(told)[0].forgotten_at

    carry_out(told)

    assert before is None
    assert threads(told)[0].forgotten_at == NOW
    assert ("thread.forget", forgetting.BY_META) in actions(told)
    assert code in " ".join(row.subject for row in entries(told))


def test_the_same_request_again_is_the_same_request(told):
    assert asked(told) == asked(told)
    with told.database.read() as session:
        assert len(session.exec(select(DeletionRequestRow)).all()) == 1


def test_whoever_asks_is_not_in_the_request_once_it_is_done(told):
    asked(told, user_id="nobody we know")
    carry_out(told)

    with told.database.read() as session:
        (row,) = session.exec(select(DeletionRequestRow)).all()
    assert row.contact_index is None
    assert threads(told)[0].forgotten_at is None


def test_metas_request_waits_while_danger_is_open_and_is_done_then(bot):
    receive(bot, delivery(said(DANGER)))
    asked(bot)
    carry_out(bot)
    waits = threads(bot)[0].forgotten_at
    with bot.database.write() as session:
        alerts.take(session, f"thread:{threads(bot)[0].id}", by=WRITER, now=NOW)
    carry_out(bot)

    assert waits is None
    assert threads(bot)[0].forgotten_at == NOW


def entries(bot):
    with bot.database.read() as session:
        assert audit.verify(session).holds
        return session.exec(select(AuditEntryRow)).all()


def test_a_page_is_named_in_the_file(told):
    assert export(told).page == "Neuvonta"
    assert PAGE not in json.dumps(export(told).as_json())
