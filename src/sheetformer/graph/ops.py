"""The vocabulary on one page: an operation is one row.

A row says what the operation means to a reader, on NumPy arrays, in a formula, and on the way back
(its slopes), and the few facts that others ask. Nobody else keeps a list of operations. What needs
more than a line stands beside: formulas of whole blocks in `sheetformer.formula.lower`, gradients
in `sheetformer.graph.autodiff.derivatives`. Shape-only operations (transpose, slice, reshape,
concatenate, …) are not here: they are views, and views compute nothing (`sheetformer.graph.views`).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sheetformer.graph import values
from sheetformer.graph.normal import FAR, NORMAL_CDF, normal_cdf
from sheetformer.graph.number_formats import quantized, spacing
from sheetformer.graph.op import (
    Op,
    comparison_op,
    elementwise_op,
    other_op,
    reduction_op,
    source_op,
)
from sheetformer.graph.pieces import (
    OCCURRENCES,
    WORD_AT,
    beginning,
    occurrences,
    substitute,
    word_at,
)
from sheetformer.graph.typed_words import BARE_WORD, COMPOSED, bare_word, composed
from sheetformer.graph.values import Value as Value
from sheetformer.graph.values import as_number
from sheetformer.graph.values import fold as fold


def _passed(step: Any) -> Any:
    return step.upstream


def _normal_density(step: Any) -> Any:
    """exp(−x² / 2) / √(2π)."""
    near = np.minimum(np.abs(step.operands[0]), float(FAR))  # its square never overflows
    return step.upstream * (np.exp(near * near * -0.5) / math.sqrt(2.0 * math.pi))


_SOURCES = (
    # They hold values and come from nowhere. Only inputs and parameters are edited.
    source_op("input", "a number or word that the reader types", typed=True),
    source_op("parameter", "a learned weight", typed=True, shrinks=True),
    source_op("constant", "a number or word that is simply given", shrinks=True),
)

_ARITHMETIC = (
    elementwise_op(
        "add", "the sum of two numbers", np.add, "{0} + {1}", "x+y", slopes=(_passed, _passed)
    ),
    elementwise_op(
        "subtract", "the first number less the second", np.subtract, "{0} − {1}", "x-y",
        keeps_hidden=True,
        slopes=(_passed, lambda s: -s.upstream),
    ),
    elementwise_op(
        "multiply", "the product of two numbers", np.multiply, "{0} × {1}", "x*y",
        keeps_truth=True,
    ),
    elementwise_op(
        "divide", "the first number over the second", np.divide, "{0} / {1}", "x/y",
        numpy=("divide", "true_divide"), domain="positive",
    ),
    # Anything to the power 0 is 1; some programs refuse 0^0, which NumPy and PyTorch do not.
    elementwise_op(
        "power", "the first number to the second", np.power, "{0} ^ {1}", "IF(y=0,1,x^y)",
        numpy=("power", "float_power"), domain="positive", condition=1,
    ),
    elementwise_op(
        "negate", "the number with its sign turned", np.negative, "−{0}", "-x",
        slopes=(lambda s: -s.upstream,), numpy=("negative",),
    ),
    elementwise_op(
        "absolute", "the number without its sign", np.abs, "|{0}|", "ABS(x)",
        numpy=("absolute", "fabs"),
    ),
    # Of whole numbers: INT is right where the quotient of two is no whole number by a hair.
    elementwise_op(
        "remainder", "what is left of a whole number when another one is taken out of it as often "
        "as it goes", values.remainder, "{0} mod {1}", "x-y*INT(x/y)", numpy=(),
        no_gradient="jumps where the division comes out even",
    ),
    # Programs do not all take 2.9999999999999996 for the same whole number: the jump is moved to
    # where no calculation ends by itself. Beyond 1E+12 there are no decimals left to move.
    elementwise_op(
        "floor", "the whole number below, or just above if less than 1E-9 is missing",
        values.floor, "⌊{0}⌋", "INT(x+IF(ABS(x)<1E+12,1E-9+ABS(x)*1E-14,0))", numpy=(),
        whole=True, no_gradient="jumps from one whole number to the next",
    ),
    # MAX of two arrays is one number; IF goes cell by cell.
    elementwise_op(
        "maximum", "the larger of two numbers", np.maximum, "maximum({0}, {1})", "IF(x>y,x,y)",
        numpy=("maximum", "fmax"), keeps_truth=True,
    ),
    elementwise_op(
        "minimum", "the smaller of two numbers", np.minimum, "minimum({0}, {1})", "IF(x<y,x,y)",
        numpy=("minimum", "fmin"), keeps_truth=True,
    ),
)  # fmt: skip

_COMPARISONS = (
    # 1 where it holds, else 0. Text compares without regard to case.
    comparison_op(
        "equal", "1 where both are equal", values.same_text, "{0} = {1}", "IF(x=y,1,0)",
        takes_text=True,
    ),
    comparison_op(
        "not_equal", "1 where they differ", lambda a, b: 1 - values.same_text(a, b), "{0} ≠ {1}",
        "IF(x<>y,1,0)", takes_text=True,
    ),
    comparison_op(
        "less", "1 where the first is smaller", lambda a, b: as_number(a < b), "{0} < {1}",
        "IF(x<y,1,0)",
    ),
    comparison_op(
        "less_equal", "1 where the first is not larger", lambda a, b: as_number(a <= b),
        "{0} ≤ {1}", "IF(x<=y,1,0)",
    ),
    comparison_op(
        "greater", "1 where the first is larger", lambda a, b: as_number(a > b), "{0} > {1}",
        "IF(x>y,1,0)",
    ),
    comparison_op(
        "greater_equal", "1 where the first is not smaller", lambda a, b: as_number(a >= b),
        "{0} ≥ {1}", "IF(x>=y,1,0)",
    ),
    elementwise_op(
        "where", "the second where the first is not 0, else the third", values.choose,
        "where({0}, {1}, {2})", "IF(x<>0,y,z)", takes_text=True, numpy=(), chooses=True,
        keeps_truth=True,
        condition=0,
        slopes=(
            None,
            lambda s: np.where(s.operands[0], s.upstream, 0.0),
            lambda s: np.where(s.operands[0], 0.0, s.upstream),
        ),
    ),
)  # fmt: skip

_FUNCTIONS = (
    # Of one number.
    elementwise_op(
        "exp", "e to the number", np.exp, "exp({0})", "EXP(x)",
        slopes=(lambda s: s.upstream * s.result,), domain="small",
    ),
    elementwise_op(
        "log", "the natural logarithm", np.log, "log({0})", "LN(x)",
        slopes=(lambda s: s.upstream / s.operands[0],), domain="positive",
    ),
    elementwise_op(
        "sqrt", "the square root", np.sqrt, "√{0}", "SQRT(x)",
        slopes=(lambda s: s.upstream * 0.5 / s.result,), domain="positive",
    ),
    elementwise_op(
        "tanh", "the hyperbolic tangent", np.tanh, "tanh({0})", "TANH(x)",
        slopes=(lambda s: s.upstream * (1.0 - s.result * s.result),),
    ),
    elementwise_op(
        "sin", "the sine of an angle in radians", np.sin, "sin({0})", "SIN(x)",
        slopes=(lambda s: s.upstream * np.cos(s.operands[0]),),
    ),
    elementwise_op(
        "cos", "the cosine of an angle in radians", np.cos, "cos({0})", "COS(x)",
        slopes=(lambda s: -s.upstream * np.sin(s.operands[0]),),
    ),
    elementwise_op(
        "normal_cdf", "the share of a standard normal below the number", normal_cdf,
        "Φ({0})", NORMAL_CDF, numpy=(),
        slopes=(_normal_density,),
    ),
    # EXP of a number above 709 is an error in some programs: here it takes none above 0.
    elementwise_op(
        "sigmoid", "1 / (1 + e to minus the number), between 0 and 1", values.sigmoid, "σ({0})",
        "IF(x<0,EXP(-ABS(x)),1)/(1+EXP(-ABS(x)))", numpy=(),
        slopes=(lambda s: s.upstream * (s.result * (1.0 - s.result)),),
    ),
    # Squares stay below 1E+15, which every program holds exactly; no MOD, since not all programs
    # know it of an array.
    elementwise_op(
        "fingerprint", "a number that tells whether two rounded numbers are equal, not which",
        values.fingerprint, "fingerprint({0}, {1}, {2})",
        # A text counts as 0, so that a typed one is a wrong answer and no error.
        "INT(IF(ABS(IFERROR(x*y,1E+7))<1E+7,x*y,0)+z)^2"
        f"-{values.PRIME}*INT(INT(IF(ABS(IFERROR(x*y,1E+7))<1E+7,x*y,0)+z)^2/{values.PRIME})",
        numpy=(),
        whole=True,
        no_gradient="jumps from one whole number to the next",
    ),
    # A logarithm is a hair off now and then: with a little more every program finds the exponent of
    # a power of two. A number as little below one counts as that power, which is what it is rounded
    # to. Some programs take tiny numbers for equal, so no 2^z is compared.
    elementwise_op(
        "spacing", "how far it is to the next number of a format with so many significant bits, "
        "whose steps grow no finer below 2 to its least exponent", spacing,
        "spacing({0}, {1}, {2})",
        "2^(INT(LN(IF(ABS(x)/2^z<1,2^z,ABS(x)))/LN(2)+1E-9)+1-y)", numpy=(),
        no_gradient="jumps from one power of two to the next",
    ),
    # The nearest even multiple where it is at most half a step away, else the odd one between two.
    # No ROUND: it takes ties away from 0, and not all programs know it of an array. The gradient
    # goes straight through (Bengio et al. 2013, section 4); the true slope is 0.
    elementwise_op(
        "quantize", "the nearest multiple of a step, of two that are equally near the even one",
        quantized, "quantize({0}, {1})",
        "IF(ABS(x/y-2*INT(x/y/2+0.5))<=0.5,2*INT(x/y/2+0.5),2*INT(x/y/2)+1)*y", numpy=(),
        slopes=(_passed, None),
    ),
    elementwise_op(
        "softplus", "log(1 + e to the number), a smooth max(0, x)", values.softplus,
        "log(1 + exp({0}))", "IF(x>0,x,0)+LN(1+EXP(-ABS(x)))", numpy=(),
    ),
)  # fmt: skip

_TEXTS = (
    elementwise_op(
        "text_of", "a number as text, rounded to so many decimals", values.text_of,
        "text({0}, {1})", 'IF(ABS(x)<1E+15,(ROUND(x,y)+0)&"",IF(x<0,"< −10^15","> 10^15"))',
        numpy=(), gives_text=True, no_gradient="makes words of numbers",
    ),
    elementwise_op(
        "followed_by", "two texts, one behind the other", values.followed_by, "{0} & {1}", "x&y",
        numpy=(), takes_text=True, gives_text=True, no_gradient="makes words of words",
    ),
    elementwise_op(
        "bare_word", "the word without blanks and marks around it", bare_word, "bare({0})",
        BARE_WORD, numpy=(), takes_text=True, gives_text=True, no_gradient="makes words of words",
    ),
    elementwise_op(
        "composed", "the text in small letters, each accent one sign with its letter", composed,
        "composed({0})", COMPOSED, numpy=(), takes_text=True, gives_text=True,
        no_gradient="makes words of words",
    ),
    elementwise_op(
        "substitute", "the text with a part exchanged wherever it stands, from left to right",
        substitute, "{0} with {2} for {1}", "SUBSTITUTE(x,y,z)", numpy=(), takes_text=True,
        gives_text=True, no_gradient="makes words of words",
    ),
    elementwise_op(
        "occurrences", "how often a part stands in a text", occurrences, "{1} in {0}",
        OCCURRENCES, numpy=(), takes_text=True, whole=True, condition=1,
        no_gradient="counts words",
    ),
    elementwise_op(
        "word_at", "the word of a text at a place, counted from 1; no word beyond its end",
        word_at, "word {1} of {0}", WORD_AT, numpy=(), takes_text=True, gives_text=True,
        no_gradient="makes words of words",
    ),
    elementwise_op(
        "beginning", "the first so many letters of a text", beginning, "first {1} of {0}",
        "LEFT(x,y)", numpy=(), takes_text=True, gives_text=True,
        no_gradient="makes words of words",
    ),
)  # fmt: skip

_REDUCTIONS = (
    # Along one axis, which stays with length 1; without it is a view.
    reduction_op(
        "sum", "the sum along an axis", lambda x, axis: x.sum(axis, keepdims=True), "SUM(x)",
        slopes=(_passed,),
    ),
    reduction_op(
        "mean", "the mean along an axis", lambda x, axis: x.mean(axis, keepdims=True),
        "AVERAGE(x)",
        slopes=(lambda s: s.upstream / float(s.operands[0].size // s.result.size),),
    ),
    reduction_op(
        "max", "the largest (or k-th largest) along an axis", values.largest, "MAX(x)",
        keeps_hidden=True, keeps_truth=True,
    ),
    reduction_op(
        "min", "the smallest along an axis", lambda x, axis: x.min(axis, keepdims=True), "MIN(x)",
        keeps_truth=True,
    ),
    reduction_op(
        "argmax", "the first place (from 0) of the largest, or k-th largest", values.argmax,
        lies=("run",), whole=True,
        no_gradient="is a place, and stays there when its numbers move a little",
    ),
)  # fmt: skip

_OTHERS = (
    other_op(
        "matmul", "rows times columns: (…, n, k) @ (…, k, m) → (…, n, m)", np.matmul,
        "{0} · {1}", lies=("factor",), shrinks=True,
    ),
    other_op(
        "lookup", "the number beside the key that equals the text; 0 where none does",
        values.lookup, "number of {0}", arity=3, lies=("cell", "pair"), whole=True,
        takes_text=True, gives_ids=True,
    ),
    other_op(
        "embedding", "row i of a table: (…) → (…, d); with words in the table, the i-th word",
        values.embedding, "{1}[{0}]", lies=("cell", "table"), shrinks=True, takes_text=True,
    ),
    other_op(
        "join", "the words of a row with a space between, empty ones left out", values.join,
        "{0} joined", takes_text=True, gives_text=True, no_gradient="makes words of words",
    ),
    other_op(
        "letter", "the letter of a text at a place, counted from 1; no letter beyond its end",
        values.letter, "letter {1} of {0}", takes_text=True, gives_text=True,
        no_gradient="makes words of words",
    ),
    other_op(
        "deviation", "the largest absolute difference between two arrays, one number",
        values.deviation, "max |{0} − {1}|", lies=("upright",), refuses_gradient=True,
        no_gradient="is for checks; write np.max(np.abs(a - b)) where a gradient is wanted",
    ),
    other_op(
        "column_max", "the largest of single numbers that stand below each other",
        values.column_max, "max({0}, …)", lies=("column",), refuses_gradient=True,
        no_gradient="is for checks; write np.max where a gradient is wanted",
    ),
    other_op(
        "copy", "the same cells side by side, where a formula needs one rectangle", lambda x: x,
        "{0}", slopes=(_passed,), shrinks=True, takes_text=True, keeps_truth=True, repeats=True,
    ),
)  # fmt: skip

OPS: dict[str, Op] = {
    op.name: op
    for group in (_SOURCES, _ARITHMETIC, _COMPARISONS, _FUNCTIONS, _TEXTS, _REDUCTIONS, _OTHERS)
    for op in group
}
