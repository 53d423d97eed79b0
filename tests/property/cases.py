"""Random little programs: each runs on plain NumPy arrays and on traced ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from sheetformer.graph import functions, nn
from sheetformer.graph.array import Array
from sheetformer.graph.ops import OPS

Step = tuple[str, Callable[[Any], Any]]


@dataclass
class Case:
    """A program of one operation, its operands seen through views, and what it gets."""

    text: str
    function: Callable[..., Any]
    arrays: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"{self.text} on {[np.shape(array) for array in self.arrays]}"


def random_case(rng: Random, op: str) -> Case:
    """A program around one operation of the table."""
    if op in ("max", "argmax") and rng.random() < 0.3:
        return _largest(rng)
    if op in _SPECIAL:
        return _SPECIAL[op](rng)
    kind = OPS[op].kind
    if kind == "reduction":
        return _reduction(rng, op)
    return _matmul(rng) if op == "matmul" else _elementwise(rng, op)


def numbers(rng: Random, shape: tuple[int, ...], domain: str = "any") -> Any:
    """Two decimals each, so that a tie is a tie and different numbers are well apart.

    Now and then they are whole, of a type for whole numbers or not.
    """
    low = 0.25 if domain == "positive" else -3.0
    digits = rng.choice((2, 2, 2, 0))
    flat = [
        round(rng.uniform(low + 0.5 * (not digits), 3.0), digits) for _ in range(math.prod(shape))
    ]
    kind = rng.choice((float, int)) if not digits else float
    return np.array(flat).reshape(shape).astype(kind)


_EXTREMES = {
    "any": (
        *(0.0, 5e-324, -1e-310, 1e-300, -1e-12, 1e12, -1e15, 1e30, -1e30, 1e100, -1e100, 8e307),
        *(40.0, -40.0, 710.0, -750.0),
    ),
    "positive": (5e-324, 1e-310, 2.3e-308, 1e-300, 1e-12, 1.0, 1e12, 1e30, 1e100, 8e307),
    "small": (-750.0, -740.0, -700.0, -40.0, -1e-310, -1e-12, 0.0, 40.0, 700.0, 709.0),
}
"""Numbers at the ends of what a function takes, where programs go ways of their own."""


def extremes(rng: Random, shape: tuple[int, ...], domain: str) -> Any:
    """Numbers of which some are extreme."""
    usual = numbers(rng, shape, domain).astype(float)
    chosen = [rng.choice(_EXTREMES[domain]) for _ in range(math.prod(shape))]
    return np.where(mask(rng, shape), usual, np.array(chosen).reshape(shape))


def mask(rng: Random, shape: tuple[int, ...]) -> Any:
    """Truth values, one of each row true."""
    flat = [rng.random() < 0.6 for _ in range(math.prod(shape))]
    drawn = np.array(flat, dtype=bool).reshape(shape)
    if shape:
        drawn[..., rng.randrange(shape[-1])] = True
    return drawn


def random_shape(rng: Random, least: int = 1, most: int = 4) -> tuple[int, ...]:
    return tuple(rng.choice((1, 2, 2, 3, 4)) for _ in range(rng.randint(least, most)))


# Views.


def views(rng: Random, x: Any, most: int = 2) -> Step:
    """A few views after one another."""
    steps = []
    for _ in range(rng.randint(0, most)):
        steps.append(rng.choice(_VIEWS)(rng, x))
        x = steps[-1][1](x)

    def seen(y: Any) -> Any:
        for _, step in steps:
            y = step(y)
        return y

    return "".join(text for text, _ in steps), seen


def _transpose(rng: Random, x: Any) -> Step:
    order = rng.sample(range(x.ndim), x.ndim)
    return f".transpose({order})", lambda y: y.transpose(order)


def _slice(rng: Random, x: Any) -> Step:
    if not x.ndim:
        return "", lambda y: y
    axis = rng.randrange(x.ndim)
    first = rng.randrange(x.shape[axis])
    step = rng.choice((1, 1, 2, -1))
    part = slice(None, first - x.shape[axis] - 1, -1) if step < 0 else slice(first, None, step)
    if not len(range(x.shape[axis])[part]):
        part = slice(None)
    key = (slice(None),) * axis + (part,)
    return f"[{key}]", lambda y: y[key]


def _integer(rng: Random, x: Any) -> Step:
    if x.ndim < 2:
        return "", lambda y: y
    axis = rng.randrange(x.ndim)
    place = rng.randrange(-x.shape[axis], x.shape[axis])
    key = (slice(None),) * axis + (place,)
    return f"[{key}]", lambda y: y[key]


def _reshape(rng: Random, x: Any) -> Step:
    """Split or merge axes, as heads are."""
    flat, shape = x.size, []
    while len(shape) < 3 and flat > 1:
        shape.append(rng.choice([n for n in range(1, flat + 1) if flat % n == 0]))
        flat //= shape[-1]
    shape = (*shape, flat)
    return f".reshape{shape}", lambda y: y.reshape(shape)


def _new_axis(rng: Random, x: Any) -> Step:
    if x.ndim > 3:
        return "", lambda y: y
    axis = rng.randint(0, x.ndim)
    return f".expand_dims({axis})", lambda y: np.expand_dims(y, axis)


def _broadcast(rng: Random, x: Any) -> Step:
    if x.ndim > 3:
        return "", lambda y: y
    shape = (rng.choice((1, 2)), *(rng.choice((2, 3)) if n == 1 else n for n in x.shape))
    return f".broadcast_to{shape}", lambda y: np.broadcast_to(y, shape)


def _concatenate(rng: Random, x: Any) -> Step:
    if not x.ndim:
        return "", lambda y: y
    axis = rng.randrange(-x.ndim, x.ndim)
    return f".with itself({axis})", lambda y: np.concatenate([y, y * 0.5], axis)


def _stack(rng: Random, x: Any) -> Step:
    if x.ndim > 3:
        return "", lambda y: y
    axis = rng.randint(0, x.ndim)
    return f".stacked({axis})", lambda y: np.stack([y, y], axis)


def _pick(rng: Random, x: Any) -> Step:
    if not x.ndim:
        return "", lambda y: y
    places = np.array([rng.randrange(x.shape[0]) for _ in range(rng.randint(1, 3))])
    return f"[{places.tolist()}]", lambda y: y[places]


_VIEWS = (
    _transpose, _transpose, _slice, _integer, _reshape, _reshape, _new_axis, _broadcast,
    _concatenate, _stack, _pick,
)  # fmt: skip


# Operations.


def _elementwise(rng: Random, op: str) -> Case:
    count = OPS[op].arity
    if op in ("equal", "not_equal", "where") and rng.random() < 0.3:
        return _words(rng, op)
    domain = OPS[op].domain
    drawn = extremes if rng.random() < 0.2 and op not in _NOT_EXTREME else numbers
    first = drawn(rng, random_shape(rng, 0), domain)
    arrays = [first]
    text, seen = views(rng, first)
    steps = [(text, seen)]
    shape = seen(first).shape
    for _ in range(count - 1):
        other = rng.choice((drawn(rng, _partner(rng, shape), domain), rng.choice((0.5, 2.0, 3.0))))
        arrays.append(other)
        shape = np.broadcast_shapes(shape, np.shape(other))
        steps.append(("", lambda y: y))
    places = rng.sample(range(count), count)
    inside = [isinstance(array, float) for array in arrays]

    def program(*given: Any) -> Any:
        operands = [
            arrays[i] if inside[i] else steps[i][1](given[sum(not x for x in inside[:i])])
            for i in range(count)
        ]
        return apply(op, *(operands[i] for i in places))

    outside = tuple(array for array in arrays if not isinstance(array, float))
    with np.errstate(all="ignore"):
        result = program(*outside)
    if not np.isfinite(result).all() or (op == "power" and (np.abs(result) < _LEAST).any()):
        return _elementwise(rng, op)
    return Case(f"{op}{places}({', '.join(s[0] or 'x' for s in steps)})", program, outside)


_NOT_EXTREME = (
    "sin",
    "cos",
    "where",
    "equal",
    "not_equal",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
)
"""Where programs are known to say something else: LibreOffice has an error for very large angles,
and to IronCalc 1E-300 equals 0."""

_LEAST = 1e-300
"""A power that is too small for a number is 0, but an error in LibreOffice."""


def _partner(rng: Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts with another: fewer axes, some of length 1, some longer than 1."""
    kept = shape[rng.randint(0, len(shape)) :]
    return tuple(
        rng.choice((2, 3)) if n == 1 and rng.random() < 0.5 else 1 if rng.random() < 0.4 else n
        for n in kept
    )


def apply(op: str, *operands: Any) -> Any:
    """An operation by its name: written into the graph, or worked out by NumPy."""
    if any(isinstance(operand, Array) for operand in operands):
        return functions.elementwise(op, *operands)
    return OPS[op].value(*map(np.asarray, operands))


def words(rng: Random, shape: tuple[int, ...]) -> Any:
    flat = [
        rng.choice(("I", "am", "HAPPY", "?", "a*b", "", "=1+1", 'say "x"'))
        for _ in range(math.prod(shape))
    ]
    return np.array(flat, dtype=object).reshape(shape)


def _words(rng: Random, op: str) -> Case:
    one = words(rng, random_shape(rng))
    text, seen = views_of_words(rng, one)
    other = words(rng, _partner(rng, seen(one).shape))
    if op == "where":
        shape = np.broadcast_shapes(seen(one).shape, other.shape)
        choice = rng.choice((numbers, mask))(rng, _partner(rng, shape)).round()
        return Case(
            f"where(c, x{text}, y)", lambda c, x, y: apply(op, c, seen(x), y), (choice, one, other)
        )
    if rng.random() < 0.3:
        return Case(f"{op}(x{text}, 'I')", lambda x: apply(op, seen(x), "i"), (one,))
    return Case(f"{op}(x{text}, y)", lambda x, y: apply(op, seen(x), y), (one, other))


def views_of_words(rng: Random, x: Any) -> Step:
    order = rng.sample(range(x.ndim), x.ndim)
    return f".transpose({order})", lambda y: y.transpose(order)


def _reduction(rng: Random, op: str) -> Case:
    # Sums of numbers far apart depend on their order; the largest and the smallest do not.
    drawn = extremes if op not in ("sum", "mean") and rng.random() < 0.2 else numbers
    x = np.clip(drawn(rng, random_shape(rng), OPS[op].domain), -1e300, 1e300)
    if op == "argmax":
        # It compares, and to IronCalc all these equal 0 (see _NOT_EXTREME).
        x = np.where(np.abs(x) <= _LEAST, 0.0, x)
    text, seen = views(rng, x)
    shape = seen(x).shape
    axis: Any = rng.randrange(-len(shape), len(shape)) if shape else None
    if op != "argmax" and shape and rng.random() < 0.5:
        axes = rng.sample(range(len(shape)), rng.randint(1, len(shape)))
        axis = rng.choice((None, tuple(a - len(shape) * rng.randint(0, 1) for a in axes)))
    keepdims = rng.random() < 0.5
    chain, after = rng.choice(_AFTERWARDS)

    def program(y: Any) -> Any:
        reduced = getattr(np, op)(seen(y), axis=axis, keepdims=keepdims)
        return after(reduced)

    return Case(f"{op}(x{text}, {axis}, {keepdims}){chain}", program, (x,))


def _largest(rng: Random) -> Case:
    """The k-th largest and its place, of numbers that are all different."""
    shape = random_shape(rng)
    flat = rng.sample(range(math.prod(shape)), math.prod(shape))
    x = np.array(flat, float).reshape(shape) / 4.0
    text, seen = _transpose(rng, x)
    axis = rng.randrange(-x.ndim, x.ndim)
    k = rng.randint(1, seen(x).shape[axis])

    def program(y: Any) -> Any:
        if isinstance(y, Array):
            value, place = functions.largest(seen(y), k, axis)
            return value + place * 0.5
        plain = seen(y)
        place = np.take(np.argsort(plain, axis=axis), [-k], axis=axis)
        return np.take_along_axis(plain, place, axis=axis) + place * 0.5

    return Case(f"largest(x{text}, {k}, {axis})", program, (x,))


_AFTERWARDS: tuple[Step, ...] = (
    ("", lambda y: y),
    (" * 2", lambda y: y * 2.0),
    (" tanh", np.tanh),
    (" + itself", lambda y: y + y),
)


def _matmul(rng: Random) -> Case:
    x = numbers(rng, random_shape(rng))
    text, seen = views(rng, x)
    shape = seen(x).shape or (1,)
    grown = (lambda y: seen(y).reshape(1)) if not seen(x).shape else seen
    inner = shape[-1]
    lead = _partner(rng, shape[:-2]) if len(shape) > 2 else ()
    other = rng.choice(
        ((inner,), (*lead, inner, rng.randint(1, 3)), (*lead, inner, rng.randint(1, 3)))
    )
    turned = len(other) > 1 and rng.random() < 0.5
    y = numbers(rng, (*other[:-2], other[-1], other[-2]) if turned else other)

    def program(a: Any, b: Any) -> Any:
        return grown(a) @ (b.swapaxes(-1, -2) if turned else b)

    return Case(f"x{text} @ y{'.T' * turned}", program, (x, y))


def _lookup(rng: Random) -> Case:
    keys = np.array(
        rng.sample(["I", "am", "happy", "?", "*", "=1"], rng.randint(1, 5)), dtype=object
    )
    ids = numbers(rng, keys.shape)
    text = words(rng, random_shape(rng, 1, 3))
    column = [rng.random() < 0.5 for _ in range(2)]
    stood = [a.reshape(-1, 1) if c else a for a, c in zip((keys, ids), column, strict=True)]

    def program(t: Any, k: Any, n: Any) -> Any:
        k, n = (a[:, 0] if c else a for a, c in zip((k, n), column, strict=True))
        if isinstance(t, Array):
            return functions.lookup(t, k, n)
        return OPS["lookup"].value(t, k, n)

    return Case(f"lookup {column}", program, (text, *stood))


def _embedding(rng: Random) -> Case:
    table = rng.choice((numbers, words))(rng, random_shape(rng, 1, 2))
    turned = table.ndim > 1 and rng.random() < 0.4
    rows = table.shape[-1] if turned else table.shape[0]
    shape = random_shape(rng, 0, 2)
    index = np.array([rng.randrange(rows) for _ in range(math.prod(shape))], float).reshape(shape)
    text, seen = views(rng, index, 1) if table.dtype != object else ("", lambda y: y)
    if ".with itself" in text:
        text, seen = "", lambda y: y

    def program(t: Any, i: Any) -> Any:
        t = t.T if turned else t
        if isinstance(t, Array):
            return functions.embedding(t, seen(i))
        return np.array(t[seen(i).astype(int)], dtype=t.dtype)

    return Case(f"table{'.T' * turned}[i{text}]", program, (table, index))


def _join(rng: Random) -> Case:
    x = words(rng, random_shape(rng))
    return Case(
        "join",
        lambda t: functions.join(t) if isinstance(t, Array) else OPS["join"].value(t)[..., 0],
        (x,),
    )


def _remainder(rng: Random) -> Case:
    """Of whole numbers; of others programs say different things where a division comes out even."""
    shape = random_shape(rng)
    x = np.array([float(rng.randrange(-(10**9), 10**9)) for _ in range(math.prod(shape))])
    other = float(rng.choice((1, 2, 7, 2000, 65_537)))

    def program(y: Any) -> Any:
        if isinstance(y, Array):
            return functions.elementwise("remainder", y, other)
        return OPS["remainder"].value(y, other)

    return Case(f"x mod {other}", program, (x.reshape(shape),))


def _text_of(rng: Random) -> Case:
    # No halves: programs differ in how they round what is not quite one.
    x = numbers(rng, random_shape(rng)) + 0.003
    places = float(rng.randint(0, 2))

    def program(y: Any) -> Any:
        if isinstance(y, Array):
            return functions.elementwise("text_of", y, places)
        return OPS["text_of"].value(y, places)

    return Case(f"text of x, {places} decimals", program, (x,))


def _fingerprint(rng: Random) -> Case:
    # Nothing near a whole number: programs differ in what they take for one.
    x, scale = numbers(rng, random_shape(rng)), rng.choice((0.5, 10.0, 100.0))
    shift = rng.randint(1_000, 1_000_000) + 0.37

    def program(y: Any) -> Any:
        if isinstance(y, Array):
            return functions.elementwise("fingerprint", y, scale, shift)
        return OPS["fingerprint"].value(y, np.array(scale), np.array(shift))

    return Case(f"fingerprint of x by {scale} and {shift}", program, (x,))


def _spacing(rng: Random) -> Case:
    # Beyond 1E+270 a number over the least step is none, and an error in LibreOffice.
    x = np.clip(extremes(rng, random_shape(rng), "any"), -1e100, 1e100)
    significant, least = float(rng.randint(3, 24)), float(rng.choice((-126, -14, -6)))

    def program(y: Any) -> Any:
        if isinstance(y, Array):
            return functions.elementwise("spacing", y, significant, least)
        return OPS["spacing"].value(y, np.array(significant), np.array(least))

    return Case(f"spacing of x, {significant} bits, from 2^{least}", program, (x,))


def _quantize(rng: Random) -> Case:
    x = numbers(rng, random_shape(rng))
    step = rng.choice((0.125, 0.25, 0.5, 1.0))  # of numbers with two decimals some are ties

    def program(y: Any) -> Any:
        if isinstance(y, Array):
            return functions.elementwise("quantize", y, step)
        return OPS["quantize"].value(y, np.array(step))

    return Case(f"x to multiples of {step}", program, (x,))


def _followed_by(rng: Random) -> Case:
    shape = random_shape(rng)
    left, right = words(rng, shape), words(rng, shape)

    def program(x: Any, y: Any) -> Any:
        return functions.elementwise("followed_by", x, y) if isinstance(x, Array) else x + y

    return Case("text beside text", program, (left, right))


def _typed(name: str) -> Callable[[Random], Case]:
    """A rule for typed words, with what people type around words."""

    def example(rng: Random) -> Case:
        text = words(rng, random_shape(rng))
        around = [*("", " ", "\u00a0", ".", "?", "’", "“", "e\u0301", "A\u0303"), "; ", "... "]
        messy = [rng.choice(around) + word + rng.choice(around) for word in text.ravel().tolist()]
        typed = np.array(messy, dtype=object).reshape(text.shape)

        def program(x: Any) -> Any:
            rule = OPS[name].value
            return functions.elementwise(name, x) if isinstance(x, Array) else rule(x)

        return Case(f"typed words: {name}", program, (typed,))

    return example


def _at_place(name: str) -> Callable[[Random], Case]:
    """Parts of texts at places: letters, words, and how they begin."""

    def example(rng: Random) -> Case:
        text = phrases(rng, rng.choice([(1,), (1, 1), (3, 1)]))
        places = np.arange(1.0, rng.randint(2, 6))

        def program(t: Any, p: Any) -> Any:
            traced = isinstance(t, Array)
            return (getattr(functions, name) if traced else OPS[name].value)(t, p)

        return Case(name, program, (text, places))

    return example


def phrases(rng: Random, shape: tuple[int, ...]) -> Any:
    """Texts of a few letters that come again, with spaces and accents between."""
    signs = ("a", "a", "aa", "b", "A", "é", "e\u0301", " ", "  ", "‹a›", "ß", '"', "?")
    flat = ["".join(rng.choices(signs, k=rng.randint(0, 9))) for _ in range(math.prod(shape))]
    return np.array(flat, dtype=object).reshape(shape)


def _exchanged(name: str) -> Callable[[Random], Case]:
    """Parts of texts that are counted or exchanged; a part may be empty, or stand nowhere."""

    def example(rng: Random) -> Case:
        count = OPS[name].arity - 1
        text = phrases(rng, rng.choice([(1,), (2, 1), (3, 2)]))
        flat = rng.choices(("a", "aa", "A", "", " ", "e", "ab", "‹a›‹a›", "z"), k=count)
        parts = [np.array(part, dtype=object) for part in flat]

        def program(t: Any) -> Any:
            if isinstance(t, Array):
                return functions.elementwise(name, t, *parts)
            return OPS[name].value(t, *parts)

        return Case(f"{name} of {flat}", program, (text,))

    return example


def _column_max(rng: Random) -> Case:
    x = numbers(rng, random_shape(rng, 1, 2))

    def program(y: Any) -> Any:
        doubled = y * 2.0
        return functions.column_max([doubled]) if isinstance(y, Array) else doubled.max()

    return Case("column_max", program, (x,))


def _any_extremes(rng: Random, shape: tuple[int, ...]) -> Any:
    return extremes(rng, shape, "any")


def _copy(rng: Random) -> Case:
    x = rng.choice((numbers, words, _any_extremes))(rng, random_shape(rng))
    text, seen = views(rng, x) if x.dtype != object else views_of_words(rng, x)
    return Case(f"copy of x{text}", lambda y: seen(y), (x,))


def _deviation(rng: Random) -> Case:
    x = numbers(rng, random_shape(rng))
    text, seen = views(rng, x)
    y = numbers(rng, seen(x).shape)

    def program(a: Any, b: Any) -> Any:
        if isinstance(a, Array):
            return functions.deviation(seen(a), b)
        return OPS["deviation"].value(seen(a), b)

    return Case(f"deviation of x{text} and y", program, (x, y))


_SPECIAL: dict[str, Callable[[Random], Case]] = {
    "lookup": _lookup,
    "embedding": _embedding,
    "join": _join,
    "remainder": _remainder,
    "text_of": _text_of,
    "fingerprint": _fingerprint,
    "spacing": _spacing,
    "quantize": _quantize,
    "followed_by": _followed_by,
    "bare_word": _typed("bare_word"),
    "composed": _typed("composed"),
    "letter": _at_place("letter"),
    "word_at": _at_place("word_at"),
    "beginning": _at_place("beginning"),
    "substitute": _exchanged("substitute"),
    "occurrences": _exchanged("occurrences"),
    "column_max": _column_max,
    "copy": _copy,
    "deviation": _deviation,
}


# Programs of several operations, some of them written inside others.


def random_program(rng: Random) -> Case:
    """A few operations after one another, each seeing any result before; some ask to be inline.

    Some hide numbers first: by a mask that is given, or with infinity in an array.
    """
    shape = random_shape(rng, 2, 3)
    text, hide, hidden = rng.choice(_HIDDEN)(rng, shape)
    given = (numbers(rng, shape), numbers(rng, _partner(rng, shape) or (1,)), *hidden)
    steps = [_step(rng) for _ in range(rng.randint(2, 6))]
    inline = [rng.random() < 0.5 for _ in steps]

    def program(x: Any, y: Any, *hidden: Any) -> Any:
        x = hide(x, *hidden)
        values = [x, np.broadcast_to(y, np.broadcast_shapes(x.shape, y.shape))]
        for (_, step), inside in zip(steps, inline, strict=True):
            values.append(step(values))
            if inside and isinstance(values[-1], Array) and not values[-1].node.is_source:
                functions.inline(values[-1])
        # A result that has a name of its own would keep it, and not be called output.
        return values[-1] * 1.0

    return Case("; ".join([text, *(text for text, _ in steps)]), program, given)


Hidden = tuple[str, Callable[..., Any], tuple[Any, ...]]
"""What hides some numbers of x, and the arrays that it takes besides."""


def _nothing(_rng: Random, _shape: tuple[int, ...]) -> Hidden:
    return "x", lambda x: x, ()


def _by_mask(rng: Random, shape: tuple[int, ...]) -> Hidden:
    return (
        "softmax(where(m, x, −∞))",
        lambda x, m: _normal(np.where(m, x, -np.inf)),
        (mask(rng, shape),),
    )


def _by_infinity(rng: Random, shape: tuple[int, ...]) -> Hidden:
    hidden = np.where(mask(rng, shape), 0.0, -np.inf)
    return "softmax(x + m)", lambda x, m: _normal(x + m), (hidden,)


def _picked(rng: Random, shape: tuple[int, ...]) -> Hidden:
    """A mask of some axes, as an index."""
    some = mask(rng, shape[: rng.randint(1, len(shape))])
    op = rng.choice((np.sum, np.mean, np.max, np.min))
    keepdims = rng.random() < 0.5
    text = f"x · 0.5 + {op.__name__}(x[m], keepdims={keepdims})"

    def hide(x: Any, m: Any) -> Any:
        one = op(x[m], axis=None, keepdims=keepdims)
        return x * 0.5 + one.reshape((1,) * x.ndim)

    return text, hide, (some,)


def _rows(rng: Random, shape: tuple[int, ...]) -> Hidden:
    """Rows by a mask, or by one turned around."""
    some = mask(rng, shape[:1])
    turned = rng.random() < 0.5 and not some.all()

    def hide(x: Any, m: Any) -> Any:
        return x + x[~m if turned else m].mean(axis=0)

    return f"x + x[{'~' * turned}m].mean(0)", hide, (some,)


_HIDDEN = (_nothing, _nothing, _by_mask, _by_infinity, _picked, _rows)


def _step(rng: Random) -> Step:
    text, step = rng.choice(_STEPS)
    back = rng.randint(1, 2)

    def taken(values: list[Any]) -> Any:
        return step(values[-1], values[-min(back, len(values))])

    return f"{text}(−1, −{back})", taken


def _normal(x: Any) -> Any:
    shifted = x - x.max(axis=-1, keepdims=True)
    return np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)


def _fitting(step: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Two operands that do not broadcast become one."""

    def fitted(x: Any, y: Any) -> Any:
        try:
            np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            return step(x, x)
        return step(x, y)

    return fitted


def _either(function: Callable[[Any], Any], plain: Callable[[Any], Any]) -> Any:
    """A function of ours where a graph is written, else what it is in NumPy."""
    return lambda x, _: (function if isinstance(x, Array) else plain)(x)


_NAMED = (
    ("softmax()", _either(nn.softmax, _normal)),
    ("relu()", _either(nn.relu, lambda x: np.where(x > 0, x, 0.0))),
    ("gelu()", _either(nn.gelu, lambda x: x * OPS["normal_cdf"].value(x))),
    ("silu()", _either(nn.silu, lambda x: x * OPS["sigmoid"].value(x))),
)
"""Steps that are functions with names of their own in the named style."""
_STEPS: tuple[tuple[str, Callable[[Any, Any], Any]], ...] = (
    ("+", _fitting(lambda x, y: x + y)),
    ("−", _fitting(lambda x, y: y - x)),
    ("×", _fitting(lambda x, y: np.tanh(x) * np.tanh(y))),
    ("squares", lambda x, _: (x * x).sum(axis=-1, keepdims=True) * 0.1),
    ("where", _fitting(lambda x, y: np.where(x > 0.505, x, y * 0.5))),
    ("max", _fitting(lambda x, y: np.maximum(x, y))),
    ("Σ", lambda x, _: x.sum(axis=-1, keepdims=True) * 0.2),
    ("mean", lambda x, _: x - x.mean(axis=-1, keepdims=True)),
    ("T", lambda x, _: x.swapaxes(-1, -2) * 1.5),
    ("@", lambda x, _: np.tanh(x @ x.swapaxes(-1, -2))),
    ("softmax", lambda x, _: _normal(x)),
    ("rows twice", lambda x, _: np.concatenate([x, x], axis=-2) * 0.5),
    ("flat", lambda x, _: x.reshape(1, -1) - 0.25),
    ("Φ", lambda x, _: apply("normal_cdf", x)),
    ("[x>c].sum", lambda x, _: np.tanh(x) * 0.5 + np.tanh(x[x > 0.505].sum())),
    ("any", lambda x, _: x + (x > 0.505).any(axis=-1, keepdims=True)),
    ("or", lambda x, _: x * ((x > 0.505) + (x < -0.505))),
    ("count", lambda x, _: x * 0.1 + (x > 0.505).astype(int).sum(axis=-1, keepdims=True)),
    ("causal", lambda x, _: _normal(np.where(np.tri(*x.shape[-2:]) > 0, x, -np.inf))),
    ("−x", lambda x, _: -x),
    *_NAMED,
    ("minimum", _fitting(lambda x, y: np.minimum(x, y))),
    ("√", lambda x, _: np.sqrt(np.abs(x) + 0.25)),
    ("log", lambda x, _: np.log(x * x + 0.25)),
    ("σ", lambda x, _: apply("sigmoid", x)),
    ("softplus", lambda x, _: apply("softplus", x) * 0.5),
    ("÷", _fitting(lambda x, y: x / (y * y + 1.0))),
    ("sin", lambda x, _: np.sin(np.tanh(x)) + np.cos(x * 0.1)),
    ("floor", lambda x, _: x + apply("floor", np.tanh(x) * 3.003)),
    ("power", lambda x, _: np.tanh(x) ** 2.0 + (x * x + 0.5) ** -0.5),
)
