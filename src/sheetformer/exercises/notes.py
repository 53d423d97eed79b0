"""The two parts of an .xlsx file that hold the notes of a sheet: their texts and their shapes."""

from __future__ import annotations

from collections.abc import Mapping

from sheetformer.engines.base import Position
from sheetformer.formula.address import a1
from sheetformer.xml_text import xml_text

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{number}"/></o:shapelayout><v:shapetype id="_x0000_t202" '
    'coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox/>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 10, {right}, 15, {bottom}, 4</x:Anchor>"
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
    "</x:ClientData></v:shape>"
)
_WIDE, _LETTERS = 5, 48
"""Columns that a note takes, and letters of a line in it."""


def notes_part(notes: Mapping[Position, str]) -> bytes:
    """The texts of notes by their cells."""
    listed = "".join(
        f'<comment ref="{a1(*cell)}" authorId="0"><text><r><rPr><sz val="9"/>'
        '<rFont val="Tahoma"/></rPr>'
        f'<t xml:space="preserve">{xml_text(text)}</t></r></text></comment>'
        for cell, text in notes.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><comments xmlns="{_MAIN}">'
        f"<authors><author>Sheetformer</author></authors><commentList>{listed}</commentList>"
        "</comments>"
    ).encode()


def shapes_part(notes: Mapping[Position, str], number: int) -> bytes:
    """The boxes in which notes are shown, hidden until the pointer is over their cells."""
    shapes = [
        _SHAPE.format(
            id=1024 * number + at, row=row, column=column, left=column + 1,
            right=column + 1 + _WIDE, top=max(row - 1, 0), bottom=max(row, 1) + _lines(text),
        )
        for at, ((row, column), text) in enumerate(notes.items(), start=1)
    ]  # fmt: skip
    return (_HEAD.format(number=number) + "".join(shapes) + "</xml>").encode()


def _lines(text: str) -> int:
    return sum(1 + len(line) // _LETTERS for line in text.split("\n"))
