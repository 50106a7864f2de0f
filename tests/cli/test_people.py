"""People, their way in and the audit log on the command line."""

import json
import sqlite3

import pytest

from tests.cli.test_commands import PAGE, Done, ready, run

__all__ = ["ready", "run"]


def test_operators_are_listed_with_their_roles_on_pages_and_who_has_left(ready):
    assert ready("operator", "add", "Writer", "--role", "approver", "--page", PAGE).code == 0
    assert ready("operator", "deactivate", "Approver").code == 0

    left, writer = ready("operator", "list", "--json").json

    assert (left["name"], left["holds"]) == ("Approver", "")
    assert left["deactivated_at"] is not None
    assert writer["roles"] == ["writer"]
    assert writer["page_roles"] == {PAGE: ["approver"]}
    assert writer["holds"] == f"writer,approver@{PAGE}"


def test_a_page_that_is_none_is_named(ready):
    done = ready("operator", "add", "Writer", "--role", "approver", "--page", "999")

    assert done.code == 1
    assert "no page 999" in done.err


def test_an_administrator_is_one_everywhere(ready):
    done = ready("operator", "add", "Writer", "--role", "administrator", "--page", PAGE)

    assert done.code == 1
    assert "whole installation" in done.err


def test_the_first_administrator_gets_a_link(ready):
    record = ready("operator", "invite", "Boss", "--role", "administrator", "--json").json

    assert record["link"].startswith("http://127.0.0.1:8000/invitation/")
    assert ready("operator", "list", "--json").json[1]["roles"] == ["administrator"]


def test_nobody_who_is_not_here_is_invited_without_a_role(ready):
    done = ready("operator", "invite", "Nobody")

    assert done.code == 1
    assert 'no operator called "Nobody"' in done.err


def test_a_reset_prints_another_link(ready):
    first = ready("operator", "invite", "Writer", "--json").json["link"]
    second = ready("operator", "reset", "Writer", "--json").json["link"]

    assert first != second


def test_who_is_back_may_sign_in_again(ready):
    ready("operator", "deactivate", "Writer")

    assert ready("operator", "invite", "Writer").code == 1
    assert ready("operator", "activate", "Writer").code == 0
    assert ready("operator", "invite", "Writer").code == 0


def test_the_pages_are_served_to_other_machines_once_sign_in_is_begun(ready, monkeypatch):
    served: list[dict[str, object]] = []
    monkeypatch.setattr("social_bot.cli.running.make_server", lambda app, **where: where)
    monkeypatch.setattr("social_bot.cli.running.run_until_stopped", served.append)

    refused = ready("serve", "--host", "0.0.0.0", "--no-work")
    ready("operator", "invite", "Boss", "--role", "administrator")
    begun = ready("serve", "--host", "0.0.0.0", "--no-work")

    assert refused.code == 1
    assert "social-bot operator invite NAME --role administrator" in refused.err
    assert begun.code == 0
    assert served == [{"host": "0.0.0.0", "port": 8000}]


def test_a_mapping_of_groups_that_cannot_be_read_stops_the_server_at_once(ready, monkeypatch):
    monkeypatch.setenv("SOCIAL_BOT_OIDC_ISSUER", "https://login.example")
    monkeypatch.setenv("SOCIAL_BOT_OIDC_CLIENT_ID", "a")
    monkeypatch.setenv("SOCIAL_BOT_OIDC_CLIENT_SECRET", "b")
    monkeypatch.setenv("SOCIAL_BOT_OIDC_ROLES", "group=king")

    done = ready("serve", "--no-work")

    assert done.code == 1
    assert "SOCIAL_BOT_OIDC_ROLES" in done.err


def test_a_log_that_holds_ends_with_nought_and_prints_its_seal(ready):
    record = ready("audit", "verify", "--json").json
    again = ready("audit", "verify", "--expect", record["seal"])

    assert record["ok"]
    assert record["entries"] >= 3
    assert again.code == 0


def test_a_log_that_was_changed_ends_with_one_and_names_the_entry(ready, tmp_path):
    with sqlite3.connect(tmp_path / "data" / "social_bot.db") as database:
        database.execute("UPDATE audit_entry SET actor = 'nobody' WHERE id = 2")

    done = ready("audit", "verify", "--json")

    assert done.code == 1
    assert done.json["first_broken"] == 2
    assert "broken at entry 2" in ready("audit", "verify").out


def test_a_log_whose_end_was_cut_off_ends_with_one_where_a_seal_was_kept(ready, tmp_path):
    seal = ready("audit", "verify", "--json").json["seal"]
    with sqlite3.connect(tmp_path / "data" / "social_bot.db") as database:
        database.execute("DELETE FROM audit_entry WHERE hash = ?", [seal])

    done: Done = ready("audit", "verify", "--expect", seal)

    assert done.code == 1
    assert "entries were removed or changed" in done.out


@pytest.mark.parametrize(("name", "first"), [("a.csv", "\ufeffid;at;"), ("a.jsonl", '{"id": 1,')])
def test_the_log_is_taken_out_with_its_own_taking(ready, tmp_path, name, first):
    done = ready("audit", "export", str(tmp_path / name))

    text = (tmp_path / name).read_text(encoding="utf-8")
    assert done.code == 0
    assert text.startswith(first)
    assert "audit.export" in text


def test_a_file_of_another_kind_is_refused_before_anything_is_written(ready, tmp_path):
    assert ready("audit", "export", str(tmp_path / "a.xlsx")).code == 2
    assert list(tmp_path.glob("a.*")) == []
    assert all(json.loads(line)["action"] != "audit.export" for line in _lines(ready, tmp_path)[:-1])


def _lines(ready, tmp_path):
    ready("audit", "export", str(tmp_path / "b.jsonl"))
    return list((tmp_path / "b.jsonl").read_text(encoding="utf-8").splitlines())
