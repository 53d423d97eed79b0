"""Nothing is asked of a network unless somebody asked for it: without one, all of it works."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[1] / "src"
UNSHARE = ["unshare", "--map-root-user", "--net"]
"""Runs a command where there is no network but the machine's own loopback."""

WATCH = """
import os, sys

def listen(event, told):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        asked = told[1] if event in ("socket.connect", "socket.sendto") else told[0]
        host = asked[0] if isinstance(asked, tuple) else asked
        own = isinstance(host, (str, bytes)) and str(host) in ("127.0.0.1", "localhost", "::1")
        if event.startswith("socket.get") and own:
            return
        if not own and (isinstance(asked, tuple) or event.startswith("socket.get")):
            with open(os.environ["HEARD"], "a") as file:
                print(event, asked, file=file)

sys.addaudithook(listen)
"""
"""Every Python that is started writes down what it asks of a network, even if it bears a no."""

PROGRAM = """
import fcntl, socket, struct, subprocess, sys, urllib.request
from contextlib import suppress
from pathlib import Path

UP = 0x8914, struct.pack("16sh", b"lo", 0x41)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
    fcntl.ioctl(own, *UP)
    with suppress(OSError):
        own.connect(("192.0.2.1", 80))
        sys.exit("there is a network")

from sheetformer.cli import main
for line in (
    "lesson -o attention.xlsx", "lesson -o attention.html", "verify attention.xlsx",
    "exercise softmax -o submissions/homework.xlsx --key key.xlsx",
    "grade submissions --key key.xlsx", "translate house -o translator.xlsx",
):
    try:
        main(line.split())
    except SystemExit as end:
        assert end.code == 0, line

words = [sys.executable, "-m", "sheetformer", "serve", "--port", "0"]
with subprocess.Popen(words, stdout=subprocess.PIPE, encoding="utf-8") as server:
    address = server.stdout.readline().split()[-1]
    for path in ("/", "/lessons/softmax"):
        assert urllib.request.urlopen(address.rstrip("/") + path, timeout=60).status == 200
    server.terminate()
print("all of it works")
"""


def can_close() -> bool:
    """Whether this machine lets us run something without a network."""
    if sys.platform != "linux" or not shutil.which(UNSHARE[0]):
        return False
    return not subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode


@pytest.mark.skipif(not can_close(), reason="this machine lets nobody close its network (unshare)")
def test_without_a_network_all_of_it_works_and_nothing_is_asked(tmp_path: Path) -> None:
    pytest.importorskip("uvicorn")
    watching = tmp_path / "watching"
    watching.mkdir()
    (watching / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    (tmp_path / "submissions").mkdir()
    heard = tmp_path / "heard.txt"
    path = os.pathsep.join(map(str, (watching, SOURCES)))
    ended = subprocess.run(
        [*UNSHARE, sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "HEARD": str(heard), "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    assert ended.stdout.endswith("all of it works\n")
    # The one try of this test itself, to see that the network is closed and that trying is heard.
    assert heard.read_text().splitlines() == ["socket.connect ('192.0.2.1', 80)"]
