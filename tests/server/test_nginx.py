"""The guide's lines for nginx, tried with nginx itself where it is installed."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from .test_serve import served

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
BODY = {"book": {"name": "dot-product", "options": {}, "lang": "en"}, "edits": []}
STILL = 0.05


@contextmanager
def nginx(lines: str, port: int, folder: Path) -> Iterator[None]:
    """An nginx with these lines in its server, all of its files in a folder."""
    assert NGINX is not None
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}\n"
        f"http {{ access_log off; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port};\n{lines}\n}} }}\n"
    )
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(file)])
    try:
        for _ in range(600):
            with closing(socket.socket()) as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(STILL)
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_lessons_and_downloads_come_through_nginx(tmp_path: Path) -> None:
    guide = re.search(r"```nginx\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert guide is not None
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    public = f"http://127.0.0.1:{port}/sheets"
    with served("--public-url", public) as (_, address):
        lines = guide[1].replace("http://127.0.0.1:8000", address.rstrip("/"))
        with nginx(lines, port, tmp_path):
            with urlopen(f"{public}/") as answer:
                start = answer.read().decode()
            links = re.findall(r'href="(/sheets/[^"#]*)"', start)
            assert links
            with urlopen(f"http://127.0.0.1:{port}{links[-1]}") as answer:
                assert answer.status == 200
            asked = Request(f"{public}/lessons/dot-product", headers={"Accept-Encoding": "gzip"})
            with urlopen(asked) as answer:
                assert answer.headers["content-encoding"] == "gzip"
                page, tag = gzip.decompress(answer.read()).decode(), answer.headers["etag"]
            assert "/sheets/workbook" in page
            assert tag
            posted = Request(
                f"{public}/workbook",
                json.dumps(BODY).encode(),
                {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{port}"},
            )
            with urlopen(posted) as answer:
                assert answer.read(2) == b"PK"
