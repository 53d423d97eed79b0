"""Programs that a workbook is opened with: the version of each, and its verdict."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sheetformer.engines import get_engine
from sheetformer.engines.programs.libreoffice import LibreOffice
from sheetformer.engines.reader import read_contents
from sheetformer.scratch import Scratch

HERE = Path(__file__).parent
Place = tuple[str, int, int]
"""Sheet, row and column of the large field."""
_SECONDS = 600


@dataclass(frozen=True)
class Found:
    """What a program of a version says in the large field."""

    version: str
    verdict: str


class MissingError(Exception):
    """The program is not here."""


@dataclass(frozen=True)
class Program:
    """One program.

    Attributes:
        name: its own.
        how: how it is run.
        run: takes the workbook and the place of the large field.
        calculates: whether it works formulas out; else it reads what is stored.
    """

    name: str
    how: str
    run: Callable[[Path, Place], Found]
    calculates: bool = True


def _ironcalc(path: Path, place: Place) -> Found:
    sheet, row, column = place
    return Found(
        version("ironcalc"), str(get_engine("ironcalc").recalculate(path)[sheet][row, column])
    )


def _libreoffice(path: Path, place: Place) -> Found:
    """As who opens the file sees it: a fresh profile, with the settings that it comes with."""
    if LibreOffice.missing():
        raise MissingError
    told = _ran("soffice", "--version")
    with Scratch() as scratch:
        profile = f"-env:UserInstallation={(scratch.path / 'profile').as_uri()}"
        target = ["--headless", "--convert-to", "xlsx", "--outdir", str(scratch.path / "out")]
        _ran("soffice", profile, *target, str(path))
        return Found(_number(told), _stored(scratch.path / "out" / path.name, place))


def _gnumeric(path: Path, place: Place) -> Found:
    told = _ran("ssconvert", "--version")
    with Scratch() as scratch:
        target = scratch.path / "out.xlsx"
        _ran("ssconvert", "--recalc", str(path), str(target))
        return Found(_number(told), _stored(target, place))


def _package(name: str, python: str) -> Callable[[Path, Place], Found]:
    def run(path: Path, place: Place) -> Found:
        words = [python, str(HERE / "packages.py"), name, str(path), *map(str, place)]
        ran = subprocess.run(words, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if "ModuleNotFoundError" in ran.stderr:
            raise MissingError
        if ran.returncode:
            raise RuntimeError(ran.stderr)
        told = json.loads(ran.stdout.splitlines()[-1])
        return Found(told["version"], told["found"])

    return run


def _webassembly(package: Path | None) -> Callable[[Path, Place], Found]:
    def run(path: Path, place: Place) -> Found:
        if package is None:
            raise MissingError
        with Scratch() as scratch:
            target = scratch.path / "out.xlsx"
            _ran("node", str(HERE / "libreoffice.cjs"), str(package), str(path), str(target))
            written = json.loads((package / "package.json").read_text())["version"]
            return Found(f"of npm package {written}", _stored(target, place))

    return run


def _ran(program: str, *words: str) -> str:
    """What a program says that ends well."""
    if shutil.which(program) is None:
        raise MissingError
    ran = subprocess.run(
        [program, *words], capture_output=True, text=True, timeout=_SECONDS, check=True
    )
    return ran.stdout + ran.stderr


def _number(told: str) -> str:
    found = re.search(r"\d+(?:\.\d+)+", told)
    return found[0] if found else told


def _stored(path: Path, place: Place) -> str:
    sheet, row, column = place
    return str(read_contents(path).cells[sheet][row, column])


def programs(python: str = sys.executable, webassembly: Path | None = None) -> list[Program]:
    """All programs.

    Args:
        python: a Python that has the packages.
        webassembly: the folder of the npm package with LibreOffice, unpacked.
    """
    stored = "reads stored results"
    return [
        Program("IronCalc", "Python package `ironcalc`", _ironcalc),
        Program("LibreOffice Calc", "a fresh profile with its own settings", _libreoffice),
        Program(
            "LibreOffice, WebAssembly",
            "npm package `@matbee/libreoffice-converter`",
            _webassembly(webassembly),
        ),
        Program("Gnumeric", "`ssconvert --recalc`", _gnumeric),
        Program("formulon", "Python package", _package("formulon", python)),
        Program("cellrune", "Python package", _package("cellrune", python)),
        *(
            Program(name, stored, _package(name, python), calculates=False)
            for name in ("openpyxl", "calamine", "pandas", "polars")
        ),
    ]
