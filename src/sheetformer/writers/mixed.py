"""Formula cells whose results are of several kinds, as in a book that somebody edited.

The blocks of a lesson hold numbers or words. After a formula was typed over, a cell may as well
show a truth value, an error, or a word among numbers, and each kind is stored in its own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from sheetformer.book.cells import CellBlock
from sheetformer.formula.address import area
from sheetformer.formula.files import formula_in_file

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
"""What a file may store as an error."""


def is_mixed(cell_block: CellBlock) -> bool:
    """Whether the results of its formulas are more than numbers alone or words alone."""
    if not cell_block.has_formula or cell_block.values.dtype != object:
        return False
    # An array formula with words has no template of its own.
    return cell_block.array_formula is not None or any(
        not isinstance(value, str) or value.startswith("#") for value in cell_block.values.ravel()
    )


def mixed_rows(cell_block: CellBlock, names: Sequence[str], style: int) -> Iterator[str]:
    """The XML of each row, cell by cell."""
    formulas = _formula_elements(cell_block)
    width = len(names)
    for i, line in enumerate(cell_block.values.tolist()):
        cells = zip(names, formulas[i * width : (i + 1) * width], line, strict=True)
        yield "".join(
            f'<c r="{name}{cell_block.row + i + 1}" s="{style}"{kind}>{formula}<v>{text}</v></c>'
            for name, formula, (kind, text) in (
                (name, formula, stored(value)) for name, formula, value in cells
            )
        )


def _formula_elements(cell_block: CellBlock) -> list[str]:
    if cell_block.formulas is not None:
        return [f"<f>{formula_markup(formula)}</f>" for formula in cell_block.formulas]
    place = area(cell_block.row, cell_block.column, *cell_block.values.shape)
    formula = f'<f t="array" ref="{place}">{formula_markup(cell_block.array_formula or "")}</f>'
    return [formula, *[""] * (cell_block.values.size - 1)]


def stored(value: Any) -> tuple[str, str]:
    """The attribute that says of what kind a result is, and the result as XML holds it.

    >>> stored(True), stored("#N/A"), stored(0.5), stored("a<b")
    ((' t="b"', '1'), (' t="e"', '#N/A'), ('', '0.5'), (' t="str"', 'a&lt;b'))
    """
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if not isinstance(value, str):
        return "", repr(float(value)).removesuffix(".0")
    if value in ERRORS or (value.startswith("#") and value.endswith("!")):
        # An error that files do not know, such as a circle, is stored as the nearest that they do.
        return ' t="e"', value if value in ERRORS else "#VALUE!"
    return ' t="str"', word(value)


def word(value: object) -> str:
    """A word as XML holds it; control characters as the file format spells them."""
    escaped = Worksheet._escape_control_characters(  # pyright: ignore[reportPrivateUsage]
        str(value)
    )
    return markup(escaped)


def formula_markup(formula: str) -> str:
    """A formula between tags."""
    return markup(formula_in_file(formula))


def markup(text: str) -> str:
    """Text between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
