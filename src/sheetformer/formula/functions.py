"""The one table of functions: what a formula may call, here and in the page.

In the table are functions that give the same in the page, IronCalc and LibreOffice, case by case in
`tests/formula/corpus.json`, and none that can leave the book. `web/functions.py` makes the page's
table of this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MANY = 255
"""No function takes more arguments."""
_SHEETS = "_xlfn._xlws."
"""The prefix of two functions whose names were others' before."""
_PAIRS = 9
"""Conditions of a function such as SUMIFS; programs take more."""


@dataclass(frozen=True)
class Function:
    """A function of spreadsheets.

    Attributes:
        name: in English and in capitals, as files hold it.
        kinds: a letter for each argument, the last one for all further ones. "s" is a single value;
            in an array formula the function is applied place by place. "r" takes cells as they
            stand, or a value. "a" is like "r", but worked out as in an array formula. Of the
            capital letters the argument must be cells, and no calculation.
        least: how many arguments it needs.
        most: how many arguments it takes.
        sentence: what it gives.
        prefix: what stands before its name in an .xlsx file, where it is younger than the format.
        several: it gives several values, so that it works in array formulas only.
    """

    name: str
    kinds: str
    least: int
    most: int
    sentence: str
    prefix: str = ""
    several: bool = False

    def kind(self, i: int) -> str:
        """The letter of argument number i, from 0."""
        return self.kinds[min(i, len(self.kinds) - 1)]


def _younger(name: str, kinds: str, least: int, most: int, sentence: str) -> Function:
    return Function(name, kinds, least, most, sentence, prefix="_xlfn.")


def _several(
    name: str, kinds: str, least: int, most: int, sentence: str, prefix: str = "_xlfn."
) -> Function:
    """A younger function that gives, or can give, several values."""
    return Function(name, kinds, least, most, sentence, prefix, several=True)


_COUNTS = (
    Function("SUM", "r", 1, MANY, "The sum of all numbers."),
    Function("AVERAGE", "r", 1, MANY, "The mean of all numbers."),
    Function("MIN", "r", 1, MANY, "The smallest number."),
    Function("MAX", "r", 1, MANY, "The largest number."),
    Function("PRODUCT", "r", 1, MANY, "The product of all numbers."),
    Function("SUMSQ", "r", 1, MANY, "The sum of the squares of all numbers."),
    Function("MEDIAN", "r", 1, MANY, "The number in the middle, once all are in order."),
    Function("LARGE", "rs", 2, 2, "The largest number, the second largest, and so on."),
    Function("SMALL", "rs", 2, 2, "The smallest number, the second smallest, and so on."),
    Function("COUNT", "r", 1, MANY, "How many numbers there are."),
    Function("COUNTA", "r", 1, MANY, "How many cells are not empty."),
    Function("COUNTBLANK", "R", 1, 1, "How many cells are empty, or hold empty text."),
    Function("COUNTIF", "Rs", 2, 2, "How many cells meet a condition such as >0."),
    Function("SUMIF", "RsR", 2, 3, "The sum of the numbers beside cells that meet a condition."),
    Function("AVERAGEIF", "RsR", 2, 3, "The mean of numbers beside cells that meet a condition."),
    Function(
        "COUNTIFS", "Rs" * _PAIRS, 2, 2 * _PAIRS, "How many places meet a condition in every range."
    ),
    Function(
        "SUMIFS",
        "R" + "Rs" * _PAIRS,
        3,
        1 + 2 * _PAIRS,
        "The sum of the numbers whose places meet all conditions.",
    ),
    Function(
        "AVERAGEIFS",
        "R" + "Rs" * _PAIRS,
        3,
        1 + 2 * _PAIRS,
        "The mean of the numbers whose places meet all conditions.",
    ),
    Function("RANK", "sRs", 2, 3, "The place of a number among others, the largest first."),
    Function("PERCENTILE", "rs", 2, 2, "The number below which a share of all numbers lies."),
    Function("CORREL", "a", 2, 2, "How two rows of numbers rise and fall together, −1 to 1."),
    Function("STDEV", "r", 1, MANY, "The standard deviation, where the numbers are a sample."),
    _younger("STDEV.S", "r", 1, MANY, "The standard deviation, where the numbers are a sample."),
    Function("STDEVP", "r", 1, MANY, "The standard deviation of numbers that are all there are."),
    _younger("STDEV.P", "r", 1, MANY, "The standard deviation of numbers that are all there are."),
    Function("VAR", "r", 1, MANY, "The variance, where the numbers are a sample."),
    _younger("VAR.S", "r", 1, MANY, "The variance, where the numbers are a sample."),
    Function("VARP", "r", 1, MANY, "The variance of numbers that are all there are."),
    _younger("VAR.P", "r", 1, MANY, "The variance of numbers that are all there are."),
)

_MATRICES = (
    Function("SUMPRODUCT", "a", 1, MANY, "The sum of products, place by place."),
    Function("MMULT", "a", 2, 2, "The product of two matrices."),
    Function("TRANSPOSE", "a", 1, 1, "A matrix with rows and columns exchanged.", several=True),
    Function("MDETERM", "a", 1, 1, "The determinant of a square matrix."),
    Function("MINVERSE", "a", 1, 1, "The inverse of a square matrix.", several=True),
    Function("SUMXMY2", "a", 2, 2, "The sum of squared differences, place by place."),
    Function("SUMX2MY2", "a", 2, 2, "The sum of differences of squares, place by place."),
    Function("SUMX2PY2", "a", 2, 2, "The sum of sums of squares, place by place."),
)

_LOOKUP = (
    Function("INDEX", "rss", 2, 3, "The cell in a row and column of a range, counted from 1."),
    Function("MATCH", "srs", 2, 3, "The place of a value in a row or column, counted from 1."),
    Function("VLOOKUP", "srss", 3, 4, "The value in a column, beside the key that is looked up."),
    Function("HLOOKUP", "srss", 3, 4, "The value in a row, below the key that is looked up."),
    Function("CHOOSE", "s", 2, MANY, "The first, second, … of its other arguments."),
    Function("ROW", "S", 0, 1, "The number of a cell's row."),
    Function("COLUMN", "S", 0, 1, "The number of a cell's column."),
    Function("ROWS", "r", 1, 1, "How many rows a range has."),
    Function("COLUMNS", "r", 1, 1, "How many columns a range has."),
)

_ARRAYS = (
    _several("SEQUENCE", "s", 1, 4, "Numbers in rows and columns, each so much larger."),
    _several("MUNIT", "s", 1, 1, "The identity matrix of so many rows."),
    _several("FILTER", "aas", 2, 3, "The rows or columns that meet a condition.", _SHEETS),
    _several("SORT", "asss", 1, 4, "The rows in the order of one of their columns.", _SHEETS),
    _several("HSTACK", "a", 1, MANY, "Tables beside each other."),
    _several("VSTACK", "a", 1, MANY, "Tables one below the other."),
    _several("TAKE", "ass", 2, 3, "The first rows and columns, or below 0 the last ones."),
    _several("DROP", "ass", 2, 3, "What is left without the first rows and columns."),
    _younger("XLOOKUP", "rRRss", 3, 5, "What stands beside a value that is looked up."),
)

_LAMBDAS = (
    _several("LET", "a", 3, MANY, "A formula with names for its parts."),
    _several("LAMBDA", "a", 2, MANY, "A function of names, for MAP and its like."),
    _several("MAP", "a", 2, MANY, "A function of each value."),
    _several("BYROW", "a", 2, 2, "A function of each row."),
    _several("BYCOL", "a", 2, 2, "A function of each column."),
    _several("REDUCE", "a", 3, 3, "What comes of taking in one value after the other."),
    _several("MAKEARRAY", "ssa", 3, 3, "A function of the number of each row and column."),
)

_NUMBERS = (
    Function("RAND", "s", 0, 0, "A number from 0 to 1, drawn anew at each recalculation."),
    Function("ABS", "s", 1, 1, "A number without its sign."),
    Function("SIGN", "s", 1, 1, "1 of a number above 0, −1 of one below, 0 of 0."),
    Function("SQRT", "s", 1, 1, "The square root."),
    Function("EXP", "s", 1, 1, "e to the power of a number."),
    Function("LN", "s", 1, 1, "The natural logarithm."),
    Function("LOG", "s", 1, 2, "The logarithm to a base, which is 10 if none is given."),
    Function("LOG10", "s", 1, 1, "The logarithm to the base 10."),
    Function("POWER", "s", 2, 2, "A number to the power of another one."),
    Function("MOD", "s", 2, 2, "What is left of a division; it has the sign of the divisor."),
    Function("QUOTIENT", "s", 2, 2, "A division without what is left of it."),
    Function("FACT", "s", 1, 1, "The factorial: 1 × 2 × … up to the number."),
    Function("PI", "s", 0, 0, "The number π."),
    Function("INT", "s", 1, 1, "The largest whole number that is not above."),
    Function("TRUNC", "s", 1, 2, "A number without its further decimals."),
    Function("ROUND", "s", 2, 2, "A number rounded to so many decimals."),
    Function("ROUNDUP", "s", 2, 2, "A number rounded away from 0, to so many decimals."),
    Function("ROUNDDOWN", "s", 2, 2, "A number rounded towards 0, to so many decimals."),
    Function("CEILING", "s", 2, 2, "The next multiple of a step upwards."),
    Function("FLOOR", "s", 2, 2, "The next multiple of a step downwards."),
)

_ANGLES = (
    Function("SIN", "s", 1, 1, "The sine of an angle in radians."),
    Function("COS", "s", 1, 1, "The cosine of an angle in radians."),
    Function("TAN", "s", 1, 1, "The tangent of an angle in radians."),
    Function("ASIN", "s", 1, 1, "The angle in radians that has this sine."),
    Function("ACOS", "s", 1, 1, "The angle in radians that has this cosine."),
    Function("ATAN", "s", 1, 1, "The angle in radians that has this tangent."),
    Function("ATAN2", "s", 2, 2, "The angle in radians of the point (x, y)."),
    Function("SINH", "s", 1, 1, "The hyperbolic sine."),
    Function("COSH", "s", 1, 1, "The hyperbolic cosine."),
    Function("TANH", "s", 1, 1, "The hyperbolic tangent, between −1 and 1."),
    Function("ASINH", "s", 1, 1, "The number that has this hyperbolic sine."),
    Function("ACOSH", "s", 1, 1, "The number that has this hyperbolic cosine."),
    Function("ATANH", "s", 1, 1, "The number that has this hyperbolic tangent."),
    Function("DEGREES", "s", 1, 1, "An angle in radians as degrees."),
    Function("RADIANS", "s", 1, 1, "An angle in degrees as radians."),
)

_NORMAL = (
    Function("NORMSDIST", "s", 1, 1, "The share of a standard normal distribution below a number."),
    Function("NORMSINV", "s", 1, 1, "The number below which a share of a standard normal lies."),
    Function("NORMDIST", "s", 4, 4, "The share of a normal distribution below, or its density."),
    _younger("NORM.DIST", "s", 4, 4, "The share of a normal distribution below, or its density."),
    _younger("NORM.S.DIST", "s", 2, 2, "The share of a standard normal one below, or its density."),
    _younger("NORM.S.INV", "s", 1, 1, "The number below which a share of a standard normal lies."),
    Function("ERF", "s", 1, 2, "The error function, or what it gains between two numbers."),
    Function("ERFC", "s", 1, 1, "1 minus the error function, exact far from 0 as well."),
)

_QUESTIONS = (
    Function("IF", "s", 2, 3, "One value if a condition holds, another one if not."),
    _younger("IFS", "s", 2, MANY, "The value behind the first condition that holds."),
    _younger("SWITCH", "s", 3, MANY, "The value behind the first case that is the same."),
    Function("IFERROR", "s", 2, 2, "A value, or another one where it is an error."),
    _younger("IFNA", "s", 2, 2, "A value, or another one where it is #N/A."),
    Function("AND", "r", 1, MANY, "Whether all conditions hold."),
    Function("OR", "r", 1, MANY, "Whether a condition holds."),
    _younger("XOR", "r", 1, MANY, "Whether an odd number of conditions holds."),
    Function("NOT", "s", 1, 1, "Whether a condition does not hold."),
    Function("TRUE", "s", 0, 0, "The truth value TRUE."),
    Function("FALSE", "s", 0, 0, "The truth value FALSE."),
    Function("NA", "s", 0, 0, "The error #N/A, which says that a value is missing."),
    Function("ISNUMBER", "s", 1, 1, "Whether it is a number."),
    Function("ISTEXT", "s", 1, 1, "Whether it is text."),
    Function("ISLOGICAL", "s", 1, 1, "Whether it is TRUE or FALSE."),
    Function("ISBLANK", "s", 1, 1, "Whether it is an empty cell."),
    Function("ISERROR", "s", 1, 1, "Whether it is an error."),
    Function("ISERR", "s", 1, 1, "Whether it is an error other than #N/A."),
    Function("ISNA", "s", 1, 1, "Whether it is the error #N/A."),
)

_WORDS = (
    Function("LEN", "s", 1, 1, "How many characters a text has."),
    Function("LEFT", "s", 1, 2, "The first characters of a text."),
    Function("RIGHT", "s", 1, 2, "The last characters of a text."),
    Function("MID", "s", 3, 3, "So many characters of a text from a place on."),
    Function("UPPER", "s", 1, 1, "A text in capital letters."),
    Function("LOWER", "s", 1, 1, "A text in small letters."),
    Function("PROPER", "s", 1, 1, "A text in which each word begins with a capital letter."),
    Function("TRIM", "s", 1, 1, "A text without spaces at its ends, and with single ones inside."),
    Function("CONCATENATE", "s", 1, MANY, "Texts one behind the other."),
    _younger("CONCAT", "r", 1, MANY, "Texts one behind the other, those of ranges too."),
    _younger("TEXTJOIN", "ssr", 3, MANY, "Texts one behind the other with a separator between."),
    Function("FIND", "s", 2, 3, "Where a text begins inside another one, counted from 1."),
    Function("SEARCH", "s", 2, 3, "Where a text begins inside, in any case, with ? and *."),
    Function("SUBSTITUTE", "s", 3, 4, "A text with a part of it exchanged wherever it stands."),
    Function("REPLACE", "s", 4, 4, "A text with the characters at a place exchanged."),
    Function("REPT", "s", 2, 2, "A text several times over."),
    Function("EXACT", "s", 2, 2, "Whether two texts are the same, capital letters included."),
    Function("CHAR", "s", 1, 1, "The character with a number from 1 to 255."),
    Function("CODE", "s", 1, 1, "The number of a text's first character."),
    Function("VALUE", "s", 1, 1, "The number that a text spells."),
    Function("TEXT", "s", 2, 2, "A number as text in a pattern such as 0.00 or 0%."),
    Function("N", "s", 1, 1, "A number or truth value as a number, and 0 of a text."),
    Function("T", "s", 1, 1, "A text as it is, and empty text of anything else."),
)

FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for group in (
        _COUNTS,
        _MATRICES,
        _LOOKUP,
        _ARRAYS,
        _LAMBDAS,
        _NUMBERS,
        _ANGLES,
        _NORMAL,
        _QUESTIONS,
        _WORDS,
    )
    for function in group
}
"""All functions by their names."""
