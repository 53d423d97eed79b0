"""What an array does under Python's operators, and what it cannot do at all, in a sentence each.

All that computes goes through NumPy: `x + y` is `np.add(x, y)`, and `np.add` of a traced array is
written by `sheetformer.graph.numpy_names`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from sheetformer.errors import UnsupportedError
from sheetformer.graph.describe import describe
from sheetformer.suggest import suggestion

if TYPE_CHECKING:
    from sheetformer.graph.array import Array


_Class = TypeVar("_Class")


class NoAttributeError(UnsupportedError, AttributeError):
    """NumPy's arrays have this, ours do not; whoever only asks whether it is there gets no."""


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


_NUMBER = _refusal("cannot become a Python number", "use np.sqrt, not math.sqrt")
_PLAIN = _refusal(
    "cannot become a plain NumPy array",
    "use it as it is; a table in which it looks rows up must be an argument too",
)
_WHOLE = _refusal(
    "cannot become a whole Python number",
    "a size or a place that the function needs must be a plain number of its own",
)


_METHODS = frozenset(
    (
        "argmin",
        "argsort",
        "cumprod",
        "cumsum",
        "diagonal",
        "prod",
        "repeat",
        "round",
        "take",
        "trace",
    )
)
"""Methods of NumPy's arrays that are NumPy's function of that name."""


class Arithmetic:
    """Python's operators on an array (…), each NumPy's function of that name."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # equality gives an array

    __add__, __radd__, _ = _operator(np.add)
    __sub__, __rsub__, _ = _operator(np.subtract)
    __mul__, __rmul__, _ = _operator(np.multiply)
    __truediv__, __rtruediv__, _ = _operator(np.divide)
    __floordiv__, __rfloordiv__, _ = _operator(np.floor_divide)
    __mod__, __rmod__, _ = _operator(np.remainder)
    __divmod__, __rdivmod__, _ = _operator(np.divmod)
    __pow__, __rpow__, _ = _operator(np.power)
    __matmul__, __rmatmul__, _ = _operator(np.matmul)
    __and__, __rand__, _ = _operator(np.bitwise_and)
    __or__, __ror__, _ = _operator(np.bitwise_or)
    __xor__, __rxor__, _ = _operator(np.bitwise_xor)
    __lshift__, __rlshift__, _ = _operator(np.left_shift)
    __rshift__, __rrshift__, _ = _operator(np.right_shift)
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

    # What it cannot be: anything that must know its numbers now.
    __bool__ = _refusal("cannot be asked by an if or while", "use np.where(condition, a, b)")
    __float__ = __complex__ = _NUMBER
    __int__ = __index__ = __trunc__ = __floor__ = __ceil__ = _WHOLE
    item = _NUMBER
    __array__ = tolist = tobytes = _PLAIN
    __setitem__ = __delitem__ = fill = _refusal(
        "cannot be overwritten", "make a new array with np.where or np.concatenate"
    )

    def __round__(self, digits: int = 0) -> Any:
        return np.round(cast(Any, self), digits)

    def __getattr__(self, name: str) -> Any:
        if name in _METHODS:
            return partial(getattr(np, name), self)
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        known = [each for each in dir(type(self)) if hasattr(np.ndarray, each)]
        plain = suggestion(name, [each for each in known if each[0] != "_"], "use what it has", 3)
        raise NoAttributeError(
            f"{describe(cast('Array', self))}: .{name} of NumPy's arrays has no spreadsheet form "
            f"here; {plain}"
        )


_OPERATORS = [
    name
    for name in vars(Arithmetic)
    if name.startswith("__") and callable(getattr(Arithmetic, name)) and name != "__getattr__"
]
"""The names of all of Python's operators and conversions that an array answers to."""


def refusing(refused: Callable[..., Any]) -> Callable[[type[_Class]], type[_Class]]:
    """A class that answers all that an array does and it does not with one refusal."""

    def other(self: Any, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return refused(self)

    def filled(cls: type[_Class]) -> type[_Class]:
        for name in (*_OPERATORS, "__len__", "__iter__", "__getitem__"):
            if name not in vars(cls):
                setattr(cls, name, refused)
        cls.__getattr__ = other  # type: ignore[attr-defined]  # what is not there
        return cls

    return filled
