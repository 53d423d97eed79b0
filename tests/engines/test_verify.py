"""`verify` finds whatever is wrong in a file, and only that."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
import xlsxwriter

import sheetformer as sf
from sheetformer.engines.base import Engine
from sheetformer.engines.reader import read_cells
from sheetformer.errors import FileError

from ..workbook_edit import edit_cells


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = sf.trace(lambda x, w: sf.softmax(x @ w), np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]))
    return book.save(tmp_path / "book.xlsx")


def _replace(file: Path, pattern: bytes, replacement: bytes) -> Path:
    """The same workbook with its first sheet's XML changed."""
    changed = file.with_name("changed.xlsx")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(changed, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/worksheets/sheet1.xml":
                data, count = re.subn(pattern, replacement, data, count=1)
                assert count == 1, "the planted fault must be there"
            new.writestr(item, data)
    return changed


def with_part(file: Path, part: str, content: str | Callable[[str], str]) -> None:
    """Change a part of a workbook, or put one in."""
    with zipfile.ZipFile(file) as old:
        parts = {item.filename: old.read(item) for item in old.infolist()}
    if not isinstance(content, str):
        content = content(parts[part].decode())
    parts[part] = content.encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)


def add_formula(file: Path, formula: str, cell: str = "Z99", value: str = "<v>1</v>") -> None:
    """Put a formula, as XML, into a cell of the first sheet that the book does not use."""
    row = re.sub("[A-Z]", "", cell)
    added = f'<row r="{row}"><c r="{cell}"><f>{escape(formula)}</f>{value}</c></row></sheetData>'
    with_part(file, "xl/worksheets/sheet1.xml", lambda old: old.replace("</sheetData>", added, 1))


def test_right_as_written(workbook: Path, engine: Engine) -> None:
    report = sf.verify(workbook, engine)
    assert report.ok
    assert report.largest < 1e-12
    assert {"matmul", "softmax"} <= {row.name for row in report.rows}


def test_a_planted_wrong_formula_is_found(workbook: Path, engine: Engine) -> None:
    wrong = _replace(workbook, rb"MMULT\(x\+0,w_\+0\)", b"MMULT(w_,x)*2")
    report = sf.verify(wrong, engine)
    assert not report.ok
    assert "matmul" in {row.name for row in report.rows if row.off}


def test_a_formula_typed_over_with_its_own_value_is_found(workbook: Path, ironcalc: Engine) -> None:
    dead = _replace(workbook, rb"<f>MAX\([^<]*</f>", b"")
    report = sf.verify(dead, ironcalc)
    assert [str(cell.found) for cell in report.off] == ["a typed value where a formula stood"]


def test_right_again_after_an_input_is_changed(workbook: Path, engine: Engine) -> None:
    changed = workbook.with_name("edited.xlsx")
    block = sf.trace(lambda x: x, np.eye(2))["x"].block
    place = (block.matrices[0].row, block.matrices[0].column)
    sheet = next(iter(read_cells(workbook)))
    edit_cells(workbook, changed, {(sheet, *place): 5.0})
    report = sf.verify(changed, engine)
    assert report.ok


def test_text_in_a_number_cell_is_told_in_one_sentence(workbook: Path) -> None:
    changed = workbook.with_name("edited.xlsx")
    block = sf.trace(lambda x: x, np.eye(2))["x"].block
    sheet = next(iter(read_cells(workbook)))
    edit_cells(
        workbook, changed, {(sheet, block.matrices[0].row, block.matrices[0].column): "many"}
    )
    with pytest.raises(FileError, match="holds 'many' where a number belongs"):
        sf.verify(changed)


def test_a_damaged_manifest_is_told_in_one_sentence(workbook: Path) -> None:
    damaged = workbook.with_name("damaged.xlsx")
    with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(damaged, "w") as new:
        for item in old.infolist():
            new.writestr(item, old.read(item).replace(b'{"title"', b'{"tit'))
    with pytest.raises(FileError, match="damaged"):
        sf.verify(damaged)


def test_another_workbook_is_no_book_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "other.xlsx"
    with xlsxwriter.Workbook(file) as other:
        other.add_worksheet().write(0, 0, 1)
    with pytest.raises(FileError, match="holds no Sheetformer book"):
        sf.verify(file)


@pytest.mark.parametrize(
    ("name", "value"), [("d_k", 1.0), ("ref_scores", 9.0), ("english_words", "other")]
)
def test_a_changed_constant_is_found(tmp_path: Path, name: str, value: float | str) -> None:
    """Only inputs and learned numbers are for changing."""
    book = sf.lesson()
    plain, changed = tmp_path / "plain.xlsx", tmp_path / "changed.xlsx"
    book.save(plain)
    block = book[name].block
    edit_cells(plain, changed, {(block.sheet, *block.cells[0]): value})
    report = sf.verify(changed)
    assert not report.ok
    assert name in {row.name for row in report.rows if row.off}


# -- what no program speaks of ---------------------------------------------------------------------


def test_a_formula_that_is_no_part_of_the_program_is_named(workbook: Path, engine: Engine) -> None:
    add_formula(workbook, "1/0")
    report = sf.verify(workbook, engine)
    assert not report.ok
    assert not report.off
    assert [cell.rpartition("!")[2] for cell in report.unknown] == ["Z99"]


def test_regions_that_are_taken_out_of_the_program_are_missed(workbook: Path) -> None:
    """The formulas still stand there, and nobody checks them."""
    hidden = "xl/sharedStrings.xml"
    with zipfile.ZipFile(workbook) as archive:
        text = archive.read(hidden).decode()
    start = text.index('"regions":[')
    end = text.index("]}", start)
    rows = json.loads(text[start + len('"regions":') : end + 1])
    kept = [row for row in rows if row[0] != "softmax"]
    assert len(kept) < len(rows)
    changed = text[:start] + '"regions":' + json.dumps(kept) + text[end + 1 :]
    with_part(workbook, hidden, changed)
    report = sf.verify(workbook)
    assert not report.ok
    assert len(report.unknown) >= 4


def formula_in_input(workbook: Path, formula: str, stored: int) -> str:
    """Put a formula into the first cell of the first input; gives that cell."""
    block = sf.trace(lambda x: x, np.eye(2))["x"].block
    place = block.matrices[0]
    cell = f"{chr(65 + place.column)}{place.row + 1}"
    pattern = rf'<c r="{cell}"([^>]*)><v>[^<]*</v></c>'
    with_part(
        workbook,
        "xl/worksheets/sheet1.xml",
        lambda old: re.sub(pattern, rf'<c r="{cell}"\1><f>{formula}</f><v>{stored}</v></c>', old),
    )
    return cell


@pytest.mark.parametrize("formula", ["1+1.5", "RAND()", "1/3"])
def test_a_formula_in_an_input_counts_by_what_it_gives(
    workbook: Path, engine: Engine, formula: str
) -> None:
    """The stored value says 77, and nobody may believe it."""
    cell = formula_in_input(workbook, formula, stored=77)
    report = sf.verify(workbook, engine)
    assert report.ok, report
    assert "formulas stand in 1 input cells" in report.notes[0]
    assert cell in report.notes[0]


def test_an_error_in_an_input_is_named(workbook: Path) -> None:
    cell = formula_in_input(workbook, "1/0", stored=1)
    with pytest.raises(FileError, match=f"{cell} .*#DIV/0!.* where a number belongs"):
        sf.verify(workbook)


def test_values_pasted_over_a_block_are_one_line(tmp_path: Path) -> None:
    book = sf.trace(lambda x: x * 2, np.ones((40, 30)), formulas="cell")
    path = book.save(tmp_path / "book.xlsx")
    with_part(
        path, "xl/worksheets/sheet1.xml", lambda old: re.sub("<f>[^<]*</f>", "", old, count=1200)
    )
    report = sf.verify(path)
    assert len(report.off) <= 3
    assert report.off_cells >= 1190
    assert "typed values where formulas stood" in str(report)


def test_empty_cells_of_other_programs_are_empty(workbook: Path, engine: Engine) -> None:
    """`<c t="n"></c>` is how some programs save a cell that has a look and no content."""
    before = engine.recalculate(workbook)
    with_part(
        workbook,
        "xl/worksheets/sheet1.xml",
        lambda old: old.replace(
            "</sheetData>",
            '<row r="90"><c r="A90" t="n"></c><c r="B90" t="n"/><c r="C90" t="n"><v></v></c>'
            '<c r="D90" s="1" t="str"></c><c r="E90" t="b"><v/></c></row>'
            '<row r="91"><c r="A91"><f>COUNTA(A90:E90)</f><v>9</v></c></row></sheetData>',
        ),
    )
    after = engine.recalculate(workbook)
    sheet = next(iter(after))
    counted = after[sheet].pop((90, 0))
    assert {at for at in after[sheet] if at[0] == 89 and after[sheet][at] != ""} == set()
    assert counted == 0
    assert {at: value for at, value in after[sheet].items() if value != ""} == {
        at: value for at, value in before[sheet].items() if value != ""
    }
