"""An .xlsx file again, with other values stored in some cells; all else stays byte by byte.

Formulas, styles and sheets are not touched, whichever program wrote them: only what stands in the
value of a cell is another number or text.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from sheetformer.engines.base import CellError, CellValue, Position
from sheetformer.engines.package import open_package
from sheetformer.errors import FileError
from sheetformer.formula.address import a1

_CELL = re.compile(rb"<c(?P<attributes>\s[^<>]*?)(?:/>|>(?P<content>.*?)</c>)", re.DOTALL)
"""A cell of a sheet's XML, of a program that gives the main namespace no prefix, as all do."""
_PLACE = re.compile(rb'\sr="([A-Z]{1,3}[0-9]{1,7})"')
_KIND = re.compile(rb'\st="[^"]*"')
_FORMULA = re.compile(rb"<f\b[^<>]*?(?:/>|>.*?</f>)", re.DOTALL)


def write_values(
    source: Path, target: Path, values: Mapping[str, Mapping[Position, CellValue]]
) -> None:
    """Write a workbook with these numbers and texts (sheet → place → value) in its cells.

    Raises:
        FileError: the workbook cannot be read, or lacks one of the cells.
    """
    with open_package(source) as package, zipfile.ZipFile(target, "w") as written:
        parts = {package.sheets[sheet]: sheet for sheet, cells in values.items() if cells}
        for part in package.archive.infolist():
            if part.filename not in parts:
                with package.archive.open(part) as old, written.open(part, "w") as new:
                    shutil.copyfileobj(old, new)
                continue
            sheet = parts[part.filename]
            xml, missing = _with_values(package.archive.read(part), values[sheet])
            if missing:
                raise FileError(
                    f"'{source}': the cell {missing} on sheet '{sheet}' cannot be written; write "
                    "the book again"
                )
            written.writestr(part, xml, zipfile.ZIP_DEFLATED)


def _with_values(xml: bytes, values: Mapping[Position, CellValue]) -> tuple[bytes, str]:
    """The XML of a sheet with these values, and the address of one that found no cell."""
    wanted = {a1(*at).encode(): value for at, value in values.items()}

    def again(found: re.Match[bytes]) -> bytes:
        place = _PLACE.search(found["attributes"])
        if place is None or place[1] not in wanted:
            return found[0]
        return _cell(found, wanted.pop(place[1]))

    written = _CELL.sub(again, xml)
    return written, next(iter(wanted), b"").decode()


def _cell(found: re.Match[bytes], value: CellValue) -> bytes:
    """A cell with its attributes and its formula, and another value."""
    attributes = _KIND.sub(b"", found["attributes"]).rstrip()
    formula = _FORMULA.search(found["content"] or b"")
    kind, text = _stored(value)
    start = b"<c" + attributes + kind + b">" + (formula[0] if formula else b"")
    return start + b"<v>" + text.encode() + b"</v></c>"


def _stored(value: CellValue) -> tuple[bytes, str]:
    """The type of a cell and what stands in it."""
    match value:
        case CellError():
            return b' t="e"', escape(value.code)
        case bool():
            return b' t="b"', str(int(value))
        case str():
            return b' t="str"', escape(value)
        case _:
            return b"", repr(float(value))
