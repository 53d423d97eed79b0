"""A book held against the one that this package writes: for files that came from a stranger.

`verify` believes the program that a file carries. Here the lesson is written again, with the
options that the file names, and everything is compared but what a reader may type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from sheetformer.book.manifest import places
from sheetformer.book.manifest_reader import read_manifest, read_program
from sheetformer.book.names import HIDDEN_SHEET
from sheetformer.confined import Confined
from sheetformer.engines import get_engine, wire
from sheetformer.engines.base import CellError, CellValue, Position
from sheetformer.engines.examine import examine
from sheetformer.engines.formats import number_formats
from sheetformer.engines.limits import explained, limits_for
from sheetformer.engines.reader import Contents, read_contents
from sheetformer.engines.report import OffCell, Report, Row
from sheetformer.errors import EditError, FileError
from sheetformer.formula.address import a1
from sheetformer.formula.tokens import tokens
from sheetformer.graph.ops import OPS
from sheetformer.lessons import NAMES, lesson
from sheetformer.scratch import Scratch
from sheetformer.suggest import suggestion

ANY = "lesson"
"""Whatever lesson the file says it is."""
_DIGITS = 1e-14
"""Programs save numbers with 15 digits."""
_LONGEST = 80
_MISSING: Any = object()


def verify_against(
    path: str | Path, name: str = ANY, engine: str = "ironcalc", *, limit: float = 1.0
) -> Report:
    """Check a lesson's workbook as `verify` does, and hold all of it against the package's own.

    Formulas, program, constants, texts, number formats, names and sheets must be those that this
    package writes; only what stands in the inputs is the reader's. So a ✓ is worth something for a
    file from anybody, where the file was written by this version of the package.

    Args:
        path: an .xlsx file of a lesson.
        name: the lesson it must be, or "lesson": the one it says it is.
        engine: "ironcalc" or "libreoffice".
        limit: how many times the usual time and memory it may take.

    Raises:
        FileError: the file cannot be read, or is no book of that lesson.
        EngineError: the engine is missing or failed, or the file takes more than it may.
    """
    file = Path(path)
    if name not in (ANY, *NAMES):
        raise FileError(f"there is no lesson {name!r}; {suggestion(name, (ANY, *NAMES))}")
    engine = get_engine(engine).name
    limits = limits_for(file, engine, limit)
    function = f"{__name__}:answer"
    with explained(file), Confined(function, f"checking '{file}'", limits) as child:
        return wire.read(child.call(path=str(file), name=name, engine=engine))


def answer(path: str, name: str, engine: str) -> dict[str, Any]:
    """What the child of `verify_against` answers."""
    file = Path(path)
    contents = read_contents(file)
    report = examine(file, get_engine(engine))
    differences = tuple(_differences(file, contents, name))
    return wire.written(replace(report, compared=differences))


def _differences(file: Path, contents: Contents, name: str) -> Iterator[Row]:
    """A row for each kind of thing that is compared."""
    origin = _origin(contents, file, name)
    with Scratch() as folder:
        again = lesson(origin["lesson"], lang=origin["lang"], **origin["options"])
        written = again.save(folder.path / "again.xlsx")
        ours, our_formats = read_contents(written), number_formats(written)
    typed = _inputs(ours)
    compare_cells = partial(_cells, typed=typed)
    yield _sheets(ours, contents)
    yield compare_cells("formulas", ours.formulas, contents.formulas, _same_formula)
    yield compare_cells("texts and constants", _given(ours), _given(contents), _same)
    yield _cells("number formats", our_formats, number_formats(file), _same, typed={})
    yield _names(ours, contents)
    yield _program(ours, contents)


def _origin(contents: Contents, file: Path, name: str) -> Mapping[str, Any]:
    """Which lesson a file says it is, with which options.

    Raises:
        FileError: it says none, or another one.
    """
    try:
        origin = read_program(contents.cells)["origin"]
        lesson_name, options = origin["lesson"], origin["options"]
        known = isinstance(options, dict) and isinstance(origin["lang"], str)
        if not known or lesson_name not in NAMES:
            raise ValueError
    except (LookupError, ValueError, TypeError):
        raise FileError(
            f"{file.name} does not say which lesson it is; --against is for books of `sheetformer "
            "lesson`, written by this version"
        ) from None
    if name not in (ANY, lesson_name):
        raise FileError(f"{file.name} is the lesson '{lesson_name}', not '{name}'")
    return origin


def _inputs(ours: Contents) -> dict[str, set[Position]]:
    """The cells whose content is the reader's, by the program that this package wrote."""
    manifest = read_manifest(ours.cells, HIDDEN_SHEET)
    cells: dict[str, set[Position]] = {}
    for region in manifest.regions:
        place = manifest.graph.node_index(int(region.elements.flat[0]))
        if not region.formula and OPS[manifest.graph.nodes[place].op].typed:
            cells.setdefault(region.sheet, set()).update(places(region))
    return cells


def _given(contents: Contents) -> dict[str, dict[Position, CellValue]]:
    """The cells without a formula, but for the program's."""
    return {
        sheet: {at: value for at, value in here.items() if at not in contents.formulas[sheet]}
        for sheet, here in contents.cells.items()
        if sheet != HIDDEN_SHEET
    }


# -- comparing -------------------------------------------------------------------------------------


def _row(name: str, compared: int, off: list[OffCell]) -> Row:
    return Row(name, "", compared, math.inf if off else 0.0, tuple(off))


def _cells(
    name: str,
    ours: Mapping[str, Mapping[Position, Any]],
    theirs: Mapping[str, Mapping[Position, Any]],
    same: Callable[[Any, Any], bool],
    *,
    typed: Mapping[str, set[Position]],
) -> Row:
    """What stands in the cells of the sheets that both have."""
    off: list[OffCell] = []
    compared = 0
    for sheet in ours.keys() & theirs.keys():
        free = typed.get(sheet, set()) if name != "formulas" else set[Position]()
        for at in sorted((ours[sheet].keys() | theirs[sheet].keys()) - free):
            compared += 1
            a, b = ours[sheet].get(at, _MISSING), theirs[sheet].get(at, _MISSING)
            if not same(a, b):
                off.append(OffCell(sheet, a1(*at), _shown(a), _shown(b)))
    return _row(name, compared, off)


def _sheets(ours: Contents, theirs: Contents) -> Row:
    written, found = list(ours.cells), list(theirs.cells)
    off = [OffCell(sheet, "", "a sheet", None) for sheet in written if sheet not in found]
    off += [OffCell(sheet, "", None, "a sheet") for sheet in found if sheet not in written]
    if not off and written != found:
        off = [OffCell("", "", ", ".join(written), ", ".join(found))]
    return _row("sheets", len(written), off)


def _names(ours: Contents, theirs: Contents) -> Row:
    off = [
        OffCell("", name, _shown(a), _shown(b))
        for name in sorted(ours.names.keys() | theirs.names.keys())
        if (a := ours.names.get(name, _MISSING)) != (b := theirs.names.get(name, _MISSING))
    ]
    return _row("names", len(ours.names), off)


def _program(ours: Contents, theirs: Contents) -> Row:
    same = read_program(ours.cells) == read_program(theirs.cells)
    off = (
        []
        if same
        else [OffCell(HIDDEN_SHEET, "A2", "the program of the lesson", "another program")]
    )
    return _row("program", 1, off)


def _same_formula(ours: Any, theirs: Any) -> bool:
    """Whether two formulas are one, however a program spaces them and writes their numbers."""
    if ours == theirs:
        return True
    try:
        pairs = list(zip(tokens(ours), tokens(theirs), strict=True))
    except (EditError, TypeError, ValueError):
        return False
    return all(
        _same(float(a.text), float(b.text)) if a.kind == b.kind == "number" else a.text == b.text
        for a, b in pairs
    )


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= _DIGITS * abs(ours)
    # Empty text and an empty cell look the same, and programs save one for the other.
    empty = (_MISSING, "", "General")
    return ours == theirs or (ours in empty and theirs in empty)


def _shown(value: Any) -> CellValue | None:
    if value is _MISSING:
        return None
    if isinstance(value, (float, bool, CellError)):
        return value
    return str(value)[:_LONGEST]
