"""The figures of a story in a book: charts and boxes with the addresses that drive them."""

from __future__ import annotations

import numpy as np

from sheetformer.book.cells import CellBlock
from sheetformer.book.charts import AnyChart, Chart, CurveChart, Line, LooksChart, Series
from sheetformer.book.layout import Placed
from sheetformer.book.positions import Positions
from sheetformer.graph.array import Array
from sheetformer.story.figures import Box, Boxes, Curves, Looks, WordMap


def draw(positions: Positions, item: Placed) -> tuple[list[AnyChart], list[CellBlock]]:
    """A figure as the charts and the cells of its sheet."""
    assert item.figure is not None
    drawing = item.figure.drawing
    if isinstance(drawing, WordMap):
        return [_chart(positions, item, drawing)], []
    if isinstance(drawing, Curves):
        return [_curves(positions, item, drawing)], []
    if isinstance(drawing, Looks):
        return [_looks(positions, item, drawing)], []
    assert isinstance(drawing, Boxes)
    return [], [_box(positions, item, box) for box in drawing.boxes]


def _chart(positions: Positions, item: Placed, drawing: WordMap) -> Chart:
    assert item.figure is not None
    series = [
        _point(positions, points, i, group)
        for group, (_, points) in enumerate(drawing.groups)
        for i in range(points.shape[0])
    ]
    size = (item.figure.rows, item.figure.columns)
    place = (item.row, item.column)
    return Chart(*place, *size, drawing.title, drawing.axes, drawing.axis_limit, tuple(series))


def _point(positions: Positions, points: Array, i: int, group: int) -> Series:
    """One word is one series, so that its label is its name in every spreadsheet program."""
    labels = points.labels[0]
    assert labels is not None
    word = np.array([[labels[i]]], dtype=np.int64)
    x, y = (points.ids[i : i + 1, j : j + 1] for j in (0, 1))
    where = [positions.area(ids) for ids in (word, x, y)]
    return Series(where[0], where[1], where[2], group)


def _curves(positions: Positions, item: Placed, drawing: Curves) -> CurveChart:
    assert item.figure is not None
    lines = [
        Line(
            curve.label if isinstance(curve.label, str) else str(curve.label.value.item()),
            _line_area(positions, curve.x),
            _line_area(positions, curve.y),
            "" if isinstance(curve.label, str) else _line_area(positions, curve.label),
        )
        for curve in drawing.curves
    ]
    size = (item.figure.rows, item.figure.columns)
    settings = (
        drawing.title,
        drawing.axes,
        tuple(lines),
        drawing.bars,
        drawing.log,
        drawing.axis_limit,
    )
    return CurveChart(
        item.row, item.column, *size, *settings, drawing.number_format, drawing.stacked
    )


def _looks(positions: Positions, item: Placed, drawing: Looks) -> LooksChart:
    assert item.figure is not None
    words: list[Series] = []
    for side, labels in enumerate(drawing.weights.labels):
        assert labels is not None
        for i, label in enumerate(labels):
            at = (np.array([[label]], dtype=np.int64), drawing.ends.ids[i : i + 1, side : side + 1])
            where = [positions.area(ids) for ids in (*at, drawing.ends.ids[i : i + 1, 2:])]
            words.append(Series(where[0], where[1], where[2], side))
    strokes = tuple(
        tuple(
            (positions.area(each.x.ids[i : i + 1]), positions.area(each.y.ids[i : i + 1]))
            for i in range(each.x.shape[0])
        )
        for each in drawing.strokes
    )
    size, name = (item.figure.rows, item.figure.columns), drawing.weights.node.name
    place = (item.row, item.column)
    return LooksChart(*place, *size, drawing.title, name, tuple(words), strokes)


def _line_area(positions: Positions, points: Array) -> str:
    """The address of n numbers, which must stand together in one row or one column."""
    rows, columns = (np.ptp(at) + 1 for at in positions.locate(points.ids))
    if rows * columns != points.size:
        raise RuntimeError("the numbers of a curve do not stand side by side")
    return positions.area(points.ids)


def _box(positions: Positions, item: Placed, box: Box) -> CellBlock:
    values = np.full((box.rows, box.columns), "", dtype=object)
    values[0, 0] = box.text
    row, column = item.row + box.row, item.column + box.column
    merged = box.rows * box.columns > 1 and bool(box.text)
    first = None if box.to is None else box.to.ids.reshape(1, -1)[:, :1]
    link = "" if first is None else positions.area(first)
    return CellBlock(row, column, values, box.style, merged=merged, link=link)
