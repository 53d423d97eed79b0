"""Products of arrays by their indices: `einsum`, and what is a case of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from string import ascii_letters
from typing import Any

import numpy as np

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import elementwise, expand, matmul, reduce, together
from sheetformer.graph.views import View


def einsum(subscripts: Any, *operands: Any, **settings: Any) -> Array:
    """Products summed over the indices that the result lacks, as in `np.einsum("ij,kj->ik", a, b)`.

    Two operands at a time, from the left; what is summed of both is a product of matrices.

    Raises:
        ShapeError: the indices do not fit the operands.
        UnsupportedError: it is not called with a text, or with settings.
    """
    if not isinstance(subscripts, str) or set(settings) - {"optimize"}:
        raise UnsupportedError(
            "numpy.einsum has a spreadsheet form with a text such as 'ij,kj->ik' and arrays only"
        )
    arrays = together(*operands)
    terms, out = _terms(subscripts, arrays)
    left, name = _own(arrays[0], terms[0])
    for i, (array, term) in enumerate(zip(arrays[1:], terms[1:], strict=True)):
        right, other = _own(array, term)
        kept = set(out).union(*terms[i + 2 :])
        left, name = _pair(left, name, right, other, kept)
    left, name = _summed(left, name, set(out))
    return left.transpose([name.index(index) for index in out]) if name else left


def _terms(subscripts: str, arrays: Sequence[Array]) -> tuple[list[str], str]:
    """The indices of each operand and of the result, dots written out."""
    given, arrow, out = subscripts.replace(" ", "").partition("->")
    terms = given.split(",")
    spare = [x for x in ascii_letters[::-1] if x not in subscripts]
    dotted = [(t, x) for t, x in zip(terms, arrays, strict=False) if "..." in t]
    dots = "".join(spare[: max((x.ndim - len(t) + 3 for t, x in dotted), default=0)])
    written: list[str] = []
    for term, array in zip(terms, arrays, strict=False):
        count = array.ndim - len(term) + 3
        written.append(term.replace("...", dots[len(dots) - count :] if count > 0 else ""))
    if not arrow:
        all_of = "".join(written)
        out = dots + "".join(sorted(x for x in set(all_of) - set(dots) if all_of.count(x) == 1))
    out = out.replace("...", dots)
    sizes: dict[str, int] = {}
    for term, array in zip(written, arrays, strict=False):
        for index, length in zip(term, array.shape, strict=False):
            sizes[index] = max(length, sizes.get(index, 1))
    wrong = len(terms) != len(arrays) or not set(out) <= set(sizes) or len(set(out)) < len(out)
    wrong = wrong or any(
        len(term) != array.ndim
        or any(n not in (1, sizes[x]) for x, n in zip(term, array.shape, strict=True))
        for term, array in zip(written, arrays, strict=True)
    )
    if wrong:
        described = " and ".join(map(describe, arrays))
        raise ShapeError(f"einsum {subscripts!r} does not fit {described}")
    return written, out


def _own(array: Array, term: str) -> tuple[Array, str]:
    """An operand in which each index stands once: of two equal ones the diagonal."""
    once = "".join(dict.fromkeys(term))
    if once == term:
        return array, term

    def diagonal(ids: Any, _labels: Any) -> View:
        return np.einsum(f"{term}->{once}", ids), (None,) * len(once)

    return array.view(diagonal), once


def _summed(array: Array, name: str, kept: set[str]) -> tuple[Array, str]:
    """Without the indices that nobody needs."""
    gone = tuple(i for i, index in enumerate(name) if index not in kept)
    if not gone:
        return array, name
    return reduce("sum", array, gone), "".join(index for index in name if index in kept)


def _pair(left: Array, name: str, right: Array, other: str, kept: set[str]) -> tuple[Array, str]:
    """Two operands as one: batches, then rows of the left times columns of the right."""
    left, name = _summed(left, name, kept | set(other))
    right, other = _summed(right, other, kept | set(name))
    both = [x for x in name if x in other]
    inner = [x for x in both if x not in kept]
    if not inner or any(left.shape[name.index(x)] != right.shape[other.index(x)] for x in both):
        return _side_by_side(left, name, right, other)
    batch = [x for x in both if x in kept]
    rows = [x for x in name if x not in other]
    columns = [x for x in other if x not in name]

    def matrix(array: Array, term: str, first: list[str], second: list[str]) -> Array:
        moved = array.transpose([term.index(x) for x in (*batch, *first, *second)])
        sizes = [[array.shape[term.index(x)] for x in part] for part in (batch, first, second)]
        return moved.reshape(*sizes[0], math.prod(sizes[1]), math.prod(sizes[2]))

    product = matmul(matrix(left, name, rows, inner), matrix(right, other, inner, columns))
    shape = [left.shape[name.index(x)] for x in (*batch, *rows)]
    shape += [right.shape[other.index(x)] for x in columns]
    return product.reshape(*shape), "".join((*batch, *rows, *columns))


def _side_by_side(left: Array, name: str, right: Array, other: str) -> tuple[Array, str]:
    """Each element of the one times those of the other that have its indices."""
    whole = name + "".join(x for x in other if x not in name)
    order = [other.index(x) for x in whole if x in other]
    missing = tuple(i for i, x in enumerate(whole) if x not in other)
    moved = right.transpose(order) if order else right
    wide = left.reshape(*left.shape, *(1,) * (len(whole) - len(name)))
    return elementwise("multiply", wide, expand(moved, missing) if missing else moved), whole


def _inner(a: Any, b: Any) -> Array:
    left, right = together(a, b)
    if not left.ndim or not right.ndim:
        return elementwise("multiply", left, right)
    first, last = ascii_letters[: left.ndim - 1], ascii_letters[26 : 25 + right.ndim]
    return einsum(f"{first}z,{last}z->{first}{last}", left, right)


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Array:
    left, right = together(a, b)
    if isinstance(axes, int):
        axes = (range(left.ndim - axes, left.ndim), range(axes))
    ours, theirs = ([int(i) for i in np.atleast_1d(part)] for part in axes)
    name, other = list(ascii_letters[: left.ndim]), list(ascii_letters[26 : 26 + right.ndim])
    for i, j in zip(ours, theirs, strict=True):
        other[j] = name[i]
    out = [x for x in name + other if (x in name) != (x in other)]
    return einsum(f"{''.join(name)},{''.join(other)}->{''.join(out)}", left, right)


def _kron(a: Any, b: Any) -> Array:
    left, right = together(a, b)
    if left.ndim != right.ndim:
        raise UnsupportedError("numpy.kron with arrays of another number of axes has no form here")
    name, other = ascii_letters[: left.ndim], ascii_letters[26 : 26 + left.ndim]
    out = "".join(x + y for x, y in zip(name, other, strict=True))
    shape = [n * m for n, m in zip(left.shape, right.shape, strict=True)]
    return einsum(f"{name},{other}->{out}", left, right).reshape(*shape)


def _multi_dot(arrays: Sequence[Any]) -> Array:
    found = arrays[0]
    for array in arrays[1:]:
        found = matmul(found, array)
    return found


CONTRACTIONS: dict[Any, Callable[..., Any]] = {
    np.einsum: einsum, np.inner: _inner, np.tensordot: _tensordot, np.kron: _kron,
    np.vdot: lambda a, b: _inner(*(x.ravel() for x in together(a, b))),
    np.linalg.multi_dot: _multi_dot,
}  # fmt: skip
"""NumPy's functions → how they are written."""
