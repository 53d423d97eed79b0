"""A server under fire: broken requests, tampered orders, absurd options, readers who go away.

python -m tests.attack.server [--seconds 300]
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from random import Random
from typing import Any

import psutil

from sheetformer.lessons import LESSONS

from .report import options, section, seeds
from .tamper import tampered

WORDS = (
    "happy",
    "eu sou feliz",
    "",
    "|",
    "x" * 600,
    "=1+1",
    "\x00",
    "é",
    "-1",
    "1e308",
    "nan",
    "7",
)
ORDER: dict[str, Any] = {
    "book": {"name": "cross-attention", "options": {"source": "I am happy"}, "lang": "en"},
    "edits": [["Attention", 9, 2, "tired"], ["Learned", 9, 2, {"formula": "1+1"}]],
}
FORMULAS = ("SUM(A1:XFD100000)", "1/0", "A1", "(" * 300, "FACT(170)", 'REPT("x",30000)', "1E308*9")
READERS = 4


def request(rng: Random) -> bytes:
    """The bytes of a request that somebody could send."""
    what = rng.randrange(6)
    if what == 0:
        return _bytes("GET", f"/lessons/{rng.choice(list(LESSONS))}{_query(rng)}")
    if what == 1:
        return _order(tampered(ORDER, rng))
    if what == 2:
        edits = [["Learned", 9, rng.randrange(12), {"formula": rng.choice(FORMULAS)}]]
        return _order({**ORDER, "edits": edits})
    if what == 3:
        return rng.randbytes(rng.randrange(1, 400))
    if what == 4:
        whole = bytearray(_bytes("GET", f"/{_query(rng)}"))
        for _ in range(rng.choice((1, 4, 16))):
            whole[rng.randrange(len(whole))] = rng.randrange(256)
        return bytes(whole)
    return _bytes(
        rng.choice(("PUT", "HEAD", "OPTIONS", "GET")), f"/{rng.choice(WORDS)!r}".replace(" ", "")
    )


def _query(rng: Random) -> str:
    from urllib.parse import urlencode

    names = ("source", "target", "name", "lang", "formulas", "seed", "sentence", "options", "")
    chosen = [(rng.choice(names), rng.choice(WORDS)) for _ in range(rng.randrange(4))]
    return f"?{urlencode(chosen)}" if chosen else ""


def _order(order: Any) -> bytes:
    body = json.dumps(order).encode()
    return _bytes("POST", "/workbook", body, "Content-Type: application/json\r\n")


def _bytes(method: str, path: str, body: bytes = b"", headers: str = "") -> bytes:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}{length}\r\n"
    )
    return head.encode("latin-1", "replace") + body


def answer(port: int, content: bytes, rng: Random) -> str:
    """The status of an answer; some readers send a part, or go away before it comes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        if rng.random() < 0.1:
            line.sendall(content[: len(content) // 2])
            return "went away"
        line.sendall(content)
        if rng.random() < 0.1:
            return "went away"
        # A whole request has its answer; of a broken one nothing more comes.
        if b"Connection: close\r\n" not in content:
            line.shutdown(socket.SHUT_WR)
        said = b""
        while piece := line.recv(65_536):
            said += piece
    return said[9:12].decode() if said.startswith(b"HTTP/1.1 ") else "no answer"


def _read_for(port: int, seconds: float, first: int, counts: Counter[str]) -> None:
    for seed in seeds(seconds):
        rng = Random(seed * READERS + first)
        try:
            status = answer(port, request(rng), rng)
        except OSError as error:
            status = type(error).__name__
        counts[status] += 1
        if status == "500":
            sys.stderr.write(f"500 for seed {seed * READERS + first}\n")


def serves(port: int) -> bool:
    """Whether a lesson comes, once those who went away are done with."""
    wanted = _bytes("GET", "/lessons/scaling?formulas=cell")
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if answer(port, wanted, Random(1)) == "200":
            return True
        time.sleep(0.5)
    return False


def attacked(seconds: float) -> dict[str, Any]:
    """What became of a server, its answers and its workers."""
    command = [sys.executable, "-m", "sheetformer", "serve", "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    assert process.stdout is not None
    assert process.stderr is not None
    port = int(process.stdout.readline().rstrip().rstrip("/").rpartition(":")[2])
    said: list[str] = []
    listening = threading.Thread(target=lambda: said.extend(process.stderr))
    listening.start()
    counts: Counter[str] = Counter()
    readers = [
        threading.Thread(target=_read_for, args=(port, seconds, first, counts))
        for first in range(READERS)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    alive = process.poll() is None and serves(port)
    workers = psutil.Process(process.pid).children(recursive=True) if alive else []
    most = (
        sum(each.memory_info().rss for each in [*workers, psutil.Process(process.pid)])
        if alive
        else 0
    )
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    time.sleep(2)
    left = [each for each in workers if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    for each in left:
        each.kill()
    listening.join()
    process.stderr.close()
    tracebacks = sum("Traceback" in line for line in said)
    return {"counts": counts, "alive": alive, "left": len(left), "memory": most,
            "tracebacks": tracebacks, "log": said}  # fmt: skip


def main() -> None:
    """Attack a server for so long."""
    wanted = options(__doc__)
    found = attacked(wanted.seconds)
    statuses = ", ".join(f"{status}: {n:,}" for status, n in sorted(found["counts"].items()))
    with section("server", "A server under fire", wanted) as lines:
        lines += [
            f"- {sum(found['counts'].values()):,} requests of {READERS} readers: {statuses}",
            f"- serves lessons at the end: {'yes' if found['alive'] else 'no'}; "
            f"{found['memory'] / 1e6:.0f} MB with its workers",
            f"- tracebacks in its log: {found['tracebacks']}",
            f"- workers left two seconds after kill −9: {found['left']}",
        ]


if __name__ == "__main__":
    main()
