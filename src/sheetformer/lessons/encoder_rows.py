"""One English sentence as the translator's encoder sees it: rows of learned numbers with a place.

Self-attention and multi-head begin with these rows: embeddings times √d_model plus sines and
cosines (Vaswani et al. 2017, sections 3.4 and 3.5), normalised (the translator has its norm in
front of each sublayer, Xiong et al. 2020). The lesson on positions shares the vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.errors import WordError
from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.lessons.sentence import parse
from sheetformer.lessons.story import either, numbered, sentences
from sheetformer.lessons.translator.declare_weights import declare_positions
from sheetformer.models import transformer
from sheetformer.models.decode import Translator
from sheetformer.models.word_weights import load_word_weights
from sheetformer.story.operands import again, product
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows, WordTable, declare_rows, declare_words

Words = list[list[str]]
"""The typed words, one list a row."""

_MADE = {"w_q": "queries", "w_k": "keys", "w_v": "values", "w_o": "the output"}


@dataclass(frozen=True)
class Encoder:
    """The learned numbers of the encoder's self-attention, as cells.

    Attributes:
        english: words, numbers and vectors.
        matrices: "w_q", "w_k", "w_v" and perhaps "w_o" → (d, d); a word is multiplied from the
            left.
        norm: the gain and bias (d,) of the norm in front.
        d_model: numbers in a word's row.
    """

    english: WordTable
    matrices: dict[str, Array]
    norm: dict[str, Array]
    d_model: int


def read_sentence(sentence: str, model: Translator, least: int = 1) -> Words:
    """The words of a sentence as rows of cells; bars make the words between them one row.

    Raises:
        WordError: a word is not known, or there are too few or too many.
    """
    most = model.weights.facts.max_words
    words = parse(sentence, "English", list(_numbers(model))).table()
    if not least <= len(words) <= most:
        raise WordError(
            f"this lesson takes {least} to {most} words, or groups of words between bars, and the "
            f"English sentence has {len(words)}"
        )
    return words


def declare_encoder(story: Story, model: Translator, matrices: Sequence[str]) -> Encoder:
    """Write what was learned into the story, as two stages on the sheet `Learned`."""
    tensors, d_model = model.weights.tensors, model.weights.d_model
    dims = numbered("d", d_model)
    story.stage(
        "The encoder's self-attention",
        "These numbers are from the translator that comes with Sheetformer: its encoder learned "
        "them together with the embeddings, from English sentences and their translations (the "
        "model card says how). Change any of them and the steps follow.",
        group="Learned",
    )
    given = {
        name: story.parameter(
            tensors[f"encoder.0.self_attention.{name}"],
            f"W_{name[-1].upper()}",
            note=f"Makes {_MADE[name]}.",
            labels=[dims, dims],
        )
        for name in matrices
    }
    norm = {
        name: story.parameter(
            tensors[f"encoder.0.norm_1.{name}"], f"norm_{name}", note=note, labels=[dims]
        )
        for name, note in (("gain", "Scales each column."), ("bias", "Moves each column."))
    }
    story.place(norm["gain"], line=True)
    english = declare_vocabulary(story, model, d_model)
    return Encoder(english, given, norm, d_model)


def declare_vocabulary(story: Story, model: Translator, d_model: int) -> WordTable:
    """The words and their embeddings, a stage on the sheet `Learned`.

    With another d_model than the translator's, its columns are cut or filled up with zeros.
    """
    numbers = _numbers(model)
    learned = model.weights.tensors["source_embedding"][list(numbers.values())]
    vectors = np.zeros((len(numbers), d_model))
    width = min(d_model, learned.shape[1])
    vectors[:, :width] = learned[:, :width]
    less = "More numbers were learned for each word; here stand the first of them."
    more = "Only eight numbers were learned for each word; the columns behind them are 0."
    changed = either(d_model < learned.shape[1], less, more)
    story.stage(
        "Vocabulary",
        sentences(
            "Every word that the lesson knows, its number, and its embedding. Number 0 stands for "
            "an empty cell or an unknown word: a row of zeros.",
            "" if d_model == learned.shape[1] else changed,
        ),
        group="Learned",
    )
    return declare_words(story, "english", list(numbers), vectors, numbered("d", d_model))


def _numbers(model: Translator) -> dict[str, int]:
    """The words that all lessons know → their numbers in the translator; first the empty word."""
    known = {word: i for i, word in enumerate(model.weights.vocabulary.source)}
    return {word: known[word] for word in load_word_weights().source_words}


def declare_sentence(
    story: Story, encoder: Encoder, words: Words, empty: str
) -> tuple[Rows, Array]:
    """The typed words and X (n, d), in the stage that was added last.

    The way from the one to the other stands on a sheet of its own.

    Args:
        story: where.
        encoder: the learned numbers.
        words: rows of words, empty text for an empty cell.
        empty: what becomes of an unknown word, for its message.
    """
    here = len(story.stages) - 1
    rows = declare_rows(story, "sentence", "English", words, encoder.english, empty)
    way = story.stage(
        "From words to the rows of X",
        "The translator multiplies each embedding by √d_model, adds the pattern of the word's "
        "place in the sentence (the lesson on positions shows how), and brings every row to one "
        "scale: mean 0 and variance 1, then a learned gain and bias (layer norm). X is what comes "
        "out.",
        "X = norm(E √d_model + position)",
        "Input",
    )
    note, title = "The embedding of each word.", "Embeddings of the words"
    story.show(rows.vectors, "embedding", "E[number]", note, title=title, stage=way)
    count = rows.vectors.shape[0]
    positions = declare_positions(story, count, numbered("d", encoder.d_model))
    placed = transformer.embed(rows.vectors, positions)
    note, title = "Each word with its place.", "Words with their places"
    story.show(placed, "placed", "E √d + positions", note, title=title)
    x = transformer.layer_norm({f"n.{k}": v for k, v in encoder.norm.items()}, "n", placed)
    note = "One row a word: what attention starts from."
    title = "X, the words as rows"
    return rows, story.show(x, "X_", "norm(E √d + positions)", note, title=title, stage=here)


def queries_keys_values(
    story: Story, encoder: Encoder, x: Array, query_note: str
) -> tuple[Array, Array, Array]:
    """Q, K and V (n, d) of one X (n, d) in the stage that was added last.

    Each stands under its matrix, with X at its left.
    """
    steps = (
        ("Q", "query", query_note),
        ("K", "key", "Key: what each word offers."),
        ("V", "value", "Value: what each word gives."),
    )
    query, key, value = (_projected(story, encoder, x, *step) for step in steps)
    return query, key, value


def _projected(
    story: Story, encoder: Encoder, x: Array, letter: str, role: str, note: str
) -> Array:
    """X W (n, d) in a line of its own: X at the left, W (d, d) above."""
    title = translate("X, at the left of {letter}", letter=letter)
    rows = again(story, x, f"X_for_{letter}", "X", title, line=True)
    matrix = encoder.matrices[f"w_{letter.lower()}"]
    return product(story, rows, matrix, f"{letter}_", f"X W_{letter}", note, role=role)
