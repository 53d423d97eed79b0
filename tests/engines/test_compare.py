from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetformer.engines.base import CellError, Cells, CellValue
from sheetformer.engines.compare import BlockRange, compare

RIGHT: Cells = {
    "S": {(0, 0): 1.0, (0, 1): 2000.0, (1, 0): "happy", (1, 1): True, (2, 0): -0.5},
    "T": {(0, 0): 7.0},
}
BLOCKS = [
    BlockRange("scores", "S", [(0, 0), (0, 1)]),
    BlockRange("words", "S", [(1, 0), (1, 1), (2, 0)]),
    BlockRange("total", "T", [(0, 0)]),
]


def _with(sheet: str, cell: tuple[int, int], value: CellValue | None) -> Cells:
    cells = {name: dict(values) for name, values in RIGHT.items()}
    if value is None:
        del cells[sheet][cell]
    else:
        cells[sheet][cell] = value
    return cells


def test_equal_cells_agree() -> None:
    report = compare(RIGHT, RIGHT, BLOCKS)
    assert report.ok
    assert report.cells == 6
    assert report.largest == 0.0
    assert str(report) == "all 6 cells agree (largest difference 0)"


@pytest.mark.parametrize(
    ("cell", "wrong", "words"),
    [
        ((0, 0), 1.001, "scores: S!A1 should be 1.0, is 1.001"),
        ((0, 0), math.nan, "scores: S!A1 should be 1.0, is nan"),
        ((0, 0), math.inf, "scores: S!A1 should be 1.0, is inf"),
        ((0, 0), "1", "scores: S!A1 should be 1.0, is '1'"),
        ((0, 1), CellError("#VALUE!"), "scores: S!B1 should be 2000.0, is #VALUE!"),
        ((0, 1), None, "scores: S!B1 should be 2000.0, is empty"),
        ((1, 0), "sad", "words: S!A2 should be 'happy', is 'sad'"),
        ((1, 0), "", "words: S!A2 should be 'happy', is ''"),
        ((1, 1), False, "words: S!B2 should be TRUE, is FALSE"),
        ((2, 0), 0.5, "words: S!A3 should be -0.5, is 0.5"),
    ],
)
def test_a_planted_fault_is_found(
    cell: tuple[int, int], wrong: CellValue | None, words: str
) -> None:
    report = compare(RIGHT, _with("S", cell, wrong), BLOCKS)
    assert not report.ok
    assert len(report.off) == 1
    assert report.cells == 6
    assert str(report) == f"1 of 6 cells are off:\n  {words}"


@pytest.mark.parametrize("value", [CellError("#N/A"), None, math.nan, math.inf])
def test_a_fault_on_the_expected_side_is_off_even_if_both_agree(value: CellValue | None) -> None:
    both = _with("S", (0, 0), value)
    assert len(compare(both, both, BLOCKS).off) == 1


def test_a_missing_sheet_puts_all_its_cells_off() -> None:
    assert [str(cell) for cell in compare(RIGHT, {"S": RIGHT["S"]}, BLOCKS).off] == [
        "T!A1 should be 7.0, is empty"
    ]


def test_the_tolerance_is_absolute_below_one_and_relative_above() -> None:
    def ok(cell: tuple[int, int], value: float) -> bool:
        return compare(RIGHT, _with("S", cell, value), BLOCKS, tolerance=1e-3).ok

    assert ok((2, 0), -0.5009)
    assert not ok((2, 0), -0.5011)
    assert ok((0, 1), 2001.9)
    assert not ok((0, 1), 2002.1)
    report = compare(RIGHT, _with("S", (0, 1), 2002.0), BLOCKS)
    assert report.largest == report.rows[0].largest == 0.001


def test_a_truth_value_may_come_back_as_a_number() -> None:
    assert compare(RIGHT, _with("S", (1, 1), 1.0), BLOCKS).ok
    assert not compare(RIGHT, _with("S", (1, 1), 0.0), BLOCKS).ok


def test_each_cell_counts_once_and_nothing_is_not_ok() -> None:
    twice = [*BLOCKS, BlockRange("again", "S", [(0, 0), (0, 0), (9, 9)])]
    report = compare(_with("S", (9, 9), 1.0), _with("S", (9, 9), 1.0), twice)
    assert report.cells == 7
    assert [row.cells for row in report.rows] == [2, 3, 1, 1]
    assert not compare(RIGHT, RIGHT, []).ok
    assert str(compare(RIGHT, RIGHT, [])) == "no cells to compare"


def test_a_long_list_is_shortened() -> None:
    cells: Cells = {"S": {(row, 0): float(row) for row in range(9)}}
    block = BlockRange("scores", "S", list(cells["S"]))
    assert str(compare(cells, {}, [block])).splitlines()[-1] == "  scores: and 6 more"


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats())
def test_close_numbers_agree_and_others_do_not(expected: float, found: float) -> None:
    cells: tuple[Cells, Cells] = ({"S": {(0, 0): expected}}, {"S": {(0, 0): found}})
    near = math.isfinite(found) and abs(found - expected) <= 1e-9 * max(1, abs(expected))
    report = compare(*cells, [BlockRange("b", "S", [(0, 0)])])
    # Dividing by the size may round the other way for a difference right at the limit.
    if not math.isclose(report.largest, 1e-9, rel_tol=1e-12):
        assert report.ok == near
