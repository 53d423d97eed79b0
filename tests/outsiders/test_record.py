"""What outsiders recorded: small models and inputs, each with where its kind comes from.

A kind is either live, guarded, said, or refused in one sentence that names the place.
"""

from __future__ import annotations

import random
from collections import UserDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.engines import get_engine

from ..workbook_edit import edit_cells

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
prune = pytest.importorskip("torch.nn.utils.prune")
nn, F, Tensor = torch.nn, torch.nn.functional, torch.Tensor
INF = torch.inf
X = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5]])


class Doing(nn.Module):
    """A layer, and a function of it and of what the module is given."""

    def __init__(self, function: Callable[..., Any], *, inner: nn.Module | None = None) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.inner = nn.Linear(3, 3) if inner is None else inner
        self.function = function

    def forward(self, *given: Any) -> Any:
        return self.function(self.inner, *given)


def recorded(function: Callable[..., Any], *args: Any, **settings: Any) -> Book:
    return sf.record(Doing(function), *args, **settings)


def after(book: Book, edits: dict[str, float], name: str, tmp_path: Path) -> Any:
    """The first cell of a block in an engine, after the first cells of some were changed."""
    path = book.save(tmp_path / "book.xlsx")
    cells = {(book.blocks[n].sheet, *book.blocks[n].cells[0]): x for n, x in edits.items()}
    found = get_engine("ironcalc").recalculate(path, cells)
    return found[book.blocks[name].sheet][book.blocks[name].cells[0]]


# Random numbers: samplers, hand-made dropout, noise layers, stochastic depth.


def _by_hand(inner: nn.Module, x: Tensor) -> Tensor:
    return inner(x) * (torch.rand(x.shape) > 0.5) * 2


CHANCE: dict[str, tuple[Callable[..., Any], str]] = {
    "noise (diffusion)": (lambda inner, x: inner(x) + torch.randn_like(x), "randn_like"),
    "dropout by hand": (_by_hand, "rand"),
    "gumbel softmax (VQ models)": (lambda inner, x: F.gumbel_softmax(inner(x)), "gumbel_softmax"),
    "left on": (lambda inner, x: F.dropout(inner(x), training=True), "dropout"),
    "a mask": (lambda inner, x: inner(x) * torch.empty(3).bernoulli_(0.5), "bernoulli"),
    "of live shares": (lambda inner, x: inner(x) * torch.bernoulli(x.sigmoid()), "bernoulli"),
    "sampling (generate)": (
        lambda inner, x: inner(x)[torch.multinomial(torch.ones(2), 1)], "multinomial",
    ),
    "shuffled": (lambda inner, x: inner(x)[torch.randperm(2)], "randperm"),
    "a generator of its own": (
        lambda inner, x: inner(x) + torch.rand(3, generator=torch.Generator()), "rand",
    ),
    "decides": (lambda inner, x: inner(x) if torch.rand(()) < 2 else x, "rand"),
    "weights made in forward": (lambda inner, x: nn.Linear(3, 2)(inner(x)), "uniform"),
    "is the result": (lambda *_: torch.rand(2), "rand"),
    "attention with dropout": (
        lambda inner, x: F.scaled_dot_product_attention(
            inner(x)[None], x[None], x[None], dropout_p=0.5
        ),
        "scaled_dot_product_attention",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANCE)
def test_chance_is_refused_with_its_operation_and_module(name: str) -> None:
    function, operation = CHANCE[name]
    with pytest.raises(sf.SheetformerError, match="draws random numbers") as caught:
        recorded(function, X)
    assert operation in str(caught.value)
    assert "in the model itself (Doing)" in str(caught.value)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda inner, x: inner(x) * np.random.rand(), r"\(Doing\) draws .* NumPy"),  # noqa: NPY002
        (lambda inner, x: inner(x) * random.random(), r"\(Doing\) draws .* Python's random"),
        (lambda inner, x: inner(x) * np.random.default_rng().random(), "gives two results"),
    ],
    ids=["numpy", "random", "default_rng"],
)
def test_chance_outside_pytorch_is_refused(function: Any, message: str) -> None:
    with pytest.raises(sf.SheetformerError, match=message):
        recorded(function, X)


@pytest.mark.parametrize(
    "function",
    [
        lambda inner, x: (torch.rand(()), inner(x))[1],  # layer drop of wav2vec2, in evaluation
        lambda inner, x: inner(x) + torch.rand(3).zero_(),
        lambda inner, x: F.dropout(inner(x), training=False),
    ],
    ids=["not used", "overwritten", "dropout in evaluation"],
)
def test_chance_that_nothing_depends_on_is_fine(function: Any) -> None:
    assert recorded(function, X)["inner"].value.shape == (2, 3)


def test_the_callers_random_numbers_stay() -> None:
    model = Doing(lambda inner, x: (torch.rand(9), inner(x))[1])
    state = torch.get_rng_state()
    sf.record(model, X)
    assert torch.equal(torch.get_rng_state(), state)


# Truth values that PyTorch made numbers: they add up and have differences.


@pytest.mark.parametrize("function", [F.mse_loss, F.l1_loss, torch.hypot, torch.lerp])
def test_truth_made_numbers_is_numbers(function: Any, tmp_path: Path) -> None:
    settings = (0.25,) if function is torch.lerp else ()
    other = -X  # never both above 0, until one is typed

    def steps(_: nn.Module, x: Tensor, y: Tensor) -> Tensor:
        return function((x > 0).double(), (y > 0).double(), *settings)

    book = recorded(steps, X, other)
    other[0, 0] = 1.0
    wanted = steps(nn.Identity(), X, other).flatten()[0].item()
    assert after(book, {"given_2": 1.0}, "output", tmp_path) == pytest.approx(wanted)


# Recorded numbers beside live ones: freeze_unknown, slices.


def _ordered(inner: nn.Module, x: Tensor) -> Tensor:
    return inner(x).lgamma() + x


def test_places_of_equal_numbers_are_kept_and_guarded(tmp_path: Path) -> None:
    equal = torch.tensor([[1.0, 3.0, 1.0], [2.0, 0.0, 0.0]])
    book = recorded(lambda i, x: torch.cat([*x.sort(-1)]) + i(x).sum() * 0, equal)
    expected = torch.cat([*equal.sort(-1)]).numpy()
    np.testing.assert_array_equal(book["result"].value, expected)
    assert str(after(book, {}, "way", tmp_path)).startswith("✓")
    assert str(after(book, {"given_1": 7.0}, "way", tmp_path)).startswith("✗")


def test_places_that_a_rule_leaves_out_are_kept_and_guarded(tmp_path: Path) -> None:
    book = recorded(lambda i, x: torch.max_pool1d_with_indices(i(x), 2)[1] * 2.0, X)
    assert str(after(book, {}, "way", tmp_path)).startswith("✓")
    assert str(after(book, {"inner_weight": 7.0}, "way", tmp_path)).startswith("✗")


@pytest.mark.parametrize("changed", ["given_1", "inner_weight"])
def test_what_was_frozen_is_held_against_what_it_read(changed: str, tmp_path: Path) -> None:
    class Named(Doing):
        def forward(self, given_1: Tensor) -> Tensor:
            return _ordered(self.inner, given_1)

    book = sf.record(Named(_ordered), X, freeze_unknown=True)
    assert str(book["way"].value.item()).startswith("✓")
    assert str(after(book, {}, "way", tmp_path)).startswith("✓")
    assert str(after(book, {changed: 7.0}, "way", tmp_path)).startswith("✗")


def test_a_slice_that_mixes_old_and_new_says_so(tmp_path: Path) -> None:
    class Inner(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(3, 3)

        def forward(self, before: Tensor, x: Tensor) -> Tensor:
            return self.layer(before) + x

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.inner = nn.Linear(3, 3), Inner()

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(self.first(x), x)

    book = sf.record(Outer(), X, modules="inner")
    assert str(after(book, {"inner_layer_weight": 7.0}, "way", tmp_path)).startswith("✓")
    assert str(after(book, {"x": 7.0}, "way", tmp_path)).startswith("✗")


def test_top_k_says_which_columns_and_since_when() -> None:
    book = sf.record(nn.Linear(3, 9), X, top_k=2)
    assert all(label.startswith("logit ") for label in book["linear"].labels[-1])
    assert "the 2 largest of 9 when this was recorded" in book.blocks["linear"].caption.note


def test_top_k_leaves_attention_maps_whole() -> None:
    class Output(UserDict):  # as model outputs do
        @property
        def logits(self) -> Tensor:
            return self["logits"]

        @property
        def attentions(self) -> Tensor:
            return self["attentions"]

    book = recorded(
        lambda inner, x: Output(logits=inner(x), attentions=(inner(x) @ x.T).softmax(-1)),
        X,
        top_k=1,
    )
    assert book["inner"].value.shape == (2, 1)
    assert book["softmax"].value.shape == (2, 2)


# What is given: names, kinds, containers.


class Given(nn.Module):
    """A model with arguments of every kind."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x: Tensor, soft_mask: Any = None, scale: Any = 1.0, mode: str = "") -> Any:
        found = self.layer(x) * torch.as_tensor(scale)
        found = found if mode else found + 0
        return found if soft_mask is None else found * soft_mask


@pytest.mark.parametrize("name", ["soft_mask", "scale"])
def test_floats_are_live_whatever_they_are_called(name: str, tmp_path: Path) -> None:
    book = sf.record(Given(), X, **{name: X + 2})
    assert book.blocks[name].node.op == "input"
    before = float(book["output"].value.flat[0])
    assert after(book, {name: 9.0}, "output", tmp_path) != pytest.approx(before)


@pytest.mark.parametrize(
    "kept",
    [
        {"scale": np.array([1.0, 2.0, 3.0])},
        {"scale": [1.0, 2.0, 3.0]},
        {"scale": 2.0},
        {"mode": "fast"},
        {"soft_mask": torch.tensor([[1, 0, 1]])},
        {"soft_mask": torch.tensor([[True, False, True]])},
    ],
    ids=["numpy", "list", "float", "text", "whole mask", "truth"],
)
def test_what_stays_as_given_is_said(kept: dict[str, Any]) -> None:
    book = sf.record(Given(), X, **kept)
    said = next(stage.text for stage in book.stages if stage.title == "What the model is given")
    assert f"Kept as the model was given it: {', '.join(kept)}." in said


@dataclass
class Batch:
    x: Tensor


GIVEN: dict[str, Any] = {
    "a dictionary of one's own (BatchEncoding)": UserDict(x=X),
    "a dataclass": Batch(X),
    "lists in a dictionary": {"x": [X]},
}


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_given_may_be_packed(name: str) -> None:
    def unpacked(inner: nn.Module, batch: Any) -> Tensor:
        x = batch.x if isinstance(batch, Batch) else batch["x"]
        return inner(x[0] if isinstance(x, list) else x)

    book = recorded(unpacked, GIVEN[name])
    assert [b.node.op for n, b in book.blocks.items() if n.startswith("given_1_x")] == ["input"]
    assert GIVEN["a dataclass"].x.dtype == torch.float32


@pytest.mark.parametrize("pack", [lambda y: UserDict(y=y), Batch, lambda y: ({"y": y},)])
def test_what_is_given_back_may_be_packed(pack: Any) -> None:
    assert recorded(lambda inner, x: pack(inner(x)), X)["inner"].value.shape == (2, 3)


def test_one_number_is_an_input_and_a_weight(tmp_path: Path) -> None:
    """Temperatures, learned scales."""

    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gain = nn.Parameter(torch.tensor(3.0))

        def forward(self, x: Tensor, temperature: Tensor) -> Tensor:
            return x * self.gain / temperature

    book = sf.record(Scaled(), X, torch.tensor(2.0))
    assert after(book, {"temperature": 1.0, "gain": 4.0}, "output", tmp_path) == pytest.approx(2.0)


def test_tensors_as_attributes_are_float64_too() -> None:
    class Plain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = [torch.eye(3)]
            self.weight = torch.ones(3, 2)

        def forward(self, x: Tensor) -> Tensor:
            return x @ self.table[0] @ self.weight

    np.testing.assert_allclose(sf.record(Plain(), X)["output"].value, [[1.5, 1.5], [1.25, 1.25]])


def _weight_norm(kind: Any) -> nn.Module:
    model = kind(nn.Linear(3, 3))
    model(X)  # its weight is now no leaf, and copy.deepcopy refuses it
    return model


def _pruned() -> nn.Module:
    layer = nn.Linear(3, 3)
    prune.l1_unstructured(layer, "weight", 0.5)
    layer(X)
    return nn.Sequential(layer)


MODELS: dict[str, Callable[[], nn.Module]] = {
    "weight norm, old (speech)": lambda: _weight_norm(torch.nn.utils.weight_norm),
    "weight norm": lambda: _weight_norm(torch.nn.utils.parametrizations.weight_norm),
    "pruned": _pruned,
    "instance norm in evaluation": lambda: nn.InstanceNorm1d(2).eval(),
}


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("name", MODELS)
def test_weights_that_are_made_of_others(name: str) -> None:
    model = MODELS[name]()
    x = X[None] if "instance" in name else X
    book = sf.record(model, x, check=False)
    expected = model.double()(x.double()).detach().numpy()
    values = [book[n].value for n in book if not book.blocks[n].node.is_source]
    assert any(v.size == expected.size and np.allclose(v.ravel(), expected.ravel()) for v in values)


class Experts(nn.Module):
    """Mixture of experts, as Mixtral writes it."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.gate = nn.Linear(3, 4)
        self.experts = nn.ModuleList(nn.Linear(3, 3) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        shares, chosen = self.gate(x).softmax(-1).topk(2, -1)
        out = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            rows, place = (chosen == number).nonzero(as_tuple=True)
            out.index_add_(0, rows, expert(x[rows]) * shares[rows, place][:, None])
        return out


@pytest.mark.parametrize("freeze", [False, True])
def test_experts_are_live_until_others_are_chosen(freeze: bool, tmp_path: Path) -> None:
    book = sf.record(Experts(), X, freeze_unknown=freeze)
    assert str(after(book, {"x": 0.501}, "way", tmp_path)).startswith("✓")
    assert str(after(book, {"x": -90.0}, "way", tmp_path)).startswith("✗")


# Masks as PyTorch people write them.

OPEN, SHUT = [0.0, 0.0], [-INF, -INF]


def _softmax(inner: nn.Module, x: Tensor, mask: Tensor) -> Tensor:
    return (inner(x) @ x.T + mask).softmax(-1)


def _sdpa(inner: nn.Module, x: Tensor, mask: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(inner(x)[None], x[None], x[None], attn_mask=mask)


def test_a_mask_of_infinities_may_be_an_argument(tmp_path: Path) -> None:
    """nn.Transformer.generate_square_subsequent_mask; −∞ hides, and never shows."""
    mask = torch.zeros(2, 2).masked_fill(
        torch.eye(2).flip(0) > 0, -INF
    )  # its −∞ would swallow a sum
    mask[1, 0] = 0.25
    for function in (_softmax, _sdpa):
        book = recorded(function, X, mask)
        name = "softmax" if function is _softmax else "weights"
        assert book[name].value.reshape(2, 2)[0].tolist() == [1.0, 0.0]
        assert after(book, {}, "given_2", tmp_path) == 0.0
        assert sf.verify(tmp_path / "book.xlsx").ok
    assert book["given_2"].value.min() < 0


def test_a_row_that_may_look_nowhere_is_named() -> None:
    """Left padding under a causal mask."""
    with pytest.raises(sf.SheetformerError, match=r"softmax .* row 1 may look nowhere") as caught:
        recorded(_softmax, X, torch.tensor([OPEN, SHUT]))
    assert "freeze_unknown" not in str(caught.value)


@pytest.mark.parametrize(
    "mask", [torch.tensor([OPEN, SHUT]), torch.tensor([[True, True], [False, False]])]
)
def test_attention_in_one_piece_gives_zeros_there(mask: Tensor, tmp_path: Path) -> None:
    book = recorded(_sdpa, X, mask)
    assert book["weights"].value.reshape(2, 2)[1].tolist() == [0.0, 0.0]
    path = book.save(tmp_path / "mask.xlsx")
    assert sf.verify(path).ok


def test_a_row_that_a_reader_hides_wholly_is_marked(tmp_path: Path) -> None:
    book = recorded(_softmax, X, torch.tensor([[0.0, -INF], [0.0, 0.0]]))
    assert str(after(book, {"given_2": 1.0}, "way", tmp_path)).startswith("✓")
    assert str(after(book, {"given_2": -1e30}, "way", tmp_path)).startswith("✗")


# Labels.


def test_words_are_no_heads() -> None:
    """The README's example."""
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    book = sf.record(layer, torch.randn(1, 3, 8))
    assert book["self_attn_weights"].labels == (None, ["head 0", "head 1"], None, None)
    others = [n for n in book if "self_attn" not in n and any(book[n].labels)]
    assert others == []


def test_texts_are_no_heads() -> None:
    x = torch.randn(2, 3, 8)
    model = nn.MultiheadAttention(8, 2, batch_first=True)
    folded = ["text 0, head 0", "text 0, head 1", "text 1, head 0", "text 1, head 1"]
    assert sf.record(model, x, x, x)["weights"].labels[0] == folded
    part = sf.record(model, x, x, x, heads=1)
    assert part["context"].labels[0] == ["text 0, head 1", "text 1, head 1"]


def test_an_attention_of_one_head_has_no_heads() -> None:
    class OneAttention(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return (x @ x.transpose(-1, -2)).softmax(-1) @ x

    x = torch.randn(2, 3, 4)
    assert sf.record(OneAttention(), x)["weights"].labels == (None, None, None)
    with pytest.raises(sf.SheetformerError, match="has no heads"):
        sf.record(OneAttention(), x, heads=0)


# Long runs: no formula and no function of ours grows with the book.


def test_a_recurrent_network_of_sixty_steps(tmp_path: Path) -> None:
    torch.manual_seed(4)
    book = sf.record(nn.LSTM(2, 2, batch_first=True), torch.randn(1, 60, 2))
    assert sf.verify(book.save(tmp_path / "long.xlsx")).ok


def test_eight_generated_tokens(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    from ..frontends.models import IDS, hugging_face

    model = hugging_face("gpt2", "sdpa")
    greedy = {"max_new_tokens": 8, "do_sample": False, "num_beams": 1}
    book = sf.record(model.generate, IDS, attention_mask=torch.ones_like(IDS), **greedy)
    assert sf.verify(book.save(tmp_path / "generated.xlsx")).ok


def test_sampled_tokens_are_refused() -> None:
    pytest.importorskip("transformers")
    from ..frontends.models import IDS, hugging_face

    model = hugging_face("gpt2", "sdpa")
    with pytest.raises(sf.SheetformerError, match=r"multinomial in .* draws random numbers"):
        sf.record(model.generate, IDS, max_new_tokens=2, do_sample=True)


# Sentences.


def _quantised() -> nn.Module:
    layers = nn.Sequential(nn.Linear(3, 3))
    return torch.ao.quantization.quantize_dynamic(layers, {nn.Linear})


def _sparse() -> nn.Module:
    layer = nn.Linear(3, 3)
    layer.weight = nn.Parameter(layer.weight.detach().to_sparse())
    return layer


REFUSED: dict[str, tuple[Callable[[], Any], tuple[Any, ...], str]] = {
    "jit": (lambda: torch.jit.script(nn.Linear(3, 3)), (X,), "compiled by torch.jit"),
    "jit within": (
        lambda: nn.Sequential(torch.jit.script(nn.ReLU())), (X,), "module '0' is compiled",
    ),
    "lazy": (lambda: nn.LazyLinear(3), (X,), "has no weights yet; call the model once"),
    "sparse weight": (_sparse, (X,), "is sparse; give it as x.to_dense"),
    "sparse argument": (lambda: nn.Linear(3, 3), (X.to_sparse(),), "is sparse"),
    "NumPy where a tensor belongs": (
        lambda: nn.Linear(3, 3), (X.numpy(),), r"stops in the model itself \(Linear\) .* TypeError",
    ),
    "a token too many": (
        lambda: nn.Sequential(nn.Embedding(4, 3)), (torch.tensor([5]),),
        r"stops in module '0' \(Embedding\) .* index out of range",
    ),
    "near a jump": (lambda: Doing(lambda i, x: (i(x) * 0 + 0.3) % 0.1), (X,), "within 1E-9"),
    "NaN": (lambda: Doing(lambda i, x: (-1 - i(x) ** 2) ** 0.5), (X,), "pow .* NaN.*change what"),
    "complex": (lambda: Doing(lambda i, x: i(x) * 1j), (X,), "mul .* complex numbers have no"),
    "complex cast": (
        lambda: Doing(lambda i, x: i(x).to(torch.complex64).real), (X,), "complex numbers have",
    ),
    "a function of pairs": (
        lambda: Doing(lambda i, x: torch.view_as_complex(i(x)[:, :2].contiguous()).exp().real),
        (X,), "exp .* complex numbers have no",
    ),
    "FFT": (lambda: Doing(lambda i, x: torch.fft.fft(i(x)).real), (X,), r"fft\.fft \(_fft_r2c\)"),
    "a plain number": (lambda: Doing(lambda i, x: i(x).sum().item()), (X,), "gives float and no"),
    "NumPy given back": (lambda: Doing(lambda i, x: i(x).numpy()), (X,), "gives ndarray and no"),
    "NaN in an argument": (lambda: nn.Linear(3, 3), (X * torch.nan,), r"argument input holds NaN"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_written_is_one_sentence(name: str) -> None:
    make, args, message = REFUSED[name]
    with pytest.raises(sf.SheetformerError, match=message) as caught:
        sf.record(make(), *args)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore")
def test_quantised_weights_are_refused() -> None:
    try:
        model = _quantised()
    except (RuntimeError, AttributeError) as error:  # an engine for it is not on every machine
        pytest.skip(str(error))
    with pytest.raises(sf.SheetformerError, match=r"module '0' .* quantised weights"):
        sf.record(model, X)


@pytest.mark.parametrize("given", [(), [], (None, None)], ids=["transformers 5", "list", "4"])
def test_attention_that_a_model_did_not_keep(given: Any) -> None:
    """output_attentions=True under SDPA."""
    with pytest.raises(sf.SheetformerError, match="attn_implementation='eager'"):
        sf.attention(given)


def test_a_typed_token_that_is_none_is_not_called_damage(tmp_path: Path) -> None:
    book = sf.record(nn.Embedding(4, 3), torch.tensor([1, 2]))
    path = book.save(tmp_path / "book.xlsx")
    block = book.blocks["input"]
    edit_cells(path, path, {(block.sheet, *block.cells[0]): 99.0})
    with pytest.raises(sf.SheetformerError) as caught:
        sf.verify(path)
    assert "no row 99" in str(caught.value)
    assert "damaged" not in str(caught.value)


@pytest.fixture(autouse=True)
def one_seed() -> Iterator[None]:
    state = torch.get_rng_state()
    yield
    torch.set_rng_state(state)
