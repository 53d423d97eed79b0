"""The lessons: one file a lesson, the maths beside its words; here is the list of them."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass

from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError


@dataclass(frozen=True)
class Lesson:
    """One lesson: its name, what it is about, and how its book is built."""

    name: str
    title: str
    summary: str
    build: Callable[..., Book]


def _cross_attention(**options: str) -> Book:
    from sheetformer.lessons.cross_attention import cross_attention

    return cross_attention(**options)


LESSONS: dict[str, Lesson] = {
    lesson.name: lesson
    for lesson in (
        Lesson(
            "cross-attention",
            "Cross-attention, one step at a time",
            "How the words of a translation look at the words of its source.",
            _cross_attention,
        ),
    )
}


def lesson(name: str = "cross-attention", **options: str) -> Book:
    """The book of a lesson.

    Args:
        name: one of `LESSONS`.
        options: what the lesson takes; `source`, `target` and `formulas` for cross-attention.

    Raises:
        SheetformerError: there is no such lesson; the message names the nearest.
        WordError: a word is not known, or there are too few or too many.

    >>> book = lesson("cross-attention", source="I am | happy", target="sou | feliz")
    >>> book["weights"].value.shape
    (2, 2)
    """
    if name not in LESSONS:
        near = difflib.get_close_matches(name, LESSONS, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(LESSONS)}"
        raise SheetformerError(f"there is no lesson {name!r}; {hint}")
    return LESSONS[name].build(**options)


def vocabulary() -> tuple[list[str], list[str]]:
    """The words that the lessons know: English, Portuguese."""
    from sheetformer.translator.word_weights import load_word_weights

    weights = load_word_weights()
    return list(weights.source_words[1:]), list(weights.target_words[1:])
