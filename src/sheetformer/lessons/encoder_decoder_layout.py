"""How the lesson encoder-decoder lies before the eye: rows meet columns, the way is folded."""

from __future__ import annotations

from sheetformer.graph.array import Array
from sheetformer.graph.functions import copy
from sheetformer.lessons.encoder_decoder_texts import FOLDED, stage_of
from sheetformer.story.story import Story

ATTENTIONS = ("encoder_1_self", "decoder_1_self", "decoder_1_cross")
"""The attentions, as their blocks are called."""


def lay_out(story: Story) -> None:
    """Two levels: what a step is about stands in sight, what is on the way below, folded."""
    masked = stage_of(story, "decoder_1_self")
    for node in story.graph:
        role = story.graph.roles.get(node.base)
        # There the mask is what the step is about.
        if role in FOLDED and not (role == "masked scores" and story.stage_of(node) == masked):
            story.move(node, workings=True)
    for name in ATTENTIONS:
        _meet(story, name)


def _meet(story: Story, name: str) -> None:
    """Queries and keys where they meet in the scores, shares and values in the blend.

    Scores of several heads (h, n, m) lie below each other, and no block stands over them.
    """
    query, key, value, scores, weights, blend = (
        story.named(f"{name}_{part}") for part in ("Q", "K", "V", "scores", "weights", "blend")
    )
    story.place(query, weights, line=True)
    if len(scores.shape) > 2 and scores.shape[0] > 1:
        return
    _over(story, scores, f"{name}_K_turned", copy(key.T))
    story.place(key, workings=True)
    story.place(value, over=blend)


def _over(story: Story, scores: Array, name: str, turned: Array) -> None:
    title, note = "Keys, turned", "Each column is the key of a word."
    story.show(turned, name, "Kᵀ", note, title=title, over=scores)
