"""What the lesson on self-attention asks its reader."""

from __future__ import annotations

from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.lessons.self_attention_masks import Masks
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows

_MOST = 8
"""Words that one list offers."""


def questions(story: Story, rows: Rows, weights: Array, masks: Masks) -> None:
    """Up to five questions: those on several words and on padding need them."""
    words = [word for word in rows.words.value[:, 0].tolist() if word]
    if 2 <= len(set(words)) <= _MOST:
        story.question(
            translate("You set causal to 1. Which word does “{word}” then see?", word=words[0]),
            "Nothing comes before the first word, so all that is left to it is its own row.",
            "The causal mask of step 4: read the first line of it.",
            options=tuple(dict.fromkeys(words)),
            answer=words[0],
        )
    story.question(
        "A sentence gets twice as many words. How many times as many scores are there?",
        "Every word looks at every word, so both sides of the table grow. Long texts cost dearly.",
        "The table of step 3 has a row and a column for each word.",
        answer=4.0,
        within=0.1,
    )
    less, same, more = (
        translate(text) for text in ("less than 100 %", "exactly 100 %", "more than 100 %")
    )
    story.question(
        "You do not hide a score, but set its share to 0 after softmax. The others add up to …",
        "So hiding comes first: then softmax shares out the whole among those that are left.",
        "Softmax has shared out everything by then, and one part of it is taken away.",
        options=(less, same, more),
        answer=less,
    )
    story.statement(
        "Causal is 1 and you type another last word. The rows before it stay as they are.",
        "They never saw it. So a decoder can learn from all words of a sentence at once (step 7).",
        "Try it: set causal to 1, change the last word, and look at the first rows of step 7.",
        holds=True,
    )
    if words and not rows.words.value[-1, 0]:
        leak = (weights[:1, -1:] > 1e-3) * (masks.known[-1:] < 0.5)
        story.question(
            "Change one cell of step 4 until an empty cell gets a share.",
            "An empty cell has numbers, too: its place. Unless it is hidden, it takes part.",
            "Which of the two masks says which cells hold words?",
            until=leak,
        )
