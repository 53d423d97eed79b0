"""NumPy's elementwise functions as they are typed on an Array: Arrays and numbers in, Array out.

Each is NumPy's own function, so plain NumPy arrays pass as well; NumPy's stubs only cannot know
that it answers an Array with an Array.

>>> from sheetformer.graph.functions import source
>>> from sheetformer.graph.node import Graph
>>> exp(source(Graph(), "input", [0.0, 1.0], name="x")).node.op
'exp'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from sheetformer.graph.array import Array

Operand = Array | float
"""An Array of any shape, or a number that broadcasts."""


Unary = Callable[[Operand], Array]
"""A function of each element: (…) → (…)."""

Binary = Callable[[Operand, Operand], Array]
"""A function of each pair of elements; the shapes broadcast."""

Where = Callable[[Operand, Any, Any], Array]
"""A choice between each pair of elements, numbers or words; the three shapes broadcast."""

exp = cast(Unary, np.exp)
log = cast(Unary, np.log)
sqrt = cast(Unary, np.sqrt)
maximum = cast(Binary, np.maximum)
minimum = cast(Binary, np.minimum)
equal = cast(Binary, np.equal)
where = cast(Where, np.where)
