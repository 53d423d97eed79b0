"""The tokens of a formula."""

from __future__ import annotations

import re
from typing import NamedTuple

from sheetformer.errors import EditError

TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    |(?P<text>"(?:[^"]|"")*")
    |(?P<error>(?i:\#(?:DIV/0!|VALUE!|N/A|NAME\?|REF!|NUM!)))
    |(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)
    |(?P<cell>(?P<column_fixed>\$?)(?P<column>[A-Za-z]{1,3})
        (?P<row_fixed>\$?)(?P<row>[1-9][0-9]{0,6})(?![\w.(]))
    |(?P<word>(?:[^\W\d]|\\)[\w.]*)
    |(?P<sign><>|<=|>=|[-+*/^&=<>(){},;:%])""",
    re.VERBOSE,
)
"""One token; of a cell also its parts. A group is the kind of what it found."""


class Token(NamedTuple):
    """A token: its kind, its text, and where it was found; the last one is an empty end."""

    kind: str
    text: str
    found: re.Match[str] | None = None


def tokens(text: str) -> list[Token]:
    """The tokens of a formula without its equals sign; spaces are left out.

    Raises:
        EditError: something in it is no token.
    """
    read: list[Token] = []
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise EditError(f"the formula is not understood from {quoted(text[at:])} on")
        if found["space"] is None:
            # The outermost group closes last.
            read.append(Token(str(found.lastgroup), found.group(), found))
        at = found.end()
    return [*read, Token("end", "")]


def quoted(text: str) -> str:
    """A part of a formula as an error names it."""
    return repr(text[:20] + ("…" if len(text) > 20 else "")) if text else "its end"
