"""Look at any attention: weights that somebody has, as heat maps with words and live formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.summary import LARGEST, NUMBER, shown_bytes
from sheetformer.book.workbook import Book
from sheetformer.errors import ShapeError, SheetformerError, UnsupportedError
from sheetformer.language import find_language, use_language
from sheetformer.lessons.given_attention import (
    Floats,
    Given,
    Some,
    as_scores,
    read,
    refuse_other_numbers,
)
from sheetformer.lessons.heat_maps_story import make_story
from sheetformer.story.check import check
from sheetformer.story.pieces import readable, shortened, words_of


def attention(
    weights: Any,
    source: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    *,
    which: str | None = None,
    item: int | None = None,
    layers: Some = None,
    heads: Some = None,
    join_words: bool = False,
    scores: bool = False,
    formulas: str = "matrix",
    title: str = "Who looks at whom",
    lang: str = "en",
    force: bool = False,
) -> Book:
    """Make a book of attention weights: a heat map a head, their average, and who looks where.

    What Hugging Face models and their `generate` give with `output_attentions=True` goes straight
    in. Layers and heads have their numbers in the model, from 0. `book.save("maps.svg")` and
    `.png` write the maps as a picture.

    Args:
        weights: of shape (layers, heads, target, source), (heads, target, source) or
            (target, source); one array a layer, (heads, target, source) or with a batch,
            (batch, heads, target, source); for each step of `generate` such a tuple; or the
            object that a model gives. NumPy arrays, lists, DataFrames, or tensors of any library.
        source: the words that are looked at, one a column: a list, or a text with spaces between.
        target: the words that look, one a row; the source words if that is left out and there are
            as many.
        which: "cross", "self", "decoder" or "encoder", of an object that has several; else the
            first of these that is there.
        item: the number of a text in a batch, from 0.
        layers: numbers of the layers to show, from 0; all if left out.
        heads: numbers of the heads to show, from 0; all if left out.
        join_words: make words of the pieces of a tokenizer: queries averaged, keys added.
        scores: they are scores of either sign, not shares; minus infinity masks.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell, "named"
            for array formulas that call functions such as SOFTMAX (for programs with LAMBDA).
        title: the book's heading.
        lang: the language of the texts around the words.
        force: write it however large it is.

    Raises:
        ShapeError: the weights have another shape, there are more or fewer words, or no such layer,
            head or text.
        UnsupportedError: there are no weights, or one is below 0, infinite or no number.
        SheetformerError: the book would be too large, or `which` is none of the four.

    >>> book = attention([[0.9, 0.1], [0.3, 0.7]], "I am", "eu sou")
    >>> book["looks_at"].value.tolist()
    [['I'], ['am']]
    """
    if scores and join_words:
        raise UnsupportedError("join_words adds shares up, and scores cannot be added")
    fits = partial(_refuse_too_large, force=force)
    given = read(weights, which, item, layers, heads, _anything if join_words else fits)
    given = as_scores(given) if scores else given
    if not scores:
        refuse_other_numbers(given)
    down, across = _both_sides(given, source, target)
    if join_words:
        given, down, across = _joined(given, down, across)
        fits((len(given.layers), *given.first.shape))
    texts = [[shortened(readable(word)) for word in side] for side in (down, across)]
    with use_language(find_language(lang, "heat-maps")):
        story = make_story(title, given, texts[0], texts[1], scores=scores)
        check(story)
        return build(story, formulas)


# What was given.


def _anything(_: tuple[int, ...]) -> None:
    """Words are not joined yet."""


def _refuse_too_large(sizes: tuple[int, ...], *, force: bool) -> None:
    """Refuse maps that no spreadsheet program opens with pleasure, before they are made."""
    layers, heads, rows, columns = sizes
    # Beside the maps an average for each layer, three for all, and what the check compares with.
    cells = (layers * (heads + 2) + 6) * rows * columns
    if cells > LARGEST and not force:
        raise SheetformerError(
            f"{layers} × {heads} maps (layers × heads) of {rows} × {columns} words are a workbook "
            f"of {cells:,} cells, about {shown_bytes(cells * NUMBER)}; that is more than "
            f"{LARGEST:,}: choose some with layers=… and heads=…, give a shorter text, or say "
            "force=True to write it all the same"
        )


def _both_sides(
    given: Given, source: str | Sequence[str] | None, target: str | Sequence[str] | None
) -> tuple[list[str], list[str]]:
    """The words at the rows and the columns."""
    rows, columns = given.first.shape[1:]
    table_rows, table_columns = given.words
    source = table_columns if source is None else source
    target = table_rows if target is None else target
    across = _words(source, columns, "source", "columns", given.extra)
    if target is None and rows == columns:
        return across, across
    return _words(target, rows, "target", "rows", given.extra), across


def _words(
    given: str | Sequence[str] | None, count: int, side: str, axis: str, extra: int
) -> list[str]:
    if given is None:
        return [str(i + 1) for i in range(count)]
    words = given.split() if isinstance(given, str) else [str(word) for word in given]
    if len(words) == count + extra:
        return words[:count]  # nobody looks at what generate wrote last
    if len(words) != count:
        raise ShapeError(
            f"there are {len(words)} {side} words but the weights have {count} {axis}; "
            f"give one word for each (source words are columns, target words are rows)"
        )
    return words


def _joined(
    given: Given, down: Sequence[str], across: Sequence[str]
) -> tuple[Given, list[str], list[str]]:
    """Words for pieces: the rows of a word are averaged, its columns added."""
    rows, columns = words_of(down), words_of(across)
    averaged = _membership(rows, len(down), mean=True)
    added_up = _membership(columns, len(across)).T
    layers = {i: averaged @ layer @ added_up for i, layer in given.layers.items()}
    kept = replace(given, layers=layers)
    return kept, [word for word, _ in rows], [word for word, _ in columns]


def _membership(words: Sequence[tuple[str, range]], count: int, mean: bool = False) -> Floats:
    """Which pieces a word has: (words, pieces), 1 or its share where it has one."""
    table = np.zeros((len(words), count))
    for i, (_, place) in enumerate(words):
        table[i, place] = 1.0 / len(place) if mean else 1.0
    return table
