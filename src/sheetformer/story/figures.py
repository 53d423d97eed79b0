"""What is drawn: charts that are driven by cells (words, curves, bars), and boxes in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheetformer.graph.array import Array


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
