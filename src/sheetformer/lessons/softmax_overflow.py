"""The last step of the lesson softmax: why the largest score is taken off first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import exp
from sheetformer.graph.functions import added, constant, elementwise
from sheetformer.language import translate
from sheetformer.lessons.softmax_scores import ANY, GROUP, Scored
from sheetformer.story.number_cells import allow
from sheetformer.story.sentences import beside, say, spoken
from sheetformer.story.story import Story

ADDED = (0.0, 100.0, 700.0, 1000.0, -1000.0)
SHORT = 9.0
"""Up to this power e^z is short enough to be written out."""
FAINT = -700.0
"""A sum below e to this power has lost digits, or is 0."""


def overflow(story: Story, scored: Scored) -> None:
    """Step 4: the scores with a number added, shared out in the safe and in the plain way."""
    story.stage(
        "4   Subtract the largest first",
        "Adding the same number to all scores changes no share, since only differences count. But "
        "it may change what a computer can hold: a cell, as any 64-bit number, ends just below "
        "2^1024 ≈ 1.8 · 10^308, so e^z fits up to z = 1024 ln 2 = 709.78. Beyond, a program says "
        "infinity and a spreadsheet #NUM!; far below 0, every e^z becomes 0, and 0 / 0 is no "
        "number either. The plain way then has nothing to show. With the largest score taken off, "
        "the largest exponential is e^0 = 1, the sum is never below 1, and "
        "nothing can overflow. Type other numbers to add.",
        "e^(z + c) / Σ e^(z + c) = e^z / Σ e^z",
        GROUP,
    )
    cases = np.array(
        [translate("case {number}", number=i + 1) for i in range(len(ADDED))], dtype=object
    )
    column = np.array(ADDED)[:, None]
    rows, alone = scored.across(cases), (cases, None)
    limit = elementwise("log", constant(story.graph, 2.0)) * 1024.0
    note, title = "The largest z whose e^z fits.", "Largest power"
    story.show(limit, "limit", "1024 ln 2", note, title=title)
    note, title = "To every score.", "Number to add"
    added = story.input(column, "added", note=note, title=title, labels=alone)
    allow(story, added, ANY)
    moved = added + scored.scores.T
    story.show(moved, "moved", "z + added", "The scores with it.", title="Scores", labels=rows)
    safe = _safe_way(story, moved, rows, alone)
    _plain_way(story, added, moved, limit, safe, rows, alone)
    difference = elementwise("absolute", safe.shares - scored.shares.T)
    note = "How far the safe shares are from those of step 1: only rounding."
    story.show(
        difference, "apart", "|safe_shares − shares|", note,
        title="How far apart", number_format="tiny", labels=rows, workings=True,
    )  # fmt: skip


@dataclass(frozen=True)
class _Safe:
    """What the safe way finds: shares (k, n), and ln Σ e^z (k, 1) without computing any e^z."""

    shares: Array
    log_sum: Array


def _safe_way(story: Story, moved: Array, rows: Any, alone: Any) -> _Safe:
    best, title = moved.max(axis=1, keepdims=True), "Largest of the row"
    story.show(best, "moved_max", "max", "", title=title, labels=alone)
    exponentials, title = exp(moved - best), "The safe way: exponentials"
    note = "Never above 1."
    story.show(exponentials, "safe_exp", "e^(z − max)", note, title=title, labels=rows, line=True)
    total, note = exponentials.sum(axis=1, keepdims=True), "From 1 to the number of words."
    story.show(total, "safe_sum", "Σ safe_exp", note, title="Sum of the row", labels=alone)
    shared, note = exponentials / total, "The same in every row."
    story.show(
        shared, "safe_shares", "safe_exp / Σ", note,
        title="The safe way: shares", number_format="share", labels=rows,
    )  # fmt: skip
    log_sum = best + np.log(total)
    note = "ln Σ e^z, without any large number."
    title = "Logarithm of the sum"
    story.show(
        log_sum, "log_sum_exp", "max + ln Σ e^(z − max)", note,
        title=title, labels=alone, workings=True,
    )  # fmt: skip
    return _Safe(shared, log_sum)


def _plain_way(
    story: Story, added_: Array, moved: Array, limit: Array, safe: _Safe, rows: Any, alone: Any
) -> None:
    large = elementwise("greater", safe.log_sum, limit)
    small = elementwise("less", safe.log_sum, FAINT)
    fits = 1.0 - added([large, small]) + 0.0
    power = safe.log_sum / np.log(constant(story.graph, 10.0))
    note, title = "Σ e^z is 10 to this power.", "Power of ten"
    equation = "log_sum_exp / ln 10"
    story.show(power, "power_of_ten", equation, note, title=title, labels=alone, workings=True)
    note, title = "1: a cell can hold Σ e^z.", "Does it fit?"
    story.show(
        fits, "fits", "", note, title=title, number_format="integer", labels=alone, workings=True
    )
    plain: Any = elementwise("where", fits, np.exp(moved), 0.0)
    total = plain.sum(axis=1, keepdims=True)
    shared = plain / elementwise("where", fits, total, 1.0)
    for array, name, title in (
        (plain, "plain_exp", "Exponentials that fit"),
        (shared, "plain_shares", "Shares of those"),
    ):
        story.show(array, name, "", "", title=title, labels=rows, workings=True)
    story.tell(plain, number_format="tiny")
    story.tell(shared, number_format="share")
    _plain_shown(story, moved, shared, (fits, large, limit), rows)
    broken = elementwise("where", large, translate("✗ too large"), translate("✗ too small"))
    verdict = elementwise("where", fits, translate("✓ the same"), broken)
    story.show(verdict, "verdict", "", "", title="The plain way …", labels=alone)
    say(
        story, "overflow_told",
        "With {added} added, Σ e^z is about 10^{power}: {verdict}.",
        title="In words", placed={"line": True}, added=added_, power=power, verdict=verdict,
    )  # fmt: skip


def _plain_shown(
    story: Story, moved: Array, shared: Array, holds: tuple[Array, Array, Array], rows: Any
) -> None:
    """What the plain way shows (k, n): e^z as text, long ones as a power of ten, and shares."""
    fits, large, limit = holds
    too_large, zero = translate("✗ #NUM!"), translate("✗ 0")
    power = beside("10^", spoken(moved / np.log(constant(story.graph, 10.0)), 0))
    plain = spoken(exp(elementwise("minimum", moved, SHORT)), 2)
    held = elementwise("where", moved > SHORT, power, plain)
    over = elementwise("where", moved > limit, too_large, held)
    seen = elementwise("where", moved < FAINT, zero, over)
    title, note = "The plain way: exponentials", "✗: no cell can hold it."
    story.show(seen, "plain_exp_shown", "e^z", note, title=title, labels=rows, line=True)
    broken = elementwise("where", large, too_large, translate("✗ 0 / 0"))
    share = beside(spoken(shared * 100.0, 1), "%")
    seen, title = elementwise("where", fits, share, broken), "The plain way: shares"
    story.show(seen, "plain_shares_shown", "e^z / Σ e^z", "", title=title, labels=rows)
