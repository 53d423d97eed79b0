"""An exercise: blanks, marks, the key, and a file without any answer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.exercises.key import Key, read_key
from sheetformer.exercises.make import exercise

from .filling import fill, marks, recalculated


def made(tmp_path: Path, lesson: str, blank: str, **options: str) -> tuple[Path, Path, Key]:
    one = exercise(sf.lesson(lesson, **options), blank)
    homework, key = one.book.save(tmp_path / "homework.xlsx"), one.key.save(tmp_path / "key.xlsx")
    return homework, key, read_key(key)


@pytest.mark.parametrize(
    ("lesson", "blank", "formulas"),
    [
        ("cross-attention", "scores, softmax", "matrix"),
        ("cross-attention", "scores[0], blend[1,2], scaled.operands", "cell"),
        ("softmax", "shares, exponentials", "matrix"),
        ("self-attention", "masked, weights", "cell"),
        ("encoder-decoder", "encoder_1_self_scores", "matrix"),
    ],
)
def test_the_right_formulas_are_marked_right(
    tmp_path: Path, lesson: str, blank: str, formulas: str
) -> None:
    homework, key_file, key = made(tmp_path, lesson, blank, formulas=formulas)
    empty = recalculated(homework)
    assert set(marks(empty)) == {"→"}
    cells = recalculated(fill(homework, key_file, key, tmp_path / "filled.xlsx"))
    assert marks(cells) == ["✓"] * len(key.blanks)
    for blank_ in key.blanks:
        found = [cells[sheet][row, column] for sheet, row, column in key.cells(blank_)]
        np.testing.assert_allclose(found, key.answers(blank_).astype(float), atol=1e-9)
