"""Which book a request means: a lesson with its options, or the translator with a sentence.

A page carries the request that it was made by, so that the server can build the same book again
when the page asks for it as a workbook, and keeps nothing in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sheetformer.language import ENGLISH, languages
from sheetformer.server.refusals import RefusedError

if TYPE_CHECKING:
    from sheetformer.book.workbook import Book

TRANSLATE = "translate"
"""The name that stands for the translator among the names of the lessons."""
LONGEST_TEXT = 500
"""Characters of one option."""
MOST_OPTIONS = 20
"""Options of one book."""


@dataclass(frozen=True)
class BookRequest:
    """How a book is made.

    Attributes:
        name: a lesson, or `TRANSLATE`.
        options: its options as the reader gave them.
        language: its code, such as "pt".
    """

    name: str
    options: Mapping[str, str]
    language: str = ENGLISH.code

    @staticmethod
    def read(data: Any) -> BookRequest:
        """What a page sent.

        Raises:
            SheetformerError: it is none, or too long.

        >>> BookRequest.read({"name": "softmax", "options": {"sentence": "I am"}, "lang": "pt"})
        BookRequest(name='softmax', options={'sentence': 'I am'}, language='pt')
        """
        match data:
            case {"name": str(name), "options": dict(options), "lang": language} if (
                language in languages()
            ):
                return BookRequest(name, _read_options(options), language)
            case _:
                raise RefusedError("no_recipe")

    def written(self) -> dict[str, Any]:
        """As `read` reads it."""
        return {"name": self.name, "options": dict(self.options), "lang": self.language}

    def plain(self) -> BookRequest:
        """The same book, asked for without what is so anyhow: a form sends every field."""
        defaults = {**_defaults(self.name), "formulas": FORMULAS}
        options = {key: x for key, x in self.options.items() if x != defaults.get(key)}
        return BookRequest(self.name, options, self.language)

    @property
    def is_plain(self) -> bool:
        """Whether it holds nothing of a reader's own: no words and no numbers."""
        return not self.options.keys() - {"formulas"}

    @property
    def file_name(self) -> str:
        """What a downloaded workbook is called."""
        return "translator.xlsx" if self.name == TRANSLATE else f"{self.name}.xlsx"

    def book(self) -> Book:
        """Build it.

        Raises:
            SheetformerError: there is no such lesson or option, or an option cannot be used.
        """
        if self.name == TRANSLATE:
            return self._translator()
        from sheetformer.lessons import lesson

        return lesson(self.name, lang=self.language, **_no_names(self.options))

    def _translator(self) -> Book:
        from sheetformer.lessons.translator.sheet import translate

        known = {"sentence", "formulas"}
        unknown = set(self.options) - known
        if unknown:
            raise RefusedError("no_option", option=repr(min(unknown)[:40]))
        options = {"sentence": EXAMPLE_SENTENCE} | dict(self.options)
        return translate(**options, lang=self.language)


def _no_names(options: Mapping[str, str]) -> Mapping[str, str]:
    """Options, none of which names another lesson or language than the request does."""
    for name in ("name", "lang"):
        if name in options:
            raise RefusedError("no_lesson_option", option=repr(name))
    return options


def _defaults(name: str) -> dict[str, str]:
    """What the options of a book are where nobody says anything else."""
    if name == TRANSLATE:
        return {"sentence": EXAMPLE_SENTENCE}
    from sheetformer.lessons import LESSONS

    found = LESSONS.get(name)
    options = found.options if found else {}
    return {key: str(default) for key, default in options.items() if default is not None}


FORMULAS = "matrix"
"""How formulas are written where nobody says anything else."""
EXAMPLE_SENTENCE = "the red house"
"""What the translator translates where nobody says anything else."""


def _read_options(options: Mapping[Any, Any]) -> dict[str, str]:
    if len(options) > MOST_OPTIONS:
        raise RefusedError("many_options", number=len(options), most=MOST_OPTIONS)
    for name, text in options.items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise RefusedError("options_are_texts")
        if len(text) > LONGEST_TEXT:
            values = {"option": repr(name[:40]), "number": f"{len(text):,}", "most": LONGEST_TEXT}
            raise RefusedError("long_option", **values)
    return dict(options)
