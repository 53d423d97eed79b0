"""Train the lesson's own cross-attention layer: one layer, two small tables of words.

Run it as `python -m sheetformer.models.train.train_word_model --seed 1 --out DIR`. Five things are
learned at once: to recover each target word from the blend of source words it attends to; to attend
where the gold alignment says (guided alignment); to draw translations close together in the first
two numbers of every embedding (the chart); and that words of one kind, and translations, point much
the same way. All embeddings have one length.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn.functional import normalize

from sheetformer.corpus.word_pairs import KINDS, Split, split, target_kinds
from sheetformer.files import METADATA_KEY, write_whole
from sheetformer.models import word_weights
from sheetformer.models.train.threads import one_thread
from sheetformer.models.train.word_layer import (
    LayerParameters,
    WordBatch,
    WordLists,
    attend,
    initial,
    to_word_batch,
    word_kinds,
    word_lists,
)
from sheetformer.models.train.word_losses import (
    aligned_words,
    closeness_loss,
    guidance_loss,
    kinship_loss,
    likeness_loss,
    recovery_loss,
)


@dataclass(frozen=True)
class Settings:
    """How the layer is trained; the defaults made the file that comes with the package."""

    seed: int = 1
    d_model: int = 4
    steps: int = 8000
    batch: int = 128
    learning_rate: float = 0.06
    # Chen et al. 2016 and Garg et al. 2019 weigh the alignment loss by λ.
    guidance: float = 1.0
    # This share of the guide is spread over the sentence, so that rows never become 1 and 0.
    smoothing: float = 0.15
    closeness: float = 0.1
    # Words of one kind draw together, and translations: by their cosines.
    kinship: float = 0.1
    likeness: float = 0.1
    sharpness: float = 10.0
    # Distances in the chart are measured against this much, squared.
    spread: float = 0.05
    temperature: float = 30.0
    # Every word's vector is this long, so that a dot product tells the same as a cosine.
    length: float = 2.0
    lesson_repeats: int = 80


def _rate(settings: Settings, step: int) -> float:
    """Warm up over a hundred steps, then fall along a cosine to a fiftieth."""
    fall = 0.5 * (1 + math.cos(math.pi * step / settings.steps))
    return min(1, (step + 1) / 100) * (0.02 + 0.98 * fall)


def train(sentences: Split, settings: Settings) -> bytes:
    """Train and return a safetensors file: the same bytes for one PyTorch and kind of processor."""
    examples = (*sentences.train, *sentences.lesson * settings.lesson_repeats)
    words = word_lists(examples)
    generator = torch.Generator().manual_seed(settings.seed)
    with one_thread():
        everything = to_word_batch(examples, words)
        kinds = word_kinds(examples, words)
        fitted = _fit(everything, words, kinds, settings, generator)
        parameters = _to_length(fitted, everything)
    return _encode(parameters, words)


def _fit(
    everything: WordBatch,
    words: WordLists,
    kinds: tuple[Tensor, Tensor],
    settings: Settings,
    generator: torch.Generator,
) -> LayerParameters:
    free = initial(words, settings.d_model, generator)
    links = aligned_words(everything)
    optimizer = torch.optim.Adam(free, lr=settings.learning_rate, betas=(0.9, 0.98))
    for step in range(settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * _rate(settings, step)
        drawn = torch.randint(len(everything.target), (settings.batch,), generator=generator)
        batch = WordBatch(*(part[drawn] for part in everything))
        parameters = _of_one_length(free, settings.length)
        weights, blend = attend(parameters, batch)
        tables = parameters.source_embeddings, parameters.target_embeddings
        loss = (
            recovery_loss(parameters, batch, blend, settings.temperature)
            + settings.guidance * guidance_loss(batch, weights, settings.smoothing)
            + settings.closeness * closeness_loss(parameters, links, settings.spread)
            + settings.kinship
            * sum(
                kinship_loss(table, each, settings.sharpness)
                for table, each in zip(tables, kinds, strict=True)
            )
            + settings.likeness * likeness_loss(parameters, links, settings.sharpness)
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return _of_one_length(free, settings.length)


def _of_one_length(free: LayerParameters, length: float) -> LayerParameters:
    """Give every word's vector the same length: a longer one would win dot products by it alone."""
    return free._replace(
        source_embeddings=length * normalize(free.source_embeddings, dim=1),
        target_embeddings=length * normalize(free.target_embeddings, dim=1),
    )


@torch.no_grad()
def _to_length(parameters: LayerParameters, everything: WordBatch) -> LayerParameters:
    """Scale the values so that blends are about as long as the words they should be.

    The cosine does not see the length, so training leaves it open; a person comparing does see it.
    """
    blend = attend(parameters, everything)[1][everything.target > 0]
    words = parameters.target_embeddings[everything.target[everything.target > 0]]
    return parameters._replace(w_v=parameters.w_v * ((blend * words).sum() / blend.square().sum()))


def _encode(parameters: LayerParameters, words: WordLists) -> bytes:
    tensors = {name: _rounded(each) for name, each in parameters._asdict().items()}
    tensors["source_embeddings"][0] = tensors["target_embeddings"][0] = 0  # the empty word
    text = {"source_words": words.source, "target_words": words.target}
    return save(tensors, {METADATA_KEY: json.dumps(text, ensure_ascii=False)})


def _rounded(tensor: Tensor) -> Tensor:
    """Keep four decimals, so that a sheet shows exactly the numbers it uses (and never −0)."""
    return torch.round(tensor.detach().double(), decimals=4) + 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, write the file and print its figures on the development and the test sentences."""
    parser = argparse.ArgumentParser(prog="python -m sheetformer.models.train.train_word_model")
    parser.add_argument("--seed", type=int, default=Settings().seed, help="random start")
    parser.add_argument("--out", type=Path, required=True, help="folder for the file")
    options = parser.parse_args(arguments)
    sentences = split()
    content = train(sentences, Settings(seed=options.seed))
    write_whole(options.out / word_weights.FILE_NAME, content)
    weights = word_weights.decode(content)
    parts = ("lesson", "development", "test")
    learned = (*sentences.train, *sentences.lesson)
    near = word_weights.plane_precision(weights, sentences.train)
    alike = word_weights.translation_precision(weights, sentences.train)
    own = word_weights.kind_precisions(weights, KINDS, target_kinds(learned))
    lines = [
        f"{len(weights.source_words) - 1} and {len(weights.target_words) - 1} words",
        *(
            f"{part}: {word_weights.word_accuracy(weights, getattr(sentences, part))}"
            for part in parts
        ),
        f"nearest in the chart is a translation: {near[0]:.4f}, {near[1]:.4f}",
        f"most alike, by cosine, is a translation: {alike[0]:.4f}, {alike[1]:.4f}",
        f"most alike of its language is of its kind: {own[0]:.4f}, {own[1]:.4f}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
