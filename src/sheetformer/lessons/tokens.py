"""Lesson: tokens, the pieces of words that a language model reads; byte-pair merges, step by step.

Sennrich, Haddow and Birch 2016, section 3.2, of Gage 1994: the most frequent pair of neighbours
becomes one token, again and again; new words are cut by the same merges in the same order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, elementwise
from sheetformer.language import translate
from sheetformer.lessons.story import Lesson, dial, numbered, order
from sheetformer.lessons.tokens_new_words import new_words
from sheetformer.lessons.tokens_questions import questions
from sheetformer.lessons.tokens_rounds import (
    GROUP,
    LEAST,
    ROUNDS,
    WORKINGS,
    Merge,
    begin_workings,
    merge,
    pair_labels,
)
from sheetformer.lessons.tokens_text import (
    LONGEST,
    SIGNS,
    WORDS,
    marked,
    read_text,
    say_too_long,
    signs_of,
    spaced,
    token_count,
    words_of,
)
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.names import fold_unnamed
from sheetformer.story.placement import Figure
from sheetformer.story.questions import ask
from sheetformer.story.sentences import beside, say
from sheetformer.story.story import Story

TITLE = "Tokens: the pieces that words are read in"
TEXT = "happy happier happily undo unlock kindness fitness"
WORD = "unhappiness"
BESIDE = ("unhappy", "sadness", "zebra")
"""Words beside the one that is asked for."""


def tokens(text: str = TEXT, word: str = WORD, formulas: str = "matrix") -> Book:
    """The lesson's book for a text and a word that is cut by what was learned from it.

    Args:
        text: up to 8 words of up to 12 letters or other signs.
        word: up to 16 letters.
        formulas: "matrix", "cell" or "named".

    Raises:
        SheetformerError: the text or the word is empty, or too long.
    """
    _refuse_long(text, word)
    usual = (text, word) == (TEXT, WORD)
    story = Story(TITLE, head=LESSON.head())
    words = _signs(story, text)
    start = story.named("marked")
    wanted = _wanted(story)
    merges: list[Merge] = []
    for number in range(1, ROUNDS + 1):
        begin_workings(story, number)
        merges.append(merge(story, number, merges[-1].words if merges else start, wanted))
    _count(story, words, merges[0])
    _merge(story, start, merges[0])
    _again(story, start, merges, wanted)
    cut = new_words(story, merges, (word, *BESIDE), usual=usual)
    questions(story, merges, cut)
    ask(story, GROUP)
    fold_unnamed(story)
    story.order = order(GROUP, WORKINGS)
    check(story, ["counts_shown", "times", "tokens_left", "cut_tokens"])
    return build(story, formulas)


def _refuse_long(text: str, word: str) -> None:
    words = text.split()
    if not words or len(words) > WORDS or max(map(len, words)) > SIGNS or len(text) > LONGEST:
        raise SheetformerError(
            f"text must be 1 to {WORDS} words of at most {SIGNS} signs each, not {text[:200]!r}"
        )
    if not word.strip() or len(word) > 16:
        raise SheetformerError(f"word must have 1 to 16 signs, not {word[:200]!r}")


def _signs(story: Story, text: str) -> Array:
    """Step 1: the text, its words (8, 1), and their signs."""
    story.stage(
        "1   A text in signs",
        "A language model reads numbers, so a text must be cut into pieces that have numbers: the "
        "tokens. Whole words would be too many, and a word that nobody listed would have none. "
        "Single signs are few, but then every text is long. Byte-pair merges find something in "
        "between, from the text alone. At first each sign is a token. Type another text in the "
        "yellow cell: small and capital letters differ, and a comma is a sign, too.",
        "abc → a, b, c",
        GROUP,
    )
    typed = story.input(
        np.array([[text]], dtype=object),
        "text",
        title="Text",
        note="Up to 8 words of up to 12 signs.",
        number_format="phrase",
    )
    read = read_text(story, typed, "text_read", LONGEST)
    words = words_of(story, read)
    signs = signs_of(story, words, "signs", SIGNS)
    start = marked(story, signs, "marked", workings=True)
    message = translate("← only 8 words, and the first 12 signs of each, are read")
    say_too_long(story, typed, read, words, message)
    there = story.show(elementwise("not_equal", words, ""), "is_word", title="Is there a word?",
                       number_format="integer", workings=True)  # fmt: skip
    count = there.sum(axis=0, keepdims=True)
    story.show(count, "word_count", title="Words of the text", number_format="integer",
               workings=True)  # fmt: skip
    each = story.show(token_count(start), "signs_of_word", title="Signs of each word",
                      number_format="integer", workings=True)  # fmt: skip
    total = each.sum(axis=0, keepdims=True)
    story.show(total, "sign_count", title="Signs of the text", number_format="integer",
               workings=True)  # fmt: skip
    say(story, "signs_told", "{words} words are {signs} signs: as many tokens, at first.",
        title="In words", placed={"line": True}, words=count, signs=total)  # fmt: skip
    return words


def _wanted(story: Story) -> Array:
    """How many merges are wanted (1, 1); it is shown in step 4."""
    return dial(
        story,
        float(ROUNDS),
        "merges_wanted",
        "From 0: only signs.",
        Allowed(0, ROUNDS, whole=True),
        title="Merges",
        number_format="integer",
    )


def _count(story: Story, words: Array, first: Merge) -> None:
    """Step 2: how often each pair of neighbours stands in the text."""
    story.stage(
        "2   Count the pairs",
        "Two tokens beside each other in a word are a pair. Each cell tells how often the pair "
        "that begins there stands in the whole text, counted from left to right, no sign twice. "
        "Where several stand equally often, the first one is taken, row by row. That rule must be "
        "the same everywhere, or two programs would cut the same text in two ways. The formula "
        "counts by how much shorter the text gets when the pair is taken out.",
        "n = ΔLEN / LEN(‹a›‹b›)",
        GROUP,
    )
    counts = copy(first.counts)
    labels = [words.ids[:, 0].astype(object), pair_labels()]
    story.show(counts, "counts_shown", "",
               "Row: a word. Column: the two places of the pair.",
               title="How often each pair stands", number_format="count",
               labels=labels)  # fmt: skip
    _read_out(
        story,
        "count_told",
        first,
        "“{first} + {second}” stands {count} times, and no pair stands more often.",
    )


def _read_out(story: Story, name: str, one: Merge, text: str, **blanks: Any) -> None:
    say(story, name, text, title="In words", placed={"line": True}, when=one.count >= LEAST,
        otherwise="No pair stands twice: there is nothing to merge.",
        first=one.parts[0], second=one.parts[1], count=one.count, **blanks)  # fmt: skip


def _merge(story: Story, start: Array, first: Merge) -> None:
    """Step 3: the most frequent pair becomes one token."""
    story.stage(
        "3   Make the most frequent pair one token",
        "Wherever the pair stands it becomes one token, from left to right: of aaa and the pair "
        "a + a comes aa and a. In the cells each token stands between two marks, so "
        "that SUBSTITUTE finds a pair only where both tokens are whole: ‹a›‹b› is not in ‹xa›‹b›.",
        "SUBSTITUTE(x, ‹a›‹b›, ‹ab›)",
        GROUP,
    )
    shown: dict[str, Any] = {"number_format": "phrase", "labels": [start.labels[0], None]}
    title = "Each word before: one sign a token"
    story.show(copy(start), "before", "‹a›‹b›…", "", title=title, **shown)
    title = "Each word after: the pair is one"
    story.show(copy(first.words), "after", "SUBSTITUTE", "", title=title, **shown)
    _read_out(
        story,
        "merge_told",
        first,
        "“{first}” and “{second}” become “{token}”: {before} tokens are now {left}.",
        token=beside(*first.parts),
        before=story.named("sign_count"),
        left=first.left,
    )


def _again(story: Story, start: Array, merges: list[Merge], wanted: Array) -> None:
    """Step 4: all merges as a table and a chart."""
    number = story.stage(
        "4   Again and again",
        "The new token can be part of the next pair, so pieces grow: two signs, three, in the end "
        "whole words. The list of merges is all that is learned. The sheet Merges has each one in "
        "full. It stops where no pair stands twice. Large models make tens of thousands of merges "
        "from billions of words, with the 256 values of a byte as first tokens, so that any text "
        "in any script can be written. Type fewer merges, even 0.",
        "a + b → ab",
        GROUP,
    )
    story.place(wanted, story.named("merges_wanted_message"), stage=number)
    labels = [numbered("", ROUNDS), None]
    told: dict[str, Any] = {"labels": labels}
    pairs, fresh, counts, left = (
        copy(concatenate(parts, axis=0))
        for parts in (
            [one.pair_told for one in merges],
            [one.token_told for one in merges],
            [one.times for one in merges],
            [one.left for one in merges],
        )
    )
    story.show(pairs, "pairs_merged", "", title="Pair", **told)
    story.show(counts, "times", "max n", title="Times", number_format="integer", **told)
    story.show(fresh, "new_tokens", "a + b → ab", title="New token", **told)
    before = story.named("sign_count")
    all_left = copy(concatenate([before, left], axis=0))
    story.show(left, "tokens_left", "Σ", title="Tokens left",
               number_format="integer", **told)  # fmt: skip
    made = story.constant(np.arange(ROUNDS + 1.0)[:, None], "merges_made", title="Merges made",
                          number_format="integer", workings=True)  # fmt: skip
    story.show(all_left, "tokens_after", title="Tokens after so many merges",
               number_format="integer", workings=True)  # fmt: skip
    title, axes = translate("Tokens of the text"), (translate("merges"), translate("tokens"))
    drawing = Curves(title, axes, (Curve(translate("tokens"), made, all_left),), bars=True)
    story.figures.append(
        Figure(number, 12, 7, drawing, before_block="text_in_tokens", direction="line")
    )
    final = spaced(merges[-1].words, " · ")
    story.show(final, "text_in_tokens", "", "", title="The text in tokens",
               number_format="phrase", labels=[start.labels[0], None])  # fmt: skip


LESSON = Lesson(
    TITLE,
    "Byte-pair merges cut words into tokens, step by step; type a text and see its pieces.",
    tokens,
    picture=4,
    name="tokens",
    goal="make a list of byte-pair merges, and cut any word by it",
    needs=(),
    minutes=20,
    blanks="counts_1, count_1, left_1",
)
