"""Which cells are to be filled in: names of blocks, rows, cells and operands, as somebody asks.

`scores` is a whole block, `scores[0]` a row of it, `scores[1,2]` a cell, `scores.operands` the
computed blocks that its formula reads, and `softmax` all steps of a softmax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sheetformer.book.workbook import Block, Book
from sheetformer.errors import SheetformerError
from sheetformer.exercises.parts import aside, own_blocks, place_of, readers
from sheetformer.graph.node import Graph, Ids
from sheetformer.suggest import suggestion

SOFTMAX = frozenset(
    {"softmax exponentials", "softmax sum", "softmax"}
    | {"attention weights", "masked attention weights"}
)
"""The roles of the steps that `softmax` stands for."""
MOST_CELLS = 2_000
"""Cells of one blank; nobody fills in more."""

_ASKED = re.compile(r"\s*(?P<name>[^\[\].]+?)\s*(?:\[(?P<at>[^\]]*)\]|\.(?P<part>\w+))?\s*")


@dataclass(frozen=True)
class Blank:
    """Cells of one block that are to be filled in.

    Attributes:
        block: the name of the block.
        elements: the ids of the graph's elements that belong there (n,), in the order of cells.
        whole: whether these are all of the block.
    """

    block: str
    elements: Ids
    whole: bool


def find_blanks(book: Book, asked: Sequence[str]) -> tuple[Blank, ...]:
    """The blanks that somebody asks for, one a block, in the book's order.

    Raises:
        SheetformerError: nothing is asked for, a block does not exist, or it cannot be a blank;
            the message says which and what to do.

    >>> import numpy as np, sheetformer as sf
    >>> book = sf.trace(lambda x: np.exp(x) @ x.T, np.ones((2, 2)))
    >>> [(blank.block, blank.elements.size) for blank in find_blanks(book, ["exp[0]", "output"])]
    [('exp_', 2), ('output', 4)]
    """
    if not asked:
        raise SheetformerError("say which blocks are to be blank, such as --blank scores")
    found: dict[str, set[int]] = {}
    for text in asked:
        for block, ids in _asked(book, text):
            found.setdefault(block.name, set()).update(ids.ravel().tolist())
    return tuple(_blank(block, found[name]) for name, block in book.blocks.items() if name in found)


def split(text: str) -> list[str]:
    """What a comma-separated list asks for; a comma inside brackets belongs to its cell.

    >>> split("scores[1,2], softmax")
    ['scores[1,2]', 'softmax']
    """
    return [part.strip() for part in re.split(r",(?![^\[]*\])", text) if part.strip()]


def _blank(block: Block, ids: Iterable[int]) -> Blank:
    elements = np.array(sorted(ids), dtype=np.int64)
    if elements.size > MOST_CELLS:
        raise SheetformerError(
            f"the block {block.name!r} has {elements.size:,} cells, and a blank at most "
            f"{MOST_CELLS:,}; ask for a row of it, such as {block.name}[0]"
        )
    return Blank(block.name, elements, elements.size == block.node.size)


def _asked(book: Book, text: str) -> list[tuple[Block, Ids]]:
    """The blocks that one text asks for, each with the ids of the cells."""
    match = _ASKED.fullmatch(text)
    if match is None:
        raise SheetformerError(
            f"cannot tell what {text!r} means; write a block, a row or a cell, such as "
            "scores[0], scores[1,2] or scores"
        )
    blocks = _named(book, match["name"])
    if match["part"]:
        blocks = [each for block in blocks for each in _operands(book, block, match["part"])]
    for block in blocks:
        _refuse(book, block)
    if match["at"] is None:
        return [(block, block.node.ids) for block in blocks]
    return [(block, _cells(block, match["at"])) for block in blocks]


def _named(book: Book, name: str) -> list[Block]:
    """The block of that name, or the steps that are together called so."""
    here = {name: block for name, block in book.blocks.items() if not aside(book, block)}
    if name in here:
        return [here[name]]
    same = [block for block in here.values() if block.node.name == name]
    # A lesson calls Q what a cell must call Q_.
    same = same or [block for block in here.values() if block.name.rstrip("_") == name]
    if same or name.casefold() != "softmax":
        if not same:
            raise SheetformerError(
                f"this book has no block {name!r} to blank; {_hint(name, own_blocks(book))}"
            )
        return same[:1]
    steps = [b for b in here.values() if b.role in SOFTMAX and not b.node.is_source]
    shown = [b for b in steps if b.stage < len(book.stages)
             and "softmax" in book.stages[b.stage].title.casefold()]  # fmt: skip
    if not steps:
        raise SheetformerError("this book has no softmax to blank; name a block of it")
    return shown or steps


def _hint(name: str, known: Iterable[str]) -> str:
    names = list(known)
    few = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return suggestion(name, names, f"there are: {few}")


def _refuse(book: Book, block: Block) -> None:
    """What no student can be asked to fill in."""
    value = book.graph.values[book.graph.node_index(block.node.base)]
    if block.node.is_source:
        raise SheetformerError(
            f"the block {block.name!r} is given, not computed; nobody could find its numbers, so "
            f"blank what is made of it: {_made_of(book, block)}"
        )
    if value.dtype == object:
        raise SheetformerError(
            f"the block {block.name!r} holds words; blank the numbers that they come from"
        )


def _made_of(book: Book, block: Block) -> str:
    direct = readers(book.graph)[place_of(book, block)]
    names = [
        name for name in own_blocks(book) if place_of(book, book.blocks[name]) in direct
    ]  # fmt: skip
    return ", ".join(names[:4]) or "a block with a formula"


def _operands(book: Book, block: Block, part: str) -> list[Block]:
    """The computed blocks of numbers that the formula of a block reads."""
    if part != "operands":
        raise SheetformerError(
            f"cannot tell what {block.name}.{part} means; write {block.name}.operands"
        )
    graph = book.graph
    blocks = {place_of(book, each): each for each in book.blocks.values()}
    found = read_blocks(graph, place_of(book, block), blocks)
    computed = [
        blocks[place] for place in sorted(found)
        if not blocks[place].node.is_source and graph.values[place].dtype != object
    ]  # fmt: skip
    if not computed:
        raise SheetformerError(
            f"all that {block.name!r} reads is given; there is no operand to blank"
        )
    return computed


def read_blocks(graph: Graph, place: int, blocks: Iterable[int]) -> set[int]:
    """The places of the blocks that a step reads, through steps that stand in no cell."""
    found: set[int] = set()
    for operand in graph.nodes[place].operands:
        for owner in graph.owners(operand):
            found |= {owner} if owner in blocks else read_blocks(graph, owner, blocks)
    return found


def _cells(block: Block, at: str) -> Ids:
    """The ids of a row or a cell of a block, by its indices from 0."""
    shape = block.node.shape
    try:
        index = tuple(int(part) for part in at.split(","))
        return np.atleast_1d(block.node.ids[index])
    except (ValueError, IndexError, OverflowError):
        size = " × ".join(map(str, shape)) or "1"
        raise SheetformerError(
            f"the block {block.name!r} has no part [{at}]; it has {size} cells, counted from 0"
        ) from None
