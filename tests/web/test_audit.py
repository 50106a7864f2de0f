"""The audit log as a page: in words, filtered, paged, and the whole of it as a file."""

import ast
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from social_bot.organisation import audit, operators
from social_bot.organisation.audit import AuditEntryRow
from social_bot.organisation.roles import Role
from social_bot.web.deeds import DEEDS, KINDS
from tests.conftest import NOW, PAGE, WRITER
from tests.web.signing import ADMINISTRATOR, come_in, give_password

PACKAGE = Path(__file__).parents[2] / "social_bot"


@pytest.fixture
def administrator(browse, timed_bot):
    """In practice, where a role is enough."""
    with timed_bot.database.write() as session:
        operators.add(session, ADMINISTRATOR, [Role.ADMINISTRATOR], now=NOW, by="test")
    return browse().enter(ADMINISTRATOR)


def record(bot, actor, action, subject, detail=""):
    with bot.database.write() as session:
        audit.record(session, at=bot.now(), actor=actor, action=action, subject=subject, detail=detail)


def rows(page: str) -> list[str]:
    cells = page.split("<tbody")[1].split("</tbody>", maxsplit=1)[0].split("<tr")[1:]
    return [" ".join(cell.split()) for cell in cells]


def test_deeds_are_said_in_words_with_the_way_to_what_they_were_about(administrator, timed_bot):
    record(timed_bot, WRITER, "post.submit", "post:7")

    newest = rows(administrator.read("/audit"))[0]

    assert 'lähetti julkaisun hyväksyttäväksi: <a href="/posts/7">julkaisu 7</a>' in newest
    assert f'<td role="cell">{WRITER}</td>' in newest
    assert "ke 25.11. klo 9.00" in newest
    assert "post.submit" not in newest


def test_roles_pages_and_the_command_line_have_their_names(administrator, timed_bot):
    record(timed_bot, "the command line", "operator.add", "Uusi", f"writer,approver@{PAGE}")
    record(timed_bot, "Anna from the command line", "setting.put", "phone_main")

    second, first = rows(administrator.read("/audit"))[:2]

    assert "kirjoittaja, hyväksyjä (Neuvonta)" in first
    assert '<td role="cell">komentorivi</td>' in first
    assert "Anna (komentorivi)" in second


def test_the_log_is_read_by_person_matter_and_day(administrator, timed_bot, clock):
    clock.forward(days=1)
    administrator.enter(ADMINISTRATOR)
    record(timed_bot, WRITER, "stop.press", "stop:1")

    assert len(rows(administrator.read(f"/audit?who={WRITER}"))) == 1
    assert len(rows(administrator.read("/audit?kind=stop"))) == 1
    assert len(rows(administrator.read("/audit?day=2026-11-26"))) == 1
    assert "painoi hätäpysäytystä" not in administrator.read("/audit?day=2026-11-25").split("<tbody")[1]
    assert "Mikään ei vastaa hakua." in administrator.read("/audit?day=2026-11-24")
    assert administrator.get("/audit?day=kissa&before=kissa&kind=kissa").status_code == 200


def test_a_long_log_is_read_page_by_page(administrator, timed_bot):
    for number in range(60):
        record(timed_bot, WRITER, "post.add", f"post:{number}")

    first = administrator.read(f"/audit?who={WRITER}")
    further = re.search(r'href="(/audit[^"]*before=[^"]*)"', first)
    assert further is not None
    second = administrator.read(further[1])

    assert (len(rows(first)), len(rows(second))) == (50, 10)
    assert "julkaisu 59" in first
    assert "julkaisu 0<" in second
    assert "Vanhemmat merkinnät" not in second


def test_a_broken_chain_is_said_with_what_to_do(administrator, timed_bot):
    whole = administrator.read("/audit")
    with timed_bot.database.write() as session:
        session.connection().execute(
            update(AuditEntryRow).where(col(AuditEntryRow.id) == 2).values(actor="Joku muu")
        )

    broken = administrator.read("/audit")

    assert "Ketju on ehjä" in whole
    assert "Ketju on rikki merkinnässä 2" in broken
    assert "tietosuojavastaavalle" in broken


def test_the_whole_log_is_taken_out_and_that_is_in_it(administrator, timed_bot):
    table = administrator.submit("/audit/export", standing_on="/audit", format="csv")
    lines = administrator.submit("/audit/export", standing_on="/audit", format="jsonl")

    last = json.loads(lines.text.splitlines()[-1])
    assert table.headers["content-disposition"] == 'attachment; filename="audit-2026-11-25.csv"'
    assert table.text.startswith("\ufeffid;at;actor;action;")
    assert (last["action"], last["actor"], last["detail"]) == ("audit.export", ADMINISTRATOR, "jsonl")
    with timed_bot.database.read() as session:
        assert audit.verify(session).count == len(lines.text.splitlines())


def test_a_failed_attempt_of_an_unknown_name_does_not_say_the_name(browse, timed_bot):
    """It may be a password that was written in the wrong field."""
    browser = browse()
    come_in(browser, timed_bot)
    give_password(browse(), name="salasanani-vahingossa", password="x")

    page = browser.read("/audit")
    newest = rows(page)[0]

    assert "tuntematon nimi" in newest
    assert "salasanani-vahingossa" not in page


def test_every_deed_of_the_program_has_words():
    """An action that is written in the code as it stands; those that are put together are few."""
    found = {
        str(word.value.value)
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("audit.record")
        for word in call.keywords
        if word.arg == "action" and isinstance(word.value, ast.Constant)
    }

    assert len(found) > 40
    assert sorted(found - set(DEEDS)) == []
    assert sorted({action.partition(".")[0] for action in DEEDS} - set(KINDS)) == []
