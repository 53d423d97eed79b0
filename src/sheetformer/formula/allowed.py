"""What Excel allows of a formula: how long it may be, and how deep."""

from __future__ import annotations

import re

LONGEST_FORMULA = 8_192
"""Characters of a formula."""
_DEEPEST = 64
"""Parentheses inside each other."""
_LEVELS = re.compile(r"\"[^\"]*\"|'[^']*'|[(){}]")
"""What opens and closes a level of a formula; texts and names of sheets are passed over."""


def formula_fault(text: str) -> str | None:
    """What of a formula goes beyond what Excel allows, or None.

    >>> formula_fault("SUM(A1:B2)"), formula_fault("(" * 65 + "1" + ")" * 65)
    (None, 'more than 64 levels deep')
    """
    if len(text) > LONGEST_FORMULA:
        return f"longer than {LONGEST_FORMULA:,} characters"
    if text.count("(") + text.count("{") <= _DEEPEST:
        return None
    level = 0
    for found in _LEVELS.finditer(text):
        level += {"(": 1, "{": 1, ")": -1, "}": -1}.get(found[0], 0)
        if level > _DEEPEST:
            return f"more than {_DEEPEST} levels deep"
    return None
