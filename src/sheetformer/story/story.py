"""A story: a graph, and beside it how each of its steps is described and where it stands.

The graph knows nothing of this. Captions and placements are kept by the base of the node that they
belong to, so the same graph can be described in other ways.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph.array import Array
from sheetformer.graph.describe import describe
from sheetformer.graph.functions import named, source
from sheetformer.graph.node import Graph, Ids, Labels, Node
from sheetformer.graph.ops import OPS
from sheetformer.language import translate
from sheetformer.story.caption import NO_CAPTION, Caption, Stage
from sheetformer.story.placement import NO_PLACEMENT, Figure, Placement
from sheetformer.story.questions import Question, truths
from sheetformer.story.terms import TERMS, Term

_NO_TERM = Term()


@dataclass
class Story:
    """A graph with its captions, stages, placements and figures.

    >>> import numpy as np
    >>> story = Story("Two numbers")
    >>> x = story.input(np.array([1.0, 4.0]), "x", note="Type any.")
    >>> root = story.show(np.sqrt(x), "root", "√x")
    >>> root.node.name, story.caption(root.node).equation, root.value
    ('root', '√x', array([1., 2.]))

    Attributes:
        title: the heading of its book.
        graph: what is computed.
        terms: what the story says of a step by its role.
        head: one line below the title: what it is for.
        order: the names of the sheets in their order; others follow.
        shapes: the shape of a node's value (by base), where it has fewer axes than its cells.
    """

    title: str
    graph: Graph = field(default_factory=Graph)
    terms: Mapping[str, Term] = field(default_factory=lambda: TERMS)
    stages: list[Stage] = field(default_factory=list[Stage])
    figures: list[Figure] = field(default_factory=list[Figure])
    order: Sequence[str] = ()
    head: str = ""
    captions: dict[int, Caption] = field(default_factory=dict[int, Caption])
    placements: dict[int, Placement] = field(default_factory=dict[int, Placement])
    shapes: dict[int, tuple[int, ...]] = field(default_factory=dict[int, tuple[int, ...]])
    carried: dict[int, int] = field(default_factory=dict[int, int])
    """Of an input or parameter (by base) the base of the block that is its next value."""
    watched: list[int] = field(default_factory=list[int])
    """Single numbers (by base) that are worth a look at every step."""
    questions: list[Question] = field(default_factory=list[Question])
    begun: list[int] = field(default_factory=list[int])
    """For each stage the first id of what was computed in it."""

    # Stages.

    def stage(
        self,
        title: str,
        text: str = "",
        equation: str = "",
        group: str = "",
        width: int = 0,
        table: Mapping[str, int] | None = None,
    ) -> int:
        """Begin a stage; gives its number. What is computed from here on stands in it."""
        return self.enter(Stage(title, text, equation, group, width, table or {}))

    def enter(self, stage: Stage) -> int:
        """Begin a stage that is written elsewhere; gives its number."""
        self.stages.append(stage)
        self.begun.append(self.graph.size)
        return len(self.stages) - 1

    def stage_of(self, node: Node) -> int:
        """The number of the stage that a node stands in."""
        placed = self.placements.get(node.base, NO_PLACEMENT).stage
        return max(bisect_right(self.begun, node.base) - 1, 0) if placed is None else placed

    def question(self, text: str, right: str, hint: str, **asked: Any) -> None:
        """Ask something; `ask` sets all questions as a table, and `asked` is as in `Question`."""
        said = translate(text), translate(right), translate(hint)
        self.questions.append(Question(*said, **asked))

    def statement(self, text: str, right: str, hint: str, *, holds: bool) -> None:
        """Ask whether a sentence is true; the texts are as in `question`."""
        options = truths()
        self.question(text, right, hint, options=options, answer=options[not holds])

    # What is given.

    def input(self, value: Any, name: str, **settings: Any) -> Array:
        """Numbers or words that a reader types, of any shape; `settings` as in `show`."""
        return self.given("input", value, name, **settings)

    def parameter(self, value: Any, name: str, **settings: Any) -> Array:
        """Learned numbers of any shape; `settings` as in `show`."""
        return self.given("parameter", value, name, **settings)

    def constant(self, value: Any, name: str, **settings: Any) -> Array:
        """Numbers or words that are simply given, of any shape; `settings` as in `show`."""
        return self.given("constant", value, name, **settings)

    def given(
        self,
        op: str,
        value: Any,
        name: str,
        *,
        labels: Sequence[Labels] | None = None,
        **settings: Any,
    ) -> Array:
        """A source of the graph, in its value's shape, as a block.

        Raises:
            ShapeError: rows differ in length, or there is nothing.
            UnsupportedError: a cell cannot hold a value.
        """
        return self.show(source(self.graph, op, value, labels), name, **settings)

    # What goes on, step by step.

    def carry(self, state: Array, following: Array) -> None:
        """Say that a block is the next value of an input or parameter, both of one shape (…).

        Raises:
            UnsupportedError: the first is no input or parameter of numbers, or is carried already;
                or the second is no block that is computed.
            ShapeError: their shapes differ.
        """
        self._check_carried(state, following)
        self.carried[state.node.base] = following.node.base

    def _check_carried(self, state: Array, following: Array) -> None:
        source, after = describe(state), describe(following)
        if not (state.is_whole and OPS[state.node.op].typed) or state.is_text:
            raise UnsupportedError(
                f"carry: {source} is no whole input or parameter of numbers; only those go on"
            )
        if state.node.base in self.carried:
            raise UnsupportedError(f"carry: {source} has a next value already")
        if state.shape != following.shape:
            raise ShapeError(f"carry: {source} and its next value {after} differ in shape")
        is_block = following.is_whole and following.node.name and not following.node.is_source
        if not is_block or following.is_text:
            raise UnsupportedError(
                f"carry: the next value of {source} must be a block of its own; show it first, "
                'such as story.show(copy(x), "next_weights")'
            )

    def watch(self, *numbers: Array) -> None:
        """Say that blocks of one number, such as the loss, are worth a look at every step.

        Raises:
            ShapeError: one has more numbers than one.
        """
        for array in numbers:
            if array.size != 1 or array.is_text or not array.node.name:
                raise ShapeError(f"watch: {describe(array)} is no block of a single number")
            self.watched.append(array.node.base)

    # Captions.

    def show(
        self,
        array: Any,
        name: str,
        equation: str = "",
        note: str = "",
        *,
        title: str = "",
        role: str = "",
        number_format: str = "",
        labels: Sequence[Labels] | None = None,
        label_columns: int | None = None,
        choices: Ids | None = None,
        stage: int | None = None,
        line: bool = False,
        below: bool = False,
        order: int | None = None,
        before: Array | None = None,
        over: Array | None = None,
        workings: bool | None = None,
    ) -> Any:
        """Make a step a block: give it a name, an equation and one plain sentence.

        Args:
            array: the step, or a view of it, of any shape; a NumPy array passes unchanged.
            name: what people and formulas call it.
            equation: how it is written in mathematics.
            note: one plain sentence.
            title: what it is in plain words.
            role: what it is in the field's terms; see `sheetformer.story.terms`.
            number_format: as a caption's; unchanged if left out, as are the others that follow.
            labels: what the indices along each axis mean.
            label_columns: columns that the words at its rows may take.
            choices: the ids of the words that a reader may pick from.
            stage: the stage that it stands in.
            line: it begins a new line.
            below: it stands below the block before.
            order: its order in the stage; lower ones stand first.
            before: the block that it stands right before, in whichever stage that is.
            over: the block that it stands over, column by column, in whichever stage that is.
            workings: it stands at the end of its stage, folded away.
        """
        if not isinstance(array, Array):
            return array
        shown = named(array, name, role, labels=labels)
        base = shown.node.base
        old = self.captions.get(base, NO_CAPTION)
        self.captions[base] = Caption(
            title or old.title,
            equation,
            note,
            number_format or old.number_format,
            old.choices if choices is None else choices,
            old.label_columns if label_columns is None else label_columns,
            old.allowed,
            old.offers,
        )
        placed: dict[str, Any] = {"stage": stage, "order": order, "before": before, "over": over}
        placed["workings"] = workings
        if line or below or any(value is not None for value in placed.values()):
            self.place(shown, line=line, below=below, **placed)
        return shown

    def tell(self, array: Array, **fields: Any) -> None:
        """Change some fields of a block's caption."""
        base = array.node.base
        self.captions[base] = replace(self.captions.get(base, NO_CAPTION), **fields)

    def place(
        self,
        *arrays: Array,
        stage: int | None = None,
        line: bool = False,
        below: bool = False,
        order: int | None = None,
        before: Array | None = None,
        over: Array | None = None,
        workings: bool | None = None,
    ) -> None:
        """Say where blocks stand; what is left out stays as it was. The arguments are `show`'s."""
        there = {"before": before, "over": over}
        for array in arrays:
            self.move(
                array.node, stage=stage, line=line, below=below, order=order, workings=workings
            )
            for relation, other in there.items():
                if other is not None:
                    stands: dict[str, Any] = {
                        relation: other.node.base,
                        "stage": self.stage_of(other.node),
                    }
                    self.move(array.node, **stands)

    def move(self, node: Node, *, line: bool = False, below: bool = False, **placed: Any) -> None:
        """As `place`, for a node; `before` and `over` are bases."""
        direction = "line" if line else "below" if below else None
        wanted = {"direction": direction, **placed}
        changed = {key: value for key, value in wanted.items() if value is not None}
        old = self.placements.get(node.base, NO_PLACEMENT)
        self.placements[node.base] = replace(old, **changed)

    def named(self, name: str) -> Array:
        """The block that has that name already, in its shape."""
        node = next(node for node in self.graph if node.name == name)
        return Array.of(self.graph, node)

    # What a reader sees in the end.

    def caption(self, node: Node) -> Caption:
        """The caption of a node; what is empty comes from its role or its operation."""
        own = self.captions.get(node.base, NO_CAPTION)
        term = self.terms.get(self.graph.roles.get(node.base, ""), _NO_TERM)
        title, note = own.title or term.title, own.note or term.note
        return Caption(
            title,
            own.equation or term.equation,
            "" if note.rstrip(".") == title else note,  # Nothing is said twice.
            self.number_format(node),
            own.choices,
            own.label_columns,
            own.allowed,
            own.offers,
        )

    def number_format(self, node: Node) -> str:
        """How the numbers of a node are shown; the caption's of that name."""
        own = self.captions.get(node.base, NO_CAPTION).number_format
        if own or node.base not in self.graph.roles:
            return own or self._plain_format(node)
        term = self.terms.get(self.graph.roles[node.base], _NO_TERM)
        return term.number_format or self._plain_format(node)

    def _plain_format(self, node: Node) -> str:
        if self.graph.values[self.graph.node_index(node.base)].dtype == object:
            return "word"
        return "integer" if OPS[node.op].gives_ids else "number"

    def placement(self, node: Node) -> Placement:
        """Where a node stands, its stage included."""
        placed = self.placements.get(node.base, NO_PLACEMENT)
        return placed if placed.stage is not None else replace(placed, stage=self.stage_of(node))
