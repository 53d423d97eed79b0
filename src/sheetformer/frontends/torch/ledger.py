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

FROZEN = -1
"""Computed outside the slice."""
UNKNOWN = -2
"""Computed by an operation without a rule, from here on."""
DRAWN = -3
"""A random number, or made of some."""


@dataclass
class _Cells:
    """The tags of one storage, which is kept alive so that its address stays its own."""

    storage: Any
    item_size: int
    tags: torch.Tensor
    origin: str = ""
    reads: set[int | str] = field(default_factory=set[int | str])
    """What numbers here that are no formula were made of: nodes by their base, weights by name."""


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
        return cells.tags.as_strided(tensor.size(), tensor.stride(), tensor.storage_offset())

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
        return storage_key(tensor) in self.cells and bool(self.tags(tensor).any())

    def drawn(self, tensor: torch.Tensor) -> bool:
        """Whether chance has made any of its elements."""
        return storage_key(tensor) in self.cells and bool((self.tags(tensor) == DRAWN).any())

    def share(self, one: torch.Tensor, other: torch.Tensor) -> bool:
        """Whether two tensors are windows on the same storage."""
        return storage_key(one) == storage_key(other)


def storage_key(tensor: torch.Tensor) -> int:
    """The same number for all windows on one piece of memory, as long as it lives."""
    return int(tensor.untyped_storage()._cdata)  # pyright: ignore[reportPrivateUsage]
