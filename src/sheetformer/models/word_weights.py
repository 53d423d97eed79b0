"""The trained numbers of the cross-attention lesson: read them, run them, measure them (NumPy)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize

from sheetformer.errors import FileError
from sheetformer.files import read_metadata
from sheetformer.graph import nn

if TYPE_CHECKING:
    # The words of a lesson need no grammar.
    from sheetformer.corpus.word_pairs import Example

Floats = NDArray[np.float64]

FILE_NAME = "cross_attention.safetensors"


@dataclass(frozen=True)
class WordWeights:
    """A cross-attention layer with its two vocabularies, without residual, bias or positions.

    Row 0 of each vocabulary is the empty string, for an empty cell or an unknown word; its vector
    is zero. Queries are `target_embeddings @ w_q`, keys and values come from `source_embeddings`.

    Shapes: source_embeddings (source words, d_model), target_embeddings (target words, d_model),
    w_q, w_k, w_v (d_model, d_model).
    """

    source_words: tuple[str, ...]
    target_words: tuple[str, ...]
    source_embeddings: Floats
    target_embeddings: Floats
    w_q: Floats
    w_k: Floats
    w_v: Floats

    @property
    def d_model(self) -> int:
        """How many numbers describe a word."""
        return self.w_q.shape[0]


@dataclass(frozen=True)
class Reading:
    """What the layer makes of one sentence.

    Shapes: weights (target words, rows); nearest and similarity (target words,).
    """

    weights: Floats
    nearest: tuple[str, ...]
    similarity: Floats


@dataclass(frozen=True)
class WordAccuracy:
    """Shares of target words: aligned right, recovered right, and the weight on the right word."""

    alignment: float
    recovered: float
    weight: float

    def __str__(self) -> str:
        return (
            f"alignment {self.alignment:.4f}, recovered {self.recovered:.4f}, "
            f"weight on the right word {self.weight:.4f}"
        )


def load_word_weights() -> WordWeights:
    """Read the numbers that come with the package.

    Raises:
        FileError: The file is missing, damaged or of another shape.
    """
    try:
        content = (files("sheetformer.models") / "weights" / FILE_NAME).read_bytes()
    except OSError as error:
        raise FileError(f"{FILE_NAME} cannot be read; install sheetformer again.") from error
    return decode(content)


def decode(content: bytes) -> WordWeights:
    """Read the numbers from the bytes of a safetensors file.

    Raises:
        FileError: The bytes are damaged or of another shape.
    """
    try:
        tensors = {
            name: _matrix(cast("dict[str, Any]", data)) for name, data in deserialize(content)
        }
        vocabulary: dict[str, list[Any]] = read_metadata(content)
        weights = WordWeights(
            source_words=tuple(vocabulary["source_words"]),
            target_words=tuple(vocabulary["target_words"]),
            **tensors,
        )
        words = (*vocabulary["source_words"], *vocabulary["target_words"])
        if not all(isinstance(word, str) for word in words):
            raise ValueError("a word is no text")
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise FileError(f"{FILE_NAME} is damaged; install sheetformer again.") from error
    _check(weights)
    return weights


def _matrix(data: dict[str, Any]) -> Floats:
    if data["dtype"] != "F64":
        raise ValueError(data["dtype"])
    return np.frombuffer(data["data"], dtype="<f8").reshape(data["shape"])


def _check(weights: WordWeights) -> None:
    length = weights.w_v.shape[0] if weights.w_v.ndim else 0
    square = (length, length)
    expected = {
        "source_embeddings": (len(weights.source_words), square[0]),
        "target_embeddings": (len(weights.target_words), square[0]),
        "w_q": square,
        "w_k": square,
        "w_v": square,
    }
    for name, shape in expected.items():
        found = cast("Floats", getattr(weights, name))
        if not np.isfinite(found).all():
            raise FileError(f"{FILE_NAME} holds a {name} that is no number; install it again.")
        if found.shape != shape:
            raise FileError(
                f"{FILE_NAME} should hold {shape[0]} × {shape[1]} numbers as {name}, but holds "
                f"{' × '.join(map(str, found.shape))}; install sheetformer again."
            )
    if not length or not weights.source_words or not weights.target_words:
        raise FileError(f"{FILE_NAME} is empty; install sheetformer again.")
    if weights.source_embeddings[0].any() or weights.target_embeddings[0].any():
        raise FileError(
            f"{FILE_NAME} should have zeros for the empty word; install sheetformer again."
        )


def embed(rows: Iterable[Sequence[str]], words: Sequence[str], embeddings: Floats) -> Floats:
    """Look up each row; a phrase is the mean of its words, an unknown word is zero.

    Shapes: embeddings (words, d_model) → (rows, d_model).
    """
    index = {word: number for number, word in enumerate(words)}
    return np.stack([embeddings[[index.get(word, 0) for word in row]].mean(axis=0) for row in rows])


def read(weights: WordWeights, rows: Iterable[Sequence[str]], target: Sequence[str]) -> Reading:
    """Attend from target words to source rows and name the word nearest to each blend.

    Source: Vaswani et al., "Attention Is All You Need" (2017), section 3.2.1, equation 1. The
    nearest word is the one whose target embedding has the highest cosine with the blend.
    """
    source = embed(rows, weights.source_words, weights.source_embeddings)
    query = embed([[word] for word in target], weights.target_words, weights.target_embeddings)
    scores = (query @ weights.w_q) @ (source @ weights.w_k).T / np.sqrt(weights.d_model)
    attention = nn.softmax(scores)
    blend = attention @ (source @ weights.w_v)
    similarity = _directions(blend) @ _directions(weights.target_embeddings[1:]).T
    best = similarity.argmax(axis=1)
    nearest = tuple(weights.target_words[1 + int(number)] for number in best)
    return Reading(attention, nearest, similarity.max(axis=1))


def _directions(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths)


def word_accuracy(weights: WordWeights, examples: Sequence[Example]) -> WordAccuracy:
    """Measure the layer on sentences with known alignments, word by word."""
    aligned: list[bool] = []
    recovered: list[bool] = []
    shares: list[float] = []
    for example in examples:
        reading = read(weights, example.rows, example.target)
        for row, gold in enumerate(example.gold):
            aligned.append(int(reading.weights[row].argmax()) in gold)
            recovered.append(reading.nearest[row] == example.target[row])
            shares.append(float(reading.weights[row, sorted(gold)].sum()))
    return WordAccuracy(float(np.mean(aligned)), float(np.mean(recovered)), float(np.mean(shares)))


def kind_precisions(
    weights: WordWeights, kinds: Mapping[str, str], target_kinds: Mapping[str, str]
) -> tuple[float, float]:
    """Share of words whose most similar other word of their language, by cosine, is of their kind.

    Returns:
        The share of source words, the share of target words.
    """
    return (
        _kind_precision(weights.source_words, weights.source_embeddings, kinds),
        _kind_precision(weights.target_words, weights.target_embeddings, target_kinds),
    )


def _kind_precision(words: Sequence[str], embeddings: Floats, kinds: Mapping[str, str]) -> float:
    directions = _directions(embeddings[1:])
    likeness = directions @ directions.T
    np.fill_diagonal(likeness, -np.inf)
    nearest = likeness.argmax(axis=1)
    names = words[1:]
    return float(np.mean([kinds[names[i]] == kinds[names[int(j)]] for i, j in enumerate(nearest)]))


def translation_precision(weights: WordWeights, examples: Sequence[Example]) -> tuple[float, float]:
    """Share of words whose most similar word of the other language, by cosine, is a translation.

    Returns:
        The share of source words, the share of target words.
    """
    likeness = _directions(weights.source_embeddings[1:]) @ (
        _directions(weights.target_embeddings[1:]).T
    )
    return _precision(weights, examples, -likeness)


def plane_precision(weights: WordWeights, examples: Sequence[Example]) -> tuple[float, float]:
    """Share of words whose nearest word of the other language, in the chart, is a translation.

    The chart shows the first two numbers of each embedding.

    Returns:
        The share of source words, the share of target words.
    """
    source, target = weights.source_embeddings[1:, :2], weights.target_embeddings[1:, :2]
    # (source words, target words)
    distance = np.linalg.norm(source[:, None] - target[None, :], axis=2)
    return _precision(weights, examples, distance)


def _precision(
    weights: WordWeights, examples: Sequence[Example], distance: Floats
) -> tuple[float, float]:
    links = {
        (word, target)
        for example in examples
        for target, gold in zip(example.target, example.gold, strict=True)
        for row in gold
        for word in example.rows[row]
    }
    names, words = weights.source_words[1:], weights.target_words[1:]
    forward = [(names[i], words[int(j)]) in links for i, j in enumerate(distance.argmin(axis=1))]
    backward = [(names[int(i)], words[j]) in links for j, i in enumerate(distance.argmin(axis=0))]
    return float(np.mean(forward)), float(np.mean(backward))
