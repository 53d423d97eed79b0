"""`sheetformer verify`: a table for people, JSON for programs, an exit code for scripts."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest


@pytest.fixture
def good(workbook: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(workbook, tmp_path / "good.xlsx"))


@pytest.fixture
def wrong(workbook: Path, tmp_path: Path) -> Path:
    """The same workbook with one formula spoilt: the scale of the scores."""
    path = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(<f[^>]*>)MMULT\(", rb"\g<1>2*MMULT(", content, count=1)
            new.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "engine", ["ironcalc", pytest.param("libreoffice", marks=pytest.mark.libreoffice)]
)
def test_a_good_file(sheetformer, good: Path, engine: str) -> None:
    ran = sheetformer("verify", good, "--engine", engine)
    assert ran.code == 0, ran
    assert ran.err == ""
    assert "✓" in ran.out
    assert "✗" not in ran.out
    assert "Largest difference" in ran.out
    assert len(ran.out.splitlines()) < 15
    assert "weights" not in ran.out
    assert re.search(r"\d+ blocks +Attention +\d+", ran.out)


def test_all_names_every_block(sheetformer, good: Path) -> None:
    ran = sheetformer("verify", good, "--all", COLUMNS="200")
    report = json.loads(sheetformer("verify", good, "--json").out)
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines() if line.endswith("✓")]
    assert [line[0] for line in lines] == [block["name"] for block in report["blocks"]]


def test_a_wrong_cell(sheetformer, wrong: Path) -> None:
    ran = sheetformer("verify", wrong)
    assert ran.code == 1, ran
    assert "✗" in ran.out
    assert "Cells that are off" in ran.out
    rows = ran.out.partition("Cells that are off")[0].splitlines()[2:]
    assert rows[0].rstrip().endswith("✗"), "what is off comes first, block by block"
    assert sum("✓" in row for row in rows) <= 5
    assert "Expected" in ran.out
    assert re.search(r"![A-Z]+\d+", ran.out)


def test_json(sheetformer, good: Path, wrong: Path) -> None:
    ran = sheetformer("verify", good, "--json")
    report = json.loads(ran.out)
    assert ran.code == 0
    assert report["ok"] is True
    assert report["off"] == 0
    assert report["largest_difference"] < 1e-9
    assert report["cells"] == sum(block["cells"] for block in report["blocks"])
    ran = sheetformer("verify", wrong, "--json")
    report = json.loads(ran.out)
    assert ran.code == 1
    assert report["ok"] is False
    off = [cell for block in report["blocks"] for cell in block["off"]]
    assert len(off) == report["off"] > 0
    assert set(off[0]) == {"cell", "expected", "found"}


def test_the_file_stays_as_it_is(sheetformer, good: Path) -> None:
    before = good.read_bytes()
    sheetformer("verify", good)
    assert good.read_bytes() == before


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_table_fits_the_terminal(sheetformer, wrong: Path, columns: int) -> None:
    ran = sheetformer("verify", wrong, COLUMNS=str(columns))
    assert max(map(len, ran.out.splitlines())) <= columns
