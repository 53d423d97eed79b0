"""What a program sheet may say: all of it is checked before anything is made of it.

The sheet comes with a file, and a file may come from anybody. So types, names, shapes, ids and
places are checked as they stand, by counting alone; a few bytes that claim a billion elements are
refused for a few bytes' work.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sheetformer.formula.plan import STYLES
from sheetformer.graph.ops import OPS
from sheetformer.graph.shapes import Shape, result_shape

MOST = 1 << 25
"""Elements of all steps, operands and regions together, besides as many as the file has cells."""
LONGEST_TEXT = 32_767
"""Characters that a cell of a spreadsheet holds."""
_AXES = 32
_ROWS, _COLUMNS = 1 << 20, 1 << 14
_SOURCE_PARTS, _STEP_PARTS = (5, 6), (5,)


class _Room:
    """How many elements may still come."""

    def __init__(self, most: int) -> None:
        self.left = most

    def take(self, shape: Shape) -> int:
        """The size of a shape, taken from the room."""
        size = math.prod(shape)
        self.left -= size
        _check(self.left >= 0, "it claims more elements than any book has")
        return size


def check_program(document: Any, cells: int) -> None:
    """See to it that a program can be followed.

    Args:
        document: what the JSON of the sheet gave.
        cells: how many cells the file has: so many elements it may have, and `MOST` besides.

    Raises:
        ValueError: it cannot be; the text says why in a few words.
    """
    _check(isinstance(document, dict), "it is no JSON object")
    for name, kind in (("title", str), ("formulas", str), ("nodes", list), ("regions", list),
                       ("constants", dict)):  # fmt: skip
        _check(isinstance(document.get(name), kind), f"it has no {name}")
    _check(is_text(document["title"]), "its title is no text")
    _check(is_text(document.get("result", "")), "its result is no text")
    _check(document["formulas"] in STYLES, "its formulas are of no known style")
    room = _Room(MOST + cells)
    bases = _check_nodes(document["nodes"], room)
    named = _check_regions(document["regions"], bases[-1], room)
    _check_sources(document["nodes"], bases, named)
    _check_constants(document["constants"], document["nodes"], bases, named)
    _check_steps(document, bases, named)


def settings_of_node(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """An operation's settings; files of earlier versions call the k of the k-th largest rank."""
    return {
        "k" if key == "rank" else key: tuple(value) if isinstance(value, list) else value
        for key, value in attributes.items()
    }


def is_text(value: Any) -> bool:
    """Whether it is text that a file can hold: half of a character is none."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return False
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _check(condition: bool, what: str) -> None:
    if not condition:
        raise ValueError(what)


def _is_int(value: Any) -> bool:
    # True is an int for Python, and not for us.
    return type(value) is int


# -- nodes -----------------------------------------------------------------------------------------


def _check_nodes(nodes: Sequence[Any], room: _Room) -> list[int]:
    """The first id of each node, and at the end how many ids there are."""
    bases = [0]
    for number, node in enumerate(nodes):
        try:
            bases.append(bases[-1] + _check_node(node, bases[-1], room))
        except ValueError as error:
            raise ValueError(f"step {number}: {error}") from None
    return bases


def _check_node(node: Any, end: int, room: _Room) -> int:
    _check(isinstance(node, list) and len(node) in _SOURCE_PARTS, "it has too few or many parts")
    op, shape, operands, attributes, text, *given = node
    _check(isinstance(op, str) and op in OPS, "there is no such operation")
    _check(text in (0, 1) and _is_int(text), "it is neither numbers nor text")
    _check(isinstance(operands, list) and isinstance(attributes, dict), "it has no operands")
    declared = _shape(shape, room.left)
    size = room.take(declared)
    if OPS[op].kind == "source":
        _check(not operands and not attributes, "a source has operands")
        _check(not given or (size == 1 and _is_given(given[0], bool(text))), "it holds no value")
        return size
    _check(len(node) in _STEP_PARTS, "a step has a value of its own")
    shapes = [_packed(operand, end, room) for operand in operands]
    made = result_shape(op, shapes, settings_of_node(attributes))
    _check(made == declared, f"{op} gives another shape")
    return size


def _is_given(value: Any, text: bool) -> bool:
    if text:
        return is_text(value)
    if type(value) not in (int, float):
        return False
    return value == value and -1e309 <= value <= 1e309


def _shape(shape: Any, most: int) -> Shape:
    _check(isinstance(shape, list) and len(shape) <= _AXES, "it has no shape")
    _check(all(_is_int(n) and 1 <= n <= max(most, 1) for n in shape), "a length is impossible")
    return tuple(shape)


def _packed(packed: Any, end: int, room: _Room) -> Shape:
    """The shape of ids as `manifest` packs them; all of them lie in 0 … end − 1."""
    if isinstance(packed, dict):
        _check(packed.keys() == {"ids", "shape"}, "ids are missing")
        shape, ids = _shape(packed["shape"], room.left), packed["ids"]
        size = room.take(shape)
        _check(isinstance(ids, list) and len(ids) == size, "its ids do not fill their shape")
        _check(all(map(_is_int, ids)), "an id is no whole number")
        low, high = min(ids), max(ids)
    else:
        _check(isinstance(packed, list) and len(packed) == 3, "it has no ids")
        start, lengths, strides = packed
        shape = _shape(lengths, room.left)
        room.take(shape)
        _check(isinstance(strides, list) and len(strides) == len(shape), "a stride is missing")
        _check(all(_is_int(x) and abs(x) <= end for x in (start, *strides)), "a stride is off")
        ends = [stride * (length - 1) for stride, length in zip(strides, shape, strict=True)]
        low, high = start + sum(min(x, 0) for x in ends), start + sum(max(x, 0) for x in ends)
    _check(low >= 0 and high < end, "an id is out of range")
    return shape


# -- where they stand ------------------------------------------------------------------------------


def _check_regions(regions: Sequence[Any], end: int, room: _Room) -> dict[int, tuple[str, int]]:
    """For the first id of each region with a name: the name, and its size."""
    named: dict[int, tuple[str, int]] = {}
    for number, region in enumerate(regions):
        try:
            name, first, size = _check_region(region, end, room)
        except ValueError as error:
            raise ValueError(f"region {number}: {error}") from None
        if name:
            _check(first not in named, f"{name!r} stands in two places")
            named[first] = (name, size)
    return named


def _check_region(region: Any, end: int, room: _Room) -> tuple[str, int, int]:
    _check(isinstance(region, list) and len(region) == 6, "it has too few or many parts")
    name, sheet, row, column, elements, formula = region
    _check(is_text(name) and is_text(sheet) and sheet != "", "a name is no text")
    _check(formula in (0, 1) and _is_int(formula), "it neither has formulas nor lacks them")
    shape = _packed(elements, end, room)
    _check(len(shape) == 2, "it is no rectangle")
    within = (
        _is_int(at) and 0 <= at <= most - length
        for at, most, length in zip((row, column), (_ROWS, _COLUMNS), shape, strict=True)
    )
    _check(all(within), "it lies outside its sheet")
    first = elements[0] if isinstance(elements, list) else elements["ids"][0]
    return name, first, math.prod(shape)


def _check_sources(
    nodes: Sequence[Any], bases: Sequence[int], named: Mapping[int, tuple[str, int]]
) -> None:
    """Each source stands somewhere, whole, and under a name of its own."""
    owners: dict[str, int] = {}
    for place, node in enumerate(nodes):
        at, end = bases[place], bases[place + 1]
        if OPS[node[0]].kind == "source" and len(node) == 5:
            at = _end_of_source(at, end, named)
            _check(at == end, f"step {place}: it stands nowhere, or only in part")
        name, _ = named.get(bases[place], ("", 0))
        _check(not name or owners.setdefault(name, place) == place, f"{name!r} stands twice")


def _end_of_source(at: int, end: int, named: Mapping[int, tuple[str, int]]) -> int:
    while at < end and at in named:
        at += named[at][1]
    return at


def _check_constants(
    constants: Mapping[str, Any],
    nodes: Sequence[Any],
    bases: Sequence[int],
    named: Mapping[int, tuple[str, int]],
) -> None:
    for key, fingerprint in constants.items():
        known = key.isascii() and key.isdecimal() and len(key) < 10 and int(key) < len(nodes)
        _check(known and OPS[nodes[int(key)][0]].kind == "source", "there is no such constant")
        _check(bases[int(key)] in named, "a constant stands nowhere")
        _check(is_text(fingerprint) or _are_sums(fingerprint), "a constant has no fingerprint")


def _are_sums(fingerprint: Any) -> bool:
    if not isinstance(fingerprint, list) or len(fingerprint) != 2:
        return False
    return all(_is_given(value, text=False) for value in fingerprint)


# -- what goes on step by step ---------------------------------------------------------------------


def _check_steps(
    document: Mapping[str, Any], bases: Sequence[int], named: Mapping[int, tuple[str, int]]
) -> None:
    """Each carried source is typed, and its next value a step with its shape, both of numbers."""
    nodes, carried = document["nodes"], document.get("carried", [])
    watched = document.get("watched", [])
    _check(isinstance(carried, list) and isinstance(watched, list), "its steps are no lists")
    for pair in carried:
        _check(isinstance(pair, list) and len(pair) == 2, "what is carried is no pair")
        _check(all(_is_block(at, nodes, bases, named) for at in pair), "it carries no block")
        state, after = (nodes[at] for at in pair)
        _check(OPS[state[0]].typed and OPS[after[0]].kind != "source", "it carries no input")
        _check(state[1] == after[1] and not (state[4] or after[4]), "a next value does not fit")
    states = [state for state, _ in carried]
    _check(len(set(states)) == len(states), "an input is carried twice")
    for at in watched:
        _check(_is_block(at, nodes, bases, named), "it watches no block")
        _check(math.prod(nodes[at][1]) == 1 and not nodes[at][4], "it watches no single number")


def _is_block(
    at: Any, nodes: Sequence[Any], bases: Sequence[int], named: Mapping[int, tuple[str, int]]
) -> bool:
    return _is_int(at) and 0 <= at < len(nodes) and bases[at] in named
