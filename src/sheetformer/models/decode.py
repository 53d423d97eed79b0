"""Translate with a trained translator, word after word, in NumPy alone.

>>> result = generate_translation("the red house")
>>> result.text
'a casa vermelha'
>>> result.alignment.shape  # target words, source words
(3, 3)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sheetformer.corpus.phrases import Pair
from sheetformer.corpus.vocabulary import (
    BEGIN_INDEX,
    EMPTY_INDEX,
    END,
    Numbers,
    split_at_blanks,
    split_words,
    tokens,
)
from sheetformer.errors import WordError
from sheetformer.models import transformer, weights_file
from sheetformer.models.weights_file import DEFAULT, Floats, Weights, WordNumbers
from sheetformer.spelling import is_mark

Visible = NDArray[np.bool_]

CANDIDATES = 3
"""How many of the likeliest next words a step names."""

SURE = 0.5
"""A translation is unsure where a word of it was less probable."""

Verdict = Literal["learned", "unlearned", "unsure"]
"""Whether sentences like this were learned, and if so, whether every word is probable enough."""


@dataclass(frozen=True)
class DecodeStep:
    """One step of the decoder: the word it read, the word it wrote, and what it looked at.

    `candidates` are the likeliest next words with their probabilities; `attention` is the
    cross-attention (heads, source words).
    """

    read: str
    written: str
    candidates: tuple[tuple[str, float], ...]
    attention: Floats

    @property
    def probability(self) -> float:
        """Of the word written."""
        return self.candidates[0][1]

    @property
    def label(self) -> str:
        """Name the word that made the query and the word that came out of it: `eu → sou`."""
        return f"{self.read} → {self.written}"


@dataclass(frozen=True)
class Translation:
    """A translation and how it came about.

    `alignment` (target words, source words) holds the cross-attention from which each word was
    written; its rows add up to 1. `steps` has one step more than there are words, the one that
    wrote the end token, unless the translation was broken off (`complete` is false). `unlearned`
    are the places, from 0, of source words around which no sentence was built that was learned.
    """

    source: tuple[str, ...]
    words: tuple[str, ...]
    alignment: Floats
    steps: tuple[DecodeStep, ...]
    complete: bool = True
    unlearned: tuple[int, ...] = ()

    @property
    def probabilities(self) -> tuple[float, ...]:
        """How probable each word was when it was written."""
        return tuple(step.probability for step in self.steps[: len(self.words)])

    @property
    def verdict(self) -> Verdict:
        """Whether this can be trusted."""
        if self.unlearned:
            return "unlearned"
        least = min(step.probability for step in self.steps)
        return "learned" if self.complete and least >= SURE else "unsure"

    @property
    def text(self) -> str:
        """The translated words as a sentence."""
        return " ".join(self.words)


@dataclass(frozen=True)
class Translator:
    """A trained translator, ready to be used."""

    weights: Weights
    _positions: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        facts = self.weights.facts
        length = max(facts.max_words, facts.max_written) + 1
        positions = transformer.positional_encoding(length, self.weights.d_model)
        object.__setattr__(self, "_positions", positions)

    @cached_property
    def source_numbers(self) -> Numbers:
        """Looks up source words."""
        return Numbers(self.weights.vocabulary.source, "source")

    @cached_property
    def target_numbers(self) -> Numbers:
        """Looks up target words."""
        return Numbers(self.weights.vocabulary.target, "target")

    def split(self, sentence: str) -> tuple[str, ...]:
        """The words of a source sentence, as the model has learned them.

        They end at blanks if these words are all known, else at marks; a mark that the model has
        not learned says nothing to it and is left out.
        """
        numbers = self.source_numbers
        ways = (split_at_blanks(sentence), tokens(sentence))
        known = (words for words in ways if all(word in numbers for word in words))
        words = next(known, split_words(sentence))
        return tuple(word for word in words if word in numbers or not is_mark(word)) or words

    def read(self, words: Sequence[str]) -> list[int]:
        """Number the words of a source sentence.

        Raises:
            WordError: There is no word, too many, or one that is unknown.
        """
        most = self.weights.facts.max_words
        if not words:
            raise WordError("there is no word to translate")
        if len(words) > most:
            raise WordError(
                f"the translator reads at most {most} words and marks, this sentence has "
                f"{len(words)}; shorten it, or train a translator on longer sentences: "
                f"sheetformer train translator --data FILE --max-words {len(words)}"
            )
        return self.source_numbers(words)

    def read_target(self, words: Sequence[str]) -> list[int]:
        """Number the words of a given target sentence.

        Raises:
            WordError: There are too many, or one is unknown.
        """
        most = self.weights.facts.max_written
        if len(words) > most:
            raise WordError(
                f"the translator writes at most {most} words and marks, this has {len(words)}"
            )
        return self.target_numbers(words)

    def check(self, pair: Pair) -> None:
        """See to it that a pair can be aligned.

        Raises:
            WordError: There are too many words, or one is unknown.
        """
        self.read(pair.source)
        self.read_target(pair.target)

    def memory(self, source: WordNumbers) -> Floats:
        """Encode word numbers (…, m), 0 where there is none: (…, m, d)."""
        x = self._embed("source_embedding", source)
        facts, tensors = self.weights.facts, self.weights.tensors
        seen = present(source)
        return transformer.encode(tensors, x, seen, heads=facts.heads, layers=facts.layers)

    def score(self, target: WordNumbers, memory: Floats, visible: Visible) -> tuple[Floats, Floats]:
        """Read target word numbers (…, n): rows (…, n, d) and cross-attention (…, h, n, m)."""
        x = self._embed("target_embedding", target)
        facts, tensors = self.weights.facts, self.weights.tensors
        return transformer.decode(
            tensors, x, memory, visible, heads=facts.heads, layers=facts.layers
        )

    def alignment(self, weights: Floats) -> Floats:
        """Take the guided first head, else the mean of all: (…, h, n, m) → (…, n, m)."""
        return weights[..., 0, :, :] if self.weights.facts.guided else weights.mean(axis=-3)

    def _embed(self, name: str, words: WordNumbers) -> Floats:
        length = words.shape[-1]
        return transformer.embed(self.weights.tensors[name][words], self._positions[:length])


def present(source: WordNumbers) -> Visible:
    """Where there is a word, to be broadcast over heads and rows: (…, m) → (…, 1, 1, m)."""
    return (source != EMPTY_INDEX)[..., None, None, :]


@lru_cache(maxsize=8)
def load_translator(name: str | os.PathLike[str] = DEFAULT) -> Translator:
    """Read a translator that comes with the package, or one from a file.

    Raises:
        FileError: The file is missing, damaged, of another shape or of another vocabulary.
    """
    return Translator(weights_file.load(name))


def generate_translation(
    sentence: str | Sequence[str], translator: Translator | None = None
) -> Translation:
    """Translate a sentence, always going on with the likeliest word.

    Args:
        sentence: A text, or its words.
        translator: Which one; the default is the one that comes with the package.

    Returns:
        The words, their alignment, and each step of the decoder.

    Raises:
        WordError: A word is unknown, or there are too many.
    """
    model = translator or load_translator()
    words = model.split(sentence) if isinstance(sentence, str) else tuple(sentence)
    source = np.array(model.read(words))
    memory, visible = model.memory(source), present(source)[0]
    target = [BEGIN_INDEX]
    steps: list[DecodeStep] = []
    while len(steps) < model.weights.facts.max_written:
        steps.append(_step(model, target, memory, visible))
        if steps[-1].written == END:
            break
        target.append(model.target_numbers([steps[-1].written])[0])
    return _translation(model, words, steps)


def _step(model: Translator, target: Sequence[int], memory: Floats, visible: Visible) -> DecodeStep:
    """Write one word more."""
    rows, weights = model.score(np.array(target), memory, visible)
    scores = transformer.logits(model.weights.tensors, rows[-1])  # (target words)
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    names = model.weights.vocabulary.target
    candidates = tuple([(names[number], float(shares[number])) for number in best])
    return DecodeStep(names[target[-1]], candidates[0][0], candidates, weights[:, -1])


def _translation(
    model: Translator, source: tuple[str, ...], steps: list[DecodeStep]
) -> Translation:
    complete = steps[-1].written == END
    written = steps[:-1] if complete else steps
    attention = np.array([step.attention for step in written])  # (n, h, m)
    attention = attention.reshape(len(written), model.weights.facts.heads, len(source))
    alignment = model.alignment(attention.swapaxes(0, 1))
    learned = model.weights.constructions
    return Translation(
        source,
        tuple(step.written for step in written),
        alignment,
        tuple(steps),
        complete,
        () if learned is None else learned.unlearned(model.read(source)),
    )
