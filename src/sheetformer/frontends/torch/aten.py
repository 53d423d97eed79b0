"""What PyTorch says of its operations and their results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch

from sheetformer.graph.ops import Value
from sheetformer.graph.storable import LARGEST

AS_GOOD_AS_INFINITE = LARGEST * 1e-6
"""From here on the exponential is 0, or beyond every bound, whatever is added."""


def plain_name(func: Any) -> str:
    """`aten::add_.Tensor` is `add`; names that begin and end with two underscores stay."""
    name = func._schema.name.rpartition("::")[2]
    return name if name.endswith("__") else name.removesuffix("_")


def writes(func: Any) -> bool:
    """Whether it changes what it is given."""
    return func._schema.is_mutable


def functional(func: Any) -> Any:
    """The operation that gives what this one writes in place, or None."""
    name = func._schema.name.rpartition("::")[2].removesuffix("_")
    packet = getattr(torch.ops.aten, name, None)
    return getattr(packet, func._overloadname, None) if packet is not None else None


def tensors(out: Any) -> list[Any]:
    """The tensors among the results of an operation."""
    return [
        x for x in (out if isinstance(out, list | tuple) else (out,)) if isinstance(x, torch.Tensor)
    ]


def given(args: Iterable[Any], kwargs: Mapping[str, Any]) -> list[torch.Tensor]:
    """The tensors that an operation gets, each (…): arguments themselves, or items of a list."""
    found: list[torch.Tensor] = []
    for x in (*args, *kwargs.values()):
        if isinstance(x, torch.Tensor):
            found.append(x)
        elif isinstance(x, list | tuple):
            found += tensors(x)
    return found


def as_numpy(tensor: torch.Tensor) -> Value:
    """The numbers of a tensor as float64: (…) → (…)."""
    return tensor.detach().to(torch.float64).numpy()


def finite_number(value: float) -> float:
    """A setting as a formula can hold it."""
    return max(-LARGEST, min(LARGEST, value))


def finite(value: Value) -> Value:
    """Numbers (…) as a cell can hold them: beyond ±1E+30 is infinity, which is written 1E+30."""
    return np.clip(value, -LARGEST, LARGEST)


def as_held(expected: Value, found: Value) -> Value:
    """PyTorch's numbers (…) as cells hold them; what is as good as infinite is as the graph has it.

    A mask of the smallest number there is becomes −1E+30 in a cell, and half of it −5E+29.
    """
    endless = (np.abs(expected) > LARGEST) & (np.abs(found) >= AS_GOOD_AS_INFINITE)
    return np.where(endless & (np.sign(expected) == np.sign(found)), found, finite(expected))
