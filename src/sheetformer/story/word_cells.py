"""Words in cells: vocabularies as tables, typed words that become vectors, and likeness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import maximum, where
from sheetformer.graph.functions import added, elementwise, embedding, join, lookup
from sheetformer.graph.node import Labels
from sheetformer.language import translate
from sheetformer.spelling import SHORT_FORMS
from sheetformer.story.sentences import filled
from sheetformer.story.story import Story

UNKNOWN = "(unknown)"
"""Row 0 of a table: an empty cell or a word that nobody taught."""

EMPTY = "(empty)"
"""What a sentence calls a row where nothing is typed."""
NO_WORD = "No known word stands here: its numbers are all 0, and nothing is compared."
"""Said in place of what a row of zeros would be like."""

TINY = 1e-12
"""Keeps a row of zeros (an unknown word) from dividing by its length."""


@dataclass(frozen=True)
class ShortForms:
    """Short forms such as "I'm" (S, 1), their numbers (S, 1), and what they stand for (S, 1).

    Row 0 is none of them.
    """

    words: Array
    numbers: Array
    full: Array


@dataclass(frozen=True)
class WordTable:
    """One language: words (V, 1), their numbers (V, 1) and their vectors (V, d_model).

    `short_forms` are those of its known words, where it has any.
    """

    words: Array
    numbers: Array
    vectors: Array
    short_forms: ShortForms | None = None


def declare_words(
    story: Story, language: str, words: Sequence[str], vectors: Any, dims: Labels
) -> WordTable:
    """A vocabulary as three blocks side by side: number, word, embedding."""
    numbers = np.arange(len(words), dtype=float)[:, None]
    number = story.constant(
        numbers, f"{language}_number", note="The word's number.", number_format="integer", line=True
    )
    text = np.array([translate(UNKNOWN), *words[1:]], dtype=object)[:, None]
    listed = story.constant(text, f"{language}_words", note="The word.")
    labels: list[Labels] = [listed.ids[:, 0].astype(object), dims]
    name, note = f"{language}_embeddings", "Its embedding."
    embeddings = story.parameter(vectors, name, note=note, labels=labels)
    short_forms = _declare_short_forms(story, words) if language == "english" else None
    return WordTable(listed, number, embeddings, short_forms)


def _declare_short_forms(story: Story, words: Sequence[str]) -> ShortForms | None:
    """The short forms of known words as three blocks: number, short form, what it stands for."""
    known = {form: full for form, full in SHORT_FORMS.items() if set(full.split()) <= set(words)}
    if not known:
        return None
    numbers = np.arange(len(known) + 1.0)[:, None]
    number = story.constant(
        numbers, "short_form_number", note="The short form's number.", number_format="integer"
    )
    columns = ([translate("(none)"), *known], ["", *known.values()])
    forms, full = (np.array(column, dtype=object)[:, None] for column in columns)
    listed = story.constant(forms, "short_forms", note="Words that people write as one.")
    return ShortForms(
        listed, number, story.constant(full, "full_forms", note="What it stands for.")
    )


@dataclass(frozen=True)
class Rows:
    """The rows of one sentence.

    Attributes:
        words: their words as text (n, 1).
        numbers: the numbers of the words in the vocabulary (n, k), 0 for none.
        vectors: (n, d_model).
    """

    words: Array
    numbers: Array
    vectors: Array

    def known(self) -> Array:
        """1 where a row holds a known word, else 0, as a line over columns: (1, n)."""
        most = self.numbers.T
        if len(most) > 1:
            most = most.max(axis=0, keepdims=True)
        return most > 0.0

    def is_known(self) -> Array:
        """1 where a row holds a known word, else 0, row by row: (n, 1)."""
        numbers = self.numbers
        return (numbers if numbers.shape[1] == 1 else numbers.max(axis=1, keepdims=True)) > 0.0

    def name_of(self, place: Array) -> Array:
        """The text of the row at a place (from 0): (…) → (…)."""
        return embedding(self.words[:, 0], place)


def as_said(words: Array) -> Array:
    """Words as a sentence says them: one that is not typed is called so (…) → (…)."""
    return where(words != "", words, translate(EMPTY))


def spoken_words(story: Story, rows: Rows, name: str) -> Array:
    """The words as sentences say them, folded away; a row where nothing is typed is called so.

    (n, 1).
    """
    return story.show(as_said(rows.words), name, title="Words as they are said", workings=True)


def declare_rows(
    story: Story,
    side: str,
    language: str,
    words: Sequence[Sequence[str]],
    vocabulary: WordTable,
    unknown: str = "a row of zeros",
) -> Rows:
    """Words in cells (n, k) → their numbers → one vector a row; a phrase is the mean of its words.

    A word that the vocabulary lacks gets number 0 and a message beside it, which says what becomes
    of an unknown word.
    """
    typed = _typed(story, side, language, words, vocabulary)
    plain = all(word.isascii() for word in vocabulary.words.value[1:, 0])
    bare = bare_words(story, side, typed, accents=not plain)
    number = lookup(bare, vocabulary.words[:, 0], vocabulary.numbers[:, 0])
    note = "Its number in the vocabulary."
    story.show(number, f"{side}_number", "", note, title="Word numbers", workings=True)
    text = bare
    if bare.shape[1] > 1:
        note = "The words of one row."
        text = story.show(join(bare)[:, None], f"{side}_row", "", note, workings=True)
    vectors = _vectors(story, side, number, vocabulary, text.ids[:, 0].astype(object))
    blanks = {"language": translate(language), "unknown": translate(unknown)}
    text_of: Any = translate("← no known {language} word: {unknown}", **blanks)
    if vocabulary.short_forms is not None:
        text_of = _short_form(story, side, bare, vocabulary.short_forms, text_of)
    message = _message(typed, number, text_of)
    story.show(message, f"{side}_message", "", "", number_format="message", labels=(None, None))
    return Rows(text, number, vectors)


def bare_words(story: Story, name: str, typed: Array, *, accents: bool) -> Array:
    """The typed words as they are looked up, in a vocabulary with accents or without: (n, k)."""
    bare, note = elementwise("bare_word", typed), "Without blanks and marks around it."
    story.show(bare, f"{name}_bare", "", note, title="As typed, but bare", workings=True)
    if not accents:
        return bare
    note = "In small letters, each accent one sign with its letter."
    composed, title = elementwise("composed", bare), "As it is looked up"
    return story.show(composed, f"{name}_composed", "", note, title=title, workings=True)


def _typed(
    story: Story, side: str, language: str, words: Sequence[Sequence[str]], vocabulary: WordTable
) -> Array:
    table = np.array(words, dtype=object)
    places = np.array([str(i + 1) for i in range(len(table))], dtype=object)
    headings = [translate("word {number}", number=i + 1) for i in range(table.shape[1])]
    across = np.array(headings, dtype=object)
    labels = [places, across if len(across) > 1 else None]
    note = translate("Pick or type {language} words here.", language=translate(language))
    choices = vocabulary.words.ids[1:, 0]
    title = translate("{language} words", language=translate(language))
    return story.input(
        table, f"{side}_words", note=note, title=title, labels=labels, choices=choices, line=True
    )


def _short_form(story: Story, side: str, bare: Array, forms: ShortForms, otherwise: str) -> Array:
    """What is said beside an unknown word: how a short form is written, or something else."""
    found = lookup(bare, forms.words[:, 0], forms.numbers[:, 0])
    name, note, title = f"{side}_short_forms", "Its number among the short forms.", "Short forms"
    story.show(found, name, "", note, title=title, number_format="integer", workings=True)
    if found.shape[1] > 1:
        found = found.max(axis=1, keepdims=True)
        name, title = f"{side}_short_form", "The last short form"
        story.show(found, name, title=title, number_format="integer", workings=True)
    full, title = embedding(forms.full[:, 0], found), "What they stand for"
    story.show(full, f"{side}_full_form", title=title, workings=True)
    return where(found > 0.0, filled("← write {words}, one word a cell", words=full), otherwise)


def _vectors(
    story: Story, side: str, number: Array, vocabulary: WordTable, labels: Labels
) -> Array:
    """(n, k) numbers → (n, d_model): the row of the table, or the mean of several."""
    dims = vocabulary.vectors.labels[1]
    name, equation = f"X_{side}", "E[number]"
    if number.shape[1] == 1:
        rows = embedding(vocabulary.vectors, number[:, 0])
        note = "One row a word: its embedding."
        title = "Their numbers"
        return story.show(rows, name, equation, note, title=title, labels=(labels, dims))
    parts = [embedding(vocabulary.vectors, number[:, i]) for i in range(number.shape[1])]
    for i, part in enumerate(parts):
        note = translate("The embedding of word {number} of each row.", number=i + 1)
        name_of = f"{side}_word_{i + 1}"
        story.show(part, name_of, equation, note, labels=(labels, dims), workings=True)
    counted = [number[:, i : i + 1] > 0.0 for i in range(number.shape[1])]
    count = maximum(added(counted), 1.0)
    note = "Known words in the row."
    story.show(count, f"{side}_count", "", note, number_format="integer", workings=True)
    rows = added(parts) / count
    equation, title = "mean of its words", "Their numbers"
    return story.show(rows, name, equation, "", title=title, labels=(labels, dims))


def _message(typed: Array, number: Array, text: Any) -> Array:
    """A kind word beside every row that holds a word nobody taught."""
    unknown: list[Array] = []
    for i in range(typed.shape[1]):
        cell = (slice(None), slice(i, i + 1))
        unknown.append((number[cell] == 0.0) * (typed[cell] != ""))
    return where(added(unknown), text, "")


def lengths(
    story: Story, vectors: Array, name: str, note: str, equation: str = "√ Σ x²", **caption: Any
) -> Array:
    """The length of each row: (n, d) → (n, 1)."""
    total = (vectors * vectors).sum(axis=1, keepdims=True)
    return story.show(np.sqrt(total), name, equation, note, **caption)


def cosine(dot: Array, left: Array, right: Array) -> Array:
    """Dot products (n, m) over the lengths (n, 1) and (m, 1); 0 beside a row of zeros."""
    return dot / maximum(left * right.T, TINY)
