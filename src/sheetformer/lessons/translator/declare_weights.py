"""The learned numbers of a translator as cells: matrices, vocabularies, and where a word stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.node import Labels
from sheetformer.models.decode import Translator
from sheetformer.story.story import Story
from sheetformer.story.word_cells import WordTable, declare_words

BROAD = 34
"""Columns of a line of blocks where some block (the feed-forward layer) is that broad anyway."""


@dataclass(frozen=True)
class NetworkParameters:
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
class Network(NetworkParameters):
    """The learned numbers, and where words stand.

    Attributes:
        positions: (length, d), computed in cells.
        steps: how many words the decoder writes at most.
    """

    positions: Array
    steps: int


def declare_network(story: Story, model: Translator) -> Network:
    """Everything learned, on a sheet of its own; and the positions, as formulas."""
    learned = declare_parameters(story, model)
    facts = model.weights.facts
    text = (
        "Attention alone does not see the order of words. So every place in the sentence adds its "
        "own pattern: sines and cosines, some quick and some slow."
    )
    story.stage("Positions", text, POSITIONS, "Encoder", BROAD)
    positions = declare_positions(story, max(facts.max_words, facts.max_written), learned.dims)
    return Network(**vars(learned), positions=positions, steps=facts.max_written)


def declare_parameters(story: Story, model: Translator) -> NetworkParameters:
    """Everything learned, in two stages on the sheet `Learned`."""
    weights = model.weights
    dims = np.array([f"d{i + 1}" for i in range(weights.d_model)], dtype=object)
    text = "Every number here was learned from translated sentences; the model card says how."
    story.stage("Matrices, gains and biases", text, group="Learned", width=BROAD)
    with_words = ("source_embedding", "target_embedding", "w_out", "b_out")
    tensors = {
        name: story.parameter(value, _block_name(name), labels=_axes(value, dims))
        for name, value in sorted(weights.tensors.items(), key=_encoder_first)
        if name not in with_words
    }
    text = "Every word that the translator knows, its number, and its embedding."
    story.stage("Vocabulary", text, group="Learned", width=BROAD)
    vocabulary, values = weights.vocabulary, weights.tensors
    english = declare_words(story, "english", vocabulary.source, values["source_embedding"], dims)
    portuguese = declare_words(
        story, "portuguese", vocabulary.target, values["target_embedding"], dims
    )
    labels = [portuguese.words.ids[:, 0].astype(object), dims]
    output = story.parameter(values["w_out"].T, "output_words", labels=labels)
    bias = story.parameter(values["b_out"][:, None], "output_bias")
    return NetworkParameters(english, portuguese, tensors, output, bias, dims)


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


def declare_positions(story: Story, length: int, dims: Labels) -> Array:
    """Sines and cosines of each position as formulas: (length, d). Section 3.5."""
    assert dims is not None
    count = len(dims)
    even, odd = np.arange(count) // 2 * 2.0, np.arange(count) % 2
    across, number_format = [None, dims], "integer"
    place = story.constant(
        np.arange(length)[:, None], "position", number_format=number_format, role="position"
    )
    pair = story.constant(
        even[None, :], "i", labels=across, number_format=number_format, role="column pair"
    )
    cosine = story.constant(
        odd[None, :], "use_cos", labels=across, number_format=number_format, role="cosine columns"
    )
    rate = 10_000.0 ** (pair / -float(count))
    rate = story.show(rate, "rate", "10000^(−i/d)", role="angular frequency")
    angle = story.show(place * rate, "angle", "position · rate", role="angle")
    wave = NUMPY.where(cosine, np.cos(angle), np.sin(angle))
    equation, role = "sin(angle) or cos(angle)", "positional encoding"
    return story.show(wave, "positions", equation, labels=(None, dims), role=role)
