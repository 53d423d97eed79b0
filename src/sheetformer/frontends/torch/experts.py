"""Mixtures of experts of Hugging Face, so that the chosen experts follow what is typed.

A model sends each word to a few experts only, and which these are is decided by numbers. In a book
all experts see all words, and those that were not chosen count 0.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

MOST = 32
"""Experts up to which all are written; of more, those that were chosen stand in the book."""


def _experts(model: torch.nn.Module) -> list[Any]:
    """The modules that hold the weights of experts as one tensor each."""
    names = ("has_gate", "is_transposed", "down_proj", "num_experts", "_apply_gate", "config")
    return [m for m in model.modules() if all(hasattr(m, name) for name in names)]


def one_by_one(model: torch.nn.Module) -> None:
    """Let experts run one after the other: products of all at once know no 64-bit numbers."""
    for module in _experts(model):
        module.config._experts_implementation_internal = "eager"


def as_sums(model: torch.nn.Module) -> None:
    """Let all experts run on all words, each counted by its share; call it on a copy."""
    for module in _experts(model):
        if module.num_experts <= MOST:
            module.forward = partial(_all_of, module)


def _all_of(
    module: Any, words: torch.Tensor, chosen: torch.Tensor, shares: torch.Tensor
) -> torch.Tensor:
    """Σ share · expert(word): words (n, d), chosen experts and their shares (n, k) → (n, d)."""
    total = torch.zeros_like(words)
    for number in range(module.num_experts):
        share = torch.where(chosen == number, shares, 0.0).sum(-1, keepdim=True)
        total = total + _expert(module, number, words) * share
    return total


def _expert(module: Any, number: int, words: torch.Tensor) -> torch.Tensor:
    """What one expert makes of all words: (n, d) → (n, d)."""
    first = "gate_up_proj" if module.has_gate else "up_proj"
    inner = _linear(module, first, number, words)
    inner = module._apply_gate(inner) if module.has_gate else module.act_fn(inner)
    out = _linear(module, "down_proj", number, inner)
    return module.post_expert_norm(out) if module.has_post_expert_norm else out


def _linear(module: Any, name: str, number: int, words: torch.Tensor) -> torch.Tensor:
    weight = getattr(module, name)[number]
    bias = getattr(module, f"{name}_bias")[number] if module.has_bias else None
    return torch.nn.functional.linear(words, weight.T if module.is_transposed else weight, bias)
