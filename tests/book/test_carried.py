"""Books that go on: inputs that take their next values, in Python and by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.engines.base import Engine
from sheetformer.errors import ShapeError, SheetformerError, UnsupportedError
from sheetformer.graph.autodiff.accumulation import gradients
from sheetformer.graph.functions import copy
from sheetformer.story.story import Story

from ..support import assert_book_recalculates


def descent(style: Any = "matrix", rate: float = 0.1) -> Book:
    """Σ (x − 3)², and a step downhill; the number of the step is carried beside it."""
    story = Story("Downhill")
    story.stage("1   Now", "Where it stands.", group="Now")
    x = story.input(np.array([[1.0, 5.0], [2.0, -4.0]]), "x")
    count = story.parameter(np.zeros((1, 1)), "steps_done")
    story.stage("2   Loss", "How far it is.", group="Now")
    away = story.show(x - 3.0, "away")
    loss = story.show((away * away).sum(axis=(0, 1), keepdims=True), "loss")
    story.stage("3   Next", "A step.", group="Next")
    after = story.show(x - rate * gradients(loss, [x])[0], "x_next", line=True)
    story.carry(x, after)
    story.carry(count, story.show(count + 1.0, "steps_next", before=after))
    story.place(after, line=False)
    story.watch(loss)
    return build(story, style)


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_steps_are_those_of_numpy(style: str, ironcalc: Engine) -> None:
    book = descent(style)
    x = book["x"].value
    for _ in range(7):
        x = x - 0.1 * 2.0 * (x - 3.0)
    later = book.step(7)
    np.testing.assert_allclose(later["x"].value, x, rtol=1e-12)
    assert later["steps_done"].value == 7
    assert book["steps_done"].value == 0
    np.testing.assert_array_equal(later["x"].value, book.step(3).step(4)["x"].value)
    assert_book_recalculates(later, ironcalc)
    formulas = [[b.formulas, b.array_formula] for s in book.sheets for b in s.cell_blocks]
    assert formulas == [[b.formulas, b.array_formula] for s in later.sheets for b in s.cell_blocks]


def test_a_step_of_a_lesson_is_the_lesson_from_there() -> None:
    """Six steps, and six more, are the twelve of one sheet."""
    six, twelve = sf.lesson("training", steps=6), sf.lesson("training", steps=12)
    np.testing.assert_allclose(six.step()["loss_7"].value, twelve["loss_13"].value, rtol=1e-12)
    np.testing.assert_array_equal(six.step()["W_Q"].value, six["W_Q_6"].value)


def test_by_hand_the_sheet_says_what_to_copy() -> None:
    texts = [str(b.values.flat[0]) for s in descent().sheets for b in s.cell_blocks]
    (said,) = [text for text in texts if text.startswith("One step by hand")]
    assert "x_next → x;  steps_next → steps_done" in said


def test_blocks_side_by_side_are_copied_at_once() -> None:
    story = Story("Two")
    story.stage("1", "Now.", group="Now")
    one, two = story.input(np.ones((3, 2)), "one"), story.input(np.ones((3, 2)), "two")
    story.stage("2", "Next.", group="Next")
    story.carry(one, story.show(one + two, "one_next"))
    story.carry(two, story.show(two * 2.0, "two_next"))
    book = build(story)
    texts = [str(b.values.flat[0]) for s in book.sheets for b in s.cell_blocks]
    (said,) = [text for text in texts if text.startswith("One step by hand")]
    assert said.count("→") == 1
    assert "one_next:two_next → one" in said


def test_what_cannot_be_carried_is_refused() -> None:
    story = Story("Refusals")
    x = story.input(np.ones((2, 2)), "x")
    after = story.show(x * 2.0, "after")
    with pytest.raises(UnsupportedError, match="show it first"):
        story.carry(x, after.T)
    with pytest.raises(ShapeError, match="differ in shape"):
        story.carry(x, story.show(copy(after[:1]), "row"))
    with pytest.raises(UnsupportedError, match="no whole input or parameter"):
        story.carry(after, after)
    story.carry(x, after)
    with pytest.raises(UnsupportedError, match="has a next value already"):
        story.carry(x, after)
    with pytest.raises(ShapeError, match="no block of a single number"):
        story.watch(after)


def test_steps_that_cannot_be_taken_are_refused() -> None:
    with pytest.raises(SheetformerError, match="nothing in this book goes on"):
        sf.lesson("softmax").step()
    for count in (0, -1, 1.5, True, 10**7):
        with pytest.raises(SheetformerError, match="a whole number from 1"):
            descent().step(count)  # type: ignore[arg-type]
    with pytest.raises(SheetformerError, match=r"in step 2\d\d of 400 the block 'x_next' grows"):
        descent(rate=8.0).step(400)


def test_a_step_keeps_the_file_program(tmp_path: Path) -> None:
    assert sf.verify(descent().step(5).save(tmp_path / "five.xlsx")).ok
