from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from sheetformer.engines import package
from sheetformer.engines.base import CellError
from sheetformer.engines.package import check_workbook
from sheetformer.engines.reader import formula_cells, read_cells
from sheetformer.errors import FileError

from .books import RIGHT, WRONG, write_book

OUT = "My sheet, é"
SHEET = "xl/worksheets/sheet1.xml"


def test_stored_values_are_read_and_nothing_is_worked_out(tmp_path: Path) -> None:
    cells = read_cells(write_book(tmp_path / "book.xlsx"))
    assert list(cells) == ["Data", OUT, "Empty"]
    assert cells["Data"] == RIGHT["Data"]
    assert cells[OUT][0, 0] == WRONG
    assert cells[OUT][1, 0] == "wrong"
    assert cells[OUT][2, 0] is False
    assert cells["Empty"] == {}


def test_formula_cells_include_all_cells_of_an_array_formula(tmp_path: Path) -> None:
    formulas = formula_cells(write_book(tmp_path / "book.xlsx"))
    assert formulas == {"Data": set(), OUT: set(RIGHT[OUT]), "Empty": set()}


def test_kinds_of_stored_values(tmp_path: Path) -> None:
    path = tmp_path / "kinds.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("S")
        sheet.write_rich_string("A1", "a", bold, "b", " c")
        sheet.write_string("A2", " two\nlines _x000D_ <&> ")
        sheet.write_formula("A3", "=NA()", None, "#N/A")
        sheet.write_formula("A4", '=""', None, "")
        sheet.write_blank("A5", None, bold)
        sheet.write_string("A6", "007")
        sheet.write_number("A7", 0.1)
        sheet.write_formula("A8", "=A7", None, True)
    assert read_cells(path) == {
        "S": {
            (0, 0): "ab c",
            (1, 0): " two\nlines _x000D_ <&> ",
            (2, 0): CellError("#N/A"),
            (3, 0): "",
            (5, 0): "007",
            (6, 0): 0.1,
            (7, 0): True,
        }
    }


def test_cells_without_address_prefixes_phonetics_and_seventeen_digits(tmp_path: Path) -> None:
    path = _with_sheet(
        tmp_path,
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<x:sheetData><x:row><x:c><x:v>0.30000000000000004</x:v></x:c>"
        '<x:c t="inlineStr"><x:is><x:t>a_x0041_</x:t><x:rPh sb="0" eb="1"><x:t>no</x:t></x:rPh>'
        '</x:is></x:c></x:row><x:row r="4"><x:c r="C4" t="str"><x:f>1</x:f><x:v>t</x:v></x:c>'
        "<x:c><x:f>B9</x:f></x:c></x:row></x:sheetData></x:worksheet>",
    )
    assert read_cells(path)["Sheet1"] == {(0, 0): 0.1 + 0.2, (0, 1): "aA", (3, 2): "t"}
    assert formula_cells(path)["Sheet1"] == {(3, 2), (3, 3)}


@pytest.mark.parametrize(
    "reader", [read_cells, lambda path: dict(formula_cells(path)), check_workbook]
)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no .xlsx workbook"),
        (b"a,b\n", "is no .xlsx workbook"),
        (b"PK\x03\x04 and no more", "is damaged or cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is encrypted or an old .xls"),
    ],
)
def test_files_that_are_no_workbook(
    tmp_path: Path, content: bytes, words: str, reader: Callable[[Path], object]
) -> None:
    path = tmp_path / "some.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileError, match=words) as caught:
        reader(path)
    assert str(path) in str(caught.value)


def test_missing_files_folders_and_other_archives(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no file"):
        read_cells(tmp_path / "none.xlsx")
    with pytest.raises(FileError, match="is a folder"):
        read_cells(tmp_path)
    with zipfile.ZipFile(tmp_path / "some.docx", "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(FileError, match=r"is no \.xlsx workbook"):
        read_cells(tmp_path / "some.docx")


def test_a_cut_file_is_damaged(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(FileError, match="is damaged or cut short"):
        read_cells(path)


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsx")
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo(SHEET).header_offset + 30 + len(SHEET)
    content = bytearray(path.read_bytes())
    content[start + 40] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(FileError, match="is damaged"):
        check_workbook(path)


def test_a_missing_sheet_is_damage(tmp_path: Path) -> None:
    path = _changed(tmp_path, lambda name, data: None if name == SHEET else data)
    with pytest.raises(FileError, match=f"its part {SHEET} is missing"):
        read_cells(path)


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        ("<worksheet><sheetData>", "is damaged"),
        ('<!DOCTYPE a [<!ENTITY b "bb">]><worksheet>&b;</worksheet>', "DOCTYPE"),
        ('<?xml version="1.0" encoding="UTF-9"?><worksheet/>', "written in 'UTF-9'"),
        ('<?xml version="1.0" encoding="idna"?><worksheet/>', "written in 'idna'"),
        ('<worksheet><c r="A1"><v>one</v></c></worksheet>', "unreadable cell"),
        ('<worksheet><c r="A1" t="s"><v>999</v></c></worksheet>', "unreadable cell"),
        ('<worksheet><c r="A1"><f t="array" ref="A1:XFD1048576"/></c></worksheet>', "unreadable"),
    ],
)
def test_bad_sheets_are_refused_in_one_sentence(tmp_path: Path, sheet: str, words: str) -> None:
    with pytest.raises(FileError, match=words) as caught:
        read_cells(_with_sheet(tmp_path, sheet))
    assert "\n" not in str(caught.value)


def test_a_zip_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_book(tmp_path / "book.xlsx")
    monkeypatch.setattr(package, "LARGEST", 1000)
    with pytest.raises(FileError, match="unpacks to more than"):
        read_cells(path)


def _with_sheet(folder: Path, sheet: str) -> Path:
    return _changed(folder, lambda name, data: sheet.encode() if name == SHEET else data)


def _changed(folder: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A small workbook with some parts replaced or left out."""
    plain, path = folder / "plain.xlsx", folder / "changed.xlsx"
    xlsxwriter.Workbook(str(plain)).close()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for info in source.infolist():
            data = change(info.filename, source.read(info))
            if data is not None:
                target.writestr(info, data)
    return path
