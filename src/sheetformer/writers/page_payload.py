"""A book as a page carries it: plain data, described in `web/src/format.ts`.

Values of formula cells are left out. The page works them out when it opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sheetformer.book.bounds import LARGE
from sheetformer.book.cells import CellBlock, DropDown, Scale
from sheetformer.book.charts import AnyChart, CurveChart, LooksChart
from sheetformer.book.workbook import Block, Book, Sheet
from sheetformer.formula.parser import parse
from sheetformer.formula.tree import Cell
from sheetformer.graph.ops import OPS
from sheetformer.language import ENGLISH
from sheetformer.story.caption import Stage
from sheetformer.writers.page_formulas import distinct
from sheetformer.writers.page_languages import page_languages

HEADS = ("head", "head_lines")
"""Styles of the line below the title."""
FORMAT = 3
"""The version of the format; the page refuses another one."""

_EXACT = 2.0**53


def page_payload(book: Book) -> dict[str, Any]:
    """What the page of a book carries, ready for JSON."""
    data = _Payload(book).data()
    return {**data, "languages": page_languages(data)}


@dataclass
class _Payload:
    book: Book
    styles: dict[str, int] = field(default_factory=dict[str, int])

    @cached_property
    def sheets(self) -> list[Sheet]:
        """Those that a reader sees; the hidden one is for `verify`."""
        return [sheet for sheet in self.book.sheets if not sheet.hidden]

    @cached_property
    def numbers(self) -> dict[str, int]:
        return {sheet.name: i for i, sheet in enumerate(self.sheets)}

    @cached_property
    def places(self) -> dict[int, int]:
        """The number of each block by the base of its node."""
        return {block.node.base: i for i, block in enumerate(self.book.blocks.values())}

    @cached_property
    def labels(self) -> dict[tuple[str, int, int], CellBlock]:
        """The first cells of rows and columns of labels."""
        return {
            (sheet.name, cell_block.row, cell_block.column): cell_block
            for sheet in self.sheets
            for cell_block in sheet.cell_blocks
            if cell_block.style.startswith("label")
        }

    def data(self) -> dict[str, Any]:
        sheets = [self.sheet(sheet) for sheet in self.sheets]
        return {
            "format": FORMAT,
            "language": self.book.language,
            "title": self.book.title,
            "head": self.head,
            "styles": list(self.styles),
            "sheets": sheets,
            "stages": [*map(self.stage, self.book.stages, self.book.headings)],
            "blocks": [self.block(block) for block in self.book.blocks.values()],
            "operations": self.operations(),
            **self.functions(),
            **self.steps(),
        }

    def steps(self) -> dict[str, Any]:
        """What goes on step by step, by the numbers of blocks; nothing in most books."""
        if not self.book.carried:
            return {}
        number = {name: i for i, name in enumerate(self.book.blocks)}
        carried = [[number[state], number[after]] for state, after in self.book.carried.items()]
        return {"steps": {"carried": carried, "watched": [number[n] for n in self.book.watched]}}

    def functions(self) -> dict[str, Any]:
        """The functions that its formulas call by name, each as a LAMBDA; none in most books."""
        named = {function.name: function.text for function in self.book.functions}
        return {"functions": named} if named else {}

    @property
    def head(self) -> str:
        """The line below the title, or nothing."""
        every = (each for sheet in self.sheets for each in sheet.cell_blocks)
        return next((str(each.values[0, 0]) for each in every if each.style in HEADS), "")

    def operations(self) -> dict[str, str]:
        """What each operation of the book does, in English; its row's meaning is the default."""
        sentences = ENGLISH.table("operations")
        ops = {block.node.op for block in self.book.blocks.values() if not block.node.is_source}
        return {op: sentences.get(op) or as_sentence(OPS[op].meaning) for op in sorted(ops)}

    # Sheets.

    def sheet(self, sheet: Sheet) -> dict[str, Any]:
        return {
            "name": sheet.name,
            "cellBlocks": [self.cell_block(cell_block) for cell_block in sheet.cell_blocks],
            "widths": [[k, _number(v)] for k, v in sorted(sheet.widths.items())],
            "heights": [[k, _number(v)] for k, v in sorted(sheet.heights.items())],
            "scales": [_scale(scale) for scale in sheet.scales],
            "choices": [_choice(choice) for choice in sheet.drop_downs],
            "charts": [self.chart(sheet, chart) for chart in sheet.charts],
            "frozen": list(sheet.frozen),
        }

    def cell_block(self, cell_block: CellBlock) -> dict[str, Any]:
        rows, columns = cell_block.values.shape
        style = self.styles.setdefault(cell_block.style, len(self.styles))
        data: dict[str, Any] = {
            "at": [cell_block.row, cell_block.column, rows, columns],
            "s": style,
        }
        if cell_block.merged:
            data |= {"m": 1, "v": [str(cell_block.values[0, 0])]}
        elif cell_block.array_formula is not None:
            data["a"] = cell_block.array_formula
        elif cell_block.formulas is not None:
            data |= _formulas(cell_block, columns)
        elif not cell_block.style.startswith("blank."):  # where formulas are to be typed
            data["v"] = _values(cell_block.values.ravel().tolist())
        if cell_block.link:
            data["go"] = cell_block.link
        return data | ({"span": cell_block.span} if cell_block.span > 1 else {})

    def chart(self, sheet: Sheet, chart: AnyChart) -> dict[str, Any]:
        data: dict[str, Any] = {
            "at": [chart.row, chart.column, chart.rows, chart.columns],
            "title": chart.title,
            "stage": self.stage_of(sheet, chart.row),
        }
        if isinstance(chart, LooksChart):
            # The page draws the weights of a block by itself.
            data |= {"kind": "looks", "block": list(self.book.blocks).index(chart.block)}
            return data | {"axes": ["", ""], "axisLimit": 0, "points": [], "lines": []}
        data["axes"] = list(chart.axes)
        if isinstance(chart, CurveChart):
            return data | _curves(chart)
        points = [
            {
                "label": self.cell(one.label),
                "x": self.cell(one.x),
                "y": self.cell(one.y),
                "group": one.group,
            }
            for one in chart.series
        ]
        limit = {"axisLimit": chart.axis_limit}
        return data | {"kind": "words", **limit, "points": points, "lines": []}

    def cell(self, address: str) -> list[int]:
        """Sheet, row and column of an address such as Learned!$A$1."""
        cell = parse(address)
        if not isinstance(cell, Cell) or cell.sheet is None:
            raise RuntimeError(f"{address} is no single cell of a sheet")
        return [self.numbers[cell.sheet], cell.row, cell.column]

    # The story.

    def stage(self, stage: Stage, heading: tuple[str, int]) -> dict[str, Any]:
        sheet, row = heading
        data = {
            "title": stage.title,
            "text": stage.text,
            "equation": stage.equation,
            "sheet": self.numbers[sheet],
            "row": row,
        }
        return data | ({"table": 1} if stage.table else {})

    def stage_of(self, sheet: Sheet, row: int) -> int:
        """The number of the stage that a row belongs to, or −1."""
        headings = enumerate(self.book.headings)
        above = [i for i, (name, top) in headings if name == sheet.name and top <= row]
        return above[-1] if above else -1

    def block(self, block: Block) -> dict[str, Any]:
        node = block.node
        data: dict[str, Any] = {
            "name": block.name,
            "title": block.caption.title,
            "equation": block.caption.equation,
            "note": block.caption.note,
            "numberFormat": block.caption.number_format,
            "kind": node.op if node.is_source else "computed",
            "op": node.op,
            "stage": block.stage,
            "sheet": self.numbers[block.sheet],
            "matrices": [[matrix.row, matrix.column] for matrix in block.matrices],
            "matrixNames": self.matrix_names(block),
            "rows": block.rows,
            "columns": block.columns,
        }
        first = block.matrices[0]
        flags = {
            "named": block.named and len(block.matrices) == 1,
            "rowLabels": (block.sheet, first.row, first.column - 1) in self.labels,
            "columnLabels": (block.sheet, first.row - 1, first.column) in self.labels,
        }
        if block.role:
            data["role"] = block.role
        if block.over is not None:
            data["over"] = self.places[block.over]
        if block.workings:
            data["workings"] = 1
        if block.mark is not None:
            data["mark"] = [self.numbers[block.mark[0]], *block.mark[1:]]
        data |= _bounds(block, self.sheets)
        return data | {name: 1 for name, holds in flags.items() if holds}

    def matrix_names(self, block: Block) -> list[str]:
        cell_blocks = (
            self.labels.get((block.sheet, matrix.row - 1, matrix.column - 1))
            for matrix in block.matrices
        )
        names = (
            str(p.values[0, 0]) if p is not None and p.style == "label_matrix" else ""
            for p in cell_blocks
        )
        return list(names) if len(block.matrices) > 1 else []


def _bounds(block: Block, sheets: Sequence[Sheet]) -> dict[str, Any]:
    """Which numbers may be typed, where not any number may."""
    sheet = next(sheet for sheet in sheets if sheet.name == block.sheet)
    first = block.matrices[0]
    for bounds in sheet.bounds:
        if (bounds.row, bounds.column) == (first.row, first.column) and bounds.most < LARGE:
            return {"bounds": [_number(bounds.least), _number(bounds.most), int(bounds.whole)]}
    return {}


def as_sentence(meaning: str) -> str:
    """A meaning with a capital and a full stop.

    >>> as_sentence("hyperbolic tangent")
    'Hyperbolic tangent.'
    """
    return f"{meaning[0].upper()}{meaning[1:]}."


def _formulas(cell_block: CellBlock, columns: int) -> dict[str, Any]:
    texts, which = distinct(cell_block.formulas or [], cell_block.row, cell_block.column, columns)
    return {"f": texts} | ({"w": which} if len(texts) > 1 else {})


def _values(values: Iterable[Any]) -> list[Any]:
    return [value if isinstance(value, str) else _number(value) for value in values]


def _number(value: float) -> float | int:
    """Whole numbers without decimals; the others with all their digits."""
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def _choice(choice: DropDown) -> dict[str, Any]:
    source = choice.source if isinstance(choice.source, str) else list(choice.source)
    place = [choice.row, choice.column, choice.rows, choice.columns]
    return {"at": place, "source": source}


def _scale(scale: Scale) -> dict[str, Any]:
    data: dict[str, Any] = {
        "at": [scale.row, scale.column, scale.rows, scale.columns],
        "kind": scale.kind,
        "limit": scale.limit,
    }
    return data | ({"hides": 1} if scale.hides else {})


def _curves(chart: CurveChart) -> dict[str, Any]:
    lines = [
        {"name": line.label, "x": line.x, "y": line.y}
        | ({"named": line.named} if line.named else {})
        for line in chart.lines
    ]
    data: dict[str, Any] = {"kind": "lines", "axisLimit": 0, "points": [], "lines": lines}
    data |= {"log": [int(each) for each in chart.log], "numberFormat": chart.number_format}
    if chart.bars:
        data["bars"] = 2 if chart.stacked else 1
    return data | ({"range": list(chart.axis_limit)} if chart.axis_limit else {})
