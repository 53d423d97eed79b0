"""The functions that a workbook is held against by name, each with the slips that people make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from sheetformer.exercises.known_attention import (
    BLEND,
    PRODUCT,
    SCALE,
    SHARES,
    attention,
    attention_weights,
    log_softmax,
    scaled_scores,
    scores,
    softmax,
)
from sheetformer.exercises.known_layers import (
    NORM,
    POSITIONS,
    ROOT_MEAN_SQUARE,
    gelu,
    layer_norm,
    matmul,
    positional_encoding,
    relu,
    rms_norm,
    sigmoid,
    silu,
)

Slips = Mapping[str, Mapping[str, str]]
"""Choice → word → what was done instead."""


@dataclass(frozen=True)
class Known:
    """A function by name.

    Attributes:
        function: of the inputs, and of the choices by keyword.
        slips: what may be chosen instead.
        kinds: what an input holds, where it is not any number.
        shaped: whether it is told the `shape` of the output.
        overflowing: the choices that overflow where `OVERFLOW` says so.
    """

    function: Callable[..., Any]
    slips: Slips
    kinds: Mapping[str, str] = field(default_factory=dict[str, str])
    shaped: bool = False
    overflowing: Mapping[str, str] = field(default_factory=dict[str, str])


def alternatives(slips: Slips) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """One slip at a time, then two at once: the sentences, and the choices.

    >>> [len(said) for said, _ in alternatives({"a": {"x": "…", "y": "…"}, "b": {"z": "…"}})]
    [1, 1, 1, 2, 2]
    """
    single = [
        (choice, word, said) for choice, words in slips.items() for word, said in words.items()
    ]
    for choice, word, said in single:
        yield (said,), {choice: word}
    for (one, word, said), (other, second, also) in combinations(single, 2):
        if one != other:
            yield (said, also), {one: word, other: second}


_SOFTMAX = {word: said for word, said in SHARES.items() if word != "absent"}
_OVERFLOWING = {"shares": "overflow"}
_WEIGHTS: Slips = {"scale": SCALE, "shares": SHARES, "product": PRODUCT}

KNOWN: Mapping[str, Known] = {
    "attention": Known(
        attention, {**_WEIGHTS, "blend": BLEND}, {"mask": "flag"}, overflowing=_OVERFLOWING
    ),
    "attention_weights": Known(
        attention_weights, _WEIGHTS, {"mask": "flag"}, overflowing=_OVERFLOWING
    ),
    "gelu": Known(
        gelu,
        {
            "form": {
                "tanh": "it is the approximation with TANH, not x Φ(x)",
                "sigmoid": "it is the approximation with a sigmoid, not x Φ(x)",
            }
        },
    ),
    "layer_norm": Known(layer_norm, NORM),
    "log_softmax": Known(log_softmax, {"shares": _SOFTMAX}, overflowing=_OVERFLOWING),
    "matmul": Known(
        matmul,
        {
            "product": {
                "second": "the second matrix is transposed",
                "first": "the first matrix is transposed",
            }
        },
    ),
    "positional_encoding": Known(
        positional_encoding, POSITIONS, {"position": "whole"}, shaped=True
    ),
    "relu": Known(relu, {}),
    "rms_norm": Known(rms_norm, {"eps": ROOT_MEAN_SQUARE}),
    "scaled_scores": Known(scaled_scores, {"scale": SCALE, "product": PRODUCT}),
    "scores": Known(scores, {"product": PRODUCT}),
    "sigmoid": Known(sigmoid, {}),
    "silu": Known(silu, {}),
    "softmax": Known(softmax, {"shares": _SOFTMAX}, overflowing=_OVERFLOWING),
}
"""What `sheetformer check` knows by name."""
