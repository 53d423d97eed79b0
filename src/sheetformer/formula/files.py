"""Formulas as an .xlsx file holds them."""

from __future__ import annotations

from operator import itemgetter

from sheetformer.formula.functions import FUNCTIONS
from sheetformer.formula.parser import DEEPEST, parse
from sheetformer.formula.printer import formula_text

_YOUNGER = tuple(name for name, function in FUNCTIONS.items() if function.prefix)
_ending = itemgetter(slice(-max(map(len, _YOUNGER)), None))


def needs_prefix(text: str) -> bool:
    """Whether a function that carries a prefix in files may stand in a text."""
    # Of thousands of formulas most say the same before a parenthesis; each is looked at once.
    called = set(map(_ending, text.split("(")[:-1]))
    return any(name.endswith(_YOUNGER) for name in called)


def formula_in_file(formula: str) -> str:
    """A formula as an .xlsx file holds it: functions younger than the format carry a prefix.

    >>> formula_in_file("STDEV.S(A1:A3)"), formula_in_file("SUM(A1:A3)")
    ('_xlfn.STDEV.S(A1:A3)', 'SUM(A1:A3)')
    """
    if not needs_prefix(formula):
        return formula
    # The printer may have put parentheses around signs.
    return formula_text(parse(formula, deepest=3 * DEEPEST), in_file=True)
