"""What writes the graph: each function adds a node, or arranges the elements there are."""

from sheetformer.graph.array import (
    concatenate,
    constant,
    deviation,
    describe,
    elementwise,
    embedding,
    join,
    lookup,
    matmul,
    reduce,
    show,
    source,
    stack,
)

__all__ = [
    "concatenate", "constant", "describe", "deviation", "elementwise", "embedding", "join",
    "lookup", "matmul", "reduce", "show", "source", "stack",
]
