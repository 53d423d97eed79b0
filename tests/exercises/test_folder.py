"""What lies in a folder of submissions: other programs' files, keys, copies, hostile ones."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

import sheetformer as sf
from sheetformer.engines.office import find_soffice
from sheetformer.engines.opendocument import read_opendocument
from sheetformer.errors import FileError
from sheetformer.exercises import grading
from sheetformer.exercises.grading import Grades, grade
from sheetformer.formula.address import a1

from .solutions import at, exercise_files, sheet
from .submissions import Case, cheats, honest_case, usual, write, wrong_cases

# -- other programs --------------------------------------------------------------------------------


def convert(files: list[Path], kind: str, folder: Path) -> None:
    """LibreOffice opens the files and saves them as another kind."""
    home = f"-env:UserInstallation={(folder.parent / 'home').as_uri()}"
    command = [str(find_soffice()), home, "--headless", "--convert-to", kind, "--outdir"]
    subprocess.run([*command, folder, *files], check=True, capture_output=True, timeout=120)


def plain(grades: Grades) -> list[Any]:
    """What a grade is made of, whatever the file is called."""
    return [
        (Path(one.file).stem, one.points, one.problem,
         [(blank.block, blank.cells, blank.mistake) for blank in one.blanks])
        for one in grades.grades
    ]  # fmt: skip


@pytest.mark.libreoffice
def test_saving_in_another_program_changes_no_grade(tmp_path: Path) -> None:
    """Only LAMBDA is lost: LibreOffice knows it from version 24.8 on."""
    chosen = [honest_case(i) for i in (0, 5, 9)] + [wrong_cases()[0], wrong_cases()[8], cheats()[8]]
    files = [write(case, tmp_path / f"{i:02}.xlsx") for i, case in enumerate(chosen)]
    folders = {kind: tmp_path / kind for kind in ("ods", "xlsx", "openpyxl")}
    for kind in ("ods", "xlsx"):
        folders[kind].mkdir()
        convert(files, kind, folders[kind])
    folders["openpyxl"].mkdir()
    for file in files:
        openpyxl.load_workbook(file).save(folders["openpyxl"] / file.name)
    expected = plain(grade(files, exercise_files()[1]))
    assert len({points for _, points, *_ in expected}) > 2
    for folder in folders.values():
        assert plain(grade(folder, exercise_files()[1])) == expected


def opendocument(path: Path, content: str, manifest: str = "") -> Path:
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        if manifest:
            archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body>{content}</office:body>"
            "</office:document-content>",
        )
    return path


def table(rows: str, name: str = "a") -> str:
    return f'<table:table table:name="{name}">{rows}</table:table>'


def cells(attributes: str, inside: str = "") -> str:
    cell = f"<table:table-cell {attributes}>{inside}</table:table-cell>"
    return f"<table:table-row>{cell}</table:table-row>"


def test_what_an_ods_file_holds(tmp_path: Path) -> None:
    number = 'office:value-type="float" office:value="2"'
    text = "<office:annotation><text:p>no</text:p></office:annotation><text:p>a<text:s/>b</text:p>"
    formula = 'table:formula="of:=SUM([.A1];[$\'b c\'.B$2])" office:value-type="float"'
    array = (
        'table:formula="of:={1;2|3;4}" table:number-matrix-columns-spanned="2" '
        'table:number-matrix-rows-spanned="2" office:value-type="float" office:value="1"'
    )
    names = (
        '<table:named-range table:name="x" table:cell-range-address="$a.$A$1:.$B$1"/>'
        "<table:tracked-changes><table:table-cell/></table:tracked-changes>"
    )
    rows = (
        f'<table:table-row table:number-rows-repeated="2">'
        f'<table:table-cell {number} table:number-columns-repeated="2"/></table:table-row>'
        + cells('office:value-type="string"', text) + cells(formula) + cells(array)
        + cells(number) + cells('table:formula="of:=[\'file:///x.ods\'#$a.A1]"')
        + '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )  # fmt: skip
    found = read_opendocument(opendocument(tmp_path / "a.ods", table(rows) + names))
    assert found.tables[0].values == {
        (0, 0): 2.0, (0, 1): 2.0, (1, 0): 2.0, (1, 1): 2.0, (2, 0): "a b"
    }  # fmt: skip
    assert found.tables[0].formulas == {
        (3, 0): ("SUM(A1,'b c'!B$2)", 0, 0), (4, 0): ("{1,2;3,4}", 2, 2), (6, 0): ("#NAME?", 0, 0)
    }  # fmt: skip
    assert found.names == {"x": ("a", "$A$1:$B$1")}


def test_an_ods_file_is_checked_like_a_workbook(tmp_path: Path) -> None:
    formulas = "".join(
        f'<table:table-cell table:formula="of:=EXP([.{c}1])/SUMPRODUCT(EXP([.$A$1:.$C$1]))" '
        'office:value-type="float"/>'
        for c in "ABC"
    )
    numbers = "".join(f"<table:table-cell {NUMBER}/>" for _ in range(3))
    rows = "".join(f"<table:table-row>{line}</table:table-row>" for line in (numbers, formulas))
    path = opendocument(tmp_path / "theirs.ods", table(rows))
    assert sf.check(path, "softmax", {"x": "A1:C1"}, "A2:C2", largest=100).ok


NUMBER = 'office:value-type="float" office:value="1"'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table(cells(f'{NUMBER} table:number-columns-repeated="16000"') * 20), "cells"),
        (table(cells(f'{NUMBER} table:number-columns-repeated="99999"')), "unreadable cell"),
        (table(cells('office:value-type="float" office:value="x"')), "unreadable cell"),
        (table(cells(f'{NUMBER} table:number-columns-repeated="-1"')), "unreadable cell"),
        (table(cells(f'table:formula="of:={"(" * 70}1{")" * 70}"')), "levels deep"),
        (table("<unclosed>"), "damaged"),
    ],
)
def test_a_hostile_ods_file_is_one_sentence(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        read_opendocument(opendocument(tmp_path / "a.ods", content))


def test_an_ods_file_that_no_workbook_can_be(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    row = cells(NUMBER)
    opendocument(folder / "long.ods", table(row, name="x" * 40))
    opendocument(folder / "locked.ods", table(row), "<manifest><encryption-data/></manifest>")
    opendocument(folder / "other.ods", table(row))
    said = {one.file: one.problem for one in grade(folder, exercise_files()[1]).grades}
    assert "rename it" in said["long.ods"]
    assert "encrypted" in said["locked.ods"]
    assert "is missing" in said["other.ods"]
    assert not any(str(tmp_path) in text or "book.xlsx" in text for text in said.values())


# -- keys, copies, files of another kind -----------------------------------------------------------


def test_what_is_no_submission_has_a_line(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "Ana_1_assignsubmission_file").mkdir(parents=True)
    write(honest_case(0), folder / "Ana_1_assignsubmission_file" / "a.xlsx")
    shutil.copy(folder / "Ana_1_assignsubmission_file" / "a.xlsx", folder / "bob.xlsx")
    shutil.copy(exercise_files()[1], folder / "key.xlsx")
    for name in ("all.zip", "old.XLS", "~$bob.xlsx", ".hidden.xlsx", "grades.csv"):
        (folder / name).write_bytes(b"PK")
    grades = {one.file: one for one in grade(folder, exercise_files()[1]).grades}
    ana = str(Path("Ana_1_assignsubmission_file") / "a.xlsx")
    assert set(grades) == {ana, "bob.xlsx", "key.xlsx", "all.zip", "old.XLS"}
    assert "is the key of an exercise" in grades["key.xlsx"].problem
    assert "unpack it" in grades["all.zip"].problem
    assert "saved as .xlsx or .ods" in grades["old.XLS"].problem
    assert grades["bob.xlsx"].notes == (f"it is the same file as {ana!r}, to the last byte",)
    assert "'bob.xlsx'" in grades[ana].notes[0]


# -- hostile files ---------------------------------------------------------------------------------


def changed(path: Path, part: str, old: str, new: str) -> None:
    """The first match in a part of a file exchanged."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in parts if name.endswith(part))
    text = parts[name].decode()
    assert old in text
    parts[name] = text.replace(old, new, 1).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in parts.items():
            archive.writestr(each, data)


def edited(edit: Callable[[Any], None]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        write(Case("usual", usual(), change=edit), path)

    return make


def with_part(part: str, old: str, new: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        write(Case("usual", usual()), path)
        changed(path, part, old, new)

    return make


def put(book: Any, formula: str) -> None:
    book[sheet()][a1(60, 30)] = formula


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "entities": (with_part("sheet1.xml", "<worksheet", ENTITIES), "DOCTYPE"),
    "codec": (with_part("sheet1.xml", "<worksheet",
                        '<?xml version="1.0" encoding="punycode"?><worksheet'), "written in"),
    "external link": (edited(lambda book: put(book, "='[http://127.0.0.1:9/x.xlsx]S'!A1")), ""),
    "web service": (edited(lambda book: put(book, '=WEBSERVICE("http://127.0.0.1:9/")')), ""),
    "giant range": (edited(lambda book: put(book, "=SUM(A1:XFD1048576)")), "?"),
    "giant array": (with_part("sheet1.xml", "</sheetData>",
                    '<row r="900"><c r="A900"><f t="array" ref="A900:XFD99999">1</f></c></row>'
                    "</sheetData>"), "unreadable cell"),
    "circle": (edited(lambda book: book[sheet()].__setitem__(
        at("scores", 0, 0), f"={at('blend', 0, 0)}")), "<100"),
    "hidden sheet": (edited(lambda book: setattr(
        book.create_sheet("store"), "sheet_state", "veryHidden")), ""),
}  # fmt: skip


def test_each_hostile_file_gets_its_verdict(tmp_path: Path) -> None:
    """What is only odd keeps its grade; what cannot be read says why; nothing is followed."""
    limits = grading.LIMITS
    assert (limits.seconds, limits.processor, limits.memory) == (10, 10, 512 << 20)
    for name, (make, _) in HOSTILE.items():
        make(tmp_path / f"{name}.xlsx")
    macro = tmp_path / "macro.xlsm"
    write(Case("usual", usual()), macro)
    with zipfile.ZipFile(macro, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 no macro is read")
    found = {Path(one.file).stem: one for one in grade(tmp_path, exercise_files()[1]).grades}
    assert found["macro"].points == 100
    for name, (_, said) in HOSTILE.items():
        one = found[name]
        if said == "":
            assert one.points == 100, one
        elif said == "<100":
            assert one.points is not None
            assert one.points < 100
        elif said != "?":
            assert said in one.problem, one
    giant = found["giant range"]
    assert giant.points == 100 or "10 seconds" in giant.problem or "512 MB" in giant.problem


def test_inserted_rows_change_no_grade(tmp_path: Path) -> None:
    """Formulas and names go along, as in every spreadsheet program."""
    path = write(Case("usual", usual()), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    here = book[sheet()]
    for merged in list(here.merged_cells.ranges):
        here.unmerge_cells(str(merged))
    here.move_range("A4:AD80", rows=2)
    for cell in (cell for line in here for cell in line):
        if isinstance(cell.value, ArrayFormula):
            cell.value = ArrayFormula(lower(cell.value.ref), lower(cell.value.text))
        elif cell.data_type == "f":
            cell.value = lower(cell.value)
    for name in book.defined_names.values():
        name.attr_text = lower(name.attr_text)
    book.save(path)
    one = grade(path, exercise_files()[1]).grades[0]
    assert one.points == 100
    assert "where they stand now" in one.notes[0]


def lower(text: str) -> str:
    """A formula whose addresses are two rows further down."""
    return re.sub(r"(\$?[A-Z]{1,2}\$?)(\d+)\b", lambda at: f"{at[1]}{int(at[2]) + 2}", text)
