"""Front ends: what your own functions and the models of others compute, as a graph."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sheetformer.errors import SheetformerError

if TYPE_CHECKING:
    from sheetformer.frontends.torch.compare import compare
    from sheetformer.frontends.torch.pytorch import record

__all__ = ["compare", "record"]


_HOMES = {"compare": "compare", "record": "pytorch"}


def __getattr__(name: str) -> Any:
    """Import PyTorch when a front end is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sheetformer.frontends' has no attribute {name!r}")
    try:
        module = import_module(f"sheetformer.frontends.torch.{_HOMES[name]}")
    except ImportError as error:
        if error.name != "torch":
            raise
        raise SheetformerError(
            "recording a model needs PyTorch; run: pip install 'sheetformer[torch]'"
        ) from None
    return getattr(module, name)
