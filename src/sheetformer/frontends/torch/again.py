"""An operation again: in float64, with other numbers for some of what it read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.utils import _pytree as tree

from sheetformer.frontends.comparison.points import Floats, Operand, Replay
from sheetformer.frontends.torch.aten import as_numpy, finite, tensors


@dataclass(eq=False)
class Kept:
    """A tensor as it was; of its memory a copy is made before somebody writes there."""

    tensor: torch.Tensor

    def numpy(self) -> Floats:
        """Its numbers (…), infinity as 1E+30."""
        return finite(as_numpy(self.tensor))


Again = Callable[[Mapping[int, Floats]], list[torch.Tensor]]
"""Gives the results of an operation for other numbers of some of its operands (by place)."""


def result_of(again: Again, place: int) -> Replay:
    """One of the results of an operation that is done again."""
    return lambda numbers: finite(as_numpy(again(numbers)[place]))


def replayer(func: Any, given: Any, operands: Sequence[Kept]) -> Again:
    """The operation in float64, with other numbers for some of its operands."""
    flat, spec = tree.tree_flatten(given)
    places = [i for i, item in enumerate(flat) if isinstance(item, torch.Tensor)]
    flat = [None if isinstance(item, torch.Tensor) else _wide_setting(item) for item in flat]

    def replay(numbers: Mapping[int, Floats]) -> list[torch.Tensor]:
        items = list(flat)
        for number, (place, kept) in enumerate(zip(places, operands, strict=True)):
            items[place] = _wide(kept.tensor, numbers.get(number))
        args, kwargs = tree.tree_unflatten(items, spec)
        with torch.inference_mode():
            return tensors(func(*args, **kwargs))

    return replay


def _wide(tensor: torch.Tensor, other: Floats | None) -> torch.Tensor:
    kind = torch.float64 if tensor.is_floating_point() else tensor.dtype
    own = tensor if other is None else torch.from_numpy(np.ascontiguousarray(other))
    return own.to(kind, copy=True)


def _wide_setting(x: Any) -> Any:
    """A setting of an operation; float64 where it asks for fewer digits."""
    return torch.float64 if isinstance(x, torch.dtype) and x.is_floating_point else x


def part_of(read: Callable[[], Floats], place: int, count: int) -> Callable[[], Floats]:
    """The numbers at one of several places side by side."""
    return read if count < 2 else lambda: _side(read(), place, count)


def replayed_part(again: Replay, place: int, count: int) -> Replay:
    """The same of an operation that is done again."""
    return again if count < 2 else lambda numbers: _side(again(numbers), place, count)


def _side(whole: Floats, place: int, count: int) -> Floats:
    """What stands at one of several places side by side: (…, count · n) → (…, n)."""
    step = whole.shape[-1] // count
    return whole[..., place * step : (place + 1) * step]


def blend(numbers: Mapping[int, Floats]) -> Floats:
    """The product of attention weights and values: (…, n, m), (…, m, d) → (…, n, d)."""
    return numbers[0] @ numbers[1]


def filled(again: Replay, operands: Sequence[Operand]) -> Replay:
    """The same with its own operands where none are given."""
    return lambda numbers: again({i: x.value for i, x in enumerate(operands)} | dict(numbers))
