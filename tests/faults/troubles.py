"""Troubles of the machine: a network that loses and breaks off, a database that is not there."""

import socket
import sqlite3
import struct
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

import httpx
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.conftest import _address


class Weather(StrEnum):
    """What meets one connection."""

    FAIR = "fair"
    REFUSED = "refused"  # broken off before anything went on
    LOST = "lost"  # the call is carried out, and the answer lost
    CUT = "cut"  # broken off in the middle of the answer
    SLOW = "slow"  # the answer comes when nobody waits any more
    CRUMBLED = "crumbled"  # the answer comes in crumbs


class Wire:
    """A proxy before the practice Page: each connection meets the next weather of ``coming``, then fair."""

    def __init__(self, port: int) -> None:
        self.coming: deque[Weather] = deque()
        self.slow_done = threading.Semaphore(0)
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name="wire", daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            weather = self.coming.popleft() if self.coming else Weather.FAIR
            threading.Thread(target=self._carry, args=(client, weather), daemon=True).start()

    def _carry(self, client: socket.socket, weather: Weather) -> None:
        with client, suppress(OSError):
            client.settimeout(60)
            if weather is Weather.REFUSED:
                _break(client)
                return
            with socket.create_connection(("127.0.0.1", self._to), timeout=60) as page:
                try:
                    answer = self._ask(client, page)
                finally:
                    if weather is Weather.SLOW:
                        self.slow_done.release()
            if weather is Weather.SLOW:
                client.recv(1)  # until it hangs up
            elif weather is Weather.LOST:
                _break(client)
            elif weather is Weather.CUT:
                client.sendall(answer[: len(answer) // 2])
                _break(client)
            elif weather is Weather.CRUMBLED:
                for start in range(0, len(answer), 64):
                    client.sendall(answer[start : start + 64])
            else:
                client.sendall(answer)

    def _ask(self, client: socket.socket, page: socket.socket) -> bytes:
        """The whole answer; the server closes after it, as it is told to."""
        request = _read_request(client)
        page.sendall(request)
        parts = []
        while part := page.recv(65536):
            parts.append(part)
        return b"".join(parts)


class Wired(httpx.HTTPTransport):
    """Each call has a connection of its own, and waits little where it would wait in vain, and nowhere else.

    The page has carried out what was too slow before the program goes on, on however loaded a machine.
    """

    def __init__(self, wire: Wire) -> None:
        super().__init__(trust_env=False, verify=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._wire = wire

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        coming = self._wire.coming
        if not coming or coming[0] is not Weather.SLOW:
            return super().handle_request(request)
        request.extensions["timeout"]["read"] = 0.05
        try:
            return super().handle_request(request)
        finally:
            self._wire.slow_done.acquire(timeout=60)


def _read_request(client: socket.socket) -> bytes:
    """Head and body, with ``Connection: close`` said to the server."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = client.recv(65536)
        if not part:
            raise OSError
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next(
        (int(line.partition(b":")[2]) for line in lines if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += client.recv(65536)
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


def _break(client: socket.socket) -> None:
    """A reset instead of an orderly end."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def stopped(database_url: str) -> Iterator[None]:
    """The database takes nothing while this lasts."""
    address = make_url(database_url)
    if address.get_backend_name() == "sqlite":
        connection = sqlite3.connect(str(address.database), isolation_level=None, timeout=5)
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.rollback()
            connection.close()
        return
    name = address.database
    server = create_engine(_address("postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection_:
        connection_.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false'))
        connection_.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        try:
            yield
        finally:
            connection_.execute(text(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true'))
    server.dispose()
