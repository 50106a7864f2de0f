"""A receiver of notices on this machine: whatever is posted to its address as JSON is kept."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PASSWORD = "hunter2"


@dataclass
class Receiver:
    """``address`` holds a password in two places, which must never be seen anywhere."""

    port: int
    status: int = 200
    got: list[dict[str, Any]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"json://on-call:{PASSWORD}@127.0.0.1:{self.port}/{PASSWORD}-in-the-path"

    def wait_for(self, title: str, *, seconds: float = 20) -> dict[str, Any]:
        """The first notice with this title."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for notice in self.got:
                if notice["title"] == title:
                    return notice
            time.sleep(0.05)
        raise AssertionError([notice["title"] for notice in self.got])


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(port=server.server_port)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
