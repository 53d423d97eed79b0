"""The lesson gpt, stages 1 to 5: a name is read, and what the model makes of it, up to the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sheetformer.corpus.first_names import first_names
from sheetformer.graph.array import Array
from sheetformer.graph.functions import (
    concatenate,
    constant,
    copy,
    elementwise,
    embedding,
    letter,
    lookup,
)
from sheetformer.language import translate
from sheetformer.lessons import gpt_texts as texts
from sheetformer.lessons.gpt_model import PLACES, SIGNS, Read, Size, forward, loss_of, one_hot
from sheetformer.story.story import Story

GROUP, DATA = "GPT", "Names"
"""The sheets of the stages, and of the list of names."""


def list_of_names(story: Story) -> tuple[Array, Array]:
    """The list of names (2000, 1), and their places in it, from 1."""
    story.stage(*texts.LIST, DATA)
    names = np.array(first_names(), dtype=object)[:, None]
    listed = story.constant(
        names, "names", title="First names", note="In an order of chance.", number_format="word"
    )
    count = np.arange(1.0, len(names) + 1)[:, None]
    return listed, story.constant(
        count, "place_in_list", title="Place in the list", number_format="integer"
    )


def sign_list(story: Story) -> Array:
    """The 27 signs (27, 1), and their numbers."""
    signs = story.constant(
        np.array(SIGNS, dtype=object)[:, None], "signs", title="Signs",
        note="The mark for start and end, and the letters.", number_format="word",
    )  # fmt: skip
    numbers = np.arange(float(len(SIGNS)))[:, None]
    story.constant(numbers, "sign_numbers", title="Their numbers", number_format="integer")
    return signs


def read_name(story: Story, steps: Array, listed: Array, signs: Array) -> Read:
    """Stage 1: the name of this step, what stands at each place, and what comes next."""
    story.stage(*texts.READ, GROUP)
    count = float(listed.shape[0])
    index = story.show(
        elementwise("remainder", steps, count), "name_number", "steps mod 2,000",
        "Which name this step reads, from 0.", title="Number of the name", number_format="integer",
    )  # fmt: skip
    name = story.show(embedding(listed, index[:, 0]), "name", "names[name_number]",
                      "The name that is read.", title="The name", number_format="word")  # fmt: skip
    places = np.arange(1.0, PLACES + 1)[:, None]
    letters = story.show(letter(name, places), "name_letters", "name[place]", workings=True)
    numbers = story.show(
        lookup(letters, signs[:, 0], story.named("sign_numbers")[:, 0]), "right_number",
        "number of the letter", workings=True, number_format="integer",
    )  # fmt: skip
    start = constant(story.graph, np.zeros((1, 1)))
    given = story.show(copy(concatenate([start, numbers[:-1]], axis=0)), "read_number",
                       "[0, right_number]", workings=True, number_format="integer")  # fmt: skip
    first = np.zeros((PLACES, 1))
    first[0] = 1.0
    used = story.show(
        elementwise("greater", given + first, 0.0), "used", "1 up to the end of the name",
        workings=True, number_format="integer",
    )  # fmt: skip
    note = "One sign a place; the mark begins it."
    story.show(embedding(signs[:, 0], given), "read", "signs[read_number]", note,
               title="What it reads", number_format="word", line=True)  # fmt: skip
    note = "The next sign; the mark ends it."
    story.show(embedding(signs[:, 0], numbers), "right_sign", "signs[right_number]", note,
               title="What it must say", number_format="word")  # fmt: skip
    right = story.show(one_hot(numbers), "right", "1 where it is the next sign", workings=True)
    return Read(given, right, used)


def way_forward(story: Story, parts: Mapping[str, Array], read: Read, signs: Array) -> Array:
    """Stages 2 to 5: from signs to the loss (1, 1)."""
    graph = story.graph
    told = Size(parts["signs"].shape[1]).told()
    begun = [story.stage(*texts.filled(stage, told), GROUP) for stage in texts.FORWARD]
    mask = story.constant(np.tril(np.ones((PLACES, PLACES))), "mask", title="Who may look",
                          number_format="integer", workings=True)  # fmt: skip
    logits = forward(dict(parts), read.numbers, mask)
    shares, loss = loss_of(logits, read)
    stages = dict(texts.STAGE_OF)
    for node in graph.nodes[graph.node_index(mask.node.base) :]:
        story.move(node, stage=begun[stages.get(node.name, 3)])
    captions: dict[str, Any] = texts.TOLD
    for name, (title, equation, note) in captions.items():
        story.show(story.named(name), name, equation, note, title=title)
    _summed_up(story, shares, read, signs, begun)
    story.tell(loss, number_format="gradient")
    return loss


def _summed_up(story: Story, shares: Array, read: Read, signs: Array, begun: list[int]) -> None:
    """What a reader looks at: one head, who is awake, and the likeliest signs beside the right."""
    weights = story.named("weights")
    head = copy(weights[0])
    story.show(head, "weights_head1", "softmax(scores)", texts.HEAD_NOTE, title="Who looks where",
               role="attention weights", stage=begun[1])  # fmt: skip
    hidden = story.named("hidden")
    awake = (hidden > 0.0).sum(axis=1, keepdims=True)
    note = translate("Of {hidden}, at each place.", hidden=hidden.shape[1])
    story.show(awake, "awake", "Σ (hidden > 0)", note, title="Awake",
               number_format="integer", stage=begun[2])  # fmt: skip
    best = embedding(signs[:, 0], shares.argmax(axis=1, keepdims=True))
    note = "The sign with the largest share."
    story.show(best, "likeliest", "signs[argmax(sign_shares)]", note, title="It would say",
               number_format="word", stage=begun[3], order=-3)  # fmt: skip
    right = (read.right * shares).sum(axis=1, keepdims=True)
    story.show(right, "right_share", "Σ right · sign_shares", "More is better.",
               title="Share of the right sign", number_format="share", stage=begun[3],
               order=-2)  # fmt: skip
    story.place(story.named("surprise"), order=-1)
