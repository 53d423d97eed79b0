"""The block of the lesson modern-block: all switches on it is Llama's, with none that of 2017."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from sheetformer import Book
from sheetformer.edits.edit import Edit
from sheetformer.edits.recalculate import edited
from sheetformer.lessons.modern_block_parts import GATED, HEAD, KEYS, QUERIES, RELU, WIDTH

from .books import lesson

SWITCHES = ("use_rms", "norm_first", "use_rotary", "use_groups", "use_gate")


def switched(*on: float) -> Book:
    """The lesson with its five switches set."""
    book = lesson("modern-block")
    edits = []
    for name, value in zip(SWITCHES, on, strict=True):
        block = book[name].block
        at = block.matrices[0]
        edits.append(Edit(block.sheet, at.row, at.column, value))
    return edited(book, edits)


def test_today_is_the_layer_of_llama(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    book = lesson("modern-block")
    config = transformers.LlamaConfig(
        vocab_size=8, hidden_size=WIDTH, intermediate_size=GATED, num_hidden_layers=1,
        num_attention_heads=QUERIES, num_key_value_heads=KEYS, head_dim=HEAD, rms_norm_eps=1e-6,
        hidden_act="silu", attn_implementation="eager",
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config).to(torch.float64).eval()
    layer = model.model.layers[0]
    given = {
        "self_attn.q_proj": "W_Q", "self_attn.k_proj": "W_K_shared",
        "self_attn.v_proj": "W_V_shared", "self_attn.o_proj": "W_O", "mlp.gate_proj": "W_gate",
        "mlp.up_proj": "W_up", "mlp.down_proj": "W_down",
    }  # fmt: skip
    with torch.no_grad():
        for name, block in given.items():
            layer.get_parameter(f"{name}.weight").copy_(torch.tensor(book[block].value.T))
        for name, row in (("input_layernorm", 0), ("post_attention_layernorm", 1)):
            layer.get_parameter(f"{name}.weight").copy_(torch.tensor(book["gain"].value[row]))
    found: list[Any] = []
    layer.register_forward_hook(lambda _m, _i, out: found.append(out))
    # The layer casts to float32 on its way.
    monkeypatch.setattr(torch, "float32", torch.float64)
    monkeypatch.setattr(torch.Tensor, "float", torch.Tensor.double)
    with torch.no_grad():
        model(inputs_embeds=torch.tensor(book["x"].value)[None])
    monkeypatch.undo()
    theirs = found[0][0] if isinstance(found[0], tuple) else found[0]
    difference = np.abs(theirs.reshape(-1, WIDTH).numpy() - book["output"].value).max()
    assert difference < 1e-9


def test_2017_is_the_layer_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    book = switched(0, 0, 0, 0, 0)
    layer = torch.nn.TransformerEncoderLayer(
        WIDTH, QUERIES, RELU, dropout=0.0, activation="relu", batch_first=True, dtype=torch.float64
    ).eval()
    weights = {
        "self_attn.in_proj_weight": np.concatenate([book[f"W_{i}"].value.T for i in "QKV"]),
        "self_attn.out_proj.weight": book["W_O"].value.T,
        "linear1.weight": book["W_1"].value.T,
        "linear2.weight": book["W_2"].value.T,
        "norm1.weight": book["gain"].value[0], "norm1.bias": book["bias"].value[0],
        "norm2.weight": book["gain"].value[1], "norm2.bias": book["bias"].value[1],
    }  # fmt: skip
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            known = weights.get(name, np.zeros(parameter.shape))
            parameter.copy_(torch.tensor(known))
        mask = torch.tensor(book["may_look"].value) == 0
        theirs = layer(torch.tensor(book["x"].value)[None], src_mask=mask)[0].numpy()
    assert np.abs(theirs - book["output"].value).max() < 1e-9


def test_without_positions_both_words_the_are_one_row_and_with_waves_they_are_two() -> None:
    today, waves = lesson("modern-block"), switched(1, 1, 0, 1, 1)
    assert (today["x"].value[0] == today["x"].value[3]).all()
    assert (waves["x"].value[0] != waves["x"].value[3]).any()


def test_scores_of_turned_pairs_depend_on_the_distance_only() -> None:
    book = lesson("modern-block")
    assert book["turned_step"].value < 1e-12
    assert book["added_step"].value > 1


@pytest.mark.parametrize("on", list(itertools.product((0.0, 1.0), repeat=2)))
def test_costs_are_those_of_the_matrices(on: tuple[float, float]) -> None:
    groups, gate = on
    book = switched(1, 1, 1, groups, gate)
    shared = "_shared" if groups else ""
    attention = ["W_Q", f"W_K{shared}", f"W_V{shared}", "W_O"]
    layers = ["W_gate", "W_up", "W_down"] if gate else ["W_1", "W_2"]
    matrices = sum(book[name].value.size for name in (*attention, *layers))
    assert book["weights_all"].value[2, 0] == matrices + book["gain"].value.size
    words = book["words_before"].value.item()
    assert book["multiplications"].value[2, 0] == matrices + 2 * (words + 1) * WIDTH
    assert book["cache"].value[2, 0] == 2 * book[f"W_K{shared}"].value.shape[1]


def test_each_switch_changes_what_the_block_gives() -> None:
    today = lesson("modern-block")["output"].value
    for i in range(len(SWITCHES)):
        off = switched(*(float(i != j) for j in range(len(SWITCHES))))["output"].value
        assert np.abs(off - today).max() > 0.01
