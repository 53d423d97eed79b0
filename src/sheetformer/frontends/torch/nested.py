"""What lies in what a model is given and gives: dictionaries, lists, dataclasses, objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from torch.utils import _pytree as tree


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Everything in a value that holds nothing else, each with the way to it as its name.

    >>> [*leaves({"x": [1, 2]}, "batch")]
    [('batch_x_0', 1), ('batch_x_1', 2)]
    """
    parts = _parts(value)
    if parts is None:
        yield name, value
        return
    for key, part in parts:
        yield from leaves(part, f"{name}_{key}".strip("_"))


def _parts(value: Any) -> list[tuple[str, Any]] | None:
    """What a value is made of, by its names or places; None if it is one thing."""
    if isinstance(value, Mapping):
        return [(str(key), part) for key, part in value.items()]
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple) and (names := getattr(value, "_fields", None)):
        return [(name, getattr(value, name)) for name in names]
    if isinstance(value, list | tuple):
        return [(str(i), part) for i, part in enumerate(value)]
    found = tree.tree_flatten_with_path(value)[0]
    if len(found) == 1 and found[0][1] is value:
        return None
    return [(tree.keystr(path), part) for path, part in found]
