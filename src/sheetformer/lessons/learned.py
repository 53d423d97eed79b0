"""The learned numbers of a lesson on a sheet of their own: matrices and vocabularies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.lessons.story import numbered, switch
from sheetformer.models.word_weights import WordWeights
from sheetformer.story.story import Story
from sheetformer.story.word_cells import WordTable, declare_words

GROUP = "Learned"


@dataclass(frozen=True)
class Learned:
    """Everything that training gave, and an identity matrix.

    Attributes:
        english: its words, numbers and vectors.
        portuguese: the same of the other language.
        matrices: W_Q, W_K, W_V (d, d).
        identity: (d, d), which changes nothing.
        d_model: d, numbers in a word's vector.
    """

    english: WordTable
    portuguese: WordTable
    matrices: tuple[Array, Array, Array]
    identity: Array
    d_model: int

    def switch(self, story: Story) -> Array:
        """The cell (1, 1) that turns the learned matrices on with 1, off with 0."""
        note = "1: the learned matrices. 0: the identity, which is the bare idea."
        return switch(story, "use_learned", note, title="Learned matrices")


def declare_learned(story: Story, weights: WordWeights) -> Learned:
    """Write the learned numbers into the story as two stages on the sheet `Learned`."""
    d_model = weights.d_model
    dims = numbered("d", d_model)
    story.stage(
        "Learned matrices",
        "W_Q, W_K and W_V were learned together with the embeddings, from translated sentences. "
        "Asked for was that each blend give its word back; that words look where their "
        "translations stand (these links were given: guided alignment); that translations lie "
        "close on the map (d1 and d2); that words of one kind, and translations, point much the "
        "same way; and that every vector be 2 long. The model card says how well. Change any "
        "number here and the steps follow.",
        group=GROUP,
    )
    matrices = tuple(
        story.parameter(matrix, f"W_{letter}_learned", note=note, labels=[dims, dims])
        for letter, matrix, note in zip(
            "QKV",
            (weights.w_q, weights.w_k, weights.w_v),
            ("Makes queries.", "Makes keys.", "Makes values."),
            strict=True,
        )
    )
    note = "Changes nothing: x I = x."
    identity = story.constant(np.eye(d_model), "identity", note=note, labels=[dims, dims])
    english, portuguese = declare_vocabularies(story, weights)
    return Learned(english, portuguese, (matrices[0], matrices[1], matrices[2]), identity, d_model)


def declare_vocabularies(story: Story, weights: WordWeights) -> tuple[WordTable, WordTable]:
    """Write both vocabularies with their embeddings as a stage on the sheet `Learned`."""
    dims = numbered("d", weights.d_model)
    story.stage(
        "Vocabulary",
        "Every word that the lesson knows, its number, and its embedding. Number 0 stands for "
        "an empty cell or an unknown word: a row of zeros.",
        group=GROUP,
    )
    english = declare_words(story, "english", weights.source_words, weights.source_embeddings, dims)
    portuguese = declare_words(
        story, "portuguese", weights.target_words, weights.target_embeddings, dims
    )
    return english, portuguese
