"""The learned numbers of a lesson on a sheet of their own: matrices and vocabularies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import show, source
from sheetformer.graph.node import Graph, Labels, Stage
from sheetformer.translator.word_weights import WordWeights

GROUP = "Learned"
UNKNOWN = "(unknown)"
"""Row 0 of a vocabulary: an empty cell or a word that nobody taught."""


@dataclass(frozen=True)
class Vocabulary:
    """One language: words (V, 1), their numbers (V, 1) and their vectors (V, d_model)."""

    words: Array
    numbers: Array
    vectors: Array


@dataclass(frozen=True)
class Learned:
    """Everything that training gave: two vocabularies and W_Q, W_K, W_V; and an identity."""

    english: Vocabulary
    portuguese: Vocabulary
    matrices: tuple[Array, Array, Array]
    identity: Array
    d_model: int

    def switch(self, graph: Graph) -> Array:
        """The cell that turns the learned matrices on (1) or off (0)."""
        array = source(graph, "input", np.array([[1.0]]))
        note = "1: the learned matrices. 0: the identity, which is the bare idea."
        return show(array, "use_learned", "1 or 0", note, look="integer")


def declare_learned(graph: Graph, weights: WordWeights) -> Learned:
    """Write the learned numbers into the graph as two stages on the sheet `Learned`."""
    d_model = weights.d_model
    dims = np.array([f"d{i + 1}" for i in range(d_model)], dtype=object)
    graph.stages.append(
        Stage(
            "Learned matrices",
            "W_Q, W_K and W_V were learned together with the embeddings, from translated "
            "sentences (model card: how, and what they cannot do). Change any number here and "
            "the steps follow.",
            group=GROUP,
        )
    )
    matrices = tuple(
        source(graph, "parameter", matrix, [dims, dims], name=f"W_{letter}_learned", note=note)
        for letter, matrix, note in zip(
            "QKV",
            (weights.w_q, weights.w_k, weights.w_v),
            ("Makes queries.", "Makes keys.", "Makes values."),
            strict=True,
        )
    )
    identity = source(graph, "constant", np.eye(d_model), [dims, dims], name="identity")
    identity.node.note = "Changes nothing: x I = x."
    graph.stages.append(
        Stage(
            "Vocabulary",
            "Every word that the lesson knows, its number, and its embedding. Number 0 stands for "
            "an empty cell or an unknown word: a row of zeros.",
            group=GROUP,
        )
    )
    english = _vocabulary(graph, "english", weights.source_words, weights.source_embeddings, dims)
    portuguese = _vocabulary(
        graph, "portuguese", weights.target_words, weights.target_embeddings, dims
    )
    return Learned(english, portuguese, (matrices[0], matrices[1], matrices[2]), identity, d_model)


def _vocabulary(
    graph: Graph, language: str, words: tuple[str, ...], vectors: Any, dims: Labels
) -> Vocabulary:
    count = len(words)
    numbers = np.arange(count, dtype=float)[:, None]
    number = source(graph, "constant", numbers, name=f"{language}_number")
    number.node.look, number.node.note = "integer", "The word's number."
    number.node.flow = "line"
    text = np.array([UNKNOWN, *words[1:]], dtype=object)[:, None]
    listed = source(graph, "constant", text, name=f"{language}_words")
    listed.node.note = "The word."
    labels = [listed.ids[:, 0].astype(object), dims]
    table = source(graph, "parameter", vectors, labels, name=f"{language}_embeddings")
    table.node.note = "Its embedding."
    return Vocabulary(listed, number, table)
