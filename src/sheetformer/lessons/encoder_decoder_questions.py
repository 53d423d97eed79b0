"""What the lesson on the whole Transformer asks its reader."""

from __future__ import annotations

import math

from sheetformer.graph.array import Array
from sheetformer.graph.functions import elementwise
from sheetformer.language import translate
from sheetformer.story.story import Story

_LOGIT, _SUM = 2.0, 20.0


def questions(story: Story, next_words: Array) -> None:
    """Five questions; the words that come next are `next_words` (n, 1)."""
    memory, so_far, own = (
        translate(text)
        for text in ("the memory of step 8", "the words so far", "the table of words")
    )
    story.question(
        "Step 12 looks at the source. What are its keys and values made of?",
        "Only the queries are the decoder's own: so the translation looks at the sentence.",
        "Follow the two arrows in figure 1 that go from the left side to the right.",
        options=(so_far, memory, own),
        answer=memory,
    )
    story.statement(
        "In step 10 a row may look at the word that it is to name.",
        "It would copy it and learn nothing; later, when it writes by itself, there is none yet.",
        "The mask of step 10: what does a row see of what comes after it?",
        holds=False,
    )
    story.question(
        "The decoder reads 4 words. How many scores of its step 10 are not hidden?",
        "One in the first row, and one more in each row below: a triangle.",
        "A word sees itself and what came before. Count row by row.",
        answer=10.0,
        within=0.5,
    )
    story.question(
        translate(
            "A word has the logit {logit}, and e^logit of all words adds up to {total}. Type a "
            "formula for its probability.",
            logit=f"{_LOGIT:g}",
            total=f"{_SUM:g}",
        ),
        "A share of the whole, as in every softmax. Taking the largest logit off changes nothing.",
        "Its own exponential over the sum of all (step 17).",
        answer=math.exp(_LOGIT) / _SUM,
        within=1e-6,
        formula=True,
    )
    first = str(next_words.value[0, 0])
    if first:
        story.question(
            translate(
                "Change the English words of step 1 until the first row names another word than "
                "“{word}”.",
                word=first,
            ),
            "The first row reads only <s>: all that it knows of the sentence comes through "
            "step 12.",
            "The first Portuguese word follows who acts. Type another English word for that.",
            until=elementwise("not_equal", next_words[:1], first),
        )
