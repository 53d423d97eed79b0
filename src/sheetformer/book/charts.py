"""Charts that cells drive: scatter charts of words, and curves or bars."""

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
