"""A small program between Sheetformer and a running LibreOffice.

It is run by a Python that has LibreOffice's own module `uno`, which is seldom the Python that runs
Sheetformer; so it imports nothing of Sheetformer. Each line of standard input is a request in JSON,
each line of standard output its answer. When the input ends, LibreOffice is asked to end too.
"""

# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

VALUES, DATES, TEXTS, FORMULAS = 1, 2, 4, 16  # com.sun.star.sheet.CellFlags
FAILED = 4  # com.sun.star.sheet.FormulaResult.ERROR
NEVER_RUN_MACROS = 0  # com.sun.star.document.MacroExecMode
NEVER_FETCH_LINKS = 0  # com.sun.star.document.UpdateDocMode

EMPTY = 3_000
"""Empty cells that are read in the time of one more call."""
MOST = 1_000_000
"""Cells that are read at once where they are not one area: so much memory they take."""

Corners = tuple[int, int, int, int]
"""Top, left, bottom and right of a rectangle of cells."""


def connect(pipe: str, seconds: float) -> Any:
    """The desktop of the LibreOffice that listens on a named pipe, as soon as it does."""
    import uno
    from com.sun.star.connection import NoConnectException

    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", context
    )
    url = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    deadline = time.monotonic() + seconds
    while True:
        try:
            office = resolver.resolve(url)
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.03)
        else:
            return office.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", office
            )


def properties(**values: object) -> tuple[Any, ...]:
    """Named values as LibreOffice takes them."""
    from com.sun.star.beans import PropertyValue

    return tuple(PropertyValue(Name=name, Value=value) for name, value in values.items())


class Bridge:
    """Carries out the requests; workbooks that are open are known by number."""

    def __init__(self, desktop: Any) -> None:
        self.desktop = desktop
        self.open_documents: dict[int, Any] = {}
        self.count = 0

    def open(self, path: str) -> int:
        """Load a workbook; LibreOffice works out its formulas if its profile says so."""
        import uno

        document = self.desktop.loadComponentFromURL(
            uno.systemPathToFileUrl(path),
            "_blank",
            0,
            properties(
                Hidden=True,
                MacroExecutionMode=NEVER_RUN_MACROS,
                UpdateDocMode=NEVER_FETCH_LINKS,
            ),
        )
        if document is None or not hasattr(document, "Sheets"):
            raise ValueError("it cannot be loaded as a workbook")
        self.count += 1
        self.open_documents[self.count] = document
        return self.count

    def read(self, number: int) -> list[Any]:
        """Per sheet its name, its blocks of values, and its errors."""
        return [read_sheet(sheet) for sheet in self.open_documents[number].Sheets]

    def edit(self, number: int, edits: list[Any]) -> None:
        """Change input cells, then work out what depends on them."""
        document = self.open_documents[number]
        # Else all that depends on a cell is worked out once for each of them.
        document.enableAutomaticCalculation(False)
        try:
            for name, row, column, value in edits:
                change(document.Sheets.getByName(name), row, column, value)
        finally:
            document.calculate()
            document.enableAutomaticCalculation(True)

    def close(self, number: int) -> None:
        """Let a workbook go, unsaved."""
        self.open_documents.pop(number).close(True)


def change(sheet: Any, row: int, column: int, value: Any) -> None:
    """Put a number or a text into a cell."""
    if sheet.isProtected():
        try:
            sheet.unprotect("")
        except Exception:  # noqa: BLE001 - LibreOffice's own, with no words of its own
            raise ValueError(f"sheet '{sheet.Name}' is protected with a password") from None
    cell = sheet.getCellByPosition(column, row)
    if isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value)


def read_sheet(sheet: Any) -> list[Any]:
    """[name, [[row, column, rows of values], …], [[row, column, error number], …]]."""
    filled = sheet.queryContentCells(VALUES | DATES | TEXTS | FORMULAS).RangeAddresses
    errors = [
        [row, column, sheet.getCellByPosition(column, row).getError()]
        for area in sheet.queryFormulaCells(FAILED).RangeAddresses
        for row in range(area.StartRow, area.EndRow + 1)
        for column in range(area.StartColumn, area.EndColumn + 1)
    ]
    return [sheet.Name, read_areas(sheet, filled), errors]


def read_areas(sheet: Any, areas: Any) -> list[Any]:
    """The values of some areas: [[row, column, rows of values], …]."""
    found = []
    for (top, left, bottom, right), members in grouped([corners(area) for area in areas]):
        # Rows of numbers and texts; an empty cell and a failed formula are empty text here.
        around = sheet.getCellRangeByPosition(left, top, right, bottom).getDataArray()
        for first, start, last, end in members:
            rows = around[first - top : last + 1 - top]
            found.append([first, start, [row[start - left : end + 1 - left] for row in rows]])
    return found


def corners(area: Any) -> Corners:
    """Top, left, bottom and right of an area."""
    return area.StartRow, area.StartColumn, area.EndRow, area.EndColumn


def grouped(areas: list[Corners]) -> list[tuple[Corners, list[Corners]]]:
    """Areas by the rectangles that are read: neighbours are one, where few cells lie between.

    >>> grouped([(0, 0, 1, 1), (0, 3, 1, 4), (90_000, 0, 90_000, 0)])[0]
    ((0, 0, 1, 4), [(0, 0, 1, 1), (0, 3, 1, 4)])
    """
    groups: list[tuple[Corners, list[Corners]]] = []
    for area in sorted(areas):
        if groups:
            around, members = groups[-1]
            both = hull(around, area)
            if size(both) <= MOST and size(both) - size(around) - size(area) <= EMPTY:
                members.append(area)
                groups[-1] = both, members
                continue
        groups.append((area, [area]))
    return groups


def hull(one: Corners, other: Corners) -> Corners:
    """The smallest rectangle around two."""
    (top, left, bottom, right), (high, near, low, far) = one, other
    return min(top, high), min(left, near), max(bottom, low), max(right, far)


def size(area: Corners) -> int:
    """How many cells it has."""
    top, left, bottom, right = area
    return (bottom - top + 1) * (right - left + 1)


def answer(bridge: Bridge, request: list[Any]) -> dict[str, Any]:
    """Carry out one request: [method, argument, …]."""
    method, *arguments = request
    try:
        return {"result": getattr(bridge, method)(*arguments)}
    except Exception as error:  # noqa: BLE001 - LibreOffice's exceptions have no common name here
        text = str(getattr(error, "Message", "") or error) or type(error).__name__
        return {"error": " ".join(text.split())}


def main() -> None:
    """Answer requests until the input ends: arguments are the pipe's name and seconds to wait."""
    # Only answers may reach the real output, whatever LibreOffice's libraries print.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    bridge = Bridge(connect(sys.argv[1], float(sys.argv[2])))
    try:
        for line in sys.stdin.buffer:
            json.dump(answer(bridge, json.loads(line)), answers)
            answers.write("\n")
            answers.flush()
    except BrokenPipeError:
        # Whoever asked has ended, and so does the output, without another word.
        os.dup2(os.open(os.devnull, os.O_WRONLY), answers.fileno())
    finally:
        end(bridge.desktop)


def end(desktop: Any) -> None:
    """Ask LibreOffice to end."""
    try:
        desktop.terminate()
    except Exception:  # noqa: BLE001 - it may have ended already
        return


if __name__ == "__main__":
    main()
