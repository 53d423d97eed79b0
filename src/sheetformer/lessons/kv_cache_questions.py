"""What the lesson on the key-value cache asks its reader."""

from __future__ import annotations

from sheetformer.language import translate
from sheetformer.lessons.kv_cache_memory import Sizes
from sheetformer.story.questions import truths
from sheetformer.story.story import Story


def questions(story: Story, sizes: Sizes) -> None:
    """Five questions."""
    story.question(
        translate("A text has 100 words. At the last one: how many times as many multiplications "
                  "does the way without a cache take?"),
        translate("All rows are worked out again; with a cache only the newest one is."),
        translate("Compare both columns of step 5, and look for what stands before the bracket."),
        answer=100.0,
        within=0.5,
    )  # fmt: skip
    kept = tuple(translate(word) for word in ("queries", "keys", "values"))
    story.question(
        translate("Which of the three is not kept?"),
        translate("A word asks once, when it is the newest; its key and value serve ever after."),
        translate("See in step 3 what the newest word meets."),
        options=kept,
        answer=kept[0],
    )
    story.question(
        translate("With a cache the numbers become a little less exact."),
        translate("The same products are added up; they are only not worked out twice."),
        translate("Step 4 has both, and how far they are apart."),
        options=truths(),
        answer=truths()[1],
    )
    name, gib = sizes.names.value[3, 0], float(sizes.gib.value[3, 0])
    story.question(
        translate(
            "{model} answers 24 texts at once. How many GiB does its cache take?", model=name
        ),
        translate("Each text has a cache of its own, so the batch multiplies it."),
        translate("Type that number of texts as its batch in step 6."),
        answer=gib * 24.0,
        within=0.05,
    )
    story.question(
        translate("Change only the key heads of the last row of step 6 until its cache fits into "
                  "8 GiB."),
        translate("Heads that share keys and values: grouped queries (Ainslie et al. 2023)."),
        translate("The GiB stand below; each key head takes an equal part of them."),
        until=sizes.gib[-1:] <= 8.0,
    )  # fmt: skip
