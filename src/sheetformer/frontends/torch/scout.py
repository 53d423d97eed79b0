"""What a model has that can be switched: seen by a run of a copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from sheetformer.frontends.torch.aten import plain_name, tensors
from sheetformer.frontends.torch.recorder import InDouble, in_double, taken_apart
from sheetformer.frontends.torch.run import Run, kept_seed, stopping
from sheetformer.frontends.torch.scope import Modules, Scope, short_name
from sheetformer.frontends.torch.slices import Slice

_MLP = ("mlp", "ffn", "feed_forward", "feedforward", "ff", "densereludense", "moe", "experts")
"""What people call the MLP of a layer, in small letters."""


@dataclass(frozen=True)
class Parts:
    """What a run has that can be switched, in its order.

    Attributes:
        heads: the path of an attention → how many heads it has.
        mlps: the path of a layer → the module whose result its MLP adds.
        layers: the path of a layer → the result of each of its calls (…, n, d).
    """

    heads: Mapping[str, int]
    mlps: Mapping[str, str]
    layers: Mapping[str, Sequence[torch.Tensor]]


class _Scout(InDouble):
    """Sees which attention has how many heads, and where the MLP of a layer ends."""

    def __init__(self, modules: Modules, part: Slice) -> None:
        super().__init__()
        self.modules, self.part = modules, part
        self.heads: dict[str, int] = {}
        self.last: dict[str, list[str]] = {}
        self.layers: dict[str, list[torch.Tensor]] = {}
        modules.on_exit = self._left

    def perform(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the operation; what PyTorch composes is taken apart, as the recorder does it."""
        if (found := taken_apart(self, func, args, kwargs)) is not NotImplemented:
            return found
        out = func(*args, **kwargs)
        scope, made = self.modules.now, tensors(out)
        if made and self.part.holds(scope):
            self._note(scope, plain_name(func), made[0])
        return out

    def _note(self, scope: Scope, name: str, result: Any) -> None:
        stack = self.modules.stack
        parent = stack[-2] if len(stack) > 1 else scope
        if name != "mul" and short_name(scope, name, result, parent) == "context":
            self.heads.setdefault(scope.path, heads_of(scope, result))
        attends = any(one.is_attention for one in stack)
        if name in ("linear", "addmm") and scope.leaf and scope.block and not attends:
            self.last[scope.block] = [one.path for one in stack]

    def _left(self, scope: Scope, result: Any) -> None:
        if scope.path and scope.path == scope.block and self.part.holds(scope):
            self.layers.setdefault(scope.path, []).append(first_of(result))

    def found(self) -> Parts:
        """What was seen."""
        return Parts(self.heads, {x: _mlp(x, p) for x, p in self.last.items()}, self.layers)


def _mlp(block: str, stack: Sequence[str]) -> str:
    """The module of an MLP: the outermost in the layer that is called so, else its last linear."""
    inside = [path for path in stack if path.startswith(f"{block}.")]
    named = (x for x in inside if x.rpartition(".")[2].lower() in _MLP)
    return next(named, inside[-1])


def heads_of(scope: Scope, blend: torch.Tensor) -> int:
    """How many heads blended this (…, n, d): the third axis from the end, or a part of it."""
    if blend.ndim < 3:
        return 1
    count = blend.shape[-3]
    return scope.head_count if scope.head_count and count % scope.head_count == 0 else count


def first_of(result: Any) -> Any:
    """The hidden states of what a module gives: itself, or the first of several."""
    return result[0] if isinstance(result, tuple | list) and result else result


def scout(run: Run, part: Slice) -> Parts:
    """Run a copy once, to see what can be switched in it."""
    modules = Modules.watch(run.module)
    seen = _Scout(modules, part)
    with kept_seed(), stopping(modules), in_double(seen):
        run()
    return seen.found()
