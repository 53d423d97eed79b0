"""From a story to a book: plan, place, lower, and fill every sheet with cell blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from sheetformer.book import figures as drawings
from sheetformer.book.bounds import bounds_of, rows_read
from sheetformer.book.carried import by_hand
from sheetformer.book.cells import CellBlock, DropDown
from sheetformer.book.colours import scales_of
from sheetformer.book.draft import Draft
from sheetformer.book.function_sheet import NEEDS_LAMBDA, function_sheet
from sheetformer.book.layout import TABLE_LABEL, Placed, StagePlace, place
from sheetformer.book.manifest import manifest_sheet
from sheetformer.book.names import sheet_name
from sheetformer.book.pages import BAR_ROWS, TABLE_ROWS, on_paper
from sheetformer.book.positions import Positions
from sheetformer.book.prepare import (
    items,
    refuse_infinite,
    refuse_too_large,
    refuse_too_long,
    translated_stage,
    with_copies,
)
from sheetformer.book.spots import (
    COLUMN_WIDTH,
    MARGIN,
    NOTE_WIDTH,
    PAGE,
    ROW,
    TEXT_COLUMNS,
    TEXT_WIDTH,
    text_lines,
)
from sheetformer.book.workbook import Block, Book, Sheet
from sheetformer.collector import no_collection
from sheetformer.errors import SheetformerError
from sheetformer.formula.lower import lower
from sheetformer.formula.named import NamedFunction, used_in
from sheetformer.formula.plan import STYLES, Plan, Style, make_plan
from sheetformer.formula.printer import fill, template_parts
from sheetformer.formula.tree import Formula
from sheetformer.graph.node import Node, label_text
from sheetformer.language import current_language, translate
from sheetformer.story.caption import Stage
from sheetformer.story.story import Story


@no_collection()
def build(story: Story, style: Style = "matrix") -> Book:
    """Write a story as a book; the same story gives the same book, however often.

    Args:
        story: what is computed, and how it is described.
        style: "matrix" (one array formula a block), "cell" (one formula a cell) or "named" (array
            formulas that call named functions such as SOFTMAX).

    Raises:
        UnsupportedError: a value is infinite or no number, which no cell can hold.
        SheetformerError: the formula style is unknown.
    """
    if style not in STYLES:
        raise SheetformerError(
            f"there is no formula style {style!r}; use 'matrix', 'cell' or 'named'"
        )
    plan = make_plan(story.graph, style)
    refuse_infinite(plan)
    story = with_copies(story, plan)
    stages = tuple(map(translated_stage, story.stages))
    title = translate(story.title)
    functions = used_in(plan.steps.made.values())
    reserved = {function.name for function in functions}
    places = place(items(story, plan), stages, story.figures, sheet_name(title, set()), reserved)
    refuse_too_large(places)
    positions = Positions.of(plan.graph, places)
    builder = _Builder(story, plan, title, stages, positions, rows_read(plan.graph), functions)
    for stage in places:
        builder.stage(stage)
    return builder.book()


@dataclass
class _Builder:
    """Fills the sheets of a book, one placed stage after the other."""

    story: Story
    plan: Plan
    title: str
    stages: Sequence[Stage]
    positions: Positions
    rows: dict[int, int]
    functions: Sequence[NamedFunction]
    sheets: dict[str, Draft] = field(default_factory=dict[str, Draft])
    blocks: dict[str, Block] = field(default_factory=dict[str, Block])
    headings: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    tops: dict[str, list[list[int]]] = field(default_factory=dict[str, list[list[int]]])

    @cached_property
    def order(self) -> Sequence[str]:
        """The names of the sheets in their order, in the language in use; others follow."""
        return [sheet_name(translate(name), set()) for name in self.story.order]

    def sheet(self, name: str) -> Draft:
        """The sheet of that name, made with its heading when it is first wanted."""
        if name in self.sheets:
            return self.sheets[name]
        sheet = Draft(name, frozen=(1, 0))
        sheet.widths = {0: 2.0} | dict.fromkeys(range(MARGIN, PAGE + 2), COLUMN_WIDTH)
        sheet.heights[0] = 30.0
        leads = name == self.order[0] if self.order else not self.sheets
        sheet.text(0, MARGIN, self.title if leads else name, "title", PAGE)
        if leads:
            self._legend(sheet)
            self._head(sheet)
        else:
            sheet.heights |= {1: EMPTY_HEAD, 2: EMPTY_HEAD}
        self.sheets[name] = sheet
        return sheet

    def _head(self, sheet: Draft) -> None:
        """What the book is for, and which programs can open one with named functions."""
        needs = translate(NEEDS_LAMBDA) if self.functions else ""
        text = " ".join(part for part in (self.story.head, needs) if part)
        if text:
            sheet.text(2, MARGIN, text, "head_lines" if needs else "head", PAGE)
        if needs:
            sheet.heights[2] = text_lines(text, PAGE, NOTE_WIDTH) * 12.0 + 3

    def stage(self, stage: StagePlace) -> None:
        """The heading of a stage, then its blocks and figures."""
        sheet = self.sheet(stage.sheet)
        self.tops.setdefault(stage.sheet, []).append([stage.row, *stage.lines])
        if self.stages:
            self.headings.append((stage.sheet, stage.row))
            self._heading(sheet, stage)
        for item in stage.items:
            if item.figure is not None:
                charts, cells = drawings.draw(self.positions, item)
                sheet.charts += charts
                sheet.cell_blocks += cells
            elif item.block is not None:
                self._block(sheet, item.block, item, bare=self._is_table(stage))
        self._by_hand(sheet, stage)
        if stage.workings:
            text = translate(WORKINGS)
            sheet.text(stage.workings.start - 1, MARGIN, text, "workings", PAGE)
            sheet.folded.append(stage.workings)

    def _by_hand(self, sheet: Draft, stage: StagePlace) -> None:
        """How to take a step by hand, below the heading of the stage with the next values."""
        placed = self.positions.blocks
        pairs = [
            (placed[state], placed[after])
            for state, after in self.story.carried.items()
            if placed[after].stage == stage.number
        ]
        if pairs:
            text, row = by_hand(pairs, [*placed.values()]), stage.row + 2
            sheet.text(row, MARGIN, text, "workings", PAGE)
            sheet.heights[row] = text_lines(text, PAGE, TEXT_WIDTH) * 14.5 + 4

    def _is_table(self, stage: StagePlace) -> bool:
        return bool(self.stages and self.stages[stage.number].table)

    def _heading(self, sheet: Draft, stage: StagePlace) -> None:
        caption = self.stages[stage.number]
        seen = (item for item in stage.items if item.row not in stage.workings)
        ends = (item.column + item.span - MARGIN for item in seen)
        sheet.text(stage.row, MARGIN, caption.title, "stage", max([PAGE, *ends]))
        sheet.heights[stage.row] = 24.0
        sheet.text(stage.row + 1, MARGIN, caption.text, "text", TEXT_COLUMNS)
        equation = PAGE - TEXT_COLUMNS
        if caption.equation:
            sheet.text(stage.row + 1, MARGIN + TEXT_COLUMNS, caption.equation, "equation", equation)
        lines = text_lines(caption.text, TEXT_COLUMNS, TEXT_WIDTH)
        sheet.heights[stage.row + 1] = lines * 14.5 + 10
        column = MARGIN + TABLE_LABEL
        for heading, span in caption.table.items():
            sheet.text(stage.row + 3, column, heading, "table_head", span)
            column += span
        if caption.table:
            sheet.text(stage.row + 3, MARGIN, translate("Block"), "table_head", TABLE_LABEL)

    def _block(self, sheet: Draft, block: Block, item: Placed, *, bare: bool) -> None:
        self.blocks[block.name] = block
        if bare:
            self._table_cell(sheet, block, item)
        else:
            self._captions(sheet, block, item)
            self._labels(sheet, block)
            sheet.scales += scales_of(self.plan.graph, block)
        self._cells(sheet, block, item if bare else None)
        self._choices(sheet, block)
        sheet.bounds += bounds_of(block, self.rows)

    def _table_cell(self, sheet: Draft, block: Block, item: Placed) -> None:
        if item.column == MARGIN + TABLE_LABEL:
            sheet.text(item.row, MARGIN, block.caption.note, "table_label", TABLE_LABEL)
        # A question and what is said of an answer are sentences of several lines.
        lines = 4 if block.caption.number_format in ("question", "answer", "mark") else 1
        sheet.heights[item.row] = lines * 13.0 + 8 if lines > 1 else ROW + 2

    def _captions(self, sheet: Draft, block: Block, item: Placed) -> None:
        if not block.heading:
            return
        span = min(item.span, PAGE)  # of a wider block a caption is read where it begins
        sheet.text(item.row, item.column, block.heading, "block_title", span)
        if block.note_line:
            sheet.text(item.row + 1, item.column, block.note_line, "note", span)
        height = item.note_rows * 12.0 + 3
        sheet.heights[item.row + 1] = max(height, sheet.heights.get(item.row + 1, 0.0))

    def _labels(self, sheet: Draft, block: Block) -> None:
        """A word on every row and a label on every column, following the words in their cells."""
        axes = block.node.labels
        across = axes[-1] if axes else None
        down = axes[-2] if len(axes) > 1 else None
        for i, matrix in enumerate(block.matrices):
            if across is not None:
                self._label_line(sheet, matrix.row - 1, matrix.column, across, "label_column")
            if down is not None:
                style = "label_row" if block.caption.label_columns == 1 else "label_row_long"
                self._label_line(sheet, matrix.row, matrix.column - 1, down, style)
            if len(block.matrices) > 1:
                sheet.text(
                    matrix.row - 1, matrix.column - 1, self._matrix_name(block, i), "label_matrix"
                )

    def _matrix_name(self, block: Block, i: int) -> str:
        lead = block.node.shape[:-2]
        places = np.unravel_index(i, lead)
        named = [
            str(int(at) + 1) if labels is None else label_text(self.plan.graph, labels[at])
            for at, labels, length in zip(places, block.node.labels, lead, strict=False)
            if labels is not None or length > 1
        ]
        return " · ".join(named)

    def _label_line(self, sheet: Draft, row: int, column: int, labels: Any, style: str) -> None:
        texts = [label_text(self.plan.graph, item) for item in labels]
        values = np.array(texts, dtype=object)
        values = values[:, None] if style.startswith("label_row") else values[None, :]
        elements = formulas = None
        if all(not isinstance(item, str) for item in labels):
            elements = np.array(labels, dtype=np.int64).reshape(values.shape)
            formulas = self.positions.references(elements, sheet.name)
        sheet.cell_blocks.append(CellBlock(row, column, values, style, formulas, elements=elements))

    def _choices(self, sheet: Draft, block: Block) -> None:
        caption = block.caption
        if caption.choices is not None:
            words = self.positions.area(caption.choices.reshape(1, -1))
            title = translate("Pick or type a word")
        elif caption.number_format == "switch":
            words, title = ("1", "0"), translate("Switch")
        elif caption.offers:
            words, title = caption.offers, translate("Your answer")
        else:
            return
        for matrix in block.matrices:
            area = (matrix.row, matrix.column, block.rows, block.columns)
            sheet.drop_downs.append(DropDown(*area, words, title, caption.note))

    def _cells(self, sheet: Draft, block: Block, table: Placed | None) -> None:
        """The cell blocks of a block: values, and the formula or formulas that give them."""
        node = block.node
        lowered = lower(self.plan, self.positions.geometry, self.plan.graph.node_index(node.base))
        values = self._value(node).reshape(-1, block.rows, block.columns)
        size = block.rows * block.columns
        cell = lowered.cell
        cells = None if cell is None else self._fill(node, cell, node.size, sheet)
        for i, matrix in enumerate(block.matrices):
            first = node.base + i * size
            formulas, array = None, None
            if cells is not None:
                formulas = cells[i * size : (i + 1) * size]
            elif lowered.arrays:
                array = self._fill(node, lowered.arrays[i], 1, sheet)[0]
            cell_block = CellBlock(
                matrix.row, matrix.column, values[i], _style(block), formulas, array,
                range(first, first + size), span=table.span if table else 1,
            )  # fmt: skip
            sheet.cell_blocks.append(cell_block)

    def _value(self, node: Node) -> Any:
        return self.plan.graph.values[self.plan.graph.node_index(node.base)]

    def _fill(self, node: Node, formula: Formula, cells: int, sheet: Draft) -> list[str]:
        parts = template_parts(formula)
        texts = fill(parts, lambda leaf: self.positions.address(leaf, cells, sheet.name), cells)
        refuse_too_long(node, texts)
        return texts

    def _legend(self, sheet: Draft) -> None:
        """What the colours of cells mean, in one line."""
        graph = self.plan.graph
        if not any(node.is_source for node in graph):
            return
        styles = {f"{node.op}.word" for node in graph} | {"computed.word"}
        styles |= {f"{node.op}.{self.story.number_format(node)}" for node in graph}
        here = [entry for entry in LEGEND if entry[0] in styles]
        for i, (style, text) in enumerate(here):
            sheet.text(1, MARGIN + SIGN_COLUMNS * i, translate(text), style, 2)

    def book(self) -> Book:
        """The sheets in their order, and the hidden one that lets anybody check the file."""
        position = {name: i for i, name in enumerate(self.order)}
        last = len(position)
        drafts = sorted(self.sheets.values(), key=lambda sheet: position.get(sheet.name, last))
        graph, story = self.plan.graph, self.story
        names = {block.node.base: name for name, block in self.blocks.items()}
        book = Book(
            self.title,
            graph,
            self.plan.style,
            tuple(self._finished(draft) for draft in drafts),
            self.blocks,
            self.stages,
            {
                name: story.shapes[block.node.base]
                for name, block in self.blocks.items()
                if block.node.base in story.shapes
            },
            current_language().code,
            headings=tuple(self.headings),
            carried={names[state]: names[after] for state, after in story.carried.items()},
            watched=tuple(names[base] for base in story.watched),
            functions=tuple(function.apart_from(self.blocks) for function in self.functions),
        )
        named = [function_sheet(book.functions, self.sheets)] if book.functions else []
        return replace(book, sheets=(*book.sheets, *named, manifest_sheet(book)))

    def _finished(self, draft: Draft) -> Sheet:
        first = next((i for i, one in enumerate(self.headings) if one[0] == draft.name), None)
        is_table = first is not None and bool(self.stages[first].table)
        heading = TABLE_ROWS if is_table else BAR_ROWS
        return on_paper(draft.done(), self.tops[draft.name], heading)


SIGN_COLUMNS = 3
"""Columns from one sign of a legend to the next."""
EMPTY_HEAD = 4.0
"""Points of each of the two rows below the name of a sheet that has neither legend nor head."""

WORKINGS = "Workings: numbers that only prepare this step (unfold the rows with + at the left)"
"""Above rows that are folded away."""

LEGEND = (
    ("input.word", "type here"),
    ("parameter.word", "learned"),
    ("computed.word", "live formula"),
    ("constant.frozen", "recorded, fixed"),
    ("constant.unknown", "no formula, fixed"),
)


def _style(block: Block) -> str:
    role = block.node.op if block.node.is_source else "computed"
    return f"{role}.{block.caption.number_format}"
