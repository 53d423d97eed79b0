"""What the block of the lesson modern-block costs: weights, cache, multiplications, live."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, elementwise
from sheetformer.language import translate
from sheetformer.lessons.modern_block_parts import (
    GATED,
    GROUP,
    HEAD,
    KEYS,
    QUERIES,
    RELU,
    WIDTH,
    Switches,
)
from sheetformer.lessons.story import dial, scalar
from sheetformer.story.caption import Allowed
from sheetformer.story.sentences import say
from sheetformer.story.story import Story


def costs(story: Story, switches: Switches) -> Array:
    """Stage 6: a table of 2017, today and the switches; gives the cache a word, (1, 1)."""
    story.stage(
        "6   What it costs",
        "Counted for one block, beside each other: as in 2017, as today, and as the switches "
        "stand. Whoever writes a text word by word keeps the keys and values of all words before "
        "(the cache) and multiplies each new row with all matrices, and with that cache. Groups "
        "make the cache a quarter; the gate costs nothing, since its matrices are narrower. Type "
        "how many words were read before.",
        "cache = 2 · key heads · d_k",
        GROUP,
    )
    sizes = {
        name: scalar(story, float(number), name, note, title=title, workings=True)
        for name, number, title, note in (
            ("d_model", WIDTH, "How wide", "Numbers in a row."),
            ("d_k", HEAD, "Width of a head", "Numbers in a query."),
            ("hidden_relu", RELU, "Hidden with ReLU", "Numbers in the hidden layer."),
            ("hidden_gated", GATED, "Hidden with SwiGLU", "Numbers in the hidden layer."),
        )
    }
    read = dial(story, 1000.0, "words_before", "Read already.", Allowed(0, 1e6, whole=True),
                title="Words before", number_format="integer")  # fmt: skip
    fixed = _settings(story, switches)
    return _table(story, sizes, read, fixed)


def _settings(story: Story, switches: Switches) -> dict[str, Array]:
    """The switches of the three columns, one below the other: (3, 1) each."""
    found: dict[str, Array] = {}
    for name, title, cell in (
        ("rms", "Which norm", switches.rms),
        ("groups", "Which key heads", switches.groups),
        ("gate", "Which hidden layer", switches.gate),
    ):
        ends = story.constant(np.array([[0.0], [1.0]]), f"{name}_then_now", workings=True,
                              title="Then and now", number_format="mask")  # fmt: skip
        column = copy(concatenate([ends, cell], axis=0))
        found[name] = story.show(column, f"{name}_of_each", "", "", title=title,
                                 number_format="mask", workings=True)  # fmt: skip
    return found


def _table(
    story: Story, sizes: dict[str, Array], read: Array, on: dict[str, Array]
) -> Array:  # fmt: skip
    d, d_k = sizes["d_model"], sizes["d_k"]
    rows = np.array([translate("2017"), translate("today"), translate("as switched")], dtype=object)
    labels = (rows, None)
    keys: Any = np.where(on["groups"], float(KEYS), float(QUERIES))
    keys = _count(
        story, keys, "key_heads", "8 − 6 · groups_of_each", "Key heads", "", labels, line=True
    )
    projections = 2.0 * d * d + 2.0 * d * d_k * keys
    attention = _count(story, projections, "weights_attention", "2 d² + 2 d · key_heads · d_k",
                       "Weights of attention", "", labels)  # fmt: skip
    hidden: Any = np.where(
        on["gate"], 3.0 * d * sizes["hidden_gated"], 2.0 * d * sizes["hidden_relu"]
    )
    layers = _count(story, hidden, "weights_layers", "3 d · hidden_gated, 2 d · hidden_relu",
                    "Weights of the layers", "", labels)  # fmt: skip
    norms: Any = np.where(on["rms"], 2.0 * d, 4.0 * d)
    norms = _count(story, norms, "weights_norms", "2 d, 4 d", "Weights of the norms", "", labels)
    _count(story, attention + layers + norms, "weights_all", "Σ", "All weights", "", labels,
           line=True)  # fmt: skip
    cache = _count(story, 2.0 * keys * d_k, "cache", "2 · key_heads · d_k", "Cache a word",
                   "Numbers to keep.", labels)  # fmt: skip
    _count(story, cache * read, "cache_all", "cache · words_before", "Whole cache", "", labels)
    work = attention + layers + 2.0 * (read + 1.0) * d
    work = _count(story, work, "multiplications", "weights + 2 d (words_before + 1)",
                  "Multiplications a word", "", labels)  # fmt: skip
    say(
        story, "costs_told",
        "After {words} words the cache of this block holds {cache} numbers, in 2017 {then}; the "
        "next word takes {work} multiplications.",
        title="In words", placed={"line": True}, words=read, cache=story.named("cache_all")[2:],
        then=story.named("cache_all")[:1], work=work[2:],
    )  # fmt: skip
    return cache[2:]


def _count(
    story: Story, x: Array, name: str, equation: str, title: str, note: str, labels: Any,
    **shown: Any,
) -> Array:  # fmt: skip
    return story.show(elementwise("add", x, 0.0) if x.node.is_source else x, name, equation, note,
                      title=title, number_format="integer", labels=labels, **shown)  # fmt: skip
