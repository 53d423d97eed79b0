"""The talk's points stand where the docs say, and so do the factors of the lessons' products."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sheetformer import Book
from sheetformer.book.cells import Matrix
from sheetformer.book.workbook import Block
from sheetformer.graph.node import Ids, Node
from sheetformer.lessons import LESSONS

from ..lessons.books import lesson

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "the-talk.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.splitlines()
    if line.startswith("| ")
]
POINTS = [row for row in ROWS if len(row) == 4 and row[1] in LESSONS]
PRODUCTS = {row[0]: (int(row[1]), int(row[2])) for row in ROWS if row[0] in LESSONS}
APART = ("Check", "Reference", "Learned")


@pytest.mark.parametrize("row", POINTS, ids=[f"{row[1]}: {row[2]}" for row in POINTS])
def test_a_point_of_the_talk_is_seen_where_the_table_says(row: list[str]) -> None:
    _, name, step, seen = row
    book = lesson(name)
    stages = [i for i, stage in enumerate(book.stages) if _plain(stage.title).startswith(step)]
    assert len(stages) == 1
    for block in re.findall(r"`(\w+)`", seen):
        found = book.blocks.get(block) or book.blocks[f"{block}_"]
        assert found.stage == stages[0], block


def test_every_point_of_the_talk_has_a_row() -> None:
    points = {row[0] for row in POINTS}
    assert len(points) == 15
    assert {row[1] for row in POINTS} >= {"cross-attention", "multi-head", "scaling", "backprop"}


def test_the_talk_is_named_and_linked_where_people_begin() -> None:
    for file in (DOCS.parent / "README.md", DOCS / "guide.md", DOCS / "the-talk.md"):
        assert "Fernando Marcos Wittmann" in file.read_text(encoding="utf-8"), file.name
    assert "(docs/the-talk.md)" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert "(the-talk.md)" in (DOCS / "guide.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in LESSONS if name in PRODUCTS])
def test_the_factors_of_a_product_stand_beside_it_as_the_table_counts(name: str) -> None:
    book = lesson(name)
    products = [block for block in book.blocks.values() if _is_told_product(book, block)]
    apart = [block.name for block in products if not _row_meets_column(book, block)]
    assert (len(products), len(products) - len(apart)) == PRODUCTS[name], apart


def test_the_sentence_on_attention_counts_as_the_table_does() -> None:
    three = [PRODUCTS[name] for name in ("cross-attention", "self-attention", "multi-head")]
    told, beside = (sum(column) for column in zip(*three, strict=True))
    assert f"yes for {beside} of {told} products" in " ".join(PAGE.split())


def test_every_lesson_with_products_is_counted() -> None:
    counted = {
        name
        for name in LESSONS
        if any(_is_told_product(lesson(name), block) for block in lesson(name).blocks.values())
    }
    assert counted == set(PRODUCTS)


def _plain(title: str) -> str:
    return " ".join(title.split())


def _is_told_product(book: Book, block: Block) -> bool:
    told = book.stages[block.stage].group not in APART and not block.workings
    return told and block.node.op == "matmul"


def _row_meets_column(book: Book, block: Block) -> bool:
    """The left factor stands in the same rows before it, the right one above it on its page."""
    left, right = (_standing(book, ids, block.sheet) for ids in block.node.inputs)
    breaks = next(sheet.page_breaks for sheet in book.sheets if sheet.name == block.sheet)
    row, column = block.matrices[0].row, block.matrices[0].column
    before = any(m.row == row and m.column < column for m in left)
    above = [m for m in right if m.column == column and m.row < row]
    return before and any(not any(m.row < cut <= row for cut in breaks) for m in above)


def _standing(book: Book, ids: Ids, sheet: str) -> list[Matrix]:
    """Where on a sheet the numbers of a factor stand: the block itself, and what repeats it."""
    base = _origin(book, book.graph.owner(int(ids.flat[0]))).base
    same = (one for one in book.blocks.values() if one.sheet == sheet)
    return [one.matrices[0] for one in same if _origin(book, one.node).base == base]


def _origin(book: Book, node: Node) -> Node:
    while node.op == "copy":
        node = book.graph.owner(int(node.inputs[0].flat[0]))
    return node
