"""Tracing: run a function once on Arrays, and what it did is the graph of a book."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.formula.inside import folded
from sheetformer.graph.array import Array
from sheetformer.graph.functions import copy
from sheetformer.graph.infinity import refuse_other
from sheetformer.graph.node import Graph, Labels
from sheetformer.graph.selection import Selection
from sheetformer.story.names import free, name_steps
from sheetformer.story.story import Story


def trace(
    function: Callable[..., Any],
    /,
    *arrays: Any,
    formulas: str = "matrix",
    title: str = "",
    inputs: Mapping[str, Any] | None = None,
    **named: Any,
) -> Book:
    """Make a book of any function written NumPy style.

    Args:
        function: takes as many arrays as are given and returns one, or a tuple or dict of them,
            whose keys become the names of blocks.
        arrays: NumPy arrays (or lists, numbers, tensors), the inputs; blocks are named as the
            function's parameters. Truth values are masks; infinity is written as ±1E+30. Of a
            dictionary, and of a list of arrays of several shapes, each array is an input of its
            own. The names in a DataFrame become labels.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell, "named"
            for array formulas that call functions such as SOFTMAX (for programs with LAMBDA).
        title: the book's heading; the function's name otherwise.
        inputs: keyword arguments whose names this function has itself, such as `title`.
        named: further keyword arguments. Arrays and numbers with decimals become inputs; whole
            numbers, text, truth values and None are passed on as they are.

    Raises:
        ShapeError: two arrays do not fit; the message names both.
        UnsupportedError: something the function uses has no spreadsheet form, no cell can hold an
            argument, or a cell would say another number than NumPy.

    >>> def scores(q, k):
    ...     return q @ k.T / k.shape[-1] ** 0.5
    >>> trace(scores, np.eye(2), np.ones((3, 2)))["output"].value.shape
    (2, 3)
    """
    story = Story(title or getattr(function, "__name__", "trace").strip("<>"))
    names = parameter_names(function, len(arrays))
    given = [_argument(story, name, value) for name, value in zip(names, arrays, strict=True)]
    named = {**named, **(inputs or {})}
    settings = {name: _setting(story, name, value) for name, value in named.items()}
    story.shapes |= _name_outputs(story.graph, function(*given, **settings))
    if formulas == "named":
        story.graph.inner |= folded(story.graph) - story.shapes.keys()
    name_steps(story)
    return build(story, formulas)


def _setting(story: Story, name: str, value: Any) -> Any:
    """A keyword argument: an input if it is an array or a number with decimals."""
    plain = isinstance(value, bool | int | str | np.dtype | type) or value is None
    return value if plain or callable(value) else _argument(story, name, value)


def _argument(story: Story, name: str, value: Any) -> Any:
    """An argument as the function gets it: an Array, or what holds several, with Arrays in it."""
    if isinstance(value, Mapping):
        return {key: _argument(story, f"{name}_{key}", part) for key, part in value.items()}
    if isinstance(value, list | tuple) and _differ_in_shape(value):
        parts = [_argument(story, f"{name}_{i}", part) for i, part in enumerate(value)]
        return parts if isinstance(value, list) else tuple(parts)
    try:
        return story.input(value, name, labels=_names_in(value))
    except (ShapeError, UnsupportedError) as error:
        raise type(error)(f"argument {name}: {error}") from error


def _differ_in_shape(parts: Sequence[Any]) -> bool:
    """Whether arrays do not make one array; numbers and lists of numbers are no arrays yet."""
    shapes = [getattr(part, "shape", None) for part in parts]
    holds = any(isinstance(part, Mapping) for part in parts)
    return holds or (any(shape for shape in shapes) and len(set(map(str, shapes))) > 1)


def _names_in(table: Any) -> list[Labels] | None:
    """What a DataFrame or a Series calls its rows and columns; plain counting is no name."""
    axes: list[Any] = [getattr(table, name, None) for name in ("index", "columns")]
    axes = axes[: getattr(table, "ndim", 0)]
    if any(not hasattr(axis, "dtype") for axis in axes) or not axes:
        return None
    return [
        None
        if axis.dtype.kind in "iu"
        else np.array([str(item) for item in axis.tolist()], dtype=object)
        for axis in axes
    ]


def parameter_names(function: Callable[..., Any], count: int) -> list[str]:
    """What a function calls its first arguments."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return [f"input_{i + 1}" for i in range(count)]
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [*plain[:count], *(f"input_{i + 1}" for i in range(len(plain), count))]


def _name_outputs(graph: Graph, result: Any) -> dict[int, tuple[int, ...]]:
    """Call the results `output`, or by their place or key.

    What is a view, or has a name in the result already, is copied into a block of its own.

    Returns:
        For the node of each result (by its base) the shape that the function gave it.
    """
    keyed = isinstance(result, Mapping)
    results: Mapping[Any, Any] = cast("Mapping[Any, Any]", result) if keyed else {"": result}
    if isinstance(result, tuple | list):
        results = {str(i + 1): part for i, part in enumerate(cast("Sequence[Any]", result))}
    shapes: dict[int, tuple[int, ...]] = {}
    for key, part in results.items():
        _refuse_other(graph, part)
        name = str(key) if keyed and key != "" else f"output_{key}".rstrip("_")
        copied = part.node.is_source or not part.upright.is_whole or part.node.base in shapes
        others = {node.name for node in graph if copied or node.base != part.node.base}
        name = f"output_{key}" if name in others and keyed else name
        if copied:
            made = graph.relabel(copy(part).node, free(name, others))
            if made.shape != part.shape:
                shapes[made.base] = part.shape
            continue
        if keyed or not part.node.name:
            graph.relabel(part.node, free(name, others))
        graph.inner.discard(part.node.base)
        shapes[part.node.base] = part.shape
    return shapes


def _refuse_other(graph: Graph, part: Any) -> None:
    """Refuse a result that this trace has not made."""
    if isinstance(part, Selection):
        part.refuse()
    if not isinstance(part, Array):
        raise UnsupportedError(
            "the function must return what it computed from its arguments, an array or a tuple, "
            f"list or dict of arrays, not {_kind(part)}"
        )
    if part.graph is not graph or not part.size:
        raise UnsupportedError(
            f"the function must return what it computed from its arguments, not {part!r} "
            + ("of another trace" if part.size else "")
        )
    refuse_other(graph, part.ids)


def _kind(part: Any) -> str:
    """What was returned: a plain number was there before anything was computed."""
    plain = isinstance(part, int | float | np.ndarray | np.generic)
    name = "nothing (None)" if part is None else f"a {type(part).__name__}"
    return f"{name} that does not depend on them" if plain else name
