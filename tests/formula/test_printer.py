"""One printer owns parentheses and quoting; an engine reads its text as the tree means it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheetformer.engines.base import Engine
from sheetformer.formula.printer import formula_text, number_text, text_literal
from sheetformer.formula.tree import Call, Formula, Infix, Minus, Number, Text, call

from ..lint import formula_faults

_NUMBERS = st.sampled_from([0.5, 1.0, 2.0, 3.0, -1.0, -2.5, 0.1, 1e-7, -4.0])
_INFIX = ("+", "-", "*", "/", "^")
_COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")


def _grown(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.one_of(
        st.builds(Infix, st.sampled_from(_INFIX), inner, inner),
        # Arithmetic makes 1 and 0 of a truth; beside a number, TRUE would be larger than any.
        st.builds(
            lambda s, a, b, x: Infix("*", Infix(s, a, b), x),
            st.sampled_from(_COMPARISONS),
            inner,
            inner,
            inner,
        ),
        st.builds(Minus, inner),
        st.builds(lambda x: call("ABS", x), inner),
        st.builds(lambda c, a, b: call("IF", Infix(">", c, Number(0)), a, b), inner, inner, inner),
    )


TREES = st.recursive(st.builds(Number, _NUMBERS), _grown, max_leaves=12)


def meaning(formula: Formula) -> float:
    """What a tree means, whatever its text; raises ArithmeticError or gives no real number."""
    match formula:
        case Number(value):
            return value
        case Minus(operand):
            return -meaning(operand)
        case Call("ABS", (x,)):
            return abs(meaning(x))
        case Call("IF", (c, a, b)):
            return meaning(a) if meaning(c) else meaning(b)
        case Infix(operator, left, right):
            return _infix(operator, meaning(left), meaning(right))
        case _:
            raise AssertionError(formula)


def _infix(operator: str, a: float, b: float) -> float:
    match operator:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b
        case "^":
            if a == 0 or (a < 0 and b != int(b)):
                raise ArithmeticError
            return float(a) ** b
        case _:
            if a != b and math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12):
                raise ArithmeticError  # engines take nearly equal numbers as equal
            truth = {"=": a == b, "<>": a != b, "<": a < b, ">": a > b}
            return float(truth.get(operator, (a <= b) if operator == "<=" else (a >= b)))


def _sensible(formula: Formula) -> bool:
    try:
        value = meaning(formula)
    except (ArithmeticError, OverflowError):
        return False
    return math.isfinite(value) and abs(value) < 1e12


def evaluated(formulas: list[str], engine: Engine, folder: Path) -> list[Any]:
    path = folder / "formulas.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 0, f"={formula}", None, -999)
    cells = engine.recalculate(path)["S"]
    return [cells.get((row, 0)) for row in range(len(formulas))]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(trees=st.lists(TREES.filter(_sensible), min_size=1, max_size=40))
def test_parentheses_say_what_the_tree_means(
    ironcalc: Engine, tmp_path_factory: pytest.TempPathFactory, trees: list[Formula]
) -> None:
    texts = [formula_text(tree) for tree in trees]
    found = evaluated(texts, ironcalc, tmp_path_factory.mktemp("trees"))
    for tree, text, value in zip(trees, texts, found, strict=True):
        assert value == pytest.approx(meaning(tree), rel=1e-9, abs=1e-9), text


TRICKY = {
    formula_text(Infix("-", Number(1), Infix("-", Number(2), Number(3)))): 2.0,
    formula_text(Infix("^", Number(2), Infix("^", Number(3), Number(2)))): 512.0,
    formula_text(Infix("^", Infix("^", Number(2), Number(3)), Number(2))): 64.0,
    formula_text(Infix("^", Minus(Number(2)), Number(2))): 4.0,
    formula_text(Minus(Infix("^", Number(2), Number(2)))): -4.0,
    formula_text(Infix("^", Number(-2), Number(2))): 4.0,
    formula_text(Infix("-", Number(0), Infix("^", Number(2), Number(2)))): -4.0,
    formula_text(Infix("/", Number(8), Infix("*", Number(2), Number(2)))): 2.0,
    formula_text(Infix("-", Number(1), Number(-2))): 3.0,
    formula_text(Minus(Minus(Number(-3)))): -3.0,
    formula_text(Infix("*", Infix("=", Number(1), Number(1)), Number(2))): 2.0,
    formula_text(Infix("=", Infix("&", Text("a"), Text("b")), Text("AB"))): True,
}


def test_precedence_is_that_of_every_engine(engine: Engine, tmp_path: Path) -> None:
    assert evaluated(list(TRICKY), engine, tmp_path) == list(TRICKY.values())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e30, "1E+30"), (-1e30, "-1E+30"), (5e-324, "5E-324"), (1e15, "1000000000000000"),
        (1e22, "1E+22"), (-0.0, "0"),
        (1e-7, "1E-07"), (123456789012345.0, "123456789012345"), (0.1, "0.1"), (-2.0, "-2"),
    ],
)  # fmt: skip
def test_numbers_in_formulas(value: float, text: str) -> None:
    assert number_text(value) == text


@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself(value: float) -> None:
    assert float(number_text(value)) == value
    assert formula_faults(formula_text(Number(value)), array=False) == []


def test_numbers_are_read_by_engines(engine: Engine, tmp_path: Path) -> None:
    values = [1e30, -1e30, 1e-7, 0.1, 1 / 3, 123456.789, 2.5e-300, 1e300]
    found = evaluated([number_text(value) for value in values], engine, tmp_path)
    assert found == pytest.approx(values, rel=1e-15)


WORDS = [
    'say "hi"', '"', "", "=1+1", "a\nb", "tab\there", "x" * 700, "é😀" * 90, "it's", "<&>", "{1;2}",
]  # fmt: skip


def test_text_is_read_by_engines(engine: Engine, tmp_path: Path) -> None:
    literals = [text_literal(word) for word in WORDS]
    found = evaluated(literals, engine, tmp_path)
    assert [value or "" for value in found] == WORDS
    assert [fault for text in literals for fault in formula_faults(text, array=False)] == []


def test_a_long_text_is_one_operand() -> None:
    long = formula_text(Infix("=", Text("x" * 300), Text("x" * 300)))
    assert long.count("=") == 1
    assert formula_text(Infix("+", Text("x" * 300), Number(1))).startswith("(")
