"""A row of a sentence that the reader picks by its word."""

from __future__ import annotations

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import where
from sheetformer.graph.functions import elementwise
from sheetformer.language import translate
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows, bare_words


def pick_row(story: Story, rows: Rows, title: str, *, line: bool = False) -> Array:
    """The place of the picked word among the rows, from 0: (1, 1).

    Args:
        story: gets the cell with its list, and a message where no row has the word.
        rows: the sentence; its last word is picked at first.
        title: of the cell, in plain words.
        line: the cell begins a new line.
    """
    word = story.input(
        rows.words.value[-1:].copy(), "picked_word", title=title,
        note="Pick one from the list.", choices=rows.words.ids[:, 0], labels=(None, None),
        line=line,
    )  # fmt: skip
    found = elementwise("equal", rows.words, bare_words(story, "picked", word, accents=True))
    note, title = "1 where it stands.", "Where it stands"
    story.show(found, "is_picked", "", note, title=title, number_format="mask", workings=True)
    place = found.argmax(axis=0, keepdims=True)
    note, title = "Its row, from 0.", "Row of the picked word"
    story.show(place, "picked_row", "", note, title=title, number_format="integer", workings=True)
    message = where(found.max(axis=0, keepdims=True), "", translate("← no row has it: row 1"))
    story.show(message, "picked_message", number_format="message", labels=(None, None))
    return place
