"""From a graph to a book: plan, place, lower, and fill every sheet with patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sheetformer.book import figures as drawings
from sheetformer.book.address import LAST_COLUMN, LAST_ROW, sheet_name
from sheetformer.book.bounds import bounds_of, rows_read
from sheetformer.book.check import TOLERANCE
from sheetformer.book.formula import Formula, fill, pieces
from sheetformer.book.layout import (
    COLUMN_WIDTH,
    MARGIN,
    PAGE,
    ROW,
    TABLE_LABEL,
    TEXT_COLUMNS,
    TEXT_WIDTH,
    Figure,
    Placed,
    StagePlace,
    place,
    text_lines,
    title,
)
from sheetformer.book.lower import lower
from sheetformer.book.manifest import manifest_sheet
from sheetformer.book.pages import page_breaks
from sheetformer.book.plan import Formulas, Geometry, Plan, make_plan
from sheetformer.book.positions import Positions
from sheetformer.book.workbook import HUGE, Block, Book, Choice, Patch, Scale, Sheet, label_text
from sheetformer.errors import SheetformerError, UnsupportedError
from sheetformer.graph.node import Graph, Node
from sheetformer.language import current_language, translate, translate_equation


def build(
    graph: Graph,
    book_title: str,
    formulas: Formulas = "matrix",
    figures: Sequence[Figure] = (),
    order: Sequence[str] = (),
) -> Book:
    """Write a graph as a book.

    Args:
        graph: what is computed.
        book_title: the heading of its first sheet.
        formulas: "matrix" (one array formula a block) or "cell" (one formula a cell).
        figures: charts and drawings, each for a stage.
        order: the names of the sheets in their order; others follow.

    Raises:
        UnsupportedError: a value is infinite or no number, which no cell can hold.
        SheetformerError: the formula style is unknown.
    """
    if formulas not in ("matrix", "cell"):
        raise SheetformerError(f"there is no formula style {formulas!r}; use 'matrix' or 'cell'")
    _translate(graph)
    plan = make_plan(graph, formulas)
    _refuse_infinite(plan)
    stages = place(plan, figures, default_sheet=sheet_name(translate(book_title), set()))
    book = Book(translate(book_title), graph, formulas, language=current_language().code)
    _refuse_too_large(stages)
    builder = _Builder(
        plan, book, Positions.of(graph, stages), Geometry.of(graph), order, rows_read(graph)
    )
    for stage in stages:
        builder.stage(stage)
    builder.finish()
    return book


def _translate(graph: Graph) -> None:
    """Say every text in the language that is spoken; an equation without a translation stays."""
    for node in graph:
        node.note = translate(node.note)
        node.equation = translate_equation(node.equation)
    graph.stages = [
        replace(
            stage,
            title=translate(stage.title),
            text=translate(stage.text),
            equation=translate_equation(stage.equation),
            group=translate(stage.group),
            table={translate(heading): width for heading, width in stage.table.items()},
        )
        for stage in graph.stages
    ]


def _refuse_infinite(plan: Plan) -> None:
    for at in plan.blocks:
        node, value = plan.graph.nodes[at], plan.graph.values[at]
        if value.dtype != object and not np.isfinite(value).all():
            where = np.argwhere(~np.isfinite(value))[0].tolist()
            raise UnsupportedError(
                f"block {node.name or node.op!r} is not finite at {where}; a cell cannot hold "
                "infinity, so keep numbers in range (mask with -1e30, not with -inf)"
            )


def _refuse_too_large(stages: Sequence[StagePlace]) -> None:
    """No program opens a sheet with more rows or columns; cells there would be lost."""
    blocks = (item.block for stage in stages for item in stage.items if item.block is not None)
    for block in blocks:
        last = block.slabs[-1]
        if last.row + block.rows > LAST_ROW or last.column + block.columns > LAST_COLUMN:
            raise UnsupportedError(
                f"block {block.name!r} with shape {block.node.shape} does not fit on a sheet, "
                f"which ends at row {LAST_ROW:,} and column {LAST_COLUMN:,}; trace a smaller array"
            )


@dataclass
class _Builder:
    """Fills the sheets of a book, one placed stage after the other."""

    plan: Plan
    book: Book
    positions: Positions
    geometry: Geometry
    order: Sequence[str]
    rows: dict[int, int]
    tops: dict[str, list[list[int]]] = field(default_factory=dict[str, list[list[int]]])

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name, made with its heading when it is first asked for."""
        for sheet in self.book.sheets:
            if sheet.name == name:
                return sheet
        sheet = Sheet(name, frozen=(1, 0))
        sheet.widths = {0: 2.0} | dict.fromkeys(range(MARGIN, PAGE + 2), COLUMN_WIDTH)
        sheet.heights[0] = 30.0
        leads = name == self.order[0] if self.order else not self.book.sheets
        sheet.text(0, MARGIN, self.book.title if leads else name, "title", PAGE)
        if leads:
            self._legend(sheet)
        self.book.sheets.append(sheet)
        return sheet

    def stage(self, stage: StagePlace) -> None:
        """The heading of a stage, then its blocks and figures."""
        sheet = self.sheet(stage.sheet)
        self.tops.setdefault(stage.sheet, []).append([stage.row, *stage.lines])
        if self.plan.graph.stages:
            self._heading(sheet, stage)
        for item in stage.items:
            if item.figure is not None:
                drawings.draw(sheet, self.positions, item)
            elif item.block is not None:
                self._block(sheet, item.block, item, bare=self._is_table(stage))

    def _is_table(self, stage: StagePlace) -> bool:
        return bool(self.plan.graph.stages and self.plan.graph.stages[stage.number].table)

    def _heading(self, sheet: Sheet, stage: StagePlace) -> None:
        told = self.plan.graph.stages[stage.number]
        sheet.text(stage.row, MARGIN, told.title, "stage", PAGE)
        sheet.heights[stage.row] = 24.0
        sheet.text(stage.row + 1, MARGIN, told.text, "text", TEXT_COLUMNS)
        equation = PAGE - TEXT_COLUMNS
        if told.equation:
            sheet.text(stage.row + 1, MARGIN + TEXT_COLUMNS, told.equation, "equation", equation)
        lines = text_lines(told.text, TEXT_COLUMNS, TEXT_WIDTH)
        sheet.heights[stage.row + 1] = lines * 14.5 + 10
        column = MARGIN + TABLE_LABEL
        for heading, span in told.table.items():
            sheet.text(stage.row + 3, column, heading, "table_head", span)
            column += span
        if told.table:
            sheet.text(stage.row + 3, MARGIN, translate("Block"), "table_head", TABLE_LABEL)

    def _block(self, sheet: Sheet, block: Block, item: Placed, *, bare: bool) -> None:
        self.book.blocks[block.name] = block
        if bare:
            self._table_cell(sheet, block, item)
        else:
            self._captions(sheet, block, item)
            self._labels(sheet, block)
            self._colours(sheet, block)
        self._cells(sheet, block, item if bare else None)
        self._choices(sheet, block)
        sheet.bounds += bounds_of(block, self.rows)

    def _table_cell(self, sheet: Sheet, block: Block, item: Placed) -> None:
        if item.column == MARGIN + TABLE_LABEL:
            sheet.text(item.row, MARGIN, block.node.note, "table_label", TABLE_LABEL)
        sheet.heights[item.row] = ROW + 2

    def _captions(self, sheet: Sheet, block: Block, item: Placed) -> None:
        span = item.span
        sheet.text(item.row, item.column, title(block.node), "block_title", span)
        if block.node.note:
            sheet.text(item.row + 1, item.column, block.node.note, "note", span)
        height = item.note_rows * 12.0 + 3
        sheet.heights[item.row + 1] = max(height, sheet.heights.get(item.row + 1, 0.0))

    def _labels(self, sheet: Sheet, block: Block) -> None:
        """A word on every row and a label on every column, following the words in their cells."""
        axes = block.node.labels
        across = axes[-1] if axes else None
        down = axes[-2] if len(axes) > 1 else None
        for i, slab in enumerate(block.slabs):
            if across is not None:
                self._label_line(sheet, slab.row - 1, slab.column, across, "label_column")
            if down is not None:
                style = "label_row" if block.node.label_columns == 1 else "label_row_long"
                self._label_line(sheet, slab.row, slab.column - 1, down, style)
            if len(block.slabs) > 1:
                sheet.text(slab.row - 1, slab.column - 1, self._slab_name(block, i), "label_slab")

    def _slab_name(self, block: Block, i: int) -> str:
        lead = block.node.shape[:-2]
        places = np.unravel_index(i, lead)
        named = [
            str(int(at) + 1) if labels is None else label_text(self.book.graph, labels[at])
            for at, labels, length in zip(places, block.node.labels, lead, strict=False)
            if labels is not None or length > 1
        ]
        return " · ".join(named)

    def _label_line(self, sheet: Sheet, row: int, column: int, labels: Any, style: str) -> None:
        texts = [label_text(self.book.graph, item) for item in labels]
        values = np.array(texts, dtype=object)
        values = values[:, None] if style.startswith("label_row") else values[None, :]
        patch = Patch(row, column, values, style)
        if all(not isinstance(item, str) for item in labels):
            patch.elements = np.array(labels, dtype=np.int64).reshape(values.shape)
            patch.formulas = self.positions.references(patch.elements, sheet.name)
        sheet.patches.append(patch)

    def _colours(self, sheet: Sheet, block: Block) -> None:
        kind = SCALES.get(block.node.look)
        # What can be typed keeps the fill that says so.
        if kind is None or block.node.op in ("input", "parameter"):
            return
        hides = self._can_hide(block.node)
        if block.columns == 1 and not hides:
            return
        size = np.abs(self.book.graph.value(block.node.ids))
        reach = float(size[size < HUGE].max(initial=0.0))
        # What is 0 but for rounding stays white.
        reach = reach if reach > TOLERANCE else 1.0
        for slab in block.slabs:
            area = (slab.row, slab.column, block.rows, block.columns)
            reach = {"share": 1.0, "mask": 2.0, "slope": 0.25}.get(block.node.look, reach)
            sheet.scales.append(Scale(*area, kind, reach, hides))

    def _can_hide(self, node: Node) -> bool:
        """Whether a number of it stands for minus infinity, or can after something was typed."""
        graph = self.book.graph
        if node.op in ("max", "subtract"):
            return self._can_hide(graph.owner(int(node.inputs[0].flat[0])))
        arrays = [
            graph.value(ids) for ids in (node.ids, *(node.inputs if node.op == "where" else ()))
        ]
        return any(bool((array <= -HUGE).any()) for array in arrays if array.dtype != object)

    def _choices(self, sheet: Sheet, block: Block) -> None:
        node = block.node
        if node.choices is not None:
            words = self.positions.area(node.choices.reshape(1, -1), "", fixed=True)
            title = translate("Pick or type a word")
        elif node.look == "switch":
            words, title = ("1", "0"), translate("Switch")
        else:
            return
        for slab in block.slabs:
            area = (slab.row, slab.column, block.rows, block.columns)
            sheet.choices.append(Choice(*area, words, title, node.note))

    def _cells(self, sheet: Sheet, block: Block, table: Placed | None) -> None:
        """The patches of a block: values, and the formula or formulas that give them."""
        node = block.node
        lowered = lower(self.plan, self.geometry, self.plan.graph.place(node.base))
        ids = node.ids.reshape(-1, block.rows, block.columns)
        style = _style(node)
        cells = self._fill(lowered.cell, node.size, sheet) if lowered.cell is not None else None
        for i, slab in enumerate(block.slabs):
            values = self.book.graph.value(ids[i])
            patch = Patch(slab.row, slab.column, values, style, elements=ids[i])
            patch.span = table.span if table else 1
            if cells is not None:
                patch.formulas = cells[i * ids[i].size : (i + 1) * ids[i].size]
            elif lowered.arrays:
                patch.array_formula = self._fill(lowered.arrays[i], 1, sheet)[0]
            sheet.patches.append(patch)

    def _fill(self, formula: Formula, cells: int, sheet: Sheet) -> list[str]:
        return fill(
            pieces(formula), lambda leaf: self.positions.address(leaf, cells, sheet.name), cells
        )

    def _legend(self, sheet: Sheet) -> None:
        """What the colours of cells mean, in one line."""
        if not any(node.is_source for node in self.plan.graph):
            return
        roles = {f"{node.op}.word" for node in self.plan.graph} | {"computed.word"}
        roles |= {f"{node.op}.{node.look}" for node in self.plan.graph}
        here = [entry for entry in LEGEND if entry[0] in roles]
        for i, (style, text) in enumerate(here):
            sheet.text(1, MARGIN + 3 * i, translate(text), style, 2)

    def finish(self) -> None:
        """Put the sheets in order and add the hidden one that lets anybody check the file."""
        for sheet in self.book.sheets:
            sheet.page_breaks = page_breaks(sheet, self.tops[sheet.name])
        rank = {name: i for i, name in enumerate(self.order)}
        self.book.sheets.sort(key=lambda sheet: rank.get(sheet.name, len(rank)))
        self.book.sheets.append(manifest_sheet(self.book))


SCALES = {
    "share": "share",
    "slope": "share",
    "mask": "share",
    "number": "signed",
    "gradient": "signed",
}
"""How the numbers of a look are coloured."""

LEGEND = (
    ("input.word", "type here"),
    ("parameter.word", "learned"),
    ("computed.word", "live formula"),
    ("constant.frozen", "recorded, fixed"),
    ("constant.unknown", "no formula, fixed"),
)


def _style(node: Node) -> str:
    role = node.op if node.is_source else "computed"
    return f"{role}.{node.look}"
