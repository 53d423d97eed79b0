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
from sheetformer.lessons.multi_head_picture import heads_side_by_side, lines_of_heads
from sheetformer.lessons.multi_head_questions import questions
from sheetformer.lessons.options import whole
from sheetformer.lessons.single_head import GROUP, Sizes, in_one_sum, single_head
from sheetformer.lessons.story import Lesson, either, order, scalar, sentences, switch
from sheetformer.models.decode import load_translator
from sheetformer.story.caption import Stage
from sheetformer.story.check import check
from sheetformer.story.operands import again, product
from sheetformer.story.questions import ask
from sheetformer.story.sentences import say
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story
from sheetformer.story.strongest import seen_in_words, strongest_word
from sheetformer.story.word_cells import Rows, lengths, spoken_words

TITLE = "Multi-head attention: several looks at once"
SENTENCE = "we see the red house"
LEARNED_HEADS = 2
"""As many as the shipped matrices were learned with."""
MOST_HEADS = 4
ROWS, HEADS = "Query, key, value", "Heads"
"""The sheets of steps 1 and 2, and of steps 3 to 7."""
WIDTHS = {ROWS: 19, HEADS: 25}
"""Columns of a line: rows beside what a matrix makes of them, and two heads side by side."""


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
    story = Story(TITLE, order=order(ROWS, HEADS, GROUP, "Check", "Input"), head=LESSON.head())
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
    query, key, value = _query_key_value(story, heads, x)
    sizes = _sizes(story, heads)
    scores = _compare(story, heads, query, key)
    weights = _softmax(story, heads, scores, sizes.d_k, rows)
    blends, switches, outputs = _blend(story, heads, weights, value)
    mixer = heads.encoder.matrices["w_o"]
    _join(story, mixer, outputs)
    _worth(story, blends, switches, [rows.T for rows in heads.columns(mixer.T)])
    single_head(story, sizes, (query, key, value), scores, mixer, usual=heads.usual)
    questions(story, heads.encoder.d_model, heads.count)
    ask(story, GROUP)


def _begin(story: Story, title: str, text: str, equation: str, sheet: str = HEADS) -> int:
    """Begin a stage that is wide enough for its lines; gives its number."""
    return story.enter(Stage(title, text, equation, sheet, WIDTHS[sheet]))


def _words(story: Story, heads: _Heads, words: list[list[str]]) -> tuple[Rows, Array]:
    _begin(
        story,
        "1   One sentence",
        "Each word becomes a row of learned numbers, and all rows together are X (the sheet "
        "Input shows how). Type another word in a yellow cell and watch everything follow.",
        "X: one row a word",
        ROWS,
    )
    return declare_sentence(story, heads.encoder, words, "it counts as an empty cell")


def _query_key_value(story: Story, heads: _Heads, x: Array) -> tuple[Array, Array, Array]:
    """Q, K and V (n, d_model), each under the matrix that makes it."""
    _begin(
        story,
        "2   Query, key, value",
        "Each row of X at the left with each column of the matrix above, multiplied and added up: "
        "what a word asks for, what it offers, and what it gives. K and V are made of the same X.",
        "Q = X W_Q,  K = X W_K,  V = X W_V",
        ROWS,
    )
    note = "Query: what each word asks for, all heads."
    return queries_keys_values(story, heads.encoder, x, note)


def _sizes(story: Story, heads: _Heads) -> Sizes:
    learned = "These matrices were learned with two heads."
    cut = "These matrices were learned with two heads; here the columns are dealt otherwise."
    _begin(
        story,
        "3   Each head gets some columns, and compares on its own",
        sentences(
            "A word can have several questions at once: which noun do I belong to, who is "
            "doing this? One attention gives only one answer. So the columns of Q, K and V are "
            "dealt to the heads, d_k columns each, from left to right. Each head multiplies its "
            "own columns only, so each has scores of its own for the same words. Nothing passes "
            "from one head to the other here.",
            either(heads.count == LEARNED_HEADS, learned, cut),
        ),
        "scores_h = Q_h K_hᵀ",
    )
    note, title = "Numbers in a word's row.", "All columns"
    size = scalar(story, heads.encoder.d_model, "d_model", note, title=title)
    count = scalar(story, heads.count, "heads", "How many share them.", title="Heads")
    width, note, title = size / count, "Columns of each head.", "A head's columns"
    equation, number = "d_model / heads", "integer"
    story.show(width, "d_k", equation, note, title=title, number_format=number)
    return Sizes(size, count, width)


def _compare(story: Story, heads: _Heads, query: Array, key: Array) -> list[Array]:
    """For each head its scores (n, n), where its queries meet its keys."""
    scores: list[Array] = []
    for i, (q, k) in enumerate(zip(heads.columns(query), heads.columns(key), strict=True), 1):
        title = translate("Queries of head {head}", head=i)
        asking = again(story, q, f"head{i}_Q", "Q_h", title, line=i % 2 == 1)
        title = translate("Keys of head {head}, turned", head=i)
        offering = again(story, k.T, f"head{i}_K", "K_hᵀ", title)
        note = translate("How well questions and offers fit in head {head}.", head=i)
        named = (f"head{i}_scores", "Q_h K_hᵀ")
        told = {"title": translate("Scores of head {head}", head=i), "role": "scores"}
        scores.append(product(story, asking, offering, *named, note, **told))
    return scores


def _softmax(
    story: Story, heads: _Heads, scores: list[Array], width: Array, rows: Rows
) -> list[Array]:
    """The weights of each head: (n, n)."""
    _begin(
        story,
        "4   Each head looks by itself",
        sentences(
            "Each head divides its scores by √d_k and makes shares of them (lesson softmax).",
            either(heads.usual, _READ_USUAL, _READ),
        ),
        "weights_h = softmax(Q_h K_hᵀ / √d_k)",
    )
    exponentials: list[Array] = []
    for i, each in enumerate(scores, 1):
        power = np.exp(below_largest(each) / np.sqrt(width))
        note = translate("Head {head}: 1 for the best of the row.", head=i)
        name, equation = f"head{i}_exp", "exp((s − max) / √d_k)"
        role = "softmax exponentials"
        exponentials.append(story.show(power, name, equation, note, role=role, workings=True))
    said = spoken_words(story, rows, "said_words")
    made = [_shares(story, i, each, rows, said) for i, each in enumerate(exponentials, 1)]
    lines_of_heads(story, made)
    heads_side_by_side(story, made, rows)
    return made


def _shares(story: Story, i: int, exponentials: Array, rows: Rows, said: Array) -> Array:
    """The weights of head i (n, n), and a sentence a row: the word that it looks at most."""
    name, note = f"head{i}_weights", translate("Head {head}: who looks at whom.", head=i)
    title, role = translate("Shares of head {head}", head=i), "attention weights"
    line = i % 2 == 1
    made = story.show(shares(exponentials), name, note=note, title=title, role=role, line=line)
    names = (f"head{i}_best", f"head{i}_word")
    notes = ("Its column, from 0.", translate("Head {head} looks most at …", head=i))
    titles = ("Column of the largest", "Looks most at")
    words = said[:, 0]
    seen = strongest_word(story, made, words, names, notes, "argmax", titles=titles, workings=True)
    title = translate("Head {head} in words", head=i)
    seen_in_words(story, f"head{i}_told", made, rows, seen, title, below=True)
    return made


def _blend(
    story: Story, heads: _Heads, weights: list[Array], value: Array
) -> tuple[list[Array], ...]:
    """For each head its blend (n, d_k), its switch, and the blend times the switch."""
    _begin(
        story,
        "5   Each head blends on its own",
        "Each head takes from its own columns of V, above, as much as its shares at the left say. "
        "Every head has a switch: set one to 0 and its block becomes 0. What that changes stands "
        "in step 7.",
        "head_h = weights_h V_h",
    )
    blends = [
        _one_blend(story, i, w, v)
        for i, (w, v) in enumerate(zip(weights, heads.columns(value), strict=True), 1)
    ]
    note = "1: the head counts. 0: it is off."
    outputs: list[Array] = []
    switches: list[Array] = []
    for i, blend in enumerate(blends, 1):
        title = translate("Switch of head {head}", head=i)
        on = switch(story, f"head{i}_on", note, title=title, line=i % 2 == 1)
        switches.append(on)
        title = translate("What head {head} hands on", head=i)
        said = "The same, or 0 if it is off."
        outputs.append(story.show(blend * on, f"head{i}", "blend · on", said, title=title))
    return blends, switches, outputs


def _one_blend(story: Story, i: int, weights: Array, value: Array) -> Array:
    """The blend (n, d_k) of head i, its shares at its left and its values above."""
    title = translate("Shares of head {head}", head=i)
    name, line = f"head{i}_shares", i % 2 == 1
    taken = again(story, weights, name, "weights_h", title, number_format="share", line=line)
    title = translate("Values of head {head}", head=i)
    values = again(story, value, f"head{i}_V", "V_h", title)
    title, note = translate("Blend of head {head}", head=i), "What the head took."
    named = (f"head{i}_blend", "weights_h V_h")
    return product(story, taken, values, *named, note, title=title, role="blend")


def _join(story: Story, mixer: Array, outputs: list[Array]) -> None:
    """Concat and W_O (d_model, d_model)."""
    _begin(
        story,
        "6   Side by side, then mixed",
        "The heads are put side by side again (concat), as wide as X was. The matrix W_O above "
        "mixes them, so that what one head found can reach every column.",
        "output = Concat(heads) W_O",
    )
    joined, labels = copy(concatenate(outputs, axis=1)), (outputs[0].labels[0], mixer.labels[0])
    note, title = "All heads side by side.", "Heads side by side"
    joined = story.show(joined, "concat", "head_1 … head_h", note, title=title, labels=labels)
    note, role = "What the layer gives.", "attention output"
    product(story, joined, mixer, "output", "concat W_O", note, role=role)


def _worth(story: Story, blends: list[Array], switches: list[Array], mixers: list[Array]) -> None:
    """What each head adds to the output by its rows of W_O (d_k, d_model), and what is missing."""
    _begin(
        story,
        "7   What each head adds",
        "Concat and W_O together are a sum: each head meets its own rows of W_O and adds its "
        "part. Set a switch of step 5 to 0: its part is missing in the output, and the change "
        "below is exactly that part with its sign turned. The length says how much each word "
        "misses it.",
        "output = Σ head_h W_O,h",
    )
    parts = [_part(story, i, *each) for i, each in enumerate(zip(blends, mixers, strict=True), 1)]
    change = in_one_sum((on - 1.0) * part for on, part in zip(switches, parts, strict=True))
    note = "What the switches take from the output."
    title = "Change by the switches"
    story.show(change, "change", "Σ (on − 1) part", note, title=title, line=True)
    note, title = "How far each row moved.", "Length of the change"
    far = lengths(story, change, "change_length", note, title=title, workings=True)
    say(
        story, "change_told", "The switches move “{word}” by {length}.",
        title="In words", decimals=2, word=story.named("said_words"), length=far,
    )  # fmt: skip


def _part(story: Story, i: int, blend: Array, mixer: Array) -> Array:
    """What head i adds (n, d_model): its blend (n, d_k) and its rows of W_O (d_k, d_model)."""
    title, rows = translate("Blend of head {head}", head=i), f"head{i}_blend_rows"
    left = again(story, blend, rows, "blend_h", title, line=True)
    title = translate("Rows of W_O that head {head} meets", head=i)
    above = again(story, mixer, f"head{i}_W_O", "W_O,h", title)
    note = translate("What head {head} adds when it is on.", head=i)
    title, named = translate("Part of head {head}", head=i), (f"head{i}_part", "blend_h W_O,h")
    return product(story, left, above, *named, note, title=title)


_READ_USUAL = (
    "The same words, and yet the heads differ. In “we see the red house” the rows “see”, “the” and "
    "“red” of head 2 look at “house”; in head 1 the same three look at “we”. Both can help a "
    "translator: “the” and “red” become “a” and “vermelha” because “casa” (house) is feminine, and "
    "“see” becomes “vemos” because of “we”. That is our reading: nobody told these heads what to "
    "look for, and not every row has such a reason."
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
    picture=4,
    name="multi-head",
    goal="say what several heads are for, and what each of them adds",
    needs=("self-attention", "cross-attention"),
    minutes=20,
    blanks="head1_scores, head1_weights, head1_blend, output",
)
