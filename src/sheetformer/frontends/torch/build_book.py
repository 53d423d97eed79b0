"""From a recorded run to a book: what is wanted of it, named, laid out and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from sheetformer.book.build import build
from sheetformer.book.contents import with_contents
from sheetformer.book.manifest import with_result
from sheetformer.book.summary import Summary, refuse_too_large
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.formula.inside import folded, is_step
from sheetformer.frontends.torch.aten import as_numpy, finite
from sheetformer.frontends.torch.guards import add_guards
from sheetformer.frontends.torch.ledger import FROZEN, UNKNOWN
from sheetformer.frontends.torch.lowering import Lowering
from sheetformer.frontends.torch.naming import fold_chains, name_blocks
from sheetformer.frontends.torch.nested import leaves
from sheetformer.frontends.torch.next_token import add_next_token, says_next
from sheetformer.frontends.torch.panel import add_panel
from sheetformer.frontends.torch.panel_parts import cells, columns_of, early_results, to_show
from sheetformer.frontends.torch.scope import Origin, Scope
from sheetformer.frontends.torch.sheets import lay_out
from sheetformer.frontends.torch.slices import Slice, chosen, largest
from sheetformer.frontends.torch.switches import Switches
from sheetformer.frontends.torch.written import write_out
from sheetformer.graph.array import Array
from sheetformer.graph.functions import copy
from sheetformer.graph.narrow import Narrowed, narrow
from sheetformer.graph.node import Ids, Node
from sheetformer.graph.turned import other_labels, turned
from sheetformer.story.check import check
from sheetformer.story.story import Story


def assemble(
    lowering: Lowering,
    result: Any,
    part: Slice,
    title: str,
    formulas: str,
    *,
    force: bool,
    with_check: bool,
    switches: Switches | None = None,
    next_token: bool | None = None,
) -> Book:
    """The book of a recorded run.

    Raises:
        SheetformerError: the slice holds nothing, the result depends on no weight and no input,
            or the book would be too large.
    """
    with torch.inference_mode():  # as the run, whose memory it reads
        wanted = _wanted(lowering, result, part)
    operands = lowering.operands
    guards = operands.guards
    unknown = [node.ids for node in operands.made_of(UNKNOWN)]
    early = early_results(lowering, switches, wanted[0])
    spoken = _written(lowering, result, part, wanted[0])
    needed = [
        *wanted,
        *early.values(),
        *spoken.values(),
        *unknown,
        *(guard.ids for guard in guards),
    ]
    needed += cells(operands, switches)
    small = narrow(operands.graph, needed)
    if beside := [p for t, p in operands.beside if (small.now[t] >= 0).any()]:
        small = narrow(operands.graph, [*needed, *beside])
    told = tell(lowering, small, title)
    story, graph, origins, recorded = told.story, small.graph, told.origins, told.recorded
    shown = {graph.owner(int(ids.flat[0])).base for ids in (small.now[w] for w in wanted)}
    steps = {base for base, origin in origins.items() if origin.plain}
    graph.inner |= fold_chains(graph, steps - shown)
    if formulas == "named":
        given_ids = (small.now[ids] for ids in needed)
        kept = {graph.bases[at] for ids in given_ids for at in graph.node_indices(ids)}
        graph.inner |= folded(graph) - kept
    sheets = lay_out(story, origins, lowering.operands.kept)
    name_blocks(story, origins, lowering.modules.spoken)
    given = graph.owner(int(small.now[wanted[0]].flat[0]))
    for ids in spoken.values():
        node = graph.owner(int(small.now[ids].flat[0]))
        story.move(node, stage=story.stage_of(given), line=True)
    watched = [node for node in graph if node.base in recorded and not is_step(graph, node)]
    if not force:
        summary = Summary.of_graph(graph, title, formulas)
        sizes = [node.size for node in watched] if with_check else []
        refuse_too_large(summary, summary.with_reference(sizes))
    made_of = {*_bases(operands.made_of(UNKNOWN)), *_bases(operands.made_of(FROZEN))}
    kept = [
        new for new, (old, _) in zip(graph.nodes, small.kept, strict=True) if old.base in made_of
    ]
    if switches is not None:
        add_panel(story, sheets, to_show(lowering, switches, small, wanted[0], early, spoken))
    elif part == Slice() and says_next(result, wanted[0], next_token):
        columns = columns_of(operands.tokens, wanted[0].shape[-1])
        add_next_token(story, sheets, small.now[wanted[0]], columns)
    add_guards(story, [(small.now[guard.ids], guard) for guard in guards], kept, sheets)
    if with_check:
        check(
            story,
            [node.name for node in watched],
            {node.name: recorded[node.base] for node in graph if node.base in recorded},
        )
    story.order = [*sheets.order, "Check", "Reference"] if with_check else sheets.order
    return with_contents(with_result(build(story, formulas), given.name))


def _written(lowering: Lowering, result: Any, part: Slice, output: Ids) -> dict[str, Ids]:
    """What the model gives as words, if it gives tokens."""
    if part != Slice():
        return {}
    leaf = next((x for x in _leaves(result) if lowering.operands.is_live(x) and x.numel()), None)
    return {} if leaf is None else write_out(lowering.operands, leaf, output)


@dataclass(frozen=True)
class Told:
    """A recorded graph as a story, with what is known of its nodes (by base)."""

    story: Story
    origins: dict[int, Origin]
    recorded: dict[int, Any]


def tell(lowering: Lowering, small: Narrowed, title: str) -> Told:
    """What is left of a recorded graph, with captions, origins and PyTorch's own numbers."""
    origins: dict[int, Origin] = {}
    recorded: dict[int, Any] = {}
    story = Story(title, small.graph)
    for node, (old, box) in zip(small.graph.nodes, small.kept, strict=True):
        if old.base in lowering.operands.captions:
            story.captions[node.base] = lowering.operands.captions[old.base]
        if old.base in lowering.origins:
            origins[node.base] = lowering.origins[old.base]
        if old.base in lowering.recorded:
            value = lowering.recorded[old.base]
            recorded[node.base] = value[np.ix_(*box)] if box else value
    return Told(story, origins, recorded)


def _bases(nodes: Sequence[Node]) -> set[int]:
    return {node.base for node in nodes}


def _wanted(lowering: Lowering, result: Any, part: Slice) -> list[Ids]:
    """The elements that the book is about."""
    if part.heads is not None:
        wanted = list(_heads(lowering, part))
    elif part.is_part:
        wanted = _ends(lowering)
    else:
        wanted = outputs(lowering, result)
    if not wanted:
        raise SheetformerError(_nothing(lowering, result, part))
    if part.tokens is not None:
        wanted = [chosen(ids, -2, part.tokens, "word") if ids.ndim > 1 else ids for ids in wanted]
    if part.top_k is not None:
        # What stands beside logits are attention weights, whose columns are words.
        several = 1 if isinstance(getattr(result, "logits", None), torch.Tensor) else len(wanted)
        wanted[:several] = [_largest(lowering, ids, part.top_k) for ids in wanted[:several]]
    return wanted


def _largest(lowering: Lowering, logits: Ids, k: int) -> Ids:
    """The columns of the largest numbers; they keep their numbers, and say since when."""
    if not logits.ndim or logits.shape[-1] <= k:
        return logits
    graph = lowering.operands.graph
    node = graph.owner(int(logits.flat[0]))
    whole = Array.of(graph, node).upright
    if whole.labels[-1] is None and whole.shape[-1] == logits.shape[-1]:
        columns = np.array([f"logit {i}" for i in range(whole.shape[-1])], dtype=object)
        labels = (*whole.labels[:-1], columns)
        graph.relabel(node, labels=other_labels(labels) if node.base in graph.turned else labels)
    if origin := lowering.origins.get(node.base):
        said = (
            f"{origin.description}; the {k} largest of {logits.shape[-1]} when this was recorded "
            "(after a change others may be larger: record again)"
        )
        lowering.origins[node.base] = replace(origin, description=said)
    return largest(graph, logits, k)


def _nothing(lowering: Lowering, result: Any, part: Slice) -> str:
    if part == Slice():
        others = {type(leaf).__name__ for _, leaf in leaves(result)} - {"Tensor", "NoneType"}
        if others and not _leaves(result):
            return (
                f"the model gives {', '.join(sorted(others))} and no tensor, so there is nothing "
                "to follow; let it return the tensor itself, without item(), tolist() or numpy()"
            )
        return "the model's result depends on no weight and no input, so there is no formula"
    paths = sorted(lowering.modules.calls)
    hint = f"; there are {', '.join(paths[:12])}" if paths else ""
    return f"the slice holds nothing of this run{hint}"


def _heads(lowering: Lowering, part: Slice) -> Iterator[Ids]:
    """What the chosen heads blend, in every attention of the slice."""
    assert part.heads is not None
    for node in lowering.operands.graph:
        origin = lowering.origins.get(node.base)
        if origin is not None and origin.short == "context" and origin.scope.is_attention:
            heads = origin.scope.heads(node.shape)
            single = node.shape[-3:-2] == (1,)
            if not heads and not single:
                raise SheetformerError(f"the attention of {origin.scope.place} has no heads")
            # Several texts may stand in that axis, each with all heads.
            count = origin.scope.head_count or node.ids.shape[-3]
            ids = node.ids.reshape(*node.shape[:-3], -1, count, *node.shape[-2:])
            taken = chosen(ids, -3, part.heads, "head")
            yield taken.reshape(*node.shape[:-3], -1, *node.shape[-2:])


def _ends(lowering: Lowering) -> list[Ids]:
    """What is computed in the slice and not used in it any more."""
    graph = lowering.operands.graph
    used = {place for node in graph for x in node.operands for place in graph.owners(x)}
    return [
        node.ids
        for place, node in enumerate(graph)
        if not node.is_source and node.base in lowering.recorded and place not in used
    ]


def outputs(lowering: Lowering, result: Any) -> list[Ids]:
    """The model's results that depend on something."""
    found: list[Ids] = []
    for leaf in _leaves(result):
        if not lowering.operands.is_live(leaf) or not leaf.numel():
            continue
        lowering.chance.refuse_drawn(leaf)
        array = lowering.operands.array(leaf)
        since = len(array.graph.nodes)
        ids = array.ids
        if not _is_block(array):
            copied = copy(array)
            ids, node = copied.ids, array.graph.nodes[since]
            lowering.origins[node.base] = Origin(Scope("", "model"), "output", "its result")
            value = finite(as_numpy(leaf))
            value = turned(value) if node.base in array.graph.turned else value
            lowering.recorded[node.base] = value.reshape(node.shape)
        elif (origin := lowering.origins.get(array.node.base)) and origin.plain:
            lowering.origins[array.node.base] = Origin(origin.scope, "output", origin.description)
        found.append(ids)
    return found


def _is_block(array: Array) -> bool:
    return not array.node.is_source and array.upright.is_whole


def _leaves(result: Any) -> list[torch.Tensor]:
    """The tensors of a result: of its logits alone if it has some."""
    logits = getattr(result, "logits", None)
    if isinstance(logits, torch.Tensor):
        result = [logits, *(getattr(result, name, None) for name in _ATTENTIONS)]
    return [leaf for _, leaf in leaves(result) if isinstance(leaf, torch.Tensor)]


_ATTENTIONS = ("attentions", "encoder_attentions", "decoder_attentions", "cross_attentions")
