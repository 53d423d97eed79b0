"""What tensors are in the graph: sources for weights, inputs, constants and frozen numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.aten import finite
from sheetformer.frontends.torch.ledger import FROZEN, UNKNOWN, Ledger, storage_key
from sheetformer.frontends.torch.refusals import COMPLEX
from sheetformer.frontends.torch.rules_attention import Hiding
from sheetformer.graph.array import Array
from sheetformer.graph.functions import embedding, named, source
from sheetformer.graph.node import Graph, Ids, Labels, Node
from sheetformer.graph.operands import held
from sheetformer.graph.span import LARGE, Span, row_major
from sheetformer.graph.storable import LARGEST
from sheetformer.story.caption import Caption

_NOTES = {
    FROZEN: "Outside the slice: PyTorch's recorded numbers. They do not follow what you type.",
    UNKNOWN: "No formula is known for this: PyTorch's recorded numbers, which do not follow.",
}
_LOOKS = {FROZEN: "frozen", UNKNOWN: "unknown"}

PIECES = "pieces"
"""The constant that holds the vocabulary's tokens."""
TEXTS = "texts"
"""The same as they stand in a text."""


@dataclass(frozen=True)
class ValueGuard:
    """Numbers that Python looked at: the recorded way holds while they are the same."""

    ids: Ids
    values: Any


@dataclass(eq=False)
class Operands:
    """Tensors as Arrays of one graph.

    Attributes:
        graph: where sources are added when something first reads them.
        ledger: which elements tensors hold.
        parameters: storage → (name, parameter), those not read yet.
        tokens: the tokens by their ids, to label rows of tables with.
        pieces: the tokens as a block (n), once something reads them.
        guards: what the recorded way depends on.
    """

    graph: Graph
    ledger: Ledger
    parameters: dict[int, tuple[str, torch.Tensor]]
    tokens: Labels = None
    pieces: Array | None = None
    beside: list[tuple[Ids, Ids]] = field(default_factory=list[tuple[Ids, Ids]])
    """Token ids and the tokens that stand beside them."""
    rows: dict[str, Any] = field(default_factory=dict[str, Any])
    """For each input of token ids its tokens, as they were recorded."""
    constants: dict[tuple[Any, ...], Array] = field(default_factory=dict[tuple[Any, ...], Array])
    captions: dict[int, Caption] = field(default_factory=dict[int, Caption])
    """What is told of some sources, by their base."""
    kept: list[str] = field(default_factory=list[str])
    """The arguments that no cell holds: they stay as they were given."""
    frozen: dict[int, set[int | str]] = field(
        default_factory=lambda: {FROZEN: set[int | str](), UNKNOWN: set[int | str]()}
    )
    """For both kinds of recorded numbers what those that were used were made of."""
    declared: dict[str, Node] = field(default_factory=dict[str, Node])
    """The weights that were read, by PyTorch's name."""
    guards: list[ValueGuard] = field(default_factory=list[ValueGuard])

    def is_live(self, tensor: torch.Tensor) -> bool:
        """Whether any of its elements is no constant."""
        return storage_key(tensor) in self.parameters or self.ledger.knows(tensor)

    def declare(self, tensor: torch.Tensor) -> None:
        """Make a source of a parameter that is read for the first time."""
        if storage_key(tensor) not in self.parameters:
            return
        name, parameter = self.parameters.pop(storage_key(tensor))
        value = np.asarray(_numbers(parameter, f"the weight {name}"), order="C")
        labels: list[Labels] = [None] * value.ndim
        if self.tokens is not None and value.ndim == 2 and len(value) == len(self.tokens):
            labels[0] = self.tokens
        array = held(self.graph, "parameter", value, labels, name)
        node = self.declared[name] = array.node
        if _fills_its_memory(parameter) and node.is_whole(array.operand):
            self.ledger.begin(parameter, node.base)
        else:
            self.ledger.write(parameter, tags_of(array.ids))

    def written(self, tensor: torch.Tensor) -> None:
        """Keep the numbers of a weight that the model overwrites: the graph reads its memory."""
        if (span := self.ledger.span(tensor)) is not None:
            place = self.graph.node_index(span.base)
            self.graph.values[place] = self.graph.values[place].copy()

    def operand(self, tensor: torch.Tensor, *, raw: bool = False) -> Any:
        """What a rule gets for a tensor (…): an Array (…).

        A constant is a plain number if it is one, and with `raw` a NumPy array (…).
        """
        if self.is_live(tensor):
            return self.array(tensor)
        if not tensor.ndim:
            return tensor.item()
        if raw:
            return tensor.detach().numpy()
        return self.constant(tensor)

    def array(self, tensor: torch.Tensor) -> Array:
        """The tensor as an Array: (…) → (…); what is not in the graph yet gets a source."""
        self.declare(tensor)
        if (span := self.ledger.span(tensor)) is not None:
            ids = self.graph.operand(span if span.size >= LARGE else span.ids)
            return _kind(tensor)(self.graph, ids, labels_of(self.graph, ids), is_cast=True)
        tags = self.ledger.tags(tensor)
        for code in (FROZEN, UNKNOWN):
            if (tags == code).any():
                self._freeze(tensor, code)
        tags = self.ledger.tags(tensor).clone()
        constant = tags == 0
        if constant.any():
            tags = torch.where(constant, tags_of(self.constant(tensor).ids), tags)
        ids = np.array((tags - 1).numpy())
        # PyTorch's numbers add up, also where they were truth values once.
        is_cast = tensor.dtype != torch.bool
        return _kind(tensor)(self.graph, ids, labels_of(self.graph, ids), is_cast=is_cast)

    def _freeze(self, tensor: torch.Tensor, code: int) -> None:
        """Give recorded numbers a block of their own, once a place in memory."""
        base = tensor
        for axis, (step, length) in enumerate(zip(tensor.stride(), tensor.shape, strict=True)):
            base = base.narrow(axis, 0, 1) if step == 0 and length > 1 else base
        path = self.ledger.origin(tensor)
        labels = self._frozen_labels(base.shape, path)
        value = _numbers(base, f"what {path or 'the model'} computes")
        given = self._given(tensor, value, labels, f"{path}.{_LOOKS[code]}".strip("."))
        self.frozen[code] |= self.ledger.reads(base)
        self.captions[given.node.base] = Caption(note=_NOTES[code], number_format=_LOOKS[code])
        tags = self.ledger.tags(base)
        self.ledger.write(base, torch.where(tags == code, tags_of(given.ids), tags))

    def _given(
        self, tensor: torch.Tensor, value: Any, labels: list[Labels] | None = None, name: str = ""
    ) -> Array:
        """A constant with the numbers of a tensor, which may be truth values (…)."""
        given = held(self.graph, "constant", np.array(value), labels, name)
        if tensor.dtype == torch.bool:
            self.graph.truths.add(given.node.base)
        return given

    def _frozen_labels(self, shape: Sequence[int], path: str) -> list[Labels]:
        """The tokens at the rows of recorded numbers, where it is clear which words they are."""
        labels: list[Labels] = [None] * len(shape)
        if len(shape) > 1:
            labels[-2] = self.words_at(shape[-2], path)
        return labels

    def words_at(self, count: int, path: str) -> Labels:
        """The tokens that so many rows of a module stand for, where it is clear which they are."""
        fitting = [name for name, row in self.rows.items() if len(row) == count]
        side = [name for name in fitting if ("decoder" in name) == ("decoder" in path)]
        return self.rows[(side or fitting)[0]] if len(side or fitting) == 1 else None

    def constant(self, tensor: torch.Tensor) -> Array:
        """A constant tensor as a block: (…) → (…); the same numbers twice are one block."""
        value = _numbers(tensor, "a constant")
        key = (value.shape, value.tobytes(), _kind(tensor), tensor.dtype == torch.bool)
        if key not in self.constants:
            given = self._given(tensor, value)
            if np.isin(value, (0.0, 1.0)).all():
                self.captions[given.node.base] = Caption(number_format="integer")
            self.constants[key] = _kind(tensor)(self.graph, given.operand, given.labels)
        return self.constants[key]

    def input(self, tensor: torch.Tensor, name: str, labels: list[Labels] | None = None) -> Array:
        """What the reader types: a tensor that was given to the model, (…) → (…)."""
        value = np.array(_numbers(tensor, f"the argument {name}"))
        array = held(self.graph, "input", value, labels, name)
        if not tensor.is_floating_point():
            self.captions[array.node.base] = Caption(number_format="integer")
        self.ledger.write(tensor, tags_of(array.ids))
        return array

    def words(self, token_ids: Array) -> None:
        """Tokens beside their ids (…, n); they follow what is typed, and label its rows."""
        if self.pieces is None:
            column = np.asarray(self.tokens, dtype=object)[:, None]
            pieces = source(self.graph, "constant", column, name=PIECES)[:, 0]
            note = "The piece of text of each token, from token 0."
            self.captions[pieces.node.base] = Caption(note=note)
            self.pieces = pieces
        tokens = embedding(self.pieces, token_ids)
        named(tokens, f"{token_ids.node.name}_pieces")
        self.captions[tokens.node.base] = Caption(note="The piece of text of each token.")
        self.beside.append((token_ids.ids, tokens.ids))
        if token_ids.size == token_ids.shape[-1]:
            labels = (*[None] * (token_ids.ndim - 1), tokens.ids.ravel())
            self.graph.relabel(token_ids.node, labels=labels)
            self.rows[token_ids.node.name] = tokens.value.ravel()

    def sources_of(self, tensor: torch.Tensor) -> set[int | str]:
        """What of the graph a tensor (…) holds: nodes by their base, unread weights by name."""
        key = storage_key(tensor)
        if key in self.parameters:
            return {self.parameters[key][0]}
        if (span := self.ledger.span(tensor)) is not None:
            return {self.graph.owner(span.base).base}
        if not self.ledger.knows(tensor):
            return set()
        tags = self.ledger.tags(tensor).numpy().ravel()
        places = self.graph.node_indices(tags[tags > 0] - 1)
        return {self.graph.nodes[place].base for place in places}

    def made_of(self, code: int) -> list[Node]:
        """The nodes that recorded numbers of a kind depend on, as far as they are in the graph."""
        bases = {
            self.declared[x].base if isinstance(x, str) else x
            for x in self.frozen[code]
            if not isinstance(x, str) or x in self.declared
        }
        return [self.graph.owner(base) for base in sorted(bases)]

    def guard(self, tensor: torch.Tensor) -> None:
        """Remember that the way of the run depended on these numbers."""
        if not self.is_live(tensor) or not tensor.numel():
            return
        self.declare(tensor)
        tags = self.ledger.tags(tensor).numpy().ravel()
        ids = np.unique(tags[tags > 0] - 1)
        if ids.size:
            self.guards.append(ValueGuard(ids, self.graph.value(ids)))


def _kind(tensor: torch.Tensor) -> type[Array]:
    """What a rule should know of a tensor beyond its numbers."""
    return Hiding if tensor.is_floating_point() and tensor.isneginf().any() else Array


def tags_of(ids: Ids) -> torch.Tensor:
    """The tags of elements (…); NumPy makes plain numbers of a calculation with one element."""
    return torch.from_numpy(np.array(ids + 1))


def _fills_its_memory(tensor: torch.Tensor) -> bool:
    """Whether its elements are all places of its storage, in their order."""
    places = tensor.untyped_storage().nbytes() // max(tensor.element_size(), 1)
    return tensor.is_contiguous() and not tensor.is_complex() and places == tensor.numel() > 0


def _numbers(tensor: torch.Tensor, what: str) -> Any:
    """The numbers of a tensor as float64, infinity as 1E+30; its own memory where it holds them.

    Raises:
        UnsupportedError: there is a NaN, or the numbers are complex.
    """
    if tensor.is_complex():
        raise UnsupportedError(f"{what} is complex: {COMPLEX}")
    value = tensor.detach().to(torch.float64).numpy()
    # The least and the largest know of a NaN, and need no memory.
    least, most = (value.min(), value.max()) if value.size else (0.0, 0.0)
    if np.isnan(least):
        place = [int(i) for i in np.argwhere(np.isnan(value))[0]]
        raise UnsupportedError(f"{what} holds NaN (at {place}), which no cell can")
    return value if least >= -LARGEST and most <= LARGEST else finite(value)


def labels_of(graph: Graph, ids: Ids | Span) -> tuple[Labels, ...]:
    """The labels of each axis of a view (…), from those of the node that it is a view of.

    An axis has the labels of the owner's axis along which it walks.
    """
    if not ids.size:
        return (None,) * ids.ndim
    owner = graph.owner_of(ids)
    if all(label is None for label in owner.labels):
        return (None,) * ids.ndim
    if isinstance(ids, Span):
        return tuple(_stepping(owner, ids, axis) for axis in range(ids.ndim))
    if ids.shape == owner.shape and int(ids.flat[-1]) - int(ids.flat[0]) == owner.size - 1:
        return owner.labels
    return tuple(_axis_labels(graph, ids, axis) for axis in range(ids.ndim))


def _stepping(owner: Node, span: Span, axis: int) -> Labels:
    """The labels of the owner's whole axis that an axis of its span walks along."""
    walk = (span.shape[axis], span.steps[axis])
    axes = zip(owner.shape, row_major(owner.shape), owner.labels, strict=True)
    return next((label for n, step, label in axes if (n, step) == walk), None)


def _axis_labels(graph: Graph, ids: Ids, axis: int) -> Labels:
    first = np.moveaxis(ids, axis, -1).reshape(-1, ids.shape[axis])
    owner = graph.owner(int(first[0, 0]))
    walks: list[tuple[int, Any]] = []
    for line in (first[0], first[-1]):
        within = line - owner.base
        if within.min() < 0 or within.max() >= owner.size or len(line) < 2:
            return None
        places = np.unravel_index(within, owner.shape)
        moving = [k for k, place in enumerate(places) if (place != place[0]).any()]
        if len(moving) != 1:
            return None
        walks.append((moving[0], places[moving[0]]))
    (axis_a, a), (axis_b, b) = walks
    label = owner.labels[axis_a]
    if axis_a != axis_b or label is None or not np.array_equal(a, b):
        return None
    return np.asarray(label, dtype=object)[a]
