"""`sheetformer serve` as a process and as a listener: addresses, slow connections, its end."""

from __future__ import annotations

import builtins
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.request import urlopen

import pytest

from sheetformer.cli import main
from sheetformer.errors import SheetformerError
from sheetformer.server import listen as listening
from sheetformer.server.app import make_app
from sheetformer.server.listen import listen
from sheetformer.server.pool import Pool


@contextmanager
def served(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as a process, and the address that it tells."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sheetformer", "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    with process:
        assert process.stdout is not None
        first = process.stdout.readline()
        try:
            assert first.startswith("The lessons are at http://127.0.0.1:"), first
            yield process, first.split()[-1]
        finally:
            process.kill()


@pytest.mark.usefixtures("ctrl_c")
def test_a_process_serves_until_ctrl_c_and_says_nothing_of_its_readers() -> None:
    with served() as (process, address):
        with urlopen(f"{address}lessons/cross-attention?source=happy&target=feliz") as answer:
            assert answer.status == 200
        with urlopen(address) as answer:
            assert b"cross-attention" in answer.read()
            assert "server" not in answer.headers
            assert answer.headers["date"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read() == "Ctrl-C ends the server.\n"
        assert process.stderr.read() == ""


def test_a_taken_port_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as end:
            main(["serve", "--port", str(port)])
    assert end.value.code == 2
    stderr = capfd.readouterr().err
    assert (
        stderr == f"Error: port {port} is taken; choose another one, such as --port {port + 1}.\n"
    )


@pytest.mark.parametrize(
    "host", ["203.0.113.7", "no.such.host.invalid", "not an address", "a..b", "a" * 70]
)
def test_an_address_of_somebody_else_is_one_sentence(host: str) -> None:
    with pytest.raises(SheetformerError, match=r"cannot listen on .*try --host 127\.0\.0\.1"):
        listen(host, 0)


@pytest.mark.parametrize("words", [["--port", "70000"], ["--port", "x"], ["--hots", "x"]])
def test_wrong_options_are_one_sentence(
    words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["serve", *words])
    assert end.value.code == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_without_the_extra_one_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def lacking(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] in ("uvicorn", "starlette"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest, **more)

    for name in [n for n in sys.modules if n.startswith("sheetformer.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(SystemExit) as end:
        main(["serve"])
    assert end.value.code == 2
    stderr = capfd.readouterr().err
    assert "pip install 'sheetformer[serve]'" in stderr
    assert stderr.count("\n") == 1


@contextmanager
def running(listener: socket.socket, pool: Pool, body: float = 10.0) -> Iterator[None]:
    """A server in a thread."""
    server = listening._Server(listening._config(make_app(pool, seconds=body)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def address(pool: Pool) -> Iterator[tuple[str, int]]:
    """A listener in a thread, with little patience for slow headers."""
    with pytest.MonkeyPatch.context() as patched, closing(listen("127.0.0.1", 0)) as listener:
        patched.setattr(listening, "HEADERS_WITHIN", 0.5)
        with running(listener, pool):
            yield listener.getsockname()[:2]


def reply_to(address: tuple[str, int], *pieces: bytes) -> bytes:
    """What the server answers to raw bytes, until it hangs up."""
    with socket.create_connection(address, timeout=20) as line:
        for piece in pieces:
            line.sendall(piece)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
            if b"Connection: close" not in answer and b"connection: close" not in answer:
                break
    return answer


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_a_connection_that_never_asks_is_ended(address: tuple[str, int], begin: bytes) -> None:
    answer = reply_to(address, begin)
    assert answer.startswith(b"HTTP/1.1 408 "), answer
    assert answer.endswith(b"too long to come.\n")


@pytest.mark.parametrize(
    "begin",
    [
        b"rubbish\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 40_000,
        b"GET /" + b"x" * 40_000,
        b"POST /workbook HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
    ],
)
def test_what_is_no_request_gets_a_400(address: tuple[str, int], begin: bytes) -> None:
    assert reply_to(address, begin).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))


def test_a_request_on_time_is_answered_after_the_deadline_for_headers(
    address: tuple[str, int],
) -> None:
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(address, timeout=20) as line:
        line.sendall(request)
        assert line.recv(1_000).startswith(b"HTTP/1.1 200 ")
        time.sleep(0.6)
        while len(line.recv(65_536)) == 65_536:
            pass
        line.sendall(request)
        assert b"HTTP/1.1 200 " in line.recv(65_536)


REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def answered(line: socket.socket) -> None:
    """Read one whole answer."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += line.recv(65_536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next(int(x[16:]) for x in head.split(b"\r\n") if x.startswith(b"content-length: "))
    while len(body) < length:
        body += line.recv(65_536)
    assert head.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("begin", [b"G", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: 1\r\n"])
def test_the_deadline_holds_for_every_request_of_a_connection(
    address: tuple[str, int], begin: bytes
) -> None:
    with socket.create_connection(address, timeout=20) as line:
        for _ in range(2):
            line.sendall(REQUEST)
            answered(line)
        line.sendall(begin)
        start = time.monotonic()
        assert line.recv(65_536).startswith(b"HTTP/1.1 408 ")
        assert line.recv(65_536) == b""
        assert time.monotonic() - start < 2


def test_a_trickle_of_headers_does_not_move_the_deadline(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20) as line:
        line.sendall(REQUEST)
        answered(line)
        line.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises(OSError, match=r"."):  # noqa: PT012
            for _ in range(100):
                line.sendall(b"X: 1\r\n")
                time.sleep(0.05)


def test_a_body_that_nobody_reads_ends_the_connection(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=5) as line:
        line.sendall(REQUEST[:-2] + b"Content-Length: 100\r\n\r\n")
        answered(line)
        assert line.recv(65_536) == b""


def test_after_a_slow_body_the_connection_closes(pool: Pool) -> None:
    begin = (
        b"POST /workbook HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    answer = b""
    with (
        closing(listen("127.0.0.1", 0)) as listener,
        running(listener, pool, body=0.2),
        socket.create_connection(listener.getsockname()[:2], timeout=20) as line,
    ):
        line.sendall(begin)
        while piece := line.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()


def test_small_answers_are_sent_at_once(address: tuple[str, int]) -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
    with socket.create_connection(address, timeout=20) as line:
        times: list[float] = []
        for _ in range(20):
            start = time.perf_counter()
            line.sendall(REQUEST)
            answered(line)
            times.append(time.perf_counter() - start)
    # Without TCP_NODELAY the second packet waits 40 ms for the other side.
    assert min(times) < 0.02


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_out_of_file_numbers_is_one_line_and_the_server_goes_on() -> None:
    import resource

    few = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with served() as (process, address):
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (24, few))
        port = int(address.rstrip("/").rpartition(":")[2])
        lines = [socket.create_connection(("127.0.0.1", port), timeout=5) for _ in range(40)]
        time.sleep(2.5)
        for line in lines:
            line.close()
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (few, few))
        with urlopen(address, timeout=60) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        assert process.stderr is not None
        said = process.stderr.read()
    assert said.count("\n") == 1, said
    assert said.startswith("no more connections can be taken: Too many open files")
