"""Look at any attention: weights that somebody has, as heat maps with words and live formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sheetformer.book.build import build
from sheetformer.book.workbook import Book
from sheetformer.errors import ShapeError, UnsupportedError
from sheetformer.graph.array import NUMPY, Array
from sheetformer.graph.functions import added
from sheetformer.graph.node import Labels
from sheetformer.graph.storable import as_numpy
from sheetformer.language import find_language, translate, use_language
from sheetformer.story.caption import Allowed
from sheetformer.story.check import check
from sheetformer.story.number_cells import allow
from sheetformer.story.story import Story
from sheetformer.story.strongest import strongest_word
from sheetformer.story.terms import TERMS, Term
from sheetformer.story.word_cells import TINY

Floats = NDArray[np.float64]

STORY = "Attention"
WIDE = 10_000
"""A line of blocks that never breaks: the row of a word goes on to its sum and its best word."""
MAP_TERMS = TERMS | {"attention weights": Term("Attention weights", number_format="share")}
"""The weights are given here: nothing says how they came about."""
NOTHING = (
    "the model has given no attention weights; load it with attn_implementation='eager' and call "
    "it with output_attentions=True, or let sf.record compute them"
)
"""Attention in one piece (SDPA) keeps none: transformers gives an empty tuple, or None a layer."""
SHAPES = "(layers, heads, target, source), (heads, target, source) or (target, source)"


def attention(
    weights: Any,
    source: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    *,
    formulas: str = "matrix",
    title: str = "Who looks at whom",
    lang: str = "en",
) -> Book:
    """Make a book of attention weights: a heat map a head, their average, and who looks where.

    What Hugging Face models give with `output_attentions=True` goes straight in.

    Args:
        weights: of shape (layers, heads, target, source), (heads, target, source) or
            (target, source); or one array a layer, each (heads, target, source) or with a batch
            of one, (1, heads, target, source). NumPy arrays, lists, or tensors of any library.
        source: the words that are looked at, one a column: a list, or a text with spaces between.
        target: the words that look, one a row; the source words if that is left out and there are
            as many.
        formulas: "matrix" for one array formula a block, "cell" for one formula a cell.
        title: the book's heading.
        lang: the language of the texts around the words.

    Raises:
        ShapeError: the weights have another shape, or there are more or fewer words.
        UnsupportedError: a weight is below 0, infinite or no number.

    >>> book = attention([[0.9, 0.1], [0.3, 0.7]], "I am", "eu sou")
    >>> book["looks_at"].value.tolist()
    [['I'], ['am']]
    """
    layers = _layers(weights)
    rows, columns = layers[0].shape[1:]
    across = _words(source, columns, "source", "columns")
    down = across if target is None and rows == columns else _words(target, rows, "target", "rows")
    with use_language(find_language(lang, "heat-maps")):
        sheets = [STORY, *(_layer_sheet(i) for i in range(len(layers))), "Check", "Reference"]
        story = Story(title, terms=MAP_TERMS, order=sheets)
        _tell(story, _declare_words(story, down, across), layers)
        check(story)
        return build(story, formulas)


def _layer_sheet(number: int) -> str:
    return translate("Layer {number}", number=number + 1)


# What was given.


def _layers(weights: Any) -> list[Floats]:
    """One array a layer, each (heads, target, source)."""
    if isinstance(weights, tuple | list) and not weights:
        raise UnsupportedError(NOTHING)
    several = isinstance(weights, tuple | list) and any(map(_has_axes, weights))
    if several:
        layers = [_one_layer(part, f"layer {i + 1}") for i, part in enumerate(weights)]
    else:
        whole = _numbers(weights, "the weights")
        if whole.ndim not in (2, 3, 4):
            raise ShapeError(f"the weights have shape {whole.shape}; give {SHAPES}")
        layers = list(whole.reshape((1,) * (4 - whole.ndim) + whole.shape))
    if not layers or not all(layer.size for layer in layers):
        raise ShapeError(f"there are no weights; give {SHAPES}")
    if len({layer.shape for layer in layers}) > 1:
        shapes = ", ".join(str(layer.shape) for layer in layers)
        raise ShapeError(f"the layers differ in shape: {shapes}; give those of one shape")
    for i, layer in enumerate(layers):
        _refuse_other_numbers(layer, i + 1)
    return layers


def _has_axes(part: Any) -> bool:
    """Whether an item of a list is an array of a layer, rather than a plain list of numbers."""
    return part is None or len(getattr(part, "shape", ())) > 2


def _one_layer(part: Any, name: str) -> Floats:
    layer = _numbers(part, name)
    if layer.ndim == 4 and layer.shape[0] != 1:
        raise ShapeError(
            f"{name} holds a batch of {layer.shape[0]} sentences; give one of them, such as "
            "tuple(layer[:1] for layer in attentions)"
        )
    if layer.ndim not in (3, 4):
        raise ShapeError(f"{name} has shape {layer.shape}; give (heads, target, source)")
    return layer.reshape(layer.shape[-3:])


def _numbers(part: Any, name: str) -> Floats:
    """Anything that NumPy can read as real numbers, every one of them."""
    if part is None:
        raise UnsupportedError(NOTHING)
    try:
        array = as_numpy(part)
        if array.dtype.kind != "c":
            return array.astype(np.float64)
    except (TypeError, ValueError, UnsupportedError) as error:
        raise ShapeError(
            f"{name} cannot be read as an array of numbers ({error}); give {SHAPES}"
        ) from error
    raise UnsupportedError(f"{name} are complex numbers; give shares, which are real")


def _refuse_other_numbers(layer: Floats, number: int) -> None:
    for fault, what in ((~np.isfinite(layer), "no finite number"), (layer < 0, "below 0")):
        if fault.any():
            head, row, column = np.argwhere(fault)[0] + 1
            raise UnsupportedError(
                f"the weight in layer {number}, head {head}, row {row}, column {column} is {what}; "
                "give attention weights as they come out of softmax, from 0 to 1"
            )


def _words(given: str | Sequence[str] | None, count: int, side: str, axis: str) -> list[str]:
    if given is None:
        return [str(i + 1) for i in range(count)]
    words = given.split() if isinstance(given, str) else [str(word) for word in given]
    if len(words) != count:
        raise ShapeError(
            f"there are {len(words)} {side} words but the weights have {count} {axis}; "
            f"give one word for each (source words are columns, target words are rows)"
        )
    return words


# The story.


@dataclass(frozen=True)
class _Words:
    """The words of both sides, each (1, n)."""

    target: Array
    source: Array

    @property
    def labels(self) -> tuple[Labels, Labels]:
        """Of the rows and columns of every map."""
        return self.target.ids[0].astype(object), self.source.ids[0].astype(object)


def _declare_words(story: Story, down: Sequence[str], across: Sequence[str]) -> _Words:
    story.stage(
        "The words",
        "A row of the maps below is a word that looks (target), a column a word that is looked "
        "at (source). Rename them here if you like; the maps follow.",
        group=STORY,
    )
    target = _typed(story, "target_words", down, "They look.")
    return _Words(target, _typed(story, "source_words", across, "They are looked at."))


def _typed(story: Story, name: str, words: Sequence[str], note: str) -> Array:
    labels = (None, _numbered("word {number}", len(words)))
    return story.input(np.array([words], dtype=object), name, note=note, labels=labels, line=True)


def _tell(story: Story, words: _Words, layers: Sequence[Floats]) -> None:
    """All stages; the average stands before the layers that it is made of."""
    if len(layers) == 1 and len(layers[0]) == 1:
        first = _stage(story, "The weights", "Who looks at whom: each row is shared out.")
        whole = _given(story, "weights", layers[0][0], "One head.", words.labels)
    else:
        first = _stage(
            story,
            "All heads together",
            "The average of all heads, weighted by how much each head counts. Set a 1 to 0 to "
            "leave a head out; set all but one to 0 to see that head alone.",
            "Σ c · A / Σ c",
        )
        whole = _average(story, words, layers, first)
    _strongest(story, words, whole, "", first)
    _sharpened(story, whole)


def _stage(story: Story, title: str, text: str, equation: str = "", group: str = STORY) -> int:
    return story.stage(title, text, equation, group, WIDE)


def _given(story: Story, name: str, values: Floats, note: str, labels: tuple[Labels, ...]) -> Array:
    return story.constant(values, name, note=note, labels=labels, role="attention weights")


def _average(story: Story, words: _Words, layers: Sequence[Floats], stage: int) -> Array:
    """Σ c A / Σ c over all heads, where c says how much each head counts: (target, source)."""
    heads = _numbered("head {number}", len(layers[0]))
    note = "How much each head counts."
    labels = (_numbered("layer {number}", len(layers)), heads)
    ones = np.ones((len(layers), len(heads)))
    counts = story.input(ones, "counts", note=note, labels=labels, number_format="integer")
    allow(story, counts, Allowed(0, 1000))
    each = counts.sum(axis=1, keepdims=True)
    note = "How much each layer counts."
    story.show(each, "layer_counts", "Σ c", note, number_format="integer", stage=stage)
    maps = [
        _layer(story, words, i, layer, counts[i], each[i]) * each[i]
        for i, layer in enumerate(layers)
    ]
    total = NUMPY.maximum(each.sum(), TINY)
    story.show(total, "count", "Σ c", "All of them.", number_format="integer", stage=stage)
    average = _averaged(story, words, added(maps) / total, "weights", "The average.")
    story.place(average, stage=stage)
    return average


def _averaged(story: Story, words: _Words, maps: Array, name: str, note: str) -> Array:
    equation, role = "Σ c · A / Σ c", "attention weights"
    return story.show(maps, name, equation, note, role=role, labels=words.labels, line=True)


def _layer(
    story: Story, words: _Words, number: int, layer: Floats, counts: Array, total: Array
) -> Array:
    """One layer (heads, target, source) on a sheet of its own; its average (target, source).

    `counts` (heads,) says how much each head counts, `total` (1,) how much all of them do.
    """
    name = f"layer_{number + 1}"
    text = "One map a head. Beside each row stand its sum and the word that it looks at most."
    sheet = _layer_sheet(number)
    stage = _stage(story, sheet, text, group=sheet)
    labels = (_numbered("head {number}", len(layer)), *words.labels)
    maps = _given(story, name, layer, "One map a head.", labels)
    _strongest(story, words, maps, f"{name}_", stage)
    weighted = added([maps[i] * counts[i] for i in range(len(layer))])
    note = "The heads of this layer, each as much as it counts."
    return _averaged(story, words, weighted / NUMPY.maximum(total, TINY), f"{name}_average", note)


def _strongest(story: Story, words: _Words, maps: Array, name: str, stage: int) -> None:
    """Row sums and the strongest source word of each row, (…, target, 1)."""
    total = maps.sum(axis=-1, keepdims=True)
    story.show(
        total, f"{name}row_total", "Σ", "Sum of the row.", number_format="share", stage=stage
    )
    names = (f"{name}best_column", f"{name}looks_at")
    notes = ("Its column, from 0.", "Looks most at.")
    strongest_word(story, maps, words.source[0], names, notes, shares=True, stage=stage)


def _sharpened(story: Story, weights: Array) -> None:
    _stage(
        story,
        "Sharper or flatter",
        "What softmax would have given with all scores divided by a temperature: below 1 the "
        "largest share takes more, above 1 all become alike. At 1 nothing changes, but rows "
        "that do not add up to 100 % are made to.",
        "p^(1/T) / Σ p^(1/T)",
    )
    temperature = story.input(np.ones((1, 1)), "temperature", note="Type 0.5 or 2.")
    allow(story, temperature, Allowed(0.01, 1000))
    powers = weights ** (1.0 / NUMPY.maximum(temperature, 0.01))
    story.show(powers, "raised", "p^(1/T)", "Each share.", line=True)
    total = NUMPY.maximum(powers.sum(axis=1, keepdims=True), TINY)
    story.show(total, "raised_sum", "Σ p^(1/T)", "Sum of the row.")
    equation, role = "p^(1/T) / Σ", "attention weights"
    story.show(powers / total, "sharpened", equation, "Shares again.", role=role, line=True)


def _numbered(template: str, count: int) -> Any:
    return np.array([translate(template, number=i + 1) for i in range(count)], dtype=object)
