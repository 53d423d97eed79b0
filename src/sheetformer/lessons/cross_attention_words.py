"""Words of the lesson cross-attention: as rows, as points on a map, and nearest to a blend."""

from __future__ import annotations

import math

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.lessons.learned import Learned
from sheetformer.lessons.sentence import Sentence
from sheetformer.story.figures import WordMap
from sheetformer.story.story import Figure, Story
from sheetformer.story.word_cells import Rows, cosine, declare_rows, lengths

GROUP = "Attention"
"""The sheet of the lesson's steps."""


def word_rows(
    story: Story, learned: Learned, english: Sentence, portuguese: Sentence
) -> tuple[Rows, Rows]:
    """Step 1: the typed words of both sentences, as rows (n, d) and (m, d)."""
    story.stage(
        "1   Words become numbers",
        "A computer does not know what words mean, but it can compare numbers. Each word is looked "
        "up in a table that was learned from thousands of phrase pairs, and becomes a row of "
        "numbers: its embedding. Type another word in a yellow cell and watch everything follow. "
        "Empty an English one: step 6 leaves it out.",
        "X = E[number of the word]",
        GROUP,
    )
    source = declare_rows(
        story, "source", "English", english.table(), learned.english, "it is left out"
    )
    target = declare_rows(story, "target", "Portuguese", portuguese.table(), learned.portuguese)
    return source, target


def word_points(story: Story, learned: Learned, source: Rows, target: Rows) -> Figure:
    """Step 2: dot products and cosines (n, m), and the map of the words."""
    number = story.stage(
        "2   Words as points",
        "The first two numbers of each word are its place on a map: words that mean the same "
        "mostly lie close together, in both languages. How alike two words are can also be "
        "computed: multiply their numbers pairwise and add up (dot product), or compare only their "
        "directions (cosine, from −1 to 1).",
        "cos(a, b) = a · b / (|a| |b|)",
        GROUP,
    )
    note = "Length of each source row."
    source_length = lengths(story, source.vectors, "source_length", note, order=1, line=True)
    note = "Length of each target row."
    target_length = lengths(story, target.vectors, "target_length", note, order=1)
    dot = story.show(
        target.vectors @ source.vectors.T,
        "dot_product",
        "X_target X_sourceᵀ",
        "Target by source: large where the numbers point the same way.",
    )
    similarity = cosine(dot, target_length, source_length)
    note = "Without the lengths: 1 is the same direction."
    story.show(similarity, "cosine", "dot / (|a| |b|)", note, below=True)
    groups = ((translate("English"), source.vectors), (translate("Portuguese"), target.vectors))
    title = translate("Words on the map: ● English, ◆ Portuguese")
    tables = (learned.english.vectors, learned.portuguese.vectors)
    # One map for all sentences, so that near looks near whatever is typed.
    limit = math.ceil(max(np.abs(table.value[:, :2]).max() for table in tables))
    drawing = WordMap(
        title, (translate("first number (d1)"), translate("second number (d2)")), groups, limit
    )
    return Figure(number, 15, 10, drawing, before_block="dot_product", direction="line")


def nearest_words(story: Story, learned: Learned, blend: Array, stage: int) -> None:
    """The Portuguese word that each blend (n, d) is nearest to, named on the stage of the blend."""
    story.stage(
        "Which word is nearest to each blend?",
        "The cosine of every blended row with every Portuguese word of the vocabulary. The "
        "largest of a column names the word beside the blend in step 7.",
        "cos(word, blend)",
        "Nearest word",
    )
    vectors = learned.portuguese.vectors[1:]
    blend_length = lengths(story, blend, "blend_length", "Length of each blended row.")
    word_length = lengths(story, vectors, "word_length", "Length of each word's row.")
    dot = story.show(vectors @ blend.T, "word_dot", "E blendᵀ", "Every word by every blend.")
    similarity = cosine(dot, word_length, blend_length)
    story.show(similarity, "word_similarity", "cos(word, blend)", "1 is the same direction.")
    place = similarity.T.argmax(axis=1, keepdims=True)
    story.show(
        place, "nearest_place", "argmax", "Row of the largest, from 0.", number_format="integer"
    )
    names = learned.portuguese.words[1:, 0]
    story.show(names[place], "nearest_word", "", "Nearest word …", stage=stage)
    closeness = similarity.T.max(axis=1, keepdims=True)
    note = "… and how near it is."
    story.show(closeness, "nearest_similarity", "max cos", note, stage=stage)
