"""One training of a translator: what is learned, in which order, and how it goes on after a kill.

Each step is the same however many processes share it, because they share one batch. The order of
the sentences follows from the seed, and what is drawn after a kill is what was drawn before it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import is_tensorboard_available
from torch import Tensor

from sheetformer.corpus.vocabulary import Vocabulary
from sheetformer.errors import SheetformerError
from sheetformer.models.constructions import Constructions
from sheetformer.models.train import checkpoint, loss_curve
from sheetformer.models.train.batches import Batch, to_batch
from sheetformer.models.train.checkpoint import Checkpoint, Progress, Row
from sheetformer.models.train.losses import exact_and_error_rate, guidance_loss, translation_loss
from sheetformer.models.train.material import Material
from sheetformer.models.train.model import Shape, TranslatorModel
from sheetformer.models.train.options import Options
from sheetformer.models.weights_file import Facts, Weights

Watch = Callable[[Progress, int], None]
"""Told of every step: the progress, and how many steps there will be."""


def learning_rate(step: int, steps: int, options: Options) -> float:
    """Warm up, then fall along a cosine to a hundredth."""
    fall = 0.5 * (1 + math.cos(math.pi * step / steps))
    return options.learning_rate * min(1.0, (step + 1) / options.warm_up) * (0.01 + 0.99 * fall)


class DivergedError(SheetformerError):
    """The losses are numbers no more; the model is still as it was before."""

    def __init__(self, progress: Progress, options: Options) -> None:
        values = {"learning_rate": options.learning_rate, "guidance": options.guidance}
        ratio = {name: value / getattr(Options, name) for name, value in values.items()}
        name = max(ratio, key=lambda each: ratio[each])
        kept = "no epoch was complete, so there is no model"
        if progress.best:
            kept = f"the best model so far, of epoch {progress.best['epoch']:.0f}, is kept"
        super().__init__(
            f"the training broke down at step {progress.step + 1:,}: its numbers grew without end "
            f"({kept}); begin anew with --fresh and a smaller --{name.replace('_', '-')} than "
            f"{values[name]:g}"
        )


class Training:
    """A model, its optimizer and its data, and how far they have come."""

    def __init__(self, material: Material, options: Options) -> None:
        self.options = options
        parts = material.parts
        self.vocabulary = parts.vocabulary()
        options.check_size(self.vocabulary)
        if options.tensorboard and not is_tensorboard_available():
            raise SheetformerError("--tensorboard needs its package: pip install tensorboard")
        self.accelerator = Accelerator(
            cpu=options.cpu or not _has_device(),
            log_with="tensorboard" if options.tensorboard else None,
            project_dir=str(options.folder),
        )
        device = self.accelerator.device
        if options.tensorboard:
            self.accelerator.init_trackers("tensorboard")
        sentences = [*parts.train, *material.examples * (options.repeats - 1)]
        self.constructions = _constructions(material, self.vocabulary)
        self.guided = options.guidance > 0 and any(pair.sure for pair in parts.train)
        self.data = to_batch(sentences, self.vocabulary).to(device)
        self.development = to_batch(parts.development, self.vocabulary).to(device)
        self.batch = min(options.batch, len(self.data.source))
        self.progress = Progress()
        torch.manual_seed(options.seed)
        self.plain = TranslatorModel(self._shape())
        optimizer = torch.optim.Adam(
            self.plain.parameters(), lr=options.learning_rate, betas=(0.9, 0.98), eps=1e-9
        )
        self.model, self.optimizer = self.accelerator.prepare(self.plain, optimizer)
        self.best = self._state()

    def _shape(self) -> Shape:
        options, words = self.options, self.vocabulary
        return Shape(
            len(words.source),
            len(words.target),
            options.d_model,
            options.heads,
            options.layers,
            options.d_ff or 4 * options.d_model,
        )

    @property
    def steps_an_epoch(self) -> int:
        """Full batches only: a rest is left out, another one each time."""
        return len(self.data.source) // self.batch

    @property
    def steps(self) -> int:
        """How many steps there are in all."""
        return self.steps_an_epoch * self.options.epochs

    def _state(self) -> dict[str, Tensor]:
        return {name: each.detach().clone() for name, each in self.plain.state_dict().items()}

    # -- going on after a kill

    def settings(self) -> dict[str, Any]:
        """What must be the same for a checkpoint to be of this training."""
        words = "\n".join((*self.vocabulary.source, *self.vocabulary.target))
        numbers = torch.cat([self.data.source, self.data.read], dim=1).cpu().numpy()
        return {
            **self.options.facts(),
            "vocabulary": f"{zlib.crc32(words.encode()):08x}",
            "corpus": f"{zlib.crc32(numbers.tobytes()):08x}",
        }

    def resume(self) -> None:
        """Go on from the last checkpoint, if there is one."""
        if self.options.fresh:
            return
        found = checkpoint.read(self.options.checkpoint, self.settings(), self._state(), self.steps)
        if found is None:
            return
        self.plain.load_state_dict(found.model)
        whole = self.optimizer.state_dict()
        self.optimizer.load_state_dict({**whole, "state": dict(found.optimizer)})
        self.progress = found.progress
        self.best = {name: each.to(self.accelerator.device) for name, each in found.best.items()}

    def save(self) -> None:
        """Write the checkpoint; one process does it for all."""
        if self.accelerator.is_main_process:
            state = self.optimizer.state_dict()["state"]
            found = Checkpoint(self.progress, self._state(), self.best, state)
            checkpoint.write(self.options.checkpoint, found, self.settings())

    # -- learning

    def run(self, watch: Watch) -> None:
        """Train to the end, writing checkpoints on the way."""
        while self.progress.step < self.steps:
            epoch, place = divmod(self.progress.step, self.steps_an_epoch)
            order = self._order(epoch)
            sums = torch.zeros(2, device=self.accelerator.device)
            for chosen in order[place:]:
                sums += self._learn(chosen)
                self.progress.step += 1
                ended = self.progress.step % self.steps_an_epoch == 0
                if ended or self.progress.step % self.options.checkpoint_steps == 0:
                    self._add_up(sums)
                    if ended:
                        self._close_epoch()
                    self.save()
                watch(self.progress, self.steps)

    def _order(self, epoch: int) -> Tensor:
        """Shuffle the sentences of an epoch: (steps, batch)."""
        seed = (self.options.seed << 32) + epoch
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(self.data.source), generator=generator)
        return order[: self.steps_an_epoch * self.batch].view(-1, self.batch)

    def _learn(self, chosen: Tensor) -> Tensor:
        """Take one step on a batch that all processes share; returns the two losses."""
        options = self.options
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.progress.step, self.steps, options)
        whole = self.data.pick(chosen.to(self.accelerator.device))
        mine: Any
        with self.accelerator.split_between_processes(list(range(len(chosen)))) as mine:
            batch = whole.pick(torch.tensor(mine))
        losses = self._losses(batch, whole)
        self.optimizer.zero_grad()
        self.accelerator.backward(losses @ losses.new_tensor([1.0, options.guidance]))
        # Of all processes together, so that all of them go on, or none does.
        length: Any = self.accelerator.clip_grad_norm_(self.model.parameters(), 1.0)
        if not math.isfinite(float(length)):
            raise DivergedError(self.progress, options)
        self.optimizer.step()
        return losses.detach()

    def _losses(self, batch: Batch, whole: Batch) -> Tensor:
        """Translation and alignment loss of one process's share of a batch: (2).

        Gradients are averaged over processes, so each counts its words against those of all.
        """
        logits, weights = self.model(batch.source, batch.read, batch.written > 0)
        translation = translation_loss(logits, batch.written) / (whole.written > 0).sum()
        alignment = translation.new_zeros(())
        if self.guided:
            rows = whole.sure.any(-1).sum().clamp(min=1)
            alignment = guidance_loss(weights[:, 0], batch, self.options.smoothing) / rows
        return torch.stack([translation, alignment]) * self.accelerator.num_processes

    def _add_up(self, sums: Tensor) -> None:
        """Put the mean losses of all processes into the totals, and begin anew."""
        mean: Any = self.accelerator.reduce(sums.clone(), reduction="mean")
        for name, value in zip(("translation", "alignment"), mean.tolist(), strict=True):
            self.progress.totals[name] = self.progress.totals.get(name, 0.0) + value
        sums.zero_()

    def _close_epoch(self) -> None:
        """Measure on the development part, keep the best model, and write the loss curve."""
        totals = {name: x / self.steps_an_epoch for name, x in self.progress.totals.items()}
        exact, error_rate = exact_and_error_rate(self.plain, self.development, guided=self.guided)
        row: Row = {
            "step": self.progress.step,
            "epoch": self.progress.step // self.steps_an_epoch,
            **totals,
            "exact": exact,
            "error_rate": error_rate,
        }
        self.progress.totals.clear()
        self.progress.history.append(row)
        best = self.progress.best
        if not best or _merit(row) >= _merit(best):
            self.progress.best, self.best = row, self._state()
        if self.options.tensorboard:
            self.accelerator.log(row, step=self.progress.step)
        if self.accelerator.is_main_process:
            loss_curve.write_table(self.progress.history, self.options.curve)

    def weights(self) -> Weights:
        """The model that was best on the development part."""
        longest = self.options.max_words
        facts = Facts(
            heads=self.options.heads,
            layers=self.options.layers,
            max_words=longest,
            max_written=longest + 1,
            guided=self.guided,
            training=self.options.facts(),
        )
        tensors = {name: each.cpu().double().numpy() for name, each in self.best.items()}
        return Weights(self.vocabulary, facts, tensors, self.constructions)


def _constructions(material: Material, words: Vocabulary) -> Constructions | None:
    if not material.kinds:
        return None
    sentences = (pair.source for pair in material.parts.train)
    return Constructions.of(words.source, material.kinds, sentences)


def _merit(row: Row) -> tuple[float, float]:
    """Better is: more sentences right; then fewer links wrong."""
    error_rate = row["error_rate"]
    return row["exact"], -error_rate if error_rate == error_rate else 0.0


def _has_device() -> bool:
    return torch.cuda.is_available() or torch.backends.mps.is_available()
