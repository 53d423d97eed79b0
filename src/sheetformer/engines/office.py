"""One running LibreOffice with a private profile, and the bridge that talks to it.

It belongs to whoever started it: ended on close, on a timeout, and when Python ends. It shares
neither settings nor windows nor lock files with a LibreOffice that the user has open.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any

from sheetformer.errors import EngineError

ALWAYS, NEVER = 0, 1
"""Whether LibreOffice recalculates a file that it loads (its setting OOXMLRecalcMode)."""

START_SECONDS = 60.0

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
</oor:items>
"""

_USUAL_PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/usr/lib64/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)


def missing() -> str | None:
    """What LibreOffice lacks here, with the next step, or None if it can be used."""
    soffice = find_soffice()
    if soffice is None:
        return "LibreOffice is not installed; get it from libreoffice.org or your system's packages"
    if find_python(soffice) is None:
        return (
            "LibreOffice is installed, but no Python with its module 'uno' was found; "
            "install the package python3-uno"
        )
    return None


@cache
def find_soffice() -> Path | None:
    """LibreOffice's program, from the search path or one of the usual places."""
    for name in (shutil.which("soffice"), shutil.which("libreoffice"), *_USUAL_PLACES):
        if name and Path(name).exists():
            return Path(name).resolve()
    return None


@cache
def find_python(soffice: Path) -> Path | None:
    """A Python that can import `uno`: LibreOffice's own, the system's, or this one."""
    resources = soffice.parent.parent / "Resources"
    candidates = (
        soffice.with_name("python"),
        soffice.with_name("python.exe"),
        resources / "python",
        Path("/usr/bin/python3"),
        Path(sys.executable),
    )
    return next((python for python in candidates if python.exists() and _has_uno(python)), None)


class Office:
    """A LibreOffice that was started here, answering one request at a time.

    Args:
        recalculation: What it does with the formulas of a file that it loads.
        timeout: Seconds that one request may take.

    Raises:
        EngineError: LibreOffice is missing or does not start.
    """

    def __init__(self, recalculation: int, timeout: float) -> None:
        reason = missing()
        soffice = find_soffice()
        python = find_python(soffice) if soffice else None
        if reason or not soffice or not python:
            raise EngineError(reason or "LibreOffice is missing")
        self._timeout = timeout
        self._lock = threading.Lock()
        self._processes: list[subprocess.Popen[bytes]] = []
        self.folder = Path(tempfile.mkdtemp(prefix="sheetformer-"))
        try:
            self._start(soffice, python, recalculation)
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return bool(self._processes) and all(p.poll() is None for p in self._processes)

    def ask(self, *request: object) -> Any:
        """Have the bridge carry out a request: the method's name, then its arguments.

        Raises:
            EngineError: LibreOffice says no, has ended, or takes longer than the timeout.
        """
        with self._lock:
            reply = self._exchange(json.dumps(request).encode() + b"\n")
        if "error" in reply:
            raise EngineError(f"LibreOffice: {reply['error']}")
        return reply["result"]

    def close(self) -> None:
        """End LibreOffice and remove its profile; may be called again."""
        processes, self._processes = self._processes, []
        for process in reversed(processes):
            _end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, soffice: Path, python: Path, recalculation: int) -> None:
        user = self.folder / "profile" / "user"
        user.mkdir(parents=True)
        settings = _SETTINGS.format(mode=recalculation)
        (user / "registrymodifications.xcu").write_text(settings, encoding="utf-8")
        # A named pipe, not a port: no other user of the machine can reach it.
        pipe = f"sheetformer{uuid.uuid4().hex}"
        self._run(
            str(soffice),
            f"-env:UserInstallation={user.parent.as_uri()}",
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
            "--nofirststartwizard",
            f"--accept=pipe,name={pipe};urp;",
        )
        bridge = Path(__file__).with_name("uno_bridge.py")
        self._run(str(python), str(bridge), pipe, str(START_SECONDS), talks=True)

    def _run(self, *command: str, talks: bool = False) -> None:
        channel = subprocess.PIPE if talks else subprocess.DEVNULL
        with (self.folder / "messages.txt").open("ab") as messages:
            process = subprocess.Popen(
                command,
                stdin=channel,
                stdout=channel,
                stderr=messages,
                # Whatever it leaves behind when it is killed goes with the folder.
                env=_environment() | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.folder)),
                # Its own group, so that ending it ends the helpers that it started too.
                start_new_session=True,
            )
        self._processes.append(process)

    def _exchange(self, request: bytes) -> dict[str, Any]:
        if not self.alive:
            raise EngineError(self._ended())
        bridge = self._processes[-1]
        if bridge.stdin is None or bridge.stdout is None:
            raise EngineError(self._ended())
        with self._time_limit() as expired:
            try:
                bridge.stdin.write(request)
                bridge.stdin.flush()
                line = bridge.stdout.readline()
            except OSError:
                line = b""
            except BaseException:
                # An interrupted request leaves an answer behind that would be taken for the next.
                self.close()
                raise
        if line.endswith(b"\n"):
            return json.loads(line)
        message = self._ended()
        if expired.is_set():
            message = f"LibreOffice took longer than {self._timeout:g} s and was ended"
        self.close()
        raise EngineError(message)

    @contextlib.contextmanager
    def _time_limit(self) -> Generator[threading.Event]:
        """Kill the processes when time is up: then whoever waits for an answer wakes."""
        expired = threading.Event()
        processes = list(self._processes)

        def expire() -> None:
            expired.set()
            for process in processes:
                _kill(process)

        timer = threading.Timer(self._timeout, expire)
        timer.start()
        try:
            yield expired
        finally:
            timer.cancel()
            timer.join()

    def _ended(self) -> str:
        messages = self.folder / "messages.txt"
        text = messages.read_text(encoding="utf-8", errors="replace") if messages.exists() else ""
        last = text.strip().splitlines()[-1:]
        return "LibreOffice ended unexpectedly" + (f": {last[0]}" if last else "")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask politely by closing the input, wait a little, then kill what is left."""
    if process.stdin:
        with contextlib.suppress(OSError):
            process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(5.0)
    _kill(process)
    process.wait()
    if process.stdout:
        process.stdout.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    # The group may live on after its first process has ended.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """The environment without what would lead another Python or LibreOffice astray."""
    astray = ("PYTHONHOME", "PYTHONPATH", "URE_BOOTSTRAP", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in astray}


def _has_uno(python: Path) -> bool:
    command = [str(python), "-c", "import uno"]
    try:
        return not subprocess.run(
            command, env=_environment(), capture_output=True, timeout=30, check=False
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False
