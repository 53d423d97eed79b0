"""Which steps of a graph the field has a name for, and what a call of that name is given.

A step is known by what it computes, whoever wrote it: e to the numbers less their largest, over
its own sum, is SOFTMAX. What is on the way (the largest, e to it, the sum) is then read by nobody
but for its own sake.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np

from sheetformer.formula.geometry import Geometry
from sheetformer.formula.named import OF_OPS
from sheetformer.formula.reading import Reader
from sheetformer.formula.tree import Formula, Infix, Number, Range, call, parts
from sheetformer.graph.nn import HIDDEN
from sheetformer.graph.node import Graph, Ids, Node


def named_calls(graph: Graph, geometry: Geometry) -> dict[int, Formula]:
    """For the places of the steps that have a name the call; its leaves are whole operands."""
    finder = _Finder(graph, geometry)
    found = ((place, finder.call(node)) for place, node in enumerate(graph))
    return {place: made for place, made in found if made is not None}


def operands_of(formula: Formula) -> Iterator[Ids]:
    """The operands (ids in their own shape) that a call reads."""
    return (np.asarray(part.ids) for part in parts(formula) if isinstance(part, Range))


class _Scores(NamedTuple):
    """What a softmax is taken of: numbers, and what the difference to the largest is divided by."""

    ids: Ids
    divisor: Ids | None = None


class _Finder(Reader):
    def call(self, node: Node) -> Formula | None:
        """The call that gives a step, if there is one."""
        for known in _KNOWN.get(node.op, ()):
            made = known(self, node)
            if made is not None and all(map(self.can_be_read, operands_of(made))):
                return made
        return None

    @cached_property
    def bounded(self) -> set[int]:
        """The steps (by base) of which a largest number is taken."""
        bounds = (node for node in self.graph if node.op == "minimum")
        return {self.graph.owner(int(ids.flat[0])).base for node in bounds for ids in node.inputs}

    def scores(self, found: _Scores) -> Formula:
        """The operand of a softmax: a product of two matrices is written out."""
        product = self.product(found)
        if product is not None:
            left, right, scale = product
            made = call("MMULT", self.operand(left), self.operand(right))
            if all(map(self.can_be_read, operands_of(made))):
                return made if scale == Number(1.0) else Infix("/", made, scale)
        x = self.operand(found.ids)
        return x if found.divisor is None else Infix("/", x, self.scale(found.divisor, 0))

    def product(self, found: _Scores) -> tuple[Ids, Ids, Formula] | None:
        """Both factors of scores, and what these are divided by."""
        divisor, node = found.divisor, self.node(found.ids)
        if divisor is None and node is not None and node.op == "divide":
            above, divisor = node.inputs
            node = self.node(above) if divisor.size == 1 else None
        if node is None or node.op != "matmul":
            return None
        left, right = node.inputs
        return left, right, Number(1.0) if divisor is None else self.scale(divisor, left.shape[-1])

    def scale(self, ids: Ids, width: int) -> Formula:
        """What scores are divided by, as a root where it is one."""
        if self.constant(ids) == math.sqrt(width):
            return call("SQRT", Number(float(width)))
        root = self.graph.owner(int(ids.flat[0]))
        return call("SQRT", Range(root.inputs[0])) if root.op == "sqrt" else Range(ids)

    # Functions.

    def softmax(self, node: Node | None) -> _Scores | None:
        """What a step is the softmax of, row by row."""
        for top, total in self.split(node, "divide"):
            exponentials = self.node(top, "exp")
            added = self.along_rows(total, "sum")
            if exponentials is None or added is None or not self.same(added, top):
                continue
            below = exponentials.inputs[0]
            for above, divisor in self.split(self.node(below), "divide"):
                x = self.below_largest(above) if divisor.size == 1 else None
                return None if x is None else _Scores(x, divisor)
            x = self.below_largest(below)
            return None if x is None else _Scores(x)
        return None

    def below_largest(self, ids: Ids) -> Ids | None:
        """Of numbers less the largest of their row these numbers."""
        for numbers, largest in self.split(self.node(ids), "subtract"):
            seen = self.along_rows(largest, "max")
            if seen is not None and self.same(seen, numbers):
                return numbers
        return None

    def masked_softmax(self, node: Node) -> tuple[_Scores, Ids] | None:
        """The scores and the mask of a softmax that is 0 where the mask is."""
        if node.op != "where" or self.constant(node.inputs[2]) != 0.0:
            return None
        mask, shares, _ = node.inputs
        hidden = self.softmax(self.node(shares))
        if hidden is None or hidden.divisor is not None:
            return None
        masked = self.node(hidden.ids, "where")
        if masked is None or not self.same(masked.inputs[0], mask):
            return None
        held = self.constant(masked.inputs[2]) == HIDDEN
        return (_Scores(masked.inputs[1]), mask) if held else None

    def over_root(self, node: Node) -> Iterator[tuple[Ids, Ids]]:
        """Of x / √(mean of x² + epsilon) x and epsilon."""
        for x, divisor in self.split(node, "divide"):
            root = self.node(divisor, "sqrt")
            inner = self.node(root.inputs[0]) if root is not None else None
            for square, epsilon in self.split(inner, "add"):
                if epsilon.size == 1 and self.is_mean_square(square, x):
                    yield x, epsilon

    def is_mean_square(self, ids: Ids, x: Ids) -> bool:
        """Whether these are the means of the squares of the rows of x."""
        mean = self.along_rows(ids, "mean")
        for total, count in self.split(self.node(ids), "divide"):
            if self.constant(count) == x.shape[-1]:
                mean = self.along_rows(total, "sum")
        square = self.node(mean, "multiply") if mean is not None else None
        return square is not None and all(self.same(factor, x) for factor in square.inputs)

    def layer_norm(self, node: Node) -> Formula | None:
        """LAYERNORM, with or without gain and bias."""
        for scaled, bias in self.with_vector(node, "add"):
            for normal, gain in self.with_vector(scaled, "multiply"):
                for centred, epsilon in self.over_root(normal):
                    for x, mean in self.split(self.node(centred), "subtract"):
                        averaged = self.along_rows(mean, "mean")
                        if averaged is not None and self.same(averaged, x):
                            given = _or(gain, 1.0), _or(bias, 0.0), Range(epsilon)
                            return call("LAYERNORM", self.operand(x), *given)
        return None

    def rms_norm(self, node: Node) -> Formula | None:
        """RMSNORM, with or without gain."""
        for normal, gain in self.with_vector(node, "multiply"):
            for x, epsilon in self.over_root(normal):
                return call("RMSNORM", self.operand(x), _or(gain, 1.0), Range(epsilon))
        return None

    def with_vector(self, node: Node, op: str) -> Iterator[tuple[Node, Ids | None]]:
        """A step before a vector is added or multiplied to all of its rows; or itself."""
        for rows, vector in self.split(node, op):
            inner = self.node(rows)
            # A vector may be added to a single row for other reasons.
            given = len(node.shape) > 1 or self.graph.owner(int(vector.flat[0])).is_source
            if inner is not None and given and vector.shape == node.shape[-1:]:
                yield inner, vector
        yield node, None

    def log_softmax(self, node: Node) -> Formula | None:
        """LOG_SOFTMAX."""
        for shifted, logarithm in self.split(node, "subtract"):
            log = self.node(logarithm, "log")
            added = self.along_rows(log.inputs[0], "sum") if log is not None else None
            exponentials = self.node(added, "exp") if added is not None else None
            if exponentials is not None and self.same(exponentials.inputs[0], shifted):
                x = self.below_largest(shifted)
                return None if x is None else call("LOG_SOFTMAX", self.operand(x))
        return None

    def shares(self, node: Node) -> Formula | None:
        """SOFTMAX, or MASKED_SOFTMAX."""
        if (plain := self.softmax(node)) is not None:
            return call("SOFTMAX", self.scores(plain))
        if (found := self.masked_softmax(node)) is not None:
            return call("MASKED_SOFTMAX", self.scores(found[0]), self.operand(found[1]))
        return None

    def attention(self, node: Node) -> Formula | None:
        """ATTENTION, or MASKED_ATTENTION."""
        inner = self.node(np.asarray(node.operands[0]))
        found = None if inner is None else self.masked_softmax(inner) or (self.softmax(inner),)
        product = self.product(found[0]) if found is not None and found[0] is not None else None
        if product is None or found is None:
            return None
        value = node.inputs[1]
        # What is known beforehand is no value that was learned or computed for a key.
        if self.graph.owner(int(value.flat[0])).is_constant:
            return None
        query, key, scale = product
        name = "ATTENTION" if len(found) == 1 else "MASKED_ATTENTION"
        given = (query, key.swapaxes(-1, -2), value)
        return call(name, *map(self.operand, given), scale, *map(self.operand, found[1:]))

    def relu(self, node: Node) -> Formula | None:
        """RELU, however it is written."""
        if node.op == "maximum":
            x, least = node.inputs
            # With a largest number as well it only keeps a number within bounds.
            known = self.constant(least) == 0.0 and node.base not in self.bounded
            return call("RELU", self.operand(x)) if known else None
        test, x, otherwise = node.inputs
        asked = self.node(test, "greater")
        if asked is None or self.constant(otherwise) != 0.0:
            return None
        above = self.same(asked.inputs[0], x) and self.constant(asked.inputs[1]) == 0.0
        return call("RELU", self.operand(x)) if above else None

    def gated(self, node: Node) -> Formula | None:
        """SILU or GELU: a number times a share of it."""
        for x, gate in self.split(node, "multiply"):
            share = self.node(gate)
            name = _GATES.get(share.op, "") if share is not None else ""
            if share is not None and name and self.same(share.inputs[0], x):
                return call(name, self.operand(x))
        return None

    def gelu_tanh(self, node: Node) -> Formula | None:
        """GELU_TANH: x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))."""
        half, given = self.factors(node)
        for x, other in (given, given[::-1]) if half == 0.5 and len(given) == 2 else ():
            for one, bent in self.split(self.node(other), "add"):
                tanh = self.node(bent, "tanh")
                if self.constant(one) == 1.0 and tanh is not None and self.is_bent(tanh, x):
                    return call("GELU_TANH", self.operand(x))
        return None

    def is_bent(self, tanh: Node, x: Ids) -> bool:
        """Whether its operand is √(2/π) · (x + 0.044715 x³)."""
        root, given = self.factors(self.node(tanh.inputs[0]))
        if len(given) != 1 or not math.isclose(root, math.sqrt(2.0 / math.pi)):
            return False
        for first, cube in self.split(self.node(given[0]), "add"):
            small, three = self.factors(self.node(cube))
            if len(three) == 3 and math.isclose(small, 0.044715):
                return all(self.same(x, other) for other in (first, *three))
        return False

    def factors(self, node: Node | None) -> tuple[float, list[Ids]]:
        """A product as its constants, multiplied, and what they are multiplied with."""
        if node is None or node.op != "multiply":
            return 1.0, [] if node is None else [node.ids]
        number, others = 1.0, list[Ids]()
        for ids in node.inputs:
            if (constant := self.constant(ids)) is not None:
                number *= constant
            elif (inner := self.node(ids, "multiply")) is not None:
                times, more = self.factors(inner)
                number, others = number * times, others + more
            else:
                others.append(ids)
        return number, others

    def operation(self, node: Node) -> Formula | None:
        """An operation that has a name in itself."""
        return call(OF_OPS[node.op].name, *map(self.operand, node.inputs))


def _or(vector: Ids | None, otherwise: float) -> Formula:
    return Number(otherwise) if vector is None else Range(vector)


_GATES = {"sigmoid": "SILU", "normal_cdf": "GELU"}

_Known = Callable[[_Finder, Node], Formula | None]
_KNOWN: Mapping[str, tuple[_Known, ...]] = {
    "divide": (_Finder.shares, _Finder.layer_norm, _Finder.rms_norm),
    "multiply": (_Finder.layer_norm, _Finder.rms_norm, _Finder.gated, _Finder.gelu_tanh),
    "add": (_Finder.layer_norm,),
    "subtract": (_Finder.log_softmax,),
    "where": (_Finder.shares, _Finder.relu),
    "maximum": (_Finder.relu,),
    "matmul": (_Finder.attention,),
    **dict.fromkeys(OF_OPS, (_Finder.operation,)),
}
"""What a step may be, by its operation."""
