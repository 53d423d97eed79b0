"""Gradients beside their blocks, each with a sentence of its own (lesson backprop)."""

from __future__ import annotations

from collections.abc import Sequence

from sheetformer.graph.array import Array
from sheetformer.graph.functions import inline
from sheetformer.graph.node import Node
from sheetformer.language import translate
from sheetformer.lessons.recovery import stem
from sheetformer.story.names import name_steps
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
