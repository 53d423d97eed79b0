"""What of a book an exercise is about, and what follows from what in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sheetformer.book.workbook import Block, Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.node import Graph
from sheetformer.language import find_language, translate, use_language

ASIDE = ("Check", "Reference")
"""The groups of stages that hold the answers."""
LARGEST = 400
"""Cells of a block that stands on paper; a vocabulary has more."""
_WIDEST = 12
"""Columns that a page holds."""


def aside_sheets(book: Book) -> set[str]:
    """The sheets that compare each block with its answer."""
    with use_language(find_language(book.language)):
        groups = {translate(group) for group in ASIDE}
    pairs = zip(book.stages, book.headings, strict=False)
    return {sheet for stage, (sheet, _) in pairs if stage.group in groups}


def aside(book: Book, block: Block) -> bool:
    """Whether a block stands on such a sheet."""
    return block.sheet in aside_sheets(book)


def own_blocks(book: Book) -> Iterator[str]:
    """The names of the computed blocks of numbers that an exercise may be about."""
    away = aside_sheets(book)
    for name, block in book.blocks.items():
        value = book.graph.values[place_of(book, block)]
        if not (block.node.is_source or block.sheet in away or value.dtype == object):
            yield name


def place_of(book: Book, block: Block) -> int:
    """The place of a block's step in the graph."""
    return book.graph.node_index(block.node.base)


def readers(graph: Graph) -> list[set[int]]:
    """For each step the places of those that read it directly."""
    found: list[set[int]] = [set() for _ in graph.nodes]
    for place, node in enumerate(graph):
        for operand in node.operands:
            for owner in graph.owners(operand):
                found[owner].add(place)
    return found


def after(graph: Graph, places: Collection[int]) -> set[int]:
    """The places of all steps that follow from some steps, themselves left out."""
    reads, found = readers(graph), set[int]()
    waiting = list(places)
    while waiting:
        new = reads[waiting.pop()] - found
        found |= new
        waiting += new
    return found - set(places)


def before(graph: Graph, places: Collection[int]) -> set[int]:
    """The places of all steps that some steps are made of, themselves left out."""
    found = set[int]()
    waiting = list(places)
    while waiting:
        node = graph.nodes[waiting.pop()]
        new = {owner for operand in node.operands for owner in graph.owners(operand)} - found
        found |= new
        waiting += new
    return found - set(places)


# -- what stands on paper --------------------------------------------------------------------------


def wanted_places(book: Book, blanks_named: Sequence[str]) -> list[int]:
    """The places of the steps that are worked out: the blanks, and blocks between two of them."""
    blocks = visible_blocks(book)
    blanks = {place_of(book, book.blocks[name]) for name in blanks_named}
    between = after(book.graph, blanks) & before(book.graph, blanks)
    return sorted(blanks | (between & blocks.keys()))


def visible_blocks(book: Book) -> dict[int, Block]:
    """The blocks of numbers that stand on paper, by the place of their step."""
    away = aside_sheets(book)
    hidden = {sheet.name for sheet in book.sheets if sheet.hidden}
    found: dict[int, Block] = {}
    for block in book.blocks.values():
        value = book.graph.values[place_of(book, block)]
        fits = block.node.size <= LARGEST and block.columns <= _WIDEST
        if block.sheet not in away | hidden and value.dtype != object and fits:
            found.setdefault(place_of(book, block), block)
    return found


def refuse_too_large(book: Book, blanks_named: Sequence[str]) -> None:
    """See to it that every blank fits on paper.

    Raises:
        SheetformerError: one does not.
    """
    for name in blanks_named:
        block = book.blocks[name]
        if place_of(book, block) not in visible_blocks(book):
            raise SheetformerError(
                f"the block {name!r} has {block.node.size:,} cells in {block.columns} columns, too "
                f"many for paper; do without it, or without --paper"
            )
