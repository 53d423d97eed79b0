"""Changed cells: only they change, what cannot be changed says why, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.cells import CellBlock
from sheetformer.book.workbook import Book
from sheetformer.edits.apply import BEYOND, book_names, change, part, within
from sheetformer.edits.edit import Edit, Typed
from sheetformer.edits.wire import LONGEST_TEXT, read_edits
from sheetformer.errors import EditError
from sheetformer.formula.address import a1

Cell = tuple[str, int, int]


@pytest.fixture(scope="module", params=["matrix", "cell"])
def book(request: pytest.FixtureRequest) -> Book:
    return sf.trace(
        lambda x, y: x @ y, np.arange(12.0).reshape(3, 4), np.ones((4, 2)), formulas=request.param
    )


def place(book: Book, name: str, row: int = 0, column: int = 0) -> Cell:
    block = book[name].block
    return block.sheet, block.matrices[0].row + row, block.matrices[0].column + column


def contents(book: Book) -> dict[Cell, Any]:
    """Value, formula and style of every cell that a cell block covers, the last one on top."""
    found: dict[Cell, Any] = {}
    for sheet in book.sheets:
        for cell_block in sheet.cell_blocks:
            found |= {(sheet.name, *at): content for at, content in _of_cell_block(cell_block)}
    return found


def _of_cell_block(cell_block: CellBlock) -> Iterator[tuple[tuple[int, int], Any]]:
    formulas = iter(cell_block.formulas or ())
    for (row, column), value in np.ndenumerate(cell_block.values):
        formula = next(formulas, cell_block.array_formula)
        yield (cell_block.row + row, cell_block.column + column), (value, formula, cell_block.style)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (0, 3), (1, 1), (2, 3), (2, 0)])
def test_one_cell_changes_and_no_other(book: Book, row: int, column: int) -> None:
    at = place(book, "x", row, column)
    before, after = contents(book), contents(change(book, [Edit(*at, 7.5)]))
    assert before.keys() == after.keys()
    assert {cell for cell in before if before[cell] != after[cell]} == {at}
    assert after[at] == (7.5, None, before[at][2])


def test_of_two_edits_of_a_cell_the_last_one_stands(book: Book) -> None:
    at = place(book, "x", 1, 2)
    changed = contents(change(book, [Edit(*at, 1.5), Edit(*at, "word")]))
    assert changed[at][0] == "word"


def test_many_edits_of_a_block_leave_the_rest(book: Book) -> None:
    edits = [Edit(*place(book, "x", r, c), -1.0) for r, c in ((0, 1), (0, 2), (2, 0), (2, 3))]
    before, after = contents(book), contents(change(book, edits))
    touched = {(edit.sheet, edit.row, edit.column) for edit in edits}
    assert {cell for cell in before if before[cell] != after[cell]} == touched


def test_the_elements_of_a_split_block_stay_with_their_cells(book: Book) -> None:
    sheet, row, column = place(book, "x", 1, 1)
    changed = change(book, [Edit(sheet, row, column, 7.5)])
    found = {
        (cell_block.row + r, cell_block.column + c): int(element)
        for cell_block in next(s for s in changed.sheets if s.name == sheet).cell_blocks
        if cell_block.elements is not None and not cell_block.has_formula
        for (r, c), element in np.ndenumerate(cell_block.ids)
    }
    ids = book["x"].block.node.ids
    assert [
        [found[row - 1 + r, column - 1 + c] for c in range(4)] for r in range(3)
    ] == ids.tolist()


def test_an_array_formula_is_changed_as_a_whole_or_not_at_all() -> None:
    book = sf.trace(lambda x, y: x @ y, np.eye(2), np.eye(2))
    at = place(book, "output")
    with pytest.raises(EditError, match="part of an array formula, which can be changed only as"):
        change(book, [Edit(*at, 1.0)])
    with pytest.raises(EditError, match="part of an array formula"):
        change(book, [Edit(*at, Typed("x*2", (1, 2)))])
    whole = contents(change(book, [Edit(*at, Typed("MMULT(y,x)", (2, 2)))]))
    assert whole[at][1] == whole[place(book, "output", 1, 1)][1] == "MMULT(y,x)"


def test_an_array_formula_fills_cells_that_the_book_has_nothing_in() -> None:
    book = sf.trace(lambda x, y: x @ y, np.eye(2), np.eye(2))
    sheet = place(book, "output")[0]
    new = change(book, [Edit(sheet, 40, 1, Typed("x*2", (2, 2)))])
    assert {contents(new)[sheet, 40 + r, 1 + c][1] for r in range(2) for c in range(2)} == {"x*2"}
    single = contents(change(book, [Edit(sheet, 40, 1, Typed("SUM(EXP(x))", (1, 1)))]))
    assert single[sheet, 40, 1][1] == "SUM(EXP(x))"
    with pytest.raises(EditError, match="no room for an array formula"):
        change(book, [Edit(sheet, 0, 0, Typed("x*2", (40, 2)))])
    both = [Edit(sheet, 40, 1, Typed("x*2", (2, 2))), Edit(sheet, 41, 1, 5.0)]
    with pytest.raises(EditError, match="no room for an array formula"):
        change(book, both)


def test_a_text_over_several_cells_takes_a_text() -> None:
    book = sf.lesson("cross-attention")
    sheet, cell_block = next(
        (s, p) for s in book.sheets for p in s.cell_blocks if p.merged and not p.link
    )
    first = (sheet.name, cell_block.row, cell_block.column)
    assert contents(change(book, [Edit(*first, "mine")]))[first][0] == "mine"
    for edit in (
        Edit(*first, 1.0),
        Edit(sheet.name, cell_block.row, cell_block.column + 1, "mine"),
    ):
        with pytest.raises(EditError, match="part of a text over several cells; it takes text"):
            change(book, [edit])


def test_each_edit_of_a_text_over_several_cells_is_judged() -> None:
    book = sf.lesson("cross-attention")
    sheet, cell_block = next(
        (s, p) for s in book.sheets for p in s.cell_blocks if p.merged and not p.link
    )
    row, column = cell_block.row, cell_block.column
    edits = [Edit(sheet.name, row, column + i, text) for i, text in enumerate(("mine", "lost"))]
    for both in (edits, edits[::-1]):
        with pytest.raises(EditError, match=rf"^cell {a1(row, column + 1)} .*part of a text over"):
            change(book, both)


def test_an_empty_cell_near_the_sheet_may_be_typed_into_and_a_far_one_not(book: Book) -> None:
    sheet = book.sheets[0]
    near = (sheet.name, sheet.rows + 3, 2)
    assert contents(change(book, [Edit(*near, 2.0)]))[near] == (2.0, None, "plain")
    with pytest.raises(EditError, match="is far outside the sheet; type nearer to it"):
        change(book, [Edit(sheet.name, sheet.rows + BEYOND, 2, 2.0)])
    with pytest.raises(EditError, match="is far outside"):
        change(book, [Edit(sheet.name, 0, 2_000, 2.0)])


def test_a_truth_value_is_a_formula_and_nothing_is_an_empty_word(book: Book) -> None:
    truth, nothing = place(book, "x"), place(book, "x", 1)
    changed = contents(change(book, [Edit(*truth, True), Edit(*nothing, None)]))
    assert changed[truth][1] == "TRUE"
    assert changed[nothing][0] == ""


def test_hidden_sheets_are_nobodys_to_edit_or_to_name(book: Book) -> None:
    hidden = next(sheet.name for sheet in book.sheets if sheet.hidden)
    assert hidden not in book_names(book).sheets
    assert {"x", "y", "output"} <= set(book_names(book).names)
    with pytest.raises(EditError, match="this book has no sheet 'nowhere'"):
        change(book, [Edit("nowhere", 0, 0, 1.0)])
    with pytest.raises(EditError, match="this book has no sheet"):
        change(book, [Edit(hidden, 0, 0, 1.0)])


def test_a_wrong_formula_says_in_which_cell(book: Book) -> None:
    with pytest.raises(EditError, match=r"^cell .* on sheet .*: the formula uses 'SUMM'; did you"):
        change(book, [Edit(*place(book, "x"), Typed("SUMM(1)"))])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "edits are a list of"),
        ([["S", 0, 0]], "an edit is"),
        ([["S", True, 0, 1]], "an edit is"),
        ([["S", 0, True, 1]], "an edit is"),
        ([["S", 1, 1, {"formula": "1", "array": [True, True]}]], "an array formula in B2 says how"),
        ([["S", 1, 1, {"formula": "\uffff"}]], "the text in B2 has a character that no file can"),
        ([["S", -1, 0, 1]], "no cell in row 0, column 1"),
        ([["S", 0, 16_384, 1]], "no cell in row 1, column 16385"),
        ([["S", 1, 1, [1]]], "B2 can hold a number, a text or a formula"),
        ([["S", 1, 1, 10**400]], r"B2 cannot hold 10{19}; a cell holds numbers up to 1E\+300"),
        ([["S", 1, 1, "x" * (LONGEST_TEXT + 1)]], "text in B2 has 1,001 characters; 1,000 fit"),
        ([["S", 1, 1, {"formula": "1", "array": [0, 1]}]], "an array formula in B2 says how many"),
    ],
)
def test_what_is_wrong_with_an_edit_is_said(data: Any, message: str) -> None:
    with pytest.raises(EditError, match=message):
        read_edits(data)


def test_a_part_of_a_cell_block_keeps_what_stands_there() -> None:
    values = np.arange(6.0).reshape(2, 3)
    cell_block = CellBlock(
        4, 2, values, "plain", formulas=list("abcdef"), elements=np.arange(6).reshape(2, 3)
    )
    cut = part(cell_block, 4, 3, 2, 2)
    assert (cut.row, cut.column) == (4, 3)
    assert cut.values.tolist() == [[1.0, 2.0], [4.0, 5.0]]
    assert cut.formulas == list("bcef")
    assert cut.elements is not None
    assert cut.elements.tolist() == [[1, 2], [4, 5]]
    positions = [(3, 2), (4, 2), (5, 4), (5, 5)]
    assert list(within(cell_block, positions)) == [(4, 2), (5, 4)]
