"""`Array`: what a traced function sees. It behaves as a NumPy array does and writes the graph.

Views are its own. All that computes goes through NumPy's two protocols: `x + y` is `np.add(x, y)`
and `x.sum(0)` is `np.sum(x, 0)`, and `sheetformer.graph.numpy_names` says what those write.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Self

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph import views
from sheetformer.graph.describe import describe
from sheetformer.graph.node import Graph, Ids, Labels, Node, Span
from sheetformer.graph.ops import OPS, Value

NUMPY: Any = np
"""NumPy called on Arrays, which answers with Arrays; its stubs cannot know that."""


def _operator(function: Any) -> tuple[Callable[..., Array], ...]:
    """An operator as in `x - y`, reflected as in `1 - x`, and with one operand as in `-x`."""

    def forward(self: Array, other: Any) -> Array:
        return function(self, other)

    def reflected(self: Array, other: Any) -> Array:
        return function(other, self)

    def alone(self: Array) -> Array:
        return function(self)

    return forward, reflected, alone


def _refusal(what: str, instead: str) -> Callable[..., Any]:
    """A method that cannot be: a sheet must work for other numbers than today's."""

    def refuse(self: Array, *_: Any, **__: Any) -> Any:
        raise UnsupportedError(
            f"{describe(self)} {what}, because the sheet must work for other numbers too; {instead}"
        )

    return refuse


class Array:
    """A view of graph elements with NumPy's operators, methods and functions.

    >>> from sheetformer.graph.functions import source
    >>> x = source(Graph(), "input", [[1.0, 2.0], [3.0, 4.0]], name="x")
    >>> (x @ x.T).value
    array([[ 5., 11.],
           [11., 25.]])
    >>> np.exp(x - x.max(axis=-1, keepdims=True)).shape
    (2, 2)
    """

    __slots__ = ("_ids", "graph", "labels")
    __hash__ = None  # type: ignore[assignment]  # equality gives an array

    ufunc: ClassVar[Callable[[Any, str, Any, Any], Any]]
    function: ClassVar[Callable[[Any, Any, Any], Any]]
    """What `np.exp(x)` and `np.sum(x)` do; `sheetformer.graph.numpy_names` enters both."""

    def __init__(self, graph: Graph, ids: Ids | Span, labels: tuple[Labels, ...]) -> None:
        self.graph = graph
        self._ids = ids
        self.labels = labels

    @classmethod
    def of(cls, graph: Graph, node: Node) -> Self:
        """All elements of a node, as they stand; their ids are made when somebody asks."""
        return cls(graph, Span(node.base, node.shape), node.labels)

    @property
    def ids(self) -> Ids:
        """The ids of its elements, in its shape."""
        return self._ids.ids if isinstance(self._ids, Span) else self._ids

    @property
    def first(self) -> int:
        """The id of its first element."""
        return self._ids.base if isinstance(self._ids, Span) else int(self._ids.flat[0])

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self._ids.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._ids.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self._ids.shape)

    @property
    def value(self) -> Value:
        """The numbers (float64) or words (objects) it stands for, in its shape."""
        if isinstance(self._ids, Span):
            return self.graph.values[self.graph.node_index(self._ids.base)].copy()
        return self.graph.value(self._ids)

    @property
    def dtype(self) -> np.dtype[Any]:
        """`float64` for numbers, `object` for words."""
        return self.graph.values[self.graph.node_index(self.first)].dtype

    @property
    def node(self) -> Node:
        """The node of its first element."""
        return self.graph.owner(self.first)

    @property
    def is_text(self) -> bool:
        """Whether it holds words."""
        return self.dtype == object

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a single number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Array]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"Array({describe(self)})"

    # What it cannot be: anything that must know its numbers now.
    __bool__ = _refusal("cannot be asked by an if or while", "use np.where(condition, a, b)")
    __float__ = _refusal("cannot become a Python number", "use np.sqrt, not math.sqrt")
    __array__ = _refusal(
        "cannot become a plain NumPy array",
        "use it as it is; a table in which it looks rows up must be an argument too",
    )
    __setitem__ = _refusal(
        "cannot be overwritten", "make a new array with np.where or np.concatenate"
    )

    # Views.

    @property
    def T(self) -> Array:  # noqa: N802 - NumPy's name
        """The axes in reverse order: (a, …, z) → (z, …, a)."""
        return self.transpose()

    def transpose(self, *axes: Any) -> Array:
        """The axes in another order, reversed if none is given: (n, m) → (m, n)."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return self.view(views.transpose, order or tuple(range(self.ndim))[::-1])

    def swapaxes(self, first: int, second: int) -> Array:
        """Two axes exchanged: (…, n, m) → (…, m, n) for the last two."""
        order = np.arange(self.ndim)
        try:
            order[[first, second]] = order[[second, first]]
        except IndexError as error:
            raise ShapeError(f"{describe(self)} has no axes {first} and {second}") from error
        return self.transpose(order.tolist())

    def reshape(self, *shape: Any) -> Array:
        """The same elements in another shape."""
        wanted = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        try:
            return Array(self.graph, *views.reshape(self.ids, self.labels, wanted))
        except ValueError as error:
            raise ShapeError(
                f"{describe(self)} has {self.size} numbers and cannot take the shape "
                f"{tuple(wanted)}"
            ) from error

    def ravel(self) -> Array:
        """All elements in one row: (a, b, …) → (a · b · …,)."""
        return self.reshape(-1)

    flatten = ravel

    def squeeze(self, axis: int | tuple[int, ...] | None = None) -> Array:
        """Without the axes of length 1: (n, 1) → (n,)."""
        if axis is None:
            axis = tuple(i for i, length in enumerate(self.shape) if length == 1)
        gone = {i % max(self.ndim, 1) for i in (axis if isinstance(axis, tuple) else (axis,))}
        if any(self.shape[i] != 1 for i in gone):
            raise ShapeError(f"{describe(self)} has an axis longer than 1 at {axis}")
        return self[tuple(0 if i in gone else slice(None) for i in range(self.ndim))]

    def __getitem__(self, key: Any) -> Array:
        if isinstance(key, Array):
            return NUMPY.take(self, key, axis=0)
        if isinstance(key, tuple) and any(isinstance(part, Array) for part in key):
            raise UnsupportedError(
                f"{describe(self)} can be indexed by one computed array, as in table[index]"
            )
        return self.view(views.index, key)

    def view(self, function: Callable[..., views.View], *arguments: Any) -> Array:
        """What a function of `sheetformer.graph.views` makes of it, in its new shape.

        Raises:
            ShapeError: it does not fit; the message names the array.
        """
        try:
            return Array(self.graph, *function(self.ids, self.labels, *arguments))
        except (IndexError, ValueError) as error:
            raise ShapeError(f"{describe(self)}, {function.__name__}: {error}") from error

    def copy(self) -> Array:
        """Itself, in its shape: nothing is ever overwritten."""
        return self

    __add__, __radd__, _ = _operator(np.add)
    __sub__, __rsub__, _ = _operator(np.subtract)
    __mul__, __rmul__, _ = _operator(np.multiply)
    __truediv__, __rtruediv__, _ = _operator(np.divide)
    __pow__, __rpow__, _ = _operator(np.power)
    __matmul__, __rmatmul__, _ = _operator(np.matmul)
    __and__, __rand__, _ = _operator(np.bitwise_and)
    __or__, __ror__, _ = _operator(np.bitwise_or)
    __lt__ = _operator(np.less)[0]
    __le__ = _operator(np.less_equal)[0]
    __gt__ = _operator(np.greater)[0]
    __ge__ = _operator(np.greater_equal)[0]
    __eq__ = _operator(np.equal)[0]  # type: ignore[assignment]  # as NumPy does
    __ne__ = _operator(np.not_equal)[0]  # type: ignore[assignment]  # as NumPy does

    __neg__ = _operator(np.negative)[2]
    __pos__ = _operator(np.positive)[2]
    __abs__ = _operator(np.absolute)[2]
    __invert__ = _operator(np.invert)[2]

    # Methods that NumPy has as functions too.

    def sum(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The sum along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The mean along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.mean(self, axis=axis, keepdims=keepdims)

    def var(self, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Array:
        """The mean squared distance from the mean: (n, d) → (n,) along axis 1."""
        return NUMPY.var(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def std(self, axis: Any = None, ddof: float = 0, keepdims: bool = False) -> Array:
        """The square root of the variance: (n, d) → (n,) along axis 1."""
        return NUMPY.std(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The largest along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.max(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Array:
        """The smallest along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.min(self, axis=axis, keepdims=keepdims)

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Array:
        """The place (from 0) of the first largest along an axis, or in all: (n, d) → (n,)."""
        return NUMPY.argmax(self, axis=axis, keepdims=keepdims)

    def clip(self, min: Any = None, max: Any = None) -> Array:
        """No number below `min` or above `max`: (…) → (…)."""
        return NUMPY.clip(self, min, max)

    def dot(self, other: Any) -> Array:
        """Rows times columns: (n, k), (k, m) → (n, m)."""
        return NUMPY.dot(self, other)

    def astype(self, dtype: Any) -> Array:
        """Itself as float; 1 and 0 as bool; as int only where the numbers are whole already.

        The shape stays: (…) → (…).

        Raises:
            UnsupportedError: rounding is asked for.
        """
        kind = np.dtype(dtype).kind
        if kind == "b":
            return NUMPY.not_equal(self, 0)
        if kind == "f" or (kind in "iu" and OPS[self.node.op].whole):
            return self
        raise UnsupportedError(f"{describe(self)} cannot become {np.dtype(dtype)} in a sheet")

    # NumPy's own functions, called on an Array.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return Array.ufunc(ufunc, method, inputs, settings)

    def __array_function__(self, function: Any, _types: Any, inputs: Any, settings: Any) -> Any:
        return Array.function(function, inputs, settings)
