"""What grading needs to know of a key, worked out once: cells, trials, and what is right there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import numpy as np

from sheetformer.book.manifest import Region, places
from sheetformer.exercises.blanks import Blank
from sheetformer.exercises.key import Key, Student
from sheetformer.exercises.parts import before
from sheetformer.exercises.slips import close
from sheetformer.graph.node import Graph
from sheetformer.graph.ops import OPS, Value
from sheetformer.graph.storable import TOLERANCE

Cell = tuple[str, int, int]
"""Sheet, row, column, counted from 0."""
Values = dict[int, Value]
"""Place of a step → its value."""

_TRIALS = ("random", "other", "zeros", "negative")
"""What is put into the inputs, besides what stands there."""


@dataclass(frozen=True)
class Plan:
    """A key as grading reads it.

    Attributes:
        key: the key.
        blanks: the place of each blank's step.
        needed: the places of all steps that lead to a blank, in order.
    """

    key: Key
    blanks: tuple[int, ...]
    needed: tuple[int, ...]

    @property
    def graph(self) -> Graph:
        """The program of the solved book."""
        return self.key.manifest.graph

    @cached_property
    def standing(self) -> dict[int, list[Region]]:
        """The places of steps that stand in cells, with their rectangles."""
        found: dict[int, list[Region]] = {}
        for region in self.key.manifest.regions:
            place = self.graph.node_index(int(region.elements.flat[0]))
            # Labels repeat the words of a block elsewhere.
            if region.name and all(owner == place for owner in self.graph.owners(region.elements)):
                found.setdefault(place, []).append(region)
        return found

    def cells(self, place: int) -> list[Cell]:
        """The cells of a step, in the order of its elements."""
        base = self.graph.nodes[place].base
        where: dict[int, Cell] = {}
        for region in self.standing[place]:
            for element, (row, column) in zip(
                region.elements.ravel().tolist(), places(region), strict=True
            ):
                where.setdefault(element - base, (region.sheet, row, column))
        return [where[i] for i in sorted(where)]

    @cached_property
    def reads(self) -> list[Cell]:
        """The cells of all blocks with blanks, one block after the other."""
        return [cell for place in self.blanks for cell in self.cells(place)]

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """The places of the inputs that are changed: typed numbers from which a blank follows."""
        numbers = [
            place
            for place in self.needed
            if self.graph.nodes[place].is_source
            and place in self.standing
            and self.graph.values[place].dtype != object
            and len(self.cells(place)) == self.graph.nodes[place].size
        ]
        typed = [place for place in numbers if OPS[self.graph.nodes[place].op].typed]
        others = [place for place in numbers if place not in typed]
        pools = ([p for p in others if not _is_whole(self.value(p))], others)
        chosen = typed
        for pool in pools:
            behind = [before(self.graph, [blank]) for blank in self._still(chosen)]
            for place in pool:
                if place not in chosen and any(place in each for each in behind):
                    chosen = self._with(chosen, place)
        return tuple(chosen)

    def _with(self, chosen: list[int], place: int) -> list[int]:
        """The chosen inputs and one more, unless the program cannot follow its changes."""
        try:
            self._runs([*chosen, place])
        except (ValueError, LookupError, ArithmeticError):
            return chosen
        return [*chosen, place]

    def _runs(self, chosen: Sequence[int]) -> list[Values]:
        return [self.follow(values)[0] for values in self._changes(chosen)]

    def _still(self, chosen: Sequence[int]) -> list[int]:
        """The blanks that stay the same whatever is put into the chosen inputs."""
        runs = self._runs(chosen)
        return [
            place
            for place in self.blanks
            if not varies([self.value(place), *(run[place] for run in runs)]).any()
        ]

    @cached_property
    def still(self) -> list[str]:
        """The names of blanks whose method nobody can judge: no input changes them."""
        return [self.blank_of(place).block for place in self._still(self.sources)]

    def _changes(self, chosen: Sequence[int]) -> list[Values]:
        return [
            {place: _changed(self.value(place), kind, Random(f"{place} {kind}"))
             for place in chosen}
            for kind in _TRIALS
        ]  # fmt: skip

    def value(self, place: int) -> Value:
        """The value of a step in the key."""
        return self.graph.values[place]

    @cached_property
    def source_cells(self) -> list[Cell]:
        """The cells of all inputs that are changed."""
        return [cell for place in self.sources for cell in self.cells(place)]

    @cached_property
    def trials(self) -> list[Values]:
        """What stands in the inputs in each trial."""
        return self._changes(self.sources)

    @cached_property
    def instead(self) -> list[float]:
        """What is put where a student typed the numbers of a blank, to see what follows."""
        random = Random("instead")
        return [round(random.uniform(0.1, 2.0), 3) for _ in self.reads]

    @cached_property
    def right(self) -> list[Values]:
        """All values in each trial."""
        return [self.follow(values)[0] for values in self.trials]

    def follow(self, sources: Values, blanks: Values | None = None) -> tuple[Values, Values]:
        """The values of all needed steps, and what each blank should be.

        Args:
            sources: other values of inputs.
            blanks: what stands in blocks with blanks; what follows is worked out from that.
        """
        values: Values = {}
        wanted: Values = {}
        for place in self.needed:
            node = self.graph.nodes[place]
            if node.is_source:
                values[place] = sources.get(place, self.value(place))
                continue
            values[place] = compute(self.graph, place, values)
            if place in self.blanks:
                wanted[place] = values[place]
                if blanks is not None:
                    values[place] = blanks[place]
        return values, wanted

    @cached_property
    def request(self) -> dict[str, Any]:
        """What the child of every file is asked, besides the file."""
        trials = [
            [number for place in self.sources for number in values[place].ravel().tolist()]
            for values in self.trials
        ]
        return {
            "regions": self.given(),
            "reads": self.reads,
            "sources": self.source_cells,
            "trials": trials,
            "instead": self.instead,
        }

    def given(self) -> list[list[Any]]:
        """The blocks that were handed out, as JSON can carry them."""
        kept = {sheet for sheet, *_ in (*self.reads, *self.source_cells)}
        return [
            [r.name, r.sheet, r.row, r.column, *r.elements.shape,
             r.formula and self.graph.node_index(int(r.elements.flat[0])) not in self.blanks]
            for r in self.key.manifest.regions
            if r.sheet in kept
        ]  # fmt: skip

    def split(self, flat: Sequence[Any]) -> Values:
        """What was read from `reads`, as a block for each blank, as formulas take it."""
        return self._blocks(self.blanks, flat)

    def sources_of(self, flat: Sequence[Any]) -> Values:
        """What was read from `source_cells`, for each input."""
        return self._blocks(self.sources, flat)

    def _blocks(self, places: Sequence[int], flat: Sequence[Any]) -> Values:
        """Numbers that stand one block after the other, each in the shape of its step.

        An empty cell is 0, and what is no number is nan.
        """
        plain = (0.0 if value is None else value for value in flat)
        numbers = np.array([value if isinstance(value, float) else np.nan for value in plain])
        sizes = [self.graph.nodes[place].size for place in places]
        # What is left behind the last one is empty.
        parts = np.split(numbers, np.cumsum(sizes, dtype=int))
        return {
            place: part.reshape(self.graph.nodes[place].shape)
            for place, part in zip(places, parts, strict=False)
        }

    def has_inputs_of(self, student: Student, sources: Values) -> bool:
        """Whether the numbers in the inputs are those that a student got."""
        own = self.key.inputs(student)
        return all(close(own.get(p, self.value(p)), sources[p]) for p in self.sources)

    def blank_of(self, place: int) -> Blank:
        """The blank of a step."""
        return self.key.blanks[self.blanks.index(place)]


def make_plan(key: Key) -> Plan:
    """What grading needs to know of a key."""
    graph = key.manifest.graph
    blanks = tuple(graph.node_index(int(blank.elements[0])) for blank in key.blanks)
    return Plan(key, blanks, tuple(sorted(before(graph, blanks) | set(blanks))))


def varies(values: Sequence[Value]) -> Any:
    """(cells,): whether some values of a step are different numbers."""
    table = np.array([value.ravel() for value in values], dtype=float)
    known = np.isfinite(table)
    highest = np.where(known, table, -np.inf).max(axis=0)
    return highest - np.where(known, table, np.inf).min(axis=0) > TOLERANCE


def compute(graph: Graph, place: int, values: Mapping[int, Value], op: Any = None) -> Value:
    """The value of a step from the values of others, or what another operation gives."""
    node = graph.nodes[place]
    operands = [graph.value(operand, values) for operand in node.operands]
    with np.errstate(all="ignore"):
        found = OPS[node.op].value(*operands, **node.attributes) if op is None else op(*operands)
    if found.dtype == object or np.isfinite(found).all():
        return found
    # A sheet shows an error where NumPy goes on with infinity, and so does all that reads it.
    return np.where(np.isfinite(found), found, np.nan)


def _is_whole(value: Value) -> bool:
    return bool((value == np.round(value)).all())


def _changed(value: Value, kind: str, random: Random) -> Value:
    """Other numbers for an input, of about its size; whole ones stay whole."""
    size = max(float(np.abs(value).max(initial=0.0)), 0.5)
    if kind == "zeros":
        return np.zeros(value.shape)
    drawn = np.array([random.uniform(-1.0, 1.0) for _ in range(value.size)]).reshape(value.shape)
    if _is_whole(value):
        # What counts something, or says which, is never below 0.
        counts = value.size and value.min() >= 0
        return np.round((np.abs(drawn) if counts else drawn) * max(size, 3.0))
    if kind == "negative":
        drawn = -np.abs(drawn) - 0.05
    return np.round(drawn * 0.8 * size, 3)
