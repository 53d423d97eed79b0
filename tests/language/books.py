"""The books that have texts of their own beside the lessons, by their tables in the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.lessons import LESSONS
from sheetformer.lessons.translator.sheet import translation_book
from sheetformer.models.decode import load_translator

SENTENCE = "we see the red house"
WORDS = ("I am", "eu sou")


def _translators(lang: str) -> Sequence[Book]:
    unguided = translation_book(SENTENCE, "matrix", load_translator("translator_unguided"), lang)
    return sf.translate(SENTENCE, lang=lang), unguided


def _heat_maps(lang: str) -> Sequence[Book]:
    shares = np.array([[0.9, 0.1], [0.3, 0.7]])
    layers = np.array([[shares, shares.T], [shares, shares]])
    scores = [sf.attention(-x, *WORDS, scores=True, lang=lang) for x in (layers, shares)]
    return [sf.attention(weights, *WORDS, lang=lang) for weights in (layers, shares)] + scores


OTHERS: Mapping[str, Callable[[str], Sequence[Book]]] = {
    "translator": _translators,
    "heat-maps": _heat_maps,
}
NAMES = (*LESSONS, *OTHERS)


def books(name: str, lang: str = "en") -> Sequence[Book]:
    """The books of a table; of a lesson it is one."""
    return OTHERS[name](lang) if name in OTHERS else [sf.lesson(name, lang=lang)]
