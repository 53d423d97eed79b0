"""What a reader may type: the page gives what spreadsheet programs give.

Programs differ among themselves, so the page must agree with one of the two here; where it agrees
with neither, the reason is written beside the formula.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from sheetformer.engines.base import CellError, Cells, Engine
from sheetformer.engines.compare import difference

from .engine import PageEngine

COLUMNS: list[list[float | str | bool]] = [
    [3.0, 1.0, 2.0],
    ["word", True],
    [-1.5, 0.25],
    ["3", "Happy"],
]
CELLS = {(row, c): value for c, column in enumerate(COLUMNS) for row, value in enumerate(column)}
"""Numbers, words, a truth value, a text that spells a number, and empty cells."""

FORMULAS = Path(__file__).with_name("typed.txt").read_text(encoding="utf-8").splitlines()

ALONE = {
    "(-8)^(1/3)": "Excel says #NUM!, as the page does; both engines here say −2",
    '1E+21&""': "Excel writes 1E+21; the engines here 1E+021 and all 22 digits",
}


@pytest.mark.libreoffice
def test_the_page_gives_what_a_spreadsheet_gives(
    page: PageEngine, ironcalc: Engine, libreoffice: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "typed.xlsx"
    write(path)
    one, other = (engine.recalculate(path) for engine in (ironcalc, libreoffice))
    mine = typed_into(page)
    off = {
        formula: (at(mine, i), at(one, i), at(other, i))
        for i, formula in enumerate(FORMULAS)
        if not any(same(at(mine, i), at(cells, i)) for cells in (one, other))
    }
    assert set(off) == set(ALONE), off


def write(path: Path) -> None:
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet("S")
    for (row, column), value in CELLS.items():
        # write() would make a number of a text that spells one.
        put = sheet.write_string if isinstance(value, str) else sheet.write
        put(row, column, value)
    for i, formula in enumerate(FORMULAS):
        sheet.write_formula(9 + i, 20, f"={formula}", None, -999)
    workbook.close()


def typed_into(page: PageEngine) -> Cells:
    sheet = {"name": "S", "frozen": [0, 0]} | {
        key: [] for key in ("patches", "widths", "heights", "scales", "choices", "charts")
    }
    book = {"format": 1, "language": "en", "styles": [], "sheets": [sheet], "blocks": []}
    steps: dict[tuple[str, int, int], Any] = {
        ("S", row, column): _text(value) for (row, column), value in CELLS.items()
    }
    steps |= {("S", 9 + i, 20): f"={formula}" for i, formula in enumerate(FORMULAS)}
    return page.values(book, steps)[1]


def _text(value: float | str | bool) -> float | str:
    if isinstance(value, bool):
        return str(value).upper()
    return f"'{value}" if isinstance(value, str) else value


def at(cells: Cells, i: int) -> Any:
    return cells["S"].get((9 + i, 20), "")


def same(mine: Any, other: Any) -> bool:
    """Equal numbers or texts; or both are errors, which programs call by different names."""
    if isinstance(mine, CellError) or isinstance(other, CellError):
        return isinstance(mine, CellError) and isinstance(other, CellError)
    if isinstance(mine, float | bool) and isinstance(other, float | bool):
        return difference(float(other), float(mine)) <= 1e-9
    return mine == other


def test_same_can_tell_things_apart() -> None:
    assert not same(1.0, 1.001)
    assert not same(1.0, "1")
    assert not same(CellError("#N/A"), 0.0)
    assert not same("a", "b")
