from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetformer.formula import address

ROWS = st.integers(0, 1_048_575)
COLUMNS = st.integers(0, 16_383)


@given(row=ROWS, column=COLUMNS, row_fixed=st.booleans(), column_fixed=st.booleans())
def test_an_address_reads_back(row: int, column: int, row_fixed: bool, column_fixed: bool) -> None:
    text = address.a1(row, column, row_fixed=row_fixed, column_fixed=column_fixed)
    found = re.fullmatch(r"(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]*)", text)
    assert found
    assert (address.column_number(found[2]), int(found[4]) - 1) == (column, row)
    assert (bool(found[1]), bool(found[3])) == (column_fixed, row_fixed)


@given(row=ROWS, column=COLUMNS, rows=st.integers(1, 9), columns=st.integers(1, 9))
def test_an_area_names_its_corners(row: int, column: int, rows: int, columns: int) -> None:
    first, _, last = address.area(row, column, rows, columns).partition(":")
    assert first == address.a1(row, column)
    assert last == (
        "" if rows == columns == 1 else address.a1(row + rows - 1, column + columns - 1)
    )


@given(row=ROWS, column=COLUMNS, fixed=st.booleans())
def test_a_position_is_read_from_its_address(row: int, column: int, fixed: bool) -> None:
    text = address.a1(row, column, row_fixed=fixed, column_fixed=not fixed)
    assert address.position(text) == (row, column)


@pytest.mark.parametrize(
    ("sheet", "prefix"),
    [
        ("Words", "Words!"), ("My Data é", "'My Data é'!"), ("1st", "'1st'!"), ("A1", "'A1'!"),
        ("R", "'R'!"), ("TRUE", "'TRUE'!"), ("It's", "'It''s'!"), ("rc", "'rc'!"),
    ],
)  # fmt: skip
def test_a_sheet_is_quoted_where_it_must_be(sheet: str, prefix: str) -> None:
    assert address.sheet_prefix(sheet) == prefix
