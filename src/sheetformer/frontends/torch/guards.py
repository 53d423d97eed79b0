"""The way that a run took: Python looked at numbers, and the book holds while they are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetformer.frontends.torch.operands import ValueGuard
from sheetformer.frontends.torch.sheets import INPUTS, Sheets
from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise
from sheetformer.graph.node import Ids
from sheetformer.graph.storable import TOLERANCE
from sheetformer.story.story import Story

SAME = "✓ the model goes the recorded way"
OTHER = "✗ with these numbers the model would go another way: record it again"


def add_guards(story: Story, guards: Sequence[tuple[Ids, ValueGuard]], sheets: Sheets) -> None:
    """A line that says whether all numbers (…) that Python looked at are as they were recorded."""
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
    values = np.array([pairs[int(i)] for i in ids])
    note = "What the model found when it was recorded."
    given = story.constant(values, "way_recorded", note=note, stage=stage)
    now = Array(story.graph, story.graph.add("copy", [ids]).ids, (None,))
    story.show(now, "way_now", note="What it asked for, now.", stage=stage)
    off = story.show(abs(now - given), "way_off", "|now − recorded|", stage=stage)
    total = story.show(off.sum(keepdims=True), "way_apart", "Σ off", stage=stage)
    verdict = elementwise("where", total <= TOLERANCE, SAME, OTHER)
    story.show(verdict, "way", number_format="message", stage=stage)
