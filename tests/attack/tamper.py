"""JSON with something wrong in it: what anybody could write into a file that we read."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

BAD: list[Any] = [
    None, True, False, 0, 1, 2, -1, -7, 1.5, -0.0, 10**9, 2**31, 2**63, 10**400, 1e308, -1e308,
    float("inf"), float("nan"), "", "x", "0", "a" * 40_000, "\ud800", "\x1b[2J", "axis", "where",
    [], [0], [[]], [-1], [1, 1], [22_000, 22_000], [0, [22_000, 22_000], [0, 0]], {}, {"where": 0},
    {"ids": [0], "shape": []}, {"ids": [10**9], "shape": [1]}, {"axis": [0, 0]}, {"k": -1},
]  # fmt: skip
"""Of the wrong type, out of range, far too large, or what NumPy would understand in another way."""


def tampered(document: Any, rng: Random) -> Any:
    """A copy of a document with one to three things changed, removed, doubled or exchanged."""
    changed = copy.deepcopy(document)
    for _ in range(rng.choice((1, 1, 2, 3))):
        places = list(_places(changed, rng))
        if not places:
            return copy.deepcopy(rng.choice(BAD))
        holder, key = rng.choice(places)
        _damage(holder, key, rng)
    return changed


def _places(document: Any, rng: Random) -> Iterator[tuple[Any, Any]]:
    """One path down into the document, each of its steps as (holder, key)."""
    while isinstance(document, dict | list) and document:
        keys = list(document) if isinstance(document, dict) else range(len(document))
        key = rng.choice(keys)
        yield document, key
        document = document[key]


def _damage(holder: Any, key: Any, rng: Random) -> None:
    what = rng.randrange(6)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(rng.choice(holder)))
    elif what == 2:
        other = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        holder[key], holder[other] = holder[other], holder[key]
    elif what == 3 and isinstance(holder, dict):
        holder[rng.choice(["where", "out", "dtype", "axis", "k", "initial"])] = copy.deepcopy(
            rng.choice(BAD)
        )
    elif what == 4 and type(holder[key]) is int:
        holder[key] += rng.choice((-1, 1, 2, 1000, 2**40))
    else:
        holder[key] = copy.deepcopy(rng.choice(BAD))
