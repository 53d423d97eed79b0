"""Recorded models whose files are kept as a snapshot."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

import sheetformer as sf

from ..frontends.models import ANSWER, CASES, IDS, PLAIN, WORDS, hugging_face
from ..frontends.test_rules import MOVES, RULES, Doing
from .books import STYLES
from .texts import Named

TOKENS = [f"piece {i}" for i in range(WORDS)]

SLICES: dict[str, tuple[str, dict[str, Any]]] = {
    "layer": ("gpt2", {"layers": 1}),
    "head": ("gpt2", {"layers": 1, "heads": 0}),
    "head-1-tokenizer": ("gpt2", {"layers": 0, "heads": 1, "tokenizer": TOKENS}),
    "heads": ("llama", {"heads": [0, 2]}),
    "token": ("gpt2", {"layers": 0, "tokens": 2}),
    "top-k": ("gpt2", {"top_k": 3, "tokenizer": TOKENS}),
    "tokenizer": ("bert", {"tokenizer": TOKENS}),
    "modules": ("marian", {"modules": "*.encoder_attn", "decoder_input_ids": ANSWER}),
    "several-modules": ("bert", {"modules": ["*.attention.self", "pooler"]}),
    "titled-unchecked": ("bert", {"title": "My <own> BERT", "check": False}),
}


class Unknown(nn.Module):
    """Something without a rule between two things that have one."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.special.i0(self.linear(x)) * 2.0


def recordings() -> Named:
    """Every model in one style by turns (plain ones in both), slices, and each rule and move."""
    for i, name in enumerate(CASES):
        for style in STYLES if name in PLAIN or "eager" in name else (STYLES[i % 2],):
            yield f"{name}-{style}", lambda n=name, f=style: _case(n, f)
    for name, (model, settings) in SLICES.items():
        for style in STYLES:
            yield (
                f"slice-{name}-{style}",
                lambda m=model, s=settings, f=style: sf.record(
                    hugging_face(m), input_ids=IDS, formulas=f, **s
                ),
            )
    for style in STYLES:
        yield f"freeze-unknown-{style}", lambda f=style: _frozen(f)
    for kind, examples in (("rule", RULES), ("move", MOVES)):
        for i, (name, (function, given)) in enumerate(examples.items()):
            yield (
                f"{kind}-{name}",
                lambda f=function, g=given, s=STYLES[i % 2]: sf.record(Doing(f), *g, formulas=s),
            )


def _case(name: str, style: str) -> Any:
    case = CASES[name]
    return sf.record(case.call(case.make()), *case.args, formulas=style, **(case.kwargs or {}))


def _frozen(style: str) -> Any:
    torch.manual_seed(5)
    x = torch.randn(2, 4, generator=torch.Generator().manual_seed(5))
    return sf.record(Unknown(), x, formulas=style, freeze_unknown=True)
