"""Edited books: what somebody typed, and everything that follows, as an engine finds it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.edits.apply import change
from sheetformer.edits.edit import Edit, Typed
from sheetformer.edits.recalculate import edited
from sheetformer.edits.wire import MOST, read_edits
from sheetformer.engines import get_engine
from sheetformer.engines.base import CellError, Engine
from sheetformer.engines.reader import read_cells
from sheetformer.errors import EditError

from ..support import assert_book_recalculates, assert_excel_would_open


@pytest.fixture(scope="module", params=["matrix", "cell"])
def book(request: pytest.FixtureRequest) -> Book:
    return sf.lesson("cross-attention", formulas=request.param)


def at(book: Book, name: str, content: object, row: int = 0, column: int = 0) -> Edit:
    block = book[name].block
    matrix = block.matrices[0]
    return Edit(block.sheet, matrix.row + row, matrix.column + column, content)  # type: ignore[arg-type]


def test_a_word_and_a_number_follow_by_numpy(book: Book, ironcalc: Engine) -> None:
    other = edited(book, [at(book, "source_words", "you"), at(book, "W_Q_learned", 0.25, 1, 1)])
    assert other["source_words"].value[0, 0] == "you"
    assert other["W_Q_learned"].value[1, 1] == 0.25
    assert not np.allclose(other["weights"].value, book["weights"].value)
    assert_book_recalculates(other, ironcalc)
    same = sf.lesson("cross-attention", source="you am happy", formulas=book.formulas)
    again = edited(book, [at(book, "source_words", "you")])
    np.testing.assert_allclose(again["weights"].value, same["weights"].value, rtol=1e-12)


def test_the_book_itself_stays(book: Book) -> None:
    before = book["weights"].value.copy()
    edited(book, [at(book, "W_Q_learned", 9.0)])
    edited(book, [at(book, "d_k", Typed("4"))])
    np.testing.assert_array_equal(book["weights"].value, before)


def test_no_edit_is_the_same_book(book: Book) -> None:
    assert edited(book, []) is book


def test_a_formula_follows_by_an_engine(book: Book, ironcalc: Engine, tmp_path: Path) -> None:
    other = edited(book, [at(book, "W_Q_learned", Typed("SUM(1,2)/4"))])
    plain = edited(book, [at(book, "W_Q_learned", 0.75)])
    np.testing.assert_allclose(other["weights"].value, plain["weights"].value, atol=1e-12)
    assert_book_recalculates(other, ironcalc)
    assert_excel_would_open(other.save(tmp_path / "typed.xlsx"))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("STDEV.S(1,2,3)", 1.0),
        ('LEN(TEXTJOIN("-",TRUE,"a","bc"))', 4.0),
        ("IFNA(NA(),7)+N(XOR(TRUE,FALSE))", 8.0),
        ("VLOOKUP(2,{1,10;2,20},2,FALSE)", 20.0),
    ],
)
def test_younger_functions_come_through_every_engine(
    book: Book, engine: Engine, tmp_path: Path, typed: str, value: float
) -> None:
    edit = at(book, "W_Q_learned", Typed(typed))
    other = edited(book, [edit])
    assert other["W_Q_learned"].value[0, 0] == value
    path = other.save(tmp_path / "younger.xlsx")
    assert engine.recalculate(path)[edit.sheet][edit.row, edit.column] == value
    cell_blocks = [cell_block for sheet in other.sheets for cell_block in sheet.cell_blocks]
    assert [typed] in [cell_block.formulas for cell_block in cell_blocks], "a reader sees no prefix"


@pytest.mark.libreoffice
def test_a_fraction_and_what_hangs_on_it_are_left_to_the_program_that_opens_the_file(
    libreoffice: Engine, tmp_path: Path
) -> None:
    book = sf.trace(lambda x: x * 2, np.ones((1, 2)))
    sheet = book["x"].block.sheet
    typed = ['TEXT(0.5,"# ?/?")', "LEN(B41)+1", 'TEXT(45000,"d mmm")']
    edits = [Edit(sheet, 40 + i, 1, Typed(text)) for i, text in enumerate(typed)]
    other = edited(book, edits)
    blocks = [each for sheet in other.sheets for each in sheet.cell_blocks]
    stored = {each.formulas[0]: each.stored for each in blocks if each.formulas}
    assert [stored[text] for text in typed] == [False, False, True]
    assert sum(not each.stored for each in blocks) == 2
    cells = libreoffice.recalculate(other.save(tmp_path / "fraction.xlsx"))
    assert [cells[sheet][40 + i, 1] for i in range(3)] == [" 1/2", 5.0, "15 Mar"]


def test_the_graph_is_no_witness_where_a_result_was_typed_over(
    book: Book, ironcalc: Engine
) -> None:
    if book.formulas == "matrix":
        with pytest.raises(EditError, match="as a whole"):
            edited(book, [at(book, "scores", 0.5)])
        return
    other = edited(book, [at(book, "weights", 0.5)])
    assert other["weights"].value[0, 0] == 0.5
    shares = np.array(other["weights"].value)
    np.testing.assert_allclose(other["blend"].value, shares @ other["V_"].value, atol=1e-12)
    assert_book_recalculates(other, ironcalc)


@pytest.mark.parametrize("typed", [Typed("x*3"), 7.0])
def test_two_calls_are_as_one(typed: Typed | float, ironcalc: Engine, tmp_path: Path) -> None:
    """What was typed over an output still stands when an input is changed after it."""
    book = sf.trace(lambda x: x * 2.0 + 1.0, np.ones((1, 1)), formulas="cell")
    edits = [at(book, "multiply", typed), at(book, "x", 5.0)]
    once, twice = edited(book, edits), edited(edited(book, edits[:1]), edits[1:])
    wanted = typed if isinstance(typed, float) else 15.0
    for other in (once, twice):
        assert (other["multiply"].value.item(), other["output"].value.item()) == (
            wanted,
            wanted + 1.0,
        )
        assert_book_recalculates(other, ironcalc)
    first, second = (sf.verify(other.save(tmp_path / "book.xlsx")) for other in (once, twice))
    assert first == second


def test_a_formula_that_says_the_same_is_right_after_a_second_edit(tmp_path: Path) -> None:
    book = sf.trace(lambda x: x * 2.0, np.ones((1, 1)), formulas="cell")
    other = edited(edited(book, [at(book, "output", Typed("x+x"))]), [at(book, "x", 5.0)])
    assert other["output"].value.item() == 10.0
    assert sf.verify(other.save(tmp_path / "book.xlsx")).ok


def test_a_second_edit_of_inputs_alone_still_follows_by_numpy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    book = sf.trace(lambda x: x * 2.0, np.ones((1, 2)))
    monkeypatch.setattr("sheetformer.edits.recalculate.get_engine", None)
    other = edited(edited(book, [at(book, "x", 5.0)]), [at(book, "x", 4.0, 0, 1)])
    assert other["output"].value.tolist() == [[10.0, 8.0]]


def test_an_array_formula_changes_as_a_whole(ironcalc: Engine) -> None:
    book = sf.lesson("cross-attention")
    rows, columns = book["scores"].value.shape
    typed = Typed("MMULT(Q_,TRANSPOSE(K_))*2", (rows, columns))
    other = edited(book, [at(book, "scores", typed)])
    np.testing.assert_allclose(other["scores"].value, 2 * book["scores"].value, atol=1e-12)
    assert_book_recalculates(other, ironcalc)
    with pytest.raises(EditError, match="as a whole"):
        edited(book, [at(book, "scores", replace(typed, array=(1, columns)))])
    with pytest.raises(EditError, match="as a whole"):
        edited(book, [at(book, "scores", Typed("1"))])


def test_errors_truth_and_emptiness_are_stored_and_found_again(tmp_path: Path) -> None:
    book = sf.lesson("cross-attention", formulas="cell")
    block = book["W_Q_learned"].block
    far = max(p.column + p.values.shape[1] for p in book.sheets[0].cell_blocks) + 2
    name = block.sheet
    typed = [
        at(book, "W_Q_learned", "a word where a number belongs"),
        Edit(name, 0, far, Typed("1/0")),
        Edit(name, 1, far, True),
        Edit(name, 2, far, Typed('"<b>"&1')),
        Edit(name, 3, far, Typed("1=2")),
        Edit(name, 4, far, None),
        Edit(name, 5, far, '=HYPERLINK("x")'),
    ]
    other = edited(book, typed)
    path = other.save(tmp_path / "odd.xlsx")
    assert_excel_would_open(path)
    stored = read_cells(path)[name]
    found = get_engine("ironcalc").recalculate(path)[name]
    for cells in (stored, found):
        assert cells[0, far] == CellError("#DIV/0!")
        assert cells[1, far] is True
        assert cells[2, far] == "<b>1"
        assert cells[3, far] is False
        assert (4, far) not in cells
        assert cells[5, far] == '=HYPERLINK("x")'
    assert np.isnan(other["Q_"].value).any(), "an error is no number in Python"


def test_an_empty_cell_in_a_word(ironcalc: Engine) -> None:
    book = sf.lesson("cross-attention", source="I am | happy")
    other = edited(book, [at(book, "source_words", None, 0, 1)])
    assert other["source_words"].value[0, 1] == ""
    assert_book_recalculates(other, ironcalc)


def test_a_changed_vocabulary_is_worked_out_by_an_engine(ironcalc: Engine) -> None:
    """Two equal words are added up by the sheet, which NumPy would not do."""
    book = sf.lesson("cross-attention")
    learned = next(name for name in book if "english" in name.lower() and "word" in name.lower())
    other = edited(book, [at(book, learned, "happy", 5)])
    assert_book_recalculates(other, ironcalc)


def test_an_array_formula_is_typed_beside_the_book(ironcalc: Engine) -> None:
    book = sf.lesson("softmax")
    sheet = book["safe_shares"].block.sheet
    typed = [
        Edit(sheet, 200, 1, Typed("{1;2}*{3,4}", (2, 2))),
        Edit(sheet, 203, 1, Typed("SUM(EXP({0,0}))", (1, 1))),
    ]
    other = edited(book, typed)
    values = {
        (cell_block.row, cell_block.column): cell_block.values.tolist()
        for one in other.sheets
        if one.name == sheet
        for cell_block in one.cell_blocks
        if cell_block.row >= 200
    }
    assert values == {(200, 1): [[3, 4], [6, 8]], (203, 1): [[2]]}
    assert_book_recalculates(other, ironcalc)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (Typed('HYPERLINK("x")'), "HYPERLINK"),
        (Typed("sheetformer!A1"), "sheetformer"),
        (Typed("1", (2, 2)), "no array formula"),
    ],
)
def test_refused_contents(content: Typed, message: str) -> None:
    book = sf.lesson("cross-attention")
    with pytest.raises(EditError, match=message):
        change(book, [at(book, "W_Q_learned", content)])


def test_refused_places() -> None:
    book = sf.lesson("cross-attention")
    for edit in (
        Edit("Nowhere", 0, 0, 1.0),
        Edit("sheetformer", 0, 0, 1.0),
        Edit(book.sheets[0].name, 9_000, 0, 1.0),
        Edit(book.sheets[0].name, 0, 9_000, 1.0),
    ):
        with pytest.raises(EditError):
            change(book, [edit])


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        "x",
        [1],
        [[]],
        [["Words", 0, 0]],
        [["Words", "0", 0, 1]],
        [["Words", -1, 0, 1]],
        [["Words", True, 0, 1]],
        [["Words", 0, 1 << 70, 1]],
        [["Words", 0, 0, [1]]],
        [["Words", 0, 0, {"formula": 1}]],
        [["Words", 0, 0, {"formula": "1", "array": [0, 1]}]],
        [["Words", 0, 0, {"formula": "1", "array": "x"}]],
        [["Words", 0, 0, float("inf")]],
        [["Words", 0, 0, float("nan")]],
        [["Words", 0, 0, 10**400]],
        [["Words", 0, 0, "x" * 1_001]],
        [["Words", 0, 0, "\ud800"]],
        [["Words", 0, 0, "\uffff"]],
        [["Words", 0, 0, 1]] * (MOST + 1),
    ],
)
def test_refused_json(data: object) -> None:
    with pytest.raises(EditError):
        read_edits(data)


def test_edits_from_json() -> None:
    contents = [2.5, "=x", None, True, {"formula": "A1"}, {"formula": "Q_", "array": [2, 2]}]
    read = read_edits([["S", row, 1, content] for row, content in enumerate(contents)])
    wanted = [2.5, "=x", None, True, Typed("A1"), Typed("Q_", (2, 2))]
    assert read == tuple(Edit("S", row, 1, content) for row, content in enumerate(wanted))
    assert [type(edit.content) for edit in read] == [type(content) for content in wanted]


def test_no_two_cell_blocks_of_a_book_share_a_cell() -> None:
    """An edit finds the one cell block that it means; only frames lie behind others."""
    for sheet in sf.lesson("cross-attention").sheets:
        taken: set[tuple[int, int]] = set()
        for cell_block in sheet.cell_blocks:
            rows, columns = cell_block.values.shape
            mine = {
                (cell_block.row + r, cell_block.column + c) for r, c in np.ndindex(rows, columns)
            }
            assert cell_block.style == "box_frame" or not taken & mine, (sheet.name, cell_block)
            taken |= set() if cell_block.style == "box_frame" else mine
