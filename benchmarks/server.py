"""How many readers the server serves: a class that opens a lesson, and one that types sentences.

python benchmarks/server.py [--seconds 3] [--connections 8]

Client and server share the machine, so its numbers are less than those of a server alone.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

LESSON = "/lessons/cross-attention"
CLASS = 30
WORDS = ("I", "you", "happy", "tired", "sad", "are", "am", "not")


@contextmanager
def served() -> Iterator[int]:
    """A server as a process of its own; gives its port."""
    command = [sys.executable, "-m", "sheetformer", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline().rstrip().rstrip("/").rpartition(":")[2])
        finally:
            process.terminate()


class Reader:
    """A connection that stays open, as a browser's does."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Reader:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._out.close()

    async def get(self, path: str, coding: str = "gzip") -> tuple[int, int]:
        """Status and length of an answer."""
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {coding}\r\n\r\n"
        self._out.write(request.encode())
        head = await self._in.readuntil(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        length = int(fields[b"content-length"])
        await self._in.readexactly(length)
        return int(head.split()[1]), length


async def rate(port: int, path: str, connections: int, seconds: float) -> str:
    """How many answers a second, and the time of the middle one and of the slowest twentieth."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    async def ask() -> None:
        async with Reader(port) as reader:
            while time.perf_counter() < end:
                start = time.perf_counter()
                status, _ = await reader.get(path)
                assert status in (200, 304), status
                times.append(time.perf_counter() - start)

    await asyncio.gather(*(ask() for _ in range(connections)))
    return f"{len(times) / seconds:8.0f} requests/s, {_shown(times)}"


async def at_once(port: int, paths: list[str]) -> str:
    """All of them at the same moment, each on a connection of its own."""

    async def ask(path: str) -> tuple[float, int, int]:
        start = time.perf_counter()
        async with Reader(port) as reader:
            status, length = await reader.get(path)
        return time.perf_counter() - start, status, length

    answers = await asyncio.gather(*map(ask, paths))
    good = sum(status == 200 for _, status, _ in answers)
    length = max(length for _, _, length in answers)
    times = [seconds for seconds, _, _ in answers]
    return f"{good} of {len(paths)} served, {_shown(times)}, {length / 1000:.0f} KB at most"


def _shown(times: list[float]) -> str:
    ordered = sorted(times)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return f"median {1000 * middle:.1f} ms, 95 % within {1000 * late:.1f} ms"


def sentences() -> list[str]:
    """Sentences of three words, no two alike."""
    words = itertools.islice(itertools.permutations(WORDS, 3), CLASS)
    return [f"{LESSON}?source={'+'.join(each)}" for each in words]


async def measure(port: int, connections: int, seconds: float) -> None:
    """Print a line a question."""
    print("30 open one lesson at once:   ", await at_once(port, [LESSON] * CLASS))
    print("30 different sentences at once:", await at_once(port, sentences()))
    print("one reader, start page:       ", await rate(port, "/", 1, seconds))
    print("start page:                   ", await rate(port, "/", connections, seconds))
    print("a lesson:                     ", await rate(port, LESSON, connections, seconds))


def main() -> None:
    """Measure a server of this package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--connections", type=int, default=8)
    wanted = parser.parse_args()
    print(f"{os.cpu_count()} processors, {wanted.connections} connections")
    with served() as port:
        asyncio.run(measure(port, wanted.connections, wanted.seconds))


if __name__ == "__main__":
    main()
