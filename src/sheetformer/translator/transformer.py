"""The forward pass of a trained translator, in the functions that also write formulas.

Give it NumPy arrays and it gives numbers; give it traced arrays and it gives a graph. It is the
same network as `model`, whose sections and equations it follows (Vaswani et al. 2017). Shapes:
n words that ask, m words that answer, h heads, d = d_model; any axes may stand in front.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.graph import nn

EPSILON = 1e-5

Tensors = Mapping[str, Any]
"""Trained numbers by their name, such as `encoder.0.self_attention.w_q`."""


def positional_encoding(length: int, d_model: int) -> NDArray[np.float64]:
    """Sines and cosines of each position: (length, d). Section 3.5."""
    position = np.arange(length)[:, None]
    angle = position / 10_000 ** (np.arange(0, d_model, 2) / d_model)  # (length, d / 2)
    pairs = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    return pairs.reshape(length, -1)[:, :d_model]


def embed(rows: Any, positions: Any) -> Any:
    """Word vectors times √d_model (section 3.4), plus their positions (section 3.5): (n, d)."""
    return rows * math.sqrt(rows.shape[-1]) + positions


def attend(
    tensors: Tensors, part: str, asking: Any, answering: Any, visible: Any, heads: int
) -> tuple[Any, Any]:
    """Attend in several heads. Section 3.2.2, equation 1.

    Args:
        tensors: the trained numbers.
        part: which attention, such as `decoder.0.cross_attention`.
        asking: (n, d).
        answering: (m, d).
        visible: true (1) where a word may be looked at, broadcasts to (h, n, m).
        heads: h.

    Returns:
        The blends (n, d) and the attention weights (h, n, m).
    """
    query = _split(asking @ tensors[f"{part}.w_q"], heads)  # (h, n, d_k)
    key = _split(answering @ tensors[f"{part}.w_k"], heads)  # (h, m, d_k)
    value = _split(answering @ tensors[f"{part}.w_v"], heads)  # (h, m, d_k)
    scores = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1])  # (h, n, m)
    weights = nn.softmax(np.where(visible, scores, nn.HIDDEN))
    return _merge(weights @ value) @ tensors[f"{part}.w_o"], weights


def _split(x: Any, heads: int) -> Any:
    """(n, d) → (h, n, d_k): a view, nothing is computed."""
    return x.reshape(*x.shape[:-1], heads, x.shape[-1] // heads).swapaxes(-2, -3)


def _merge(x: Any) -> Any:
    """(h, n, d_k) → (n, d): the way back."""
    rows = x.swapaxes(-2, -3)
    return rows.reshape(*rows.shape[:-2], rows.shape[-2] * rows.shape[-1])


def feed_forward(tensors: Tensors, part: str, x: Any) -> Any:
    """max(0, x W₁ + b₁) W₂ + b₂ for each word alone: (n, d) → (n, d). Section 3.3, equation 2."""
    hidden = nn.relu(x @ tensors[f"{part}.w_1"] + tensors[f"{part}.b_1"])  # (n, d_ff)
    return hidden @ tensors[f"{part}.w_2"] + tensors[f"{part}.b_2"]


def layer_norm(tensors: Tensors, part: str, x: Any) -> Any:
    """Normalise each row: (n, d) → (n, d)."""
    return nn.layer_norm(x, tensors[f"{part}.gain"], tensors[f"{part}.bias"], EPSILON)


def encode(tensors: Tensors, x: Any, visible: Any, *, heads: int, layers: int) -> Any:
    """Turn source words into the memory that the decoder reads: (m, d) → (m, d)."""
    for layer in range(layers):
        part = f"encoder.{layer}"
        normal = layer_norm(tensors, f"{part}.norm_1", x)
        blend, _ = attend(tensors, f"{part}.self_attention", normal, normal, visible, heads)
        x = x + blend
        normal = layer_norm(tensors, f"{part}.norm_2", x)
        x = x + feed_forward(tensors, f"{part}.feed_forward", normal)
    return x


def decode(
    tensors: Tensors, x: Any, memory: Any, visible: Any, *, heads: int, layers: int
) -> tuple[Any, Any]:
    """Read the target so far.

    Args:
        tensors: the trained numbers.
        x: (n, d), the embedded target words; each sees itself and those in front of it.
        memory: (m, d), from `encode`.
        visible: true (1) where there is a source word, broadcasts to (h, n, m).
        heads: h.
        layers: how many layers.

    Returns:
        (n, d), and the last layer's cross-attention (h, n, m).
    """
    earlier = np.tri(x.shape[-2]) > 0
    weights = None
    for layer in range(layers):
        part = f"decoder.{layer}"
        normal = layer_norm(tensors, f"{part}.norm_1", x)
        blend, _ = attend(tensors, f"{part}.self_attention", normal, normal, earlier, heads)
        x = x + blend
        normal = layer_norm(tensors, f"{part}.norm_2", x)
        blend, weights = attend(tensors, f"{part}.cross_attention", normal, memory, visible, heads)
        x = x + blend
        normal = layer_norm(tensors, f"{part}.norm_3", x)
        x = x + feed_forward(tensors, f"{part}.feed_forward", normal)
    return x, weights


def logits(tensors: Tensors, x: Any) -> Any:
    """Score every target word as the next one: (n, d) → (n, target words). Section 3.4."""
    return x @ tensors["w_out"] + tensors["b_out"]
