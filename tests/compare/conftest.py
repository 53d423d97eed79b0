"""Without PyTorch and transformers there is nothing to compare."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = (
    []
    if find_spec("torch") and find_spec("transformers")
    else ["test_compare.py", "planted.py", "faults.py"]
)
