"""Switches in recorded models do what hooks in PyTorch do; at rest they do nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import sheetformer as sf
from sheetformer.book.workbook import Book
from sheetformer.errors import SheetformerError
from sheetformer.frontends.torch.recorder import InDouble, in_double

from .models import ANSWER, IDS, hugging_face

OTHER = torch.tensor([[5, 6, 2, 3]])
TOKENS = [f"▁w{i}" for i in range(11)]
# What writes out the heads of layer 1, its MLP, and the layer itself: of each family.
PLACES = {
    "gpt2": ("transformer.h.1.attn.c_proj", "transformer.h.1.mlp", "transformer.h.0"),
    "llama": ("model.layers.1.self_attn.o_proj", "model.layers.1.mlp", "model.layers.0"),
    "bert": (
        "encoder.layer.1.attention.output.dense", "encoder.layer.1.output.dense", "encoder.layer.0",
    ),
    "t5": (
        "decoder.block.1.layer.1.EncDecAttention.o", "decoder.block.1.layer.2.DenseReluDense",
        "decoder.block.0",
    ),
}  # fmt: skip
ROWS = {"t5": {"heads_on": 5, "mlps_on": 3}}


def given(name: str, ids: torch.Tensor = IDS) -> dict[str, Any]:
    more = {"decoder_input_ids": ANSWER if ids is IDS else ANSWER.flip(-1)} if name == "t5" else {}
    return {"input_ids": ids, **more}


def typed(book: Book, cells: Mapping[str, tuple[int, int]]) -> Book:
    """The book with another number in some cells: 0 for 1, 1 for 0."""
    changes: dict[int, Any] = {}
    for name, at in cells.items():
        place = book.graph.node_index(book.blocks[name].node.base)
        changes[place] = book.graph.values[place].copy()
        changes[place][at] = 1.0 - changes[place][at]
    book.graph.values = book.graph.evaluate(changes)
    return book


def first(result: Any) -> torch.Tensor:
    return result[0] if isinstance(result, tuple) else result


def replaced(result: Any, made: torch.Tensor) -> Any:
    return (made, *result[1:]) if isinstance(result, tuple) else made


def result_of(model: nn.Module, kwargs: dict[str, Any]) -> np.ndarray:
    with in_double(InDouble()):  # some models compute a part in float32
        out = model(**kwargs)
    return (out.logits if hasattr(out, "logits") else out[0]).numpy()


def seen(model: nn.Module, path: str, kwargs: dict[str, Any]) -> torch.Tensor:
    kept: list[torch.Tensor] = []
    handle = model.get_submodule(path).register_forward_hook(lambda *x: kept.append(first(x[2])))
    result_of(model, kwargs)
    handle.remove()
    return kept[0]


def head_off(module: nn.Module, heads: int, head: int, mean: bool) -> None:
    def change(_: Any, args: Any) -> Any:
        parts = args[0].clone().view(*args[0].shape[:-1], heads, -1)
        off = parts[..., head, :]
        parts[..., head, :] = off.mean(-2, keepdim=True) if mean else 0
        return (parts.view_as(args[0]),)

    module.register_forward_pre_hook(change)


def hooked(model: nn.Module, path: str, change: Callable[[torch.Tensor], torch.Tensor]) -> None:
    model.get_submodule(path).register_forward_hook(
        lambda _m, _a, result: replaced(result, change(first(result)))
    )


@pytest.mark.parametrize(("name", "ablation"), [*((n, "zero") for n in PLACES), ("gpt2", "mean")])
def test_switches_do_what_hooks_do(name: str, ablation: str) -> None:
    model = hugging_face(name).double()
    heads = 4 if name == "llama" else 2
    out, mlp, layer = PLACES[name]
    patch = given(name, OTHER)
    book = sf.record(
        model, **given(name), switches=True, ablation=ablation, patch=patch, check=False
    )
    assert np.allclose(book["result"].value, result_of(model, given(name)), 0, 1e-9)
    assert not book["largest_change"].value.any()
    twin, other = copy.deepcopy(model), seen(model, layer, patch)

    def patched(x: torch.Tensor) -> torch.Tensor:
        return torch.cat([x[:, :1], other[:, 1:2], x[:, 2:]], 1)

    mean = ablation == "mean"
    head_off(twin.get_submodule(out), heads, 1, mean)
    hooked(twin, mlp, lambda x: x.mean(-2, keepdim=True).expand_as(x) if mean else x * 0)
    hooked(twin, layer, patched)
    rows = ROWS.get(name, {})
    patches = "patch_2" if name == "t5" else "patch"
    cells = {"heads_on": (rows.get("heads_on", 1), 1), "mlps_on": (rows.get("mlps_on", 1), 0)}
    expected = result_of(twin, given(name))
    before = book["result"].value
    now = typed(book, {**cells, patches: (0, 1)})
    assert np.abs(now["result"].value - expected).max() <= 1e-9
    moved = np.abs(expected - before).reshape(-1, expected.shape[-1]).max(-1, keepdims=True)
    assert moved.max() > 0.01
    assert np.allclose(now["largest_change"].value, moved, 0, 1e-9)


def test_the_lens_reads_off_early_what_the_model_would_say(tmp_path: Path) -> None:
    model = hugging_face("gpt2").double()
    book = sf.record(model, input_ids=IDS, switches=True, tokenizer=TOKENS)
    early = seen(model, "transformer.h.0", {"input_ids": IDS})
    with torch.inference_mode():
        logits = model.lm_head(model.transformer.ln_f(early))[0].numpy()
    words = np.array(TOKENS, dtype=object)
    order = np.argsort(-logits, axis=-1)
    assert (book["transformer_h_0_top"].value == words[order[:, :5]]).all()
    last = np.argsort(-book["result"].value[0], axis=-1)[:, :5]
    assert (book["top"].value == words[last]).all()
    assert (book["lens"].value == words[[order[:, 0], last[:, 0]]]).all()
    assert [sheet.name for sheet in book.sheets[:2]] == ["Contents", "Switches"]
    links = {block.link for block in book.sheets[0].cell_blocks if block.link}
    assert {"Switches!A1", "'Logit lens'!A1", "'transformer.h.0'!A1"} <= links
    assert sf.verify(book.save(tmp_path / "switches.xlsx")).ok


def test_attention_of_pytorch_has_its_heads() -> None:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 12, batch_first=True).double()
    model = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).eval()
    x = torch.randn(1, 3, 8)
    book = typed(sf.record(model, x, switches=True), {"heads_on": (0, 1), "mlps_on": (1, 0)})
    hooked(model, "layers.1.linear2", lambda out: out * 0)
    with torch.inference_mode():
        model.layers[0].self_attn.out_proj.weight[:, 4:] = 0
    assert np.abs(book["result"].value - model(x.double()).detach().numpy()).max() <= 1e-9


def test_what_cannot_be_switched_is_said() -> None:
    model, plain = hugging_face("gpt2"), nn.Linear(2, 2)
    for settings, message in (
        ({"heads": 0}, "switches show what a part does to the result"),
        ({"ablation": "max"}, '"zero" or "mean"'),
        ({"patch": {"input_ids": IDS[:, :2]}}, "give both as many words"),
    ):
        with pytest.raises(SheetformerError, match=message):
            sf.record(model, input_ids=IDS, switches=True, **settings)
    with pytest.raises(SheetformerError, match="give switches=True, too"):
        sf.record(model, input_ids=IDS, patch={"input_ids": IDS})
    with pytest.raises(SheetformerError, match="nothing to switch"):
        sf.record(plain, torch.ones(1, 2), switches=True)
