"""Change cells in an .xlsx file itself, leaving every other byte of its sheets as it is.

A check that recalculates the file afterwards then proves that the formulas are alive.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from sheetformer.engines.base import Edits, Position, check_edits, place
from sheetformer.engines.package import local, open_package
from sheetformer.engines.reader import formula_cells
from sheetformer.errors import EngineError, FileError
from sheetformer.formula.address import position

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

_OF_CELLS = frozenset("cf")
"""Elements that are looked at: cells, and formulas in them."""


@dataclass(frozen=True)
class CellElement:
    """A `<c>` element of a sheet: where it stands and what a rewritten one must keep."""

    position: Position
    span: tuple[int, int]
    tag: str
    attributes: Mapping[str, str]
    formula: bytes

    def written(self, content: str, kind: str | None = None, formula: bytes = b"") -> bytes:
        """The element with other content, its address and style kept."""
        kept = {name: value for name, value in self.attributes.items() if name != "t"}
        if kind:
            kept["t"] = kind
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in kept.items())
        start, end = f"<{self.tag}{attributes}>", f"{content}</{self.tag}>"
        return start.encode() + formula + end.encode()

    def named(self, tag: str) -> str:
        """A tag with the same namespace prefix as this element."""
        return self.tag.removesuffix("c") + tag


Change = Callable[[str, CellElement], bytes | None]
"""(sheet name, cell) → its new XML, or None where it stays."""


def edit_cells(source: Path, target: Path, edits: Edits) -> None:
    """Write a copy of a workbook with other contents in some input cells.

    The target may be the source itself. Stored values of formulas stay as they were.

    Raises:
        FileError: The source cannot be read, or an edited cell does not exist in it.
        EngineError: A sheet is missing, a cell holds a formula, or a number is not finite.
    """
    check_edits(edits, formula_cells(source))
    left = dict(edits)

    def change(sheet: str, cell: CellElement) -> bytes | None:
        value = left.pop((sheet, *cell.position), None)
        if value is None:
            return None
        if isinstance(value, str):
            return _text(cell, value)
        tag = cell.named("v")
        return cell.written(f"<{tag}>{float(value)!r}</{tag}>")

    def complete() -> None:
        if left:
            sheet, row, column = next(iter(left))
            raise FileError(f"'{source}' has no cell {place(sheet, (row, column))} to change")

    _rewrite(source, target, change, complete)


def spoil_cached_values(source: Path, target: Path, value: float = -999.0) -> None:
    """Write a copy of a workbook in which every formula cell stores the same wrong number.

    Raises:
        FileError: The source cannot be read.
    """
    formulas = formula_cells(source)

    def change(sheet: str, cell: CellElement) -> bytes | None:
        if cell.position not in formulas[sheet]:
            return None
        tag = cell.named("v")
        return cell.written(f"<{tag}>{value!r}</{tag}>", formula=cell.formula)

    _rewrite(source, target, change)


def _text(cell: CellElement, value: str) -> bytes:
    escaped = escape(_NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", value))
    outer, inner = cell.named("is"), cell.named("t")
    return cell.written(
        f'<{outer}><{inner} xml:space="preserve">{escaped}</{inner}></{outer}>', "inlineStr"
    )


def _rewrite(
    source: Path, target: Path, change: Change, complete: Callable[[], None] | None = None
) -> None:
    """Copy the archive part by part, sheets changed, then put it in the target's place."""
    with open_package(source) as package:
        sheets = {part: sheet for sheet, part in package.sheets.items()}
        parts = [(info, package.archive.read(info)) for info in package.archive.infolist()]
    changed = [
        (info, _changed(data, sheets[info.filename], change) if info.filename in sheets else data)
        for info, data in parts
    ]
    if complete:
        complete()
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(beside, "w") as copy:
            for info, data in changed:
                copy.writestr(info, data)
        beside.replace(target)
    except OSError as error:
        raise FileError(f"'{target}' cannot be written: {error.strerror or error}") from None
    finally:
        beside.unlink(missing_ok=True)


def _changed(data: bytes, sheet: str, change: Change) -> bytes:
    pieces: list[bytes] = []
    done = 0
    for cell in _cell_elements(data):
        new = change(sheet, cell)
        if new is not None:
            start, end = cell.span
            pieces += [data[done:start], new]
            done = end
    return b"".join([*pieces, data[done:]])


def _cell_elements(data: bytes) -> list[CellElement]:
    """All cells of a sheet that say their address, each with its place in the bytes."""
    declaration = data[:200].partition(b"?>")[0].lower()
    if data[:1] in (b"\xff", b"\xfe") or (
        b"encoding" in declaration and b"utf-8" not in declaration
    ):
        raise EngineError("only sheets written in UTF-8 can be changed")
    found: list[CellElement] = []
    parser = expat.ParserCreate()
    starts: list[tuple[int, dict[str, str]]] = []
    formula = [b""]
    names = cache(local)

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = names(tag)
        if name in _OF_CELLS:
            starts.append((parser.CurrentByteIndex, attributes))
        if name == "c":
            formula[0] = b""

    def end(tag: str) -> None:
        name = names(tag)
        if name not in _OF_CELLS:
            return
        begin, attributes = starts.pop()
        span = begin, _end_of(data, tag, parser.CurrentByteIndex)
        if name == "f":
            formula[0] = data[span[0] : span[1]]
        elif "r" in attributes:
            found.append(CellElement(position(attributes["r"]), span, tag, attributes, formula[0]))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(data, True)
    return found


def _end_of(data: bytes, tag: str, index: int) -> int:
    """Where an element ends: at its end tag's start stands index, or just behind `<c …/>`."""
    closing = re.compile(rb"</" + re.escape(tag.encode()) + rb"\s*>").match(data, index)
    return closing.end() if closing else index
