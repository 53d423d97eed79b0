"""What people do to a workbook in a spreadsheet program, done by LibreOffice.

It is run by a Python that has LibreOffice's module `uno`, as python office_edit.py PIPE, and then
reads lines of JSON: [source, target, [step, argument, …], …].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "src" / "sheetformer" / "engines"))

from uno_bridge import connect, end, properties


def rename(document: Any, sheet: str, name: str) -> None:
    document.Sheets.getByName(sheet).Name = name


def insert_rows(document: Any, sheet: str, row: int, count: int) -> None:
    document.Sheets.getByName(sheet).Rows.insertByIndex(row, count)


def insert_columns(document: Any, sheet: str, column: int, count: int) -> None:
    document.Sheets.getByName(sheet).Columns.insertByIndex(column, count)


def delete(document: Any, sheet: str) -> None:
    document.Sheets.removeByName(sheet)


def move(document: Any, sheet: str, area: str, to: str) -> None:
    here = document.Sheets.getByName(sheet)
    target = here.getCellRangeByName(to).getCellByPosition(0, 0).CellAddress
    here.moveRange(target, here.getCellRangeByName(area).RangeAddress)


def save(document: Any) -> None:
    """Nothing but loading and saving."""
    del document


def main() -> None:
    desktop = connect(sys.argv[1], 60.0)
    for line in sys.stdin:
        source, target, *steps = json.loads(line)
        document = desktop.loadComponentFromURL(
            Path(source).as_uri(), "_blank", 0, properties(Hidden=True)
        )
        for step, *arguments in steps:
            globals()[step](document, *arguments)
        document.storeToURL(Path(target).as_uri(), properties(FilterName="Calc MS Excel 2007 XML"))
        document.close(True)
        sys.stdout.write("true\n")
        sys.stdout.flush()
    end(desktop)


if __name__ == "__main__":
    main()
