"""The practice Page's file, from one start to the next."""

import sqlite3
from contextlib import closing

PAGE_ID = "100200300"
PSID = "7000000001"


def test_what_happened_is_still_there_after_a_restart(make_practice):
    first = make_practice()
    first.write_as_resident(PAGE_ID, PSID, text="Moi")
    first.stop()

    second = make_practice()

    assert [message.text for message in second.conversation(PAGE_ID, PSID)] == ["Moi"]
    second.stop()


def test_a_file_of_another_version_is_set_aside_and_kept(make_practice, tmp_path):
    with closing(sqlite3.connect(tmp_path / "practice.db")) as other:
        other.execute("CREATE TABLE post (something TEXT)")

    practice = make_practice()
    practice.write_as_resident(PAGE_ID, PSID, text="Moi")
    practice.stop()

    with closing(sqlite3.connect(tmp_path / "practice.db.old")) as kept:
        assert kept.execute("SELECT * FROM post").fetchall() == []
