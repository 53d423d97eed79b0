"""The same exercise on paper: a worksheet for A4, blank or solved, as one page of HTML.

It is made of the cells of a book. For the blank one that is the handout, which holds no answer, so
the page holds none either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np

from sheetformer.book.cells import Matrix
from sheetformer.book.workbook import HUGE, Block, Book, Sheet
from sheetformer.exercises.blanks import read_blocks
from sheetformer.exercises.make import Exercise
from sheetformer.exercises.parts import (
    LARGEST,
    before,
    refuse_too_large,
    visible_blocks,
    wanted_places,
)
from sheetformer.exercises.whole import SHORT, decimals
from sheetformer.exercises.withheld import withheld
from sheetformer.graph.ops import Value
from sheetformer.language import Language

_GIVEN_DIGITS = 3
"""Decimals of a number that is given."""
_POWERS = [step / 2 for step in range(0, -14, -1)]
"""What e is raised to in the table on the page."""

STYLE = """
@page { size: A4; margin: 14mm 14mm 16mm }
* { box-sizing: border-box }
body { font: 10.5pt/1.4 system-ui, "Liberation Sans", Arial, sans-serif; color: #111;
  margin: 0 auto; max-width: 182mm }
h1 { font-size: 16pt; margin: 0 0 2mm }
h2 { font-size: 11.5pt; margin: 0 0 1mm }
p { margin: 0 0 2mm }
.who { display: flex; gap: 6mm; margin: 3mm 0 4mm }
.who span { flex: 1; border-bottom: .3mm solid #111; padding-bottom: 1mm }
.who .short { flex: 0 0 45mm }
.task { break-inside: avoid; border-top: .2mm solid #999; padding: 3mm 0 4mm }
.given, .work { display: inline-block; vertical-align: top; margin: 1mm 6mm 1mm 0 }
.caption { font-size: 9pt; color: #444 }
.equation { font-style: italic }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th { font-weight: normal; font-size: 8.5pt; color: #444; padding: .5mm 1.5mm; text-align: center }
th.row { text-align: right }
td { border: .2mm solid #888; height: 6.5mm; min-width: 11mm; padding: 0 1mm; text-align: right }
td.blank { border: .4mm solid #1b5fa8; height: 9mm; min-width: 15mm; background: #fff }
td.answer { color: #1b5fa8; font-weight: bold }
.copy, .plan { break-after: page }
.copy:last-child, .plan:last-child { break-after: auto }
.plan li { margin-bottom: 1mm }
.plan h2 { margin-top: 3mm }
@media screen { body { padding: 10mm; background: #fff } .copy, .plan { margin-bottom: 15mm } }
"""


def worksheet(exercise: Exercise) -> str:
    """The worksheet to hand out, a copy for each student.

    Raises:
        SheetformerError: a blank is too large for paper.
    """
    refuse_too_large(exercise.solved, [one.block for one in exercise.blanks])
    copies = [_Copy(exercise, number, exercise.of(student)).html()
              for number, student in enumerate(exercise.students)]  # fmt: skip
    return page(exercise.solved, copies)


def solved_worksheet(exercise: Exercise, plan: str = "") -> str:
    """The same with all answers, for the teacher, after a lesson plan."""
    copies = [_Copy(exercise, number, exercise.solved_for(student), solved=True).html()
              for number, student in enumerate(exercise.students)]  # fmt: skip
    return page(exercise.solved, [plan, *copies])


def page(book: Book, parts: Sequence[str]) -> str:
    """A page of HTML that loads nothing."""
    title = escape(book.title)
    return (
        f'<!doctype html><html lang="{book.language}"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style><body>{''.join(parts)}</body></html>\n"
    )


def not_short(exercise: Exercise) -> list[str]:
    """The blocks to fill in whose numbers are too long for paper and must be rounded."""
    copies = [_Copy(exercise, number, exercise.solved) for number in range(len(exercise.students))]
    return [
        copies[0].blocks[place].name
        for place in copies[0].wanted
        if any(copy.is_long(place) for copy in copies)
    ]


@dataclass(frozen=True)
class _Copy:
    """A worksheet of one student.

    Attributes:
        exercise: what it is made of.
        number: of the student.
        book: whose cells are shown: the handout, or the solved book.
        solved: whether answers are shown.
    """

    exercise: Exercise
    number: int
    book: Book
    solved: bool = False

    @cached_property
    def values(self) -> Sequence[Value]:
        """The values of all steps with this student's numbers."""
        return self.exercise.solved_for(self.exercise.students[self.number]).graph.values

    @cached_property
    def asked(self) -> dict[int, set[int]]:
        """The ids of the cells that are to be filled in, where not all of a block are."""
        graph = self.exercise.solved.graph
        parts = (one.elements for one in self.exercise.blanks if not one.whole)
        return {graph.node_index(int(ids[0])): set(ids.tolist()) for ids in parts}

    @cached_property
    def language(self) -> Language:
        return Language(self.book.language)

    def say(self, key: str, **values: object) -> str:
        return escape(self.language.message(f"exercise.{key}", **values))

    @cached_property
    def blocks(self) -> dict[int, Block]:
        return visible_blocks(self.exercise.solved)

    @cached_property
    def wanted(self) -> list[int]:
        names = [blank.block for blank in self.exercise.blanks]
        return wanted_places(self.exercise.solved, names)

    @cached_property
    def withheld(self) -> set[int]:
        return withheld(self.exercise.solved, self.exercise.blanks)

    @cached_property
    def sheets(self) -> dict[str, dict[tuple[int, int], object]]:
        return {sheet.name: _cells(sheet) for sheet in self.book.sheets}

    def html(self) -> str:
        student = self.exercise.students[self.number]
        title = f"{self.language.message('exercise.sheet')}: {self.exercise.solved.title}"
        if self.solved:
            title += f" ({self.language.message('exercise.paper_solved')})"
        name = escape(student.name)
        who = (
            f'<div class="who"><span>{self.say("paper_name")} {name}</span>'
            f'<span class="short">{self.say("paper_date")}</span>'
            f'<span class="short">{self.say("code")} {student.code}</span></div>'
        )
        tasks = "".join(self._tasks())
        return (
            f'<section class="copy"><h1>{escape(title)}</h1>{who}<p>{self.say("paper_how")}</p>'
            f"{self._powers()}{tasks}</section>"
        )

    def _tasks(self) -> Iterator[str]:
        shown = set(self.wanted)
        for number, place in enumerate(self.wanted, start=1):
            block = self.blocks[place]
            given = [one for one in self._given(place) if one not in shown]
            shown.update(given)
            tables = "".join(self._block(one, False) for one in given)
            note = f"<p>{escape(block.caption.note)}</p>" if block.caption.note else ""
            head = f"<h2>{number}  {escape(block.heading)}</h2>"
            yield (
                f'<div class="task">{head}{note}{tables}{self._block(place, True)}'
                f'<p class="caption">{self._rounding(place)}</p></div>'
            )

    def _given(self, place: int) -> list[int]:
        """The blocks that a step reads and that may be seen; what may not is taken apart."""
        graph, found = self.exercise.solved.graph, list[int]()
        for one in sorted(read_blocks(graph, place, self.blocks)):
            if one not in self.wanted and one in self.withheld:
                found += self._given(one)
            else:
                found.append(one)
        return found

    def _block(self, place: int, work: bool) -> str:
        block = self.blocks[place]
        tables = "".join(self._table(place, block, matrix, work) for matrix in block.matrices)
        caption = block.code_line or block.heading
        return (
            f'<div class="{"work" if work else "given"}"><div class="caption">'
            f'<span class="equation">{escape(caption)}</span></div>{tables}</div>'
        )

    def _table(self, place: int, block: Block, matrix: Matrix, work: bool) -> str:
        cells = self.sheets.get(block.sheet, {})
        first = block.node.base + block.matrices.index(matrix) * block.rows * block.columns
        columns = range(matrix.column, matrix.column + block.columns)
        head = [self._label(cells.get((matrix.row - 1, column))) for column in columns]
        rows = [
            f'<tr><th class="row">{self._label(cells.get((row, matrix.column - 1)))}</th>'
            + "".join(
                self._cell(place, cells.get((row, column)), work and self._is_asked(place, cell))
                for cell, column in enumerate(columns, start=first + at * block.columns)
            )
            + "</tr>"
            for at, row in enumerate(range(matrix.row, matrix.row + block.rows))
        ]
        line = f"<tr><th></th>{''.join(f'<th>{text}</th>' for text in head)}</tr>"
        return f"<table>{line if any(head) else ''}{''.join(rows)}</table>"

    def _is_asked(self, place: int, element: int) -> bool:
        return place not in self.asked or element in self.asked[place]

    def _label(self, value: object) -> str:
        return escape(value) if isinstance(value, str) else ""

    def _cell(self, place: int, value: object, work: bool) -> str:
        if value is None or value == "":
            return '<td class="blank"></td>' if work else "<td></td>"
        kind = ' class="answer"' if work and self.solved else ""
        return f"<td{kind}>{self._number(place, value, work)}</td>"

    def _number(self, place: int, value: object, work: bool) -> str:
        if not isinstance(value, float | int):
            return escape(str(value))
        if abs(value) >= HUGE:
            return "−∞" if value < 0 else "∞"
        digits = self._digits(place) if work else _GIVEN_DIGITS
        shown = f"{value:.{digits}f}" if work else f"{value:.{digits}f}".rstrip("0").rstrip(".")
        shown = shown.replace("-", "−").replace(".", self.language.decimal)
        return "0" if shown == "−0" else shown

    def is_long(self, place: int) -> bool:
        """Whether the numbers of a step must be rounded."""
        return self._decimals(place) is None

    def _decimals(self, place: int) -> int | None:
        return decimals(np.asarray(self.values[place], dtype=float))

    def _digits(self, place: int) -> int:
        known = self._decimals(place)
        return SHORT if known is None else known

    def _rounding(self, place: int) -> str:
        known = self._decimals(place)
        if known is None:
            return self.say("paper_round", digits=SHORT)
        return self.say("paper_exact" if known else "paper_whole", digits=known)

    def _powers(self) -> str:
        """A table of powers of e, where one is needed: no pencil finds them."""
        graph = self.exercise.solved.graph
        if not any(graph.nodes[place].op == "exp" for place in self._steps()):
            return ""
        shown = [f"{step:g}".replace("-", "−").replace(".", self.language.decimal)
                 for step in _POWERS]  # fmt: skip
        values = [f"{np.exp(step):.3f}".replace(".", self.language.decimal) for step in _POWERS]
        lines = "".join(
            f'<tr><th class="row">{name}</th>{"".join(f"<td>{one}</td>" for one in row)}</tr>'
            for part in (slice(0, 7), slice(7, None))
            for name, row in (("x", shown[part]), ("eˣ", values[part]))
        )
        return f'<div class="given"><table>{lines}</table></div>'

    def _steps(self) -> set[int]:
        """The wanted steps, and those behind them that stand in no block."""
        graph = self.exercise.solved.graph
        inner = before(graph, self.wanted) - self.blocks.keys()
        return set(self.wanted) | inner


def _cells(sheet: Sheet) -> dict[tuple[int, int], object]:
    """What stands in the cells of a sheet."""
    found: dict[tuple[int, int], object] = {}
    for cells in sheet.cell_blocks:
        if not cells.stored or cells.values.size > LARGEST:
            continue
        for (row, column), value in np.ndenumerate(cells.values):
            found[cells.row + row, cells.column + column] = (
                value if isinstance(value, str) else float(value)
            )
    return found
