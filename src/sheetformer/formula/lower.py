"""How each operation is written, cell by cell or as one array formula a block.

The formula of an elementwise operation or a reduction stands in its row of `sheetformer.graph.ops`.

Functions used are those that every spreadsheet program since Excel 2010 has, and only in ways in
which all programs that were tried agree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.formula.geometry import Geometry, each_matrix, grouped, matrix_shape
from sheetformer.formula.others import OTHERS, Lowered, Site, spread
from sheetformer.formula.plan import Plan
from sheetformer.formula.rows import written
from sheetformer.formula.tree import (
    LARGEST_LITERAL,
    SMALLEST_LITERAL,
    Call,
    Formula,
    Infix,
    Number,
    Range,
    Ref,
    Text,
    call,
    with_leaves,
)
from sheetformer.graph.node import Ids, Node
from sheetformer.graph.ops import OPS
from sheetformer.graph.span import Span


def lower(plan: Plan, geometry: Geometry, place: int) -> Lowered:
    """The formulas of a node; a source has none."""
    node = plan.graph.nodes[place]
    kind = OPS[node.op].kind
    if kind == "source":
        return Lowered()
    if place in plan.steps.calls:
        return _arrays(plan, geometry, place)
    if kind == "elementwise":
        return _elementwise(plan, geometry, place)
    if kind == "reduction":
        return Lowered(cell=_reduction(plan, node, plan.operands(place)[0], node.shape))
    if node.op == "matmul":
        return _matmul(plan, geometry, node, plan.operands(place))
    lowered = OTHERS[node.op](Site(plan.graph, geometry, node, plan.operands(place)))
    if (
        lowered.cell is not None
        and plan.graph.values[place].dtype == object
        and not OPS[node.op].gives_text
    ):
        return Lowered(cell=_as_text(lowered.cell))
    return lowered


# Elementwise: one tree, its operands cells or rectangles.


def _elementwise(plan: Plan, geometry: Geometry, place: int) -> Lowered:
    node = plan.graph.nodes[place]
    if plan.style == "cell" or node.size == 1 or plan.needs_scalars(place):
        shape = node.shape
        tree = _tree(plan, geometry, place, lambda ids: Ref(spread(np.asarray(ids), shape)), shape)
        return Lowered(cell=tree)
    return _arrays(plan, geometry, place)


def _arrays(plan: Plan, geometry: Geometry, place: int) -> Lowered:
    """One array formula for each matrix of a node."""
    lead = plan.graph.nodes[place].shape[:-2]
    arrays: list[Formula] = []
    for matrix in range(math.prod(lead)):

        def leaf(ids: Ids | Span, matrix: int = matrix) -> Formula:
            return _matrix(geometry, _matrix_of(ids, lead, matrix))

        arrays.append(_tree(plan, geometry, place, leaf, None))
    return Lowered(arrays=tuple(arrays))


def _tree(
    plan: Plan,
    geometry: Geometry,
    place: int,
    leaf: Callable[[Ids | Span], Formula],
    shape: tuple[int, ...] | None,
) -> Formula:
    """The node's formula with inlined operands written inside it.

    `shape` is the block's, or None where a leaf is a whole matrix.
    """
    graph = plan.graph
    node = graph.nodes[place]
    if place in plan.steps.calls:
        return _called(plan, geometry, place, leaf)
    if OPS[node.op].kind == "reduction":
        return _reduction(plan, node, plan.operands(place)[0], shape or ())
    if node.op == "matmul" and shape is None:
        return call("MMULT", *(_filled(plan, ids, leaf(ids)) for ids in plan.operands(place)))
    if node.op == "matmul":
        return _single(_dot(plan, geometry, plan.operands(place), node.shape, shape or ()))
    operands = [_operand(plan, geometry, ids, leaf, shape) for ids in plan.operands(place)]
    formula = written(node.op, *operands)
    is_text = graph.values[place].dtype == object
    return _as_text(formula) if is_text and any(map(_reads, operands[1:])) else formula


def _operand(
    plan: Plan,
    geometry: Geometry,
    operand: Ids | Span,
    leaf: Callable[[Ids | Span], Formula],
    shape: tuple[int, ...] | None,
) -> Formula:
    """An operand as it stands, or the step that gives it, written out."""
    owner = plan.graph.owners(operand)[0]
    if owner not in plan.inlined:
        return leaf(operand)
    if plan.graph.nodes[owner].is_source:
        return _literal(plan.graph.values[owner].item())
    return _tree(plan, geometry, owner, leaf, shape)


def _called(
    plan: Plan, geometry: Geometry, place: int, leaf: Callable[[Ids | Span], Formula]
) -> Formula:
    """The call of a named function, its operands whole matrices."""

    def argument(given: Formula) -> Formula:
        if not isinstance(given, Range):
            return given
        formula = _operand(plan, geometry, given.ids, leaf, None)
        return _filled(plan, given.ids, formula) if _reads(formula) else formula

    return with_leaves(plan.steps.calls[place], argument)


def _reads(formula: Formula) -> bool:
    """Whether it is cells as they stand, of which some may be empty."""
    return isinstance(formula, Ref | Range) or (
        isinstance(formula, Call) and formula.name == "TRANSPOSE"
    )


def _as_text(formula: Formula) -> Formula:
    """A formula that reads an empty cell gives 0; with empty text behind it, empty text."""
    return Infix("&", formula, Text(""))


def _literal(value: Any) -> Formula:
    if isinstance(value, str):
        return Text(value)
    number = float(value)
    if abs(number) > LARGEST_LITERAL:
        return Infix("*", Number(number / 2), Number(2))
    if 0 < abs(number) < SMALLEST_LITERAL:
        return Infix("*", Number(number * 1e100), Number(1e-100))
    return Number(number)


def _matrix_of(operand: Ids | Span, lead: tuple[int, ...], matrix: int) -> Ids | Span:
    """The matrix of an operand that belongs to one matrix of the result."""
    if isinstance(operand, Span) and matrix_shape(operand.shape)[0] == 1:
        return each_matrix(operand)[0]
    ids = np.asarray(operand)
    if ids.size == 1:
        return ids.reshape(1, 1)
    own = ids.reshape((1,) * (2 - ids.ndim) + ids.shape)
    if math.prod(own.shape[:-2]) == math.prod(lead):
        return own.reshape(-1, *own.shape[-2:])[matrix]
    whole = np.broadcast_to(own, (*lead, *own.shape[-2:]))
    return whole.reshape(-1, *own.shape[-2:])[matrix]


def _filled(plan: Plan, ids: Ids | Span, formula: Formula) -> Formula:
    """Cells as numbers for a function that is no arithmetic: an empty one of these counts as 0.

    MMULT refuses an empty cell, MAX and AVERAGE leave it out. Only what is typed or learned can be
    emptied, so the formulas over computed blocks stay as the equation has them.
    """
    owners = plan.graph.owners(ids)
    if not any(OPS[plan.graph.nodes[owner].op].typed for owner in owners):
        return formula
    match formula:
        case Call("TRANSPOSE", (inside,)):
            return call("TRANSPOSE", Infix("+", inside, Number(0)))
        case _:
            return Infix("+", formula, Number(0))


def _matrix(geometry: Geometry, ids: Ids | Span) -> Formula:
    """A matrix of ids as a range, transposed where its cells stand the other way round."""
    if geometry.rectangle(ids) == "turned":
        return call("TRANSPOSE", Range(ids.T))
    return Range(ids)


# Reductions: scalar cells in both styles.


def _reduction(plan: Plan, node: Node, ids: Ids | Span, shape: tuple[int, ...]) -> Formula:
    """One range a cell of a block of this shape; a product inside is summed as it is made."""
    inner = plan.graph.owners(ids)[0]
    if inner in plan.inlined:
        return call("SUMPRODUCT", *(_groups(node, x, shape) for x in plan.inputs(inner)))
    cells = _groups(node, ids, shape)
    filled = _filled(plan, ids, cells)
    if filled is cells or node.op == "sum":
        return _reduced(node, cells)
    # A calculation with a range is worked out place by place only inside SUMPRODUCT.
    return _reduced(node, filled, lambda formula: call("SUMPRODUCT", formula))


def _reduced(
    node: Node, cells: Formula, whole: Callable[[Formula], Formula] = lambda formula: formula
) -> Formula:
    k = node.attributes.get("k", 1)
    if node.op not in ("max", "argmax"):
        return whole(written(node.op, cells))
    largest = whole(call("MAX", cells) if k == 1 else call("LARGE", cells, Number(k)))
    if node.op == "max":
        return largest
    return Infix("-", whole(call("MATCH", largest, cells, Number(0))), Number(1))


def _groups(node: Node, operand: Ids | Span, shape: tuple[int, ...]) -> Range:
    """For each cell of a block of this shape the elements that it reduces, in a row."""
    if isinstance(operand, Span) and node.size == 1 and len(each_matrix(operand)) == 1:
        return Range(each_matrix(operand)[0], searched=node.op == "argmax")
    groups = grouped(np.asarray(operand), node.attributes["axis"])
    places = spread(np.arange(node.size).reshape(node.shape), shape)
    return Range(groups[places][..., None, :], searched=node.op == "argmax")


# The others.


def _matmul(plan: Plan, geometry: Geometry, node: Node, inputs: tuple[Ids | Span, ...]) -> Lowered:
    if plan.style != "cell":
        pairs = zip(*map(each_matrix, inputs), strict=True)
        return Lowered(arrays=tuple(_product(plan, geometry, pair) for pair in pairs))
    return Lowered(cell=_dot(plan, geometry, inputs, node.shape, node.shape))


def _product(plan: Plan, geometry: Geometry, matrices: Sequence[Ids | Span]) -> Formula:
    return call("MMULT", *(_filled(plan, ids, _matrix(geometry, ids)) for ids in matrices))


def _dot(
    plan: Plan,
    geometry: Geometry,
    inputs: tuple[Ids | Span, ...],
    product: tuple[int, ...],
    shape: tuple[int, ...],
) -> Formula:
    """For each cell of a block of this shape its row times its column of a product."""
    left, right = inputs[0], inputs[1].swapaxes(-1, -2)
    rows, columns = _vectors(left, -2, product, shape), _vectors(right, -3, product, shape)
    if left.shape[-1] == 1:
        return Infix("*", Ref(rows[..., 0, 0]), Ref(columns[..., 0, 0]))
    lie = (geometry.runs(left), geometry.runs(right))
    first, second = Range(rows), Range(columns)
    if lie[0] == lie[1]:
        return call("SUMPRODUCT", first, second)
    # SUMPRODUCT refuses a row beside a column; MMULT wants exactly that.
    pair = (_filled(plan, left, first), _filled(plan, right, second))
    return call("MMULT", *(pair if lie[0] == "row" else pair[::-1]))


def _vectors(ids: Ids | Span, axis: int, product: tuple[int, ...], shape: tuple[int, ...]) -> Ids:
    """For each cell the row or column (1, k) of an operand; of a long one only its ends.

    A single vector is kept in full, so that a formula can call it by its name.
    """
    length = ids.shape[-1]
    kept = np.asarray(ids if ids.size == length or length < 3 else ids[..., :: length - 1])
    each = np.broadcast_to(np.expand_dims(kept, axis), (*product, kept.shape[-1]))
    if math.prod(product) == 1:
        each = each.reshape(kept.shape[-1])
    return np.broadcast_to(each[..., None, :], (*shape, 1, kept.shape[-1]))


def _single(formula: Formula) -> Formula:
    """One number for a formula to go on with: MMULT gives a matrix, though of one cell."""
    match formula:
        case Call("MMULT"):
            return call("SUMPRODUCT", formula)
        case _:
            return formula
