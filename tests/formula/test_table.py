"""The table of functions, and what the page has of it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sheetformer.formula.elsewhere import ELSEWHERE
from sheetformer.formula.functions import FUNCTIONS, MANY

from ..page.engine import PageEngine

SCRIPT = Path(__file__).parents[2] / "web" / "functions.py"


def test_the_table_of_the_page_is_made_of_this_one(page: PageEngine) -> None:
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert page.functions() == sorted(FUNCTIONS)


def test_a_change_that_the_page_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("page_functions", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), "--check"])
    script.main()
    other = replace(FUNCTIONS["SUMIF"], kinds="rsr")
    monkeypatch.setattr(script, "FUNCTIONS", {**FUNCTIONS, "SUMIF": other})
    with pytest.raises(SystemExit, match="is not up to date"):
        script.main()


def test_rows_make_sense() -> None:
    for name, row in FUNCTIONS.items():
        assert name == row.name == name.upper()
        assert set(row.kinds) <= set("sraSRA"), name
        assert 0 <= row.least <= row.most <= MANY, name
        assert row.sentence.endswith("."), name
        assert row.prefix in ("", "_xlfn.", "_xlfn._xlws."), name
        assert len(row.kinds) <= max(row.most, 1), name


def test_no_function_leaves_the_book() -> None:
    outside = {"HYPERLINK", "WEBSERVICE", "INDIRECT", "CALL", "REGISTER.ID", "RTD", "DDE", "EXEC"}
    assert not outside & set(FUNCTIONS)


def test_what_other_programs_have_is_not_here() -> None:
    assert not ELSEWHERE & set(FUNCTIONS)
    assert {"OFFSET", "INDIRECT", "SCAN", "UNIQUE"} <= ELSEWHERE
