"""The logit lens: what a model would say if it stopped after a layer.

What the run does with the result of its last layer (a norm, a scale, the table of logits) is done
with the result of each layer before, step by step, in the same graph.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sheetformer.frontends.torch.origins import Origins
from sheetformer.frontends.torch.scope import Origin, Scope
from sheetformer.graph.node import Graph, Ids

SHEET = "Logit lens"


def read_early(
    graph: Graph, origins: Origins, residuals: Mapping[str, Ids], output: Ids
) -> dict[str, Ids]:
    """The output (…) as it would be after each layer but the last; none where it has no way.

    Args:
        graph: of the run.
        origins: gets those of the new nodes.
        residuals: the path of each layer → the elements of its result.
        output: the elements of the model's result.
    """
    if len(residuals) < 2:
        return {}
    *_, last = residuals.values()
    way = _between(graph, last, output)
    if not any(graph.nodes[place].op == "matmul" for place in way):
        return {}
    found: dict[str, Ids] = {}
    for path, ids in list(residuals.items())[:-1]:
        if ids.shape == last.shape:
            found[path] = _gone(graph, origins, path, (last, ids), way, output)
    return found


def _between(graph: Graph, first: Ids, output: Ids) -> list[int]:
    """The places of the nodes on the way from some elements to others, in their order."""
    after = set(graph.node_indices(output))
    needed: set[int] = set()
    for place in range(max(after), -1, -1):
        if place in after:
            needed.add(place)
            after |= {one for ids in graph.nodes[place].inputs for one in graph.node_indices(ids)}
    reached = np.zeros(graph.size, dtype=bool)
    reached[first] = True
    way: list[int] = []
    for place in sorted(needed):
        node = graph.nodes[place]
        if any(reached[ids].any() for ids in node.inputs):
            reached[node.ids] = True
            way.append(place)
    return way


def _gone(
    graph: Graph,
    origins: Origins,
    path: str,
    swapped: tuple[Ids, Ids],
    way: list[int],
    output: Ids,
) -> Ids:
    """The way again, from other elements."""
    last, ids = swapped
    now = np.arange(graph.size)
    now[last.ravel()] = ids.ravel()
    scope = Scope(f"{path}.lens", "lens", block=SHEET)
    for place in way:
        node = graph.nodes[place]
        inputs = [now[each] for each in node.inputs]
        made = graph.add(node.op, inputs, node.labels, **node.attributes)
        now[node.ids] = made.ids
        if node.base in graph.inner:
            graph.inner.add(made.base)
        if node.base in graph.roles:
            graph.roles[made.base] = graph.roles[node.base]
        if (origin := origins.get(node.base)) is not None:
            short = f"{origin.scope.path.rpartition('.')[2]}_{origin.short}".strip("_")
            origins[made.base] = Origin(scope, short, origin.description, origin.plain)
    return now[output]
