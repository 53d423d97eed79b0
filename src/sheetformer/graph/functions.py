"""What writes the graph: each function adds a node, or arranges the elements there are."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph import views
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.infinity import follow
from sheetformer.graph.naming import detach, inline, inline_steps, named, rule
from sheetformer.graph.node import Ids
from sheetformer.graph.operands import constant, one_kind, source, together
from sheetformer.graph.ops import OPS, fold
from sheetformer.graph.span import Span
from sheetformer.graph.turned import in_shape, is_wide, other_axes, turned

__all__ = [
    "added",
    "beginning",
    "column_max",
    "concatenate",
    "constant",
    "copy",
    "detach",
    "deviation",
    "elementwise",
    "embedding",
    "expand",
    "inline",
    "inline_steps",
    "join",
    "largest",
    "letter",
    "lookup",
    "matmul",
    "named",
    "reduce",
    "reduced_axes",
    "rule",
    "source",
    "stack",
    "together",
    "word_at",
]


def _add(
    op: str, operands: Sequence[Array], ids: Sequence[Ids | Span], labels: Any, **settings: Any
) -> Array:
    """Add a node; refuses what no formula can do with words or with nothing."""
    for array in operands:
        if not array.size:
            raise ShapeError(f"{op}: {describe(array)} holds no number")
    if not OPS[op].takes_text:
        words = next((array for array in operands if array.is_text), None)
        if words is not None:
            raise UnsupportedError(f"{op}: {describe(words)} holds words, not numbers")
    graph = operands[0].graph
    result = Array.of(graph, graph.add(op, ids, labels, **settings))
    if OPS[op].truth or (OPS[op].keeps_truth and _are_truth(op, operands)):
        graph.truths.add(result.node.base)
    if graph.unbounded:
        follow(graph, result.node, describe(result))
    return result


def _are_truth(op: str, operands: Sequence[Array]) -> bool:
    return all(array.is_truth for array in operands[1 if OPS[op].chooses else 0 :])


def elementwise(op: str, *operands: Any) -> Array:
    """Apply an elementwise operation, broadcasting as NumPy does: (n, 1), (m,) → (n, m).

    Raises:
        ShapeError: the shapes do not broadcast; the message names both arrays.
        UnsupportedError: it has no meaning for words.
    """
    arrays = together(*operands)
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError as error:
        described = " and ".join(describe(array) for array in arrays)
        raise ShapeError(f"{op}: {described} do not fit together") from error
    if OPS[op].takes_text:
        one_kind(op, arrays[1:] if OPS[op].chooses else arrays)
    if is_wide(shape):
        return in_shape(elementwise(op, *map(turned, arrays)), len(shape))
    labels = views.merge_broadcast([(array.operand, array.labels) for array in arrays], shape)
    return _add(op, arrays, [array.operand for array in arrays], labels)


def added(parts: Iterable[Array]) -> Array:
    """The sum of arrays that broadcast, (…) each → (…), written out inside one formula.

    Truth values count as 1 and 0.
    """
    return functools.reduce(lambda total, part: elementwise("add", total, part), list(parts))


def matmul(left: Any, right: Any) -> Array:
    """Rows times columns: (…, n, k), (…, k, m) → (…, n, m); as NumPy for one axis and stacks.

    Raises:
        ShapeError: the inner lengths differ; the message names both arrays.
    """
    a, b = together(left, right)
    if not a.ndim or not b.ndim:
        raise ShapeError(f"@ needs rows and columns; {describe(b if a.ndim else a)} has none")
    rows = a[None, :] if a.ndim == 1 else a
    columns = b[:, None] if b.ndim == 1 else b
    if rows.shape[-1] != columns.shape[-2]:
        raise ShapeError(
            f"{describe(a)} @ {describe(b)}: the inner lengths {rows.shape[-1]} and "
            f"{columns.shape[-2]} must be equal; transpose one of them with .T?"
        )
    try:
        lead = np.broadcast_shapes(rows.shape[:-2], columns.shape[:-2])
    except ValueError as error:
        raise ShapeError(f"{describe(a)} @ {describe(b)}: the stacks do not fit") from error
    x, y = (m.view(views.broadcast, (*lead, *m.shape[-2:])) for m in (rows, columns))
    product = _product(x, y)
    product = product[..., 0, :] if a.ndim == 1 else product
    return product[..., 0] if b.ndim == 1 else product


def _product(x: Array, y: Array) -> Array:
    """Rows times columns: (…, n, k), (…, k, m) → (…, n, m), with the same leading axes."""
    if is_wide((*x.shape[:-1], y.shape[-1])):
        return in_shape(_product(turned(y), turned(x)), x.ndim)
    labels = (*views.merge([x.labels[:-2], y.labels[:-2]]), x.labels[-2], y.labels[-1])
    return _add("matmul", (x, y), (x.operand, y.operand), labels)


def reduce(op: str, array: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """Apply a reduction along one axis, several, or all (None).

    (n, d) → (n,) along axis 1, or (n, 1) with `keepdims`.

    Raises:
        ShapeError: the array has no such axis.
    """
    axes = reduced_axes(op, array, axis)
    if not axes:
        return array
    labels = [None if i in axes else label for i, label in enumerate(array.labels)]
    if op == "argmax" and len(axes) != 1:
        raise UnsupportedError(f"argmax: {describe(array)}: a place is along one axis")
    result = _reduced(op, array, axes, labels)
    if keepdims:
        return result
    return result[tuple(0 if i in axes else slice(None) for i in range(array.ndim))]


def _reduced(op: str, array: Array, axes: tuple[int, ...], labels: Sequence[Any]) -> Array:
    """The reduction with its axes kept at length 1."""
    if is_wide([1 if i in axes else n for i, n in enumerate(array.shape)]):
        others = other_axes(axes, array.ndim)
        return in_shape(
            _reduced(op, turned(array), others, (*labels[:-2], *labels[:-3:-1])), array.ndim
        )
    along: Any = axes[0] if op == "argmax" else axes
    return _add(op, [array], [array.operand], labels, axis=along)


def largest(array: Array, k: int, axis: int = -1) -> tuple[Array, Array]:
    """The k-th largest along an axis (1 is the largest), and its first place from 0.

    Both keep the axis with length 1: (n, d) → (n, 1) and (n, 1).

    Raises:
        ShapeError: there are fewer numbers than that along the axis, or no such axis.
    """
    (line,) = reduced_axes("largest", array, axis)
    if not 1 <= k <= array.shape[line]:
        raise ShapeError(f"{describe(array)} has no number of rank {k} along axis {axis}")
    labels = [None if i == line else label for i, label in enumerate(array.labels)]
    value = _add("max", [array], [array.operand], labels, axis=(line,), k=k)
    place = _add("argmax", [array], [array.operand], labels, axis=line, k=k)
    return value, place


def reduced_axes(op: str, array: Array, axis: Any) -> tuple[int, ...]:
    """The axes of a reduction of an array (any shape), counted from 0 and in order."""
    return views.axes(op, array.shape, axis, describe(array))


def embedding(table: Any, index: Any) -> Array:
    """Row i of a table (rows, d) for each i of an index (…): (…, d); i counts from 0.

    A table with one axis gives one number or word for each i.

    Raises:
        ShapeError: the table has other axes, or an index lies outside it.
    """
    rows, places = together(table, index)
    if rows.ndim not in (1, 2):
        raise ShapeError(f"a table has one or two axes; {describe(rows)} has {rows.ndim}")
    if places.is_text:
        raise UnsupportedError(f"{describe(places)} holds words; give the places, from 0")
    if (places.value % 1 != 0).any():
        raise UnsupportedError(f"{describe(places)} holds parts; a place is a whole number")
    labels = (*places.labels, *rows.labels[1:])
    return _add("embedding", (places, rows), (places.operand, rows.operand), labels)


def lookup(text: Any, keys: Any, numbers: Any) -> Array:
    """For each text the number beside the equal key, without regard to case; 0 if none is equal.

    text (…), keys (n,), numbers (n,) → (…).

    Raises:
        ShapeError: keys (n,) and numbers (n,) differ in shape.
        UnsupportedError: a key is empty or stands twice.
    """
    words, names, values = together(text, keys, numbers)
    if names.ndim != 1 or names.shape != values.shape:
        raise ShapeError(f"{describe(names)} and {describe(values)} must be two equal columns")
    folded = fold(names.value).tolist()
    if len(set(folded)) < len(folded) or "" in folded:
        raise UnsupportedError(f"{describe(names)}: a key is empty or stands twice")
    return _add(
        "lookup",
        (words, names, values),
        (words.operand, names.operand, values.operand),
        words.labels,
    )


def deviation(left: Any, right: Any) -> Array:
    """The largest absolute difference between two arrays of one shape: a single number."""
    a, b = together(left, right)
    if a.shape != b.shape:
        raise ShapeError(f"{describe(a)} and {describe(b)} must have one shape")
    return _add("deviation", (a, b), (a.operand, b.operand), ())


def column_max(numbers: Sequence[Array]) -> Array:
    """The largest of single numbers that a table shows below each other, in this order."""
    ids = np.concatenate([number.ids.ravel() for number in numbers])
    return _add("column_max", numbers, [ids], ())


def join(words: Array, separator: str = " ") -> Array:
    """The words along the last axis as one text: (…, n) → (…).

    With a space between, empty words leave no gap.
    """
    labels = (*words.labels[:-1], None)
    settings = {} if separator == " " else {"separator": separator}
    return _add("join", [words], [words.operand], labels, **settings)[..., 0]


def letter(text: Any, place: Any) -> Array:
    """The letter of each text at a place, counted from 1, or empty text: shapes broadcast.

    Raises:
        ShapeError: the shapes do not fit, or a place lies before the first letter.
        UnsupportedError: the text is numbers, or the places are words.
    """
    return _at_place("letter", text, place)


def word_at(text: Any, place: Any) -> Array:
    """The word of each text at a place, counted from 1, or empty text: shapes broadcast.

    Words stand between plain spaces. Raises as `letter`.
    """
    return _at_place("word_at", text, place)


def beginning(text: Any, length: Any) -> Array:
    """The first so many letters, at least one, of each text; broadcasts and raises as `letter`."""
    return _at_place("beginning", text, length)


def _at_place(op: str, text: Any, place: Any) -> Array:
    words, places = together(text, place)
    if not words.is_text or places.is_text:
        raise UnsupportedError(f"{op}: {describe(words)} must be words and its places numbers")
    if (places.value < 1).any():
        raise ShapeError(f"{op}: {describe(places)} must count from 1")
    parts = [(array.operand, array.labels) for array in (words, places)]
    try:
        shape = np.broadcast_shapes(words.shape, places.shape)
    except ValueError as error:
        described = f"{describe(words)} and {describe(places)}"
        raise ShapeError(f"{op}: {described} do not fit together") from error
    return _add(op, (words, places), [ids for ids, _ in parts], views.merge_broadcast(parts, shape))


def concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Array:
    """Join arrays along an axis; nothing is computed: (n, d), (m, d) → (n + m, d).

    Raises:
        ShapeError: the shapes do not fit; the message names all arrays.
    """
    parts = together(*arrays)
    if axis is None:
        parts, axis = [part.ravel() for part in parts], 0
    one_kind("concatenate", parts)
    try:
        joined = views.concatenate([(part.ids, part.labels) for part in parts], axis)
    except (ValueError, TypeError) as error:
        described = ", ".join(describe(part) for part in parts)
        raise ShapeError(f"along axis {axis}, {described} do not fit together") from error
    # Beside numbers truth values become numbers, and stay such in every part of it.
    is_cast = any(part.is_cast or (part.size and not part.is_truth) for part in parts)
    return Array(parts[0].graph, *joined, is_cast=is_cast)


def stack(arrays: Sequence[Any], axis: int = 0) -> Array:
    """Join k arrays of one shape along a new axis: (n, d) each → (k, n, d).

    Raises:
        ShapeError: the shapes differ; the message names all arrays.
    """
    parts = together(*arrays)
    if len({part.shape for part in parts}) > 1:
        described = ", ".join(describe(part) for part in parts)
        raise ShapeError(f"stack: {described} must have one shape")
    return concatenate([expand(part, axis) for part in parts], axis)


def expand(array: Array, axis: int | tuple[int, ...]) -> Array:
    """A new axis of length 1 at that place, or several: (n, d) → (n, 1, d) for place 1."""
    added_axes = axis if isinstance(axis, tuple) else (axis,)
    try:
        wide = (1,) * (array.ndim + len(added_axes))
        places = views.axes("expand_dims", wide, added_axes, describe(array))
    except ShapeError as error:
        raise ShapeError(f"{describe(array)} cannot take a new axis {axis}") from error
    return array[tuple(None if i in places else slice(None) for i in range(len(wide)))]


def copy(array: Array) -> Array:
    """The same elements side by side in cells of their own: (…) → (…)."""
    if is_wide(array.shape):
        return in_shape(copy(turned(array)), array.ndim)
    return _add("copy", [array], [array.operand], array.labels)
