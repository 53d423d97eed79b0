"""Which part of a model is written: layers, heads, words, modules, the largest logits."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.errors import SheetformerError
from sheetformer.frontends.torch.scope import Scope
from sheetformer.graph.node import Graph, Ids

Some = int | Sequence[int] | None
"""A number, several, or all."""


@dataclass(frozen=True)
class Slice:
    """What of a model stands in the book; the rest keeps its recorded numbers.

    Attributes:
        layers: numbers of layers, from 0; or None for all.
        heads: numbers of heads, from 0; then only what they are made of is written.
        tokens: numbers of words that look, from 0.
        modules: patterns of module paths, such as `*.encoder_attn`.
        top_k: so many of the largest logits at the last word instead of all.
    """

    layers: tuple[int, ...] | None = None
    heads: tuple[int, ...] | None = None
    tokens: tuple[int, ...] | None = None
    modules: tuple[str, ...] | None = None
    top_k: int | None = None

    @property
    def is_part(self) -> bool:
        """Whether some modules lie outside."""
        return self.layers is not None or self.modules is not None

    def holds(self, scope: Scope) -> bool:
        """Whether what runs in a module is written."""
        return self._layer(scope.layer) and self._module(scope.path)

    def _layer(self, layer: int | None) -> bool:
        return self.layers is None or layer in self.layers

    def _module(self, path: str) -> bool:
        if self.modules is None:
            return True
        parts = path.split(".")
        outer = [".".join(parts[: i + 1]) for i in range(len(parts))]
        return any(fnmatch.fnmatchcase(p, wish) for p in outer for wish in self.modules)


def make_slice(
    layers: Some, heads: Some, tokens: Some, modules: str | Sequence[str] | None, top_k: int | None
) -> Slice:
    """A slice of what a user says.

    Raises:
        SheetformerError: a number is negative, or nothing is left.
    """
    patterns = (modules,) if isinstance(modules, str) else modules
    numbers = {"layers": _several(layers), "heads": _several(heads), "tokens": _several(tokens)}
    for name, some in numbers.items():
        if some is not None and (not some or min(some) < 0):
            raise SheetformerError(f"{name}: give numbers from 0, not {list(some)}")
    if top_k is not None and top_k < 1:
        raise SheetformerError(f"top_k must be at least 1, not {top_k}")
    module_patterns = None if patterns is None else tuple(patterns)
    return Slice(numbers["layers"], numbers["heads"], numbers["tokens"], module_patterns, top_k)


def _several(some: Some) -> tuple[int, ...] | None:
    if some is None:
        return None
    return (some,) if isinstance(some, int) else tuple(some)


def chosen(ids: Ids, axis: int, places: Sequence[int] | None, what: str) -> Ids:
    """The elements at k places of an axis: (…, n, …) → (…, k, …).

    Raises:
        SheetformerError: there is no such place.
    """
    if places is None:
        return ids
    if max(places) >= ids.shape[axis]:
        raise SheetformerError(
            f"there is no {what} {max(places)}; they are numbered from 0 to {ids.shape[axis] - 1}"
        )
    return np.take(ids, places, axis=axis)


def largest(graph: Graph, logits: Ids, k: int) -> Ids:
    """The k columns with the largest numbers at the last word, in their order: (…, n) → (…, k)."""
    last = graph.value(logits.reshape(-1, logits.shape[-1])[-1])
    columns = np.sort(np.argsort(-last, kind="stable")[:k])
    return logits[..., columns]
