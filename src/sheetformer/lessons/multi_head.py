"""Lesson: multi-head attention, several looks at the same sentence at once.

The equation is Vaswani et al. 2017, section 3.2.2: MultiHead(Q, K, V) = Concat(head_1, …, head_h)
W_O, each head an attention of its own over d_k = d_model / h columns. The learned numbers are those
of the translator with two heads.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy
from sheetformer.language import translate
from sheetformer.lessons.encoder_rows import (
    Encoder,
    declare_encoder,
    declare_sentence,
    queries_keys_values,
    read_sentence,
)
from sheetformer.lessons.options import whole
from sheetformer.lessons.single_head import STORY, Sizes, in_one_sum, single_head
from sheetformer.lessons.story import Lesson, either, order, scalar, sentences, switch
from sheetformer.models.decode import load_translator
from sheetformer.story.check import check
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.word_cells import Rows, lengths

TITLE = "Multi-head attention: several looks at once"
SENTENCE = "we see the red house"
LEARNED_HEADS = 2
"""As many as the shipped matrices were learned with."""
MOST_HEADS = 4


def multi_head(
    sentence: str = SENTENCE, heads: int = LEARNED_HEADS, formulas: str = "matrix"
) -> Book:
    """The lesson's book for an English sentence.

    Args:
        sentence: 1 to 8 known English words; bars make the words between them one row.
        heads: 1, 2 or 4; they share the 8 columns of d_model evenly.
        formulas: "matrix" or "cell".

    Raises:
        WordError: a word is not known, or there are too few or too many.
        SheetformerError: heads is none of these.
    """
    model = load_translator("translator_two_heads")
    heads = _evenly(whole("heads", heads, 1, MOST_HEADS), model.weights.d_model)
    words = read_sentence(sentence, model)
    story = Story(TITLE, order=order(STORY, "Check", "Input"))
    encoder = declare_encoder(story, model, ("w_q", "w_k", "w_v", "w_o"))
    usual = sentence == SENTENCE and heads == LEARNED_HEADS
    _tell(story, _Heads(encoder, heads, usual), words)
    check(story)
    return build(story, formulas)


def _evenly(heads: int, d_model: int) -> int:
    if d_model % heads:
        fitting = [str(count) for count in range(1, MOST_HEADS + 1) if d_model % count == 0]
        raise SheetformerError(
            f"heads must be one of {', '.join(fitting)}, which share the {d_model} columns "
            f"evenly, not {heads}"
        )
    return heads


@dataclass(frozen=True)
class _Heads:
    """What is split among the heads.

    Attributes:
        encoder: the learned numbers.
        count: how many heads.
        usual: whether sentence and heads are those that the texts are written for.
    """

    encoder: Encoder
    count: int
    usual: bool

    def columns(self, array: Array) -> list[Array]:
        """The columns of each head: (n, d_model) → heads × (n, d_k); views, nothing is computed."""
        width = self.encoder.d_model // self.count
        return [array[:, i * width : (i + 1) * width] for i in range(self.count)]


def _tell(story: Story, heads: _Heads, words: list[list[str]]) -> None:
    """All stages, in order."""
    rows, x = _words(story, heads, words)
    sizes = _sizes(story, heads)
    query, key, value = _query_key_value(story, heads, x)
    scores, exponentials = _compare(story, heads, query, key, sizes.d_k)
    weights = _softmax(story, heads, exponentials)
    _strongest_words(story, weights, rows)
    blends, switches, outputs = _blend(story, heads, weights, value)
    mixer = heads.encoder.matrices["w_o"]
    _join(story, mixer, outputs)
    _worth(story, blends, switches, [rows.T for rows in heads.columns(mixer.T)])
    single_head(story, sizes, (query, key, value), scores, mixer, usual=heads.usual)


def _words(story: Story, heads: _Heads, words: list[list[str]]) -> tuple[Rows, Array]:
    story.stage(
        "1   One sentence",
        "Each word becomes a row of learned numbers, and all rows together are X (the sheet "
        "Input shows how). Type another word in a yellow cell and watch everything follow.",
        "X: one row a word",
        STORY,
    )
    return declare_sentence(story, heads.encoder, words, "it counts as an empty cell")


def _sizes(story: Story, heads: _Heads) -> Sizes:
    learned = "These matrices were learned with two heads."
    cut = "These matrices were learned with two heads; here the columns are dealt otherwise."
    story.stage(
        "2   Each head gets some columns",
        sentences(
            "A word can have several questions at once: which noun do I belong to, who is "
            "doing this? One attention gives only one answer. So the columns of Q, K and V are "
            "dealt to the heads, d_k columns each, from left to right.",
            either(heads.count == LEARNED_HEADS, learned, cut),
        ),
        "d_k = d_model / heads",
        STORY,
    )
    size = scalar(story, heads.encoder.d_model, "d_model", "Numbers in a word's row.")
    count = scalar(story, heads.count, "heads", "How many share them.")
    note = "Columns of each head."
    width = story.show(size / count, "d_k", "d_model / heads", note, number_format="integer")
    return Sizes(size, count, width)


def _query_key_value(story: Story, heads: _Heads, x: Array) -> tuple[Array, Array, Array]:
    """Q, K and V (n, d_model)."""
    note = "Query: what each word asks for, all heads."
    query, key, value = queries_keys_values(story, heads.encoder, x, note)
    story.place(query, line=True)
    return query, key, value


def _compare(
    story: Story, heads: _Heads, query: Array, key: Array, width: Array
) -> tuple[list[Array], list[Array]]:
    """For each head its scores (n, n) and their exponentials."""
    story.stage(
        "3   Each head compares on its own",
        "Each head multiplies its own columns only, so each has scores of its own for the same "
        "words. Nothing passes from one head to the other here. The scores are divided by "
        "√d_k, and their exponentials are the first half of softmax.",
        "scores_h = Q_h K_hᵀ",
        STORY,
    )
    scores: list[Array] = []
    for i, (q, k) in enumerate(zip(heads.columns(query), heads.columns(key), strict=True), 1):
        note = translate("How well questions and offers fit in head {head}.", head=i)
        scores.append(story.show(q @ k.T, f"head{i}_scores", "Q_h K_hᵀ", note, role="scores"))
    exponentials: list[Array] = []
    for i, each in enumerate(scores, 1):
        power = np.exp(below_largest(each) / np.sqrt(width))
        note = translate("Head {head}: 1 for the best of the row.", head=i)
        name, equation = f"head{i}_exp", "exp((s − max) / √d_k)"
        exponentials.append(story.show(power, name, equation, note, role="softmax exponentials"))
    story.place(exponentials[0], line=True)
    return scores, exponentials


def _softmax(story: Story, heads: _Heads, exponentials: list[Array]) -> list[Array]:
    """The weights of each head: (n, n)."""
    story.stage(
        "4   Each head looks by itself",
        either(heads.usual, _READ_USUAL, _READ),
        "weights_h = softmax(Q_h K_hᵀ / √d_k)",
        STORY,
    )
    weights: list[Array] = []
    for i, each in enumerate(exponentials, 1):
        name, note = f"head{i}_weights", translate("Head {head}: who looks at whom.", head=i)
        weights.append(story.show(shares(each), name, note=note, role="attention weights"))
    return weights


def _strongest_words(story: Story, weights: list[Array], rows: Rows) -> None:
    """The word that each row of each head (n, n) looks at most."""
    for i, each in enumerate(weights, 1):
        names = (f"head{i}_best", f"head{i}_word")
        notes = ("Its column, from 0.", translate("Head {head} looks most at …", head=i))
        strongest_word(story, each, rows.words[:, 0], names, notes, "argmax", line=i == 1)


def _blend(
    story: Story, heads: _Heads, weights: list[Array], value: Array
) -> tuple[list[Array], ...]:
    """For each head its blend (n, d_k), its switch, and the blend times the switch."""
    story.stage(
        "5   Each head blends on its own",
        "Each head takes from its own columns of V as much as its weights say. Every head has "
        "a switch: set one to 0 and its block becomes 0. What that changes stands in step 7.",
        "head_h = weights_h V_h",
        STORY,
    )
    note = "1: the head counts. 0: it is off."
    switches = [switch(story, f"head{i + 1}_on", note) for i in range(heads.count)]
    note, equation = "What the head took.", "weights_h V_h"
    blends = [
        story.show(w @ v, f"head{i}_blend", equation, note, role="blend", line=i == 1)
        for i, (w, v) in enumerate(zip(weights, heads.columns(value), strict=True), 1)
    ]
    note = "The same, or 0 if it is off."
    outputs = [
        story.show(blend * on, f"head{i}", "blend · on", note, line=i == 1)
        for i, (blend, on) in enumerate(zip(blends, switches, strict=True), 1)
    ]
    return blends, switches, outputs


def _join(story: Story, mixer: Array, outputs: list[Array]) -> None:
    """Concat and W_O (d_model, d_model)."""
    story.stage(
        "6   Side by side, then mixed",
        "The heads are put side by side again (concat), as wide as X was. The matrix W_O "
        "(sheet Learned) mixes them, so that what one head found can reach every column.",
        "output = Concat(heads) W_O",
        STORY,
    )
    joined, labels = copy(concatenate(outputs, axis=1)), (outputs[0].labels[0], mixer.labels[0])
    note = "All heads side by side."
    joined = story.show(joined, "concat", "head_1 … head_h", note, labels=labels)
    note = "What the layer gives."
    story.show(joined @ mixer, "output", "concat W_O", note, role="attention output")


def _worth(story: Story, blends: list[Array], switches: list[Array], mixers: list[Array]) -> None:
    """What each head adds to the output by its rows of W_O (d_k, d_model), and what is missing."""
    story.stage(
        "7   What each head adds",
        "Concat and W_O together are a sum: each head meets its own rows of W_O and adds its "
        "part. Set a switch of step 5 to 0: its part is missing in the output, and the change "
        "below is exactly that part with its sign turned. The length says how much each word "
        "misses it.",
        "output = Σ head_h W_O,h",
        STORY,
    )
    parts: list[Array] = []
    for i, (blend, mixer) in enumerate(zip(blends, mixers, strict=True), 1):
        note = translate("What head {head} adds when it is on.", head=i)
        parts.append(story.show(blend @ mixer, f"head{i}_part", "blend_h W_O,h", note))
    change = in_one_sum((on - 1.0) * part for on, part in zip(switches, parts, strict=True))
    note = "What the switches take from the output."
    story.show(change, "change", "Σ (on − 1) part", note)
    lengths(story, change, "change_length", "How far each row moved.")


_READ_USUAL = (
    "The same words, and yet the heads differ. In head 2 the rows “see”, “the” and “red” look at "
    "“house”; in head 1 the same three look at “we”. Both can help a translator: “the” and “red” "
    "become “a” and “vermelha” because “casa” (house) is feminine, and “see” becomes “vemos” "
    "because of “we”. That is our reading: nobody told these heads what to look for, and not every "
    "row has such a reason."
)
_READ = (
    "The same words, but each head may share its attention in another way. Nobody told these heads "
    "what to look for: they learned it from translations, and not every row has a reason that a "
    "person would name."
)


LESSON = Lesson(
    TITLE,
    "How several heads look at the same words, each at something else.",
    multi_head,
    picture=5,
)
