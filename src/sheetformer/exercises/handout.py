"""The file that a student gets: the same layout with blanks, marks and hints, and no answer.

What stands in it is what a student may see: no program, no reference, no number of a blank or of
anything that follows from one, and nothing else that comes to the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sheetformer.book.build import LEGEND, SIGN_COLUMNS
from sheetformer.book.cells import CellBlock, Note, Scale, text_block
from sheetformer.book.names import sheet_name
from sheetformer.book.spots import MARGIN, PAGE
from sheetformer.book.workbook import Block, Book, Sheet
from sheetformer.exercises.blanks import Blank
from sheetformer.exercises.changed import changed_formulas
from sheetformer.exercises.handout_cells import (
    covers,
    formula_cell,
    given,
    is_note,
    mark_cell,
    round_up,
    rounded,
    said,
    uncomputed,
    words_cell,
)
from sheetformer.exercises.hints import hint
from sheetformer.exercises.key import Student
from sheetformer.exercises.marks import Fingerprint, Run, runs_of
from sheetformer.exercises.parts import after, aside_sheets, place_of
from sheetformer.exercises.withheld import withheld
from sheetformer.formula.address import LAST_ROW, a1, area, sheet_prefix
from sheetformer.formula.printer import text_literal
from sheetformer.graph.node import Ids
from sheetformer.language import Language
from sheetformer.story.questions import ROLE as ANSWER

NOT_SHOWN = "–"
"""In a cell that would give an answer away."""
MARK = MARGIN + 7
"""The column of the marks on the first sheet."""
SIGNS = {style for style, _ in LEGEND}
"""The styles of the legend below the title of a book."""


def handout(book: Book, blanks: Sequence[Blank], student: Student, salt: str) -> Book:
    """The exercise as one student gets it."""
    return _Handout(book, blanks, student, salt).book_with_blanks()


@dataclass
class _Handout:
    book: Book
    blanks: Sequence[Blank]
    student: Student
    salt: str

    @cached_property
    def language(self) -> Language:
        return Language(self.book.language)

    def say(self, key: str, **values: object) -> str:
        """A text of exercises in the book's language."""
        return self.language.message(f"exercise.{key}", **values)

    @cached_property
    def blank_places(self) -> dict[int, Blank]:
        """The blank of a step, by its place."""
        return {place_of(self.book, self.book.blocks[one.block]): one for one in self.blanks}

    @cached_property
    def hidden(self) -> set[int]:
        """The places of steps that would give a blank away."""
        return withheld(self.book, self.blanks)

    @cached_property
    def later(self) -> set[int]:
        """The places of steps whose numbers a student works out."""
        return after(self.book.graph, self.blank_places) | set(self.blank_places)

    def book_with_blanks(self) -> Book:
        """The whole handout."""
        away = aside_sheets(self.book)
        kept = [s for s in self.book.sheets if not s.hidden and s.name not in away]
        sheets = [self.sheet(sheet) for sheet in kept]
        front = self.front(self.front_name)
        stages = {
            i: (stage, heading)
            for i, (stage, heading) in enumerate(
                zip(self.book.stages, self.book.headings, strict=False)
            )
            if heading[0] not in away and i not in self.asking
        }
        number = {old: new for new, old in enumerate(stages)}
        blocks = {
            name: self.with_hint(replace(block, stage=number.get(block.stage, 0)))
            for name, block in self.book.blocks.items()
            if block.sheet not in away and block.stage not in self.asking
        }
        return replace(
            self.book,
            sheets=(front, *sheets),
            blocks=blocks,
            stages=tuple(stage for stage, _ in stages.values()),
            headings=tuple(heading for _, heading in stages.values()),
            follows_graph=False,
        )

    # Sheets.

    @cached_property
    def asking(self) -> dict[int, tuple[str, range]]:
        """The stages with questions, whose marks know other numbers: their sheets and rows."""
        found: dict[int, tuple[str, range]] = {}
        for stage in {b.stage for b in self.book.blocks.values() if b.role == ANSWER}:
            sheet, top = self.book.headings[stage]
            later = [row for name, row in self.book.headings if name == sheet and row > top]
            found[stage] = sheet, range(top, min(later, default=LAST_ROW))
        return found

    def _without_questions(self, sheet: Sheet) -> Sheet:
        for name, rows in self.asking.values():
            if name == sheet.name:
                cells = [one for one in sheet.cell_blocks if one.row not in rows]
                lists = [one for one in sheet.drop_downs if one.row not in rows]
                bounds = [one for one in sheet.bounds if one.row not in rows]
                sheet = replace(sheet, cell_blocks=cells, drop_downs=lists, bounds=bounds)
        return sheet

    def sheet(self, sheet: Sheet) -> Sheet:
        """A sheet as a student gets it."""
        sheet = self._without_questions(sheet)
        cells = [new for old in sheet.cell_blocks for new in self.cells(old)]
        marks = {place: text for place, text in self.mark_places.items() if place[0] == sheet.name}
        for (_, row, column), (formula, span) in marks.items():
            cells = [one for one in cells if not is_note(one, row, column)]
            cells.append(mark_cell(row, column, formula, span))
        signs = [one for one in cells if one.row == 1 and one.style in SIGNS]
        if signs:
            after = max(one.column for one in signs) + SIGN_COLUMNS
            cells.append(text_block(1, after, self.say("fill_in"), "blank.word", 2))
        notes = [self.note(blank) for blank in self.blanks if self._first(blank)[0] == sheet.name]
        scales = [self.scale(sheet.name, scale) for scale in sheet.scales]
        charts = [rounded(chart) for chart in sheet.charts]
        return replace(sheet, cell_blocks=cells, notes=notes, scales=scales, charts=charts)

    def cells(self, cells: CellBlock) -> list[CellBlock]:
        """A cell block as a student gets it; labels and texts as they are."""
        ids = cells.ids if cells.has_formula else None
        if ids is None:
            return [cells]
        places = set(self.book.graph.node_indices(ids))
        own = not cells.style.startswith("label")
        if own and (blank := self.blank_places.get(min(places))):
            return self._blank_cells(cells, ids, blank)
        if places & self.hidden:
            return [said(cells, NOT_SHOWN)]
        return [uncomputed(cells)] if places & self.later else [cells]

    def _blank_cells(self, cells: CellBlock, ids: Ids, blank: Blank) -> list[CellBlock]:
        """Empty cells; those of the block that are not blank are given as numbers."""
        number_format = cells.style.split(".")[1]
        if blank.whole:
            empty = np.full(cells.values.shape, "", dtype=object)
            return [given(cells, empty, f"blank.{number_format}", ids)]
        found: list[CellBlock] = []
        open_cells = np.isin(ids, blank.elements)
        for (r, c), is_open in np.ndenumerate(open_cells):
            value = (
                np.array([[""]], dtype=object) if is_open else cells.values[r : r + 1, c : c + 1]
            )
            kind = "blank" if is_open else "constant"
            part = replace(cells, row=cells.row + r, column=cells.column + c)
            found.append(given(part, value, f"{kind}.{number_format}", ids[r : r + 1, c : c + 1]))
        return found

    def scale(self, sheet: str, scale: Scale) -> Scale:
        """A colour scale whose end says nothing of the numbers below it."""
        block = next(
            (b for b in self.book.blocks.values() if b.sheet == sheet
             and any((m.row, m.column) == (scale.row, scale.column) for m in b.matrices)), None,
        )  # fmt: skip
        if block is None or place_of(self.book, block) not in self.later | self.hidden:
            return scale
        return replace(scale, limit=round_up(scale.limit))

    # Marks and hints.

    @cached_property
    def runs(self) -> dict[str, list[Run]]:
        """The rectangles of each blank."""
        return {blank.block: runs_of(self._cells(blank)) for blank in self.blanks}

    def _cells(self, blank: Blank) -> list[tuple[int, int]]:
        block = self.book.blocks[blank.block]
        cells, base = block.cells, block.node.base
        return [cells[element - base] for element in blank.elements.tolist()]

    def _first(self, blank: Blank) -> tuple[str, int, int]:
        return (self.book.blocks[blank.block].sheet, *self._cells(blank)[0])

    @cached_property
    def mark_places(self) -> dict[tuple[str, int, int], tuple[str, int]]:
        """Where below a title a mark stands: its formula, and how many columns it takes."""
        found: dict[tuple[str, int, int], tuple[str, int]] = {}
        for blank, row in zip(self.blanks, self.lines, strict=True):
            block = self.book.blocks[blank.block]
            sheet = next(s for s in self.book.sheets if s.name == block.sheet)
            first = block.matrices[0]
            note = next(
                (c for c in sheet.cell_blocks if covers(c, first.row - 2, first.column)), None
            )
            if note is not None:
                span = note.values.shape[1]
                found[block.sheet, note.row, note.column] = (self.on_front(row, MARK), span)
        return found

    def on_front(self, row: int, column: int) -> str:
        """The address of a cell of the first sheet."""
        return sheet_prefix(self.front_name) + a1(row, column, row_fixed=True, column_fixed=True)

    def mark(self, blank: Blank) -> str:
        """The formula of a blank's mark; it reads cells of any sheet by their full address."""
        answers = self.book.graph.value(blank.elements).astype(float)
        runs, sheet = self.runs[blank.block], self.book.blocks[blank.block].sheet
        prefix = sheet_prefix(sheet)
        fingerprint = Fingerprint.of(answers, f"{self.salt}\0{blank.block}\0{self.student.code}")
        filled = "+".join(f"COUNT({prefix}{area(*run, fixed=True)})" for run in runs)
        changed = a1(*self.changed_cell, row_fixed=True, column_fixed=True)
        right = f"IFERROR({fingerprint.formula(runs, prefix)}={fingerprint.value},FALSE)"
        texts = {
            key: text_literal(self.say(key)) for key in ("not_yet", "changed", "right", "again")
        }
        return (
            f"IF({filled}<{blank.elements.size},{texts['not_yet']},IF({changed},"
            f"{texts['changed']},IF({right},{texts['right']},{texts['again']})))"
        )

    def with_hint(self, block: Block) -> Block:
        """A block of a blank says its hint and its mark in pages, where cells have no notes."""
        blank = self.blank_places.get(place_of(self.book, block))
        if blank is None:
            return block
        text = self.note(blank).text.replace("\n", "  ·  ")
        row = self.lines[self.blanks.index(blank)]
        mark = (self.front_name, row, MARK)
        return replace(block, caption=replace(block.caption, note=text), mark=mark)

    def note(self, blank: Blank) -> Note:
        """The hint in three steps, at the first cell of a blank."""
        _, row, column = self._first(blank)
        return Note(row, column, hint(self.book, blank, a1(row, column)))

    # The first sheet.

    @cached_property
    def front_name(self) -> str:
        away = aside_sheets(self.book)
        kept = {s.name for s in self.book.sheets if not s.hidden and s.name not in away}
        return sheet_name(self.say("sheet"), kept)

    @cached_property
    def changed(self) -> list[str]:
        """The formulas that tell a changed input."""
        return changed_formulas(self.book, self.blank_places, self.hidden | self.later)

    @property
    def lines(self) -> range:
        """The rows of the first sheet with a blank each."""
        top = self.changed_cell[0] + len(self.changed) + 3
        return range(top, top + len(self.blanks))

    @property
    def changed_cell(self) -> tuple[int, int]:
        """The cell of the first sheet that is TRUE where an input is not as it was handed out."""
        return 4, MARGIN + 2

    def front(self, name: str) -> Sheet:
        """Whose it is, what to do, and the marks of all blanks."""
        title = f"{self.say('sheet')}: {self.book.title}"
        whose = self.say("whose", name=self.student.name) if self.student.name else ""
        texts: list[CellBlock] = [
            text_block(0, MARGIN, title, "title", PAGE),
            text_block(1, MARGIN, self.say("how"), "head", PAGE),
            text_block(2, MARGIN, whose, "block_title", PAGE),
            text_block(3, MARGIN, self.say("code"), "table_label", 2),
            words_cell(3, MARGIN + 2, self.student.code),
            text_block(4, MARGIN, self.say("inputs_changed"), "table_label", 2),
        ]
        row, column = self.changed_cell
        formulas = self.changed
        cells = [f"{a1(row + 1 + i, column)}" for i in range(len(formulas))]
        texts += [formula_cell(row + 1 + i, column, text) for i, text in enumerate(formulas)]
        texts.append(formula_cell(row, column, f"OR({','.join(cells)})" if cells else "FALSE"))
        at, top = MARGIN, self.lines.start - 1
        for key, span in (("block", 4), ("cells", 3), ("mark", 6)):
            texts.append(text_block(top, at, self.say(key), "table_head", span))
            at += span
        for line, blank in zip(self.lines, self.blanks, strict=True):
            texts += self._line(line, blank)
        folded = [range(row + 1, row + 1 + len(formulas))] if formulas else []
        return Sheet(
            name, tuple(texts), widths={0: 2.0} | dict.fromkeys(range(MARGIN, PAGE + 2), 9.0),
            heights={0: 30.0}, frozen=(1, 0), folded=folded,
        )  # fmt: skip

    def _line(self, row: int, blank: Blank) -> list[CellBlock]:
        block = self.book.blocks[blank.block]
        where = sheet_prefix(block.sheet) + a1(*self._cells(blank)[0])
        shown = ", ".join(area(*run) for run in self.runs[blank.block][:4])
        shown += ", …" if len(self.runs[blank.block]) > 4 else ""
        name = text_block(row, MARGIN, block.heading, "table_label", 4)
        cells = replace(
            text_block(row, MARGIN + 4, f"{block.sheet}!{shown}", "table_label", 3), link=where
        )
        return [name, cells, mark_cell(row, MARK, self.mark(blank), 6)]
