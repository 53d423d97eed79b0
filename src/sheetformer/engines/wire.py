"""A report as JSON can carry it, from the child that made it to whoever wanted it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sheetformer.engines.base import CellError, CellValue
from sheetformer.engines.report import OffCell, Report, Row

_LONGEST = 300
"""Characters of a text that is off; a cell of a stranger may hold a book."""


def written(report: Report) -> dict[str, Any]:
    """A report as plain lists, texts and numbers."""
    return {
        "rows": list(map(_row, report.rows)),
        "tolerance": report.tolerance,
        "unknown": report.unknown,
        "notes": report.notes,
        "compared": list(map(_row, report.compared)),
    }


def read(data: Mapping[str, Any]) -> Report:
    """The report that `written` gave.

    >>> row = Row("x", "S", 1, 0.5, (OffCell("S", "A1", 1.0, CellError("#N/A")),))
    >>> read(written(Report((row,), 1e-9))).rows == (row,)
    True
    """
    return Report(
        tuple(map(_read_row, data["rows"])),
        data["tolerance"],
        tuple(data["unknown"]),
        tuple(data["notes"]),
        tuple(map(_read_row, data["compared"])),
    )


def _row(row: Row) -> list[Any]:
    return [row.name, row.sheet, row.cells, row.largest, [_off(cell) for cell in row.off]]


def _read_row(data: list[Any]) -> Row:
    name, sheet, cells, largest, off = data
    return Row(name, sheet, cells, largest, tuple(map(_read_off, off)))


def _off(cell: OffCell) -> list[Any]:
    return [cell.sheet, cell.address, _value(cell.expected), _value(cell.found), cell.cells]


def _read_off(data: list[Any]) -> OffCell:
    sheet, address, expected, found, cells = data
    return OffCell(sheet, address, _read_value(expected), _read_value(found), cells)


def _value(value: CellValue | None) -> Any:
    if isinstance(value, CellError):
        return {"error": value.code[:_LONGEST]}
    if isinstance(value, str) and len(value) > _LONGEST:
        return value[:_LONGEST] + "…"
    return value


def _read_value(value: Any) -> CellValue | None:
    return CellError(value["error"]) if isinstance(value, Mapping) else value
