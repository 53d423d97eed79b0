"""A student's own file with marks at its cells: a colour, and a note that says what was found.

`answer` works in a child with limits, as all that reads such a file; it loads no NumPy. It changes
styles, the marked sheets and their notes; every other part stays as the student saved it.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.dom.minidom import parseString

from sheetformer.engines.base import Position
from sheetformer.engines.opendocument import as_workbook
from sheetformer.engines.package import Package, check_workbook, open_package, parse
from sheetformer.engines.reader import corners, read_contents
from sheetformer.exercises.elements import (
    Document,
    Element,
    children,
    named,
    new_child,
    plain_name,
    put_before,
    text_of,
)
from sheetformer.exercises.notes import notes_part, shapes_part
from sheetformer.exercises.submission import moved_from
from sheetformer.formula.address import a1, position

COLOURS = {"good": "FFC6EFCE", "half": "FFFFEB9C", "bad": "FFFFC7CE"}
"""What a cell is painted in."""
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_BEHIND = {
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
}  # fmt: skip
"""What stands behind the notes of a sheet in its part."""
_NOTES, _SHAPES, _THREADS = "/comments", "/vmlDrawing", "/threadedComment"

Marks = dict[Position, tuple[str, str]]
"""Place of a cell → one of COLOURS or nothing, and the text of its note or nothing."""


def answer(path: str, regions: Sequence[Sequence[Any]], marks: Sequence[Sequence[Any]]) -> str:
    """The file with marks, as text (base 64).

    Args:
        path: the file.
        regions: as in `submission.answer`.
        marks: sheet, row and column as handed out, a colour or nothing, a text or nothing.

    Raises:
        FileError: the file cannot be read, or a sheet of it is gone.
    """
    with as_workbook(Path(path)) as file:
        check_workbook(file)
        where, _ = moved_from(regions, read_contents(file), file.name)
        by_sheet: dict[str, Marks] = {}
        for sheet, row, column, colour, text in marks:
            now, *cell = where((sheet, row, column))
            by_sheet.setdefault(now, {})[cell[0], cell[1]] = (colour, text)
        with open_package(file) as package:
            return base64.b64encode(_Copy(package).with_marks(by_sheet)).decode()


class _Copy:
    """The parts of a file, some of them changed."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._changed: dict[str, bytes] = {}
        self._gone: set[str] = set()
        self._styles: dict[tuple[str, str], int] = {}
        self._style_part = self._read(package.styles) if package.styles else None
        self._types = self._read("[Content_Types].xml")

    def with_marks(self, by_sheet: dict[str, Marks]) -> bytes:
        """The whole file."""
        for number, (name, marks) in enumerate(by_sheet.items(), start=1):
            if name in self._package.sheets:
                self._mark_sheet(self._package.sheets[name], marks, number)
        if self._style_part is not None and self._package.styles:
            self._keep(self._package.styles, self._style_part)
        self._keep("[Content_Types].xml", self._types)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            archive = self._package.archive
            for name in dict.fromkeys([*archive.namelist(), *self._changed]):
                if name not in self._gone:
                    data = self._changed.get(name)
                    # Without the hour: the same marks give the same file.
                    part = zipfile.ZipInfo(name)
                    part.compress_type = zipfile.ZIP_DEFLATED
                    target.writestr(part, archive.read(name) if data is None else data)
        return stream.getvalue()

    def _read(self, part: str) -> Document:
        # The walk refuses a DOCTYPE; what is left is plain XML.
        parse(self._package, part, lambda *_: None)
        return parseString(self._package.archive.read(part))

    def _keep(self, part: str, document: Document) -> None:
        self._changed[part] = document.toxml(encoding="UTF-8")

    # A sheet.

    def _mark_sheet(self, part: str, marks: Marks, number: int) -> None:
        document = self._read(part)
        data = next(named(document, "sheetData"))
        cells = _Cells(data)
        for cell, (colour, _) in sorted(marks.items()):
            if colour and self._style_part is not None:
                element = cells.at(cell)
                element.setAttribute("s", str(self._style(element.getAttribute("s"), colour)))
        _unpaint(document, {cell for cell, (colour, _) in marks.items() if colour})
        texts = {cell: text for cell, (_, text) in marks.items() if text}
        if texts:
            self._write_notes(part, document, texts, number)
        self._keep(part, document)

    def _style(self, old: str, colour: str) -> int:
        """The number of a style like another one, on a ground of a colour."""
        assert self._style_part is not None
        found = self._styles.get((old, colour))
        if found is not None:
            return found
        fills, formats = (next(named(self._style_part, n)) for n in ("fills", "cellXfs"))
        known = [one for one in children(formats) if plain_name(one) == "xf"]
        copy = known[int(old or 0)].cloneNode(True)
        copy.setAttribute("fillId", str(self._fill(fills, colour)))
        copy.setAttribute("applyFill", "1")
        formats.appendChild(copy)
        formats.setAttribute("count", str(len(known) + 1))
        self._styles[old, colour] = len(known)
        return len(known)

    def _fill(self, fills: Element, colour: str) -> int:
        known = [one for one in children(fills) if plain_name(one) == "fill"]
        for number, fill in enumerate(known):
            if any(each.getAttribute("rgb") == COLOURS[colour] for each in named(fill, "fgColor")):
                return number
        fill = new_child(fills, "fill")
        pattern = new_child(fill, "patternFill", patternType="solid")
        new_child(pattern, "fgColor", rgb=COLOURS[colour])
        new_child(pattern, "bgColor", indexed="64")
        fills.setAttribute("count", str(len(known) + 1))
        return len(known)

    # Notes: the ones that are there stay, below what is said.

    def _write_notes(
        self, part: str, document: Document, texts: dict[Position, str], number: int
    ) -> None:
        folder, _, file = part.rpartition("/")
        links = f"{folder}/_rels/{file}.rels"
        relations = self._relations(links)
        targets = {kind: _target(folder, relations, kind) for kind in (_NOTES, _SHAPES, _THREADS)}
        if targets[_THREADS]:
            self._gone.add(targets[_THREADS])
            self._forget(relations, _THREADS, targets[_THREADS])
        old = self._old_notes(targets[_NOTES])
        every = {cell: "\n\n".join(filter(None, (texts.get(cell), old.get(cell))))
                 for cell in sorted({*old, *texts})}  # fmt: skip
        notes = targets[_NOTES] or f"xl/commentsMarks{number}.xml"
        shapes = targets[_SHAPES] or f"xl/drawings/vmlMarks{number}.vml"
        self._changed[notes], self._changed[shapes] = notes_part(every), shapes_part(every, number)
        if not targets[_NOTES]:
            _link(relations, _NOTES, notes)
            self._declare(notes)
        if not targets[_SHAPES]:
            identifier = _link(relations, _SHAPES, shapes)
            _put_notes(document, identifier)
        self._keep(links, relations)

    def _relations(self, part: str) -> Document:
        if part in self._package.archive.namelist():
            return self._read(part)
        return parseString(f'<Relationships xmlns="{_PACKAGE}"/>')

    def _old_notes(self, part: str) -> dict[Position, str]:
        if not part or part not in self._package.archive.namelist():
            return {}
        found: dict[Position, str] = {}
        for note in named(self._read(part), "comment"):
            words = (text_of(one) for one in named(note, "t"))
            found[position(note.getAttribute("ref"))] = "".join(words)
        return found

    def _forget(self, relations: Document, kind: str, part: str) -> None:
        for one in [*named(relations, "Relationship")]:
            if one.getAttribute("Type").endswith(kind):
                one.parentNode.removeChild(one)
        for one in [*named(self._types, "Override")]:
            if one.getAttribute("PartName") == f"/{part}":
                one.parentNode.removeChild(one)

    def _declare(self, notes: str) -> None:
        root = self._types.documentElement
        if not any(one.getAttribute("Extension").lower() == "vml"
                   for one in named(self._types, "Default")):  # fmt: skip
            kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
            default = new_child(root, "Default", Extension="vml", ContentType=kind)
            root.insertBefore(default, root.firstChild)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
        new_child(root, "Override", PartName=f"/{notes}", ContentType=kind)


class _Cells:
    """The cells of a sheet by their places; one that is not there is put where it belongs."""

    def __init__(self, data: Element) -> None:
        self._data = data
        self._rows: dict[int, Element] = {}
        self._cells: dict[Position, Element] = {}
        number = -1
        for row in children(data):
            number = int(row.getAttribute("r") or number + 2) - 1
            row.setAttribute("r", str(number + 1))
            self._rows[number] = row
            column = -1
            for cell in children(row):
                column = position(cell.getAttribute("r") or a1(number, column + 1))[1]
                cell.setAttribute("r", a1(number, column))
                self._cells[number, column] = cell

    def at(self, cell: Position) -> Element:
        """The element of a cell."""
        if cell not in self._cells:
            row, column = cell
            if row not in self._rows:
                later = [one for number, one in self._rows.items() if number > row]
                self._rows[row] = new_child(self._data, "row", r=str(row + 1))
                put_before(self._rows[row], later)
            later = [one for (r, c), one in self._cells.items() if r == row and c > column]
            self._cells[cell] = new_child(self._rows[row], "c", r=a1(row, column))
            put_before(self._cells[cell], later)
        return self._cells[cell]


def _unpaint(document: Document, cells: set[Position]) -> None:
    """Take away colour scales over marked cells: they would hide the marks."""
    for rule in [*named(document, "conditionalFormatting")]:
        areas = [corners(area) for area in rule.getAttribute("sqref").split()]
        if any(top <= r <= bottom and left <= c <= right
               for (top, left), (bottom, right) in areas for r, c in cells):  # fmt: skip
            rule.parentNode.removeChild(rule)


def _put_notes(document: Document, identifier: str) -> None:
    root = document.documentElement
    prefix = next(
        (name.partition(":")[2] for name, value in root.attributes.items()
         if name.startswith("xmlns:") and value == _RELATIONS), "",
    )  # fmt: skip
    if not prefix:
        prefix = "r"
        root.setAttribute("xmlns:r", _RELATIONS)
    element = new_child(root, "legacyDrawing")
    element.setAttribute(f"{prefix}:id", identifier)
    put_before(element, [one for one in children(root) if plain_name(one) in _BEHIND])


def _link(relations: Document, kind: str, part: str) -> str:
    root = relations.documentElement
    taken = {one.getAttribute("Id") for one in named(relations, "Relationship")}
    identifier = next(f"rIdMarks{n}" for n in range(1, 99) if f"rIdMarks{n}" not in taken)
    new_child(root, "Relationship", Id=identifier, Type=_RELATIONS + kind, Target=f"/{part}")
    return identifier


def _target(folder: str, relations: Document, kind: str) -> str:
    """The part that a relation of some kind leads to, or nothing."""
    import posixpath

    for one in named(relations, "Relationship"):
        if one.getAttribute("Type").endswith(kind):
            joined = posixpath.join("/", folder, one.getAttribute("Target"))
            return posixpath.normpath(joined).lstrip("/")
    return ""
