"""Somebody's words as XML can hold them."""

from __future__ import annotations

import re
from html import escape

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no XML holds, not even escaped."""
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def xml_text(text: str) -> str:
    r"""A text between tags, or in an attribute.

    >>> xml_text("a < b\x1b[2J")
    'a &lt; b�[2J'
    """
    return escape(_NOT_XML.sub(_UNKNOWN, text))
