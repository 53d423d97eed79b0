"""The learned numbers of a translator as cells: matrices, vocabularies, and where a word stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import inside, show, source
from sheetformer.graph.node import Graph, Labels, Stage
from sheetformer.translator.cells import WordTable, declare_words
from sheetformer.translator.decode import Translator

BROAD = 34
"""Columns of a line of blocks where some block (the feed-forward layer) is that broad anyway."""


@dataclass(frozen=True)
class Learned:
    """The learned numbers as cells.

    Attributes:
        english: words, numbers and vectors.
        portuguese: the same.
        tensors: matrices, gains and biases by their name.
        output: (target words, d), one row a word, to score it as the next one.
        bias: (target words, 1).
        dims: the names of a word's numbers.
    """

    english: WordTable
    portuguese: WordTable
    tensors: Mapping[str, Array]
    output: Array
    bias: Array
    dims: Labels


@dataclass(frozen=True)
class Network(Learned):
    """The learned numbers, and where words stand.

    Attributes:
        positions: (length, d), computed in cells.
        steps: how many words the decoder writes at most.
    """

    positions: Array
    steps: int


def declare_network(graph: Graph, model: Translator) -> Network:
    """Everything learned, on a sheet of its own; and the positions, as formulas."""
    learned = declare_learned(graph, model)
    facts = model.weights.facts
    told = (
        "Attention alone does not see the order of words. So every place in the sentence adds its "
        "own pattern: sines and cosines, some quick and some slow."
    )
    graph.stages.append(Stage("Positions", told, POSITIONS, "Encoder", BROAD))
    positions = declare_positions(graph, max(facts.max_words, facts.max_written), learned.dims)
    return Network(**vars(learned), positions=positions, steps=facts.max_written)


def declare_learned(graph: Graph, model: Translator) -> Learned:
    """Everything learned, in two stages on the sheet `Learned`."""
    weights = model.weights
    dims = np.array([f"d{i + 1}" for i in range(weights.d_model)], dtype=object)
    told = "Every number here was learned from translated sentences; the model card says how."
    graph.stages.append(Stage("Matrices, gains and biases", told, group="Learned", width=BROAD))
    apart = ("source_embedding", "target_embedding", "w_out", "b_out")
    tensors = {
        name: source(graph, "parameter", value, _axes(value, dims), name=_block_name(name))
        for name, value in sorted(weights.tensors.items(), key=_encoder_first)
        if name not in apart
    }
    told = "Every word that the translator knows, its number, and its embedding."
    graph.stages.append(Stage("Vocabulary", told, group="Learned", width=BROAD))
    vocabulary, values = weights.vocabulary, weights.tensors
    english = declare_words(graph, "english", vocabulary.source, values["source_embedding"], dims)
    portuguese = declare_words(
        graph, "portuguese", vocabulary.target, values["target_embedding"], dims
    )
    labels = [portuguese.words.ids[:, 0].astype(object), dims]
    output = source(graph, "parameter", values["w_out"].T, labels, name="output_words")
    bias = source(graph, "parameter", values["b_out"][:, None], name="output_bias")
    return Learned(english, portuguese, tensors, output, bias, dims)


def _encoder_first(named: tuple[str, Any]) -> tuple[bool, str]:
    return named[0].startswith("decoder"), named[0]


def _block_name(tensor: str) -> str:
    """`encoder.0.norm_1.gain` → `encoder_1_norm_1_gain`: layers count from 1, as blocks do."""
    side, layer, *rest = tensor.split(".")
    return "_".join([side, str(int(layer) + 1), *rest])


def _axes(value: Any, dims: Any) -> list[Labels]:
    """The names of a tensor's rows and columns: d numbers of a word, or f of feed-forward."""
    wide = np.array([f"f{i + 1}" for i in range(max(value.shape))], dtype=object)
    return [dims if length == len(dims) else wide for length in value.shape]


POSITIONS = "sin or cos(position / 10000^(i/d))"


def declare_positions(graph: Graph, length: int, dims: Labels) -> Array:
    """Sines and cosines of each position as formulas: (length, d). Section 3.5."""
    assert dims is not None
    count = len(dims)
    even = np.arange(count) // 2 * 2.0
    place = source(graph, "constant", np.arange(length)[:, None], name="position")
    pair = source(graph, "constant", even[None, :], [None, dims], name="i")
    odd = source(graph, "constant", (np.arange(count) % 2)[None, :], [None, dims], name="use_cos")
    for array in (place, pair, odd):
        array.node.look = "integer"
    rate = show(10_000.0 ** inside(pair / -float(count)), "rate", "10000^(−i/d)")
    angle = show(place * rate, "angle", "position · rate")
    wave: Any = np.where(odd, inside(np.cos(angle)), inside(np.sin(angle)))
    return show(wave, "positions", "sin(angle) or cos(angle)", labels=(None, dims))
