"""What is drawn: charts that cells drive (words, curves, bars, lines), and boxes in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetformer.graph.array import Array

DRAWING = "drawing"
"""The role of a block that only says where something is drawn: the check leaves it out."""


@dataclass(frozen=True)
class WordMap:
    """A scatter chart of words: points (n, ≥ 2) for each group, labelled with the row labels.

    Both axes go from −axis_limit to axis_limit.
    """

    title: str
    axes: tuple[str, str]
    groups: tuple[tuple[str, Array], ...]
    axis_limit: float


@dataclass(frozen=True)
class Curve:
    """One line, or one row of bars: y over x, each n numbers in cells (x may be words for bars).

    Its label is a text, or a word in a cell: (1, 1).
    """

    label: str | Array
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
        stacked: bars upon each other.
        log: which of x and y are on a logarithmic scale.
        axis_limit: the fixed least and greatest y, or None for what the program finds.
        number_format: of the y axis, as a spreadsheet writes it.
    """

    title: str
    axes: tuple[str, str]
    curves: tuple[Curve, ...]
    bars: bool = False
    log: tuple[bool, bool] = (False, False)
    axis_limit: tuple[float, float] | None = None
    number_format: str = "General"
    stacked: bool = False


@dataclass(frozen=True)
class Strokes:
    """Lines of one thickness: for each row of words its path, x and y (n, 2 m + 1).

    A path goes to each word that it joins and back, and stays where it is for the others.
    """

    x: Array
    y: Array


@dataclass(frozen=True)
class Looks:
    """Words at the left, joined to those at the right by lines, the thicker the larger a weight.

    Attributes:
        title: what it shows.
        weights: (n, m), with words as the labels of both axes.
        ends: (words, 3): x of a word at the left and at the right, and its y.
        strokes: the thinnest first.
    """

    title: str
    weights: Array
    ends: Array
    strokes: tuple[Strokes, ...]


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
