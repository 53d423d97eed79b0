"""The vocabulary on one page: an operation is one row.

A row says what the operation means to a reader, on NumPy arrays, in a formula, and on the way back
(its slopes), and the few facts that others ask. Nobody else keeps a list of operations. What needs
more than a line stands beside: formulas of whole blocks in `sheetformer.formula.lower`, gradients
in `sheetformer.graph.autodiff.derivatives`. Shape-only operations (transpose, slice, reshape,
concatenate, …) are not here: they are views, and views compute nothing (`sheetformer.graph.views`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph import values
from sheetformer.graph.values import Value as Value
from sheetformer.graph.values import as_number
from sheetformer.graph.values import fold as fold

Slope = Callable[[Any], Any] | None
"""Takes a step on the way back (`upstream`, `result`, `operands`) and gives the gradient of one
operand; None where it has none."""


@dataclass(frozen=True)
class Op:
    """One operation.

    Attributes:
        name: how a node refers to it.
        meaning: one plain sentence.
        value: NumPy arrays (and keyword attributes) → one NumPy array.
        arity: how many arrays it takes; 0 for the sources.
        kind: "source", "elementwise", "reduction" or "other"; elementwise operations broadcast.
        sign: how an equation shows it, with {0}, {1}, … for its inputs.
        formula: of an elementwise operation or a reduction, with x, y and z for its operands.
        slopes: one an operand, where a line says it; the others stand in `derivatives`.
        numpy: the names of NumPy's functions that mean the same.
        domain: what the numbers may be: "any", "positive" (> 0) or "small" (|x| ≤ 3).
        lies: for each operand how its cells must lie for a formula to read them, one word for
            all further ones: "matrix" (rectangles), "group" (what is reduced fills a rectangle),
            "run" (it is a row or column, in order), "factor" (a rectangle, or runs in the cell
            style), "upright" (rectangles as they are), "pair" (as the operand beside it),
            "table" (its columns are runs), or "cell" (anything).
        no_gradient: why no gradient goes through it.
        refuses_gradient: its result does move with its numbers: to leave it out would be wrong.
        takes_text: it has a meaning for words.
        gives_text: its formula gives text, never an empty cell.
        truth: its numbers are only 1 and 0.
        whole: its numbers are whole: truth, places and ids.
        scalar_only: its function refuses arrays in some program: one formula a cell.
        shrinks: a part of it can be computed alone.
        typed: a reader may type its numbers or words.
    """

    name: str
    meaning: str
    value: Callable[..., Value]
    arity: int
    kind: str
    sign: str
    formula: str = ""
    slopes: tuple[Slope, ...] = ()
    numpy: tuple[str, ...] = ()
    domain: str = "any"
    lies: tuple[str, ...] = ("cell",)
    no_gradient: str = ""
    refuses_gradient: bool = False
    takes_text: bool = False
    gives_text: bool = False
    truth: bool = False
    whole: bool = False
    scalar_only: bool = False
    shrinks: bool = False
    typed: bool = False

    def lies_of(self, operand: int) -> str:
        """How the cells of an operand must lie."""
        return self.lies[min(operand, len(self.lies) - 1)]


def _source(name: str, meaning: str, **facts: Any) -> Op:
    reason = "comes from nowhere: here a gradient ends"
    return Op(name, meaning, _no_rule, 0, "source", "", no_gradient=reason, **facts)


def _no_rule(**_: object) -> Value:  # pragma: no cover - a source holds its value, it has no rule
    raise AssertionError("a source has a value of its own")


def _elementwise(
    name: str, meaning: str, value: Callable[..., Value], sign: str, formula: str, **facts: Any
) -> Op:
    arity = sum(f"{{{i}}}" in sign for i in range(3))
    facts = {"numpy": (name,), "lies": ("matrix",), "shrinks": True, **facts}
    return Op(name, meaning, value, arity, "elementwise", sign, formula, **facts)


def _comparison(
    name: str, meaning: str, value: Callable[..., Value], sign: str, formula: str, **facts: Any
) -> Op:
    reason = "is 1 or 0, and stays so when its numbers move a little"
    facts = {"truth": True, "whole": True, "no_gradient": reason, **facts}
    return _elementwise(name, meaning, value, sign, formula, **facts)


def _reduction(
    name: str, meaning: str, value: Callable[..., Value], formula: str = "", **facts: Any
) -> Op:
    facts = {"lies": ("group",), "shrinks": True, **facts}
    return Op(name, meaning, value, 1, "reduction", f"{name}({{0}})", formula, **facts)


def _other(name: str, meaning: str, value: Callable[..., Value], sign: str, **facts: Any) -> Op:
    arity = sum(f"{{{i}}}" in sign for i in range(2))
    return Op(name, meaning, value, facts.pop("arity", arity), "other", sign, **facts)


def _passed(step: Any) -> Any:
    return step.upstream


_SOURCES = (
    # They hold values and come from nowhere. Only inputs and parameters are edited.
    _source("input", "a number or word that the reader types", typed=True),
    _source("parameter", "a learned weight", typed=True, shrinks=True),
    _source("constant", "a number or word that is simply given", shrinks=True),
)

_ARITHMETIC = (
    _elementwise(
        "add", "the sum of two numbers", np.add, "{0} + {1}", "x+y", slopes=(_passed, _passed)
    ),
    _elementwise(
        "subtract", "the first number less the second", np.subtract, "{0} − {1}", "x-y",
        slopes=(_passed, lambda s: -s.upstream),
    ),
    _elementwise("multiply", "the product of two numbers", np.multiply, "{0} × {1}", "x*y"),
    _elementwise(
        "divide", "the first number over the second", np.divide, "{0} / {1}", "x/y",
        numpy=("divide", "true_divide"), domain="positive",
    ),
    # Anything to the power 0 is 1; some programs refuse 0^0, which NumPy and PyTorch do not.
    _elementwise(
        "power", "the first number to the second", np.power, "{0} ^ {1}", "IF(y=0,1,x^y)",
        numpy=("power", "float_power"), domain="positive",
    ),
    _elementwise(
        "negate", "the number with its sign turned", np.negative, "−{0}", "-x",
        slopes=(lambda s: -s.upstream,), numpy=("negative",),
    ),
    _elementwise(
        "absolute", "the number without its sign", np.abs, "|{0}|", "ABS(x)",
        numpy=("absolute", "fabs"),
    ),
    # MAX of two arrays is one number; IF goes cell by cell.
    _elementwise(
        "maximum", "the larger of two numbers", np.maximum, "maximum({0}, {1})", "IF(x>y,x,y)",
        numpy=("maximum", "fmax"),
    ),
    _elementwise(
        "minimum", "the smaller of two numbers", np.minimum, "minimum({0}, {1})", "IF(x<y,x,y)",
        numpy=("minimum", "fmin"),
    ),
)  # fmt: skip

_COMPARISONS = (
    # 1 where it holds, else 0. Text compares without regard to case.
    _comparison(
        "equal", "1 where both are equal", values.same_text, "{0} = {1}", "IF(x=y,1,0)",
        takes_text=True,
    ),
    _comparison(
        "not_equal", "1 where they differ", lambda a, b: 1 - values.same_text(a, b), "{0} ≠ {1}",
        "IF(x<>y,1,0)", takes_text=True,
    ),
    _comparison(
        "less", "1 where the first is smaller", lambda a, b: as_number(a < b), "{0} < {1}",
        "IF(x<y,1,0)",
    ),
    _comparison(
        "less_equal", "1 where the first is not larger", lambda a, b: as_number(a <= b),
        "{0} ≤ {1}", "IF(x<=y,1,0)",
    ),
    _comparison(
        "greater", "1 where the first is larger", lambda a, b: as_number(a > b), "{0} > {1}",
        "IF(x>y,1,0)",
    ),
    _comparison(
        "greater_equal", "1 where the first is not smaller", lambda a, b: as_number(a >= b),
        "{0} ≥ {1}", "IF(x>=y,1,0)",
    ),
    _elementwise(
        "where", "the second where the first is not 0, else the third", values.choose,
        "where({0}, {1}, {2})", "IF(x<>0,y,z)", takes_text=True, numpy=(),
        slopes=(
            None,
            lambda s: np.where(s.operands[0], s.upstream, 0.0),
            lambda s: np.where(s.operands[0], 0.0, s.upstream),
        ),
    ),
)  # fmt: skip

_FUNCTIONS = (
    # Of one number.
    _elementwise(
        "exp", "e to the number", np.exp, "exp({0})", "EXP(x)",
        slopes=(lambda s: s.upstream * s.result,), domain="small",
    ),
    _elementwise(
        "log", "the natural logarithm", np.log, "log({0})", "LN(x)",
        slopes=(lambda s: s.upstream / s.operands[0],), domain="positive",
    ),
    _elementwise(
        "sqrt", "the square root", np.sqrt, "√{0}", "SQRT(x)",
        slopes=(lambda s: s.upstream * 0.5 / s.result,), domain="positive",
    ),
    _elementwise(
        "tanh", "the hyperbolic tangent", np.tanh, "tanh({0})", "TANH(x)",
        slopes=(lambda s: s.upstream * (1.0 - s.result * s.result),),
    ),
    _elementwise(
        "sin", "the sine of an angle in radians", np.sin, "sin({0})", "SIN(x)",
        slopes=(lambda s: s.upstream * np.cos(s.operands[0]),),
    ),
    _elementwise(
        "cos", "the cosine of an angle in radians", np.cos, "cos({0})", "COS(x)",
        slopes=(lambda s: -s.upstream * np.sin(s.operands[0]),),
    ),
    # Its slope is the density of the standard normal, exp(−x² / 2) / √(2π).
    _elementwise(
        "normal_cdf", "the share of a standard normal below the number", values.normal_cdf,
        "Φ({0})", "NORMSDIST(x)", numpy=(), scalar_only=True,
        slopes=(
            lambda s: s.upstream * (
                np.exp(s.operands[0] * s.operands[0] * -0.5) / math.sqrt(2.0 * math.pi)
            ),
        ),
    ),
)  # fmt: skip

_REDUCTIONS = (
    # Along one axis, which stays with length 1; without it is a view.
    _reduction(
        "sum", "the sum along an axis", lambda x, axis: x.sum(axis, keepdims=True), "SUM(x)",
        slopes=(_passed,),
    ),
    _reduction(
        "mean", "the mean along an axis", lambda x, axis: x.mean(axis, keepdims=True),
        "AVERAGE(x)",
        slopes=(lambda s: s.upstream / float(s.operands[0].size // s.result.size),),
    ),
    _reduction("max", "the largest (or k-th largest) along an axis", values.largest, "MAX(x)"),
    _reduction(
        "min", "the smallest along an axis", lambda x, axis: x.min(axis, keepdims=True), "MIN(x)"
    ),
    _reduction(
        "argmax", "the first place (from 0) of the largest, or k-th largest", values.argmax,
        lies=("run",), whole=True,
        no_gradient="is a place, and stays there when its numbers move a little",
    ),
)  # fmt: skip

_OTHERS = (
    _other(
        "matmul", "rows times columns: (…, n, k) @ (…, k, m) → (…, n, m)", np.matmul,
        "{0} · {1}", lies=("factor",), shrinks=True,
    ),
    _other(
        "lookup", "the number beside the key that equals the text; 0 where none does",
        values.lookup, "number of {0}", arity=3, lies=("cell", "pair"), whole=True,
        takes_text=True,
    ),
    _other(
        "embedding", "row i of a table: (…) → (…, d); with words in the table, the i-th word",
        values.embedding, "{1}[{0}]", lies=("cell", "table"), shrinks=True, takes_text=True,
    ),
    _other(
        "join", "the words of a row with a space between, empty ones left out", values.join,
        "{0} joined", takes_text=True, gives_text=True, no_gradient="makes words of words",
    ),
    _other(
        "letter", "the letter of a text at a place, counted from 1; no letter beyond its end",
        values.letter, "letter {1} of {0}", takes_text=True, gives_text=True,
        no_gradient="makes words of words",
    ),
    _other(
        "deviation", "the largest absolute difference between two arrays, one number",
        values.deviation, "max |{0} − {1}|", lies=("upright",), refuses_gradient=True,
        no_gradient="is for checks; write np.max(np.abs(a - b)) where a gradient is wanted",
    ),
    _other(
        "copy", "the same cells side by side, where a formula needs one rectangle", lambda x: x,
        "{0}", slopes=(_passed,), shrinks=True, takes_text=True,
    ),
)  # fmt: skip

OPS: dict[str, Op] = {
    op.name: op
    for group in (_SOURCES, _ARITHMETIC, _COMPARISONS, _FUNCTIONS, _REDUCTIONS, _OTHERS)
    for op in group
}
