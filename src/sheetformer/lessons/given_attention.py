"""Attention as people have it: what models and `generate` give, as one array a layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.errors import ShapeError, SheetformerError, UnsupportedError
from sheetformer.graph.storable import LARGEST, as_numpy

Floats = NDArray[np.float64]
Some = int | Sequence[int] | None
"""A number, several, or all."""

NOTHING = (
    "the model has given no attention weights; load it with attn_implementation='eager' and call "
    "it with output_attentions=True, or let sf.record compute them"
)
"""Attention in one piece (SDPA) keeps none: transformers gives an empty tuple, or None a layer."""
SHAPES = "(layers, heads, target, source), (heads, target, source) or (target, source)"
KINDS = {
    "cross": "cross_attentions",
    "self": "attentions",
    "decoder": "decoder_attentions",
    "encoder": "encoder_attentions",
}
"""What `which` may say → where models keep it; the first that is there is taken."""


@dataclass(frozen=True)
class Given:
    """Attention weights or scores, one array (heads, target, source) a layer.

    Attributes:
        layers: by their numbers in the model, from 0.
        heads: the numbers of the heads.
        words: what a table of numbers calls its rows and its columns.
        extra: how many more words there may be than rows and columns: what `generate` wrote last.
    """

    layers: Mapping[int, Floats]
    heads: Sequence[int]
    words: tuple[list[str] | None, list[str] | None] = (None, None)
    extra: int = 0

    @property
    def first(self) -> Floats:
        """The first of the layers; the others have its shape."""
        return next(iter(self.layers.values()))


def read(
    given: Any,
    which: str | None = None,
    item: int | None = None,
    layers: Some = None,
    heads: Some = None,
    fits: Callable[[tuple[int, ...]], None] = lambda _: None,
) -> Given:
    """What was given as arrays; only what is wanted is read.

    Args:
        given: as in `sheetformer.attention`.
        which: "cross", "self", "decoder" or "encoder", of an object that has several.
        item: the number of a text in a batch, from 0.
        layers: numbers of layers, from 0.
        heads: numbers of heads, from 0.
        fits: refuses (layers, heads, target, source) that are too many, before they are read.

    Raises:
        ShapeError: the shape is another, or there is no such layer, head or text.
        UnsupportedError: there are no weights in it, or a weight is no real number.
    """
    parts = _part(given, which)
    if parts is None:
        raise UnsupportedError(NOTHING)
    words = _table_words(parts)
    steps = _are_steps(parts)
    each = _by_layer(parts, steps)
    numbers = _chosen(layers, [i for i, layer in enumerate(each) if layer is not None], "layer")
    sizes = _shape(each[numbers[0]])
    wanted = len(sizes[:-2] and _chosen(heads, range(sizes[-3]), "head")) or 1
    fits((len(numbers), wanted, *sizes[-2:]))
    read_in = {i: _layer(each[i], f"layer {i}", item) for i in numbers}
    shapes = {layer.shape for layer in read_in.values()}
    if not all(layer.size for layer in read_in.values()):
        raise ShapeError(f"there are no weights; give {SHAPES}")
    if len(shapes) > 1:
        listed = ", ".join(f"layer {i} {layer.shape}" for i, layer in read_in.items())
        raise ShapeError(f"the layers differ in shape: {listed}; choose some with layers=…")
    count = next(iter(shapes))[0]
    taken = _chosen(heads, range(count), "head")
    kept = {i: layer if heads is None else layer[taken] for i, layer in read_in.items()}
    return Given(kept, taken, words, 1 if steps else 0)


def _chosen(some: Some, there: Sequence[int], what: str) -> list[int]:
    """The numbers that are wanted, which must be there."""
    if some is None:
        return list(there)
    wanted = [some] if isinstance(some, int | np.integer) else list(some)
    for number in wanted:
        if number not in there:
            raise ShapeError(
                f"there is no {what} {number}; they are numbered from 0 to {max(there)}"
                + ("" if len(there) == max(there) + 1 else f": {', '.join(map(str, there))}")
            )
    if not wanted:
        raise ShapeError(f"{what}s: give numbers from 0, not an empty list")
    return [int(number) for number in dict.fromkeys(wanted)]


# Where the weights are.


def _part(given: Any, which: str | None) -> Any:
    """The weights in an object that a model gives; anything else is taken for weights."""
    if which is not None and which not in KINDS:
        raise SheetformerError(f"which: give one of {', '.join(KINDS)}, not {which!r}")
    found = {kind: _field(given, name) for kind, name in KINDS.items() if _has(given, name)}
    if not found:
        if which is not None:
            raise SheetformerError(
                f"which={which!r} chooses from what a model gives, and this is a "
                f"{type(given).__name__}; leave it out"
            )
        return given
    full = {kind: part for kind, part in found.items() if part is not None and len(part)}
    if which is None and full:
        return next(iter(full.values()))
    if which is None or (which in found and not full):
        raise UnsupportedError(NOTHING)
    if which not in full:
        there = " or ".join(f"which={kind!r}" for kind in full) or "nothing else"
        raise UnsupportedError(f"the model has given no {KINDS[which]}; it has given {there}")
    return full[which]


def _has(given: Any, name: str) -> bool:
    if isinstance(given, Mapping):
        return name in given or hasattr(given, name)
    return hasattr(given, name) and not hasattr(given, "shape")


def _field(given: Any, name: str) -> Any:
    return given[name] if isinstance(given, Mapping) and name in given else getattr(given, name)


def _table_words(table: Any) -> tuple[list[str] | None, list[str] | None]:
    """The names at the rows and the columns of a DataFrame, if it has some."""
    axes: tuple[Any, Any] = (getattr(table, "index", None), getattr(table, "columns", None))
    if any(not hasattr(axis, "dtype") for axis in axes):
        return None, None
    rows, columns = (None if axis.dtype.kind in "iu" else [*map(str, axis)] for axis in axes)
    return rows, columns


def _are_steps(parts: Any) -> bool:
    """Whether this is what `generate` gives: for each step the layers."""
    return (
        isinstance(parts, tuple | list)
        and bool(parts)
        and all(isinstance(step, tuple | list) for step in parts)
        and any(_has_axes(layer) for step in parts for layer in step)
    )


def _has_axes(part: Any) -> bool:
    """Whether an item of a list is an array of a layer, rather than a plain list of numbers."""
    return part is None or len(getattr(part, "shape", ())) > 2


def _by_layer(parts: Any, steps: bool) -> list[Any]:
    """One thing a layer, not yet read; None where a model has no attention there."""
    if steps:
        if len({len(step) for step in parts}) > 1:
            raise ShapeError("the steps of generate differ in their number of layers")
        layers: list[Any] = [_Steps(column) for column in zip(*parts, strict=True)]
        layers = [None if layer.is_nothing else layer for layer in layers]
    elif isinstance(parts, tuple | list) and (not parts or any(map(_has_axes, parts))):
        layers = list(parts)
    elif isinstance(parts, tuple | list) and all(_is_nothing(part) for part in parts):
        layers = []  # a step that keeps nothing
    else:
        layers = _whole(parts)
    if all(layer is None for layer in layers):
        raise UnsupportedError(NOTHING)
    return layers


def _is_nothing(part: Any) -> bool:
    return isinstance(part, tuple) and not part


def _whole(weights: Any) -> list[Any]:
    """The layers of one array."""
    if not hasattr(weights, "shape") or getattr(weights, "dtype", None) == np.dtype(object):
        weights = _numbers(weights, "the weights")
    shape = tuple(weights.shape)
    if len(shape) not in (2, 3, 4, 5):
        raise ShapeError(f"the weights have shape {shape}; give {SHAPES}")
    if 0 in shape:
        raise ShapeError(f"there are no weights; give {SHAPES}")
    return [weights] if len(shape) < 4 else list(weights)


@dataclass(frozen=True)
class _Steps:
    """One layer at each step of `generate`: (batch, heads, n, m), more columns each time."""

    parts: Sequence[Any]

    @property
    def is_nothing(self) -> bool:
        return any(part is None for part in self.parts)

    @property
    def shape(self) -> tuple[int, ...]:
        each = [_shape(part) for part in self.parts]
        return (*each[0][:-2], sum(s[-2] for s in each), max(s[-1] for s in each))


def _shape(part: Any) -> tuple[int, ...]:
    """Its shape (…, target, source), not yet read."""
    shape = tuple(np.shape(part))
    return (1,) * (2 - len(shape)) + shape


def _layer(part: Any, name: str, item: int | None) -> Floats:
    """One layer (heads, target, source), of one text."""
    if isinstance(part, _Steps):
        steps = [_layer(step, f"{name} of step {i}", item) for i, step in enumerate(part.parts)]
        width = max(step.shape[2] for step in steps)
        # A token that was written later stands to the right: those before did not see it.
        wide = [np.pad(s, ((0, 0), (0, 0), (0, width - s.shape[2]))) for s in steps]
        return np.concatenate(wide, axis=1)
    if part is None:
        raise UnsupportedError(NOTHING)
    if len(getattr(part, "shape", ())) == 4:
        part = _one_text(part, name, item)
    layer = _numbers(part, name)
    if layer.ndim not in (2, 3):
        raise ShapeError(f"{name} has shape {layer.shape}; give (heads, target, source)")
    return layer.reshape((1,) * (3 - layer.ndim) + layer.shape)


def _one_text(part: Any, name: str, item: int | None) -> Any:
    """One text of a batch: (batch, heads, target, source) → (heads, target, source)."""
    count = part.shape[0]
    if item is None and count != 1:
        raise ShapeError(
            f"{name} holds a batch of {count} texts; say which with item=0 to item={count - 1}"
        )
    if not 0 <= (item or 0) < count:
        raise ShapeError(f"there is no text {item} in {name}; it holds {count}, counted from 0")
    return part[item or 0]


def _numbers(part: Any, name: str) -> Floats:
    """Anything that NumPy can read as real numbers, every one of them."""
    try:
        array = as_numpy(part)
        if array.dtype.kind != "c":
            return array.astype(np.float64)
    except (TypeError, ValueError, UnsupportedError) as error:
        raise ShapeError(
            f"{name} cannot be read as an array of numbers ({error}); give {SHAPES}"
        ) from error
    raise UnsupportedError(f"{name} are complex numbers; give shares, which are real")


# What they may be.


def as_scores(given: Given) -> Given:
    """Scores of either sign; minus infinity, which masks, as a cell can hold it.

    Raises:
        UnsupportedError: one is no number, or plus infinity.
    """
    for number, layer in given.layers.items():
        _refuse(given, number, np.isnan(layer) | (layer == np.inf), "no finite number")
    return replace(given, layers={i: np.maximum(x, -LARGEST) for i, x in given.layers.items()})


def refuse_other_numbers(given: Given) -> None:
    """Refuse what cannot be a share.

    Raises:
        UnsupportedError: a weight is below 0, infinite or no number; the message says where.
    """
    for number, layer in given.layers.items():
        _refuse(given, number, ~np.isfinite(layer), "no finite number")
        _refuse(given, number, layer < 0, "below 0")


def _refuse(given: Given, number: int, fault: Any, what: str) -> None:
    if not fault.any():
        return
    head, row, column = (int(x) for x in np.argwhere(fault)[0])
    raise UnsupportedError(
        f"the number in layer {number}, head {given.heads[head]}, row {row}, column {column} "
        f"(all from 0) is {what}; give attention weights as they come out of softmax, from 0 to 1"
        + ("" if what != "below 0" else ", or say scores=True")
    )
