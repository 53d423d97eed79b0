"""One running LibreOffice with a private profile, and the bridge that talks to it.

It belongs to whoever started it: ended on close, on a timeout, and when Python ends. It shares
neither settings nor windows nor lock files with a LibreOffice that the user has open.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from sheetformer.child import Child, ChildError
from sheetformer.errors import EngineError
from sheetformer.processes import Limits, Started, end, start, with_folder
from sheetformer.scratch import Scratch

ALWAYS = 0
"""LibreOffice recalculates every file that it loads (its setting OOXMLRecalcMode)."""

START_SECONDS = 60.0
PATIENCE = 5.0
"""Seconds that it gets to end by itself."""

_LIMITS = Limits(memory=6 << 30)
"""Most of its address space is programs and fonts; a hostile file would take all there is."""

_PIPE_FOLDERS = ("/tmp", "/var/tmp")
"""Where LibreOffice keeps the socket of a named pipe, whatever TMPDIR says."""

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
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
    try:
        find_programs()
    except EngineError as error:
        return str(error)
    return None


def find_programs() -> tuple[Path, Path]:
    """LibreOffice's program and the Python that talks to it.

    Raises:
        EngineError: One is missing; the message says the next step.
    """
    soffice = find_soffice()
    if soffice is None:
        raise EngineError(
            "LibreOffice is not installed; get it from libreoffice.org or your system's packages"
        )
    python = find_python(soffice)
    if python is None:
        raise EngineError(
            "LibreOffice is installed, but no Python with its module 'uno' was found; "
            "install the package python3-uno"
        )
    return soffice, python


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
        soffice, python = find_programs()
        self._timeout = timeout
        self._lock = threading.Lock()
        self._soffice: Started | None = None
        self._bridge: Child | None = None
        self._pipe = "sheetformer-none"
        self._scratch = Scratch()
        self.folder = self._scratch.path
        self._messages = (self.folder / "messages.txt").open("a+b", buffering=0)
        try:
            self._start(soffice, python, recalculation)
        except BaseException:
            self.close()
            raise

    @property
    def processes(self) -> list[Started]:
        """LibreOffice and the bridge, as long as they were not ended."""
        bridge = self._bridge and self._bridge.process
        return [process for process in (self._soffice, bridge) if process]

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return bool(self.processes) and all(p.poll() is None for p in self.processes)

    def ask(self, *request: object) -> Any:
        """Have the bridge carry out a request: the method's name, then its arguments.

        Raises:
            EngineError: LibreOffice says no, has ended, or takes longer than the timeout.
        """
        with self._lock:
            reply = self._exchange(request)
        if "error" in reply:
            raise EngineError(f"LibreOffice: {reply['error']}")
        return reply["result"]

    def close(self, patience: float = PATIENCE) -> None:
        """End LibreOffice, by force after some seconds, and remove its profile; may be repeated."""
        bridge, self._bridge = self._bridge, None
        if bridge:
            bridge.close(patience)
        soffice, self._soffice = self._soffice, None
        if soffice:
            end(soffice, patience)
        _remove_pipes(self._pipe)
        self._messages.close()
        self._scratch.close()

    def _start(self, soffice: Path, python: Path, recalculation: int) -> None:
        user = self.folder / "profile" / "user"
        user.mkdir(parents=True)
        settings = _SETTINGS.format(mode=recalculation)
        (user / "registrymodifications.xcu").write_text(settings, encoding="utf-8")
        # A named pipe, not a port: no other user of the machine can reach it.
        _sweep_pipes()
        self._pipe = pipe = f"sheetformer{uuid.uuid4().hex}"
        # Whatever it leaves behind when it is killed goes with the folder.
        environment = with_folder(_environment(), self.folder)
        program = (
            str(soffice),
            f"-env:UserInstallation={user.parent.as_uri()}",
            *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
            "--nofirststartwizard",
            f"--accept=pipe,name={pipe};urp;",
        )
        self._soffice = start(
            program,
            limits=_LIMITS,
            environment=environment,
            messages=self._messages,
            folder=self.folder,
        )
        bridge = Path(__file__).with_name("uno_bridge.py")
        self._bridge = Child(
            (str(python), str(bridge), pipe, str(START_SECONDS)),
            "LibreOffice",
            limits=Limits(seconds=self._timeout),
            environment=environment,
            messages=self._messages,
            folder=self.folder,
        )

    def _exchange(self, request: Sequence[object]) -> dict[str, Any]:
        bridge = self._bridge
        if bridge is None:
            raise EngineError("LibreOffice ended unexpectedly")
        if not self.alive:
            bridge.close()  # without LibreOffice it has nothing to say; asked, it says why
        try:
            return bridge.ask(request)
        except ChildError as error:
            self.close(patience=0.0)
            raise EngineError(str(error)) from None
        except BaseException:
            self.close(patience=0.0)
            raise


def _remove_pipes(name: str) -> None:
    """Remove the sockets of a pipe that a killed LibreOffice left; it knows these places only."""
    for folder in _PIPE_FOLDERS:
        for file in Path(folder).glob(f"OSL_PIPE_*_{name}"):
            with suppress(OSError):
                file.unlink()


def _sweep_pipes() -> None:
    """Remove the sockets that nobody listens to any more, left by runs that were killed."""
    if sys.platform == "win32":
        return
    for folder in _PIPE_FOLDERS:
        for file in Path(folder).glob("OSL_PIPE_*_sheetformer*"):
            with socket.socket(socket.AF_UNIX) as caller, suppress(OSError):
                caller.settimeout(1.0)
                if caller.connect_ex(str(file)) == errno.ECONNREFUSED:
                    file.unlink()


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
