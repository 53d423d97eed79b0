"""The address under which readers know the server, where another web server stands before it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from sheetformer.errors import SheetformerError


@dataclass(frozen=True)
class PublicUrl:
    """Where readers see the server.

    Attributes:
        origin: scheme, host and port, as browsers send it; empty where nobody stands before it.
        path: what its addresses begin with, such as "/sheets"; empty for none.
    """

    origin: str = ""
    path: str = ""

    @property
    def host(self) -> str:
        """The name that requests ask for."""
        return urlsplit(self.origin).hostname or ""


NOBODY = PublicUrl()
"""Readers ask the server itself."""


def read_public_url(address: str) -> PublicUrl:
    """The parts of an address that somebody wrote.

    Raises:
        SheetformerError: it is none.

    >>> read_public_url("https://Books.example/sheets/")
    PublicUrl(origin='https://books.example', path='/sheets')
    """
    try:
        parts = urlsplit(address.strip())
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_plain = not (parts.query or parts.fragment or "@" in parts.netloc)
        _ = parts.port
    except ValueError:
        is_whole, is_plain, parts = False, False, urlsplit("")
    path = parts.path.rstrip("/")
    if not (is_whole and is_plain) or any(mark in path for mark in "\"'<>&; \\"):
        raise SheetformerError(
            f"{address[:80]!r} is no public address; write one such as https://books.example/sheets"
        )
    return PublicUrl(f"{parts.scheme}://{parts.netloc.casefold()}", path)
