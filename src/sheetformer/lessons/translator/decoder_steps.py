"""The decoder unrolled: one row of it for each word, which the next step reads.

A step keeps the normed rows of the steps before it, whose keys and values it looks at (what is
called a cache where speed counts), so no causal mask is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.corpus.vocabulary import BEGIN_INDEX, END_INDEX
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import added, concatenate, elementwise, embedding, largest
from sheetformer.language import translate
from sheetformer.lessons.translator.declare_weights import BROAD, Network
from sheetformer.models import transformer
from sheetformer.models.decode import CANDIDATES, Translator
from sheetformer.story.story import Story

WIDE = 10_000
"""A line of blocks that never breaks: one column for each step."""


@dataclass(frozen=True)
class DecoderStep:
    """One step of the decoder: what it read, wrote and looked at.

    Attributes:
        number: of the word written (1, 1), which the next step reads.
        read: the word read (1, 1).
        written: the word written (1, 1), empty after the end.
        ended: 1 once the end token was written (1, 1).
        attention: cross-attention over the source words (1, m), 0 after the end.
        probability: of the word written (1, 1), 0 after the end.
        least: the smallest so far, that of the end among them (1, 1).
        vector: the embedding of the word written, 0 after the end (1, d).
    """

    number: Array
    read: Array
    written: Array
    ended: Array
    attention: Array
    probability: Array
    least: Array
    vector: Array


@dataclass(frozen=True)
class _Decoder:
    """What all steps have in common.

    Attributes:
        model: its facts.
        network: the learned numbers.
        memory: (m, d).
        visible: 1 where a source word stands (1, m).
        silent: 1 where there is none at all (1, 1).
        next_word: the stage where every word is scored.
        known: for each layer the keys and values of the memory.
        rows: for each layer the normed rows of the steps so far, each (1, d).
    """

    model: Translator
    network: Network
    memory: Array
    visible: Array
    silent: Array
    next_word: int
    known: tuple[transformer.KeysValues, ...]
    rows: tuple[list[Array], ...]


def decoder_steps(
    story: Story, model: Translator, network: Network, memory: Array, visible: Array
) -> list[DecoderStep]:
    """All steps, each in a stage of its own and with a column where every word is scored.

    Args:
        story: gets the stages.
        model: its facts.
        network: the learned numbers.
        memory: (m, d), from the encoder.
        visible: 1 where a source word stands (1, m).
    """
    note = "Number of the word that the decoder reads first."
    begin = story.constant(
        np.array([[float(BEGIN_INDEX)]]), "begin", note=note, number_format="integer"
    )
    next_word = story.stage(
        "Which word comes next?",
        "Every word of the vocabulary is scored by how well it would go on: the dot product of "
        "the decoder's last row with the word's own row, plus a bias. One group of columns a "
        "step; the exponentials of the scores, over their sum, are probabilities.",
        "x W_out + b",
        "Next word",
        WIDE,
    )
    facts = model.weights.facts
    story.stage(
        "Keys and values of the memory",
        "Every step of the decoder looks at the same memory. So its keys and values are made once.",
        group="Encoder",
        width=BROAD,
    )
    known = tuple(
        transformer.keys_values(
            network.tensors,
            f"decoder.{i}.cross_attention",
            memory,
            facts.heads,
            f"decoder_{i + 1}_cross",
        )
        for i in range(facts.layers)
    )
    rows = tuple(list[Array]() for _ in range(facts.layers))
    silent = 1.0 - visible.max(axis=1, keepdims=True)
    note = "1 where nothing was typed."
    story.show(silent, "silent", "", note, number_format="integer", stage=next_word)
    decoder = _Decoder(model, network, memory, visible, silent, next_word, known, rows)
    steps: list[DecoderStep] = []
    for _ in range(network.steps):
        steps.append(_step(story, decoder, steps, begin))
    return steps


def _step(
    story: Story, decoder: _Decoder, before: Sequence[DecoderStep], begin: Array
) -> DecoderStep:
    t = len(before)
    name = f"step_{t + 1}"
    story.stage(
        translate("Step {step}", step=t + 1),
        "The decoder reads the word that was written last, looks at the words before it "
        "(self-attention), then at the source (cross-attention), and scores every word of the "
        "vocabulary as the next one.",
        "softmax(Q Kᵀ / √d_k) V",
        "Decoder",
        BROAD,
    )
    network, number = decoder.network, before[-1].number if before else begin
    read = embedding(network.portuguese.words[:, 0], number)
    story.show(read, f"{name}_read", "", "The word read.", role="word read")
    vector = embedding(network.portuguese.vectors, number[:, 0])
    story.show(vector, f"{name}_embedding", "E[number]")
    x = transformer.embed(vector, network.positions[t : t + 1])
    story.show(x, f"{name}_x", "E √d + position")
    x, weights = _layers(decoder, name, x)
    return _choose(story, decoder, before, read, x, weights)


def _layers(decoder: _Decoder, name: str, x: Array) -> tuple[Array, Array]:
    """One row of the decoder (1, d) through all layers, and its cross-attention (h, 1, m)."""
    facts = decoder.model.weights.facts
    weights = x
    for i, rows in enumerate(decoder.rows):
        at = name if facts.layers == 1 else f"{name}_layer{i + 1}"
        layer = transformer.Layer(decoder.network.tensors, f"decoder.{i}", at, facts.heads)
        rows.append(layer.norm(1, x))
        x = layer.self_attention(x, rows[-1], concatenate(rows), None)
        known = decoder.known[i]
        x, weights = layer.cross_attention(x, decoder.memory, decoder.visible, known)
        x = layer.feed_forward(x, norm=3)
    return x, weights


def _choose(
    story: Story,
    decoder: _Decoder,
    before: Sequence[DecoderStep],
    read: Array,
    x: Array,
    weights: Array,
) -> DecoderStep:
    """Score every word, name the likeliest, and write the first. Section 3.4."""
    name = f"step_{len(before) + 1}"
    before_it = before[-1].ended if before else decoder.silent
    place, word, share = _likeliest(story, decoder, len(before), x, before_it)
    ends = elementwise("equal", place, float(END_INDEX))
    ended = NUMPY.maximum(before_it, ends)
    story.show(ended, f"{name}_ended", "ended before, or </s>", number_format="integer")
    written = NUMPY.where(ended, "", word)
    story.show(written, f"{name}_written", "", "The word written.", role="next word")
    attention = _attention(story, decoder, name, weights, ended)
    chosen = embedding(decoder.network.portuguese.vectors, place[:, 0])
    story.show(chosen, f"{name}_chosen", "E[number]", "What the next step reads.")
    vector = NUMPY.where(ended, 0.0, chosen)
    story.show(vector, f"{name}_point", "E[number]", "Of the word written.")
    probability, least = NUMPY.where(ended, 0.0, share), NUMPY.where(before_it, 1.0, share)
    least = NUMPY.minimum(before[-1].least, least) if before else least
    story.show(probability, f"{name}_sure", "0 after the end", number_format="share")
    note = "The least sure so far."
    story.show(least, f"{name}_least", "min", note, number_format="share")
    return DecoderStep(place, read, written, ended, attention, probability, least, vector)


def _likeliest(
    story: Story, decoder: _Decoder, t: int, x: Array, ended: Array
) -> tuple[Array, Array, Array]:
    """The likeliest word (1, 1): number, text, probability; those that come close beside."""
    name = f"step_{t + 1}"
    scores = _scores(story, decoder, t, x, ended)
    best, place = largest(scores, 1, axis=0)
    story.show(best, f"{name}_largest", "max logit")
    exponentials = np.exp(scores - best)
    story.show(
        exponentials,
        f"exp_{t + 1}",
        "exp(logit − max)",
        stage=decoder.next_word,
        labels=(None, None),
    )
    total = story.show(exponentials.sum(axis=0, keepdims=True), f"{name}_total", "Σ exp")
    others = [largest(scores, k, axis=0) for k in range(2, CANDIDATES + 1)]
    first, *_ = [
        _candidate(story, decoder, f"{name}_{{}}_{k}", k, ranked, best, total)
        for k, ranked in enumerate([(best, place), *others], 1)
    ]
    return place, *first


def _scores(story: Story, decoder: _Decoder, t: int, x: Array, ended: Array) -> Array:
    """Logits of all words as the next one: (target words, 1), on their own sheet.

    After the end there is no next word: all are 0, and an engine need not work them out.
    """
    network, stage = decoder.network, decoder.next_word
    scores = NUMPY.where(ended, 0.0, network.output @ x.T + network.bias)
    note = translate("Step {step}; after the end all are 0.", step=t + 1)
    return story.show(scores, f"logits_{t + 1}", "W_outᵀ xᵀ + b", note, stage=stage)


def _candidate(
    story: Story,
    decoder: _Decoder,
    name: str,
    k: int,
    ranked: tuple[Array, Array],
    best: Array,
    total: Array,
) -> tuple[Array, Array]:
    """One of the likeliest words and its probability; `name` has a gap for what a block is."""
    score, place = ranked
    story.show(place, name.format("place"), "", "Its number.", number_format="integer")
    word = embedding(decoder.network.portuguese.words[:, 0], place)
    note = translate("Likeliest word {number} …", number=k)
    story.show(word, name.format("word"), "", note, role="candidate word")
    note, role = "… and its probability.", "candidate probability"
    share = story.show(
        np.exp(score - best) / total,
        name.format("p"),
        "exp / Σ",
        note,
        number_format="share",
        role=role,
    )
    if k > 1:
        story.show(score, name.format("score"), "", "Its logit.")
    return word, share


def _attention(story: Story, decoder: _Decoder, name: str, weights: Array, ended: Array) -> Array:
    """The cross-attention that counts for alignment (1, m): a guided head, or the mean."""
    heads = weights.shape[0]
    row = weights[0]
    if not decoder.model.weights.facts.guided and heads > 1:
        row = story.show(added(weights) / float(heads), f"{name}_mean_weights", "mean of the heads")
    attention = NUMPY.where(ended, 0.0, row)
    role = "masked attention weights"
    return story.show(attention, f"{name}_looked", "0 after the end", role=role)
