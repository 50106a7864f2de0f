"""Two workers on two hosts, one of which is cut off: hosts in network namespaces, a PostgreSQL that both reach.

Needs root, ``ip netns`` and the programs of PostgreSQL; where they are not to be had it is skipped.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import uvicorn
from cryptography.fernet import Fernet

from social_bot.bootstrap import clock as real_clock
from social_bot.practice.call import PracticeConfig
from social_bot.practice.server import Practice
from tests.conftest import PAGE
from tests.system.test_many_machines import Town, free_port, plan_posts, prepare, wait_until

HOSTS = {"work-1": 1, "work-2": 2}
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
FORWARD = """
import asyncio, sys
host, port = sys.argv[1], int(sys.argv[2])
async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
async def meet(reader, writer):
    try:
        there, back = await asyncio.open_connection(host, port)
    except OSError:
        return writer.close()
    await asyncio.gather(pump(reader, back), pump(there, writer), return_exceptions=True)
async def main():
    server = await asyncio.start_server(meet, "127.0.0.1", port)
    await server.serve_forever()
asyncio.run(main())
"""
"""The practice Page is on this host alone: each other host has a way to it at the same address."""


def _ip(*arguments: str) -> bool:
    return subprocess.run(["ip", *arguments], capture_output=True, check=False).returncode == 0


def _may_make_hosts() -> bool:
    if os.geteuid() != 0 or not shutil.which("ip") or not PROGRAMS or not shutil.which("runuser"):
        return False
    made = _ip("netns", "add", "social-bot-probe")
    _ip("netns", "del", "social-bot-probe")
    return made


pytestmark = [
    pytest.mark.skipif(not _may_make_hosts(), reason="no network namespaces can be made here"),
    pytest.mark.timeout(240),
]


@contextmanager
def hosts() -> Iterator[None]:
    """Two hosts, each on a wire of its own to this one."""
    for name, number in HOSTS.items():
        _ip("netns", "del", name)
        made = (
            ("netns", "add", name),
            ("link", "add", f"sb{number}", "type", "veth", "peer", "name", "wire", "netns", name),
            ("addr", "add", f"10.213.{number}.1/30", "dev", f"sb{number}"),
            ("link", "set", f"sb{number}", "up"),
            ("-n", name, "addr", "add", f"10.213.{number}.2/30", "dev", "wire"),
            ("-n", name, "link", "set", "wire", "up"),
            ("-n", name, "link", "set", "lo", "up"),
        )
        assert all(_ip(*each) for each in made)
    try:
        yield
    finally:
        for name in HOSTS:
            _ip("netns", "del", name)


@contextmanager
def cluster(port: int) -> Iterator[None]:
    """A PostgreSQL of this test alone, which the other hosts reach."""
    folder = Path(tempfile.mkdtemp(prefix="cut-off-"))
    shutil.chown(folder, "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [
            "runuser",
            "-u",
            "postgres",
            "--",
            str(PROGRAMS[-1] / program),
            "--pgdata",
            str(folder / "data"),
        ]
        subprocess.run([*command, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "--username=postgres", "--auth=trust", "--no-sync")
    with (folder / "data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.213.0.0/16 trust\n")
    run(
        "pg_ctl",
        "start",
        "--wait",
        "--silent",
        f"--log={folder / 'log'}",
        f"--options=-p {port} -k {folder} -h '*'",
    )
    try:
        yield
    finally:
        run("pg_ctl", "stop", "--mode=immediate", "--silent")
        shutil.rmtree(folder)


class Hosts(Town):
    """A town whose workers live on hosts of their own."""

    def start(self, name: str) -> None:
        address = f"10.213.{HOSTS[name]}.1"
        own = {
            "SOCIAL_BOT_DATABASE_URL": self.environment["SOCIAL_BOT_DATABASE_URL"].replace(
                "127.0.0.1", address
            ),
            "SOCIAL_BOT_DATA_DIR": f"{self.environment['SOCIAL_BOT_DATA_DIR']}-{name}",
        }
        practice = self.environment["SOCIAL_BOT_GRAPH_URL"].split(":")[2].split("/")[0]
        inside = ["ip", "netns", "exec", name, sys.executable]
        self.processes[f"way of {name}"] = subprocess.Popen([*inside, "-c", FORWARD, address, practice])
        self.processes[name] = subprocess.Popen(
            [*inside, "-m", "social_bot", "work"], env=self.environment | own, stderr=subprocess.DEVNULL
        )

    def cut(self, name: str) -> None:
        assert _ip("link", "set", f"sb{HOSTS[name]}", "down")

    def mend(self, name: str) -> None:
        assert _ip("link", "set", f"sb{HOSTS[name]}", "up")

    def heard_of(self, name: str) -> bool:
        """Within the last quarter of a minute."""
        late = "now() - interval '15 seconds'"
        rows = self.asked(f"SELECT name FROM worker_heartbeat WHERE beaten_at > {late}")
        return any(str(row[0]).endswith(f":{self.processes[name].pid}") for row in rows)


@pytest.fixture
def town(tmp_path: Path, models_cache: Path) -> Iterator[Hosts]:
    port, database = free_port(), free_port()
    practice = Practice(
        PracticeConfig(
            database=tmp_path / "practice.db", app_id="5", app_secret="secret", verify_token="verify"
        ),
        clock=real_clock,
    )
    practice.add_page(PAGE, "Neuvonta", "page-token")
    server = uvicorn.Server(uvicorn.Config(practice.app, host="0.0.0.0", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    with ExitStack() as stack:
        stack.enter_context(hosts())
        stack.enter_context(cluster(database))
        thread.start()
        made = Hosts(
            environment={
                **{key: value for key, value in os.environ.items() if not key.startswith("SOCIAL_BOT_")},
                "SOCIAL_BOT_DATA_DIR": str(tmp_path / "data"),
                "SOCIAL_BOT_CACHE_DIR": str(models_cache),
                "SOCIAL_BOT_DATABASE_URL": f"postgresql+psycopg://postgres@127.0.0.1:{database}/postgres",
                "SOCIAL_BOT_SECRET_KEYS": Fernet.generate_key().decode(),
                "SOCIAL_BOT_GRAPH_URL": f"http://127.0.0.1:{port}/graph",
                "SOCIAL_BOT_APP_ID": "5",
            },
            practice=practice,
            database_url=f"postgresql+psycopg://postgres@127.0.0.1:{database}/postgres",
            ports={},
        )
        yield made
        for name in HOSTS:
            made.mend(name)
        made.stop()
        server.should_exit = True
        thread.join()


def test_a_host_that_is_cut_off_is_replaced_and_comes_back_and_nothing_happens_twice(town):
    prepare(town)
    town.start("work-1")
    wait_until(lambda: town.leaders() == ["work-1"])
    town.start("work-2")
    wait_until(lambda: town.heard_of("work-2"))
    planned = [f"Viesti {number}" for number in range(9)]

    plan_posts(town, planned[:3])
    town.cut("work-1")
    plan_posts(town, planned[3:6])
    wait_until(lambda: town.leaders() == ["work-2"], seconds=90)
    wait_until(lambda: not town.heard_of("work-1"))
    town.mend("work-1")
    wait_until(lambda: town.heard_of("work-1"), seconds=90)
    plan_posts(town, planned[6:])

    open_states = "('scheduled', 'publishing', 'unconfirmed')"
    wait_until(lambda: town.asked(f"SELECT id FROM post WHERE state IN {open_states}") == [], seconds=90)
    assert town.leaders() == ["work-2"]
    assert Counter(post.message for post in town.practice.posts(PAGE)) == Counter(planned)
    assert town.asked("SELECT DISTINCT state FROM post") == [("published",)]
