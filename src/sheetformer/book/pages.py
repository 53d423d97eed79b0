"""Where a printed page ends, and how small a sheet is printed so that its stages stay whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sheetformer.book.spots import MARGIN, PAGE, PAGE_HEIGHT, ROW
from sheetformer.book.workbook import Sheet

HEAD_ROWS = 3
"""Rows that are printed above every page."""
LEAST_SCALE = 57
"""Percent below which print is too small to read; a sheet of 28 columns is printed so."""
CLEARLY_SMALLER = 1.1
"""Smaller by less, its columns might not fit beside each other in every program."""
FULL_SCALE = 88
"""Percent at which PAGE columns are as wide as the page."""


def page_breaks(sheet: Sheet, stages: Sequence[Sequence[int]]) -> list[int]:
    """Before which rows a new page begins.

    A stage that fits on a page is not cut; a longer one is cut between its lines of blocks.

    Args:
        sheet: with the heights of its rows, and its scale.
        stages: for each stage the rows where its lines begin, the heading first.
    """
    room = _room(sheet)
    head = _height(sheet, 0, HEAD_ROWS)
    used = head
    breaks: list[int] = []
    for lines, following in zip(stages, _followers(sheet, stages), strict=True):
        fits = head + _height(sheet, lines[0], following) <= room
        chunks = [lines[0]] if fits else lines
        for top, end in zip(chunks, [*chunks[1:], following], strict=True):
            tall = _height(sheet, top, end)
            if used + tall > room and used > head:
                breaks.append(top)
                used = head
            used += tall
    return breaks


def print_scale(sheet: Sheet, stages: Sequence[Sequence[int]]) -> int:
    """Percent of its size at which no stage is cut that fits on a page somewhat smaller.

    0, as wide as the page, where every stage fits so or none would.
    """
    head, room = _height(sheet, 0, HEAD_ROWS), _room(sheet)
    tops = zip(stages, _followers(sheet, stages), strict=True)
    tall = [(head + _height(sheet, lines[0], end)) / room for lines, end in tops]
    full = FULL_SCALE / _wide(sheet)
    scales = [math.floor(full / max(one, CLEARLY_SMALLER)) for one in tall if one > 1.0]
    return min((scale for scale in scales if scale >= LEAST_SCALE), default=0)


def _followers(sheet: Sheet, stages: Sequence[Sequence[int]]) -> list[int]:
    """For each stage the row where the next one begins."""
    return [*(lines[0] for lines in stages[1:]), sheet.rows]


def _height(sheet: Sheet, start: int, end: int) -> float:
    """Points of some rows; what is folded away is not printed."""
    rows = (row for row in range(start, end) if not any(row in one for one in sheet.folded))
    return sum(sheet.heights.get(row, ROW) for row in rows)


def _wide(sheet: Sheet) -> float:
    """How many times as wide as a page, or 1."""
    return max(1.0, sheet.columns / (PAGE + MARGIN))


def _room(sheet: Sheet) -> float:
    """Points of rows on a page: a wider sheet is printed smaller, so more rows fit."""
    if sheet.print_scale:
        return PAGE_HEIGHT * FULL_SCALE / sheet.print_scale
    return PAGE_HEIGHT * _wide(sheet)
