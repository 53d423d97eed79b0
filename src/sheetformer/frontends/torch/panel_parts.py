"""What the panel of a run with switches shows, found in the run's graph."""

from __future__ import annotations

import numpy as np

from sheetformer.frontends.torch.lens import read_early
from sheetformer.frontends.torch.lowering import Lowering
from sheetformer.frontends.torch.operands import Operands
from sheetformer.frontends.torch.panel import Shown
from sheetformer.frontends.torch.switches import Switches
from sheetformer.graph.array import Array
from sheetformer.graph.narrow import Narrowed
from sheetformer.graph.node import Ids, Labels


def cells(operands: Operands, switches: Switches | None) -> list[Ids]:
    """The cells of the switches; all stand in the book, whatever reads them."""
    names = switches.names if switches is not None else ()
    return [node.ids for node in operands.graph if node.op == "input" and node.name in names]


def early_results(lowering: Lowering, switches: Switches | None, output: Ids) -> dict[str, Ids]:
    """The output as read after each layer; of layers that run once."""
    if switches is None:
        return {}
    calls = switches.parts.layers
    once = {path: ids for path, ids in switches.residuals.items() if len(calls[path]) == 1}
    return read_early(lowering.operands.graph, lowering.origins, once, output)


def to_show(
    lowering: Lowering,
    switches: Switches,
    small: Narrowed,
    output: Ids,
    early: dict[str, Ids],
    spoken: dict[str, Ids],
) -> Shown:
    """What the panel shows, in the book's graph."""
    node = lowering.operands.graph.owner(int(output.flat[0]))
    width = Array.of(lowering.operands.graph, node).upright.shape[-1]
    places = output.reshape(-1, output.shape[-1])[0] - node.base
    places = places % width if width == node.shape[-1] else places // node.shape[-1] % width
    now = {path: small.now[ids] for path, ids in early.items()}
    last = list(switches.residuals)[-1] if early else ""
    columns = columns_of(lowering.operands.tokens, width)
    if columns is not None:
        columns = columns[places]
    elif output.shape[-1] < width:
        columns = np.array([f"logit {i}" for i in places], dtype=object)
    rows = lowering.operands.words_at(output.shape[-2], "decoder") if output.ndim > 1 else None
    words = [small.now[ids] for ids in spoken.values()]
    return Shown(list(switches.names), small.now[output], columns, now, last, words, rows)


def columns_of(tokens: Labels, count: int) -> Labels:
    """The tokens of so many logits, some more than there are tokens; None where it is no logits."""
    if tokens is None or count < ALMOST * len(tokens):
        return None
    more = [f"token {i}" for i in range(len(tokens), count)]
    return np.array([*tokens[:count], *more], dtype=object)


ALMOST = 0.9
"""Logits a token, at least: some models leave out a few tokens of their tokenizer, or have more."""
