"""Tracing: run a function once on Arrays, and what it did is the graph of a book."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph.array import Array
from sheetformer.graph.infinity import refuse_other
from sheetformer.graph.node import Graph
from sheetformer.graph.selection import Selection
from sheetformer.story.names import name_steps
from sheetformer.story.story import Story


def trace(
    function: Callable[..., Any], *arrays: Any, formulas: str = "matrix", title: str = ""
) -> Book:
    """Make a book of any function written NumPy style.

    Args:
        function: takes as many arrays as are given and returns one, or a tuple or dict of them.
        arrays: NumPy arrays (or lists, numbers, tensors), the inputs; blocks are named as the
            function's parameters. Truth values are masks; infinity is written as ±1E+30.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell.
        title: the book's heading; the function's name otherwise.

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
    inputs = [_argument(story, name, value) for name, value in zip(names, arrays, strict=True)]
    story.shapes |= _name_outputs(story.graph, function(*inputs))
    name_steps(story)
    return build(story, formulas)


def _argument(story: Story, name: str, value: Any) -> Array:
    try:
        return story.input(value, name)
    except (ShapeError, UnsupportedError) as error:
        raise type(error)(f"argument {name}: {error}") from error


def parameter_names(function: Callable[..., Any], count: int) -> list[str]:
    """What a function calls its first arguments."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return [f"input_{i + 1}" for i in range(count)]
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [*plain[:count], *(f"input_{i + 1}" for i in range(len(plain), count))]


def _name_outputs(graph: Graph, result: Any) -> dict[int, tuple[int, ...]]:
    """Call the results `output`, or by their place or key; a view is copied into a block.

    Returns:
        For the node of each result (by its base) the shape that the function gave it.
    """
    results: Mapping[Any, Any] = result if isinstance(result, Mapping) else {"": result}
    if isinstance(result, tuple | list):
        results = {str(i + 1): part for i, part in enumerate(result)}
    shapes: dict[int, tuple[int, ...]] = {}
    for key, part in results.items():
        _refuse_other(graph, part)
        name = f"output_{key}".rstrip("_")
        if part.node.is_source or not part.is_whole:
            graph.relabel(graph.add("copy", [part.ids], part.labels), name)
            continue
        if not part.node.name:
            graph.relabel(part.node, name)
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
