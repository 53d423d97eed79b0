"""The recorder: a run of PyTorch in float64, every operation seen.

In inference mode PyTorch shows the operations as the model calls them (`linear`, `layer_norm`,
attention in one piece), not yet taken apart for the back end.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from sheetformer.frontends.torch.aten import given, plain_name
from sheetformer.frontends.torch.chance import draws
from sheetformer.frontends.torch.data_movement import EMPTY, IDENTITY_OPS, MOVES, VALUE_ESCAPES
from sheetformer.frontends.torch.lowering import CASTS, Lowering
from sheetformer.frontends.torch.rules import RULES

_NARROW = (torch.float32, torch.float16, torch.bfloat16)
_HANDED_OUT = {
    *(torch.Tensor.tolist, torch.Tensor.numpy, torch.Tensor.__array__, torch.Tensor.__deepcopy__)
}
"""What gives numbers to Python without an operation."""


class InDouble(TorchDispatchMode):
    """Models that compute part of a run in float32 (T5, Llama) compute it in float64 as well."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        args = tuple(map(_double, args))
        kwargs = {key: _double(x) for key, x in (kwargs or {}).items()}
        out = self.perform(func, args, kwargs)
        if func._schema.name == "aten::lift_fresh" and out.dtype in _NARROW:
            return out.double()
        return out

    def perform(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the operation."""
        return func(*args, **kwargs)


class Recorder(InDouble):
    """Hands every operation that touches live numbers to the lowering."""

    def __init__(self, lowering: Lowering) -> None:
        super().__init__()
        self.lowering = lowering

    def perform(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the operation and write it down; what PyTorch composes is taken apart first."""
        if draws(func, args, kwargs):
            return self.lowering.draw(func, args, kwargs)
        if not any(map(self.lowering.operands.is_live, given(args, kwargs))):
            return func(*args, **kwargs)
        if (found := taken_apart(self, func, args, kwargs)) is not NotImplemented:
            return found
        out = self.lowering.run(func, args, kwargs)
        if self.lowering.on_blend is None or not isinstance(out, torch.Tensor):
            return out
        with self:
            changed = self.lowering.on_blend(self.lowering.modules.now, out)
        return out if changed is None else changed


_MOVING = frozenset({*MOVES, *IDENTITY_OPS, *EMPTY, *VALUE_ESCAPES, *CASTS})


def taken_apart(mode: InDouble, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What an operation without a rule gives, done with others; NotImplemented for a basic one."""
    name = plain_name(func)
    known = name in RULES or name in _MOVING
    if known or (decomposed := _decomposition(func)) is None:
        return NotImplemented
    with mode:
        return decomposed(*args, **kwargs)


@cache
def _decomposition(func: Any) -> Callable[..., Any] | None:
    """The operation written with others, as PyTorch has it; None for a basic one."""
    if func._can_decompose():
        return func.decompose
    from torch._decomp import core_aten_decompositions

    return core_aten_decompositions().get(func)


class _Calls(TorchFunctionMode):
    """Sees what the model calls, and numbers that are handed to Python as a list or as NumPy."""

    def __init__(self, lowering: Lowering) -> None:
        super().__init__()
        self.lowering = lowering

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _HANDED_OUT:
            self.lowering.guard_all(args)
        self.lowering.calls.append(getattr(func, "__name__", ""))
        try:
            return func(*args, **(kwargs or {}))
        finally:
            self.lowering.calls.pop()


@contextmanager
def in_double(mode: InDouble) -> Generator[None]:
    """Run PyTorch as the recorder does: float64, no fast paths, no gradients."""
    precision, fast = torch.get_default_dtype(), torch.backends.mha.get_fastpath_enabled()
    torch.set_default_dtype(torch.float64)
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.inference_mode(), mode:
            yield
    finally:
        torch.set_default_dtype(precision)
        torch.backends.mha.set_fastpath_enabled(fast)


@contextmanager
def recording(lowering: Lowering) -> Generator[None]:
    """Everything that PyTorch does is written into the lowering's graph."""
    with in_double(Recorder(lowering)), _Calls(lowering):
        yield


def _double(setting: Any) -> Any:
    """A setting of an operation; float64 where it asks for fewer digits."""
    narrow = isinstance(setting, torch.dtype) and setting in _NARROW
    return torch.float64 if narrow else setting
