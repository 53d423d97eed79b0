"""From what a book shows in one language to the same in another.

A book holds its texts as they are shown, not the keys that they came from. A phrasebook finds them
again: a text of the catalogue as it is, one with filled blanks by its template, and one that was
put together (an equation after a name, a sentence after a sentence) by its parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from string import Formatter

from sheetformer.errors import SheetformerError
from sheetformer.language.catalogue import ENGLISH, Language, Tables, lesson_texts

_SENTENCE_END = re.compile(r"(?<=[.!?:…)]) ")
_LEAD = re.compile(r"(\w+ = |\d+(?:[.,–-] ?\d+)* {2,}|[↑↓←→+] +)(.+)", re.DOTALL)
"""What may stand before a text: the name of an equation, the number of a step, an arrow."""

BESIDE = "  ·  "
"""Between the name and equation of a block and its sentence."""

_CHOICE = re.compile(r"(?:'[^' ]+'|[-.][\w.-]+)(?: or (?:'[^' ]+'|[-.][\w.-]+))+")
"""Quoted names, options or endings of files, with "or" between them."""

_LONGEST = 4000
"""Longer texts are a reader's own; looking for parts in them would take long."""

Template = tuple[int, re.Pattern[str], Sequence[tuple[str, str]]]
"""Letters that are no blank, how its texts look, and the other language: parts of text, each with
the group that follows it, or nothing."""


@dataclass
class Phrasebook:
    """Translations of texts as they are shown.

    >>> book = Phrasebook({"word {number}": "palavra {number}", "Cells": "Células"})
    >>> book.translate("word 3"), book.translate("n = Cells"), book.translate("tree")
    ('palavra 3', 'n = Células', None)
    """

    texts: Mapping[str, str]
    templates: list[Template] = field(init=False)

    def __post_init__(self) -> None:
        """Read every text with blanks as a template.

        Raises:
            SheetformerError: a translation has a blank that its text lacks.
        """
        self.templates = sorted(
            (_template(text, other) for text, other in self.texts.items() if "{" in text),
            key=lambda template: -template[0],
        )

    def translate(self, text: str) -> str | None:
        """The text in the other language, or None where it is not known."""
        if len(text) > _LONGEST:
            return None
        lines = [self._line(line) for line in text.split("\n")]
        known = [line for line in lines if line is not None]
        return "\n".join(known) if len(known) == len(lines) else None

    def _line(self, text: str) -> str | None:
        """A text, or one that follows a name, a number or an arrow, or that stands beside one."""
        name, _, sentence = text.partition(BESIDE)
        if sentence:
            known = self._line(sentence)
            # A name alone, or an equation of names, is the same in every language.
            named = name.islower() and name.isidentifier()
            return known and ((not named and self._line(name)) or name) + BESIDE + known
        lead = None if text in self.texts else _LEAD.fullmatch(text)
        rest = lead and self._whole(lead[2])
        return lead[1] + rest if lead and rest else self._whole(text)

    def _whole(self, text: str) -> str | None:
        return self.texts.get(text) or self._sentences(text) or self._filled(text)

    def _filled(self, text: str) -> str | None:
        """By the template that fits, with the most letters of its own; None where two do so."""
        found: dict[str, int] = {}
        for letters, pattern, other in self.templates:
            if letters < max(found.values(), default=0):
                break
            if match := pattern.fullmatch(text):
                values = {
                    name: self._whole(value) or self._choice(value)
                    for name, value in match.groupdict().items()
                }
                shown = (literal + values.get(group, "") for literal, group in other)
                found["".join(shown)] = letters
        return next(iter(found)) if len(found) == 1 else None

    def _choice(self, text: str) -> str:
        """Names of which one may be meant, or any other text as it is."""
        if "or" not in self.texts or not _CHOICE.fullmatch(text):
            return text
        return f" {self.texts['or']} ".join(text.split(" or "))

    def _sentences(self, text: str) -> str | None:
        """Several texts one after the other; a blank is filled with as little as can be."""
        found: list[str] = []
        while text:
            ends = [match.start() for match in _SENTENCE_END.finditer(text)]
            ends += [len(text)] if found else []
            exact = ((end, self.texts.get(text[:end])) for end in reversed(ends))
            filled = ((end, self._filled(text[:end])) for end in ends)
            end, first = next((part for part in chain(exact, filled) if part[1]), (0, None))
            if not first:
                return None
            found.append(first)
            text = text[end + 1 :]
        return " ".join(found)


def _template(text: str, other: str) -> Template:
    pattern, letters = "", 0
    # Not every blank, such as {0}, could name a group itself.
    groups: dict[str, str] = {}
    for literal, name in _parts(text):
        pattern += re.escape(literal)
        letters += len(literal)
        if name is not None:
            # A blank that comes twice is filled with the same.
            group = groups.get(name)
            groups[name] = group or f"_{len(groups)}"
            pattern += f"(?P={group})" if group else f"(?P<{groups[name]}>.+?)"
    parts = _parts(other)
    if not {name for _, name in parts if name is not None} <= groups.keys():
        raise SheetformerError(f"a translation has a blank that its text lacks: {other!r}")
    filled = [(literal, "" if name is None else groups[name]) for literal, name in parts]
    return letters, re.compile(pattern, re.DOTALL), filled


def _parts(text: str) -> list[tuple[str, str | None]]:
    """A text as its literal parts, each with the name of the blank that follows, or None."""
    try:
        return [(literal, name) for literal, name, _, _ in Formatter().parse(text)]
    except ValueError:
        raise SheetformerError(f"a text has a brace that is no blank: {text!r}") from None


def phrasebook(texts: Iterable[str], code: str, other: str) -> Phrasebook:
    """The phrasebook for the texts of a book: that of the lesson which knows most of them.

    Args:
        texts: what the book shows.
        code: the language of the book.
        other: the language to translate into.
    """
    known, translated = lesson_texts(code), lesson_texts(other)
    lesson = _lesson_of(set(texts), known)
    pairs: dict[str, str] = {}
    for table in (lesson, "common"):
        for key, text in known.get(table, {}).items():
            translation = translated.get(table, {}).get(key)
            if translation is not None:
                # Of two texts that are one in the book's language, the first.
                pairs.setdefault(text, translation)
                # The boxes of figure 1 leave out the sign before a text.
                pairs.setdefault(text.lstrip("+ "), translation.lstrip("+ "))
    return Phrasebook(pairs)


def _lesson_of(texts: set[str], tables: Tables) -> str:
    counts = {
        name: len(texts & set(table.values())) for name, table in tables.items() if name != "common"
    }
    best = max(counts, key=lambda name: counts[name], default="")
    return best if best and counts[best] else ""


def problem(sentence: str, language: Language) -> str:
    """What is wrong, in a language; a sentence that its catalogue does not have stays English.

    So do all where the catalogue itself is wrong: then what went wrong first is to be said.

    >>> problem("there is no word to translate", Language("pt"))
    'não há palavra para traduzir'
    """
    if language.code == ENGLISH.code:
        return sentence
    try:
        return _problems(language.code).translate(sentence.rstrip(".")) or sentence
    except SheetformerError:
        return sentence


@cache
def _problems(code: str) -> Phrasebook:
    return Phrasebook(Language(code).table("problems"))
