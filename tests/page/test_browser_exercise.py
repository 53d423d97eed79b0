"""An exercise in the page: its marks follow what is typed, and a blank says its hint."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from openxml_audit import AppPrediction, OpenXmlValidator, predict

import sheetformer as sf
from sheetformer.exercises.handout import MARK
from sheetformer.exercises.make import exercise

from ..exercises.filling import marks, recalculated
from .browser import Tab

_SET = """([sheet, row, column, text]) =>
  document.querySelector('.sheetformer').sheetformer.set({ sheet, row, column }, text)"""


def test_marks_follow_what_is_typed(opened: Callable[..., Tab]) -> None:
    solved = sf.lesson("softmax")
    made = exercise(solved, "shares, in_all")
    tab = opened(made.book)
    sheets = [sheet.name for sheet in made.book.sheets]
    assert _marks(tab, made.book) == ["→", "→"]
    # What is to be filled in is blue, as the handout says.
    blue = "e => getComputedStyle(e).backgroundColor"
    assert tab.cell("shares").evaluate(blue) == "rgb(227, 240, 255)"
    assert "fill in" in tab.page.inner_text(".legend")
    assert "Start in O10. It reads: exponentials (" in tab.page.inner_text(".sheetformer")
    for name, formula in (("shares", "=exponentials/exp_sum"), ("in_all", "=SUM(shares)")):
        block = made.book.blocks[name]
        first = block.matrices[0]
        place = [sheets.index(block.sheet), first.row, first.column, formula]
        tab.page.evaluate(_SET, place)
    assert _marks(tab, made.book) == ["✓", "✓"]


def test_what_is_typed_downloads_as_a_submission_and_survives_a_reload(
    opened: Callable[..., Tab], tmp_path: Path
) -> None:
    solved = sf.lesson("softmax", lang="pt")
    made = exercise(solved, "shares, in_all, differences")
    tab = opened(made.book)
    counts = tab.page.locator(".markcount")
    assert counts.all_inner_texts() == ["✓ 0/2", "✓ 0/1"]
    for name, formula in (
        ("shares", "=exponentials/exp_sum"),
        ("in_all", "=SUM(shares)"),
        ("differences", "=scores-TRANSPOSE(scores)"),
    ):
        tab.type_into(name, formula)
    assert counts.all_inner_texts() == ["✓ 2/2", "✓ 1/1"]
    card = tab.page.locator(".card", has=tab.page.locator("[data-block=shares]")).first
    assert card.locator(".marked").inner_text().startswith("✓")
    # Beside the blanks, where the file has no cells yet.
    notes: dict[tuple[int, int], str] = {
        (300, 60): '=LET(a,SUM(1,3),a+a)&" LET(a,"', (300, 61): "3 < 4 & so", (301, 60): "true",
        (2, 61): "-1.5",
    }  # fmt: skip
    for (row, column), text in notes.items():
        tab.page.evaluate(_SET, [1, row, column, text])
    tab.kept("-1.5")
    tab.page.reload()
    tab.ready()
    assert _marks(tab, made.book) == ["✓", "✓", "✓"]
    folder = tmp_path / "submissions"
    folder.mkdir()
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name=".xlsx").click()
    file = folder / "Ana.xlsx"
    download.value.save_as(file)
    assert predict(OpenXmlValidator().validate(file)).prediction is AppPrediction.OPENS_CLEAN
    cells = recalculated(file)
    assert set(marks(cells)) == {"✓"}
    beside = cells[made.book.sheets[1].name]
    said = [beside[place] for place in notes]
    assert said == ["8 LET(a,", "3 < 4 & so", True, -1.5]
    archive = zipfile.ZipFile(file)
    assert archive.testzip() is None
    formula = b"_xlfn.LET(_xlpm.a,SUM(1,3),_xlpm.a+_xlpm.a)"
    assert formula in archive.read("xl/worksheets/sheet2.xml")
    key = made.key.save(tmp_path / "key.xlsx")
    (graded,) = sf.grade(folder, key).grades
    assert (graded.points, graded.problem) == (100.0, "")


def _marks(tab: Tab, book: sf.Book) -> list[str]:
    front = book.sheets[0]
    rows = [c.row for c in front.cell_blocks if c.column == MARK and c.style.endswith("verdict")]
    get = "(rows) => rows.map((row) => document.querySelector('.sheetformer').sheetformer"
    found = tab.page.evaluate(f"{get}.value({{ sheet: 0, row, column: {MARK} }}))", rows)
    return [str(value)[0] for value in found]
