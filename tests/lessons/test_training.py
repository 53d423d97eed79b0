"""The lesson on training: the same course as PyTorch's SGD, and the claims of its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from sheetformer import SheetformerError
from sheetformer.book.charts import CurveChart
from sheetformer.engines.base import Engine
from sheetformer.lessons.recovery import FIELDS, random_numbers
from sheetformer.lessons.training import GOLD_WORDS, PHRASES, SOURCE_WORDS, TARGET_WORDS

from ..workbook_edit import edit_cells
from .books import lesson

ROWS = [(word, phrase) for phrase, words in PHRASES for word in words.split()]
PLACES = [TARGET_WORDS.index(word) for word, _ in ROWS]
MASK = torch.tensor([[word in phrase.split() for word in SOURCE_WORDS] for _, phrase in ROWS])
GOLD = torch.tensor([[GOLD_WORDS[word] == other for other in SOURCE_WORDS] for word, _ in ROWS])


@dataclass(frozen=True)
class Course:
    """Of s draws: losses (steps + 1, s), rows found (steps + 1, s), and what is learned."""

    losses: np.ndarray
    found: np.ndarray
    learned: list[np.ndarray]


def by_pytorch(seeds: Sequence[int], rate: float, steps: int, width: int = 2) -> Course:
    """The same training by SGD and autograd, of several draws side by side."""
    shapes = [(4, width), (4, width), *[(width, width)] * 3]
    draws = zip(*(random_numbers(shapes, seed, 0.7) for seed in seeds), strict=True)
    leaves = [torch.tensor(np.stack(draw), requires_grad=True) for draw in draws]
    source, target, w_q, w_k, w_v = leaves
    optimiser = torch.optim.SGD(leaves, lr=rate)
    right = torch.tensor(PLACES).expand(len(seeds), -1)
    losses, found = [], []
    for step in range(steps + 1):
        scores = (target @ w_q) @ (source @ w_k).mT / width**0.5
        weights = torch.softmax(scores[:, PLACES].masked_fill(~MASK, -torch.inf), dim=-1)
        logits = weights @ (source @ w_v) @ target.mT
        loss = torch.nn.functional.cross_entropy(logits.mT, right, reduction="none").mean(1)
        losses.append(loss.detach().numpy())
        found.append(((weights * GOLD).sum(-1) > 0.5).sum(-1).numpy())
        if step < steps:
            optimiser.zero_grad()
            loss.sum().backward()
            optimiser.step()
    return Course(np.array(losses), np.array(found), [leaf.detach().numpy() for leaf in leaves])


@pytest.mark.parametrize(
    ("seed", "rate", "steps", "width"), [(20, 1.5, 12, 2), (3, 0.5, 3, 4), (11, 2.0, 5, 3)]
)
def test_it_is_pytorchs_course(seed: int, rate: float, steps: int, width: int) -> None:
    book = lesson("training", seed=seed, learning_rate=rate, steps=steps, d_model=width)
    course = by_pytorch([seed], rate, steps, width)
    np.testing.assert_allclose(book["loss_by_step"].value, course.losses.T, atol=1e-10)
    np.testing.assert_array_equal(book["found"].value, course.found.T)
    for name, expected in zip(FIELDS, course.learned, strict=True):
        np.testing.assert_allclose(book[f"{name}_{steps}"].value, expected[0], atol=1e-10)


def test_the_attention_finds_the_right_words() -> None:
    book = lesson("training")
    assert (book["found"].value.ravel()[[0, -1]] == [2, 8]).all()
    assert book["right_share"].value.ravel()[-1] > 0.95
    assert (np.diff(book["loss_by_step"].value.ravel()) < 0).all()
    assert book["loss_by_step"].value.ravel()[-1] < 0.1


def test_how_lucky_the_draw_is() -> None:
    """The text says that of 100 draws 13 find all words in 12 steps, and 63 in 100."""
    found = by_pytorch(range(100), 1.5, 100).found
    assert (found[12] == 8).sum() == 13
    assert (found[100] == 8).sum() == 63


def test_learning_rates_do_what_the_text_says() -> None:
    flat, slow, wild = (
        lesson("training", learning_rate=rate)["loss_by_step"].value.ravel() for rate in (0, 0.5, 3)
    )
    assert (flat == flat[0]).all()
    assert 0.1 < slow[-1] < slow[0]
    assert wild[6] < 0.4 < 1000 < wild[-1]


def test_a_rate_typed_into_the_sheet_diverges_there(tmp_path: Path, ironcalc: Engine) -> None:
    book = lesson("training", steps=8)
    file = book.save(tmp_path / "lesson.xlsx")
    row, column = book["learning_rate"].block.cells[0]
    edit_cells(file, file, {("Training", row, column): 3.0})
    losses = book["loss_by_step"].block
    cells = ironcalc.recalculate(file)[losses.sheet]
    expected = lesson("training", steps=8, learning_rate=3)["loss_by_step"].value.ravel()
    np.testing.assert_allclose([cells[cell] for cell in losses.cells], expected, rtol=1e-9)


def test_numbers_too_large_for_a_cell_are_refused() -> None:
    with pytest.raises(SheetformerError, match="learning_rate 10 the numbers grow beyond"):
        lesson("training", learning_rate=10)


@pytest.mark.parametrize("options", [{"steps": 0}, {"steps": 99}, {"d_model": 1}, {"seed": "x"}])
def test_what_it_refuses(options: dict) -> None:
    with pytest.raises(SheetformerError, match=next(iter(options))):
        lesson("training", **options)


@pytest.mark.parametrize("rate", [0.5, 1.5, 3])
def test_the_chart_keeps_its_scale_when_the_loss_runs_away(rate: float) -> None:
    book = lesson("training", learning_rate=rate)
    charts = [
        chart for sheet in book.sheets for chart in sheet.charts if isinstance(chart, CurveChart)
    ]
    assert [chart.axis_limit for chart in charts] == [(0.0, 2.0)]


def test_a_step_shows_its_story_and_folds_the_rest() -> None:
    book = lesson("training")
    first = next(i for i, stage in enumerate(book.stages) if stage.title == "Step 1")
    folded = next(sheet.folded for sheet in book.sheets if sheet.name == "Steps")
    seen = {
        block.node.name
        for block in book.blocks.values()
        if block.stage == first and not any(block.matrices[0].row in rows for rows in folded)
    }
    assert seen == {
        *(f"{name}_1" for name in ("weights", "probabilities", "loss", "share", "found")),
        *(f"{name}_1" for name in FIELDS),
    }


def test_the_sentence_reads_the_last_step_out() -> None:
    book = lesson("training")
    loss, found = (book[name].value.ravel()[-1] for name in ("loss_by_step", "found"))
    told = f"After 12 steps the loss is {loss:.2f}, and {found:.0f} of 8 rows look at"
    assert book["training_told"].value.item().startswith(told)


def test_a_loss_that_ran_away_is_told_without_its_digits() -> None:
    told = lesson("training", learning_rate=3)["training_told"].value.item()
    assert "the loss is more than a million" in told
