"""The lesson multi-head, steps 5 to 7: each head blends, all are mixed, and what each one adds."""

from __future__ import annotations

from sheetformer.graph.array import Array
from sheetformer.graph.functions import concatenate, copy
from sheetformer.language import translate
from sheetformer.lessons.multi_head_stages import Heads, begin
from sheetformer.lessons.single_head import in_one_sum
from sheetformer.lessons.story import switch
from sheetformer.story.operands import again, product
from sheetformer.story.sentences import say
from sheetformer.story.story import Story
from sheetformer.story.word_cells import lengths


def blend_by_head(
    story: Story, heads: Heads, weights: list[Array], value: Array
) -> tuple[list[Array], ...]:
    """For each head its blend (n, d_k), its switch, and the blend times the switch."""
    begin(
        story,
        "5   Each head blends on its own",
        "Each head takes from its own columns of V, above, as much as its shares at the left say. "
        "Every head has a switch: set one to 0 and its block becomes 0. What that changes stands "
        "in step 7.",
        "head_h = weights_h V_h",
    )
    blends = [
        _one_blend(story, i, w, v)
        for i, (w, v) in enumerate(zip(weights, heads.columns(value), strict=True), 1)
    ]
    note = "1: the head counts. 0: it is off."
    outputs: list[Array] = []
    switches: list[Array] = []
    for i, blend in enumerate(blends, 1):
        title = translate("Switch of head {head}", head=i)
        on = switch(story, f"head{i}_on", note, title=title, line=i % 2 == 1)
        switches.append(on)
        title = translate("What head {head} hands on", head=i)
        said = "The same, or 0 if it is off."
        outputs.append(story.show(blend * on, f"head{i}", "blend · on", said, title=title))
    return blends, switches, outputs


def _one_blend(story: Story, i: int, weights: Array, value: Array) -> Array:
    """The blend (n, d_k) of head i, its shares at its left and its values above."""
    title = translate("Shares of head {head}", head=i)
    name, line = f"head{i}_shares", i % 2 == 1
    taken = again(story, weights, name, "weights_h", title, number_format="share", line=line)
    title = translate("Values of head {head}", head=i)
    values = again(story, value, f"head{i}_V", "V_h", title)
    title, note = translate("Blend of head {head}", head=i), "What the head took."
    named = (f"head{i}_blend", "weights_h V_h")
    return product(story, taken, values, *named, note, title=title, role="blend")


def join(story: Story, mixer: Array, outputs: list[Array]) -> None:
    """Concat and W_O (d_model, d_model)."""
    begin(
        story,
        "6   Side by side, then mixed",
        "The heads are put side by side again (concat), as wide as X was. The matrix W_O above "
        "mixes them, so that what one head found can reach every column.",
        "output = Concat(heads) W_O",
    )
    joined, labels = copy(concatenate(outputs, axis=1)), (outputs[0].labels[0], mixer.labels[0])
    note, title = "All heads side by side.", "Heads side by side"
    joined = story.show(joined, "concat", "head_1 … head_h", note, title=title, labels=labels)
    note, role = "What the layer gives.", "attention output"
    product(story, joined, mixer, "output", "concat W_O", note, role=role)


def worth(story: Story, blends: list[Array], switches: list[Array], mixers: list[Array]) -> None:
    """What each head adds to the output by its rows of W_O (d_k, d_model), and what is missing."""
    begin(
        story,
        "7   What each head adds",
        "Concat and W_O together are a sum: each head meets its own rows of W_O and adds its "
        "part. Set a switch of step 5 to 0: its part is missing in the output, and the change "
        "below is exactly that part with its sign turned. The length says how much each word "
        "misses it.",
        "output = Σ head_h W_O,h",
    )
    parts = [_part(story, i, *each) for i, each in enumerate(zip(blends, mixers, strict=True), 1)]
    change = in_one_sum((on - 1.0) * part for on, part in zip(switches, parts, strict=True))
    note = "What the switches take from the output."
    title = "Change by the switches"
    story.show(change, "change", "Σ (on − 1) part", note, title=title, line=True)
    note, title = "How far each row moved.", "Length of the change"
    far = lengths(story, change, "change_length", note, title=title, workings=True)
    say(
        story, "change_told", "The switches move “{word}” by {length}.",
        title="In words", decimals=2, word=story.named("said_words"), length=far,
    )  # fmt: skip


def _part(story: Story, i: int, blend: Array, mixer: Array) -> Array:
    """What head i adds (n, d_model): its blend (n, d_k) and its rows of W_O (d_k, d_model)."""
    title, rows = translate("Blend of head {head}", head=i), f"head{i}_blend_rows"
    left = again(story, blend, rows, "blend_h", title, line=True)
    title = translate("Rows of W_O that head {head} meets", head=i)
    above = again(story, mixer, f"head{i}_W_O", "W_O,h", title)
    note = translate("What head {head} adds when it is on.", head=i)
    title, named = translate("Part of head {head}", head=i), (f"head{i}_part", "blend_h W_O,h")
    return product(story, left, above, *named, note, title=title)
