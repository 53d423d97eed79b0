"""Whether the graph's numbers are those that PyTorch computed, right after each operation."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from sheetformer.errors import UnsupportedError
from sheetformer.frontends.torch.aten import as_held, as_numpy, finite
from sheetformer.frontends.torch.refusals import NAN
from sheetformer.graph.node import Graph
from sheetformer.graph.storable import TOLERANCE, apart


def is_proven(graph: Graph, result: torch.Tensor, tags: Any) -> bool:
    """Whether every number of the graph is the one that PyTorch computed."""
    try:
        prove(graph, result, tags)
    except UnsupportedError:
        return False
    return True


def prove(graph: Graph, result: torch.Tensor, tags: Any) -> None:
    """Hold a result (…) against the elements that its tags (…) name, where it has some.

    Raises:
        UnsupportedError: a number is another one, or PyTorch's is no number.
    """
    flat = np.asarray(tags).ravel()
    live = flat > 0
    if not live.any():
        return
    found = finite(graph.value(flat[live] - 1))
    expected = as_held(as_numpy(result).ravel()[live], found)
    if np.isnan(expected).any():
        raise UnsupportedError(NAN)
    largest = apart(expected, found).max()
    # Not `>`: no number at all is off, too.
    if not (largest <= TOLERANCE):
        raise UnsupportedError(f"its rule is off by {largest:.1e} here")
