"""`x[mask]` with a computed mask: how many it picks changes with the numbers, cells do not.

So only what makes single numbers of them can be written: their sum is the sum of all with 0 where
the mask is not true, and so on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph.arithmetic import refusing
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import detach, elementwise, reduce, reduced_axes
from sheetformer.graph.truth import truth


def _refused(self: Selection, *_: Any, **__: Any) -> NoReturn:
    raise UnsupportedError(
        f"{describe(self.array)}[{describe(self.mask)}] picks more or fewer when the numbers "
        "change, and a sheet keeps its cells: take its sum, mean, max, min, any or all, or write "
        "np.where(mask, x, 0)"
    )


@refusing(_refused)
@dataclass(frozen=True, eq=False)
class Selection:
    """The elements of an array (n, …) where a mask (n,), or of more of its axes, is true.

    Its first axis counts what was picked; the others are those that the mask leaves.
    """

    array: Array
    mask: Array

    refuse = _refused
    """Say that it stands nowhere by itself."""

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """The sum of what is picked."""
        return self._reduced("sum", self._filled(0.0), axis, keepdims)

    def mean(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """The mean of what is picked: no number if nothing is."""
        self._refuse_nothing("mean")
        axes = self._axes("mean", axis)
        others = math.prod(self.array.shape[i] for i in axes if i >= self.mask.ndim)
        return self.sum(axis, keepdims=keepdims) / (reduce("sum", self.mask) * float(others))

    def max(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """The largest of what is picked: no number if nothing is."""
        return self._extreme("max", "min", -1.0, axis, keepdims)

    def min(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """The smallest of what is picked: no number if nothing is."""
        return self._extreme("min", "max", 1.0, axis, keepdims)

    def any(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """Whether one of what is picked is not 0."""
        filled = elementwise("where", self._wide(), truth(self.array), np.False_)
        return self._reduced("max", filled, axis, keepdims)

    def all(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """Whether none of what is picked is 0."""
        filled = elementwise("where", self._wide(), truth(self.array), np.True_)
        return self._reduced("min", filled, axis, keepdims)

    def _extreme(self, op: str, other: str, beyond: float, axis: Any, keepdims: bool) -> Array:
        """In place of what is not picked stands a number beyond the other extreme."""
        self._refuse_nothing(op)
        rest = reduce(other, self.array, self._axes(op, axis), keepdims=True)
        found = self._reduced(op, self._filled(detach(rest + beyond)), axis, keepdims)
        # Over 0 where nothing is picked: an error in the cell, as NumPy has one.
        return found / reduce("max", self.mask)

    def _refuse_nothing(self, op: str) -> None:
        if not self.mask.value.any():
            raise ShapeError(
                f"{op}: {describe(self.mask)} is true nowhere, so that there is none of "
                f"{describe(self.array)} to take"
            )

    def _filled(self, other: Any) -> Array:
        return elementwise("where", self._wide(), self.array, other)

    def _wide(self) -> Array:
        """The mask with an axis of length 1 for each that it leaves."""
        extra = self.array.ndim - self.mask.ndim
        return self.mask.reshape(*self.mask.shape, *(1,) * extra)

    def _reduced(self, op: str, filled: Array, axis: Any, keepdims: bool) -> Array:
        axes, shape = self._axes(op, axis), self.array.shape
        reduced = reduce(op, filled, axes, keepdims=keepdims)
        if not keepdims:
            return reduced
        others = range(self.mask.ndim, len(shape))
        return reduced.reshape(1, *(1 if i in axes else shape[i] for i in others))

    def _axes(self, op: str, axis: Any) -> tuple[int, ...]:
        """The axes of the array that an axis of what is picked stands for."""
        masked = self.mask.ndim
        rows = self.array[(0,) * (masked - 1)]
        axes = reduced_axes(op, rows, axis)
        if 0 not in axes:
            _refused(self)
        return (*range(masked), *(i + masked - 1 for i in axes if i))

    def __array_ufunc__(self, *_: Any, **__: Any) -> Any:
        return _refused(self)

    def __array_function__(self, function: Any, _types: Any, inputs: Any, settings: Any) -> Any:
        written = _WRITTEN.get(function)
        return written(*inputs, **settings) if written else _refused(self)


_WRITTEN: dict[Any, Callable[..., Any]] = {
    np.sum: Selection.sum, np.mean: Selection.mean, np.max: Selection.max, np.min: Selection.min,
    np.amax: Selection.max, np.amin: Selection.min, np.any: Selection.any, np.all: Selection.all,
}  # fmt: skip


def select(array: Array, mask: Array) -> Selection:
    """`array[mask]`: (n, …) where a mask (n,), or of more of its axes, is true.

    Raises:
        ShapeError: the mask has another shape than the first axes of the array.
    """
    if mask.shape != array.shape[: mask.ndim] or not mask.ndim:
        raise ShapeError(
            f"{describe(mask)} is no mask of {describe(array)}: their first axes must be equal"
        )
    return Selection(array, mask)
