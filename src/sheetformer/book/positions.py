"""From elements to addresses: where every element of the graph stands in the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sheetformer.book.layout import StagePlace
from sheetformer.book.spots import MATRIX_GAP
from sheetformer.book.workbook import Block
from sheetformer.formula.address import area, column_name, sheet_prefix
from sheetformer.formula.geometry import Cells, Geometry
from sheetformer.formula.tree import Leaf, Range, Ref
from sheetformer.graph.node import Graph, Ids
from sheetformer.graph.span import Span


@dataclass(frozen=True)
class Positions:
    """Where each block begins; the place of an element is computed from that.

    Attributes:
        geometry: where elements lie within their blocks.
        sheets: the names of the sheets.
        sheet: for each node the number of its sheet, and −1 where it has no cells.
        top: the first row of each node's first matrix.
        left: the first column.
        blocks: the block of a node, by its base.
    """

    geometry: Geometry
    sheets: list[str]
    sheet: NDArray[np.int64]
    top: NDArray[np.int64]
    left: NDArray[np.int64]
    blocks: dict[int, Block]

    @staticmethod
    def of(graph: Graph, stages: Sequence[StagePlace]) -> Positions:
        """The positions of all placed blocks."""
        sheets = list(dict.fromkeys(stage.sheet for stage in stages))
        sheet, top, left = (np.full(len(graph.nodes), -1, dtype=np.int64) for _ in range(3))
        placed = [item.block for stage in stages for item in stage.items if item.block is not None]
        blocks = {block.node.base: block for block in placed}
        for block in placed:
            node, first = graph.node_index(block.node.base), block.matrices[0]
            sheet[node] = sheets.index(block.sheet)
            top[node], left[node] = first.row, first.column
        return Positions(Geometry.of(graph), sheets, sheet, top, left, blocks)

    def locate(self, ids: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows and columns of elements on their sheets, both in the shape of the ids."""
        return self._on_sheet(self.geometry.locate(ids))

    def _on_sheet(self, cells: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        if self.sheet[cells.node].min() < 0:
            raise RuntimeError("a formula reads an element that has no cell")
        down = cells.matrix * (self.geometry.rows[cells.node] + MATRIX_GAP) + cells.row
        return self.top[cells.node] + down, self.left[cells.node] + cells.column

    def address(self, leaf: Leaf, cells: int, sheet: str) -> list[str]:
        """What to write for a leaf, once for each of the cells of a block.

        A whole block is called by its name. Otherwise a part of the address that never changes
        carries a dollar sign, so that the formula can be filled down and across.
        """
        if not leaf.ids.size:
            return []
        if isinstance(leaf.ids, Span):
            return [self._rectangle(leaf.ids, cells, sheet)] * cells
        ids = _for_each(leaf.ids, isinstance(leaf, Range), cells)
        colon = isinstance(leaf, Range) and (leaf.searched or ids.shape[1] > 1)
        named = ids.shape[1] > 1 or not colon
        if named and self._same_in_all(ids) and (name := self._whole_block(ids[0])):
            return [name] * cells
        if colon:
            self._check_filled(ids)
        # Ids count on along the rows of a block: the least is at the top left of a rectangle.
        first = ids.min(1)
        last = ids.max(1) if colon else None
        texts, again = self._distinct(first, last, cells, sheet)
        return ([texts[i] for i in again] if again else texts) * (cells // len(ids))

    def _rectangle(self, span: Span, cells: int, sheet: str) -> str:
        """The name or the address of a rectangle that is the same for all cells."""
        least, greatest = span.ends
        block = self.blocks.get(least)
        if block is not None and block.named and block.node.is_whole(span):
            return block.name
        ends = np.array([[least, greatest]])
        return self.address(Range(ends), cells, sheet)[0]

    def _distinct(
        self, first: Ids, last: Ids | None, cells: int, sheet: str
    ) -> tuple[list[str], list[int]]:
        """The addresses from first to last (n,), each once where many are the same.

        The second list says which of them each of the n is; it is empty where all are written.
        """
        again: list[int] = []
        pairs = first
        if last is not None and (last - first != last[0] - first[0]).any():
            pairs = first * (int(last.max()) + 1) + last
        index, inverse = _once_each(pairs)
        if 2 * len(index) <= len(first):
            first, last = first[index], None if last is None else last[index]
            again = inverse.tolist()
        located = self.geometry.locate(first)
        prefixes = self._prefixes(located.node, sheet)
        texts = self._corner(*self._on_sheet(located), cells)
        if last is not None:
            texts = map("{}:{}".format, texts, self._corner(*self.locate(last), cells))
        return list(map(str.__add__, prefixes, texts)), again

    def _check_filled(self, ids: Ids) -> None:
        """Cells of several nodes make one range only where nothing stands between them."""
        if self.geometry.only_node(ids[0]) is not None:
            return
        rows, columns = self.locate(ids[0])
        if (int(np.ptp(rows)) + 1) * (int(np.ptp(columns)) + 1) != ids.shape[1]:
            raise RuntimeError("a formula reads a range in which other cells stand")

    def _same_in_all(self, ids: Ids) -> bool:
        return bool((ids == ids[:1]).all())

    def _whole_block(self, ids: Ids) -> str | None:
        """The name of the block whose elements these are, all of them."""
        block = self.blocks.get(int(ids.min()))
        if block is None or not block.named or ids.size != block.node.size:
            return None
        return block.name if np.array_equal(np.sort(ids), block.node.ids.ravel()) else None

    def _prefixes(self, nodes: NDArray[np.int64], sheet: str) -> list[str]:
        """For each node (n,) how a formula on `sheet` names the sheet where it stands."""
        places = self.sheet[nodes]
        names = {place: self.sheets[place] for place in set(places.tolist())}
        prefixes = {p: "" if name == sheet else sheet_prefix(name) for p, name in names.items()}
        return [prefixes[place] for place in places.tolist()]

    def _corner(self, rows: NDArray[np.int64], columns: NDArray[np.int64], cells: int) -> list[str]:
        fixed_row = "$" if cells > 1 and (rows == rows[0]).all() else ""
        fixed_column = "$" if cells > 1 and (columns == columns[0]).all() else ""
        letters = {c: f"{fixed_column}{column_name(c)}{fixed_row}" for c in set(columns.tolist())}
        pairs = zip(rows.tolist(), columns.tolist(), strict=True)
        return [f"{letters[c]}{r + 1}" for r, c in pairs]

    def references(self, ids: Ids, sheet: str) -> list[str]:
        """One reference a cell (n,) to its word; to an empty cell it gives empty text, not 0."""
        return [f'{cell}&""' for cell in self.address(Ref(ids), ids.size, sheet)]

    def area(self, ids: Ids) -> str:
        """The rectangle that the ids (rows, columns) fill, as one address that never moves."""
        cells = self.geometry.locate(ids)
        row, column = self._on_sheet(cells)
        size = (int(np.ptp(row)) + 1, int(np.ptp(column)) + 1)
        first = (int(row.min()), int(column.min()))
        return self._prefixes(cells.node.ravel()[:1], "")[0] + area(*first, *size, fixed=True)


def _once_each(numbers: Ids) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each number (n,) stands first, in order of size, and which of these each of the n is.

    >>> [x.tolist() for x in _once_each(np.array([7, 5, 7, 9]))]
    [[1, 0, 3], [1, 0, 1, 2]]
    """
    least, most = int(numbers.min()), int(numbers.max())
    if most - least > 4 * len(numbers):
        _, index, inverse = np.unique(numbers, return_index=True, return_inverse=True)
        return index, inverse
    # Numbers that lie close together need no sorting. The last that is set is the first there.
    places = np.full(most - least + 1, -1)
    places[numbers[::-1] - least] = np.arange(len(numbers))[::-1]
    stands = places >= 0
    return places[stands], (np.cumsum(stands) - 1)[numbers - least]


def _for_each(ids: Ids, is_range: bool, cells: int) -> Ids:
    """The ids of a leaf, a row a cell; one row if a view says that they are the same for all."""
    lead = ids.ndim - (2 if is_range else 0)
    steps = zip(ids.shape[:lead], ids.strides[:lead], strict=True)
    if lead and all(length == 1 or stride == 0 for length, stride in steps):
        return ids[(0,) * lead].reshape(1, -1)
    return ids.reshape(cells, -1)
