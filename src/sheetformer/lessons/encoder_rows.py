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
from sheetformer.graph.functions import show, source
from sheetformer.graph.node import Graph
from sheetformer.lessons.sentence import parse
from sheetformer.lessons.story import either, numbered, sentences, stage
from sheetformer.translator import transformer
from sheetformer.translator.cells import Rows, WordTable, declare_rows, declare_words
from sheetformer.translator.decode import Translator
from sheetformer.translator.network import declare_positions
from sheetformer.translator.word_weights import load_word_weights

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


def declare_encoder(graph: Graph, model: Translator, matrices: Sequence[str]) -> Encoder:
    """Write what was learned into the graph, as two stages on the sheet `Learned`."""
    tensors, d_model = model.weights.tensors, model.weights.d_model
    dims = numbered("d", d_model)
    stage(
        graph,
        "The encoder's self-attention",
        "These numbers are from the translator that comes with Sheetformer: its encoder learned "
        "them together with the embeddings, from English sentences and their translations (the "
        "model card says how). Change any of them and the steps follow.",
        group="Learned",
    )
    given = {
        name: source(
            graph,
            "parameter",
            tensors[f"encoder.0.self_attention.{name}"],
            [dims, dims],
            name=f"W_{name[-1].upper()}",
            note=f"Makes {_MADE[name]}.",
        )
        for name in matrices
    }
    norm = {
        name: source(
            graph,
            "parameter",
            tensors[f"encoder.0.norm_1.{name}"],
            [dims],
            name=f"norm_{name}",
            note=note,
        )
        for name, note in (("gain", "Scales each column."), ("bias", "Moves each column."))
    }
    norm["gain"].node.flow = "line"
    english = declare_vocabulary(graph, model, d_model)
    return Encoder(english, given, norm, d_model)


def declare_vocabulary(graph: Graph, model: Translator, d_model: int) -> WordTable:
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
    stage(
        graph,
        "Vocabulary",
        sentences(
            "Every word that the lesson knows, its number, and its embedding. Number 0 stands for "
            "an empty cell or an unknown word: a row of zeros.",
            "" if d_model == learned.shape[1] else changed,
        ),
        group="Learned",
    )
    return declare_words(graph, "english", list(numbers), vectors, numbered("d", d_model))


def _numbers(model: Translator) -> dict[str, int]:
    """The words that all lessons know → their numbers in the translator; first the empty word."""
    known = {word: i for i, word in enumerate(model.weights.vocabulary.source)}
    return {word: known[word] for word in load_word_weights().source_words}


def declare_sentence(
    graph: Graph, encoder: Encoder, words: Words, empty: str
) -> tuple[Rows, Array]:
    """The typed words and X (n, d), in the stage that was added last.

    The way from the one to the other stands on a sheet of its own.

    Args:
        graph: where.
        encoder: the learned numbers.
        words: rows of words, empty text for an empty cell.
        empty: what becomes of an unknown word, for its message.
    """
    told = len(graph.stages) - 1
    rows = declare_rows(graph, "sentence", "English", words, encoder.english, empty)
    apart = stage(
        graph,
        "From words to the rows of X",
        "The translator multiplies each embedding by √d_model, adds the pattern of the word's "
        "place in the sentence (the lesson on positions shows how), and brings every row to one "
        "scale: mean 0 and variance 1, then a learned gain and bias (layer norm). X is what comes "
        "out.",
        "X = norm(E √d_model + position)",
        "Input",
    )
    shown = "The embedding of each word."
    show(rows.vectors, "embedding", "E[number]", shown, labels=rows.vectors.labels)
    rows.vectors.node.stage = apart
    count = rows.vectors.shape[0]
    positions = declare_positions(graph, count, numbered("d", encoder.d_model))
    placed = transformer.embed(rows.vectors, positions)
    show(placed, "placed", "E √d + positions", "Each word with its place.")
    x = transformer.layer_norm({f"n.{k}": v for k, v in encoder.norm.items()}, "n", placed)
    show(x, "X_", "norm(E √d + positions)", "One row a word: what attention starts from.")
    x.node.stage = told
    return rows, x
