"""What is drawn: charts that are driven by cells (words, curves, bars), and boxes in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.book.layout import Placed
from sheetformer.book.positions import Positions
from sheetformer.book.workbook import Chart, CurveChart, Line, Patch, Series, Sheet
from sheetformer.graph.array import Array


@dataclass(frozen=True)
class WordMap:
    """A scatter chart of words: points (n, ≥ 2) for each group, labelled with the row labels.

    Both axes go from −reach to reach.
    """

    title: str
    axes: tuple[str, str]
    groups: tuple[tuple[str, Array], ...]
    reach: float


@dataclass(frozen=True)
class Curve:
    """One line, or one row of bars: y over x, each n numbers in cells (x may be words for bars)."""

    label: str
    x: Array
    y: Array


@dataclass(frozen=True)
class Curves:
    """A live chart of curves over one axis.

    Attributes:
        title: what it shows.
        axes: what x and y are, with units.
        curves: at most six, so that each keeps a colour, a dash and a marker of its own.
        bars: bars side by side instead of lines.
        log: which of x and y are on a logarithmic scale.
        reach: the fixed least and greatest y, or None for what the program finds.
        number_format: of the y axis, as a spreadsheet writes it.
    """

    title: str
    axes: tuple[str, str]
    curves: tuple[Curve, ...]
    bars: bool = False
    log: tuple[bool, bool] = (False, False)
    reach: tuple[float, float] | None = None
    number_format: str = "General"


@dataclass(frozen=True)
class Box:
    """A text in a rectangle of cells, relative to the drawing's first cell.

    A click on it goes to the first cell of the block `to`.
    """

    row: int
    column: int
    rows: int
    columns: int
    text: str
    style: str
    to: Array | None = None


@dataclass(frozen=True)
class Boxes:
    """A drawing made of boxes."""

    boxes: Sequence[Box]


def draw(sheet: Sheet, positions: Positions, item: Placed) -> None:
    """Put a figure on its sheet."""
    assert item.figure is not None
    drawing = item.figure.drawing
    if isinstance(drawing, WordMap):
        sheet.charts.append(_chart(positions, item, drawing))
    elif isinstance(drawing, Curves):
        sheet.charts.append(_curves(positions, item, drawing))
    elif isinstance(drawing, Boxes):
        for box in drawing.boxes:
            sheet.patches.append(_box(positions, item, box))


def _chart(positions: Positions, item: Placed, drawing: WordMap) -> Chart:
    assert item.figure is not None
    series = [
        _point(positions, points, i, group)
        for group, (_, points) in enumerate(drawing.groups)
        for i in range(points.shape[0])
    ]
    size = (item.figure.rows, item.figure.columns)
    place = (item.row, item.column)
    return Chart(*place, *size, drawing.title, drawing.axes, drawing.reach, tuple(series))


def _point(positions: Positions, points: Array, i: int, group: int) -> Series:
    """One word is one series, so that its label is its name in every spreadsheet program."""
    labels = points.labels[0]
    assert labels is not None
    word = np.array([[labels[i]]], dtype=np.int64)
    x, y = (points.ids[i : i + 1, j : j + 1] for j in (0, 1))
    where = [positions.area(ids, "", fixed=True) for ids in (word, x, y)]
    return Series(where[0], where[1], where[2], group)


def _curves(positions: Positions, item: Placed, drawing: Curves) -> CurveChart:
    assert item.figure is not None
    lines = [
        Line(curve.label, *(_line_area(positions, points) for points in (curve.x, curve.y)))
        for curve in drawing.curves
    ]
    size = (item.figure.rows, item.figure.columns)
    told = (drawing.title, drawing.axes, tuple(lines), drawing.bars, drawing.log, drawing.reach)
    return CurveChart(item.row, item.column, *size, *told, drawing.number_format)


def _line_area(positions: Positions, points: Array) -> str:
    """The address of n numbers, which must stand together in one row or one column."""
    rows, columns = (np.ptp(at[points.ids]) + 1 for at in (positions.row, positions.column))
    assert rows * columns == points.size, "the numbers of a curve do not stand side by side"
    return positions.area(points.ids, "", fixed=True)


def _box(positions: Positions, item: Placed, box: Box) -> Patch:
    values = np.full((box.rows, box.columns), "", dtype=object)
    values[0, 0] = box.text
    row, column = item.row + box.row, item.column + box.column
    merged = box.rows * box.columns > 1 and bool(box.text)
    first = None if box.to is None else box.to.ids.reshape(1, -1)[:, :1]
    link = "" if first is None else positions.area(first, "", fixed=True)
    return Patch(row, column, values, box.style, merged=merged, link=link)
