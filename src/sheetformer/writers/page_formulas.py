"""The formulas of a rectangle as a page carries them: each different one once.

A formula that was filled down and across says in every cell the same thing, seen from that cell. So
formulas are compared by what their addresses are relative to their own cell.
"""

from __future__ import annotations

from collections.abc import Sequence

from sheetformer.formula.address import column_number
from sheetformer.formula.tokens import TOKEN

Relative = tuple[object, ...]


def relative(formula: str, row: int, column: int) -> Relative:
    """A formula with its addresses as seen from its cell; equal for filled formulas.

    >>> relative("B5*C$1", 4, 0) == relative("B6*C$1", 5, 0)
    True
    >>> relative("B5", 4, 0) == relative("B5", 5, 0)
    False
    """
    parts: list[object] = []
    text = 0
    for found in TOKEN.finditer(formula):
        if found["row"] is None:
            continue
        parts.append(formula[text : found.start()])
        text = found.end()
        at_row, at_column = int(found["row"]) - 1, column_number(found["column"])
        parts.append((found["row_fixed"], at_row if found["row_fixed"] else at_row - row))
        parts.append(
            (found["column_fixed"], at_column if found["column_fixed"] else at_column - column)
        )
    return (*parts, formula[text:])


def distinct(
    formulas: Sequence[str], row: int, column: int, columns: int
) -> tuple[list[str], list[int]]:
    """The different formulas of a rectangle, and for each cell which of them it has.

    The first cell of the rectangle stands at `row` and `column`. Each formula is given as it stands
    in the first cell that has it.

    >>> distinct(["A1+1", "B1+1", "A2+1", "9"], 4, 0, 2)
    (['A1+1', '9'], [0, 0, 0, 1])
    """
    known: dict[Relative, int] = {}
    texts: list[str] = []
    which: list[int] = []
    for i, formula in enumerate(formulas):
        key = relative(formula, row + i // columns, column + i % columns)
        if key not in known:
            known[key] = len(texts)
            texts.append(formula)
        which.append(known[key])
    return texts, which
