"""What is drawn: a scatter chart of words, driven by cells, and boxes drawn in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.book.layout import Placed
from sheetformer.book.positions import Positions
from sheetformer.book.workbook import Chart, Patch, Series, Sheet
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
class Box:
    """A text in a rectangle of cells, relative to the drawing's first cell."""

    row: int
    column: int
    rows: int
    columns: int
    text: str
    style: str


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
    elif isinstance(drawing, Boxes):
        for box in drawing.boxes:
            sheet.patches.append(_box(item, box))


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


def _box(item: Placed, box: Box) -> Patch:
    values = np.full((box.rows, box.columns), "", dtype=object)
    values[0, 0] = box.text
    row, column = item.row + box.row, item.column + box.column
    merged = box.rows * box.columns > 1 and bool(box.text)
    return Patch(row, column, values, box.style, merged=merged)
