"""Lesson: modern-block; the Transformer block of 2017 beside today's, a switch for each part.

2017: Vaswani et al., with layer norm behind each part (Ba et al. 2016). Today: root mean square
norm (Zhang and Sennrich 2019) in front (Xiong et al. 2020), rotary positions (Su et al. 2021),
grouped queries (Ainslie et al. 2023) and SwiGLU (Shazeer 2020), as in Llama. No biases but the
layer norm's. The weights are random: here the arithmetic is told, not what it learns.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.graph import nn
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.elementary import where
from sheetformer.graph.functions import copy, embedding
from sheetformer.language import translate
from sheetformer.lessons.modern_block_costs import costs
from sheetformer.lessons.modern_block_parts import (
    GROUP,
    HEADS,
    WEIGHTS,
    WORDS,
    Block,
    Switches,
    declare_weights,
    declare_words,
    fold,
)
from sheetformer.lessons.modern_block_turning import turning
from sheetformer.lessons.options import whole
from sheetformer.lessons.story import Lesson, order, switch
from sheetformer.story.check import check
from sheetformer.story.questions import ask, truths
from sheetformer.story.story import Story

TITLE = "The block of 2017 and the block of today"


def modern_block(seed: int = 7, formulas: str = "matrix") -> Book:
    """The lesson's book: one block, five switches, and what it costs.

    Args:
        seed: of the random weights, 0 to 9999.
        formulas: "matrix", "cell" or "named".

    Raises:
        SheetformerError: the seed is out of bounds.
    """
    story = Story(TITLE, head=LESSON.head(), order=order(GROUP, HEADS, WEIGHTS))
    switches = _switches(story)
    block = declare_weights(story, whole("seed", seed, 0, 9999))
    x, place = _input(story, switches, block)
    seen = _norm_in_front(story, switches, block, x)
    turned = turning(story, place)
    after = _attention(story, switches, block, x, seen, turned)
    _feed_forward(story, switches, block, after)
    cache = costs(story, switches)
    _questions(story, cache)
    ask(story, GROUP)
    check(story)
    return build(story, formulas)


def _switches(story: Story) -> Switches:
    """Five cells, all of them 1: today."""
    story.stage(
        "1   Five parts, five switches",
        "A block takes the rows of all words, lets each look at those before it (attention), then "
        "works on each row alone (two layers), and adds both to what was there. Since 2017 five "
        "parts were exchanged. With all switches at 1 this is the block of Llama and most open "
        "models of today; with all at 0 it is that of Vaswani et al. 2017. Set any of them and "
        "watch numbers and costs change. The weights are random: nothing was learned here.",
        "x + f(norm(x)),  norm(x + f(x))",
        GROUP,
    )
    return Switches(*(
        switch(story, name, note, title=title)
        for name, title, note in (
            ("use_rms", "Norm", "1: root mean square. 0: layer norm."),
            ("norm_first", "Its place", "1: in front. 0: behind."),
            ("use_rotary", "Positions", "1: turned. 0: waves added."),
            ("use_groups", "Key heads", "1: two. 0: eight."),
            ("use_gate", "Hidden layer", "1: SwiGLU. 0: ReLU."),
        )
    ))  # fmt: skip


def _input(story: Story, switches: Switches, block: Block) -> tuple[Array, Array]:
    """The rows that come in (n, d), and the places of the words (n, 1)."""
    story.stage(
        "2   What comes in, and its norm",
        "Each word is a row of numbers; “the” stands twice and has the same row both times. In "
        "2017 waves were added to tell the places apart (lesson positions). Then the norm brings "
        "all rows to one size: layer norm takes the mean off and divides by the standard "
        "deviation, root mean square norm only divides, which costs less and does as well. In "
        "front of a part it leaves the way through the block free; behind it, every row is "
        "squeezed at each block.",
        "x / √(mean of x² + ε)",
        GROUP,
    )
    words, place = declare_words(story)
    x = embedding(block.table, words)
    story.show(x, "rows", "E[word]", title="Rows of the vocabulary", workings=True)
    waves = block.waves[: len(WORDS)]
    x = np.where(switches.rotary, x, x + waves)
    labels = (place.labels[0], block.columns)
    note = "Its row; with waves if positions are added."
    return story.show(x, "x", "E[word] + waves", note, title="Rows of the words", labels=labels,
                      line=True), place  # fmt: skip


def _norm_in_front(story: Story, switches: Switches, block: Block, x: Array) -> Array:
    seen = np.where(switches.first, block.norm(story, switches, x, 0, "norm1"), x)
    note = "What attention reads."
    return story.show(seen, "seen", "norm(x)", note, title="Rows that attention reads",
                      line=True)  # fmt: skip


def _attention(
    story: Story, switches: Switches, block: Block, x: Array, seen: Array, turned: Any
) -> Array:
    """What stands after attention, added and normed: (n, d)."""
    story.stage(
        "4   Eight queries, two keys",
        "Each word asks in eight heads of two numbers. In 2017 each head had keys and values of "
        "its own. Today four heads share one key and one value (grouped queries): whoever reads a "
        "long text has to keep only a quarter of them. Here the shared matrices are the means of "
        "those of their four heads, which is how a trained model can be turned into such a one. "
        "Each word may look at itself and back (causal).",
        "softmax(Q Kᵀ / √d_k) V W_O",
        GROUP,
    )
    query = block.project(story, seen, "Q", turned(seen @ block["W_Q"], switches.rotary, "Q"))
    keys = _shared(story, switches, block, seen, "K")
    key = block.project(story, seen, "K", turned(keys, switches.rotary, "K"))
    value = block.project(story, seen, "V", _shared(story, switches, block, seen, "V"))
    since = len(story.graph.nodes)
    q, k, v = (nn.split_heads(part, block.heads) for part in (query, key, value))
    blend = nn.merge_heads(nn.attention(q, k, v, block.mask))
    heads = story.stage("All heads", "Scores, shares and blends of the eight heads.", "", HEADS, 40)
    for node in story.graph.nodes[since:]:
        story.move(node, stage=heads)
    stage = heads - 1
    first = story.named("weights")[0]
    story.show(copy(first), "weights_head1", "softmax(scores)", "Row looks at column.",
               title="Who looks where: the first head", role="attention weights", stage=stage,
               labels=(x.labels[0], x.labels[0]))  # fmt: skip
    after = blend @ block["W_O"] + x
    story.show(after, "after_attention", "x + heads W_O", "Added to what was there.",
               title="After attention", stage=stage, line=True, labels=x.labels)  # fmt: skip
    begun = len(story.graph.nodes)
    behind = np.where(switches.first, after, block.norm(story, switches, after, 0, "norm2"))
    for node in story.graph.nodes[begun:]:
        story.move(node, stage=stage)
    return story.show(behind, "between", "norm(after_attention)", "", stage=stage,
                      title="Handed on", workings=True)  # fmt: skip


def _shared(story: Story, switches: Switches, block: Block, seen: Array, letter: str) -> Array:
    """Keys or values of eight heads (n, d), or those of two heads, each four times over."""
    title = {"K": "Keys of two heads", "V": "Values of two heads"}[letter]
    two = story.show(seen @ block[f"W_{letter}_shared"], f"{letter}_two", f"x W_{letter}_shared",
                     title=title, workings=True)  # fmt: skip
    own = seen @ block[f"W_{letter}"]
    return where(switches.groups, two @ block.repeat, own)


def _feed_forward(story: Story, switches: Switches, block: Block, x: Array) -> Array:
    """What the block gives: (n, d)."""
    story.stage(
        "5   Two layers, or three with a gate",
        "Each row alone goes through a wider layer and back. In 2017 negative numbers were set to "
        "0 (ReLU). SwiGLU makes two wide rows: one goes through SiLU, z · σ(z), and opens or "
        "closes the other, number by number. That needs three matrices, so they are made a third "
        "narrower: 32 numbers in place of 48, and as many weights as before.",
        "(SiLU(x W_gate) · x W_up) W_down",
        GROUP,
    )
    since = len(story.graph.nodes)
    normed = block.norm(story, switches, x, 1, "norm3")
    fold(story, since)
    seen: Any = story.show(np.where(switches.first, normed, x), "seen_2", "norm(x)", "",
                      title="Rows that the layers read", workings=True)  # fmt: skip
    stage = len(story.stages) - 1
    hidden = _hidden(story, block, seen)
    begun = len(story.graph.nodes)
    gated, relu = (hidden[name] for name in ("gated", "relu"))
    back = np.where(switches.gate, gated @ block["W_down"], relu @ block["W_2"])
    title, note = "What the layers give", "What is added."
    story.show(back, "layers", "gated · W_down, relu · W₂", note, title=title, line=True,
               labels=x.labels)  # fmt: skip
    after = story.show(back + x, "after_layers", "x + layers(x)", "", title="After the layers",
                       workings=True, labels=x.labels)  # fmt: skip
    since = len(story.graph.nodes)
    normed = block.norm(story, switches, after, 1, "norm4")
    fold(story, since)
    given = np.where(switches.first, after, normed)
    for node in story.graph.nodes[begun:]:
        story.move(node, stage=stage)
    return story.show(given, "output", "norm(after_layers)", "One row a word.",
                      title="What the block gives", line=True, stage=stage)  # fmt: skip


def _hidden(story: Story, block: Block, seen: Array) -> dict[str, Array]:
    """The hidden numbers with a gate (n, 32) and with ReLU (n, 48), on the inner sheet."""
    story.stage("The hidden layer", "Both ways, whichever is switched on.", "", HEADS, 40)
    gate = story.show(seen @ block["W_gate"], "gate", "x W_gate", title="Gate", line=True)
    opened = story.show(nn.silu(gate), "opened", "gate · σ(gate)", title="Gate, by SiLU", line=True)
    up = story.show(seen @ block["W_up"], "up", "x W_up", title="What it lets through", line=True)
    gated = story.show(
        opened * up, "gated", "SiLU(gate) · x W_up", title="Gated numbers", line=True
    )
    relu = NUMPY.maximum(seen @ block["W_1"], 0.0)
    relu = story.show(relu, "relu", "max(0, x W₁)", title="Numbers above 0", line=True)
    return {"gated": gated, "relu": relu}


def _questions(story: Story, cache: Array) -> None:
    story.question(
        translate("Root mean square norm takes the mean of each row off."),
        translate("It only divides; that is what it saves beside layer norm."),
        translate("The text of step 2 says what each of the two does."),
        options=truths(),
        answer=truths()[1],
    )
    stays, grows, shrinks = (translate(text) for text in ("it stays", "it grows", "it shrinks"))
    story.question(
        translate("Positions are turned. Two words move three places on, both. Their score …"),
        translate("Both are turned further by the same angle: only the angle between them counts."),
        translate("Follow a diagonal of the table in step 3."),
        options=(grows, stays, shrinks),
        answer=stays,
    )
    story.question(
        translate("Two key heads of two numbers each: how many numbers a word must be kept?"),
        translate("A key and a value of each key head (step 6)."),
        translate("Keys and values, in each of the key heads: step 6 counts them."),
        answer=8.0,
        within=0.4,
    )
    story.question(
        translate("Set a switch so that four times as many numbers a word must be kept."),
        translate("Eight key heads in place of two: that is why groups came into use."),
        translate("Which switch of step 1 changes the cache in step 6?"),
        until=cache > 8.5,
    )


LESSON = Lesson(
    TITLE,
    "Root mean square norm, rotary positions, grouped queries, SwiGLU: what changed, and its cost.",
    modern_block,
    picture=3,
    name="modern-block",
    goal="name the five parts that changed since 2017, and their cost",
    needs=("multi-head", "positions"),
    minutes=30,
    blanks="turned_scores, weights_all, cache",
)
