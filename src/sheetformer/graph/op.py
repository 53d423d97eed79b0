"""One row of the vocabulary: what is known of an operation, and how a row of each kind is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sheetformer.graph.values import Value

Slope = Callable[[Any], Any] | None
"""Takes a step on the way back (`upstream`, `result`, `operands`) and gives the gradient of one
operand; None where it has none."""


_OFTEN = 4
"""Readings of one operand up to which another formula may stand in its place."""


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
            "table" (its columns are runs), "column" (they stand below each other, perhaps as the
            lines of a table), or "cell" (anything).
        no_gradient: why no gradient goes through it.
        refuses_gradient: its result does move with its numbers: to leave it out would be wrong.
        takes_text: it has a meaning for words.
        gives_text: its formula gives text, never an empty cell.
        truth: its numbers are only 1 and 0.
        keeps_truth: of truth values it makes truth values, as NumPy does.
        repeats: it computes nothing: its elements are those that it is given.
        whole: its numbers are whole: truth, places and ids.
        shrinks: a part of it can be computed alone.
        typed: a reader may type its numbers or words.
        gives_ids: its numbers are ids of words in a vocabulary.
        chooses: its result is its second or its third operand as it stands.
        condition: the operand that the IF of its formula asks about, where it is one operand.
        keeps_hidden: a score of minus infinity in its first operand stays one in its result.
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
    keeps_truth: bool = False
    repeats: bool = False
    whole: bool = False
    shrinks: bool = False
    typed: bool = False
    gives_ids: bool = False
    chooses: bool = False
    condition: int | None = None
    keeps_hidden: bool = False

    @property
    def reads_often(self) -> bool:
        """Whether its formula reads its operand so often that this must be a cell, no formula."""
        return self.formula.count("x") > _OFTEN

    def lies_of(self, operand: int) -> str:
        """How the cells of an operand must lie."""
        return self.lies[min(operand, len(self.lies) - 1)]


def source_op(name: str, meaning: str, **facts: Any) -> Op:
    """A row that holds values and computes nothing."""
    reason = "comes from nowhere: here a gradient ends"
    return Op(name, meaning, _no_rule, 0, "source", "", no_gradient=reason, **facts)


def _no_rule(**_: object) -> Value:  # pragma: no cover - a source holds its value, it has no rule
    raise AssertionError("a source has a value of its own")


def elementwise_op(
    name: str, meaning: str, value: Callable[..., Value], sign: str, formula: str, **facts: Any
) -> Op:
    """A row for an operation of each element, broadcasting: (…), (…) → (…)."""
    arity = sum(f"{{{i}}}" in sign for i in range(3))
    facts = {"numpy": (name,), "lies": ("matrix",), "shrinks": True, **facts}
    return Op(name, meaning, value, arity, "elementwise", sign, formula, **facts)


def comparison_op(
    name: str, meaning: str, value: Callable[..., Value], sign: str, formula: str, **facts: Any
) -> Op:
    """A row for an elementwise operation that gives 1 or 0."""
    reason = "is 1 or 0, and stays so when its numbers move a little"
    facts = {"truth": True, "whole": True, "no_gradient": reason, **facts}
    return elementwise_op(name, meaning, value, sign, formula, **facts)


def reduction_op(
    name: str, meaning: str, value: Callable[..., Value], formula: str = "", **facts: Any
) -> Op:
    """A row for a reduction along axes: (n, d) → (n, 1) along axis 1."""
    facts = {"lies": ("group",), "shrinks": True, **facts}
    return Op(name, meaning, value, 1, "reduction", f"{name}({{0}})", formula, **facts)


def other_op(name: str, meaning: str, value: Callable[..., Value], sign: str, **facts: Any) -> Op:
    """A row for an operation with shapes of its own."""
    arity = sum(f"{{{i}}}" in sign for i in range(2))
    return Op(name, meaning, value, facts.pop("arity", arity), "other", sign, **facts)
