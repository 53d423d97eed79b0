"""What unnamed steps of a traced function are called, and their equations, in words of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sheetformer.formula.inside import is_step
from sheetformer.graph.node import Graph, Ids, Node
from sheetformer.graph.ops import OPS
from sheetformer.graph.span import Span
from sheetformer.story.caption import NO_CAPTION
from sheetformer.story.story import Story

MOST_NAMES = 20
"""Names that an equation lists of what is joined."""
LONGEST_PART = 500
"""Characters of a step that an equation holds."""


def name_steps(story: Story, since: int = 0) -> None:
    """Give every step without a name one (its operation), and every block an equation.

    Steps that a function takes on its way stay inside the formulas that use them.

    >>> import numpy as np
    >>> story = Story("")
    >>> x = story.input(np.eye(2), "x")
    >>> product = x @ x.T
    >>> name_steps(story)
    >>> product.node.name, story.caption(product.node).equation
    ('matmul', 'x · xᵀ')

    Args:
        story: of the graph.
        since: how many nodes, from the first, keep what they have.
    """
    graph = story.graph
    taken = {node.name for node in graph}
    for node in graph.nodes[since:]:
        if not node.name:
            name = free(_stem(graph, node), taken)
            taken.add(name)
            if node.base in graph.gradient_of or not _is_literal(graph, node):
                graph.relabel(node, name)
    _tell_equations(story)


def keep_steps(story: Story, since: int = 0) -> None:
    """Keep every step without a name inside formulas for good, so that its gradient is no block.

    Args:
        story: of the graph.
        since: how many nodes, from the first, stay as they are.
    """
    graph = story.graph
    graph.inner |= {node.base for node in graph.nodes[since:] if is_step(graph, node)}


def _is_literal(graph: Graph, node: Node) -> bool:
    """Whether it is a single number or word that stands in formulas as it is."""
    return node.is_source and is_step(graph, node)


def _tell_equations(story: Story) -> None:
    graph = story.graph
    for node in graph:
        own = story.captions.get(node.base, NO_CAPTION)
        if own.equation or node.is_source or own.number_format == "message":
            continue
        equation = story.caption(node).equation or OPS[node.op].sign.format(
            *(_operand(story, operand) for operand in node.operands)
        )
        story.captions[node.base] = replace(own, equation=equation)


def _stem(graph: Graph, node: Node) -> str:
    """What it does, or whose gradient it is: `d_scores`, or the part `d_x_from_scores`."""
    owners = graph.gradient_of.get(node.base, ())
    names = [graph.owner(base).name.rstrip("_") for base in owners]
    return f"d_{'_from_'.join(names)}" if names else node.op


def free(stem: str, taken: set[str]) -> str:
    """The name itself, or with a number behind it if others have it."""
    count = 1
    while (name := stem if count == 1 else f"{stem}_{count}") in taken:
        count += 1
    return name


def _operand(story: Story, operand: Ids | Span) -> str:
    """An operand as a person writes it: a name, a transpose, a part, or a number."""
    graph = story.graph
    owners = graph.owners(operand)
    if len(owners) > 1:
        names = [graph.nodes[place].name.rstrip("_") for place in owners]
        if len(names) > MOST_NAMES:
            names[MOST_NAMES - 1 : -1] = ["…"]
        return f"[{', '.join(names)}]"
    node = graph.nodes[owners[0]]
    if is_step(graph, node):
        if node.is_source:
            return literal(graph, node)
        inner = story.captions[node.base].equation
        # Steps within steps: their text would double with each, and nobody reads that far.
        return f"({inner if len(inner) <= LONGEST_PART else OPS[node.op].sign.format(*'………')})"
    shown = node.name.rstrip("_")
    if node.is_whole(operand):
        return shown
    turned = node.span.swapaxes(-1, -2) if len(node.shape) > 1 else node.span
    same = operand == turned if isinstance(operand, Span) else np.array_equal(operand, turned.ids)
    return f"{shown}ᵀ" if same else f"{shown}[…]"


def literal(graph: Graph, node: Node) -> str:
    """A single constant as an equation holds it."""
    value = graph.value(node.ids).item()
    return f"{value:.4g}" if isinstance(value, float) else f"'{value}'"


def fold_unnamed(story: Story) -> None:
    """Fold away copies and the like, which have no name and are of no interest to anybody."""
    for node in story.graph.nodes:
        if not node.name and node.base not in story.placements:
            story.move(node, workings=True)
