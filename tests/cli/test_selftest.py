"""`sheetformer selftest`: one workbook for any spreadsheet program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sheetformer.selftest import make
from sheetformer.selftest.collect import collect

from .conftest import Sheetformer


def test_it_writes_the_workbook_and_says_what_to_do(
    sheetformer: Sheetformer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = collect(books=())
    monkeypatch.setattr(make, "collect", lambda: found)
    ran = sheetformer("selftest")
    assert ran.code == 0
    assert f"Wrote selftest.xlsx: {len(found)} formulas, one of each shape" in ran.out
    assert "Open it in a spreadsheet program" in ran.out
    told = json.loads(sheetformer("selftest", "--lang", "pt", "-o", "b.xlsx", "--json").out)
    assert told["lines"] == len(found)
    assert told["bytes"] == (tmp_path / "b.xlsx").stat().st_size


def test_what_is_no_workbook_is_refused(sheetformer: Sheetformer, tmp_path: Path) -> None:
    ran = sheetformer("selftest", "-o", "a.html")
    assert (ran.code, "end the name in .xlsx" in ran.err) == (2, True)
    assert not list(tmp_path.iterdir())
