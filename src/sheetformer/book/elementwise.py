"""The formulas of elementwise operations; they serve both styles.

Operands are single cells in the `cell` style and whole rectangles in the `matrix` style.
"""

from __future__ import annotations

from collections.abc import Callable

from sheetformer.formula.tree import Call, Formula, Infix, Minus, Number, call


def _truth(operator: str) -> Callable[..., Formula]:
    return lambda a, b: call("IF", Infix(operator, a, b), Number(1), Number(0))


def _power(base: Formula, exponent: Formula) -> Formula:
    """Anything to the power 0 is 1; some programs refuse 0^0, which NumPy and PyTorch do not."""
    power = Infix("^", base, exponent)
    match exponent:
        case Number(value) if value != 0:
            return power
        case _:
            return call("IF", Infix("=", exponent, Number(0)), Number(1), power)


def _where(condition: Formula, chosen: Formula, otherwise: Formula) -> Formula:
    match condition:
        case Call("IF", (test, Number(1), Number(0))):
            return call("IF", test, chosen, otherwise)
        case _:
            return call("IF", Infix("<>", condition, Number(0)), chosen, otherwise)


ELEMENTWISE: dict[str, Callable[..., Formula]] = {
    "add": lambda a, b: Infix("+", a, b),
    "subtract": lambda a, b: Infix("-", a, b),
    "multiply": lambda a, b: Infix("*", a, b),
    "divide": lambda a, b: Infix("/", a, b),
    "power": _power,
    "negate": Minus,
    "absolute": lambda a: call("ABS", a),
    # MAX of two arrays is one number; IF goes cell by cell.
    "maximum": lambda a, b: call("IF", Infix(">", a, b), a, b),
    "minimum": lambda a, b: call("IF", Infix("<", a, b), a, b),
    "equal": _truth("="),
    "not_equal": _truth("<>"),
    "less": _truth("<"),
    "less_equal": _truth("<="),
    "greater": _truth(">"),
    "greater_equal": _truth(">="),
    "where": _where,
    "exp": lambda a: call("EXP", a),
    "log": lambda a: call("LN", a),
    "sqrt": lambda a: call("SQRT", a),
    "tanh": lambda a: call("TANH", a),
    "sin": lambda a: call("SIN", a),
    "cos": lambda a: call("COS", a),
    "normal_cdf": lambda a: call("NORMSDIST", a),
}

SCALAR_ONLY = frozenset({"normal_cdf"})
"""Elementwise operations whose function refuses arrays in some engine: one formula a cell."""
