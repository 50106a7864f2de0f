"""While the database does not answer, deliveries are kept on disk: none lost, each once, in order."""

import hashlib
import hmac
import threading
import time

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select
from starlette.testclient import TestClient

from social_bot.answering import intake
from social_bot.answering.spool import Spool
from social_bot.answering.store import Direction, EventRow
from social_bot.storage.cipher import Cipher, key_file
from social_bot.web.app import create_app
from tests.answering.talking import delivery, messages, said


@pytest.fixture
def spool(tmp_path, clock):
    return Spool(tmp_path / "spool", Cipher([key_file(tmp_path)]), clock=clock)


@pytest.fixture
def stopped(bot, monkeypatch):
    """The database refuses whatever is written, until ``stopped.clear()``."""
    refuses = threading.Event()
    write = bot.database.write

    def refuse_or_write():
        if refuses.is_set():
            raise OperationalError("INSERT", {}, Exception("the database is stopped"))
        return write()

    monkeypatch.setattr(bot.database, "write", refuse_or_write)
    return refuses


@pytest.fixture
def client(bot):
    with TestClient(create_app(bot, on_delivery=lambda: None)) as client:
        yield client


def post(client, body):
    signature = "sha256=" + hmac.new(b"test-app-secret", body, hashlib.sha256).hexdigest()
    return client.post("/webhooks/facebook", content=body, headers={"x-hub-signature-256": signature})


def wait_until(is_so):
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.05)
    pytest.fail("it never happened")


def taken(spool):
    bodies: list[bytes] = []
    spool.take_out(bodies.extend)
    return bodies


def test_what_is_put_in_comes_out_once_and_in_order(spool, clock):
    spool.append([b"1", b"2"])
    spool.append([b"3"])
    clock.forward(seconds=1)
    spool.append([b"4"])

    assert taken(spool) == [b"1", b"2", b"3", b"4"]
    assert taken(spool) == []


def test_what_could_not_be_stored_stays(spool):
    spool.append([b"1"])
    spool.append([b"2"])
    stored = []

    def store(bodies):
        if bodies == [b"2"]:
            raise OSError
        stored.extend(bodies)

    with pytest.raises(OSError):
        spool.take_out(store)

    assert stored == [b"1"]
    assert taken(spool) == [b"2"]


def test_nothing_on_disk_can_be_read_and_nobody_else_may_try(spool, tmp_path):
    spool.append([b"En halua"])

    (path,) = (tmp_path / "spool").glob("*.spool")
    assert b"En halua" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_lost_key_sealed_holds_nothing_up(spool, tmp_path, clock):
    (tmp_path / "other").mkdir()
    Spool(tmp_path / "spool", Cipher([key_file(tmp_path / "other")]), clock=clock).append([b"0"])
    clock.forward(seconds=1)
    spool.append([b"1"])

    assert taken(spool) == [b"1"]
    assert [path.suffix for path in (tmp_path / "spool").iterdir()] == [".unreadable"]


def test_no_delivery_is_lost_and_none_taken_twice_while_the_database_is_stopped(bot, stopped, client):
    bodies = [delivery(said(f"viesti {number}", f"m_{number}")) for number in range(6)]
    answers = [post(client, bodies[0])]
    stopped.set()
    answers += [post(client, body) for body in (*bodies[1:5], bodies[2])]
    on_disk = len(list((bot.settings.data_dir / "spool").glob("*.spool")))
    stopped.clear()
    answers.append(post(client, bodies[5]))
    wait_until(lambda: not list((bot.settings.data_dir / "spool").glob("*.spool")))

    intake.take_in(bot.database, parse=bot.parse_delivery, now=bot.now())
    while bot.inbox.answer_events(now=bot.now()):
        pass

    assert {answer.status_code for answer in answers} == {200}
    assert on_disk == 5
    with bot.database.read() as session:
        ids = [row.id for row in session.exec(select(EventRow).order_by(col(EventRow.id))).all()]
    texts = [bot.database.cipher.open(row.text_sealed or b"") for row in messages(bot, Direction.INBOUND)]
    assert len(ids) == 6
    assert texts == [f"viesti {number}" for number in range(6)]


def test_what_another_start_of_the_program_left_on_disk_is_taken_without_a_new_delivery(bot):
    Spool(bot.settings.data_dir / "spool", bot.database.cipher, clock=bot.now).append([delivery(said("Hei"))])

    with TestClient(create_app(bot, on_delivery=lambda: None)):
        wait_until(lambda: not list((bot.settings.data_dir / "spool").glob("*.spool")))

    assert intake.take_in(bot.database, parse=bot.parse_delivery, now=bot.now()) == 1


def test_a_database_that_hangs_keeps_the_platform_waiting_for_a_moment_only(bot, client, monkeypatch):
    hangs, write = threading.Event(), bot.database.write

    def hang():
        hangs.wait(timeout=20)
        return write()

    monkeypatch.setattr(bot.database, "write", hang)
    started = time.monotonic()
    answers = [post(client, delivery(said("Hei", f"m_{number}"))) for number in range(3)]
    passed = time.monotonic() - started
    hangs.set()
    wait_until(lambda: not list((bot.settings.data_dir / "spool").glob("*.spool")))

    assert {answer.status_code for answer in answers} == {200}
    assert passed < 10
    assert intake.take_in(bot.database, parse=bot.parse_delivery, now=bot.now()) == 3
