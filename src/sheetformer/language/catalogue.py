"""The texts of every language: one TOML file each, in this folder.

There are two kinds of text. What a lesson says stands in English beside its maths, and that English
text is its key: whoever builds a book opens a language around it with `use_language`, and whoever
has a text for the reader asks `translate`. The buttons, sentences and headings around the lessons
have plain keys, such as `page.undo`: `Language.message` gives their texts.

A file in the folder is a language, for lessons, pages, server and terminal. en.toml lists all texts
and is what a new file is made from. The environment variable SHEETFORMER_LANGUAGES names one more
folder to look in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sheetformer.errors import FileError, SheetformerError

FOLDER = "SHEETFORMER_LANGUAGES"
"""The environment variable with a folder of languages of one's own."""

_LESSONS = re.compile(r"^[ \t]*\[[ \t]*lessons[ \t]*[.\]]", re.MULTILINE)
"""The lessons come last in a file; what needs none of them does not read so far."""

Tables = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Language:
    """A language: its code, and for each English text of a lesson the same in this language.

    Attributes:
        code: such as "pt", the name of its file.
        texts: English → this language.
        missing: English texts that were asked for and that nobody has translated; it is filled
            while the language is in use.
    """

    code: str = "en"
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    missing: dict[str, None] = field(default_factory=dict[str, None])

    @property
    def name(self) -> str:
        """What the language calls itself."""
        return self.message("language.name")

    @property
    def decimal(self) -> str:
        """The sign before the decimals of a number that is typed."""
        return self.message("language.decimal")

    def message(self, key: str, **values: Any) -> str:
        """The text of a plain key; one that the language lacks is English.

        Raises:
            KeyError: there is no such key in en.toml, which is a mistake of ours.

        >>> find_language("pt").message("terminal.wrote", path="a.xlsx")
        'a.xlsx foi gravado'
        """
        table, _, name = key.partition(".")
        text = frame(self.code).get(table, {}).get(name)
        return _filled(frame("en")[table][name] if text is None else text, values)

    def table(self, name: str) -> Mapping[str, str]:
        """A table of plain keys; what the language lacks is English."""
        return {**frame("en")[name], **frame(self.code).get(name, {})}

    def number(self, value: int) -> str:
        """A whole number with its thousands set apart.

        >>> Language("en").number(12345), find_language("pt").number(12345)
        ('12,345', '12.345')
        """
        return f"{value:,}".replace(",", "." if self.decimal == "," else ",")

    def rounded(self, value: float, decimals: int) -> str:
        """A number to some decimals, without zeros at its end.

        >>> Language("en").rounded(5.5556, 1), find_language("pt").rounded(83.3333, 2)
        ('5.6', '83,33')
        """
        return f"{round(value, decimals):g}".replace(".", self.decimal)


class Translated(str):
    """A text that is in its language already."""

    __slots__ = ()


ENGLISH = Language()
_current: ContextVar[Language] = ContextVar("current", default=ENGLISH)


def current_language() -> Language:
    """The language in use."""
    return _current.get()


@contextmanager
def use_language(language: Language) -> Generator[Language]:
    """Use a language until the end of the `with` block."""
    token = _current.set(language)
    try:
        yield language
    finally:
        _current.reset(token)


def translate(text: str, **values: Any) -> str:
    """A text of a lesson in the language in use; one that nobody has translated stays English.

    Values are filled in after the translation, so that each language puts them where it wants.
    What is translated is not translated again.

    >>> with use_language(Language("pt", {"{count} words": "{count} palavras"})):
    ...     translate("{count} words", count=3)
    '3 palavras'
    >>> translate("{count} words", count=3)
    '3 words'
    """
    if isinstance(text, Translated) or not text:
        return text
    language = _current.get()
    translation = language.texts.get(text)
    if translation is None:
        translation = text
        if language.code != ENGLISH.code:
            language.missing[text] = None
    return Translated(_filled(translation, values))


def translate_equation(equation: str) -> str:
    """An equation in the language in use; most are the same in all."""
    return _current.get().texts.get(equation, equation)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    try:
        return text.format(**values) if values else text
    except (LookupError, ValueError, AttributeError, TypeError):
        raise SheetformerError(f"a translation has a blank that nothing fills: {text!r}") from None


# The files.


def languages() -> tuple[str, ...]:
    """The codes of all languages, English first.

    >>> languages()[0]
    'en'
    """
    return (ENGLISH.code, *sorted(_files().keys() - {ENGLISH.code}))


def find_language(code: str, lesson: str = "") -> Language:
    """The language with the texts that a lesson needs.

    Raises:
        SheetformerError: there is no such language.
    """
    known = languages()
    if code not in known:
        raise SheetformerError(
            f"there is no language {code!r}; use {' or '.join(map(repr, known))}"
        )
    if code == ENGLISH.code:
        return ENGLISH
    texts = lesson_texts(code)
    return Language(code, {**texts.get("common", {}), **texts.get(lesson, {})})


def frame(code: str) -> Tables:
    """The tables of plain keys: table → key → text; none for a code without a file."""
    file = _files().get(code)
    return _tables(file)[0] if file is not None else {}


def lesson_texts(code: str) -> Tables:
    """The texts of the lessons: lesson, or "common" → English → the language."""
    file = _files().get(code)
    return _lesson_tables(file) if file is not None else {}


def _files() -> dict[str, Path]:
    extra = os.environ.get(FOLDER)
    folders = [Path(__file__).parent, *([Path(extra)] if extra else [])]
    return {
        file.stem: file
        for folder in folders
        if folder.is_dir()
        for file in folder.iterdir()
        if file.suffix == ".toml"
    }


@cache
def _tables(file: Path) -> tuple[Tables, str]:
    """The tables before the lessons, and the text of the lessons, not read yet."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise FileError(f"{file}: the file of a language is text in UTF-8") from None
    first = _LESSONS.search(text)
    end = len(text) if first is None else first.start()
    tables = _parsed(text[:end], file)
    if "lessons" in tables:
        raise FileError(f"{file}: the lessons come last, in tables such as [lessons.softmax]")
    return _refuse_other(tables, file), text[end:]


@cache
def _lesson_tables(file: Path) -> Tables:
    tables = _parsed(_tables(file)[1], file)
    if other := tables.keys() - {"lessons"}:
        raise FileError(f"{file}: the lessons come last, and [{min(other)}] before them")
    return _refuse_other(tables.get("lessons", {}), file)


def _parsed(text: str, file: Path) -> dict[str, Any]:
    # Nothing in English needs it, and a start of the program is to be quick.
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"{file}: this is no TOML ({error})") from None


def _refuse_other(tables: Mapping[str, Any], file: Path) -> Tables:
    """Tables of texts as they are; anything else is refused."""
    for table in tables.values():
        if not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
            raise FileError(f"{file}: a language has tables of texts, [page] or [lessons.softmax]")
    return tables
