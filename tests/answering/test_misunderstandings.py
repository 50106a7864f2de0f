"""Misunderstood messages: masked, confirmed by a person before they are kept, and exported for the next review."""

from datetime import timedelta

import pytest

from social_bot.answering import misunderstandings
from social_bot.answering.evaluation import read_crisis, read_topics
from social_bot.answering.quality import report_month
from social_bot.answering.store import Direction
from social_bot.errors import InvalidInput, NotAllowed, NotFound
from social_bot.organisation.retention import Kept
from tests.answering.talking import delivery, messages, receive, said, send_all
from tests.conftest import NOW, WRITER
from tests.erasing import purge

TEXT = "Laskeeko asumistuki, jos saan\ttöitä? Soita 040 123 4567"


@pytest.fixture
def told(bot):
    receive(bot, delivery(said(TEXT)))
    return bot


def mark(bot, label="benefits_other", *, number=0, now=NOW):
    message = messages(bot, Direction.INBOUND)[number]
    with bot.database.write() as session:
        return misunderstandings.mark(session, message.id or 0, label, by=WRITER, now=now).id or 0


def confirm(bot, row_id):
    with bot.database.write() as session:
        misunderstandings.confirm(session, row_id, by=WRITER, cipher=bot.database.cipher, now=NOW)


def everything(bot):
    with bot.database.read() as session:
        return list(misunderstandings.everything(session))


def exported(bot, *, danger=False):
    with bot.database.read() as session:
        return misunderstandings.export_tsv(session, danger=danger, cipher=bot.database.cipher)


def test_the_example_is_masked_and_marked_again_takes_the_new_label(told):
    first = mark(told)
    second = mark(told, "housing")

    (row,) = everything(told)
    assert (first, row.label, row.language) == (second, "housing", "fi")
    assert "040" not in told.database.cipher.open(row.text_sealed)
    assert "[••• puhelin]" in told.database.cipher.open(row.text_sealed)


def test_only_confirmed_examples_leave_and_the_files_can_be_evaluated(bot, tmp_path):
    for number, text in enumerate(
        ("Laskeeko tuki, jos saan\ttöitä?", "Olen ihan loppu", "Tapan tämän printterin")
    ):
        receive(bot, delivery(said(text, f"m_{number}")))
    topic, danger = mark(bot, "benefits_other"), mark(bot, "danger:suicide", number=1)
    calm, unread = mark(bot, "danger:none", number=2), exported(bot)
    for row_id in (topic, danger, calm):
        confirm(bot, row_id)
    (tmp_path / "t.tsv").write_text(exported(bot), encoding="utf-8")
    (tmp_path / "d.tsv").write_text(exported(bot, danger=True), encoding="utf-8")

    assert unread == "lang\ttext\ttopic\n"
    assert [(row.text, row.label) for row in read_topics(tmp_path / "t.tsv")] == [
        ("Laskeeko tuki, jos saan töitä?", "benefits_other")
    ]
    assert sorted(row.label for row in read_crisis(tmp_path / "d.tsv")) == ["", "suicide"]


def test_what_nobody_confirms_goes_with_the_texts_of_its_time(told, messenger, clock):
    mark(told)
    send_all(told, messenger, clock)
    purge(told, NOW + timedelta(days=7))  # closes the conversation

    gone = purge(told, NOW + timedelta(days=38))

    assert gone[Kept.EXAMPLES] == 1
    assert everything(told) == []
    with pytest.raises(NotAllowed, match="not kept any more"):
        mark(told)


def test_a_confirmed_one_stays_after_its_conversation(bot):
    receive(bot, delivery(said("Laskeeko asumistuki, jos saan töitä?")))
    confirm(bot, mark(bot))

    purge(bot, NOW + timedelta(days=60))

    assert len(everything(bot)) == 1


def test_what_its_writer_takes_back_is_forgotten_even_when_confirmed(bot):
    receive(bot, delivery(said("Laskeeko asumistuki, jos saan töitä?")))
    confirm(bot, mark(bot))
    receive(bot, delivery(said("", is_deleted=True)))

    assert everything(bot) == []


def test_nothing_with_personal_data_is_confirmed_by_mistake(told):
    with told.database.write() as session:
        row = misunderstandings.mark(
            session, messages(told, Direction.INBOUND)[0].id or 0, "other", by=WRITER, now=NOW
        )
        row.text_sealed = told.database.cipher.seal("Soita 040 123 4567")
        row_id = row.id or 0

    with pytest.raises(NotAllowed, match="personal data"):
        confirm(told, row_id)


def test_an_unknown_label_and_an_answer_of_ours_are_refused(told):
    with pytest.raises(InvalidInput):
        mark(told, "nonsense")
    ours = messages(told, Direction.OUTBOUND)[0].id or 0
    with pytest.raises(NotFound), told.database.write() as session:
        misunderstandings.mark(session, ours, "other", by=WRITER, now=NOW)


def test_a_deleted_example_is_gone(told):
    row_id = mark(told)
    with told.database.write() as session:
        misunderstandings.forget(session, row_id, by=WRITER, now=NOW)

    assert everything(told) == []


def test_the_quality_report_counts_them(told):
    mark(told)
    with told.database.read() as session:
        report = report_month(session, NOW.date().replace(day=1), told.organisation(session), now=NOW)

    assert report.misunderstood == 1
