"""What strangers try: headers, paths, addresses, formulas, bombs. Each row of docs/security.md names its test."""

import ast
import re
import zipfile
from pathlib import Path

import pytest
from sqlmodel import select

from social_bot.answering import misunderstandings
from social_bot.answering.store import DeliveryRow, Direction
from social_bot.assets import folder
from social_bot.errors import InvalidInput
from social_bot.organisation.cells import harmless
from social_bot.organisation.operators import OperatorRow
from social_bot.planning.campaign_fields import parse
from social_bot.planning.media import Media
from social_bot.storage import backup
from social_bot.web.app import create_app
from tests.answering.talking import delivery, messages, receive, said
from tests.conftest import NOW, WRITER

PACKAGE = Path(__file__).parents[2] / "social_bot"
PAGES = sorted(folder("templates").joinpath("web").glob("*.html"))
TALKS_TO_OTHERS = {
    *("channels/facebook/calling.py", "channels/facebook/graph.py", "channels/facebook/login.py"),
    *("channels/facebook/transport.py", "channels/identity.py", "channels/alerting.py"),
    *("channels/facebook/connection.py", "channels/facebook/connecting.py", "channels/facebook/messaging.py"),
}
"""Besides the practice Page and what starts it; each goes to hosts of the settings alone."""

ESCAPES = [
    "..%2f..%2fsecret.key",
    "%2e%2e/%2e%2e/secret.key",
    "....//secret.key",
    "%00secret.key",
    "..%5csecret.key",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_no_page_holds_inline_code_or_fetches_from_elsewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    markup = re.sub(r"<pre.*?</pre>", "", text, flags=re.DOTALL)  # lines to copy, shown as text

    assert not re.search(r"<script(?![^>]*\bsrc=)", markup)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", markup)
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", markup)


@pytest.mark.parametrize(
    "path", ["/", "/callback", "/meta/data-deletion/x", "/healthz", "/static/style.css", "/nowhere"]
)
def test_no_other_site_may_read_or_frame_anything(timed_bot, path: str) -> None:
    from tests.web.conftest import HERE, Browser

    app = create_app(timed_bot, on_delivery=lambda: None)
    with Browser(app, base_url=HERE, client=("127.0.0.1", 1), follow_redirects=False) as browser:
        answer = browser.get(path, headers={"origin": "https://evil.example"})

    assert not [name for name in answer.headers if name.startswith("access-control-")]
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'none'" in policy


@pytest.mark.parametrize("place", ["/static/", "/media/", "/static/..%2f"])
@pytest.mark.parametrize("escape", ESCAPES)
def test_no_path_leads_out_of_its_folder(writer, timed_bot, place: str, escape: str) -> None:
    key = (timed_bot.settings.data_dir / "secret.key").read_text()

    answer = writer.get(place + escape)

    assert answer.status_code in {303, 400, 404, 405, 422}
    assert key not in answer.text


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_no_method_but_those_of_its_pages_is_answered(anybody, method: str) -> None:
    assert anybody.request(method, "/callback").status_code == 405


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/.git/config", "/static/", "/metrics"])
def test_nothing_tells_how_it_is_built(anybody, path: str) -> None:
    assert anybody.get(path).status_code == 404


@pytest.mark.parametrize("name", ["' OR 1=1 --", "x'; DROP TABLE operator; --", "\x00", "%", "_", "a" * 5000])
def test_what_looks_like_a_query_is_a_name_that_nobody_has(anybody, timed_bot, name: str) -> None:
    answer = anybody.submit("/enter", standing_on="/enter", name=name)

    assert answer.status_code in {404, 422}
    with timed_bot.database.read() as session:
        assert session.get(OperatorRow, WRITER) is not None
        assert session.exec(select(OperatorRow)).all()


def test_only_the_channels_speak_to_others_and_none_follows_where_it_is_sent() -> None:
    """Links and attachments of residents, previews and pictures are never fetched: there is no SSRF to make."""
    speakers = set()
    for path in PACKAGE.rglob("*.py"):
        name, text = str(path.relative_to(PACKAGE)), path.read_text(encoding="utf-8")
        if re.search(
            r"^\s*(?:import|from) (?:httpx|requests|urllib\.request|apprise|facebook|socket)\b",
            text,
            re.MULTILINE,
        ):
            speakers.add(name)
        assert "follow_redirects=True" not in text or name.startswith("practice/"), name
    own = {name for name in speakers if not name.startswith(("practice/", "cli/"))}
    assert own - TALKS_TO_OTHERS <= {"work.py", "channels/ports.py", "cli/rehearsal.py"}


def test_an_attachments_address_is_not_kept_and_not_asked(bot) -> None:
    attachment = {"type": "image", "payload": {"url": "http://169.254.169.254/latest/meta-data"}}
    receive(bot, delivery(said("", mid="m_a", attachments=[attachment])))

    (row,) = messages(bot, Direction.INBOUND)
    assert row.text_sealed is None or b"169" not in bot.database.cipher.open_bytes(row.text_sealed)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("1 = 1") == "1 = 1"


def test_what_a_resident_wrote_is_no_formula_in_the_file_of_examples(bot) -> None:
    receive(bot, delivery(said('=HYPERLINK("http://evil.example";"tuki")')))
    with bot.database.write() as session:
        row = misunderstandings.mark(
            session, messages(bot, Direction.INBOUND)[0].id or 0, "debt", by=WRITER, now=NOW
        )
        misunderstandings.confirm(session, row.id or 0, by=WRITER, cipher=bot.database.cipher, now=NOW)
        exported = misunderstandings.export_tsv(session, danger=False, cipher=bot.database.cipher)

    assert exported.splitlines()[1].split("\t")[1].startswith("'=HYPERLINK")


def test_a_knot_of_aliases_does_not_unfold() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )

    with pytest.raises(InvalidInput):
        parse(bomb, "pommi.yaml")


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['id']", "!!python/name:os.system", "!!binary x"]
)
def test_a_campaign_file_makes_no_objects(tag: str) -> None:
    field = parse(f"key: {tag}\n", "k.yaml")

    assert field.key == ""


def test_a_picture_in_a_backup_cannot_be_written_elsewhere(bot, tmp_path, mould, database_kind) -> None:
    source = tmp_path / "b.zip"
    backup.write_backup(bot.database, source, media=tmp_path / "none", now=NOW, told=lambda *_: None)
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("media/../../../evil.txt", "evil")
    from social_bot.storage.engine import open_database

    (tmp_path / "deep").mkdir()
    with mould.empty(database_kind, tmp_path / "deep" / "db") as url:
        target = open_database(url, bot.database.cipher)
        backup.restore_backup(target, source, media=tmp_path / "deep" / "media", told=lambda *_: None)
        target.close()

    assert (tmp_path / "deep/media/evil.txt").exists()
    assert not list(tmp_path.glob("evil.txt"))
    assert Media(tmp_path).path("../../etc/passwd") == tmp_path / "passwd"


COMPARES = {
    "channels/facebook/webhook.py": "verify_signature",
    "channels/facebook/signed.py": "read_signed_request",
    "web/webhooks.py": "verify",
    "web/health.py": "metrics",
}


@pytest.mark.parametrize(("file", "function"), COMPARES.items())
def test_secrets_are_compared_in_constant_time(file: str, function: str) -> None:
    """Tokens of sessions, invitations and links are looked up by their hash, which is no comparison."""
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    bodies = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    calls = [
        ast.unparse(node.func) for body in bodies for node in ast.walk(body) if isinstance(node, ast.Call)
    ]

    assert "hmac.compare_digest" in calls


def test_a_log_line_begins_no_other(capsys) -> None:
    import logging

    from social_bot.log import configure, fields

    configure()
    logging.getLogger("social_bot.test").warning("refused", extra=fields(page="1\n2026-01-01 INFO forged"))

    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "\\n2026" in told


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha1=abc", "sha256=" + "0" * 64, "SHA256=x"])
def test_an_unsigned_delivery_is_refused_and_leaves_nothing(anybody, timed_bot, header: str | None) -> None:
    headers = {} if header is None else {"x-hub-signature-256": header}

    answer = anybody.post("/webhooks/facebook", content=delivery(said("moi")), headers=headers)

    assert answer.status_code == 403
    with timed_bot.database.read() as session:
        assert session.exec(select(DeliveryRow)).all() == []


def test_a_header_of_a_stranger_is_nobodys_address(browse, timed_bot, world) -> None:
    """Who floods from one address gets no other by writing one: only the server's own proxy is believed."""
    browser = browse(client="203.0.113.9")
    answers = [
        browser.submit(
            "/callback",
            standing_on="/callback",
            phone=f"040 123 45{number:02}",
            window="any",
            language="fi",
        ).status_code
        for number in range(21)
        if browser.headers.update({"x-forwarded-for": f"198.51.100.{number}"}) is None
    ]

    assert answers.count(303) == 20
    assert answers[-1] == 429
