"""The workbook model: sheets of cell blocks, each a rectangle of cells with one style.

A writer turns this into bytes and needs to know nothing of attention; the positions here are the
only ones there are. Rows and columns count from 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sheetformer.book.cells import Bounds, CellBlock, DropDown, Matrix, Note, Scale
from sheetformer.book.charts import AnyChart
from sheetformer.book.outputs import VIEWS, WRITERS, Progress
from sheetformer.collector import no_collection
from sheetformer.errors import FileError, SheetformerError
from sheetformer.files import check_target
from sheetformer.formula.named import NamedFunction
from sheetformer.graph.array import Array
from sheetformer.graph.node import Graph, Node, label_text
from sheetformer.graph.ops import Value
from sheetformer.graph.turned import turned
from sheetformer.graph.views import reshape
from sheetformer.language.phrasebook import BESIDE
from sheetformer.story.caption import Caption, Stage
from sheetformer.suggest import suggestion

if TYPE_CHECKING:
    from sheetformer.book.summary import Summary

OLD_ROWS, OLD_COLUMNS = 65_536, 256
"""Where a sheet ends in the old format .xls; it loses what stands beyond."""

HUGE = 1e9
"""From here on a number stands for infinity (a masked score) and has no say in the colours."""


@dataclass(frozen=True)
class Block:
    """Where a node stands: a rectangle a matrix, several one below the other for 3 and 4 axes.

    Attributes:
        caption: what stands above it, in the book's language.
        stage: the number of the stage that it stands in.
        role: what it is in the field's terms, or nothing.
        named: whether formulas may call it by its name (one matrix, and no mere line of a table).
        over: the base of the node over whose cells it stands, column by column, or None.
        workings: whether its rows are folded away at the end of its stage.
        mark: sheet, row and column of the cell that marks it, in an exercise.
    """

    node: Node
    name: str
    sheet: str
    matrices: tuple[Matrix, ...]
    rows: int
    columns: int
    caption: Caption
    stage: int
    role: str = ""
    named: bool = True
    over: int | None = None
    workings: bool = False
    mark: tuple[str, int, int] | None = None

    @property
    def heading(self) -> str:
        """Its title, or its name and its equation."""
        return heading(self.node, self.caption)

    @property
    def code_line(self) -> str:
        """What formulas call it, and how it is written in mathematics."""
        return code_line(self.node, self.caption)

    @property
    def note_line(self) -> str:
        """Its sentence, behind its name and equation where these are not its heading."""
        return note_line(self.node, self.caption)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """All its cells in row-major order of the node."""
        return [
            (matrix.row + r, matrix.column + c)
            for matrix in self.matrices
            for r in range(self.rows)
            for c in range(self.columns)
        ]


def heading(node: Node, caption: Caption) -> str:
    """What stands above a block on a sheet: its title, or its name and its equation."""
    return caption.title or code_line(node, caption)


def note_line(node: Node, caption: Caption) -> str:
    """The sentence of a block; behind its name and equation where these are not its heading."""
    parts = (code_line(node, caption) if caption.title else "", caption.note)
    return BESIDE.join(part for part in parts if part)


def code_line(node: Node, caption: Caption) -> str:
    """What formulas call a block, and how it is written in mathematics."""
    if caption.number_format == "message":
        return ""
    shown = node.name.rstrip("_") or node.op
    return f"{shown} = {caption.equation}" if caption.equation else shown


@dataclass(frozen=True)
class Sheet:
    """One sheet: cell blocks and what lies over them."""

    name: str
    cell_blocks: Sequence[CellBlock] = ()
    widths: Mapping[int, float] = field(default_factory=dict[int, float])
    heights: Mapping[int, float] = field(default_factory=dict[int, float])
    scales: Sequence[Scale] = ()
    drop_downs: Sequence[DropDown] = ()
    bounds: Sequence[Bounds] = ()
    charts: Sequence[AnyChart] = ()
    page_breaks: Sequence[int] = ()
    portrait: bool = False
    """Whether it is printed with the short side of the paper above."""
    print_scale: int = 0
    """Percent of its size on paper; 0 is as wide as the page."""
    printed_above: int = 3
    """Rows at its top that are printed above every page."""
    folded: Sequence[range] = ()
    """Rows that are folded away; the row above each is their heading."""
    frozen: tuple[int, int] = (0, 0)
    hidden: bool = False
    notes: Sequence[Note] = ()

    @property
    def rows(self) -> int:
        """The row after the last one with a cell or a chart."""
        ends = [each.row + each.values.shape[0] for each in self.cell_blocks]
        return max([0, *ends, *(chart.row + chart.rows for chart in self.charts)])

    @property
    def columns(self) -> int:
        """The column after the last one with a cell or a chart."""
        return self._end(self.cell_blocks)

    @property
    def printed_columns(self) -> int:
        """As `columns`, but for cells whose rows are folded away."""
        folded = {row for rows in self.folded for row in rows}
        return self._end([each for each in self.cell_blocks if each.row not in folded])

    def _end(self, cell_blocks: Sequence[CellBlock]) -> int:
        ends = [each.column + each.values.shape[1] for each in cell_blocks]
        return max([0, *ends, *(chart.column + chart.columns for chart in self.charts)])


@dataclass(frozen=True)
class Book:
    """A workbook whose every formula cell is known by its graph value.

    >>> import numpy as np, sheetformer as sf
    >>> book = sf.trace(lambda x: x @ x.T, np.eye(2))
    >>> book["output"].value
    array([[1., 0.],
           [0., 1.]])
    """

    title: str
    graph: Graph
    formulas: str
    sheets: Sequence[Sheet] = ()
    blocks: Mapping[str, Block] = field(default_factory=dict[str, Block])
    stages: Sequence[Stage] = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    """The shape of a block's value, where it has fewer axes than its cells, as x.sum(0) has."""
    language: str = "en"
    """The language of its texts, as in HTML."""
    follows_graph: bool = True
    """Whether its formulas compute what its graph does; not so where somebody typed over one."""
    headings: Sequence[tuple[str, int]] = ()
    """The sheet and row of each stage's heading."""
    carried: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of an input or parameter the block that is its next value, by their names."""
    watched: Sequence[str] = ()
    """The names of single numbers that are worth a look at every step."""
    result: str = ""
    """The name of the block that `book["result"]` is, whatever it is called on its sheet."""
    functions: Sequence[NamedFunction] = ()
    """The functions that its formulas call by name, in the style "named"."""

    def __getitem__(self, name: str) -> BlockView:
        name = self.result if name == "result" and self.result else name
        if name not in self.blocks:
            # Not every name of a step is a name that a spreadsheet program takes.
            for block in self.blocks.values():
                if block.node.name == name:
                    return BlockView(self, block)
            hint = suggestion(name, self.blocks)
            raise SheetformerError(f"this book has no block {name!r}; {hint}")
        return BlockView(self, self.blocks[name])

    def __iter__(self) -> Any:
        return iter(self.blocks)

    def save(self, path: str | Path, *, progress: Progress | None = None) -> Path:
        """Write the book; the suffix says how. Gives the path.

        It is .xlsx, .html for a page, .txt for text, .svg or .png for a picture of its attention.

        Args:
            path: the file.
            progress: called now and then while a workbook is written, with the cells that stand in
                it so far (there will be `book.cells`) and its bytes.

        Raises:
            FileError: it is a folder, the suffix is unknown, or it cannot be written.
        """
        target = Path(path)
        check_target(target)
        if target.suffix.lower() not in WRITERS:
            known = " or ".join(sorted(WRITERS))
            if target.suffix.lower() == ".xls":
                raise FileError(
                    f"{target.name}: the old format .xls ends at column {OLD_COLUMNS} and cuts "
                    "wide books; end the name in .xlsx"
                )
            raise FileError(f"{target.name}: cannot tell what to write; end the name in {known}")
        is_told = progress is not None and target.suffix.lower() == ".xlsx"
        with no_collection():
            told = {"progress": progress} if is_told else {}
            WRITERS[target.suffix.lower()](self, target, **told)
        return target

    def step(self, count: int = 1) -> Book:
        """The book so many steps on: each carried input takes its next value, again and again.

        Raises:
            SheetformerError: nothing is carried, the count is no whole number from 1 to 1,000,000,
                a formula was typed over, or a number grows beyond every bound.

        >>> import sheetformer as sf
        >>> book = sf.lesson("training", steps=3)
        >>> book["loss_4"].value.round(2), book.step(3)["loss_4"].value.round(2)
        (array([[1.12]]), array([[0.06]]))
        """
        from sheetformer.book.carried import stepped

        return stepped(self, count)

    def values(self, path: str | Path, *, dtype: str = "float64") -> Path:
        """Write the numbers of every block under its name, for who compares elsewhere.

        Args:
            path: an .npz file, or a .csv file with a line a number, and its bits in hex digits.
            dtype: the type that they are rounded to: float64, float32, float16, bfloat16.

        Raises:
            FileError: it has another suffix, or cannot be written.
            SheetformerError: the type is not known, or an .npz file cannot hold it.
        """
        from sheetformer.book.golden import write_values

        return write_values(self, Path(path), dtype)

    @property
    def fits_old_format(self) -> bool:
        """Whether nothing would be cut if somebody saved it as .xls."""
        return all(each.rows <= OLD_ROWS and each.columns <= OLD_COLUMNS for each in self.sheets)

    @property
    def cells(self) -> int:
        """How many cells a workbook of it has, with those of texts."""
        return sum(each.values.size for sheet in self.sheets for each in sheet.cell_blocks)

    @property
    def formula_cells(self) -> int:
        """How many cells hold a formula."""
        every = (each for sheet in self.sheets for each in sheet.cell_blocks)
        return sum(each.values.size for each in every if each.has_formula)

    def summary(self) -> Summary:
        """Formulas, weights and the file's expected size; print it to read it.

        >>> import numpy as np, sheetformer as sf
        >>> sf.trace(lambda x: x @ x.T, np.eye(2)).summary().formulas
        4
        """
        from sheetformer.book.summary import Summary

        return Summary.of_graph(self.graph, self.title, self.formulas)

    def __repr__(self) -> str:
        return (
            f"<Book {self.title!r}: {len(self.sheets)} sheets, {len(self.blocks)} blocks, "
            f"{self.formula_cells} formula cells ({self.formulas} style)>"
        )

    def widget(self) -> Any:
        """The live page of the book in a notebook; edits on it come back to Python.

        `widget.book` is the book as it stands on the page, `widget["weights"].value` one block of
        it, and `widget.observe(function, "edits")` calls a function after each edit.

        Raises:
            SheetformerError: anywidget is not installed.
        """
        try:
            return VIEWS["live"](self)
        except ImportError as error:
            raise SheetformerError(
                f"a live page in a notebook needs {error.name}: pip install 'sheetformer[notebook]'"
            ) from error

    def _repr_html_(self) -> str:
        return VIEWS["still"](self)

    def _ipython_display_(self) -> None:
        """In a notebook: alive, and a still picture for when it is only read."""
        try:
            VIEWS["shown"](self)
        except ImportError:
            from IPython.display import display

            display({"text/html": self._repr_html_(), "text/plain": repr(self)}, raw=True)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The live page where it can be shown, and the still picture where it cannot."""
        still = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        try:
            live, _metadata = self.widget()._repr_mimebundle_()
        except SheetformerError:
            return still
        return live | still


@dataclass(frozen=True)
class BlockView:
    """One block of a book: its place and its value."""

    book: Book
    block: Block

    @property
    def value(self) -> Value:
        """NumPy array of the block's numbers or words, in the block's shape."""
        node = self.block.node
        graph = self.book.graph
        value = np.array(graph.value(node.span))
        value = turned(value) if node.base in graph.turned else value
        return value.reshape(self.book.shapes.get(self.block.name, value.shape))

    @property
    def address(self) -> str:
        """Sheet and A1 range of its first matrix."""
        from sheetformer.formula.address import area, sheet_prefix

        matrix = self.block.matrices[0]
        place = area(matrix.row, matrix.column, self.block.rows, self.block.columns)
        return sheet_prefix(self.block.sheet) + place

    @property
    def labels(self) -> tuple[list[str] | None, ...]:
        """For each axis of the value the words that say what its indices mean, or None."""
        graph, node = self.book.graph, self.block.node
        array = Array.of(graph, node).upright
        shape = self.book.shapes.get(self.block.name, array.shape)
        _, axes = reshape(array.operand, array.labels, shape)
        return tuple(
            None if axis is None else [label_text(graph, item) for item in axis] for axis in axes
        )
