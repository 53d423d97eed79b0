"""Conditional formats of a sheet: colour scales, verdicts, and what waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sheetformer.book.cells import CellBlock, Scale
from sheetformer.book.workbook import HUGE, Sheet
from sheetformer.formula.address import a1, area
from sheetformer.writers.styles import (
    BAD,
    BAD_FILL,
    GOOD,
    GOOD_FILL,
    HIGH,
    INFINITE,
    INK,
    LEARNED_FILL,
    LINE,
    LOW,
    MIDDLE,
    SHARE,
)

_MARKED = (".verdict", ".mark", ".headline")
"""Styles of texts that begin with a sign."""
_VERDICTS = {
    "✓": {"font_color": GOOD, "bg_color": GOOD_FILL},
    "✗": {"font_color": BAD, "bg_color": BAD_FILL, "bold": True},
    "→": {"font_color": INK, "bg_color": LEARNED_FILL},
}
"""How a verdict looks, by the mark that it begins with."""
_AREAS = 100
"""Areas of one rule: an attribute that is read as a whole."""


def add_rules(sheet: Sheet, worksheet: Any, workbook: Any) -> None:
    """Add all conditional formats of a sheet."""
    for cell_block in sheet.cell_blocks:
        if cell_block.waits and not cell_block.style.endswith(_MARKED):
            _waiting(cell_block, worksheet, workbook)
    _scales(sheet.scales, worksheet, workbook)
    _verdicts(sheet, worksheet, workbook)


def _waiting(cell_block: CellBlock, worksheet: Any, workbook: Any) -> None:
    """Errors in pale ink, where a formula waits for what a student fills in."""
    rows, columns = cell_block.values.shape
    last = (cell_block.row + rows - 1, cell_block.column + columns - 1)
    pale = workbook.add_format({"font_color": LINE})
    rule = {"type": "errors", "format": pale}
    worksheet.conditional_format(cell_block.row, cell_block.column, *last, rule)


def _scales(scales: Sequence[Scale], worksheet: Any, workbook: Any) -> None:
    """Colour scales, and what a masked score looks like; rectangles that look alike share one."""
    alike: dict[tuple[str, float, bool], list[Scale]] = {}
    for scale in scales:
        alike.setdefault((scale.kind, scale.limit, scale.hides), []).append(scale)
    for (kind, limit, hides), members in alike.items():
        for start in range(0, len(members), _AREAS):
            some = members[start : start + _AREAS]
            _share(_colours(kind, limit), some, worksheet)
            if hides:
                look = workbook.add_format(INFINITE)
                rule = {"type": "cell", "criteria": "<=", "value": -HUGE, "format": look}
                _share(rule, some, worksheet)


def _colours(kind: str, limit: float) -> dict[str, Any]:
    if kind == "share":
        return {
            "type": "2_color_scale",
            "min_type": "num",
            "min_value": 0,
            "max_type": "num",
            "max_value": limit,
            "min_color": MIDDLE,
            "max_color": SHARE,
        }
    return {
        "type": "3_color_scale",
        "min_type": "num",
        "min_value": -limit,
        "mid_type": "num",
        "mid_value": 0,
        "max_type": "num",
        "max_value": limit,
        "min_color": LOW,
        "mid_color": MIDDLE,
        "max_color": HIGH,
    }


def _share(rule: Mapping[str, Any], scales: Sequence[Scale], worksheet: Any) -> None:
    """Give one rule to several rectangles."""
    one = scales[0]
    more = {}
    if len(scales) > 1:
        areas = (area(each.row, each.column, each.rows, each.columns) for each in scales)
        more = {"multi_range": " ".join(areas)}
    last = (one.row + one.rows - 1, one.column + one.columns - 1)
    worksheet.conditional_format(one.row, one.column, *last, {**rule, **more})


def _verdicts(sheet: Sheet, worksheet: Any, workbook: Any) -> None:
    """Green where the text begins with a tick, red with a cross, grey with an arrow.

    Verdicts below one another share their rules: a check has many.
    """
    columns: dict[tuple[int, int], list[CellBlock]] = {}
    for one in sheet.cell_blocks:
        if one.style.endswith(_MARKED):
            columns.setdefault((one.column, one.span), []).append(one)
    for (column, span), below in columns.items():
        # The formula is that of the topmost cell.
        rows = sorted(one.row for one in below)
        top = rows[0]
        areas = " ".join(area(row, column, count, span) for row, count in _runs(rows))
        for mark, given in _VERDICTS.items():
            rule = {
                "type": "formula",
                "criteria": f'=LEFT({a1(top, column, column_fixed=True)},1)="{mark}"',
                "format": workbook.add_format(given),
                "multi_range": areas,
            }
            worksheet.conditional_format(top, column, top, column + span - 1, rule)


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Sorted rows as runs without a gap: the first of each, and how many they are.

    >>> list(_runs([3, 4, 5, 9]))
    [(3, 3), (9, 1)]
    """
    for _, run in groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
        found = [row for _, row in run]
        yield found[0], len(found)
