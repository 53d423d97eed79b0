"""What one operation does in several steps: attention in one piece, packed projections.

The steps are worked out here, in float64, from what the operation was given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import torch

from sheetformer.frontends.comparison.points import Floats, Operand, Replay, Setting
from sheetformer.frontends.torch.ledger import storage_key
from sheetformer.frontends.torch.scope import roles
from sheetformer.graph.storable import LARGEST

_ARGUMENTS = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal")


@dataclass(frozen=True)
class Step:
    """A step of attention: its name, what it reads (names of steps, or operands), and how."""

    name: str
    operation: str
    reads: Sequence[Any]
    read: Any
    again: Replay
    settings: Sequence[Setting] = ()


@dataclass(frozen=True)
class Steps:
    """The steps up to the weights, and the values that they blend."""

    steps: Sequence[Step]
    value: Operand


def attention_steps(given: Any, operands: Sequence[Operand]) -> Steps:
    """Scores, scores scaled, scores masked, shares: of `scaled_dot_product_attention`."""
    args, kwargs = given
    found = dict(zip(_ARGUMENTS, args, strict=False)) | kwargs
    query, key, value, *rest = operands
    shape = tuple(found["query"].shape), tuple(found["key"].shape)
    scale = found.get("scale") or 1 / math.sqrt(shape[0][-1])
    times = shape[0][-3] // shape[1][-3] if found.get("enable_gqa") else 1
    mask = rest[0] if found.get("attn_mask") is not None else None
    hidden = _causal(shape[0][-2], shape[1][-2]) if found.get("is_causal") else None
    truth = mask is not None and found["attn_mask"].dtype == torch.bool

    def turned() -> Floats:
        return np.repeat(key.value, times, axis=-3).swapaxes(-1, -2)

    def masked(numbers: Mapping[int, Floats]) -> Floats:
        if mask is not None:
            numbers = {0: numbers[0], 1: numbers[1]}
            if truth:
                return np.where(numbers[1] != 0, numbers[0], -LARGEST)
            return np.clip(numbers[0] + numbers[1], -LARGEST, LARGEST)
        return numbers[0] if hidden is None else np.where(hidden, numbers[0], -LARGEST)

    made: list[Step] = []
    values: dict[str, Any] = {}

    def add(
        name: str, operation: str, reads: Sequence[Any], again: Replay, *settings: Setting
    ) -> None:
        @cache
        def read() -> Floats:
            taken = [values[x]() if isinstance(x, str) else x.value for x in reads]
            return again(dict(enumerate(taken)))

        values[name] = read
        made.append(Step(name, operation, reads, read, again, settings))

    keys = Operand(turned, key.point, key.source, key.name)
    add("scores", "matmul", [query, keys], lambda numbers: numbers[0] @ numbers[1])
    add("scaled", "mul", ["scores"], lambda numbers: numbers[0] * scale, ("scale", scale))
    last = "scaled"
    if mask is not None or hidden is not None:
        reads = ["scaled", *([] if mask is None else [mask])]
        add("masked", "add", reads, masked, ("is_causal", mask is None))
        last = "masked"
    add("weights", "softmax", [last], lambda numbers: _softmax(numbers[0]))
    if times > 1:
        repeated = Operand(lambda: np.repeat(value.value, times, axis=-3), value.point)
        return Steps(made, repeated)
    return Steps(made, value)


def _causal(rows: int, columns: int) -> Any:
    return np.tril(np.ones((rows, columns), dtype=bool))


def _softmax(x: Floats) -> Floats:
    """A row that may look nowhere is all 0, as in PyTorch."""
    top = x.max(axis=-1, keepdims=True)
    shares = np.exp(x - top)
    found = shares / shares.sum(axis=-1, keepdims=True)
    return np.where(top <= -LARGEST, 0.0, found)


def packed_parts(
    name: str, args: Sequence[Any], sources: Mapping[int, tuple[str, str]], result: torch.Tensor
) -> list[str]:
    """Which of queries, keys and values a projection makes side by side; none if it is another."""
    if name not in ("linear", "addmm"):
        return []
    weight = args[2] if name == "addmm" else args[1]
    source, called = sources.get(storage_key(weight), ("", ""))
    if source != "weight" or weight.ndim != 2:
        return []
    inner, made = weight.shape if name == "addmm" else weight.shape[::-1]
    if made != result.shape[-1]:
        return []
    stored = weight.untyped_storage().nbytes() // weight.element_size()
    first = weight.storage_offset() // inner if name == "linear" else 0
    found = roles(called, (first, made, stored // inner), inner)
    return found if len(found) > 1 else []
