"""Lesson: multi-head attention, several looks at the same sentence at once.

The equation is Vaswani et al. 2017, section 3.2.2: MultiHead(Q, K, V) = Concat(head_1, …, head_h)
W_O, each head an attention of its own over d_k = d_model / h columns. The learned numbers are those
of the translator with two heads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.check import check
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, deviation, inside, show
from sheetformer.graph.node import Graph
from sheetformer.language import translate
from sheetformer.lessons.encoder_rows import (
    Encoder,
    declare_encoder,
    declare_sentence,
    read_sentence,
)
from sheetformer.lessons.options import whole
from sheetformer.lessons.story import (
    Lesson,
    constant,
    either,
    named,
    order,
    sentences,
    stage,
    switch,
)
from sheetformer.translator.cells import Rows, lengths
from sheetformer.translator.decode import load_translator

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
    graph = Graph()
    encoder = declare_encoder(graph, model, ("w_q", "w_k", "w_v", "w_o"))
    usual = sentence == SENTENCE and heads == LEARNED_HEADS
    _Story(graph, encoder, heads, usual).tell(words)
    check(graph)
    return build(graph, TITLE, formulas, (), order("Attention", "Check", "Input"))


def _evenly(heads: int, d_model: int) -> int:
    if d_model % heads:
        fitting = [str(count) for count in range(1, MOST_HEADS + 1) if d_model % count == 0]
        raise SheetformerError(
            f"heads must be one of {', '.join(fitting)}, which share the {d_model} columns "
            f"evenly, not {heads}"
        )
    return heads


@dataclass
class _Story:
    """Tells the stages in order; the graph grows with them."""

    graph: Graph
    encoder: Encoder
    heads: int
    usual: bool

    def tell(self, words: list[list[str]]) -> None:
        """All stages."""
        rows, x = self._words(words)
        query, key, value, width = self._query_key_value(x)
        scores, raised = self._compare(query, key, width)
        weights = self._softmax(raised)
        self._looks_at(weights, rows)
        blends, switches, given = self._blend(weights, value)
        mixers = self._join(given)
        self._worth(blends, switches, mixers)
        self._single(query, key, value, scores)

    def _columns(self, array: Array) -> list[Array]:
        """The columns of each head: (n, d_model) → heads × (n, d_k); views, nothing is computed."""
        width = self.encoder.d_model // self.heads
        return [array[:, i * width : (i + 1) * width] for i in range(self.heads)]

    def _stage(self, title: str, text: str, equation: str) -> int:
        return stage(self.graph, title, text, equation)

    def _words(self, words: list[list[str]]) -> tuple[Rows, Array]:
        self._stage(
            "1   One sentence",
            "Each word becomes a row of learned numbers, and all rows together are X (the sheet "
            "Input shows how). Type another word in a yellow cell and watch everything follow.",
            "X: one row a word",
        )
        return declare_sentence(self.graph, self.encoder, words, "it counts as an empty cell")

    def _query_key_value(self, x: Array) -> tuple[Array, Array, Array, Array]:
        """Q, K, V (n, d_model) and d_k."""
        learned = "These matrices were learned with two heads."
        cut = "These matrices were learned with two heads; here the columns are dealt otherwise."
        self._stage(
            "2   Each head gets some columns",
            sentences(
                "A word can have several questions at once: which noun do I belong to, who is "
                "doing this? One attention gives only one answer. So the columns of Q, K and V are "
                "dealt to the heads, d_k columns each, from left to right.",
                either(self.heads == LEARNED_HEADS, learned, cut),
            ),
            "d_k = d_model / heads",
        )
        size = constant(self.graph, self.encoder.d_model, "d_model", "Numbers in a word's row.")
        count = constant(self.graph, self.heads, "heads", "How many share them.")
        told = "Columns of each head."
        width = show(size / count, "d_k", "d_model / heads", told, look="integer")
        notes = (
            ("Q", "Query: what each word asks for, all heads."),
            ("K", "Key: what each word offers."),
            ("V", "Value: what each word gives."),
        )
        made = [
            show(x @ self.encoder.matrices[f"w_{k.lower()}"], f"{k}_", f"X W_{k}", note)
            for k, note in notes
        ]
        made[0].node.flow = "line"
        return made[0], made[1], made[2], width

    def _compare(self, query: Array, key: Array, width: Array) -> tuple[list[Array], list[Array]]:
        """For each head its scores (n, n) and their exponentials."""
        self._stage(
            "3   Each head compares on its own",
            "Each head multiplies its own columns only, so each has scores of its own for the same "
            "words. Nothing passes from one head to the other here. The scores are divided by "
            "√d_k, and their exponentials are the first half of softmax.",
            "scores_h = Q_h K_hᵀ",
        )
        pairs = zip(self._columns(query), self._columns(key), strict=True)
        scores = [
            show(
                q @ k.T,
                f"head{i + 1}_scores",
                "Q_h K_hᵀ",
                translate("How well questions and offers fit in head {head}.", head=i + 1),
            )
            for i, (q, k) in enumerate(pairs)
        ]
        raised: list[Any] = []
        for i, each in enumerate(scores):
            shifted = inside(each - inside(each.max(axis=1, keepdims=True)))
            power = np.exp(inside(shifted / inside(np.sqrt(width))))
            told = translate("Head {head}: 1 for the best of the row.", head=i + 1)
            raised.append(show(power, f"head{i + 1}_exp", "exp((s − max) / √d_k)", told))
        raised[0].node.flow = "line"
        return scores, raised

    def _softmax(self, raised: list[Array]) -> list[Array]:
        self._stage(
            "4   Each head looks by itself",
            either(self.usual, _READ_USUAL, _READ),
            "weights_h = softmax(Q_h K_hᵀ / √d_k)",
        )
        weights: list[Array] = []
        for i, each in enumerate(raised):
            shares = each / inside(each.sum(axis=1, keepdims=True))
            told = translate("Head {head}: who looks at whom.", head=i + 1)
            show(shares, f"head{i + 1}_weights", "exp / Σ exp", told, look="share")
            weights.append(shares)
        return weights

    def _looks_at(self, weights: list[Array], rows: Rows) -> None:
        for i, shares in enumerate(weights):
            best = shares.argmax(axis=1, keepdims=True)
            show(best, f"head{i + 1}_best", "argmax", "Its column, from 0.", look="integer")
            best.node.flow = "right" if i else "line"
            told = translate("Head {head} looks most at …", head=i + 1)
            show(rows.name_of(best), f"head{i + 1}_word", "", told)

    def _blend(self, weights: list[Array], value: Array) -> tuple[list[Array], ...]:
        """For each head its blend (n, d_k), its switch, and the blend times the switch."""
        self._stage(
            "5   Each head blends on its own",
            "Each head takes from its own columns of V as much as its weights say. Every head has "
            "a switch: set one to 0 and its block becomes 0. What that changes stands in step 7.",
            "head_h = weights_h V_h",
        )
        switches = [
            switch(self.graph, f"head{i + 1}_on", "1: the head counts. 0: it is off.")
            for i in range(self.heads)
        ]
        pairs = zip(weights, self._columns(value), strict=True)
        told = "What the head took."
        blends = [
            show(w @ v, f"head{i + 1}_blend", "weights_h V_h", told)
            for i, (w, v) in enumerate(pairs)
        ]
        blends[0].node.flow = "line"
        given = [
            show(blend * on, f"head{i + 1}", "blend · on", "The same, or 0 if it is off.")
            for i, (blend, on) in enumerate(zip(blends, switches, strict=True))
        ]
        given[0].node.flow = "line"
        return blends, switches, given

    def _join(self, given: list[Array]) -> list[Array]:
        """Concat and W_O; gives the rows of W_O that each head meets, (d_k, d_model)."""
        self._stage(
            "6   Side by side, then mixed",
            "The heads are put side by side again (concat), as wide as X was. The matrix W_O "
            "(sheet Learned) mixes them, so that what one head found can reach every column.",
            "output = Concat(heads) W_O",
        )
        mixer = self.encoder.matrices["w_o"]
        dims = mixer.labels[0]
        joined = copy(concatenate(given, axis=1))
        told = "All heads side by side."
        show(joined, "concat", "head_1 … head_h", told, labels=(given[0].labels[0], dims))
        joined = Array(self.graph, joined.ids, joined.node.labels)
        show(joined @ mixer, "output", "concat W_O", "What the layer gives.")
        return [columns.T for columns in self._columns(mixer.T)]

    def _worth(self, blends: list[Array], switches: list[Array], mixers: list[Array]) -> None:
        """What each head adds to the output, and what is missing of it now."""
        self._stage(
            "7   What each head adds",
            "Concat and W_O together are a sum: each head meets its own rows of W_O and adds its "
            "part. Set a switch of step 5 to 0: its part is missing in the output, and the change "
            "below is exactly that part with its sign turned. The length says how much each word "
            "misses it.",
            "output = Σ head_h W_O,h",
        )
        parts = [
            show(
                blend @ mixer,
                f"head{i + 1}_part",
                "blend_h W_O,h",
                translate("What head {head} adds when it is on.", head=i + 1),
            )
            for i, (blend, mixer) in enumerate(zip(blends, mixers, strict=True))
        ]
        missing = [
            inside(inside(on - 1.0) * part) for on, part in zip(switches, parts, strict=True)
        ]
        # A sum of one is shown as well.
        change = reduce(lambda left, right: inside(left + right), missing) + 0.0
        told = "What the switches take from the output."
        show(change, "change", "Σ (on − 1) part", told)
        lengths(change, "change_length", "How far each row moved.")

    def _single(self, query: Array, key: Array, value: Array, scores: list[Array]) -> None:
        self._stage(
            "8   One head with as many weights",
            sentences(
                "The same matrices, not dealt out: one attention over all columns. It has exactly "
                "as many weights to learn, but only one table of shares. Its scores are the sum of "
                "the heads' scores, so one table has to serve all questions together.",
                either(self.usual, _SINGLE_USUAL, ""),
                "(These matrices were learned for two heads; a network that learns with one "
                "arranges itself otherwise.)",
            ),
            "softmax(Q Kᵀ / √d_model) V W_O",
        )
        size, count, width = (named(self.graph, name) for name in ("d_model", "heads", "d_k"))
        square = inside(size * size)
        several = inside(inside(inside(3.0 * count) * size) * width) + square
        told = "heads · (W_Q, W_K, W_V of d_model × d_k), and W_O."
        show(several, "weights_multi", "h · 3 · d · d_k + d²", told, look="integer")
        told = "W_Q, W_K, W_V and W_O of d_model × d_model."
        show(4.0 * square, "weights_single", "4 d²", told, look="integer")
        alone = show(query @ key.T, "single_scores", "Q Kᵀ", "All columns at once.")
        alone.node.flow = "line"
        summed = reduce(lambda left, right: inside(left + right), scores)
        summed = show(summed + 0.0, "summed_scores", "Σ Q_h K_hᵀ", "The heads' scores, added up.")
        told = "Largest difference of the two."
        show(deviation(alone, summed), "apart", "max |difference|", told, look="tiny")
        shifted = inside(alone - inside(alone.max(axis=1, keepdims=True)))
        raised: Any = np.exp(inside(shifted / inside(np.sqrt(size))))
        show(raised, "single_exp", "exp((s − max) / √d)", "1 for the best of the row.")
        raised.node.flow = "line"
        shares = raised / inside(raised.sum(axis=1, keepdims=True))
        show(shares, "single_weights", "exp / Σ exp", "One table for everything.", look="share")
        blend = show(shares @ value, "single_blend", "weights V", "What the one head took.")
        blend.node.flow = "line"
        mixed = blend @ self.encoder.matrices["w_o"]
        show(mixed, "single_output", "blend W_O", "What a layer with one head gives.")


_READ_USUAL = (
    "The same words, and yet the heads differ. In head 2 the rows “see”, “the” and “red” look at "
    "“house”; in head 1 the same three look at “we”. Both can help a translator: “the” and “red” "
    "become “a” and “vermelha” because “casa” (house) is feminine, and “see” becomes “vemos” "
    "because of “we”. That is our reading: nobody told these heads what to look for, and not every "
    "row has such a reason."
)
_SINGLE_USUAL = (
    "Here head 2 is the louder one: what the row “red” saw of “we” in head 1 is nearly gone."
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
