"""Lesson: multi-head attention, several looks at the same sentence at once.

The equation is Vaswani et al. 2017, section 3.2.2: MultiHead(Q, K, V) = Concat(head_1, …, head_h)
W_O, each head an attention of its own over d_k = d_model / h columns. The learned numbers are those
of the translator with two heads.
"""

from __future__ import annotations

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.lessons.encoder_rows import (
    declare_encoder,
    declare_sentence,
    queries_keys_values,
    read_sentence,
)
from sheetformer.lessons.multi_head_adding import blend_by_head, join, worth
from sheetformer.lessons.multi_head_picture import heads_side_by_side, lines_of_heads
from sheetformer.lessons.multi_head_questions import questions
from sheetformer.lessons.multi_head_stages import HEADS, LEARNED_HEADS, ROWS, Heads, begin
from sheetformer.lessons.options import whole
from sheetformer.lessons.single_head import GROUP, Sizes, single_head
from sheetformer.lessons.story import Lesson, either, order, scalar, sentences
from sheetformer.models.decode import load_translator
from sheetformer.story.check import check
from sheetformer.story.operands import again, product
from sheetformer.story.questions import ask
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story
from sheetformer.story.strongest import seen_in_words, strongest_word
from sheetformer.story.word_cells import Rows, spoken_words

TITLE = "Multi-head attention: several looks at once"
SENTENCE = "we see the red house"
MOST_HEADS = 4


def multi_head(
    sentence: str = SENTENCE, heads: int = LEARNED_HEADS, formulas: str = "matrix"
) -> Book:
    """The lesson's book for an English sentence.

    Args:
        sentence: 1 to 8 known English words; bars make the words between them one row.
        heads: 1, 2 or 4; they share the 8 columns of d_model evenly.
        formulas: "matrix", "cell" or "named".

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
    _tell(story, Heads(encoder, heads, usual), words)
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


def _tell(story: Story, heads: Heads, words: list[list[str]]) -> None:
    """All stages, in order."""
    rows, x = _words(story, heads, words)
    query, key, value = _query_key_value(story, heads, x)
    sizes = _sizes(story, heads)
    scores = _compare(story, heads, query, key)
    weights = _softmax(story, heads, scores, sizes.d_k, rows)
    blends, switches, outputs = blend_by_head(story, heads, weights, value)
    mixer = heads.encoder.matrices["w_o"]
    join(story, mixer, outputs)
    worth(story, blends, switches, [rows.T for rows in heads.columns(mixer.T)])
    single_head(story, sizes, (query, key, value), scores, mixer, usual=heads.usual)
    questions(story, heads.encoder.d_model, heads.count)
    ask(story, GROUP)


def _words(story: Story, heads: Heads, words: list[list[str]]) -> tuple[Rows, Array]:
    begin(
        story,
        "1   One sentence",
        "Each word becomes a row of learned numbers, and all rows together are X (the sheet "
        "Input shows how). Type another word in a yellow cell and watch everything follow.",
        "X: one row a word",
        ROWS,
    )
    return declare_sentence(story, heads.encoder, words, "it counts as an empty cell")


def _query_key_value(story: Story, heads: Heads, x: Array) -> tuple[Array, Array, Array]:
    """Q, K and V (n, d_model), each under the matrix that makes it."""
    begin(
        story,
        "2   Query, key, value",
        "Each row of X at the left with each column of the matrix above, multiplied and added up: "
        "what a word asks for, what it offers, and what it gives. K and V are made of the same X.",
        "Q = X W_Q,  K = X W_K,  V = X W_V",
        ROWS,
    )
    note = "Query: what each word asks for, all heads."
    return queries_keys_values(story, heads.encoder, x, note)


def _sizes(story: Story, heads: Heads) -> Sizes:
    learned = "These matrices were learned with two heads."
    cut = "These matrices were learned with two heads; here the columns are dealt otherwise."
    begin(
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


def _compare(story: Story, heads: Heads, query: Array, key: Array) -> list[Array]:
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
    story: Story, heads: Heads, scores: list[Array], width: Array, rows: Rows
) -> list[Array]:
    """The weights of each head: (n, n)."""
    begin(
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
