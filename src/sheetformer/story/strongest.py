"""The word that each row of scores or weights gives most: its column, and its name."""

from __future__ import annotations

from typing import Any

from sheetformer.graph.array import Array
from sheetformer.graph.functions import embedding
from sheetformer.story.story import Story


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
        placed: where both stand, as in `Story.show`.

    Returns:
        The words.
    """
    column = scores.argmax(axis=-1, keepdims=True)
    first: dict[str, Any] = {"title": titles[0], "number_format": "integer", "line": line}
    story.show(column, names[0], equation, notes[0], **first, **placed)
    word = embedding(words, column)
    return story.show(word, names[1], "", notes[1], title=titles[1], **placed)
