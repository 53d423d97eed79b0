"""Train the lesson's own cross-attention layer: one layer, two small tables of words.

Run it as `python -m sheetformer.models.train.train_word_model --seed 1 --out DIR`. Five things are
learned at once: to recover each target word from the blend of source words it attends to; to attend
where the gold alignment says (guided alignment); to draw translations close together in the first
two numbers of every embedding (the chart); and that words of one kind, and translations, point much
the same way. All embeddings have one length. This is the only module of the lesson that needs
PyTorch.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

from sheetformer.corpus.word_pairs import KINDS, Example, Split, split, target_kinds
from sheetformer.files import METADATA_KEY, write_whole
from sheetformer.models import word_weights
from sheetformer.models.train.threads import one_thread


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


class LayerParameters(NamedTuple):
    """Everything learned. Tables: (words, d_model), row 0 empty; matrices: (d_model, d_model)."""

    source_embeddings: Tensor
    target_embeddings: Tensor
    w_q: Tensor
    w_k: Tensor
    w_v: Tensor


class WordLists(NamedTuple):
    """Sorted words behind the empty one."""

    source: tuple[str, ...]
    target: tuple[str, ...]


class WordBatch(NamedTuple):
    """Sentences as word numbers, 0 where there is none.

    Shapes: source (sentences, rows, words of a row), target (sentences, target words),
    gold (sentences, target words, rows).
    """

    source: Tensor
    target: Tensor
    gold: Tensor


def word_lists(examples: Sequence[Example]) -> WordLists:
    """Collect the words of both languages."""
    source = {word for example in examples for row in example.rows for word in row}
    target = {word for example in examples for word in example.target}
    return WordLists(("", *sorted(source)), ("", *sorted(target)))


def to_word_batch(examples: Sequence[Example], words: WordLists) -> WordBatch:
    """Write the examples as word numbers and gold alignments whose rows add up to one."""
    index = {word: number for number, word in enumerate(words.source)}
    target_index = {word: number for number, word in enumerate(words.target)}
    rows = max(len(example.rows) for example in examples)
    columns = max(len(example.target) for example in examples)
    source = torch.zeros(len(examples), rows, 2, dtype=torch.long)
    target = torch.zeros(len(examples), columns, dtype=torch.long)
    gold = torch.zeros(len(examples), columns, rows)
    for number, example in enumerate(examples):
        for place, row in enumerate(example.rows):
            source[number, place, : len(row)] = torch.tensor([index[word] for word in row])
        for place, word in enumerate(example.target):
            target[number, place] = target_index[word]
            gold[number, place, sorted(example.gold[place])] = 1 / len(example.gold[place])
    return WordBatch(source, target, gold)


def initial(words: WordLists, settings: Settings, generator: torch.Generator) -> LayerParameters:
    """Start with random words and with matrices near the identity."""
    d_model = settings.d_model

    def table(length: int) -> Tensor:
        return torch.randn(length, d_model, generator=generator)

    def matrix() -> Tensor:
        return torch.eye(d_model) + 0.1 * torch.randn(d_model, d_model, generator=generator)

    tables = table(len(words.source)), table(len(words.target))
    return LayerParameters(
        *(each.requires_grad_() for each in (*tables, matrix(), matrix(), matrix()))
    )


def attend(parameters: LayerParameters, batch: WordBatch) -> tuple[Tensor, Tensor]:
    """Attend from target words to source rows: the weights, then the blends of values.

    Shapes: weights (sentences, target words, rows), blends (sentences, target words, d_model).
    Source: Vaswani et al., "Attention Is All You Need" (2017), section 3.2.1, equation 1.
    """
    present = (batch.source > 0).unsqueeze(-1)
    count = present.sum(2).clamp(min=1)
    source = (parameters.source_embeddings[batch.source] * present).sum(2) / count
    query = parameters.target_embeddings[batch.target] @ parameters.w_q
    key = source @ parameters.w_k
    value = source @ parameters.w_v
    scores = query @ key.transpose(1, 2) / math.sqrt(parameters.w_q.shape[0])
    weights = scores.masked_fill(~_rows(batch), -torch.inf).softmax(-1)
    return weights, weights @ value


def _rows(batch: WordBatch) -> Tensor:
    # Where a sentence has a row: (sentences, 1, rows).
    return (batch.source[:, :, 0] > 0).unsqueeze(1)


def recovery_loss(
    parameters: LayerParameters, batch: WordBatch, blend: Tensor, temperature: float
) -> Tensor:
    """Ask that the target word nearest to the blend, by cosine, be the word that attended.

    Shapes: blend (sentences, target words, d_model) → ().
    """
    words = normalize(parameters.target_embeddings[1:], dim=1)
    similarity = normalize(blend, dim=-1) @ words.T
    written = batch.target > 0
    return cross_entropy(temperature * similarity[written], batch.target[written] - 1)


def guidance_loss(batch: WordBatch, weights: Tensor, smoothing: float) -> Tensor:
    """Compare the attention with the gold alignment, by cross-entropy.

    Shapes: weights (sentences, target words, rows) → ().

    Source: Chen et al., "Guided Alignment Training for Topic-Aware Neural Machine Translation"
    (2016); Garg et al., "Jointly Learning to Align and Translate with Transformer Models" (2019).
    """
    rows = _rows(batch)
    guide = (1 - smoothing) * batch.gold + smoothing * rows / rows.sum(-1, keepdim=True)
    terms = guide * weights.clamp(min=1e-9).log()
    return -terms.sum(-1)[batch.target > 0].mean()


class WordLinks(NamedTuple):
    """Aligned words: their numbers without the empty word, and how much each link counts."""

    source: Tensor
    target: Tensor
    weight: Tensor


def aligned_words(batch: WordBatch) -> WordLinks:
    """Collect every aligned pair of words; a frequent one counts by the root of its frequency."""
    counts: Counter[tuple[int, int]] = Counter()
    # In a phrase row it is open which word means what; the other sentences say it.
    single = batch.source[:, :, 1] == 0
    for sentence, column, row in torch.nonzero(batch.gold * single.unsqueeze(1)).tolist():
        source, target = batch.source[sentence, row, 0], batch.target[sentence, column]
        counts[int(source) - 1, int(target) - 1] += 1
    order = sorted(counts)
    weight = torch.tensor([float(counts[link]) for link in order]).sqrt()
    numbers = torch.tensor(order)
    return WordLinks(numbers[:, 0], numbers[:, 1], weight / weight.sum())


def closeness_loss(parameters: LayerParameters, links: WordLinks, spread: float) -> Tensor:
    """Draw translations close and all else away in the plane of the chart, in both directions: ().

    Source: InfoNCE, van den Oord et al., "Representation Learning with Contrastive Predictive
    Coding" (2018), equation 4, over squared distances.
    """
    source = parameters.source_embeddings[1:, :2]
    target = parameters.target_embeddings[1:, :2]
    # (source words, target words)
    closeness = -(source.unsqueeze(1) - target.unsqueeze(0)).square().sum(-1) / spread
    both = closeness.log_softmax(0) + closeness.log_softmax(1)
    return -(links.weight * both[links.source, links.target]).sum()


def kinship_loss(table: Tensor, kinds: Tensor, sharpness: float) -> Tensor:
    """Ask that the words most like a word, by cosine, be of its own kind: (words, d) → ().

    Source: the supervised contrastive loss of Khosla et al., "Supervised Contrastive Learning"
    (2020), with the sum outside the logarithm (equation 2).
    """
    words = normalize(table[1:], dim=1)
    itself = torch.eye(len(words), dtype=torch.bool)
    likeness = (sharpness * words @ words.T).masked_fill(itself, -torch.inf)
    same = (kinds.unsqueeze(0) == kinds.unsqueeze(1)) & ~itself
    surprise = -likeness.log_softmax(1).masked_fill(~same, 0.0)
    return (surprise.sum(1) / same.sum(1).clamp(min=1)).mean()


def likeness_loss(parameters: LayerParameters, links: WordLinks, sharpness: float) -> Tensor:
    """Ask that translations be most alike, by cosine, in both directions: ()."""
    source = normalize(parameters.source_embeddings[1:], dim=1)
    target = normalize(parameters.target_embeddings[1:], dim=1)
    likeness = sharpness * source @ target.T  # (source words, target words)
    both = likeness.log_softmax(0) + likeness.log_softmax(1)
    return -(links.weight * both[links.source, links.target]).sum()


def word_kinds(examples: Sequence[Example], words: WordLists) -> tuple[Tensor, Tensor]:
    """The kinds of the source and of the target words as numbers, without the empty word."""
    target = target_kinds(examples)
    names = sorted(set(KINDS.values()))
    return (
        torch.tensor([names.index(KINDS[word]) for word in words.source[1:]]),
        torch.tensor([names.index(target[word]) for word in words.target[1:]]),
    )


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
    free = initial(words, settings, generator)
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
