"""A trained translator as a file: safetensors, with its vocabularies and its shape beside them.

A file holds single precision numbers rounded to a few decimals, so that a sheet shows exactly the
numbers it uses; they are read as those decimals in double precision.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, deserialize
from safetensors.numpy import save

from sheetformer.corpus.vocabulary import Vocabulary
from sheetformer.errors import FileError
from sheetformer.files import METADATA_KEY, read_metadata, read_whole
from sheetformer.models.constructions import Constructions

Floats = NDArray[np.float64]
WordNumbers = NDArray[np.int64]

DEFAULT = "translator"
SMALL = "translator_small"
VARIANTS = (DEFAULT, SMALL, "translator_two_heads", "translator_unguided")
"""The translators that come with the package."""

LARGEST = 1 << 30
"""Bytes of a file; the largest translator that can be trained has less than half of it."""
MOST_WORDS = 1000
"""The longest sentence that a translator may read: each step looks at all words before it."""

KIND = "translator"
DECIMALS = 4


@dataclass(frozen=True)
class Facts:
    """What a file says of its translator besides the numbers.

    `max_words` is the longest source sentence it reads, `max_written` the most target words it
    writes, `guided` whether the first head was told where to look.
    """

    heads: int
    layers: int
    max_words: int
    max_written: int
    guided: bool
    training: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Weights:
    """A trained translator: its words, its facts, and its numbers by name.

    `constructions` says which sentences it has learned, none where the words have no kinds.
    """

    vocabulary: Vocabulary
    facts: Facts
    tensors: Mapping[str, Floats]
    constructions: Constructions | None = None

    @property
    def d_model(self) -> int:
        """How many numbers describe a word."""
        return self.tensors["source_embedding"].shape[1]


def shapes(vocabulary: Vocabulary, facts: Facts, d_model: int, d_ff: int) -> dict[str, Any]:
    """Name every tensor of a translator, with its shape."""
    square, norm = (d_model, d_model), ("gain", "bias")
    target = len(vocabulary.target)
    expected: dict[str, tuple[int, ...]] = {
        "source_embedding": (len(vocabulary.source), d_model),
        "target_embedding": (target, d_model),
        "w_out": (d_model, target),
        "b_out": (target,),
    }
    forward = {"w_1": (d_model, d_ff), "b_1": (d_ff,), "w_2": (d_ff, d_model), "b_2": (d_model,)}
    attentions = {"encoder": ("self_attention",), "decoder": ("self_attention", "cross_attention")}
    for side, names in attentions.items():
        for part in (f"{side}.{layer}" for layer in range(facts.layers)):
            for name in names:
                expected |= {f"{part}.{name}.w_{letter}": square for letter in "qkvo"}
            for number in range(1, len(names) + 2):
                expected |= {f"{part}.norm_{number}.{each}": (d_model,) for each in norm}
            expected |= {f"{part}.feed_forward.{name}": shape for name, shape in forward.items()}
    return expected


# -- writing ---------------------------------------------------------------------------------------


def encode(weights: Weights) -> bytes:
    """Write a translator as the bytes of a safetensors file: the same numbers, the same bytes."""
    facts = {"kind": KIND, "decimals": DECIMALS, **asdict(weights.vocabulary)}
    learned = weights.constructions
    known = {} if learned is None else {"kinds": learned.kinds, "runs": learned.runs}
    text = json.dumps(
        {**facts, **known, **asdict(weights.facts)}, ensure_ascii=False, sort_keys=True
    )
    tensors = {
        name: (np.round(weights.tensors[name], DECIMALS) + 0.0).astype(np.float32)
        for name in sorted(weights.tensors)
    }
    return save(tensors, {METADATA_KEY: text})


# -- reading ---------------------------------------------------------------------------------------


def load(name: str | os.PathLike[str] = DEFAULT) -> Weights:
    """Read a translator: a file, or one that comes with the package.

    Args:
        name: `translator` (the default one), `translator_small`, `translator_two_heads` and
            `translator_unguided` (those of the lessons), or the path of a file that
            `sheetformer train translator` wrote.

    Raises:
        FileError: The file is missing, damaged, of another shape or of another vocabulary.
    """
    path = Path(name)
    if str(name) in VARIANTS:
        path = Path(str(files("sheetformer.models") / "weights" / f"{name}.safetensors"))
    return decode(read_whole(path, LARGEST), path.name)


def decode(content: bytes, name: str) -> Weights:
    """Read a translator from the bytes of a file; the name is for messages.

    Raises:
        FileError: It is damaged, of another shape or of another vocabulary.
    """
    try:
        metadata = read_metadata(content)
        if not isinstance(metadata, dict):
            raise ValueError("no table of facts")
        if metadata.get("kind") != KIND:
            raise FileError(f"{name} holds another model than a translator; {_REMEDY}")
        facts, vocabulary = _facts(metadata), _vocabulary(metadata)
        tensors = {
            key: _numbers(cast("dict[str, Any]", data), _whole(metadata["decimals"], 0, 15))
            for key, data in deserialize(content)
        }
        learned = _constructions(metadata)
    except FileError:
        raise
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise FileError(f"{name} is damaged or no translator; {_REMEDY}") from error
    weights = Weights(vocabulary, facts, tensors, learned)
    _check(weights, name)
    return weights


_REMEDY = "install sheetformer again, or train it anew: sheetformer train translator"


def _facts(metadata: Mapping[str, Any]) -> Facts:
    """Raises KeyError or ValueError for what no translator is."""
    facts = Facts(**{key: metadata[key] for key in Facts.__dataclass_fields__})
    for number, most in ((facts.heads, 4096), (facts.layers, 64), (facts.max_words, MOST_WORDS),
                         (facts.max_written, MOST_WORDS + 1)):  # fmt: skip
        _whole(number, 0, most)
    if type(metadata["guided"]) is not bool or not isinstance(metadata["training"], dict):
        raise ValueError("a fact is of another kind")
    return facts


def _whole(number: Any, least: int, most: int) -> int:
    if type(number) is not int or not least <= number <= most:
        raise ValueError(f"{number} is no whole number from {least} to {most}")
    return number


def _vocabulary(metadata: Mapping[str, Any]) -> Vocabulary:
    for words in (metadata["source"], metadata["target"]):
        if not isinstance(words, list) or not all(map(_is_word, cast("list[Any]", words))):
            raise ValueError("a word is no text")
    return Vocabulary(tuple(metadata["source"]), tuple(metadata["target"]))


def _is_word(word: Any) -> bool:
    # Half a character, as JSON can hold it, is no text.
    return isinstance(word, str) and len(word) <= 1000 and word.isprintable()


def _constructions(metadata: Mapping[str, Any]) -> Constructions | None:
    """Raises KeyError or ValueError for what no translator has learned."""
    if "kinds" not in metadata:
        return None
    kinds, runs = metadata["kinds"], metadata["runs"]
    for texts in (kinds, runs):
        if not isinstance(texts, list) or not all(map(_is_word, cast("list[Any]", texts))):
            raise ValueError("a kind of word is no text")
    return Constructions(tuple(kinds), tuple(runs))


def _numbers(data: dict[str, Any], decimals: int) -> Floats:
    if data["dtype"] != "F32":
        raise ValueError(data["dtype"])
    single = np.frombuffer(data["data"], dtype="<f4").reshape(data["shape"])
    return np.round(single.astype(np.float64), decimals)


def _check(weights: Weights, name: str) -> None:
    if not weights.vocabulary.is_sound():
        raise FileError(f"{name} has a vocabulary with a repeated or missing word; {_REMEDY}")
    learned = weights.constructions
    if learned and len(learned.kinds) != len(weights.vocabulary.source):
        raise FileError(f"{name} has other words than kinds of words; {_REMEDY}")
    _check_names(weights, name)
    d_ff = weights.tensors["encoder.0.feed_forward.b_1"].size
    d_model = weights.tensors["encoder.0.feed_forward.b_2"].size
    if min(d_model, d_ff) < 1:
        raise FileError(f"{name} is damaged: its words have no numbers; {_REMEDY}")
    if d_model % weights.facts.heads:
        raise FileError(f"{name}: {d_model} numbers cannot make {weights.facts.heads} heads")
    for key, shape in shapes(weights.vocabulary, weights.facts, d_model, d_ff).items():
        found = weights.tensors[key]
        if found.shape != shape:
            what = "is of another vocabulary" if _is_table(key) else "is of another shape"
            raise FileError(
                f"{name} {what}: {key} should hold {_by(shape)} numbers, but holds "
                f"{_by(found.shape)}; {_REMEDY}"
            )
        if not np.isfinite(found).all():
            raise FileError(f"{name} holds a {key} that is no number; {_REMEDY}")


def _check_names(weights: Weights, name: str) -> None:
    facts = weights.facts
    if min(facts.heads, facts.layers, facts.max_words, facts.max_written) < 1:
        raise FileError(f"{name} is damaged: it has no layer, head or word; {_REMEDY}")
    expected = shapes(weights.vocabulary, facts, 1, 1).keys()
    if odd := sorted(expected ^ weights.tensors.keys()):
        state = "lacks" if odd[0] in expected else "has an unknown"
        raise FileError(f"{name} is of another shape: it {state} {odd[0]}; {_REMEDY}")


def _is_table(key: str) -> bool:
    return key in ("source_embedding", "target_embedding", "w_out", "b_out")


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
