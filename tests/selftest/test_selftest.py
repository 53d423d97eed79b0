"""The self-test: every shape is in it, right answers are green, and nothing else is."""

from __future__ import annotations

import ast
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.engines.programs.ironcalc import IronCalc
from sheetformer.errors import FileError
from sheetformer.formula import lower, others
from sheetformer.formula.parser import parse
from sheetformer.formula.tree import calls_in
from sheetformer.frontends.numpy.trace import trace
from sheetformer.graph.op import elementwise_op
from sheetformer.graph.ops import OPS
from sheetformer.language import languages
from sheetformer.selftest import front, lines, make
from sheetformer.selftest.collect import collect
from sheetformer.selftest.examples import Example, examples, smallest_of_each_shape
from sheetformer.selftest.programs import programs

from ..support import assert_excel_would_open

CHOICE = (front.STEPS + 2, front.ANSWER)
VERDICT = (front.VERDICT, front.LEFT)
SENTENCE = (front.SENTENCE, front.LEFT)


@pytest.fixture(scope="module")
def found() -> list[Example]:
    return collect(books=("cross-attention",))


@pytest.fixture(scope="module")
def few(found: list[Example]) -> list[Example]:
    """A few lines of each kind: numbers and words, a cell and an array."""
    kinds: dict[tuple[bool, bool], list[Example]] = {}
    for example in found:
        kinds.setdefault((example.is_array, example.given[0].dtype == object), []).append(example)
    return [example for kind in kinds.values() for example in kind[:4]]


def saved(book: Book, tmp_path: Path) -> Path:
    path = tmp_path / "selftest.xlsx"
    make.save(book, path)
    return path


def said(book: Book, tmp_path: Path, engine: Engine, chosen: float = 1.0) -> tuple[Any, Any]:
    """The large field and the sentence below it."""
    sheet = book.sheets[0].name
    edits = {(sheet, *CHOICE): chosen}
    cells = engine.recalculate(saved(book, tmp_path), edits)[sheet]
    return cells[VERDICT], cells[SENTENCE]


# What is in it.


def test_every_operation_is_in_it(found: list[Example]) -> None:
    computing = {name for name, op in OPS.items() if op.kind != "source"}
    assert computing == frozenset().union(*(example.operations for example in found))


def written_functions() -> set[str]:
    """The functions that formulas are made of: those of the rows, and those that lowering calls."""
    rows = (parse(op.formula) for op in OPS.values() if op.formula)
    names = set().union(*map(calls_in, rows))
    for module in (lower, others):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("call", "Call"):
                names |= {n.value for n in node.args[:1] if isinstance(n, ast.Constant)}
    return names


def test_every_function_that_lowering_writes_is_in_it(found: list[Example]) -> None:
    tried = set().union(*(calls_in(example.formula) for example in found))
    assert {"MMULT", "IF", "SUMPRODUCT", "NA", "LARGE"} <= written_functions() <= tried


def test_a_new_operation_is_in_it_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    row = elementwise_op("cube", "a number to the third", lambda x: x**3, "{0}³", "x*x*x")
    monkeypatch.setitem(OPS, "cube", row)
    new = [program for program in programs() if program.name == "cube"]
    books = (trace(program.function, *program.arrays, formulas="cell") for program in new)
    one, *_ = smallest_of_each_shape(one for book in books for one in examples(book, "cube"))
    assert one.operations == {"cube"}
    assert one.given[0] == one.read[0][0] ** 3


def test_the_inputs_change_and_with_them_the_results(found: list[Example]) -> None:
    changed = [one for one in found if any((a != b).any() for a, b in one.read)]
    assert len(changed) > 0.7 * len(found)
    assert sum((one.given[0] != one.given[1]).any() for one in found) > 0.6 * len(found)


# What it says.


@pytest.mark.parametrize("chosen", [1.0, 2.0])
def test_it_is_green_where_all_is_right(
    found: list[Example], tmp_path: Path, engine: Engine, chosen: float
) -> None:
    verdict, sentence = said(make.selftest(found, "1.0"), tmp_path, engine, chosen)
    assert verdict == f"✓ {len(found)} of {len(found)}", sentence


def wrong(book: Book, line: int, change: dict[str, Any]) -> Book:
    """The book with another formula in the first result of a line."""
    sheet = book.sheets[1]
    at = next(
        one.row
        for one in sheet.cell_blocks
        if one.column == lines.NUMBER and one.values[0, 0] == line and one.row > 1
    )
    blocks = [
        replace(one, **change) if (one.row, one.column) == (at, lines.RESULT) else one
        for one in sheet.cell_blocks
    ]
    sheets = (book.sheets[0], replace(sheet, cell_blocks=blocks), *book.sheets[2:])
    return replace(book, sheets=sheets)


@pytest.mark.parametrize("formula", ["0.5", "1/0", '"0.5"', '""', "NA()", "TRUE", "1E+300"])
def test_one_wrong_result_is_red_and_is_named(
    few: list[Example], tmp_path: Path, formula: str
) -> None:
    right = make.selftest(few, "1.0")
    number = next(i for i, one in enumerate(few, start=1) if one.given[0].dtype != object)
    word = next(i for i, one in enumerate(few, start=1) if one.given[0].dtype == object)
    for line in (number, word):
        book = wrong(right, line, {"formulas": [formula], "array_formula": None})
        verdict, sentence = said(book, tmp_path, IronCalc())
        assert verdict == f"✗ {len(few) - 1} of {len(few)}"
        assert sentence == f"What these lines give is wrong: {line}"


def test_an_error_is_named_in_the_list(few: list[Example], tmp_path: Path) -> None:
    change = {"formulas": ["1/0"], "array_formula": None}
    book = wrong(make.selftest(few, "1.0"), 1, change)
    first = IronCalc().recalculate(saved(book, tmp_path))[book.sheets[0].name]
    row = front.WRONG + 2
    assert (first[row, front.LEFT], first[row, front.LEFT + 8]) == (1.0, "an error")
    assert first[row + 1, front.LEFT + 8] == ""


def test_a_number_that_is_nearly_right_is_wrong(few: list[Example], tmp_path: Path) -> None:
    right = make.selftest(few, "1.0")
    line, one = next((i, e) for i, e in enumerate(few, 1) if e.given[0].dtype != object)
    near = repr(float(one.given[0][0, 0]) * (1 + 1e-7))
    change = {"formulas": [near], "array_formula": None}
    assert said(wrong(right, line, change), tmp_path, IronCalc())[0].startswith("✗")


def test_an_empty_result_is_wrong(few: list[Example], tmp_path: Path) -> None:
    right = make.selftest(few, "1.0")
    empty = {"formulas": None, "array_formula": None, "values": np.array([[""]], dtype=object)}
    book = right
    for line in range(1, len(few) + 1):
        book = wrong(book, line, empty)
    verdict, sentence = said(book, tmp_path, IronCalc())
    assert verdict == f"✗ 0 of {len(few)}"
    assert sentence == "What these lines give is wrong: 1, 2, 3, 4, 5, …"


def test_a_program_that_does_not_calculate_shows_that(few: list[Example], tmp_path: Path) -> None:
    book = make.selftest(few, "1.0")
    path = saved(book, tmp_path)
    stored = openpyxl.load_workbook(path, data_only=True)
    verdict = stored.worksheets[0].cell(VERDICT[0] + 1, VERDICT[1] + 1).value
    assert verdict == "→ not calculated"
    formulas = openpyxl.load_workbook(path)
    empty = 0
    for sheet, values in zip(formulas.worksheets, stored.worksheets, strict=True):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" and cell.row - 1 != VERDICT[0]:
                    assert values[cell.coordinate].value is None
                    empty += 1
    assert empty > 100


def test_no_program_takes_it_for_its_own_file(few: list[Example], tmp_path: Path) -> None:
    """LibreOffice would show what Excel has stored, and calculate nothing."""
    path = saved(make.selftest(few, "1.0"), tmp_path)
    with zipfile.ZipFile(path) as package:
        assert b"<Application>Sheetformer</Application>" in package.read("docProps/app.xml")
        assert b'fullCalcOnLoad="1"' in package.read("xl/workbook.xml")
    assert_excel_would_open(path)


@pytest.mark.parametrize("lang", languages())
def test_it_speaks_every_language(few: list[Example], tmp_path: Path, lang: str) -> None:
    verdict, _ = said(make.selftest(few, "1.0", lang), tmp_path, IronCalc())
    assert verdict == f"✓ {len(few)} {'of' if lang == 'en' else 'de'} {len(few)}"


def test_it_is_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"a\.html: a self-test is a workbook; end the name in"):
        make.write_selftest(tmp_path / "a.html", "1.0")
