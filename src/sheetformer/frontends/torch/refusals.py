"""What is said of an operation that cannot be written as formulas."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils import _pytree as tree

from sheetformer.frontends.torch.scope import Scope

NAN = "PyTorch's own result is no number (NaN)"
COMPLEX = "complex numbers have no cells"


def refusal(called: str, scope: Scope, args: Any, reason: str) -> str:
    """The sentence: what was met, where, why, and what can be done."""
    shapes = [tuple(x.shape) for x in tree.tree_leaves(args) if isinstance(x, torch.Tensor)]
    listed = ", ".join(map(str, shapes)) or "no tensors"
    return (
        f"PyTorch's {called} in {scope.where} on shapes {listed} cannot be written as formulas: "
        f"{reason}; {_advice(reason)}"
    )


def _advice(reason: str) -> str:
    """What can be done; to freeze NaN or a rule that must change helps nobody."""
    if reason.endswith(NAN):
        return "no cell holds NaN, recorded or not: change what the model is given, or the model"
    if reason.endswith(COMPLEX):
        return "write it with real numbers, or slice the model so that it lies outside"
    return (
        "slice the model so that it lies outside (layers=…, modules=…), add a rule "
        "(docs/how-to-add-an-op-rule.md), or keep its recorded numbers with freeze_unknown=True"
    )
