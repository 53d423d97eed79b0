"""`Array`: what a traced function sees. It behaves as a NumPy array does and writes the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph import views
from sheetformer.graph.node import Graph, Ids, Labels, Node
from sheetformer.graph.ops import OPS, Value

LARGEST = 1e30
"""What stands for infinity: a cell cannot hold it, and exp(−1E+30) is 0 all the same."""


class Array:
    """A view of graph elements with NumPy's operators, methods and functions.

    >>> graph = Graph()
    >>> x = source(graph, "input", [[1.0, 2.0], [3.0, 4.0]], name="x")
    >>> (x @ x.T).value
    array([[ 5., 11.],
           [11., 25.]])
    >>> np.exp(x - x.max(axis=-1, keepdims=True)).shape
    (2, 2)
    """

    __slots__ = ("graph", "ids", "labels")
    __array_priority__ = 1000

    def __init__(self, graph: Graph, ids: Ids, labels: tuple[Labels, ...]) -> None:
        self.graph = graph
        self.ids = ids
        self.labels = labels

    # What it is.

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.ids.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.ids.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.ids.size

    @property
    def value(self) -> Value:
        """The numbers (float64) or words (objects) it stands for."""
        return self.graph.value(self.ids)

    @property
    def node(self) -> Node:
        """The node of its first element."""
        return self.graph.owner(int(self.ids.flat[0]))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a single number has no length")
        return self.shape[0]

    def __repr__(self) -> str:
        return f"Array({self.node.name or self.node.op}, shape={self.shape})"

    def __bool__(self) -> bool:
        raise UnsupportedError(
            f"an if or while cannot ask about {self.node.name or 'a traced array'}, because the "
            "sheet must work for other numbers too; use where(condition, a, b)"
        )

    # Views.

    @property
    def T(self) -> Array:  # noqa: N802 - NumPy's name
        """The axes in reverse order."""
        return self.transpose()

    def transpose(self, *axes: Any) -> Array:
        """The axes in another order."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return self._view(views.transpose, order or tuple(range(self.ndim))[::-1])

    def swapaxes(self, first: int, second: int) -> Array:
        """Two axes exchanged."""
        order = list(range(self.ndim))
        order[first], order[second] = order[second], order[first]
        return self._view(views.transpose, order)

    def reshape(self, *shape: Any) -> Array:
        """The same elements in another shape."""
        wanted = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        try:
            return self._view(views.reshape, wanted)
        except ValueError as error:
            raise ShapeError(
                f"{describe(self)} has {self.size} numbers and cannot take the shape "
                f"{tuple(wanted)}"
            ) from error

    def ravel(self) -> Array:
        """All elements in one row."""
        return self.reshape(-1)

    flatten = ravel

    def squeeze(self, axis: int | None = None) -> Array:
        """Without the axes of length 1."""
        gone = [i for i, n in enumerate(self.shape) if n == 1] if axis is None else [axis]
        gone = [i % self.ndim for i in gone]
        return self[tuple(0 if i in gone else slice(None) for i in range(self.ndim))]

    def __getitem__(self, key: Any) -> Array:
        if isinstance(key, Array):
            return embedding(self, key)
        try:
            return self._view(views.index, key)
        except IndexError as error:
            raise ShapeError(f"{describe(self)} cannot be indexed by {key!r}: {error}") from error

    def _view(self, function: Callable[..., views.View], *arguments: Any) -> Array:
        return Array(self.graph, *function(self.ids, self.labels, *arguments))

    # Operators.

    def __add__(self, other: Any) -> Array:
        return elementwise("add", self, other)

    def __radd__(self, other: Any) -> Array:
        return elementwise("add", other, self)

    def __sub__(self, other: Any) -> Array:
        return elementwise("subtract", self, other)

    def __rsub__(self, other: Any) -> Array:
        return elementwise("subtract", other, self)

    def __mul__(self, other: Any) -> Array:
        return elementwise("multiply", self, other)

    def __rmul__(self, other: Any) -> Array:
        return elementwise("multiply", other, self)

    def __truediv__(self, other: Any) -> Array:
        return elementwise("divide", self, other)

    def __rtruediv__(self, other: Any) -> Array:
        return elementwise("divide", other, self)

    def __pow__(self, other: Any) -> Array:
        return elementwise("power", self, other)

    def __rpow__(self, other: Any) -> Array:
        return elementwise("power", other, self)

    def __neg__(self) -> Array:
        return elementwise("negate", self)

    def __abs__(self) -> Array:
        return elementwise("absolute", self)

    def __lt__(self, other: Any) -> Array:
        return elementwise("less", self, other)

    def __le__(self, other: Any) -> Array:
        return elementwise("less_equal", self, other)

    def __gt__(self, other: Any) -> Array:
        return elementwise("greater", self, other)

    def __ge__(self, other: Any) -> Array:
        return elementwise("greater_equal", self, other)

    def __eq__(self, other: object) -> Array:  # type: ignore[override]  # as NumPy does
        return elementwise("equal", self, other)

    def __ne__(self, other: object) -> Array:  # type: ignore[override]  # as NumPy does
        return elementwise("not_equal", self, other)

    __hash__ = None  # type: ignore[assignment]  # equality gives an array

    def __matmul__(self, other: Any) -> Array:
        return matmul(self, other)

    def __rmatmul__(self, other: Any) -> Array:
        return matmul(other, self)

    # Reductions.

    def sum(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The sum along one axis, several, or all."""
        return reduce("sum", self, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The mean along one axis, several, or all."""
        return reduce("mean", self, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The largest along one axis, several, or all."""
        return reduce("max", self, axis, keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The smallest along one axis, several, or all."""
        return reduce("min", self, axis, keepdims)

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Array:
        """The place (from 0) of the first largest along an axis, or of all in one row."""
        if axis is None:
            return reduce("argmax", self.ravel(), 0, keepdims=False)
        return reduce("argmax", self, axis, keepdims)

    # NumPy's own functions, called on an Array.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        from sheetformer.graph.numpy_names import call_ufunc

        return call_ufunc(ufunc, method, inputs, settings)

    def __array_function__(self, function: Any, _types: Any, inputs: Any, settings: Any) -> Any:
        from sheetformer.graph.numpy_names import call_function

        return call_function(function, inputs, settings)


def source(
    graph: Graph,
    op: str,
    value: Any,
    labels: Sequence[Labels] | None = None,
    **caption: Any,
) -> Array:
    """An input, parameter or constant of the graph as an Array."""
    node = graph.source(op, _finite(value), labels, **caption)
    return Array(graph, node.ids, node.labels)


def _finite(value: Any) -> Value:
    array = np.asarray(value)
    if array.dtype.kind in "USO":
        return array.astype(object)
    numbers = array.astype(np.float64)
    if np.isnan(numbers).any():
        raise UnsupportedError("a cell cannot hold NaN; replace it before tracing")
    return np.clip(numbers, -LARGEST, LARGEST)


def constant(graph: Graph, value: Any) -> Array:
    """A plain number or NumPy array as an Array; a single number is written into the formula."""
    array = source(graph, "constant", value)
    array.node.inline = array.ndim == 0
    return array


def together(*operands: Any) -> list[Array]:
    """The operands as Arrays of one graph."""
    graphs = [item.graph for item in operands if isinstance(item, Array)]
    if any(graph is not graphs[0] for graph in graphs):
        raise UnsupportedError("arrays of two different traces cannot meet in one formula")
    return [x if isinstance(x, Array) else constant(graphs[0], x) for x in operands]


def elementwise(op: str, *operands: Any) -> Array:
    """Apply an elementwise operation, broadcasting as NumPy does.

    Raises:
        ShapeError: the shapes do not broadcast; the message names both arrays.
    """
    arrays = together(*operands)
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError as error:
        told = " and ".join(describe(array) for array in arrays)
        raise ShapeError(f"{op}: {told} do not fit together") from error
    labels = views.merge_broadcast([(array.ids, array.labels) for array in arrays], shape)
    node = arrays[0].graph.add(op, [array.ids for array in arrays], labels)
    return Array(arrays[0].graph, node.ids, labels)


def matmul(left: Any, right: Any) -> Array:
    """Rows times columns, with NumPy's rules for one axis and for stacks.

    Raises:
        ShapeError: the inner lengths differ; the message names both arrays.
    """
    a, b = together(left, right)
    if not a.ndim or not b.ndim:
        raise ShapeError(f"@ needs rows and columns; {describe(a if not a.ndim else b)} has none")
    row, column = a.ndim == 1, b.ndim == 1
    a2 = a[None, :] if row else a
    b2 = b[:, None] if column else b
    if a2.shape[-1] != b2.shape[-2]:
        raise ShapeError(
            f"{describe(a)} @ {describe(b)}: the inner lengths {a2.shape[-1]} and {b2.shape[-2]} "
            "must be equal; transpose one of them with .T?"
        )
    try:
        lead = np.broadcast_shapes(a2.shape[:-2], b2.shape[:-2])
    except ValueError as error:
        raise ShapeError(f"{describe(a)} @ {describe(b)}: the stacks do not fit") from error
    a3 = a2._view(views.broadcast, (*lead, *a2.shape[-2:]))
    b3 = b2._view(views.broadcast, (*lead, *b2.shape[-2:]))
    stacks = views.merge([a3.labels[:-2], b3.labels[:-2]])
    node = a.graph.add("matmul", [a3.ids, b3.ids], (*stacks, a3.labels[-2], b3.labels[-1]))
    result = Array(a.graph, node.ids, node.labels)
    result = result[..., 0, :] if row else result
    return result[..., 0] if column else result


def reduce(op: str, array: Array, axis: Any, keepdims: bool = False) -> Array:
    """Apply a reduction along one axis, several, or all (None)."""
    some = range(array.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    try:
        axes = tuple(sorted(range(array.ndim)[i] for i in some))
    except IndexError as error:
        raise ShapeError(f"{op}: {describe(array)} has no axis {axis}") from error
    labels = [None if i in axes else label for i, label in enumerate(array.labels)]
    along: Any = axes if op != "argmax" else axes[0]
    node = array.graph.add(op, [array.ids], labels, axis=along)
    result = Array(array.graph, node.ids, node.labels)
    if keepdims:
        return result
    return result[tuple(0 if i in axes else slice(None) for i in range(array.ndim))]


def embedding(table: Any, index: Any) -> Array:
    """Row i of a table (rows, d) for each i of an index (…): (…, d); i counts from 0.

    A table of words with one axis gives words of the index's shape.
    """
    rows, places = together(table, index)
    if rows.ndim not in (1, 2):
        raise ShapeError(f"a table has one or two axes; {describe(rows)} has {rows.ndim}")
    labels = (*places.labels, *rows.labels[1:])
    node = rows.graph.add("embedding", [places.ids, rows.ids], labels)
    return Array(rows.graph, node.ids, labels)


def lookup(text: Any, keys: Any, numbers: Any) -> Array:
    """For each text the number beside the equal key, without regard to case; 0 if none is equal."""
    words, names, values = together(text, keys, numbers)
    if names.ndim != 1 or names.shape != values.shape:
        raise ShapeError(f"{describe(names)} and {describe(values)} must be two equal columns")
    node = words.graph.add("lookup", [words.ids, names.ids, values.ids], words.labels)
    node.look = "integer"
    return Array(words.graph, node.ids, node.labels)


def deviation(left: Any, right: Any) -> Array:
    """The largest absolute difference between two arrays of one shape: a single number."""
    a, b = together(left, right)
    if a.shape != b.shape:
        raise ShapeError(f"{describe(a)} and {describe(b)} must have one shape")
    node = a.graph.add("deviation", [a.ids, b.ids])
    return Array(a.graph, node.ids, ())


def join(words: Array) -> Array:
    """The words along the last axis as one text: (…, n) → (…)."""
    node = words.graph.add("join", [words.ids], (*words.labels[:-1], None))
    return Array(words.graph, node.ids, node.labels)[..., 0]


def concatenate(arrays: Sequence[Any], axis: int = 0) -> Array:
    """Join arrays along an axis; nothing is computed."""
    parts = together(*arrays)
    try:
        joined = views.concatenate([(part.ids, part.labels) for part in parts], axis)
    except ValueError as error:
        told = ", ".join(describe(part) for part in parts)
        raise ShapeError(f"concatenate along axis {axis}: {told} do not fit together") from error
    return Array(parts[0].graph, *joined)


def stack(arrays: Sequence[Any], axis: int = 0) -> Array:
    """Join arrays along a new axis."""
    parts = together(*arrays)
    place = axis % (parts[0].ndim + 1)
    grown = [part[(*[slice(None)] * place, None)] for part in parts]
    return concatenate(grown, axis=place)


def describe(array: Array) -> str:
    """An array in a user's words: its name, labels and shape."""
    name = array.node.name or OPS[array.node.op].name
    axes = [_axis(array, i) for i in range(array.ndim)]
    return f"{name} ({' × '.join(axes) or 'a single number'})"


def _axis(array: Array, axis: int) -> str:
    label = array.labels[axis]
    if label is None or not len(label):
        return str(array.shape[axis])
    told = [_label(array.graph, item) for item in (label[0], label[-1])]
    span = told[0] if len(label) == 1 else f"{told[0]} … {told[1]}"
    return f"{array.shape[axis]} [{span}]"


def _label(graph: Graph, item: Any) -> str:
    return item if isinstance(item, str) else str(graph.value(np.array([item]))[0])


def show(
    array: Any,
    name: str,
    equation: str = "",
    note: str = "",
    *,
    look: str = "",
    inline: bool = False,
    labels: Sequence[Labels] | None = None,
) -> Any:
    """Give the block a name, an equation and one plain sentence; a NumPy array passes unchanged.

    Attributes are those of `sheetformer.graph.node.Node`.
    """
    if not isinstance(array, Array):
        return array
    node = array.node
    node.name, node.equation, node.note = name, equation, note
    node.look = look or node.look
    node.inline = inline
    if labels is not None:
        node.labels = tuple(labels)
        return Array(array.graph, array.ids, node.labels)
    return array
