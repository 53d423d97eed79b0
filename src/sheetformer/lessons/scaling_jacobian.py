"""The last step of the lesson scaling: all slopes of softmax at once, its Jacobian."""

from __future__ import annotations

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.lessons.random_scores import COUNT, Measured
from sheetformer.lessons.story import numbered
from sheetformer.story.sentences import say
from sheetformer.story.softmax_steps import shares
from sheetformer.story.story import Story

GROUP = "Scaling"
"""The sheet of the lesson's steps."""


def jacobian(story: Story, last: Measured) -> None:
    """Step 6: the slopes of all shares of one query with all scores, undivided and divided."""
    story.stage(
        "6   All slopes of one query",
        "A share also moves when another key's score moves: by −p p′. All slopes together are the "
        "Jacobian of softmax, one row and one column a key; a gradient comes back through this "
        "table. Here it is for query 1 at d = 256. The diagonal, added up, says how much of a "
        "gradient can pass at most: compare the two. Source: Vaswani et al. 2017, Attention Is "
        "All You Need, section 3.2.1, footnote 4.",
        "J = diag(p) − pᵀ p",
        GROUP,
    )
    keys = numbered("k", COUNT)
    note, title = "Keeps the diagonal only.", "Ones on the diagonal"
    identity = story.constant(
        np.eye(COUNT), "identity", note=note,
        title=title, number_format="integer", labels=(keys, keys), workings=True,
    )  # fmt: skip
    traces: list[Array] = []
    for kind, part, name, note in (
        ("plain", last.plain[:1], "Shares, undivided", "Of query 1."),
        ("divided", last.divided[:1], "Shares, divided", "Of query 1."),
    ):
        p, row = shares(part), (None, keys)
        story.show(
            p, f"p_{kind}", "exp / Σ exp", note,
            title=name, number_format="share", labels=row, line=True,
        )  # fmt: skip
        traces.append(_slopes_of(story, p, identity, kind))
    say(
        story, "jacobian_told",
        "The slopes of the diagonal add up to {plain} undivided and to {divided} divided.",
        title="In words", decimals=3, placed={"line": True}, plain=traces[0], divided=traces[1],
    )  # fmt: skip


def _slopes_of(story: Story, p: Array, identity: Array, kind: str) -> Array:
    """The Jacobian of softmax at shares p (1, n), and its trace (1, 1), which it gives."""
    keys = identity.labels[0]
    table, note = identity * p - p.T * p, "How each share (row) moves with each score (column)."
    story.show(
        table, f"jacobian_{kind}", "diag(p) − pᵀ p", note,
        title="All slopes", number_format="slope", labels=(keys, keys), line=True,
    )  # fmt: skip
    trace = 1.0 - (p * p).sum(axis=1, keepdims=True)
    note = "The diagonal added up: 0 lets nothing pass."
    shown: Array = story.show(
        trace, f"trace_{kind}", "Σ p (1 − p)", note,
        title="How much can pass", number_format="slope", labels=(None, None),
    )  # fmt: skip
    return shown
