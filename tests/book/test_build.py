"""What a book refuses before a file is made, and how its pages break."""

from __future__ import annotations

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.layout import PAGE_HEIGHT, ROW
from sheetformer.book.pages import page_breaks
from sheetformer.book.workbook import Sheet
from sheetformer.errors import UnsupportedError


def test_a_block_beyond_the_last_column_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"'x' with shape \(2, 17000\) does not fit"):
        sf.trace(lambda x: x * 2.0, np.zeros((2, 17_000)))


def test_an_infinite_value_is_refused_with_its_place() -> None:
    with pytest.raises(UnsupportedError, match=r"not finite at \[0, 1\]"):
        sf.trace(lambda x: np.exp(x * 1000.0), np.array([[0.0, 1.0]]))


def test_a_stage_that_fits_on_a_page_is_not_cut() -> None:
    sheet = Sheet("story")
    rows = int(PAGE_HEIGHT / ROW)
    stages = [[3, 8], [rows - 4, rows + 2], [rows + 8]]
    sheet.text(rows + 20, 1, "end", "plain")
    assert page_breaks(sheet, stages) == [rows - 4]


def test_a_long_stage_is_cut_between_its_lines() -> None:
    sheet = Sheet("story")
    rows = int(PAGE_HEIGHT / ROW)
    sheet.text(3 * rows, 1, "end", "plain")
    breaks = page_breaks(sheet, [[3, rows - 5, 2 * rows - 12]])
    assert breaks == [rows - 5, 2 * rows - 12]
