"""The grade of one file: each cell of each blank by value and by method, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.engines.base import place as place_text
from sheetformer.exercises.mistakes import mistake
from sheetformer.exercises.operation_slips import NOT_SUBTRACTED
from sheetformer.exercises.plan import Plan, Values, varies
from sheetformer.exercises.slips import agree
from sheetformer.graph.node import Node
from sheetformer.graph.ops import Value

RIGHT, CARRIED, TYPED, FIXED = "right", "carried", "typed", "fixed"
WRONG, ERROR, EMPTY = "wrong", "error", "empty"
VERDICTS = (RIGHT, CARRIED, TYPED, FIXED, WRONG, ERROR, EMPTY)
"""Right; right from the student's own earlier numbers; a right number typed or pasted; a formula
whose value is right and that does not follow its inputs; wrong; an error value; nothing."""
VALUE_ONLY = 0.5
"""What a right value counts where the method is not there."""
_AS_TYPED = 5e-3
"""So far a typed number may be off: people round."""


@dataclass(frozen=True)
class BlankGrade:
    """What was found in a blank.

    Attributes:
        block: its name.
        cells: address → verdict.
        mistake: what went wrong, one sentence, where that could be told.
        found: address → what stands there, for cells that are not right.
    """

    block: str
    cells: Mapping[str, str]
    mistake: str = ""
    found: Mapping[str, Any] | None = None

    @property
    def points(self) -> float:
        """From 0 to 1: the share of cells that are right; a right value alone counts half."""
        worth = {RIGHT: 1.0, CARRIED: 1.0, TYPED: VALUE_ONLY, FIXED: VALUE_ONLY}
        return sum(worth.get(verdict, 0.0) for verdict in self.cells.values()) / len(self.cells)

    @property
    def verdict(self) -> str:
        """The verdict of most weight: that of the cell farthest from right."""
        here = set(self.cells.values())
        return max(here, key=VERDICTS.index)


@dataclass(frozen=True)
class Grade:
    """What a file is worth.

    Attributes:
        file: its name.
        student: whose it is.
        blanks: what was found in each blank.
        notes: what a teacher should know, a sentence each.
        problem: why there is no grade; empty where there is one.
    """

    file: str
    student: str
    blanks: tuple[BlankGrade, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def points(self) -> float | None:
        """From 0 to 100; None where there is no grade."""
        if self.problem or not self.blanks:
            return None
        return round(100.0 * sum(blank.points for blank in self.blanks) / len(self.blanks), 2)


def judged(plan: Plan, answer: Mapping[str, Any]) -> tuple[BlankGrade, ...]:
    """The grade of each blank, from what the child of a file answered."""
    own_sources = plan.sources_of(answer["sources"])
    # The last run, where there is one more, has the inputs of the first trial.
    sources = [own_sources, *plan.trials, plan.trials[0]][: len(answer["runs"])]
    found = [plan.split(run) for run in answer["runs"]]
    followed = [plan.follow(one, own) for one, own in zip(sources, found, strict=True)]
    as_key = all(np.array_equal(own_sources[p], plan.value(p)) for p in plan.sources)
    first = plan.key.manifest.graph.values if as_key else plan.follow(own_sources)[0]
    fresh = [first, *plan.right]
    grades: list[BlankGrade] = []
    at = 0
    for place in plan.blanks:
        size = plan.graph.nodes[place].size
        part = slice(at, at + size)
        at += size
        mine = _Blank(
            plan,
            place,
            [run[part] for run in answer["runs"]],
            answer["formulas"][part],
            [one[place] for one in found],
            [one[place] for one in fresh],
            [wanted[place] for _, wanted in followed],
            [values for values, _ in followed],
        )
        grades.append(mine.grade())
    return tuple(grades)


@dataclass(frozen=True)
class _Blank:
    """A blank of one file: what was read, what is right, and what is right from its own numbers."""

    plan: Plan
    place: int
    read: Sequence[Sequence[Any]]
    formulas: Sequence[bool]
    found: Sequence[Value]
    fresh: Sequence[Value]
    own: Sequence[Value]
    runs: Sequence[Values]

    @property
    def node(self) -> Node:
        return self.plan.graph.nodes[self.place]

    def grade(self) -> BlankGrade:
        blank = self.plan.blank_of(self.place)
        chosen = (blank.elements - self.node.base).tolist()
        right, own = self._agree(self.fresh), self._agree(self.own)
        # Where a student's own numbers stay the same, a pasted one would seem to follow from them.
        moves = varies(self.own[1:])
        follows = moves | ~varies(self.fresh) | (moves.mean() >= 0.5)
        verdicts = {i: self._verdict(i, right, own, bool(follows[i])) for i in chosen}
        said = self._mistake(verdicts)
        if said == NOT_SUBTRACTED:
            # The shares are the same: whoever leaves it out has made no mistake.
            verdicts = dict.fromkeys(verdicts, RIGHT) if moves.any() else verdicts
            said = ""
        cells = self.plan.cells(self.place)
        where = {i: place_text(cells[i][0], cells[i][1:]) for i in chosen}
        shown = {where[i]: self.read[0][i] for i in chosen if verdicts[i] not in (RIGHT, CARRIED)}
        return BlankGrade(blank.block, {where[i]: verdicts[i] for i in chosen}, said or "", shown)

    def _agree(self, expected: Sequence[Value]) -> Any:
        """(runs, cells): whether what was found is what is expected; what nobody knows is."""
        pairs = zip(expected, self.found, strict=False)
        return np.array([(agree(a, b) | ~np.isfinite(a)).ravel() for a, b in pairs])

    def _verdict(self, i: int, right: Any, own: Any, follows: bool) -> str:
        value = self.read[0][i]
        if value is None:
            return EMPTY
        if self.formulas[i]:
            if right[:, i].all():
                return RIGHT
            if own[:, i].all() and follows:
                return CARRIED
            if right[0, i] or own[0, i]:
                return FIXED
            return ERROR if isinstance(value, str) else WRONG
        expected = float(self.fresh[0].ravel()[i])
        near = isinstance(value, float) and abs(value - expected) <= _AS_TYPED * max(
            1.0, abs(expected)
        )
        return TYPED if near else WRONG

    def _mistake(self, verdicts: Mapping[int, str]) -> str | None:
        """What went wrong where formulas stand in every cell."""
        if not set(verdicts.values()) & {WRONG, FIXED} or not all(
            self.formulas[i] for i in verdicts
        ):
            return None
        return mistake(self.plan, self.place, self.runs, self.found)
