"""Words of the lesson cross-attention: as rows, as points on a map, and nearest to a blend."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.graph.elementary import where
from sheetformer.graph.functions import largest
from sheetformer.language import translate
from sheetformer.lessons.learned import Learned
from sheetformer.lessons.sentence import Sentence
from sheetformer.lessons.word_map import word_map
from sheetformer.story.placement import Figure
from sheetformer.story.sentences import say
from sheetformer.story.story import Story
from sheetformer.story.strongest import NOTHING
from sheetformer.story.word_cells import NO_WORD, Rows, cosine, declare_rows, lengths

GROUP = "Attention"
"""The sheet of the lesson's steps."""


def word_rows(
    story: Story, learned: Learned, english: Sentence, portuguese: Sentence
) -> tuple[Rows, Rows]:
    """Step 1: the typed words of both sentences, as rows (n, d) and (m, d)."""
    story.stage(
        "1   Two sentences become matrices",
        "A computer does not know what words mean, but it can compare numbers. Each word is looked "
        "up in a table that was learned from thousands of phrase pairs, and becomes a row of "
        "numbers: its embedding. A sentence becomes a matrix. Type another word in a yellow cell "
        "and watch everything follow. Empty an English one: step 6 leaves it out.",
        "X = E[number of the word]",
        GROUP,
    )
    source = declare_rows(
        story, "source", "English", english.table(), learned.english, "it is left out"
    )
    target = declare_rows(story, "target", "Portuguese", portuguese.table(), learned.portuguese)
    return source, target


def word_points(story: Story, learned: Learned, source: Rows, target: Rows) -> None:
    """Step 2: the map of the words, and the distances on it (n, m), in numbers and in words."""
    number = story.stage(
        "2   Words as points",
        "The first two numbers of each word are its place on a map. How far one word lies from "
        "another can be measured on it, and told: below for every English word. Nobody placed "
        "these points: the numbers were random at first, and learning moved them; that "
        "translations lie close on this map was asked for (sheet Learned).",
        "distance = √ (Δd1² + Δd2²)",
        GROUP,
    )
    squares: list[Any] = [
        (source.vectors[:, i : i + 1] - target.vectors[:, i]) ** 2.0 for i in (0, 1)
    ]
    note = "On the map: from each English word to each Portuguese one."
    distance = np.sqrt(squares[0] + squares[1])
    story.show(distance, "distance", "√ (Δd1² + Δd2²)", note, title="Distances")
    near = _ranked(story, distance, target, distance.shape[1], "near")
    far = _ranked(story, distance, target, 1, "far")
    say(
        story, "distance_told",
        "“{word}” lies {near} from “{neighbour}” and {far} from “{stranger}”.",
        title="In words", decimals=2, placed={"below": True},
        when=source.is_known(), otherwise=NO_WORD,
        word=source.words, near=near[0], neighbour=near[1], far=far[0], stranger=far[1],
    )  # fmt: skip
    story.figures.append(_figure(number, learned, source, target))


def _ranked(
    story: Story, distance: Array, target: Rows, rank: int, name: str
) -> tuple[Array, Array]:
    """The target word at the k-th largest distance of each source word: the distance, the word."""
    measured, place = largest(distance, rank, axis=1)
    note = "Its row, from 0."
    story.show(place, f"{name}_place", "", note, number_format="integer", workings=True)
    story.show(measured, f"{name}_distance", workings=True)
    return measured, story.show(target.name_of(place), f"{name}_word", workings=True)


def _figure(number: int, learned: Learned, source: Rows, target: Rows) -> Figure:
    groups = ((translate("English"), source.vectors), (translate("Portuguese"), target.vectors))
    title = translate("Words on the map: ● English, ◆ Portuguese")
    drawing = word_map(title, groups, (learned.english, learned.portuguese))
    return Figure(number, 16, 9, drawing, before_block="distance", direction="line")


def nearest_words(
    story: Story, learned: Learned, blend: Array, blended: Array, stage: int
) -> tuple[Array, Array]:
    """The Portuguese word (m, 1) that each blend (m, d) is nearest to, and its cosine (m, 1).

    Both are told on the stage of the blend; where nothing was blended (m, 1) no word is named.
    """
    story.stage(
        "Which word is nearest to each blend?",
        "The cosine of every blended row with every Portuguese word of the vocabulary. The "
        "largest of a column names the word in step 9.",
        "cos(word, blend)",
        "Nearest word",
    )
    vectors = learned.portuguese.vectors[1:]
    title = "Lengths of the blends"
    blend_length = lengths(story, blend, "blend_length", "Length of each blended row.", title=title)
    title = "Lengths of the words"
    word_length = lengths(story, vectors, "word_length", "Length of each word's row.", title=title)
    dot = vectors @ blend.T
    story.show(dot, "word_dot", "E blendᵀ", "Every word by every blend.", title="Dot products")
    similarity = cosine(dot, word_length, blend_length)
    note = "1 is the same direction."
    title = "Cosines"
    story.show(similarity, "word_similarity", "cos(word, blend)", note, title=title)
    place = similarity.T.argmax(axis=1, keepdims=True)
    note = "Row of the largest, from 0."
    title = "Which row is nearest"
    story.show(place, "nearest_place", "argmax", note, title=title, number_format="integer")
    names = learned.portuguese.words[1:, 0]
    title = "Nearest word"
    found = story.show(names[place], "nearest_row", "", "", title="Word in that row")
    named = where(blended, found, NOTHING)
    nearest = story.show(named, "nearest_word", "", "", title=title, stage=stage)
    closeness = similarity.T.max(axis=1, keepdims=True)
    title = "How near"
    story.show(closeness, "nearest_similarity", "max cos", "", title=title, stage=stage)
    return nearest, closeness
