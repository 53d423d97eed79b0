"""The story of given attention: words, one map a head, their average, who looks where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import added
from sheetformer.graph.node import Labels
from sheetformer.language import translate
from sheetformer.lessons.given_attention import Floats, Given
from sheetformer.story.caption import Allowed
from sheetformer.story.number_cells import allow
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.terms import TERMS, Term
from sheetformer.story.word_cells import TINY

STORY = "Attention"
WIDE = 10_000
"""A line of blocks that never breaks: the row of a word goes on to its sum and its best word."""
MAP_TERMS = TERMS | {
    "attention weights": Term("Attention weights", number_format="share"),
    "scores": Term("Scores", number_format="number"),
}
"""The numbers are given here: nothing says how they came about."""


def make_story(
    title: str, given: Given, down: Sequence[str], across: Sequence[str], *, scores: bool = False
) -> Story:
    """All stages of given attention; the average stands before the layers that it is made of.

    Args:
        title: its heading.
        given: one array (heads, target, source) a layer.
        down: the words that look.
        across: the words that are looked at.
        scores: they are scores of either sign, not shares.
    """
    sheets = [STORY, *map(_layer_sheet, given.layers), "Check", "Reference"]
    story = Story(title, terms=MAP_TERMS, order=sheets)
    _Maps(story, given, _declare_words(story, down, across), scores).tell()
    return story


def _layer_sheet(number: int) -> str:
    return translate("Layer {number}", number=number)


@dataclass(frozen=True)
class _Words:
    """The words of both sides, each (1, n)."""

    target: Array
    source: Array

    @property
    def labels(self) -> tuple[Labels, Labels]:
        """Of the rows and columns of every map."""
        return self.target.ids[0].astype(object), self.source.ids[0].astype(object)


def _declare_words(story: Story, down: Sequence[str], across: Sequence[str]) -> _Words:
    story.stage(
        "The words",
        "A row of the maps below is a word that looks (target), a column a word that is looked "
        "at (source). Rename them here if you like; the maps follow.",
        group=STORY,
    )
    target = _typed(story, "target_words", down, "They look.")
    return _Words(target, _typed(story, "source_words", across, "They are looked at."))


def _typed(story: Story, name: str, words: Sequence[str], note: str) -> Array:
    labels = (None, _numbered("word {number}", range(1, len(words) + 1)))
    return story.input(np.array([words], dtype=object), name, note=note, labels=labels, line=True)


def _numbered(template: str, numbers: Sequence[int]) -> Any:
    return np.array([translate(template, number=number) for number in numbers], dtype=object)


@dataclass(frozen=True)
class _Maps:
    """Maps of shares or of scores, and what is told of them."""

    story: Story
    given: Given
    words: _Words
    scores: bool

    @property
    def _role(self) -> str:
        return "scores" if self.scores else "attention weights"

    @property
    def _name(self) -> str:
        return "scores" if self.scores else "weights"

    def tell(self) -> None:
        """All stages."""
        if len(self.given.layers) == 1 and len(self.given.heads) == 1:
            title, text = "The weights", "Who looks at whom: each row is shared out."
            if self.scores:
                title = "The scores"
                text = "Who looks at whom: the higher the score, the more. A row is no share yet."
            first = self._stage(title, text)
            whole = self._given(self._name, self.given.first[0], "One head.", self.words.labels)
        else:
            first = self._stage(
                "All heads together",
                "The average of all heads, weighted by how much each head counts. Set a 1 to 0 to "
                "leave a head out; set all but one to 0 to see that head alone.",
                "Σ c · A / Σ c",
            )
            whole = self._average(first)
        self._strongest(whole, "", first)
        if not self.scores:
            _sharpened(self.story, whole)

    def _stage(self, title: str, text: str, equation: str = "", group: str = STORY) -> int:
        return self.story.stage(title, text, equation, group, WIDE)

    def _given(self, name: str, values: Floats, note: str, labels: tuple[Labels, ...]) -> Array:
        return self.story.constant(values, name, note=note, labels=labels, role=self._role)

    def _average(self, stage: int) -> Array:
        """Σ c A / Σ c over all heads, where c says how much each head counts: (target, source)."""
        story, given = self.story, self.given
        note = "How much each head counts."
        heads = _numbered("head {number}", given.heads)
        labels = (_numbered("layer {number}", [*given.layers]), heads)
        ones = np.ones((len(given.layers), len(heads)))
        counts = story.input(ones, "counts", note=note, labels=labels, number_format="integer")
        allow(story, counts, Allowed(0, 1000))
        each = counts.sum(axis=1, keepdims=True)
        note = "How much each layer counts."
        story.show(each, "layer_counts", "Σ c", note, number_format="integer", stage=stage)
        maps = [
            self._layer(number, layer, counts[i], each[i]) * each[i]
            for i, (number, layer) in enumerate(given.layers.items())
        ]
        total = NUMPY.maximum(each.sum(), TINY)
        story.show(total, "count", "Σ c", "All of them.", number_format="integer", stage=stage)
        average = self._averaged(added(maps) / total, self._name, "The average.")
        story.place(average, stage=stage)
        return average

    def _averaged(self, maps: Array, name: str, note: str) -> Array:
        settings: dict[str, Any] = {"role": self._role, "labels": self.words.labels, "line": True}
        return self.story.show(maps, name, "Σ c · A / Σ c", note, **settings)

    def _layer(self, number: int, layer: Floats, counts: Array, total: Array) -> Array:
        """A layer (heads, target, source) on a sheet of its own; its average (target, source).

        `counts` (heads,) says how much each head counts, `total` (1,) how much all of them do.
        """
        name = f"layer_{number}"
        text = "One map a head. Beside each row stand its sum and the word that it looks at most."
        if self.scores:
            text = "One map a head. Beside each row stands the word that it looks at most."
        sheet = _layer_sheet(number)
        stage = self._stage(sheet, text, group=sheet)
        labels = (_numbered("head {number}", self.given.heads), *self.words.labels)
        maps = self._given(name, layer, "One map a head.", labels)
        self._strongest(maps, f"{name}_", stage)
        weighted = added([maps[i] * counts[i] for i in range(len(layer))])
        note = "The heads of this layer, each as much as it counts."
        average = weighted / NUMPY.maximum(total, TINY)
        return self._averaged(average, f"{name}_average", note)

    def _strongest(self, maps: Array, name: str, stage: int) -> None:
        """Row sums and the strongest source word of each row, (…, target, 1)."""
        story = self.story
        share: dict[str, Any] = {"number_format": "share", "stage": stage}
        if not self.scores:
            total = maps.sum(axis=-1, keepdims=True)
            story.show(total, f"{name}row_total", "Σ", "Sum of the row.", **share)
        names = (f"{name}best_column", f"{name}looks_at")
        notes = ("Its column, from 0.", "Looks most at.")
        source, shares = self.words.source[0], not self.scores
        strongest_word(story, maps, source, names, notes, shares=shares, stage=stage)


def _sharpened(story: Story, weights: Array) -> None:
    story.stage(
        "Sharper or flatter",
        "What softmax would have given with all scores divided by a temperature: below 1 the "
        "largest share takes more, above 1 all become alike. At 1 nothing changes, but rows "
        "that do not add up to 100 % are made to.",
        "p^(1/T) / Σ p^(1/T)",
        STORY,
        WIDE,
    )
    temperature = story.input(np.ones((1, 1)), "temperature", note="Type 0.5 or 2.")
    allow(story, temperature, Allowed(0.01, 1000))
    powers = weights ** (1.0 / NUMPY.maximum(temperature, 0.01))
    story.show(powers, "raised", "p^(1/T)", "Each share.", line=True)
    total = NUMPY.maximum(powers.sum(axis=1, keepdims=True), TINY)
    story.show(total, "raised_sum", "Σ p^(1/T)", "Sum of the row.")
    equation, role = "p^(1/T) / Σ", "attention weights"
    story.show(powers / total, "sharpened", equation, "Shares again.", role=role, line=True)
