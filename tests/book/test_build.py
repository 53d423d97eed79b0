"""What a book refuses before a file is made, and how its pages break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.build import build
from sheetformer.book.cells import Scale, text_block
from sheetformer.book.pages import FULL_SCALE, LEAST_SCALE, page_breaks, print_scale
from sheetformer.book.spots import PAGE_HEIGHT, ROW
from sheetformer.book.workbook import Sheet
from sheetformer.engines.reader import read_cells
from sheetformer.errors import UnsupportedError
from sheetformer.language import Language, use_language
from sheetformer.story.story import Story


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


@pytest.mark.parametrize(
    ("pages", "scale"),
    [(0.9, 0), (1.05, int(FULL_SCALE / 1.1)), (1.4, int(FULL_SCALE / 1.4)), (1.8, 0)],
)
def test_a_stage_a_little_longer_than_a_page_is_printed_smaller(pages: float, scale: int) -> None:
    """Whole, but never too small to read: then it is cut."""
    rows = int(pages * PAGE_HEIGHT / ROW)
    sheet = Sheet("story", [text_block(rows - 1, 1, "end", "plain")], {}, {0: pages})
    stages = [[3, rows // 2]]
    found = print_scale(sheet, stages)
    assert abs(found - scale) <= 2
    assert found == 0 or found >= LEAST_SCALE
    cut = page_breaks(replace(sheet, print_scale=found), stages)
    assert cut == ([rows // 2] if pages == 1.8 else [])


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
