"""The word that each row of scores or weights gives most: its column, its name, and in words."""

from __future__ import annotations

from typing import Any

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import embedding
from sheetformer.language import translate
from sheetformer.story.sentences import say
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows

NOTHING = "—"
"""The name of what a row looks at that has no share to give."""


def strongest_word(
    story: Story,
    scores: Array,
    words: Array,
    names: tuple[str, str],
    notes: tuple[str, str],
    equation: str = "",
    *,
    titles: tuple[str, str] = ("", ""),
    line: bool = False,
    shares: bool = False,
    **placed: Any,
) -> Array:
    """Show the largest of each row as two blocks, (…, n, m) → (…, n, 1) each.

    Args:
        story: gets the blocks.
        scores: scores or weights (…, n, m).
        words: the word of each column (m,).
        names: of the column, counted from 0, and of the word.
        notes: a plain sentence for each.
        equation: of the column.
        titles: of both, in plain words.
        line: the column begins a new line.
        shares: the scores are shares; a row whose shares are all 0 names no word.
        placed: where both stand, as in `Story.show`.

    Returns:
        The words.
    """
    column = scores.argmax(axis=-1, keepdims=True)
    first: dict[str, Any] = {"title": titles[0], "number_format": "integer", "line": line}
    story.show(column, names[0], equation, notes[0], **first, **placed)
    word = embedding(words, column)
    if shares:
        there: dict[str, Any] = placed | {"workings": True}
        story.show(word, f"{names[1]}_word", title="Word in that column", **there)
        word = NUMPY.where(scores.max(axis=-1, keepdims=True) > 0.0, word, NOTHING)
    return story.show(word, names[1], "", notes[1], title=titles[1], **placed)


def seen_in_words(
    story: Story, name: str, weights: Array, rows: Rows, seen: Array, title: str, **placed: Any
) -> Array:
    """A sentence a row: the word that it looks at most, or why it looks nowhere: (n, 1).

    Args:
        story: gets the block.
        name: of the block.
        weights: shares (n, n), rows looking at rows of the same sentence.
        rows: the sentence.
        seen: the word that each row looks at most (n, 1).
        title: what it tells, in plain words.
        placed: where it stands, as in `Story.show`.
    """
    most = weights.max(axis=1, keepdims=True)
    known = say(
        story, f"{name}_word", "“{word}” looks most at “{seen}”: {share} %",
        title="Of words", placed={"workings": True},
        when=most > 0.0, otherwise="“{word}” looks nowhere.",
        word=rows.words, seen=seen, share=most * 100.0,
    )  # fmt: skip
    leaks, empty = translate("An empty cell looks, too."), translate("An empty cell looks nowhere.")
    told = NUMPY.where(rows.is_known(), known, NUMPY.where(most > 0.0, leaks, empty))
    fixed: dict[str, Any] = {"number_format": "phrase", "labels": (None, None)}
    return story.show(told, name, title=title, **fixed, **placed)
