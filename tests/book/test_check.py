"""The Check sheet: green as it was written, red with the right reason after a change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.edits.edit import Edit, Typed
from sheetformer.edits.recalculate import edited
from sheetformer.engines.base import Engine
from sheetformer.story import check as checks
from sheetformer.story.check import check
from sheetformer.story.story import Story
from sheetformer.writers.styles import NUMBER_FORMATS

from ..support import assert_book_recalculates, formula_values

X = np.array([[1.0, 2.0], [3.0, 4.0]])


def checked(inputs: int = 1, style: str = "matrix", **options: Any) -> Book:
    """A book of x, doubled and squared, with its check; the other inputs only stand there."""
    story = Story("Checked")
    story.stage("Work", group="Work")
    x = story.input(X, "x")
    for i in range(1, inputs):
        story.input(X + i, f"x_{i}")
    doubled = story.show(x * 2.0, "doubled", "2 x")
    story.show(doubled * doubled, "squared", "doubled²")
    check(story, **options)
    return build(story, style)


def verdict(book: Book, name: str) -> str:
    return str(book[f"check_{name}_verdict"].value)


def typed(book: Book, name: str, content: float | Typed) -> Book:
    """The book with something else in the first cell of a block."""
    block = book[name].block
    matrix = block.matrices[0]
    return edited(book, [Edit(block.sheet, matrix.row, matrix.column, content)])


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_as_written_every_line_is_green(style: str, engine: Engine) -> None:
    book = checked(style=style)
    assert [sheet.name for sheet in book.sheets if not sheet.hidden] == [
        "Work",
        "Reference",
        "Check",
    ]
    for name in ("all", "doubled", "squared"):
        assert book[f"check_{name}"].value == 0
        assert verdict(book, name) == checks.SAME
    assert verdict(book, "inputs") == checks.AS_WRITTEN
    assert book["check_all_cells"].value == 8
    assert_book_recalculates(book, engine)


def test_the_reference_holds_numbers_not_formulas() -> None:
    book = checked()
    assert np.array_equal(book["ref_doubled"].value, 2 * X)
    assert book["ref_squared"].block.sheet == "Reference"
    assert "Reference" not in {sheet for sheet, *_ in formula_values(book)}


def test_another_input_is_followed_and_no_mistake(ironcalc: Engine) -> None:
    book = typed(checked(), "x", 5.0)
    assert book["check_doubled"].value == 8  # 2 · 5 instead of 2 · 1
    assert verdict(book, "doubled") == checks.FOLLOWED
    assert verdict(book, "all") == checks.CANNOT_TELL
    assert verdict(book, "inputs") == checks.TYPED
    assert_book_recalculates(book, ironcalc)


def test_a_changed_formula_is_named_as_the_reason() -> None:
    book = typed(checked(style="cell"), "squared", Typed("7"))
    assert verdict(book, "squared") == verdict(book, "all") == checks.BROKEN
    assert verdict(book, "doubled") == checks.SAME
    assert verdict(book, "inputs") == checks.AS_WRITTEN


def test_only_the_blocks_that_are_named_are_watched() -> None:
    book = checked(names=["squared"])
    assert "check_squared" in book.blocks
    assert "check_doubled" not in book.blocks
    assert book["check_all_cells"].value == 4


@pytest.mark.parametrize(("off", "expected"), [(1e-10, checks.SAME), (1e-8, checks.BROKEN)])
def test_numbers_of_somebody_else_may_differ_by_rounding(off: float, expected: str) -> None:
    recorded = {"doubled": 2 * X + np.array([[0, 0], [0, off]]), "squared": 4 * X**2}
    book = checked(recorded=recorded)
    assert verdict(book, "doubled") == expected
    assert verdict(book, "squared") == checks.SAME
    texts = [
        str(text) for sheet in book.sheets for p in sheet.cell_blocks for text in p.values.flat
    ]
    assert any("computed by PyTorch" in text for text in texts)


def test_many_inputs_are_added_up_in_parts(ironcalc: Engine) -> None:
    book = checked(inputs=checks.LONGEST_SUM + 5)
    assert book["check_inputs_1"].value == book["check_inputs_2"].value == 0
    assert max(len(formula) for *_, formula in formula_values(book)) <= 8192
    other = typed(book, f"x_{checks.LONGEST_SUM + 1}", 0.0)
    assert verdict(other, "inputs_1") == checks.AS_WRITTEN
    assert verdict(other, "inputs_2") == verdict(other, "inputs") == checks.TYPED
    assert_book_recalculates(other, ironcalc)


@pytest.mark.parametrize("inputs", [1, 2 * checks.LONGEST_SUM + 1])
def test_what_belongs_to_one_line_stands_in_one_row(inputs: int) -> None:
    book = checked(inputs=inputs)
    lines = [name.removesuffix("_verdict") for name in book.blocks if name.endswith("_verdict")]
    parts = ("_equation", "_cells", "", "_verdict")
    rows = [[book[name + part].block.matrices[0].row for part in parts] for name in lines]
    assert len(lines) == (4 if inputs == 1 else 7)
    assert all(len(set(row)) == 1 for row in rows)
    assert len({row[0] for row in rows}) == len(lines)


def test_words_are_never_added_up_whatever_their_format() -> None:
    story = Story("Words")
    words = story.input(np.array(["a", "b"], dtype=object), "words", number_format="phrase")
    x = story.input(X, "x")
    story.show(words[:1], "first", number_format="phrase")
    story.show(np.where(x > 1.0, words, "c"), "chosen", number_format="phrase")
    story.show(x * 2.0, "doubled")
    check(story)
    book = build(story)
    assert verdict(book, "all") == checks.SAME
    assert {"ref_chosen", "check_chosen"}.isdisjoint(book.blocks)


def test_only_what_nothing_explains_has_a_cross() -> None:
    crosses = (checks.FOLLOWED, checks.CANNOT_TELL, checks.TYPED, checks.BROKEN, checks.SAME)
    assert [text[0] for text in crosses] == ["→", "→", "→", "✗", "✓"]


@pytest.mark.parametrize("off", ["formula", "none"])
def test_with_another_input_the_sheet_says_that_it_cannot_tell(off: str) -> None:
    """A formula that was changed as well looks the same from inside."""
    book = typed(checked(style="cell"), "x", 5.0)
    if off == "formula":
        book = typed(book, "squared", Typed("7"))
    assert verdict(book, "all") == checks.CANNOT_TELL


def test_no_difference_is_shown_with_an_exponent() -> None:
    shown = checked()["check_all"].block.caption.number_format
    assert shown == "difference"
    assert "E" not in NUMBER_FORMATS[shown]["num_format"]
