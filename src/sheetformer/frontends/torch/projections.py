"""What a linear layer makes: queries, keys and values, where its weight holds several of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheetformer.frontends.torch.scope import roles
from sheetformer.graph.array import Array


def projection(
    name: str, operands: Sequence[Any], settings: dict[str, Any]
) -> tuple[Any, Any, Any]:
    """(x, weight (d_out, d_in), bias) of linear and addmm."""
    if name == "addmm":
        weight = operands[2]
        return operands[1], weight.T if isinstance(weight, Array) else weight, operands[0]
    bias = operands[2] if len(operands) > 2 else settings.get("bias")
    return operands[0], operands[1], bias


def packed_roles(weight: Array, x: Array) -> list[str]:
    """The names of what a packed weight, or some of its rows, makes."""
    node = weight.node
    turned = weight.shape[1] > 1 and weight[0, 1].first != weight.first + 1
    whole = node.shape[-1] if turned else node.shape[0]
    first = (weight.first - node.base) // (1 if turned else node.shape[-1])
    return roles(node.name, (first, weight.shape[0], whole), x.shape[-1])
