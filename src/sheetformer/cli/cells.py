"""Cells and their differences, as a person reads them and as JSON carries them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sheetformer.cli.console import grouped, text
from sheetformer.cli.error_reporting import printable

if TYPE_CHECKING:
    from rich.console import Console

    from sheetformer.engines.report import OffCell

SHOWN = 20
"""Cells listed for a person; --json gives all."""


def finite(number: float) -> float | None:
    """JSON has no infinity; null stands for a difference that is not a number."""
    return number if math.isfinite(number) else None


def plain(value: Any) -> Any:
    """Numbers and truth values as they are, errors and all else as text, nothing as null."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def difference_text(number: float) -> str:
    """A difference as short as it can be said.

    >>> [difference_text(number) for number in (0.0, 2.2e-16, 0.125, math.inf)]
    ['0', '2.2e-16', '0.12', 'not a number']
    """
    return f"{number:.2g}" if math.isfinite(number) else text("not_a_number")


def show_off(cells: Sequence[OffCell], screen: Console) -> None:
    """The first cells that are off, as a table."""
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
    for cell in cells[:SHOWN]:
        where = "!".join(filter(None, (cell.sheet, cell.address)))
        table.add_row(printable(where), cell_text(cell.expected), cell_text(cell.found))
    screen.print(table)
    if len(cells) > SHOWN:
        more = grouped(len(cells) - SHOWN)
        screen.print(f"{text('more_off', number=more)}\n")


def cell_text(value: Any) -> str:
    """What stands in a cell, as a spreadsheet would show it.

    >>> cell_text(None), cell_text(True), cell_text(0.25), cell_text("eu")
    ('nothing', 'TRUE', '0.25', '"eu"')
    """
    if value is None:
        return text("nothing")
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{printable(value)}"'
    return f"{value:.12g}" if isinstance(value, (int, float)) else printable(str(value))
