"""Lesson tokens: the merges of any typed text, and what its texts say of unhappiness."""

from __future__ import annotations

from random import Random

import pytest

from sheetformer.edits.edit import Edit
from sheetformer.edits.recalculate import edited
from sheetformer.engines.base import Engine
from sheetformer.errors import SheetformerError

from ..support import assert_book_recalculates
from .books import lesson
from .tokens import TRAPS, assert_merges, merges_of, random_text, typed


def test_any_text_has_the_merges_of_another_program(ironcalc: Engine) -> None:
    rng = Random(3)
    texts = [*TRAPS, *(random_text(rng) for _ in range(5))]
    books = [typed(lesson("tokens"), text) for text in texts]
    for book, text in zip(books, texts, strict=True):
        assert book.follows_graph
        assert_merges(book, text)
    assert_book_recalculates([books[i] for i in (0, 2, 6, 7, 9, 14)], ironcalc)


def test_of_pairs_that_stand_equally_often_the_first_is_taken() -> None:
    assert merges_of("xy ab ab xy")[0] == [("x", "y"), ("a", "b")]
    assert_merges(typed(lesson("tokens"), "xy ab ab xy"), "xy ab ab xy")


def test_unhappiness_becomes_three_tokens() -> None:
    book = lesson("tokens")
    assert "unhappiness" not in str(book["text"].value)
    assert book["cut_tokens"].value[0, 0] == 3.0
    assert book["way"].value[-1, 0] == "un · happi · ness"


def test_without_merges_each_sign_is_a_token() -> None:
    book = lesson("tokens")
    at = book["merges_wanted"].block
    none = edited(book, [Edit(at.sheet, at.matrices[0].row, at.matrices[0].column, 0.0)])
    assert none["cut_tokens"].value[:, 0].tolist() == none["cut_signs"].value[:, 0].tolist()
    assert set(none["pairs_merged"].value[:, 0]) == {"—"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"text": " "}, "text must be 1 to 8 words of at most 12 signs each"),
        ({"text": "a b c d e f g h i"}, "text must be 1 to 8 words"),
        ({"text": "abcdefghijklm"}, "of at most 12 signs each, not 'abcdefghijklm'"),
        ({"word": ""}, "word must have 1 to 16 signs"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(SheetformerError, match=said):
        lesson("tokens", **options)


def test_a_reader_finds_a_long_token() -> None:
    book = typed(lesson("tokens"), "kindness kind kindly", "kind")
    assert book["cut_tokens"].value[0, 0] == 1.0
    assert book["mark_5"].value.item().startswith("✓")
