"""Before anything is placed: which nodes become blocks, and which operands need a copy first.

A formula can name a rectangle of cells. A view that is no rectangle (merged heads, joined arrays)
is copied into a block of its own, once, just before it is needed. The plan has a graph of its own
for that; the one that it was made of stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sheetformer.formula.geometry import Geometry, axes_of, each_matrix, grouped
from sheetformer.formula.inside import Steps, find_steps, needs_scalars
from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS
from sheetformer.graph.span import Span

Style = str
"""The formula style: one of `STYLES`."""
STYLES = ("matrix", "cell", "named")
"""One array formula a block, one formula a cell, or array formulas that call named functions."""


@dataclass
class Plan:
    """The nodes that become blocks, in order, and the operands of each.

    Attributes:
        graph: what is computed, with the copies.
        style: the formula style.
        blocks: places (in the graph's nodes) of the nodes to show, copies before their first use.
        replaced: place of a node → its operands, where views were replaced by copies.
        steps: which nodes stand inside other formulas, and which are called by a name.
        copies: for each copy (by its base) of which node it is, and which node needs it.
    """

    graph: Graph
    style: Style
    steps: Steps
    blocks: list[int] = field(default_factory=list[int])
    replaced: dict[int, tuple[Ids | Span, ...]] = field(
        default_factory=dict[int, tuple[Ids | Span, ...]]
    )
    copies: dict[int, tuple[Node, Node]] = field(default_factory=dict[int, tuple[Node, Node]])

    def operands(self, place: int) -> tuple[Ids | Span, ...]:
        """The operands of a node as its formula reads them: ids in each operand's shape."""
        return self.replaced.get(place) or self.graph.nodes[place].operands

    def inputs(self, place: int) -> tuple[Ids, ...]:
        """The ids of these operands, also of the large ones."""
        return tuple(x.ids if isinstance(x, Span) else x for x in self.operands(place))

    @property
    def inlined(self) -> set[int]:
        """Places of the nodes that are no blocks."""
        return self.steps.inlined

    def needs_scalars(self, place: int) -> bool:
        """Whether something that refuses arrays stands in a node's formula, however deep."""
        return needs_scalars(self.graph, self.steps.calls, self.inlined, place)


def make_plan(graph: Graph, style: Style) -> Plan:
    """Decide what is shown, with a copy wherever a rectangle is needed."""
    geometry = Geometry.of(graph)
    steps = find_steps(graph, geometry, by_name=style == "named")
    plan = Plan(graph.copy(), style, steps)
    copies = _Copies(plan)
    for place, node in enumerate(graph):
        if place in steps.calls or place in steps.unread:
            fits = [True]
        else:
            fits = [_fits(plan, geometry, node, i) for i in range(len(node.operands))]
        if not all(fits):
            pairs = zip(node.operands, fits, strict=True)
            plan.replaced[place] = tuple(
                operand if fit else copies.fitting(node, np.asarray(operand))
                for operand, fit in pairs
            )
        if place not in plan.inlined:
            plan.blocks.append(place)
    return plan


def _fits(plan: Plan, geometry: Geometry, node: Node, i: int) -> bool:
    """Whether operand i of a node can be written as it lies."""
    lies, by_matrix = OPS[node.op].lies_of(i), plan.style != "cell"
    operand = node.operands[i]
    if lies in _AS_IT_STANDS and _is_whole_span(plan.graph, operand):
        return True
    if plan.graph.owners(operand)[0] in plan.inlined:
        return True
    if lies in ("matrix", "factor") and by_matrix:
        return all(geometry.rectangle(m) for m in each_matrix(operand))
    if lies == "factor":
        return bool(geometry.runs(operand if i == 0 else operand.swapaxes(-1, -2)))
    if lies == "group" and node.size == 1 and _is_whole_span(plan.graph, operand):
        return len(each_matrix(operand)) == 1
    ids = np.asarray(operand)
    if lies == "group":
        return geometry.filled(grouped(ids, node.attributes["axis"]))
    if lies == "run":
        return bool(geometry.runs(grouped(ids, node.attributes["axis"])))
    if lies == "pair":
        # Keys and numbers are multiplied pair by pair, so both must lie the same way.
        runs = [geometry.runs(operand) for operand in node.inputs[1:]]
        return runs[0] == runs[1] != "" or runs[i - 1] == "row"
    if lies == "column":
        # Single numbers of several nodes are the lines of a table; the others must be a run.
        return len(plan.graph.node_indices(ids)) == ids.size or geometry.runs(ids) == "column"
    return _fits_always(geometry, ids, lies)


def _is_whole_span(graph: Graph, operand: Ids | Span) -> bool:
    return isinstance(operand, Span) and operand == graph.owner(operand.base).span


def _fits_always(geometry: Geometry, ids: Ids, lies: str) -> bool:
    """Whether an operand lies as it must, whoever reads it in whichever style."""
    if lies == "upright":
        return all(geometry.rectangle(m) == "upright" for m in each_matrix(ids))
    return lies != "table" or bool(geometry.runs(ids.T))


_AS_IT_STANDS = frozenset({"cell", "matrix", "factor", "upright", "table"})
"""How a whole node lies in any case."""


@dataclass
class _Copies:
    """The copy blocks of views that are no rectangle; one copy serves every user."""

    plan: Plan
    made: dict[tuple[bytes, tuple[int, ...]], Ids] = field(
        default_factory=dict[tuple[bytes, tuple[int, ...]], Ids]
    )

    def fitting(self, user: Node, ids: Ids) -> Ids:
        """The same operand in cells that lie as the user's formula needs them."""
        if OPS[user.op].lies_of(0) == "factor":
            turned = ids.swapaxes(-1, -2)
            if (turned.tobytes(), turned.shape) in self.made:
                return self.copy(user, turned).swapaxes(-1, -2)
        if OPS[user.op].kind != "reduction":
            return self.copy(user, ids)
        # A group that reaches over several matrices needs them in one line, and only for this
        # formula the line has the operand's shape again.
        axes = axes_of(user.attributes["axis"])
        order = [*(i for i in range(ids.ndim) if i not in axes), *axes]
        lines = self.copy(user, grouped(ids, axes))
        return lines.reshape([ids.shape[i] for i in order]).transpose(np.argsort(order))

    def copy(self, user: Node, ids: Ids) -> Ids:
        """The ids of a block with the same elements."""
        key = (ids.tobytes(), ids.shape)
        if key not in self.made:
            self.made[key] = self._made(user, ids).ids
        return self.made[key]

    def _made(self, user: Node, ids: Ids) -> Node:
        graph = self.plan.graph
        owner = graph.owner(int(ids.flat[0]))
        node = graph.relabel(graph.add("copy", [ids]), f"{owner.name or owner.op}_side_by_side")
        self.plan.copies[node.base] = (owner, user)
        place = len(graph.nodes) - 1
        self.plan.blocks.append(place)
        return node
