from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from sheetformer.engines import get_engine
from sheetformer.engines.base import Engine
from sheetformer.engines.reader import formula_cells, read_cells
from sheetformer.errors import EngineError, FileError

from ..workbook_edit import spoil_cached_values
from .books import RIGHT, WRONG, write_book

OUT = "My sheet, é"


def test_every_formula_is_worked_out_although_each_stored_value_is_wrong(
    engine: Engine, tmp_path: Path
) -> None:
    path = write_book(tmp_path / "book.xlsx")
    spoil_cached_values(path, path, WRONG)
    stored = read_cells(path)[OUT]
    assert {stored[cell] for cell in formula_cells(path)[OUT]} == {WRONG}
    assert engine.recalculate(path) == RIGHT


def test_numbers_come_back_in_full(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "numbers.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", "=SQRT(2)", None, WRONG)
        sheet.write_formula("A2", "=EXP(1)/1000000", None, WRONG)
    cells = engine.recalculate(path)["Sheet1"]
    assert cells[0, 0] == 2**0.5
    assert cells[1, 0] == pytest.approx(2.718281828459045e-6, rel=4e-16)


@pytest.mark.parametrize("name", ["with space.xlsx", "naïve façade #1 100%.xlsx", "a&b;c'd.xlsx"])
def test_any_file_name_works(engine: Engine, tmp_path: Path, name: str) -> None:
    assert engine.recalculate(write_book(tmp_path / name)) == RIGHT


def test_a_lock_file_beside_the_book_does_not_matter(engine: Engine, tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    (tmp_path / ".~lock.book.xlsx#").write_text(",someone,else,01.01.2026 10:00,file:///x;")
    assert engine.recalculate(path) == RIGHT


def test_the_file_itself_stays_as_it_is(engine: Engine, tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    before = path.read_bytes()
    engine.recalculate(path, {("Data", 0, 0): 7})
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["book.xlsx"]


def test_edits_come_before_recalculation(engine: Engine, tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    edits = {("Data", 0, 0): 4, ("Data", 0, 3): "=1+1", ("Data", 2, 3): "007"}
    cells = engine.recalculate(path, edits)
    assert cells["Data"][0, 0] == 4.0
    assert cells["Data"][0, 3] == "=1+1"
    assert cells[OUT][0, 0] == 6.5
    assert cells[OUT][1, 0] == "=1+1 007"
    assert cells[OUT][0, 2] == 40.0
    assert cells[OUT][3, 2] == 4.0


def test_a_loaded_book_can_be_edited_again_and_again(engine: Engine, tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    with engine.open(path) as live:
        assert live.cells() == RIGHT
        assert live.edit({("Data", 0, 0): 5.0})[OUT][0, 0] == 7.5
        assert live.edit({("Data", 0, 1): -5.0})[OUT][0, 0] == 0.0
        assert live.edit({("Data", 0, 0): 1.0, ("Data", 0, 1): 2.5}) == RIGHT


def test_a_protected_sheet_and_manual_calculation_do_not_stop_an_edit(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "locked.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_calc_mode("manual")
        sheet = book.add_worksheet("S")
        sheet.write_number("A1", 1)
        sheet.write_formula("B1", "=A1*2", None, WRONG)
        sheet.protect()
    with engine.open(path) as live:
        assert live.cells()["S"][0, 1] == 2.0
        assert live.edit({("S", 0, 0): 21})["S"][0, 1] == 42.0


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({("Dat", 0, 0): 1.0}, "no sheet 'Dat'; did you mean 'Data'"),
        ({(OUT, 0, 0): 1.0}, "A1 holds a formula"),
        ({(OUT, 1, 3): 1.0}, "D2 holds a formula"),
        ({("Data", 0, 0): float("nan")}, "A1 cannot hold nan"),
        ({("Data", 0, 0): float("inf")}, "A1 cannot hold inf"),
    ],
)
def test_edits_that_make_no_sense_are_refused(
    engine: Engine, tmp_path: Path, edits: dict[tuple[str, int, int], float], words: str
) -> None:
    with pytest.raises(EngineError, match=words):
        engine.recalculate(write_book(tmp_path / "book.xlsx"), edits)


def test_a_few_cells_far_apart_are_read(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        sheet.write_number("A1", 1)
        sheet.write_number("XFD90000", 2)
        sheet.write_formula("F6", "=A1+XFD90000", None, WRONG)
    assert engine.recalculate(path) == {"S": {(0, 0): 1.0, (89999, 16383): 2.0, (5, 5): 3.0}}


def test_a_file_that_is_no_workbook_is_refused(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "words.xlsx"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match=r"words\.xlsx' is no \.xlsx workbook"):
        engine.recalculate(path)
    with pytest.raises(FileError, match="there is no file"):
        engine.recalculate(tmp_path / "none.xlsx")


def test_engines_are_found_by_name() -> None:
    assert [get_engine(name).name for name in ("ironcalc", "LibreOffice")] == [
        "ironcalc",
        "libreoffice",
    ]
    with pytest.raises(EngineError, match="no engine 'libre-office'; did you mean 'libreoffice'"):
        get_engine("libre-office")
    with pytest.raises(EngineError, match="there are: ironcalc, libreoffice"):
        get_engine("zzz")


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    program = (
        "import sys; from sheetformer.engines import get_engine;"
        "get_engine('ironcalc'); get_engine('libreoffice');"
        "print([m for m in ('ironcalc', 'uno', 'xlsxwriter', 'openpyxl') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_a_panic_inside_ironcalc_becomes_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import ironcalc

    monkeypatch.setattr(ironcalc, "load_from_xlsx", lambda _: ironcalc.test_panic())
    with pytest.raises(EngineError, match=r"IronCalc cannot work with .* try the engine"):
        get_engine("ironcalc").recalculate(write_book(tmp_path / "book.xlsx"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b""),
        (b'<c r="E', b'<c  r="E'),  # another program's spelling
        (b"<f>SUMPRODUCT", b'<f t="shared" ref="E1:E1" si="0">SUMPRODUCT'),
    ],
)
def test_functions_that_take_arrays_read_whole_ranges(
    engine: Engine, tmp_path: Path, old: bytes, new: bytes
) -> None:
    """As plain formulas, the way a person types them; in other functions one cell is taken."""
    path = tmp_path / "arrays.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row("A1", [0, 1, 2])
        sheet.write_row("A2", [1, 1, 2])
        sheet.write_formula("E1", "=SUMPRODUCT(EXP(A1:C1))", None, WRONG)
        sheet.write_formula("E2", "=A1:A2*SUMPRODUCT(2^ABS(A1:C1),A2:C2)", None, WRONG)
        sheet.write_formula("E3", "=MMULT(ABS(A1:C1),TRANSPOSE(A2:C2))", None, WRONG)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    part = "xl/worksheets/sheet1.xml"
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new) if old else parts[part]
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    cells = engine.recalculate(path)["Sheet1"]
    found = [cells[row, 4] for row in range(3)]
    assert found == pytest.approx([1 + np.e + np.e**2, 11, 5])
