"""Charts that cells drive: scatter charts of words, curves or bars, and lines between words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """One point of a scatter chart with its word: the addresses of the three."""

    label: str
    x: str
    y: str
    group: int


@dataclass(frozen=True)
class Chart:
    """A scatter chart, driven by cells, `rows` × `columns` cells large.

    Both axes go from −axis_limit to axis_limit.
    """

    row: int
    column: int
    rows: int
    columns: int
    title: str
    axes: tuple[str, str]
    axis_limit: float
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Line:
    """One curve of a chart: its name, and the addresses of its x and its y.

    `named` is the address of its name where a cell holds it, else empty.
    """

    label: str
    x: str
    y: str
    named: str = ""


@dataclass(frozen=True)
class CurveChart:
    """Lines or bars, driven by cells, `rows` × `columns` cells large; see `figures.Curves`."""

    row: int
    column: int
    rows: int
    columns: int
    title: str
    axes: tuple[str, str]
    lines: tuple[Line, ...]
    bars: bool
    log: tuple[bool, bool]
    axis_limit: tuple[float, float] | None
    number_format: str
    stacked: bool = False


@dataclass(frozen=True)
class LooksChart:
    """Words joined by lines, driven by cells, `rows` × `columns` cells large; see `figures.Looks`.

    Attributes:
        row: of its first cell, as the column.
        column: of its first cell.
        rows: how many it covers.
        columns: how many it covers.
        title: what it shows.
        block: the name of the block whose weights it shows.
        words: those at the left (group 0), and at the right (group 1).
        strokes: for each thickness, the thinnest first, the addresses of x and y of each path.
    """

    row: int
    column: int
    rows: int
    columns: int
    title: str
    block: str
    words: tuple[Series, ...]
    strokes: tuple[tuple[tuple[str, str], ...], ...]


AnyChart = Chart | CurveChart | LooksChart
"""What lies over the cells of a sheet."""
