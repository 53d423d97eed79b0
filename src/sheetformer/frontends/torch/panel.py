"""The panel of a recorded run: all switches, what the model says, and what they changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.frontends.torch.lens import SHEET as LENS
from sheetformer.frontends.torch.sheets import PANEL, Sheets
from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy, elementwise, embedding, largest, source
from sheetformer.graph.node import Ids, Labels, label_text
from sheetformer.story.story import Story

ASIDE = "Untouched run"
TOP = 5
"""How many of the largest numbers of a row are shown."""
_SWITCHES = (
    "Type 0 where a 1 stands, and that part is off in the whole model; type 1 into a patch cell, "
    "and the other run's numbers stand there. Everything below follows."
)
_SAYS = "The largest numbers of each row of the result, now and as recorded with all parts on."
_WRITES = "What it writes, now and as recorded with all parts on."
_LENS = (
    "What the model would say after each layer, if it did there what it does after its last one."
)


@dataclass(frozen=True)
class Shown:
    """What the panel shows, as elements of the story's graph.

    Attributes:
        cells: the names of the blocks of switches.
        output: the model's result (…, n, v).
        columns: what its columns are (v,): pieces of text or numbers.
        early: the path of a layer → the result as read after it.
        last: the path of the last layer.
        words: of token ids that the model gives their pieces and the text; else nothing.
        rows: the tokens at the rows of the result (n,), where nothing else names them.
    """

    cells: Sequence[str]
    output: Ids
    columns: Labels
    early: Mapping[str, Ids]
    last: str
    words: Sequence[Ids] = ()
    rows: Labels = None


def add_panel(story: Story, sheets: Sheets, shown: Shown) -> None:
    """Put the panel before all other sheets."""
    stage = sheets.stage(PANEL, "Switches", _SWITCHES)
    for node in list(story.graph):
        if node.op == "input" and node.name in shown.cells:
            story.move(node, stage=stage, line=not node.name.startswith("mlps_on"))
    rows = rows_of(story, shown.output)
    if rows.labels[0] is None and shown.rows is not None and len(rows) == len(shown.rows):
        rows = Array(story.graph, rows.ids, (shown.rows, rows.labels[1]))
    panel = _Panel(story, sheets, table_of(story, sheets, shown.columns), min(TOP, rows.shape[-1]))
    if shown.words:
        panel.says_words(shown.output, shown.words)
    else:
        panel.says(rows)
    if shown.early:
        panel.lens(
            {path: rows_of(story, ids) for path, ids in shown.early.items()} | {shown.last: rows}
        )


def rows_of(story: Story, output: Ids) -> Array:
    """The result as a table (n, v); its first rows keep their labels."""
    node = story.graph.owner(int(output.flat[0]))
    labels: tuple[Labels, ...] = (None,) * output.ndim
    if node.shape == output.shape:
        labels = node.labels
    array = Array(story.graph, output, labels)
    if array.ndim < 2:
        return array.reshape(1, -1)
    while array.ndim > 2:
        array = array[0] if array.shape[0] == 1 else array.reshape(-1, array.shape[-1])
    return array


def table_of(story: Story, sheets: Sheets, columns: Labels) -> Array | None:
    """The words of the columns as a block (v,) to look places up in; None for numbers."""
    if columns is None:
        return None
    known = [x for x in story.graph if x.op == "constant" and x.shape == (len(columns), 1)]
    for node in known:
        if np.array_equal(story.graph.value(node.ids)[:, 0], columns):
            return Array.of(story.graph, node)[:, 0]
    made = source(story.graph, "constant", np.asarray(columns, dtype=object)[:, None])
    stage = sheets.stage(ASIDE, "Columns", "What each column of the result is.")
    return story.show(made, "columns", stage=stage)[:, 0]


@dataclass(frozen=True)
class _Panel:
    """Writes the stages below the switches.

    Attributes:
        story: of the run.
        sheets: where its stages stand.
        table: the words of the columns (v,), or None where they have none.
        count: how many of the largest numbers are shown.
    """

    story: Story
    sheets: Sheets
    table: Array | None
    count: int

    @property
    def aside(self) -> int:
        """The stage of what only prepares the panel."""
        text = "The result as recorded, and how each of its numbers has changed since."
        return self.sheets.stage(ASIDE, "The untouched run", text)

    @property
    def ranks(self) -> Labels:
        """What the columns of the largest numbers are called."""
        return np.array([f"{i + 1}." for i in range(self.count)], dtype=object)

    def top(self, rows: Array, prefix: str, **settings: Any) -> Array:
        """The words of the largest numbers of each row (n, v) → (n, k), or their places."""
        ranked = [largest(rows, i + 1) for i in range(self.count)]
        for i, (value, place) in enumerate(ranked):
            self.story.show(value, f"{prefix}_number_{i + 1}", stage=self.aside, line=not i)
            self.story.show(place, f"{prefix}_place_{i + 1}", stage=self.aside)
            self.story.tell(place, number_format="integer")
        places = copy(concatenate([place for _, place in ranked], -1))
        self.story.show(places, f"{prefix}_places", stage=self.aside, number_format="integer")
        found = places + 0.0 if self.table is None else embedding(self.table, places)
        return self._show(found, prefix, labels=(rows.labels[0], self.ranks), **settings)

    def _show(self, array: Array, name: str, **settings: Any) -> Array:
        kind = "integer" if self.table is None else "word"
        return self.story.show(array, name, number_format=kind, **settings)

    def says(self, rows: Array) -> None:
        """The largest numbers of each row (n, v), as they were, and how far they moved."""
        stage = self.sheets.stage(PANEL, "What the model says", _SAYS)
        note = "The first has the largest number of its row, now."
        self.top(rows, "top", note=note, stage=stage, line=True)
        before = np.array(rows.value)
        order = np.argsort(-before, axis=-1, kind="stable")[:, : self.count]
        was = order if self.table is None else np.asarray(self.table.value, dtype=object)[order]
        fixed = _words(self.story, rows.labels[0])
        then = source(self.story.graph, "constant", was, [fixed, self.ranks])
        note = "The same as recorded, with all parts on."
        self._show(then, "top_untouched", note=note, stage=stage)
        untouched = self.story.constant(
            before, "untouched", labels=[fixed, rows.labels[1]], stage=self.aside, line=True
        )
        change = self.story.show(
            rows - untouched, "change", "result − untouched", stage=self.aside, line=True
        )
        note = "How the numbers of the untouched run's words have changed: result − untouched."
        moved = copy(
            Array(self.story.graph, np.take_along_axis(change.ids, order, -1), (None,) * 2)
        )
        labels = (rows.labels[0], self.ranks)
        self.story.show(moved, "top_change", note=note, labels=labels, stage=stage, line=True)
        size = self.story.show(abs(change), "change_size", "|change|", stage=self.aside)
        largest_of_row = size.max(axis=-1, keepdims=True)
        note = "Of the row; 0 while nothing is switched."
        self.story.show(
            largest_of_row, "largest_change", "max |change|", note,
            labels=(rows.labels[0], None), stage=stage,
        )  # fmt: skip

    def says_words(self, output: Ids, words: Sequence[Ids]) -> None:
        """The pieces of tokens that the model gives and their text, now and as recorded."""
        stage = self.sheets.stage(PANEL, "What the model says", _WRITES)
        graph = self.story.graph
        for ids, name in zip(words, ("top", "text"), strict=True):
            now = Array(graph, ids, (None,) * ids.ndim)
            settings: dict[str, Any] = {"stage": stage, "line": True, "number_format": "word"}
            self.story.show(copy(now), name, note="Now.", **settings)
            then = np.array(now.value, dtype=object)
            self.story.constant(then, f"{name}_untouched", note="As recorded.", **settings)
        now = Array(graph, output, (None,) * output.ndim)
        off = elementwise("not_equal", now, np.array(now.value))
        self.story.show(off, "change", "result ≠ untouched", stage=self.aside)
        note = "How many tokens are others than in the untouched run."
        count = self.story.show(off.sum(keepdims=True), "largest_change", "", note, stage=stage)
        self.story.tell(count, number_format="integer")

    def lens(self, read: Mapping[str, Array]) -> None:
        """A block a layer with its top words, and their first ones together on the panel."""
        here = self.sheets.stage(LENS, "The first words after each layer", _LENS)
        tops = [
            self.top(
                rows, f"{path.replace('.', '_')}_top", stage=here, line=True,
                note=f"What would be said after {path}.",
            )
            for path, rows in read.items()
        ]  # fmt: skip
        stage = self.sheets.stage(PANEL, "Logit lens", _LENS)
        together = copy(concatenate([top[:, :1].T for top in tops], 0))
        labels = (np.array(list(read), dtype=object), next(iter(read.values())).labels[0])
        self._show(
            together, "lens", note="The first word of each row, after each layer.",
            labels=labels, label_columns=4, stage=stage,
        )  # fmt: skip


def _words(story: Story, labels: Labels) -> Labels:
    """Labels as they are now, which do not follow."""
    if labels is None:
        return None
    return np.array([label_text(story.graph, x) for x in labels], dtype=object)
