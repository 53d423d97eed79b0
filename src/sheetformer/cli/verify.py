"""`sheetformer verify`: let a real spreadsheet engine recalculate a file, and compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.cells import SHOWN, difference_text, finite, plain, show_off
from sheetformer.cli.completion import against_names
from sheetformer.cli.console import (
    EngineOption,
    JsonOption,
    console,
    counted,
    grouped,
    terminal_language,
    text,
    write_json,
)
from sheetformer.cli.error_reporting import printable
from sheetformer.engines import get_engine
from sheetformer.language.phrasebook import problem

if TYPE_CHECKING:
    from rich.console import Console

    from sheetformer.engines.report import Report, Row

EXAMPLES = """Examples:

  sheetformer verify attention.xlsx
  sheetformer verify attention.xlsx --all
  sheetformer verify attention.xlsx --engine libreoffice
  sheetformer verify attention.xlsx --against lesson
  sheetformer verify attention.xlsx --json

Exit code: 0 when every formula cell is right, 1 when one is off or is no part of the program, 2
when the file cannot be read or takes more time or memory than it may."""

Line = tuple[str, str, int, float, bool]
"""A line of the table: block, sheet, cells, largest difference, whether a cell is off."""


def verify_file(
    file: Annotated[Path, typer.Argument(help="A workbook that sheetformer has written.")],
    engine: EngineOption = "ironcalc",
    against: Annotated[
        str,
        typer.Option(
            metavar="LESSON",
            autocompletion=against_names,
            help="Write the lesson again and compare everything but the inputs; "
            "'lesson' is the one that the file names.",
        ),
    ] = "",
    limit: Annotated[
        float,
        typer.Option(help="How many times the usual time and memory (10 s, 1 GB) it may take."),
    ] = 1.0,
    every: Annotated[
        bool, typer.Option("--all", help="Show a line for each block, right or not.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Recalculate a workbook and check every formula cell.

    Stored results are not trusted: a spreadsheet engine works out every formula anew, and each cell
    is held against NumPy, starting from the inputs that stand in the file now.

    A ✓ says that the formulas agree with the program that the file carries: it finds slips, not
    forgery. For a file from a stranger, --against writes the book again and compares everything.
    """
    report = _report(file, engine, against, limit)
    if as_json:
        write_json(_facts(report, file, engine))
    else:
        _show_blocks(report, console(), _lines(report.rows) if every else _short(report.rows))
        _show(report, console(), engine, bool(against))
    if not report.ok:
        raise typer.Exit(1)


def _report(file: Path, engine: str, against: str, limit: float) -> Report:
    if against:
        from sheetformer.lessons.again import verify_against

        return verify_against(file, against, engine, limit=limit)
    from sheetformer.engines.verify import verify

    return verify(file, engine, limit=limit, meanwhile=_load_tables)


def _load_tables() -> None:
    from rich import box, table

    del box, table  # loaded is all that they should be


def _facts(report: Report, file: Path, engine: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "engine": engine,
        "ok": report.ok,
        "cells": report.cells,
        "off": report.off_cells,
        "not_in_the_program": list(report.unknown),
        "notes": list(report.notes),
        "largest_difference": finite(report.largest),
        "tolerance": report.tolerance,
        "blocks": [_block(row) for row in report.rows],
        "compared": [_block(row) for row in report.compared],
    }


def _block(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "sheet": row.sheet,
        "cells": row.cells,
        "largest_difference": finite(row.largest),
        "off": [
            {
                "cell": cell.address,
                "expected": plain(cell.expected),
                "found": plain(cell.found),
            }
            for cell in row.off
        ],
    }


def _show(report: Report, screen: Console, engine: str, against: bool) -> None:
    if report.off:
        show_off(report.off, screen)
    screen.print()
    for note in report.notes:
        said = problem(note, terminal_language())
        screen.print(text("note", said=printable(said)), style="yellow")
    screen.print(
        _verdict(report, get_engine(engine).title), style="bold green" if report.ok else "bold red"
    )
    if report.unknown:
        screen.print(_said_unknown(report.unknown), style="bold red")
    if report.ok:
        screen.print(text("same_as_package" if against else "slips_not_forgery"), style="dim")


def _said_unknown(unknown: Sequence[str]) -> str:
    """The formula cells that are no part of the program, counted and named."""
    named = ", ".join(map(printable, unknown[:SHOWN])) + (", …" if len(unknown) > SHOWN else "")
    return text("unknown_formulas", cells=counted(len(unknown), "checked"), named=named)


def _show_blocks(report: Report, screen: Console, lines: Sequence[Line]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(text("block"), overflow="fold")
    table.add_column(text("sheet"), overflow="fold", style="dim")
    table.add_column(text("cells"), justify="right")
    table.add_column(text("largest_difference"), justify="right")
    table.add_column("")
    for name, sheet, cells, largest, off in lines:
        mark, style = ("✗", "red") if off else ("✓", None)
        shown = grouped(cells), difference_text(largest)
        table.add_row(printable(name), printable(sheet), *shown, mark, style=style)
    for row in report.compared:
        mark, style = ("✗", "red") if row.off else ("✓", None)
        name = text(f"compared_{row.name.replace(' ', '_')}")
        table.add_row(name, "", grouped(row.cells), "", mark, style=style)
    screen.print(table)


def _lines(rows: Iterable[Row]) -> list[Line]:
    """One line a block."""
    from sheetformer.engines.report import LABELS

    # All labels of a sheet are one row, without a name of its own.
    names = {LABELS: text("labels")}
    return [
        (names.get(row.name, row.name), row.sheet, row.cells, row.largest, bool(row.off))
        for row in rows
    ]


def _short(rows: Sequence[Row]) -> list[Line]:
    """One line a block that is off, and one for all that are right on a sheet."""
    right: dict[str, list[Row]] = {}
    for row in rows:
        if not row.off:
            right.setdefault(row.sheet, []).append(row)
    lines = _lines(row for row in rows if row.off)
    for sheet, found in right.items():
        if len(found) == 1:
            lines += _lines(found)
            continue
        name = text("right_blocks", number=grouped(len(found)))
        largest = max(row.largest for row in found)
        lines.append((name, sheet, sum(row.cells for row in found), largest, False))
    return lines


def _verdict(report: Report, engine: str) -> str:
    cells = counted(report.cells, "checked")
    if not report.cells:
        return text("nothing_to_check")
    if not report.off:
        return text("all_agree" if report.ok else "these_agree", cells=cells, engine=engine)
    off = grouped(report.off_cells)
    return text("some_off", number=off, cells=cells, engine=engine)
