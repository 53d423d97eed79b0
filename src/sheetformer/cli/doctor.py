"""`sheetformer doctor`: what is here, what is not, and the line that gets it."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from sheetformer.cli.console import (
    JsonOption,
    console,
    counted,
    terminal_language,
    text,
    write_json,
)
from sheetformer.cli.error_reporting import printable
from sheetformer.errors import SheetformerError
from sheetformer.language.phrasebook import problem

EXAMPLES = """Examples:

  sheetformer doctor
  sheetformer doctor --json
  sheetformer --lang pt doctor

Exit code: 0 when the main job works here, whatever else is missing, and 1 when it does not."""

TRIED = "softmax"
"""The lesson that is written and worked out anew."""


@dataclass(frozen=True)
class Finding:
    """One thing: what it is for, what was found, what is missing, and the line that gets it."""

    name: str
    purpose: str
    found: str = ""
    missing: str = ""
    get: str = ""

    @property
    def is_here(self) -> bool:
        """Whether all of it is there."""
        return not self.missing


def tell_what_is_here(as_json: JsonOption = False) -> None:
    """Say what is here, what is not, and the line that gets it; and try the main job.

    A small lesson is written, worked out anew by IronCalc and compared with NumPy. All else is
    optional: engines, extras, a browser, fonts.
    """
    job = _main_job()
    findings = [job, *_needed(), *_machine(), *_extras()]
    if as_json:
        write_json({"ok": job.is_here, "findings": [asdict(finding) for finding in findings]})
    else:
        _show(findings)
    if not job.is_here:
        raise typer.Exit(1)


def _main_job() -> Finding:
    """Write a lesson, let the engine work it out, and compare."""
    name, purpose = "lesson, verify", text("doctor_job")
    try:
        from sheetformer.engines.verify import verify
        from sheetformer.lessons import lesson

        with tempfile.TemporaryDirectory(prefix="sheetformer-") as folder:
            report = verify(lesson(TRIED).save(Path(folder, f"{TRIED}.xlsx")))
    except (SheetformerError, OSError, ImportError) as error:
        return Finding(name, purpose, missing=problem(str(error), terminal_language()))
    cells = counted(report.cells, "checked")
    if report.ok:
        return Finding(name, purpose, text("doctor_right", cells=cells))
    return Finding(name, purpose, missing=text("doctor_wrong", cells=cells))


def _needed() -> list[Finding]:
    """What the main job is done with."""
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from sheetformer import __version__

    own = f"{__version__}, Python {platform.python_version()}"
    try:
        engine = version("ironcalc")
    except PackageNotFoundError:
        engine = ""
    return [
        Finding("Sheetformer", text("doctor_package"), own),
        _thing("IronCalc", "doctor_engine", engine, "pip install ironcalc"),
    ]


def _machine() -> list[Finding]:
    from sheetformer.cli import machine

    office, why = machine.find_libreoffice()
    missing = problem(why, terminal_language()) if why and office else ""
    return [
        Finding("LibreOffice", text("doctor_second"), office, missing, machine.get("libreoffice"))
        if missing
        else _thing("LibreOffice", "doctor_second", office, machine.get("libreoffice")),
        _thing("browser", "doctor_browser", machine.find_browser(), machine.get("browser")),
        _thing("font", "doctor_font", machine.find_font(), machine.get("fonts")),
    ]


def _thing(name: str, purpose: str, found: str, command: str) -> Finding:
    missing = "" if found else text("doctor_missing")
    return Finding(name, text(purpose), found, missing, "" if found else command)


def _extras() -> list[Finding]:
    from sheetformer.cli.extras import extras, installed

    findings: list[Finding] = []
    for name, packages in extras().items():
        there, missing = installed(packages)
        command = f"pip install 'sheetformer[{name}]'" if missing else ""
        said = text("doctor_lacks", names=", ".join(missing)) if missing else ""
        findings.append(Finding(name, text(f"doctor_{name}"), ", ".join(there), said, command))
    return findings


def _show(findings: list[Finding]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    screen = console()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("")
    table.add_column(text("doctor_what"), no_wrap=True)
    table.add_column(text("doctor_for"), overflow="fold", style="dim")
    table.add_column(text("doctor_found"), overflow="fold")
    for number, finding in enumerate(findings):
        # Only the main job can be wrong; all else is there or not.
        mark, style = (
            ("✓", None) if finding.is_here else ("✗", "red") if not number else ("–", "yellow")
        )
        said = finding.found if finding.is_here else finding.missing
        table.add_row(mark, finding.name, finding.purpose, printable(said), style=style)
    screen.print(table)
    screen.print()
    if commands := [finding.get for finding in findings if finding.get]:
        screen.print(text("doctor_get"))
        for command in commands:
            screen.print(f"  {command}", style="bold", soft_wrap=True)
        screen.print()
    works = findings[0].is_here
    said = text("doctor_works" if works else "doctor_broken")
    screen.print(said, style="bold green" if works else "bold red")
