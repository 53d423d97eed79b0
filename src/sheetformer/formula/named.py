"""Named functions: what the field calls a step, written once as a LAMBDA, and called by its name.

A workbook in the style "named" holds them as defined names. They are in the one formula language:
the printer gives what stands in a file its prefixes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sheetformer.formula.given_names import own_names
from sheetformer.formula.parser import parse
from sheetformer.formula.printer import formula_text
from sheetformer.formula.rows import written
from sheetformer.formula.tree import Call, Formula, Name, calls_in, with_leaves


@dataclass(frozen=True)
class NamedFunction:
    """A function that a book defines.

    Attributes:
        name: in capitals, as formulas call it.
        parameters: what it takes; none of them is a name that some Excel reads as a row or column.
        body: what it gives, with the parameters as names.
        sentence: what it does, in English.
    """

    name: str
    parameters: tuple[str, ...]
    body: Formula
    sentence: str

    @property
    def definition(self) -> Call:
        """The whole LAMBDA."""
        return Call("LAMBDA", (*map(Name, self.parameters), self.body))

    @property
    def text(self) -> str:
        """The LAMBDA as a reader sees it, without the equals sign."""
        return formula_text(self.definition)

    @property
    def text_in_file(self) -> str:
        """The LAMBDA as an .xlsx file holds it, with its prefixes."""
        return formula_text(self.definition, in_file=True)

    def apart_from(self, taken: Collection[str]) -> NamedFunction:
        """The same function whose own names are none of the book's: see `own_names`.

        >>> NAMED["RELU"].apart_from({"X"}).text
        'LAMBDA(x_,IF(x_>0,x_,0))'
        """
        other = own_names(self.definition, taken)

        def renamed(leaf: Formula) -> Formula:
            return Name(other.get(leaf.name, leaf.name)) if isinstance(leaf, Name) else leaf

        names = tuple(other.get(name, name) for name in self.parameters)
        return replace(self, parameters=names, body=with_leaves(self.body, renamed))


def _text(name: str, parameters: str, body: str, sentence: str) -> NamedFunction:
    return NamedFunction(name, tuple(parameters.split()), parse(body), sentence)


def _of_op(op: str, name: str, parameters: str, sentence: str) -> NamedFunction:
    """An operation of the graph: its formula is the one in its row."""
    names = tuple(parameters.split())
    return NamedFunction(name, names, written(op, *map(Name, names)), sentence)


OF_OPS: Mapping[str, NamedFunction] = {
    "sigmoid": _of_op(
        "sigmoid", "SIGMOID", "x", "1 / (1 + e to minus the number), between 0 and 1."
    ),
    "normal_cdf": _of_op(
        "normal_cdf", "NORMAL_CDF", "x", "The share of a standard normal distribution below x."
    ),
    "softplus": _of_op(
        "softplus", "SOFTPLUS", "x", "log(1 + e to the number), a smooth form of RELU."
    ),
    "quantize": _of_op(
        "quantize", "QUANTIZE", "x step",
        "The nearest multiple of a step; of two that are equally near the even one.",
    ),
    "spacing": _of_op(
        "spacing", "SPACING", "x bits least",
        "How far it is to the next number of a format with so many bits and a least exponent.",
    ),
}  # fmt: skip
"""Operations that have a name in themselves."""

_COMPOSED = (
    _text("RELU", "x", "IF(x>0,x,0)", "The number where it is positive, else 0."),
    _text("SILU", "x", "x*SIGMOID(x)", "The number times its SIGMOID, also called swish."),
    _text("GELU", "x", "x*NORMAL_CDF(x)", "The number times its NORMAL_CDF."),
    _text(
        "GELU_TANH", "x", "x*0.5*(1+TANH(SQRT(2/PI())*(x+0.044715*x*x*x)))",
        "GELU, nearly: with a hyperbolic tangent for the normal distribution.",
    ),
    _text(
        "SOFTMAX", "x",
        "LET(exponentials,EXP(x-BYROW(x,LAMBDA(line,MAX(line)))),"
        "exponentials/BYROW(exponentials,LAMBDA(line,SUM(line))))",
        "Each row as shares that add to 1: e to the number, over the sum of its row.",
    ),
    _text(
        "LOG_SOFTMAX", "x",
        "LET(shifted,x-BYROW(x,LAMBDA(line,MAX(line))),"
        "shifted-LN(BYROW(EXP(shifted),LAMBDA(line,SUM(line)))))",
        "The logarithm of SOFTMAX, also where a share is tiny.",
    ),
    # A row of the mask stands for all: not every program repeats the condition of an IF.
    _text(
        "MASKED_SOFTMAX", "x mask",
        "LET(allowed,IF(mask+0*x<>0,1,0),IF(allowed<>0,SOFTMAX(IF(allowed<>0,x,-1E+30)),0))",
        "SOFTMAX over the places where the mask is not 0; elsewhere 0.",
    ),
    _text(
        "LAYERNORM", "x gain bias epsilon",
        "LET(centred,x-BYROW(x,LAMBDA(line,AVERAGE(line))),"
        "variance,BYROW(centred,LAMBDA(line,AVERAGE(line*line))),"
        "centred/SQRT(variance+epsilon)*gain+bias)",
        "Each row with mean 0 and variance 1, then times the gain, plus the bias.",
    ),
    _text(
        "RMSNORM", "x gain epsilon",
        "x/SQRT(BYROW(x,LAMBDA(line,AVERAGE(line*line)))+epsilon)*gain",
        "Each row over its root mean square, then times the gain.",
    ),
    _text(
        "ATTENTION", "query key value scale",
        "MMULT(SOFTMAX(MMULT(query,TRANSPOSE(key))/scale),value)",
        "Each query looks at all keys, and gets the blend of the values by its shares.",
    ),
    _text(
        "MASKED_ATTENTION", "query key value scale mask",
        "MMULT(MASKED_SOFTMAX(MMULT(query,TRANSPOSE(key))/scale,mask),value)",
        "ATTENTION over the places where the mask is not 0.",
    ),
)  # fmt: skip

NAMED: Mapping[str, NamedFunction] = {
    function.name: function for function in (*_COMPOSED, *OF_OPS.values())
}
"""All named functions, by their names."""


def used_in(formulas: Iterable[Formula]) -> tuple[NamedFunction, ...]:
    """The named functions that some formulas call, and those that these call, as in the table.

    >>> [function.name for function in used_in([parse("GELU(x)+1")])]
    ['GELU', 'NORMAL_CDF']
    """
    wanted, seen = list(formulas), set[str]()
    while wanted:
        for name in calls_in(wanted.pop()) & NAMED.keys() - seen:
            seen.add(name)
            wanted.append(NAMED[name].body)
    return tuple(function for function in NAMED.values() if function.name in seen)
