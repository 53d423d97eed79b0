"""Which inputs of a saved workbook change: blocks by name, and cells by their address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sheetformer.book.manifest import Manifest, Region
from sheetformer.edits.wire import read_content
from sheetformer.engines.base import Position, place
from sheetformer.errors import EditError
from sheetformer.formula.address import LAST_COLUMN, LAST_ROW, a1, position
from sheetformer.graph.ops import OPS, Value
from sheetformer.suggest import suggestion


def typed_values(
    manifest: Manifest, now: Sequence[Region], changes: Mapping[str, Any], file: str
) -> dict[int, Value]:
    """Place of an input → what it is now.

    Raises:
        EditError: there is no such block or cell, it cannot be typed into, or cannot hold this.
    """
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
            known = blocks, f"what is typed is {_inputs(manifest, blocks)}, or a cell as Sheet!B4"
            element = _element(now, name, known, file)
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
    raise EditError(f"{what} {kind}; change what is typed, such as {_inputs(manifest, blocks)}")


def _inputs(manifest: Manifest, blocks: Mapping[str, int]) -> str:
    """The names of some inputs, each once and as a person says it."""
    nodes = manifest.graph.nodes
    names = {at: name for name, at in blocks.items() if nodes[at].op == "input"}
    return ", ".join([*names.values()][:8]) or "nothing"


def _element(
    now: Sequence[Region], name: str, known: tuple[Mapping[str, int], str], file: str
) -> int:
    """The element that stands in a cell such as Sheet!B4; `known` says what there is."""
    sheet, at = _cell(name, known, file)
    for region in reversed(now):
        rows, columns = region.elements.shape
        row, column = at[0] - region.row, at[1] - region.column
        if region.sheet == sheet and 0 <= row < rows and 0 <= column < columns:
            return int(region.elements[row, column])
    if sheet not in {region.sheet for region in now}:
        raise EditError(f"{file} has no sheet {sheet[:40]!r} with numbers of the book")
    raise EditError(f"{place(sheet, at)} is no cell of the book's numbers, so nothing would follow")


def _cell(name: str, known: tuple[Mapping[str, int], str], file: str) -> tuple[str, Position]:
    sheet, mark, address = name.rpartition("!")
    letters = address.replace("$", "").rstrip("0123456789")
    digits = address.replace("$", "")[len(letters) :]
    plain = letters.isascii() and letters.isalpha() and len(letters) <= 3 and digits.isdigit()
    if not mark or not plain or len(digits) > 7 or int(digits) < 1:
        raise EditError(f"{file} has no block or cell {name[:60]!r}; {suggestion(name, *known)}")
    at = position(address)
    if at[0] >= LAST_ROW or at[1] >= LAST_COLUMN:
        raise EditError(f"there is no cell {a1(*at)} in a sheet")
    if sheet[:1] == sheet[-1:] == "'":
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, at
