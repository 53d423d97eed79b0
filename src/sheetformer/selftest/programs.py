"""Small programs that use every operation, also those of no lesson, on numbers and words at hand.

What an operation of one value each needs is made from its row in `OPS`: a new row is in by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sheetformer.frontends.numpy.grad import grad
from sheetformer.graph import nn
from sheetformer.graph.functions import (
    beginning,
    column_max,
    copy,
    deviation,
    elementwise,
    embedding,
    join,
    largest,
    letter,
    lookup,
    word_at,
)
from sheetformer.graph.ops import OPS, Value


@dataclass(frozen=True)
class Program:
    """A function of arrays, and the arrays that it is given.

    Attributes:
        name: what it is, in a word or two.
        function: what it computes, written NumPy style.
        arrays: its inputs.
        empties: whether the zeros among its inputs are empty cells.
    """

    name: str
    function: Callable[..., Any]
    arrays: tuple[Value, ...]
    empties: bool = False


def programs() -> Iterator[Program]:
    """All programs."""
    for name, op in OPS.items():
        if op.kind == "elementwise":
            yield from _elementwise(name)
        elif op.kind == "reduction":
            yield from _reductions(name)
    yield from _PROGRAMS


def _words(*rows: str) -> Value:
    return np.array([row.split("|") for row in rows], dtype=object)


X = np.array([[0.5, -1.25, 2.0], [3.0, 0.75, -2.5], [1.5, -0.5, 0.25]])
Y = np.array([[1.5, 0.5, -2.0], [3.0, 0.25, 1.0], [-0.75, -0.5, 2.25]])
FLAGS = np.array([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
WHOLE = np.array([[2001.0, -3.0, 65_540.0], [12.0, 7.0, 0.0], [4000.0, 5.0, -8.0]])
FIRST = np.array([[1.0, 2.0, 3.0], [2.0, 1.0, 2.0], [3.0, 1.0, 1.0]])
WORDS = _words("I am|não está|a*b", '|say "x"|=1+1', "ação|ÉTÉ|cansado?")
OTHERS = _words("i AM|a|b", "x|say|1", "ção|été|cansada?")
PARTS = _words("a|ã|*", "x|x|1", "ç|T|s")
TYPED = _words("“Não”|eu,| Sou ", "…|?|l’été", "E\u0301T|co\u0327a|a\u00a0b")
FAR = np.array([[-40.0, 40.0, 1e-9], [709.0, -709.0, 0.0], [1e6, -1e6, 1e-300]])

_OPERANDS: dict[str, tuple[Value, ...]] = {
    "where": (FLAGS, X, Y),
    "remainder": (WHOLE, np.array([[7.0, 2.0, 65_537.0], [5.0, 7.0, 3.0], [2000.0, 2.0, 3.0]])),
    "fingerprint": (X, np.full((3, 3), 100.0), np.full((3, 3), 1234.37)),
    "spacing": (X * 1000.0, np.full((3, 3), 8.0), np.full((3, 3), -6.0)),
    "quantize": (X, np.full((3, 3), 0.5)),
    "text_of": (X + 0.003, FIRST),
    "followed_by": (WORDS, OTHERS),
    "bare_word": (TYPED,),
    "composed": (TYPED,),
    "substitute": (WORDS, PARTS, OTHERS),
    "occurrences": (WORDS, PARTS),
    "word_at": (WORDS, FIRST),
    "beginning": (WORDS, FIRST),
}
"""What operations are given that take no plain numbers; the others take two tables of numbers."""


_AT_A_PLACE: dict[str, Callable[..., Any]] = {"word_at": word_at, "beginning": beginning}
"""Operations on a word and a number."""


def _elementwise(name: str) -> Iterator[Program]:
    operands = _OPERANDS.get(name) or _numbers(name)
    count = len(operands)
    plain = _AT_A_PLACE.get(name) or partial(elementwise, name)

    def turned(first: Any, *others: Any) -> Any:
        return plain(first.T, *others)

    yield Program(name, plain, operands)
    yield Program(name, turned, operands)
    for part in (np.s_[:1, :1], np.s_[:1], np.s_[:, :1]) if count > 1 else ():
        yield Program(name, plain, (operands[0], *(x[part] for x in operands[1:])))
        yield Program(name, plain, (operands[0][part], *operands[1:]))
    if count == 2 and name not in _OPERANDS:
        yield Program(name, lambda x: plain(x, 2.0), operands[:1])
        yield Program(name, lambda x: plain(2.0, x), operands[:1])
    if OPS[name].takes_text and name not in _OPERANDS:
        yield Program(name, plain, (WORDS, OTHERS)[:count])
    if name == "where":
        yield Program(name, plain, (FLAGS, WORDS, OTHERS))


def _numbers(name: str) -> tuple[Value, ...]:
    tables = (X, Y)[: OPS[name].arity]
    if OPS[name].domain == "positive":
        return tuple(np.abs(table) for table in tables)
    return tables


def _reductions(name: str) -> Iterator[Program]:
    for axis in (1, 0) if name == "argmax" else (1, 0, None):

        def of_inputs(x: Any, axis: Any = axis) -> Any:
            return getattr(np, name)(x, axis=axis)

        def of_computed(x: Any, axis: Any = axis) -> Any:
            return getattr(np, name)(np.exp(x), axis=axis)

        yield Program(name, of_inputs, (X,))
        yield Program(name, of_computed, (X,))
        yield Program(f"{name} of ties", of_inputs, (FLAGS,))
        yield Program(f"{name} with empty cells", of_inputs, (FLAGS * X,), empties=True)


CUBE = np.stack([X, Y])
ROW, COLUMN = X[:1], Y[:, :1]
MASK = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
KEYS = np.array(["i", "não", "*", "a?", "casa"], dtype=object)
SOME = np.array([["NÃO", "*"], ["a", "Casa"], ["", "i"]], dtype=object)
PLACES = np.array([[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]])


def _second(x: Any) -> Any:
    value, place = largest(x, 2)
    return {"value": value, "place": place}


def _gradient(function: Callable[[Any], Any]) -> Callable[..., Any]:
    """How a number that depends on a function of x moves with each x."""
    return grad(lambda x: (function(x) * x).sum())


_PROGRAMS = (
    Program("product", lambda x, y: x @ y, (X, Y)),
    Program("product", lambda x, y: x @ y.T, (X, Y)),
    Program("product", lambda x, y: x.T @ y, (X, Y)),
    Program("product", lambda x, y: np.exp(x) @ np.exp(y), (X, Y)),
    Program("product", lambda x, y: np.exp(x) @ y.T / 2.0, (X, Y)),
    Program("product", lambda x, y: x @ y, (ROW, COLUMN)),
    Program("product", lambda x, y: np.tanh(x @ y + x), (X, Y)),
    Program("products", lambda x, y: x @ y.swapaxes(-1, -2), (CUBE, CUBE)),
    Program("product with empty cells", lambda x, y: x @ y, (FLAGS * X, FLAGS.T), empties=True),
    Program("sum of products", lambda x, y: (x * y).sum(1), (X, Y)),
    Program("sum of squares", lambda x: (x * x).sum(0) + (x * x).sum(), (X,)),
    Program("largest", _second, (X,)),
    Program("largest of computed", lambda x: _second(np.exp(x)), (X,)),
    Program("lookup", lookup, (SOME, KEYS, np.arange(1.0, 6.0))),
    Program("rows of a table", lambda t, i: embedding(t, i), (X, PLACES)),
    Program("rows of a turned table", lambda t, i: embedding(t.T, i), (X, PLACES)),
    Program("words of a list", lambda t, i: embedding(t, i), (KEYS, PLACES)),
    Program("words of a computed place", lambda t, x: t[x.argmax(-1)], (KEYS, X)),
    Program("join", join, (WORDS,)),
    Program("join with a sign", lambda w: join(w, " → "), (WORDS,)),
    Program("letter", letter, (WORDS, FIRST)),
    Program("copy", copy, (X,)),
    Program("copy of words", lambda w: w[::-1, ::2], (WORDS,)),
    Program("difference", lambda x, y: deviation(np.exp(x), np.exp(y)), (X, Y)),
    Program("largest below each other", lambda x: column_max([x[0, 0], x[1, 0], x[2, 0]]), (X,)),
    Program("softmax", nn.softmax, (X,)),
    Program("softmax of ties", lambda x: nn.softmax(x, axis=0), (FLAGS,)),
    Program("softmax of large scores", nn.softmax, (X * 400.0,)),
    Program("log softmax", nn.log_softmax, (X,)),
    Program(
        "hidden scores", lambda x, m: nn.softmax(np.where(m > 0, x, -np.inf)), (X, MASK + FLAGS)
    ),
    Program("attention with a mask", nn.attention, (X, Y, X, MASK)),
    Program("attention of heads", nn.attention, (CUBE, CUBE, CUBE)),
    Program(
        "heads",
        lambda x: nn.merge_heads(nn.split_heads(x, 2) * 2.0),
        (X.reshape(-1, 1) * 2.0 @ X[:1, :2],),
    ),
    Program("layer norm", nn.layer_norm, (X, ROW[0], Y[0])),
    Program("RMS norm", nn.rms_norm, (X, ROW[0])),
    Program("GELU", nn.gelu, (X,)),
    Program(
        "activations far from 0", lambda x: (nn.sigmoid(x), nn.silu(x), nn.softplus(x)), (FAR,)
    ),
    Program("normal distribution far from 0", lambda x: nn.normal_cdf(x), (FAR,)),
    Program("very large numbers", lambda x: np.minimum(x, 1e299) * 1e-299, (X * 1e299,)),
    Program("very small numbers", lambda x: (x * 1e-310 + 5e-324) * 1e300, (X,)),
    Program("gradient of softmax", _gradient(nn.softmax), (X,)),
    Program("gradient of log softmax", _gradient(nn.log_softmax), (X,)),
    Program("gradient of layer norm", _gradient(nn.layer_norm), (X,)),
    Program("gradient of RMS norm", _gradient(nn.rms_norm), (X,)),
    Program("gradient of GELU", _gradient(nn.gelu), (X,)),
    Program("gradient of SiLU", _gradient(nn.silu), (X,)),
    Program("gradient of softplus", _gradient(nn.softplus), (X,)),
    Program("powers of 0", lambda x, y: x**y, (FLAGS, FLAGS.T)),
    Program("words by number", lambda x: np.where(x > 0, "não", ""), (X,)),
)
