"""Patterns of TEXT that mean the same everywhere: of digits, of dates, and of fractions."""

from __future__ import annotations

import re

from sheetformer.errors import EditError
from sheetformer.formula.tree import Formula, Text

_DATE = re.compile(
    r"""(?:"[^"]*"|\\.|\[(?:h+|m+|s+)\]|am/pm|a/p|y+|m{1,5}|d{1,4}|h+|s+(?:\.0{1,3})?|[-/:., ])+""",
    re.IGNORECASE,
)
FRACTION = r"(?:[#0]+ +)?\?+ ?/ ?(?:\?+|[1-9]\d*)"
"""The pattern of a fraction, such as # ?/? or ?/8, as a regular expression."""
_UNKNOWN = re.compile(r"[^\W\d_E]|[?*_;@\[\]]", re.IGNORECASE)


def refuse_pattern(pattern: Formula) -> None:
    """Refuse colours, conditions, signs of money and their like, which the page does not write.

    Raises:
        EditError: the pattern holds one.
    """
    if not isinstance(pattern, Text) or pattern.value.upper() in ("GENERAL", "@"):
        return
    if _DATE.fullmatch(pattern.value) or re.fullmatch(FRACTION, pattern.value):
        return
    written = re.sub(r'"[^"]*"|\\.|E\+0+', "", pattern.value, flags=re.IGNORECASE)
    if _UNKNOWN.search(written):
        raise EditError(
            "TEXT takes patterns of digits such as 0.00, of dates such as d mmm yyyy, and of "
            "fractions such as # ?/?"
        )
