"""The map of the words: the first two numbers of each as its place."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sheetformer.graph.array import Array
from sheetformer.language import translate
from sheetformer.story.figures import WordMap
from sheetformer.story.word_cells import WordTable


def word_map(
    title: str, groups: Sequence[tuple[str, Array]], tables: Sequence[WordTable]
) -> WordMap:
    """Points (n, d) of each named group, on one map for all words of the tables.

    So what looks near is near, whatever is typed.
    """
    farthest = max(np.abs(table.vectors.value[:, :2]).max() for table in tables)
    limit = math.ceil(2.0 * farthest) / 2.0
    axes = (translate("first number (d1)"), translate("second number (d2)"))
    return WordMap(title, axes, tuple(groups), limit)
