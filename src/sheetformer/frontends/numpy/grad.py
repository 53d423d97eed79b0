"""`grad`: of a function that gives one number, that number and how it changes with each input."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.frontends.numpy.trace import parameter_names
from sheetformer.graph.array import Array
from sheetformer.graph.autodiff.accumulation import changes_with, gradients
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import copy, source
from sheetformer.graph.infinity import refuse_other
from sheetformer.graph.node import Graph
from sheetformer.story.names import free


def grad(
    function: Callable[..., Any], argnums: int | Sequence[int] | None = None
) -> Callable[..., dict[str, Any]]:
    """A function that gives the same number and its gradients.

    Trace it, and the book shows the way forward and the way back, a block `d_name` for each block
    `name`. Call it with NumPy arrays, and it gives NumPy arrays. Inside another traced function it
    may be called with what is computed there, so that training is a few calls after one another.

    Args:
        function: takes arrays and gives a single number (of any number of axes).
        argnums: the places (from 0) of the arguments to have a gradient; otherwise all that the
            number changes with. Words, masks and places have none.

    Returns:
        A function with the same arguments that returns `{"loss": …, "d_x": …, "d_w": …}`, one
        gradient of the shape of each argument, named as the function's parameters. Arguments given
        by keyword are passed on as they are.

    Raises:
        ShapeError: (when called) the function does not give a single number.
        UnsupportedError: (when called) an argument has no gradient, or the number changes with
            none.

    >>> def loss(x, w):
    ...     return ((x @ w) ** 2).mean()
    >>> grad(loss)(np.eye(2), np.array([1.0, 3.0]))["d_w"]
    array([1., 3.])
    """

    @functools.wraps(function)
    def with_gradients(*arrays: Any, **settings: Any) -> dict[str, Any]:
        names = parameter_names(function, len(arrays))
        if any(isinstance(array, Array) for array in arrays):
            return _traced(function, names, arrays, argnums, settings)
        graph = Graph()
        inputs = [source(graph, "input", x, name=n) for n, x in zip(names, arrays, strict=True)]
        found = _traced(function, names, inputs, argnums, settings)
        for array in found.values():
            refuse_other(graph, array.ids)
        return {name: array.value[()] for name, array in found.items()}

    return with_gradients


def _traced(
    function: Callable[..., Any],
    names: Sequence[str],
    arrays: Sequence[Any],
    argnums: int | Sequence[int] | None,
    settings: dict[str, Any],
) -> dict[str, Any]:
    """The number and its gradients, written into the graph of the arrays."""
    inputs = _distinct(arrays)
    graph = next(array.graph for array in inputs if isinstance(array, Array))
    since = len(graph.nodes)
    result = _single(graph, function, function(*inputs, **settings))
    _name(result, "loss")
    chosen = _moving(result, inputs, since) if argnums is None else _named(argnums, inputs, names)
    if not chosen:
        raise UnsupportedError(
            f"{describe(result)} changes with no argument of {_called(function)}, so it has no "
            "gradient"
        )
    found = gradients(result, [inputs[i] for i in chosen], since)
    answer = {"loss": result}
    for i, gradient in zip(chosen, found, strict=True):
        name = f"d_{names[i].rstrip('_')}"
        answer[name] = block = _block(gradient)
        _name(block, name)
    return answer


def _name(block: Array, name: str) -> None:
    """Name a block, unless it has a name already."""
    graph = block.graph
    if not block.node.name:
        graph.relabel(block.node, free(name, {node.name for node in graph}))


def _distinct(arrays: Sequence[Any]) -> list[Any]:
    """The arguments, each element of them once: what was there before is copied."""
    seen: set[int] = set()
    distinct: list[Any] = []
    for array in arrays:
        ids = set(array.ids.ravel().tolist()) if isinstance(array, Array) else set[int]()
        again = isinstance(array, Array) and (len(ids) < array.size or bool(ids & seen))
        distinct.append(copy(array) if again else array)
        seen |= ids
    return distinct


def _block(array: Array) -> Array:
    """The array as a computed block of its own."""
    own = array if array.is_whole and not array.node.is_source else copy(array)
    own.graph.inner.discard(own.node.base)
    return own


def _single(graph: Graph, function: Callable[..., Any], result: Any) -> Array:
    """The result of the function as a block.

    Raises:
        ShapeError: it is no single number.
        UnsupportedError: it is nothing that this trace has computed, or a word.
    """
    if not isinstance(result, Array) or result.graph is not graph:
        raise UnsupportedError(
            f"{_called(function)} must return one number computed from its arguments, not "
            f"{type(result).__name__}"
        )
    if result.size != 1:
        raise ShapeError(
            f"{_called(function)} must return a single number to have a gradient, and returned "
            f"{describe(result)} of shape {result.shape}; add up or average with .sum() or .mean()"
        )
    if result.is_text:
        raise UnsupportedError(f"{_called(function)} returned a word, which has no gradient")
    return _block(result)


def _called(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "the function").strip("<>")


def _moving(result: Array, inputs: Sequence[Any], since: int) -> list[int]:
    """The places of the arguments that the result changes with."""
    return [
        i
        for i, array in enumerate(inputs)
        if isinstance(array, Array)
        and not (array.is_text or array.is_truth)
        and bool(changes_with(array.graph, [array.ids], since)[result.ids].all())
    ]


def _named(argnums: int | Sequence[int], inputs: Sequence[Any], names: Sequence[str]) -> list[int]:
    """The places asked for, counted from 0.

    Raises:
        UnsupportedError: there is no such argument, or it holds no traced numbers.
    """
    requested = [argnums] if isinstance(argnums, int) else list(argnums)
    places: list[int] = []
    for place in requested:
        if not -len(inputs) <= place < len(inputs):
            raise UnsupportedError(f"argnums: there is no argument {place} of {len(inputs)}")
        array = inputs[place]
        if not isinstance(array, Array) or array.is_text:
            reason = "holds words" if isinstance(array, Array) else "is not traced"
            raise UnsupportedError(f"argnums: {names[place]} {reason} and has no gradient")
        places.append(int(np.arange(len(inputs))[place]))
    return list(dict.fromkeys(places))
