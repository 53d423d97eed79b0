"""How the gradient of a result becomes that of its operands, where a row of OPS cannot say it.

A rule is written with the same arrays as everything else, so a gradient is blocks with live
formulas. Where a function has a corner, its rule says which slope it takes:

- `max` and `min` along an axis give the whole gradient to the first of equal ones. PyTorch's
  `amax` shares it among them; its `max(dim)` gives it to one, whichever the kernel found.
- `maximum` and `minimum` give each half where both are equal, as PyTorch does.
- `where` gives it to the chosen one; `nn.relu` is a `where`, so its slope at 0 is 0.
- `absolute` has the slope 0 at 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.autodiff.steps import BackwardStep, Part, once
from sheetformer.graph.elementary import log, where
from sheetformer.graph.functions import elementwise, inline, named
from sheetformer.graph.ops import OPS

Rule = Callable[[BackwardStep], Array | Part | None] | None
"""Gives the gradient of one operand; None where it has none."""


# Arithmetic.


def _times(other: int) -> Callable[[BackwardStep], Array | None]:
    """The gradient of one factor; a square gives all of it to the first."""

    def rule(step: BackwardStep) -> Array | None:
        if np.array_equal(step.operands[0].ids, step.operands[1].ids):
            return (step.upstream * 2.0) * step.operands[0] if other else None
        return step.upstream * step.operands[other]

    return rule


def _divisor(step: BackwardStep) -> Part:
    """−Σ upstream · quotient, over the divisor: summed first, so that it is divided once."""
    part = step.part(1, step.upstream * step.result)
    total = once(part.gradient)
    if total.is_whole and total.node.base not in total.graph.gradient_of:
        inline(total)
    divisor = Array(total.graph, part.ids, (None,) * part.ids.ndim)
    return Part(part.ids, -total / divisor)


def _base(step: BackwardStep) -> Array | None:
    """Exponent · base^(exponent − 1), without a power where the exponent is 0, 1, ½ or 2."""
    base, exponent = step.operands
    if not exponent.node.is_constant or exponent.node.size > 1:
        return step.upstream * (exponent * base ** (exponent - 1.0))
    number = float(exponent.value.item())
    if number in (0.0, 1.0):
        return step.upstream if number else None
    if number == 0.5:
        return step.upstream * 0.5 / step.result
    return (step.upstream * number) * (base if number == 2.0 else base ** (number - 1))


def _exponent(step: BackwardStep) -> Array:
    """Power · log(base), and 0 where the base is 0, as in PyTorch."""
    base = step.operands[0]
    slope = step.result * log(base)
    return step.upstream * where(base > 0.0, slope, 0.0)


def _absolute(step: BackwardStep) -> Array:
    x, gradient = step.operands[0], step.upstream
    below = where(x < 0.0, -gradient, 0.0)
    return where(x > 0.0, gradient, below)


def _winner(mine: int, wins: Callable[[Any, Any], Array]) -> Callable[[BackwardStep], Array]:
    """The gradient where the operand wins, half where both are equal, else 0."""

    def rule(step: BackwardStep) -> Array:
        one, other = step.operands[mine], step.operands[1 - mine]
        tie = where(one == other, step.upstream * 0.5, 0.0)
        return where(wins(one, other), step.upstream, tie)

    return rule


def _greater(one: Any, other: Any) -> Any:
    return one > other


def _less(one: Any, other: Any) -> Any:
    return one < other


# Along axes.


def _largest(step: BackwardStep) -> Array:
    return _to_first(step, step.operands[0])


def _smallest(step: BackwardStep) -> Array:
    return _to_first(step, -step.operands[0])


def _to_first(step: BackwardStep, x: Array) -> Array:
    """The gradient at the first of the largest (or k-th largest), else 0."""
    axes, k = step.node.attributes["axis"], step.node.attributes.get("k", 1)
    if len(axes) == 1:
        hit = _is_first(x, axes[0], k)
    else:
        order = [*(i for i in range(x.ndim) if i not in axes), *axes]
        turned = x.transpose(order)
        line = turned.reshape(*turned.shape[: -len(axes)], -1)
        hit = _is_first(line, line.ndim - 1, k).reshape(turned.shape)
        hit = hit.transpose(np.argsort(order).tolist())
    return where(hit, step.upstream, 0.0)


def _is_first(x: Array, axis: int, k: int) -> Array:
    """1 at the first place of the largest along an axis, else 0."""
    settings: dict[str, Any] = {"axis": axis} if k == 1 else {"axis": axis, "k": k}
    found = x.graph.add("argmax", [x.ids], **settings)
    places = np.arange(float(x.shape[axis])).reshape(-1, *[1] * (x.ndim - 1 - axis))
    return elementwise("equal", places, Array(x.graph, found.ids, found.labels))


# The rest.


def _left(step: BackwardStep) -> Array:
    """Upstream · rightᵀ."""
    return _product(step.operands[0], step.whole, _turn(step.operands[1]))


def _right(step: BackwardStep) -> Array:
    """Leftᵀ · upstream."""
    return _product(step.operands[1], _turn(step.operands[0]), step.whole)


def _product(operand: Array, left: Array, right: Array) -> Array:
    """The product, as (rightᵀ · leftᵀ)ᵀ where the operand is a transpose: it needs no copy."""
    down, across = (np.diff(operand.ids, axis=axis) for axis in (-2, -1))
    if down.size and (down == 1).all() and not (across == 1).all():
        return _turn(_turn(right) @ _turn(left))
    return left @ right


def _turn(array: Array) -> Array:
    return array.swapaxes(-1, -2)


def _rows(step: BackwardStep) -> Array:
    """Row r of a table gets the gradients of all that picked row r."""
    index, table = step.operands
    places = index.reshape(-1, 1)
    return _picked(step, places, np.arange(float(table.shape[0])), table.shape)


def _numbers(step: BackwardStep) -> Array:
    """A number of a look-up gets the gradients of all that found it."""
    text, keys, numbers = step.operands
    return _picked(step, text.reshape(-1, 1), keys, numbers.shape)


def _picked(step: BackwardStep, query: Array, keys: Any, shape: tuple[int, ...]) -> Array:
    """(query, keys)ᵀ of ones and zeros times (query, d), in the shape of the table."""
    picked = named(elementwise("equal", query, keys), "picked", "picked")
    return (picked.T @ step.whole.reshape(query.shape[0], -1)).reshape(shape)


_LONGER: dict[str, tuple[Rule, ...]] = {
    "multiply": (_times(1), _times(0)),
    "divide": (lambda step: step.upstream / step.operands[1], _divisor),
    "power": (_base, _exponent),
    "absolute": (_absolute,),
    "maximum": (_winner(0, _greater), _winner(1, _greater)),
    "minimum": (_winner(0, _less), _winner(1, _less)),
    "softplus": (lambda step: step.upstream * elementwise("sigmoid", step.operands[0]),),
    "max": (_largest,),
    "min": (_smallest,),
    "matmul": (_left, _right),
    "lookup": (None, None, _numbers),
    "embedding": (None, _rows),
}
"""Rules that need more than a line."""

DERIVATIVES: dict[str, tuple[Rule, ...]] = {
    name: _LONGER.get(name, op.slopes) for name, op in OPS.items() if not op.no_gradient
}
"""For each operation one rule an operand."""
