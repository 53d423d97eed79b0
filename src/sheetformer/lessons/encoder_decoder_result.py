"""The next words of the lesson encoder-decoder, on its first sheet beside what was typed."""

from __future__ import annotations

import numpy as np

from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import concatenate, copy, join
from sheetformer.lessons.encoder_decoder_texts import stage_of
from sheetformer.story.sentences import say
from sheetformer.story.story import Story
from sheetformer.story.word_cells import Rows


def show_result(
    story: Story, rows: Rows, likeliest: Array, shares: Array, attention: Array
) -> None:
    """On the first sheet: the next word of each row, and its attention to the source.

    Shapes: likeliest words and their shares (n, k), attention (n, m).

    The messages of the typed words stand last in their line, so that nothing cuts them off.
    """
    source_end, target_end = story.named("source_message"), story.named("target_message")
    known, labels = rows.numbers > 0.0, (rows.numbers.labels[0], None)
    word, note = NUMPY.where(known, likeliest[:, :1], ""), "The likeliest …"
    word = story.show(
        word, "next_word", "", note, title="Next word", role="next word", labels=labels,
        before=target_end,
    )  # fmt: skip
    share, note = NUMPY.where(known, shares[:, :1], 0.0), "… and how sure."
    story.show(
        share, "probability", "", note, title="How sure", number_format="share", labels=labels,
        before=target_end,
    )  # fmt: skip
    _as_typed(story, rows, word, target_end)
    label = join(concatenate([rows.words, word], axis=1), " → ")[:, None]
    note, role = "Both words of a row.", "decoder step"
    story.show(
        label, "row", "", note, title="Read → written", number_format="phrase", role=role,
        before=source_end, order=1,
    )  # fmt: skip
    note, role = "From step 12, first head.", "alignment"
    weights = copy(attention)
    title = "Where each row looked"
    story.show(
        weights, "weights", "", note, title=title, number_format="share", role=role,
        before=source_end,
    )  # fmt: skip
    _call_rows_by_both_words(story, rows, label, weights)
    _read_out(story, rows, word, share, attention)


def _read_out(story: Story, rows: Rows, word: Array, share: Array, attention: Array) -> None:
    """A sentence a row: what follows the word that it read, and how sure that is."""
    most = attention.max(axis=1, keepdims=True)
    say(
        story, "next_told",
        "After “{read}” comes “{word}” ({share} %); its largest share of the source is {most} %.",
        title="In words", placed={"line": True, "stage": stage_of(story, "words"), "order": 2},
        when=rows.numbers > 0.0,
        read=rows.words, word=word, share=share * 100.0, most=most * 100.0,
    )  # fmt: skip


def _as_typed(story: Story, rows: Rows, word: Array, end: Array) -> None:
    """Whether each word named is the one that stands in the next yellow cell."""
    if len(rows.words) == 1:
        return
    same = NUMPY.where(word[:-1] == rows.words[1:], "✓", "✗")
    array = NUMPY.where(rows.numbers[1:] > 0.0, same, "")
    note = "Is it the next word that you typed?"
    story.show(array, "as_typed", "", note, title="As typed?", before=end)


def _call_rows_by_both_words(story: Story, rows: Rows, label: Array, weights: Array) -> None:
    """From the cross-attention on, a row is called by both of its words: eu → sou.

    The second word comes out only at the end, so what is computed by then gets its labels anew.
    """
    graph, cross = story.graph, stage_of(story, "decoder_1_cross")
    old, new = rows.words.ids[:, 0], label.ids[:, 0].astype(object)
    for node in list(graph):
        if story.stage_of(node) < cross and node.base != weights.node.base:
            continue
        is_row = [axis is not None and np.array_equal(axis, old) for axis in node.labels]
        if any(is_row):
            pairs = zip(is_row, node.labels, strict=True)
            labels = tuple(new if again else axis for again, axis in pairs)
            array = Array(graph, graph.relabel(node, labels=labels).ids, labels)
            story.tell(array, label_columns=2 if len(is_row) > 1 and is_row[-2] else 1)
