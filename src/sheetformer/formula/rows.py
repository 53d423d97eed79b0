"""The formula in an operation's row, with its operands put in."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sheetformer.formula.parser import parse
from sheetformer.formula.tree import Call, Formula, Infix, Minus, Name, Number
from sheetformer.graph.ops import OPS

_OPERANDS = ("x", "y", "z")


def written(op: str, *operands: Formula) -> Formula:
    """The formula of an elementwise operation or a reduction.

    Operands are single cells in the `cell` style, and whole rectangles in the `matrix` style.

    >>> written("add", Name("scores"), Number(1.0))
    Infix(operator='+', left=Name(name='scores'), right=Number(value=1.0))
    """
    return _filled(_row(op), dict(zip(_OPERANDS, operands, strict=False)))


@cache
def _row(op: str) -> Formula:
    return parse(OPS[op].formula)


def _filled(tree: Formula, operands: dict[str, Formula]) -> Formula:
    match tree:
        case Name(name):
            return operands[name]
        case Call(name, arguments):
            return _plain(Call(name, tuple(_filled(part, operands) for part in arguments)))
        case Infix(operator, left, right):
            return _plain(Infix(operator, _filled(left, operands), _filled(right, operands)))
        case Minus(operand):
            return replace(tree, operand=_filled(operand, operands))
        case _:
            return tree


def _plain(tree: Formula) -> Formula:
    """What is known before anything is computed falls away: a truth asked whether it is not 0."""
    match tree:
        case Infix("<>", Call("IF", (test, Number(1), Number(0))), Number(0)):
            return test
        case Call("IF", (Infix("=", Number(value), Number(0)), Number(1), otherwise)) if value:
            return otherwise
        case _:
            return tree
