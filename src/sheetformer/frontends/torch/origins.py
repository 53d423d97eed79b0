"""Where the nodes of a recorded graph come from: the module that ran, and the field's names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetformer.frontends.torch.scope import (
    BY_HEAD,
    Modules,
    Origin,
    Scope,
    is_plain,
    short_name,
)
from sheetformer.graph.array import Array
from sheetformer.graph.node import Graph, Node


class Origins(dict[int, Origin]):
    """For a node (by its base) where it comes from."""

    def __init__(self, graph: Graph, modules: Modules) -> None:
        super().__init__()
        self.graph, self.modules = graph, modules

    def caption(self, op: str, since: int, arrays: Sequence[Array]) -> None:
        """Name what an operation gave, its main result (…) and the places beside it."""
        scope = self.modules.now
        parent = self.modules.stack[-2] if len(self.modules.stack) > 1 else scope
        for array in arrays[:1]:
            if array.size and array.node.base not in self:
                short = short_name(scope, op, array, parent)
                if op == "scaled_dot_product_attention":
                    scope.seen |= {"weights"}
                if short == "weights":
                    # This softmax stands inside attention that the module writes out.
                    self.graph.roles[array.node.base] = "attention weights"
                self.name(since, array, short, op)
        for array in arrays[1:]:
            self.name(since, array, "place", op)

    def name(self, since: int, result: Array, short: str, op: str) -> None:
        """Say of every new node where it comes from; steps keep the names that they have."""
        scope = self.modules.now
        for node in self.graph.nodes[since:]:
            if node.base in self or node.is_source:
                continue
            if node.base == result.node.base:
                name, plain = short, is_plain(short, op)
            else:
                name, plain = _step(node, short), not node.name
            self[node.base] = Origin(scope, name, op, plain)
            if name.partition("_")[0] in BY_HEAD:
                _number_heads(self.graph, node, scope.heads(node.shape))

    def finish(self, scope: Scope, node: Node) -> None:
        """Give the result of a module the module's name, if it has no better one."""
        origin = self.get(node.base)
        if origin is not None and origin.scope is scope and origin.plain:
            self[node.base] = Origin(scope, "", origin.description)


def _number_heads(graph: Graph, node: Node, heads: Sequence[str]) -> None:
    """Heads are numbered from 0, as in `heads=`."""
    if heads and node.labels[-3] is None:
        named = np.array(heads, dtype=object)
        graph.relabel(node, labels=(*node.labels[:-3], named, *node.labels[-2:]))


def _step(node: Node, short: str) -> str:
    """What a step of a rule is called: as the rule says, or its operation."""
    if not node.name:
        return f"{short}_{node.op}".strip("_")
    family, _, rest = node.name.partition("_")
    if family in ("softmax", "norm") and rest:
        return f"{short}_{rest}".strip("_")
    return node.name
