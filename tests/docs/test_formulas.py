"""The formulas that pages show stand in the lessons, and are the right answers to exercises."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.formula import ArrayFormula

import sheetformer as sf

from ..lessons.books import lesson
from .blocks import DOCS, blocks_of

TUTORIALS = sorted(DOCS.rglob("tutorial.md"))


def formulas(page: Path) -> list[str]:
    return [line for b in blocks_of(page) if b.kind == "excel" for line in b.text.splitlines()]


def test_each_formula_that_is_explained_stands_in_the_lesson(tmp_path: Path) -> None:
    told = "".join(
        lesson("cross-attention", formulas=style).save(tmp_path / f"{style}.txt").read_text("utf-8")
        for style in ("matrix", "cell")
    )
    shown = formulas(DOCS / "why-each-formula.md")
    assert len(shown) > 15
    assert [formula for formula in shown if formula not in told] == []


def test_each_formula_that_calls_a_function_by_name_stands_in_the_lesson(tmp_path: Path) -> None:
    told = (
        lesson("cross-attention", formulas="named").save(tmp_path / "named.txt").read_text("utf-8")
    )
    shown = formulas(DOCS / "guide.md")
    assert len(shown) > 1
    assert [formula for formula in shown if formula not in told] == []


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.parent.name)
def test_what_the_first_hour_says_to_type_is_right(page: Path, tmp_path: Path) -> None:
    scores, scaled = formulas(page)
    text = page.read_text(encoding="utf-8")
    assert all(where in text for where in ("I114:K116", "I125", "Ctrl+Shift+Enter"))
    made = sf.exercise(lesson("cross-attention"), ["scores", "scaled"])
    made.book.save(tmp_path / "homework.xlsx")
    made.key.save(tmp_path / "key.xlsx")
    book = openpyxl.load_workbook(tmp_path / "homework.xlsx")
    sheet = book["Attention"]
    sheet["I114"] = ArrayFormula("I114:K116", scores)
    for cell in (cell for row in sheet["I125:K127"] for cell in row):
        cell.value = Translator(scaled, origin="I125").translate_formula(cell.coordinate)
    (tmp_path / "submissions").mkdir()
    book.save(tmp_path / "submissions" / "mine.xlsx")
    assert sf.grade(tmp_path / "submissions", tmp_path / "key.xlsx").mean == 100


def test_there_is_a_first_hour_in_each_language() -> None:
    assert {page.parent.name for page in TUTORIALS} == {"docs", "es", "pt"}


def test_what_the_first_hour_says_happens_does(tmp_path: Path) -> None:
    book = lesson("cross-attention")
    file = book.save(tmp_path / "attention.xlsx")
    scores, shares = book["pair_scores"].value, book["pair_shares"].value
    assert [f"{score:.2f}" for score in scores[0]] == ["2.58", "-1.26"]
    assert f"{shares[0, 0]:.1%}" == "97.9%"
    sad = sf.edit(file, {"Attention!C12": "sad"})
    assert sad["weights"][2, 2] > 0.95
    assert sad["nearest_word"][2, 0] == "triste"
    assert sf.edit(file, {"Attention!C12": ""})["weights"][2, 1] > 0.9
    assert (
        "no known English word"
        in sf.edit(file, {"Attention!C12": "banana"})["source_message"][2, 0]
    )
    bare = sf.edit(file, {"use_learned": 0})["weights"]
    assert (f"{bare[2, 2]:.0%}", f"{book['weights'].value[2, 2]:.0%}") == ("89%", "97%")
