"""The last steps of the lesson dot-product: an exact look-up, and a soft one: attention."""

from __future__ import annotations

from typing import Any

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import equal, exp, maximum, where
from sheetformer.language import translate
from sheetformer.lessons.story import dial
from sheetformer.story.caption import Allowed
from sheetformer.story.figures import Curve, Curves
from sheetformer.story.operands import again, product
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.shares import share_sentences
from sheetformer.story.softmax_steps import below_largest, shares
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.word_cells import Rows, WordTable, cosine, declare_rows, lengths

GROUP = "Dot product"
"""The sheet of the lesson."""


def exact_look_up(story: Story, table: WordTable, listed: Rows, word: str) -> None:
    """Step 5: the row of a word, found by ones and zeros times the table."""
    story.stage(
        "5   An exact look-up is a product, too",
        "Ask the list of step 1 for a word. Compare it with every entry: 1 where it is equal, 0 "
        "elsewhere. These ones and zeros, at the left, times the table above pick the row. Now "
        "type a word that is not in the list: every entry says 0, and what comes back is a row of "
        "zeros.",
        "found = one_hot X",
        GROUP,
    )
    query = declare_rows(story, "exact", "English", [[word]], table)
    story.place(story.named("X_exact"), workings=True)
    words, dims = listed.words[:, 0], listed.vectors.labels[1]
    across, message = (None, listed.vectors.labels[0]), story.named("exact_message")
    match = equal(words[None, :], query.words)
    equation, note = "word = entry", "1 where equal."
    story.show(
        match, "matches", equation, note,
        title="Which entries match", number_format="integer", labels=across, before=message,
    )  # fmt: skip
    matched = match.sum(axis=1, keepdims=True)
    one_hot = match / maximum(matched, 1.0)
    note = "All for the match; a word that stands twice is shared."
    story.show(
        one_hot, "one_hot", "matches / Σ", note,
        title="Share of each entry", number_format="share", labels=across, line=True,
    )  # fmt: skip
    rows = _table_again(story, listed, "exact_rows")
    note, named = "The row that was asked for.", ("found", "one_hot X_source")
    told: dict[str, Any] = {"title": "What comes back", "labels": (None, dims)}
    product(story, one_hot, rows, *named, note, **told)
    verdict = where(
        matched, translate("so its row comes back."), translate("so a row of zeros comes back.")
    )
    say(
        story, "exact_told", "Entries of the list that are “{word}”: {count}, {verdict}",
        title="In words", placed={"line": True},
        word=query.words, count=matched, verdict=verdict,
    )  # fmt: skip


def _table_again(story: Story, listed: Rows, name: str) -> Array:
    """The rows of the list (n, d) once more, to stand over what is made of them."""
    return again(story, listed.vectors, name, "X_source", "The table of step 1")


def soft_look_up(
    story: Story, table: WordTable, listed: Rows, source_length: Array, word: str
) -> None:
    """Step 6: the blend of the list (1, d) for a word of the other language; lengths are (n, 1)."""
    number = story.stage(
        "6   A soft look-up asks by meaning",
        "Ask in Portuguese, and no English entry is spelled like that. But the dot product says "
        "how well each one fits, and softmax turns the fits into shares that add to 100 % (the "
        "lesson softmax shows how). The answer is a blend of all rows, each by its share. Raise "
        "the sharpness and the best entry takes all, as in an exact look-up; at 0 all count alike. "
        "An entry that stands twice gets the same share twice: nothing here knows which comes "
        "first (lesson positions). "
        "This is attention: the question is a query, the entries are keys, and what they give are "
        "values (Vaswani et al. 2017, section 3.2.1; there the sharpness is 1/√d, for vectors of "
        "four numbers 0.5).",
        "answer = softmax(sharpness · q Xᵀ) X",
        GROUP,
    )
    query = declare_rows(story, "query", "Portuguese", [[word]], table)
    message, across = story.named("query_message"), (None, listed.vectors.labels[0])
    columns = again(story, listed.vectors.T, "soft_columns", "X_sourceᵀ", "Entries, as columns")
    note = "How well each entry fits: dot products."
    fits = product(
        story, query.vectors, columns, "fits", "q X_sourceᵀ", note,
        title="Scores", role="scores", labels=across,
    )  # fmt: skip
    note, allowed = "Larger: nearer to all or nothing.", Allowed(0, 1000)
    sharp = dial(story, 1.0, "sharpness", note, allowed, title="Sharpness", line=True)
    scores, note = fits * sharp, "What softmax gets."
    equation, role, title = "sharpness · fits", "scaled scores", "Sharpened scores"
    story.show(scores, "scores", equation, note, title=title, role=role, labels=across)
    weights = _softmax(story, scores, across)
    story.place(message, before=weights)
    rows = _table_again(story, listed, "soft_rows")
    note, named = "Each row by its share.", ("answer", "soft_shares X_source")
    told = {"title": "The answer", "role": "blend", "labels": query.vectors.labels}
    blend = product(story, weights, rows, *named, note, **told)
    share_sentences(story, "answer_told", weights, listed.words, query.words)
    _nearest(story, listed, query, blend, source_length)
    story.figures.append(_bars(number, listed, weights))


def _softmax(story: Story, scores: Array, labels: Any) -> Array:
    exponentials = exp(below_largest(scores))
    role, note = "softmax exponentials", "Positive, 1 for the best."
    equation = "exp(scores − max)"
    story.show(
        exponentials, "exponentials", equation, note, role=role, labels=labels, workings=True
    )
    role, note = "attention weights", "100 % in all."
    weights = shares(exponentials)
    story.show(
        weights, "soft_shares", note=note, title="Share", role=role, labels=labels, line=True
    )
    return weights


def _bars(number: int, listed: Rows, weights: Array) -> Figure:
    title = translate("Shares of the soft look-up")
    axes = (translate("entry of the list"), translate("share"))
    curve = Curve(translate("share"), listed.words[:, 0], weights[0])
    bars = Curves(title, axes, (curve,), bars=True, axis_limit=(0.0, 1.0), number_format="0%")
    return Figure(number, 12, 9, bars, direction="line")


def _nearest(story: Story, listed: Rows, query: Rows, blend: Array, source_length: Array) -> None:
    """Which entry the blend is nearest to, in words; what that is read from is folded away."""
    own = lengths(story, blend, "answer_length", "Its length.", workings=True)
    dot, note = blend @ listed.vectors.T, "The answer with each entry …"
    title = "Dot products"
    story.show(dot, "answer_dot", "answer X_sourceᵀ", note, title=title, workings=True)
    similarity, note = cosine(dot, own, source_length), "… and without the lengths."
    story.show(similarity, "answer_cosine", "cos", note, title="Cosines", workings=True)
    names = ("nearest_at", "nearest_word")
    notes = ("Its column, from 0.", "The entry that the answer is most like.")
    words = listed.words[:, 0]
    nearest = strongest_word(story, similarity, words, names, notes, "argmax", workings=True)
    closeness = similarity.max(axis=1, keepdims=True)
    say(
        story, "nearest_told", "The answer is nearest to the row of “{word}” (cosine {cosine}).",
        title="Nearest entry", decimals=2, placed={"below": True},
        when=query.is_known() * (own > 0.0),
        otherwise="No known word is asked for or listed: all entries count alike.",
        word=nearest, cosine=closeness,
    )  # fmt: skip
