"""The forward pass of a trained translator, in the functions that also write formulas.

Give it NumPy arrays and it gives numbers; give it traced arrays and it gives a graph. It is the
same network as `train.model`, whose sections and equations it follows (Vaswani et al. 2017). What
each step is, its role says; `sheetformer.lessons.translator.terms` has their equations. Shapes: n
rows with queries, m rows with keys and values, h heads, d = d_model; any axes may stand in front.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.graph import nn
from sheetformer.graph.functions import named

EPSILON = 1e-5

Tensors = Mapping[str, Any]
"""Trained numbers by their name, such as `encoder.0.self_attention.w_q`."""

Enter = Callable[[str], object]
"""Told before each box of figure 1, such as `encoder_1_self`, so that a story can keep pace."""


KeysValues = tuple[Any, Any]
"""Keys and values of one attention, each (h, m, d_k)."""


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
    return rows * math.sqrt(rows.shape[-1]) + positions


def attend(
    tensors: Tensors,
    part: str,
    x: Any,
    memory: Any,
    visible: Any,
    heads: int,
    name: str = "attention",
    kind: str = "attention",
    known: KeysValues | None = None,
) -> tuple[Any, Any]:
    """Attend in several heads. Section 3.2.2, equation 1.

    Args:
        tensors: the trained numbers.
        part: which attention, such as `decoder.0.cross_attention`.
        x: (n, d), the rows that queries are made of.
        memory: (m, d), the rows that keys and values are made of.
        visible: true (1) where a word may be looked at, broadcasts to (h, n, m); None: everywhere.
        heads: h.
        name: what its blocks are called in a sheet.
        kind: "self-attention" or "cross-attention", for the role of what it gives.
        known: keys and values, where they were made of the memory before.

    Returns:
        The blends (n, d) and the attention weights (h, n, m).
    """
    query = _project(tensors, part, x, heads, name, "query")  # (h, n, d_k)
    key, value = known or keys_values(tensors, part, memory, heads, name)  # (h, m, d_k)
    scores = named(query @ key.swapaxes(-1, -2), f"{name}_scores", "scores")  # (h, n, m)
    scores = named(scores / math.sqrt(query.shape[-1]), f"{name}_scaled", "scaled scores")
    if visible is not None:
        scores = named(np.where(visible, scores, nn.HIDDEN), f"{name}_masked", "masked scores")
    weights = nn.softmax(scores, name=f"{name}_weights")
    named(weights, f"{name}_weights", "attention weights")
    blend = named(weights @ value, f"{name}_blend", "blend")  # (h, n, d_k)
    output = named(nn.merge_heads(blend) @ tensors[f"{part}.w_o"], f"{name}_out", f"{kind} output")
    return output, weights


def keys_values(
    tensors: Tensors, part: str, memory: Any, heads: int, name: str = "attention"
) -> KeysValues:
    """The keys and the values of an attention, made of the memory (m, d): each (h, m, d_k)."""
    return (
        _project(tensors, part, memory, heads, name, "key"),
        _project(tensors, part, memory, heads, name, "value"),
    )


_LETTERS = {"query": "Q", "key": "K", "value": "V"}


def _project(tensors: Tensors, part: str, rows: Any, heads: int, name: str, role: str) -> Any:
    """(n, d) → (h, n, d_k), by the matrix of a role."""
    letter = _LETTERS[role]
    product = rows @ tensors[f"{part}.w_{letter.lower()}"]
    return nn.split_heads(named(product, f"{name}_{letter}", role), heads)


def feed_forward(tensors: Tensors, part: str, x: Any, name: str = "feed_forward") -> Any:
    """max(0, x W₁ + b₁) W₂ + b₂ for each word alone: (n, d) → (n, d). Section 3.3, equation 2."""
    product = named(x @ tensors[f"{part}.w_1"], f"{name}_raw", "feed-forward product")  # (n, d_ff)
    sums = named(product + tensors[f"{part}.b_1"], f"{name}_moved", "feed-forward pre-activation")
    hidden = named(nn.relu(sums), f"{name}_hidden", "feed-forward hidden")
    change = named(hidden @ tensors[f"{part}.w_2"], f"{name}_change", "feed-forward projection")
    return named(change + tensors[f"{part}.b_2"], f"{name}_out", "feed-forward output")


def layer_norm(tensors: Tensors, part: str, x: Any, name: str = "norm", role: str = "norm") -> Any:
    """Normalise each row: (n, d) → (n, d)."""
    normal = nn.layer_norm(x, tensors[f"{part}.gain"], tensors[f"{part}.bias"], EPSILON, name)
    return named(normal, name, role)


@dataclass(frozen=True)
class Layer:
    """One layer of the encoder or of the decoder. Section 3.1, with norms in front (`train.model`).

    Attributes:
        tensors: the trained numbers.
        part: whose numbers it takes, such as `decoder.0`.
        name: what its blocks are called in a sheet, such as `decoder_1`.
        heads: h.
        enter: told before each box.
    """

    tensors: Tensors
    part: str
    name: str
    heads: int
    enter: Enter = _silent

    @classmethod
    def of(cls, tensors: Tensors, side: str, layer: int, heads: int, enter: Enter) -> Layer:
        """That layer, from 0, of the side `encoder` or `decoder`."""
        return cls(tensors, f"{side}.{layer}", f"{side}_{layer + 1}", heads, enter)

    def norm(self, number: int, x: Any) -> Any:
        """What one of its sublayers, from 1, reads: (n, d) → (n, d)."""
        part, name = f"{self.part}.norm_{number}", f"{self.name}_norm_{number}"
        return layer_norm(self.tensors, part, x, name, f"norm {number}")

    def self_attention(self, x: Any, normal: Any, memory: Any, visible: Any) -> Any:
        """The sum of x and what its norm finds in the normed rows of its side (m, d): (n, d)."""
        part, name = f"{self.part}.self_attention", f"{self.name}_self"
        self.enter(name)
        found, _ = attend(
            self.tensors, part, normal, memory, visible, self.heads, name, "self-attention"
        )
        self.enter(f"{self.name}_after_self")
        return named(x + found, f"{self.name}_after_self", "self-attention sum")

    def cross_attention(
        self, x: Any, memory: Any, visible: Any, known: KeysValues | None = None
    ) -> tuple[Any, Any]:
        """The sum of x and what its norm finds in the memory (m, d): (n, d); the weights."""
        normal = self.norm(2, x)
        part, name = f"{self.part}.cross_attention", f"{self.name}_cross"
        self.enter(name)
        found, weights = attend(
            self.tensors, part, normal, memory, visible, self.heads, name, "cross-attention", known
        )
        self.enter(f"{self.name}_after_cross")
        return named(x + found, f"{self.name}_after_cross", "cross-attention sum"), weights

    def feed_forward(self, x: Any, norm: int) -> Any:
        """The sum of x and what feed-forward makes of the norm of that number: (n, d)."""
        normal = self.norm(norm, x)
        part, name = f"{self.part}.feed_forward", f"{self.name}_ff"
        self.enter(name)
        change = feed_forward(self.tensors, part, normal, name)
        self.enter(f"{self.name}_after_ff")
        side = self.part.partition(".")[0]
        return named(x + change, f"{self.name}_after_ff", f"{side} layer output")


def encode(
    tensors: Tensors, x: Any, visible: Any, *, heads: int, layers: int, enter: Enter = _silent
) -> Any:
    """Turn source words into the memory that the decoder reads: (m, d) → (m, d)."""
    for i in range(layers):
        layer = Layer.of(tensors, "encoder", i, heads, enter)
        normal = layer.norm(1, x)
        x = layer.self_attention(x, normal, normal, visible)
        x = layer.feed_forward(x, norm=2)
    return x


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
    for i in range(layers):
        layer = Layer.of(tensors, "decoder", i, heads, enter)
        normal = layer.norm(1, x)
        x = layer.self_attention(x, normal, normal, earlier)
        x, weights = layer.cross_attention(x, memory, visible)
        x = layer.feed_forward(x, norm=3)
    return x, weights


def logits(tensors: Tensors, x: Any) -> Any:
    """Score every target word as the next one: (n, d) → (n, target words). Section 3.4."""
    return x @ tensors["w_out"] + tensors["b_out"]
