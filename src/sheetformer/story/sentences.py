"""Live sentences: a text in a cell that reads numbers and words of the sheet out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import Any

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import elementwise
from sheetformer.language import translate
from sheetformer.story.story import Story

_BLANK = re.compile(r"\{(\w+)\}")


def say(
    story: Story,
    name: str,
    text: str,
    *,
    title: str = "",
    note: str = "",
    decimals: int = 0,
    placed: Mapping[str, Any] | None = None,
    when: Array | None = None,
    otherwise: str = "",
    **blanks: Array,
) -> Array:
    """Show a sentence for each row, whose blanks are filled from cells: (n, 1).

    Args:
        story: gets the block.
        name: of the block.
        text: the sentence in English with blanks such as {word}; it is said in the language in use.
        title: what it tells, in plain words.
        note: one plain sentence above it.
        decimals: of the numbers.
        placed: where it stands, as in `Story.show`.
        when: 1 for the rows of which it is true, else 0 (n, 1); all of them if left out.
        otherwise: what is said of the other rows, with the same blanks.
        blanks: what fills each blank: words or numbers (n, 1), or one for all rows (1, 1).

    >>> import numpy as np
    >>> story = Story("Distances")
    >>> far = story.input(np.array([[1.26], [3.9]]), "far")
    >>> say(story, "told", "It is {far} away.", far=far, decimals=1).value[:, 0]
    array(['It is 1.3 away.', 'It is 3.9 away.'], dtype=object)
    """
    told = filled(text, decimals, **blanks)
    if when is not None:
        other = filled(otherwise, decimals, **blanks) if otherwise else ""
        told = NUMPY.where(when, told, other)
    fixed = {"number_format": "phrase", "labels": (None,) * told.ndim, "title": title}
    return story.show(told, name, "", note, **fixed, **(placed or {}))


def filled(text: str, decimals: int = 0, **blanks: Array) -> Any:
    """The sentence of `say` in cells that nobody is shown yet: (n, 1); just text without blanks."""
    pieces = [
        piece if kind == "text" else spoken(blanks[piece], decimals)
        for kind, piece in _pieces(translate(text))
    ]
    return beside(*pieces)


def beside(*parts: Any) -> Any:
    """Texts (n, 1), one behind the other: (n, 1)."""
    return reduce(lambda left, right: elementwise("followed_by", left, right), parts)


def spoken(array: Array, decimals: int) -> Array:
    """Numbers as text with so many decimals; words stay as they are: (n, 1) → (n, 1)."""
    return array if array.is_text else elementwise("text_of", array, float(decimals))


def _pieces(text: str) -> list[tuple[str, str]]:
    """A text cut at its blanks: literal text, or the name of a blank."""
    cut = _BLANK.split(text)
    pairs = [("blank" if i % 2 else "text", piece) for i, piece in enumerate(cut)]
    return [(kind, piece) for kind, piece in pairs if piece]
