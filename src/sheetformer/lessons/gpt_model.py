"""The smallest whole GPT: its weights in one table, and the way from letters to a loss.

One layer, four heads, sixteen places and a letter a token, after Andrej Karpathy's microgpt (2026):
root mean square norm without gain (Zhang and Sennrich 2019), causal attention, ReLU, no bias.

Shapes: 16 places, 27 signs (the mark for start and end, and a to z), d numbers a place: 16 in
microgpt, whose 262 rows are 4,192 weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.corpus.first_names import LETTERS
from sheetformer.graph import nn
from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise, named
from sheetformer.story.softmax_steps import below_largest

HEADS, PLACES = 4, 16
SIGNS = (".", *LETTERS)
"""What stands at a place; the first one is where a name begins and ends."""
EPSILON = 1e-5
SPREAD = 0.08
"""Of the random numbers at the start, as in microgpt."""

SYMBOLS = ("E", "P", "W_Q", "W_K", "W_V", "W_O", "W_1", "W_2", "U")
"""What the rows of the matrices are called in the table."""


@dataclass(frozen=True)
class Size:
    """How large the model is: `width` numbers a place (d), four times as many hidden ones.

    >>> Size().shape, Size(40).shape
    ((262, 16), (550, 40))
    """

    width: int = 16

    @property
    def hidden(self) -> int:
        """Hidden numbers a place."""
        return 4 * self.width

    @property
    def parts(self) -> dict[str, int]:
        """The matrices, one below the other, each `width` wide: how many rows they have."""
        square = dict.fromkeys(("query", "key", "value", "heads"), self.width)
        wide = dict.fromkeys(("hidden", "back"), self.hidden)
        return {"signs": len(SIGNS), "places": PLACES} | square | wide | {"next": len(SIGNS)}

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the table of all weights."""
        return sum(self.parts.values()), self.width

    def told(self) -> dict[str, Any]:
        """What texts say of it."""
        # A blank sets thousands apart the same way in every language: a page can change it.
        weights = f"{math.prod(self.shape):,}".replace(",", "\N{NO-BREAK SPACE}")
        head = self.width // HEADS
        return {"width": self.width, "hidden": self.hidden, "head": head, "weights": weights}

    def random_weights(self, seed: int) -> Any:
        """The table of weights before anything is learned, four decimals each."""
        return np.random.default_rng(seed).normal(0.0, SPREAD, self.shape).round(4)

    def labels(self) -> list[Any]:
        """What the rows and the columns of the table are for."""
        rows: list[str] = []
        for (part, count), symbol in zip(self.parts.items(), SYMBOLS, strict=True):
            own = SIGNS if part in ("signs", "next") else [str(i + 1) for i in range(count)]
            rows += [f"{symbol} {one}" for one in own]
        columns = [f"d{i + 1}" for i in range(self.width)]
        return [np.array(rows, dtype=object), np.array(columns, dtype=object)]

    def parts_of(self, table: Array) -> dict[str, Array]:
        """The matrices of the table by name: views, nothing is computed."""
        found: dict[str, Array] = {}
        top = 0
        for name, rows in self.parts.items():
            found[name] = table[top : top + rows]
            top += rows
        return found


@dataclass(frozen=True)
class Read:
    """What the model reads of a name, and what it must say.

    Attributes:
        numbers: (16, 1), the sign at each place; the first is the mark.
        right: (16, 27), 1 for the sign that comes next.
        used: (16, 1), 1 for the places of the name; what stands behind its end does not count.
    """

    numbers: Array
    right: Array
    used: Array


def normed(x: Array, name: str) -> Array:
    """Each row over its root mean square: (n, d) → (n, d)."""
    return nn.rms_norm(x, epsilon=EPSILON, name=name)


def forward(parts: dict[str, Array], numbers: Array, mask: Array) -> Array:
    """Logits (16, 27): how well each sign would come next, at every place.

    Args:
        parts: the matrices.
        numbers: (16, 1) signs.
        mask: (16, 16), 1 where a place may look.
    """
    looked_up = parts["signs"][numbers[:, 0]]
    named(looked_up, "embedding", "embedding")
    x = normed(named(looked_up + parts["places"], "with_place"), "x0")
    seen = normed(x, "x1")
    query = named(seen @ parts["query"].T, "Q_", "query")
    key = named(seen @ parts["key"].T, "K_", "key")
    value = named(seen @ parts["value"].T, "V_", "value")
    q, k, v = (nn.split_heads(one, HEADS) for one in (query, key, value))
    blend = nn.merge_heads(nn.attention(q, k, v, mask))
    x = named(blend @ parts["heads"].T + x, "after_heads")
    hidden = named(nn.relu(normed(x, "x2") @ parts["hidden"].T), "hidden")
    x = named(hidden @ parts["back"] + x, "after_hidden")
    return named(x @ parts["next"].T, "logits")


def loss_of(logits: Array, read: Read) -> tuple[Array, Array]:
    """Shares (16, 27) of the next signs, and the mean surprise (1, 1) at the right ones."""
    behind = named(below_largest(logits), "behind")
    odds = named(np.exp(behind), "odds")  # type: ignore[call-overload]
    total = named(odds.sum(axis=1, keepdims=True), "odds_sum")
    shares = named(odds / total, "sign_shares")
    right = (read.right * behind).sum(axis=1, keepdims=True)
    surprise = named((np.log(total) - right) * read.used, "surprise")  # type: ignore[call-overload]
    count = named(read.used.sum(axis=0, keepdims=True), "signs_to_say")
    return shares, named(surprise.sum(axis=0, keepdims=True) / count, "loss")


def one_hot(numbers: Array) -> Array:
    """1 in the column of each number: (n, 1) → (n, 27)."""
    return elementwise("equal", numbers, np.arange(float(len(SIGNS)))[None, :])
