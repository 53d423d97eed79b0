"""Reads what a file says of itself: the program in it, and the values that stand in its cells now.

The file may be a stranger's: what it says is checked before it is followed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sheetformer.book.manifest import FORMAT, Manifest, Region, is_as_written, places
from sheetformer.book.names import HIDDEN_SHEET
from sheetformer.book.schema import LONGEST_TEXT, MOST, check_program, settings_of_node
from sheetformer.errors import FileError, ShapeError
from sheetformer.formula.address import a1
from sheetformer.formula.printer import number_text
from sheetformer.graph.node import Graph, Ids
from sheetformer.graph.ops import OPS
from sheetformer.graph.span import Span


def _unpack(packed: Any) -> Ids:
    if isinstance(packed, Mapping):
        return np.array(packed["ids"], dtype=np.int64).reshape(packed["shape"])
    start, shape, steps = packed
    return Span(start, tuple(shape), tuple(steps)).ids


def read_manifest(cells: Mapping[str, Mapping[tuple[int, int], Any]], file: str) -> Manifest:
    """Read what a file says of itself from its cells (sheet → (row, column) → value).

    Sources that stand in cells get the values that stand there now.

    Raises:
        FileError: the file holds no Sheetformer book, or what it says cannot be understood.
    """
    hidden = cells.get(HIDDEN_SHEET, {})
    if not str(hidden.get((0, 0), "")).startswith("sheetformer "):
        raise FileError(
            f"{file} holds no Sheetformer book; verify works on files that sheetformer has written"
        )
    if hidden[0, 0] != f"sheetformer {FORMAT}":
        raise FileError(f"{file} was written by another version ({hidden[0, 0]}); write it again")
    try:
        return _read(_checked_program(cells), cells)
    except FileError:
        raise
    except ShapeError as error:  # of what stands in its cells now, such as a token that is none
        raise FileError(f"{file}: {error}") from error
    except _DAMAGE as error:
        raise FileError(
            f"{file}: the hidden sheet {HIDDEN_SHEET!r} is damaged ({_reason(error)}); write the "
            "book again"
        ) from error


_DAMAGE = (LookupError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError)
"""What following a program can raise that says what it should, but not with these values."""


def _reason(error: BaseException) -> str:
    return str(error)[:200] or type(error).__name__


def _read(
    document: Mapping[str, Any], cells: Mapping[str, Mapping[tuple[int, int], Any]]
) -> Manifest:
    regions = _regions(document)
    standing = {int(r.elements.flat[0]): r for r in regions if r.name}
    graph = Graph()
    for op, shape, inputs, attributes, text, *given in document["nodes"]:
        if OPS[op].kind != "source":
            _add(graph, op, [_unpack(ids) for ids in inputs], settings_of_node(attributes))
        else:
            flat = given or _standing(math.prod(shape), standing, graph.size, cells, bool(text))
            graph.source(op, np.array(flat, dtype=object if text else float).reshape(shape))
        if (graph.values[-1].dtype == object) != bool(text):
            raise ValueError(f"{op} gives {'numbers' if text else 'text'}")
    changed = tuple(
        standing[graph.nodes[int(i)].base]
        for i, fingerprint in document["constants"].items()
        if not is_as_written(graph.values[int(i)], fingerprint)
    )
    carried = dict(document.get("carried", ()))
    watched = document.get("watched", ())
    said = (document["title"], document["formulas"])
    result = document.get("result", "")
    return Manifest(*said, graph, regions, carried, watched, result, changed)


def _add(graph: Graph, op: str, operands: list[Ids], settings: Mapping[str, Any]) -> None:
    """Add a step, once its operands are known to hold what it takes: numbers, or not too much text.

    Strings can be added up as numbers are, and joined to themselves: each step twice as long.
    """
    owners = (graph.values[k] for ids in operands for k in graph.owners(ids))
    if any(value.dtype == object for value in owners):
        if not OPS[op].takes_text:
            raise ValueError(f"{op} takes numbers, not words")
        separators = len(settings.get("separator", " ")) * sum(ids.size for ids in operands)
        words = [word for ids in operands for word in graph.value(ids).ravel() if _is_word(word)]
        if sum(map(len, words)) + separators > MOST or _grows(graph, op, operands):
            raise ValueError("its words are longer than any book's")
    value = graph.values[graph.node_index(graph.add(op, operands, **settings).base)]
    if op in ("join", "substitute") and max(map(len, value.ravel())) > LONGEST_TEXT:
        raise ValueError("a text is longer than a cell holds")


def _grows(graph: Graph, op: str, operands: list[Ids]) -> bool:
    """Whether a part that is exchanged wherever it stands might make a text longer than any."""
    if op != "substitute":
        return False
    text, _, new = (
        max((len(word) for word in graph.value(ids).ravel() if _is_word(word)), default=0)
        for ids in operands
    )
    return text * new > MOST


def _is_word(value: Any) -> bool:
    return isinstance(value, str)


def _regions(document: Mapping[str, Any]) -> tuple[Region, ...]:
    return tuple(
        Region(name, sheet, row, column, _unpack(elements), bool(formula))
        for name, sheet, row, column, elements, formula in document["regions"]
    )


def read_program(cells: Mapping[str, Mapping[tuple[int, int], Any]]) -> Any:
    """What the hidden sheet says, as it stands there; nobody has checked it.

    Raises:
        LookupError: there is no such sheet, or a part of it is missing.
        ValueError: it is no JSON.
    """
    hidden = cells.get(HIDDEN_SHEET, {})
    try:
        return json.loads("".join(str(hidden[row, 0]) for row in range(1, len(hidden))))
    except RecursionError as error:
        raise ValueError("its JSON is nested too deeply") from error


def read_regions(cells: Mapping[str, Mapping[tuple[int, int], Any]]) -> tuple[Region, ...]:
    """Where a program says that its blocks stand, whatever stands there; none if it is damaged."""
    try:
        return _regions(_checked_program(cells))
    except _DAMAGE:
        return ()


def _checked_program(cells: Mapping[str, Mapping[tuple[int, int], Any]]) -> Any:
    """What the hidden sheet says, once it is known that it can be followed."""
    document = read_program(cells)
    check_program(document, sum(map(len, cells.values())))
    return document


def _standing(
    size: int,
    standing: Mapping[int, Region],
    base: int,
    cells: Mapping[str, Mapping[tuple[int, int], Any]],
    text: bool,
) -> list[Any]:
    """The values of a source as they stand in the file now; an empty cell is 0, or no word."""
    flat: list[Any] = []
    while len(flat) < size:
        region = standing[base + len(flat)]
        here = cells.get(region.sheet, {})
        read = _word if text else _number
        flat += [read(here.get(place), region.sheet, place) for place in places(region)]
    return flat


def _word(value: Any, _sheet: str, _place: tuple[int, int]) -> str:
    if value is None:
        return ""
    return number_text(value) if isinstance(value, float) else str(value)


def _number(value: Any, sheet: str, place: tuple[int, int]) -> float:
    if value is None:
        return 0.0
    if not isinstance(value, float | int):
        shown = repr(value) if isinstance(value, str) else str(value)  # an error such as #DIV/0!
        raise FileError(
            f"cell {a1(*place)} on sheet {sheet!r} holds {shown} where a number belongs; "
            "put a number there"
        )
    return float(value)
