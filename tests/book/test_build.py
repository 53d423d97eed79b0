"""What a book refuses before a file is made, and how its pages break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.build import build
from sheetformer.book.cells import Scale, text_block
from sheetformer.book.pages import LANDSCAPE, LEAST_SCALE, on_paper, page_breaks
from sheetformer.book.spots import ROW
from sheetformer.book.workbook import Sheet
from sheetformer.engines.reader import read_cells
from sheetformer.errors import UnsupportedError
from sheetformer.language import Language, use_language
from sheetformer.story.story import Story


def test_a_block_beyond_the_last_row_is_refused_also_on_its_side() -> None:
    with pytest.raises(UnsupportedError, match=r"'x' does not fit on a sheet: it has 1,100,000 r"):
        sf.trace(lambda x: x * 2.0, np.zeros((2, 1_100_000)))


def test_an_infinite_value_is_refused_with_its_place() -> None:
    with pytest.raises(UnsupportedError, match=r"not finite at \[0, 1\]"):
        sf.trace(lambda x: np.exp(x * 1000.0), np.array([[0.0, 1.0]]))


PAGE_ROWS = int(LANDSCAPE.height / 0.83 / ROW)
"""Rows of a landscape page that is 18 columns wide."""
WIDTHS = {0: 2.0}
"""Of the columns of a sheet: its margin is narrow."""


def filled(rows: int, columns: int = 18) -> Sheet:
    """A sheet that ends with such a row and column."""
    return Sheet("story", [text_block(rows - 1, columns - 1, "end", "plain")], WIDTHS)


def test_a_stage_that_fits_on_a_page_is_not_cut() -> None:
    stages = [[3, 8], [PAGE_ROWS - 4, PAGE_ROWS + 2], [PAGE_ROWS + 8]]
    assert page_breaks(filled(PAGE_ROWS + 20), stages) == [PAGE_ROWS - 4]


def test_a_long_stage_is_cut_between_its_lines() -> None:
    breaks = page_breaks(filled(3 * PAGE_ROWS), [[3, PAGE_ROWS - 5, 2 * PAGE_ROWS - 12]])
    assert breaks == [PAGE_ROWS - 5, 2 * PAGE_ROWS - 12]


@pytest.mark.parametrize(
    ("pages", "columns", "portrait", "scale"),
    [
        (0.9, 18, False, 83),
        (1.2, 18, False, 71),
        (1.4, 18, False, 61),
        (1.6, 18, True, 57),
        (2.1, 18, True, 57),
        (2.3, 20, True, 51),
        (2.1, 24, False, 61),
    ],
)
def test_a_stage_longer_than_a_page_is_printed_smaller_or_upright(
    pages: float, columns: int, portrait: bool, scale: int
) -> None:
    """Whole, in the larger print of both; but never too small to read: then it is cut."""
    rows = int(pages * PAGE_ROWS)
    printed = on_paper(filled(rows, columns), [[3, rows // 2]])
    assert printed.portrait == portrait
    assert abs(printed.print_scale - scale) <= 1
    assert printed.print_scale >= LEAST_SCALE
    assert bool(printed.page_breaks) == (columns == 24)
    assert printed.printed_above == (4 if columns == 24 else 3)


def test_a_sheet_of_several_long_stages_repeats_no_heading() -> None:
    printed = on_paper(filled(6 * PAGE_ROWS), [[3, 90], [3 * PAGE_ROWS, 150]])
    assert printed.printed_above == 3


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


@pytest.mark.parametrize("title", ["sheetformer", "Sheetformer"])
def test_a_title_like_the_hidden_sheet_is_written(tmp_path: Path, title: str) -> None:
    book = sf.trace(lambda x: x * 2.0, np.ones((1, 2)), title=title)
    path = book.save(tmp_path / "book.xlsx")
    assert list(read_cells(path)) == [f"{title} 2", "sheetformer"]
    assert sf.verify(path).ok


def test_a_group_like_the_hidden_sheet_is_written(tmp_path: Path) -> None:
    path = build(_story("SheetFormer")).save(tmp_path / "book.xlsx")
    assert list(read_cells(path)) == ["SheetFormer 2", "sheetformer"]


def _story(*groups: str, order: tuple[str, ...] = ()) -> Story:
    """A story with one number on a sheet of each group."""
    story = Story("The story", order=order)
    for number, group in enumerate(groups):
        story.stage(f"Stage {number}", group=group)
        story.input(np.ones((1, 1)), f"x{number}")
    return story


def test_a_sheet_keeps_its_place_and_its_title_however_long_its_name_becomes() -> None:
    long = "Uma palavra: a primeira de muitas palavras"
    with use_language(Language("xx", {"First": long})):
        book = build(_story("Second", "First", order=("First", "Second")))
    first, second = book.sheets[:2]
    assert (first.name, second.name) == ("Uma palavra  a primeira de muit", "Second")
    titles = [str(sheet.cell_blocks[0].values[0, 0]) for sheet in (first, second)]
    assert titles == ["The story", "Second"]


def test_only_a_block_of_one_matrix_is_named() -> None:
    book = sf.trace(lambda x, y: (x * 2.0, y * 2.0), np.ones((2, 3, 4)), np.ones((1, 3, 4)))
    named = {name: block.named for name, block in book.blocks.items()}
    assert named == {"x": False, "y": True, "output_1": False, "output_2": True}


@pytest.mark.parametrize(
    ("given", "shape"), [((1, 2, 2), (2, 2)), ((2, 3), (3, 2)), ((2, 2), (1, 2, 2)), ((2, 2), (4,))]
)
def test_a_value_of_another_shape_has_labels_for_its_own_axes(
    given: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    book = sf.trace(lambda x: sf.softmax(x).reshape(shape), np.ones(given))
    view = book["softmax"]
    assert view.value.shape == shape
    assert view.labels == (None,) * len(shape)
    assert "<h3>" in book._repr_html_()


def test_labels_stay_with_the_axis_that_they_say() -> None:
    story = Story("Labelled")
    words = [["eu", "sou"], ["I", "am"]]
    x = story.input(np.ones((1, 2, 2)), "x", labels=[None, *words])
    story.shapes[x.node.base] = (2, 2)
    assert build(story)["x"].labels == tuple(words)
