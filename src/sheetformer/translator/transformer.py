"""The forward pass of a trained translator, in the functions that also write formulas.

Give it NumPy arrays and it gives numbers; give it traced arrays and it gives a graph. It is the
same network as `model`, whose sections and equations it follows (Vaswani et al. 2017). Shapes:
n words that ask, m words that answer, h heads, d = d_model; any axes may stand in front.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.graph import nn
from sheetformer.graph.functions import inside, show

EPSILON = 1e-5

Tensors = Mapping[str, Any]
"""Trained numbers by their name, such as `encoder.0.self_attention.w_q`."""

Enter = Callable[[str], object]
"""Told before each box of figure 1, such as `encoder_1_self`, so that a story can keep pace."""


def _silent(box: str) -> None:
    """Nobody listens."""


def positional_encoding(length: int, d_model: int) -> NDArray[np.float64]:
    """Sines and cosines of each position: (length, d). Section 3.5."""
    position = np.arange(length)[:, None]
    angle = position / 10_000 ** (np.arange(0, d_model, 2) / d_model)  # (length, d / 2)
    pairs = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    return pairs.reshape(length, -1)[:, :d_model]


def embed(rows: Any, positions: Any) -> Any:
    """Word vectors times √d_model (section 3.4), plus their positions (section 3.5): (n, d)."""
    return inside(rows * math.sqrt(rows.shape[-1])) + positions


def attend(
    tensors: Tensors,
    part: str,
    asking: Any,
    answering: Any,
    visible: Any,
    heads: int,
    name: str = "attention",
) -> tuple[Any, Any]:
    """Attend in several heads. Section 3.2.2, equation 1.

    Args:
        tensors: the trained numbers.
        part: which attention, such as `decoder.0.cross_attention`.
        asking: (n, d).
        answering: (m, d).
        visible: true (1) where a word may be looked at, broadcasts to (h, n, m); None: everywhere.
        heads: h.
        name: what its blocks are called in a sheet.

    Returns:
        The blends (n, d) and the attention weights (h, n, m).
    """
    query, key, value = (
        show(x @ tensors[f"{part}.w_{letter.lower()}"], f"{name}_{letter}", f"x W_{letter}")
        for x, letter in ((asking, "Q"), (answering, "K"), (answering, "V"))
    )
    query, key, value = (_split(x, heads) for x in (query, key, value))  # (h, n or m, d_k)
    scores = show(query @ key.swapaxes(-1, -2), f"{name}_scores", "Q Kᵀ")  # (h, n, m)
    scores = show(scores / math.sqrt(query.shape[-1]), f"{name}_scaled", "Q Kᵀ / √d_k")
    if visible is not None:
        scores = np.where(visible, scores, nn.HIDDEN)
        show(scores, f"{name}_masked", "−∞ where hidden")
    weights = nn.softmax(scores, name=f"{name}_weights")
    blend = show(weights @ value, f"{name}_blend", "weights V")  # (h, n, d_k)
    return show(_merge(blend) @ tensors[f"{part}.w_o"], f"{name}_out", "blend W_O"), weights


def _split(x: Any, heads: int) -> Any:
    """(n, d) → (h, n, d_k): a view, nothing is computed."""
    return x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads).swapaxes(-2, -3)


def _merge(x: Any) -> Any:
    """(h, n, d_k) → (n, d): the way back."""
    rows = x.swapaxes(-2, -3)
    return rows.reshape(*rows.shape[:-2], rows.shape[-2] * rows.shape[-1])


def feed_forward(tensors: Tensors, part: str, x: Any, name: str = "feed_forward") -> Any:
    """max(0, x W₁ + b₁) W₂ + b₂ for each word alone: (n, d) → (n, d). Section 3.3, equation 2."""
    raw = show(x @ tensors[f"{part}.w_1"], f"{name}_raw", "x W₁")  # (n, d_ff)
    moved = show(raw + tensors[f"{part}.b_1"], f"{name}_moved", "x W₁ + b₁")
    hidden = show(nn.relu(moved), f"{name}_hidden", "max(0, x W₁ + b₁)")
    change = show(hidden @ tensors[f"{part}.w_2"], f"{name}_change", "hidden W₂")
    return show(change + tensors[f"{part}.b_2"], f"{name}_out", "hidden W₂ + b₂")


def layer_norm(tensors: Tensors, part: str, x: Any, name: str = "norm") -> Any:
    """Normalise each row: (n, d) → (n, d)."""
    return nn.layer_norm(x, tensors[f"{part}.gain"], tensors[f"{part}.bias"], EPSILON, name)


def encode(
    tensors: Tensors, x: Any, visible: Any, *, heads: int, layers: int, enter: Enter = _silent
) -> Any:
    """Turn source words into the memory that the decoder reads: (m, d) → (m, d)."""
    for layer in range(layers):
        part, name = f"encoder.{layer}", f"encoder_{layer + 1}"
        normal = layer_norm(tensors, f"{part}.norm_1", x, f"{name}_norm_1")
        enter(f"{name}_self")
        attention = f"{part}.self_attention"
        blend, _ = attend(tensors, attention, normal, normal, visible, heads, f"{name}_self")
        enter(f"{name}_after_self")
        x = show(x + blend, f"{name}_after_self", "x + self-attention")
        x = _think(tensors, part, x, name, enter, norm=2)
    return x


def _think(tensors: Tensors, part: str, x: Any, name: str, enter: Enter, norm: int) -> Any:
    """The end of a layer: the norm of that number, feed-forward, and its sum with x."""
    normal = layer_norm(tensors, f"{part}.norm_{norm}", x, f"{name}_norm_{norm}")
    enter(f"{name}_ff")
    change = feed_forward(tensors, f"{part}.feed_forward", normal, f"{name}_ff")
    enter(f"{name}_after_ff")
    return show(x + change, f"{name}_after_ff", "x + FFN(x)")


def decode(
    tensors: Tensors,
    x: Any,
    memory: Any,
    visible: Any,
    *,
    heads: int,
    layers: int,
    enter: Enter = _silent,
    earlier: Any = None,
) -> tuple[Any, Any]:
    """Read the target so far.

    Args:
        tensors: the trained numbers.
        x: (n, d), the embedded target words.
        memory: (m, d), from `encode`.
        visible: true (1) where there is a source word, broadcasts to (h, n, m).
        heads: h.
        layers: how many layers.
        enter: told before each box.
        earlier: true (1) where a target word may look, (n, n); else each sees itself and those in
            front of it.

    Returns:
        (n, d), and the last layer's cross-attention (h, n, m).
    """
    earlier = np.tri(x.shape[-2]) > 0 if earlier is None else earlier
    weights = None
    for layer in range(layers):
        part, name = f"decoder.{layer}", f"decoder_{layer + 1}"
        own, source = f"{part}.self_attention", f"{part}.cross_attention"
        normal = layer_norm(tensors, f"{part}.norm_1", x, f"{name}_norm_1")
        enter(f"{name}_self")
        blend, _ = attend(tensors, own, normal, normal, earlier, heads, f"{name}_self")
        enter(f"{name}_after_self")
        x = show(x + blend, f"{name}_after_self", "x + self-attention")
        normal = layer_norm(tensors, f"{part}.norm_2", x, f"{name}_norm_2")
        enter(f"{name}_cross")
        blend, weights = attend(tensors, source, normal, memory, visible, heads, f"{name}_cross")
        enter(f"{name}_after_cross")
        x = show(x + blend, f"{name}_after_cross", "x + cross-attention")
        x = _think(tensors, part, x, name, enter, norm=3)
    return x, weights


def logits(tensors: Tensors, x: Any) -> Any:
    """Score every target word as the next one: (n, d) → (n, target words). Section 3.4."""
    return x @ tensors["w_out"] + tensors["b_out"]
