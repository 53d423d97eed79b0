"""What is computed: operations, nodes, views, and the `Array` that writes them."""

# Gives `Array` the meaning of NumPy's function names.
from sheetformer.graph import numpy_names as _numpy_names

del _numpy_names
