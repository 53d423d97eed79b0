"""Complex numbers as pairs of real ones, as rotary positions use them (`view_as_complex`).

In memory a complex number is two real ones beside each other, so views need nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from sheetformer.graph.array import Array
from sheetformer.graph.functions import stack

Read = Callable[[torch.Tensor], Array]
"""Gives real numbers (…) of the graph or of a constant."""


def _product(x: Array, y: Array) -> tuple[Any, Any]:
    real, imaginary = ((z[..., 0], z[..., 1]) for z in (x, y))
    (a, b), (c, d) = real, imaginary
    return a * c - b * d, a * d + b * c


_RULES: dict[str, Callable[[Array, Array], tuple[Any, Any]]] = {
    "mul": _product,
    "add": lambda x, y: (x[..., 0] + y[..., 0], x[..., 1] + y[..., 1]),
    "sub": lambda x, y: (x[..., 0] - y[..., 0], x[..., 1] - y[..., 1]),
}


def has_complex(tensors: Sequence[torch.Tensor]) -> bool:
    """Whether one of them holds complex numbers."""
    return any(x.is_complex() for x in tensors)


def as_pairs(name: str, args: Sequence[Any], read: Read) -> Array | None:
    """The result (…, 2) of an operation on complex tensors, or None where it has no rule."""
    if name not in _RULES or len(args) != 2:
        return None
    if not all(isinstance(x, torch.Tensor) and x.is_complex() for x in args):
        return None
    found = _RULES[name](*(read(torch.view_as_real(x.resolve_conj())) for x in args))
    return stack(found, -1)
