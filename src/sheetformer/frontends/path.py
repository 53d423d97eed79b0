"""The way that a run took: Python looked at numbers, and the book holds while they are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetformer.frontends.operands import Guard
from sheetformer.frontends.sheets import INPUTS, Sheets
from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise, inside, show, source
from sheetformer.graph.node import Graph, Ids
from sheetformer.graph.storable import TOLERANCE

SAME = "✓ the model goes the recorded way"
OTHER = "✗ with these numbers the model would go another way: record it again"


def add_path(graph: Graph, guards: Sequence[tuple[Ids, Guard]], sheets: Sheets) -> None:
    """A line that says whether everything that Python looked at is as it was recorded."""
    pairs = {
        int(i): float(v) for ids, guard in guards for i, v in zip(ids, guard.values, strict=True)
    }
    if not pairs:
        return
    stage = sheets.stage(
        INPUTS,
        "Is this still the recorded way?",
        "The model asked some of its numbers what to do next (how long to go on, which branch to "
        "take). The formulas here are those of one run; if such a number changes, the model would "
        "have done something else.",
    )
    ids = np.array(sorted(pairs), dtype=np.int64)
    given = source(graph, "constant", np.array([pairs[int(i)] for i in ids]), name="way_recorded")
    now = show(
        Array(graph, graph.add("copy", [ids]).ids, (None,)),
        "way_now",
        note="What it asked for, now.",
    )
    off = show(abs(inside(now - given)), "way_off", "|now − recorded|")
    apart = show(off.sum(keepdims=True), "way_apart", "Σ off")
    verdict = elementwise("where", inside(apart <= TOLERANCE), SAME, OTHER)
    show(verdict, "way", note="", look="message")
    for array in (given, now, off, apart, verdict):
        array.node.stage = stage
    given.node.note = "What the model found when it was recorded."
