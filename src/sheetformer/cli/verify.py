"""`sheetformer verify`: let a real spreadsheet engine recalculate a file, and compare."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sheetformer.cli.console import JsonOption, console, counted, grouped, text, write_json
from sheetformer.cli.error_reporting import printable
from sheetformer.engines import ENGINE_NAMES, get_engine

if TYPE_CHECKING:
    from rich.console import Console

    from sheetformer.engines.compare import Report, Row

EXAMPLES = """Examples:

  sheetformer verify attention.xlsx
  sheetformer verify attention.xlsx --engine libreoffice
  sheetformer verify attention.xlsx --json

Exit code: 0 when every cell is right, 1 when a cell is off, 2 when the file cannot be read."""

_SHOWN = 20
"""Cells listed for a person; --json gives all."""
_FEW = 3
"""So many blocks of one cell on a sheet stand on lines of their own; more share one line."""

Line = tuple[str, str, int, float, bool]
"""A line of the table: block, sheet, cells, largest difference, whether a cell is off."""


def verify_file(
    file: Annotated[Path, typer.Argument(help="A workbook that sheetformer has written.")],
    engine: Annotated[
        str,
        typer.Option(help=f"What works out the formulas: {' or '.join(ENGINE_NAMES)}."),
    ] = "ironcalc",
    as_json: JsonOption = False,
) -> None:
    """Recalculate a workbook and check every formula cell.

    Stored results are not trusted: a spreadsheet engine works out every formula anew, and each cell
    is held against NumPy, starting from the inputs that stand in the file now.
    """
    from sheetformer.engines.verify import verify

    report = verify(file, engine=engine)
    if as_json:
        write_json(_facts(report, file, engine))
    else:
        _show(report, console(), engine)
    if not report.ok:
        raise typer.Exit(1)


def _facts(report: Report, file: Path, engine: str) -> dict[str, Any]:
    return {
        "file": str(file),
        "engine": engine,
        "ok": report.ok,
        "cells": report.cells,
        "off": len(report.off),
        "largest_difference": _finite(report.largest),
        "tolerance": report.tolerance,
        "blocks": [
            {
                "name": row.name,
                "sheet": row.sheet,
                "cells": row.cells,
                "largest_difference": _finite(row.largest),
                "off": [
                    {
                        "cell": cell.address,
                        "expected": _plain(cell.expected),
                        "found": _plain(cell.found),
                    }
                    for cell in row.off
                ],
            }
            for row in report.rows
        ],
    }


def _finite(number: float) -> float | None:
    """JSON has no infinity; null stands for a difference that is not a number."""
    return number if math.isfinite(number) else None


def _plain(value: Any) -> Any:
    """Numbers and truth values as they are, errors and all else as text, nothing as null."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _show(report: Report, screen: Console, engine: str) -> None:
    _show_blocks(report, screen)
    if report.off:
        _show_off(report, screen)
    screen.print()
    screen.print(
        _verdict(report, get_engine(engine).title), style="bold green" if report.ok else "bold red"
    )


def _show_blocks(report: Report, screen: Console) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(text("block"), overflow="fold")
    table.add_column(text("sheet"), overflow="fold", style="dim")
    table.add_column(text("cells"), justify="right")
    table.add_column(text("largest_difference"), justify="right")
    table.add_column("")
    for name, sheet, cells, largest, off in _lines(report.rows):
        mark, style = ("✗", "red") if off else ("✓", None)
        shown = grouped(cells), _difference(largest)
        table.add_row(printable(name), printable(sheet), *shown, mark, style=style)
    screen.print(table)


def _lines(rows: Sequence[Row]) -> list[Line]:
    """One line a block; the many right blocks of one cell on a sheet (its checks) share one."""
    from sheetformer.engines.verify import LABELS

    single: dict[str, list[Row]] = {}
    for row in rows:
        if row.cells == 1 and not row.off:
            single.setdefault(row.sheet, []).append(row)
    shared = {sheet: found for sheet, found in single.items() if len(found) > _FEW}
    # All labels of a sheet are one row, without a name of its own.
    names = {LABELS: text("labels")}
    lines: list[Line] = []
    for row in rows:
        if row in shared.get(row.sheet, ()):
            continue
        name = names.get(row.name, row.name)
        lines.append((name, row.sheet, row.cells, row.largest, bool(row.off)))
    for sheet, found in shared.items():
        largest = max(row.largest for row in found)
        name = text("single_cells", number=grouped(len(found)))
        lines.append((name, sheet, len(found), largest, False))
    return lines


def _difference(number: float) -> str:
    """A difference as short as it can be said.

    >>> _difference(0.0), _difference(2.2e-16), _difference(0.125), _difference(math.inf)
    ('0', '2.2e-16', '0.12', 'not a number')
    """
    return f"{number:.2g}" if math.isfinite(number) else text("not_a_number")


def _show_off(report: Report, screen: Console) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        box=SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        title=text("cells_off"),
        title_justify="left",
    )
    table.add_column(text("cell"), overflow="fold")
    table.add_column(text("expected"), justify="right", overflow="fold")
    table.add_column(text("found"), justify="right", overflow="fold")
    for cell in report.off[:_SHOWN]:
        where = f"{cell.sheet}!{cell.address}"
        table.add_row(printable(where), _cell_text(cell.expected), _cell_text(cell.found))
    screen.print(table)
    if len(report.off) > _SHOWN:
        more = grouped(len(report.off) - _SHOWN)
        screen.print(f"{text('more_off', number=more)}\n")


def _cell_text(value: Any) -> str:
    """What stands in a cell, as a spreadsheet would show it.

    >>> _cell_text(None), _cell_text(True), _cell_text(0.25), _cell_text("eu")
    ('nothing', 'TRUE', '0.25', '"eu"')
    """
    if value is None:
        return text("nothing")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{printable(value)}"'
    return f"{value:.12g}" if isinstance(value, (int, float)) else printable(str(value))


def _verdict(report: Report, engine: str) -> str:
    cells = counted(report.cells, "checked")
    if report.ok:
        return text("all_agree", cells=cells, engine=engine)
    if not report.cells:
        return text("nothing_to_check")
    off = grouped(len(report.off))
    return text("some_off", number=off, cells=cells, engine=engine)
