"""Never a silent wrong number: what has no formula is refused, frozen in colour, or guarded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine
from sheetformer.engines.base import Engine

from ..support import assert_book_recalculates
from .models import IDS, hugging_face


class Doing(nn.Module):
    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.inner = nn.Linear(3, 3)
        self.function = function

    def forward(self, *inputs: Any) -> Any:
        return self.function(self.inner, *inputs)


X = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]])


def ordered(inner: nn.Module, x: Tensor) -> Tensor:
    return inner(x).lgamma() * 2


def test_an_operation_without_a_rule_is_refused() -> None:
    with pytest.raises(sf.SheetformerError) as caught:
        sf.record(Doing(ordered), X)
    message = str(caught.value)
    for part in (
        "lgamma",
        "in the model itself (Doing)",
        "(2, 3)",
        "no rule",
        "modules=",
        "freeze_unknown",
        "add-an-op-rule",
    ):
        assert part in message


@pytest.mark.parametrize("freeze", [False, True])
@pytest.mark.parametrize(
    "replace",
    [lambda y, x: y.set_(x * 2), lambda y, x: torch.add(y, x, out=y)],
    ids=["set_", "out="],
)
def test_another_memory_is_refused_even_where_numbers_may_be_frozen(
    replace: Callable[[Tensor, Tensor], Tensor], freeze: bool
) -> None:
    with pytest.raises(sf.SheetformerError, match="it replaces a tensor's memory"):
        sf.record(Doing(lambda inner, x: replace(inner(x), x) + 1), X, freeze_unknown=freeze)


def test_the_module_is_named() -> None:
    class Inner(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return torch.linalg.inv(x)

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.deep = nn.Sequential(nn.Linear(2, 2), Inner())

        def forward(self, x: Tensor) -> Tensor:
            return self.deep(x)

    with pytest.raises(sf.SheetformerError, match=r"module 'deep\.1' \(Inner\)"):
        sf.record(Outer(), torch.eye(2))


def test_it_can_be_frozen_and_says_so(engine: Engine) -> None:
    book = sf.record(Doing(ordered), X, freeze_unknown=True)
    assert_book_recalculates(book, engine)
    unknown = [b for b in book.blocks.values() if b.caption.number_format == "unknown"]
    assert len(unknown) == 1
    assert "No formula is known" in unknown[0].caption.note
    styles = [p.style for sheet in book.sheets for p in sheet.cell_blocks]
    assert "constant.unknown" in styles


def way(book: Book, edits: dict[str, float], tmp_path: Any) -> str:
    """What the book says of the recorded way after the first cell of some blocks was changed."""
    path = book.save(tmp_path / "way.xlsx")
    cells = {(book.blocks[n].sheet, *book.blocks[n].cells[0]): value for n, value in edits.items()}
    found = get_engine("ironcalc").recalculate(path, cells)
    block = book.blocks["way"]
    return str(found[block.sheet][block.cells[0]])


BRANCHES: dict[str, Callable[..., Any]] = {
    "if": lambda inner, x: inner(x) if x[0, 0] > 0 else -inner(x),
    "item": lambda inner, x: inner(x) * (3.0 if x[0, 0].item() > 0 else 1.0),
    "tolist": lambda inner, x: inner(x) * (3.0 if x[0].tolist()[0] > 0 else 1.0),
    "numpy": lambda inner, x: inner(x) * (3.0 if x.numpy()[0, 0] > 0 else 1.0),
    "nonzero": lambda inner, x: inner(x)[(x[:, 0] > 0).nonzero()[:, 0]],
    "a mask": lambda inner, x: inner(x)[x[:, 0] > 0],
    "while": lambda inner, x: inner(x) if (x.sum() > 0).all() else x,
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_way_that_depends_on_numbers_is_marked(name: str, tmp_path: Any) -> None:
    book = sf.record(Doing(BRANCHES[name]), X)
    assert book["way"].value.item().startswith("✓")
    assert way(book, {}, tmp_path).startswith("✓")
    assert way(book, {"inputs_1": -9.0}, tmp_path).startswith("✗ with these numbers")


def test_a_changed_token_that_ends_the_sentence_is_marked(tmp_path: Any) -> None:
    def stop_at_two(table: nn.Module, ids: Tensor) -> Tensor:
        return table(ids) if not (ids == 2).any() else table(ids[:, :1])

    model = Doing(stop_at_two)
    model.inner = nn.Embedding(11, 3)
    book = sf.record(model, IDS)
    assert way(book, {"inputs_1": 8.0}, tmp_path).startswith("✓")
    assert way(book, {"inputs_1": 2.0}, tmp_path).startswith("✗")


def test_operations_on_tokens_without_a_rule_are_guarded(tmp_path: Any) -> None:
    def by_largest(table: nn.Module, ids: Tensor) -> Tensor:
        return table(ids) * ids.bitwise_left_shift(1)[..., None]

    model = Doing(by_largest)
    model.inner = nn.Embedding(11, 3)
    book = sf.record(model, IDS)
    assert way(book, {}, tmp_path).startswith("✓")
    assert way(book, {"inputs_1": 8.0}, tmp_path).startswith("✗")


WRITES: dict[str, Callable[..., Any]] = {
    "a row": lambda inner, x: _changed(inner(x), lambda y: y[0].copy_(x[1])),
    "a view": lambda inner, x: _changed(inner(x), lambda y: y.T[0].mul_(2.0).add_(x[0, 0])),
    "a cache": lambda inner, x: _cached(inner, x),
    "zeros": lambda inner, x: _changed(inner(x), lambda y: y[:, 1:].zero_()),
    "by place": lambda inner, x: _changed(inner(x), lambda y: y.__setitem__((0, 1), x[1, 1])),
    "after it was read": lambda inner, x: _read_then_written(inner, x),
    "activations": lambda inner, x: torch.relu_(inner(x)).sigmoid_(),
    "masked": lambda inner, x: inner(x).masked_fill_(torch.eye(2, 3) > 0, 0.5),
    "selected": lambda inner, x: _changed(
        inner(x), lambda y: y.index_copy_(0, torch.tensor([1]), x[:1])
    ),
}


def test_a_weight_that_is_changed_in_place_stays_live(ironcalc: Engine) -> None:
    def forward(inner: nn.Linear, x: Tensor) -> Tensor:
        inner.weight.mul_(2.0)
        return inner(x)

    book = sf.record(Doing(forward), X)
    assert_book_recalculates(book, ironcalc)
    assert book.blocks["inner_weight"].node.op == "parameter"
    doubled = [b for b in book.blocks.values() if b.node.op == "multiply"]
    assert doubled


def _changed(y: Tensor, change: Callable[[Tensor], Any]) -> Tensor:
    change(y)
    return y * 1.5


def _cached(inner: nn.Module, x: Tensor) -> Tensor:
    cache = torch.zeros(3, 3)
    for step in range(2):
        cache[step] = inner(x[step])
    return cache @ x.T


def _read_then_written(inner: nn.Module, x: Tensor) -> Tensor:
    y = inner(x)
    before = y + 1
    y += x
    return before * y


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_in_place_is_seen_everywhere(name: str, ironcalc: Engine) -> None:
    model = Doing(WRITES[name]).double()
    x = X.double()
    with torch.no_grad():
        torch.set_default_dtype(torch.float64)
        try:
            expected = model(x.clone()).numpy()
        finally:
            torch.set_default_dtype(torch.float32)
    book = sf.record(model, x)
    assert_book_recalculates(book, ironcalc)
    names = [n for n in book if not n.startswith(("ref_", "check_"))]
    results = [n for n in names if not book.blocks[n].node.is_source]
    assert any(
        book[n].value.shape == expected.shape and np.allclose(book[n].value, expected, atol=1e-9)
        for n in results
    )


def test_chance_is_no_formula() -> None:
    """Dropout that is left on, whatever model.eval() says."""
    with pytest.raises(sf.SheetformerError, match=r"dropout in .* draws random numbers"):
        sf.record(Doing(lambda inner, x: nn.functional.dropout(inner(x), 0.5, training=True)), X)


def test_a_number_that_is_cut_is_cut_in_cells() -> None:
    book = sf.record(Doing(lambda inner, x: (x * 7).long() * 0.5 + inner(x) * 0), X)
    found = book["output"].value
    np.testing.assert_array_equal(found, (X * 7).long().numpy() * 0.5)


def test_bits_of_numbers_are_refused_or_guarded(tmp_path: Any) -> None:
    model = Doing(lambda table, ids: table(ids & 3))
    model.inner = nn.Embedding(11, 3)
    book = sf.record(model, IDS)
    assert way(book, {"inputs_1": 9.0}, tmp_path).startswith("✗")


def test_without_pytorch_a_sentence_says_what_to_install() -> None:
    code = "import sys; sys.modules['torch'] = None; import sheetformer as sf; sf.record"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "SheetformerError: recording a model needs PyTorch; run: pip install" in ended.stderr


def test_the_users_model_is_left_as_it_is() -> None:
    model = hugging_face("gpt2").train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    precision = torch.get_default_dtype()
    sf.record(model, IDS)
    assert model.training
    assert torch.get_default_dtype() is precision
    assert torch.backends.mha.get_fastpath_enabled()
    assert all(
        torch.equal(before[n], v) and v.dtype == before[n].dtype
        for n, v in model.state_dict().items()
    )
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


@pytest.mark.parametrize(
    ("model", "args", "message"),
    [
        (lambda x: x, (X,), "give a torch.nn.Module or one of its methods, not function"),
        (nn.Identity(), (torch.tensor([True]),), "depends on no weight and no input"),
        (Doing(lambda inner, x: inner(x) / 0.0), (X,), "not finite"),
        (Doing(lambda inner, x: inner(x)), (X * torch.nan,), "NaN"),
    ],
)
def test_bad_input_is_one_sentence(model: Any, args: tuple[Any, ...], message: str) -> None:
    with pytest.raises(sf.SheetformerError, match=message):
        sf.record(model, *args)
