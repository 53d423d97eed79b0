"""The shape that a step will have, known before anything is computed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from sheetformer.graph.ops import OPS

Shape = tuple[int, ...]
_Rule = Callable[[Sequence[Shape], Mapping[str, Any]], Shape]


def result_shape(op: str, shapes: Sequence[Shape], settings: Mapping[str, Any]) -> Shape:
    """The shape of a step's value, from the shapes of its operands; nothing is made.

    Raises:
        ValueError: so many operands, such shapes or such settings do not fit the operation.

    >>> result_shape("matmul", [(2, 3), (3, 4)], {})
    (2, 4)
    """
    row = OPS[op]
    if len(shapes) != row.arity:
        raise ValueError(f"{op} takes {row.arity} operands, not {len(shapes)}")
    for name, value in settings.items():
        _check_setting(op, name, value)
    rule = _SHAPES.get(op) or {"elementwise": _broadcast, "reduction": _reduced}[row.kind]
    shape = rule(shapes, settings)
    if settings.keys() < _required(op):
        raise ValueError(f"{op} lacks a setting")
    return shape


@cache
def settings_of(op: str) -> Mapping[str, bool]:
    """The settings of an operation, and whether each must be given; they follow its operands.

    >>> settings_of("max"), settings_of("add")
    ({'axis': True, 'k': False}, {})
    """
    value = OPS[op].value
    if isinstance(value, np.ufunc):
        return {}
    parameters = list(inspect.signature(value).parameters.values())[OPS[op].arity :]
    return {each.name: each.default is each.empty for each in parameters}


def _required(op: str) -> set[str]:
    return {name for name, needed in settings_of(op).items() if needed}


def _check_setting(op: str, name: str, value: Any) -> None:
    if name not in settings_of(op):
        raise ValueError(f"{op} has no setting {name!r}")
    kinds = {"axis": (int, tuple), "k": (int,), "separator": (str,)}[name]
    if type(value) not in kinds:
        raise ValueError(f"{op} has a wrong {name}")


def _fit(condition: bool, what: str) -> None:
    if not condition:
        raise ValueError(what)


def _broadcast(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    return np.broadcast_shapes(*shapes)


def _reduced(shapes: Sequence[Shape], settings: Mapping[str, Any]) -> Shape:
    (shape,), axis, k = shapes, settings.get("axis"), settings.get("k", 1)
    axes: tuple[Any, ...] = axis if isinstance(axis, tuple) else (axis,)
    _fit(all(type(i) is int and 0 <= i < len(shape) for i in axes), "there is no such axis")
    _fit(0 < len(set(axes)) == len(axes), "an axis stands twice, or there is none")
    _fit(k == 1 or (len(axes) == 1 and 1 < k <= shape[axes[0]]), "there is no such rank")
    return tuple(1 if i in axes else length for i, length in enumerate(shape))


def _first_of(shapes: Sequence[Shape], settings: Mapping[str, Any]) -> Shape:
    _fit(isinstance(settings.get("axis"), int), "it goes along one axis")
    return _reduced(shapes, settings)


def _product(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    left, right = shapes
    _fit(min(len(left), len(right)) >= 2 and left[-1] == right[-2], "the inner lengths differ")
    return (*np.broadcast_shapes(left[:-2], right[:-2]), left[-2], right[-1])


def _found(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    text, keys, numbers = shapes
    _fit(len(keys) == 1 and keys == numbers, "keys and numbers are not two equal columns")
    return text


def _picked(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    index, table = shapes
    _fit(len(table) in (1, 2), "a table has one or two axes")
    return (*index, *table[1:])


def _joined(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    _fit(len(shapes[0]) > 0, "there is no row of words")
    return (*shapes[0][:-1], 1)


def _number(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    _fit(shapes[0] == shapes[1], "the two differ in shape")
    return ()


def _one(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    _fit(len(shapes[0]) == 1, "there is no column of numbers")
    return ()


def _same(shapes: Sequence[Shape], _: Mapping[str, Any]) -> Shape:
    return shapes[0]


_SHAPES: dict[str, _Rule] = {
    "column_max": _one,
    "argmax": _first_of,
    "matmul": _product,
    "lookup": _found,
    "embedding": _picked,
    "join": _joined,
    "letter": _broadcast,
    "deviation": _number,
    "copy": _same,
}
"""Of the operations that neither broadcast nor reduce; a test holds all of them to their values."""
