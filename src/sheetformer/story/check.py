"""The Check and Reference sheets: every block beside the numbers it had when it was written."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.formula.inside import is_step
from sheetformer.graph.array import Array
from sheetformer.graph.functions import added, column_max, constant, deviation, elementwise
from sheetformer.graph.node import Graph, Node, label_text
from sheetformer.graph.ops import OPS, Value
from sheetformer.graph.storable import LARGEST, TOLERANCE
from sheetformer.language import Translated, translate, translate_equation
from sheetformer.story.figures import DRAWING
from sheetformer.story.questions import ROLE as ANSWER
from sheetformer.story.story import Story

LONGEST_SUM = 40
"""Matrices that one formula reads; more are read in parts, each in a line of its own."""
FEW = 8
"""Matrices of an input that one formula adds up; more are copied into one first."""
SAME = "✓ equal to the reference"
FOLLOWED = "→ other, and so is an input"
CANNOT_TELL = "→ an input was changed: cannot tell here, run sheetformer verify"
BROKEN = "✗ a formula gives something else: sheetformer verify tells"
AS_WRITTEN = "✓ all inputs are as they were written"
SUMMARIES = ("inputs", "all")
"""The lines that stand for no block."""
TYPED = "→ something else was typed, and the sheet follows"


def check(
    story: Story,
    names: Collection[str] | None = None,
    recorded: Mapping[str, Value] | None = None,
) -> None:
    """Add both sheets for every computed block of numbers that is shown, or for those named.

    A block that only repeats another is left out: what is made of it is compared. So is one that
    only says where something is drawn.

    Args:
        story: gets the stages and their blocks.
        names: the blocks to watch; all of them otherwise.
        recorded: what somebody else has computed for a block, in the block's shape; NumPy's numbers
            otherwise.
    """
    graph = story.graph
    watched = [node for node in graph if _is_watched(story, node)]
    if names is None:
        watched = [node for node in watched if not OPS[node.op].repeats]
    else:
        watched = [node for node in watched if node.name in names or OPS[node.op].gives_ids]
    given = [node for node in graph if _is_given(story, node)]
    known = recorded or {}
    _begin_reference(story, "by PyTorch" if known else "in NumPy")
    references = [_reference(story, node, known.get(node.name)) for node in watched]
    masks = {
        node.base: _reference(story, node, None) for node in given if _has_infinity(graph, node)
    }
    _begin_check(story)
    pairs = zip(watched, references, strict=True)
    lines = [line for node, ref in pairs for line in _compared(graph, node, ref)]
    ids = [line.difference for line in lines if line.gives_ids]
    inputs = _inputs(story, given, ids, masks)
    cells = sum(line.cells for line in lines)
    summary = _Row("all", translate("all blocks, the largest"), cells)
    differences = [line.difference for line in lines]
    largest = column_max(differences) if differences else constant(graph, 0.0) + 0.0
    _row(story, summary, largest, inputs, CANNOT_TELL)
    for line in lines:
        equation = translate_equation(story.caption(line.node).equation) or line.node.op
        _row(story, _Row(line.name, equation, line.cells), line.difference, inputs)


@dataclass(frozen=True)
class _Compared:
    """A block, or some matrices of a long stack, and how far it is from its reference."""

    node: Node
    name: str
    cells: int
    difference: Array

    @property
    def gives_ids(self) -> bool:
        return OPS[self.node.op].gives_ids


def _compared(graph: Graph, node: Node, reference: Array) -> list[_Compared]:
    name, shape = node.name.rstrip("_"), node.shape
    if math.prod(shape[:-2]) <= LONGEST_SUM:
        difference = deviation(Array.of(graph, node), reference)
        return [_Compared(node, name, node.size, difference)]
    stacks = [Array(graph, ids.reshape(-1, *shape[-2:]), (None,) * 3) for ids in (
        node.ids, reference.ids
    )]  # fmt: skip
    parts: list[_Compared] = []
    for first in range(0, len(stacks[0]), LONGEST_SUM):
        mine, its = (stack[first : first + LONGEST_SUM] for stack in stacks)
        part = f"{name}_{len(parts) + 1}"
        parts.append(_Compared(node, part, mine.size, deviation(mine, its)))
    return parts


def _begin_reference(story: Story, by: str) -> None:
    story.stage(
        "Reference values",
        "What every block must be for the words and weights that this file was written with, "
        f"computed {by} with 64-bit numbers. Nothing here is a formula.",
        group="Reference",
    )


def _begin_check(story: Story) -> None:
    story.stage(
        "Does the sheet compute the right numbers?",
        "For every block that computes something, the largest difference between its live "
        "formulas and the reference. "
        "As long as no input is changed it is 0 but for rounding (below 0.000000001), in any "
        "spreadsheet program. After you type something else the lines say so in grey: the sheet "
        "follows you, and whether a formula was changed besides, only sheetformer verify can "
        "tell. Red stands where every input is as written: a formula was changed, or the program "
        "computes it otherwise.",
        group="Check",
        table={"Equation": 4, "Cells": 1, "Largest difference": 2, "Verdict": 6},
    )


def _is_watched(story: Story, node: Node) -> bool:
    if story.graph.roles.get(node.base) == DRAWING:
        return False
    if node.is_source or not node.name or is_step(story.graph, node):
        return False
    return not Array.of(story.graph, node).is_text


def _is_given(story: Story, node: Node) -> bool:
    if story.graph.roles.get(node.base) == ANSWER:
        return False
    return OPS[node.op].typed and not Array.of(story.graph, node).is_text


def _reference(story: Story, node: Node, recorded: Value | None) -> Array:
    graph = story.graph
    value = graph.value(node.span) if recorded is None else recorded
    # The reference keeps the words that it was computed for, whatever is typed later.
    labels = [None if axis is None else _texts(graph, axis) for axis in node.labels]
    name, number_format = f"ref_{node.name.rstrip('_')}", story.number_format(node)
    return story.constant(value, name, labels=labels, number_format=number_format)


def _texts(graph: Graph, axis: Any) -> Any:
    return np.array([label_text(graph, item) for item in axis], dtype=object)


def _has_infinity(graph: Graph, node: Node) -> bool:
    """Whether it holds ±1E+30, beside which a sum knows no other number."""
    value = graph.value(node.span)
    return value.size > 0 and bool(max(-value.min(), value.max()) >= LARGEST)


def _inputs(story: Story, given: list[Node], ids: list[Array], masks: Mapping[int, Array]) -> Array:
    """How far the inputs are from what was written: their sums, and the numbers of typed words.

    Those that hide something (by base) are compared number by number with their reference.
    """
    graph = story.graph
    sums = [
        _Sum(deviation(Array.of(graph, node), masks[node.base]), _matrices(node))
        if node.base in masks
        else _Sum(_sum_difference(graph, node), _matrices(node))
        for node in given
    ]
    sums += [_Sum(number, 1) for number in ids]
    parts = _in_parts(sums or [_Sum(constant(graph, 0.0), 0)])
    difference = _sum(parts[0]) + 0.0 if len(parts) == 1 else _each_part(story, parts)
    cells = sum(node.size for node in given)
    verdict = elementwise("where", _small(difference), translate(AS_WRITTEN), translate(TYPED))
    row = _Row("inputs", translate("sums of what can be typed"), cells)
    _line(story, row, difference, verdict)
    return difference


@dataclass(frozen=True)
class _Sum:
    """How far the sum of an input is from what was written, and how many ranges say it."""

    difference: Array
    ranges: int


def _matrices(node: Node) -> int:
    """How many ranges the sum of an input reads."""
    matrices = math.prod(node.shape[:-2])
    return matrices if matrices <= FEW else 1


def _sum_difference(graph: Graph, node: Node) -> Array:
    # A matrix is a rectangle; many of them are copied into one first.
    if _matrices(node) > 1:
        matrices = list(Array(graph, node.ids.reshape(-1, *node.shape[-2:]), (None,) * 3))
    else:
        matrices = [Array.of(graph, node)]
    return abs(added([matrix.sum() for matrix in matrices]) - float(graph.value(node.span).sum()))


def _in_parts(sums: list[_Sum]) -> list[list[_Sum]]:
    """Many sums in groups, each for one formula: a formula has a longest length."""
    parts: list[list[_Sum]] = [[]]
    for one in sums:
        if sum(other.ranges for other in parts[-1]) + one.ranges > LONGEST_SUM:
            parts.append([])
        parts[-1].append(one)
    return parts


def _each_part(story: Story, parts: list[list[_Sum]]) -> Array:
    """A line for each part; gives the largest of them."""
    lines: list[Array] = []
    for number, part in enumerate(parts, start=1):
        title = Translated(f"{translate('inputs')} {number}")
        row = _Row(f"inputs_{number}", title, len(part))
        lines.append(_sum(part) + 0.0)
        verdict = elementwise("where", _small(lines[-1]), translate(AS_WRITTEN), translate(TYPED))
        _line(story, row, lines[-1], verdict)
    return column_max(lines)


def _sum(part: list[_Sum]) -> Array:
    """The sum of a part, written out inside one formula."""
    return added([one.difference for one in part])


@dataclass(frozen=True)
class _Row:
    """What a line of the table says before its numbers."""

    name: str
    equation: str
    cells: int


def _row(
    story: Story, row: _Row, difference: Array, inputs: Array, followed: str = FOLLOWED
) -> None:
    """A line for computed blocks: where it differs, whether an input does, too, or none."""
    why = elementwise("where", _small(inputs), translate(BROKEN), translate(followed))
    _line(story, row, difference, elementwise("where", _small(difference), translate(SAME), why))


def _line(story: Story, row: _Row, difference: Array, verdict: Array) -> None:
    """One line of the table: equation, cells, largest difference, verdict."""
    name = f"check_{row.name}"
    note = translate(row.name) if row.name in SUMMARIES else Translated(row.name)
    equation = np.array(row.equation, dtype=object)
    line = (
        story.constant(equation, f"{name}_equation", note=note, number_format="entry"),
        story.constant(float(row.cells), f"{name}_cells", number_format="integer"),
        story.show(difference, name, number_format="difference"),
        story.show(verdict, f"{name}_verdict", number_format="verdict"),
    )
    for array in line:
        # Behind all that was placed before: a line is in one piece, whatever number it has.
        story.place(array, order=len(story.placements))


def _small(difference: Array) -> Array:
    return elementwise("less_equal", difference, TOLERANCE)
