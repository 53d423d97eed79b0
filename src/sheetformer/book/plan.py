"""Before anything is placed: which nodes become blocks, and which operands need a copy first.

A formula can name a rectangle of cells. A view that is no rectangle (merged heads, joined arrays)
is copied into a block of its own, once, just before it is needed. The plan has a story of its own
for that; the one that it was made of stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sheetformer.book.geometry import Geometry, axes_of, grouped, matrices
from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS
from sheetformer.story.story import Caption, Placement, Story, is_step

Formulas = str
"""The formula style: "matrix" (one array formula a block) or "cell" (one formula a cell)."""


@dataclass
class Plan:
    """The nodes that become blocks, in order, and the operands of each.

    Attributes:
        story: with the copies told.
        formulas: the formula style.
        blocks: places (in the graph's nodes) of the nodes to show, copies before their first use.
        inputs: place of a node → its operands, views replaced by copies where needed.
        inlined: places of the nodes that stand inside other formulas.
    """

    story: Story
    formulas: Formulas
    blocks: list[int] = field(default_factory=list[int])
    inputs: dict[int, tuple[Ids, ...]] = field(default_factory=dict[int, tuple[Ids, ...]])
    inlined: set[int] = field(default_factory=set[int])

    @property
    def graph(self) -> Graph:
        """What is computed, with the copies."""
        return self.story.graph


def make_plan(story: Story, formulas: Formulas) -> Plan:
    """Decide what is shown, with a copy wherever a rectangle is needed."""
    plan = Plan(story.copy(), formulas)
    geometry = Geometry.of(story.graph)
    plan.inlined = _inlined(story.graph, geometry)
    copies = _Copies(plan)
    for place, node in enumerate(story.graph):
        plan.inputs[place] = tuple(
            ids if _fits(plan, geometry, node, i) else copies.fitting(node, ids)
            for i, ids in enumerate(node.inputs)
        )
        if place not in plan.inlined:
            plan.blocks.append(place)
    return plan


def _inlined(graph: Graph, geometry: Geometry) -> set[int]:
    """The steps that stand inside formulas: those that no user needs as cells."""
    wish = {place for place, node in enumerate(graph) if is_step(graph, node)}
    for node in graph:
        for ids in node.inputs:
            for place in wish & set(graph.node_indices(ids)):
                if not _can_stand_inside(geometry, graph.nodes[place], node, ids):
                    wish.discard(place)
    return wish - _factors(graph, wish)


def _can_stand_inside(geometry: Geometry, inner: Node, user: Node, ids: Ids) -> bool:
    """Inside an elementwise formula, as a whole or as a single number; or a product in its sum."""
    if user.op == "sum" and inner.op == "multiply" and np.array_equal(ids, inner.ids):
        axis = user.attributes["axis"]
        if any(factor.shape != inner.shape for factor in inner.inputs):
            return False
        lie = [geometry.runs(grouped(factor, axis)) for factor in inner.inputs]
        as_is = all(geometry.rectangle(m) for factor in inner.inputs for m in matrices(factor))
        return as_is and lie[0] == lie[1] != ""
    if OPS[user.op].kind != "elementwise":
        return False
    return np.array_equal(ids, inner.ids) or (inner.size == 1 and bool((ids == inner.base).all()))


def _factors(graph: Graph, wish: set[int]) -> set[int]:
    """The nodes inside a product that a sum takes in: SUMPRODUCT needs them as cells."""
    products = {
        graph.node_index(int(ids.flat[0]))
        for node in graph
        if node.op == "sum"
        for ids in node.inputs
    }
    return {
        factor
        for place in products & wish
        for ids in graph.nodes[place].inputs
        for factor in graph.node_indices(ids)
    }


def _fits(plan: Plan, geometry: Geometry, node: Node, i: int) -> bool:
    """Whether operand i of a node can be written as it lies."""
    ids = node.inputs[i]
    if plan.graph.node_index(int(ids.flat[0])) in plan.inlined:
        return True
    kind = OPS[node.op].kind
    if kind == "elementwise":
        return plan.formulas == "cell" or all(geometry.rectangle(m) for m in matrices(ids))
    if kind == "reduction":
        groups = grouped(ids, node.attributes["axis"])
        ordered = node.op == "argmax"
        return bool(geometry.runs(groups)) if ordered else geometry.filled(groups)
    if node.op == "matmul" and plan.formulas == "matrix":
        return all(geometry.rectangle(m) for m in matrices(ids))
    if node.op == "matmul":
        return bool(geometry.runs(ids if i == 0 else ids.swapaxes(-1, -2)))
    if node.op == "deviation":
        return all(geometry.rectangle(m) == "upright" for m in matrices(ids))
    if node.op == "lookup" and i > 0:
        # Keys and numbers are multiplied pair by pair, so both must lie the same way.
        lie = [geometry.runs(operand) for operand in node.inputs[1:]]
        return lie[0] == lie[1] != "" or lie[i - 1] == "row"
    if node.op == "embedding" and i > 0:
        return bool(geometry.runs(ids.T))
    return True


@dataclass
class _Copies:
    """The copy blocks of views that are no rectangle; one copy serves every user."""

    plan: Plan
    made: dict[tuple[bytes, tuple[int, ...]], Ids] = field(
        default_factory=dict[tuple[bytes, tuple[int, ...]], Ids]
    )

    def fitting(self, user: Node, ids: Ids) -> Ids:
        """The same operand in cells that lie as the user's formula needs them."""
        if user.op == "matmul":
            turned = ids.swapaxes(-1, -2)
            if (turned.tobytes(), turned.shape) in self.made:
                return self.copy(user, turned).swapaxes(-1, -2)
        if OPS[user.op].kind != "reduction":
            return self.copy(user, ids)
        # A group that reaches over several slabs needs them in one line, and only for this formula
        # the line has the operand's shape again.
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
        story, graph = self.plan.story, self.plan.graph
        owner = graph.owner(int(ids.flat[0]))
        node = graph.add("copy", [ids])
        node = graph.relabel(node, f"{owner.name or owner.op}_side_by_side")
        # A table has lines for single values only.
        here = story.stage_of(user)
        in_table = bool(story.stages and story.stages[here].table)
        look = story.caption(owner).look
        story.captions[node.base] = Caption(note=_SIDE_BY_SIDE, look=look)
        story.placements[node.base] = Placement(story.stage_of(owner) if in_table else here)
        place = len(graph.nodes) - 1
        self.plan.inputs[place] = (ids,)
        self.plan.blocks.append(place)
        return node


_SIDE_BY_SIDE = "The same cells, side by side, so that one formula can read them."
