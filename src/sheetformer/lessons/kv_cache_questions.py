"""What the lesson on the key-value cache asks its reader."""

from __future__ import annotations

from sheetformer.language import translate
from sheetformer.lessons.kv_cache_memory import Sizes
from sheetformer.story.story import Story

ASKED = 3
"""The row of the model that is asked about."""


def questions(story: Story, sizes: Sizes) -> None:
    """Five questions."""
    story.question(
        "A text has 100 words. At the last one: how many times as many multiplications does the "
        "way without a cache take?",
        "All rows are worked out again; with a cache only the newest one is.",
        "Compare both columns of step 5, and look for what stands before the bracket.",
        answer=100.0,
        within=0.5,
    )
    kept = tuple(translate(word) for word in ("queries", "keys", "values"))
    story.question(
        "Which of the three is not kept?",
        "A word asks once, when it is the newest; its key and value serve ever after.",
        "See in step 3 what the newest word meets.",
        options=kept,
        answer=kept[0],
    )
    story.statement(
        "With a cache the numbers become a little less exact.",
        "The same products are added up; they are only not worked out twice.",
        "Step 4 has both, and how far they are apart.",
        holds=False,
    )
    model, gib = sizes.names.value[ASKED, 0], float(sizes.gib.value[ASKED, 0])
    story.question(
        translate(
            "{model} answers 24 texts at once. How many GiB does its cache take?", model=model
        ),
        "Each text has a cache of its own, so the batch multiplies it.",
        "Type that number of texts as its batch in step 6.",
        answer=gib * 24.0,
        within=0.05,
    )
    story.question(
        "Change only the key heads of the last row of step 6 until its cache fits into 8 GiB.",
        "Heads that share keys and values: grouped queries (Ainslie et al. 2023).",
        "The GiB stand below; each key head takes an equal part of them.",
        until=sizes.gib[-1:] <= 8.0,
    )
