"""The words and formulas of every lesson, as they were: a diff shows a person what changed.

Of a lesson there are two files: its text in the matrix style, and what the cell style says
otherwise; of some there is a third one, with what the style of named functions says otherwise.
After a wanted change: pytest tests/lessons/test_golden.py --update-golden
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sheetformer.book.cells import CellBlock
from sheetformer.book.workbook import Book

from .books import EACH, lesson
from .golden import FOLDER, assert_golden, golden_difference, golden_text

BARS = {"source": "I am | happy", "target": "sou | feliz"}
"""The options of the lesson with several words in a row."""
NAMED = ("softmax", "cross-attention", "multi-head", "modern-block")
"""Lessons that are held in the style of named functions as well."""


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Asserts a golden file, or writes it."""

    def check(name: str, text: str) -> None:
        assert_golden(name, text, update=request.config.getoption("--update-golden"))

    return check


@pytest.mark.parametrize("name", EACH)
def test_a_lesson_says_what_it_said(golden: Callable[[str, str], None], name: str) -> None:
    book = lesson(name)
    golden(name, golden_text(book))
    golden(f"{name}-cell", golden_difference(lesson(name, formulas="cell"), book))


@pytest.mark.parametrize("name", NAMED)
def test_a_lesson_calls_the_functions_that_it_called(
    golden: Callable[[str, str], None], name: str
) -> None:
    golden(f"{name}-named", golden_difference(lesson(name, formulas="named"), lesson(name)))


def test_bars_say_what_they_said(golden: Callable[[str, str], None]) -> None:
    book = lesson(**BARS)
    golden("cross-attention-bars", golden_difference(book, lesson()))
    golden("cross-attention-bars-cell", golden_difference(lesson(formulas="cell", **BARS), book))


def test_no_golden_file_is_left_over() -> None:
    names = [*EACH, "cross-attention-bars"]
    expected = {f"{name}{style}.txt" for name in names for style in ("", "-cell")}
    expected |= {f"{name}-named.txt" for name in NAMED}
    assert {file.name for file in FOLDER.iterdir()} == expected


def test_a_changed_formula_is_one_line_of_the_diff() -> None:
    book = lesson("softmax")
    wrong = with_formula(book, "shares", "exponentials/(exp_sum+1)")
    assert reported_changes("softmax", golden_text(wrong)) == [
        "-  {=exponentials/exp_sum}",
        "+  {=exponentials/(exp_sum+1)}",
    ]


def test_a_changed_formula_of_the_cell_style_is_one_line_of_its_file() -> None:
    wrong = with_formula(lesson("softmax", formulas="cell"), "shares", "exponentials/9")
    assert reported_changes("softmax-cell", golden_difference(wrong, lesson("softmax"))) == [
        "-  =$L10/exp_sum  …  =$L14/exp_sum",
        "+  {=exponentials/9}",
    ]


def test_a_changed_note_is_one_line_of_one_file() -> None:
    book, cell = (
        with_note(lesson("softmax", formulas=style), "in_all", "Not always 100 %.")
        for style in ("matrix", "cell")
    )
    assert reported_changes("softmax", golden_text(book)) == [
        "-  Always 100 %.",
        "+  Not always 100 %.",
    ]
    assert_golden("softmax-cell", golden_difference(cell, book))


def test_a_note_of_every_step_of_training_stands_once() -> None:
    book = lesson("training")
    for step in range(1, 13):
        book = with_note(book, f"odds_sum_{step}", "Something else.")
    assert reported_changes("training", golden_text(book)) == [
        "-  Sum of the row.",
        "+  Something else.",
    ]


def test_a_formula_of_one_step_alone_is_found() -> None:
    wrong = with_formula(lesson("training"), "odds_7", "EXP(-behind_7)")
    assert "+  {=EXP(-behind_7)}" in reported_changes("training", golden_text(wrong))


def test_a_formula_of_one_line_of_the_check_is_found() -> None:
    wrong = with_formula(lesson("softmax"), "check_odds", "MIN(ABS(odds-ref_odds))")
    assert "+  {=MIN(ABS(odds-ref_odds))}" in reported_changes("softmax", golden_text(wrong))


def reported_changes(name: str, text: str) -> list[str]:
    """The changed lines in the message of the failure."""
    with pytest.raises(AssertionError) as failure:
        assert_golden(name, text)
    lines = str(failure.value).splitlines()
    assert "--update-golden" in lines[0]
    return [line for line in lines[3:] if line.startswith(("-", "+"))]


def with_formula(book: Book, name: str, formula: str) -> Book:
    """The book with another array formula in a block."""
    block = book.blocks[name]
    place = block.matrices[0].row, block.matrices[0].column

    def changed(cell_block: CellBlock) -> CellBlock:
        here = (cell_block.row, cell_block.column) == place
        return replace(cell_block, array_formula=formula, formulas=None) if here else cell_block

    sheets = [
        replace(sheet, cell_blocks=[changed(cell_block) for cell_block in sheet.cell_blocks])
        if sheet.name == block.sheet
        else sheet
        for sheet in book.sheets
    ]
    return replace(book, sheets=sheets)


def with_note(book: Book, name: str, note: str) -> Book:
    """The book with another note at a block."""
    block = book.blocks[name]
    changed = replace(block, caption=replace(block.caption, note=note))
    return replace(book, blocks={**book.blocks, name: changed})
