"""Where a printed page ends."""

from __future__ import annotations

from collections.abc import Sequence

from sheetformer.book.spots import MARGIN, PAGE, PAGE_HEIGHT, ROW
from sheetformer.book.workbook import Sheet


def page_breaks(sheet: Sheet, stages: Sequence[Sequence[int]]) -> list[int]:
    """Before which rows a new page begins.

    A stage that fits on a page is not cut; a longer one is cut between its lines of blocks.

    Args:
        sheet: with the heights of its rows.
        stages: for each stage the rows where its lines begin, the heading first.
    """

    def height(start: int, end: int) -> float:
        rows = (row for row in range(start, end) if not any(row in one for one in sheet.folded))
        return sum(sheet.heights.get(row, ROW) for row in rows)

    # A wider sheet is printed smaller, so more rows fit.
    room = PAGE_HEIGHT * max(1.0, sheet.columns / (PAGE + MARGIN))
    head = height(0, 3)
    used = head
    breaks: list[int] = []
    for lines, following in zip(stages, [*stages[1:], [sheet.rows]], strict=True):
        whole = height(lines[0], following[0])
        fits = head + whole <= room
        chunks = [lines[0]] if fits else lines
        for top, end in zip(chunks, [*chunks[1:], following[0]], strict=True):
            tall = height(top, end)
            if used + tall > room and used > head:
                breaks.append(top)
                used = head
            used += tall
    return breaks
