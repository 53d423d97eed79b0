"""Books that go on: inputs that take their next values, and how to do that by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sheetformer.book.refill import with_values
from sheetformer.book.workbook import Block, Book
from sheetformer.errors import SheetformerError
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import Value
from sheetformer.graph.recurrence import Recurrence
from sheetformer.language import translate

MOST_STEPS = 1_000_000


def stepped(book: Book, count: int) -> Book:
    """The book so many steps on, every value worked out anew; errors are those of `Book.step`."""
    if not book.carried:
        raise SheetformerError("nothing in this book goes on: no input has a next value")
    if not book.follows_graph:
        raise SheetformerError("a formula of this book was typed over; steps follow the old ones")
    graph = book.graph
    places = {name: graph.node_index(block.node.base) for name, block in book.blocks.items()}
    carried = {places[name]: places[after] for name, after in book.carried.items()}
    return with_values(book, values_after(graph, carried, count))


def values_after(
    graph: Graph,
    carried: Mapping[int, int],
    count: int,
    watched: Sequence[int] = (),
    watch: Callable[[int, list[Value]], None] | None = None,
) -> list[Value]:
    """The value of every node after so many steps; more as in `Recurrence`.

    Raises:
        SheetformerError: the count is none, or a number grows beyond every bound.
    """
    if type(count) is not int or not 1 <= count <= MOST_STEPS:
        raise SheetformerError(f"steps are a whole number from 1 to {MOST_STEPS:,}, not {count!r}")
    following = Recurrence(graph, carried, watched).advanced(count, watch)
    values = graph.evaluate(following)
    if (node := graph.beyond(values)) is not None:
        raise SheetformerError(
            f"after {count} steps the block {node.name or node.op!r} is beyond what a cell can "
            "hold; take fewer steps, or smaller ones"
        )
    return values


# -- by hand ---------------------------------------------------------------------------------------


def by_hand(pairs: Sequence[tuple[Block, Block]], others: Sequence[Block]) -> str:
    """How a reader takes a step by hand: what to copy, and where to paste its values.

    Args:
        pairs: inputs and the blocks that are their next values.
        others: all blocks of the book.
    """
    moves = [f"{after.name} → {state.name}" for state, after in pairs]
    together = _together(pairs, others)
    if together is not None and len(pairs) > 1:
        states, after = (sorted(some, key=_first_column) for some in together)
        moves = [f"{after[0].name}:{after[-1].name} → {states[0].name}"]
    return translate(
        "One step by hand: copy the cells before each arrow, and paste only their values (Paste "
        "Special, Values) where it points: {moves}. Iterative calculation cannot do it: programs "
        "then mix old and new numbers within a step.",
        moves=";  ".join(moves),
    )


def _together(
    pairs: Sequence[tuple[Block, Block]], others: Sequence[Block]
) -> tuple[list[Block], list[Block]] | None:
    """All states and all next values, where they lie alike with nothing between, else None."""
    states, after = [state for state, _ in pairs], [later for _, later in pairs]
    shifts = {
        (state.sheet, later.sheet, b.row - a.row, b.column - a.column)
        for state, later in pairs
        for a, b in zip(state.matrices, later.matrices, strict=True)
    }
    tops = {matrix.row for block in states for matrix in block.matrices}
    # Beside blocks of a line stand only the labels of their rows; those must be mere texts.
    plain = all(isinstance(item, str) for block in states for item in _row_labels(block))
    alone = not any(_meets(other, some) for some in (states, after) for other in others)
    return (states, after) if len(shifts) == len(tops) == 1 and plain and alone else None


def _meets(other: Block, blocks: Sequence[Block]) -> bool:
    """Whether a block stands within the rectangle around others, and is none of them."""
    if other.sheet != blocks[0].sheet or any(other is block for block in blocks):
        return False
    top, left, bottom, right = _corners(blocks)
    return any(
        matrix.row < bottom
        and matrix.row + other.rows > top
        and matrix.column < right
        and matrix.column + other.columns > left
        for matrix in other.matrices
    )


def _row_labels(block: Block) -> Sequence[object]:
    labels = block.node.labels[-2:-1]
    return () if not labels or labels[0] is None else tuple(labels[0])


def _first_column(block: Block) -> int:
    return block.matrices[0].column


def _corners(blocks: Sequence[Block]) -> tuple[int, int, int, int]:
    """The first row and column of the rectangle around blocks, and those after its last."""
    cells = [
        (matrix.row, matrix.column, matrix.row + block.rows, matrix.column + block.columns)
        for block in blocks
        for matrix in block.matrices
    ]
    tops, lefts, bottoms, rights = zip(*cells, strict=True)
    return min(tops), min(lefts), max(bottoms), max(rights)
