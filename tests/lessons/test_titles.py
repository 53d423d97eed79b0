"""What a learner sees of a lesson: titles in plain words, a head line, and a live sentence."""

from __future__ import annotations

import re

import pytest

from sheetformer.book.workbook import Book
from sheetformer.language import find_language, translate, use_language

from .books import lesson

TOLD = (
    "multi-head", "positions", "backprop", "training", "encoder-decoder", "tokens", "kv-cache",
    "number-formats", "modern-block",
)  # fmt: skip
APART = ("Check", "Reference", "Learned")
SYMBOL = re.compile(r"(W|E)_\w+|d_\w+|(question|answer|mark)_\d+")
"""What may stand for itself: a matrix, embeddings, a gradient; and the lines of a table."""
each_lesson = pytest.mark.parametrize("name", TOLD)


@each_lesson
@pytest.mark.parametrize("code", ["en", "pt", "es"])
def test_every_block_has_a_title_in_plain_words(name: str, code: str) -> None:
    book = lesson(name, lang=code)
    bare = [one for one in untitled(book) if not SYMBOL.fullmatch(one)]
    assert not bare


def untitled(book: Book) -> list[str]:
    """The blocks of the story that are called by their names only."""
    with use_language(find_language(book.language)):
        apart = {translate(group) for group in APART}
    return [
        block.node.name
        for block in book.blocks.values()
        if book.stages[block.stage].group not in apart
        and not block.caption.title
        and not block.node.name.endswith("_message")
    ]


@each_lesson
def test_a_lesson_says_where_it_stands_and_reads_its_result_out(name: str) -> None:
    book = lesson(name)
    assert book.blocks
    assert any(block.caption.number_format == "phrase" for block in book.blocks.values())
