"""Signed deliveries over kept connections, as many as are answered or at a steady rate.

``python -m tests.bench.load COUNT CONNECTIONS [--rate N] [--first N] [--port N]`` prints one JSON object. One thread and an
epoll, so that the loader costs a small part of what the server costs.
"""

import argparse
import gc
import hmac
import json
import re
import select
import socket
import time
from collections import deque
from collections.abc import Sequence

from social_bot.answering.evaluation import read_topics
from tests.bench.ground import APP_SECRET, HOST, PAGE, PORT, ROOT, percentile

RESIDENTS = 400
_ANSWER = b"HTTP/1.1 200 OK\r\n"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def request(number: int, text: str, at: float, *, residents: int) -> bytes:
    """One delivery with one message, as the platform writes it; each number has a message id of its own."""
    body = json.dumps(
        {
            "object": "page",
            "entry": [
                {
                    "id": PAGE,
                    "time": int(at * 1000),
                    "messaging": [
                        {
                            "sender": {"id": resident(number % residents)},
                            "recipient": {"id": PAGE},
                            "timestamp": int(at * 1000),
                            "message": {"mid": f"m_bench-{number:012}-{'x' * 60}", "text": text},
                        }
                    ],
                }
            ],
        },
        separators=(",", ":"),
    ).encode()
    older, newer = (hmac.new(APP_SECRET.encode(), body, kind).hexdigest() for kind in ("sha1", "sha256"))
    return (
        f"POST /webhooks/facebook HTTP/1.1\r\nHost: {HOST}:{PORT}\r\nContent-Type: application/json\r\n"
        f"User-Agent: facebookexternalua\r\nX-Hub-Signature: sha1={older}\r\n"
        f"X-Hub-Signature-256: sha256={newer}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def resident(number: int) -> str:
    return str(6_000_000_000 + number)


def requests(
    count: int, *, first: int = 0, residents: int = RESIDENTS, begins: float | None = None, rate: float = 1e9
) -> list[bytes]:
    """``begins`` and ``rate``: each message bears the time at which it is to be sent."""
    texts, begins = messages(), begins or time.time()
    return [
        request(
            first + number, texts[(first + number) % len(texts)], begins + number / rate, residents=residents
        )
        for number in range(count)
    ]


def messages() -> list[str]:
    """What residents ask, from the kept-apart set of the tests."""
    return [row.text for row in read_topics(ROOT / "tests" / "answering" / "topics_set.tsv")]


def drive(
    waiting: Sequence[bytes], *, connections: int, rate: float | None = None, port: int = PORT
) -> tuple[float, list[float]]:
    """Seconds that it took, and of each request the seconds from its appointed time to its answer."""
    poll = select.epoll()
    lines = [socket.create_connection((HOST, port)) for _ in range(connections)]
    by_number = {line.fileno(): line for line in lines}
    for line in lines:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setblocking(False)
        poll.register(line, select.EPOLLIN)
    idle, begun_at, read = deque(by_number), dict.fromkeys(by_number, 0.0), dict.fromkeys(by_number, b"")
    taken: list[float] = []
    sent, begun = 0, time.perf_counter()
    while len(taken) < len(waiting):
        now = time.perf_counter()
        due = begun if rate is None else begun + sent / rate
        while idle and sent < len(waiting) and due <= now:
            number = idle.popleft()
            begun_at[number] = now if rate is None else due
            by_number[number].send(waiting[sent])
            sent += 1
            due = begun if rate is None else begun + sent / rate
        pause = 0.0005 if rate is not None and idle and sent < len(waiting) else 5
        for number, _ in poll.poll(pause):
            answer = read[number] = read[number] + by_number[number].recv(65536)
            if _is_whole(answer):
                if not answer.startswith(_ANSWER):
                    raise RuntimeError(answer)
                read[number] = b""
                taken.append(time.perf_counter() - begun_at[number])
                idle.append(number)
            elif not answer or not answer.startswith(_ANSWER[: len(answer)]):
                raise RuntimeError(answer)
    spent = time.perf_counter() - begun
    for line in lines:
        line.close()
    return spent, taken


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = _LENGTH.search(head) if end else None
    return length is not None and len(body) >= int(length[1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--port", type=int, default=PORT)
    given = parser.parse_args()
    begins = time.time() + 1 + given.count / 5000  # by then all is signed
    rate = given.rate or 1e9
    waiting = requests(given.count, first=given.first, begins=begins, rate=rate)
    gc.disable()  # its pauses would be taken for the server's
    if given.rate:
        time.sleep(max(begins - time.time(), 0))
    spent, taken = drive(waiting, connections=given.connections, rate=given.rate, port=given.port)
    found = {
        "rate": len(taken) / spent,
        "p50": percentile(taken, 0.5),
        "p99": percentile(taken, 0.99),
        "bytes": sum(map(len, waiting)) / len(waiting),
        "cpu": time.process_time() / spent,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
