"""One changed cell: where it stands, and what stands in it now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Typed:
    """A formula without its equals sign; `array` is the (rows, columns) of an array formula."""

    formula: str
    array: tuple[int, int] | None = None


Content = float | str | bool | Typed | None
"""A number, a word, a truth value, a formula, or an empty cell."""
Position = tuple[int, int]


@dataclass(frozen=True)
class Edit:
    """What now stands in a cell; rows and columns count from 0."""

    sheet: str
    row: int
    column: int
    content: Content
