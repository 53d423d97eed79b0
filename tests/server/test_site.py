"""The lessons as a folder of files."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest

from sheetformer.book.names import KEY_SHEET
from sheetformer.cli import main
from sheetformer.engines.reader import read_cells
from sheetformer.exercises.make import exercise
from sheetformer.language import languages
from sheetformer.lessons import LESSONS, lesson


def test_every_link_of_the_folder_leads_to_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "site"
    with pytest.raises(SystemExit) as code:
        main(["site", str(folder), "--only", "dot-product"])
    assert code.value.code == 0
    starts = sorted(path.name for path in folder.glob("index*.html"))
    assert len(starts) == len(languages())
    reached = set(starts)
    for start in starts:
        text = (folder / start).read_text(encoding="utf-8")
        links = re.findall(r'href="([^"]+)"', text)
        assert all(not link.startswith(("/", "http")) for link in links)
        reached |= {link.partition("#")[0] for link in links}
    workbooks = {f"dot-product.{code}.xlsx" for code in languages()}
    workbooks |= {f"dot-product.cell.{code}.xlsx" for code in languages()}
    assert workbooks == {path for path in reached if path.endswith("xlsx") and "exerc" not in path}
    array = re.compile(rb't="array"')
    whole, single = (
        array.search(zipfile.ZipFile(folder / name).read("xl/worksheets/sheet1.xml"))
        for name in ("dot-product.pt.xlsx", "dot-product.cell.pt.xlsx")
    )
    assert whole
    assert not single
    assert reached | {"robots.txt"} == {path.name for path in folder.iterdir()}
    assert "favicon.svg" in reached
    assert (folder / "favicon.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "Disallow" not in (folder / "robots.txt").read_text(encoding="utf-8")
    blank = LESSONS["dot-product"].blanks
    for code in languages():
        student = exercise(lesson("dot-product", lang=code), blank).students[0]
        file, page = (folder / f"dot-product.exercise.{code}.{kind}" for kind in ("xlsx", "html"))
        cells = read_cells(file)
        assert KEY_SHEET not in cells
        # The same command as in the docs makes its key.
        assert student.code in next(iter(cells.values())).values()
        assert 'id="sheetformer-workbook"' in page.read_text(encoding="utf-8")
    portuguese = unquote((folder / "index.pt.html").read_text(encoding="utf-8"))
    assert '{"language": "pt"}' in portuguese


@pytest.mark.parametrize("words", [["{file}"], ["{folder}", "--only", "softmaxx"]])
def test_what_cannot_be_written_is_said(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    names = {"file": str(tmp_path / "file"), "folder": str(tmp_path / "site")}
    with pytest.raises(SystemExit) as code:
        main(["site", *(word.format(**names) for word in words)])
    assert code.value.code == 2
    said = capsys.readouterr().err
    assert "softmax" in said or "folder" in said
    assert not (tmp_path / "site").exists()
