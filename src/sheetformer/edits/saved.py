"""Cells of a saved workbook changed from Python: other inputs, and everything that follows.

The file is a stranger's, so it is read and worked out in a child with limits. Only inputs change:
formulas stay as they are, with the values that NumPy, or a spreadsheet engine, finds for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sheetformer.book.manifest import Manifest, Region, places
from sheetformer.confined import Confined
from sheetformer.edits.steps import changed_cells, read_program_of
from sheetformer.edits.wire import read_content
from sheetformer.engines import get_engine
from sheetformer.engines.base import Cells, CellValue, Position, place
from sheetformer.engines.limits import explained, limits_for
from sheetformer.engines.reader import Contents, read_contents
from sheetformer.engines.stored import write_values
from sheetformer.errors import EditError, SheetformerError
from sheetformer.files import replacing
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW, a1, position
from sheetformer.graph.ops import OPS, Value
from sheetformer.suggest import suggestion

NUMPY = "numpy"
_TURNED = "✗"
"""How a sentence of a book begins that says that something does not hold any more."""
_CHECKS = ("check_", "ref_")


@dataclass(frozen=True)
class Edited:
    """A workbook with other inputs.

    Attributes:
        path: the file that was written; None if nothing was to be written.
        cells: how many cells have another value now.
        notes: what the book itself says against it, such as that the model would go another way.
        values: name of a block → its numbers or words.
    """

    path: Path | None
    cells: int
    notes: tuple[str, ...]
    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> Value:
        name = name if name in self.values else f"{name}_"  # as w, which is no name in Excel
        if name not in self.values:
            known = suggestion(name, self.values, "see .values")
            raise SheetformerError(f"this book has no block {name[:-1]!r}; {known}")
        return self.values[name]


def edit(
    file: str | Path,
    changes: Mapping[str, Any],
    output: str | Path | None = None,
    *,
    engine: str = NUMPY,
    limit: float = 1.0,
) -> Edited:
    """Change inputs of a saved workbook and work everything out again.

    Args:
        file: an .xlsx file that Sheetformer wrote.
        changes: for the name of an input or of a weight all of its numbers or words (in its
            shape), or for a cell, such as "Sheet!B4", one.
        output: the file to write, whole or not at all; it may be the same one. None writes none.
        engine: "numpy" follows the file's own program; "ironcalc" or "libreoffice" works the
            formulas out, those of your own included.
        limit: how many times the usual time and memory it may take.

    Returns:
        Its `["name"]` is what a block is now, `.path` the file, `.notes` what the book says.

    Raises:
        EditError: there is no such block or cell, or it cannot hold this.
        FileError: the file cannot be read or written, or holds no such book.
        SheetformerError: a number that follows is beyond what a cell can hold.
        EngineError: it takes more time or memory than it may, or the engine failed.

    >>> import sheetformer as sf
    >>> from sheetformer.scratch import Scratch
    >>> with Scratch() as scratch:
    ...     file = sf.trace(lambda x: x * 2, np.ones((1, 2))).save(scratch.path / "twice.xlsx")
    ...     edit(file, {"x": [[5, 1]]})["output"]
    array([[10.,  2.]])
    """
    source = Path(file)
    wanted = {_key(name): _plain(value, str(name)) for name, value in _items(changes)}
    if engine != NUMPY:
        engine = get_engine(engine).name
    limits = limits_for(source, "" if engine == NUMPY else engine, limit)
    child = Confined(f"{__name__}:answer", f"editing '{source}'", limits)
    with explained(source), child:
        asked = {"source": str(source), "changes": wanted, "engine": engine}
        if output is None:
            said = child.call(**asked, target="")
        else:
            with replacing(Path(output)) as temporary:
                said = child.call(**asked, target=str(temporary))
    values = {name: np.array(flat, dtype=object if text else np.float64).reshape(shape)
              for name, (flat, shape, text) in said["values"].items()}  # fmt: skip
    path = None if output is None else Path(output)
    return Edited(path, said["cells"], tuple(said["notes"]), values)


def _items(changes: Any) -> list[tuple[Any, Any]]:
    if not isinstance(changes, Mapping) or not changes:
        raise EditError('say what changes as {"name": numbers} or {"Sheet!B4": 0.5}')
    return list(changes.items())


def _key(name: Any) -> str:
    if not isinstance(name, str) or not name.strip():
        raise EditError(f"{str(name)[:40]!r} names no block and no cell; give a text")
    return name


def _plain(value: Any, name: str) -> Any:
    """A number or a word, or nested lists of them, as JSON carries it."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    if isinstance(value, str):
        return value
    try:
        array = np.asarray(value)
    except ValueError:
        raise EditError(f"what you give for {name} has rows of different lengths") from None
    if array.dtype.kind not in "fiuUO" or not all(map(_is_plain, array.ravel().tolist())):
        raise EditError(
            f"what you give for {name} holds something else than numbers, which are finite, or "
            "words"
        )
    return array.tolist()


def _is_plain(item: Any) -> bool:
    if isinstance(item, bool) or not isinstance(item, int | float | str):
        return False
    return isinstance(item, str | int) or math.isfinite(item)


# What the child does.


def answer(source: str, changes: dict[str, Any], engine: str, target: str) -> dict[str, Any]:
    """What the child of `edit` answers, once it has written the file."""
    path, following = Path(source), engine == NUMPY
    contents = read_contents(path)
    manifest, now = read_program_of(contents, path.name, others=not following)
    typed = _typed(manifest, now, changes, path.name)
    values = _followed(manifest, typed)
    cells = changed_cells(manifest, now, values, contents)
    written = Path(target) if target else None
    if not following:
        values, cells = _by_engine(path, engine, contents, manifest, now, values)
    if written is not None:
        write_values(path, written, cells)
    return {
        "cells": sum(map(len, cells.values())),
        "notes": [*_notes(manifest, now, values)],
        "values": dict(_named(manifest, now, values)),
    }


def _typed(
    manifest: Manifest, now: Sequence[Region], changes: Mapping[str, Any], file: str
) -> dict[int, Value]:
    """Place of an input → what it is now."""
    found: dict[int, Value] = {}
    graph = manifest.graph
    blocks = {r.name: graph.node_index(int(r.elements.flat[0])) for r in now if r.name}
    blocks |= {name.rstrip("_"): at for name, at in blocks.items()}
    for name, value in changes.items():
        if name in blocks:
            at = blocks[name]
            _refuse_fixed(manifest, at, f"the block {name!r}", blocks)
            shape = graph.values[at].shape
            array = np.array(value, dtype=object)
            if array.shape != shape and not (array.ndim == 0 and graph.values[at].size == 1):
                raise EditError(
                    f"{name!r} has the shape {shape}, and what you give has {array.shape}"
                )
            array = array.reshape(shape)
            for each, item in np.ndenumerate(array):
                _put(found, manifest, (at, int(np.ravel_multi_index(each, shape))), item, name)
        else:
            element = _element(now, name, blocks, file)
            at = graph.node_index(element)
            _refuse_fixed(manifest, at, name, blocks)
            _put(found, manifest, (at, element - graph.nodes[at].base), value, name)
    return found


def _put(
    found: dict[int, Value], manifest: Manifest, at: tuple[int, int], item: Any, name: str
) -> None:
    """Put a number or a word into an element of a source."""
    node, place_in = at
    value = found.setdefault(node, manifest.graph.values[node].copy())
    text = value.dtype == object
    if isinstance(item, list):
        raise EditError(f"{name} is one cell, and you give several numbers for it")
    if isinstance(item, str) != text:
        raise EditError(f"{name} holds {'words' if text else 'numbers'}, not {str(item)[:40]!r}")
    value.reshape(-1)[place_in] = read_content(item, name)


def _refuse_fixed(manifest: Manifest, at: int, what: str, blocks: Mapping[str, int]) -> None:
    node = manifest.graph.nodes[at]
    if OPS[node.op].typed:
        return
    kind = "is a constant" if node.is_source else "is computed by a formula"
    nodes = manifest.graph.nodes
    inputs = [name for name, other in blocks.items() if nodes[other].op == "input"][:8]
    raise EditError(
        f"{what} {kind}; change what is typed, such as {', '.join(inputs) or 'nothing'}"
    )


def _element(now: Sequence[Region], name: str, blocks: Mapping[str, int], file: str) -> int:
    """The element that stands in a cell such as Sheet!B4."""
    sheet, at = _cell(name, blocks, file)
    for region in reversed(now):
        rows, columns = region.elements.shape
        row, column = at[0] - region.row, at[1] - region.column
        if region.sheet == sheet and 0 <= row < rows and 0 <= column < columns:
            return int(region.elements[row, column])
    if sheet not in {region.sheet for region in now}:
        raise EditError(f"{file} has no sheet {sheet[:40]!r} with numbers of the book")
    raise EditError(f"{place(sheet, at)} is no cell of the book's numbers, so nothing would follow")


def _cell(name: str, blocks: Mapping[str, int], file: str) -> tuple[str, Position]:
    sheet, mark, address = name.rpartition("!")
    letters = address.replace("$", "").rstrip("0123456789")
    digits = address.replace("$", "")[len(letters) :]
    plain = letters.isascii() and letters.isalpha() and len(letters) <= 3 and digits.isdigit()
    if not mark or not plain or len(digits) > 7 or int(digits) < 1:
        raise EditError(
            f"{file} has no block or cell {name[:60]!r}; {suggestion(name, blocks, 'say Sheet!B4')}"
        )
    at = position(address)
    if at[0] >= LAST_ROW or at[1] >= LAST_COLUMN:
        raise EditError(f"there is no cell {a1(*at)} in a sheet")
    if sheet[:1] == sheet[-1:] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, at


def _followed(manifest: Manifest, typed: Mapping[int, Value]) -> list[Value]:
    """Every value of the program with other inputs."""
    graph = manifest.graph
    values = graph.evaluate(typed)
    for node, value in zip(graph, values, strict=True):
        if value.dtype != object and not np.isfinite(value).all():
            raise SheetformerError(
                f"with these inputs the block {node.name or node.op!r} is beyond what a cell can "
                "hold; give others"
            )
    return values


def _by_engine(
    path: Path,
    engine: str,
    contents: Contents,
    manifest: Manifest,
    now: Sequence[Region],
    values: list[Value],
) -> tuple[list[Value], dict[str, dict[Position, CellValue]]]:
    """The values that an engine finds for the formulas, the book's and others, and what changed."""
    graph = manifest.graph
    typed = [r for r in now if not r.formula and OPS[graph.owner(int(r.elements.flat[0])).op].typed]
    given = changed_cells(manifest, typed, values, contents)
    edits = {(sheet, *at): v for sheet, here in given.items() for at, v in here.items()}
    found = get_engine(engine).recalculate(path, edits)  # type: ignore[arg-type]
    cells = {sheet: dict(here) for sheet, here in given.items()}
    for sheet, formulas in contents.formulas.items():
        for at in formulas:
            value = found.get(sheet, {}).get(at, "")
            if contents.cells.get(sheet, {}).get(at, "") != value:
                cells.setdefault(sheet, {})[at] = value
    return _read_values(manifest, now, values, found), cells


def _read_values(
    manifest: Manifest, now: Sequence[Region], values: list[Value], found: Cells
) -> list[Value]:
    """The graph's values as an engine has them; an error is none (nan)."""
    made = [value.copy() for value in values]
    for region in now:
        at = manifest.graph.node_index(int(region.elements.flat[0]))
        flat, text = made[at].reshape(-1), made[at].dtype == object
        ids = region.elements.ravel() - manifest.graph.nodes[at].base
        for i, cell in zip(ids, places(region), strict=True):
            value = found.get(region.sheet, {}).get(cell, "" if text else 0.0)
            if text:
                flat[i] = str(value)
            else:
                flat[i] = float(value) if isinstance(value, int | float) else math.nan
    return made


def _named(
    manifest: Manifest, now: Sequence[Region], values: Sequence[Value]
) -> Iterator[tuple[str, Any]]:
    """The blocks of the book, without those of its own check."""
    for region in now:
        if region.name and not region.name.startswith(_CHECKS):
            value = values[manifest.graph.node_index(int(region.elements.flat[0]))]
            said = (value.ravel().tolist(), list(value.shape), value.dtype == object)
            yield region.name, said
            if region.name == manifest.result:
                yield "result", said


def _notes(manifest: Manifest, now: Sequence[Region], values: Sequence[Value]) -> Iterator[str]:
    for region in now:
        value = values[manifest.graph.node_index(int(region.elements.flat[0]))]
        if region.name and not region.name.startswith(_CHECKS) and value.dtype == object:
            yield from (text for text in value.ravel() if str(text).startswith(_TURNED))
