"""The way that a run took: Python looked at numbers, and the book holds while they are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheetformer.frontends.torch.operands import ValueGuard
from sheetformer.frontends.torch.sheets import INPUTS, Sheets
from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise
from sheetformer.graph.node import Ids, Node
from sheetformer.graph.storable import TOLERANCE
from sheetformer.story.story import Story

MANY = 4096
"""Numbers of a block from which on only their sum is held against the recorded one."""
SAME = "✓ the model goes the recorded way"
OTHER = "✗ with these numbers the model would go another way: record it again"


_WAY = (
    "The model asked some of its numbers what to do next (how long to go on, which branch to "
    "take). The formulas here are those of one run; if such a number changes, the model would "
    "have done something else."
)
_KEPT = (
    "Some blocks hold recorded numbers, which do not follow. They are right only as long as what "
    "they were made of is as it was."
)


def add_guards(
    story: Story,
    guards: Sequence[tuple[Ids, ValueGuard]],
    made_of: Sequence[Node],
    sheets: Sheets,
) -> None:
    """A line that says whether all is as it was recorded that the book depends on in other ways.

    Args:
        story: of one recorded run.
        guards: the numbers (…) that Python looked at, with what it found.
        made_of: what recorded numbers in the book were made of; of much only the sum is held.
        sheets: where the line stands.
    """
    graph = story.graph
    pairs = {
        int(i): float(v) for ids, guard in guards for i, v in zip(ids, guard.values, strict=True)
    }
    text = " ".join([*([_WAY] if pairs else []), *([_KEPT] if made_of else [])])
    for node in made_of:
        ids = node.ids if node.size <= MANY else Array.of(graph, node).sum(keepdims=True).ids
        pairs |= dict(zip(ids.ravel().tolist(), graph.value(ids).ravel().tolist(), strict=True))
    if not pairs:
        return
    stage = sheets.stage(INPUTS, "Is this still the recorded way?", text)
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
