"""The picture of the lesson multi-head: where each head looks from a word that is picked."""

from __future__ import annotations

from collections.abc import Sequence

from sheetformer.graph.array import Array
from sheetformer.graph.functions import embedding
from sheetformer.language import translate
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.picked import pick_row
from sheetformer.story.placement import Figure
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows


def heads_side_by_side(story: Story, weights: Sequence[Array], rows: Rows) -> None:
    """One row of shares a head (1, n), and bars of all heads beside each other, word by word."""
    place = pick_row(story, rows, "Pick a word", line=True)
    curves: list[Curve] = []
    for i, each in enumerate(weights, 1):
        row = embedding(each, place[:, 0])
        title = translate("Head {head}: where that word looks", head=i)
        labels = (None, each.labels[1])
        story.show(
            row, f"head{i}_picked", title=title, number_format="share", labels=labels, below=i > 1
        )
        curves.append(Curve(translate("head {number}", number=i), rows.words[:, 0], row[0]))
    title = translate("Where each head looks from the picked word")
    axes = (translate("word that is looked at"), translate("share"))
    bars = Curves(title, axes, tuple(curves), bars=True, axis_limit=(0.0, 1.0), number_format="0%")
    story.figures.append(Figure(len(story.stages) - 1, 13, 9, bars))
