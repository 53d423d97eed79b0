"""Which way up a sheet is printed, how small, and where its pages end: stages stay whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetformer.book.spots import COLUMN_WIDTH, ROW
from sheetformer.book.workbook import Sheet

LEAST_SCALE = 50
"""Percent below which print is too small to read: numbers are then 5 points high."""
SMALLEST_SCALE = 10
"""The least that spreadsheet programs take; what is wider then goes over several pages."""
NEARLY = 0.9
"""Print this much smaller is as good, if it takes fewer pages."""
BAR_ROWS, TABLE_ROWS = 1, 4
"""Rows of a stage's heading, and with its text and the headings of a table's columns."""


@dataclass(frozen=True)
class Paper:
    """A sheet of A4 paper, one way up.

    Attributes:
        portrait: whether its short side is above.
        width: points of columns that it holds at their size; a hundredth is left free.
        height: points of rows that it holds.
    """

    portrait: bool
    width: float
    height: float


LANDSCAPE, PORTRAIT = Paper(False, 776.0, 519.0), Paper(True, 532.0, 764.0)
"""A4 with the margins that `writers.formats.xlsx` sets."""
POINTS_OF_A_CHARACTER, PADDING = 5.56, 0.71
"""Width of a digit, and characters that a column is wider than its digits, in LibreOffice;
Excel's columns are a little narrower."""


def on_paper(sheet: Sheet, stages: Sequence[Sequence[int]], heading: int = BAR_ROWS) -> Sheet:
    """The sheet with its paper, its scale, its page breaks and the rows above every page.

    Of both ways up it takes the one that cuts the fewest stages, then the larger print; where both
    are nearly as large, the fewer pages. The scale is given: programs that fit a sheet to the
    width pass over page breaks.

    Args:
        sheet: with the heights of its rows.
        stages: for each stage the rows where its lines begin, the heading first.
        heading: rows of a stage's heading, printed again where a single long stage is cut.
    """
    papers = [LANDSCAPE]
    if _full(sheet, PORTRAIT) >= LEAST_SCALE:
        papers.append(PORTRAIT)
    tall = _heights(sheet, stages)
    choices: list[tuple[int, Sheet]] = []
    for paper in papers:
        cut, scale = _largest_print(sheet, tall, paper)
        printed = replace(sheet, print_scale=scale, portrait=paper.portrait)
        if cut and len(stages) == 1:
            printed = replace(printed, printed_above=stages[0][0] + heading)
        printed = replace(printed, page_breaks=page_breaks(printed, stages))
        choices.append((cut, printed))
    fewest = min(cut for cut, _ in choices)
    best = [printed for cut, printed in choices if cut == fewest]
    enough = NEARLY * max(printed.print_scale for printed in best)
    large = [printed for printed in best if printed.print_scale >= enough]
    return min(large, key=lambda printed: (len(printed.page_breaks), -printed.print_scale))


def page_breaks(sheet: Sheet, stages: Sequence[Sequence[int]]) -> list[int]:
    """Before which rows a new page begins.

    A stage that fits on a page is not cut; a longer one is cut between its lines of blocks.

    Args:
        sheet: with the heights of its rows, its paper and its scale.
        stages: as in `on_paper`.
    """
    paper = PORTRAIT if sheet.portrait else LANDSCAPE
    room = 100.0 * paper.height / (sheet.print_scale or _full(sheet, paper))
    head = _height(sheet, 0, sheet.printed_above)
    used = head
    breaks: list[int] = []
    for lines, following in zip(stages, _followers(sheet, stages), strict=True):
        fits = head + _height(sheet, lines[0], following) <= room
        chunks = [lines[0]] if fits else lines
        for top, end in zip(chunks, [*chunks[1:], following], strict=True):
            tall = _height(sheet, max(top, sheet.printed_above), end)
            if used + tall > room and used > head:
                breaks.append(top)
                used = head
            used += tall
    return breaks


def _largest_print(sheet: Sheet, tall: Sequence[float], paper: Paper) -> tuple[int, int]:
    """How many stages are cut on a paper, and the largest scale that keeps the others whole."""
    full = _full(sheet, paper)
    scales = [min(full, math.floor(100.0 * paper.height / one)) for one in tall]
    whole = [scale for scale in scales if scale >= min(LEAST_SCALE, full)]
    return len(tall) - len(whole), min(whole, default=full)


def _full(sheet: Sheet, paper: Paper) -> int:
    """Percent of its size at which a sheet is as wide as a paper, at most 100."""
    widths = (sheet.widths.get(column, COLUMN_WIDTH) for column in range(sheet.printed_columns))
    points = sum((width + PADDING) * POINTS_OF_A_CHARACTER for width in widths)
    return min(100, max(SMALLEST_SCALE, math.floor(100.0 * paper.width / max(points, 1.0))))


def _heights(sheet: Sheet, stages: Sequence[Sequence[int]]) -> list[float]:
    """Points of each stage, with what is printed above every page."""
    head = _height(sheet, 0, sheet.printed_above)
    ends = _followers(sheet, stages)
    return [head + _height(sheet, lines[0], end) for lines, end in zip(stages, ends, strict=True)]


def _followers(sheet: Sheet, stages: Sequence[Sequence[int]]) -> list[int]:
    """For each stage the row where the next one begins."""
    return [*(lines[0] for lines in stages[1:]), sheet.rows]


def _height(sheet: Sheet, start: int, end: int) -> float:
    """Points of some rows; what is folded away is not printed."""
    rows = (row for row in range(start, end) if not any(row in one for one in sheet.folded))
    return sum(sheet.heights.get(row, ROW) for row in rows)
