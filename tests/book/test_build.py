"""What a book refuses before a file is made, and how its pages break."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.cells import Scale, text_block
from sheetformer.book.pages import page_breaks
from sheetformer.book.spots import PAGE_HEIGHT, ROW
from sheetformer.book.workbook import Sheet
from sheetformer.errors import UnsupportedError


def test_a_block_beyond_the_last_column_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"'x' with shape \(2, 17000\) does not fit"):
        sf.trace(lambda x: x * 2.0, np.zeros((2, 17_000)))


def test_an_infinite_value_is_refused_with_its_place() -> None:
    with pytest.raises(UnsupportedError, match=r"not finite at \[0, 1\]"):
        sf.trace(lambda x: np.exp(x * 1000.0), np.array([[0.0, 1.0]]))


def test_a_stage_that_fits_on_a_page_is_not_cut() -> None:
    rows = int(PAGE_HEIGHT / ROW)
    stages = [[3, 8], [rows - 4, rows + 2], [rows + 8]]
    sheet = Sheet("story", [text_block(rows + 20, 1, "end", "plain")])
    assert page_breaks(sheet, stages) == [rows - 4]


def test_a_long_stage_is_cut_between_its_lines() -> None:
    rows = int(PAGE_HEIGHT / ROW)
    sheet = Sheet("story", [text_block(3 * rows, 1, "end", "plain")])
    breaks = page_breaks(sheet, [[3, rows - 5, 2 * rows - 12]])
    assert breaks == [rows - 5, 2 * rows - 12]


def scales_of(function: Callable[[Any], Any]) -> dict[str, Scale]:
    """The colour scales of the blocks of a function, by the blocks' names."""
    book = sf.trace(function, np.array([[1.0, 3.0], [2.0, 4.0]]))
    scales = {(s.row, s.column): s for sheet in book.sheets for s in sheet.scales}
    places = {name: block.matrices[0] for name, block in book.blocks.items()}
    return {
        name: scales[matrix.row, matrix.column]
        for name, matrix in places.items()
        if (matrix.row, matrix.column) in scales
    }


def test_what_a_mask_can_hide_is_shown_as_minus_infinity_before_it_is_hidden() -> None:
    scales = scales_of(lambda x: np.where(x > 0.0, x, -1e30).max(axis=1, keepdims=True) + x)
    assert {name for name, scale in scales.items() if scale.hides} == {"where", "max_"}
    assert scales["where"].limit == 4.0
    assert "max_" not in scales_of(lambda x: x.max(axis=1, keepdims=True) + x)


def test_what_is_zero_but_for_rounding_is_not_coloured() -> None:
    for factor, axis_limit in ((1e-17, 1.0), (1e-3, 4e-3)):
        scales = scales_of(lambda x, factor=factor: x * factor + 0.0 * x)
        assert scales["multiply"].limit == pytest.approx(axis_limit)
