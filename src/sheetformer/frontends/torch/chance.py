"""Random numbers: where they are drawn, and what they may not become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import torch

from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.aten import given, plain_name, tensors, writes
from sheetformer.frontends.torch.data_movement import EMPTY, VALUE_ESCAPES
from sheetformer.frontends.torch.ledger import DRAWN, FROZEN, UNKNOWN
from sheetformer.frontends.torch.operands import Operands
from sheetformer.frontends.torch.scope import Scope

_FILLS = frozenset({*EMPTY, "fill", "copy"})
"""Operations in place that read nothing of what they overwrite."""


def draws(func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Whether an operation draws random numbers with these arguments.

    Dropout that is left out, and attention without it, draw none: so it is tried, and the
    generator tells.
    """
    if torch.Tag.nondeterministic_seeded not in func.tags:
        return False
    generator = kwargs.get("generator") or torch.default_generator
    before = generator.get_state()
    tried = [x.clone() if isinstance(x, torch.Tensor) else x for x in args]
    func(*(tried if writes(func) else args), **kwargs)
    moved = not torch.equal(before, generator.get_state())
    generator.set_state(before)
    return moved


class Chance:
    """Keeps random numbers apart, since a book would hold those of one run.

    They may be drawn: some models do so and do not use them. Where they meet the model's numbers,
    decide something or are its result, the run is refused.
    """

    def __init__(self, operands: Operands, freeze: bool) -> None:
        self.operands, self.ledger, self.freeze = operands, operands.ledger, freeze

    def draw(
        self,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        name: str,
        scope: Scope,
        inside: bool,
    ) -> Any:
        """Run an operation that draws; outside the slice its numbers are recorded ones."""
        origin = f"{name} in {scope.where}"
        read = given(args[1:] if writes(func) else args, kwargs)
        kept = self._kept(inside)
        if kept == DRAWN and any(map(self.operands.is_live, read)):
            refuse_chance(origin)
        return self._run(func, args, kwargs, kept, origin if kept == DRAWN else scope.path)

    def follow(
        self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], scope: Scope, inside: bool
    ) -> Any:
        """Run an operation on random numbers; they stay such.

        Raises:
            UnsupportedError: it mixes them with the model's numbers, or Python looks at them.
        """
        name = plain_name(func)
        if name in _FILLS and not any(map(self.ledger.drawn, given(args[1:], kwargs))):
            if writes(func):
                self.ledger.write(args[0], 0)
            return func(*args, **kwargs)
        operands = given(args, kwargs)
        origin = next(self.ledger.origin(x) for x in operands if self.ledger.drawn(x))
        kept = self._kept(inside)
        mixed = any(self.operands.is_live(x) and not self.ledger.drawn(x) for x in operands)
        if kept == DRAWN and (mixed or name in VALUE_ESCAPES):
            refuse_chance(origin)
        return self._run(func, args, kwargs, kept, origin if kept == DRAWN else scope.path)

    def _kept(self, inside: bool) -> int:
        if not inside:
            return FROZEN
        return UNKNOWN if self.freeze else DRAWN

    def _run(self, func: Any, args: Any, kwargs: Any, tag: int, origin: str) -> Any:
        out = func(*args, **kwargs)
        for tensor in tensors(out):
            self.ledger.write(tensor, tag, origin)
            for x in given(args, kwargs) if tag != DRAWN else ():
                self.ledger.reads(tensor).update(self.operands.sources_of(x), self.ledger.reads(x))
        return out

    def refuse_drawn(self, tensor: torch.Tensor) -> None:
        """Refuse to go on with a tensor (…) if chance has made any of it.

        Raises:
            UnsupportedError: it has.
        """
        if self.ledger.drawn(tensor):
            refuse_chance(self.ledger.origin(tensor))


def refuse_chance(origin: str) -> NoReturn:
    """Stop with what drew the random numbers.

    Raises:
        UnsupportedError: always.
    """
    raise UnsupportedError(
        f"PyTorch's {origin} draws random numbers, and a book would hold those of one run; give "
        "them to the model as an argument, switch chance off, slice the model so that it lies "
        "outside (layers=…, modules=…), or keep them as recorded with freeze_unknown=True"
    )
