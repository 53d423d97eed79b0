"""Gradients beside their blocks, each with a sentence of its own (lesson backprop)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy, inline
from sheetformer.graph.node import Node
from sheetformer.language import translate
from sheetformer.lessons.recovery import stem
from sheetformer.story.names import name_steps
from sheetformer.story.sentences import say
from sheetformer.story.story import Story

EQUATIONS = {
    "logits": "(p − right) d_surprise",
    "scaled": "exp (d_w − Σ d_w w) / Σ exp",
    "surprise": "the same in each row",
    "odds_sum": "d_surprise / Σ odds",
    "odds": "the same in each column",
    "E_source": "both parts",
    "E_target": "both parts",
}
"""Of the gradients of these blocks: shorter than what the rules would write out, and the same."""


INLINED = ("exp", "behind")
"""The blocks whose gradients stand inside the formulas that use them."""


def place_gradients(story: Story) -> None:
    """Every gradient below the block that it belongs to, with a sentence of its own."""
    name_steps(story)
    graph = story.graph
    for node in graph:
        story.move(node, order=graph.node_index(node.base))
    for base, owners in graph.gradient_of.items():
        _place_gradient(story, graph.owner(base), [graph.owner(owner) for owner in owners])


def _place_gradient(story: Story, node: Node, owners: Sequence[Node]) -> None:
    """One gradient: its owner, and if it is only a part, then also what it comes through."""
    graph, owner = story.graph, owners[0]
    index, stage = graph.node_index(owner.base), story.stage_of(owner)
    gradient = Array.of(graph, node)
    story.place(gradient, stage=stage, order=index, below=True)
    title = gradient_title(owners)
    story.tell(gradient, number_format="gradient", note=_note(owners), title=title)
    if len(owners) == 1 and owner.name in EQUATIONS:
        story.tell(gradient, equation=EQUATIONS[owner.name])
    if len(owners) == 1 and owner.name in INLINED:
        inline(gradient)


def way_back(story: Story, names: Sequence[str], stage: int) -> None:
    """The gradients on one way back, beside each other: the largest number of each (1, n).

    Args:
        story: gets the row, and a sentence.
        names: the blocks on the way, as it went forward; the loss comes last.
        stage: where both stand, behind all that is there.
    """
    order = len(story.graph.nodes)
    folded: dict[str, Any] = {"stage": stage, "order": order, "workings": True}
    sizes: list[Array] = []
    for name in names:
        largest = _largest(story.named(f"d_{name}"))
        title = translate("Largest of {name}", name=f"“d_{name}”")
        story.show(largest, f"{name}_size", title=title, number_format="gradient", **folded)
        sizes.append(largest.reshape(1, 1))
    arrows = np.array([*(f"{name} ←" for name in names[:-1]), names[-1]], dtype=object)
    shown: dict[str, Any] = {"stage": stage, "order": order + 1, "line": True}
    story.show(
        copy(concatenate(sizes, axis=1)), "way_back", "max |d_…|", "Read it from the right.",
        title="The way back, arrow by arrow", number_format="gradient", labels=(None, arrows),
        **shown,
    )  # fmt: skip
    say(
        story, "way_back_told",
        "At the loss the gradient is 1; where it comes to the embeddings, its largest number is "
        "{size}.",
        title="In words", decimals=3, placed=shown, size=sizes[0].reshape(1, 1),
    )  # fmt: skip


def _largest(gradient: Array) -> Array:
    """The largest of its numbers without their signs: (…) → ()."""
    if not gradient.shape:
        return gradient + 0.0
    return NUMPY.maximum(gradient.max(), -gradient.min())


def gradient_title(owners: Sequence[Node]) -> str:
    """Whose gradient it is, or of which way it is a part."""
    # In quotes a name is no word of the language.
    owner, through = (f"“{stem(one.name)}”" for one in (owners[0], owners[-1]))
    if len(owners) == 1:
        return translate("Gradient of {name}", name=owner)
    return translate("{name}, through {other}", name=owner, other=through)


def _note(owners: Sequence[Node]) -> str:
    owner, through = owners[0].name.rstrip("_"), owners[-1].name.rstrip("_")
    if owner == "loss":
        return translate("1: here the way back begins.")
    if len(owners) == 1:
        return translate("How the loss moves with {name}.", name=owner)
    return translate("The part that comes through {name}.", name=through)
