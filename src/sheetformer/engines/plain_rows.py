"""The rows of a sheet as nearly every program writes them, read at once by a pattern.

An XML parser calls a function three times a cell. Rows of cells with an address, a style, a type,
one formula and one value fit a pattern that finds a row of cells in one call; here it reads them.
It is strict: where one byte of the rows fits nothing, the caller reads the sheet with the parser,
from its beginning, and finds the same or says what is wrong.
"""

from __future__ import annotations

import re
from typing import IO, Protocol

_CHUNK = 1 << 20
_START, _END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"

_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"(?: (?!r=)[A-Za-z][A-Za-z0-9:]*="[^"<&]*")*(/?)>')
_CELL = re.compile(
    rb'(<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="[0-9]{1,9}")?(?: t="(s|str|n|b|e)")?'
    rb'(?:/>|>(?:<f(?: t="array" ref="([A-Z0-9:]{2,21})")?>([^<]+)</f>)?<v>([^<]*)</v></c>))'
)
_CONTROLS = bytes({*range(32)} - {9, 10})
"""What XML has not, or reads as something else."""
_ELSEWHERE = (b"<!", b"<?", b"<c ", b"<c>", b"<row ", b"<row>")
"""What may not stand before the rows or after them: comments, CDATA, more cells."""
_DECLARED = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"']utf-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)?(?=\s*<[A-Za-z])",
    re.IGNORECASE,
)
"""The beginning of XML in UTF-8."""
_ENTITY = re.compile(r"&(lt|gt|quot|apos|amp);")
_SIGNS = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}


class StrangeError(Exception):
    """The sheet is written in another way; only the parser can say what stands in it."""


class Taker(Protocol):
    """What is given the cells of a sheet that have a value; rows count from 0."""

    def take(
        self, row: int, letters: bytes, kind: bytes, area: bytes, formula: str, value: bytes
    ) -> None:
        """Take a cell: its column's letters, its type, the area of an array formula, its value."""
        ...

    def take_number(self, row: int, letters: bytes, value: bytes) -> None:
        """Take a cell that holds a number and no formula."""
        ...


def read_rows(stream: IO[bytes], taker: Taker) -> bytes:
    """Give each cell of a sheet that has a value to `taker`; the XML without its rows comes back.

    Raises:
        StrangeError: the sheet is written in another way. Some cells may have been given before.
    """
    first = stream.read(_CHUNK)
    head, sign, rest = first.partition(_START)
    declared = _DECLARED.match(head)
    if not sign or declared is None:
        raise StrangeError
    while _END not in rest:
        section, sign, rest = rest.rpartition(_ROW_END)
        _read_section(section + sign, taker)
        more = stream.read(_CHUNK)
        if not more or len(rest) > _CHUNK:
            raise StrangeError
        rest += more
    section, sign, rest = rest.partition(_END)
    _read_section(section, taker)
    tail = sign + rest + stream.read()
    around = head[declared.end() :] + tail
    if any(each in around for each in _ELSEWHERE):
        raise StrangeError
    return head + _START + tail


def text_of(written: bytes) -> str:
    """Text as it stands in XML.

    >>> text_of(b"1 &lt; 2")
    '1 < 2'

    Raises:
        StrangeError: it is no text, or has other signs written as numbers.
    """
    text = _decoded(written)
    if "&" not in text:
        return text
    if text.count("&") != len(_ENTITY.findall(text)):
        raise StrangeError
    return _ENTITY.sub(lambda found: _SIGNS[found[1]], text)


def _decoded(written: bytes) -> str:
    try:
        return written.decode()
    except UnicodeDecodeError:
        raise StrangeError from None


def _read_section(section: bytes, taker: Taker) -> None:
    """Read whole rows."""
    _decoded(section)
    if len(section.translate(None, _CONTROLS)) != len(section):
        raise StrangeError
    *rows, rest = section.split(_ROW_END)
    for row in rows:
        name, start = _opened(row)
        if not name:
            raise StrangeError
        _read_cells(name, row[start:], taker)
    name, start = _opened(rest)
    if name or start != len(rest):
        raise StrangeError


def _opened(row: bytes) -> tuple[bytes, int]:
    """The number of the row that begins, after empty ones; and where its cells begin."""
    start = 0
    while found := _ROW.match(row, start):
        start = found.end()
        if not found[2]:
            return found[1], start
    return b"", start


def _read_cells(name: bytes, cells: bytes, taker: Taker) -> None:
    read, row, take_number = 0, int(name) - 1, taker.take_number
    for whole, letters, place, kind, area, formula, value in _CELL.findall(cells):
        if place != name:
            raise StrangeError
        read += len(whole)
        if value and not kind and not formula:
            take_number(row, letters, value)
        elif whole[-2:] != b"/>":  # a cell without content
            taker.take(row, letters, kind, area, text_of(formula), value)
    if read != len(cells):
        raise StrangeError
