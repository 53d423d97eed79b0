"""Elements whose ids step evenly along each axis: a large table and its views, without its ids."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Ids = NDArray[np.int64]
"""Which elements: every element of every node has one number, its id."""

LARGE = 1 << 16
"""Elements from which on a view is kept as a span, if it is one."""


@dataclass(frozen=True)
class Span:
    """A view of a node that is described by its first id and a step along each axis.

    Its ids, as many as its elements, are made when somebody asks for them. NumPy takes it for them.

    >>> table = Span.of(10, (3, 4))
    >>> table.transpose((1, 0))[1:3].ids.tolist()
    [[11, 15, 19], [12, 16, 20]]
    """

    base: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]

    @staticmethod
    def of(base: int, shape: Sequence[int]) -> Span:
        """The ids that are counted on from a first one, row by row."""
        return Span(base, tuple(shape), row_major(shape))

    @staticmethod
    def found(ids: Ids) -> Span | None:
        """Ids (…) as a span, where they step evenly and there are some."""
        if not ids.size:
            return None
        start = int(ids.flat[0])
        steps = [int(_second(ids, axis)) - start for axis in range(ids.ndim)]
        span = Span(start, ids.shape, tuple(steps))
        return span if np.array_equal(span.ids, ids) else None

    @property
    def ids(self) -> Ids:
        """The ids, in its shape."""
        found = np.full(self.shape, self.base, dtype=np.int64)
        for axis, (length, step) in enumerate(zip(self.shape, self.steps, strict=True)):
            along = np.arange(length, dtype=np.int64) * step
            found += along.reshape((-1,) + (1,) * (self.ndim - axis - 1))
        return found

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of its elements."""
        return math.prod(self.shape)

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the greatest of its ids."""
        ways = [step * (n - 1) for step, n in zip(self.steps, self.shape, strict=True)]
        return (
            self.base + sum(way for way in ways if way < 0),
            self.base + sum(way for way in ways if way > 0),
        )

    @property
    def counts_on(self) -> bool:
        """Whether its ids are counted on, row by row."""
        natural = row_major(self.shape)
        triples = zip(self.shape, self.steps, natural, strict=True)
        return all(step == one for length, step, one in triples if length > 1)

    def window(self, values: NDArray[Any], first: int) -> NDArray[Any]:
        """What stands at its places (…) in the values of a node whose first id is given.

        It is a window on the values, which is not to be written through.
        """
        flat = values.reshape(-1)
        steps = [step * flat.itemsize for step in self.steps]
        return as_strided(flat[self.base - first :], self.shape, steps, writeable=False)

    def pick(self, box: Sequence[NDArray[np.int64]]) -> Ids:
        """The ids at some indices of each axis: (n, m) → (k, l) for k and l of them."""
        along = (at * step for at, step in zip(np.ix_(*box), self.steps, strict=True))
        return sum(along, start=np.full((1,) * self.ndim, self.base))

    # As NumPy's arrays have it.

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return self.ids if dtype is None else self.ids.astype(dtype)

    def transpose(self, axes: Sequence[int]) -> Span:
        """The axes in another order: (n, m) → (m, n)."""
        return self._seen(lambda places: places.transpose(tuple(axes)))

    @property
    def T(self) -> Span:  # noqa: N802 - NumPy's name
        """The axes in reverse order: (a, …, z) → (z, …, a)."""
        return self.transpose(range(self.ndim)[::-1])

    def swapaxes(self, first: int, second: int) -> Span:
        """Two axes exchanged: (…, n, m) → (…, m, n) for the last two."""
        return self._seen(lambda places: places.swapaxes(first, second))

    def reshape(self, shape: int | Sequence[int]) -> Span | Ids:
        """The same elements, row by row, in another shape."""
        lengths = (shape,) if isinstance(shape, int) else tuple(shape)
        new = np.broadcast_to(np.int8(0), self.shape).reshape(lengths).shape
        if self.counts_on:
            return Span.of(self.base, new)
        kept = [(n, s) for n, s in zip(self.shape, self.steps, strict=True) if n != 1]
        if [n for n, _ in kept] != [n for n in new if n != 1]:
            return self.ids.reshape(new)
        steps = iter([s for _, s in kept])
        return Span(self.base, new, tuple(0 if n == 1 else next(steps) for n in new))

    def broadcast(self, shape: Sequence[int]) -> Span:
        """Repeated along axes of length 1 and new leading axes: (n, 1) → (k, n, m)."""
        return self._seen(lambda places: np.broadcast_to(places, tuple(shape)))

    def __getitem__(self, key: Any) -> Span | Ids:
        parts = key if isinstance(key, tuple) else (key,)
        if any(isinstance(part, list) or np.ndim(part) for part in parts if _is_place(part)):
            return self.ids[key]
        # The dots keep an array of one place from being read.
        dots = () if Ellipsis in parts else (Ellipsis,)
        return self._seen(lambda places: places[(*parts, *dots)])

    def _seen(self, view: Callable[[NDArray[np.int8]], NDArray[np.int8]]) -> Span:
        """The same view of memory that lies as its ids do; none of it is there, or ever read."""
        places = as_strided(np.empty(1, np.int8), self.shape, self.steps, writeable=False)
        found = view(places)
        return Span(self.base + found.ctypes.data - places.ctypes.data, found.shape, found.strides)


def _is_place(part: Any) -> bool:
    return part is not None and part is not Ellipsis and not isinstance(part, slice)


def _second(ids: Ids, axis: int) -> Any:
    """The next id along an axis; the first again where there is none."""
    place = [0] * ids.ndim
    place[axis] = min(1, ids.shape[axis] - 1)
    return ids[tuple(place)]


def row_major(shape: Sequence[int]) -> tuple[int, ...]:
    """How many elements one step along each axis passes."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
