"""The talk's example on one screen: two rows a side, compared, turned into shares, and blended."""

from __future__ import annotations

from sheetformer.graph.nn import softmax
from sheetformer.lessons.learned import Learned
from sheetformer.lessons.sentence import parse
from sheetformer.models.word_weights import WordWeights
from sheetformer.story.operands import again, product
from sheetformer.story.shares import share_sentences
from sheetformer.story.story import Story
from sheetformer.story.word_cells import declare_rows

GROUP = "The idea"
WIDE = 26
"""Columns of a line: from the typed words over scores and shares to the blend."""
_STEPS = ("max", "exp", "sum")
"""Of softmax, which the lesson softmax tells."""


def idea(story: Story, learned: Learned, weights: WordWeights) -> None:
    """Attention without learned matrices, for the talk's pair of sentences."""
    story.stage(
        "The idea on one screen:  I am | happy  →  sou | feliz",
        "Two sentences, each row a list of numbers. Compare every Portuguese row with every "
        "English column (multiply and add), turn each row of scores into shares of 100 %, and mix "
        "the English rows by these shares. That is attention. Type other words and watch. The "
        "example is that of Fernando Marcos Wittmann's talk, Intuition Behind the Attention "
        "Mechanism from Transformers using Spreadsheets (2023).",
        "softmax(X_pt X_enᵀ) X_en",
        GROUP,
        WIDE,
    )
    english = parse("I am | happy", "source", weights.source_words)
    portuguese = parse("sou | feliz", "target", weights.target_words)
    source = declare_rows(story, "english_pair", "English", english.table(), learned.english)
    target = declare_rows(
        story, "portuguese_pair", "Portuguese", portuguese.table(), learned.portuguese
    )
    title = "English rows, as columns"
    across = again(story, source.vectors.T, "pair_columns", "X_enᵀ", title)
    note, named = "Large where the numbers point the same way.", ("pair_scores", "X_pt X_enᵀ")
    scores = product(story, target.vectors, across, *named, note, title="Compare")
    story.place(scores, before=story.named("portuguese_pair_message"))
    shares = softmax(scores, name="pair_shares")
    story.place(*(story.named(f"pair_shares_{step}") for step in _STEPS), workings=True)
    note = "Every row adds up to 100 %."
    role = "attention weights"
    story.show(shares, "pair_shares", "softmax", note, title="Share", role=role)
    mixed = again(story, source.vectors, "pair_rows", "", "English rows")
    note = "English numbers, mixed by the shares."
    product(story, shares, mixed, "pair_blend", "shares · X_en", note, title="Blend")
    share_sentences(story, "pair_told", shares, source.words, target.words)
