from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetformer.book import names
from sheetformer.formula.address import name_fault

from .. import lint

NAMES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["Q", "K", "V", "R1C1", "true", "W1", "d_k", "SUM", "σ²", "a b", "1st", "x_", "_"]
    ),
    st.from_regex(r"[A-Za-z]{1,4}[0-9]{0,3}_?", fullmatch=True),
)


@given(wishes=st.lists(NAMES, max_size=12))
def test_names_are_legal_and_never_clash(wishes: list[str]) -> None:
    taken: set[str] = set()
    for wish in wishes:
        name = names.safe_name(wish, taken)
        assert lint.name_fault(name) is None
        assert name.upper() not in taken
        taken.add(name.upper())


@given(name=NAMES)
def test_the_fault_of_a_name_is_known_here_too(name: str) -> None:
    if lint.name_fault(name):
        assert name_fault(name)


@pytest.mark.parametrize("wish", ["x" * 300, "x" * 250, "A1" + "x" * 248])
def test_a_long_wish_becomes_a_legal_name(wish: str) -> None:
    first = names.safe_name(wish, set())
    second = names.safe_name(wish, {first.upper()})
    assert lint.name_fault(first) is lint.name_fault(second) is None
    assert first != second


@given(wishes=st.lists(st.text(max_size=40), max_size=8))
def test_sheet_names_are_legal_and_never_clash(wishes: list[str]) -> None:
    taken: set[str] = set()
    for wish in wishes:
        name = names.sheet_name(wish, taken)
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[:\\/?*\[\]\x00-\x1f]", name)
        assert name[0] != "'"
        assert name[-1] != "'"
        assert name.casefold() not in {other.casefold() for other in taken} | {
            "history",
            "sheetformer",
        }
        taken.add(name)


@pytest.mark.parametrize("wish", ["History", "Sheetformer", "sheetformer", " SHEETFORMER'"])
def test_a_name_that_a_file_needs_itself_is_not_given(wish: str) -> None:
    assert names.sheet_name(wish, set()).endswith(" 2")
