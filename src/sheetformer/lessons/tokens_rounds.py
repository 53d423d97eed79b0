"""The merges of the lesson tokens: each counts all pairs, and makes the most frequent one a token.

Sennrich, Haddow and Birch 2016, algorithm 1. Of pairs that stand equally often the first one is
taken, row by row, as a reader finds it; a pair that stands once is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import where
from sheetformer.graph.functions import elementwise, embedding, join, word_at
from sheetformer.language import translate
from sheetformer.lessons.story import numbered
from sheetformer.lessons.tokens_text import OPEN, SHUT, SIGNS, spaced, token_count
from sheetformer.story.sentences import beside
from sheetformer.story.story import Story

GROUP, WORKINGS = "Tokens", "Merges"
ROUNDS = 10
"""Merges that the sheet has room for."""
LEAST = 2.0
"""How often a pair must stand to be merged."""


@dataclass(frozen=True)
class Merge:
    """One merge.

    Attributes:
        counts: how often the pair that begins at each place stands in the text (words, signs − 1).
        count: the largest of them (1, 1).
        parts: both tokens of the pair (1, 1) each.
        pair: the pair with its marks, empty if none is merged (1, 1).
        token: the new token with its marks (1, 1).
        merged: 1 if it is merged (1, 1).
        words: the words in tokens with marks, afterwards (words, 1).
        left: how many tokens the text has then (1, 1).
        pair_told: the pair as people write it, or a dash (1, 1).
        token_told: the new token without marks, or a dash (1, 1).
        times: how often the pair stood, 0 if it is not merged (1, 1).
    """

    counts: Array
    count: Array
    parts: tuple[Array, Array]
    pair: Array
    token: Array
    merged: Array
    words: Array
    left: Array
    pair_told: Array
    token_told: Array
    times: Array


def merge(story: Story, number: int, words: Array, wanted: Array) -> Merge:
    """Merge number so many (from 1) of words in tokens (words, 1), if so many are wanted (1, 1)."""
    at, rows = f"_{number}", [words.labels[0], None]

    def show(array: Array, name: str, title: str, **shown: Any) -> Array:
        given: dict[str, Any] = {"labels": (None, None), **shown}
        return story.show(array, name + at, title=title, **given)

    spelled = show(spaced(words, " "), "spelled", "Tokens with spaces", labels=rows,
                   number_format="phrase")  # fmt: skip
    tokens = show(word_at(spelled, story.named("signs_places")), "tokens", "Cut into tokens",
                  line=True, labels=[rows[0], numbered("", SIGNS)])  # fmt: skip
    pairs = show(beside(OPEN, tokens[:, :-1], SHUT + OPEN, tokens[:, 1:], SHUT), "pairs",
                 "Pairs with marks", line=True, labels=[rows[0], pair_labels()])  # fmt: skip
    text = story.show(join(words[:, 0]), f"all{at}", title="All words", number_format="phrase",
                      line=True)  # fmt: skip
    counts = show(elementwise("occurrences", text, pairs), "counts", "How often each pair stands",
                  line=True, number_format="count", labels=[rows[0], pair_labels()])  # fmt: skip
    row = show(counts.max(axis=1, keepdims=True), "row_count", "Most of the row", labels=rows,
               number_format="integer", line=True)  # fmt: skip
    place = show(counts.argmax(axis=1, keepdims=True), "row_place", "Its place in the row",
                 labels=rows, number_format="integer")  # fmt: skip
    count = show(row.max(axis=0, keepdims=True), "count", "Most of all", number_format="integer")
    best = show(row.argmax(axis=0, keepdims=True), "best_row", "Its row, from 0",
                number_format="integer")  # fmt: skip
    word = show(embedding(spelled[:, 0], best), "best_word", "The word it stands in")
    first = show(embedding(place[:, 0], best), "best_place", "Its place there, from 0",
                 number_format="integer")  # fmt: skip
    parts = (
        show(word_at(word, first + 1.0), "first", "First token of the pair", line=True),
        show(word_at(word, first + 2.0), "second", "Second token of the pair"),
    )
    enough = elementwise("greater_equal", count, LEAST)
    merged = show(enough * elementwise("greater_equal", wanted, float(number)), "is_merged",
                  "Is it merged?", number_format="integer")  # fmt: skip
    pair = show(where(merged, beside(OPEN, parts[0], SHUT + OPEN, parts[1], SHUT), ""), "pair",
                "The pair with marks")  # fmt: skip
    token = show(beside(OPEN, *parts, SHUT), "token", "The new token with marks")
    after = show(elementwise("substitute", words, pair, token), "merged", "Words after the merge",
                 labels=rows, number_format="phrase", line=True)  # fmt: skip
    each = show(token_count(after), "tokens_of_word", "Tokens of each word", labels=rows,
                number_format="integer", line=True)  # fmt: skip
    left = show(each.sum(axis=0, keepdims=True), "left", "Tokens left", number_format="integer")
    told = (
        show(where(merged, beside(parts[0], " + ", parts[1]), "—"), "told", "The pair", line=True),
        show(where(merged, beside(*parts), "—"), "token_told", "The new token"),
        show(count * merged, "times", "How often it stood", number_format="integer"),
    )
    return Merge(counts, count, parts, pair, token, merged, after, left, *told)


def pair_labels() -> Any:
    """Above pairs: the places of both tokens in the word."""
    return np.array([f"{i}+{i + 1}" for i in range(1, SIGNS)], dtype=object)


def begin_workings(story: Story, number: int) -> None:
    """The stage of a merge, on a sheet of its own."""
    story.stage(
        translate("Merge {number}", number=number),
        "Tokens of each word; how often each pair stands in the whole text; the first of the most "
        "frequent ones; and the words once it is one token.",
        "",
        WORKINGS,
        25,
    )
