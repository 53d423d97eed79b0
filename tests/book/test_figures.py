"""What is drawn follows cells: every address of a chart leads to its numbers and words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sheetformer.book.charts import AnyChart, Chart, CurveChart, LooksChart
from sheetformer.book.workbook import Book
from sheetformer.engines.base import CellValue
from sheetformer.engines.reader import read_cells
from sheetformer.formula.address import column_number
from sheetformer.language import languages

from ..lessons.books import lesson

CURVES = ["softmax", "scaling", "positions", "training", "dot-product"]


class Cells:
    """The cells of a written book, by the addresses that a chart has."""

    def __init__(self, book: Book, folder: Path) -> None:
        self.cells = read_cells(book.save(folder / "book.xlsx"))

    def at(self, address: str) -> list[CellValue]:
        """What stands in an address such as `'My sheet'!$A$1:$A$9`, row by row."""
        sheet, _, place = address.rpartition("!")
        found = re.fullmatch(r"\$([A-Z]+)\$(\d+)(?::\$([A-Z]+)\$(\d+))?", place)
        assert found, address
        left, top, right, bottom = found[1], found[2], found[3] or found[1], found[4] or found[2]
        here = self.cells[sheet.strip("'").replace("''", "'")]
        return [
            here.get((row, column), "")
            for row in range(int(top) - 1, int(bottom))
            for column in range(column_number(left), column_number(right) + 1)
        ]


def charts(book: Book, kind: type) -> list[AnyChart]:
    return [chart for sheet in book.sheets for chart in sheet.charts if isinstance(chart, kind)]


def test_a_map_shows_every_word_at_its_two_numbers(tmp_path: Path) -> None:
    book = lesson("cross-attention")
    chart, _moves = charts(book, Chart)
    assert isinstance(chart, Chart)
    cells = Cells(book, tmp_path)
    shown = [
        (*cells.at(one.label), *cells.at(one.x), *cells.at(one.y), one.group)
        for one in chart.series
    ]
    assert [word for word, *_ in shown] == ["I", "am", "happy", "eu", "sou", "feliz"]
    assert [group for *_, group in shown] == [0, 0, 0, 1, 1, 1]
    drawn = np.array([[x, y] for _, x, y, _ in shown])
    expected = np.concatenate([book["X_source"].value[:, :2], book["X_target"].value[:, :2]])
    np.testing.assert_allclose(drawn, expected, atol=1e-12)
    assert np.abs(drawn).max() <= chart.axis_limit


def test_a_map_names_the_words_of_its_book(tmp_path: Path) -> None:
    book = lesson("cross-attention", source="I am | tired", target="feliz")
    chart, _moves = charts(book, Chart)
    assert isinstance(chart, Chart)
    cells = Cells(book, tmp_path)
    assert [cells.at(one.label) for one in chart.series] == [["I am"], ["tired"], ["feliz"]]


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("lang", languages())
def test_a_curve_has_as_many_x_as_y_and_all_are_numbers(
    name: str, lang: str, tmp_path: Path
) -> None:
    book = lesson(name, lang=lang)
    cells, found = Cells(book, tmp_path), charts(book, CurveChart)
    assert found
    for chart in found:
        assert isinstance(chart, CurveChart)
        assert chart.title
        assert chart.axes[0]
        assert 1 <= len(chart.lines) <= 6
        for line in chart.lines:
            x, y = cells.at(line.x), cells.at(line.y)
            assert len(x) == len(y) > 1
            assert all(isinstance(value, float) for value in y)
            assert chart.bars or all(isinstance(value, float) for value in x)


def test_lines_between_words_are_as_thick_as_their_weights(tmp_path: Path) -> None:
    """Each weight from 10 % on is one line, of the thickness of its size, between its words."""
    book = lesson("multi-head")
    cells, found = Cells(book, tmp_path), charts(book, LooksChart)
    assert len(found) == 2
    for i, chart in enumerate(found, 1):
        assert isinstance(chart, LooksChart)
        words = [(*cells.at(one.label), *cells.at(one.x), *cells.at(one.y)) for one in chart.words]
        said = ["we", "see", "the", "red", "house"]
        assert words == [(word, x, -1.0 - r) for x in (0.0, 1.0) for r, word in enumerate(said)]
        weights = book[f"head{i}_weights"].value
        sizes = [(0.1, 0.3), (0.3, 0.6), (0.6, 1.1)]
        for (least, most), paths in zip(sizes, chart.strokes, strict=True):
            drawn = [
                {(row, int(-y) - 1) for x, y in zip(*map(cells.at, path), strict=True) if x == 1.0}
                for row, path in enumerate(paths)
            ]
            joined = zip(*np.nonzero((weights >= least) & (weights < most)), strict=True)
            assert set.union(*drawn) == {(int(row), int(column)) for row, column in joined}


def test_charts_of_a_sheet_do_not_cover_each_other_or_cells() -> None:
    for name in (*CURVES, "cross-attention", "multi-head"):
        for sheet in lesson(name).sheets:
            taken = [(p.row, p.column, *p.values.shape) for p in sheet.cell_blocks]
            drawn = [(c.row, c.column, c.rows, c.columns) for c in sheet.charts]
            for i, chart in enumerate(drawn):
                others = [*taken, *drawn[:i]]
                assert not [other for other in others if _overlap(chart, other)], (name, sheet.name)


def _overlap(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(one[i] < other[i] + other[i + 2] and other[i] < one[i] + one[i + 2] for i in (0, 1))


def test_boxes_stand_apart_and_lead_to_blocks() -> None:
    book = lesson("encoder-decoder")
    first = {
        (block.sheet, matrix.row, matrix.column)
        for block in book.blocks.values()
        for matrix in block.matrices
    }
    boxes = [p for sheet in book.sheets for p in sheet.cell_blocks if p.link]
    assert len(boxes) > 5
    for box in boxes:
        sheet, _, place = box.link.rpartition("!")
        found = re.fullmatch(r"\$([A-Z]+)\$(\d+)", place)
        assert found, box.link
        assert (sheet.strip("'"), int(found[2]) - 1, column_number(found[1])) in first, box.link
        assert box.values[0, 0]
    places = [(box.row, box.column, *box.values.shape) for box in boxes]
    assert not [i for i, box in enumerate(places) for other in places[:i] if _overlap(box, other)]


def test_the_map_of_the_transformer_marks_this_lesson() -> None:
    sheets = lesson("cross-attention").sheets
    boxes = [p for s in sheets for p in s.cell_blocks if p.style in ("box", "box_here")]
    marked = [p for p in boxes if p.style == "box_here"]
    assert len(boxes) > len(marked) == 1
    assert "ttention" in str(marked[0].values[0, 0])
