"""The bare script that the benchmarks compare with writes the cells and names of the same book."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

import sheetformer as sf

LESSON = Path(__file__).parents[2] / "benchmarks" / "lesson.py"


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
def test_the_bare_script_writes_the_same_cells_and_names(tmp_path: Path, formulas: str) -> None:
    benchmark = runpy.run_path(str(LESSON))
    cells, bare = tmp_path / "cells.json", tmp_path / "bare.xlsx"
    make = f"import sheetformer as sf\nmake = lambda: sf.lesson(formulas={formulas!r})\n"
    run(make + benchmark["DUMP"], cells)
    run(benchmark["BARE"], cells, bare)
    book = sf.lesson(formulas=formulas)
    assert any(not block.named for block in book.blocks.values()), "a row of a table has no name"
    assert contents(bare) == contents(book.save(tmp_path / "ours.xlsx"))


def run(code: str, *paths: Path) -> None:
    subprocess.run([sys.executable, "-c", code, *map(str, paths)], check=True, timeout=60)


def contents(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The cells of every sheet, and what each defined name means."""
    book = openpyxl.load_workbook(path)
    cells = {
        f"{sheet.title}!{cell.coordinate}": written(cell.value)
        for sheet in book
        for line in sheet
        for cell in line
        if cell.value not in (None, "")
    }
    names = {name: str(defined.attr_text) for name, defined in book.defined_names.items()}
    return cells, {name: meant.replace("'", "") for name, meant in names.items()}


def written(value: Any) -> Any:
    """What a cell says; XlsxWriter writes 16 digits of a number, and the product all 17."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return (value.ref, value.text) if isinstance(value, ArrayFormula) else value


@pytest.mark.parametrize(
    ("work", "peer", "ours", "smaller"),
    [
        ("1,000,000 numbers", "XlsxWriter", "Sheetformer, save", ("(1000, 1000)", "(750, 1000)")),
        (
            "100,000 formulas with values",
            "XlsxWriter, ready strings",
            "Sheetformer, trace and save",
            ("(250, 40)", "(250, 40)"),
        ),
    ],
)
def test_a_large_sheet_takes_a_fraction_of_a_peers_time(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    work: str,
    peer: str,
    ours: str,
    smaller: tuple[str, str],
) -> None:
    """Processor seconds of one run; a third of what docs/benchmarks.md tells is allowed."""
    monkeypatch.syspath_prepend(LESSON.parent)
    bulk = runpy.run_path(str(LESSON.with_name("bulk.py")))
    seconds: dict[str, float] = {}
    for name in (peer, ours):
        prepare, code = bulk["JOBS"][work][name]
        taken = bulk["once"](prepare.replace(*smaller), code, tmp_path / "book.xlsx")
        seconds[name] = taken[0]
    assert seconds[peer] > 4 * seconds[ours], seconds
