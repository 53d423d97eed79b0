"""The first sheet of the self-test: one large field, what to do, and the lines that are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter

import numpy as np

from sheetformer.book.cells import CellBlock, DropDown
from sheetformer.book.draft import Draft
from sheetformer.formula.address import a1
from sheetformer.formula.printer import text_literal
from sheetformer.language import current_language
from sheetformer.selftest import lines
from sheetformer.selftest.lines import CHOSEN, Lines, formula_block, named_block

LEFT, WIDTH = 1, 12
"""The first column, and columns of the sheet."""
VERDICT, SENTENCE, STEPS, WRONG, LISTED, ABOUT = 3, 4, 6, 12, 12, 28
"""Rows of the large field, of the sentence below it, of what to do, of the wrong lines, how many of
these are listed, and what is tried."""
ANSWER = 8
"""The column of what is typed or worked out, behind the text that says what it is."""


def said(key: str, **values: object) -> str:
    """A text of the self-test in the language in use."""
    return current_language().message(f"selftest.{key}", **values)


def front(filled: Lines, version: str, facts: Sequence[tuple[str, str]]) -> Draft:
    """The first sheet, over lines that are there already.

    Args:
        filled: the lines.
        version: the one of Sheetformer that writes them.
        facts: what they try, a heading and a text each.
    """
    sheet = Draft(said("sheet"))
    sheet.widths = {0: 3.0} | dict.fromkeys(range(LEFT, LEFT + WIDTH), 9.0)
    sheet.heights = {0: 34.0, 1: 20.0, 2: 6.0, VERDICT: 92.0, SENTENCE: 30.0}
    sheet.text(0, LEFT, said("title"), "title", WIDTH)
    sheet.text(1, LEFT, said("head", version=version), "head", WIDTH)
    _verdict(sheet, filled)
    _steps(sheet, filled, version)
    _wrong(sheet, filled)
    _about(sheet, facts)
    return sheet


def _score(filled: Lines) -> tuple[str, str]:
    """How many lines are right, and the score that says so, as formulas."""
    right = f"COUNTIF({filled.column(lines.RIGHT)},1)"
    return right, _expression(said("score"), right=right, count=text_literal(str(filled.count)))


def _verdict(sheet: Draft, filled: Lines) -> None:
    right, score = _score(filled)
    # The only result that is stored in the file: it stays where nothing is calculated.
    stored = np.array([[f"→ {said('not_calculated')}"]], dtype=object)
    formula = f'IF({right}={filled.count},"✓ ","✗ ")&{score}'
    sheet.cell_blocks.append(
        CellBlock(VERDICT, LEFT, stored, "computed.headline", formulas=[formula], span=WIDTH)
    )
    listed = [a1(WRONG + 2 + k, LEFT) for k in range(6)]
    others = "".join(f'&IF({cell}="","",", "&{cell})' for cell in listed[1:-1])
    first_few = f'{listed[0]}{others}&IF({listed[-1]}="","",", …")'
    wrong = _expression(said("some_wrong"), lines=first_few)
    sentence = f"IF({right}={filled.count},{text_literal(said('all_right'))},{wrong})"
    sheet.cell_blocks.append(
        formula_block(SENTENCE, LEFT, [sentence], "computed.under_headline", span=WIDTH)
    )


def _steps(sheet: Draft, filled: Lines, version: str) -> None:
    """What to type, and what to report."""
    _bar(sheet, STEPS, "steps")
    for i, key in enumerate(("look", "choose", "report")):
        row = STEPS + 1 + i
        sheet.text(row, LEFT, f"{i + 1}. {said(key)}", "step", ANSWER - LEFT)
        sheet.heights[row] = 32.0
    row = STEPS + 2
    sheet.cell_blocks.append(CellBlock(row, ANSWER, np.ones((1, 1)), "input.integer"))
    choice = DropDown(row, ANSWER, 1, 1, ("1", "2"), said("inputs"), said("choose"))
    sheet.drop_downs.append(choice)
    choice_cell = named_block(filled.graph, CHOSEN, np.ones((1, 1)), sheet.name, (row, ANSWER))
    filled.blocks[CHOSEN] = choice_cell
    _, score = _score(filled)
    inputs = _expression(said("inputs_number"), number=CHOSEN)
    line = f'"Sheetformer {version} · "&{inputs}&" · "&{score}'
    sheet.cell_blocks.append(
        formula_block(STEPS + 3, ANSWER, [line], "computed.entry", span=LEFT + WIDTH - ANSWER)
    )


def _wrong(sheet: Draft, filled: Lines) -> None:
    """A list of the first wrong lines; of the k-th the column of wrong lines is k first."""
    _bar(sheet, WRONG, "wrong")
    columns = (
        (LEFT, "line", lines.NUMBER, 1),
        (LEFT + 1, "formula", lines.TEXT, 7),
        (LEFT + 8, "gives", lines.RESULT, 2),
        (LEFT + 10, "must_give", lines.EXPECTED, 2),
    )
    for column, key, source, span in columns:
        sheet.text(WRONG + 1, column, said(key), "table_head", span)
        for k in range(LISTED):
            place = f"MATCH({k + 1},{filled.column(lines.WRONG)},0)"
            row = WRONG + 2 + k
            # Where there is a wrong line, what cannot be shown of it is an error.
            error = f'IF({a1(row, LEFT)}="","",{text_literal(said("an_error"))})'
            otherwise = '""' if column == LEFT else error
            found = f"IFERROR(INDEX({filled.column(source)},{place}),{otherwise})"
            cell = formula_block(row, column, [found], "computed.entry", span=span)
            sheet.cell_blocks.append(cell)


def _about(sheet: Draft, facts: Sequence[tuple[str, str]]) -> None:
    _bar(sheet, ABOUT, "about")
    for i, (heading, text) in enumerate(facts):
        row = ABOUT + 1 + i
        sheet.text(row, LEFT, heading, "table_label", 3)
        sheet.text(row, LEFT + 3, text, "fact", WIDTH - 3)
        sheet.heights[row] = 18.0 + 13.0 * (len(text) // 85)


def _bar(sheet: Draft, row: int, key: str) -> None:
    sheet.text(row, LEFT, said(key), "stage", WIDTH)
    sheet.heights[row] = 24.0


def _expression(template: str, **parts: str) -> str:
    """A text whose blanks are formulas, as a formula.

    >>> _expression("{right} of {count}", right="A1", count="B1")
    'A1&" of "&B1'
    """
    pieces: list[str] = []
    for literal, blank, _, _ in Formatter().parse(template):
        pieces += [text_literal(literal)] if literal else []
        pieces += [parts[blank]] if blank else []
    return "&".join(pieces)
