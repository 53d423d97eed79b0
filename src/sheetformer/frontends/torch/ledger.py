"""Which graph element stands where in PyTorch's memory.

A tensor is a window on a storage: sizes, strides and an offset. So one integer a storage place is
enough for every view that there will ever be of it: a transposed, sliced or expanded tensor finds
its elements through its own strides, and what is written in place is seen by all others.

The integer, a *tag*, is 0 for a constant, element id + 1 for an element of the graph, `FROZEN` or
`UNKNOWN` for a number that depends on the model but was not written as a formula, and `DRAWN` for
one that came by chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from sheetformer.errors import UnsupportedError
from sheetformer.graph.span import Span

FROZEN = -1
"""Computed outside the slice."""
UNKNOWN = -2
"""Computed by an operation without a rule, from here on."""
DRAWN = -3
"""A random number, or made of some."""


@dataclass
class _Cells:
    """The tags of one storage, which is kept alive so that its address stays its own.

    Those of a weight are counted on from a first one, and are made when somebody asks.
    """

    storage: Any
    item_size: int
    given: torch.Tensor | int
    origin: str = ""
    reads: set[int | str] = field(default_factory=set[int | str])
    """What numbers here that are no formula were made of: nodes by their base, weights by name."""

    def window(self, tensor: torch.Tensor) -> torch.Tensor:
        """The tags of a tensor (…) on this storage, to be read only where they are counted on."""
        if isinstance(self.given, int):
            return torch.from_numpy(_counted(tensor, self.given).ids)
        return self.given.as_strided(tensor.size(), tensor.stride(), tensor.storage_offset())

    def written_out(self) -> None:
        """Give each place a tag of its own, which can be overwritten."""
        if isinstance(self.given, int):
            places = self.storage.nbytes() // self.item_size
            self.given = torch.arange(self.given, self.given + places)


def _counted(tensor: torch.Tensor, first: int) -> Span:
    """What stands at the places of a tensor (…) where a storage is counted on from `first`."""
    return Span(first + int(tensor.storage_offset()), tuple(tensor.shape), tensor.stride())


@dataclass
class Ledger:
    """The tags of every storage that is not all constants."""

    cells: dict[int, _Cells] = field(default_factory=dict[int, _Cells])

    def tags(self, tensor: torch.Tensor) -> torch.Tensor:
        """The tags of a tensor: (…) → (…); a window where it is known, so it can be written.

        A complex number is two real ones: (…) → (…, 2).
        """
        tensor = torch.view_as_real(tensor) if tensor.is_complex() else tensor
        cells = self.cells.get(storage_key(tensor))
        if cells is None:
            return torch.zeros(tensor.shape, dtype=torch.int64)
        if tensor.element_size() != cells.item_size:
            raise UnsupportedError(
                "the model reads the bytes of a number as another type (Tensor.view(dtype)), "
                "which no formula can"
            )
        return cells.window(tensor)

    def begin(self, tensor: torch.Tensor, first: int) -> None:
        """Say that the elements of a tensor (…), all of its storage, are counted on from an id."""
        storage, size = tensor.untyped_storage(), tensor.element_size()
        self.cells[storage_key(tensor)] = _Cells(storage, size, first + 1)

    def span(self, tensor: torch.Tensor) -> Span | None:
        """The elements of a tensor (…) on memory that is counted on; None where it is not."""
        cells = self.cells.get(storage_key(tensor))
        if cells is None or not isinstance(cells.given, int) or tensor.is_complex():
            return None
        if tensor.element_size() != cells.item_size:
            return None
        return _counted(tensor, cells.given - 1)

    def write(self, tensor: torch.Tensor, tags: torch.Tensor | int, origin: str = "") -> None:
        """Say what the elements of a tensor (…) are from now on: tags (…), or one for all."""
        tensor = torch.view_as_real(tensor) if tensor.is_complex() else tensor
        key = storage_key(tensor)
        if key not in self.cells:
            storage = tensor.untyped_storage()
            size = tensor.element_size()
            places = torch.zeros(storage.nbytes() // max(size, 1), dtype=torch.int64)
            self.cells[key] = _Cells(storage, size, places)
        cells = self.cells[key]
        cells.origin = origin or cells.origin
        cells.written_out()
        window = self.tags(tensor)
        if isinstance(tags, int):
            window.fill_(tags)
            return
        # A repeated place (stride 0) is written once.
        for axis, (step, length) in enumerate(zip(tensor.stride(), tensor.shape, strict=True)):
            if step == 0 and length > 1:
                window, tags = window.narrow(axis, 0, 1), tags.narrow(axis, 0, 1)
        window.copy_(tags)

    def origin(self, tensor: torch.Tensor) -> str:
        """The path of the module that last wrote there; of random numbers what drew them."""
        cells = self.cells.get(storage_key(tensor))
        return cells.origin if cells else ""

    def reads(self, tensor: torch.Tensor) -> set[int | str]:
        """What recorded numbers there were made of."""
        cells = self.cells.get(storage_key(tensor))
        return cells.reads if cells else set()

    def knows(self, tensor: torch.Tensor) -> bool:
        """Whether any of its elements is no constant."""
        if self.span(tensor) is not None:
            return bool(tensor.numel())
        return storage_key(tensor) in self.cells and bool(self.tags(tensor).any())

    def drawn(self, tensor: torch.Tensor) -> bool:
        """Whether chance has made any of its elements."""
        if self.span(tensor) is not None:
            return False
        return storage_key(tensor) in self.cells and bool((self.tags(tensor) == DRAWN).any())

    def share(self, one: torch.Tensor, other: torch.Tensor) -> bool:
        """Whether two tensors are windows on the same storage."""
        return storage_key(one) == storage_key(other)


def storage_key(tensor: torch.Tensor) -> int:
    """The same number for all windows on one piece of memory, as long as it lives."""
    return int(tensor.untyped_storage()._cdata)  # pyright: ignore[reportPrivateUsage]
