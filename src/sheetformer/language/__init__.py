"""The language of the texts: they are written in English, and a catalogue says them in another.

Whoever builds a book opens a language around it; whoever has a text for the reader asks `say`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Language:
    """A language: its code, and for each English text the same in this language.

    Attributes:
        code: as in HTML, "en" or "pt".
        texts: English → this language.
        missing: English texts that were asked for and that nobody has translated; it is filled
            while the language is spoken.
    """

    code: str = "en"
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    missing: dict[str, None] = field(default_factory=dict[str, None])


class Translated(str):
    """A text that is in its language already."""

    __slots__ = ()


ENGLISH = Language()
_spoken: ContextVar[Language] = ContextVar("spoken", default=ENGLISH)


def current_language() -> Language:
    """The language that is spoken now."""
    return _spoken.get()


@contextmanager
def use_language(language: Language) -> Generator[Language]:
    """Speak a language until the end of the `with` block."""
    token = _spoken.set(language)
    try:
        yield language
    finally:
        _spoken.reset(token)


def translate(text: str, **values: Any) -> str:
    """A text in the language that is spoken; one that nobody has translated stays English.

    Values are filled in after the translation, so that each language puts them where it wants.
    What was said once is not translated again.

    >>> with use_language(Language("pt", {"{count} words": "{count} palavras"})):
    ...     translate("{count} words", count=3)
    '3 palavras'
    >>> translate("{count} words", count=3)
    '3 words'
    """
    if isinstance(text, Translated) or not text:
        return text
    language = _spoken.get()
    told = language.texts.get(text)
    if told is None:
        told = text
        if language.code != "en":
            language.missing[text] = None
    return Translated(told.format(**values) if values else told)


def translate_equation(equation: str) -> str:
    """An equation in the language that is spoken; most are the same in all."""
    return _spoken.get().texts.get(equation, equation)
