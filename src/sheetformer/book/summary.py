"""How large a book is, before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sheetformer.errors import SheetformerError
from sheetformer.formula.plan import is_step
from sheetformer.graph.node import Graph

LARGEST = 1_500_000
"""Cells of the largest book that is written without being asked to."""
_FORMULA = {"matrix": 14, "cell": 26}
"""Bytes that a formula cell takes in a file, packed; measured."""
NUMBER = 13
"""Bytes that a number takes in a file, packed; measured."""
_BLOCK = 90
"""Bytes of a block's title, labels and colours."""


@dataclass(frozen=True)
class Summary:
    """What a book consists of.

    Attributes:
        title: the book's.
        formulas: formula cells.
        weights: learned numbers.
        others: inputs, constants and frozen numbers.
        size: bytes that the workbook will have, about.
    """

    title: str
    formulas: int
    weights: int
    others: int
    size: int

    @staticmethod
    def of_graph(graph: Graph, title: str, style: str) -> Summary:
        """The summary of the book that a graph would make."""
        count = {"parameter": 0, "input": 0, "constant": 0, "formula": 0}
        blocks = [node for node in graph if not is_step(graph, node)]
        for node in blocks:
            count[node.op if node.is_source else "formula"] += node.size
        others = count["input"] + count["constant"]
        numbers = (count["parameter"] + others) * NUMBER
        size = numbers + count["formula"] * _FORMULA.get(style, 26) + 12_000
        size += _BLOCK * len(blocks)
        return Summary(title, count["formula"], count["parameter"], others, size)

    def with_reference(self, sizes: Sequence[int]) -> Summary:
        """The same book with Check and Reference sheets for blocks of these sizes."""
        numbers = sum(sizes)
        size = self.size + (numbers + len(sizes)) * NUMBER + 5 * _BLOCK * len(sizes)
        formulas = self.formulas + 2 * len(sizes)
        return replace(self, formulas=formulas, others=self.others + numbers, size=size)

    @property
    def cells(self) -> int:
        """All cells that hold something."""
        return self.formulas + self.weights + self.others

    def __str__(self) -> str:
        return (
            f"{self.title}: {self.formulas:,} formulas, {self.weights:,} weights, "
            f"{self.others:,} other numbers, a workbook of about {shown_bytes(self.size)}"
        )


def refuse_too_large(summary: Summary, checked: Summary | None = None) -> None:
    """Refuse a book that no spreadsheet program opens with pleasure.

    Args:
        summary: the book as it computes.
        checked: the same with its Check and Reference, as it would be written.

    Raises:
        SheetformerError: it has more cells than `LARGEST`.
    """
    if summary.cells > LARGEST:
        raise SheetformerError(
            f"{checked or summary}; that is more than {LARGEST:,} cells: take a part (layers, "
            "heads, tokens, modules, top_k), or say force=True (--force) to write it all the same"
        )


def shown_bytes(size: int) -> str:
    """A size as a person reads it."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} KB"
