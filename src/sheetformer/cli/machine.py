"""What this machine has besides Python packages, and the line that gets what it has not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sheetformer.engines.office import find_soffice, missing

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "firefox",
    "firefox-esr",
    "brave-browser",
    "microsoft-edge",
)
FONTS = ("Arial", "Liberation Sans", "Arimo", "Helvetica")
"""Any of these has the widths that the columns of a workbook and its pictures are made for."""

_SECONDS = 20
_DEBIAN, _FEDORA, _MAC, _WINDOWS = "apt-get", "dnf", "brew", "winget"
_GET: Mapping[str, Mapping[str, str]] = {
    "libreoffice": {
        _DEBIAN: "sudo apt install libreoffice-calc python3-uno",
        _FEDORA: "sudo dnf install libreoffice-calc libreoffice-pyuno",
        _MAC: "brew install --cask libreoffice",
        _WINDOWS: "winget install TheDocumentFoundation.LibreOffice",
    },
    "browser": {
        _DEBIAN: "sudo apt install chromium",
        _FEDORA: "sudo dnf install chromium",
        _MAC: "brew install --cask firefox",
        _WINDOWS: "winget install Mozilla.Firefox",
    },
    "fonts": {
        _DEBIAN: "sudo apt install fonts-liberation",
        _FEDORA: "sudo dnf install liberation-sans-fonts",
        _MAC: "brew install --cask font-liberation",
    },
}
"""What → the program that installs things here → the command."""
_ELSEWHERE = {"libreoffice": "https://www.libreoffice.org/download"}


def get(what: str) -> str:
    """The command that installs it here; an address, or nothing, where none is known."""
    commands = _GET[what]
    here = next((command for program, command in commands.items() if shutil.which(program)), None)
    return here or _ELSEWHERE.get(what, "")


def find_libreoffice() -> tuple[str, str | None]:
    """The version and program of LibreOffice, "" if there is none; and why it cannot be used."""
    program, why = find_soffice(), missing()
    if program is None:
        return "", why
    # It says its name, its version, and more.
    told = _output(str(program), "--version").split()
    return f"{told[1] if len(told) > 1 else '?'}, {program}", why


def find_browser() -> str:
    """A browser that pages can be opened in; "" if none is known."""
    if sys.platform in ("darwin", "win32"):
        return "Safari" if sys.platform == "darwin" else "Edge"
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def find_font() -> str:
    """A font with the widths of Arial; "" if none is known."""
    if sys.platform in ("darwin", "win32"):
        return FONTS[0]
    families = _output("fc-list", ":", "family").replace("\n", ",").split(",")
    return next((name for name in FONTS if name in families), "")


def _output(program: str, *words: str) -> str:
    """What a program says; nothing if it is not there, fails or takes too long."""
    found = shutil.which(program) or program
    if not Path(found).exists():
        return ""
    try:
        ended = subprocess.run(
            [found, *words], capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS,
            check=False, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout
