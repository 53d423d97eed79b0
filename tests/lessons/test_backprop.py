"""The lesson on backpropagation: PyTorch's gradients, and the claims of its texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from sheetformer import Book, SheetformerError
from sheetformer.engines.base import Engine

from ..workbook_edit import edit_cells
from .books import lesson

LEARNED = ("E_source", "E_target", "W_Q", "W_K", "W_V")
SETTINGS = (
    {},
    {"source": "the red house", "target": "a casa vermelha", "d_model": 4, "seed": 7},
    {"source": "we see you now here", "target": "vemos você", "d_model": 3, "seed": 3},
)


def by_autograd(book: Book) -> dict[str, torch.Tensor]:
    """Every block of the way forward, in PyTorch, with its gradient kept."""
    blocks = {
        name: torch.tensor(book[name].value, dtype=torch.float64, requires_grad=True)
        for name in LEARNED
    }
    source, target, w_q, w_k, w_v = blocks.values()
    query, key, value = target @ w_q, source @ w_k, source @ w_v
    scores = query @ key.T
    scaled = scores / query.shape[1] ** 0.5
    weights = torch.softmax(scaled, dim=1)
    blend = weights @ value
    logits = blend @ target.T
    found = {"Q": query, "K": key, "V": value, "scores": scores, "scaled": scaled}
    found |= {"weights": weights, "blend": blend, "logits": logits}
    blocks |= found
    for block in blocks.values():
        block.retain_grad()
    loss = torch.nn.functional.cross_entropy(logits, torch.arange(len(target)))
    loss.backward()
    return blocks | {"loss": loss}


@pytest.mark.parametrize("options", SETTINGS, ids=["default", "four", "uneven"])
def test_every_gradient_is_pytorchs(options: dict) -> None:
    book = lesson("backprop", **options)
    expected = by_autograd(book)
    assert book["loss"].value.item() == pytest.approx(expected["loss"].item(), abs=1e-12)
    for name in (*LEARNED, "Q", "K", "V", "scores", "scaled", "weights", "blend", "logits"):
        gradient = expected[name].grad
        assert gradient is not None
        np.testing.assert_allclose(book[f"d_{name}"].value, gradient.numpy(), atol=1e-12)


def test_one_step_is_that_of_sgd() -> None:
    book = lesson("backprop")
    blocks = by_autograd(book)
    leaves = [blocks[name] for name in LEARNED]
    torch.optim.SGD(leaves, lr=5.0).step()
    for name, leaf in zip(LEARNED, leaves, strict=True):
        np.testing.assert_allclose(book[f"{name}_new"].value, leaf.detach().numpy(), atol=1e-12)
    assert book["gain"].value.item() > 0.3


def test_too_long_a_step_turns_worse() -> None:
    assert lesson("backprop", learning_rate=20)["gain"].value.item() < 0


def test_the_nudge_finds_what_the_gradient_promised() -> None:
    book = lesson("backprop")
    nudge = book["nudge"].value.item()
    off = abs(book["slope"].value.item() - book["promised"].value.item())
    assert 0 < off < nudge


def test_a_row_of_the_scores_gradient_adds_up_to_nothing() -> None:
    np.testing.assert_allclose(lesson("backprop")["d_scaled"].value.sum(axis=1), 0, atol=1e-15)


def test_every_gradient_stands_below_its_block() -> None:
    book = lesson("backprop")
    for name in ("E_source", "W_Q", "Q_", "scores", "weights", "logits", "loss"):
        block, gradient = book[name].block, book[f"d_{name.rstrip('_')}"].block
        assert gradient.sheet == block.sheet
        assert gradient.matrices[0].column == block.matrices[0].column
        assert gradient.matrices[0].row > block.matrices[0].row


def test_typing_a_number_changes_gradient_and_step(tmp_path: Path, ironcalc: Engine) -> None:
    book = lesson("backprop")
    file = book.save(tmp_path / "lesson.xlsx")
    row, column = book["learning_rate"].block.cells[0]
    edit_cells(file, file, {("Backprop", row, column): 20.0})
    gain = book["gain"].block
    found = ironcalc.recalculate(file)[gain.sheet][gain.cells[0]]
    expected = lesson("backprop", learning_rate=20)["gain"].value.item()
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "eu eu"}, "twice"),
        ({"source": "happy"}, "2 to 8"),
        ({"target": "a " * 9}, "2 to 8"),
        ({"d_model": 5}, "d_model"),
        ({"seed": -1}, "seed"),
        ({"learning_rate": 1e9}, "learning_rate"),
    ],
)
def test_what_it_refuses(options: dict, message: str) -> None:
    with pytest.raises(SheetformerError, match=message):
        lesson("backprop", **options)


@pytest.mark.parametrize(
    ("rate", "says"), [(5.0, "learned"), (20.0, "too long"), (0.0, "nothing has moved")]
)
def test_the_sentence_says_what_the_step_did(rate: float, says: str) -> None:
    book = lesson("backprop", learning_rate=rate)
    before, after = (book[name].value.item() for name in ("loss_before", "loss_after"))
    told = book["gain_told"].value.item()
    assert f"from {before:.3f} to {after:.3f}: " in told
    assert says in told
