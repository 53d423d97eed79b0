"""What is read of a sheet in LibreOffice, and in how many calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sheetformer.engines.uno_bridge import EMPTY, Corners, grouped, hull, read_areas, size


@dataclass
class Area:
    """An area as LibreOffice names it."""

    StartRow: int
    StartColumn: int
    EndRow: int
    EndColumn: int


class Sheet:
    """A sheet whose cells say where they stand, and which rectangles were asked for."""

    def __init__(self) -> None:
        self.asked: list[Corners] = []

    def getCellRangeByPosition(self, left: int, top: int, right: int, bottom: int) -> Any:  # noqa: N802
        self.asked.append((top, left, bottom, right))
        return self

    def getDataArray(self) -> list[list[tuple[int, int]]]:  # noqa: N802
        top, left, bottom, right = self.asked[-1]
        return [[(r, c) for c in range(left, right + 1)] for r in range(top, bottom + 1)]


def corners(row: int, column: int, height: int, width: int) -> Corners:
    return row, column, row + height, column + width


places = st.integers(0, 300)
sizes = st.integers(0, 9)
areas = st.lists(st.builds(corners, places, places, sizes, sizes), max_size=30)


@given(areas)
def test_all_cells_of_all_areas_are_read_and_few_between(them: list[Corners]) -> None:
    sheet = Sheet()
    found = read_areas(sheet, [Area(*each) for each in them])
    assert sorted((row, column) for row, column, _ in found) == sorted(a[:2] for a in them)
    for row, column, rows in found:
        assert rows == [[(row + i, column + j) for j in range(len(r))] for i, r in enumerate(rows)]
    assert sum(len(row) for *_, rows in found for row in rows) == sum(map(size, them))
    calls = grouped(them)
    assert [around for around, _ in calls] == sheet.asked
    assert sum(map(size, sheet.asked)) <= sum(map(size, them)) + EMPTY * len(them)


def test_many_blocks_side_by_side_are_one_call_and_far_ones_are_not() -> None:
    blocks = [(0, column, 9, column + 3) for column in range(0, 400, 5)]
    far = (1_000_000, 16_000, 1_000_000, 16_000)
    assert [len(members) for _, members in grouped([*blocks, far])] == [len(blocks), 1]
    assert hull(blocks[0], far) == (0, 0, 1_000_000, 16_000)
