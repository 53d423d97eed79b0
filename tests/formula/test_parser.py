"""Text becomes a tree and the tree the same text again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheetformer as sf
from sheetformer.errors import EditError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW
from sheetformer.formula.functions import FUNCTIONS
from sheetformer.formula.parser import LARGEST, parse
from sheetformer.formula.printer import formula_text
from sheetformer.formula.tree import (
    STRENGTH,
    Area,
    Array,
    Call,
    Cell,
    Error,
    Formula,
    Infix,
    Minus,
    Missing,
    Name,
    Number,
    Percent,
    Plus,
    Text,
    Truth,
    negative,
)

from ..lessons.books import EACH
from ..support import formula_values

CODES = ("#DIV/0!", "#VALUE!", "#N/A", "#NAME?", "#REF!", "#NUM!")
SHEETS = ("Words", "Bob's words", "A1", "R", "TRUE", "Über", "1st", "=x!y")

numbers = st.floats(-LARGEST, LARGEST, allow_nan=False, allow_subnormal=False).map(
    lambda x: Number(x + 0.0)
)
words = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('"&+=,'), max_size=120
).map(Text)
literals = st.one_of(numbers, words, st.booleans().map(Truth), st.sampled_from(CODES).map(Error))
cells = st.builds(
    Cell,
    st.integers(0, LAST_ROW - 1),
    st.integers(0, LAST_COLUMN - 1),
    st.booleans(),
    st.booleans(),
    st.none() | st.sampled_from(SHEETS),
)
plain_cells = cells.map(lambda c: Cell(c.row, c.column, c.row_fixed, c.column_fixed))
arrays = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.lists(literals, min_size=size[1], max_size=size[1]).map(tuple),
        min_size=size[0],
        max_size=size[0],
    ).map(lambda rows: Array(tuple(rows)))
)
leaves = st.one_of(
    literals,
    cells,
    st.builds(Area, cells, plain_cells),
    st.sampled_from(["Q_", "d_k", "W_Q"]).map(Name),
    arrays,
)


def _calls(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    arguments = st.lists(inner | st.just(Missing()), max_size=4).map(tuple)
    # A single argument that was left out is none. No filter: where one draws again, Hypothesis
    # writes down what it drew from, and of trees in trees that is too long for it.
    some = arguments.map(lambda a: () if a == (Missing(),) else a)
    return st.builds(Call, st.sampled_from(sorted(FUNCTIONS)), some)


def _grown(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.one_of(
        st.builds(Infix, st.sampled_from(sorted(STRENGTH)), inner, inner),
        inner.map(negative),
        st.builds(Plus, inner),
        st.builds(Percent, inner),
        _calls(inner),
    )


TREES = st.recursive(leaves, _grown, max_leaves=12)


@given(tree=TREES)
def test_a_printed_tree_reads_as_itself(tree: Formula) -> None:
    assert parse(formula_text(tree), 200) == tree


@given(text=st.text(st.sampled_from("A1:$+-*/^()=,;{}\"'!%&<>. QSUMIFe#N/A"), max_size=30))
def test_what_was_read_is_printed_once_and_for_all(text: str) -> None:
    try:
        tree = parse(text)
    except EditError:
        return
    printed = formula_text(tree)
    assert formula_text(parse(printed)) == printed


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("-2^2", Infix("^", Number(-2), Number(2))),
        ("-x^2", Infix("^", Minus(Name("x")), Number(2))),
        ("0-2^2", Infix("-", Number(0), Infix("^", Number(2), Number(2)))),
        ("2^-1", Infix("^", Number(2), Number(-1))),
        ("2^3^2", Infix("^", Infix("^", Number(2), Number(3)), Number(2))),
        ("1-2-3", Infix("-", Infix("-", Number(1), Number(2)), Number(3))),
        ("1=2=3", Infix("=", Infix("=", Number(1), Number(2)), Number(3))),
        ("1&2=3", Infix("=", Infix("&", Number(1), Number(2)), Number(3))),
        ("-2%", Minus(Percent(Number(2)))),
        ("2^3%", Infix("^", Number(2), Percent(Number(3)))),
        ("--2", Minus(Number(-2))),
        ("TRUE", Truth(True)),
        ("true()", Call("TRUE", ())),
        ("sum(,)", Call("SUM", (Missing(), Missing()))),
        ("LOG10(1)", Call("LOG10", (Number(1),))),
        ("'A1'!b$2", Cell(1, 1, True, False, "A1")),
    ],
)
def test_operators_bind_as_in_a_spreadsheet(text: str, tree: Formula) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize("formulas", ["matrix", "cell"])
@pytest.mark.parametrize("name", EACH)
def test_the_formulas_of_the_lessons_are_in_this_language(name: str, formulas: str) -> None:
    texts = {text for *_, text in formula_values(sf.lesson(name, formulas=formulas))}
    assert texts
    for text in texts:
        assert formula_text(parse(text)) == text
