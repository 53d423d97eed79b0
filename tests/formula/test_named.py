"""Named functions: what they are in a file, what they give at the edges, and what calls them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.edits.apply import book_names
from sheetformer.engines.base import Engine
from sheetformer.engines.programs.libreoffice import LibreOffice
from sheetformer.errors import EditError, EngineError, SheetformerError
from sheetformer.exercises.make import exercise
from sheetformer.formula.address import name_fault
from sheetformer.formula.check import read_formula
from sheetformer.formula.functions import FUNCTIONS
from sheetformer.formula.named import NAMED
from sheetformer.formula.parser import parse
from sheetformer.formula.tree import Call, bound_names, calls_in, parts
from sheetformer.graph import nn
from sheetformer.graph.number_formats import FORMATS

from ..lessons.books import EACH, lesson
from ..page.engine import PageEngine
from ..page.test_formulas import (
    assert_follows,
    assert_page_recalculates,
    typed_otherwise,
    with_values,
)
from ..support import assert_book_recalculates, assert_cells, assert_excel_would_open, spoiled

EDGES = np.array(
    [
        [0.0, 0.0, 0.0, 0.0],
        [-1e30, -1e30, -1e30, -1e30],
        [1e30, -1e30, 0.0, 1.0],
        [710.0, 709.0, -746.0, 0.5],
        [1e-300, -1e-300, 5e-16, -5e-16],
        [1e15, 1e15 + 2, 1e15 - 2, 3.0],
        [-0.0, 40.0, -40.0, 8.3],
        [-38.5, 36.0, 1.5, -1.5],
    ]
)
"""Rows at which a careless formula overflows, divides by 0 or loses its digits."""
MILD = np.clip(EDGES, -1e6, 1e6)
"""Where squares are taken as well."""
ROOT = np.sqrt(2.0 / np.pi)


def made_of_all(x, mild, mask, gain, bias, query, key, value):
    """Every named function, by the functions of `nn` that a reader would use."""
    return {
        "softmax": nn.softmax(x),
        "log_softmax": nn.log_softmax(mild),
        "masked_softmax": nn.masked_softmax(x, mask),
        "layer_norm": nn.layer_norm(mild, gain, bias),
        "plain_norm": nn.layer_norm(mild),
        "rms_norm": nn.rms_norm(mild, gain),
        "plain_rms": nn.rms_norm(mild),
        "relu": nn.relu(x),
        "also_relu": np.maximum(x, 0.0),
        "sigmoid": nn.sigmoid(x),
        "silu": nn.silu(mild),
        "gelu": nn.gelu(mild),
        "gelu_tanh": mild * 0.5 * (np.tanh((mild + mild * mild * mild * 0.044715) * ROOT) + 1.0),
        "normal_cdf": nn.normal_cdf(mild),
        "softplus": nn.softplus(mild),
        "cast": nn.cast(mild, FORMATS[1]),
        "attention": nn.attention(query, key, value),
        "masked": nn.attention(query, key, value, mask[:, :3]),
    }


@pytest.fixture(scope="module")
def edges() -> Book:
    """A book that calls every named function at the edges."""
    rng = np.random.default_rng(5)
    mask = rng.integers(0, 2, EDGES.shape)
    mask[2:4] = [[0] * 4, [1] * 4]
    query, key, value = (rng.normal(size=(rows, 5)) * 30.0 for rows in (8, 3, 3))
    given = (EDGES, MILD, mask.astype(bool), rng.normal(size=4), rng.normal(size=4))
    return sf.trace(made_of_all, *given, query, key, value, formulas="named")


def array_formula(book: Book, name: str) -> str:
    """The array formula of a block, {=…}, or of its first matrix."""
    block = book[name].block
    place = block.sheet, block.matrices[0].row, block.matrices[0].column
    return next(
        one.array_formula or (one.formulas or [""])[0]
        for sheet in book.sheets
        for one in sheet.cell_blocks
        if (sheet.name, one.row, one.column) == place and one.has_formula
    )


def test_in_a_file_a_function_has_the_prefixes_that_excel_writes() -> None:
    assert NAMED["SOFTMAX"].text_in_file == (
        "_xlfn.LAMBDA(_xlpm.x,_xlfn.LET(_xlpm.exponentials,EXP(_xlpm.x-_xlfn.BYROW(_xlpm.x,"
        "_xlfn.LAMBDA(_xlpm.line,MAX(_xlpm.line)))),_xlpm.exponentials/_xlfn.BYROW("
        "_xlpm.exponentials,_xlfn.LAMBDA(_xlpm.line,SUM(_xlpm.line)))))"
    )
    for function in NAMED.values():
        assert parse(function.text_in_file, deepest=99) == function.definition
        bare = re.sub(r"_xlfn\.|_xlpm\.", "", function.text_in_file)
        assert bare == function.text, "nothing but prefixes is different"


def test_every_name_works_in_excel_of_every_language() -> None:
    for name, function in NAMED.items():
        calls = [part for part in parts(function.definition) if isinstance(part, Call)]
        own = {one for made in calls for one in bound_names(made)}
        assert {name_fault(one) for one in (name, *own)} == {None}, name
        assert name not in FUNCTIONS
        assert calls_in(function.body) <= FUNCTIONS.keys() | NAMED.keys(), name


def test_each_function_is_right_at_the_edges(edges: Book, ironcalc: Engine) -> None:
    assert {function.name for function in edges.functions} == set(NAMED), "all of them are tried"
    assert_book_recalculates(edges, ironcalc)


def test_each_function_is_right_at_the_edges_on_the_page(edges: Book, page: PageEngine) -> None:
    assert_page_recalculates(edges, page)


def test_a_function_is_given_what_it_needs_alone() -> None:
    rng = np.random.default_rng(0)
    q, k, v = (rng.normal(size=(3, 4)) for _ in range(3))
    book = sf.trace(nn.attention, q, k, v, formulas="named")
    assert [*book.blocks] == ["query", "key", "value", "weights", "blend"]
    assert array_formula(book, "weights") == "SOFTMAX(MMULT(query+0,TRANSPOSE(key+0))/SQRT(4))"
    assert array_formula(book, "blend") == "ATTENTION(query+0,key+0,value+0,SQRT(4))"
    (attention,) = (one for one in book.functions if one.name == "ATTENTION")
    assert attention.parameters == ("query_", "key_", "value_", "scale"), "apart from the blocks"


def test_a_step_between_stays_where_somebody_looks_at_it() -> None:
    def beside(x):
        largest = x.max(axis=-1, keepdims=True)
        exponentials = np.exp(x - largest)
        return {"shares": exponentials / exponentials.sum(axis=-1, keepdims=True), "most": largest}

    x = np.random.default_rng(1).normal(size=(3, 4))
    book = sf.trace(beside, x, formulas="named")
    assert [*book.blocks] == ["x", "most", "shares"]
    assert array_formula(book, "shares") == "SOFTMAX(x+0)"


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (lambda x: np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True), "exp_/"),
        (lambda x: nn.softmax(x, axis=0), "softmax_exp/"),
        (lambda x: np.clip(x, 0.0, 1.0), "IF("),
        (lambda x: nn.softmax(x) @ np.tri(4), "MMULT("),
        (lambda x: nn.softmax(x)[:, ::-1] @ x.T[::-1], "MMULT("),
        (lambda x: np.where(x > 1.0, x, 0.0), "IF("),
        (lambda x: np.where(x > 0.0, x, 1.0), "IF("),
        (lambda x: x * nn.sigmoid(x + 1.0), "x*"),
    ],
)
def test_what_is_something_else_gets_no_name(function, formula, ironcalc: Engine) -> None:
    x = np.random.default_rng(2).normal(size=(4, 4))
    book = sf.trace(function, x, formulas="named")
    name = next(reversed(book.blocks))
    assert array_formula(book, name).startswith(formula)
    assert_book_recalculates(book, ironcalc)


def test_a_formula_of_single_cells_calls_no_name(ironcalc: Engine) -> None:
    """A sum takes a product in, a text is one formula a cell: there the step is written out."""

    def inside(x):
        return {"sums": nn.silu(x).sum(axis=-1), "one": nn.relu(x.sum()) * 2.0 + 1.0}

    x = np.random.default_rng(3).normal(size=(2, 3))
    assert_book_recalculates(sf.trace(inside, x, formulas="named"), ironcalc)


@pytest.mark.parametrize("name", EACH)
def test_every_lesson_is_right_also_after_an_edit(
    name: str, ironcalc: Engine, tmp_path: Path
) -> None:
    book = lesson(name, formulas="named")
    steps, all_steps = (
        [block.node.name for block in one.blocks.values()] for one in (book, lesson(name))
    )
    assert steps == all_steps, "a lesson keeps all of its steps"
    file = spoiled(book).save(tmp_path / "book.xlsx")
    changes, edits = typed_otherwise(book)
    with ironcalc.open(file) as live:
        assert_cells(book, live.cells(), "ironcalc")
        after = with_values(book, book.graph.evaluate(changes))
        assert_cells(after, live.edit(edits), "ironcalc")


@pytest.mark.parametrize("name", ["cross-attention", "modern-block"])
def test_the_page_works_a_lesson_out_and_follows_it(name: str, page: PageEngine) -> None:
    book = lesson(name, formulas="named")
    assert_page_recalculates(book, page)
    assert_follows(book, page)


def test_a_workbook_says_what_its_functions_are(tmp_path: Path) -> None:
    book = lesson("cross-attention", lang="pt", formulas="named")
    file = book.save(tmp_path / "book.xlsx")
    assert_excel_would_open(file)
    sheet = book.sheets[-2]
    texts = [str(one.values[0, 0]) for one in sheet.cell_blocks]
    assert sheet.name == "Funções"
    for function in book.functions:
        assert f"={function.text}" in texts
    first = next(str(one.values[0, 0]) for one in book.sheets[0].cell_blocks
                 if one.style == "head_lines")  # fmt: skip
    assert "LAMBDA" in first
    assert "Excel 365" in first


def test_libreoffice_refuses_in_one_sentence(tmp_path: Path) -> None:
    file = lesson("softmax", formulas="named").save(tmp_path / "book.xlsx")
    with pytest.raises(EngineError, match="made with LAMBDA, which LibreOffice does not know"):
        LibreOffice().recalculate(file)


def test_an_exercise_is_refused_in_one_sentence() -> None:
    with pytest.raises(SheetformerError, match="named functions read past them"):
        exercise(lesson("softmax", formulas="named"), "shares")


def test_a_named_function_may_be_typed_where_the_book_defines_it() -> None:
    names = book_names(lesson("softmax", formulas="named"))
    assert read_formula("softmax(scores)", names, array=True) == "SOFTMAX(scores)"
    with pytest.raises(EditError, match="RELU"):
        read_formula("RELU(scores)", names, array=True)
    with pytest.raises(EditError, match="SOFTMAX is no function of 2 values here"):
        read_formula("SOFTMAX(scores,1)", names, array=True)
    with pytest.raises(EditError, match="array formula only"):
        read_formula("SOFTMAX(scores)", names)
