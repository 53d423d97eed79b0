"""How large a book is, before it is written."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import orjson

from sheetformer.errors import SheetformerError
from sheetformer.formula.inside import is_step
from sheetformer.graph.node import Graph, Node

LARGEST = 1_500_000
"""Cells of the largest book that is written without being asked to."""
_FORMULA = {"matrix": 14, "cell": 26, "named": 14}
"""Bytes that a formula cell takes in a file, packed; measured."""
NUMBER = 13
"""Bytes that a number takes in a file, packed; measured."""
_DIGIT = 0.5
"""Bytes that a digit of a number takes, packed; `NUMBER` has 16 of them."""
_NAME = 3
"""Bytes that the name of its cell takes, packed."""
BARE = 20_000_000
"""Cells of a book from which on numbers side by side leave out their cells' names, a third of the
file. Excel, LibreOffice and openpyxl read it all the same; IronCalc holds no book of that size."""
_PACES = {"matrix": 44.0, "cell": 75.0, "number": 14.5, "bare": 7.4}
"""How long a formula cell of each style and a number take, named or bare, in the time that the
digits of one number take; measured."""
_PROBE = 20_000
"""Numbers whose digits say how fast this machine is now."""
LONG = 5.0
"""Seconds from which on a summary says how long it will take."""
_LARGE = 5_000_000
"""Cells from which on it is asked how long it will take."""
_MANY = 1 << 16
"""Numbers of a block from which on their digits are counted, of some of them."""
_SAMPLE = 500
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
        work: what writing it takes, in the time that the digits of one number take.
    """

    title: str
    formulas: int
    weights: int
    others: int
    size: int
    work: float = 0.0

    @staticmethod
    def of_graph(graph: Graph, title: str, style: str) -> Summary:
        """The summary of the book that a graph would make."""
        count = {"parameter": 0, "input": 0, "constant": 0, "formula": 0}
        blocks = [node for node in graph if not is_step(graph, node)]
        for node in blocks:
            count[node.op if node.is_source else "formula"] += node.size
        others = count["input"] + count["constant"]
        cells = sum(count.values())
        numbers = sum(
            node.size * _packed(graph, node, is_bare=cells > BARE)
            for node in blocks
            if node.is_source
        )
        size = round(numbers) + count["formula"] * _FORMULA.get(style, 26) + 12_000
        size += _BLOCK * len(blocks)
        work = count["formula"] * _PACES.get(style, _PACES["cell"])
        work += (count["parameter"] + others) * _PACES["bare" if cells > BARE else "number"]
        return Summary(title, count["formula"], count["parameter"], others, size, work)

    def with_reference(self, sizes: Sequence[int]) -> Summary:
        """The same book with Check and Reference sheets for blocks of these sizes."""
        numbers = sum(sizes)
        size = self.size + (numbers + len(sizes)) * NUMBER + 5 * _BLOCK * len(sizes)
        formulas = self.formulas + 2 * len(sizes)
        others = self.others + numbers
        work = self.work + numbers * _PACES["number"]
        return replace(self, formulas=formulas, others=others, size=size, work=work)

    @property
    def seconds(self) -> float:
        """How long writing it takes on this machine, as busy as it is now, about."""
        numbers = np.random.default_rng(0).normal(size=_PROBE)
        taken: list[float] = []
        for _ in range(5):
            start = time.perf_counter()
            orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY)
            taken.append(time.perf_counter() - start)
        return self.work * min(taken) / _PROBE

    @property
    def cells(self) -> int:
        """All cells that hold something."""
        return self.formulas + self.weights + self.others

    def __str__(self) -> str:
        said = (
            f"{self.title}: {self.formulas:,} formulas, {self.weights:,} weights, "
            f"{self.others:,} other numbers, a workbook of about {shown_bytes(self.size)}"
        )
        is_long = self.cells > _LARGE and self.seconds > LONG
        return f"{said}, written in about {self.seconds:.0f} s" if is_long else said


def _packed(graph: Graph, node: Node, *, is_bare: bool) -> float:
    """Bytes that a number of a source takes in a file: those of a large one by its digits."""
    value = graph.values[graph.node_index(node.base)]
    if node.size < _MANY or value.dtype == object:
        return NUMBER
    some = value.reshape(-1)[:: max(1, node.size // _SAMPLE)]
    digits = [len(repr(float(x)).partition("e")[0].strip("-0.").replace(".", "")) for x in some]
    missing = 16 - sum(digits) / len(digits)
    return NUMBER - _DIGIT * missing - (_NAME if is_bare else 0)


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
