"""One corpus of formulas: the page, IronCalc and LibreOffice give what it says, each case.

`web/tests/engine/corpus.test.ts` reads the same file. A workbook holds what a download holds: the
formula as it was typed, read, checked and printed anew. Programs differ among themselves in places;
a case names those that say something else, with the reason, and must not name one that agrees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from sheetformer.engines.base import CellError, Cells, Engine
from sheetformer.engines.compare import difference
from sheetformer.errors import EditError
from sheetformer.formula.address import position
from sheetformer.formula.check import BookNames, read_formula
from sheetformer.formula.files import formula_in_file
from sheetformer.formula.functions import FUNCTIONS
from sheetformer.formula.parser import parse
from sheetformer.formula.tree import (
    STRENGTH,
    Area,
    Array,
    Call,
    Error,
    Infix,
    Minus,
    Missing,
    Percent,
    Plus,
    Truth,
)
from sheetformer.writers.page_payload import FORMAT

from ..page.engine import PageEngine

CORPUS: dict[str, Any] = json.loads(
    Path(__file__).with_name("corpus.json").read_text(encoding="utf-8")
)
CELLS: dict[tuple[int, int], Any] = {position(a): value for a, value in CORPUS["cells"].items()}
SHEET = BookNames(["S"], {})
COLUMN = 20
"""Where the formulas stand, six rows apart."""


@dataclass(frozen=True)
class Case:
    """A formula and what it gives, row by row; an error is {"error": code}."""

    row: int
    text: str
    array: bool
    values: list[list[Any]]
    apart: Mapping[str, str]
    download: str | None

    @property
    def size(self) -> tuple[int, int]:
        return len(self.values), len(self.values[0])

    def found(self, cells: Cells) -> list[list[Any]]:
        rows, columns = self.size
        here = cells["S"]
        return [
            [here.get((self.row + r, COLUMN + c), "") for c in range(columns)] for r in range(rows)
        ]


def _case(number: int, data: Mapping[str, Any]) -> Case:
    given = {"error": data["error"]} if "error" in data else data["value"]
    values = given if isinstance(given, list) else [[given]]
    text = data["array" if "array" in data else "formula"]
    apart, download = data.get("apart", {}), data.get("download")
    return Case(9 + 6 * number, text, "array" in data, values, apart, download)


CASES = [
    _case(i, data)
    for i, data in enumerate(data for group in CORPUS["groups"].values() for data in group)
]
DOWNLOADED = [case for case in CASES if case.download is None]


def same(expected: Any, found: Any, tolerance: float, *, codes: bool = False) -> bool:
    """Whether a cell is as it should be; programs call errors by names of their own."""
    if isinstance(expected, dict):
        return isinstance(found, CellError) and (not codes or found.code == expected["error"])
    if isinstance(expected, str) or isinstance(found, str | CellError):
        return expected == found
    return difference(float(expected), float(found)) <= tolerance


def agrees(case: Case, cells: Cells, tolerance: float, *, codes: bool = False) -> bool:
    return all(
        same(expected, found, tolerance, codes=codes)
        for wanted, line in zip(case.values, case.found(cells), strict=True)
        for expected, found in zip(wanted, line, strict=True)
    )


def differs(case: Case) -> bool:
    """Whether a program knows the formula and says something else."""
    return any("not known" not in reason for reason in case.apart.values())


def off(cases: Sequence[Case], cells: Cells, engine: str) -> dict[str, Any]:
    """The cases that an engine should agree with and does not, or the other way round."""
    return {
        case.text: case.found(cells)
        for case in cases
        if agrees(case, cells, 1e-9) == (engine in case.apart)
    }


def test_the_page_gives_what_the_corpus_says(page: PageEngine) -> None:
    cells = in_the_page(page)
    assert {c.text: c.found(cells) for c in CASES if not agrees(c, cells, 1e-12, codes=True)} == {}


def test_an_engine_gives_what_the_corpus_says(engine: Engine, tmp_path: Path) -> None:
    cells = engine.recalculate(workbook(tmp_path / "corpus.xlsx"))
    assert off(DOWNLOADED, cells, engine.name) == {}


def test_what_a_download_refuses_says_why() -> None:
    for case in CASES:
        if case.download is not None:
            with pytest.raises(EditError, match=re.escape(case.download)):
                read_formula(case.text, SHEET, array=case.array)


@pytest.mark.parametrize("text", CORPUS["refused"])
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(EditError, match=r"formula|between|rows|large"):
        parse(text)


def test_every_function_and_operator_has_a_case_in_which_all_agree_that_know_it() -> None:
    trees = [parse(case.text) for case in DOWNLOADED if not differs(case)]
    used = [part for tree in trees for part in parts(tree)]
    called = {part.name for part in used if isinstance(part, Call)}
    assert called - {"F"} == set(FUNCTIONS), "F is a name that LET gives"
    assert set(STRENGTH) == {part.operator for part in used if isinstance(part, Infix)}
    assert {type(part) for part in used} >= {
        Minus,
        Plus,
        Percent,
        Missing,
        Array,
        Area,
        Truth,
        Error,
    }


def parts(value: Any) -> Iterator[Any]:
    """All parts of a tree."""
    if is_dataclass(value):
        yield value
        value = tuple(getattr(value, one.name) for one in fields(value))
    if isinstance(value, tuple):
        for inside in value:
            yield from parts(inside)


def test_a_wrong_value_is_found(ironcalc: Engine, tmp_path: Path) -> None:
    cells = ironcalc.recalculate(workbook(tmp_path / "corpus.xlsx"))
    first = DOWNLOADED[0]
    cells["S"][first.row, COLUMN] = 1e-6 + first.values[0][0]
    assert list(off(DOWNLOADED, cells, "ironcalc")) == [first.text]


def test_same_tells_things_apart() -> None:
    assert not same(1.0, 1.001, 1e-9)
    assert not same(1.0, "1", 1e-9)
    assert not same({"error": "#N/A"}, 0.0, 1e-9)
    assert not same({"error": "#N/A"}, CellError("#NUM!"), 1e-9, codes=True)
    assert same({"error": "#N/A"}, CellError("#NUM!"), 1e-9)
    assert not same("a", "b", 1e-9)


def workbook(path: Path) -> Path:
    """All cases that can be downloaded, on one sheet; their stored values are wrong."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for (row, column), value in CELLS.items():
            # write() would make a number of a text that spells one.
            put = sheet.write_string if isinstance(value, str) else sheet.write
            put(row, column, value)
        for case in DOWNLOADED:
            text = formula_in_file(read_formula(case.text, SHEET, array=case.array))
            rows, columns = case.size
            if case.array:
                last = (case.row + rows - 1, COLUMN + columns - 1)
                sheet.write_array_formula(case.row, COLUMN, *last, f"{{={text}}}", None, -999)
            else:
                sheet.write_formula(case.row, COLUMN, f"={text}", None, -999)
    return path


def in_the_page(page: PageEngine) -> Cells:
    """All cases as the page has them; a plain formula is typed, an array formula is the book's."""
    arrays = [
        {"at": [case.row, COLUMN, *case.size], "s": 0, "a": case.text}
        for case in CASES
        if case.array
    ]
    nothing = {key: [] for key in ("widths", "heights", "scales", "choices", "charts")}
    sheet = {"name": "S", "frozen": [0, 0], "cellBlocks": arrays, **nothing}
    book = {"format": FORMAT, "language": "en", "styles": [""], "sheets": [sheet], "blocks": []}
    typed: dict[tuple[str, int, int], Any] = {
        ("S", *at): _typed(value) for at, value in CELLS.items()
    }
    typed |= {("S", case.row, COLUMN): f"={case.text}" for case in CASES if not case.array}
    return page.values(book, typed)[1]


def _typed(value: float | str | bool) -> float | str:
    if isinstance(value, bool):
        return str(value).upper()
    return f"'{value}" if isinstance(value, str) else value
