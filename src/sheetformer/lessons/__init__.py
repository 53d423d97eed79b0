"""The course: one file a lesson, the maths beside its words; here is the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sheetformer.errors import SheetformerError
from sheetformer.language import find_language, use_language
from sheetformer.lessons.options import text
from sheetformer.suggest import suggestion

if TYPE_CHECKING:
    from sheetformer.book.workbook import Book
    from sheetformer.lessons.story import Lesson

NAMES = (
    "dot-product",
    "softmax",
    "cross-attention",
    "scaling",
    "positions",
    "self-attention",
    "multi-head",
    "encoder-decoder",
    "backprop",
    "training",
    "gpt",
    "tokens",
    "modern-block",
    "kv-cache",
    "number-formats",
)
"""In the order of the course; a lesson stands in the module of its name, as `LESSON`."""


class _Course(Mapping[str, "Lesson"]):
    """Name → lesson; a lesson is imported when it is first asked for."""

    def __getitem__(self, name: str) -> Lesson:
        if name not in NAMES:
            raise KeyError(name)
        return import_module(f"sheetformer.lessons.{name.replace('-', '_')}").LESSON

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


LESSONS: Mapping[str, Lesson] = _Course()


def lesson(name: str = "cross-attention", *, lang: str = "en", **options: Any) -> Book:
    """The book of a lesson.

    Args:
        name: one of `LESSONS`.
        lang: the language of its texts, one of `sheetformer.language.languages()`.
        options: what the lesson takes, such as `source` and `target`; and for every lesson
            `formulas`, "matrix", "cell" or "named".

    Raises:
        SheetformerError: there is no such lesson, language or option, or a sentence is no text;
            the message names the nearest.
        WordError: a word is not known, or there are too few or too many.

    >>> book = lesson("cross-attention", source="I am | happy", target="sou | feliz")
    >>> book["weights"].value.shape
    (2, 2)
    """
    if name not in NAMES:
        raise SheetformerError(f"there is no lesson {name!r}; {suggestion(name, NAMES)}")
    found = LESSONS[name]
    known = ("formulas", *found.options)
    for option, value in options.items():
        if option not in known:
            raise SheetformerError(
                f"the lesson {name!r} has no option {option!r}; it has {', '.join(known)}"
            )
        if isinstance(found.options.get(option), str):
            text(option, value)
    with use_language(find_language(lang, name)):
        book = found.build(**options)
    from sheetformer.book.manifest import with_origin

    return with_origin(book, {"lesson": name, "lang": lang, "options": options})


def vocabulary() -> tuple[list[str], list[str]]:
    """The words that the lessons know: English, Portuguese."""
    from sheetformer.models.word_weights import load_word_weights

    weights = load_word_weights()
    return list(weights.source_words[1:]), list(weights.target_words[1:])
