"""Small inputs on which strangers' sheets went wrong; each says what kind of input it is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book import prepare
from sheetformer.book.build import build
from sheetformer.book.names import safe_name
from sheetformer.book.workbook import Book
from sheetformer.edits.apply import change
from sheetformer.edits.edit import Edit
from sheetformer.edits.recalculate import edited
from sheetformer.engines.base import CellError, Engine
from sheetformer.errors import EditError, ShapeError, UnsupportedError
from sheetformer.formula.parser import parse
from sheetformer.graph import nn
from sheetformer.graph.functions import embedding, letter
from sheetformer.graph.values import embedding as rows_of
from sheetformer.story.check import CANNOT_TELL, check
from sheetformer.story.story import Story

from ..page.engine import PageEngine
from ..support import (
    assert_book_recalculates,
    assert_cells,
    assert_excel_would_open,
    formula_values,
    spoiled,
)

STYLES = ("matrix", "cell")
each_style = pytest.mark.parametrize("style", STYLES)
SMALLEST, LARGEST = np.finfo(np.float64).min, np.finfo(np.float64).max
WHOLE_RANGE = np.array(
    [
        *np.linspace(-10, 10, 801),
        *(-38.0, 38.0, -40.0, 40.0, -709.0, -710.0, 710.0, -1e4, 1e4),
        *(-1e30, 1e30, -1e200, 1e200, 0.0, 1e-300),
    ]
)[None, :]


def formulas(book: Book) -> list[str]:
    return [formula for *_, formula in formula_values(book)]


def at(book: Book, name: str, content: Any, place: int = 0) -> Edit:
    block = book[name].block
    return Edit(block.sheet, *block.cells[place], content)


def everywhere(book: Book, engine: Engine, page: PageEngine, tolerance: float) -> None:
    assert assert_book_recalculates(book, engine, tolerance) <= tolerance
    assert_cells(book, page.recalculate(spoiled(book))[0], "page", tolerance)


# Functions: exact GELU in every model of the BERT family; sigmoid, SiLU and softplus far from 0.


@each_style
@pytest.mark.parametrize("function", [nn.normal_cdf, nn.gelu, nn.sigmoid, nn.silu, nn.softplus])
def test_activations_are_right_over_the_whole_range(
    function: Callable[..., Any], style: str, engine: Engine, page: PageEngine
) -> None:
    book = sf.trace(lambda x: function(x * 1.0), WHOLE_RANGE, formulas=style)
    everywhere(book, engine, page, 1e-15)
    near = sf.trace(sf.grad(lambda x: function(x).sum()), WHOLE_RANGE, formulas=style)
    everywhere(near, engine, page, 1e-15)


def test_phi_is_right_far_out_as_well(ironcalc: Engine, tmp_path: Path) -> None:
    x = np.linspace(-37.0, -5.0, 65)[None, :]
    book = sf.trace(nn.normal_cdf, x)
    block = book["output"].block
    cells = ironcalc.recalculate(book.save(tmp_path / "phi.xlsx"))[block.sheet]
    for place, z in zip(block.cells, x[0], strict=True):
        assert cells[place] == pytest.approx(0.5 * math.erfc(-z / math.sqrt(2)), rel=1e-6)


# A recurrent model is a thousand blocks; a stack of heads a thousand matrices.


@each_style
def test_no_formula_grows_with_the_book(style: str, ironcalc: Engine) -> None:
    story = Story("Recurrent")
    story.stage("Work", group="Work")
    x, w = story.input(np.ones((1, 2)), "x"), story.parameter(np.eye(2) / 2, "w")
    for step in range(500):
        x = story.show(np.tanh(x @ w), f"h_{step}")
    check(story)
    book = build(story, style)
    assert max(map(len, formulas(book))) < 200
    assert_book_recalculates(book, ironcalc)
    other = edited(book, [at(book, "x", 5.0)])
    assert other["check_all_verdict"].value == CANNOT_TELL


def test_a_block_of_many_matrices_is_checked_in_parts(ironcalc: Engine) -> None:
    story = Story("Heads")
    story.stage("Work", group="Work")
    x = story.input(np.arange(400.0).reshape(100, 2, 2), "x")
    story.show(x * 2.0, "doubled")
    check(story)
    book = build(story)
    assert {"check_doubled_1", "check_doubled_3"} <= set(book)
    assert max(map(len, formulas(book))) < prepare.LONGEST_FORMULA
    assert_book_recalculates(book, ironcalc)


def test_a_gradient_of_a_weight_that_is_used_often_is_no_long_formula() -> None:
    def recurrent(x: Any, w: Any) -> Any:
        for _ in range(60):
            x = np.tanh(x @ w)
        return x.sum()

    book = sf.trace(sf.grad(recurrent, 1), np.ones((1, 2)), np.eye(2) / 2)
    assert max(map(len, formulas(book))) < 500


def test_a_formula_that_no_program_reads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "LONGEST_FORMULA", 5)
    with pytest.raises(UnsupportedError, match="'output' would have 25 characters"):
        sf.trace(lambda x: x @ x.T, np.eye(2), formulas="matrix")


# Numbers at the ends of the range: masks that people write with np.finfo.


ENDS: dict[str, Callable[[Any], Any]] = {
    "a mask in np.where": lambda x: nn.softmax(np.where(x > 2, x, SMALLEST)),
    "a mask that is added": lambda x: nn.softmax(x + np.where(np.eye(3) > 0, SMALLEST, 0.0)),
    "a mask of single precision": lambda x: nn.softmax(
        np.where(x > 2, x, float(np.finfo(np.float32).min))
    ),
    "the largest number": lambda x: np.minimum(x, LARGEST) * 1e-300,
    "numbers below the smallest normal one": lambda x: (x * 1e-310 + 5e-324) * 1e300,
}


@each_style
@pytest.mark.parametrize("name", ENDS)
def test_numbers_at_the_ends(
    name: str, style: str, engine: Engine, page: PageEngine, tmp_path: Path
) -> None:
    book = sf.trace(ENDS[name], np.arange(9.0).reshape(3, 3) - 3.0, formulas=style)
    everywhere(book, engine, page, 1e-9)
    assert sf.verify(book.save(tmp_path / "ends.xlsx")).ok


@pytest.mark.parametrize("text", ["1E-310", "4.9E-324", "1E+308"])
def test_a_typed_number_at_the_ends_is_refused_by_name(text: str) -> None:
    with pytest.raises(EditError, match=re.escape(text)):
        parse(f"{text}*2")


# A token −1 (a label of the Hugging Face kind), −0.4, or one behind the last row.


def tables(style: str) -> Book:
    table = np.arange(12.0).reshape(4, 3)

    def read(t: Any, i: Any) -> Any:
        return (
            embedding(t, i), embedding(t[:, 0], i), embedding(t.T, i), embedding(t[0], i),
            embedding(t, i - 1.0 + 1.0),
        )  # fmt: skip

    return sf.trace(read, table, np.array([1.0, 2.0]), formulas=style)


@each_style
@pytest.mark.parametrize("token", [-1.0, -0.4, -2.0, 4.0])
def test_a_place_outside_a_table_is_an_error(
    token: float, style: str, engine: Engine, page: PageEngine, tmp_path: Path
) -> None:
    book = tables(style)
    edit = at(book, "i", token)
    key = {(edit.sheet, edit.row, edit.column): token}
    found = [
        engine.recalculate(book.save(tmp_path / "tokens.xlsx"), key),
        page.recalculate(book, key)[1],
    ]
    for cells in found:
        for number in (1, 2, 3, 4, 5):
            block = book[f"output_{number}"].block
            assert isinstance(cells[block.sheet][block.cells[0]], CellError)
    assert str(edited(book, [edit])["output_2"].value.dtype) == "float64"
    assert np.isnan(edited(book, [edit])["output_2"].value[0])


def test_numpy_knows_no_row_minus_nought_point_four() -> None:
    for row in (-1.0, -0.4, 4.0):
        with pytest.raises(ShapeError, match="no row"):
            rows_of(np.array([row]), np.eye(4))


def test_a_letter_before_the_first_is_refused_after_an_edit_too() -> None:
    words = np.array([["happy"]], dtype=object)
    book = sf.trace(lambda t, p: letter(t, p), words, np.array([[1.0]]))
    other = edited(book, [at(book, "p", 0.0)])
    assert str(other["output"].value.item()).startswith("#")


def test_a_place_that_is_computed_reads_as_before() -> None:
    book = sf.trace(lambda t, x: embedding(t, x.argmax(-1)), np.eye(3), np.eye(3))
    assert all("NA()" not in formula for formula in formulas(book))


@each_style
def test_a_row_is_read_by_its_column(style: str) -> None:
    """Gnumeric and HyperFormula take the one number beside a row for a row."""
    plain = {formula.replace("$", "") for formula in formulas(tables(style))}
    found = [formula for formula in plain if formula.startswith("INDEX(C7:E7")]
    assert found
    assert all(formula.startswith("INDEX(C7:E7,1,") for formula in found)


# An emptied number cell: what Delete leaves behind.


EMPTIED: dict[str, Callable[[Any, Any], Any]] = {
    "a product": lambda x, w: x @ w,
    "a product with a transpose": lambda x, w: x @ w.T,
    "a product inside a formula": lambda x, w: np.tanh(x @ w),
    "the largest": lambda x, w: x.max(-1) + w.max(),
    "the smallest": lambda x, w: (-x).min(-1) + w.min(0),
    "the mean": lambda x, w: x.mean(0) - w.mean(1),
    "the place of the largest": lambda x, w: x.argmax(-1) + (x @ w).argmax(-1),
    "a choice": lambda x, w: np.where(x > w, x, w),
    "a table": lambda x, w: embedding(w, np.array([0.0, 1.0])) + x[:2],
    "softmax": lambda x, w: nn.softmax(x) @ w,
}


@each_style
@pytest.mark.parametrize("name", EMPTIED)
def test_an_emptied_cell_counts_as_0(
    name: str, style: str, engine: Engine, page: PageEngine, tmp_path: Path
) -> None:
    x, w = -np.arange(1.0, 10.0).reshape(3, 3), np.arange(9.0, 0.0, -1.0).reshape(3, 3) - 12.0
    book = sf.trace(EMPTIED[name], x, w, formulas=style)
    expected = edited(book, [at(book, "x", 0.0, 1), at(book, "w", 0.0)])
    emptied = change(spoiled(book), [at(book, "x", None, 1), at(book, "w", None)])
    path = emptied.save(tmp_path / "emptied.xlsx")
    assert_cells(expected, engine.recalculate(path), engine.name)
    assert sf.verify(path, engine).ok
    keys = {(e.sheet, e.row, e.column): "" for e in (at(book, "x", "", 1), at(book, "w", ""))}
    assert_cells(expected, page.recalculate(book, keys)[1], "page")


@each_style
def test_computed_operands_keep_reading_like_the_equation(style: str) -> None:
    book = sf.trace(lambda x: np.exp(x) @ np.exp(x).T, np.eye(2), formulas=style)
    assert not any("+0" in formula for formula in formulas(book))


# A condition that is a row or a column: Gnumeric and others do not repeat it.


@each_style
@pytest.mark.parametrize("shape", [(1, 3), (2, 1), (3,)])
def test_a_condition_is_never_repeated_by_the_program(
    shape: tuple[int, ...], style: str, engine: Engine
) -> None:
    x, chosen = np.arange(6.0).reshape(2, 3), np.arange(float(np.prod(shape))).reshape(shape)
    book = sf.trace(lambda c, x: (np.where(c, x, -1.0), x**c), chosen, x, formulas=style)
    arrays = [p.array_formula for s in book.sheets for p in s.cell_blocks if p.array_formula]
    assert not [formula for formula in arrays if formula.startswith("IF(")]
    assert_book_recalculates(book, engine)


# Names in Excel of other languages: German rows and columns are Z and S.


NAMES = ["c1_x", "r2d2", "C3PO", "R1_total", "s1_norm_3", "k", "z1s1", "L1C1", "F2", "W1K1", "Q1"]


@pytest.mark.parametrize("wish", NAMES)
def test_names_work_in_every_language(wish: str) -> None:
    name = safe_name(wish, set())
    pairs = ("rc", "zs", "lc", "fc", "rk", "rs", "wk", "so")
    assert not re.match("[A-Za-z]{1,2}[0-9]", name)
    assert name.lower() not in {part for pair in pairs for part in (pair, *pair)}


def test_a_book_with_such_names_opens_and_finds_them(tmp_path: Path) -> None:
    book = sf.trace(lambda k, c1_x, s1_norm: k @ c1_x + s1_norm, *(np.eye(2),) * 3)
    assert {"k_", "c_1_x", "s_1_norm"} <= set(book)
    assert book["k"].block is book["k_"].block
    assert_excel_would_open(book.save(tmp_path / "names.xlsx"))


# Number cells: words, dates, blanks, numbers that make no sense there.


@pytest.fixture(scope="module")
def softmax() -> Book:
    return sf.lesson("softmax")


@pytest.mark.parametrize("content", ["1,5", "½", "a", 46024.0, -1e5])
def test_a_number_cell_answers_in_words(
    content: Any, softmax: Book, engine: Engine, page: PageEngine, tmp_path: Path
) -> None:
    edits = [at(softmax, name, content) for name in ("scores", "temperature", "added")]
    path = change(softmax, edits).save(tmp_path / "typed.xlsx")
    typed = f"'{content}" if isinstance(content, str) else content
    keys = {(e.sheet, e.row, e.column): typed for e in edits}
    for cells in (engine.recalculate(path), page.recalculate(softmax, keys)[1]):
        for name in ("scores", "temperature", "added"):
            block = softmax[f"{name}_message"].block
            assert str(cells[block.sheet][block.cells[0]]).startswith("← T")


@pytest.mark.parametrize("language", ["en", "pt", "es"])
def test_a_program_refuses_in_the_language_of_the_book(language: str) -> None:
    book = sf.lesson("softmax", lang=language)
    errors = {bounds.error for sheet in book.sheets for bounds in sheet.bounds}
    first = {"en": "Type", "pt": "Digite", "es": "Escribe"}[language]
    assert errors
    assert all(error.startswith(first) for error in errors)


# Six layers of exact GELU with weights of size 1: errors of a Φ right to ten digits add up.


def test_a_deep_model_with_exact_gelu_verifies(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    layer = torch.nn.TransformerEncoderLayer(
        8, 2, 16, activation="gelu", batch_first=True, dropout=0.0
    )
    model = torch.nn.TransformerEncoder(layer, 6, enable_nested_tensor=False).eval().double()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=1.0)
    book = sf.record(model, torch.randn(1, 3, 8, dtype=torch.double))
    report = sf.verify(book.save(tmp_path / "gelu.xlsx"))
    assert report.ok
    assert report.largest < 1e-11
    assert str(book["check_all_verdict"].value).startswith("✓")
