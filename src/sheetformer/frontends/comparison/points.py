"""What is compared: the results of operations, each with its name, its place and its operands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Replay = Callable[[Mapping[int, Floats]], Floats]
"""An operation again, in float64, with other numbers for some of its operands (by place)."""

Setting = tuple[str, Any]
"""What an operation is told besides its operands: a name and its value."""


@dataclass(frozen=True)
class Type:
    """A type of numbers, as far as rounding goes.

    Attributes:
        name: as PyTorch and NumPy call it.
        digits: binary digits of a number; 0 for whole numbers.
        least: the exponent of the smallest normal number.
    """

    name: str
    digits: int
    least: int

    @property
    def eps(self) -> float:
        """The step from 1 to the next number."""
        return 2.0 ** (1 - self.digits) if self.digits else 0.0

    def ulp(self, size: float) -> float:
        """The step between numbers of that size.

        >>> TYPES["float32"].ulp(1.5) == 2.0**-23, TYPES["bfloat16"].ulp(300.0)
        (True, 2.0)
        """
        exponent = max(int(np.frexp(abs(size))[1]) - 1, self.least) if size else self.least
        return float(2.0 ** (exponent + 1 - self.digits)) if self.digits else 1.0


TYPES = {
    "float64": Type("float64", 53, -1022),
    "float32": Type("float32", 24, -126),
    "float16": Type("float16", 11, -14),
    "bfloat16": Type("bfloat16", 8, -126),
}


def type_of(name: str) -> Type:
    """A type of numbers by its name; whole numbers and truth values round nothing."""
    return TYPES.get(name, Type(name, 0, 0))


_KINDS = {
    "scaled_dot_product_attention": "matmul", "bmm": "matmul", "baddbmm": "matmul", "mm": "matmul",
    "addmm": "linear", "div": "mul", "_softmax": "softmax", "sub": "add",
}  # fmt: skip
"""Operations that different programs use for the same step."""


@dataclass(eq=False)
class Operand:
    """What an operation reads.

    Attributes:
        read: its numbers, in the shape in which it is read.
        point: the result that it is, or a view of; None for what was not computed.
        source: what it is otherwise: "weight", "input" or "constant".
        name: the name of the weight or of the argument.
    """

    read: Callable[[], Floats]
    point: Point | None = None
    source: str = ""
    name: str = ""

    @cached_property
    def value(self) -> Floats:
        """Its numbers (…)."""
        return self.read()


@dataclass(eq=False)
class Point:
    """One result of a run.

    Attributes:
        path: the module, such as `transformer.h.0.attn`.
        short: what it is there, such as `weights`; empty for the module's own result.
        operation: as PyTorch calls it.
        kind: the class of the module.
        call: how often the module was called before.
        layer: the number of the layer that it belongs to.
        read: its numbers.
        type: what kind of numbers.
        operands: what it was computed from.
        settings: what else the operation was told.
        replay: the operation again; None where it cannot be.
        modules: the modules whose result it is.
        is_step: whether it is worked out here to be compared, where an operation does several.
        name: its block's name, unlike all others.
        own: the coarsest type of the run's weights and inputs.
        source: "weight" or "input" where it is none that was computed.
    """

    path: str
    short: str
    operation: str
    kind: str
    call: int
    layer: int | None
    read: Callable[[], Floats]
    type: Type
    operands: Sequence[Operand] = ()
    settings: Sequence[Setting] = ()
    replay: Replay | None = None
    modules: list[str] = field(default_factory=list[str])
    is_step: bool = False
    name: str = ""
    own: Type | None = None
    source: str = ""

    @cached_property
    def value(self) -> Floats:
        """Its numbers (…) as float64, which holds every one of them exactly."""
        return self.read()

    @property
    def place(self) -> tuple[str, int]:
        """The call of a module that it belongs to; the same result of another run has it too."""
        return (self.path, self.call)

    @property
    def role(self) -> tuple[Any, ...]:
        """What the same result has in another implementation, whose modules have other names."""
        return (_KINDS.get(self.operation, self.operation), self.value.shape[-1:])

    @property
    def rounding(self) -> Type:
        """How its numbers may be rounded: as the run's, or finer; a cast to less is no excuse."""
        return min(self.type, self.own or self.type, key=lambda kind: kind.eps)


@dataclass(eq=False)
class Trace:
    """The results of one run in their order.

    Attributes:
        title: what ran.
        points: all of them.
        results: those that the model gives, each with its name.
        beside: names of what is not computed, such as weights: no dump has them too much.
    """

    title: str
    points: list[Point] = field(default_factory=list[Point])
    results: list[Operand] = field(default_factory=list[Operand])
    beside: set[str] = field(default_factory=set[str])
