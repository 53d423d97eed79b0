"""`Array`: what a traced function sees. It behaves as a NumPy array does and writes the graph.

Views are its own. All that computes goes through NumPy's two protocols: `x + y` is `np.add(x, y)`
(`sheetformer.graph.arithmetic`) and `x.sum(0)` is `np.sum(x, 0)`; `sheetformer.graph.numpy_names`
says what those write.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Self

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph import views
from sheetformer.graph.arithmetic import Arithmetic
from sheetformer.graph.describe import describe
from sheetformer.graph.node import Graph, Ids, Labels, Node
from sheetformer.graph.ops import OPS, Value
from sheetformer.graph.span import LARGE, Span
from sheetformer.graph.turned import turned

NUMPY: Any = np
"""NumPy called on Arrays, which answers with Arrays; its stubs cannot know that."""
_STEPPING = frozenset({views.transpose, views.index, views.broadcast})
"""Views of a span that mostly are spans."""


class Array(Arithmetic):
    """A view of graph elements with NumPy's operators, methods and functions.

    >>> from sheetformer.graph.functions import source
    >>> x = source(Graph(), "input", [[1.0, 2.0], [3.0, 4.0]], name="x")
    >>> (x @ x.T).value
    array([[ 5., 11.],
           [11., 25.]])
    >>> np.exp(x - x.max(axis=-1, keepdims=True)).shape
    (2, 2)
    """

    __slots__ = ("_ids", "graph", "is_cast", "labels")

    ufunc: ClassVar[Callable[[Any, str, Any, Any], Any]]
    function: ClassVar[Callable[[Any, Any, Any], Any]]
    picked: ClassVar[Callable[[Any, Any], Any]]
    """What `np.exp(x)`, `np.sum(x)` and `x[index]` do; `sheetformer.graph.numpy_names` enters
    them."""

    def __init__(
        self, graph: Graph, ids: Ids | Span, labels: tuple[Labels, ...], *, is_cast: bool = False
    ) -> None:
        self.graph = graph
        self._ids = ids
        self.labels = labels
        self.is_cast = is_cast
        """Whether truth values in it were made numbers, which add up."""

    @classmethod
    def of(cls, graph: Graph, node: Node) -> Self:
        """All elements of a node, as they stand; their ids are made when somebody asks."""
        return cls(graph, node.span, node.labels)

    @property
    def ids(self) -> Ids:
        """The ids of its elements, in its shape."""
        return self._ids.ids if isinstance(self._ids, Span) else self._ids

    @property
    def operand(self) -> Ids | Span:
        """Its ids (…) as an operation gets them: of a large view only a span, if it is one."""
        return self._ids if self.size >= LARGE else self.ids

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
        return self.graph.value(self._ids).copy()

    @property
    def dtype(self) -> np.dtype[Any]:
        """`float64` for numbers, `bool` for truth values, `object` for words."""
        if self.is_truth:
            return np.dtype(np.bool_)
        return self.graph.values[self.graph.node_index(self.first)].dtype

    @property
    def node(self) -> Node:
        """The node of its first element."""
        return self.graph.owner(self.first)

    @property
    def is_text(self) -> bool:
        """Whether it holds words."""
        return self.graph.values[self.graph.node_index(self.first)].dtype == object

    @property
    def is_whole(self) -> bool:
        """Whether it is a node, element by element, and no view of it."""
        return bool(self.size) and self.node.is_whole(self._ids)

    @property
    def upright(self) -> Array:
        """As it stands in its cells: what is wider than a sheet has its last axes exchanged."""
        return turned(self) if self.size and self.node.base in self.graph.turned else self

    @property
    def is_truth(self) -> bool:
        """Whether NumPy would hold it as truth values: a comparison, a mask that was given."""
        if self.is_cast or not self.size:
            return False
        operand = self._ids
        return all(self.graph.bases[i] in self.graph.truths for i in self.graph.owners(operand))

    def __len__(self) -> int:
        if not self.shape:
            raise ShapeError(f"{describe(self)} has no length and no rows")
        return self.shape[0]

    def __iter__(self) -> Iterator[Array]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"Array({describe(self)})"

    # Views.

    @property
    def T(self) -> Array:  # noqa: N802 - NumPy's name
        """The axes in reverse order: (a, …, z) → (z, …, a)."""
        return self.transpose()

    @property
    def mT(self) -> Array:  # noqa: N802 - NumPy's name
        """Each matrix transposed: (…, n, m) → (…, m, n)."""
        return self.swapaxes(-1, -2)

    def transpose(self, *axes: Any) -> Array:
        """The axes in another order, reversed if none is given: (n, m) → (m, n)."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return self.view(views.transpose, order or tuple(range(self.ndim))[::-1])

    def swapaxes(self, first: int, second: int) -> Array:
        """Two axes exchanged: (…, n, m) → (…, m, n) for the last two."""
        order = np.arange(self.ndim)
        try:
            order[[first, second]] = order[[second, first]]
        except (IndexError, TypeError) as error:
            raise ShapeError(f"{describe(self)} has no axes {first} and {second}") from error
        return self.transpose(order.tolist())

    def reshape(self, *shape: Any) -> Array:
        """The same elements in another shape."""
        wanted = shape[0] if len(shape) == 1 else shape
        try:
            return self._seen(*views.reshape(self.operand, self.labels, wanted))
        except (ValueError, TypeError) as error:
            raise ShapeError(
                f"{describe(self)} has {self.size} numbers and cannot take the shape {wanted}"
            ) from error

    def ravel(self) -> Array:
        """All elements in one row: (a, b, …) → (a · b · …,)."""
        return self.reshape(-1)

    flatten = ravel

    def squeeze(self, axis: int | tuple[int, ...] | None = None) -> Array:
        """Without the axes of length 1: (n, 1) → (n,)."""
        gone = [i for i, length in enumerate(self.shape) if length == 1]
        if axis is not None:
            gone = views.axes("squeeze", self.shape, axis, describe(self))
        if any(self.shape[i] != 1 for i in gone):
            raise ShapeError(f"{describe(self)} has an axis longer than 1 at {axis}")
        return self[tuple(0 if i in gone else slice(None) for i in range(self.ndim))]

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, Array):
            return Array.picked(self, key)
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
            ids = self.operand if function in _STEPPING else self.ids
            return self._seen(*function(ids, self.labels, *arguments))
        except (IndexError, ValueError, TypeError) as error:
            raise ShapeError(f"{describe(self)}, {function.__name__}: {error}") from error

    def _seen(self, ids: Ids | Span, labels: tuple[Labels, ...]) -> Array:
        return Array(self.graph, ids, labels, is_cast=self.is_cast)

    def copy(self) -> Array:
        """Itself, in its shape: nothing is ever overwritten."""
        return self

    # Methods that NumPy has as functions too.

    def sum(self, axis: Any = None, *, keepdims: bool = False, **settings: Any) -> Array:
        """The sum along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.sum(self, axis=axis, keepdims=keepdims, **settings)

    def mean(self, axis: Any = None, *, keepdims: bool = False, **settings: Any) -> Array:
        """The mean along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.mean(self, axis=axis, keepdims=keepdims, **settings)

    def var(self, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Array:
        """The mean squared distance from the mean: (n, d) → (n,) along axis 1."""
        return NUMPY.var(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def std(self, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Array:
        """The square root of the variance: (n, d) → (n,) along axis 1."""
        return NUMPY.std(self, axis=axis, ddof=ddof, keepdims=keepdims)

    def max(self, axis: Any = None, *, keepdims: bool = False, **settings: Any) -> Array:
        """The largest along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.max(self, axis=axis, keepdims=keepdims, **settings)

    def any(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """Whether one of them is not 0, along one axis, several, or all: (n, d) → (n,)."""
        return NUMPY.any(self, axis=axis, keepdims=keepdims)

    def all(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """Whether none of them is 0, along one axis, several, or all: (n, d) → (n,)."""
        return NUMPY.all(self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False, **settings: Any) -> Array:
        """The smallest along one axis, several, or all: (n, d) → (n,) along axis 1."""
        return NUMPY.min(self, axis=axis, keepdims=keepdims, **settings)

    def argmax(self, axis: int | None = None, *, keepdims: bool = False) -> Array:
        """The place (from 0) of the first largest along an axis, or in all: (n, d) → (n,)."""
        return NUMPY.argmax(self, axis=axis, keepdims=keepdims)

    def clip(self, min: Any = None, max: Any = None, **settings: Any) -> Array:
        """No number below `min` or above `max`: (…) → (…)."""
        return NUMPY.clip(self, min, max, **settings)

    def dot(self, other: Any) -> Array:
        """Rows times columns: (n, k), (k, m) → (n, m)."""
        return NUMPY.dot(self, other)

    def astype(self, dtype: Any, copy: bool = True) -> Array:  # noqa: ARG002 - as NumPy has it
        """Itself as float; 1 and 0 as bool; as int only where the numbers are whole already.

        The shape stays: (…) → (…).

        Raises:
            UnsupportedError: rounding is asked for.
        """
        kind = np.dtype(dtype).kind
        if kind == "b":
            return self if self.is_truth else NUMPY.not_equal(self, 0)
        if not self.is_text and (kind == "f" or (kind in "iu" and self._is_of_whole_numbers)):
            return Array(self.graph, self._ids, self.labels, is_cast=True)
        raise UnsupportedError(
            f"{describe(self)} cannot become {np.dtype(dtype)} in a sheet, whose numbers are "
            "float64"
        )

    @property
    def _is_of_whole_numbers(self) -> bool:
        nodes = (self.graph.nodes[place] for place in self.graph.owners(self._ids))
        return all(node.base in self.graph.truths or OPS[node.op].whole for node in nodes)

    # NumPy's own functions, called on an Array.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        return Array.ufunc(ufunc, method, inputs, settings)

    def __array_function__(self, function: Any, _types: Any, inputs: Any, settings: Any) -> Any:
        return Array.function(function, inputs, settings)
